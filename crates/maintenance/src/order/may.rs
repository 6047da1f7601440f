//! Who may write what.

use crate::id::Key;

use super::Order;
use super::conflict::Refusal;
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
            What::Changed(change) => needs(right_to(change)),
            What::Reserved { .. } => needs(Right::Plan),
            What::Withdrawn { of, .. } | What::Settled { of, .. } if !is_own(*of) => needs(Right::Plan),
            What::Withdrawn { .. } => needs(Right::Request),
            // Whoever might have written it may say whether it holds.
            What::Settled { of, .. } => match self.entry(*of).map(|entry| &entry.event.what) {
                Some(What::Moved { to, .. }) => self.may_move(*to, rights),
                Some(What::Changed(change)) => needs(right_to(change)),
                _ => needs(Right::Execute),
            },
            What::Answered { .. }
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

/// What writing a field takes.
const fn right_to(change: &Change) -> Right {
    match change {
        Change::Slot(_) | Change::Assignee(_) => Right::Schedule,
        Change::Title(_) | Change::Priority(_) | Change::Dates(_) | Change::Job(_) => Right::Plan,
    }
}
