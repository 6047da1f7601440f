//! Where a number comes from.

use std::sync::Arc;

use formula::graph::CellId;
use formula::units::Unit;
use model::Kind;
use twin::{Quality, Timestamp, Value};

use crate::directory::NONE;
use crate::run::{time_of, timestamp_of, value_from};
use crate::spec::Spec;
use crate::{Compute, Coverage, Missing, OutputId, Why};

/// Everything that stands behind a property of an asset.
#[derive(Clone, PartialEq, Debug)]
pub struct Explained {
    /// The asset.
    pub asset: Arc<str>,
    /// The property, with the components around it.
    pub property: Arc<str>,
    /// By what it comes to its value.
    pub means: Means,
    /// The formula, for what has one; of a state one `case` over its states.
    pub formula: Option<Arc<str>>,
    /// Its declared unit.
    pub unit: Option<Unit>,
    /// The type of the asset.
    pub ty: Arc<str>,
    /// Its version.
    pub version: u32,
    /// The type that says the formula, or that has the property, and its version.
    pub said_by: (Arc<str>, u32),
    /// Who answers for it.
    pub owner: Option<Arc<str>>,
    /// The names in the formula and what they stand for.
    pub inputs: Vec<ExplainedInput>,
    /// How much of what it comes from is there.
    pub coverage: Coverage,
    /// The least share of it that it needs.
    pub least: f64,
    /// Of a metric, the seconds of its last window that were seen, and of the whole window. While
    /// its first window is not over, those up to now.
    pub seen: Option<(f64, f64)>,
    /// Which inputs are missing; the first ones.
    pub missing: Vec<Missing>,
    /// When it was last computed, or measured.
    pub time: Option<Timestamp>,
    /// Why it has no value, or one that cannot be.
    pub why: Option<Why>,
    /// The way around, for what depends on itself: assets and properties, the first one again at
    /// the end.
    pub circle: Vec<(Arc<str>, Arc<str>)>,
}

/// By what a property comes to its value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Means {
    /// The model, or rarely a source, says it.
    Attribute,
    /// It is measured.
    Measurement,
    /// A formula over current values.
    Transform,
    /// A formula over windows: their length, how often they begin, offset and zone, as written.
    Metric {
        /// How long they are.
        window: Box<str>,
        /// How often sliding windows begin.
        every: Option<Box<str>>,
        /// Where they are counted from.
        offset: Option<Box<str>>,
        /// The zone of their days.
        zone: Option<Box<str>>,
    },
    /// A state, by expressions or as its source says.
    State,
}

/// A name in a formula.
#[derive(Clone, PartialEq, Debug)]
pub struct ExplainedInput {
    /// The name.
    pub name: Arc<str>,
    /// Its unit.
    pub unit: Option<Unit>,
    /// Whether it stands for many assets.
    pub is_group: bool,
    /// How many properties it stands for.
    pub count: usize,
    /// The first of them.
    pub members: Vec<Member>,
}

/// One property that a name stands for.
#[derive(Clone, PartialEq, Debug)]
pub struct Member {
    /// The asset.
    pub asset: Arc<str>,
    /// Its property, or its parameter.
    pub property: Arc<str>,
    /// The newest value.
    pub value: Option<Value>,
    /// How good it is.
    pub quality: Quality,
    /// When it was so; none for what the model says.
    pub time: Option<Timestamp>,
    /// How much of what it comes from is there.
    pub coverage: Coverage,
    /// Why it is missing, wholly or in a part.
    pub why: Option<Why>,
}

/// Members and missing inputs in an explanation.
const MAX_MEMBERS: usize = 200;

