//! What the model says of things in the twin: types, owners, attributes, groups of points, relations.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use app::api::backend::Viewer;
use model::{AssetKey, Effective, Kind, Model, Scalar};
use twin::{AssetId, PointId, Timestamp, Twin};
use wire::page::{
    AssetAbout, Attribute, Awaited, AwaitedFrom, GroupKind, InputCoverage, PointGroup, RelatedAsset,
    RelationRow, TypeRef, Units, Why,
};

use super::Gemba;
use crate::model::{LoadedModel, placing};
use crate::{units, view};

/// Relations listed of one asset.
const RELATIONS: usize = 200;
/// Links looked at for them.
const LOOKED_AT: usize = 10_000;
/// Points that matter first.
const KEY_POINTS: usize = 8;
/// Computed points whose coverage is asked for.
const COVERED: usize = 100;
/// Properties listed of which nothing ever came, and reasons for no value.
const AWAITED: usize = 200;

/// An asset of the twin with all that the model says of it.
pub struct Known<'m> {
    pub key: &'m AssetKey,
    pub asset: &'m model::Asset,
    pub effective: &'m Arc<Effective>,
}

/// What the model says of an asset of the twin.
pub fn known<'m>(twin: &Twin, loaded: &'m LoadedModel, asset: AssetId) -> Option<Known<'m>> {
    let modelled = twin.asset(asset)?.modelled.as_ref()?;
    let (key, asset) = loaded.model.assets.get_key_value(&*modelled.key)?;
    Some(Known {
        key,
        asset,
        effective: loaded.resolved.type_of(asset)?,
    })
}

/// A type by name and version.
pub fn type_ref(model: &Model, name: &str) -> TypeRef {
    let ty = model.types.get(name);
    TypeRef {
        id: name.to_owned(),
        name: type_name(model, name),
        version: ty.map_or(1, |ty| ty.version.0),
    }
}

/// The name of a type for people.
pub fn type_name(model: &Model, name: &str) -> String {
    let given = model.types.get(name).and_then(|ty| ty.about.name.as_deref());
    given.map_or_else(|| worded(name), str::to_owned)
}

