//! What a model says to the twin: its assets with parents first, and its points with what is said of
//! each. Settings are shared by all assets of a type that say nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{Asset, AssetKey, Kind, Model, Property, PropertyPath, Resolved, TypeName};
use twin::{
    Limits, ModelAsset, ModelPart, ModelPoint, Origin, PointSettings, Priorities, Span, Target, Timestamp,
};

/// Parts of a model that the twin takes at a time: short enough that no reader waits long.
const PART: usize = 250;
/// Tags by which a discovered asset is known again.
const TELLING_TAGS: usize = 16;
/// The relation that makes the tree.
const PART_OF: &str = "part_of";

/// A model for the twin, in parts, as it is at an instant.
#[must_use]
pub fn parts(model: &Model, resolved: &Resolved, now: Timestamp) -> Vec<ModelPart> {
    let mut placing = Placing {
        resolved,
        shared: BTreeMap::new(),
    };
    let mut assets = Vec::with_capacity(model.assets.len());
    let mut points = Vec::new();
    for key in parents_first(model, now) {
        let Some(asset) = model.assets.get(key) else {
            continue;
        };
        let id: Arc<str> = key.as_str().into();
        let own = placing.points(key, asset, &id);
        let tags = own.iter().filter_map(|point| match &point.origin {
            Origin::Tag { topic, field } => Some((topic.clone(), field.clone())),
            Origin::Rule | Origin::Computed => None,
        });
        assets.push(ModelAsset {
            key: id,
            parent: parent(model, key, now).map(|parent| parent.as_str().into()),
            name: asset.about.name.clone(),
            ty: asset.ty.as_str().into(),
            tags: tags.take(TELLING_TAGS).collect(),
        });
        points.extend(own);
    }
    let assets = chunks(assets, PART).map(ModelPart::Assets);
    let points = chunks(points, PART).map(ModelPart::Points);
    let all = std::iter::once(ModelPart::Begin).chain(assets).chain(points);
    all.chain([ModelPart::End]).collect()
}

fn chunks<T>(items: Vec<T>, size: usize) -> impl Iterator<Item = Vec<T>> {
    let mut items = items.into_iter();
    std::iter::from_fn(move || {
        let chunk: Vec<T> = items.by_ref().take(size).collect();
        (!chunk.is_empty()).then_some(chunk)
    })
}

/// The asset another is part of at an instant.
#[must_use]
pub fn parent<'m>(model: &'m Model, key: &AssetKey, now: Timestamp) -> Option<&'m AssetKey> {
    model
        .targets_at(key.as_str(), PART_OF, formula::Time(now.micros()))
        .next()
}

/// When a link next begins or ends: then things stand elsewhere, though nobody changed the model.
#[must_use]
pub fn next_change(model: &Model, now: Timestamp) -> Option<Timestamp> {
    let links = model
        .assets
        .values()
        .flat_map(|asset| asset.relations.values().flatten());
    links
        .flat_map(|link| [link.from, link.until])
        .flatten()
        .map(|time| Timestamp::from_micros(time.0))
        .filter(|time| *time > now)
        .min()
}

/// Every asset after the one it is part of. Rings cannot be: they are told as errors and left out.
fn parents_first(model: &Model, now: Timestamp) -> Vec<&AssetKey> {
    let mut order = Vec::with_capacity(model.assets.len());
    let mut done: BTreeSet<&AssetKey> = BTreeSet::new();
    for key in model.assets.keys() {
        let mut way = Vec::new();
        let mut at = Some(key);
        while let Some(key) = at.filter(|key| !done.contains(*key)) {
            done.insert(key);
            way.push(key);
            at = parent(model, key, now);
        }
        order.extend(way.into_iter().rev());
    }
    order
}

struct Placing<'m> {
    resolved: &'m Resolved,
    /// What a type says of its properties.
    shared: BTreeMap<(&'m TypeName, &'m PropertyPath), Arc<PointSettings>>,
}

