//! Finding a place for a job: the earliest from some time on that breaks nothing, with the people who
//! cost least there.

use super::board::{Board, World, instant};
use super::diary::Entry;
use super::{Demand, Job, JobId, PersonId, Placement, Task};
use crate::core::{At, Rng, Row};

/// What a search for a place leaves out of account, to learn what stands in the way.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Relax {
    /// Production lets everything stand.
    pub(super) standstill: bool,
    /// There are permits for all.
    pub(super) permits: bool,
    /// It may end after it must, within the horizon.
    pub(super) deadline: bool,
    /// Each demand is looked at by itself, as if nobody could serve two: what a bound may assume.
    pub(super) sharing: bool,
}

impl Board {
    /// Places a job as early as it goes from `from` on; false, and nothing changed, where it does not.
    pub(super) fn place(
        &mut self,
        world: &World,
        id: JobId,
        from: i64,
        relax: Relax,
        mut dice: Option<&mut Rng>,
    ) -> bool {
        let Some(job) = world.job(id) else { return false };
        let horizon = world.problem.horizon;
        let deadline = if relax.deadline {
            horizon.end
        } else {
            job.deadline(horizon)
        }
        .micros();
        let from = from.max(job.release(horizon).micros());
        let mut placements: Vec<Option<Placement>> = vec![None; job.tasks.len()];
        for at in world.order(id) {
            let Some(task) = job.tasks.get(*at) else { continue };
            let ends = task.after.iter().filter_map(|before| {
                let placed = placements.get(*before)?.as_ref()?;
                Some(placed.start.micros() + job.tasks.get(*before)?.duration.micros())
            });
            let ready = ends.max().unwrap_or(from).max(from);
            let asked = Asked {
                id,
                job,
                at: *at,
                task,
                deadline,
                relax,
            };
            let Some(placement) = self.fit(world, &asked, ready, dice.as_deref_mut()) else {
                for (at, placed) in placements.iter().enumerate() {
                    if let Some(placed) = placed {
                        self.remove_task(world, id, at, placed);
                    }
                }
                return false;
            };
            self.put_task(world, id, *at, &placement);
            if let Some(place) = placements.get_mut(*at) {
                *place = Some(placement);
            }
        }
        self.finish(world, id, placements.into_iter().flatten().collect());
        true
    }

    /// When a job could end at the earliest with each task looked at by itself; none where it cannot be
    /// done at all.
    pub(super) fn earliest_end(&self, world: &World, id: JobId) -> Option<i64> {
        let job = world.job(id)?;
        let horizon = world.problem.horizon;
        let (release, deadline) = (job.release(horizon).micros(), job.deadline(horizon).micros());
        let relax = Relax {
            sharing: true,
            ..Relax::default()
        };
        let mut ends = vec![release; job.tasks.len()];
        for at in world.order(id) {
            let task = job.tasks.get(*at)?;
            let before = task.after.iter().map(|before| ends.at(*before));
            let ready = before.max().unwrap_or(release);
            let asked = Asked {
                id,
                job,
                at: *at,
                task,
                deadline,
                relax,
            };
            let placed = self.fit(world, &asked, ready, None)?;
            ends.put(*at, placed.start.micros() + task.duration.micros());
        }
        ends.into_iter().max()
    }

    /// The earliest start at which equipment, permits and people are all there: each pushes the start
    /// until none does.
    fn fit(
        &self,
        world: &World,
        asked: &Asked<'_>,
        ready: i64,
        mut dice: Option<&mut Rng>,
    ) -> Option<Placement> {
        let duration = asked.task.duration.micros();
        let capable = world.capable(asked.id, asked.at);
        let mut soonest = vec![i64::MIN; world.problem.people.len()];
        let mut start = ready;
        loop {
            if start + duration > asked.deadline {
                return None;
            }
            let open = self.open(world, asked, start)?;
            if open > start {
                start = open;
                continue;
            }
            let mut needed = start;
            for (demand, able) in asked.task.demands.iter().zip(capable) {
                self.look(world, asked, able, start, &mut soonest);
                let mut when: Vec<i64> = able.iter().map(|person| soonest.at(*person)).collect();
                when.sort_unstable();
                if let Some(last) = demand.people.checked_sub(1) {
                    needed = needed.max(when.get(last).copied().filter(|when| *when < i64::MAX)?);
                }
            }
            if needed > start {
                start = needed;
                continue;
            }
            if asked.relax.sharing {
                return Some(Placement {
                    start: instant(start),
                    people: Vec::new(),
                });
            }
            if let Some(people) = self.choose(world, asked, start, &soonest, dice.as_deref_mut()) {
                return Some(Placement {
                    start: instant(start),
                    people,
                });
            }
            let later = capable
                .iter()
                .flatten()
                .map(|person| soonest.at(*person))
                .filter(|when| *when > start);
            start = later.min().filter(|when| *when < i64::MAX)?;
        }
    }

