//! The cells of a plant and what each uses, before they are put in order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use formula::{Formula, Time, Value};
use model::{Asset, AssetKey, Data, Input, Kind, Model, Resolved, Scalar, overridden};
use twin::{Quality, Timestamp};

use crate::directory::{Directory, NONE, Place, TypeInfo};
use crate::links::Links;
use crate::spec::{Spec, Specs, Stands, windows_of};
use crate::states::State;
use crate::{Leaf, Output};

/// What a cell is.
pub(super) enum Cell {
    /// Set from outside; with the value the model says, where it does.
    Leaf(Option<Value>),
    Formula(Arc<Formula>),
    Metric(Arc<Formula>, formula::Windows),
    /// Never a value.
    Nothing,
}

pub(super) struct Draft<'m> {
    model: &'m Model,
    resolved: &'m Resolved,
    pub directory: Directory,
    /// For each type what is computed.
    specs: Vec<Vec<Arc<Spec>>>,
    pub links: Links,
    pub cells: Vec<Cell>,
    /// For each cell, for each slot, its members.
    pub inputs: Vec<Vec<Vec<u32>>>,
    pub by_name: BTreeMap<(u32, u32), u32>,
    pub leaf_names: BTreeMap<(u32, u32), u32>,
    constants: BTreeMap<String, u32>,
    pub leaves: Vec<Leaf>,
    pub outputs: Vec<Output>,
    pub states: Vec<State>,
    /// Steps along relations that are left, over all inputs.
    steps: usize,
    /// The first inputs for which they did not last: asset and relation.
    pub too_far: Vec<(u32, String)>,
}

/// Steps along relations, over all inputs of a plant: what a machine of the budget holds and builds in seconds.
const MAX_STEPS: usize = 20_000_000;
/// Inputs that are told of when they go too far.
const MAX_TOO_FAR: usize = 20;

/// A value of the files as formulas see it.
fn value_of(scalar: &Scalar) -> Value {
    match scalar {
        Scalar::Number(number) => Value::Number(*number),
        Scalar::Flag(flag) => Value::Number(f64::from(u8::from(*flag))),
        Scalar::Text(text) => Value::Text(Arc::clone(text)),
    }
}

/// A parameter, which may have come through a text, as formulas see it.
fn parameter_of(text: &str, data: Option<Data>) -> Option<Value> {
    match data.unwrap_or(Data::Number) {
        Data::Number | Data::Integer => {
            let number = text.parse::<f64>().ok()?;
            number.is_finite().then_some(Value::Number(number))
        }
        Data::Boolean => Some(Value::Number(f64::from(u8::from(text == "true")))),
        Data::Text => Some(Value::from(text)),
    }
}

impl<'m> Draft<'m> {
    /// Every asset and type, and the relations that formulas go along.
    pub fn new(model: &'m Model, resolved: &'m Resolved, specs: &mut Specs<'_>, at: Timestamp) -> Self {
        let mut directory = Directory::default();
        directory.versions = specs.versions();
        let mut of_types = Vec::new();
        let mut types: BTreeMap<&model::TypeName, u32> = BTreeMap::new();
        for (key, asset) in &model.assets {
            let Some(effective) = resolved.type_of(asset) else {
                continue;
            };
            let ty = *types.entry(&asset.ty).or_insert_with(|| {
                of_types.push(specs.of(&asset.ty));
                directory.types.push(TypeInfo {
                    name: Arc::from(asset.ty.as_str()),
                    effective: Arc::clone(effective),
                });
                directory.types.len() as u32 - 1
            });
            let number = directory.add_asset(key.as_str(), ty);
            if let Some(owner) = &asset.about.owner {
                directory.asset_owners.insert(number, owner.clone());
            }
            for (path, property) in &asset.properties {
                if let Some(owner) = &property.about.owner {
                    directory
                        .owners
                        .insert((number, Arc::from(path.as_str())), owner.clone());
                }
            }
        }
        let through = |stands: &Stands| match stands {
            Stands::Through(input) => input.through.as_ref().map(|name| name.as_str().to_owned()),
            Stands::Own(_) | Stands::Parameter(_) | Stands::Source(_) => None,
        };
        let used: BTreeSet<String> = of_types
            .iter()
            .flatten()
            .flat_map(|spec| spec.inputs.iter().filter_map(through))
            .collect();
        let links = Links::new(model, &directory, &used, Time(at.micros()));
        Self {
            model,
            resolved,
            directory,
            specs: of_types,
            links,
            cells: Vec::new(),
            inputs: Vec::new(),
            by_name: BTreeMap::new(),
            leaf_names: BTreeMap::new(),
            constants: BTreeMap::new(),
            leaves: Vec::new(),
            outputs: Vec::new(),
            states: Vec::new(),
            steps: MAX_STEPS,
            too_far: Vec::new(),
        }
    }

    fn add(&mut self, cell: Cell, place: Place) -> u32 {
        let at = self.cells.len() as u32;
        self.cells.push(cell);
        self.inputs.push(Vec::new());
        self.directory.places.push(place);
        at
    }

