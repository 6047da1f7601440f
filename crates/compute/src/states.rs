//! What is kept of a state beside its value: since when, what was before, how long and how often.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::CountsAs;
use twin::{Span, Timestamp};

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
    /// By state.
    pub states: BTreeMap<Arc<str>, InState>,
}

impl StateTotals {
    fn begin(at: Timestamp) -> Self {
        Self {
            since: at,
            until: at,
            ..Self::default()
        }
    }

    /// Counts up to here.
    fn advance(&mut self, to: Timestamp) {
        let passed = to.since(self.until);
        if passed <= Span::ZERO {
            return;
        }
        let time = match &self.state {
            Some(state) => &mut self.states.entry(Arc::clone(state)).or_default().time,
            None => &mut self.unknown,
        };
        *time = Span::from_micros(time.micros().saturating_add(passed.micros()));
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
            self.states.entry(Arc::clone(state)).or_default().entries += 1;
            self.previous = self.last.replace(Arc::clone(state));
            self.entered = Some(at);
        }
        self.state = state.cloned();
    }
}

/// A state property as it runs.
pub(crate) struct State {
    totals: StateTotals,
    /// What each state counts as.
    counts_as: Arc<[(Arc<str>, CountsAs)]>,
}

impl State {
    pub fn new(states: &[model::State], at: Timestamp) -> Self {
        let counts = states
            .iter()
            .filter_map(|state| Some((Arc::from(&*state.name), state.counts_as?)));
        Self {
            totals: StateTotals::begin(at),
            counts_as: counts.collect(),
        }
    }

    pub fn enter(&mut self, state: Option<&Arc<str>>, at: Timestamp) {
        let runs = |name: &str| {
            let counts = self.counts_as.iter().find(|(state, _)| &**state == name);
            counts.is_some_and(|(_, counts)| *counts == CountsAs::Running)
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
        let counts = &self.states.get(at as usize)?.counts_as;
        let times = counts
            .iter()
            .filter(|(_, counts)| *counts == counts_as)
            .filter_map(|(name, _)| Some(totals.states.get(name)?.time.micros()));
        Some(Span::from_micros(times.sum()))
    }
}
