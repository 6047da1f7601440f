//! What is to be planned at a site: its orders, people and lines as one problem, and where a draft has them.

use std::collections::BTreeSet;

use app::api::backend::Viewer;
use maintenance::calendar::Site;
use maintenance::id::OrderId;
use maintenance::order::event::{Author, Change};
use maintenance::order::{Dates, Order, Priority, Status, What};
use maintenance::span::{Stretch, Times, from_hours, hours};
use twin::{AssetId, Span, Timestamp, Twin};

use super::week::Week;
use crate::backend::Gemba;
use crate::roster::book::{DraftKey, PersonEntry};
use crate::roster::{Book, Draft};
use crate::stock::Stock;
use crate::work::list::sees_work;

/// Weeks that are planned beyond the one that is shown.
pub const WEEKS: i32 = 4;
/// Work of an order that does not say how long it takes, in hours.
const UNKNOWN_HOURS: f64 = 1.0;

/// When somebody does an order, and who: places in [`Situation::people`].
#[derive(Clone, Debug, PartialEq)]
pub struct Spot {
    pub time: Stretch,
    pub people: Vec<usize>,
}

/// Somebody with the time they work.
#[derive(Clone, Debug)]
pub struct Worker {
    pub person: PersonEntry,
    pub works: Times,
}

/// Who moved an order after it was drafted.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    pub by: Author,
    pub at: Timestamp,
}

/// People of one craft that a job needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Needed {
    pub craft: String,
    pub qualification: Option<String>,
    pub people: usize,
}

/// An order as planners see it.
#[derive(Clone, Debug)]
pub struct Job {
    pub id: OrderId,
    pub title: String,
    pub asset: AssetId,
    pub asset_name: String,
    pub priority: Priority,
    pub status: Status,
    pub dates: Dates,
    /// When all its parts are there, as far as anybody knows; none when nothing is awaited.
    pub parts: Option<Timestamp>,
    /// Codes of parts that are not there, and when they come; none when nobody knows.
    pub awaits: Vec<(String, Option<Timestamp>)>,
    pub received: Timestamp,
    /// How long one goes about it.
    pub length: Span,
    pub needed: Vec<Needed>,
    pub needs_stop: bool,
    /// The line it is on.
    pub line: Option<AssetId>,
    /// The part of the site it is in.
    pub area: AssetId,
    pub seen: u32,
    /// Where its log has it.
    pub committed: Option<Spot>,
    /// Where the draft has it; as committed where the draft says nothing.
    pub planned: Option<Spot>,
    pub is_drafted: bool,
    /// It began, ended, or begins too soon to be moved.
    pub is_fixed: bool,
    /// Somebody else moved it since it was drafted.
    pub moved: Option<Moved>,
}

impl Job {
    /// The craft it is listed under.
    #[must_use]
    pub fn craft(&self) -> &str {
        self.needed.first().map_or("", |needed| needed.craft.as_str())
    }

    /// All hours of all people.
    #[must_use]
    pub fn hours(&self) -> f64 {
        let people: usize = self.needed.iter().map(|needed| needed.people).sum();
        #[allow(clippy::cast_precision_loss, reason = "a few people")]
        let people = people.max(1) as f64;
        hours(self.length) * people
    }

    /// Whether it still is to be planned.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.status, Status::Planned | Status::Scheduled)
    }
}

/// A line with what it is to make.
#[derive(Clone, Debug)]
pub struct Line {
    pub asset: AssetId,
    pub name: String,
    /// Name, product and time of each order.
    pub runs: Vec<(String, String, Stretch)>,
}

impl Line {
    /// When it makes something.
    #[must_use]
    pub fn busy(&self) -> Times {
        Times::of(self.runs.iter().map(|(_, _, time)| *time))
    }
}

/// What a situation is filled from beside orders.
struct Planned {
    draft: Draft,
    stock: Stock,
}

/// Everything a board shows.
#[derive(Clone, Debug)]
pub struct Situation {
    pub site: AssetId,
    pub calendar: Site,
    pub now: Timestamp,
    /// What begins before is not moved any more.
    pub frozen: Timestamp,
    /// What is planned at all.
    pub horizon: Stretch,
    pub people: Vec<Worker>,
    /// Open orders that are ready to be planned or under way, those done in the horizon too.
    pub jobs: Vec<Job>,
    pub lines: Vec<Line>,
    /// Orders that nobody has planned yet: asked for or approved.
    pub unready: usize,
    pub crafts: Vec<String>,
}

