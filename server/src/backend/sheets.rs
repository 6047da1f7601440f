//! What is written in the reader's words on the server: the times of a state, and a number in brief.

use std::sync::PoisonError;

use app::api::backend::Viewer;
use app::api::error::ApiError;
use app::components::live_value::shown::{self, Trust};
use app::fmt::Fmt;
use app::i18n::Messages;
use app::pages::why_word;
use app::still::sheet::Sheet;
use compute::StateTotals;
use twin::{AssetId, PointId, Span, Timestamp, Twin};
use wire::page::{
    Doing, ExplainMember, ExplainPage, MissingInput, PointView, StateWord, TypeRef, Zone, state_of,
};

use super::Gemba;
use super::modelled::Known;
use super::shown::states;
use crate::model::LoadedModel;
use crate::{view, zone};

/// States of one asset whose times its page shows.
const STATES: usize = 4;
/// Inputs, and missing ones, named in brief.
const INPUTS: usize = 6;
const MISSING: usize = 3;

/// How one reader is told things, and when.
struct Reader {
    m: Messages,
    fmt: Fmt,
    zone: Zone,
    now: i64,
}

impl Gemba {
    /// Who reads, with the clock's changes since `from`.
    fn reader(&self, viewer: &Viewer, from: Timestamp) -> Reader {
        let now = self.clock.now();
        Reader {
            m: Messages::of(viewer.locale),
            fmt: Fmt::new(viewer.locale),
            zone: zone::periods(&self.zone, from.min(now), now + Span::from_secs(86_400)),
            now: now.millis(),
        }
    }

    /// The times of the first states of an asset, its own before those of its components.
    pub(super) fn states_of(
        &self,
        twin: &Twin,
        loaded: &LoadedModel,
        asset: AssetId,
        known: &Known<'_>,
        viewer: &Viewer,
    ) -> Vec<(u32, String, String)> {
        let path = |id: &PointId| twin.point(*id).and_then(|point| point.property.as_deref());
        let is_state = |id: &PointId| {
            let said = path(id).and_then(|path| known.effective.properties.get(path));
            said.is_some_and(|said| said.value.kind == Some(model::Kind::State))
        };
        let mut points: Vec<PointId> = twin.points_of(asset).iter().copied().filter(is_state).collect();
        points.sort_by_key(|id| path(id).is_some_and(|path| path.contains('.')));
        let times = points.into_iter().filter_map(|id| {
            let times = self.times(twin, loaded, id, viewer)?;
            let name = view::point_info(twin, id)?.name;
            Some((id.get(), name, times))
        });
        times.take(STATES).collect()
    }

    /// The times of a state as they are now; none for what is no state.
    pub(super) fn times(
        &self,
        twin: &Twin,
        loaded: &LoadedModel,
        id: PointId,
        viewer: &Viewer,
    ) -> Option<String> {
        let point = twin.point(id)?;
        let key = &twin.asset(point.asset)?.modelled.as_ref()?.key;
        let totals = {
            let computing = self.computing.read().unwrap_or_else(PoisonError::into_inner);
            let path = point.property.as_deref()?;
            computing.as_ref()?.totals(key, path, self.clock.now())?
        };
        let reader = self.reader(viewer, totals.since.min(totals.entered.unwrap_or(totals.since)));
        let sheet = reader.times(&totals, &states(twin, loaded, id, viewer.locale));
        Some(sheet.html())
    }

    /// A number in brief: what is said of it, its first inputs and what is missing; of a state its times.
    pub(super) fn brief(&self, viewer: &Viewer, point: u32) -> Result<(String, String), ApiError> {
        let page = self.explain_page(viewer, point)?;
        let page = self.shown(viewer, page);
        let brief = self.reader(viewer, self.clock.now()).brief(&page);
        Ok((brief.html(), page.times.unwrap_or_default()))
    }
}

impl Reader {
    fn moment(&self, at: Timestamp) -> String {
        self.fmt.moment(&self.zone, at.millis(), self.now)
    }

    fn hours(&self, span: Span) -> String {
        self.fmt.value(span.millis() as f64 / 3_600_000.0, 1, Some("h"))
    }

    /// From an hour on in hours: a total is read against others, not as so many days.
    fn lasting(&self, span: Span) -> String {
        if span < Span::from_secs(3_600) {
            self.fmt.age(span.millis())
        } else {
            self.hours(span)
        }
    }

    fn times(&self, totals: &StateTotals, words: &[StateWord]) -> Sheet {
        let m = self.m;
        let said = |name: &str| words.iter().find(|state| state.name == name);
        let word = |name: &str| said(name).map_or_else(|| name.to_owned(), |state| state.word.clone());
        let runs = |state: &&StateWord| state.counts_as == Some(Doing::Running);
        let mut lines = Vec::new();
        if words.iter().any(|state| runs(&state)) {
            let running = words.iter().filter(runs);
            let micros = running.map(|state| totals.of(&state.name).time.micros()).sum();
            lines.push((
                m.server_state_run().to_owned(),
                self.hours(Span::from_micros(micros)),
            ));
            lines.push((
                m.server_state_starts().to_owned(),
                self.fmt.integer(totals.starts),
            ));
        }
        lines.push((m.server_state_counted().to_owned(), self.moment(totals.since)));
        if totals.unknown > Span::ZERO {
            lines.push((m.server_state_nobody().to_owned(), self.lasting(totals.unknown)));
        }
        let row = |(name, of): &(std::sync::Arc<str>, compute::InState)| {
            vec![word(name), self.lasting(of.time), self.fmt.integer(of.entries)]
        };
        Sheet {
            lead: self.since(totals, &word),
            lines,
            head: [m.col_state(), m.server_state_time(), m.server_state_entries()]
                .map(str::to_owned)
                .to_vec(),
            rows: totals.states.iter().map(row).collect(),
            ..Sheet::default()
        }
    }

