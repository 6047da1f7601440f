//! What two people said unseen of each other, as the page of an order shows it.

use app::still::work::{ConflictLine, words as said};
use maintenance::id::Key;
use maintenance::order::{Conflict, Event, Rights, What};

use super::shown::{Drawing, event_word};
use super::words;

impl Drawing<'_> {
    /// Whoever reads decides a conflict: asked before it is offered.
    fn settling(&self, conflict: &Conflict) -> Event {
        Event {
            key: Key::new(0),
            order: self.order.id(),
            author: self.author.clone(),
            device: Key::new(0),
            at: self.order.status_since(),
            received: self.order.status_since(),
            seen: self.order.revision(),
            what: What::Settled {
                of: conflict.mine,
                keep: conflict.kind.usual(),
            },
        }
    }

    pub(super) fn conflict(&self, conflict: &Conflict, rights: Rights) -> ConflictLine {
        let side = |key| {
            let event = self.order.entry(key).map(|entry| &entry.event);
            let words = |event: &Event| {
                let status = match &event.what {
                    What::Moved { to, .. } | What::Mirrored { to } => said::status(self.m, to.word()),
                    _ => said::event(self.m, event_word(&event.what)),
                };
                let details = self.details(event);
                let words = if details.is_empty() {
                    status.to_owned()
                } else {
                    format!("{status}: {details}")
                };
                (
                    words,
                    self.doors.name_of_author(&event.author, self.m),
                    event.when().millis(),
                )
            };
            event.map_or_else(|| (String::new(), None, 0), words)
        };
        let mine = self.order.entry(conflict.mine).map(|entry| &entry.event.what);
        ConflictLine {
            of: conflict.mine.to_string(),
            about: words::of_conflict(&conflict.kind).to_owned(),
            theirs: side(conflict.theirs),
            mine: side(conflict.mine),
            usual: conflict.kind.usual().word().to_owned(),
            may_both: mine.is_some_and(|what| what.field().is_none()),
            may_settle: self.order.may(&self.settling(conflict), rights).is_ok(),
        }
    }
}
