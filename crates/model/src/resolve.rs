//! What a type comes to with all it inherits: flat, and each thing with who said it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::form::{Item, Key, Record, table_of};
use crate::input::Input;
use crate::name::{ComponentName, InputName, ParameterName, PropertyName, PropertyPath, TypeName};
use crate::node::{Node, Table, Value};
use crate::plant::{AssetType, Component, Model};
use crate::problem::{Finding, Told};
use crate::property::{About, Parameter, Property};

/// Most levels of components in components.
const MAX_DEPTH: usize = 8;
/// Most properties of a type with those of its components.
pub const MAX_PROPERTIES: usize = 10_000;
/// Most components of a type with their components.
const MAX_PARTS: usize = 10_000;
/// Most properties of all types, with what they inherit and with those of their components.
const MAX_ALL: usize = 2_000_000;
/// Most steps from a type to what it is a kind of.
const MAX_DEEP: usize = 64;
/// Most types that a type names as those it extends.
const MAX_PARENTS: usize = 32;
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
    let mut left = MAX_ALL;
    let mut own: BTreeMap<&TypeName, Effective> = BTreeMap::new();
    for name in model.types.keys() {
        let lineage = lineages.of(name, told);
        let given = |name: &TypeName| model.types.get(name).map_or(0, |ty| ty.properties.len());
        let most: usize = lineage.iter().map(given).sum();
        if most > left {
            tell_too_many(name, told);
            break;
        }
        let effective = inherited(model, lineage, told);
        left -= effective.properties.len();
        own.insert(name, effective);
    }
    let mut types = BTreeMap::new();
    for (name, effective) in &own {
        let mut expansion = Expansion {
            own: &own,
            ty: name,
            way: vec![(*name).clone()],
            whole: effective.clone(),
            parts: 0,
            most: MAX_PROPERTIES.min(effective.properties.len() + left),
        };
        expansion.add(name, &[], told);
        left -= expansion.whole.properties.len() - effective.properties.len();
        types.insert((*name).clone(), Arc::new(expansion.whole));
    }
    Resolved { types }
}

fn tell_too_many(ty: &TypeName, told: &mut Told) {
    let message =
        format!("the types up to `{ty}` have more than {MAX_ALL} properties, with what they inherit");
    let finding = Finding::error(format!("types/{ty}"), message).key();
    told.tell(finding.help("split the model, or move properties to the types that need them"));
}

struct Lineages<'m> {
    model: &'m Model,
    /// Lineages, and their steps.
    done: BTreeMap<TypeName, (Vec<TypeName>, usize)>,
    open: Vec<TypeName>,
}

impl Lineages<'_> {
    /// C3 linearisation (Barrett and others, OOPSLA 1996): a type stands before those it extends,
    /// and what it extends in the order it gives.
    fn of(&mut self, name: &TypeName, told: &mut Told) -> Vec<TypeName> {
        if let Some((done, _)) = self.done.get(name) {
            return done.clone();
        }
        let Some(ty) = self.model.types.get(name) else {
            return Vec::new();
        };
        if self.open.len() > MAX_DEEP {
            tell_too_deep(name, told);
            return Vec::new();
        }
        self.open.push(name.clone());
        let mut lists: Vec<Vec<TypeName>> = Vec::new();
        let mut direct = Vec::new();
        let mut steps = 0;
        for (at, parent) in ty.extends.iter().enumerate() {
            let element = format!("types/{name}/extends/{at}");
            if at >= MAX_PARENTS {
                let message = format!("a type extends {MAX_PARENTS} types at most");
                let help = "let it extend a type that extends some of them";
                told.tell(Finding::error(element, message).help(help));
                break;
            }
            if direct.contains(parent) {
                let message = format!("`{parent}` is named twice");
                told.tell(Finding::error(element, message).help("remove one of them"));
            } else if let Some(from) = self.open.iter().position(|open| open == parent) {
                let way = self.open.iter().skip(from).chain([parent]).map(TypeName::as_str);
                let message = format!(
                    "`{parent}` is a kind of itself: {}",
                    way.collect::<Vec<_>>().join(" → ")
                );
                told.tell(Finding::error(element, message).help("remove one step of the circle"));
            } else {
                let lineage = self.of(parent, told);
                steps = steps.max(self.done.get(parent).map_or(0, |(_, steps)| steps + 1));
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
            let finding = Finding::error(format!("types/{name}/extends"), message);
            told.tell(finding.help("take out types that add nothing"));
            lineage.truncate(MAX_LINEAGE);
        }
        if steps > MAX_DEEP {
            tell_too_deep(name, told);
        }
        self.done.insert(name.clone(), (lineage.clone(), steps));
        lineage
    }
}

fn tell_too_deep(ty: &TypeName, told: &mut Told) {
    let message = format!("`{ty}` is more than {MAX_DEEP} steps of inheritance deep");
    let finding = Finding::error(format!("types/{ty}/extends"), message);
    told.tell(finding.help("take out steps that add nothing"));
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
struct Expansion<'a> {
    own: &'a BTreeMap<&'a TypeName, Effective>,
    ty: &'a TypeName,
    /// The types from the outermost to the one whose components are added.
    way: Vec<TypeName>,
    whole: Effective,
    parts: usize,
    most: usize,
}

impl Expansion<'_> {
    /// Adds the components of `ty`, which is found under these names. False ends it all.
    fn add(&mut self, ty: &TypeName, inside: &[ComponentName], told: &mut Told) -> bool {
        let Some(effective) = self.own.get(ty) else {
            return true;
        };
        for (name, component) in &effective.components {
            let part = &component.value.ty;
            let by = component.said_by("type").unwrap_or(ty);
            let wrong =
                |message: String| Finding::error(format!("types/{by}/components/{name}/type"), message);
            if let Some(from) = self.way.iter().position(|open| open == part) {
                let round = self.way.iter().skip(from).chain([part]).map(TypeName::as_str);
                let round = round.collect::<Vec<_>>().join(" → ");
                let finding = wrong(format!("`{part}` has itself as a component: {round}"));
                told.tell(finding.help("remove one step of the circle"));
                continue;
            }
            if self.way.len() > MAX_DEPTH {
                let finding = wrong(format!("components are more than {MAX_DEPTH} levels deep"));
                told.tell(finding.help("make assets of their own of the inner ones, with `part_of`"));
                continue;
            }
            let path: Vec<ComponentName> = inside.iter().chain([name]).cloned().collect();
            let properties = self.own.get(part).map(|part| &part.properties);
            self.parts += 1;
            if self.parts > MAX_PARTS
                || self.whole.properties.len() + properties.map_or(0, BTreeMap::len) > self.most
            {
                let message = format!(
                    "`{}` has more than {MAX_PARTS} components, or {} properties with theirs",
                    self.ty, self.most
                );
                let help = "make assets of their own of some, with `part_of`";
                told.tell(wrong(message).help(help));
                return false;
            }
            for (property, traced) in properties.into_iter().flatten() {
                let names = path.iter().rev();
                let full = names.fold(property.clone(), |inner, name| inner.inside(name));
                self.whole.properties.insert(full, traced.clone());
            }
            self.way.push(part.clone());
            let go_on = self.add(part, &path, told);
            self.way.pop();
            if !go_on {
                return false;
            }
        }
        true
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
