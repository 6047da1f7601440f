//! From a proposal with its decisions to a model.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{
    Asset, AssetKey, AssetType, Data, Effective, Interval, Kind, Link, Model, Parameter, ParameterName,
    Property, PropertyPath, RelationName, Scalar, TypeName,
};

use crate::address::{Address, Fields, address, fields, take_prefixes};
use crate::base::{Known, PREFIX, TOPIC};
use crate::heard::Tag;
use crate::kind::scalar_of;
use crate::proposal::{Decision, PropertyKind, Proposal, ProposedProperty, ProposedType};
use crate::states::state;

/// The parameter for the part of a field that differs from asset to asset.
const TAG: &str = "tag";

/// What accepting comes to.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Built {
    /// The whole model: what was there, and what was accepted.
    pub model: Model,
    /// What was accepted alone, with the types it needs.
    pub added: Model,
    /// The files of what was added; what is there already stays as it is written.
    pub files: BTreeMap<String, String>,
    /// Tags of accepted assets that no topic template can name.
    pub left_out: Vec<usize>,
}

/// Makes the model of all that is accepted, beside what is there.
#[must_use]
pub fn build(proposal: &Proposal, model: &Model, packs: &Model) -> Built {
    let known = Known::new(model, packs);
    let mut building = Building {
        proposal,
        known: &known,
        built: Built::default(),
    };
    for (at, ty) in proposal.types.iter().enumerate() {
        building.add_type(at, ty);
    }
    let mut built = building.built;
    built.model = model.clone();
    built.model.types.extend(built.added.types.clone());
    built.model.assets.extend(built.added.assets.clone());
    built.files = files(&built.added);
    built
}

/// A file for each type; assets that stand below one of another file are in one file together.
fn files(added: &Model) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut below = String::new();
    let hangs = |key: &str| !added.links(key, "part_of").is_empty();
    let roots: BTreeSet<String> = added
        .assets
        .keys()
        .filter(|key| {
            let links = added.links(key.as_str(), "part_of");
            hangs(key.as_str()) && links.iter().all(|link| !added.assets.contains_key(&link.to))
        })
        .map(|key| format!("sites/{}.toml", key.as_str().replace(':', "_")))
        .collect();
    for (path, text) in model::export(added) {
        if roots.contains(&path) {
            below.push_str(&text);
            below.push('\n');
        } else {
            files.insert(path, text);
        }
    }
    if !below.is_empty() {
        files.insert("sites/learned.toml".to_owned(), below);
    }
    files
}

struct Building<'a> {
    proposal: &'a Proposal,
    known: &'a Known<'a>,
    built: Built,
}

/// The accepted assets of a type with the addresses of their tags.
type Members = Vec<(usize, Address)>;

