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
        let runs = |name: &str| {
            let state = self
                .spec
                .property
                .states
                .iter()
                .find(|state| &*state.name == name);
            state.is_some_and(|state| state.counts_as == Some(CountsAs::Running))
        };
        self.totals.enter(state, at, &runs);
    }
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
