//! What a type comes to with all it inherits: flat, and each thing with who said it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::form::{Item, Key, Record, table_of};
use crate::name::{ComponentName, InputName, ParameterName, PropertyName, PropertyPath, TypeName};
use crate::node::{Node, Table, Value};
use crate::plant::{AssetType, Component, Model};
use crate::problem::{Finding, Told};
use crate::property::{About, Input, Parameter, Property};

/// Most levels of components in components.
const MAX_DEPTH: usize = 8;
/// Most properties of a type with those of its components.
pub const MAX_PROPERTIES: usize = 10_000;
/// Most steps from a type to what it is a kind of.
const MAX_DEEP: usize = 64;
/// Most types a type is a kind of.
pub const MAX_LINEAGE: usize = 256;

/// Every type with what it inherits.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Resolved {
    /// By name.
    pub types: BTreeMap<TypeName, Arc<Effective>>,
}

/// A type with what it inherits.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Effective {
    /// The type and those it is a kind of, each before what it extends (C3 order).
    pub lineage: Vec<TypeName>,
    /// Its name and owner.
    pub about: Traced<About>,
    /// Its parameters.
    pub parameters: BTreeMap<ParameterName, Traced<Parameter>>,
    /// What its formulas use beyond its own properties.
    pub inputs: BTreeMap<InputName, Traced<Input>>,
    /// Its components.
    pub components: BTreeMap<ComponentName, Traced<Component>>,
    /// Its properties, then those of its components under `component.property`.
    pub properties: BTreeMap<PropertyPath, Traced<Property>>,
}

impl Effective {
    /// Whether an asset of this type is one of that type.
    #[must_use]
    pub fn is_a(&self, ty: &str) -> bool {
        self.lineage.iter().any(|name| name.as_str() == ty)
    }

    /// Who answers for a property: its owner, else its type's.
    #[must_use]
    pub fn owner(&self, property: &str) -> Option<&str> {
        let own = self
            .properties
            .get(property)
            .and_then(|traced| traced.value.about.owner.as_deref());
        own.or(self.about.value.owner.as_deref())
    }
}

/// Something inherited, and who said what of it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Traced<T> {
    /// What it comes to.
    pub value: T,
    /// Who said something of it, the one that introduced it first.
    pub said: Vec<Said>,
}

/// A type, and the keys it gave.
#[derive(Clone, PartialEq, Debug)]
pub struct Said {
    /// The type.
    pub ty: TypeName,
    /// Its keys; those of limits as `limits.high`.
    pub keys: Vec<Box<str>>,
}

impl<T> Traced<T> {
    /// The type that introduced it.
    #[must_use]
    pub fn origin(&self) -> Option<&TypeName> {
        self.said.first().map(|said| &said.ty)
    }

    /// The type whose word holds for a key.
    #[must_use]
    pub fn said_by(&self, key: &str) -> Option<&TypeName> {
        let said = |said: &&Said| said.keys.iter().any(|own| &**own == key);
        self.said.iter().rfind(said).map(|said| &said.ty)
    }
}

impl Model {
    /// Every type with what it inherits. What goes in circles inherits nothing.
    #[must_use]
    pub fn resolve(&self) -> Resolved {
        resolve(self, &mut Told::default())
    }
}

pub(crate) fn resolve(model: &Model, told: &mut Told) -> Resolved {
    let mut lineages = Lineages {
        model,
        done: BTreeMap::new(),
        open: Vec::new(),
    };
    let own: BTreeMap<&TypeName, Effective> = model
        .types
        .keys()
        .map(|name| (name, inherited(model, lineages.of(name, told), told)))
        .collect();
    let types = own.keys().map(|name| {
        let mut whole = own.get(name).cloned().unwrap_or_default();
        let mut way = vec![(*name).clone()];
        expand(&own, name, None, &mut way, &mut whole, told);
        ((*name).clone(), Arc::new(whole))
    });
    Resolved {
        types: types.collect(),
    }
}

