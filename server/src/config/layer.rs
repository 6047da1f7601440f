//! The layers of configuration as one flat table: key, value, and who set it.

use std::collections::BTreeMap;

use toml::Value;

use super::ConfigError;
use super::keys;

/// Who set a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody.
    Default,
    /// A file, by its name.
    File(String),
    /// A variable.
    Env(String),
    /// A flag.
    Flag(&'static str),
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(name) | Self::Env(name) => f.write_str(name),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

/// All layers so far.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    values: BTreeMap<String, (Value, Origin)>,
}

impl Layers {
    /// Adds a file's text; unknown keys and bad syntax come back as errors.
    pub fn add_file(&mut self, name: &str, text: &str) -> Vec<ConfigError> {
        let origin = Origin::File(name.to_owned());
        match text.parse::<toml::Table>() {
            Ok(table) => {
                let mut flat = Vec::new();
                flatten("", Value::Table(table), &mut flat);
                self.add_all(flat, &origin)
            }
            Err(error) => vec![ConfigError {
                origin: name.to_owned(),
                key: "syntax".to_owned(),
                expected: error.message().to_owned(),
                example: "[server]\\nlisten = \"127.0.0.1:8080\"".to_owned(),
            }],
        }
    }

    /// Adds every `GEMBA__…` variable.
    pub fn add_env(&mut self, variables: impl IntoIterator<Item = (String, String)>) -> Vec<ConfigError> {
        let mut errors = Vec::new();
        for (name, value) in variables {
            let Some(rest) = name.strip_prefix("GEMBA__") else {
                continue;
            };
            let key = rest.to_lowercase().replace("__", ".");
            errors.extend(self.add_all(vec![(key, Value::String(value))], &Origin::Env(name.clone())));
        }
        errors
    }

    /// Sets one key.
    pub fn set(&mut self, key: &str, value: &str, origin: Origin) {
        self.values
            .insert(key.to_owned(), (Value::String(value.to_owned()), origin));
    }

    /// How many entries a list of tables has.
    #[must_use]
    pub fn count(&self, list: &str) -> usize {
        let numbers = self.values.keys().filter_map(|key| {
            key.strip_prefix(list)?
                .strip_prefix('.')?
                .split('.')
                .next()?
                .parse::<usize>()
                .ok()
        });
        numbers.max().map_or(0, |last| last + 1)
    }

    /// The value of a key, unless only its default stands.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.values.get(key).map(|(value, _)| value)
    }

    /// Who set a key.
    #[must_use]
    pub fn origin(&self, key: &str) -> String {
        self.values
            .get(key)
            .map_or(Origin::Default, |(_, origin)| origin.clone())
            .to_string()
    }

    fn add_all(&mut self, flat: Vec<(String, Value)>, origin: &Origin) -> Vec<ConfigError> {
        let mut errors = Vec::new();
        for (key, value) in flat {
            if keys::find(&key).is_some() {
                self.values.insert(key, (value, origin.clone()));
            } else {
                let (expected, example) = keys::meant(&key);
                errors.push(ConfigError {
                    origin: origin.to_string(),
                    expected,
                    example,
                    key,
                });
            }
        }
        errors
    }
}

fn flatten(prefix: &str, value: Value, flat: &mut Vec<(String, Value)>) {
    let join = |key: &str| {
        if prefix.is_empty() {
            key.to_owned()
        } else {
            format!("{prefix}.{key}")
        }
    };
    match value {
        Value::Table(table) => table
            .into_iter()
            .for_each(|(key, value)| flatten(&join(&key), value, flat)),
        Value::Array(list) if list.iter().any(Value::is_table) => {
            list.into_iter()
                .enumerate()
                .for_each(|(n, value)| flatten(&join(&n.to_string()), value, flat));
        }
        leaf => flat.push((prefix.to_owned(), leaf)),
    }
}
