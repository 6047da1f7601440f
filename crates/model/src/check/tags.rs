//! Tags that several properties have. Each hears them; what is told is an asset that looks like a
//! forgotten copy, and a number that would have two units.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::name::{AssetKey, PropertyPath};
use crate::plant::{Asset, Model};
use crate::point::Binding;
use crate::problem::{Finding, Told};
use crate::resolve::Resolved;

/// Tags of an asset, all of them another's, that make it a copy.
const COPIED: usize = 2;

/// Properties of one tag that are compared with each other.
const MOST_SHARING: usize = 16;

/// Who wants a tag: the tag's hash, so that a plant of a million tags is not held as text.
type Wanted<'m> = (u64, &'m AssetKey, &'m Asset, PropertyPath);

pub(super) fn check(model: &Model, resolved: &Resolved, told: &mut Told) {
    let mut wanted: Vec<Wanted<'_>> = Vec::new();
    let mut counts: BTreeMap<&AssetKey, usize> = BTreeMap::new();
    for (key, asset) in &model.assets {
        let bindings = resolved.bindings(key, asset);
        counts.insert(key, bindings.len());
        wanted.extend(
            bindings
                .into_iter()
                .map(|binding| (hash(&binding), key, asset, binding.property)),
        );
    }
    // Stable: the first by name stays the first.
    wanted.sort_by_key(|(hash, ..)| *hash);
    let same = |a: &Wanted<'_>, b: &Wanted<'_>| a.0 == b.0;
    let mut shared: BTreeMap<(&AssetKey, &AssetKey), Vec<(&Wanted<'_>, &Wanted<'_>)>> = BTreeMap::new();
    for together in wanted.chunk_by(same) {
        let together = together.get(..MOST_SHARING).unwrap_or(together);
        for (at, first) in together.iter().enumerate() {
            for other in together.iter().skip(at + 1) {
                shared.entry((first.1, other.1)).or_default().push((first, other));
            }
        }
    }
    for ((first, other), tags) in shared {
        let copied: BTreeSet<&PropertyPath> = tags.iter().map(|(_, other)| &other.3).collect();
        let is_like = tags
            .first()
            .is_some_and(|(first, other)| first.2.ty == other.2.ty);
        let is_all = copied.len() >= COPIED && counts.get(other) == Some(&copied.len());
        let is_copy = first != other && is_like && is_all;
        if is_copy {
            tell_copy(first, other, copied.len(), told);
            continue;
        }
        for (first, other) in tags {
            tell_units(resolved, first, other, told);
        }
    }
}

/// An asset that was copied and kept all tags: said once, not for each of them.
fn tell_copy(first: &AssetKey, other: &AssetKey, tags: usize, told: &mut Told) {
    let message = format!("all {tags} tags of `{other}` are those of `{first}`: it shows the same values");
    let help = "a copied asset needs its own parameters, `topic` or `field`; one machine is one asset";
    told.tell(Finding::warning(format!("assets/{other}"), message).help(help));
}

/// Says it at both places when they take one number in two units.
fn tell_units(resolved: &Resolved, first: &Wanted<'_>, other: &Wanted<'_>, told: &mut Told) {
    let unit = |(_, _, asset, path): &Wanted<'_>| resolved.property(asset, path.as_str())?.unit;
    let (Some(first_unit), Some(other_unit)) = (unit(first), unit(other)) else {
        return;
    };
    if first_unit == other_unit {
        return;
    }
    for (here, unit, there, other_unit) in [
        (first, &first_unit, other, &other_unit),
        (other, &other_unit, first, &first_unit),
    ] {
        let message = format!(
            "`{}` of `{}` takes in `{}` what `{}` of `{}` takes in `{}` from the same tag",
            here.3,
            here.1,
            unit.code(),
            there.3,
            there.1,
            other_unit.code()
        );
        let help = "a number has one unit: give both the one it is measured in; a formula converts";
        told.tell(Finding::warning(format!("assets/{}/properties/{}", here.1, here.3), message).help(help));
    }
}

fn hash(binding: &Binding) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&binding.topic, &binding.field).hash(&mut hasher);
    hasher.finish()
}
