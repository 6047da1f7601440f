//! The rows of a board: people by craft with their jobs, and the load of their days.

use app::still::plan::{Bar, Group, LoadDay, LoadRow, PersonRow};
use app::still::work::words;
use maintenance::order::Status;
use maintenance::span::{Stretch, hours};
use planning::maintenance::JobId;
use twin::Timestamp;

use super::board::Drawing;
use super::said::{civil_text, hours_text};
use crate::plan::situation::{Job, Spot, Worker};
use crate::work::list::number;
use app::still::plan::Shade;

impl Drawing<'_> {
    pub fn groups(&self, selected: Option<usize>) -> Vec<Group> {
        let craft = &self.at.place.craft;
        let mut groups: Vec<Group> = Vec::new();
        for (place, one) in self.situation.people.iter().enumerate() {
            if !craft.is_empty() && !one.person.crafts.contains(craft) {
                continue;
            }
            let of = one.person.crafts.first().cloned();
            let of = of.unwrap_or_else(|| self.said.m.still_plan_others().to_owned());
            let row = self.row(place, one, selected);
            match groups.last_mut().filter(|group| group.craft == of) {
                Some(group) => group.rows.push(row),
                None => groups.push(Group {
                    craft: of,
                    rows: vec![row],
                }),
            }
        }
        let bars = self.bars(|spot| spot.people.is_empty(), selected);
        if !bars.is_empty() {
            let nobody = PersonRow {
                id: 0,
                name: self.said.m.still_plan_nobody().to_owned(),
                on: Vec::new(),
                bars,
                ghosts: Vec::new(),
                legal: None,
            };
            groups.push(Group {
                craft: self.said.m.still_plan_others().to_owned(),
                rows: vec![nobody],
            });
        }
        groups
    }

    fn row(&self, place: usize, one: &Worker, selected: Option<usize>) -> PersonRow {
        let bars = self.bars(|spot| spot.people.contains(&place), selected);
        let was_here = |job: &&Job| {
            let spot = job.committed.as_ref();
            job.is_drafted
                && job.planned != job.committed
                && spot.is_some_and(|spot| spot.people.contains(&place))
        };
        let ghosts = self.situation.jobs.iter().filter(was_here);
        let ghosts = ghosts.filter_map(|job| self.shade(job.committed.as_ref()?.time));
        let is_selected = bars.iter().any(|bar| bar.is_selected);
        let legal = selected
            .filter(|_| is_selected)
            .and_then(|place| self.situation.jobs.get(place))
            .filter(|job| !job.is_fixed)
            .and_then(|job| self.legal(job));
        PersonRow {
            id: one.person.id,
            name: one.person.name.clone(),
            on: one
                .works
                .stretches()
                .iter()
                .filter_map(|time| self.shade(*time))
                .collect(),
            bars,
            ghosts: ghosts.collect(),
            legal,
        }
    }

    /// From when until when a job may be done.
    fn legal(&self, job: &Job) -> Option<Shade> {
        let situation = self.situation;
        let from = [job.dates.earliest, job.parts]
            .into_iter()
            .flatten()
            .fold(situation.frozen, Timestamp::max);
        let to = job.dates.latest.unwrap_or(situation.horizon.to());
        self.shade(Stretch::new(from, to)?)
    }

    fn bars(&self, is_here: impl Fn(&Spot) -> bool, selected: Option<usize>) -> Vec<Bar> {
        let jobs = self.situation.jobs.iter().enumerate();
        let mut bars: Vec<Bar> = jobs
            .filter_map(|(place, job)| {
                let spot = job.planned.as_ref().filter(|spot| is_here(spot))?;
                self.bar(place, job, spot, selected == Some(place))
            })
            .collect();
        bars.sort_by(|a, b| a.at.left.total_cmp(&b.at.left));
        let lefts: Vec<f64> = bars
            .iter()
            .map(|bar| bar.at.left)
            .skip(1)
            .chain([100.0])
            .collect();
        for (bar, next) in bars.iter_mut().zip(lefts) {
            bar.room = next - bar.at.left;
        }
        bars
    }

    pub fn bar(&self, place: usize, job: &Job, spot: &Spot, is_selected: bool) -> Option<Bar> {
        let m = self.said.m;
        let kind = match job.status {
            Status::Done | Status::Verified => "done",
            Status::InProgress | Status::Blocked => "begun",
            _ if job.is_drafted => "new",
            _ if job.is_fixed => "fixed",
            _ => "set",
        };
        let against = self.against.get(&place);
        let state = match (against, kind) {
            (Some(against), _) => {
                let words = against.iter().map(|one| self.said.violation(JobId(place), one));
                words.collect::<Vec<_>>().join(" ")
            }
            (None, "new") => m.still_plan_uncommitted().to_owned(),
            (None, "done" | "begun") => words::status(m, job.status.word()).to_owned(),
            (None, _) => m.still_plan_committed().to_owned(),
        };
        let (number, slot) = (number(job.id), self.said.slot(spot));
        let long = hours_text(self.said.fmt, hours(spot.time.len()));
        Some(Bar {
            id: job.id.get(),
            at: self.shade(spot.time)?,
            room: 0.0,
            kind,
            is_selected,
            is_broken: against.is_some(),
            said: format!(
                "{number} {}, {}, {slot}, {}, {long}, {state}",
                job.title,
                job.asset_name,
                self.said.people(spot)
            ),
            number: job.id.to_string(),
            title: job.title.clone(),
            start: civil_text(self.situation, spot.time.from()),
            minutes: spot.time.len().micros() / 60_000_000,
            seen: job.seen,
        })
    }

    pub fn load(&self) -> Vec<LoadRow> {
        let mut rows: Vec<LoadRow> = Vec::new();
        let people = self.situation.people.iter().enumerate();
        for (place, one) in people {
            let craft = one.person.crafts.first().cloned().unwrap_or_default();
            if craft.is_empty() || (!self.at.place.craft.is_empty() && self.at.place.craft != craft) {
                continue;
            }
            let days: Vec<LoadDay> = self
                .axis
                .days
                .iter()
                .map(|day| self.load_of(place, one, *day))
                .collect();
            match rows.iter_mut().find(|row| row.craft == craft) {
                Some(row) => {
                    for (all, one) in row.days.iter_mut().zip(days) {
                        all.planned += one.planned;
                        all.there += one.there;
                    }
                }
                None => rows.push(LoadRow { craft, days }),
            }
        }
        rows
    }

    fn load_of(&self, place: usize, one: &Worker, day: Stretch) -> LoadDay {
        let jobs = self.situation.jobs.iter().filter_map(|job| job.planned.as_ref());
        let mine = jobs.filter(|spot| spot.people.contains(&place));
        LoadDay {
            planned: mine
                .filter_map(|spot| spot.time.and(day))
                .map(|time| hours(time.len()))
                .sum(),
            there: hours(one.works.within(day).total()),
        }
    }
}
