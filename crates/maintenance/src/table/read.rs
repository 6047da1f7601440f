//! Reads rows.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use twin::Timestamp;

use crate::calendar::Zone;
use crate::iso14224::FailureMode;
use crate::order::event::External;
use crate::order::{Priority, Status, WorkKind};
use crate::words::words;

/// Most rows of one file.
pub const MOST_ROWS: usize = 100_000;
/// Longest text of a cell, in bytes.
pub const LONGEST: usize = 2_000;

words! {
    /// A column we know.
    Column {
        /// The system that owns the order.
        System = "system",
        /// The order's id there.
        ExternalId = "external_id",
        /// What it is called.
        Title = "title",
        /// Of which equipment.
        Asset = "asset",
        /// What kind of maintenance.
        Kind = "kind",
        /// How it fails.
        Mode = "mode",
        /// How soon.
        Priority = "priority",
        /// Where it is in its life.
        Status = "status",
        /// From when it is worthwhile.
        Earliest = "earliest",
        /// Until when it is safe.
        Latest = "latest",
        /// When it is to begin.
        Start = "start",
        /// When it is to end.
        End = "end",
    }
}

/// One order of a file; none where its cell was empty or its column missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// In which line of the file, from 1.
    pub line: u64,
    /// Which order it is.
    pub external: External,
    /// What it is called.
    pub title: Box<str>,
    /// Of which equipment, as written.
    pub asset: Box<str>,
    /// What kind of maintenance.
    pub kind: Option<WorkKind>,
    /// How it fails.
    pub mode: Option<FailureMode>,
    /// How soon.
    pub priority: Option<Priority>,
    /// Where it is in its life.
    pub status: Option<Status>,
    /// From when it is worthwhile.
    pub earliest: Option<Timestamp>,
    /// Until when it is safe.
    pub latest: Option<Timestamp>,
    /// When it is to be done.
    pub slot: Option<crate::span::Stretch>,
}

/// Something wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongCell {
    /// In which line of the file, from 1.
    pub line: u64,
    /// In which column; none where it is about the whole line.
    pub column: Option<Column>,
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
            write!(f, ", column {}", column.word())?;
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

/// What a file came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Import {
    /// Rows without anything wrong.
    pub rows: Vec<Row>,
    /// Everything that is wrong, in the order of lines.
    pub wrong: Vec<WrongCell>,
}

/// Reads a file. `system` stands for rows that do not name theirs. Never fails as a whole: a row with anything wrong
/// is left out and told.
#[must_use]
pub fn read(bytes: &[u8], system: &str, site: &Zone) -> Import {
    // Spreadsheets put a mark before UTF-8.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(bytes))
        .from_reader(bytes);
    let mut import = Import::default();
    let mut records = reader.byte_records();
    let Some(Ok(first)) = records.next() else {
        import.wrong = missing(&BTreeMap::new());
        return import;
    };
    let columns = columns(&first);
    import.wrong = missing(&columns);
    if !import.wrong.is_empty() {
        return import;
    }
    let mut lines = Lines::of(bytes);
    let mut seen: BTreeMap<External, u64> = BTreeMap::new();
    for record in records {
        let Ok(record) = record else { continue };
        let line = lines.at(record.position().map_or(0, csv::Position::byte));
        if seen.len() == MOST_ROWS {
            import.wrong.push(WrongCell {
                line,
                column: None,
                wrong: Wrong::TooMany,
            });
            break;
        }
        let mut cells = Cells {
            line,
            columns: &columns,
            record: &record,
            site,
            wrong: Vec::new(),
        };
        if let Some(row) = cells.row(first.len(), system) {
            let before = seen.get(&row.external).copied();
            match before {
                Some(before) => cells.tell(Some(Column::ExternalId), Wrong::Twice(before)),
                None => {
                    seen.insert(row.external.clone(), line);
                    import.rows.push(row);
                }
            }
        }
        import.wrong.append(&mut cells.wrong);
    }
    import
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

/// Columns that are needed and not there.
fn missing(columns: &BTreeMap<Column, usize>) -> Vec<WrongCell> {
    let needed = [Column::ExternalId, Column::Title, Column::Asset].into_iter();
    needed
        .filter(|needed| !columns.contains_key(needed))
        .map(|needed| WrongCell {
            line: 1,
            column: Some(needed),
            wrong: Wrong::NoColumn,
        })
        .collect()
}

fn columns(first: &csv::ByteRecord) -> BTreeMap<Column, usize> {
    let name = |cell: &[u8]| String::from_utf8_lossy(cell).trim().to_ascii_lowercase();
    let known = first
        .iter()
        .enumerate()
        .filter_map(|(place, cell)| Some((Column::from_word(&name(cell))?, place)));
    // Of two columns with one name the first one counts.
    let known: Vec<(Column, usize)> = known.collect();
    known.into_iter().rev().collect()
}

/// The cells of one line, and what is wrong with them.
struct Cells<'c> {
    line: u64,
    columns: &'c BTreeMap<Column, usize>,
    record: &'c csv::ByteRecord,
    site: &'c Zone,
    wrong: Vec<WrongCell>,
}

