//! Spare parts: what is on the shelf, what is on its way, what is kept for whom, and when enough will be there.

use std::collections::BTreeMap;

use twin::{Span, Timestamp};

use crate::id::{OrderId, PartId};
use crate::order::Order;
use crate::window::Awaited;

/// A part that is kept in stock.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Which.
    pub id: PartId,
    /// Its number in the plant.
    pub code: Box<str>,
    /// What it is called.
    pub name: Box<str>,
    /// In what it is counted, as a UCUM code; `1` for pieces.
    pub unit: Box<str>,
    /// How many are on the shelf.
    pub on_hand: f64,
    /// How many come when, in any order.
    pub deliveries: Vec<(Timestamp, f64)>,
    /// How long it takes to get more; none when nobody knows.
    pub lead: Option<Span>,
}

/// Parts kept for orders that are still open.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reservations(BTreeMap<PartId, BTreeMap<OrderId, f64>>);

impl Reservations {
    /// What these orders have kept and not used.
    #[must_use]
    pub fn of<'o>(orders: impl IntoIterator<Item = &'o Order>) -> Self {
        let mut kept: BTreeMap<PartId, BTreeMap<OrderId, f64>> = BTreeMap::new();
        for order in orders.into_iter().filter(|order| order.status().is_open()) {
            let used = order.parts_used();
            for (part, (quantity, _)) in order.reserved() {
                let left = quantity - used.get(&part).copied().unwrap_or_default();
                if left > 0.0 {
                    kept.entry(part).or_default().insert(order.id(), left);
                }
            }
        }
        Self(kept)
    }

    /// How many are kept for others than this order.
    #[must_use]
    pub fn for_others(&self, part: PartId, than: OrderId) -> f64 {
        let kept = self.0.get(&part).into_iter().flatten();
        kept.filter(|(order, _)| **order != than)
            .map(|(_, left)| left)
            .sum()
    }
}

impl Part {
    /// Whether so many are there for an order, or when they will be: with the delivery that is enough, else after
    /// the lead time. None when they are there now.
    #[must_use]
    pub fn awaited(
        &self,
        quantity: f64,
        of: OrderId,
        kept: &Reservations,
        now: Timestamp,
    ) -> Option<Awaited> {
        let mut free = self.on_hand - kept.for_others(self.id, of);
        if free >= quantity {
            return None;
        }
        let mut deliveries = self.deliveries.clone();
        deliveries.sort_by_key(|(at, _)| *at);
        for (at, more) in deliveries {
            free += more;
            if free >= quantity {
                let arrives = Some(at.max(now));
                return Some(Awaited {
                    part: self.id,
                    arrives,
                });
            }
        }
        Some(Awaited {
            part: self.id,
            arrives: self.lead.map(|lead| now + lead),
        })
    }
}

/// The parts of an order's job that are not there. A part that nobody knows is awaited without a date.
#[must_use]
pub fn awaited(
    order: &Order,
    parts: &BTreeMap<PartId, Part>,
    kept: &Reservations,
    now: Timestamp,
) -> Vec<Awaited> {
    let used = order.parts_used();
    let missing = order.job().parts.iter().filter_map(|needed| {
        let left = needed.quantity - used.get(&needed.part).copied().unwrap_or_default();
        if left <= 0.0 {
            return None;
        }
        match parts.get(&needed.part) {
            Some(part) => part.awaited(left, order.id(), kept, now),
            None => Some(Awaited {
                part: needed.part,
                arrives: None,
            }),
        }
    });
    missing.collect()
}
