//! The points of an asset: its type's properties with what is different here, and their tags.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::name::{AssetKey, PropertyPath};
use crate::plant::Asset;
use crate::property::Property;
use crate::resolve::{Effective, Resolved, overridden};
use crate::template::render;

/// The tag of a point: where its values come from.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Binding {
    /// The point's property.
    pub property: PropertyPath,
    /// Full topic.
    pub topic: String,
    /// Path in the payload; none for a plain value.
    pub field: Option<String>,
}

/// What stands in a topic for the field, by itself or in the value of a parameter.
const FIELD: &str = "{field}";
pub(crate) const FIELD_NAME: &str = "field";

/// What the parameters of an asset or a component come to.
type Values = BTreeMap<String, String>;

impl Resolved {
    /// The type of an asset with what it inherits.
    #[must_use]
    pub fn type_of(&self, asset: &Asset) -> Option<&Arc<Effective>> {
        self.types.get(&asset.ty)
    }

    /// A property of an asset, with what is different there.
    #[must_use]
    pub fn property(&self, asset: &Asset, path: &str) -> Option<Property> {
        let inherited = &self.type_of(asset)?.properties.get(path)?.value;
        let mut property = match asset.properties.get(path) {
            Some(by) => overridden(inherited, by),
            None => inherited.clone(),
        };
        if let Some(value) = asset.values.get(path) {
            property.value = Some(value.clone());
        }
        Some(property)
    }

    /// The tags of an asset's points. A point whose parameters have no value has none.
    #[must_use]
    pub fn bindings(&self, key: &AssetKey, asset: &Asset) -> Vec<Binding> {
        let Some(effective) = self.type_of(asset) else {
            return Vec::new();
        };
        let mut known: BTreeMap<Vec<&str>, Values> = BTreeMap::new();
        known.insert(Vec::new(), values_of(key, asset, effective));
        let mut bindings = Vec::new();
        for (path, property) in &effective.properties {
            let by = asset.properties.get(path);
            let topic = by
                .and_then(|by| by.topic.as_ref())
                .or(property.value.topic.as_ref());
            let field = by
                .and_then(|by| by.field.as_ref())
                .or(property.value.field.as_ref());
            let Some(topic) = topic else {
                continue;
            };
            // What the asset itself writes uses the asset's parameters.
            let own = by.is_some_and(|by| by.topic.is_some());
            let mut way: Vec<&str> = path.as_str().split('.').collect();
            way.pop();
            let way = if own { Vec::new() } else { way };
            self.learn(&way, effective, &mut known);
            let Some(values) = known.get(&way) else {
                continue;
            };
            let value = |name: &str| match name {
                FIELD_NAME => Some(FIELD.to_owned()),
                _ => values.get(name).cloned(),
            };
            let field = field.and_then(|field| render(field, &value));
            if let Some(topic) = render(topic, &value) {
                bindings.extend(placed(path.clone(), topic, field));
            }
        }
        bindings
    }

    /// The values of an asset's parameters, or of a component's found under these names; `asset` is
    /// the asset's id. One without a value is not there.
    #[must_use]
    pub fn parameters(&self, key: &AssetKey, asset: &Asset, component: &[&str]) -> BTreeMap<String, String> {
        let Some(effective) = self.type_of(asset) else {
            return Values::new();
        };
        let mut known: BTreeMap<Vec<&str>, Values> = BTreeMap::new();
        known.insert(Vec::new(), values_of(key, asset, effective));
        self.learn(component, effective, &mut known);
        known.remove(component).unwrap_or_default()
    }

    /// Finds the parameters of a component, and of those around it.
    fn learn<'p>(
        &self,
        way: &[&'p str],
        effective: &Arc<Effective>,
        known: &mut BTreeMap<Vec<&'p str>, Values>,
    ) {
        let mut at = Arc::clone(effective);
        for depth in 1..=way.len() {
            let (Some(inner), Some(outer)) = (way.get(..depth), way.get(..depth - 1)) else {
                return;
            };
            let component = inner.last().and_then(|name| at.components.get(*name));
            let Some((component, there)) = component
                .and_then(|component| Some((&component.value, self.types.get(&component.value.ty)?)))
            else {
                return;
            };
            if !known.contains_key(inner) {
                let around = known.get(outer).cloned().unwrap_or_default();
                let mut values: Values = defaults(there);
                for (name, value) in &component.parameters {
                    let text = render(&value.to_string(), &|name| around.get(name).cloned());
                    values.extend(text.map(|text| (name.as_str().to_owned(), text)));
                }
                values.extend(
                    around
                        .get("asset")
                        .map(|asset| ("asset".to_owned(), asset.clone())),
                );
                known.insert(inner.to_vec(), values);
            }
            at = Arc::clone(there);
        }
    }
}

/// A tag whose topic says where its field stands has it there, and plain values; one whose topic wants
/// a field and has none is no tag.
fn placed(property: PropertyPath, topic: String, field: Option<String>) -> Option<Binding> {
    if !topic.contains(FIELD) {
        return Some(Binding {
            property,
            topic,
            field,
        });
    }
    Some(Binding {
        property,
        topic: topic.replace(FIELD, &field?),
        field: None,
    })
}

fn defaults(effective: &Effective) -> Values {
    let default = effective.parameters.iter().filter_map(|(name, parameter)| {
        let value = parameter.value.default.as_ref()?;
        Some((name.as_str().to_owned(), value.to_string()))
    });
    default.collect()
}

fn values_of(key: &AssetKey, asset: &Asset, effective: &Effective) -> Values {
    let mut values = defaults(effective);
    let own = asset.parameters.iter();
    values.extend(own.map(|(name, value)| (name.as_str().to_owned(), value.to_string())));
    values.insert("asset".to_owned(), key.as_str().to_owned());
    values
}
