//! Readings in, computed values out.

use std::sync::Arc;

use formula::graph::CellId;
use formula::{Moment, Sample, Time};
use model::Data;
use twin::{Quality, Span, Timestamp, Value};

use crate::take::Pending;
use crate::windows::Outcome;
use crate::{Compute, Computed, OutputId};

/// How often formulas that tell the time are computed anew.
const TICK: Span = Span::from_secs(1);

/// Windows closed by one call; after a longer silence the rest comes with the next.
const MAX_CLOSED: usize = 10_000;

/// What is under way between two calls.
#[derive(Default)]
pub(crate) struct Run {
    pub pending: Vec<Pending>,
    /// The newest time of what was applied since formulas were computed.
    pub newest: Option<Timestamp>,
    started: bool,
    /// When it was last computed.
    pub now: Timestamp,
    /// Whether a formula tells the time.
    tells_time: bool,
    ticked: Timestamp,
    /// Outputs with a new value, each once.
    dirty: Vec<u32>,
    /// Outputs that were told already: windows.
    told: Vec<u32>,
}

fn moment(now: Timestamp, trigger: Timestamp, zones: &dyn formula::Zones) -> Moment<'_> {
    Moment {
        now: time_of(now),
        trigger: time_of(trigger),
        zones,
    }
}

pub(crate) fn time_of(time: Timestamp) -> Time {
    Time(time.micros())
}

pub(crate) fn timestamp_of(time: Time) -> Timestamp {
    Timestamp::from_micros(time.0)
}

pub(crate) fn quality_of(quality: Quality) -> formula::Quality {
    match quality {
        Quality::Good => formula::Quality::Good,
        Quality::Uncertain => formula::Quality::Uncertain,
        Quality::Bad => formula::Quality::Bad,
    }
}

fn quality_from(quality: formula::Quality) -> Quality {
    match quality {
        formula::Quality::Good => Quality::Good,
        formula::Quality::Uncertain => Quality::Uncertain,
        formula::Quality::Bad => Quality::Bad,
    }
}

pub(crate) fn value_from(value: &formula::Value, data: Option<Data>) -> Value {
    match value {
        formula::Value::Number(number) if data == Some(Data::Boolean) => Value::Bool(*number != 0.0),
        formula::Value::Number(number) => Value::Number(*number),
        formula::Value::Text(text) => Value::Text(Arc::clone(text)),
    }
}

impl Compute {
    /// Computes what was taken, what the time brings, and all that these change: each changed
    /// output once, a metric once for each window. The first call computes everything.
    pub fn settle(&mut self, now: Timestamp) -> Vec<Computed> {
        let mut computed = Vec::new();
        let is_first = !self.run.started;
        self.run.now = now;
        if is_first {
            self.start();
        }
        for pending in std::mem::take(&mut self.run.pending) {
            if !is_first && !self.goes_along(&pending, now) {
                self.flow_counted(now, &mut computed);
                self.pace.begin();
                self.goes_along(&pending, now);
            }
            self.apply(&pending, now);
        }
        self.pace.begin();
        if self.run.tells_time && now.since(self.run.ticked) >= TICK {
            self.run.ticked = now;
            self.graph.mark_time(time_of(now));
        }
        self.flow(now, now, is_first);
        let mut closed = 0;
        while closed < MAX_CLOSED {
            let over = self.metrics.close_next(time_of(now), &self.zones, &self.cover);
            let Some((end, outcomes)) = over else { break };
            let end = timestamp_of(end);
            closed += outcomes.len().max(1);
            for outcome in outcomes {
                computed.extend(self.closed(outcome));
            }
            self.flow(now, end, is_first);
        }
        if is_first {
            self.tell_missing(now);
        }
        self.collect(now, &mut computed);
        computed
    }

    fn start(&mut self) {
        self.run.started = true;
        self.graph.mark_all();
        let mut formulas = self
            .outputs
            .iter()
            .filter_map(|output| output.spec.formula.as_ref());
        self.run.tells_time = formulas.any(|formula| formula.tells_time());
    }

    /// What has no value once the windows before the start are closed has none from now on. Before
    /// that it could not be told.
    fn tell_missing(&mut self, now: Timestamp) {
        for cell in self.metrics.feeding() {
            let sample = self.graph.sample(CellId::new(cell));
            let is_output = self.directory.output_of(cell).is_some();
            if is_output && sample.is_some_and(|sample| !sample.is_good()) {
                self.metrics.push(
                    cell,
                    &nothing(now),
                    self.graph.usable(CellId::new(cell)).unwrap_or(&nothing(now)),
                    &*self.zones,
                );
            }
        }
    }