impl Building<'_> {
    fn add_type(&mut self, at: usize, ty: &ProposedType) {
        let is_accepted = |asset: &crate::ProposedAsset| asset.decision == Decision::Accepted;
        let mut members: Members = self
            .proposal
            .assets_of(at)
            .filter(|(_, asset)| is_accepted(asset))
            .map(|(at, asset)| (at, address(asset, &self.proposal.tags)))
            .collect();
        if members.is_empty() {
            return;
        }
        for (_, address) in &members {
            self.built.left_out.extend(&address.left_out);
        }
        let has_prefix = take_prefixes(&mut members);
        let fields: BTreeMap<&String, Fields> = ty
            .properties
            .keys()
            .map(|key| (key, fields(key, &members, self.proposal)))
            .collect();
        let base = ty.base.as_ref().map(|base| base.name.clone());
        if let Some(base) = &base {
            self.take_in(base);
        }
        let effective = base.as_ref().and_then(|base| self.known.effective(base.as_str()));
        let mut expected = base
            .as_ref()
            .map(|base| self.known.fields(base))
            .unwrap_or_default();
        if has_prefix && effective.is_some_and(|base| base.parameters.contains_key(PREFIX)) {
            for field in expected.values_mut() {
                *field = format!("{{{PREFIX}}}{field}");
            }
        }
        let own = self.own_type(ty, effective, &expected, &fields, &members);
        let name = match (&base, own) {
            (Some(base), None) => base.clone(),
            (_, own) => {
                let own = own.unwrap_or_default();
                // A place of this name may be there already: it is the same.
                let there = self.known.model.types.contains_key(&ty.name);
                if !(there && own.properties.is_empty()) {
                    self.built.added.types.insert(ty.name.clone(), own);
                }
                ty.name.clone()
            }
        };
        let said = self.built.added.types.get(&name).cloned();
        for (asset, address) in members {
            self.add_asset(
                asset,
                &name,
                ty,
                address,
                &fields,
                said.as_ref(),
                effective,
                &expected,
            );
        }
    }

    /// The type in the model, with all it is a kind of and made of.
    fn take_in(&mut self, name: &TypeName) {
        let mut open = vec![name.clone()];
        while let Some(name) = open.pop() {
            if self.known.model.types.contains_key(&name) || self.built.added.types.contains_key(&name) {
                continue;
            }
            let Some(ty) = self.known.packs.types.get(&name) else {
                continue;
            };
            open.extend(ty.extends.iter().cloned());
            open.extend(ty.components.values().map(|component| component.ty.clone()));
            open.extend(ty.inputs.values().filter_map(|input| input.of.clone()));
            self.built.added.types.insert(name, ty.clone());
        }
    }

    /// What a type says itself; none when its base says it all.
    fn own_type(
        &self,
        ty: &ProposedType,
        base: Option<&Effective>,
        expected: &BTreeMap<PropertyPath, String>,
        fields: &BTreeMap<&String, Fields>,
        members: &[(usize, Address)],
    ) -> Option<AssetType> {
        let mut own = AssetType::default();
        for (key, property) in &ty.properties {
            let Some(fields) = fields.get(key) else {
                continue;
            };
            if fields.count == 0 {
                continue;
            }
            let is_usual = fields.count * 10 >= members.len() * 9;
            let mut said = match property.of_base {
                Some(_) => Property::default(),
                None => plain(property, self.tags(ty, key)),
            };
            let path = property.path();
            let is_said_by_base = expected.get(&path).is_some_and(|field| **field == *fields.usual);
            if is_usual && !is_said_by_base && !path.is_inside() {
                said.topic = Some(hole(TOPIC));
                said.field = Some(fields.usual.clone());
            }
            if said != Property::default() {
                own.properties.insert(property.name.clone(), said);
            }
        }
        let has_topic = base.is_some_and(|base| base.parameters.contains_key(TOPIC));
        let is_bound = fields.values().any(|fields| fields.count > 0);
        if own.properties.is_empty() && base.is_some() && (has_topic || !is_bound) {
            return None;
        }
        own.about.name = Some(ty.title.clone());
        own.extends.extend(ty.base.as_ref().map(|base| base.name.clone()));
        if is_bound && !has_topic {
            insert_parameter(&mut own, TOPIC, "where its tags are", None);
        }
        let uses = |hole: &str| fields.values().any(|fields| fields.usual.contains(hole));
        if uses("{prefix}") && !base.is_some_and(|base| base.parameters.contains_key(PREFIX)) {
            insert_parameter(
                &mut own,
                PREFIX,
                "what stands before the names of its values",
                Some(""),
            );
        }
        if uses("{tag}") {
            insert_parameter(&mut own, TAG, "what its tags are called after", None);
        }
        Some(own)
    }

    fn tags(&self, ty: &ProposedType, key: &str) -> Vec<&Tag> {
        let at = self.proposal.types.iter().position(|other| other.name == ty.name);
        at.map(|at| self.proposal.tags_of(at, key)).unwrap_or_default()
    }

    fn add_asset(
        &mut self,
        at: usize,
        type_name: &TypeName,
        ty: &ProposedType,
        address: Address,
        fields: &BTreeMap<&String, Fields>,
        said: Option<&AssetType>,
        base: Option<&Effective>,
        expected: &BTreeMap<PropertyPath, String>,
    ) {
        let Some(proposed) = self.proposal.assets.get(at) else {
            return;
        };
        let mut asset = Asset {
            ty: type_name.clone(),
            ..Asset::default()
        };
        asset.about.name = Some(proposed.name.clone());
        let parameters = |name: &str| said.is_some_and(|said| said.parameters.contains_key(name));
        let inherits = |name: &str| base.is_some_and(|base| base.parameters.contains_key(name));
        if parameters(TOPIC) || inherits(TOPIC) {
            insert_value(&mut asset, TOPIC, &address.topic);
        }
        if !address.prefix.is_empty() && (parameters(PREFIX) || inherits(PREFIX)) {
            insert_value(&mut asset, PREFIX, &address.prefix);
        }
        if parameters(TAG) {
            insert_value(&mut asset, TAG, proposed.levels.last().map_or("", |level| level));
        }
        for (key, tag) in &proposed.tags {
            let (Some(property), Some(fields)) = (ty.properties.get(key), fields.get(key)) else {
                continue;
            };
            let path = property.path();
            let said = said
                .and_then(|said| said.properties.get(path.as_str()))
                .and_then(|said| said.field.as_deref());
            let by_type = said.or_else(|| expected.get(&path).map(String::as_str));
            if let Some(different) = address.different(key, fields, by_type) {
                asset.properties.insert(path.clone(), different);
            }
            if property.kind == PropertyKind::Attribute
                && let Some(value) = self
                    .proposal
                    .tags
                    .get(*tag)
                    .and_then(|tag| tag.seen.last.as_ref())
            {
                asset.values.insert(path, scalar_of(value));
            }
        }
        if let (Some(to), Some(part_of)) = (self.parent_of(at), RelationName::new("part_of")) {
            asset.relations.insert(
                part_of,
                vec![Link {
                    to,
                    from: None,
                    until: None,
                }],
            );
        }
        self.built.added.assets.insert(proposed.key.clone(), asset);
    }

    /// The nearest asset above that is accepted, or the one of the model it stands below.
    fn parent_of(&self, at: usize) -> Option<AssetKey> {
        let mut asset = self.proposal.assets.get(at)?;
        loop {
            let Some(parent) = asset.parent.and_then(|parent| self.proposal.assets.get(parent)) else {
                return asset.under.clone();
            };
            if parent.decision == Decision::Accepted {
                return Some(parent.key.clone());
            }
            asset = parent;
        }
    }
}

