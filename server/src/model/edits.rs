//! What people set in the browser for points and assets of the model. It holds whatever the files say;
//! a plan lists it, so that whoever looks after the files can take it over.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use model::{AssetKey, Interval, Limit, Model, Plan, Property, PropertyPath, Resolved};
use serde::{Deserialize, Serialize};
use store::{Assets as _, Points as _, Records, TagRecord};
use twin::{PointId, PointSettings, SourceId, Twin};

use super::settings::settings_from_json;
use super::shelf::LoadedModel;

/// What a person set for a property of an asset, or for the asset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    /// The asset's key in the model.
    pub asset: String,
    /// What of it.
    pub what: What,
}

/// What was set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum What {
    /// The asset's name.
    Name(String),
    /// Of a property.
    Property {
        /// Its path.
        path: String,
        /// The settings, as they are stored.
        settings: String,
    },
}

/// Everything that people set for what the model names. A running server's twin knows where every point
/// stands; without one, points that only a mapping rule finds are not looked for.
pub async fn find(
    records: &Records,
    loaded: &Arc<LoadedModel>,
    twin: Option<&RwLock<Twin>>,
) -> anyhow::Result<Vec<Edit>> {
    let mut edits = names(records).await?;
    let mut settings: BTreeMap<PointId, String> = records.point_settings().await?.into_iter().collect();
    if let Some(twin) = twin {
        let twin = twin.read().unwrap_or_else(PoisonError::into_inner);
        edits.extend(settings.into_iter().filter_map(|(id, settings)| {
            let (asset, path) = place_in(&twin, id)?;
            let what = What::Property { path, settings };
            Some(Edit { asset, what })
        }));
        edits.sort_by(|a, b| a.asset.cmp(&b.asset));
        return Ok(edits);
    }
    let ids: Vec<u32> = settings.keys().map(|id| id.get()).collect();
    if let (Some(first), Some(last)) = (ids.first(), ids.last()) {
        let mut tags: BTreeMap<Tag, PointId> = BTreeMap::new();
        let each = |tag: TagRecord| {
            if settings.contains_key(&tag.id) {
                tags.insert(Tag::from(&tag), tag.id);
            }
        };
        records.each_tag(*first..=*last, each).await?;
        let loaded = loaded.clone();
        let places = tokio::task::spawn_blocking(move || places(&loaded, &tags)).await?;
        for (id, asset, path) in places {
            if let Some(settings) = settings.remove(&id) {
                let what = What::Property { path, settings };
                edits.push(Edit { asset, what });
            }
        }
    }
    edits.sort_by(|a, b| a.asset.cmp(&b.asset));
    Ok(edits)
}

/// Where the model puts a point.
fn place_in(twin: &Twin, id: PointId) -> Option<(String, String)> {
    let point = twin.point(id)?;
    let property = point.property.as_deref()?;
    let modelled = twin.asset(point.asset)?.modelled.as_ref()?;
    Some((modelled.key.to_string(), property.to_owned()))
}

async fn names(records: &Records) -> anyhow::Result<Vec<Edit>> {
    let names: BTreeMap<_, _> = records.asset_names().await?.into_iter().collect();
    let mut edits = Vec::new();
    if names.is_empty() {
        return Ok(edits);
    }
    let each = |asset: store::AssetRecord| {
        if let (Some(key), Some(name)) = (asset.model_key, names.get(&asset.id)) {
            edits.push(Edit {
                asset: key,
                what: What::Name(name.clone()),
            });
        }
    };
    records.each_asset(each).await?;
    Ok(edits)
}

/// What a point is found by: of a tag, topic and path in the payload; of a formula, asset and property.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Tag {
    /// By asset and property: of a formula, or a further property of a tag.
    is_models_own: bool,
    topic: String,
    field: String,
}

impl From<&TagRecord> for Tag {
    fn from(tag: &TagRecord) -> Self {
        let leaf_asset = tag.leaf_asset.as_deref();
        if let Some((asset, property)) = leaf_asset.and_then(twin::further_place) {
            return Self {
                is_models_own: true,
                topic: asset.to_owned(),
                field: property.to_owned(),
            };
        }
        let field = match leaf_asset {
            Some(levels) => format!("{}.{}", levels.replace('/', "."), tag.field),
            None => tag.field.clone(),
        };
        Self {
            is_models_own: tag.source == SourceId::MODEL,
            topic: tag.topic.clone(),
            field,
        }
    }
}

