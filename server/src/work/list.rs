//! What of work somebody sees and may do, and the list of it.

use std::collections::BTreeMap;

use access::Capability as C;
use app::api::backend::Viewer;
use maintenance::id::OrderId;
use maintenance::order::{Group, Order, Priority, Right, Rights, Status};
use twin::{AssetId, Timestamp, Twin};

use crate::access::{may, sees};

use super::WorkDesk;

/// Whether somebody sees the work of an asset.
#[must_use]
pub fn sees_work(viewer: &Viewer, twin: &Twin, asset: AssetId) -> bool {
    sees(viewer, twin, asset) && may(viewer, twin, C::SeeWork, asset)
}

/// What somebody may do with the work of an asset; nothing with what they do not see.
#[must_use]
pub fn rights(viewer: &Viewer, twin: &Twin, asset: AssetId) -> Rights {
    if !sees_work(viewer, twin, asset) {
        return Rights::NONE;
    }
    let given: [(C, &[Right]); 4] = [
        (C::RequestWork, &[Right::Request]),
        (C::DoWork, &[Right::Execute, Right::BreakIn]),
        (
            C::PlanWork,
            &[Right::Approve, Right::Plan, Right::Schedule, Right::BreakIn],
        ),
        (C::VerifyWork, &[Right::Verify, Right::Close]),
    ];
    let all: Vec<Right> = given
        .into_iter()
        .filter(|(capability, _)| may(viewer, twin, *capability, asset))
        .flat_map(|(_, rights)| rights)
        .copied()
        .collect();
    Rights::of(&all)
}

/// Which orders are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Not done and not cancelled: the backlog.
    Open,
    /// Of one group.
    Group(Group),
    /// Cancelled.
    Cancelled,
    /// All.
    All,
}

impl Which {
    /// From the word in an address; anything else is the backlog.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        match word {
            "all" => Self::All,
            "cancelled" => Self::Cancelled,
            word => Group::from_word(word).map_or(Self::Open, Self::Group),
        }
    }

    /// As addresses say it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Group(group) => group.word(),
            Self::Cancelled => "cancelled",
            Self::All => "all",
        }
    }

    fn has(self, order: &Order, now: Timestamp) -> bool {
        match self {
            Self::Open => order.status().is_open(),
            // What is overdue is also planned, begun or stuck; it is listed once, where it matters.
            Self::Group(group) => order.group(now) == Some(group),
            Self::Cancelled => order.status() == Status::Cancelled,
            Self::All => true,
        }
    }
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Filter<'f> {
    pub which: Which,
    /// At and below this asset.
    pub asset: Option<AssetId>,
    /// In the number, the title or the name of the asset.
    pub text: &'f str,
}

/// Orders that somebody sees, as asked for.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    /// The most pressing first: overdue, then by priority, due date and number.
    pub orders: Vec<OrderId>,
    /// How many of each of [`counted`] there are, with the same asset and text.
    pub counts: Vec<(Which, usize)>,
}

/// What is counted above the list.
#[must_use]
pub fn counted() -> Vec<Which> {
    let groups = [
        Group::Overdue,
        Group::Planned,
        Group::InProgress,
        Group::Blocked,
        Group::Done,
    ];
    let groups = groups.into_iter().map(Which::Group);
    [Which::Open]
        .into_iter()
        .chain(groups)
        .chain([Which::Cancelled, Which::All])
        .collect()
}

/// What pressing orders are sorted by.
type Rank = (bool, Priority, Timestamp, OrderId);

/// The orders that somebody sees, as asked for; what they do not see is in no list and no count.
#[must_use]
pub fn list(desk: &WorkDesk, viewer: &Viewer, twin: &Twin, filter: &Filter<'_>, now: Timestamp) -> Listed {
    let text = filter.text.trim().to_lowercase();
    let mut seen: BTreeMap<AssetId, bool> = BTreeMap::new();
    let mut is_asked = |asset: AssetId| {
        *seen.entry(asset).or_insert_with(|| {
            let is_below = |top: AssetId| asset == top || twin.trail(asset).contains(&top);
            filter.asset.is_none_or(is_below) && sees_work(viewer, twin, asset)
        })
    };
    let mut counts: Vec<(Which, usize)> = counted().into_iter().map(|which| (which, 0)).collect();
    let mut found: Vec<Rank> = Vec::new();
    desk.each(|order| {
        let asset = order.request().asset;
        if !is_asked(asset) || !is_found(order, twin, &text) {
            return;
        }
        for (which, count) in &mut counts {
            *count += usize::from(which.has(order, now));
        }
        if filter.which.has(order, now) {
            let due = order.dates().latest.unwrap_or(Timestamp::from_micros(i64::MAX));
            found.push((!order.is_overdue(now), order.priority(), due, order.id()));
        }
    });
    found.sort_unstable();
    Listed {
        orders: found.into_iter().map(|(_, _, _, id)| id).collect(),
        counts,
    }
}

fn is_found(order: &Order, twin: &Twin, text: &str) -> bool {
    let has = |words: &str| words.to_lowercase().contains(text);
    let name = || twin.asset(order.request().asset).map(|asset| has(&asset.name));
    text.is_empty() || has(order.title()) || has(&number(order.id())) || name().unwrap_or(false)
}

/// An order's number as people say it.
#[must_use]
pub fn number(id: OrderId) -> String {
    format!("WO-{id}")
}