struct Lineages<'m> {
    model: &'m Model,
    done: BTreeMap<TypeName, Vec<TypeName>>,
    open: Vec<TypeName>,
}

impl Lineages<'_> {
    /// C3 linearisation (Barrett and others, OOPSLA 1996): a type stands before those it extends,
    /// and what it extends in the order it gives.
    fn of(&mut self, name: &TypeName, told: &mut Told) -> Vec<TypeName> {
        if let Some(done) = self.done.get(name) {
            return done.clone();
        }
        let Some(ty) = self.model.types.get(name) else {
            return Vec::new();
        };
        if self.open.len() >= MAX_DEEP {
            let message = format!("`{name}` is more than {MAX_DEEP} steps of inheritance deep");
            told.tell(Finding::error(format!("types/{name}/extends"), message));
            return Vec::new();
        }
        self.open.push(name.clone());
        let mut lists: Vec<Vec<TypeName>> = Vec::new();
        let mut direct = Vec::new();
        for (at, parent) in ty.extends.iter().enumerate() {
            let element = format!("types/{name}/extends/{at}");
            if direct.contains(parent) {
                told.tell(Finding::error(element, format!("`{parent}` is named twice")));
            } else if let Some(from) = self.open.iter().position(|open| open == parent) {
                let way = self.open.iter().skip(from).chain([parent]).map(TypeName::as_str);
                let message = format!(
                    "`{parent}` is a kind of itself: {}",
                    way.collect::<Vec<_>>().join(" → ")
                );
                told.tell(Finding::error(element, message).help("remove one step of the circle"));
            } else {
                let lineage = self.of(parent, told);
                if !lineage.is_empty() {
                    direct.push(parent.clone());
                    lists.push(lineage);
                }
            }
        }
        lists.push(direct);
        self.open.pop();
        let mut lineage = vec![name.clone()];
        if !merge(lists, &mut lineage) {
            let message = format!("the types that `{name}` extends want to stand in different orders");
            let help = "change the order in `extends`: what is extended by another one comes after it";
            told.tell(Finding::error(format!("types/{name}/extends"), message).help(help));
        }
        if lineage.len() > MAX_LINEAGE {
            let message = format!("`{name}` is a kind of more than {MAX_LINEAGE} types");
            told.tell(Finding::error(format!("types/{name}/extends"), message));
            lineage.truncate(MAX_LINEAGE);
        }
        self.done.insert(name.clone(), lineage.clone());
        lineage
    }
}

/// Merges lists into one that keeps the order of each; whether there is one.
fn merge(mut lists: Vec<Vec<TypeName>>, into: &mut Vec<TypeName>) -> bool {
    let mut in_order = true;
    loop {
        lists.retain(|list| !list.is_empty());
        let Some(first) = lists.first().and_then(|list| list.first()) else {
            return in_order;
        };
        let is_head = |name: &TypeName| {
            !lists
                .iter()
                .any(|list| list.iter().skip(1).any(|other| other == name))
        };
        let good = lists
            .iter()
            .filter_map(|list| list.first())
            .find(|name| is_head(name));
        in_order &= good.is_some();
        let next = good.unwrap_or(first).clone();
        for list in &mut lists {
            list.retain(|name| *name != next);
        }
        into.push(next);
    }
}

/// What the types of a lineage say together, the first ones last.
fn inherited(model: &Model, lineage: Vec<TypeName>, told: &mut Told) -> Effective {
    let mut whole = Effective::default();
    let types = || {
        lineage
            .iter()
            .rev()
            .filter_map(|name| Some((name, model.types.get(name)?)))
    };
    let about = types().map(|(name, ty)| (name, AboutForm(ty.about.clone())));
    whole.about = traced(about)
        .map(|traced| Traced {
            value: traced.value.0,
            said: traced.said,
        })
        .unwrap_or_default();
    whole.parameters = all(types(), |ty| &ty.parameters);
    whole.inputs = all(types(), |ty| &ty.inputs);
    whole.components = all(types(), |ty| &ty.components);
    let properties: BTreeMap<PropertyName, Traced<Property>> = all(types(), |ty| &ty.properties);
    for (name, property) in properties {
        tell_conflicts(model, &lineage, &name, &property, told);
        whole.properties.insert(PropertyPath::of(&name), property);
    }
    whole.lineage = lineage;
    whole
}

