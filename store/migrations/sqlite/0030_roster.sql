-- Who works when, what lines are to make, and drafts of plans: one row an entry, never changed, never removed.
CREATE TABLE roster_entries (
    sequence BIGINT PRIMARY KEY NOT NULL,
    -- Microseconds since 1970, UTC.
    at BIGINT NOT NULL,
    -- The account that wrote it; 0 for none.
    account BIGINT NOT NULL,
    document TEXT NOT NULL
);
