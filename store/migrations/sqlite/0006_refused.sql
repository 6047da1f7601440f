-- What people decided on levels whose topics spoke once, and how many those were.
CREATE TABLE ignored_levels (
    asset BIGINT NOT NULL PRIMARY KEY,
    ignored BIGINT NOT NULL,
    topics BIGINT NOT NULL
);

-- Points taken out of the plant by such a decision.
CREATE TABLE ignored_points (
    point BIGINT NOT NULL PRIMARY KEY
);

-- What could not be read, by source and reason, with one sample each.
CREATE TABLE reading_problems (
    source BIGINT NOT NULL,
    reason TEXT NOT NULL,
    problems BIGINT NOT NULL,
    first BIGINT NOT NULL,
    last BIGINT NOT NULL,
    topic TEXT NOT NULL,
    sample TEXT NOT NULL,
    PRIMARY KEY (source, reason)
);
