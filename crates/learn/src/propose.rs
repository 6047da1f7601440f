//! From tags to a proposal.

use std::collections::{BTreeMap, BTreeSet};

use formula::units::Unit;
use model::{Model, PropertyName, TypeName};

use crate::assets::assets;
use crate::base::{Known, Match};
use crate::cluster::{self, Cluster, clusters, names};
use crate::equipment::{Named, title_of};
use crate::heard::Tag;
use crate::kind::{expected_of, judge, unit_of};
use crate::once;
use crate::place;
use crate::proposal::{
    Base, Confidence, KindReason, Proposal, ProposedAsset, ProposedProperty, ProposedType, Reason, UnitReason,
};
use crate::tree::{self, Node, nodes};
use crate::unit::unit_from_symbol;
use crate::words::{identifier, title, words};

/// Assets in a proposal at most; what is beyond is seen when these are in the model.
pub const MAX_ASSETS: usize = 50_000;

/// What the tags of a plant come to. `model` is what is there already, `packs` holds the types that
/// could be taken in.
#[must_use]
pub fn propose(tags: Vec<Tag>, model: &Model, packs: &Model) -> Proposal {
    let known = Known::new(model, packs);
    let bound = bound(&known);
    let heard = tags.len();
    let tags: Vec<Tag> = tags
        .into_iter()
        .filter(|tag| {
            !tag.topic.starts_with('$') && !bound.contains(&(tag.topic.to_string(), tag.field.to_string()))
        })
        .collect();
    let mut nodes = nodes(&tags, &BTreeSet::new());
    let mut names = names(&nodes);
    let once = once::spoke_once(&tags, &nodes, &names);
    if !once.is_empty() {
        nodes = tree::nodes(&tags, &once);
        names = cluster::names(&nodes);
    }
    nodes.truncate(MAX_ASSETS);
    names.truncate(MAX_ASSETS);
    place::of_fellows(&nodes, &mut names);
    let clusters = clusters(&nodes, &names);
    let mut draft = Draft {
        known: &known,
        levels: place::levels(&nodes, &names),
        tags: &tags,
        nodes: &nodes,
        names: &names,
        types: Vec::new(),
        type_of: vec![None; nodes.len()],
    };
    for cluster in &clusters {
        draft.add_cluster(cluster);
    }
    draft.add_folders();
    let (mut types, type_of) = (draft.types, draft.type_of);
    let assets = assets(&nodes, &names, &types, &type_of, model);
    settle_reasons(&mut types, &assets);
    Proposal {
        mapped_before: heard - tags.len(),
        tags,
        types,
        assets,
        ignored: Vec::new(),
    }
}

/// Every tag that the model has.
fn bound(known: &Known<'_>) -> BTreeSet<(String, String)> {
    let bindings = |(key, asset)| known.resolved.bindings(key, asset);
    let all = known.model.assets.iter().flat_map(bindings);
    all.map(|binding| (binding.topic, binding.field.unwrap_or_default()))
        .collect()
}

struct Draft<'a> {
    known: &'a Known<'a>,
    levels: Vec<&'static str>,
    tags: &'a [Tag],
    nodes: &'a [Node],
    names: &'a [Named],
    types: Vec<ProposedType>,
    type_of: Vec<Option<usize>>,
}

