//! What planners look through: orders by filter, and what was done on an equipment before.

use std::collections::BTreeSet;

use twin::{AssetId, Timestamp};

use crate::id::{CrewId, OrderId, PersonId};
use crate::iso14224::{Activity, Cause, FailureMode, Mechanism};
use crate::order::{Group, Order, Priority, Status, WorkKind};

/// Which orders are listed. What is empty or none asks for nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// In one of these groups.
    pub groups: BTreeSet<Group>,
    /// In one of these statuses.
    pub statuses: BTreeSet<Status>,
    /// Of one of these priorities.
    pub priorities: BTreeSet<Priority>,
    /// Of one of these kinds.
    pub kinds: BTreeSet<WorkKind>,
    /// Of one of these equipments; a place stands for all below it, which the edge writes out.
    pub assets: BTreeSet<AssetId>,
    /// Given to this crew.
    pub crew: Option<CrewId>,
    /// Given to this person, or watched by them.
    pub person: Option<PersonId>,
    /// In need of this craft.
    pub craft: Option<Box<str>>,
    /// Due before.
    pub due_before: Option<Timestamp>,
    /// With conflicts that wait for somebody's word.
    pub only_in_conflict: bool,
    /// With all of these words in the title, in any case.
    pub text: Box<str>,
}

fn asks<T: Ord>(set: &BTreeSet<T>, value: &T) -> bool {
    set.is_empty() || set.contains(value)
}

impl Filter {
    /// Whether an order is listed.
    #[must_use]
    pub fn takes(&self, order: &Order, now: Timestamp) -> bool {
        let in_group = match order.group(now) {
            Some(group) => asks(&self.groups, &group),
            None => self.groups.is_empty(),
        };
        in_group
            && asks(&self.statuses, &order.status())
            && asks(&self.priorities, &order.priority())
            && asks(&self.kinds, &order.request().kind)
            && asks(&self.assets, &order.request().asset)
            && self.takes_people(order)
            && self
                .due_before
                .is_none_or(|before| order.dates().latest.is_some_and(|latest| latest < before))
            && (!self.only_in_conflict || order.open_conflicts().next().is_some())
            && self.takes_text(order.title())
    }

    fn takes_people(&self, order: &Order) -> bool {
        let of_person = |person: PersonId| {
            order.assignee().people.contains(&person) || order.watchers().contains(&person)
        };
        let labour = &order.job().labour;
        self.crew.is_none_or(|crew| order.assignee().crew == Some(crew))
            && self.person.is_none_or(of_person)
            && self
                .craft
                .as_ref()
                .is_none_or(|craft| labour.iter().any(|one| one.craft == *craft))
    }

    fn takes_text(&self, title: &str) -> bool {
        let title = title.to_lowercase();
        let mut words = self.text.split_whitespace();
        words.all(|word| title.contains(&word.to_lowercase()))
    }
}

/// What was done on an equipment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fix<'o> {
    /// On which order.
    pub order: OrderId,
    /// When that was done.
    pub at: Timestamp,
    /// How it had failed.
    pub mode: FailureMode,
    /// By which process.
    pub mechanism: Option<Mechanism>,
    /// Why.
    pub cause: Option<Cause>,
    /// What was done.
    pub activity: Activity,
    /// In words.
    pub text: &'o str,
}

/// What fixed it last time: findings on finished orders of an equipment, the newest first; only of one failure mode
/// where one is given.
#[must_use]
pub fn fixes<'o>(
    orders: impl IntoIterator<Item = &'o Order>,
    asset: AssetId,
    mode: Option<FailureMode>,
) -> Vec<Fix<'o>> {
    let of_asset = orders.into_iter().filter(|order| order.request().asset == asset);
    let mut fixes: Vec<Fix<'o>> = of_asset
        .filter_map(|order| Some((order, order.done_at()?)))
        .flat_map(|(order, at)| {
            order.findings().into_iter().map(move |finding| Fix {
                order: order.id(),
                at,
                mode: finding.mode,
                mechanism: finding.mechanism,
                cause: finding.cause,
                activity: finding.activity,
                text: &finding.text,
            })
        })
        .filter(|fix| mode.is_none_or(|mode| fix.mode == mode))
        .collect();
    fixes.sort_by_key(|fix| std::cmp::Reverse((fix.at, fix.order)));
    fixes
}
