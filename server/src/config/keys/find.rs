//! Which key is meant, also by somebody who mistyped it.

use super::{Key, all};

/// The key of a concrete path such as `mqtt.0.url`.
#[must_use]
pub fn find(path: &str) -> Option<&'static Key> {
    let pattern = pattern(path);
    all().find(|key| key.path == pattern)
}

/// What was expected in the place of a key that there is not, and an example: the key that looks most like it, or
/// those of the same section.
#[must_use]
pub fn meant(path: &str) -> (String, String) {
    let pattern = pattern(path);
    // An entry of a list may be written as if there were only one.
    let section = pattern
        .split_once('.')
        .map_or(pattern.as_str(), |(section, _)| section);
    let is_list = all().any(|key| key.path.starts_with(&format!("{section}.*.")));
    let pattern = match pattern.split_once('.') {
        Some((_, rest)) if is_list && !rest.starts_with('*') => format!("{section}.*.{rest}"),
        _ => pattern.clone(),
    };
    let near = all().map(|key| (distance(key.path, &pattern), key));
    let near = near.min_by_key(|(distance, key)| (*distance, key.path));
    let allowed = (pattern.chars().count() / 4).clamp(1, 4);
    if let Some((_, key)) = near.filter(|(distance, _)| *distance <= allowed) {
        let expected = format!("there is no such key; did you mean `{}`?", written(key));
        return (expected, example(key));
    }
    let level = pattern.rsplit_once('.').map_or("", |(level, _)| level);
    let beside = |key: &&Key| {
        key.path.strip_prefix(level).is_some_and(|rest| {
            rest.starts_with('.') && !rest.contains("..") && rest.matches('.').count() == 1
        })
    };
    let names: Vec<String> = all()
        .filter(beside)
        .map(|key| format!("`{}`", written(key)))
        .collect();
    let expected = match names.is_empty() {
        true => "there is no such key (docs/configuration.md lists them)".to_owned(),
        false => format!("there is no such key; there are {}", names.join(", ")),
    };
    let first = all().find(beside).or_else(|| all().next());
    (expected, first.map(example).unwrap_or_default())
}

/// A key as it is written: the first entry of a list has the number 0.
fn written(key: &Key) -> String {
    key.path.replace('*', "0")
}

/// A key with a value that would do.
fn example(key: &Key) -> String {
    format!("{} = {}", written(key), key.example)
}

fn pattern(path: &str) -> String {
    let level = |level: &str| {
        if level.parse::<usize>().is_ok() {
            "*".to_owned()
        } else {
            level.to_owned()
        }
    };
    path.split('.').map(level).collect::<Vec<_>>().join(".")
}

/// Levenshtein distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let substituted = before + usize::from(from != *to);
            before = row[j + 1];
            row[j + 1] = substituted.min(before + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}