    /// From when on production and permits let a task go on.
    fn open(&self, world: &World, asked: &Asked<'_>, from: i64) -> Option<i64> {
        let duration = asked.task.duration.micros();
        let mut open = from;
        if asked.task.needs_standstill
            && !asked.relax.standstill
            && let Some(stands) = world.stand.get(asked.job.equipment.0).and_then(Option::as_ref)
        {
            open = stands.earliest_fit(open, duration, &[1])?;
        }
        for permit in asked.task.permits.iter().filter(|_| !asked.relax.permits) {
            if let Some(profile) = self.permits.get(permit.0) {
                open = profile.earliest_fit(open, duration, &[1])?;
            }
        }
        Some(open)
    }

    /// When each of these people could start, where that is not known yet.
    fn look(&self, world: &World, asked: &Asked<'_>, able: &[usize], start: i64, soonest: &mut [i64]) {
        let duration = asked.task.duration.micros();
        for person in able {
            if soonest.at(*person) < start {
                let diary = self.diaries.get(*person);
                let when = diary
                    .and_then(|diary| diary.earliest(&world.problem, start, duration, asked.job.location));
                soonest.put(*person, when.unwrap_or(i64::MAX));
            }
        }
    }

    /// Who of those free at `start` serves which demand: first the demand with the fewest to choose from, and
    /// for it whoever costs least and is least wanted elsewhere.
    fn choose(
        &self,
        world: &World,
        asked: &Asked<'_>,
        start: i64,
        soonest: &[i64],
        mut dice: Option<&mut Rng>,
    ) -> Option<Vec<PersonId>> {
        let capable = world.capable(asked.id, asked.at);
        let free = |able: &[usize]| {
            able.iter()
                .copied()
                .filter(|who| soonest.at(*who) == start)
                .collect::<Vec<usize>>()
        };
        let mut demands: Vec<(&Demand, Vec<usize>)> = asked
            .task
            .demands
            .iter()
            .enumerate()
            .map(|(at, demand)| (demand, free(capable.row(at))))
            .collect();
        demands.sort_by_key(|(demand, free)| free.len().saturating_sub(demand.people));
        let entry = Entry {
            start,
            end: start + asked.task.duration.micros(),
            location: asked.job.location,
            job: asked.id,
        };
        let mut chosen: Vec<usize> = Vec::new();
        for (demand, free) in demands {
            let mut rated: Vec<(f64, usize)> = Vec::with_capacity(free.len());
            for person in free.into_iter().filter(|person| !chosen.contains(person)) {
                let noise = dice.as_mut().map_or(0.0, |dice| dice.unit());
                rated.push((self.price(world, person, &entry) + 5.0 * noise, person));
            }
            if rated.len() < demand.people {
                return None;
            }
            rated.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            chosen.extend(rated.into_iter().take(demand.people).map(|(_, person)| person));
        }
        Some(chosen.into_iter().map(PersonId).collect())
    }

    /// What it costs to give an entry to somebody, and a little for how wanted they are.
    fn price(&self, world: &World, person: usize, entry: &Entry) -> f64 {
        let weights = &world.problem.weights;
        let Some(diary) = self.diaries.get(person) else {
            return f64::INFINITY;
        };
        let (way, beyond) = diary.added(&world.problem, entry);
        let hours = |micros: i64| micros as f64 / super::cost::HOUR;
        weights.travel_per_hour * hours(way)
            + weights.overtime_per_hour * hours(beyond)
            + 0.1 * world.wanted.at(person)
    }
}

/// A task that looks for its place.
struct Asked<'a> {
    id: JobId,
    job: &'a Job,
    at: usize,
    task: &'a Task,
    deadline: i64,
    relax: Relax,
}
