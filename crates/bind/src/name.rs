//! Names of the field made names of the model: assets' keys and properties' paths.

/// Most bytes of an asset's key and of a property's path, and of one word of a path, as in model
/// files.
const MAX_KEY: usize = 128;
const MAX_WORD: usize = 64;

/// An asset's key: letters, digits, `_`, `-`, `.` and `:`, a letter or digit first. Levels are joined
/// by `.`, anything else becomes `-`. None when nothing is left of it.
#[must_use]
pub fn asset_key(text: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    if text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(plain) {
        return (text.len() <= MAX_KEY).then(|| text.to_owned());
    }
    let mut key = String::with_capacity(text.len().min(MAX_KEY));
    for c in text.chars() {
        let c = match c {
            '/' => '.',
            c if plain(c) => c,
            _ => '-',
        };
        let joint = |c: char| matches!(c, '.' | '-');
        if key.is_empty() && !c.is_ascii_alphanumeric() {
            continue;
        }
        // `a//b` and `a - b` are joined once.
        if joint(c) && key.ends_with(joint) {
            if c == '-' {
                continue;
            }
            key.pop();
        }
        key.push(c);
    }
    key.truncate(key.trim_end_matches(['.', '-']).len());
    (!key.is_empty() && key.len() <= MAX_KEY).then_some(key)
}

/// A property's path: words of letters, digits and `_` joined by `.`. Levels are words too, anything
/// else becomes `_`, a digit first gets one before it. None when nothing is left of it.
#[must_use]
pub fn property_path(text: &str) -> Option<String> {
    let mut path = String::with_capacity(text.len().min(MAX_KEY));
    for word in text.split(['.', '/']) {
        let clean = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        let word: String = word.trim().chars().map(clean).collect();
        if word.is_empty() {
            continue;
        }
        if !path.is_empty() {
            path.push('.');
        }
        let start = path.len();
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            path.push('_');
        }
        path.push_str(&word);
        if path.len() - start > MAX_WORD {
            return None;
        }
    }
    (!path.is_empty() && path.len() <= MAX_KEY).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_field_become_names_of_the_model() {
        for (text, asset, property) in [
            ("pump-7", Some("pump-7"), Some("pump_7")),
            ("acme/lyon/l1", Some("acme.lyon.l1"), Some("acme.lyon.l1")),
            (
                "Group A.Device C - D",
                Some("Group-A.Device-C-D"),
                Some("Group_A.Device_C___D"),
            ),
            (
                "switch:0.apower",
                Some("switch:0.apower"),
                Some("switch_0.apower"),
            ),
            ("_raw", Some("raw"), Some("_raw")),
            ("2nd stage", Some("2nd-stage"), Some("_2nd_stage")),
            ("..a..", Some("a"), Some("a")),
            ("a//b", Some("a.b"), Some("a.b")),
            ("größe", Some("gr-e"), Some("gr__e")),
            ("", None, None),
            ("°", None, Some("_")),
        ] {
            assert_eq!(asset_key(text).as_deref(), asset, "{text}");
            assert_eq!(property_path(text).as_deref(), property, "{text}");
        }
        assert_eq!(asset_key(&"x".repeat(129)), None);
        assert_eq!(property_path(&"x".repeat(65)), None);
    }
}
