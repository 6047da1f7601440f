//! What changes from one model to another: added, changed, removed, and how far it reaches.
//! A plan holds all that is needed to make the change ([`Plan::apply`]).

mod radius;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

pub use radius::{Bindings, Radius, RollUp};

use crate::emit::in_line;
use crate::form::{Item, Key};
use crate::node::{Node, Table, Value};
use crate::plant::Model;
use crate::problem::counted;
use crate::read::model_from_tree;
use crate::resolve::Resolved;
use crate::write::tree;

/// The difference of two models.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Plan {
    /// What changes: types, relations, hierarchies, assets, then mapping rules, by name.
    pub changes: Vec<Change>,
    /// How far it reaches.
    pub radius: Radius,
    /// What should be known before it is applied.
    pub notes: Vec<String>,
}

/// What happens to something.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Action {
    /// It is new.
    Add,
    /// It stays, and is different.
    Change,
    /// It goes.
    Remove,
}

/// What of a model changes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Section {
    /// An asset type.
    Types,
    /// A relation.
    Relations,
    /// A hierarchy.
    Hierarchies,
    /// An asset.
    Assets,
    /// A mapping rule.
    Bindings,
}

impl Section {
    /// Its key in the files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Types => "types",
            Self::Relations => "relations",
            Self::Hierarchies => "hierarchies",
            Self::Assets => "assets",
            Self::Bindings => "bindings",
        }
    }
}

/// One type, relation, hierarchy, asset or mapping rule that changes.
#[derive(Clone, PartialEq, Debug)]
pub struct Change {
    /// What happens to it.
    pub action: Action,
    /// What it is.
    pub section: Section,
    /// Its name.
    pub name: String,
    /// What of it changes; the whole, with an empty path, when it is added or removed.
    pub fields: Vec<FieldChange>,
    /// Assets it reaches, those it is one of included.
    pub assets: usize,
}

/// A key that changes.
#[derive(Clone, PartialEq, Debug)]
pub struct FieldChange {
    /// The keys that lead to it.
    pub path: Vec<String>,
    /// What it was; none when it is new.
    pub before: Option<Written>,
    /// What it will be; none when it goes.
    pub after: Option<Written>,
}

/// A value as the files write it.
#[derive(Clone, PartialEq, Debug)]
pub struct Written(pub(crate) Value);

impl fmt::Display for Written {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&in_line(&self.0))
    }
}

/// Why a plan cannot be applied.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stale {
    /// The element and key that is not as the plan expects.
    pub element: String,
}

impl fmt::Display for Stale {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            to,
            "{} has changed since the plan was made; make a new plan",
            self.element
        )
    }
}

/// What has to change so that `before` becomes `after`.
#[must_use]
pub fn plan(before: &Model, after: &Model) -> Plan {
    plan_resolved((before, &before.resolve()), (after, &after.resolve()))
}

/// The same, for models whose types are known with what they inherit.
#[must_use]
pub fn plan_resolved(before: (&Model, &Resolved), after: (&Model, &Resolved)) -> Plan {
    let mut changes = Vec::new();
    let ((old, _), (new, _)) = (before, after);
    differ(Section::Types, &old.types, &new.types, &mut changes);
    differ(Section::Relations, &old.relations, &new.relations, &mut changes);
    differ(
        Section::Hierarchies,
        &old.hierarchies,
        &new.hierarchies,
        &mut changes,
    );
    differ(Section::Assets, &old.assets, &new.assets, &mut changes);
    differ(Section::Bindings, &old.bindings, &new.bindings, &mut changes);
    let radius = radius::reach(before, after, &mut changes);
    let notes = notes(old, new, &changes);
    Plan {
        changes,
        radius,
        notes,
    }
}

fn differ<K: Key + Clone, V: Item + PartialEq>(
    section: Section,
    before: &BTreeMap<K, V>,
    after: &BTreeMap<K, V>,
    changes: &mut Vec<Change>,
) {
    let names: BTreeSet<&K> = before.keys().chain(after.keys()).collect();
    for name in names {
        let (old, new) = (before.get(name), after.get(name));
        if old == new {
            continue;
        }
        let action = match (old, new) {
            (None, _) => Action::Add,
            (_, None) => Action::Remove,
            _ => Action::Change,
        };
        let (old, new) = (old.map(Item::write), new.map(Item::write));
        let mut fields = Vec::new();
        compare(&mut Vec::new(), old.as_ref(), new.as_ref(), &mut fields);
        changes.push(Change {
            action,
            section,
            name: name.text().to_owned(),
            fields,
            assets: 0,
        });
    }
}

