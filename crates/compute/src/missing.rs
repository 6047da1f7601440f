//! Why a value is missing, and which inputs are.

use std::collections::BTreeSet;
use std::sync::Arc;

use formula::graph::CellId;

use crate::directory::NONE;
use crate::{Compute, OutputId};

/// Why an input, or an output, has no value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Why {
    /// Nothing ever came.
    NeverSeen,
    /// The last value is late, stale, or its source is gone.
    NotFresh,
    /// The last value is uncertain or bad.
    NotGood,
    /// The source sent no value, or one that means no state.
    NoValue,
    /// An attribute or a parameter that nobody gave a value.
    NotGiven,
    /// There is no such property.
    NoProperty,
    /// Inputs are missing.
    Missing,
    /// Fewer inputs are there than its `coverage` asks for.
    TooFew,
    /// It needs planned time, and there is no calendar.
    NoCalendar,
    /// It depends on itself.
    Circle,
    /// No sample of it came in the window, though its last value may still hold.
    NoSample,
    /// Its type has mistakes.
    Mistake,
    /// Its first window is not over.
    Waiting,
    /// Its inputs are there now, and were not for the whole of its window.
    NotSeen,
    /// The relation leads to no asset.
    NoMembers,
    /// It is more than there can be: its inputs do not fit together.
    Implausible,
    /// All inputs are there, and what comes out is undefined: a division by zero, no such case.
    Undefined,
    /// All readings below are there, and one of its inputs has no result: it is undefined, or lacks a calendar.
    Unresolved,
}

/// An input that is missing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Missing {
    /// The asset.
    pub asset: Arc<str>,
    /// Its property.
    pub property: Arc<str>,
    /// Why it is missing.
    pub why: Why,
}

/// Cells looked at for one list.
const MAX_VISITED: usize = 200_000;

impl Compute {
    /// The inputs that an output lacks, at the lowest level at which that can be told.
    #[must_use]
    pub fn missing(&self, output: OutputId, at_most: usize) -> Vec<Missing> {
        let Some(cell) = self.outputs.get(output.0 as usize).map(|output| output.cell) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        let mut seen: BTreeSet<u32> = BTreeSet::from([cell]);
        let mut open: Vec<u32> = self.inputs_below(cell);
        open.reverse();
        self.add_silent(cell, &mut found);
        while let Some(cell) = open.pop() {
            if found.len() >= at_most || seen.len() > MAX_VISITED {
                break;
            }
            if !seen.insert(cell) {
                continue;
            }
            let Some(why) = self.why(cell) else {
                continue;
            };
            let goes_down = matches!(why, Why::Missing | Why::TooFew | Why::Unresolved | Why::NotSeen)
                && self.directory.leaf_of(cell).is_none();
            let before = found.len();
            if goes_down {
                self.add_silent(cell, &mut found);
            }
            let mut below = if goes_down {
                self.inputs_below(cell)
            } else {
                Vec::new()
            };
            below.retain(|below| self.why(*below).is_some());
            if below.is_empty() && found.len() == before {
                let place = self.directory.place(cell);
                let (asset, property) = self.directory.names(place.asset, place.path);
                found.push(Missing {
                    asset: Arc::clone(asset),
                    property: Arc::clone(property),
                    why,
                });
            }
            below.reverse();
            open.extend(below);
        }
        found.truncate(at_most);
        found
    }

    /// What a metric's last window had no sample of, as far as it is there now.
    fn add_silent(&self, cell: u32, found: &mut Vec<Missing>) {
        let output = self.directory.output_of(cell);
        let output = output.and_then(|output| self.outputs.get(output as usize));
        let metric = output.and_then(|output| self.metrics.get(output.metric?));
        let silent = metric.into_iter().flat_map(|metric| &metric.silent);
        found.extend(silent.filter(|cell| self.why(**cell).is_none()).map(|cell| {
            let place = self.directory.place(*cell);
            let (asset, property) = self.directory.names(place.asset, place.path);
            Missing {
                asset: Arc::clone(asset),
                property: Arc::clone(property),
                why: Why::NoSample,
            }
        }));
    }

    /// The cells a formula or a metric uses.
    pub(crate) fn inputs_below(&self, cell: u32) -> Vec<u32> {
        let slots = self.slots_of(cell).into_iter().flatten();
        slots.collect()
    }