impl Situation {
    /// A site as somebody sees it, with their draft, around a week.
    #[must_use]
    pub fn new(
        backend: &Gemba,
        viewer: &Viewer,
        site: AssetId,
        draft: &DraftKey,
        week: &str,
    ) -> Option<Self> {
        let (book, now) = (backend.roster.book(), backend.clock.now());
        let zone = crate::zone::of_calendars(&backend.zone);
        let calendar = book.site(site, &zone);
        let this = Week::of(now, &calendar.zone);
        let shown = Week::read(week, &calendar.zone).unwrap_or_else(|| this.clone());
        // A week far away is planned by itself.
        let first = if shown.monday < this.monday { &shown } else { &this };
        let last = shown.later(WEEKS).stretch()?.from();
        let horizon = Stretch::new(first.stretch()?.from(), last)?;
        let hour = 3_600_000_000;
        let frozen = now + Span::from_secs(i64::from(book.frozen_hours(site)) * 3_600);
        let frozen = Timestamp::from_micros((frozen.micros() + hour - 1).div_euclid(hour) * hour);
        let worker = |person: &PersonEntry| Worker {
            works: book.working(person, &calendar, horizon),
            person: person.clone(),
        };
        let people: Vec<Worker> = book.people_of(site).into_iter().map(worker).collect();
        let mut situation = Self {
            site,
            calendar: calendar.clone(),
            now,
            frozen,
            horizon,
            people,
            jobs: Vec::new(),
            lines: Vec::new(),
            unready: 0,
            crafts: Vec::new(),
        };
        let draft = backend.roster.draft(draft);
        let stock = backend.work.look(|orders| Stock::new(&book, orders, &[site]));
        let of = Planned { draft, stock };
        backend.read(|twin| situation.fill(backend, viewer, twin, &book, &of));
        Some(situation)
    }

    fn fill(&mut self, backend: &Gemba, viewer: &Viewer, twin: &Twin, book: &Book, of: &Planned) {
        for (line, (site, runs)) in &book.production {
            if *site != self.site || !sees_work(viewer, twin, *line) {
                continue;
            }
            let inside = runs.iter().filter_map(|run| {
                let time = crate::roster::book::stretch(run.from, run.to)?.and(self.horizon)?;
                Some((run.name.clone(), run.product.clone(), time))
            });
            self.lines.push(Line {
                asset: *line,
                name: name_of(twin, *line),
                runs: inside.collect(),
            });
        }
        self.lines.sort_by(|a, b| a.name.cmp(&b.name));
        backend.work.each(|order| self.take(viewer, twin, order, of));
        let of_jobs = self.jobs.iter().flat_map(|job| &job.needed);
        let of_jobs = of_jobs.map(|needed| needed.craft.clone());
        let of_people = self.people.iter().flat_map(|one| one.person.crafts.clone());
        let crafts: BTreeSet<String> = of_jobs
            .chain(of_people)
            .filter(|craft| !craft.is_empty())
            .collect();
        self.crafts = crafts.into_iter().collect();
    }

    fn take(&mut self, viewer: &Viewer, twin: &Twin, order: &Order, of: &Planned) {
        let asset = order.request().asset;
        let trail = twin.trail(asset);
        let Some(at) = trail.iter().position(|step| *step == self.site) else {
            return;
        };
        if !sees_work(viewer, twin, asset) {
            return;
        }
        let status = order.status();
        match status {
            Status::Requested | Status::Approved => self.unready += 1,
            Status::Closed | Status::Cancelled => {}
            // What has begun stays where it is: without a place in these weeks it is nothing to plan.
            Status::Done | Status::Verified | Status::InProgress | Status::Blocked
                if order.slot().is_none_or(|slot| !self.horizon.covers(slot)) => {}
            // Planned for later than all that is planned here.
            Status::Scheduled if order.slot().is_some_and(|slot| slot.to() > self.horizon.to()) => {}
            _ => {
                let line = trail
                    .iter()
                    .find(|step| self.lines.iter().any(|line| line.asset == **step));
                let area = area_of(&trail, at);
                let names = (name_of(twin, asset), line.copied(), area);
                let job = self.job(order, names, of);
                self.jobs.push(job);
            }
        }
    }

    /// Whether a job may not be moved any more, or would be moved into what may not: the frozen time goes on while a
    /// draft lies.
    #[must_use]
    pub fn is_frozen(&self, job: &Job) -> bool {
        let is_into = job
            .planned
            .as_ref()
            .is_some_and(|spot| spot.time.from() < self.frozen);
        job.is_fixed || is_into
    }

