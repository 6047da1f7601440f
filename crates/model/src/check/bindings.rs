//! Mapping rules: what crate `bind` says of them, and assets that nobody knows.

use bind::Rules;
use formula::Zones;

use crate::name::AssetKey;
use crate::plant::Model;
use crate::problem::{Finding, Part, Told};

/// Rules of a model.
const MAX_BINDINGS: usize = 10_000;

pub(super) fn check(model: &Model, zones: &dyn Zones, told: &mut Told) {
    if model.bindings.len() > MAX_BINDINGS {
        let message = format!("{} bindings, the most are {MAX_BINDINGS}", model.bindings.len());
        told.tell(
            Finding::error("bindings", message).help("let one rule speak for many topics, with captures"),
        );
        return;
    }
    for (name, rule) in &model.bindings {
        let (_, found) = Rules::compile([(name.as_str(), rule)], zones);
        for problem in found.into_iter().map(|found| found.problem) {
            let element = match problem.key.as_str() {
                "" => format!("bindings/{name}"),
                key => format!("bindings/{name}/{key}"),
            };
            let finding = Finding {
                severity: problem.severity,
                part: problem.span.map_or(Part::Value, Part::Inside),
                ..Finding::error(element, problem.message)
            };
            told.tell(finding.help("see docs/bindings.md").help_if(problem.help));
        }
        for (from, to) in &rule.assets {
            tell_unknown(model, &format!("bindings/{name}/assets/{from}"), to, told);
        }
        let fixed = rule.asset.as_deref().filter(|asset| !asset.contains('{'));
        if let Some(asset) = fixed {
            tell_unknown(model, &format!("bindings/{name}/asset"), asset, told);
        }
    }
}

/// Its values would belong to nobody.
fn tell_unknown(model: &Model, element: &str, asset: &str, told: &mut Told) {
    if model.assets.contains_key(asset) || told.places.key_of(&format!("assets/{asset}")).is_some() {
        return;
    }
    let help = told
        .nearest(asset, model.assets.keys().map(AssetKey::as_str))
        .unwrap_or_else(|| format!("write it: `[assets.{asset}]`"));
    told.tell(Finding::warning(element, format!("unknown asset `{asset}`")).help(help));
}
