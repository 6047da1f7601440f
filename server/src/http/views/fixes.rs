//! What was found and done on an equipment before.

use app::still::work::FixLine;
use maintenance::backlog::{Fix, fixes};
use maintenance::id::OrderId;
use twin::AssetId;

use crate::http::doors::Doors;
use crate::work::list::number;

/// Findings shown.
const MOST: usize = 5;

impl Doors {
    /// What fixed an equipment the last times, but for this order. The caller has asked whether its work is seen.
    pub(in crate::http) fn fixes(&self, asset: AssetId, but: Option<OrderId>) -> Vec<FixLine> {
        self.backend.work.look(|orders| {
            let others = orders.values().filter(|order| Some(order.id()) != but);
            let found = fixes(others, asset, None);
            found.iter().take(MOST).map(line).collect()
        })
    }
}

fn line(fix: &Fix<'_>) -> FixLine {
    FixLine {
        order: fix.order.get(),
        number: number(fix.order),
        at_millis: fix.at.millis(),
        mode: fix.mode.code().to_owned(),
        cause: fix.cause.map(|cause| cause.code().to_owned()),
        activity: fix.activity.code().to_owned(),
        text: fix.text.to_owned(),
    }
}
