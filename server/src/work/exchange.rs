//! Orders as other systems say them: the same one twice is one order, and what is said again changes nothing.

use app::api::backend::Viewer;
use maintenance::id::{Key, OrderId};
use maintenance::order::event::Author;
use maintenance::order::{Order, Refusal, Right, Rights, What};
use maintenance::table::{Row, Upsert, upsert};
use twin::{AssetId, Twin};

use super::desk::{Act, Done, WorkError, key_of};
use super::list::{rights, sees_work};
use crate::backend::Gemba;

/// The system that stands for orders which no other one owns; their id is our number.
pub const OWN: &str = "gemba";

/// What became of an order that was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is new.
    New(OrderId),
    /// Something of it is.
    Changed(OrderId),
    /// It was all there.
    Same(OrderId),
}

impl Taken {
    /// Which order.
    #[must_use]
    pub const fn order(self) -> OrderId {
        match self {
            Self::New(order) | Self::Changed(order) | Self::Same(order) => order,
        }
    }
}

/// Why an order was not taken. Nothing of it is stored then.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// No asset has this path or number, or they do not see it.
    #[error("there is no asset `{0}`; write its path as its page's address has it, or its number")]
    NoAsset(Box<str>),
    /// Not ours, and not theirs to see.
    #[error("there is no order `{0}` of Gemba's own; give another system's name for a new one")]
    NoOrder(Box<str>),
    /// It is known, of another asset.
    #[error("the order is of another asset; an order does not move")]
    OtherAsset,
    /// Their role does not plan work there.
    #[error("planning work of `{0}` is not allowed")]
    NoRight(Box<str>),
    /// The order does not take it.
    #[error(transparent)]
    Work(#[from] WorkError),
}

/// Takes an order as another system says it, in the name of who asks.
///
/// # Errors
/// Why it is not taken.
pub async fn take(backend: &Gemba, viewer: &Viewer, row: &Row) -> Result<Taken, NotTaken> {
    let first = take_once(backend, viewer, row).await;
    match first {
        // Two who said it at once: now it is there.
        Err(NotTaken::Work(WorkError::Refused(Refusal::KeyTaken))) => take_once(backend, viewer, row).await,
        other => other,
    }
}

async fn take_once(backend: &Gemba, viewer: &Viewer, row: &Row) -> Result<Taken, NotTaken> {
    let (asset, may) = backend
        .read(|twin| {
            let asset = asset_of(twin, viewer, &row.asset)?;
            Some((asset, rights(viewer, twin, asset)))
        })
        .ok_or_else(|| NotTaken::NoAsset(row.asset.clone()))?;
    if !may.has(Right::Plan) {
        return Err(NotTaken::NoRight(row.asset.clone()));
    }
    let is_own = &*row.external.system == OWN;
    let known = if is_own {
        let id = row.external.id.parse().ok().map(OrderId::new);
        let is_seen = |id: &OrderId| {
            let of = backend.work.order(*id, |order| order.request().asset);
            of.is_some_and(|of| backend.read(|twin| sees_work(viewer, twin, of)))
        };
        let known = id.filter(is_seen);
        Some(known.ok_or_else(|| NotTaken::NoOrder(row.external.id.clone()))?)
    } else {
        backend.work.of_external(&row.external)
    };
    let act = known.map_or_else(
        || Some(Ok(opening(row, asset))),
        |id| backend.work.order(id, |order| change(row, asset, order)),
    );
    let Some(act) = act.ok_or_else(|| NotTaken::NoOrder(row.external.id.clone()))?? else {
        return Ok(Taken::Same(known.unwrap_or(OrderId::new(0))));
    };
    // The state of an order of ours follows from what is done with it.
    let mirror = [Right::Request, Right::Plan, Right::Schedule, Right::Mirror];
    let own = [Right::Request, Right::Plan, Right::Schedule];
    let rights = Rights::of(if is_own { &own } else { &mirror });
    let done = backend.work.take(act, rights).await?;
    Ok(taken(&done, known.is_some()))
}

fn taken(done: &Done, was_known: bool) -> Taken {
    match (done.is_repeated(), was_known) {
        (true, _) => Taken::Same(done.order),
        (false, true) => Taken::Changed(done.order),
        (false, false) => Taken::New(done.order),
    }
}

/// An asset by its path, or by its number, that somebody sees the work of.
#[must_use]
pub fn asset_of(twin: &Twin, viewer: &Viewer, text: &str) -> Option<AssetId> {
    let by_number = || {
        text.parse()
            .ok()
            .map(AssetId::new)
            .filter(|id| twin.asset(*id).is_some())
    };
    let found = twin.by_path(text).or_else(by_number)?;
    sees_work(viewer, twin, found).then_some(found)
}

/// Its key is made of whose it is: said by two at once, it is one.
fn opening(row: &Row, asset: AssetId) -> Option<Act> {
    let external = &row.external;
    let Upsert::New { request, then } = upsert(row, asset, None) else {
        return None;
    };
    let what = [What::Requested(request)].into_iter().chain(then).collect();
    let key = key_of(&format!("order {}\u{0}{}", external.system, external.id));
    Some(act(row, None, key, 0, what))
}

/// What is new of an order that is there; none where nothing is.
fn change(row: &Row, asset: AssetId, order: &Order) -> Result<Option<Act>, NotTaken> {
    if order.request().asset != asset {
        return Err(NotTaken::OtherAsset);
    }
    let Upsert::Known(what) = upsert(row, asset, Some(order)) else {
        return Ok(None);
    };
    let key = Key::new(u128::from_be_bytes(crate::random::bytes()));
    let is_new = !what.is_empty();
    Ok(is_new.then(|| act(row, Some(order.id()), key, order.revision(), what)))
}

fn act(row: &Row, order: Option<OrderId>, key: Key, seen: u32, what: Vec<What>) -> Act {
    Act {
        order,
        key,
        author: Author::System(row.external.system.clone()),
        device: key_of(&format!("system {}", row.external.system)),
        seen,
        at: None,
        what,
    }
}
