//! An order as it will be: the server's log, and after it what this tablet did.

use std::collections::BTreeSet;

use maintenance::form::{EventForm, WhatForm};
use maintenance::id::{Key, OrderId, PersonId};
use maintenance::order::event::Author;
use maintenance::order::{Event, Order, Refusal, What};
use twin::Timestamp;

use super::Kept;

/// An order with what this tablet did to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    /// As it is shown.
    pub order: Order,
    /// Items that will not hold as things are, by their keys.
    pub refused: Vec<(String, Refusal)>,
    /// Keys of events that only this tablet has.
    pub own: BTreeSet<Key>,
}

/// The order of a log, with the items of this tablet on it. None when the log cannot be read: a newer server's.
#[must_use]
pub fn order_of<'k>(
    log: &[EventForm],
    items: impl IntoIterator<Item = &'k Kept>,
    device: &str,
) -> Option<Preview> {
    let events = log
        .iter()
        .cloned()
        .map(Event::try_from)
        .collect::<Result<Vec<_>, _>>();
    let mut shown = Preview {
        order: Order::fold(events.ok()?).ok()??,
        refused: Vec::new(),
        own: BTreeSet::new(),
    };
    let device = Key::from_text(device)?;
    let id = Some(shown.order.id().get());
    for kept in items.into_iter().filter(|kept| kept.item.order == id) {
        if let Err(refusal) = shown.add(kept, device) {
            shown.refused.push((kept.item.key.clone(), refusal));
        }
    }
    Some(shown)
}

impl Preview {
    /// All events of an item, or none.
    fn add(&mut self, kept: &Kept, device: Key) -> Result<(), Refusal> {
        let first = Key::from_text(&kept.item.key).ok_or(Refusal::Empty)?;
        let mut order = self.order.clone();
        let mut own = Vec::new();
        for (place, what) in (0_u128..).zip(&kept.item.what) {
            let key = Key::new(first.get().wrapping_add(place));
            if order.entry(key).is_some() {
                continue;
            }
            order.apply(Event {
                key,
                order: OrderId::new(order.id().get()),
                author: Author::Person(PersonId::new(kept.person)),
                device,
                at: Timestamp::from_micros(kept.item.at),
                received: Timestamp::from_micros(kept.item.at),
                seen: kept.item.seen.min(order.revision()),
                what: what_of(what)?,
            })?;
            own.push(key);
        }
        self.order = order;
        self.own.extend(own);
        Ok(())
    }
}

fn what_of(form: &WhatForm) -> Result<What, Refusal> {
    form.clone().try_into().map_err(|_bad| Refusal::Empty)
}