impl<'m> Placing<'m> {
    fn points(&mut self, key: &AssetKey, asset: &'m Asset, id: &Arc<str>) -> Vec<ModelPoint> {
        let Some(effective) = self.resolved.type_of(asset) else {
            return Vec::new();
        };
        let mut tags: BTreeMap<PropertyPath, Origin> = BTreeMap::new();
        for binding in self.resolved.bindings(key, asset) {
            let origin = Origin::Tag {
                topic: binding.topic.into(),
                field: binding.field.unwrap_or_default().into(),
            };
            tags.insert(binding.property, origin);
        }
        let mut points = Vec::with_capacity(effective.properties.len());
        for (path, traced) in &effective.properties {
            let property = &traced.value;
            let Some(origin) = tags.remove(path).or_else(|| without_tag(property)) else {
                continue;
            };
            points.push(ModelPoint {
                target: Target {
                    asset: id.clone(),
                    property: path.as_str().into(),
                },
                origin,
                settings: self.settings(asset, path, property),
            });
        }
        points
    }

    fn settings(&mut self, asset: &'m Asset, path: &'m PropertyPath, said: &Property) -> Arc<PointSettings> {
        if asset.properties.contains_key(path) {
            let own = self.resolved.property(asset, path.as_str());
            return Arc::new(settings(path, own.as_ref().unwrap_or(said)));
        }
        self.shared
            .entry((&asset.ty, path))
            .or_insert_with(|| Arc::new(settings(path, said)))
            .clone()
    }
}

/// Where values come from when no tag is named: a formula, or a mapping rule.
fn without_tag(property: &Property) -> Option<Origin> {
    match property.kind? {
        Kind::Attribute => None,
        Kind::Measurement => Some(Origin::Rule),
        Kind::Computed => Some(Origin::Computed),
        Kind::State => {
            let is_computed = property.states.iter().any(|state| state.when.is_some());
            Some(if is_computed {
                Origin::Computed
            } else {
                Origin::Rule
            })
        }
    }
}

fn settings(path: &PropertyPath, said: &Property) -> PointSettings {
    let at = |limit: &Option<model::Limit>| limit.as_ref().map(|limit| limit.at);
    PointSettings {
        name: Some(said.about.name.clone().unwrap_or_else(|| name(path).into())),
        unit: Some(
            said.unit
                .as_ref()
                .filter(|unit| unit.code() != "1")
                .map_or_else(Box::default, |unit| model::symbol(unit.code()).into()),
        ),
        expected: said
            .expected
            .map(|every| Span::from_secs(i64::from(every.secs()))),
        normal: said.normal,
        limits: Limits {
            low_low: at(&said.limits.low_low),
            low: at(&said.limits.low),
            high: at(&said.limits.high),
            high_high: at(&said.limits.high_high),
        },
        range: said.range,
        decimals: None,
        key: said.key,
        priorities: priorities(&said.limits),
    }
}

fn priorities(said: &model::Limits) -> Priorities {
    let mut priorities = Priorities::default();
    for (kind, limit) in said.each() {
        let priority = u8::try_from(limit.priority_as(kind)).unwrap_or(4);
        match kind {
            "low_low" => priorities.low_low = priority,
            "low" => priorities.low = priority,
            "high" => priorities.high = priority,
            _ => priorities.high_high = priority,
        }
    }
    priorities
}

