//! What is wrong with a model: where, what, and the way out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

pub use formula::Severity;

use crate::node::{Node, Span, Value};

/// Problems that are told at once; the rest is counted.
pub const MAX_PROBLEMS: usize = 1000;

/// Most names that are held against wrong ones in one check.
const MAX_COMPARED: usize = 300_000;

/// Most characters of a line that is shown.
const MAX_LINE: usize = 160;

/// One thing that is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// How bad.
    pub severity: Severity,
    /// Where, if a file says it.
    pub place: Option<Place>,
    /// What of the model: `types/pump/properties/flow/unit`; empty for a file that cannot be read.
    pub element: String,
    /// What, as a sentence without its full stop.
    pub message: String,
    /// The way out, where one is known.
    pub help: Option<String>,
}

/// A place in a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The file's path, as it was given.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The offending text, its first line.
    pub text: String,
    /// The line it is in.
    pub source_line: String,
}

impl fmt::Display for Problem {
    /// `model/types/pump.toml:12:8: unknown key …; did you mean …?`
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(to, "{}:{}:{}: ", place.file, place.line, place.column)?,
            None if !self.element.is_empty() => write!(to, "{}: ", self.element)?,
            None => {}
        }
        if self.severity == Severity::Warning {
            to.write_str("warning: ")?;
        }
        to.write_str(&self.message)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(to, "; {help}"))
    }
}

impl Problem {
    /// The problem, the line it is in and the place underlined.
    #[must_use]
    pub fn render(&self) -> String {
        let Some(place) = &self.place else {
            return self.to_string();
        };
        let line: String = place.source_line.chars().take(MAX_LINE).collect();
        let indent = (place.column - 1).min(MAX_LINE);
        let width = place.text.chars().count().clamp(1, MAX_LINE);
        format!("{self}\n  {line}\n  {:indent$}{:^^width$}", "", "")
    }
}

/// The files of a model, to find places in.
#[derive(Default)]
pub(crate) struct Sources {
    files: Vec<Source>,
}

struct Source {
    path: Arc<str>,
    text: Arc<str>,
    /// Where each line begins.
    lines: Vec<usize>,
}

impl Sources {
    pub fn add(&mut self, path: &str, text: &str) -> u32 {
        let starts = text.match_indices('\n').map(|(at, _)| at + 1);
        self.files.push(Source {
            path: Arc::from(path),
            text: Arc::from(text),
            lines: std::iter::once(0).chain(starts).collect(),
        });
        u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX)
    }

    fn file(&self, span: Span) -> Option<&Source> {
        self.files.get(usize::try_from(span.file).ok()?)
    }

    /// What a file says there.
    pub fn text(&self, span: Span) -> Option<&str> {
        self.file(span)?.text.get(span.start as usize..span.end as usize)
    }

    pub fn place(&self, span: Span) -> Option<Place> {
        let source = self.file(span)?;
        let start = (span.start as usize).min(source.text.len());
        let line = source.lines.partition_point(|begin| *begin <= start).max(1);
        let begin = source.lines.get(line - 1).copied().unwrap_or_default();
        let before = source.text.get(begin..start).unwrap_or_default();
        let whole = source.text.get(begin..).unwrap_or_default();
        let marked = self.text(span).unwrap_or_default();
        let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
        Some(Place {
            file: Arc::clone(&source.path),
            line,
            column: before.chars().count() + 1,
            text: first(marked),
            source_line: first(whole),
        })
    }
}

/// Which part of what is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Part {
    /// The name before the value.
    Key,
    Value,
    /// Bytes of a text's content.
    Inside(formula::Span),
}

/// A problem whose place is still to be found.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Finding {
    pub severity: Severity,
    pub element: String,
    pub part: Part,
    /// Where, when the reader knows; otherwise found by the element.
    pub at: Option<Span>,
    pub message: String,
    pub help: Option<String>,
}

impl Finding {
    pub fn error(element: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            element: element.into(),
            part: Part::Value,
            at: None,
            message: message.into(),
            help: None,
        }
    }

    pub fn warning(element: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(element, message)
        }
    }

    pub fn help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }

    pub fn help_if(self, help: Option<String>) -> Self {
        Self {
            help: help.or(self.help),
            ..self
        }
    }

    pub fn key(self) -> Self {
        Self {
            part: Part::Key,
            ..self
        }
    }

    pub fn at(self, at: Span) -> Self {
        Self { at: Some(at), ..self }
    }
}

#[derive(Clone, Copy)]
struct Spot {
    key: Span,
    value: Span,
    is_table: bool,
}

/// Where each element of a model is written.
#[derive(Default)]
pub(crate) struct Places {
    spots: BTreeMap<String, Spot>,
}

impl Places {
    pub fn put(&mut self, element: &str, node: &Node) {
        if node.at != Span::NOWHERE || node.key != Span::NOWHERE {
            let spot = Spot {
                key: node.key,
                value: node.at,
                is_table: matches!(node.value, Value::Table(_)),
            };
            self.spots.insert(element.to_owned(), spot);
        }
    }

