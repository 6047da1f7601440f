//! From a situation to the board that shows it.

use std::collections::{BTreeMap, BTreeSet};

use app::fmt::Fmt;
use app::i18n::Messages;
use app::still::plan::{
    BoardPage, ChangeLine, CopyLine, DayHead, LineRow, Run, SearchPage, Shade, Sums, Unscheduled,
};
use app::still::work::words;
use maintenance::kpi::schedule_compliance;
use maintenance::span::{Stretch, Times};
use planning::maintenance::{Cost, JobId, Problem, Schedule, Violation, check};
use twin::Timestamp;

use super::said::{Said, hours_text};
use super::{Asked, At, times_of};
use crate::http::doors::Doors;
use crate::plan::situation::{Job, Worker};
use crate::plan::{Axis, Situation, Week};
use crate::work::list::number;

/// What drawing a board needs.
pub struct Drawing<'d> {
    pub doors: &'d Doors,
    pub at: At,
    pub situation: &'d Situation,
    pub said: Said<'d>,
    pub week: Week,
    pub axis: Axis,
    /// As who plans the week that is shown sees it.
    pub problem: Problem,
    pub schedule: Schedule,
    /// What is against each job, by place.
    pub against: BTreeMap<usize, Vec<Violation>>,
}

impl<'d> Drawing<'d> {
    pub fn new(doors: &'d Doors, m: Messages, situation: &'d Situation, at: At) -> Self {
        let zone = &situation.calendar.zone;
        let week = Week::read(&at.place.week, zone).unwrap_or_else(|| Week::of(situation.now, zone));
        let worked = week.stretch().map_or_else(Times::default, |week| {
            let all = situation.people.iter();
            Times::of(all.flat_map(|one| one.works.within(week).stretches().to_vec()))
        });
        let axis = Axis::new(&week, zone, &worked);
        let (mut problem, schedule) = situation.problem(|_| false);
        let mut against: BTreeMap<usize, Vec<Violation>> = BTreeMap::new();
        for violation in check(&problem, &schedule) {
            let is_about = |job: &JobId| {
                let job = situation.jobs.get(job.0);
                let is_unknown = matches!(violation, Violation::WrongPeople { .. })
                    && job.is_some_and(|job| job.needed.is_empty());
                job.is_some_and(Job::is_open) && !is_unknown
            };
            for job in violation.jobs().into_iter().filter(is_about) {
                against.entry(job.0).or_default().push(violation.clone());
            }
        }
        if let Some(week) = week.stretch() {
            situation.begin(&mut problem, week.from());
        }
        let said = Said {
            m,
            fmt: Fmt::new(m.locale()),
            times: times_of(situation),
            situation,
        };
        Self {
            doors,
            at,
            situation,
            said,
            week,
            axis,
            problem,
            schedule,
            against,
        }
    }

    /// The whole page.
    pub fn page(&self, asked: &Asked, bad: Option<String>) -> BoardPage {
        let (m, situation, place) = (self.said.m, self.situation, &self.at.place);
        let selected = asked.job.and_then(|job| situation.job_of(job));
        let is_drafted = |job: &&Job| job.is_drafted;
        let run = self.doors.backend.optimiser.of(&self.at.draft);
        let book = self.doors.backend.roster.book();
        let copies = book
            .drafts
            .iter()
            .filter(|((owner, site, name), _)| {
                *owner == self.at.draft.0 && *site == self.at.site && !name.is_empty()
            })
            .map(|((_, _, name), draft)| CopyLine {
                name: name.clone(),
                count: draft.len(),
            });
        let edge = |at: Timestamp| Some(self.axis.at(at)).filter(|at| *at > 0.0 && *at < 100.0);
        let frozen = self.axis.at(situation.frozen);
        BoardPage {
            place: place.clone(),
            sites: self.at.sites.clone(),
            week: self.week_label(),
            weeks: (
                self.week.later(-1).word(),
                self.week.later(1).word(),
                Week::of(situation.now, &situation.calendar.zone).word(),
            ),
            crafts: situation.crafts.clone(),
            copies: copies.collect(),
            days: self.days(),
            hours: self.axis.hours,
            lines: situation.lines.iter().map(|line| self.line(line)).collect(),
            groups: self.groups(selected),
            around: (
                edge(situation.now),
                Some(frozen).filter(|at| *at > 0.0),
                self.bands(selected),
            ),
            frozen: Some(m.still_plan_frozen(&self.said.moment(situation.frozen))).filter(|_| frozen > 0.0),
            load: self.load(),
            unscheduled: self.unscheduled(),
            unready: situation.unready,
            agenda: self.agenda(),
            changes: situation.jobs.iter().filter(is_drafted).count(),
            moved: situation
                .jobs
                .iter()
                .filter(is_drafted)
                .filter(|job| job.moved.is_some())
                .count(),
            drawer: selected.map(|place| self.drawer(place, bad.clone())),
            search: run
                .as_ref()
                .map(|run| search(&run.progress(), run.wanted.seconds)),
            is_busy: asked.said == "busy",
            may_plan: true,
            has_people: !situation.people.is_empty(),
            compliance: self.compliance(),
            said: self.was_said(asked).or(bad.filter(|_| selected.is_none())),
        }
    }

