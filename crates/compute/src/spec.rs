//! What each type of asset has computed: its own properties and those of its components, each with
//! its formula and what the names in it stand for.

use std::collections::BTreeMap;
use std::sync::Arc;

use formula::{Formula, Kind as Over, Role, Windows, Zone, Zones};
use model::{Effective, Input, Kind, Model, Property, PropertyPath, Resolved, TypeName, source_name};

use crate::Problem;

/// A computed property or a state, as its type says it.
pub(crate) struct Spec {
    /// Its path seen from the asset: `motor.load`.
    pub path: Arc<str>,
    /// The components around it, from the outermost: `motor`.
    pub way: Vec<Arc<str>>,
    /// The type that has it: the asset's, or a component's.
    pub ty: TypeName,
    /// What it is computed by; none for a state that its source tells, and for what has mistakes.
    pub formula: Option<Arc<Formula>>,
    /// For each name in the formula what it stands for.
    pub inputs: Vec<Stands>,
    /// Its windows, for a metric.
    pub windows: Option<Windows>,
    /// The states, for a state.
    pub property: Property,
    /// Whether its type has mistakes.
    pub is_wrong: bool,
}

/// What a name in a formula stands for.
pub(crate) enum Stands {
    /// A property of the same asset.
    Own(Arc<str>),
    /// A parameter of the asset or component.
    Parameter(Arc<str>),
    /// What the source of a state tells.
    Source(Arc<str>),
    /// A property of the assets at the other end of a relation.
    Through(Input),
}

impl Spec {
    pub fn is_state(&self) -> bool {
        self.property.kind == Some(Kind::State)
    }

    /// The path of another property of the same component.
    fn beside(way: &[Arc<str>], name: &str) -> Arc<str> {
        let mut path = String::new();
        for part in way {
            path.push_str(part);
            path.push('.');
        }
        path.push_str(name);
        Arc::from(path)
    }
}

/// Reads the formulas of types, each type once.
pub(crate) struct Specs<'m> {
    model: &'m Model,
    resolved: &'m Resolved,
    zones: &'m dyn Zones,
    formulas: BTreeMap<TypeName, BTreeMap<String, Arc<Formula>>>,
    pub problems: Vec<Problem>,
}

/// Most components in components; the model refuses more.
const MAX_DEPTH: usize = 16;

impl<'m> Specs<'m> {
    pub fn new(model: &'m Model, resolved: &'m Resolved, zones: &'m dyn Zones) -> Self {
        Self {
            model,
            resolved,
            zones,
            formulas: BTreeMap::new(),
            problems: Vec::new(),
        }
    }

    /// All that an asset of a type has computed.
    pub fn of(&mut self, ty: &TypeName) -> Vec<Arc<Spec>> {
        let mut specs = Vec::new();
        self.add(ty, &mut Vec::new(), &mut specs);
        specs
    }

    fn add(&mut self, ty: &TypeName, way: &mut Vec<Arc<str>>, specs: &mut Vec<Arc<Spec>>) {
        let resolved = self.resolved;
        let Some(effective) = resolved.types.get(ty).filter(|_| way.len() <= MAX_DEPTH) else {
            return;
        };
        self.read(ty);
        for (path, property) in &effective.properties {
            let property = &property.value;
            let computed = matches!(property.kind, Some(Kind::Computed | Kind::State));
            if !path.is_inside() && computed {
                specs.push(Arc::new(self.spec(ty, effective, path, property, way)));
            }
        }
        for (name, component) in &effective.components {
            // Circles of components are no part of the properties.
            let part = &component.value.ty;
            let known = resolved.types.get(part);
            if known.is_none() || part == ty {
                continue;
            }
            way.push(Arc::from(name.as_str()));
            self.add(part, way, specs);
            way.pop();
        }
    }

    /// Checks the formulas of a type.
    fn read(&mut self, ty: &TypeName) {
        if self.formulas.contains_key(ty) {
            return;
        }
        let mut formulas = BTreeMap::new();
        match self.resolved.formulas(ty, self.zones) {
            Some(Ok(sheet)) => {
                let shared = |(name, formula)| (name, Arc::new(formula));
                formulas = sheet.formulas.into_iter().map(shared).collect();
            }
            Some(Err(found)) => self.problems.extend(found.into_iter().map(|found| Problem {
                element: format!("types/{ty}/properties/{}", found.property),
                message: found.problem.message,
                help: found.problem.help,
            })),
            None => {}
        }
        self.formulas.insert(ty.clone(), formulas);
    }

    fn spec(
        &self,
        ty: &TypeName,
        effective: &Effective,
        path: &PropertyPath,
        property: &Property,
        way: &[Arc<str>],
    ) -> Spec {
        let formulas = self.formulas.get(ty);
        let formula = formulas.and_then(|formulas| formulas.get(path.as_str()));
        let by_source =
            property.kind == Some(Kind::State) && property.states.iter().all(|state| state.when.is_none());
        let inputs = formula.iter().flat_map(|formula| formula.inputs());
        let stands = inputs.map(|input| stands(effective, way, &input.name)).collect();
        Spec {
            path: Spec::beside(way, path.as_str()),
            way: way.to_vec(),
            ty: ty.clone(),
            formula: formula.cloned(),
            inputs: stands,
            windows: formula
                .filter(|formula| formula.kind() == Over::Metric)
                .and_then(|_| windows_of(property)),
            is_wrong: formula.is_none() && !by_source,
            property: property.clone(),
        }
    }

    /// The version of each type.
    pub fn versions(&self) -> BTreeMap<Arc<str>, u32> {
        let types = self.model.types.iter();
        types
            .map(|(name, ty)| (Arc::from(name.as_str()), ty.version.0))
            .collect()
    }
}

fn stands(effective: &Effective, way: &[Arc<str>], name: &str) -> Stands {
    let own = |name: &str| Spec::beside(way, name);
    if effective.properties.contains_key(name) {
        return Stands::Own(own(name));
    }
    if let Some(input) = effective.inputs.get(name) {
        return match input.value.through {
            Some(_) => Stands::Through(input.value.clone()),
            None => Stands::Own(own(input.value.property.as_str())),
        };
    }
    let state = effective
        .properties
        .keys()
        .find(|path| source_name(path.as_str()) == name);
    match state {
        Some(state) => Stands::Source(own(state.as_str())),
        None => Stands::Parameter(Arc::from(name)),
    }
}

/// The windows of a metric, with what an asset says of zone and offset already in the property.
pub(crate) fn windows_of(property: &Property) -> Option<Windows> {
    let mut windows = Windows::tumbling(property.window.as_deref()?).ok()?;
    if let Some(every) = &property.every {
        windows = windows.sliding(every).ok()?;
    }
    if let Some(zone) = property.zone.as_deref() {
        windows = windows.in_zone(Zone::parse(zone)?);
    }
    if let Some(offset) = &property.offset {
        windows = windows.offset(offset).ok()?;
    }
    Some(windows)
}

/// Whether an input's newest value counts, however old.
pub(crate) fn is_steady(formula: &Formula, slot: usize) -> bool {
    let input = formula.inputs().get(slot);
    input.is_some_and(|input| input.declared.role == Role::Attribute && !input.declared.is_group)
}
