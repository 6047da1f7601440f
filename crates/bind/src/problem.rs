//! What is wrong with a rule: where, what, and the way out.

use formula::{Severity, Span};

/// One thing that is wrong with a rule as written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// The key, those below it and places in a list joined by `/`: `time/path/0`. Empty for the rule.
    pub key: String,
    /// Where in the text of that key, if it is a part of it.
    pub span: Option<Span>,
    /// How bad.
    pub severity: Severity,
    /// What, as a sentence without its full stop.
    pub message: String,
    /// The way out, where one is known.
    pub help: Option<String>,
}

impl Problem {
    pub(crate) fn error(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            span: None,
            severity: Severity::Error,
            message: message.into(),
            help: None,
        }
    }

    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }

    pub(crate) fn help_if(self, help: Option<String>) -> Self {
        Self {
            help: help.or(self.help),
            ..self
        }
    }

    pub(crate) fn at(self, start: usize, end: usize) -> Self {
        Self {
            span: Some(Span { start, end }),
            ..self
        }
    }

    pub(crate) fn of_formula(key: &str, problem: formula::Problem) -> Self {
        Self {
            key: key.to_owned(),
            span: Some(problem.span),
            severity: problem.severity,
            message: problem.message,
            help: problem.help,
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.key.is_empty() {
            write!(to, "{}: ", self.key)?;
        }
        to.write_str(&self.message)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(to, "; {help}"))
    }
}

/// Help that names the known word nearest to this one.
pub(crate) fn did_you_mean<'n>(word: &str, known: impl Iterator<Item = &'n str>) -> Option<String> {
    formula::nearest(word, known).map(|near| format!("did you mean `{near}`?"))
}