/// Goes down where both are tables; what is only in one is one change.
fn compare(
    path: &mut Vec<String>,
    before: Option<&Value>,
    after: Option<&Value>,
    fields: &mut Vec<FieldChange>,
) {
    match (before, after) {
        (Some(Value::Table(before)), Some(Value::Table(after))) => {
            let keys: BTreeSet<&Box<str>> = before.keys().chain(after.keys()).collect();
            for key in keys {
                path.push(key.to_string());
                let value = |table: &Table| table.get(key).map(|node| node.value.clone());
                compare(path, value(before).as_ref(), value(after).as_ref(), fields);
                path.pop();
            }
        }
        (before, after) if before != after => fields.push(FieldChange {
            path: path.clone(),
            before: before.cloned().map(Written),
            after: after.cloned().map(Written),
        }),
        _ => {}
    }
}

fn notes(before: &Model, after: &Model, changes: &[Change]) -> Vec<String> {
    let mut notes = Vec::new();
    let types = changes
        .iter()
        .filter(|change| change.section == Section::Types && change.action == Action::Change);
    for change in types {
        let version = |model: &Model| model.types.get(change.name.as_str()).map(|ty| ty.version);
        if let (Some(old), Some(new)) = (version(before), version(after))
            && new <= old
        {
            notes.push(format!(
                "the type `{}` changes, and its version goes from {} to {}: raise it to {}",
                change.name,
                old.0,
                new.0,
                old.0.saturating_add(1)
            ));
        }
    }
    notes
}

impl Plan {
    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// How many things are added, changed and removed.
    #[must_use]
    pub fn counts(&self) -> (usize, usize, usize) {
        let of = |action: Action| {
            self.changes
                .iter()
                .filter(|change| change.action == action)
                .count()
        };
        (of(Action::Add), of(Action::Change), of(Action::Remove))
    }

    /// The model with these changes made; refused when what changes is not as it was.
    pub fn apply(&self, to: &Model) -> Result<Model, Stale> {
        let mut tree = tree(to);
        for change in &self.changes {
            for field in &change.fields {
                let mut path = vec![change.section.word(), change.name.as_str()];
                path.extend(field.path.iter().map(String::as_str));
                let stale = || Stale {
                    element: path.join("/"),
                };
                if value_at(&tree, &path) != field.before.as_ref().map(|written| &written.0) {
                    return Err(stale());
                }
                put(
                    &mut tree,
                    &path,
                    field.after.as_ref().map(|written| written.0.clone()),
                );
            }
        }
        model_from_tree(tree).map_err(|findings| Stale {
            element: findings
                .into_iter()
                .next()
                .map(|finding| finding.element)
                .unwrap_or_default(),
        })
    }
}

fn value_at<'t>(tree: &'t Table, path: &[&str]) -> Option<&'t Value> {
    let (key, rest) = path.split_first()?;
    let value = &tree.get(*key)?.value;
    match value {
        _ if rest.is_empty() => Some(value),
        Value::Table(table) => value_at(table, rest),
        _ => None,
    }
}

fn put(tree: &mut Table, path: &[&str], value: Option<Value>) {
    let Some((key, rest)) = path.split_first() else {
        return;
    };
    if rest.is_empty() {
        match value {
            Some(value) => tree.insert(Box::from(*key), Node::from(value)),
            None => tree.remove(*key),
        };
        return;
    }
    let below = tree
        .entry(Box::from(*key))
        .or_insert_with(|| Node::from(Value::Table(Table::new())));
    if let Value::Table(table) = &mut below.value {
        put(table, rest, value);
    }
}

/// Longest value that a line of a plan shows.
const MAX_SHOWN: usize = 72;

impl fmt::Display for Plan {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return to.write_str("nothing changes\n");
        }
        for change in &self.changes {
            let sign = match change.action {
                Action::Add => '+',
                Action::Change => '~',
                Action::Remove => '-',
            };
            write!(to, "{sign} {}/{}", change.section.word(), change.name)?;
            let is_asset = change.section == Section::Assets;
            if !is_asset && change.assets > 0 {
                write!(to, "  ({})", counted(change.assets, "asset"))?;
            }
            writeln!(to)?;
            for field in change.fields.iter().filter(|field| !field.path.is_empty()) {
                let path = field.path.join(".");
                match (&field.before, &field.after) {
                    (None, Some(after)) => writeln!(to, "    + {path} = {}", short(after))?,
                    (Some(before), None) => writeln!(to, "    - {path} = {}", short(before))?,
                    (Some(before), Some(after)) => {
                        writeln!(to, "    ~ {path}: {} → {}", short(before), short(after))?
                    }
                    (None, None) => {}
                }
            }
        }
        for note in &self.notes {
            writeln!(to, "! {note}")?;
        }
        let (added, changed, removed) = self.counts();
        writeln!(to, "{added} to add, {changed} to change, {removed} to remove")?;
        writeln!(to, "{}", self.radius)
    }
}

fn short(written: &Written) -> String {
    let text = written.to_string();
    if text.chars().count() <= MAX_SHOWN {
        return text;
    }
    let shown: String = text.chars().take(MAX_SHOWN - 1).collect();
    format!("{shown}…")
}
