//! An order's conflict in one sentence, for who does not look at the page of the order.

use app::api::backend::Viewer;
use app::fmt::Fmt;
use app::i18n::Messages;
use app::still::work::words as said;
use maintenance::order::{Conflict, Order, Rights};

use super::{Drawing, author};
use crate::http::doors::Doors;
use crate::http::work::records::Around;
use crate::stock::Stock;

impl Doors {
    /// What stands against what, in the reader's words.
    pub(in crate::http) fn conflict_words(
        &self,
        viewer: &Viewer,
        order: &Order,
        conflict: &Conflict,
    ) -> String {
        let m = Messages::of(viewer.locale);
        let now = self.backend.clock.now();
        let first = order.requested_at().unwrap_or(now);
        // A sentence names parts by their number: nothing else is looked up while the order is held.
        let (around, stock) = (Around::default(), Stock::default());
        let drawing = Drawing {
            doors: self,
            author: author(viewer),
            order,
            m,
            fmt: Fmt::new(viewer.locale),
            times: self.times_between(first, now),
            around: &around,
            stock: &stock,
        };
        let line = drawing.conflict(conflict, Rights::NONE);
        let side =
            |(words, name, _): (String, Option<String>, i64)| match name.filter(|name| !name.is_empty()) {
                Some(name) => format!("{words} ({name})"),
                None => words,
            };
        let about = said::conflict(m, &line.about);
        format!("{about} {} / {}", side(line.theirs), side(line.mine))
    }
}
