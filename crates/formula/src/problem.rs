//! What is wrong with a formula: where, what, and the way out.

use std::fmt;

/// A stretch of the source, in bytes, half open.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    pub(crate) const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// From the start of this one to the end of `other`.
    pub(crate) fn to(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// Line and column of its start, in characters, counted from 1.
    #[must_use]
    pub fn position(self, source: &str) -> (usize, usize) {
        let before = source.get(..self.start.min(source.len())).unwrap_or(source);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (line, column)
    }
}

/// Whether a formula can be used all the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// It can, but likely does not say what was meant.
    Warning,
    /// It cannot.
    Error,
}

/// One thing that is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Where.
    pub span: Span,
    /// How bad.
    pub severity: Severity,
    /// What, as a sentence without its full stop.
    pub message: String,
    /// The way out, where one is known.
    pub help: Option<String>,
}

impl Problem {
    pub(crate) fn error(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            severity: Severity::Error,
            message: message.into(),
            help: None,
        }
    }

    pub(crate) fn warning(span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(span, message)
        }
    }

    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }

    /// With help only when there is some.
    pub(crate) fn help_if(self, help: Option<String>) -> Self {
        Self { help, ..self }
    }

    /// Position, message, help, and the line with the place underlined.
    #[must_use]
    pub fn render(&self, source: &str) -> String {
        let (line, column) = self.span.position(source);
        let text = source.lines().nth(line - 1).unwrap_or_default();
        let (text, indent) = cut(text, column - 1);
        let marked = source
            .get(self.span.start.min(source.len())..self.span.end.min(source.len()))
            .unwrap_or_default();
        let width = marked
            .lines()
            .next()
            .map_or(1, |marked| marked.chars().count().max(1))
            .min(text.chars().count().saturating_sub(indent).max(1));
        format!(
            "{line}:{column}: {self}\n  {text}\n  {:indent$}{:^^width$}",
            "", "",
        )
    }
}

/// Characters of a line that are shown around a place.
const AROUND: usize = 100;

/// The part of a line around a place, and where the place is in it.
fn cut(line: &str, at: usize) -> (String, usize) {
    let count = line.chars().count();
    if count <= 2 * AROUND {
        return (line.to_owned(), at);
    }
    let from = at.saturating_sub(AROUND);
    let shown: String = line.chars().skip(from).take(2 * AROUND).collect();
    let before = if from > 0 { "… " } else { "" };
    let after = if from + 2 * AROUND < count { " …" } else { "" };
    (
        format!("{before}{shown}{after}"),
        at - from + before.chars().count(),
    )
}

impl fmt::Display for Problem {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.severity == Severity::Warning {
            to.write_str("warning: ")?;
        }
        to.write_str(&self.message)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(to, "; {help}"))
    }
}

/// The name that was probably meant.
#[must_use]
pub fn nearest<'n>(word: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    const LONGEST: usize = 64;
    let wanted: Vec<char> = word.to_lowercase().chars().take(LONGEST).collect();
    let allowed = (wanted.len() / 3).max(1);
    names
        .filter_map(|name| {
            let have: Vec<char> = name.to_lowercase().chars().take(LONGEST).collect();
            let far = distance(&wanted, &have);
            (far <= allowed && far < wanted.len()).then_some((far, name))
        })
        .min()
        .map(|(_, name)| name)
}

/// Insertions, deletions, replacements and swaps of neighbours between two words.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], n: usize| row.get(n).copied().unwrap_or(usize::MAX - 1);
            let mut best = (at(&above, j) + usize::from(x != y))
                .min(at(&above, j + 1) + 1)
                .min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                best = best.min(at(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_shows_its_place() {
        let problem = Problem::error(Span::new(4, 7), "unknown function `sqr`").help("did you mean `sqrt`?");
        assert_eq!(
            problem.render("x + sqr(y)"),
            "1:5: unknown function `sqr`; did you mean `sqrt`?\n  x + sqr(y)\n      ^^^"
        );
        let long = format!("{} + sqr(y) + {}", "x".repeat(500), "z".repeat(500));
        let shown = Problem::error(Span::new(503, 506), "unknown").render(&long);
        let mut lines = shown.lines().skip(1);
        let (text, mark) = (lines.next().unwrap(), lines.next().unwrap());
        assert!(text.starts_with("  … xx") && text.ends_with("zz …"), "{text}");
        assert!(text.chars().count() < 220, "{text}");
        let under: String = text
            .chars()
            .zip(mark.chars())
            .filter(|(_, mark)| *mark == '^')
            .map(|(c, _)| c)
            .collect();
        assert_eq!(under, "sqr");
        let (line, column) = Span::new(6, 7).position("ä +\n  b");
        assert_eq!((line, column), (2, 2));
    }

    #[test]
    fn near_names_are_found() {
        let names = ["sqrt", "statetime", "latest", "x"];
        for (word, expect) in [
            ("sqr", Some("sqrt")),
            ("statetme", Some("statetime")),
            ("LATSET", Some("latest")),
            ("velocity", None),
            ("y", None),
        ] {
            assert_eq!(nearest(word, names.into_iter()), expect, "{word}");
        }
    }
}
