//! Whether a package's licence expression leaves a licence we may ship.

/// Licences that may be in the binary.
const ALLOWED: [&str; 14] = [
    "MIT",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "0BSD",
    "CC0-1.0",
    "MIT-0",
    "Unlicense",
    "Unicode-3.0",
    "BSL-1.0",
    "CDLA-Permissive-2.0",
    // Copyleft by file: linking is fine, changed files would have to be published.
    "MPL-2.0",
];

/// Whether an SPDX expression can be met; the old `MIT/Apache-2.0` counts as a choice.
pub fn allowed(expression: &str) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let mut words = spaced.split_whitespace().peekable();
    either(&mut words) && words.peek().is_none()
}

type Words<'w> = std::iter::Peekable<std::str::SplitWhitespace<'w>>;

fn either(words: &mut Words<'_>) -> bool {
    let mut fine = both(words);
    while words.next_if_eq(&"OR").is_some() {
        fine |= both(words);
    }
    fine
}

fn both(words: &mut Words<'_>) -> bool {
    let mut fine = one(words);
    while words.next_if_eq(&"AND").is_some() {
        fine &= one(words);
    }
    fine
}

fn one(words: &mut Words<'_>) -> bool {
    let fine = match words.next() {
        Some("(") => {
            let inner = either(words);
            inner && words.next() == Some(")")
        }
        Some(id) => ALLOWED.contains(&id),
        None => false,
    };
    // An exception only adds rights.
    if words.next_if_eq(&"WITH").is_some() {
        return words.next().is_some() && fine;
    }
    fine
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_read() {
        for expression in [
            "MIT",
            "MIT OR GPL-3.0",
            "MIT/Apache-2.0",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception",
        ] {
            assert!(allowed(expression), "{expression}");
        }
        for expression in [
            "",
            "AGPL-3.0-only",
            "MIT AND GPL-3.0",
            "(MIT",
            "MIT Apache-2.0",
            "LGPL-3.0",
        ] {
            assert!(!allowed(expression), "{expression}");
        }
    }
}
