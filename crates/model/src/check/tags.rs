//! Tags that two properties want: a tag has one place in the twin, the other gets nothing.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::name::{AssetKey, PropertyPath};
use crate::plant::{Asset, Model};
use crate::point::Binding;
use crate::problem::{Finding, Told};
use crate::resolve::Resolved;

/// Tags of an asset, all of them another's, that make it a copy.
const COPIED: usize = 2;

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
        let [first, others @ ..] = together else { continue };
        for other in others {
            shared.entry((first.1, other.1)).or_default().push((first, other));
        }
    }
    for ((first, other), tags) in shared {
        let is_copy = first != other && tags.len() >= COPIED && counts.get(other) == Some(&tags.len());
        if is_copy {
            tell_copy(first, other, tags.len(), told);
            continue;
        }
        for (first, other) in tags {
            tell(resolved, first, other, told);
        }
    }
}

/// An asset that was copied and kept all tags: said once, not for each of them.
fn tell_copy(first: &AssetKey, other: &AssetKey, tags: usize, told: &mut Told) {
    let message = format!("all {tags} tags of `{other}` are those of `{first}`: it gets no values");
    let help = "a copied asset needs its own parameters, `topic` or `field`; or remove it";
    told.tell(Finding::warning(format!("assets/{other}"), message).help(help));
}

/// Says it at both places.
fn tell(resolved: &Resolved, first: &Wanted<'_>, other: &Wanted<'_>, told: &mut Told) {
    let (_, key, asset, path) = other;
    let bindings = resolved.bindings(key, asset);
    let Some(tag) = bindings.into_iter().find(|binding| binding.property == *path) else {
        return;
    };
    let field = tag.field.map_or_else(String::new, |field| format!(" `{field}`"));
    let at = |wanted: &Wanted<'_>| format!("assets/{}/properties/{}", wanted.1, wanted.3);
    let name = |wanted: &Wanted<'_>| format!("`{}` of `{}`", wanted.3, wanted.1);
    for (here, there) in [(first, other), (other, first)] {
        let message = format!(
            "{} has the tag `{}`{field}, and so has {}",
            name(here),
            tag.topic,
            name(there)
        );
        let help = format!(
            "only one of them gets its values; give the other its own `topic` or `field`, or a formula that reads {}",
            name(first)
        );
        told.tell(Finding::warning(at(here), message).help(help));
    }
}

fn hash(binding: &Binding) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&binding.topic, &binding.field).hash(&mut hasher);
    hasher.finish()
}
