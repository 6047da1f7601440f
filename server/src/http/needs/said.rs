//! Evidence and reasons in words: values with their limits, dates and where they can be looked at.

use std::sync::Arc;

use app::fmt::Fmt;
use app::i18n::Messages;
use app::routes;
use app::still::needs::EvidenceLine;
use app::still::parts::Times;
use axum::http::request::Parts;
use maintenance::id::NeedId;
use maintenance::need::{Evidence, Need, Source};
use maintenance::order::Dates;
use maintenance::order::event::Money;
use twin::{LimitKind, PointId, Timestamp, Twin};
use wire::page::Units;

use crate::http::doors::Doors;
use crate::http::people::messages;
use crate::http::who;
use crate::model::LoadedModel;
use crate::needs::desk::Book;

/// Pieces of evidence on one page.
const EVIDENCE: usize = 24;

/// What saying something to a reader needs.
pub struct Saying<'s> {
    pub doors: &'s Doors,
    pub m: Messages,
    fmt: Fmt,
    units: Units,
    times: Times,
    pub model: Arc<LoadedModel>,
}

/// The word of a source.
pub const fn source_word(source: &Source) -> &'static str {
    match source {
        Source::Plan(_) => "plan",
        Source::Limit { .. } => "limit",
        Source::Trend { .. } => "trend",
        Source::Report { .. } => "report",
        Source::Inspection { .. } => "inspection",
    }
}

/// In whole units of the currency.
#[allow(clippy::cast_precision_loss, reason = "shown without cents")]
pub const fn amount(money: Money) -> f64 {
    money.0 as f64 / 100.0
}

impl<'s> Saying<'s> {
    pub fn new(doors: &'s Doors, parts: &Parts, now: Timestamp) -> Self {
        let m = messages(parts);
        let year = twin::Span::from_secs(366 * 86_400);
        Self {
            doors,
            m,
            fmt: Fmt::new(m.locale()),
            units: who::viewer(parts).units,
            times: doors.times_between(now - year, now + year),
            model: doors.backend.model.current(),
        }
    }

    pub fn moment(&self, at: Timestamp) -> String {
        self.fmt
            .moment(&self.times.zone, at.millis(), self.times.now_millis)
    }

    pub fn day(&self, at: Timestamp) -> String {
        self.fmt.date_year(&self.times.zone, at.millis())
    }

    /// By which clock the times of a need's page are written.
    pub fn times_of(&self, need: &Need, dates: Dates) -> Times {
        let all = [Some(need.first), Some(need.last), dates.earliest, dates.latest];
        let all = || all.into_iter().flatten();
        let (first, last) = (
            all().min().unwrap_or(need.first),
            all().max().unwrap_or(need.last),
        );
        self.doors.times_between(first, last)
    }

    /// A number of a point, in the reader's unit.
    pub fn value(&self, twin: &Twin, point: PointId, value: f64) -> String {
        let Some(point) = twin.point(point) else {
            return self.fmt.number(value, 2);
        };
        match crate::units::of_point(self.units, point) {
            Some((symbol, measured)) => {
                let value = value * measured.scale.factor + measured.scale.offset;
                self.fmt.value(value, point.decimals.max(1), Some(&symbol))
            }
            None => {
                let unit = point.unit.as_ref().map(|unit| &*unit.symbol);
                self.fmt.value(value, point.decimals, unit)
            }
        }
    }

    fn point(&self, twin: &Twin, point: PointId) -> String {
        twin.point(point)
            .map_or_else(|| "–".to_owned(), |point| point.name.to_string())
    }

    /// Why a need was raised, as it was told last.
    pub fn reason(&self, twin: &Twin, book: &Book, need: &Need) -> String {
        let is_value = |evidence: &&Evidence| matches!(evidence, Evidence::Value { .. } | Evidence::File(_));
        let last = need.evidence.iter().rev().find(|evidence| !is_value(evidence));
        let last = last.or_else(|| need.evidence.last());
        last.map_or_else(String::new, |evidence| self.words(twin, book, evidence))
    }

