//! Reads any file of rows: which cell is in which line and column, and what is wrong with it.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use twin::Timestamp;

use crate::calendar::Zone;
use crate::span::Stretch;

/// Most rows of one file.
pub const MOST_ROWS: usize = 100_000;
/// Longest text of a cell, in bytes.
pub const LONGEST: usize = 2_000;

/// Something wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongCell {
    /// In which line of the file, from 1.
    pub line: u64,
    /// In which column; none where it is about the whole line.
    pub column: Option<&'static str>,
    /// What is wrong.
    pub wrong: Wrong,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// A column that is needed is missing.
    NoColumn,
    /// A cell that is needed is empty.
    Empty,
    /// A word that is none of these.
    NoSuchWord {
        /// What was written.
        word: Box<str>,
        /// What may be.
        words: Box<str>,
    },
    /// No time.
    NoTime(Box<str>),
    /// No amount.
    NoNumber(Box<str>),
    /// An end when or before its start, or only one of both.
    NoStretch,
    /// Longer than [`LONGEST`].
    TooLong,
    /// Not UTF-8.
    NotText,
    /// The same order stands in an earlier line.
    Twice(u64),
    /// More rows than [`MOST_ROWS`].
    TooMany,
    /// A line with more or fewer cells than the first one.
    Uneven,
}

impl std::fmt::Display for WrongCell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = self.column {
            write!(f, ", column {}", column)?;
        }
        f.write_str(": ")?;
        match &self.wrong {
            Wrong::NoColumn => f.write_str("the column is missing; name it in the first line"),
            Wrong::Empty => f.write_str("the cell is empty; it is needed"),
            Wrong::NoSuchWord { word, words } => write!(f, "`{word}` is none of {words}"),
            Wrong::NoTime(text) => {
                write!(
                    f,
                    "`{text}` is no time; write 2026-11-24T06:00:00+01:00 or 2026-11-24 06:00"
                )
            }
            Wrong::NoNumber(text) => write!(f, "`{text}` is no amount; write 1250.50"),
            Wrong::NoStretch => f.write_str("the end is not after the start; give both, in order"),
            Wrong::TooLong => write!(f, "longer than {LONGEST} bytes"),
            Wrong::NotText => f.write_str("the line is not UTF-8; save the file as UTF-8"),
            Wrong::Twice(line) => write!(f, "the same order stands in line {line}; keep one of both"),
            Wrong::TooMany => write!(f, "more than {MOST_ROWS} rows; send several files"),
            Wrong::Uneven => f.write_str("more or fewer cells than the first line has"),
        }
    }
}

impl std::error::Error for WrongCell {}

