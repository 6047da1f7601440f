//! Spare parts as they are now: what was counted, less what orders used since, and what is kept for whom.

use std::collections::BTreeMap;

use crew::day::PartCard;
use maintenance::id::{OrderId, PartId};
use maintenance::order::{Order, What};
use maintenance::stock::{Part, Reservations};
use maintenance::window::Awaited;
use twin::{AssetId, Span, Timestamp};

use crate::backend::Gemba;
use crate::roster::Book;
use crate::roster::book::PartEntry;

/// The parts of some sites, and what open orders have kept of them.
#[derive(Clone, Debug, Default)]
pub struct Stock {
    /// By number.
    pub parts: BTreeMap<PartId, Part>,
    /// What is kept for orders and not used.
    pub kept: Reservations,
}

impl Stock {
    /// The stock of these sites as the orders leave it.
    #[must_use]
    pub fn new(book: &Book, orders: &BTreeMap<OrderId, Order>, sites: &[AssetId]) -> Self {
        let here = |part: &&PartEntry| !part.is_gone && sites.contains(&part.site);
        let mut parts: BTreeMap<PartId, Part> = book.parts.values().filter(here).map(known).collect();
        if parts.is_empty() {
            return Self::default();
        }
        let mut touched = Vec::new();
        for order in orders.values().filter(|order| uses_parts(order)) {
            take_used(&mut parts, book, order);
            touched.push(order);
        }
        Self {
            parts,
            kept: Reservations::of(touched),
        }
    }

    /// What of an order's job is not there yet.
    #[must_use]
    pub fn awaited(&self, order: &Order, now: Timestamp) -> Vec<Awaited> {
        if order.job().parts.is_empty() {
            return Vec::new();
        }
        maintenance::stock::awaited(order, &self.parts, &self.kept, now)
    }
}

fn known(part: &PartEntry) -> (PartId, Part) {
    let days = |days: u32| Span::from_secs(i64::from(days) * 86_400);
    let id = PartId::new(part.id);
    let part = Part {
        id,
        code: part.code.as_str().into(),
        name: part.name.as_str().into(),
        unit: part.unit.as_str().into(),
        on_hand: part.counted,
        deliveries: part.deliveries.clone(),
        lead: part.lead_days.map(days),
    };
    (id, part)
}

/// Whether an order has anything to do with parts: most have not.
fn uses_parts(order: &Order) -> bool {
    let mut log = order.log().iter().map(|entry| &entry.event.what);
    log.any(|what| matches!(what, What::Used { .. } | What::Reserved { .. }))
}

/// What an order took after the last count is not on the shelf any more.
fn take_used(parts: &mut BTreeMap<PartId, Part>, book: &Book, order: &Order) {
    for event in order.facts() {
        let What::Used { part, quantity } = &event.what else {
            continue;
        };
        let counted = book.parts.get(&part.get()).map(|entry| entry.at);
        if let Some(part) = parts.get_mut(part)
            && counted.is_some_and(|counted| event.received > counted)
        {
            part.on_hand -= quantity;
        }
    }
}

/// The sites that keep parts, among an asset and all above it.
#[must_use]
pub fn sites_of(backend: &Gemba, asset: AssetId) -> Vec<AssetId> {
    let book = backend.roster.book();
    let keeps = |site: &AssetId| book.parts.values().any(|part| part.site == *site);
    let mut trail = backend.read(|twin| twin.trail(asset));
    trail.retain(keeps);
    trail
}

/// The parts that work on these assets may take, by code, as a tablet shows them. Ask of assets that whoever holds
/// the tablet sees.
#[must_use]
pub fn cards(backend: &Gemba, assets: &[AssetId]) -> Vec<PartCard> {
    let mut sites: Vec<AssetId> = assets
        .iter()
        .flat_map(|asset| sites_of(backend, *asset))
        .collect();
    sites.sort_unstable();
    sites.dedup();
    let book = backend.roster.book();
    let stock = backend.work.look(|orders| Stock::new(&book, orders, &sites));
    let card = |part: &Part| PartCard {
        id: part.id.get(),
        code: part.code.to_string(),
        name: part.name.to_string(),
        unit: part.unit.to_string(),
        on_hand: part.on_hand,
    };
    let mut cards: Vec<PartCard> = stock.parts.values().map(card).collect();
    cards.sort_by(|one, other| one.code.cmp(&other.code));
    cards
}