    /// What a plan or whoever reported it calls a need.
    pub fn title(&self, book: &Book, need: &Need) -> Option<String> {
        match need.source {
            Source::Plan(plan) => book.plans.get(&plan).map(|state| state.sheet.title.clone()),
            Source::Report { .. } | Source::Inspection { .. } => {
                need.evidence.iter().find_map(|evidence| match evidence {
                    Evidence::Words { text, .. } => Some(text.to_string()),
                    _ => None,
                })
            }
            Source::Limit { .. } | Source::Trend { .. } => None,
        }
    }

    /// The same as [`Self::reason`], beside its title.
    pub fn short(&self, twin: &Twin, book: &Book, need: &Need) -> String {
        match (&need.source, need.evidence.last()) {
            (Source::Plan(_), Some(Evidence::Due { at, .. })) => {
                self.m.still_need_said_planned(&self.day(*at))
            }
            (Source::Report { .. } | Source::Inspection { .. }, _) => {
                let at = self.moment(need.first);
                format!(
                    "{}, {at}",
                    app::still::needs::words::source(self.m, source_word(&need.source))
                )
            }
            _ => self.reason(twin, book, need),
        }
    }

    /// One piece of evidence in words.
    fn words(&self, twin: &Twin, book: &Book, evidence: &Evidence) -> String {
        let m = self.m;
        match evidence {
            Evidence::Value { point, at, value, .. } => {
                let name = self.point(twin, *point);
                m.still_need_said_value(&name, &self.value(twin, *point, *value), &self.moment(*at))
            }
            Evidence::Beyond {
                point,
                since,
                kind,
                limit,
            } => {
                let (name, limit) = (self.point(twin, *point), self.value(twin, *point, *limit));
                let since = self.moment(*since);
                match kind {
                    LimitKind::High | LimitKind::HighHigh => m.still_need_said_above(&name, &limit, &since),
                    LimitKind::Low | LimitKind::LowLow => m.still_need_said_below(&name, &limit, &since),
                }
            }
            Evidence::Trend {
                point,
                limit,
                reaches,
            } => {
                let (name, limit) = (self.point(twin, *point), self.value(twin, *point, *limit));
                let from = self.day(reaches.earliest);
                let count = self.fmt.integer(reaches.count as u64);
                match reaches.latest {
                    Some(latest) => {
                        let (until, likely) = (self.day(latest), self.day(reaches.likely));
                        m.still_need_said_trend(&name, &limit, &from, &until, &likely, &count)
                    }
                    None => {
                        m.still_need_said_trend_open(&name, &limit, &from, &self.day(reaches.likely), &count)
                    }
                }
            }
            Evidence::Due { plan, at } => {
                let title = book.plans.get(plan).map_or("–", |state| &state.sheet.title);
                m.still_need_said_due(title, &self.day(*at))
            }
            Evidence::Words { text, .. } => text.to_string(),
            Evidence::File(_) => m.still_work_event_attached().to_owned(),
        }
    }

    /// All evidence of a need and of what is told in it, the newest first, with where it can be looked at.
    pub fn evidence(&self, twin: &Twin, book: &Book, id: NeedId) -> Vec<EvidenceLine> {
        let all: Vec<&Evidence> = book.needs.evidence(id).map(|(_, evidence)| evidence).collect();
        let line = |evidence: &&Evidence| {
            let words = self.words(twin, book, evidence);
            let link = match evidence {
                Evidence::Value { point, .. }
                | Evidence::Beyond { point, .. }
                | Evidence::Trend { point, .. } => {
                    let name = self.point(twin, *point);
                    Some((routes::tag(point.get()), self.m.still_need_look(&name)))
                }
                Evidence::Due { plan, .. } => Some((
                    routes::url(&format!("/work/plans/{plan}")),
                    self.m.still_plan().to_owned(),
                )),
                Evidence::Words { .. } | Evidence::File(_) => None,
            };
            EvidenceLine { words, link }
        };
        all.iter().rev().take(EVIDENCE).map(line).collect()
    }
}