impl Cells<'_> {
    fn tell(&mut self, column: Option<Column>, wrong: Wrong) {
        self.wrong.push(WrongCell {
            line: self.line,
            column,
            wrong,
        });
    }

    /// The text of a cell; none when it is empty, missing or no text.
    fn text(&mut self, column: Column) -> Option<String> {
        let cell = self.record.get(*self.columns.get(&column)?)?;
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

    fn needed(&mut self, column: Column) -> Option<Box<str>> {
        let before = self.wrong.len();
        let text = self.text(column);
        if text.is_none() && self.wrong.len() == before {
            self.tell(Some(column), Wrong::Empty);
        }
        text.map(String::into_boxed_str)
    }

    fn word<T: Copy>(&mut self, column: Column, all: &[T], name: fn(T) -> &'static str) -> Option<T> {
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

    fn time(&mut self, column: Column) -> Option<Timestamp> {
        let text = self.text(column)?;
        let time = instant(&text, self.site);
        if time.is_none() {
            self.tell(Some(column), Wrong::NoTime(text.into()));
        }
        time
    }

    fn row(&mut self, width: usize, system: &str) -> Option<Row> {
        if self.record.len() != width {
            self.tell(None, Wrong::Uneven);
            return None;
        }
        let own = self.text(Column::System);
        let (id, title) = (self.needed(Column::ExternalId), self.needed(Column::Title));
        let asset = self.needed(Column::Asset);
        let kind = self.word(Column::Kind, WorkKind::ALL, WorkKind::word);
        let mode = self.word(Column::Mode, FailureMode::ALL, FailureMode::code);
        let priority = self.word(Column::Priority, Priority::ALL, Priority::word);
        let status = self.word(Column::Status, Status::ALL, Status::word);
        let (earliest, latest) = (self.time(Column::Earliest), self.time(Column::Latest));
        let (start, end) = (self.time(Column::Start), self.time(Column::End));
        let slot = start
            .zip(end)
            .and_then(|(start, end)| crate::span::Stretch::new(start, end));
        if self.wrong.is_empty() && slot.is_none() && (start.is_some() || end.is_some()) {
            self.tell(Some(Column::End), Wrong::NoStretch);
        }
        if self.wrong.is_empty() && earliest.zip(latest).is_some_and(|(from, to)| to < from) {
            self.tell(Some(Column::Latest), Wrong::NoStretch);
        }
        if !self.wrong.is_empty() {
            return None;
        }
        Some(Row {
            line: self.line,
            external: External {
                system: own.map_or_else(|| system.into(), String::into_boxed_str),
                id: id?,
            },
            title: title?,
            asset: asset?,
            kind,
            mode,
            priority,
            status,
            earliest,
            latest,
            slot,
        })
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