/// The keys that no type may say differently from what it inherits.
fn tell_conflicts(
    model: &Model,
    lineage: &[TypeName],
    name: &PropertyName,
    property: &Traced<Property>,
    told: &mut Told,
) {
    let Some(own) = lineage.first() else {
        return;
    };
    let steps = property
        .said
        .iter()
        .filter_map(|said| Some((&said.ty, model.types.get(&said.ty)?.properties.get(name)?)));
    let mut before: Option<(&TypeName, Property)> = None;
    for (ty, step) in steps {
        if let Some((first, inherited)) = &before {
            let kind = step.kind.is_some() && inherited.kind.is_some() && step.kind != inherited.kind;
            let data = step.data.is_some() && inherited.data.is_some() && step.data != inherited.data;
            let unit = match (&step.unit, &inherited.unit) {
                (Some(step), Some(inherited)) => !step.same(inherited),
                _ => false,
            };
            // What two types say of themselves is told at the type that brings them together.
            let element = if ty == own {
                format!("types/{own}/properties/{name}")
            } else {
                format!("types/{own}/extends")
            };
            for (differs, key) in [(kind, "kind"), (data, "data"), (unit, "unit")] {
                if differs {
                    let message = format!("`{name}` has one `{key}` in `{ty}` and another in `{first}`");
                    let place = if ty == own {
                        format!("{element}/{key}")
                    } else {
                        element.clone()
                    };
                    told.tell(
                        Finding::error(place, message)
                            .help("give it another name, or the same there and here"),
                    );
                }
            }
        }
        let mut so_far = before.map(|(_, inherited)| inherited).unwrap_or_default();
        so_far.kind = step.kind.or(so_far.kind);
        so_far.data = step.data.or(so_far.data);
        so_far.unit = step.unit.clone().or(so_far.unit);
        before = Some((ty, so_far));
    }
}

/// An `About` by itself, to be merged like the rest.
#[derive(Clone, Default)]
struct AboutForm(About);

impl Record for AboutForm {
    const WHAT: &'static str = "a type";

    fn fields(&mut self, visit: &mut dyn crate::form::Visit) {
        self.0.visit(visit);
    }
}

crate::form::records!(AboutForm);

fn all<'m, K: Key + Clone + 'm, T: Record + Item + 'm>(
    types: impl Iterator<Item = (&'m TypeName, &'m AssetType)>,
    pick: impl Fn(&'m AssetType) -> &'m BTreeMap<K, T>,
) -> BTreeMap<K, Traced<T>> {
    let mut steps: BTreeMap<K, Vec<(&TypeName, T)>> = BTreeMap::new();
    for (name, ty) in types {
        for (key, item) in pick(ty) {
            steps.entry(key.clone()).or_default().push((name, item.clone()));
        }
    }
    steps
        .into_iter()
        .filter_map(|(key, steps)| Some((key, traced(steps.into_iter())?)))
        .collect()
}

/// What several types say of one thing, the later ones over the earlier.
fn traced<'m, T: Record + Item>(steps: impl Iterator<Item = (&'m TypeName, T)>) -> Option<Traced<T>> {
    let mut table = Table::new();
    let mut said = Vec::new();
    for (ty, step) in steps {
        let own = table_of(&step);
        said.push(Said {
            ty: ty.clone(),
            keys: keys_of(&own),
        });
        overlay(&mut table, own);
    }
    let node = Node::from(Value::Table(table));
    let value = T::read(&node, &mut Told::default())?;
    (!said.is_empty()).then_some(Traced { value, said })
}