    fn job(&self, order: &Order, of: (String, Option<AssetId>, AssetId), planned: &Planned) -> Job {
        let Planned { draft, stock } = planned;
        let labour = &order.job().labour;
        let longest = labour.iter().map(|one| one.hours).fold(0.0, f64::max);
        let longest = if longest > 0.0 { longest } else { UNKNOWN_HOURS };
        let needed = labour.iter().map(|one| Needed {
            craft: one.craft.to_string(),
            qualification: one.qualification.as_deref().map(str::to_owned),
            people: usize::from(one.people),
        });
        let committed = order.slot().map(|time| Spot {
            time,
            people: self.known(order),
        });
        let drafted = draft.get(&order.id().get());
        let has_begun = !matches!(order.status(), Status::Planned | Status::Scheduled);
        let is_soon = committed
            .as_ref()
            .is_some_and(|spot| spot.time.from() < self.frozen);
        // What was to be over by now and was never begun is to be planned anew.
        let is_missed = committed.as_ref().is_some_and(|spot| spot.time.to() <= self.now) && !has_begun;
        let is_fixed = has_begun || (is_soon && !is_missed && order.status() == Status::Scheduled);
        let planned = match drafted {
            Some(placed) if !has_begun => placed.slot.and_then(|(from, to)| {
                let people = placed.people.iter().filter_map(|id| self.place_of(*id));
                Some(Spot {
                    time: crate::roster::book::stretch(from, to)?,
                    people: people.collect(),
                })
            }),
            _ if is_missed || order.status() == Status::Planned => None,
            _ => committed.clone(),
        };
        let parts = order.reserved();
        let kept = parts.values().filter_map(|(_, arrives)| *arrives);
        let awaited = stock.awaited(order, self.now);
        let comes = awaited.iter().filter_map(|one| one.arrives);
        let code = |part: &maintenance::id::PartId| {
            let known = stock.parts.get(part);
            known.map_or_else(|| format!("#{part}"), |part| part.code.to_string())
        };
        let length = planned.as_ref().map(|spot| spot.time.len());
        Job {
            id: order.id(),
            title: order.title().to_owned(),
            asset: order.request().asset,
            asset_name: of.0,
            priority: order.priority(),
            status: order.status(),
            dates: order.dates(),
            parts: kept.chain(comes).max(),
            awaits: awaited.iter().map(|one| (code(&one.part), one.arrives)).collect(),
            received: order.requested_at().unwrap_or(self.now),
            length: length
                .or_else(|| from_hours(longest))
                .unwrap_or(Span::from_secs(3_600)),
            needed: needed.collect(),
            needs_stop: order.job().needs_stop,
            line: of.1,
            area: of.2,
            seen: order.revision(),
            committed,
            planned,
            is_drafted: drafted.is_some() && !has_begun,
            is_fixed,
            moved: drafted.and_then(|placed| moved_since(order, placed.seen)),
        }
    }

    /// Who of the roster an order is given to.
    fn known(&self, order: &Order) -> Vec<usize> {
        let given = &order.assignee().people;
        let people = self.people.iter().enumerate();
        people
            .filter(|(_, one)| given.contains(&one.person.in_orders()))
            .map(|(place, _)| place)
            .collect()
    }

    /// The place of somebody of the roster.
    #[must_use]
    pub fn place_of(&self, id: u32) -> Option<usize> {
        self.people.iter().position(|one| one.person.id == id)
    }

    /// An order's place.
    #[must_use]
    pub fn job_of(&self, id: u32) -> Option<usize> {
        self.jobs.iter().position(|job| job.id.get() == id)
    }
}

fn name_of(twin: &Twin, asset: AssetId) -> String {
    twin.asset(asset)
        .map_or_else(String::new, |asset| asset.name.to_string())
}

/// The asset below the site on the way to what is worked on.
fn area_of(trail: &[AssetId], site: usize) -> AssetId {
    let below = trail.get(site + 1).or_else(|| trail.get(site));
    below.copied().unwrap_or(AssetId::new(u32::MAX))
}

/// The last time somebody else moved an order after so much of its log was seen.
fn moved_since(order: &Order, seen: u32) -> Option<Moved> {
    let is_plan = |what: &What| {
        matches!(
            what,
            What::Moved { .. } | What::Mirrored { .. } | What::Changed(Change::Slot(_) | Change::Assignee(_))
        )
    };
    let mut after = order
        .log()
        .iter()
        .skip(usize::try_from(seen).unwrap_or(usize::MAX));
    let last = after.rfind(|entry| is_plan(&entry.event.what))?;
    Some(Moved {
        by: last.event.author.clone(),
        at: last.event.received,
    })
}
