//! The demo plant's model (packs/demo) and the simulator are one plant: every tag is bound once and
//! nothing else is, and what the model computes is what the plant's controllers say.

#[path = "../common/mod.rs"]
mod common;
mod living;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use model::{Checked, File, Kind, check_files};
use plantsim::{Plant, TagSpec};

/// 2026-11-03 09:20 UTC.
const START: i64 = 1_793_697_600_000_000;

/// The utilities pack and the demo's model, read and checked.
fn model() -> Checked {
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs");
    let mut open: Vec<PathBuf> = ["utilities/model", "demo/model"]
        .iter()
        .map(|pack| packs.join(pack))
        .collect();
    let mut files = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of the packs") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "toml") {
                let text = std::fs::read_to_string(&path).expect("a file of the packs");
                files.push((path.display().to_string(), text));
            }
        }
    }
    let files: Vec<File<'_>> = files.iter().map(|(path, text)| File { path, text }).collect();
    let checked = check_files(&files, &formula::NoZones);
    assert!(checked.problems.is_empty(), "{}", checked.render());
    checked
}

/// Topic and field of every tag, and where the model has it: asset and property.
type Tags = BTreeMap<(String, String), (String, String)>;

fn bound(checked: &Checked) -> Tags {
    let mut tags = Tags::new();
    for (key, asset) in &checked.model.assets {
        for binding in checked.resolved.bindings(key, asset) {
            let tag = (binding.topic, binding.field.unwrap_or_default());
            let place = (key.to_string(), binding.property.to_string());
            if let Some(other) = tags.insert(tag.clone(), place.clone()) {
                panic!("{tag:?} is bound to {other:?} and to {place:?}");
            }
        }
    }
    tags
}

fn address(tag: &TagSpec) -> (String, String) {
    (tag.topic.clone(), tag.field.clone())
}

#[test]
fn every_tag_is_bound_once_and_nothing_else_is() {
    let checked = model();
    let bound = bound(&checked);
    let published: BTreeSet<(String, String)> = Plant::new(1, START).tags().iter().map(address).collect();
    let known: BTreeSet<(String, String)> = bound.into_keys().collect();
    let unbound: Vec<_> = published.difference(&known).collect();
    let unheard: Vec<_> = known.difference(&published).collect();
    assert!(unbound.is_empty(), "the model binds no {unbound:?}");
    assert!(unheard.is_empty(), "the plant publishes no {unheard:?}");
}

#[test]
fn every_asset_of_the_plant_is_in_the_model_under_its_name() {
    let checked = model();
    let bound = bound(&checked);
    let plant = Plant::new(1, START);
    let names: BTreeMap<String, String> = plant
        .assets()
        .into_iter()
        .map(|asset| (asset.path, asset.name))
        .collect();
    let mut seen = BTreeSet::new();
    for tag in plant.tags() {
        let (key, _) = &bound[&address(&tag)];
        let asset = &checked.model.assets[key.as_str()];
        let name = asset.about.name.as_deref();
        // The rooms' pressures come in one message; in the model each belongs to its room.
        if asset.ty.as_str() != "cleanroom" {
            assert_eq!(name, names.get(&tag.asset).map(String::as_str), "{}", tag.asset);
            seen.insert(tag.asset.clone());
        }
    }
    let silent: Vec<&str> = names
        .keys()
        .filter(|path| !seen.contains(*path))
        .map(String::as_str)
        .collect();
    assert_eq!(
        silent,
        ["norvia", "norvia/lyon/utilities", "norvia/rotterdam/utilities"]
    );
    for (key, asset) in &checked.model.assets {
        let place = asset.relations.get("part_of").map_or(0, Vec::len);
        assert_eq!(
            place,
            usize::from(key.as_str() != "norvia"),
            "{key} is part of nothing"
        );
    }
}

/// The UCUM code of a unit as the simulator writes it.
fn code_of(unit: &str) -> &str {
    match unit {
        "°C" => "Cel",
        "°dH" => "{dH}",
        "NTU" => "{NTU}",
        "gE" => "{gE}",
        "ppm" => "[ppm]",
        "m³" => "m3",
        "m³/h" => "m3/h",
        "m³/min" => "m3/min",
        "k m³/h" => "10*3.m3/h",
        "k/h" => "10*3/h",
        "1/h" => "/h",
        "1/min" | "rpm" => "/min",
        "kWh" => "kW.h",
        "kWh/m³" => "kW.h/m3",
        "kWh/t" => "kW.h/t",
        "kW/(m³/min)" => "kW/(m3/min)",
        "L/(m² h)" => "L/(m2.h)",
        "mg/m³" => "mg/m3",
        "µg/L" => "ug/L",
        "µS/cm" => "uS/cm",
        "N m" => "N.m",
        // UCUM has no var; it is a VA.
        "kVA" | "kvar" => "kV.A",
        same => same,
    }
}

/// What the simulator knows of a tag, the model says too. Limits of what a controller computes stand
/// at the property that the model computes.
#[test]
fn units_ranges_and_limits_are_those_of_the_plant() {
    let checked = model();
    let bound = bound(&checked);
    for tag in Plant::new(1, START).tags() {
        let (key, path) = &bound[&address(&tag)];
        let asset = &checked.model.assets[key.as_str()];
        let property = checked.resolved.property(asset, path).expect("a property");
        let what = format!("{key}.{path}");
        let code = property.unit.as_ref().map(|unit| unit.code().to_owned());
        // Counters that formulas use are in ones.
        let code = code.filter(|code| code != "1");
        assert_eq!(code.as_deref(), tag.unit.as_deref().map(code_of), "{what}");
        assert_eq!(tag.is_state, property.kind == Some(Kind::State), "{what}");
        if path.ends_with("_reported") {
            continue;
        }
        let limits = property.limits;
        let at = |limit: Option<model::Limit>| limit.map(|limit| limit.at);
        let expect = (
            tag.limits.low_low,
            tag.limits.low,
            tag.limits.high,
            tag.limits.high_high,
        );
        let is = (
            at(limits.low_low),
            at(limits.low),
            at(limits.high),
            at(limits.high_high),
        );
        assert_eq!(is, expect, "{what}");
        // Two ranges of the simulator are narrowed: one is a point, one holds its own limit.
        if !path.starts_with("rooms_in_spec") && path != "pallet_magazine" {
            assert_eq!(property.normal, tag.normal, "{what}");
        }
        if let (Some(expected), Some(millis)) = (property.expected, tag.period_millis) {
            assert!(
                u64::from(expected.secs()) * 1_000 >= millis,
                "{what}: late by design"
            );
        }
    }
}
