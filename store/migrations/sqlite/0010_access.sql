-- Who may see and do what.
CREATE TABLE accounts (
    id BIGINT NOT NULL PRIMARY KEY,
    -- What one signs in with, in lower case; taken away when a person is forgotten.
    name TEXT NOT NULL UNIQUE,
    display TEXT NOT NULL,
    email TEXT,
    -- person or display.
    kind TEXT NOT NULL,
    -- argon2id, PHC string.
    password TEXT,
    -- Roles and where they hold, JSON.
    grants TEXT NOT NULL,
    is_active BIGINT NOT NULL,
    created BIGINT NOT NULL,
    -- Issuer and subject at an OpenID provider.
    external TEXT UNIQUE
);

-- Secrets that prove something: sessions, one-time passes, API tokens, share links. Only hashes are here.
CREATE TABLE credentials (
    id BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    account BIGINT NOT NULL,
    created BIGINT NOT NULL,
    seen BIGINT,
    expires BIGINT,
    -- What it is for, JSON.
    document TEXT NOT NULL
);

-- Who opened a share link when; the newest of each.
CREATE TABLE link_views (
    link BIGINT NOT NULL,
    at BIGINT NOT NULL,
    document TEXT NOT NULL
);
CREATE INDEX link_views_by_link ON link_views (link, at);

-- What was done. Rows are only ever added; person and salt may be emptied, their digest stays.
CREATE TABLE audit (
    number BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    details TEXT NOT NULL,
    account BIGINT,
    person TEXT,
    salt BLOB,
    person_hash BLOB NOT NULL,
    hash BLOB NOT NULL
);
CREATE INDEX audit_by_account ON audit (account, number);
