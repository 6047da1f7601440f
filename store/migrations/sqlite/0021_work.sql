-- What was done on work orders: one row an event, never changed, never removed.
CREATE TABLE work_events (
    sequence BIGINT PRIMARY KEY NOT NULL,
    order_id BIGINT NOT NULL,
    -- 16 bytes made by whoever wrote it: sending again is harmless.
    key BLOB NOT NULL UNIQUE,
    -- Microseconds since 1970, UTC.
    received BIGINT NOT NULL,
    document TEXT NOT NULL
);
CREATE INDEX work_events_order ON work_events (order_id, sequence);