    fn was_said(&self, asked: &Asked) -> Option<String> {
        let m = self.said.m;
        match asked.said.as_str() {
            "committed" => Some(m.still_plan_committed_count(asked.n)),
            "taken" => Some(m.still_plan_taken(asked.n)),
            _ => None,
        }
    }

    fn week_label(&self) -> String {
        let days = &self.axis.days;
        let day = |day: Option<&Stretch>| day.map_or_else(String::new, |day| self.said.day(day.from()));
        let week = self.week.number().to_string();
        self.said
            .m
            .still_plan_week_label(&week, &day(days.first()), &day(days.last()))
    }

    fn days(&self) -> Vec<DayHead> {
        let zone = &self.situation.calendar.zone;
        let today = zone.civil(self.situation.now).map(|now| now.date());
        let head = |day: &Stretch| {
            let date = zone.civil(day.from()).map(|at| at.date());
            DayHead {
                date: date.map_or_else(String::new, |date| date.to_string()),
                label: self.said.day(day.from()),
                is_today: date == today,
            }
        };
        self.axis.days.iter().map(head).collect()
    }

    pub fn shade(&self, time: Stretch) -> Option<Shade> {
        let (left, width) = self.axis.bar(time)?;
        Some(Shade { left, width })
    }

    fn line(&self, line: &crate::plan::situation::Line) -> LineRow {
        let run = |(name, product, time): &(String, String, Stretch)| {
            let label = if product.is_empty() { name } else { product };
            Some(Run {
                at: self.shade(*time)?,
                label: label.clone(),
                said: format!(
                    "{label}, {} – {}",
                    self.said.moment(time.from()),
                    self.said.moment(time.to())
                ),
            })
        };
        LineRow {
            name: line.name.clone(),
            runs: line.runs.iter().filter_map(run).collect(),
            free: self.free_of_line(line),
        }
    }

    /// When a line stands although its plan goes on.
    fn free_of_line(&self, line: &crate::plan::situation::Line) -> Vec<Shade> {
        if line.runs.is_empty() {
            return Vec::new();
        }
        let week = self
            .week
            .stretch()
            .map_or_else(Times::default, |week| Times::of([week]));
        let free = week.without(&line.busy());
        free.stretches()
            .iter()
            .filter_map(|time| self.shade(*time))
            .collect()
    }

    /// When the line of the selected job stands.
    fn bands(&self, selected: Option<usize>) -> Vec<Shade> {
        let job = selected.and_then(|place| self.situation.jobs.get(place));
        let line = job.filter(|job| job.needs_stop).and_then(|job| job.line);
        let line = line.and_then(|line| self.situation.lines.iter().find(|one| one.asset == line));
        line.map_or_else(Vec::new, |line| self.free_of_line(line))
    }

