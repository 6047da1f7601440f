//! The wire protocol's paper belongs to its code: it carries a hash of the message files.

use anyhow::{Context as _, Result};

use super::Finding;
use crate::fresh::hash_of;
use crate::paths::root;

const PAPER: &str = "crates/wire/PROTOCOL.md";
const CODE: [&str; 2] = ["crates/wire/src/message.rs", "crates/wire/src/reading.rs"];
const MARK: &str = "<!-- messages: ";

/// The line the paper must carry.
fn line() -> String {
    format!("{MARK}{} -->", hash_of(&CODE))
}

/// Whether the paper was looked at since the messages last changed.
pub fn check() -> Option<Finding> {
    let text = std::fs::read_to_string(root().join(PAPER)).unwrap_or_default();
    (!text.contains(&line())).then(|| {
        format!("{PAPER}: the messages changed; bring the paper up to date, then `cargo xtask tidy --fix` [protocol]")
    })
}

/// Writes the present hash into the paper.
pub fn fix() -> Result<()> {
    let path = root().join(PAPER);
    let text = std::fs::read_to_string(&path).with_context(|| format!("{PAPER} cannot be read"))?;
    std::fs::write(&path, with_line(&text, &line())).with_context(|| format!("{PAPER} cannot be written"))
}

fn with_line(text: &str, line: &str) -> String {
    let kept = text
        .lines()
        .filter(|old| !old.starts_with(MARK))
        .collect::<Vec<_>>()
        .join("\n");
    format!("{}\n\n{line}\n", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_replaced_and_stands_last() {
        let once = with_line("# Protocol\n", "<!-- messages: 1 -->");
        assert_eq!(once, "# Protocol\n\n<!-- messages: 1 -->\n");
        assert_eq!(
            with_line(&once, "<!-- messages: 2 -->"),
            "# Protocol\n\n<!-- messages: 2 -->\n"
        );
    }
}
