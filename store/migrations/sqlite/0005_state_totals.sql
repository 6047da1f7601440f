-- How long each state of an asset lasted and how often it began, as a JSON document.
CREATE TABLE state_totals (
    asset TEXT NOT NULL,
    property TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (asset, property)
);