impl Compute {
    /// Where a property's value comes from; none for what the model does not have.
    #[must_use]
    pub fn explain(&self, asset: &str, property: &str) -> Option<Explained> {
        let number = self.directory.asset(asset)?;
        let (info, ty) = self.directory.info(number)?;
        let traced = ty.effective.properties.get(property)?;
        let cell = self.directory.cell(asset, property);
        let output = self.output(asset, property);
        let of = output.and_then(|output| self.outputs.get(output.0 as usize));
        let spec = of.map(|of| &of.spec);
        let says = match traced.value.kind {
            Some(Kind::Computed) => "formula",
            Some(Kind::State) => "states",
            _ => "kind",
        };
        let said_by = traced.said_by(says).or(traced.origin());
        let said_by = said_by.map_or_else(|| Arc::clone(&ty.name), |name| Arc::from(name.as_str()));
        let version = |name: &str| self.directory.versions.get(name).copied().unwrap_or(1);
        let own = self.directory.owners.get(&(number, Arc::from(property)));
        let own = own.map(|owner| &**owner);
        // Said of the property, or of the asset, or of the property's type, or of the asset's.
        let of_property = traced.value.about.owner.as_deref();
        let of_asset = self.directory.asset_owners.get(&number).map(|owner| &**owner);
        let owner = own.or(of_property).or(of_asset).or(ty.effective.owner(property));
        let circle = of.and_then(|of| self.circles.get(of.circle? as usize));
        let sample = cell.and_then(|cell| self.graph.sample(CellId::new(cell)));
        Some(Explained {
            asset: Arc::clone(&info.key),
            property: Arc::from(property),
            means: means_of(&traced.value),
            formula: spec
                .and_then(|spec| spec.formula.as_ref())
                .map(|formula| Arc::from(formula.source()))
                .or_else(|| traced.value.formula.as_deref().map(Arc::from)),
            unit: traced.value.unit.clone(),
            ty: Arc::clone(&ty.name),
            version: version(&ty.name),
            said_by: (Arc::clone(&said_by), version(&said_by)),
            owner: owner.map(Arc::from),
            inputs: match (cell, spec) {
                (Some(cell), Some(spec)) => self.explain_inputs(cell, number, spec),
                _ => Vec::new(),
            },
            coverage: cell.map_or_else(Coverage::default, |cell| self.covered(cell)),
            least: traced.value.coverage.unwrap_or(1.0),
            seen: of
                .and_then(|of| self.metrics.get(of.metric?))
                .map(|running| running.seen(time_of(self.run.now), &*self.zones, &self.cover)),
            missing: output.map_or_else(Vec::new, |output| self.missing(output, MAX_MEMBERS)),
            time: sample
                .filter(|sample| sample.time.0 > 0)
                .map(|sample| timestamp_of(sample.time)),
            why: output.and(cell).and_then(|cell| self.why_no_output(cell)),
            circle: circle.cloned().unwrap_or_default(),
        })
    }

    /// Why an output has no value; none when it has one, be it of a part of its inputs.
    #[must_use]
    pub fn why_not(&self, output: OutputId) -> Option<Why> {
        let cell = self.outputs.get(output.0 as usize)?.cell;
        self.why_no_output(cell)
    }

    fn why_no_output(&self, cell: u32) -> Option<Why> {
        let sample = self.graph.sample(CellId::new(cell));
        let is_leaf = self.directory.leaf_of(cell).is_some();
        let there = sample.is_some_and(|sample| sample.value.is_some() && (!is_leaf || sample.is_good()));
        if !there || self.is_beyond_whole(cell) {
            self.why(cell)
        } else {
            None
        }
    }

    fn explain_inputs(&self, cell: u32, asset: u32, spec: &Spec) -> Vec<ExplainedInput> {
        let inputs = spec.formula.iter().flat_map(|formula| formula.inputs());
        let slots = self.slots_of(cell);
        let explained = inputs.enumerate().map(|(slot, input)| {
            let members = slots.get(slot).map_or(&[][..], Vec::as_slice);
            let shown = members.iter().take(MAX_MEMBERS);
            ExplainedInput {
                name: Arc::from(input.name.as_str()),
                unit: input.declared.unit.clone(),
                is_group: input.declared.is_group,
                count: members.len(),
                members: shown.map(|cell| self.member(*cell, asset, &input.name)).collect(),
            }
        });
        explained.collect()
    }

    fn member(&self, cell: u32, asset: u32, name: &str) -> Member {
        let place = self.directory.place(cell);
        // A parameter's value is one for many.
        let constant = place.asset == NONE;
        let (key, path) = self
            .directory
            .names(if constant { asset } else { place.asset }, place.path);
        let sample = self.graph.sample(CellId::new(cell));
        let leaf = self.directory.leaf_of(cell);
        let leaf = leaf.and_then(|leaf| self.leaves.get(leaf as usize));
        let given = constant || leaf.is_some_and(|leaf| !leaf.seen);
        let ty = self.directory.info(place.asset).map(|(_, ty)| ty);
        let data = ty.and_then(|ty| ty.effective.properties.get(&**path)?.value.data);
        Member {
            asset: Arc::clone(key),
            property: if constant {
                Arc::from(name)
            } else {
                Arc::clone(path)
            },
            value: sample.and_then(|sample| Some(value_from(sample.value.as_ref()?, data))),
            quality: match (leaf, sample) {
                (Some(leaf), _) if leaf.seen => leaf.quality,
                (_, Some(sample)) => match sample.quality {
                    formula::Quality::Good => Quality::Good,
                    formula::Quality::Uncertain => Quality::Uncertain,
                    formula::Quality::Bad => Quality::Bad,
                },
                (_, None) => Quality::Bad,
            },
            time: sample.filter(|_| !given).map(|sample| timestamp_of(sample.time)),
            coverage: self.covered(cell),
            why: self.why(cell),
        }
    }
}

fn means_of(property: &model::Property) -> Means {
    match (property.kind, &property.window) {
        (Some(Kind::Attribute), _) => Means::Attribute,
        (Some(Kind::State), _) => Means::State,
        (Some(Kind::Computed), None) => Means::Transform,
        (Some(Kind::Computed), Some(window)) => Means::Metric {
            window: window.clone(),
            every: property.every.clone(),
            offset: property.offset.clone(),
            zone: property.zone.clone(),
        },
        (Some(Kind::Measurement) | None, _) => Means::Measurement,
    }
}
