-- Columns are BIGINT, DOUBLE PRECISION, TEXT or bytes only; times are microseconds, booleans 0 or 1,
-- documents JSON text: the same words in SQLite and PostgreSQL.

CREATE TABLE assets (
    id BIGINT NOT NULL PRIMARY KEY,
    parent BIGINT,
    segment TEXT NOT NULL,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    created BIGINT NOT NULL
);

CREATE TABLE asset_names (
    asset BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL
);

CREATE TABLE redirects (
    path TEXT NOT NULL PRIMARY KEY,
    asset BIGINT NOT NULL
);

CREATE TABLE points (
    id BIGINT NOT NULL PRIMARY KEY,
    asset BIGINT NOT NULL,
    source BIGINT NOT NULL,
    topic TEXT NOT NULL,
    field TEXT NOT NULL,
    leaf_asset TEXT,
    name TEXT NOT NULL,
    unit TEXT,
    unit_guessed BIGINT NOT NULL,
    created BIGINT NOT NULL
);

CREATE TABLE point_settings (
    point BIGINT NOT NULL PRIMARY KEY,
    document TEXT NOT NULL
);

CREATE TABLE sources (
    id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    config TEXT NOT NULL,
    enabled BIGINT NOT NULL,
    place BIGINT NOT NULL
);

CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);
