//! How far a change reaches: assets, the roll-ups above them, their bindings.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::{Change, Section};
use crate::input::Input;
use crate::name::{AssetKey, InputName, PropertyPath, TypeName};
use crate::plant::{Direction, Model};
use crate::point::Binding;
use crate::problem::counted;
use crate::resolve::{Effective, Resolved};

/// How far a plan reaches.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Radius {
    /// Assets that are added, changed or removed, or whose type means something else.
    pub assets: BTreeSet<AssetKey>,
    /// Properties computed over other assets that see a change.
    pub roll_ups: BTreeSet<RollUp>,
    /// The tags of those assets.
    pub bindings: Bindings,
}

/// A property of an asset, computed over other assets.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct RollUp {
    /// The asset.
    pub asset: AssetKey,
    /// The property.
    pub property: PropertyPath,
}

/// What happens to the tags of the assets that are reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Bindings {
    /// Points that get a tag.
    pub added: usize,
    /// Points that get another tag.
    pub changed: usize,
    /// Points that lose theirs.
    pub removed: usize,
    /// Points that keep theirs.
    pub kept: usize,
}

impl fmt::Display for Radius {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Bindings {
            added,
            changed,
            removed,
            kept,
        } = self.bindings;
        write!(
            to,
            "reaches {}, {}, {} ({added} new, {changed} changed, {removed} removed)",
            counted(self.assets.len(), "asset"),
            counted(self.roll_ups.len(), "roll-up"),
            counted(added + changed + removed + kept, "binding"),
        )
    }
}

type Half<'m> = (&'m Model, &'m Resolved);

pub(super) fn reach(before: Half<'_>, after: Half<'_>, changes: &mut [Change]) -> Radius {
    let types = touched_types(before.1, after.1);
    let mut radius = Radius::default();
    for (model, _) in [before, after] {
        let of_types = model.assets.iter().filter(|(_, asset)| types.contains(&asset.ty));
        radius.assets.extend(of_types.map(|(key, _)| key.clone()));
    }
    for change in changes.iter_mut() {
        change.assets = match change.section {
            Section::Types => assets_using(&change.name, before, after),
            Section::Relations => {
                let users = assets_linked(&change.name, before, after);
                let count = users.len();
                radius.assets.extend(users);
                count
            }
            Section::Hierarchies | Section::Bindings => 0,
            Section::Assets => {
                radius.assets.extend(AssetKey::new(&change.name));
                1
            }
        };
    }
    for half in [before, after] {
        climb(half, &radius.assets, &mut radius.roll_ups);
    }
    radius.bindings = bindings(before, after, &radius.assets);
    radius
}

/// Types that mean something else than before.
fn touched_types(before: &Resolved, after: &Resolved) -> BTreeSet<TypeName> {
    let names: BTreeSet<&TypeName> = before.types.keys().chain(after.types.keys()).collect();
    let touched = |name: &&&TypeName| before.types.get(**name) != after.types.get(**name);
    let mut types: BTreeSet<TypeName> = names.iter().filter(touched).map(|name| (*name).clone()).collect();
    // What is made of a touched type is touched, even where no property tells.
    loop {
        let all = before.types.iter().chain(&after.types);
        let more: Vec<TypeName> = all
            .filter(|(name, ty)| {
                !types.contains(*name) && ty.components.values().any(|part| types.contains(&part.value.ty))
            })
            .map(|(name, _)| name.clone())
            .collect();
        if more.is_empty() {
            return types;
        }
        types.extend(more);
    }
}

/// Assets of a type, of those that extend it, and of those with such a component.
fn assets_using(ty: &str, before: Half<'_>, after: Half<'_>) -> usize {
    let mut found: BTreeSet<&AssetKey> = BTreeSet::new();
    for (model, resolved) in [before, after] {
        let mut users: BTreeSet<&TypeName> = BTreeSet::new();
        loop {
            let count = users.len();
            for (name, effective) in &resolved.types {
                let parts = || effective.components.values().map(|part| &part.value.ty);
                let is_made = parts().any(|part| part.as_str() == ty || users.contains(part));
                if effective.is_a(ty) || is_made {
                    users.insert(name);
                }
            }
            if users.len() == count {
                break;
            }
        }
        let of_them = model.assets.iter().filter(|(_, asset)| users.contains(&asset.ty));
        found.extend(of_them.map(|(key, _)| key));
    }
    found.len()
}

/// Assets that lead somewhere along a relation.
fn assets_linked(relation: &str, before: Half<'_>, after: Half<'_>) -> BTreeSet<AssetKey> {
    let assets = before.0.assets.iter().chain(&after.0.assets);
    let linked = assets.filter(|(_, asset)| asset.relations.contains_key(relation));
    linked.map(|(key, _)| key.clone()).collect()
}

/// The inputs over other assets of a type, and the properties that use them.
struct Uses<'m> {
    input: &'m Input,
    properties: Vec<&'m PropertyPath>,
}

fn uses_of(effective: &Effective) -> Vec<Uses<'_>> {
    let over = effective
        .inputs
        .iter()
        .filter(|(_, input)| input.value.through.is_some());
    over.map(|(name, input)| Uses {
        input: &input.value,
        properties: users_of(effective, name),
    })
    .collect()
}

/// Properties whose formulas name an input, or a property that does.
fn users_of<'m>(effective: &'m Effective, input: &InputName) -> Vec<&'m PropertyPath> {
    let mut found: Vec<&PropertyPath> = Vec::new();
    let mut names = vec![input.as_str()];
    while let Some(name) = names.pop() {
        for (path, property) in &effective.properties {
            let formula = property.value.formula.as_deref().unwrap_or_default();
            if !path.is_inside() && !found.contains(&path) && mentions(formula, name) {
                found.push(path);
                names.push(path.as_str());
            }
        }
    }
    found
}