    fn asset(&self, asset: u32) -> Option<(&'m AssetKey, &'m Asset)> {
        let key = &self.directory.assets.get(asset as usize)?.key;
        self.model.assets.get_key_value(&**key)
    }

    fn specs_of(&self, asset: u32) -> Vec<Arc<Spec>> {
        let ty = self.directory.assets.get(asset as usize).map(|asset| asset.ty);
        let specs = ty.and_then(|ty| self.specs.get(ty as usize));
        specs.cloned().unwrap_or_default()
    }

    /// A cell for everything that is computed.
    pub fn add_outputs(&mut self, at: Timestamp) {
        for asset in 0..self.directory.assets.len() as u32 {
            for spec in self.specs_of(asset) {
                self.add_output(asset, spec, at);
            }
        }
    }

    fn add_output(&mut self, asset: u32, spec: Arc<Spec>, at: Timestamp) {
        let path = self.directory.add_path(&spec.path);
        let output = self.outputs.len() as u32;
        let place = Place {
            asset,
            path,
            leaf: NONE,
            output,
        };
        let cell = match &spec.formula {
            None if spec.is_wrong => Cell::Nothing,
            None => Cell::Leaf(None),
            Some(formula) => match &spec.windows {
                _ if formula.kind() == formula::Kind::Transform => Cell::Formula(Arc::clone(formula)),
                None => Cell::Nothing,
                Some(windows) => {
                    let by = self
                        .asset(asset)
                        .and_then(|(_, own)| own.properties.get(&*spec.path));
                    let own = by.map(|by| overridden(&spec.property, by));
                    let windows = own
                        .as_ref()
                        .and_then(windows_of)
                        .unwrap_or_else(|| windows.clone());
                    Cell::Metric(Arc::clone(formula), windows)
                }
            },
        };
        let by_source = matches!(cell, Cell::Leaf(_));
        let cell = self.add(cell, place);
        self.by_name.insert((asset, path), cell);
        if by_source {
            self.add_leaf(cell, asset, path, true, &spec.property.states);
        }
        let state = spec.is_state().then(|| {
            self.states.push(State::new(Arc::clone(&spec), at));
            self.states.len() as u32 - 1
        });
        self.outputs.push(Output {
            cell,
            asset,
            path,
            spec,
            state,
            metric: None,
            circle: None,
            dirty: false,
            told: None,
        });
    }

    /// A leaf at a cell, found by asset and path.
    fn add_leaf(&mut self, cell: u32, asset: u32, path: u32, counted: bool, states: &[model::State]) {
        let leaf = self.leaves.len() as u32;
        if let Some(place) = self.directory.places.get_mut(cell as usize) {
            place.leaf = leaf;
        }
        self.leaf_names.insert((asset, path), leaf);
        let name = |state: &model::State| Arc::<str>::from(&*state.name);
        let means = states.iter().flat_map(|state| {
            state
                .values
                .iter()
                .map(move |value| (value_of(value), name(state)))
        });
        let otherwise = states
            .last()
            .filter(|last| last.values.is_empty() && last.when.is_none());
        self.leaves.push(Leaf {
            cell,
            asset,
            path,
            counted,
            seen: false,
            fresh: false,
            quality: Quality::Bad,
            lost: None,
            means: (!states.is_empty()).then(|| means.collect()),
            otherwise: otherwise.map(name),
        });
    }

    /// Finds for every formula the cells of its inputs.
    pub fn connect(&mut self) {
        for output in 0..self.outputs.len() {
            let Some((cell, asset, spec)) = self
                .outputs
                .get(output)
                .map(|output| (output.cell, output.asset, Arc::clone(&output.spec)))
            else {
                continue;
            };
            let mut slots: Vec<Vec<u32>> = Vec::new();
            let mut parameters: Option<BTreeMap<String, String>> = None;
            for stands in &spec.inputs {
                slots.push(match stands {
                    Stands::Own(path) => vec![self.cell_of(asset, path)],
                    Stands::Source(path) => vec![self.source_of(asset, path, &spec)],
                    Stands::Parameter(name) => {
                        let known = parameters.get_or_insert_with(|| self.parameters(asset, &spec));
                        let text = known.get(&**name).cloned();
                        vec![self.parameter(asset, &spec, name, text.as_deref())]
                    }
                    Stands::Through(input) => self.members(asset, input),
                });
            }
            for (values, weights) in spec.formula.iter().flat_map(|formula| formula.pairs()) {
                self.pair(&mut slots, *values, *weights, &spec);
            }
            if let Some(inputs) = self.inputs.get_mut(cell as usize) {
                *inputs = slots;
            }
        }
    }

    /// The cell of a property; a leaf is added when it is first used.
    fn cell_of(&mut self, asset: u32, path: &str) -> u32 {
        let number = self.directory.add_path(path);
        if let Some(known) = self.by_name.get(&(asset, number)) {
            return *known;
        }
        let place = Place {
            asset,
            path: number,
            ..Place::NOWHERE
        };
        let info = self.directory.info(asset);
        let property = info.and_then(|(_, ty)| ty.effective.properties.get(path));
        let property = property.map(|property| (property.value.kind, property.value.value.clone()));
        let cell = match property {
            Some((Some(Kind::Attribute | Kind::Measurement), value)) => {
                let own = self.asset(asset).and_then(|(_, own)| own.values.get(path));
                let value = own.cloned().or(value);
                let counted = value.is_none();
                let cell = self.add(Cell::Leaf(value.as_ref().map(value_of)), place);
                self.add_leaf(cell, asset, number, counted, &[]);
                cell
            }
            _ => self.add(Cell::Nothing, place),
        };
        self.by_name.insert((asset, number), cell);
        cell
    }

