-- Versions of the model: the files of each as they were given.
CREATE TABLE model_versions (
    number BIGINT NOT NULL PRIMARY KEY,
    created BIGINT NOT NULL,
    author TEXT NOT NULL,
    comment TEXT NOT NULL,
    origin TEXT NOT NULL,
    restored BIGINT
);

CREATE TABLE model_files (
    version BIGINT NOT NULL,
    path TEXT NOT NULL,
    text BIGINT NOT NULL,
    PRIMARY KEY (version, path)
);

-- What a file says; shared by all versions in which it says the same.
CREATE TABLE model_texts (
    id BIGINT NOT NULL PRIMARY KEY,
    bytes BIGINT NOT NULL,
    document TEXT NOT NULL
);

CREATE INDEX model_files_by_path ON model_files (path, text);
CREATE INDEX model_files_by_text ON model_files (text);