    /// Computes formulas, and passes on what changed.
    fn flow(&mut self, now: Timestamp, trigger: Timestamp, is_first: bool) {
        self.regrade(trigger);
        let zones = Arc::clone(&self.zones);
        let changed = self.graph.settle(moment(now, trigger, &*zones)).to_vec();
        self.pass_on(&changed, is_first);
    }

    /// Computes what is counted each time, and tells it: what comes next is counted by itself.
    fn flow_counted(&mut self, now: Timestamp, computed: &mut Vec<Computed>) {
        self.regrade(now);
        let zones = Arc::clone(&self.zones);
        let changed = self.graph.settle_counted(moment(now, now, &*zones)).to_vec();
        self.pass_on(&changed, false);
        for number in std::mem::take(&mut self.run.dirty) {
            let cell = self.outputs.get(number as usize).map(|output| output.cell);
            if cell.is_none_or(|cell| !self.graph.is_counted(CellId::new(cell))) {
                self.run.dirty.push(number);
                continue;
            }
            let told = self.computed(number, false);
            if let Some(output) = self.outputs.get_mut(number as usize) {
                output.dirty = false;
                output.told = told.as_ref().map(|told| told.quality).or(output.told);
            }
            computed.extend(told);
        }
    }

    fn regrade(&mut self, trigger: Timestamp) {
        let since = self.run.newest.take().unwrap_or(trigger);
        self.cover.regrade(&mut self.graph, time_of(since));
    }

    fn pass_on(&mut self, changed: &[CellId], is_first: bool) {
        let again = self.graph.again().to_vec();
        for cell in changed.iter().chain(&again) {
            let at = cell.index() as u32;
            let Some(sample) = self.graph.sample(*cell) else {
                continue;
            };
            let usable = self.graph.usable(*cell).unwrap_or(sample);
            if !is_first || usable.is_good() {
                self.metrics.push_change(at, sample, usable, &*self.zones);
            }
            let (value, time) = (sample.value.clone(), timestamp_of(sample.time));
            if let Some(output) = self.directory.output_of(at) {
                self.note(output, value.as_ref(), time);
            }
        }
    }

    /// An output has a new value.
    pub(crate) fn note(&mut self, output: u32, value: Option<&formula::Value>, at: Timestamp) {
        let Some(noted) = self.outputs.get_mut(output as usize) else {
            return;
        };
        if !noted.dirty {
            noted.dirty = true;
            self.run.dirty.push(output);
        }
        if let Some(state) = noted.state.and_then(|state| self.states.get_mut(state as usize)) {
            let name = match value {
                Some(formula::Value::Text(name)) => Some(name),
                _ => None,
            };
            state.enter(name, at);
        }
    }

    /// A window closed: its value goes on.
    fn closed(&mut self, outcome: Outcome) -> Option<Computed> {
        let cell = CellId::new(outcome.cell);
        self.cover.set(&self.graph, outcome.cell, outcome.parts);
        if outcome.partial {
            self.graph.set_partial(cell, outcome.sample);
        } else {
            self.graph.set(cell, outcome.sample);
        }
        let sample = self.graph.sample(cell)?;
        let usable = self.graph.usable(cell).unwrap_or(sample);
        self.metrics.push(outcome.cell, sample, usable, &*self.zones);
        let output = self.outputs.get_mut(outcome.output as usize)?;
        if !output.dirty {
            output.dirty = true;
            self.run.told.push(outcome.output);
        }
        self.computed(outcome.output, false)
    }

    fn computed(&self, output: u32, only_coverage: bool) -> Option<Computed> {
        let of = self.outputs.get(output as usize)?;
        let sample = self.graph.sample(CellId::new(of.cell));
        // A state that its source tells is a leaf, and no output while it is not fresh.
        let is_leaf = self.directory.leaf_of(of.cell).is_some();
        let value = sample.and_then(|sample| {
            let value = sample.value.as_ref().filter(|_| !is_leaf || sample.is_good())?;
            Some(value_from(value, of.spec.property.data))
        });
        let coverage = self.covered(of.cell);
        // No value is the present when an input of its windows is lost, or when none is there at all.
        let is_shaken = self.standing.is_shaken(of.cell) || (coverage.all > 0 && coverage.share <= 0.0);
        let quality = match sample.map_or(formula::Quality::Bad, |sample| sample.quality) {
            _ if value.is_none() => Quality::Bad,
            formula::Quality::Good if is_shaken => Quality::Uncertain,
            quality => quality_from(quality),
        };
        Some(Computed {
            output: OutputId(output),
            value,
            quality,
            time: sample.map_or(Timestamp::default(), |sample| timestamp_of(sample.time)),
            coverage,
            only_coverage,
        })
    }

    /// The newest value of an output; none before it was first computed.
    #[must_use]
    pub fn latest(&self, output: OutputId) -> Option<Computed> {
        let cell = self.outputs.get(output.0 as usize)?.cell;
        self.graph.sample(CellId::new(cell))?;
        self.computed(output.0, false)
    }