fn places(loaded: &LoadedModel, tags: &BTreeMap<Tag, PointId>) -> Vec<(PointId, String, String)> {
    let mut places = Vec::new();
    let topics: BTreeSet<&str> = tags.keys().map(|tag| tag.topic.as_str()).collect();
    for (key, asset) in &loaded.model.assets {
        for binding in loaded.resolved.bindings(key, asset) {
            if !topics.contains(binding.topic.as_str()) {
                continue;
            }
            let tag = Tag {
                is_models_own: false,
                topic: binding.topic,
                field: binding.field.unwrap_or_default(),
            };
            if let Some(id) = tags.get(&tag) {
                let path = binding.property.as_str().to_owned();
                places.push((*id, key.as_str().to_owned(), path));
            }
        }
    }
    let own = tags.iter().filter(|(tag, _)| tag.is_models_own);
    places.extend(own.map(|(tag, id)| (*id, tag.topic.clone(), tag.field.clone())));
    places
}

/// A model as it would be with what people set, where it says something else; and what cannot be
/// written into it.
#[must_use]
pub fn overlay(model: &Model, resolved: &Resolved, edits: &[Edit]) -> (Model, Vec<String>) {
    let (mut with, mut notes) = (model.clone(), Vec::new());
    for edit in edits {
        let Some(asset) = AssetKey::new(&edit.asset).and_then(|key| with.assets.get_mut(&key)) else {
            continue;
        };
        match &edit.what {
            What::Name(name) => {
                if asset.about.name.as_deref() != Some(name) {
                    asset.about.name = Some(name.as_str().into());
                }
            }
            What::Property { path, settings } => {
                let (Some(path), Ok(set)) = (PropertyPath::new(path), settings_from_json(settings)) else {
                    continue;
                };
                let Some(says) = resolved.property(asset, path.as_str()) else {
                    continue;
                };
                let mut own = asset.properties.get(&path).cloned().unwrap_or_default();
                put(&mut own, &says, &set);
                if own != Property::default() {
                    asset.properties.insert(path.clone(), own);
                }
                if let Some(unit) = set.unit.as_deref()
                    && says.unit.as_ref().is_none_or(|says| says.code() != unit)
                {
                    notes.push(format!(
                        "assets/{}: the unit of {path} is shown as `{unit}`; units belong to the type",
                        edit.asset
                    ));
                }
            }
        }
    }
    (with, notes)
}

/// What has to be written into the files, whole: a plan cuts long values.
#[must_use]
pub fn to_write(set: &Plan) -> String {
    let mut text = String::new();
    for change in &set.changes {
        text += &format!("~ {}/{}\n", change.section.word(), change.name);
        for field in &change.fields {
            if let Some(after) = &field.after {
                text += &format!("    {} = {after}\n", field.path.join("."));
            }
        }
    }
    text
}

