-- How often a point spoke when last known: microseconds between its readings, 0 for one that speaks on change.
CREATE TABLE cadences (
    point BIGINT NOT NULL PRIMARY KEY,
    micros BIGINT NOT NULL
);