fn hole(name: &str) -> Box<str> {
    format!("{{{name}}}").into()
}

fn insert_parameter(ty: &mut AssetType, name: &str, description: &str, default: Option<&str>) {
    if let Some(name) = ParameterName::new(name) {
        let parameter = Parameter {
            data: Some(Data::Text),
            description: Some(description.into()),
            default: default.map(|text| Scalar::Text(Arc::from(text))),
            ..Parameter::default()
        };
        ty.parameters.insert(name, parameter);
    }
}

fn insert_value(asset: &mut Asset, name: &str, value: &str) {
    if let Some(name) = ParameterName::new(name) {
        asset.parameters.insert(name, Scalar::Text(Arc::from(value)));
    }
}

/// A property without its topic.
fn plain(property: &ProposedProperty, tags: Vec<&Tag>) -> Property {
    let mut said = Property::default();
    said.about.name = Some(property.title.clone());
    said.unit = property.unit.clone();
    let is_regular = !matches!(
        property.kind,
        PropertyKind::State | PropertyKind::Text | PropertyKind::Attribute
    );
    said.expected = property
        .expected_secs
        .filter(|_| is_regular)
        .map(Interval::from_secs);
    let mut kind = Kind::Measurement;
    match property.kind {
        PropertyKind::Measurement => {}
        PropertyKind::Counter => {
            let is_whole = tags.iter().all(|tag| !tag.seen.has_fraction);
            said.data = is_whole.then_some(Data::Integer);
        }
        PropertyKind::Switch => said.data = Some(Data::Boolean),
        PropertyKind::Text => said.data = Some(Data::Text),
        PropertyKind::State if property.states.is_empty() => said.data = Some(Data::Text),
        PropertyKind::State => {
            kind = Kind::State;
            said.unit = None;
            let states = property.states.iter();
            said.states = states.map(|(name, values)| state(name, values)).collect();
        }
        PropertyKind::Attribute => {
            kind = Kind::Attribute;
            let seen = tags.first().map(|tag| &tag.seen);
            said.data = seen.and_then(|seen| seen.last.as_ref()).map(|value| match value {
                twin::Value::Number(_) => Data::Number,
                twin::Value::Bool(_) => Data::Boolean,
                twin::Value::Text(_) => Data::Text,
            });
        }
    }
    if said.data.is_some_and(|data| !data.is_numeric()) {
        said.unit = None;
    }
    said.kind = Some(kind);
    said
}
