//! Rules for products whose messages are known, as data: `presets/*.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::rule::Rule;

/// Name and file of each; Sparkplug B is binary and has a decoder of its own.
const FILES: [(&str, &str); 8] = [
    ("kepware", include_str!("../presets/kepware.toml")),
    ("mtconnect", include_str!("../presets/mtconnect.toml")),
    ("opcua-pubsub", include_str!("../presets/opcua-pubsub.toml")),
    ("shelly", include_str!("../presets/shelly.toml")),
    ("tasmota", include_str!("../presets/tasmota.toml")),
    ("thingsboard", include_str!("../presets/thingsboard.toml")),
    ("umh", include_str!("../presets/umh.toml")),
    ("zigbee2mqtt", include_str!("../presets/zigbee2mqtt.toml")),
];

#[derive(Deserialize)]
struct File {
    bindings: BTreeMap<Box<str>, Rule>,
}

/// Each preset and its rules, in the order of their names in the file.
#[must_use]
pub fn presets() -> &'static BTreeMap<&'static str, Vec<Rule>> {
    static PRESETS: LazyLock<BTreeMap<&'static str, Vec<Rule>>> = LazyLock::new(|| {
        let rules = |text| toml::from_str::<File>(text).map(|file| file.bindings.into_values().collect());
        // A file that cannot be read fails the tests; here the preset is unknown.
        FILES
            .iter()
            .filter_map(|(name, text)| Some((*name, rules(text).ok()?)))
            .collect()
    });
    &PRESETS
}

/// The file of a preset, as text: a model file with its rules.
#[must_use]
pub fn preset_file(name: &str) -> Option<&'static str> {
    FILES
        .iter()
        .find(|(other, _)| *other == name)
        .map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_read_and_compiles() {
        for (name, text) in FILES {
            let file: Result<File, _> = toml::from_str(text);
            assert!(file.is_ok(), "{name}: {:?}", file.err());
            let rule = Rule {
                preset: Some(name.into()),
                ..Rule::default()
            };
            let (rules, told) = crate::Rules::compile([(name, &rule)], &formula::NoZones);
            assert_eq!(told, [], "{name}");
            assert!(!rules.is_empty());
        }
        assert_eq!(presets().len(), FILES.len());
    }
}
