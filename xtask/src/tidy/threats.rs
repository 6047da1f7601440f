//! The table of threats names the tests that prove it: each of them must be there, and the attack suite is one.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};

use super::Finding;
use crate::paths::{files_below, root, shown};

/// The suite has at least so many cases.
const CASES: usize = 40;
const TABLE: &str = "docs/security.md";
const SUITE: &str = "server/tests/it/attacks/";

/// Names of tests that are told of and not there; a suite that is too small.
pub fn check() -> Result<Vec<Finding>> {
    let text = std::fs::read_to_string(root().join(TABLE)).context(TABLE)?;
    let mut tests = BTreeSet::new();
    let mut cases = 0;
    for path in files_below(&root()) {
        let name = shown(&path);
        let is_script = name.starts_with("end2end/tests/");
        if !(name.ends_with(".rs") || is_script) {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let found = if is_script {
            titles(&text)
        } else {
            functions(&text)
        };
        if name.starts_with(SUITE) {
            cases += found.len();
        }
        tests.extend(found);
    }
    let mut findings: Vec<Finding> = rows(&text)
        .flat_map(|row| missing(row, &tests))
        .map(|what| format!("{TABLE}: {what} [threats]"))
        .collect();
    if cases < CASES {
        findings.push(format!(
            "{SUITE}: {cases} cases, at least {CASES} are promised [threats]"
        ));
    }
    Ok(findings)
}

/// Rows of the table of threats.
fn rows(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().skip_while(|line| !line.starts_with("| threat |"));
    lines.skip(2).take_while(|line| line.starts_with('|'))
}

/// What is wrong with the last cell of a row: a test named there that is none, or no test and no word of it.
fn missing(row: &str, tests: &BTreeSet<String>) -> Vec<String> {
    let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
    let (threat, proof) = (
        cells.first().map_or("", |cell| cell.trim()),
        cells.last().copied().unwrap_or_default(),
    );
    let named: Vec<&str> = proof.split('*').skip(1).step_by(2).collect();
    if named.is_empty() && !proof.contains("no test") {
        return vec![format!("“{threat}” names no test and does not say so")];
    }
    let is_there = |name: &str| {
        let parts: Vec<String> = name.split('…').map(plain).collect();
        match parts.as_slice() {
            [whole] => tests.contains(whole),
            parts => tests
                .iter()
                .any(|test| parts.iter().all(|part| test.contains(part))),
        }
    };
    named
        .into_iter()
        .filter(|name| !is_there(name))
        .map(|name| format!("“{threat}”: there is no test “{name}”"))
        .collect()
}

/// Names of the functions that follow a `#[test]`, of whatever runtime, or stand in a property.
fn functions(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if let Some(rest) = line
            .strip_prefix("async fn ")
            .or_else(|| line.strip_prefix("fn "))
            .filter(|_| is_test)
        {
            found.extend(rest.split(['(', '<']).next().map(plain));
            is_test = false;
        }
    }
    found
}

/// Titles of tests in a script.
fn titles(text: &str) -> Vec<String> {
    let title = |line: &str| {
        let (_, rest) = line.split_once("test('")?;
        Some(plain(rest.split("', ").next()?))
    };
    text.lines().filter_map(title).collect()
}

/// The same words, however a test is called.
fn plain(name: &str) -> String {
    let letter = |c: char| {
        if c.is_alphanumeric() {
            c.to_lowercase().next().unwrap_or(c)
        } else {
            ' '
        }
    };
    let words: String = name.chars().map(letter).collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_that_are_none_are_told() {
        let text = "#[tokio::test(flavor = \"x\")]\nasync fn a_link_after_revoke() {\n#[test]\nfn memory_is_bounded() {";
        let mut tests: BTreeSet<String> = functions(text).into_iter().collect();
        tests.extend(titles("  test('TLSv1.1 is refused', async () => {"));
        for (proof, expect) in [
            ("it `links`: *a link after revoke*", 0),
            ("it `links`: *a link after…*, e2e: *TLSv1.1 is refused*", 0),
            ("*a link after*", 1),
            ("*memory is bounded*, *memory is endless*", 1),
            ("nothing", 1),
            ("there is no test of it", 0),
        ] {
            let row = format!("| threat | who | how | {proof} |");
            assert_eq!(missing(&row, &tests).len(), expect, "{proof}");
        }
        assert_eq!(
            rows("# x\n| threat | who |\n|---|---|\n| a | b |\n\n| c |").count(),
            1
        );
    }
}
