-- In which language an account's mail is written: a tag such as fr; none: English.
ALTER TABLE accounts ADD COLUMN locale TEXT;
