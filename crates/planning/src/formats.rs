//! The public benchmark formats: readers of problems, writers of solutions. Nothing here panics; an error
//! says in which line, what is wrong and what would be right.

pub mod imopse;
pub mod psplib;
pub mod roadef;

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Why a file cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("line {line}: {message}")]
pub struct FormatError {
    /// Where, from 1.
    pub line: usize,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl FormatError {
    pub(crate) fn at(line: usize, message: impl Into<String>) -> Self {
        Self {
            line,
            message: message.into(),
        }
    }
}

/// A format of problems and their solutions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// PSPLIB `.sm`: projects with renewable resources, one mode.
    Psplib,
    /// iMOPSE `.def`: projects with people who have skills.
    Imopse,
    /// ROADEF/EURO challenge 2020, JSON: maintenance of a power grid.
    Roadef,
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "psplib" => Ok(Self::Psplib),
            "imopse" => Ok(Self::Imopse),
            "roadef" => Ok(Self::Roadef),
            _ => Err(format!("`{text}` is no format; write psplib, imopse or roadef")),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Self::Psplib => "psplib",
            Self::Imopse => "imopse",
            Self::Roadef => "roadef",
        })
    }
}

/// The lines of a text with their numbers from 1, each looked at once.
pub(crate) struct Lines<'t> {
    lines: std::iter::Enumerate<std::str::Lines<'t>>,
    /// The number of the last one taken.
    pub(crate) number: usize,
}

impl<'t> Lines<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self {
            lines: text.lines().enumerate(),
            number: 0,
        }
    }

    pub(crate) fn take(&mut self) -> Option<&'t str> {
        let (at, line) = self.lines.next()?;
        self.number = at + 1;
        Some(line)
    }

    /// The next one that is not empty and no rule of stars or equal signs.
    pub(crate) fn take_said(&mut self) -> Option<&'t str> {
        loop {
            let line = self.take()?;
            let said = line.trim();
            if !said.is_empty() && !said.chars().all(|c| matches!(c, '*' | '=' | '-')) {
                return Some(said);
            }
        }
    }

    /// Goes past the first line that begins with a word, whatever its case.
    pub(crate) fn seek(&mut self, word: &str) -> Result<&'t str, FormatError> {
        while let Some(line) = self.take() {
            let head = line.trim().get(..word.len());
            if head.is_some_and(|head| head.eq_ignore_ascii_case(word)) {
                return Ok(line.trim());
            }
        }
        Err(self.wrong(format!("the file ends without a line that begins with `{word}`")))
    }

    pub(crate) fn wrong(&self, message: impl Into<String>) -> FormatError {
        FormatError::at(self.number.max(1), message)
    }
}
