//! What a row means for what is there.

use twin::AssetId;

use crate::iso14224::FailureMode;
use crate::order::{Change, Dates, Order, Priority, Request, What, WorkKind};

use super::Row;

/// What is to be written for a row. The edge gives keys, author and times, and takes each through
/// [`Order::apply_as`] like any other event.
#[derive(Clone, Debug, PartialEq)]
pub enum Upsert {
    /// There is no such order: ask for one, then write these.
    New {
        /// The first event.
        request: Box<Request>,
        /// What follows it.
        then: Vec<What>,
    },
    /// There is one, and these are new. Empty when nothing is.
    Known(Vec<What>),
}

/// What a row means: everything for a new order, only what differs for one that is there. Asset, kind and mode of an
/// existing order stay as they are. Written and read again there is nothing left to write.
#[must_use]
pub fn upsert(row: &Row, asset: AssetId, known: Option<&Order>) -> Upsert {
    match known {
        Some(order) => Upsert::Known(changes(row, order)),
        None => Upsert::New {
            request: Box::new(Request {
                asset,
                title: row.title.clone(),
                kind: row.kind.unwrap_or(WorkKind::CorrectiveDeferred),
                mode: row.mode.unwrap_or(FailureMode::Unknown),
                priority: row.priority.unwrap_or(Priority::Medium),
                dates: Dates {
                    earliest: row.earliest,
                    latest: row.latest,
                },
                needs: Vec::new(),
                external: Some(row.external.clone()),
            }),
            then: rest(row, None),
        },
    }
}

fn changes(row: &Row, order: &Order) -> Vec<What> {
    let mut new = Vec::new();
    if *row.title != *order.title() {
        new.push(What::Changed(Change::Title(row.title.clone())));
    }
    let priority = row.priority.filter(|priority| *priority != order.priority());
    new.extend(priority.map(|priority| What::Changed(Change::Priority(priority))));
    let dates = Dates {
        earliest: row.earliest.or(order.dates().earliest),
        latest: row.latest.or(order.dates().latest),
    };
    if dates != order.dates() {
        new.push(What::Changed(Change::Dates(dates)));
    }
    new.extend(rest(row, Some(order)));
    new
}

/// Slot and status, the status last: it may end the order.
fn rest(row: &Row, order: Option<&Order>) -> Vec<What> {
    let slot = row.slot.filter(|slot| order.and_then(Order::slot) != Some(*slot));
    let there = order.map_or(crate::order::Status::Requested, Order::status);
    let status = row.status.filter(|status| *status != there);
    let slot = slot.map(|slot| What::Changed(Change::Slot(Some(slot))));
    slot.into_iter()
        .chain(status.map(|to| What::Mirrored { to }))
        .collect()
}