/// Rows of a file whose first line names the columns. A row with anything wrong is left out and told; the file as a
/// whole only fails without the columns that are needed.
pub(super) fn rows<T>(
    bytes: &[u8],
    names: &[&'static str],
    needed: &[&'static str],
    site: &Zone,
    mut row: impl FnMut(&mut Cells<'_>) -> Option<T>,
) -> (Vec<T>, Vec<WrongCell>) {
    // Spreadsheets put a mark before UTF-8.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(bytes))
        .from_reader(bytes);
    let mut records = reader.byte_records();
    let first = records.next().and_then(Result::ok).unwrap_or_default();
    let columns = columns(&first, names);
    let mut wrong = missing(&columns, needed);
    let mut rows = Vec::new();
    if !wrong.is_empty() {
        return (rows, wrong);
    }
    let mut lines = Lines::of(bytes);
    for record in records.filter_map(Result::ok) {
        let mut cells = Cells {
            line: lines.at(record.position().map_or(0, csv::Position::byte)),
            columns: &columns,
            record: &record,
            site,
            wrong: Vec::new(),
        };
        if rows.len() == MOST_ROWS {
            cells.tell(None, Wrong::TooMany);
            wrong.append(&mut cells.wrong);
            break;
        }
        if record.len() == first.len() {
            let row = row(&mut cells);
            rows.extend(row.filter(|_| cells.is_right()));
        } else {
            cells.tell(None, Wrong::Uneven);
        }
        wrong.append(&mut cells.wrong);
    }
    (rows, wrong)
}

/// Columns that are needed and not there.
fn missing(columns: &BTreeMap<&'static str, usize>, needed: &[&'static str]) -> Vec<WrongCell> {
    let needed = needed.iter().copied();
    needed
        .filter(|needed| !columns.contains_key(needed))
        .map(|needed| WrongCell {
            line: 1,
            column: Some(needed),
            wrong: Wrong::NoColumn,
        })
        .collect()
}

/// Where each column is that has one of these names. Of two with one name the first counts.
fn columns(first: &csv::ByteRecord, names: &[&'static str]) -> BTreeMap<&'static str, usize> {
    let said = |cell: &[u8]| String::from_utf8_lossy(cell).trim().to_ascii_lowercase();
    let cells: Vec<String> = first.iter().map(said).collect();
    let place = |name: &&'static str| {
        let place = cells.iter().position(|cell| cell == name)?;
        Some((*name, place))
    };
    names.iter().filter_map(place).collect()
}

/// Numbers of lines by place. The reader's own leave out line ends of two bytes and empty lines before a record.
struct Lines<'b> {
    bytes: &'b [u8],
    place: usize,
    line: u64,
}

impl<'b> Lines<'b> {
    const fn of(bytes: &'b [u8]) -> Self {
        Self {
            bytes,
            place: 0,
            line: 1,
        }
    }

    /// The line in which the record begins that the reader found here or after line ends. Places only rise.
    fn at(&mut self, place: u64) -> u64 {
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        while let Some(byte) = self.bytes.get(self.place) {
            let is_end = matches!(byte, b'\r' | b'\n');
            if self.place >= place && !is_end {
                break;
            }
            // Both bytes of an end are one end.
            let is_second =
                *byte == b'\n' && self.place > 0 && self.bytes.get(self.place - 1) == Some(&b'\r');
            self.line += u64::from(is_end && !is_second);
            self.place += 1;
        }
        self.line
    }
}

/// A comma, or what spreadsheets of countries with a decimal comma write: whichever the first line has more of.
fn delimiter(bytes: &[u8]) -> u8 {
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |sign: u8| first.iter().filter(|byte| **byte == sign).count();
    if count(b';') > count(b',') { b';' } else { b',' }
}

/// The cells of one line, and what is wrong with them.
pub(super) struct Cells<'c> {
    pub(super) line: u64,
    columns: &'c BTreeMap<&'static str, usize>,
    record: &'c csv::ByteRecord,
    site: &'c Zone,
    wrong: Vec<WrongCell>,
}

impl Cells<'_> {
    pub(super) fn tell(&mut self, column: Option<&'static str>, wrong: Wrong) {
        self.wrong.push(WrongCell {
            line: self.line,
            column,
            wrong,
        });
    }

    /// The text of a cell; none when it is empty, missing or no text.
    pub(super) fn text(&mut self, column: &'static str) -> Option<String> {
        let cell = self.record.get(*self.columns.get(column)?)?;
        let Ok(text) = std::str::from_utf8(cell) else {
            self.tell(Some(column), Wrong::NotText);
            return None;
        };
        if text.len() > LONGEST {
            self.tell(Some(column), Wrong::TooLong);
            return None;
        }
        let text = super::write::unguarded(text.trim());
        (!text.is_empty()).then(|| text.to_owned())
    }

    pub(super) fn needed(&mut self, column: &'static str) -> Option<Box<str>> {
        let before = self.wrong.len();
        let text = self.text(column);
        if text.is_none() && self.wrong.len() == before {
            self.tell(Some(column), Wrong::Empty);
        }
        text.map(String::into_boxed_str)
    }

    pub(super) fn word<T: Copy>(
        &mut self,
        column: &'static str,
        all: &[T],
        name: fn(T) -> &'static str,
    ) -> Option<T> {
        let text = self.text(column)?;
        let found = all
            .iter()
            .copied()
            .find(|one| name(*one).eq_ignore_ascii_case(&text));
        if found.is_none() {
            let words: Vec<&str> = all.iter().map(|one| name(*one)).collect();
            let (word, words) = (text.into(), words.join(", ").into());
            self.tell(Some(column), Wrong::NoSuchWord { word, words });
        }
        found
    }

    pub(super) fn time(&mut self, column: &'static str) -> Option<Timestamp> {
        let text = self.text(column)?;
        let time = instant(&text, self.site);
        if time.is_none() {
            self.tell(Some(column), Wrong::NoTime(text.into()));
        }
        time
    }

    /// Whether nothing was wrong in this line by now.
    pub(super) fn is_right(&self) -> bool {
        self.wrong.is_empty()
    }

    /// A stretch of two columns, both empty or both given; without it where one of them was wrong.
    pub(super) fn stretch(&mut self, from: &'static str, to: &'static str) -> Option<Stretch> {
        let (start, end) = (self.time(from), self.time(to));
        let stretch = start.zip(end).and_then(|(start, end)| Stretch::new(start, end));
        if self.is_right() && stretch.is_none() && (start.is_some() || end.is_some()) {
            self.tell(Some(to), Wrong::NoStretch);
        }
        stretch
    }
}

/// An instant with an offset, or what clocks of the site show.
fn instant(text: &str, site: &Zone) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Some(Timestamp::from_micros(at.as_microsecond()));
    }
    let civil: DateTime = text.parse().ok()?;
    site.instant(civil)
}
