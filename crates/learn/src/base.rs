//! Types that are there already: of the model, or of packs. Which of them a cluster is.

use std::collections::BTreeMap;
use std::sync::Arc;

use formula::units::Unit;
use model::{
    Asset, AssetKey, Effective, Kind, Model, ParameterName, Property, PropertyPath, Resolved, Scalar,
    TypeName,
};

use crate::cluster::Cluster;
use crate::words::{property_key, words};

/// The parameter of a type that holds where its tags are.
pub(crate) const TOPIC: &str = "topic";
/// The parameter of a type that holds what stands before the names of an asset's values.
pub(crate) const PREFIX: &str = "prefix";
/// A topic no tag has.
const ANY: &str = "\u{1}";
/// How well a cluster must fit a type to be one of it.
const FIT: f32 = 0.5;
/// Share of a type's own properties that must have been heard: what nobody sends would stand empty at
/// every asset.
const HEARD: f32 = 0.5;

/// The types there are.
#[derive(Debug)]
pub(crate) struct Known<'m> {
    /// The model in force.
    pub model: &'m Model,
    pub resolved: Resolved,
    /// Types that could be taken in.
    pub packs: &'m Model,
    pub packs_resolved: Resolved,
}

/// A type that fits, and which of its properties each key is.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Match {
    pub name: TypeName,
    pub title: Box<str>,
    pub properties: BTreeMap<String, PropertyPath>,
    pub score: f32,
}

impl<'m> Known<'m> {
    pub fn new(model: &'m Model, packs: &'m Model) -> Self {
        Self {
            model,
            resolved: model.resolve(),
            packs,
            packs_resolved: packs.resolve(),
        }
    }

    /// A type of either, the model's first.
    pub fn effective(&self, name: &str) -> Option<&Effective> {
        let own = self
            .resolved
            .types
            .get(name)
            .or_else(|| self.packs_resolved.types.get(name));
        own.map(|effective| &**effective)
    }

    /// Where a type looks for its properties, components included, below the topic of an asset; with a
    /// topic of their own none.
    pub fn fields(&self, name: &TypeName) -> BTreeMap<PropertyPath, String> {
        let resolved = if self.resolved.types.contains_key(name) {
            &self.resolved
        } else {
            &self.packs_resolved
        };
        let (Some(key), Some(topic)) = (AssetKey::new("x"), ParameterName::new(TOPIC)) else {
            return BTreeMap::new();
        };
        let mut asset = Asset {
            ty: name.clone(),
            ..Asset::default()
        };
        asset.parameters.insert(topic, Scalar::Text(Arc::from(ANY)));
        let here = resolved
            .bindings(&key, &asset)
            .into_iter()
            .filter(|binding| binding.topic == ANY);
        here.filter_map(|binding| Some((binding.property, binding.field?)))
            .collect()
    }

    /// The type that a cluster fits best. `units` are those of its keys.
    pub fn best(&self, cluster: &Cluster, units: &BTreeMap<String, Option<Unit>>) -> Option<Match> {
        let of_model = self.model.types.iter().map(|(name, ty)| (name, ty, true));
        let of_packs = self.packs.types.iter().map(|(name, ty)| (name, ty, false));
        let mut best: Option<Match> = None;
        for (name, ty, is_own) in of_model.chain(of_packs) {
            let Some(effective) = self.effective(name.as_str()) else {
                continue;
            };
            if ty.is_abstract || (!is_own && self.model.types.contains_key(name)) || !can_be_given(effective)
            {
                continue;
            }
            let Some(found) = fit(name, effective, &self.fields(name), cluster, units) else {
                continue;
            };
            if best.as_ref().is_none_or(|best| found.score > best.score) {
                best = Some(found);
            }
        }
        best
    }
}

/// Whether assets can be of it with nothing but what is heard: no parameter without a default but the
/// topic, which is known.
fn can_be_given(effective: &Effective) -> bool {
    effective
        .parameters
        .iter()
        .all(|(name, parameter)| parameter.value.default.is_some() || name.as_str() == TOPIC)
}

fn fit(
    name: &TypeName,
    effective: &Effective,
    fields: &BTreeMap<PropertyPath, String>,
    cluster: &Cluster,
    units: &BTreeMap<String, Option<Unit>>,
) -> Option<Match> {
    let sent = |property: &&Property| {
        matches!(
            property.kind,
            Some(Kind::Measurement | Kind::State | Kind::Attribute)
        )
    };
    // By what it is called in messages, else by its name.
    let key = |path: &PropertyPath| match fields.get(path) {
        Some(field) => Some(property_key(field)),
        None => (!path.is_inside()).then(|| property_key(path.as_str())),
    };
    let own: BTreeMap<String, (&PropertyPath, &Property)> = effective
        .properties
        .iter()
        .map(|(path, property)| (path, &property.value))
        .filter(|(_, property)| sent(property))
        .filter_map(|(path, property)| Some((key(path)?, (path, property))))
        .collect();
    let mut properties = BTreeMap::new();
    for key in cluster.keys.keys() {
        let found = own
            .get(key)
            .filter(|(_, property)| units_agree(property, units.get(key).and_then(Option::as_ref)));
        if let Some((path, _)) = found {
            properties.insert(key.clone(), (*path).clone());
        }
    }
    let weight = |keys: &mut dyn Iterator<Item = &String>| -> usize {
        keys.filter_map(|key| cluster.keys.get(key)).sum()
    };
    let all = weight(&mut cluster.keys.keys());
    let of_tags = weight(&mut properties.keys()) as f32 / all.max(1) as f32;
    let of_type = properties.len() as f32 / own.len().max(1) as f32;
    let score = 0.45 * name_fit(name, effective, cluster) + 0.35 * of_tags + 0.2 * of_type;
    let is_enough = properties.len() >= cluster.keys.len().min(2) && !properties.is_empty();
    let title = effective.about.value.name.clone();
    (is_enough && score >= FIT && of_type >= HEARD).then(|| Match {
        name: name.clone(),
        title: title.unwrap_or_else(|| crate::words::title(name.as_str()).into()),
        properties,
        score,
    })
}

/// A number must mean the same in both; without a unit on our side nobody says that it does not.
fn units_agree(property: &Property, unit: Option<&Unit>) -> bool {
    match (&property.unit, unit) {
        (Some(own), Some(unit)) => own.same(unit),
        (None, Some(unit)) => unit.is_number(),
        (_, None) => true,
    }
}

/// Whether the type is called as the cluster is.
fn name_fit(name: &TypeName, effective: &Effective, cluster: &Cluster) -> f32 {
    let class = cluster
        .class
        .map_or_else(|| cluster.stem().0.replace(' ', "_"), str::to_owned);
    if class.is_empty() {
        return 0.0;
    }
    if name.as_str() == class {
        return 1.0;
    }
    let wanted = words(&class);
    let own = words(name.as_str());
    let holds = |all: &[String], some: &[String]| some.iter().all(|word| all.contains(word));
    if holds(&own, &wanted) || holds(&wanted, &own) {
        return 0.8;
    }
    if effective.is_a(&class) { 0.6 } else { 0.0 }
}