/// Whether a formula has this word. One in a quoted text counts too: better one too many.
fn mentions(formula: &str, name: &str) -> bool {
    formula
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|word| word == name)
}

/// Steps from touched assets towards roll-ups; a plan that reaches further says so much and no more.
const MAX_STEPS: usize = 5_000_000;

/// For the relations that inputs go along, as they name them: from each end the assets that lead there.
type Ways<'m> = BTreeMap<&'m str, BTreeMap<&'m AssetKey, Vec<&'m AssetKey>>>;

fn ways<'m>(model: &'m Model, uses: &BTreeMap<&'m TypeName, Vec<Uses<'m>>>) -> Ways<'m> {
    let names = uses
        .values()
        .flatten()
        .filter_map(|use_| use_.input.through.as_ref());
    let mut ways = Ways::new();
    for name in names {
        let Some((rule, direction)) = model.relation(name.as_str()) else {
            continue;
        };
        if ways.contains_key(name.as_str()) {
            continue;
        }
        let way = ways.entry(name.as_str()).or_default();
        for (key, asset) in &model.assets {
            let links = asset
                .relations
                .get(rule.name)
                .map(Vec::as_slice)
                .unwrap_or_default();
            for link in links.iter().filter(|link| link.until.is_none()) {
                let Some((there, _)) = model.assets.get_key_value(&link.to) else {
                    continue;
                };
                let (holder, member) = match direction {
                    Direction::Forward => (key, there),
                    Direction::Backward => (there, key),
                };
                way.entry(member).or_default().push(holder);
            }
        }
    }
    ways
}

/// Goes from the touched assets to the roll-ups above them, and on from there.
fn climb((model, resolved): Half<'_>, touched: &BTreeSet<AssetKey>, roll_ups: &mut BTreeSet<RollUp>) {
    let uses: BTreeMap<&TypeName, Vec<Uses<'_>>> = resolved
        .types
        .iter()
        .map(|(name, effective)| (name, uses_of(effective)))
        .filter(|(_, uses)| !uses.is_empty())
        .collect();
    if uses.is_empty() {
        return;
    }
    let ways = ways(model, &uses);
    let uses_at = |key: &AssetKey| model.assets.get(key).and_then(|asset| uses.get(&asset.ty));
    let mut steps = MAX_STEPS;
    let mut open: Vec<&AssetKey> = touched.iter().collect();
    let mut seen: BTreeSet<&AssetKey> = open.iter().copied().collect();
    // The roll-ups of what is touched itself.
    for key in touched {
        for use_ in uses_at(key).into_iter().flatten() {
            add(key, use_, roll_ups);
        }
    }
    while let Some(member) = open.pop() {
        let ty = model
            .assets
            .get(member)
            .and_then(|asset| resolved.types.get(&asset.ty));
        for (through, way) in &ways {
            for (holder, depth) in upwards(member, way, &mut steps) {
                let fits = |use_: &&Uses<'_>| {
                    let input = use_.input;
                    let leads = input
                        .through
                        .as_ref()
                        .is_some_and(|name| name.as_str() == *through);
                    let near = input.levels().most().is_none_or(|most| depth <= most);
                    let of = |of: &TypeName| ty.is_some_and(|ty| ty.is_a(of.as_str()));
                    leads && near && input.of.as_ref().is_none_or(of)
                };
                for use_ in uses_at(holder).into_iter().flatten().filter(fits) {
                    add(holder, use_, roll_ups);
                    if seen.insert(holder) {
                        open.push(holder);
                    }
                }
            }
        }
    }
}

/// All that lead to an asset along a way, with how many steps that takes.
fn upwards<'m>(
    from: &'m AssetKey,
    way: &BTreeMap<&'m AssetKey, Vec<&'m AssetKey>>,
    steps: &mut usize,
) -> Vec<(&'m AssetKey, u32)> {
    let mut seen = BTreeSet::from([from]);
    let (mut found, mut level, mut depth) = (Vec::new(), vec![from], 0_u32);
    while !level.is_empty() {
        depth += 1;
        let mut next = Vec::new();
        for holder in level.iter().filter_map(|key| way.get(key)).flatten().copied() {
            let Some(left) = steps.checked_sub(1) else {
                return found;
            };
            *steps = left;
            if seen.insert(holder) {
                found.push((holder, depth));
                next.push(holder);
            }
        }
        level = next;
    }
    found
}

fn add(asset: &AssetKey, use_: &Uses<'_>, roll_ups: &mut BTreeSet<RollUp>) {
    roll_ups.extend(use_.properties.iter().map(|property| RollUp {
        asset: asset.clone(),
        property: (*property).clone(),
    }));
}

fn bindings(before: Half<'_>, after: Half<'_>, assets: &BTreeSet<AssetKey>) -> Bindings {
    let of = |(model, resolved): Half<'_>, key: &AssetKey| -> BTreeMap<PropertyPath, Binding> {
        let found = model.assets.get(key).map(|asset| resolved.bindings(key, asset));
        let found = found.unwrap_or_default().into_iter();
        found.map(|binding| (binding.property.clone(), binding)).collect()
    };
    let mut count = Bindings::default();
    for key in assets {
        let (old, new) = (of(before, key), of(after, key));
        for (property, binding) in &old {
            match new.get(property) {
                None => count.removed += 1,
                Some(other) if other == binding => count.kept += 1,
                Some(_) => count.changed += 1,
            }
        }
        count.added += new.keys().filter(|property| !old.contains_key(*property)).count();
    }
    count
}