impl Draft<'_> {
    fn add_cluster(&mut self, cluster: &Cluster) {
        let tags_of = |key: &str| -> Vec<&Tag> {
            let nodes = cluster.nodes.iter().filter_map(|node| self.nodes.get(*node));
            let tags = nodes.filter_map(|node| node.tags.get(key));
            tags.filter_map(|tag| self.tags.get(*tag)).collect()
        };
        let mut units: BTreeMap<String, Option<Unit>> = BTreeMap::new();
        for key in cluster.keys.keys() {
            let unit = unit_of(&tags_of(key)).0.and_then(unit_from_symbol);
            units.insert(key.clone(), unit);
        }
        let base = self.known.best(cluster, &units);
        let mut properties: BTreeMap<String, ProposedProperty> = cluster
            .keys
            .keys()
            .map(|key| {
                let unit = units.get(key).cloned().flatten();
                (key.clone(), property(key, &tags_of(key), unit))
            })
            .collect();
        if let Some(base) = &base {
            self.take_over(base, &mut properties);
        }
        let place = self.place_of(cluster);
        // Places that tell something else than those before them are called by their own name.
        let is_taken = |place: &&str| self.types.iter().any(|ty| ty.name.as_str() == *place);
        let name = place.filter(|place| !is_taken(place));
        let name = name.map_or_else(|| own_name(cluster), str::to_owned);
        let shown = match &base {
            Some(base) => base.title.clone(),
            None => self.free_title(title_of(&name).map_or_else(|| title(&name), str::to_owned)),
        };
        let name = self.free_name(&name);
        let (confidence, reason) = judge_cluster(cluster, base.as_ref(), place, self.word_of(cluster));
        let ty = self.types.len();
        self.types.push(ProposedType {
            name,
            title: shown,
            base: base.map(|base| Base {
                name: base.name,
                title: base.title,
            }),
            is_place: place.is_some(),
            properties,
            confidence,
            reason,
        });
        for node in &cluster.nodes {
            if let Some(slot) = self.type_of.get_mut(*node) {
                *slot = Some(ty);
            }
        }
    }

    /// What the base says of its properties holds.
    fn take_over(&self, base: &Match, properties: &mut BTreeMap<String, ProposedProperty>) {
        let Some(effective) = self.known.effective(base.name.as_str()) else {
            return;
        };
        let mut names: BTreeSet<String> = effective
            .properties
            .keys()
            .map(|path| path.as_str().to_owned())
            .collect();
        names.extend(effective.parameters.keys().map(|name| name.as_str().to_owned()));
        names.extend(effective.inputs.keys().map(|name| name.as_str().to_owned()));
        for (key, property) in properties {
            let Some(path) = base.properties.get(key) else {
                // The base means something else by this name: a computed value, another unit.
                if let Some(free) = free(property.name.as_str(), "sent", &|name| !names.contains(name)) {
                    property.name = free;
                }
                continue;
            };
            let Some(own) = effective.properties.get(path) else {
                continue;
            };
            if let Some(name) = PropertyName::new(path.as_str()) {
                property.name = name;
            }
            property.of_base = Some(path.clone());
            property.kind_reason = KindReason::Known;
            property.confidence = Confidence::new(0.97);
            if let Some(title) = &own.value.about.name {
                property.title = title.clone();
            }
            if own.value.unit.is_some() {
                property.unit = own.value.unit.clone();
                property.unit_reason = UnitReason::Known;
            }
        }
    }

    /// The word that says the level of places, where all of them have one.
    fn word_of(&self, cluster: &Cluster) -> Option<&'static str> {
        let mut words = cluster
            .nodes
            .iter()
            .map(|node| self.names.get(*node).and_then(|named| named.word));
        let first = words.next().flatten()?;
        words.all(|word| word.is_some()).then_some(first)
    }

    /// The level of the hierarchy, where a cluster is places and no equipment.
    fn place_of(&self, cluster: &Cluster) -> Option<&'static str> {
        if cluster.class.is_some() {
            return None;
        }
        let nodes: Vec<&Node> = cluster
            .nodes
            .iter()
            .filter_map(|node| self.nodes.get(*node))
            .collect();
        let with_children = nodes.iter().filter(|node| !node.children.is_empty()).count();
        let level = cluster
            .nodes
            .first()
            .and_then(|node| self.levels.get(*node))
            .copied();
        if cluster.place.is_some() {
            return level;
        }
        let (stem, is_shared) = cluster.stem();
        // A name that comes back in several places is what the thing is: a water system.
        let parents: BTreeSet<Option<usize>> = nodes.iter().map(|node| node.parent).collect();
        let is_thing =
            is_shared && !stem.is_empty() && nodes.len() > 1 && (parents.len() > 1 || with_children == 0);
        (with_children * 2 > nodes.len() && !is_thing)
            .then_some(level)
            .flatten()
    }

    /// Levels that hold others: places, or equipment that its parts speak for.
    fn add_folders(&mut self) {
        for at in 0..self.nodes.len() {
            if self.type_of.get(at).copied().flatten().is_some() {
                continue;
            }
            let named = self.names.get(at).cloned().unwrap_or_default();
            let level = self.levels.get(at).copied().unwrap_or("area");
            let (name, is_place) = named.class.map_or((level, true), |class| (class, false));
            let same = self
                .types
                .iter()
                .position(|ty| ty.name.as_str() == name && (ty.is_place == is_place));
            let ty = same.unwrap_or_else(|| {
                let (confidence, reason) =
                    judge_folder(&named, self.nodes.get(at).map_or(1, |node| node.levels.len()));
                self.types.push(ProposedType {
                    name: self.free_name(name),
                    title: title_of(name).map_or_else(|| title(name), str::to_owned).into(),
                    base: None,
                    is_place,
                    properties: BTreeMap::new(),
                    confidence,
                    reason,
                });
                self.types.len() - 1
            });
            if let Some(slot) = self.type_of.get_mut(at) {
                *slot = Some(ty);
            }
        }
    }

    /// A title no other type here has.
    fn free_title(&self, title: String) -> Box<str> {
        let is_free = |title: &String| self.types.iter().all(|ty| *ty.title != **title);
        let numbered = (2..10_000).map(|number| format!("{title} {number}"));
        let free = std::iter::once(title.clone()).chain(numbered).find(is_free);
        free.unwrap_or(title).into()
    }

    /// A name no other type has, here or in the model; but a site is a site, whoever made it.
    fn free_name(&self, name: &str) -> TypeName {
        let is_place = place::LEVELS.contains(&name);
        let is_free = |name: &str| {
            let is_ours = self.types.iter().any(|ty| ty.name.as_str() == name);
            !is_ours && (is_place || self.known.effective(name).is_none())
        };
        free(name, "", &is_free).unwrap_or_default()
    }
}

