//! What is kept of a state beside its value: since when, what was before, how long and how often.

use std::sync::Arc;

use model::CountsAs;
use twin::{Span, Timestamp};

use crate::spec::Spec;
use crate::{Compute, OutputId};

/// Time in a state, and how often it was entered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct InState {
    /// How long.
    pub time: Span,
    /// How often.
    pub entries: u64,
}

/// The times of a state property since counting began.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StateTotals {
    /// When counting began.
    pub since: Timestamp,
    /// Up to when it is counted.
    pub until: Timestamp,
    /// The state it is in; none while nobody can say.
    pub state: Option<Arc<str>>,
    /// The last state that was known.
    pub last: Option<Arc<str>>,
    /// When the last known state was entered.
    pub entered: Option<Timestamp>,
    /// The state before it.
    pub previous: Option<Arc<str>>,
    /// Time for which nobody can say.
    pub unknown: Span,
    /// How often it began to run: entries into a state that counts as running from one that does not.
    pub starts: u64,
    /// By state, in the order in which they were first entered.
    pub states: Vec<(Arc<str>, InState)>,
}

impl StateTotals {
    fn begin(at: Timestamp) -> Self {
        Self {
            since: at,
            until: at,
            ..Self::default()
        }
    }

    /// What is counted of a state.
    #[must_use]
    pub fn of(&self, state: &str) -> InState {
        let found = self.states.iter().find(|(name, _)| &**name == state);
        found.map_or_else(InState::default, |(_, counted)| *counted)
    }

    fn of_mut(&mut self, state: &Arc<str>) -> Option<&mut InState> {
        let known = self.states.iter().position(|(name, _)| name == state);
        let at = known.unwrap_or(self.states.len());
        if known.is_none() {
            self.states.push((Arc::clone(state), InState::default()));
        }
        self.states.get_mut(at).map(|(_, counted)| counted)
    }

    /// Counts up to here.
    fn advance(&mut self, to: Timestamp) {
        let passed = to.since(self.until);
        if passed <= Span::ZERO {
            return;
        }
        let longer = |time: Span| Span::from_micros(time.micros().saturating_add(passed.micros()));
        match self.state.clone() {
            None => self.unknown = longer(self.unknown),
            Some(state) => {
                if let Some(counted) = self.of_mut(&state) {
                    counted.time = longer(counted.time);
                }
            }
        }
        self.until = to;
    }

    /// A state is entered, or nobody can say any more. A state that comes back after a gap was not
    /// entered again: nothing says that it was left.
    fn enter(&mut self, state: Option<&Arc<str>>, at: Timestamp, runs: &dyn Fn(&str) -> bool) {
        self.advance(at);
        if let Some(state) = state
            && self.last.as_ref() != Some(state)
        {
            let ran = self.last.as_ref().is_some_and(|last| runs(last));
            self.starts += u64::from(runs(state) && !ran);
            if let Some(counted) = self.of_mut(state) {
                counted.entries += 1;
            }
            self.previous = self.last.replace(Arc::clone(state));
            self.entered = Some(at);
        }
        self.state = state.cloned();
    }

    /// Puts what was counted before in front; the time between is nobody's. A state that held at the end of
    /// that and holds at the beginning of this was entered once.
    fn precede(&mut self, before: Self, runs: &dyn Fn(&str) -> bool) {
        let sum = |a: Span, b: Span| Span::from_micros(a.micros().saturating_add(b.micros()));
        let first = self.states.first().map(|(state, _)| Arc::clone(state));
        let goes_on = first.filter(|first| before.last.as_ref() == Some(first));
        let ran = before.last.as_ref().is_some_and(|last| runs(last));
        let runs_first = self.states.first().is_some_and(|(state, _)| runs(state));
        let between = self.since.since(before.until).max(Span::ZERO);
        self.unknown = sum(sum(self.unknown, before.unknown), between);
        self.starts = (before.starts + self.starts).saturating_sub(u64::from(ran && runs_first));
        match &self.previous {
            Some(_) => {}
            None if self.last.is_some() && goes_on.is_none() => self.previous.clone_from(&before.last),
            // It holds since then, or nothing was known since.
            None => (self.last, self.entered, self.previous) = (before.last, before.entered, before.previous),
        }
        let after = std::mem::replace(&mut self.states, before.states);
        for (state, counted) in after {
            let again = goes_on.as_ref() == Some(&state);
            if let Some(known) = self.of_mut(&state) {
                known.time = sum(known.time, counted.time);
                known.entries = (known.entries + counted.entries).saturating_sub(u64::from(again));
            }
        }
        self.since = before.since;
    }
}

/// A state property as it runs.
pub(crate) struct State {
    totals: StateTotals,
    spec: Arc<Spec>,
}

impl State {
    pub fn new(spec: Arc<Spec>, at: Timestamp) -> Self {
        Self {
            totals: StateTotals::begin(at),
            spec,
        }
    }

    pub fn enter(&mut self, state: Option<&Arc<str>>, at: Timestamp) {
        self.totals.enter(state, at, &|name| runs(&self.spec, name));
    }
}

/// Whether a state counts as running.
fn runs(spec: &Spec, name: &str) -> bool {
    let state = spec.property.states.iter().find(|state| &*state.name == name);
    state.is_some_and(|state| state.counts_as == Some(CountsAs::Running))
}

impl Compute {
    /// The times of a state up to now; none for what is no state.
    #[must_use]
    pub fn totals(&self, output: OutputId, now: Timestamp) -> Option<StateTotals> {
        let state = self.outputs.get(output.0 as usize)?.state?;
        let mut totals = self.states.get(state as usize)?.totals.clone();
        totals.advance(now);
        Some(totals)
    }

    /// Goes on counting where a server or an older model stopped. The time between is nobody's.
    /// False when the asset has no such state any more.
    pub fn restore_totals(&mut self, asset: &str, property: &str, totals: StateTotals) -> bool {
        let output = self.output(asset, property);
        let at = output.and_then(|output| self.outputs.get(output.0 as usize)?.state);
        let Some(state) = at.and_then(|at| self.states.get_mut(at as usize)) else {
            return false;
        };
        let (now, current) = (state.totals.until, state.totals.state.clone());
        state.totals = StateTotals {
            state: None,
            ..totals
        };
        // What was found out since the start holds.
        if current.is_some() {
            state.enter(current.as_ref(), now);
        }
        true
    }

    /// Puts times that were counted of an earlier stretch before those counted since; the time between is
    /// nobody's. False when the asset has no such state any more, or the stretch is no earlier one.
    pub fn precede_totals(&mut self, asset: &str, property: &str, before: StateTotals) -> bool {
        let output = self.output(asset, property);
        let at = output.and_then(|output| self.outputs.get(output.0 as usize)?.state);
        let Some(State { totals, spec }) = at.and_then(|at| self.states.get_mut(at as usize)) else {
            return false;
        };
        // It is in there already.
        if before.since >= totals.since {
            return false;
        }
        totals.precede(before, &|name| runs(spec, name));
        true
    }

    /// Time in the states that count as this: run hours, down time.
    #[must_use]
    pub fn time_as(&self, output: OutputId, counts_as: CountsAs, now: Timestamp) -> Option<Span> {
        let totals = self.totals(output, now)?;
        let at = self.outputs.get(output.0 as usize)?.state?;
        let states = &self.states.get(at as usize)?.spec.property.states;
        let times = states
            .iter()
            .filter(|state| state.counts_as == Some(counts_as))
            .map(|state| totals.of(&state.name).time.micros());
        Some(Span::from_micros(times.sum()))
    }
}