/// `motor.winding_temperature` as people read it: `Motor winding temperature`.
#[must_use]
pub fn name(path: &PropertyPath) -> String {
    let words = path.as_str().replace(['.', '_'], " ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
        [types.place]
        [types.pump.parameters.line]
        data = "text"
        [types.pump.properties]
        flow = { kind = "measurement", unit = "m3/h", topic = "acme/{line}/{asset}", field = "flow", normal = [2, 8], expected = "10s" }
        vibration = { kind = "measurement", key = 1, unit = "1", limits = { high = { at = 4, priority = 1 }, low = 1 } }
        load = { kind = "computed", formula = "flow / 8" }
        serial = { kind = "attribute", data = "text" }
        state = { kind = "state", states = [{ name = "running", when = "flow > 1" }] }
        [assets.a-1]
        type = "pump"
        parameters.line = "L1"
        relations.part_of = "z"
        [assets.a-2]
        type = "pump"
        parameters.line = "L1"
        properties.flow.limits.high = 9
        relations.part_of = { to = "z", until = 2020-01-01T00:00:00Z }
        [assets.z]
        type = "place"
        name = "Zone"
    "#;

    #[test]
    fn the_next_change_is_that_of_a_link() {
        let checked = checked();
        let until = Timestamp::from_millis(1_577_836_800_000);
        let next = |at| next_change(&checked.model, at);
        assert_eq!(next(until - Span::from_secs(1)), Some(until));
        assert_eq!(next(until), None);
    }

    fn checked() -> model::Checked {
        let files = [model::File {
            path: "m.toml",
            text: FILE,
        }];
        let checked = model::check_files(&files, &formula::NoZones);
        assert!(checked.is_ok(), "{:?}", checked.problems);
        checked
    }

    fn told() -> (Vec<ModelAsset>, Vec<ModelPoint>) {
        let checked = checked();
        let now = Timestamp::from_millis(1_700_000_000_000);
        let (mut assets, mut points) = (Vec::new(), Vec::new());
        for part in parts(&checked.model, &checked.resolved, now) {
            match part {
                ModelPart::Assets(some) => assets.extend(some),
                ModelPart::Points(some) => points.extend(some),
                ModelPart::Begin | ModelPart::End => {}
            }
        }
        (assets, points)
    }

    #[test]
    fn parents_come_first_and_links_hold_in_their_time() {
        let (assets, _) = told();
        let said: Vec<_> = assets
            .iter()
            .map(|asset| (&*asset.key, asset.parent.as_deref()))
            .collect();
        assert_eq!(said, [("z", None), ("a-1", Some("z")), ("a-2", None)]);
        assert_eq!(&*assets[1].tags[0].0, "acme/L1/a-1");
        assert_eq!(assets[0].name.as_deref(), Some("Zone"));
    }

    #[test]
    fn every_property_with_values_has_its_origin() {
        let (_, points) = told();
        let of = |asset: &str| -> Vec<(String, String)> {
            let own = points.iter().filter(|point| &*point.target.asset == asset);
            own.map(|point| (point.target.property.to_string(), format!("{:?}", point.origin)))
                .collect()
        };
        let expect = [
            ("flow", "Tag { topic: \"acme/L1/a-1\", field: \"flow\" }"),
            ("load", "Computed"),
            ("state", "Computed"),
            ("vibration", "Rule"),
        ];
        let expect = expect.map(|(property, origin)| (property.to_owned(), origin.to_owned()));
        assert_eq!(of("a-1"), expect);
    }

    #[test]
    fn settings_are_shared_but_where_an_asset_says_otherwise() {
        let (_, points) = told();
        let of = |asset: &str, property: &str| {
            let is_it =
                |point: &&ModelPoint| &*point.target.asset == asset && &*point.target.property == property;
            points.iter().find(is_it).expect("one").settings.clone()
        };
        assert!(Arc::ptr_eq(&of("a-1", "load"), &of("a-2", "load")));
        let flow = of("a-2", "flow");
        assert_eq!((flow.limits.high, flow.normal), (Some(9.0), Some((2.0, 8.0))));
        assert_eq!(
            (flow.unit.as_deref(), flow.name.as_deref()),
            (Some("m³/h"), Some("Flow"))
        );
        let vibration = of("a-1", "vibration");
        let priorities = vibration.priorities;
        assert_eq!((priorities.high, priorities.low, priorities.high_high), (1, 3, 2));
        assert_eq!((vibration.key, flow.key), (Some(1), None));
        assert_eq!(vibration.unit.as_deref(), Some(""), "a count has no unit to show");
        assert_eq!(flow.expected, Some(Span::from_secs(10)));
        assert_eq!(of("a-1", "flow").limits.high, None);
    }
}