/// The name, or the name with a word or a number behind it.
pub(crate) fn free<N: Named64>(name: &str, word: &str, is_free: &dyn Fn(&str) -> bool) -> Option<N> {
    let name = identifier(&words(name));
    let worded = if word.is_empty() {
        name.clone()
    } else {
        format!("{name}_{word}")
    };
    let mut tries = [name, worded.clone()]
        .into_iter()
        .chain((2..10_000).map(|number| format!("{worded}_{number}")));
    N::new(&tries.find(|name| is_free(name))?)
}

/// Names that formulas can call.
pub(crate) trait Named64: Sized {
    fn new(text: &str) -> Option<Self>;
}

impl Named64 for TypeName {
    fn new(text: &str) -> Option<Self> {
        Self::new(text)
    }
}

impl Named64 for PropertyName {
    fn new(text: &str) -> Option<Self> {
        Self::new(text)
    }
}

/// UCUM has one bar for both: what a pressure is measured against is said in words.
fn above_what(symbol: Option<&str>) -> &'static str {
    match symbol {
        Some("bar(a)") => ", absolute",
        Some("bar(g)") => ", gauge",
        _ => "",
    }
}

fn property(key: &str, tags: &[&Tag], unit: Option<Unit>) -> ProposedProperty {
    let judged = judge(key, tags);
    let (symbol, came) = unit_of(tags);
    let has_unit = matches!(
        judged.kind,
        crate::PropertyKind::Measurement | crate::PropertyKind::Counter | crate::PropertyKind::Attribute
    );
    let unit = unit.filter(|_| has_unit);
    let unit_reason = if symbol.is_some() && unit.is_some() {
        came
    } else {
        UnitReason::None
    };
    let of_unit = match unit_reason {
        UnitReason::Guessed => 0.85,
        UnitReason::None if judged.kind == crate::PropertyKind::Measurement => 0.8,
        _ => 1.0,
    };
    ProposedProperty {
        name: PropertyName::new(key).unwrap_or_default(),
        title: (title(key) + above_what(symbol)).into(),
        kind: judged.kind,
        kind_reason: judged.reason,
        unit,
        unit_reason,
        expected_secs: expected_of(tags),
        states: judged.states,
        of_base: None,
        confidence: judged.confidence.times(of_unit),
    }
}

/// What a cluster without class and place is called: by what its nodes have in common.
fn own_name(cluster: &Cluster) -> String {
    if let Some(class) = cluster.class {
        return class.to_owned();
    }
    let (stem, is_shared) = cluster.stem();
    if is_shared && !stem.is_empty() {
        stem.replace(' ', "_")
    } else {
        "equipment".to_owned()
    }
}

fn judge_cluster(
    cluster: &Cluster,
    base: Option<&Match>,
    place: Option<&str>,
    word: Option<&str>,
) -> (Confidence, Reason) {
    let count = cluster.nodes.len();
    let cohesion = cluster.cohesion();
    let by_name = if cluster.class.is_some() { 0.15 } else { 0.0 };
    if let Some(base) = base {
        let reason = Reason::Known {
            ty: base.title.clone(),
            matched: u32::try_from(base.properties.len()).unwrap_or(u32::MAX),
            of: u32::try_from(cluster.keys.len()).unwrap_or(u32::MAX),
        };
        return (Confidence::new(0.35 + 0.6 * base.score), reason);
    }
    let alike = Reason::Alike {
        assets: u32::try_from(count).unwrap_or(u32::MAX),
        percent: (cohesion * 100.0).round() as u8,
    };
    match (place, word) {
        (Some(_), Some(word)) => (Confidence::new(0.9), Reason::Named { word: word.into() }),
        (Some(_), None) => (Confidence::new(0.7), alike),
        (None, _) if count > 1 => (Confidence::new(0.5 + 0.33 * cohesion + by_name), alike),
        (None, _) if cluster.class.is_some() => {
            let word = cluster.class.and_then(title_of).unwrap_or_default();
            (Confidence::new(0.75), Reason::Named { word: word.into() })
        }
        (None, _) => (Confidence::new(0.5), Reason::Alone),
    }
}

/// Why a level that only holds others is what it is.
pub(crate) fn judge_folder(named: &Named, depth: usize) -> (Confidence, Reason) {
    if let Some(word) = named.class.and_then(title_of).or(named.word) {
        return (Confidence::new(0.85), Reason::Named { word: word.into() });
    }
    let depth = u32::try_from(depth).unwrap_or(u32::MAX);
    (Confidence::new(0.65), Reason::Level { depth })
}

/// A type of places is so by their names only where all of them have such a name.
fn settle_reasons(types: &mut [ProposedType], assets: &[ProposedAsset]) {
    for (at, ty) in types.iter_mut().enumerate().filter(|(_, ty)| ty.is_place) {
        let is_otherwise =
            |asset: &&ProposedAsset| asset.ty == at && !matches!(asset.reason, Reason::Named { .. });
        if let (Reason::Named { .. }, Some(asset)) = (&ty.reason, assets.iter().find(is_otherwise)) {
            ty.reason = asset.reason.clone();
            ty.confidence = asset.confidence;
        }
    }
}