    /// Tells the outputs that changed, and those whose coverage did.
    fn collect(&mut self, now: Timestamp, computed: &mut Vec<Computed>) {
        for output in &self.run.dirty {
            computed.extend(self.computed(*output, false));
        }
        let mut seen = std::mem::take(&mut self.run.told);
        let touched = std::mem::take(&mut self.standing.touched);
        for cell in touched.into_iter().chain(self.cover.take_touched()) {
            let Some(output) = self.directory.output_of(cell) else {
                continue;
            };
            let Some(of) = self.outputs.get_mut(output as usize).filter(|of| !of.dirty) else {
                continue;
            };
            of.dirty = true;
            let told = of.told;
            seen.push(output);
            computed.extend(self.computed(output, true).map(|computed| Computed {
                time: computed.time.max(Timestamp::default()).min(now),
                only_coverage: computed.value.is_none() || told == Some(computed.quality),
                ..computed
            }));
        }
        for computed in &*computed {
            if let Some(of) = self.outputs.get_mut(computed.output.0 as usize) {
                of.told = Some(computed.quality);
            }
            if !computed.only_coverage {
                self.confirm.is_told(computed.output, computed.time);
            }
        }
        for output in seen.into_iter().chain(std::mem::take(&mut self.run.dirty)) {
            if let Some(of) = self.outputs.get_mut(output as usize) {
                of.dirty = false;
            }
        }
    }

    /// When [`Compute::settle`] has something to do though nothing was taken: a window's value, a
    /// formula that tells the time.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        let tick = self.run.tells_time.then(|| self.run.ticked + TICK);
        let window = self.metrics.due().map(timestamp_of);
        tick.into_iter().chain(window).min()
    }

    /// When a link begins or ends that a formula goes along: then all is to be built anew.
    #[must_use]
    pub fn links_change(&self) -> Option<Timestamp> {
        self.links_change
    }

    /// The properties whose past readings the windows that are open want, and since when.
    #[must_use]
    pub fn past_wanted(&self) -> Vec<(Arc<str>, Arc<str>, Timestamp)> {
        let wanted = self.metrics.wanted(&*self.zones).into_iter();
        let named = wanted.filter_map(|(cell, since)| {
            let place = self.directory.place(cell);
            let fed = place.output != crate::directory::NONE || place.leaf != crate::directory::NONE;
            let (asset, path) = self.directory.names(place.asset, place.path);
            fed.then(|| (Arc::clone(asset), Arc::clone(path), timestamp_of(since)))
        });
        named.collect()
    }

    /// Nobody looked at the plant from here on: the server did not run. What was before it holds no
    /// longer, until it is heard again.
    pub fn unseen(&mut self, from: Timestamp) {
        for leaf in &mut self.leaves {
            leaf.lost = leaf.lost.or(Some(from));
        }
        let directory = &self.directory;
        let is_heard = |cell| directory.leaf_of(cell).or(directory.output_of(cell)).is_some();
        self.metrics.unseen(time_of(from), is_heard);
    }

    /// Gives the open windows what was before the start: readings of a leaf, or of a computed
    /// property, the last one before the window with them. False when nothing wants them.
    pub fn backfill(
        &mut self,
        asset: &str,
        property: &str,
        readings: impl IntoIterator<Item = (Timestamp, Option<Value>, Quality)>,
    ) -> bool {
        let leaf = self.directory.leaf(asset, property);
        let leaf = leaf.and_then(|leaf| self.leaves.get(leaf as usize));
        let cell = leaf
            .map(|leaf| leaf.cell)
            .or_else(|| self.directory.cell(asset, property));
        let Some(cell) = cell else {
            return false;
        };
        for (time, value, quality) in readings {
            let sample = match leaf {
                Some(leaf) => leaf.sample(value.as_ref(), quality, time),
                None => plain(value.as_ref(), quality, time),
            };
            self.metrics.recall(cell, &sample);
        }
        self.metrics.fed_by(cell).next().is_some()
    }
}

/// No value, from here on.
fn nothing(now: Timestamp) -> Sample {
    plain(None, Quality::Bad, now)
}

/// A reading of a computed property as formulas see it.
fn plain(value: Option<&Value>, quality: Quality, time: Timestamp) -> Sample {
    let value = value.map(|value| match value {
        Value::Text(text) => formula::Value::Text(Arc::clone(text)),
        other => formula::Value::Number(other.as_number().unwrap_or_default()),
    });
    let quality = if value.is_some() { quality } else { Quality::Bad };
    Sample {
        resumed: false,
        time: time_of(time),
        value,
        quality: quality_of(quality),
    }
}
