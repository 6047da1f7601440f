-- The key of the model's asset that an asset is, where it is one.
ALTER TABLE assets ADD COLUMN model_key TEXT;