    /// The state, since when it holds, and what was before; one that nobody saw begin may be older.
    fn since(&self, totals: &StateTotals, word: &dyn Fn(&str) -> String) -> (String, String) {
        let m = self.m;
        let since = totals.entered.map(|at| self.moment(at)).unwrap_or_default();
        match (&totals.state, &totals.last, &totals.previous) {
            (None, None, _) => (m.server_state_never().to_owned(), String::new()),
            (None, Some(last), _) => (
                m.server_state_not_known().to_owned(),
                m.server_state_last(&word(last), &since),
            ),
            (Some(now), _, Some(before)) => (word(now), m.server_state_since(&since, &word(before))),
            (Some(now), _, None) => (word(now), m.server_state_since_least(&since)),
        }
    }

    fn brief(&self, page: &ExplainPage) -> Sheet {
        let m = self.m;
        let own = page.crumbs.last().map(|asset| asset.asset);
        let mut lines = Vec::new();
        let mut line = |term: &str, what: Option<String>| {
            lines.extend(
                what.filter(|what| !what.is_empty())
                    .map(|what| (term.to_owned(), what)),
            );
        };
        let versioned = |ty: &TypeRef| m.explain_version(&ty.name, &ty.version.to_string());
        let (source, tag) = match &page.binding {
            Some((source, topic, field)) if field.is_empty() => (Some(source.clone()), Some(topic.clone())),
            Some((source, topic, field)) => (Some(source.clone()), Some(format!("{topic} · {field}"))),
            None => (None, None),
        };
        line(m.data_col_tag(), tag);
        line(m.tag_source(), source);
        line(m.find_type(), page.ty.as_ref().map(versioned));
        let said_by = page.said_by.as_ref().filter(|by| Some(*by) != page.ty.as_ref());
        line(m.explain_said_by(), said_by.map(versioned));
        line(m.about_owner(), page.owner.clone());
        let coverage = page.coverage.filter(|coverage| coverage.all > 0);
        line(
            m.explain_inputs(),
            coverage.map(|of| m.coverage_of(of.all, &self.fmt.integer(of.fresh))),
        );
        line(m.explain_missing(), self.missing(&page.missing, own));
        let members = page.inputs.iter().flat_map(|input| &input.members);
        let mut rows: Vec<Vec<String>> = members.map(|member| self.input(member, own)).collect();
        rows.dedup();
        rows.truncate(INPUTS);
        let at = self.fmt.time(&self.zone, self.now);
        Sheet {
            formula: page.formula.clone().unwrap_or_default(),
            lines,
            head: vec![
                m.server_brief_input().to_owned(),
                m.data_col_value().to_owned(),
                m.server_brief_age(&at),
            ],
            rows,
            ..Sheet::default()
        }
    }

    /// An input by its name, with its value and age.
    fn input(&self, member: &ExplainMember, own: Option<u32>) -> Vec<String> {
        let name = member
            .point
            .as_ref()
            .map_or(&member.property, |view| &view.info.name);
        let asset = member.asset.asset.as_ref().map(|asset| asset.asset);
        let name = match (asset, asset == own) {
            (_, true) => name.clone(),
            _ => format!("{} · {name}", member.asset.name),
        };
        let (value, age) = match &member.point {
            Some(view) => self.value(view),
            None => (
                member
                    .value
                    .clone()
                    .unwrap_or_else(|| shown::NO_NUMBER.to_owned()),
                member
                    .why
                    .map(|why| why_word(why, self.m).to_owned())
                    .unwrap_or_default(),
            ),
        };
        vec![name, value, age]
    }

    /// A value in its unit, a state by its word, and how old it is, or why it is not the present.
    fn value(&self, view: &PointView) -> (String, String) {
        let (info, reading) = (&view.info, view.reading.as_ref());
        let shown = reading.map(|reading| match &info.measured {
            Some(measured) => measured.scale.show_reading(reading),
            None => reading.clone(),
        });
        let state = shown.as_ref().and_then(|reading| reading.value.as_ref());
        let state = state.and_then(|value| state_of(&info.states, value));
        let number = shown::text(shown.as_ref(), info.decimals, self.fmt, self.m);
        let value = match (state, &info.unit) {
            (Some(state), _) => state.word.clone(),
            (None, Some(unit)) if number != shown::NO_NUMBER => {
                format!("{number}{}{}", app::fmt::NO_BREAK, unit.symbol)
            }
            _ => number,
        };
        let trust = Trust::of(reading, view.cadence, self.now);
        let words = shown::words(trust, reading, self.now, self.fmt, self.m);
        let age = reading.and_then(|reading| shown::age_millis(reading, self.now));
        let age = match age {
            Some(age) if words.is_empty() => self.fmt.age(age),
            _ => words,
        };
        (value, age)
    }

    /// The first that are missing, each with why.
    fn missing(&self, missing: &[MissingInput], own: Option<u32>) -> Option<String> {
        let more = missing.len().saturating_sub(MISSING);
        let one = |missing: &MissingInput| {
            let why = why_word(missing.why, self.m);
            let asset = missing.asset.asset.as_ref().map(|asset| asset.asset);
            if asset.is_some() && asset == own {
                format!("{}: {why}", missing.property)
            } else {
                format!("{} · {}: {why}", missing.asset.name, missing.property)
            }
        };
        let mut words: Vec<String> = missing.iter().take(MISSING).map(one).collect();
        if more > 0 {
            words.push(self.m.explain_more(u32::try_from(more).unwrap_or(u32::MAX)));
        }
        (!words.is_empty()).then(|| words.join(" "))
    }
}
