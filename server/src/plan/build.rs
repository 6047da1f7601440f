//! From a site's situation to a problem of the scheduler.

use std::collections::{BTreeMap, BTreeSet};

use maintenance::span::{Stretch, Times};
use planning::maintenance as pm;
use twin::{AssetId, Span, Timestamp};

use super::risk;
use super::situation::{Job, Situation, Spot};

/// The way from one area of a site to another.
const WAY: Span = Span::from_secs(600);

impl Situation {
    /// The problem and the plan as it is drafted. `keep` says which jobs nothing moves.
    #[must_use]
    pub fn problem(&self, keep: impl Fn(&Job) -> bool) -> (pm::Problem, pm::Schedule) {
        let mut areas: Vec<AssetId> = self.jobs.iter().map(|job| job.area).collect();
        areas.sort_unstable();
        areas.dedup();
        let numbers = Numbers::of(self);
        let equipment = self.lines.iter().map(|line| pm::Equipment {
            name: line.name.clone(),
            may_stand: Some(windows(&Times::of([self.horizon]).without(&line.busy()))),
        });
        let isolations = self.lines.iter().map(|line| pm::Isolation {
            name: line.name.clone(),
            cost: 120.0,
            joins: Span::from_secs(3_600),
        });
        let people = self.people.iter().map(|one| pm::Person {
            name: one.person.name.clone(),
            crafts: one
                .person
                .crafts
                .iter()
                .filter_map(|craft| numbers.craft(craft))
                .collect(),
            qualifications: one
                .person
                .qualifications
                .iter()
                .map(|name| numbers.qualification(name))
                .collect(),
            works: windows(&one.works),
            overtime: Vec::new(),
        });
        let jobs = self
            .jobs
            .iter()
            .map(|job| self.task(job, &areas, &numbers, keep(job)));
        let problem = pm::Problem {
            horizon: window(self.horizon),
            people: people.collect(),
            jobs: jobs.collect(),
            // What is on no line may always stand.
            equipment: equipment.chain([pm::Equipment::default()]).collect(),
            isolations: isolations.collect(),
            permits: Vec::new(),
            travel: travel(areas.len()),
            weights: pm::Weights::default(),
        };
        let placed = self.jobs.iter().map(|job| self.inside(job).map(placement));
        (
            problem,
            pm::Schedule {
                jobs: placed.collect(),
            },
        )
    }

    /// Who looks at a week plans from its Monday on: nothing that may be moved begins before.
    pub fn begin(&self, problem: &mut pm::Problem, from: Timestamp) {
        for (job, of) in problem.jobs.iter_mut().zip(&self.jobs) {
            let is_before = of.planned.as_ref().is_some_and(|spot| spot.time.from() < from);
            if job.frozen.is_none() && !is_before {
                job.earliest = job.earliest.max(from);
                let first = job.earliest + of.length;
                job.latest_safe = job.latest_safe.filter(|latest| *latest >= first);
            }
        }
    }

    /// Where a job is planned, as far as it is inside of what is planned at all.
    fn inside<'j>(&self, job: &'j Job) -> Option<&'j Spot> {
        job.planned.as_ref().filter(|spot| self.horizon.covers(spot.time))
    }

    fn task(&self, job: &Job, areas: &[AssetId], numbers: &Numbers<'_>, is_kept: bool) -> pm::Job {
        let line = job
            .line
            .and_then(|line| self.lines.iter().position(|one| one.asset == line));
        let demands = job
            .needed
            .iter()
            .filter(|needed| needed.people > 0)
            .map(|needed| pm::Demand {
                craft: numbers.craft(&needed.craft).unwrap_or_default(),
                qualifications: needed
                    .qualification
                    .iter()
                    .map(|name| numbers.qualification(name))
                    .collect(),
                people: needed.people,
            });
        // Of an order that says nothing of who is needed anybody takes charge on the board.
        let task = pm::Task {
            name: job.title.clone(),
            duration: job.length,
            demands: demands.collect(),
            after: Vec::new(),
            needs_standstill: job.needs_stop,
            permits: Vec::new(),
        };
        let frozen = self
            .inside(job)
            .filter(|_| is_kept || job.is_fixed)
            .map(placement);
        let earliest = job
            .dates
            .earliest
            .map_or(self.frozen, |earliest| earliest.max(self.frozen));
        let latest = job.dates.latest.filter(|latest| *latest > earliest + job.length);
        pm::Job {
            name: job.title.clone(),
            location: pm::LocationId(areas.binary_search(&job.area).unwrap_or_default()),
            equipment: pm::EquipmentId(line.unwrap_or(self.lines.len())),
            isolation: line.filter(|_| job.needs_stop).map(pm::IsolationId),
            tasks: vec![task],
            received: job.received,
            earliest: if job.is_fixed {
                self.horizon.from()
            } else {
                earliest
            },
            parts: job.parts.filter(|_| !job.is_fixed),
            due: job.dates.latest,
            latest_safe: latest.filter(|_| !job.is_fixed),
            risk: risk::curve(job.priority, job.dates, self.now),
            frozen,
        }
    }
}

/// Numbers of crafts and qualifications.
struct Numbers<'s> {
    crafts: &'s [String],
    qualifications: BTreeMap<&'s str, usize>,
}

impl<'s> Numbers<'s> {
    fn of(situation: &'s Situation) -> Self {
        let needed = situation.jobs.iter().flat_map(|job| &job.needed);
        let needed = needed.filter_map(|needed| needed.qualification.as_deref());
        let held = situation.people.iter().flat_map(|one| &one.person.qualifications);
        let all: BTreeSet<&str> = needed.chain(held.map(String::as_str)).collect();
        Self {
            crafts: &situation.crafts,
            qualifications: all.into_iter().zip(0..).collect(),
        }
    }

    fn craft(&self, name: &str) -> Option<pm::CraftId> {
        self.crafts
            .iter()
            .position(|craft| craft == name)
            .map(pm::CraftId)
    }

    fn qualification(&self, name: &str) -> pm::QualificationId {
        pm::QualificationId(self.qualifications.get(name).copied().unwrap_or(usize::MAX))
    }
}

/// As the scheduler writes it.
#[must_use]
pub fn window(time: Stretch) -> pm::Window {
    pm::Window {
        start: time.from(),
        end: time.to(),
    }
}

fn windows(times: &Times) -> Vec<pm::Window> {
    times.stretches().iter().map(|time| window(*time)).collect()
}

fn placement(spot: &Spot) -> Vec<pm::Placement> {
    vec![pm::Placement {
        start: spot.time.from(),
        people: spot.people.iter().map(|place| pm::PersonId(*place)).collect(),
    }]
}

fn travel(areas: usize) -> Vec<Vec<Span>> {
    let way = |from: usize, to: usize| if from == to { Span::ZERO } else { WAY };
    (0..areas)
        .map(|from| (0..areas).map(|to| way(from, to)).collect())
        .collect()
}
