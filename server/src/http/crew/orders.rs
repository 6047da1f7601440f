//! The orders of a day: those given to somebody or to their crew, and those that nobody has yet and that they could
//! do. What lies outside their part of the plant is not among them, whoever gave it to them.

use std::collections::{BTreeMap, BTreeSet};

use app::api::backend::Viewer;
use app::i18n::Messages;
use crew::day::{MOST_ORDERS, OrderCard};
use maintenance::id::{CrewId, OrderId, PersonId};
use maintenance::order::event::Author;
use maintenance::order::{Change, Order, Right, Rights, Status, What};
use twin::{AssetId, Timestamp};

use crate::http::doors::Doors;
use crate::work::list::rights;
use crate::zone;

/// Events of all orders of a day together: about as much as a tablet takes in a second over a slow radio.
const MOST_EVENTS: usize = 20_000;

/// Whose work it is.
struct Mine {
    person: PersonId,
    crews: BTreeSet<CrewId>,
    crafts: Vec<String>,
}

impl Doors {
    /// The orders that somebody works by today, by start, then by due date.
    pub(super) fn orders_of(&self, viewer: &Viewer) -> Vec<OrderCard> {
        let mine = self.mine(viewer);
        let today = self.today();
        let mut found: Vec<(Timestamp, Timestamp, OrderId, AssetId, bool)> = Vec::new();
        self.backend.work.each(|order| {
            let is_mine = mine.has(order);
            if is_now(order, today) && (is_mine || mine.could(order)) {
                let far = Timestamp::from_micros(i64::MAX);
                let from = order.slot().map_or(far, |slot| slot.from());
                let due = order.dates().latest.unwrap_or(far);
                found.push((from, due, order.id(), order.request().asset, is_mine));
            }
        });
        found.sort_unstable();
        let allowed = self.allowed(viewer, found.iter().map(|(_, _, _, asset, _)| *asset));
        let (mut cards, mut events) = (Vec::new(), 0);
        for (_, _, id, asset, is_mine) in found {
            let Some(rights) = allowed
                .get(&asset)
                .filter(|rights| is_mine || rights.has(Right::Execute))
            else {
                continue;
            };
            let card = self
                .backend
                .work
                .order(id, |order| self.card(order, *rights, is_mine, viewer));
            let Some(card) = card else { continue };
            events += card.log.len();
            if cards.len() >= MOST_ORDERS || (events > MOST_EVENTS && !cards.is_empty()) {
                break;
            }
            cards.push(card);
        }
        cards
    }

    /// What somebody may at these assets; those whose work they do not see are left out.
    fn allowed(&self, viewer: &Viewer, assets: impl Iterator<Item = AssetId>) -> BTreeMap<AssetId, Rights> {
        let assets: BTreeSet<AssetId> = assets.collect();
        self.backend.read(|twin| {
            let all = assets
                .into_iter()
                .map(|asset| (asset, rights(viewer, twin, asset)));
            all.filter(|(_, rights)| *rights != Rights::NONE).collect()
        })
    }

    fn mine(&self, viewer: &Viewer) -> Mine {
        let person = viewer.who.account().map_or(0, access::AccountId::get);
        let book = self.backend.roster.book();
        let known = book
            .people
            .values()
            .filter(|known| person != 0 && known.account == Some(person) && !known.is_gone);
        Mine {
            person: PersonId::new(person),
            crews: known.map(|known| CrewId::new(known.crew)).collect(),
            crafts: self.me(viewer).crafts,
        }
    }

    /// When today began by the site's clock.
    fn today(&self) -> Timestamp {
        let now = self.backend.clock.now();
        let start = zone::instant(now)
            .to_zoned(self.backend.zone.clone())
            .start_of_day();
        start.map_or(now, |start| {
            Timestamp::from_millis(start.timestamp().as_millisecond())
        })
    }

    fn card(&self, order: &Order, rights: Rights, is_mine: bool, viewer: &Viewer) -> OrderCard {
        let forgotten = Messages::of(viewer.locale).still_forgotten();
        let named = people_of(order).into_iter().filter(|person| person.get() != 0);
        let all = Right::ALL.iter().copied();
        OrderCard {
            id: order.id().get(),
            asset: order.request().asset.get(),
            log: order.log().iter().map(|entry| (&entry.event).into()).collect(),
            rights: all
                .filter(|right| rights.has(*right))
                .map(|right| right.word().to_owned())
                .collect(),
            people: named
                .map(|person| {
                    let name = self.name_of_person(person);
                    (person.get(), name.unwrap_or_else(|| forgotten.to_owned()))
                })
                .collect(),
            is_mine,
        }
    }
}

impl Mine {
    fn has(&self, order: &Order) -> bool {
        let given = order.assignee();
        given.people.contains(&self.person) || given.crew.is_some_and(|crew| self.crews.contains(&crew))
    }

    /// Nobody has it, it may be begun, and one of its crafts is theirs, where both are known.
    fn could(&self, order: &Order) -> bool {
        let given = order.assignee();
        let is_free = given.people.is_empty() && given.crew.is_none();
        let labour = &order.job().labour;
        let fits = || {
            let same = |craft: &str| self.crafts.iter().any(|own| own.eq_ignore_ascii_case(craft));
            labour
                .iter()
                .any(|labour| labour.craft.is_empty() || same(&labour.craft))
        };
        let is_ready = matches!(
            order.status(),
            Status::Approved | Status::Planned | Status::Scheduled | Status::InProgress | Status::Blocked
        );
        is_free && is_ready && (self.crafts.is_empty() || labour.is_empty() || fits())
    }
}

/// Open, or done since this moment.
fn is_now(order: &Order, today: Timestamp) -> bool {
    let is_done = matches!(order.status(), Status::Done | Status::Verified | Status::Closed);
    order.status().is_open() || (is_done && order.status_since() >= today)
}

/// Whom the log tells of.
fn people_of(order: &Order) -> BTreeSet<PersonId> {
    let mut people = BTreeSet::new();
    for entry in order.log() {
        if let Author::Person(person) = &entry.event.author {
            people.insert(*person);
        }
        match &entry.event.what {
            What::Commented { mentions, .. } => people.extend(mentions),
            What::Changed(Change::Assignee(given)) => people.extend(&given.people),
            What::Watched { person, .. } => {
                people.insert(*person);
            }
            What::Worked(work) => {
                people.insert(work.person);
            }
            _ => {}
        }
    }
    people
}
