//! Which key is meant, also by somebody who mistyped it.

use super::{Key, all};

/// The key of a concrete path such as `mqtt.0.url`.
#[must_use]
pub fn find(path: &str) -> Option<&'static Key> {
    let pattern = pattern(path);
    all().find(|key| key.path == pattern)
}

/// The known key that looks most like a mistyped one.
#[must_use]
pub fn nearest(path: &str) -> Option<&'static str> {
    let pattern = pattern(path);
    all()
        .map(|key| (distance(key.path, &pattern), key.path))
        .min()
        .filter(|(distance, _)| *distance <= 4)
        .map(|(_, path)| path)
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
