//! One order beside the board: its form, what is against it, what waiting costs, where it would fit.

use app::still::plan::{Choice, Cost, Curve, Drawer, WindowCard};
use app::still::work::words;
use maintenance::calendar::{Production, Run};
use maintenance::id::PersonId;
use maintenance::order::Dates;
use maintenance::span::{Stretch, Times, hours};
use maintenance::window::{Reason, Wanted, WantedCraft, Weights, recommend};
use planning::maintenance::{Binding, JobId, explain};
use twin::{Span, Timestamp};

use super::board::Drawing;
use super::said::{civil_text, hours_text};
use crate::plan::risk;
use crate::plan::situation::{Job, Spot};
use crate::work::list::number;

/// Windows that are offered.
const WINDOWS: usize = 3;

impl Drawing<'_> {
    pub fn drawer(&self, place: usize, bad: Option<String>) -> Drawer {
        let (m, said) = (self.said.m, &self.said);
        let Some(job) = self.situation.jobs.get(place) else {
            return Drawer::default();
        };
        let against = self.against.get(&place).into_iter().flatten();
        let why = job
            .is_open()
            .then(|| explain(&self.problem, &self.schedule, JobId(place)).ok())
            .flatten();
        let fixed = job
            .is_fixed
            .then(|| m.still_plan_bad_fixed(&said.moment(self.situation.frozen)));
        let windows = if job.is_fixed {
            Vec::new()
        } else {
            self.windows(place, job)
        };
        let start = job
            .planned
            .as_ref()
            .map(|spot| civil_text(self.situation, spot.time.from()));
        let first = || windows.first().map(|window: &WindowCard| window.start.clone());
        let work = format!(
            "{}, {}",
            said.needed(job),
            hours_text(said.fmt, hours(job.length))
        );
        let work = match said.waits(job) {
            Some(waits) => format!("{work} · {waits}"),
            None => work,
        };
        Drawer {
            id: job.id.get(),
            number: number(job.id),
            title: job.title.clone(),
            asset: job.asset.get(),
            asset_name: job.asset_name.clone(),
            work,
            priority: words::priority(m, job.priority.word()),
            state: words::status(m, job.status.word()),
            due: said.due(job).0,
            start: start
                .or_else(first)
                .unwrap_or_else(|| civil_text(self.situation, self.situation.frozen)),
            hours: said
                .fmt
                .number(hours(job.length), 2)
                .trim_end_matches('0')
                .trim_end_matches(['.', ','])
                .to_owned(),
            chosen: self.chosen(job, windows.first()),
            choices: self.choices(place, job),
            seen: job.seen,
            is_planned: job.planned.is_some(),
            is_drafted: job.is_drafted,
            fixed,
            troubles: against.map(|one| said.violation(JobId(place), one)).collect(),
            moved: job.is_drafted.then(|| self.moved(job)).flatten(),
            why: why
                .filter(|why| job.planned.is_some() || why.binding != Binding::CheaperHere)
                .map(|why| said.binding(&why.binding))
                .filter(|_| !job.is_fixed),
            costs: self.costs(job),
            curve: self.curve(job),
            windows,
            bad,
        }
    }

    /// Who else moved it since it was drafted.
    pub fn moved(&self, job: &Job) -> Option<String> {
        let moved = job.moved.as_ref()?;
        let who = self
            .doors
            .name_of_author(&moved.by, self.said.m)
            .filter(|name| !name.is_empty());
        let who = who.unwrap_or_else(|| self.said.m.still_plan_others().to_owned());
        Some(self.said.m.still_plan_moved(&who, &self.said.moment(moved.at)))
    }

    /// A field for each who is needed, and for each who is there beyond that.
    fn chosen(&self, job: &Job, first: Option<&WindowCard>) -> Vec<Option<u32>> {
        if job.planned.is_none()
            && let Some(first) = first.filter(|first| !first.people.is_empty())
        {
            return first.people.iter().copied().map(Some).collect();
        }
        let people = job.planned.as_ref().map_or(&[][..], |spot| &spot.people).iter();
        let mut chosen: Vec<Option<u32>> = people
            .filter_map(|place| self.situation.people.get(*place))
            .map(|one| Some(one.person.id))
            .collect();
        let needed: usize = job.needed.iter().map(|needed| needed.people).sum();
        chosen.resize(chosen.len().max(needed.clamp(1, 20)), None);
        chosen
    }

    /// Whoever can do it, those who are there then first.
    fn choices(&self, place: usize, job: &Job) -> Vec<Choice> {
        let m = self.said.m;
        let able = self.able(job);
        let state = |one: usize| match job.planned.as_ref() {
            None => "",
            Some(spot) if self.free(one, place).covers(spot.time) => m.still_plan_free(),
            Some(spot)
                if self
                    .situation
                    .people
                    .get(one)
                    .is_some_and(|one| one.works.covers(spot.time)) =>
            {
                "…"
            }
            Some(_) => m.still_plan_off_shift(),
        };
        let mut choices: Vec<(bool, Choice)> = self
            .situation
            .people
            .iter()
            .enumerate()
            .map(|(at, one)| {
                let choice = Choice {
                    id: one.person.id,
                    name: format!("{} ({})", one.person.name, one.person.crafts.join(", ")),
                    state: state(at),
                };
                (!able.contains(&at), choice)
            })
            .collect();
        choices.sort_by_key(|(is_other, _)| *is_other);
        choices.into_iter().map(|(_, choice)| choice).collect()
    }

    /// When somebody works and does no other job.
    fn free(&self, person: usize, but: usize) -> Times {
        let jobs = self.situation.jobs.iter().enumerate();
        let others = jobs
            .filter(|(place, _)| *place != but)
            .filter_map(|(_, job)| job.planned.as_ref())
            .filter(|spot| spot.people.contains(&person));
        let busy = Times::of(others.map(|spot| spot.time));
        let works = self.situation.people.get(person).map(|one| &one.works);
        works.map_or_else(Times::default, |works| works.without(&busy))
    }

    fn risk(&self, job: &Job, end: Timestamp) -> f64 {
        risk::curve(job.priority, job.dates, self.situation.now).cost(end)
    }

    fn costs(&self, job: &Job) -> Vec<Cost> {
        let (m, said) = (self.said.m, &self.said);
        if !job.is_open() || (job.planned.is_none() && job.committed.is_none()) {
            return Vec::new();
        }
        let none = || m.still_plan_off_words().to_owned();
        let of = |spot: Option<&Spot>, words: &dyn Fn(&Spot) -> String| spot.map_or_else(none, words);
        let row = |name, words: &dyn Fn(&Spot) -> String| Cost {
            name,
            before: of(job.committed.as_ref(), words),
            after: of(job.planned.as_ref(), words),
        };
        let money = |spot: &Spot| said.fmt.value(self.risk(job, spot.time.to()), 0, Some("€"));
        vec![
            row(m.still_plan_when(), &|spot| said.moment(spot.time.from())),
            row(m.still_plan_who(), &|spot| said.people(spot)),
            row(m.still_plan_cost_risk(), &money),
        ]
    }

    fn curve(&self, job: &Job) -> Option<Curve> {
        if !job.is_open() {
            return None;
        }
        let (from, all) = (self.situation.now, Span::from_secs(21 * 86_400));
        #[allow(clippy::cast_precision_loss, reason = "microseconds of three weeks")]
        let x =
            |at: Timestamp| (at.since(from).micros() as f64 / all.micros() as f64 * 100.0).clamp(0.0, 100.0);
        let most = self.risk(job, from + all).max(1.0);
        let y = |at: Timestamp| (self.risk(job, at) / most * 100.0).clamp(0.0, 100.0);
        let days = (0..=42).map(|half| from + Span::from_secs(half * 43_200));
        let mark = |spot: Option<&Spot>, is_new: bool| {
            let end = spot?.time.to();
            let words = format!(
                "{} {}",
                self.said.day(end),
                self.said.fmt.value(self.risk(job, end), 0, Some("€"))
            );
            Some((x(end), y(end), words, is_new))
        };
        let is_moved = job.planned != job.committed;
        let marks = [
            mark(job.committed.as_ref().filter(|_| is_moved), false),
            mark(job.planned.as_ref(), true),
        ];
        Some(Curve {
            line: days.map(|at| (x(at), y(at))).collect(),
            marks: marks.into_iter().flatten().collect(),
            said: self.said.m.still_plan_curve().to_owned(),
        })
    }

    /// Where it would fit, with its reasons.
    fn windows(&self, place: usize, job: &Job) -> Vec<WindowCard> {
        let situation = self.situation;
        let Some(over) = Stretch::new(situation.frozen, situation.horizon.to()) else {
            return Vec::new();
        };
        let line = job
            .line
            .and_then(|line| situation.lines.iter().find(|one| one.asset == line));
        let production = line.filter(|_| job.needs_stop).map(|line| Production {
            line: line.asset,
            runs: line
                .runs
                .iter()
                .map(|(name, product, time)| Run {
                    name: name.as_str().into(),
                    product: product.as_str().into(),
                    time: *time,
                    hour: None,
                })
                .collect(),
        });
        let crafts = job.needed.iter().map(|needed| WantedCraft {
            craft: needed.craft.as_str().into(),
            people: needed.people,
            free: self.free_of(needed, place),
        });
        let earliest = [job.dates.earliest, job.parts]
            .into_iter()
            .flatten()
            .fold(situation.frozen, Timestamp::max);
        let wanted = Wanted {
            length: job.length,
            dates: Dates {
                earliest: Some(earliest),
                latest: job.dates.latest,
            },
            stops: production.as_ref(),
            rates: None,
            crafts: crafts.collect(),
            parts: Vec::new(),
        };
        let name = line.map_or("", |line| line.name.as_str());
        let found = recommend(&wanted, over, &Weights::default(), WINDOWS);
        found
            .into_iter()
            .map(|window| self.card(job, &window, name))
            .collect()
    }

    fn free_of(&self, needed: &crate::plan::situation::Needed, place: usize) -> Vec<(PersonId, Times)> {
        let people = self.situation.people.iter().enumerate();
        let can = people.filter(|(_, one)| is_able(&one.person, needed));
        let id = |at: usize| PersonId::new(u32::try_from(at).unwrap_or(u32::MAX));
        can.map(|(at, _)| (id(at), self.free(at, place))).collect()
    }

    fn card(&self, job: &Job, window: &maintenance::window::Window, line: &str) -> WindowCard {
        let said = &self.said;
        let chosen = window.reasons.iter().filter_map(|reason| match reason {
            Reason::PeopleFree { people, .. } => Some(people),
            _ => None,
        });
        let places = chosen.flatten().filter_map(|id| usize::try_from(id.get()).ok());
        let ids = places
            .filter_map(|place| self.situation.people.get(place))
            .map(|one| one.person.id);
        let spot = Spot {
            time: window.time,
            people: Vec::new(),
        };
        WindowCard {
            label: said.slot(&spot),
            cost: said.fmt.value(self.risk(job, window.time.to()), 0, Some("€")),
            reasons: window
                .reasons
                .iter()
                .map(|one| (one.is_good(), said.reason(one, line)))
                .collect(),
            start: civil_text(self.situation, window.time.from()),
            people: ids.collect(),
        }
    }
}

/// Whether somebody has the craft, and the qualification where one is asked for.
fn is_able(person: &crate::roster::PersonEntry, needed: &crate::plan::situation::Needed) -> bool {
    let is_qualified = needed
        .qualification
        .as_ref()
        .is_none_or(|asked| person.qualifications.contains(asked));
    person.crafts.contains(&needed.craft) && is_qualified
}