    /// The cells a formula or a metric uses, by slot.
    pub(crate) fn slots_of(&self, cell: u32) -> Vec<Vec<u32>> {
        let output = self.directory.output_of(cell);
        let output = output.and_then(|output| self.outputs.get(output as usize));
        let metric = output.and_then(|output| self.metrics.get(output.metric?));
        if let Some(running) = metric {
            return running.inputs.clone();
        }
        let id = CellId::new(cell);
        let count = self.graph.formula(id).map_or(0, |formula| formula.inputs().len());
        let members = |slot| self.graph.inputs_of(id, slot).iter();
        (0..count)
            .map(|slot| members(slot).map(|cell| cell.index() as u32).collect())
            .collect()
    }

    /// Why a cell has no value that a formula takes, or only a part of it; none when it has.
    pub(crate) fn why(&self, cell: u32) -> Option<Why> {
        let sample = self.graph.sample(CellId::new(cell));
        if sample.is_some_and(formula::Sample::is_good) {
            // Good, and something below may still be missing: a default stands in for it.
            let is_whole = self.cover.of(cell).is_whole() && !self.standing.is_shaken(cell);
            let whole = is_whole || self.directory.leaf_of(cell).is_some();
            return (!whole).then_some(Why::Missing);
        }
        if let Some(leaf) = self
            .directory
            .leaf_of(cell)
            .and_then(|leaf| self.leaves.get(leaf as usize))
        {
            let (ty, path) = (self.directory.info(leaf.asset), self.directory.path(leaf.path));
            let property = ty
                .zip(path)
                .and_then(|((_, ty), path)| ty.effective.properties.get(&**path));
            let attribute =
                property.is_some_and(|property| property.value.kind == Some(model::Kind::Attribute));
            return Some(if !leaf.seen && attribute {
                Why::NotGiven
            } else if !leaf.seen {
                Why::NeverSeen
            } else if !leaf.fresh {
                Why::NotFresh
            } else if leaf.quality != twin::Quality::Good {
                Why::NotGood
            } else {
                Why::NoValue
            });
        }
        let Some(output) = self
            .directory
            .output_of(cell)
            .and_then(|output| self.outputs.get(output as usize))
        else {
            let place = self.directory.place(cell);
            let is_parameter = self.directory.info(place.asset).is_some_and(|(_, ty)| {
                let path = self.directory.path(place.path);
                path.is_some_and(|path| !ty.effective.properties.contains_key(&**path))
            });
            return (place.asset != NONE).then_some(if is_parameter {
                Why::NotGiven
            } else {
                Why::NoProperty
            });
        };
        if self.is_beyond_whole(cell) {
            return Some(Why::Implausible);
        }
        if output.circle.is_some() {
            return Some(Why::Circle);
        }
        let Some(formula) = &output.spec.formula else {
            return Some(Why::Mistake);
        };
        let metric = output.metric.and_then(|metric| self.metrics.get(metric));
        let slots = self.slots_of(cell);
        let is_empty = slots
            .iter()
            .zip(formula.inputs())
            .any(|(members, input)| input.declared.is_group && members.is_empty());
        let coverage = self.cover.of(cell);
        let least = metric.map_or_else(|| self.cover.least(cell), |metric| metric.least);
        let is_there = !slots.iter().flatten().any(|below| self.has_none(*below));
        Some(match metric {
            _ if formula.needs_calendar() => Why::NoCalendar,
            Some(metric) if metric.closed.is_none() => Why::Waiting,
            _ if is_empty => Why::NoMembers,
            Some(_) if is_there && !coverage.is_whole() => Why::NotSeen,
            _ if least.is_some_and(|least| coverage.share < least) => Why::TooFew,
            Some(metric) if !metric.silent.is_empty() => Why::Missing,
            _ if sample.is_some_and(|sample| sample.value.is_some()) => Why::Missing,
            _ if !is_there && coverage.is_whole() => Why::Unresolved,
            // All are there, and were not for the whole of the windows it stands on.
            _ if !is_there && coverage.fresh == coverage.all => Why::NotSeen,
            _ if !is_there => Why::Missing,
            _ => Why::Undefined,
        })
    }

    /// Whether a cell has a value that is more than there can be.
    pub(crate) fn is_beyond_whole(&self, cell: u32) -> bool {
        let id = CellId::new(cell);
        let value = self.graph.sample(id).and_then(|sample| sample.value.as_ref());
        let formula = self.graph.formula(id);
        value
            .zip(formula)
            .is_some_and(|(value, formula)| formula.is_beyond_whole(value))
    }

    fn has_none(&self, cell: u32) -> bool {
        let sample = self.graph.sample(CellId::new(cell));
        !sample.is_some_and(formula::Sample::is_good)
    }
}