/// `centrifugal_pump` as people read it.
pub fn worded(id: &str) -> String {
    let words = id.replace(['_', '-'], " ");
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// The other end of something: an asset of the model, and where it is.
pub fn related(twin: &Twin, model: &Model, key: &str) -> RelatedAsset {
    let said = model.assets.get(key);
    let name = said.and_then(|asset| asset.about.name.as_deref());
    RelatedAsset {
        key: key.to_owned(),
        name: name.unwrap_or(key).to_owned(),
        asset: twin.modelled(key).and_then(|asset| view::asset_ref(twin, asset)),
        ty: said.map(|asset| type_name(model, asset.ty.as_str())),
    }
}

/// A value as people read it; the page puts numbers into the reader's form only where they live.
pub fn words(value: &Scalar) -> String {
    match value {
        Scalar::Number(number) => number.to_string(),
        Scalar::Flag(flag) => flag.to_string(),
        Scalar::Text(text) => text.to_string(),
    }
}

impl Gemba {
    /// What the model says of an asset; none for one that it does not know.
    pub(super) fn about(
        &self,
        twin: &Twin,
        asset: AssetId,
        reader: &Viewer,
        day: &str,
    ) -> Option<AssetAbout> {
        let loaded = self.model.current();
        let known = known(twin, &loaded, asset)?;
        let (own, ty) = (&known.asset.about, &known.effective.about.value);
        let text = |own: &Option<Box<str>>, ty: &Option<Box<str>>| {
            own.as_deref().or(ty.as_deref()).map(str::to_owned)
        };
        let lineage = known.effective.lineage.iter().skip(1);
        Some(AssetAbout {
            key: known.key.as_str().to_owned(),
            ty: type_ref(&loaded.model, known.asset.ty.as_str()),
            kinds: lineage
                .map(|name| type_name(&loaded.model, name.as_str()))
                .collect(),
            model_version: loaded.version,
            description: text(&own.description, &ty.description),
            owner: text(&own.owner, &ty.owner),
            steward: text(&own.steward, &ty.steward),
            criticality: own
                .criticality
                .or(ty.criticality)
                .map(|word| word.word().to_owned()),
            attributes: attributes(&loaded, &known, reader.units),
            groups: groups(twin, asset, &known),
            coverage: self.coverage(twin, asset, &known),
            whys: self.whys(twin, asset, &known),
            awaited: awaited(twin, &loaded, asset, &known),
            states: self.states_of(twin, &loaded, asset, &known, reader),
            relations: relations(twin, &loaded.model, known.key, self.stretch(day)),
        })
    }

    /// The day that is asked about (`2026-03-15`) in the plant's zone; this moment for none.
    fn stretch(&self, day: &str) -> (Timestamp, Timestamp) {
        let begin = |date: jiff::civil::Date| {
            let zoned = date.to_zoned(self.zone.clone()).ok()?;
            Some(Timestamp::from_micros(zoned.timestamp().as_microsecond()))
        };
        let date = day.parse::<jiff::civil::Date>().ok();
        let whole = date.and_then(|date| Some((begin(date)?, begin(date.tomorrow().ok()?)?)));
        let now = self.clock.now();
        whole.unwrap_or((now, now + twin::Span::from_micros(1)))
    }

    /// Of what is computed at an asset: how much of its inputs is there, where it is not all.
    fn coverage(&self, twin: &Twin, asset: AssetId, known: &Known<'_>) -> Vec<(u32, InputCoverage)> {
        let computing = self.computing.read().unwrap_or_else(PoisonError::into_inner);
        let Some(computing) = computing.as_ref() else {
            return Vec::new();
        };
        let points = twin.points_of(asset).iter().filter_map(|id| twin.point(*id));
        let computed = points.filter(|point| point.is_computed()).take(COVERED);
        let covered = computed.filter_map(|point| {
            let formulas = computing.formulas();
            let output = formulas.output(known.key.as_str(), point.property.as_deref()?)?;
            let coverage = formulas.coverage(output);
            let counts = InputCoverage {
                fresh: coverage.fresh,
                all: coverage.all,
            };
            (coverage.fresh < coverage.all).then_some((point.id.get(), counts))
        });
        covered.collect()
    }

    /// Of what is computed at an asset and has no value: why.
    fn whys(&self, twin: &Twin, asset: AssetId, known: &Known<'_>) -> Vec<(u32, Why)> {
        let computing = self.computing.read().unwrap_or_else(PoisonError::into_inner);
        let Some(computing) = computing.as_ref() else {
            return Vec::new();
        };
        let points = twin.points_of(asset).iter().filter_map(|id| twin.point(*id));
        let whys = points.filter(|point| point.is_computed()).filter_map(|point| {
            let output = computing
                .formulas()
                .output(known.key.as_str(), point.property.as_deref()?)?;
            let why = computing.formulas().why_not(output)?;
            Some((point.id.get(), super::explain::why(why)))
        });
        whys.take(AWAITED).collect()
    }

    /// The type of an asset, by its id in the model.
    pub(super) fn type_of(twin: &Twin, asset: AssetId) -> Option<String> {
        let modelled = twin.asset(asset)?.modelled.as_ref()?;
        Some(modelled.ty.to_string())
    }
}

/// What the model expects of an asset and of which nothing ever came: where it is to come from.
fn awaited(twin: &Twin, loaded: &LoadedModel, asset: AssetId, known: &Known<'_>) -> Vec<Awaited> {
    let came = |path: &str| {
        let point = twin.property(asset, path);
        point.is_some_and(|point| twin.reading(point).is_some())
    };
    let bindings = loaded.resolved.bindings(known.key, known.asset);
    let bindings: BTreeMap<&str, &model::Binding> = bindings
        .iter()
        .map(|binding| (binding.property.as_str(), binding))
        .collect();
    let expected = known.effective.properties.iter().filter_map(|(path, traced)| {
        let binding = bindings.get(path.as_str());
        let is_told = match traced.value.kind? {
            Kind::Measurement => true,
            Kind::State => traced.value.states.iter().all(|state| state.when.is_none()),
            Kind::Attribute => binding.is_some(),
            Kind::Computed => false,
        };
        (is_told && !came(path.as_str())).then_some((path, binding))
    });
    let row = |(path, binding): (&model::PropertyPath, Option<&&model::Binding>)| {
        let property = loaded.resolved.property(known.asset, path.as_str());
        let name = property.and_then(|property| property.about.name.as_deref().map(str::to_owned));
        Awaited {
            name: name.unwrap_or_else(|| placing::name(path)),
            property: path.as_str().to_owned(),
            component: component(path.as_str()),
            from: match binding {
                Some(binding) => {
                    AwaitedFrom::Tag(binding.topic.clone(), binding.field.clone().unwrap_or_default())
                }
                None if loaded.model.bindings.is_empty() => AwaitedFrom::Nowhere,
                None => AwaitedFrom::Rule,
            },
        }
    };
    expected.take(AWAITED).map(row).collect()
}

fn attributes(loaded: &LoadedModel, known: &Known<'_>, units: Units) -> Vec<Attribute> {
    let is_attribute = |path: &&model::PropertyPath| {
        let traced = known.effective.properties.get(path.as_str());
        traced.is_some_and(|traced| traced.value.kind == Some(Kind::Attribute))
    };
    let paths = known.effective.properties.keys().filter(is_attribute);
    let attribute = |path: &model::PropertyPath| {
        let property = loaded.resolved.property(known.asset, path.as_str())?;
        let name = property.about.name.as_deref();
        let name = name.map_or_else(|| placing::name(path), str::to_owned);
        let unit = property.unit.as_ref().map(|unit| model::symbol(unit.code()));
        let (value, unit) = in_units(property.value.as_ref(), unit, &[&name, path.as_str()], units);
        Some(Attribute {
            name,
            value,
            unit,
            component: component(path.as_str()),
            owner: property.about.owner.as_deref().map(str::to_owned),
        })
    };
    paths.filter_map(attribute).collect()
}

/// A value and its unit as the reader wants them.
fn in_units(
    value: Option<&Scalar>,
    unit: Option<String>,
    names: &[&str],
    units: Units,
) -> (Option<String>, Option<String>) {
    let shown = unit
        .as_deref()
        .and_then(|symbol| units::shown_of(units, symbol, names));
    match (value, shown) {
        (Some(Scalar::Number(number)), Some(shown)) => (
            Some(units::short(shown.scale.show(*number)).to_string()),
            Some(shown.symbol),
        ),
        (value, _) => (value.map(words), unit),
    }
}

/// Points with limits or a normal range and the key figures first, the rest by kind and component.
fn groups(twin: &Twin, asset: AssetId, known: &Known<'_>) -> Vec<PointGroup> {
    let mut groups: BTreeMap<(GroupKind, Option<String>), Vec<u32>> = BTreeMap::new();
    let points = twin.points_of(asset);
    let mut first: Vec<((u32, u8), PointId)> = points
        .iter()
        .filter_map(|id| Some((rank(twin, *id, known)?, *id)))
        .collect();
    first.sort_by_key(|(rank, _)| *rank);
    first.truncate(KEY_POINTS);
    let keys = first.iter().map(|(_, id)| id.get()).collect::<Vec<_>>();
    for id in points.iter().filter(|id| !keys.contains(&id.get())) {
        groups.entry(place(twin, *id, known)).or_default().push(id.get());
    }
    if !keys.is_empty() {
        groups.insert((GroupKind::Key, None), keys);
    }
    let group = |((kind, component), points)| PointGroup {
        kind,
        component,
        points,
    };
    groups.into_iter().map(group).collect()
}

fn place(twin: &Twin, id: PointId, known: &Known<'_>) -> (GroupKind, Option<String>) {
    let property = twin.point(id).and_then(|point| point.property.as_deref());
    let traced = property.and_then(|path| known.effective.properties.get(path));
    let kind = match traced.map(|traced| traced.value.kind) {
        Some(Some(Kind::State)) => GroupKind::State,
        Some(Some(Kind::Computed)) => GroupKind::Computed,
        Some(_) => GroupKind::Measurement,
        None => GroupKind::Unmapped,
    };
    (kind, property.and_then(component))
}

/// The component a property is of, as people read it.
fn component(path: &str) -> Option<String> {
    let (component, _) = path.rsplit_once('.')?;
    Some(worded(&component.replace('.', " ")))
}

/// How much a value matters, the least the most: the model's own order, then what it calls critical, what can
/// be judged, key figures of now, those of windows. None for the rest.
fn rank(twin: &Twin, id: PointId, known: &Known<'_>) -> Option<(u32, u8)> {
    let point = twin.point(id)?;
    if let Some(key) = point.key() {
        return Some((key, 0));
    }
    let property = &known.effective.properties.get(point.property.as_deref()?)?.value;
    let is_judged = point.normal().is_some() || !point.limits().is_empty();
    let is_critical = matches!(
        property.about.criticality,
        Some(model::Criticality::High | model::Criticality::Critical)
    );
    let rank = match property.kind {
        Some(Kind::Measurement | Kind::Computed) if is_critical => 0,
        Some(Kind::Measurement) if is_judged => 1,
        Some(Kind::Computed) if is_judged || point.unit.is_some() => 2 + u8::from(property.window.is_some()),
        _ => return None,
    };
    Some((u32::MAX, rank))
}

/// Relations from and to an asset, those first that held in a stretch of time.
fn relations(
    twin: &Twin,
    model: &Model,
    key: &AssetKey,
    (from, until): (Timestamp, Timestamp),
) -> Vec<RelationRow> {
    let (from, until) = (formula::Time(from.micros()), formula::Time(until.micros()));
    let mut held: Vec<model::Held<'_>> = model.held(key.as_str()).take(LOOKED_AT).collect();
    held.sort_by_key(|held| !held.link.holds_within(from, until));
    let row = |held: model::Held<'_>| RelationRow {
        relation: held.read_as(model),
        is_inverse: held.is_inverse,
        other: related(twin, model, held.other),
        from_millis: held.link.from.map(|time| time.0 / 1_000),
        until_millis: held.link.until.map(|time| time.0 / 1_000),
        holds: held.link.holds_within(from, until),
    };
    held.into_iter().take(RELATIONS).map(row).collect()
}

/// Types that have assets in the twin that somebody sees, and how many.
pub fn types_in_use(twin: &Twin, model: &Model, sees: impl Fn(AssetId) -> bool) -> Vec<(TypeRef, u32)> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for asset in twin.assets().filter(|asset| sees(asset.id)) {
        if let Some(modelled) = &asset.modelled {
            *counts.entry(&modelled.ty).or_default() += 1;
        }
    }
    let known = |name: &&str| model.types.contains_key(*name);
    let mut types: Vec<(TypeRef, u32)> = counts
        .into_iter()
        .filter(|(name, _)| known(name))
        .map(|(name, count)| (type_ref(model, name), count))
        .collect();
    types.sort_by_cached_key(|(ty, _)| ty.name.to_lowercase());
    types
}