    fn unscheduled(&self) -> Vec<Unscheduled> {
        let craft = &self.at.place.craft;
        let jobs = self.situation.jobs.iter();
        let mut open: Vec<&Job> = jobs
            .filter(|job| job.is_open() && job.planned.is_none())
            .collect();
        open.retain(|job| craft.is_empty() || job.craft() == craft);
        open.sort_by_key(|job| {
            (
                job.dates.latest.is_none_or(|latest| latest >= self.situation.now),
                job.priority,
                job.dates.latest,
                job.id,
            )
        });
        let one = |job: &Job| {
            let (due, is_late) = self.said.due(job);
            Unscheduled {
                id: job.id.get(),
                number: number(job.id),
                title: job.title.clone(),
                about: format!("{}, {}", job.craft(), job.asset_name),
                hours: hours_text(self.said.fmt, job.hours()),
                due: match self.said.waits(job) {
                    Some(waits) => format!("{due} · {waits}"),
                    None => due,
                },
                is_late,
                priority: (
                    job.priority as u8 + 1,
                    words::priority(self.said.m, job.priority.word()),
                ),
                minutes: job.length.micros() / 60_000_000,
                seen: job.seen,
            }
        };
        open.into_iter().map(one).collect()
    }

    fn agenda(&self) -> Vec<(String, Vec<ChangeLine>)> {
        let day = |day: &Stretch| {
            let jobs = self.situation.jobs.iter().enumerate();
            let mut here: Vec<(Timestamp, ChangeLine)> = jobs
                .filter_map(|(place, job)| {
                    let spot = job
                        .planned
                        .as_ref()
                        .filter(|spot| spot.time.and(*day).is_some())?;
                    let bar = self.bar(place, job, spot, false)?;
                    let m = self.said.m;
                    let state = if bar.kind == "new" {
                        m.still_plan_uncommitted()
                    } else {
                        words::status(m, job.status.word())
                    };
                    let line = ChangeLine {
                        id: job.id.get(),
                        number: number(job.id),
                        title: job.title.clone(),
                        before: self.said.people(spot),
                        to: self.said.slot(spot),
                        why: format!("{}{state}", if bar.is_broken { "⚠ " } else { "" }),
                        moved: None,
                    };
                    Some((spot.time.from(), line))
                })
                .collect();
            here.sort_by_key(|(from, line)| (*from, line.id));
            (
                self.said.day(day.from()),
                here.into_iter().map(|(_, line)| line).collect(),
            )
        };
        self.axis.days.iter().map(day).collect()
    }

    /// How much of last week was done as it was planned.
    fn compliance(&self) -> Option<String> {
        let zone = &self.situation.calendar.zone;
        let last = Week::of(self.situation.now, zone).later(-1).stretch()?;
        let mut orders = Vec::new();
        let backend = &self.doors.backend;
        backend.read(|twin| {
            backend.work.each(|order| {
                let is_in = order
                    .slots()
                    .iter()
                    .filter_map(|(slot, _)| *slot)
                    .any(|slot| last.has(slot.from()));
                if is_in && twin.trail(order.request().asset).contains(&self.at.site) {
                    orders.push(order.clone());
                }
            });
        });
        let figure = schedule_compliance(&orders, last).ok()?;
        let number = |value: f64| self.said.fmt.number(value, 0);
        Some(self.said.m.still_plan_compliance(
            &number(figure.numerator),
            &number(figure.denominator),
            &number(figure.value * 100.0),
        ))
    }

    /// Crafts of people, for choosing one.
    pub fn able(&self, job: &Job) -> BTreeSet<usize> {
        let people = self.situation.people.iter().enumerate();
        let can = |one: &Worker| {
            job.needed.is_empty()
                || job
                    .needed
                    .iter()
                    .any(|needed| one.person.crafts.contains(&needed.craft))
        };
        people
            .filter(|(_, one)| can(one))
            .map(|(place, _)| place)
            .collect()
    }
}

/// How far a search is.
fn search(progress: &crate::plan::optimise::Progress, most: u64) -> SearchPage {
    let sums = |cost: Cost, left_out: usize| Sums {
        risk: cost.risk,
        travel: cost.travel,
        isolation: cost.isolation,
        left_out,
    };
    SearchPage {
        is_over: progress.is_over,
        trouble: progress.trouble.clone(),
        seconds: progress.seconds,
        most,
        tried: progress.tried,
        as_is: sums(progress.as_is, progress.left_out.0),
        by_due: progress.by_due.map(|cost| sums(cost, progress.left_out.1)),
        best: progress
            .best
            .as_ref()
            .map(|(_, cost)| sums(*cost, progress.left_out.2)),
    }
}
