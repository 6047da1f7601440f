-- Needs for maintenance and preventive plans: one row for each thing that was told, never changed, never removed.
CREATE TABLE need_entries (
    sequence BIGINT PRIMARY KEY NOT NULL,
    -- Microseconds since 1970, UTC.
    at BIGINT NOT NULL,
    document TEXT NOT NULL
);
