//! What a tablet has done and the server does not have yet. Pure: whoever keeps it gives the time and the random bits.
//!
//! Items are sent in the order in which they were done, per order: one that needs its author stops those after it on
//! the same order and no others. Only the author's seat sends them. Nothing leaves but by [`Outbox::discard`], which a
//! person asked for twice, and by [`Outbox::prune`], which drops what the server has had for a day.

mod preview;
mod wait;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::send::{Answer, Answers, Batch, Became, Item, MOST_BYTES, MOST_ITEMS};

pub use preview::{Preview, order_of};
pub use wait::{key, wait};

/// How long what was sent is still listed, microseconds.
const LISTED: i64 = 86_400_000_000;

/// An item with what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// The item, as it is sent.
    pub item: Item,
    /// Its author's number.
    pub person: u32,
    /// What it is called in lists, in the author's language.
    pub title: String,
    /// Its place among all items of this tablet.
    pub place: u64,
    /// Hashes of photos that it names and that the server is not known to have.
    pub photos: Vec<String>,
    /// What became of it.
    pub state: State,
    /// How often sending it failed in a row.
    pub tries: u32,
    /// Not to be sent again before this, microseconds since 1970 by the tablet's clock.
    pub not_before: i64,
}

/// What became of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// On this tablet only.
    Saved,
    /// On its way. After a crash nobody knows whether it arrived: it is sent again.
    Sending,
    /// The server has the text, and not all photos.
    Photos,
    /// The server has all of it since this moment, microseconds since 1970.
    Sent(i64),
    /// The server has it and set it aside until somebody says whose word holds.
    Conflict {
        /// What stands against what, in words.
        words: String,
        /// The event in conflict.
        event: String,
        /// What people mostly decide.
        usual: String,
    },
    /// It cannot hold; why, in words.
    Refused {
        /// Stable word.
        word: String,
        /// In the reader's language.
        words: String,
    },
}

impl State {
    /// Whether somebody has to decide something.
    #[must_use]
    pub const fn needs_you(&self) -> bool {
        matches!(self, Self::Conflict { .. } | Self::Refused { .. })
    }

    /// Whether the server has its text.
    #[must_use]
    pub const fn is_there(&self) -> bool {
        matches!(self, Self::Photos | Self::Sent(_) | Self::Conflict { .. })
    }
}

impl Kept {
    /// Whether something of it is still to be sent or decided.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        !matches!(self.state, State::Sent(_))
    }
}

/// All items of a tablet, in the order in which they were done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outbox {
    items: Vec<Kept>,
}

impl Outbox {
    /// What was kept, as it is found after a start: what was on its way is to be sent again.
    #[must_use]
    pub fn from_kept(mut items: Vec<Kept>) -> Self {
        items.sort_by(|one, other| (one.place, &one.item.key).cmp(&(other.place, &other.item.key)));
        for kept in &mut items {
            if kept.state == State::Sending {
                kept.state = State::Saved;
            }
        }
        Self { items }
    }

    /// All of them, in order.
    #[must_use]
    pub fn items(&self) -> &[Kept] {
        &self.items
    }

    /// The item with this key.
    #[must_use]
    pub fn item(&self, key: &str) -> Option<&Kept> {
        self.items.iter().find(|kept| kept.item.key == key)
    }

    /// The place of the next item.
    #[must_use]
    pub fn next_place(&self) -> u64 {
        self.items.last().map_or(0, |last| last.place.saturating_add(1))
    }

    /// Adds an item at its place; the same key twice is one item.
    pub fn add(&mut self, kept: Kept) {
        if self.item(&kept.item.key).is_none() {
            self.items.push(kept);
        }
    }

    /// How many still wait; of one person, or of all.
    #[must_use]
    pub fn waiting(&self, person: Option<u32>) -> usize {
        let of = |kept: &&Kept| person.is_none_or(|person| kept.person == person);
        self.items
            .iter()
            .filter(of)
            .filter(|kept| kept.is_waiting())
            .count()
    }

    /// What a person's seat may send now; marks it as on its way. None when there is nothing.
    pub fn batch(&mut self, person: u32, device: &str, now: i64) -> Option<Batch> {
        let mut stopped: BTreeSet<Option<u32>> = BTreeSet::new();
        let (mut items, mut bytes) = (Vec::new(), 0_usize);
        for kept in self.items.iter_mut().filter(|kept| kept.person == person) {
            let order = kept.item.order;
            if matches!(kept.state, State::Refused { .. }) && order.is_some() {
                stopped.insert(order);
            }
            if kept.state != State::Saved || stopped.contains(&order) {
                continue;
            }
            let size = size(&kept.item);
            let is_full = items.len() >= MOST_ITEMS || bytes.saturating_add(size) > MOST_BYTES - 1_024;
            if kept.not_before > now || (is_full && !items.is_empty()) {
                // What comes after it on its order waits with it; requests know no order yet and need not.
                if order.is_some() {
                    stopped.insert(order);
                }
                continue;
            }
            bytes = bytes.saturating_add(size);
            kept.state = State::Sending;
            items.push(kept.item.clone());
        }
        let device = device.to_owned();
        (!items.is_empty()).then_some(Batch {
            device,
            sent: now,
            items,
        })
    }