/// What was set and is not said yet.
fn put(own: &mut Property, says: &Property, set: &PointSettings) {
    if let Some(name) = &set.name
        && says.about.name.as_ref() != Some(name)
    {
        own.about.name = Some(name.clone());
    }
    let expected = set.expected.map(|span| {
        let secs = span.millis().saturating_add(999) / 1000;
        Interval::from_secs(u32::try_from(secs.max(1)).unwrap_or(u32::MAX))
    });
    if expected.is_some() && says.expected != expected {
        own.expected = expected;
    }
    if set.normal.is_some() && says.normal != set.normal {
        own.normal = set.normal;
    }
    if set.range.is_some() && says.range != set.range {
        own.range = set.range;
    }
    let limits = &mut own.limits;
    for (own, says, set) in [
        (&mut limits.low_low, says.limits.low_low, set.limits.low_low),
        (&mut limits.low, says.limits.low, set.limits.low),
        (&mut limits.high, says.limits.high, set.limits.high),
        (&mut limits.high_high, says.limits.high_high, set.limits.high_high),
    ] {
        if let Some(at) = set
            && says.is_none_or(|says| says.at != at)
        {
            // Priority, delay and deadband stay as they are.
            *own = Some(Limit {
                at,
                ..says.unwrap_or_default()
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::json_from_settings;
    use crate::model::shelf::check;
    use store::{AssetRecord, ModelFile, PointRecord};
    use twin::{AssetId, Limits, Span, Timestamp};

    const FILE: &str = r#"
[types.pump.properties.flow]
kind = "measurement"
unit = "m3/h"
topic = "acme/{asset}"
field = "raw.flow"
limits = { low = { at = 5, priority = 1 }, high = 40 }

[types.pump.properties.double]
kind = "computed"
formula = "flow * 2"

[assets.p-14]
type = "pump"
[assets.p-15]
name = "Pump 15"
type = "pump"
"#;

    fn loaded() -> Arc<LoadedModel> {
        let files = vec![ModelFile {
            path: "a.toml".to_owned(),
            text: FILE.to_owned(),
        }];
        let checked = check(&files);
        assert!(checked.is_ok(), "{}", checked.render());
        Arc::new(LoadedModel {
            model: checked.model,
            resolved: checked.resolved,
            ..LoadedModel::default()
        })
    }

    fn point(id: u32, topic: &str, field: &str, leaf_asset: Option<&str>) -> PointRecord {
        PointRecord {
            id: PointId::new(id),
            asset: AssetId::new(1),
            source: SourceId::new(u32::from(topic.contains('/'))),
            topic: topic.to_owned(),
            field: field.to_owned(),
            leaf_asset: leaf_asset.map(str::to_owned),
            name: String::new(),
            unit: None,
            unit_guessed: false,
            created: Timestamp::from_millis(1),
        }
    }

    #[tokio::test]
    async fn what_was_set_is_found_and_said_as_the_files_would() {
        let dir = tempfile::tempdir().unwrap();
        let records = Records::open(&dir.path().join("records.db")).await.unwrap();
        let asset = |id: u32, key: Option<&str>| AssetRecord {
            id: AssetId::new(id),
            parent: None,
            segment: String::new(),
            name: String::new(),
            path: String::new(),
            created: Timestamp::from_millis(1),
            model_key: key.map(str::to_owned),
        };
        let points = [
            point(1, "acme/p-14", "flow", Some("raw")),
            point(2, "acme/p-15", "raw.flow", None),
            point(3, "p-14", "double", None),
            point(4, "acme/p-15", "temperature", None),
        ];
        let assets = [asset(1, Some("p-14")), asset(2, Some("p-15")), asset(3, None)];
        records.add_structure(&assets, &points).await.unwrap();
        for (id, name) in [(1, "North pump"), (2, "Pump 15"), (3, "Not modelled")] {
            records
                .set_asset_name(AssetId::new(id), Some(name))
                .await
                .unwrap();
        }
        let low = PointSettings {
            limits: Limits {
                low: Some(6.5),
                high: Some(40.0),
                ..Limits::default()
            },
            unit: Some("l/h".into()),
            expected: Some(Span::from_millis(1_500)),
            ..PointSettings::default()
        };
        let name = PointSettings {
            name: Some("Twice".into()),
            ..PointSettings::default()
        };
        for (id, set) in [(1, &low), (3, &name), (4, &name)] {
            let json = json_from_settings(set).unwrap();
            records
                .set_point_settings(PointId::new(id), Some(&json))
                .await
                .unwrap();
        }
        let loaded = loaded();
        let edits = find(&records, &loaded, None).await.unwrap();
        let (with, notes) = overlay(&loaded.model, &loaded.resolved, &edits);
        assert_eq!(
            notes,
            ["assets/p-14: the unit of flow is shown as `l/h`; units belong to the type"]
        );
        let said = to_write(&model::plan(&loaded.model, &with));
        let expect = "~ assets/p-14\n    \
                      name = \"North pump\"\n    \
                      properties = { double = { name = \"Twice\" }, flow = { expected = \"2s\", \
                      limits = { low = { at = 6.5, priority = 1 } } } }\n";
        assert_eq!(said, expect);
        let flow = with.resolve().property(&with.assets["p-14"], "flow").unwrap();
        assert_eq!(
            flow.limits.low,
            Some(Limit {
                at: 6.5,
                priority: Some(1),
                ..Limit::default()
            })
        );
        // Once the files say it, there is nothing left to take over.
        let (again, _) = overlay(&with, &with.resolve(), &edits);
        assert!(again == with);
    }
}
