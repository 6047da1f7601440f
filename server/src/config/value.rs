//! Reads values as their kind asks, and gathers what is wrong.

use std::net::{IpAddr, SocketAddr};

use connect::Secret;
use ipnet::IpNet;
use toml::Value;

use super::keys::{self, Key, Kind};
use super::{ConfigError, Layers};

/// Reads a configuration; errors are kept until [`Reader::finish`].
pub struct Reader<'a> {
    layers: &'a Layers,
    errors: Vec<ConfigError>,
}

impl<'a> Reader<'a> {
    /// Reads from these layers.
    #[must_use]
    pub fn new(layers: &'a Layers) -> Self {
        Self {
            layers,
            errors: Vec::new(),
        }
    }

    /// What was wrong.
    #[must_use]
    pub fn finish(self) -> Vec<ConfigError> {
        self.errors
    }

    /// A text that must be there.
    pub fn text(&mut self, key: &str) -> String {
        let text = self.optional_text(key);
        if text.is_none() && self.raw(key).is_none() {
            self.complain(key, "it must be set");
        }
        text.unwrap_or_default()
    }

    /// A text that may be absent.
    pub fn optional_text(&mut self, key: &str) -> Option<String> {
        let text = self.raw(key)?;
        match keys::find(key).map(|known| known.kind) {
            Some(Kind::Word(words)) if !words.contains(&text.as_str()) => {
                self.complain(key, &format!("one of {}", words.join(", ")));
                None
            }
            Some(Kind::Url(schemes)) if !is_url(&text, schemes) => {
                self.complain(
                    key,
                    &format!(
                        "an address that begins with one of {}",
                        schemes.join("://, ") + "://"
                    ),
                );
                None
            }
            _ => Some(text),
        }
    }

    /// Complains of a key that another one needs.
    pub fn missing<T>(&mut self, key: &str) -> Option<T> {
        self.complain(key, "it must be set");
        None
    }

    /// Yes or no.
    pub fn bool(&mut self, key: &str) -> bool {
        self.optional_bool(key).unwrap_or(false)
    }

    /// Yes, no, or unsaid.
    pub fn optional_bool(&mut self, key: &str) -> Option<bool> {
        let text = self.raw(key)?;
        match text.as_str() {
            "true" | "yes" | "1" | "on" => Some(true),
            "false" | "no" | "0" | "off" => Some(false),
            _ => {
                self.complain(key, "true or false");
                None
            }
        }
    }

    /// A whole number within the key's bounds.
    pub fn size(&mut self, key: &str) -> usize {
        let Some(Kind::Size { min, max }) = keys::find(key).map(|known| known.kind) else {
            return 0;
        };
        let text = self.raw(key).unwrap_or_default();
        match text.parse::<u64>() {
            Ok(number) if (min..=max).contains(&number) => usize::try_from(number).unwrap_or(usize::MAX),
            _ => {
                self.complain(key, &format!("a whole number from {min} to {max}"));
                0
            }
        }
    }

    /// The same, of a smaller kind.
    pub fn count(&mut self, key: &str) -> u32 {
        u32::try_from(self.size(key)).unwrap_or(u32::MAX)
    }

    /// `address:port`.
    pub fn address(&mut self, key: &str) -> SocketAddr {
        let text = self.raw(key).unwrap_or_default();
        text.parse().unwrap_or_else(|_| {
            self.complain(key, "an IP address and a port");
            SocketAddr::from(([127, 0, 0, 1], 0))
        })
    }

    /// Several texts.
    pub fn list(&mut self, key: &str) -> Vec<String> {
        match self.layers.get(key) {
            Some(Value::Array(items)) => items.iter().map(plain).collect(),
            _ => self
                .raw(key)
                .map(|text| text.split(',').map(|item| item.trim().to_owned()).collect())
                .unwrap_or_default(),
        }
    }

    /// Nets, as `10.0.0.0/8`, or single addresses.
    pub fn nets(&mut self, key: &str) -> Vec<IpNet> {
        let texts = self.list(key);
        let net = |text: &String| {
            let single = || text.parse().map(|address: IpAddr| IpNet::from(address));
            text.parse::<IpNet>().ok().or_else(|| single().ok())
        };
        let nets: Vec<IpNet> = texts.iter().filter_map(net).collect();
        if nets.len() < texts.len() {
            self.complain(key, "a list of nets or addresses");
        }
        nets
    }

    /// A secret, given or in a file.
    pub fn secret(&mut self, key: &str, file_key: &str) -> Option<Secret> {
        if let Some(path) = self.raw(file_key) {
            return match std::fs::read_to_string(&path) {
                Ok(text) => Some(Secret::new(text.trim_end_matches(['\r', '\n']).to_owned())),
                Err(error) => {
                    self.complain(file_key, &format!("a file that can be read ({path}: {error})"));
                    None
                }
            };
        }
        self.raw(key).map(Secret::new)
    }

    fn raw(&self, key: &str) -> Option<String> {
        let set = self.layers.get(key).map(plain);
        set.or_else(|| keys::find(key)?.default.map(str::to_owned))
    }

    /// Notes that a key is not as expected.
    pub fn complain(&mut self, key: &str, expected: &str) {
        let example = keys::find(key).map_or("", |known: &Key| known.example);
        self.errors.push(ConfigError {
            origin: self.layers.origin(key),
            key: key.to_owned(),
            expected: expected.to_owned(),
            example: example.to_owned(),
        });
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn is_url(text: &str, schemes: &[&str]) -> bool {
    text.split_once("://")
        .is_some_and(|(scheme, rest)| schemes.contains(&scheme) && !rest.is_empty())
}