    /// Where the name of an element is, if a file says it.
    pub fn key_of(&self, element: &str) -> Option<Span> {
        self.spots.get(element).map(|spot| spot.key)
    }

    /// The place of an element, or of the nearest one around it that is written; whether it is the
    /// element's own.
    fn find(&self, element: &str, part: Part) -> Option<(Span, bool)> {
        let mut path = element;
        loop {
            if let Some(spot) = self.spots.get(path) {
                let exact = path.len() == element.len();
                let by_key = part == Part::Key || (!exact && spot.is_table);
                let span = if by_key { spot.key } else { spot.value };
                return Some((span, exact));
            }
            path = path.rsplit_once('/')?.0;
        }
    }

    pub fn problem(&self, finding: Finding, sources: &Sources) -> Problem {
        let found = finding
            .at
            .map(|span| (span, true))
            .or_else(|| self.find(&finding.element, finding.part));
        let span = found.map(|(span, exact)| match finding.part {
            Part::Inside(inner) if exact => within(span, inner, sources),
            Part::Inside(_) | Part::Key | Part::Value => span,
        });
        Problem {
            severity: finding.severity,
            place: span.and_then(|span| sources.place(span)),
            element: finding.element,
            message: finding.message,
            help: finding.help,
        }
    }
}

/// The place of bytes of a text's content, where the file has the content as it is; otherwise
/// (escapes) the whole text.
fn within(span: Span, inner: formula::Span, sources: &Sources) -> Span {
    let raw = sources.text(span).unwrap_or_default();
    let quotes = ["'''", "\"\"\"", "'", "\""]
        .into_iter()
        .find(|quotes| raw.starts_with(quotes))
        .unwrap_or_default();
    let mut from = quotes.len();
    if quotes.len() == 3 && raw.get(from..).is_some_and(|rest| rest.starts_with('\n')) {
        from += 1;
    }
    let content = raw.get(from..).unwrap_or_default();
    let changed = content.contains('\r') || (quotes.starts_with('"') && content.contains('\\'));
    let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let (start, end) = (small(from + inner.start), small(from + inner.end));
    if changed || end > span.end - span.start {
        return span;
    }
    Span {
        start: span.start + start,
        end: (span.start + end).max(span.start + start),
        ..span
    }
}

/// Findings, and where in the model the reader is.
#[derive(Default)]
pub(crate) struct Told {
    pub findings: Vec<Finding>,
    /// Findings beyond the most that are told.
    pub more: usize,
    pub places: Places,
    /// What was told of elements, so that what many types inherit is told once.
    seen: BTreeSet<(String, String)>,
    path: String,
    /// Names that were held against a wrong one.
    compared: usize,
}

impl Told {
    pub fn tell(&mut self, finding: Finding) {
        if finding.at.is_none()
            && !self
                .seen
                .insert((finding.element.clone(), finding.message.clone()))
        {
            return;
        }
        if self.findings.len() < MAX_PROBLEMS {
            self.findings.push(finding);
        } else {
            self.more += 1;
        }
    }

    /// Help that names the known word nearest to this one. Plants have 100,000 assets: after so
    /// many comparisons no more help is looked for.
    pub fn nearest<'n>(&mut self, word: &str, known: impl Iterator<Item = &'n str>) -> Option<String> {
        if self.compared >= MAX_COMPARED || self.findings.len() >= MAX_PROBLEMS {
            return None;
        }
        let left = MAX_COMPARED - self.compared;
        let compared = &mut self.compared;
        did_you_mean(word, known.take(left).inspect(|_| *compared += 1))
    }

    /// Findings so far.
    pub fn count(&self) -> usize {
        self.findings.len() + self.more
    }

    /// The element that is being read.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Goes into a part of the current element, and out of it again.
    pub fn within<R>(&mut self, key: &str, node: &Node, read: impl FnOnce(&mut Self) -> R) -> R {
        let before = self.path.len();
        if before > 0 {
            self.path.push('/');
        }
        self.path.push_str(key);
        self.places.put(&self.path, node);
        let result = read(self);
        self.path.truncate(before);
        result
    }
}

/// Help that names the known word nearest to this one.
pub(crate) fn did_you_mean<'n>(word: &str, known: impl Iterator<Item = &'n str>) -> Option<String> {
    let length = word.chars().count();
    // Far lengths are far words; a letter has four bytes at most.
    let far = (length / 3).max(1);
    let close = known.filter(|name| name.len() + far >= length && name.len() <= 4 * (length + far));
    formula::nearest(word, close).map(|near| format!("did you mean `{near}`?"))
}

/// `1 asset`, `2 assets`.
pub(crate) fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

/// `a, b and c`, shortened when there are many.
pub(crate) fn listed<'n>(words: impl Iterator<Item = &'n str>) -> String {
    const SHOWN: usize = 12;
    let all: Vec<&str> = words.collect();
    let mut text = all.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    if all.len() > SHOWN {
        text.push_str(&format!(" and {} more", all.len() - SHOWN));
    }
    text
}