fn keys_of(table: &Table) -> Vec<Box<str>> {
    let mut keys = Vec::new();
    for (key, node) in table {
        match &node.value {
            Value::Table(limits) if &**key == "limits" => {
                keys.extend(limits.keys().map(|limit| Box::from(format!("limits.{limit}"))));
            }
            _ => keys.push(key.clone()),
        }
    }
    keys
}

/// Puts what is said over what was said; limits and parameters one by one.
pub(crate) fn overlay(below: &mut Table, above: Table) {
    let is_table = |node: &Node| matches!(node.value, Value::Table(_));
    for (key, node) in above {
        let deep = matches!(&*key, "limits" | "parameters") && below.get(&key).is_some_and(is_table);
        if deep && let Value::Table(above) = node.value {
            if let Some(Value::Table(below)) = below.get_mut(&key).map(|node| &mut node.value) {
                overlay(below, above);
            }
            continue;
        }
        below.insert(key, Node::from(node.value));
    }
}

/// A property with what an asset says of it.
#[must_use]
pub fn overridden(property: &Property, by: &Property) -> Property {
    let mut table = table_of(property);
    overlay(&mut table, table_of(by));
    Property::read(&Node::from(Value::Table(table)), &mut Told::default()).unwrap_or_default()
}

/// Adds the properties of a type's components, and of theirs.
fn expand(
    own: &BTreeMap<&TypeName, Effective>,
    ty: &TypeName,
    inside: Option<&[ComponentName]>,
    way: &mut Vec<TypeName>,
    whole: &mut Effective,
    told: &mut Told,
) {
    let Some(effective) = own.get(ty) else {
        return;
    };
    for (name, component) in &effective.components {
        let part = &component.value.ty;
        let element = || {
            let by = component.said_by("type").unwrap_or(ty);
            format!("types/{by}/components/{name}/type")
        };
        if let Some(from) = way.iter().position(|open| open == part) {
            let round = way.iter().skip(from).chain([part]).map(TypeName::as_str);
            let message = format!(
                "`{part}` has itself as a component: {}",
                round.collect::<Vec<_>>().join(" → ")
            );
            told.tell(Finding::error(element(), message));
            continue;
        }
        if way.len() > MAX_DEPTH {
            told.tell(Finding::error(
                element(),
                format!("components are more than {MAX_DEPTH} levels deep"),
            ));
            continue;
        }
        let mut path: Vec<ComponentName> = inside.unwrap_or_default().to_vec();
        path.push(name.clone());
        for (property, traced) in own.get(part).into_iter().flat_map(|part| &part.properties) {
            let full = path
                .iter()
                .rev()
                .fold(property.clone(), |inner, name| inner.inside(name));
            if whole.properties.len() >= MAX_PROPERTIES {
                let message = format!("`{ty}` has more than {MAX_PROPERTIES} properties with its components");
                told.tell(Finding::error(element(), message));
                return;
            }
            whole.properties.insert(full, traced.clone());
        }
        way.push(part.clone());
        expand(own, part, Some(&path), way, whole, told);
        way.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_merge(lists: &[&str], expect: &str) {
        let lists = lists
            .iter()
            .map(|list| list.split(' ').filter_map(TypeName::new).collect());
        let mut merged = Vec::new();
        let good = merge(lists.collect(), &mut merged);
        let words: Vec<&str> = merged.iter().map(TypeName::as_str).collect();
        assert_eq!(
            format!("{}{}", if good { "" } else { "? " }, words.join(" ")),
            expect
        );
    }

    #[test]
    fn orders_of_inheritance_are_merged() {
        check_merge(&["a o", "b o", "a b"], "a b o");
        check_merge(&["k1 a b o", "k2 d b o", "k1 k2"], "k1 a k2 d b o");
        check_merge(&["a b", "b a"], "? a b");
        check_merge(&[], "");
    }
}
