//! Who may write what.

use crate::id::Key;

use super::Order;
use super::conflict::{Keep, Refusal};
use super::cycle::{Right, Rights, Status, TRANSITIONS};
use super::event::{Change, Event, What};
use super::judge::is_fine;

impl Order {
    /// Whether somebody with these rights may do this here.
    ///
    /// # Errors
    /// The right that is missing.
    pub fn may(&self, event: &Event, rights: Rights) -> Result<(), Refusal> {
        let needs = |right: Right| is_fine(rights.has(right), Refusal::NoRight(right));
        let is_own = |of: Key| {
            self.entry(of)
                .is_some_and(|entry| entry.event.author == event.author)
        };
        match &event.what {
            What::Requested(_) | What::Commented { .. } | What::Watched { .. } | What::Attached(_) => {
                needs(Right::Request)
            }
            What::Moved { to, .. } => self.may_move(*to, rights),
            What::Mirrored { .. } => needs(Right::Mirror),
            What::Changed(Change::Slot(_) | Change::Assignee(_)) => needs(Right::Schedule),
            What::Changed(_) | What::Reserved { .. } => needs(Right::Plan),
            What::Withdrawn { of, .. } | What::Settled { of, .. } if !is_own(*of) => needs(Right::Plan),
            What::Withdrawn { .. } => needs(Right::Request),
            What::Settled { of, keep: Keep::Mine } => match self.entry(*of).map(|entry| &entry.event.what) {
                // Mine holds only where whoever says so might have done it.
                Some(What::Moved { to, .. }) => self.may_move(*to, rights),
                _ => needs(Right::Execute),
            },
            What::Settled { .. }
            | What::Answered { .. }
            | What::Worked(_)
            | What::Used { .. }
            | What::Permit { .. }
            | What::Lock { .. }
            | What::Stopped(_)
            | What::Found(_)
            | What::Spent(_) => needs(Right::Execute),
        }
    }

    /// By the table; where the way there is not in it from here, any right that leads there will do: it comes to
    /// a refusal or a conflict anyway.
    fn may_move(&self, to: Status, rights: Rights) -> Result<(), Refusal> {
        if let Some(way) = self.status().to(to) {
            return is_fine(rights.has(way.right), Refusal::NoRight(way.right));
        }
        let mut ways = TRANSITIONS.iter().filter(|way| way.to == to).peekable();
        match ways.peek() {
            Some(first) => {
                let missing = Refusal::NoRight(first.right);
                is_fine(ways.any(|way| rights.has(way.right)), missing)
            }
            None => Ok(()),
        }
    }
}
