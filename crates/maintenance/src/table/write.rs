//! Writes rows.

use twin::Timestamp;

use crate::order::Order;

use super::Column;

/// All orders, one a line, with all columns. `asset` says what stands for an equipment; `own` is the system's name
/// for orders that no other system owns.
#[must_use]
pub fn write<'o>(
    orders: impl IntoIterator<Item = &'o Order>,
    own: &str,
    asset: impl Fn(twin::AssetId) -> String,
) -> String {
    let mut lines = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let head: Vec<&str> = Column::ALL.iter().map(|column| column.word()).collect();
    // Writing into memory does not fail.
    let mut is_written = lines.write_record(head).is_ok();
    for order in orders {
        let cells = Column::ALL.iter().map(|column| cell(order, *column, own, &asset));
        is_written &= lines.write_record(cells).is_ok();
    }
    debug_assert!(is_written, "writing into memory");
    let bytes = lines.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

fn cell(order: &Order, column: Column, own: &str, asset: &impl Fn(twin::AssetId) -> String) -> String {
    let request = order.request();
    match column {
        Column::System => guarded(request.external.as_ref().map_or(own, |external| &external.system)),
        Column::ExternalId => match &request.external {
            Some(external) => guarded(&external.id),
            None => order.id().to_string(),
        },
        Column::Title => guarded(order.title()),
        Column::Asset => guarded(&asset(request.asset)),
        Column::Kind => request.kind.word().to_owned(),
        Column::Mode => request.mode.code().to_owned(),
        Column::Priority => order.priority().word().to_owned(),
        Column::Status => order.status().word().to_owned(),
        Column::Earliest => time(order.dates().earliest),
        Column::Latest => time(order.dates().latest),
        Column::Start => time(order.slot().map(crate::span::Stretch::from)),
        Column::End => time(order.slot().map(crate::span::Stretch::to)),
    }
}

fn time(at: Option<Timestamp>) -> String {
    let at = at.and_then(|at| jiff::Timestamp::from_microsecond(at.micros()).ok());
    at.map(|at| at.to_string()).unwrap_or_default()
}

/// What spreadsheets would take for a formula gets an apostrophe before it (OWASP, CSV injection); so does what has
/// one already, so that reading it back is exact.
pub(super) fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) {
        return format!("'{text}");
    }
    text.to_owned()
}

/// Without the apostrophe that [`guarded`] put there.
pub(super) fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) => rest,
        _ => text,
    }
}