    /// The cell of what a state's source tells, beside the state itself.
    fn source_of(&mut self, asset: u32, state: &str, spec: &Spec) -> u32 {
        let number = self.directory.add_path(&model::source_name(state));
        if let Some(known) = self.by_name.get(&(asset, number)) {
            return *known;
        }
        let path = self.directory.add_path(state);
        let place = Place {
            asset,
            path,
            ..Place::NOWHERE
        };
        let cell = self.add(Cell::Leaf(None), place);
        self.by_name.insert((asset, number), cell);
        self.add_leaf(cell, asset, path, true, &spec.property.states);
        // The last state holds when the source means no other; the formula says that by itself.
        if let Some(leaf) = self.leaves.last_mut() {
            leaf.otherwise = Some(Arc::from(""));
        }
        cell
    }

    fn parameters(&self, asset: u32, spec: &Spec) -> BTreeMap<String, String> {
        let way: Vec<&str> = spec.way.iter().map(|part| &**part).collect();
        let known = self
            .asset(asset)
            .map(|(key, asset)| self.resolved.parameters(key, asset, &way));
        known.unwrap_or_default()
    }

    /// The cell of a parameter: one for all that have the same value.
    fn parameter(&mut self, asset: u32, spec: &Spec, name: &str, text: Option<&str>) -> u32 {
        let ty = self.resolved.types.get(&spec.ty);
        let data = ty
            .and_then(|ty| ty.parameters.get(name))
            .and_then(|parameter| parameter.value.data);
        let Some(value) = text.and_then(|text| parameter_of(text, data)) else {
            let path = self.directory.add_path(name);
            let place = Place {
                asset,
                path,
                ..Place::NOWHERE
            };
            return self.add(Cell::Nothing, place);
        };
        let key = format!("{value:?}");
        if let Some(known) = self.constants.get(&key) {
            return *known;
        }
        let cell = self.add(Cell::Leaf(Some(value)), Place::NOWHERE);
        self.constants.insert(key, cell);
        cell
    }

    /// The cells of a property of the assets along a relation.
    fn members(&mut self, asset: u32, input: &Input) -> Vec<u32> {
        let relation = input.through.as_ref().map_or("", |name| name.as_str());
        let path = input.property.as_str();
        let directory = &self.directory;
        let fits = |member: u32| {
            let ty = directory.info(member).map(|(_, ty)| &ty.effective);
            ty.is_some_and(|ty| {
                input.of.as_ref().is_none_or(|of| ty.is_a(of.as_str())) && ty.properties.contains_key(path)
            })
        };
        let there = self
            .links
            .along(asset, relation, input.levels(), &fits, &mut self.steps);
        let Some(there) = there else {
            return vec![self.never(asset, relation, path)];
        };
        there
            .into_iter()
            .map(|member| self.cell_of(member, path))
            .collect()
    }

    /// An input that cannot be had: it is missing, never an empty group.
    fn never(&mut self, asset: u32, relation: &str, path: &str) -> u32 {
        if self.too_far.len() < MAX_TOO_FAR {
            self.too_far.push((asset, relation.to_owned()));
        }
        let path = self.directory.add_path(path);
        let place = Place {
            asset,
            path,
            ..Place::NOWHERE
        };
        self.add(Cell::Nothing, place)
    }

    /// Puts values and weights of the same assets side by side; who has only one of them has
    /// nothing for the other.
    fn pair(&mut self, slots: &mut [Vec<u32>], values: usize, weights: usize, spec: &Spec) {
        let path_of = |slot: usize| match spec.inputs.get(slot) {
            Some(Stands::Through(input)) => input.property.as_str().to_owned(),
            _ => String::new(),
        };
        let by_asset = |slot: usize| -> BTreeMap<u32, u32> {
            let cells = slots.get(slot).into_iter().flatten();
            cells
                .map(|cell| (self.directory.place(*cell).asset, *cell))
                .collect()
        };
        let (some, other) = (by_asset(values), by_asset(weights));
        let assets: BTreeSet<u32> = some.keys().chain(other.keys()).copied().collect();
        for (slot, known) in [(values, some), (weights, other)] {
            let path = self.directory.add_path(&path_of(slot));
            let mut cells = Vec::with_capacity(assets.len());
            for asset in &assets {
                let place = Place {
                    asset: *asset,
                    path,
                    ..Place::NOWHERE
                };
                cells.push(match known.get(asset) {
                    Some(cell) => *cell,
                    None => self.add(Cell::Nothing, place),
                });
            }
            if let Some(slot) = slots.get_mut(slot) {
                *slot = cells;
            }
        }
    }
}