    /// Takes what the server says; gives the keys of items that changed.
    pub fn answered(&mut self, answers: &Answers, now: i64) -> Vec<String> {
        let mut changed = Vec::new();
        for answer in &answers.answers {
            let of = |kept: &&mut Kept| kept.item.key == answer.key;
            if let Some(kept) = self.items.iter_mut().find(of) {
                take(kept, answer, now);
                changed.push(answer.key.clone());
            }
        }
        changed
    }

    /// A batch did not arrive, or nobody knows: all that was on its way is to be sent again, later each time.
    pub fn failed(&mut self, person: u32, now: i64, random: u32) -> Vec<String> {
        let mut changed = Vec::new();
        for kept in &mut self.items {
            if kept.person == person && kept.state == State::Sending {
                kept.state = State::Saved;
                kept.tries = kept.tries.saturating_add(1);
                kept.not_before = now.saturating_add(wait(kept.tries, random));
                changed.push(kept.item.key.clone());
            }
        }
        changed
    }

    /// The seat is over or the network is back: what waits may be tried at once.
    pub fn retry(&mut self, key: Option<&str>) -> Vec<String> {
        let mut changed = Vec::new();
        for kept in &mut self.items {
            let is_meant = key.is_none_or(|key| kept.item.key == key);
            let is_again = key.is_some() && matches!(kept.state, State::Refused { .. });
            if is_meant && (is_again || kept.state == State::Saved && kept.not_before > 0) {
                kept.state = State::Saved;
                kept.not_before = 0;
                changed.push(kept.item.key.clone());
            }
        }
        changed
    }

    /// The photo that a person's seat may send next: its hash.
    #[must_use]
    pub fn photo(&self, person: u32) -> Option<String> {
        let mut of = self
            .items
            .iter()
            .filter(|kept| kept.person == person && kept.state.is_there());
        of.find_map(|kept| kept.photos.first().cloned())
    }

    /// The server has a photo; gives the keys of items that changed.
    pub fn photo_sent(&mut self, hash: &str, now: i64) -> Vec<String> {
        let mut changed = Vec::new();
        for kept in &mut self.items {
            let before = kept.photos.len();
            kept.photos.retain(|photo| photo != hash);
            if kept.photos.len() != before {
                if kept.photos.is_empty() && kept.state == State::Photos {
                    kept.state = State::Sent(now);
                }
                changed.push(kept.item.key.clone());
            }
        }
        changed
    }

    /// A conflict was settled by another item: its own has nothing left to ask.
    pub fn settled(&mut self, event: &str, now: i64) -> Vec<String> {
        let mut changed = Vec::new();
        for kept in &mut self.items {
            if matches!(&kept.state, State::Conflict { event: of, .. } if of == event) {
                kept.state = if kept.photos.is_empty() {
                    State::Sent(now)
                } else {
                    State::Photos
                };
                changed.push(kept.item.key.clone());
            }
        }
        changed
    }

    /// Somebody does not want an item any more. What the server may have cannot be taken back.
    pub fn discard(&mut self, key: &str) -> Option<Kept> {
        let can = |kept: &Kept| matches!(kept.state, State::Saved | State::Refused { .. });
        let at = self
            .items
            .iter()
            .position(|kept| kept.item.key == key && can(kept))?;
        Some(self.items.remove(at))
    }

    /// Drops what the server has had for a day; gives the keys.
    pub fn prune(&mut self, now: i64) -> Vec<String> {
        let mut gone = Vec::new();
        self.items.retain(|kept| {
            let is_old = matches!(kept.state, State::Sent(at) if now.saturating_sub(at) > LISTED);
            if is_old {
                gone.push(kept.item.key.clone());
            }
            !is_old
        });
        gone
    }
}

fn take(kept: &mut Kept, answer: &Answer, now: i64) {
    if kept.item.order.is_none() {
        kept.item.order = answer.order;
    }
    match &answer.became {
        Became::Again => {
            kept.state = State::Saved;
            return;
        }
        Became::Refused { word, words } => {
            kept.state = State::Refused {
                word: word.clone(),
                words: words.clone(),
            };
            return;
        }
        Became::Taken => {}
        Became::Conflict { words, event, usual } => {
            kept.state = State::Conflict {
                words: words.clone(),
                event: event.clone(),
                usual: usual.clone(),
            };
        }
    }
    kept.tries = 0;
    kept.photos.retain(|photo| answer.photos.contains(photo));
    if answer.became == Became::Taken {
        kept.state = if kept.photos.is_empty() {
            State::Sent(now)
        } else {
            State::Photos
        };
    }
}

/// How many bytes an item takes in a batch, not less than it does: texts at six bytes a byte are never escaped to more.
fn size(item: &Item) -> usize {
    use maintenance::form::WhatForm;

    let of = |what: &WhatForm| format!("{what:?}").len().saturating_mul(2);
    item.what.iter().map(of).fold(256, usize::saturating_add)
}

#[cfg(test)]
#[path = "outbox/tests.rs"]
mod tests;
