//! Reads rows.

use std::collections::BTreeMap;

use twin::Timestamp;

use crate::calendar::Zone;
use crate::iso14224::FailureMode;
use crate::order::event::External;
use crate::order::{Priority, Status, WorkKind};
use crate::span::Stretch;
use crate::words::words;

use super::sheet::{Cells, Wrong, WrongCell, rows};

words! {
    /// A column of orders.
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
    pub slot: Option<Stretch>,
}

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
    let names: Vec<&'static str> = Column::ALL.iter().map(|column| column.word()).collect();
    let needed = [Column::ExternalId, Column::Title, Column::Asset].map(Column::word);
    let mut seen: BTreeMap<External, u64> = BTreeMap::new();
    let (rows, wrong) = rows(bytes, &names, &needed, site, |cells| {
        let row = row(cells, system)?;
        if let Some(before) = seen.get(&row.external) {
            cells.tell(Some(Column::ExternalId.word()), Wrong::Twice(*before));
            return None;
        }
        seen.insert(row.external.clone(), row.line);
        Some(row)
    });
    Import { rows, wrong }
}

fn row(cells: &mut Cells<'_>, system: &str) -> Option<Row> {
    let own = cells.text(Column::System.word());
    let id = cells.needed(Column::ExternalId.word());
    let title = cells.needed(Column::Title.word());
    let asset = cells.needed(Column::Asset.word());
    let kind = cells.word(Column::Kind.word(), WorkKind::ALL, WorkKind::word);
    let mode = cells.word(Column::Mode.word(), FailureMode::ALL, FailureMode::code);
    let priority = cells.word(Column::Priority.word(), Priority::ALL, Priority::word);
    let status = cells.word(Column::Status.word(), Status::ALL, Status::word);
    let slot = cells.stretch(Column::Start.word(), Column::End.word());
    let earliest = cells.time(Column::Earliest.word());
    let latest = cells.time(Column::Latest.word());
    if cells.is_right() && earliest.zip(latest).is_some_and(|(from, to)| to < from) {
        cells.tell(Some(Column::Latest.word()), Wrong::NoStretch);
    }
    if !cells.is_right() {
        return None;
    }
    Some(Row {
        line: cells.line,
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
