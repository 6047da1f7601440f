//! The demo plant against its ground truth: what each asset is, and where it stands.

use std::collections::BTreeMap;

use learn::Proposal;
use plantsim::Plant;

use crate::common::{Ear, accepted, all_accepted, bindings, pack, show, typed_with_fellows};

/// 2026-11-03 09:20 UTC.
const START: i64 = 1_793_697_600_000_000;

fn heard() -> (Plant, Ear) {
    let mut plant = Plant::new(11, START);
    let mut ear = Ear::new(START);
    for _ in 0..90 {
        let mut messages = Vec::new();
        plant.step(ear.now() + 1_000_000, &mut |publication| {
            messages.push((publication.topic, publication.payload));
        });
        ear.second(&messages);
    }
    (plant, ear)
}

/// What kind of equipment an asset of the demo plant is, by the name people gave it.
fn truth(name: &str) -> Option<&'static str> {
    let kinds = [
        ("Dosing pump", "dosing pump"),
        ("Dosing skid", "dosing skid"),
        ("Feed water tank", "tank"),
        ("Feed pump", "pump"),
        ("Loop pump", "pump"),
        ("Pump", "pump"),
        ("Loop", "loop"),
        ("AHU", "air handler"),
        ("Capper", "capper"),
        ("Chiller", "chiller"),
        ("Compressed air", "compressed air"),
        ("Compressor", "compressor"),
        ("Cooling coil", "coil"),
        ("Dryer", "dryer"),
        ("Electricity meter", "meter"),
        ("Filler", "filler"),
        ("Filling line", "line"),
        ("Filter", "filter"),
        ("Gearbox", "gearbox"),
        ("Labeller", "labeller"),
        ("Membrane stage", "stage"),
        ("Packer", "packer"),
        ("Palletiser", "palletiser"),
        ("Pressure cascade", "cascade"),
        ("Reverse osmosis", "reverse osmosis"),
        ("Softener", "softener"),
        ("Storage tank", "storage tank"),
        ("Supply fan", "fan"),
        ("Water system", "water system"),
        ("Lyon", "site"),
        ("Rotterdam", "site"),
        ("Utilities", "area"),
        ("HVAC", "area"),
    ];
    kinds
        .iter()
        .find(|(start, _)| name.starts_with(start))
        .map(|(_, kind)| *kind)
}

fn by_levels(proposal: &Proposal) -> BTreeMap<String, usize> {
    let path = |(at, asset): (usize, &learn::ProposedAsset)| (asset.levels.join("/"), at);
    proposal.assets.iter().enumerate().map(path).collect()
}

#[test]
fn assets_are_typed_with_their_fellows_and_stand_where_they_belong() {
    let (plant, ear) = heard();
    let proposal = ear.learn();
    if std::env::var_os("SHOW").is_some() {
        eprintln!("{}", show(&proposal));
    }
    let found = by_levels(&proposal);
    let mut groups = Vec::new();
    let (mut right, mut all) = (0, 0);
    for asset in plant.assets() {
        let Some(at) = found.get(&asset.path) else {
            panic!("{} was not found", asset.path);
        };
        let proposed = &proposal.assets[*at];
        if let Some(truth) = truth(&asset.name) {
            groups.push((truth.to_owned(), proposed.ty));
        }
        let parent = proposed
            .parent
            .map(|parent| proposal.assets[parent].levels.join("/"));
        all += 1;
        right += usize::from(parent.as_deref() == asset.path.rsplit_once('/').map(|(above, _)| above));
    }
    assert_eq!(right, all, "every asset is part of what it is part of");
    assert_eq!(found.len(), all, "no asset that is not there");
    let (recall, precision) = typed_with_fellows(&groups);
    eprintln!(
        "{} assets: fellows of one type {recall:.3}, of one type that are fellows {precision:.3}",
        groups.len()
    );
    assert!(
        recall >= 0.95 && precision >= 0.9,
        "{recall} {precision}\n{}",
        show(&proposal)
    );
}

#[test]
fn accepting_all_maps_every_tag_to_the_right_asset() {
    let (plant, ear) = heard();
    let proposal = ear.learn();
    let tags = proposal.tags.len();
    let keys: BTreeMap<String, String> = proposal
        .assets
        .iter()
        .map(|asset| (asset.levels.join("/"), asset.key.to_string()))
        .collect();
    let (checked, files, _) = accepted(proposal);
    let bindings = bindings(&checked);
    let heard: BTreeMap<_, _> = plant
        .tags()
        .into_iter()
        .map(|tag| ((tag.topic, tag.field), tag.asset))
        .collect();
    let right = bindings
        .iter()
        .filter(|(tag, (asset, _))| heard.get(*tag).and_then(|path| keys.get(path)) == Some(asset));
    let right = right.count();
    eprintln!(
        "{tags} tags heard, {right} bound rightly of {} bindings, {} files",
        bindings.len(),
        files.len()
    );
    assert!(right * 100 >= tags * 98, "{right} of {tags}");
}

#[test]
fn states_counters_and_units_are_told() {
    let (plant, ear) = heard();
    let proposal = ear.learn();
    let (mut right, mut all, mut wrong_units) = (0, 0, Vec::new());
    let specs: BTreeMap<_, _> = plant
        .tags()
        .into_iter()
        .map(|tag| ((tag.topic.clone(), tag.field.clone()), tag))
        .collect();
    for asset in &proposal.assets {
        let ty = &proposal.types[asset.ty];
        for (key, tag) in &asset.tags {
            let tag = &proposal.tags[*tag];
            let Some(spec) = specs.get(&(tag.topic.to_string(), tag.field.to_string())) else {
                continue;
            };
            let property = &ty.properties[key];
            all += 1;
            right += usize::from((property.kind == learn::PropertyKind::State) == spec.is_state);
            let read = property.unit.is_some() || tag.unit.is_none();
            if !read {
                wrong_units.push(tag.unit.clone().unwrap());
            }
        }
    }
    eprintln!("{right} of {all} tags are a state where they are one");
    assert!(right * 100 >= all * 97, "{right} of {all}");
    wrong_units.sort();
    wrong_units.dedup();
    assert!(wrong_units.is_empty(), "{wrong_units:?}");
}

#[test]
fn types_of_a_pack_are_recognised() {
    let packs = pack();
    let (_, ear) = heard();
    let proposal = learn::propose(ear.tags(), &model::Model::default(), &packs);
    let base = |name: &str| {
        let ty = proposal
            .types
            .iter()
            .find(|ty| ty.base.as_ref().is_some_and(|base| base.name.as_str() == name));
        ty.map_or(0, |ty| {
            proposal
                .types
                .iter()
                .position(|other| other == ty)
                .map_or(0, |at| proposal.assets_of(at).count())
        })
    };
    let known = proposal
        .assets
        .iter()
        .filter(|asset| proposal.types[asset.ty].base.is_some())
        .count();
    eprintln!(
        "{known} of {} assets are of a type of the pack",
        proposal.assets.len()
    );
    assert_eq!(base("centrifugal_pump"), 9, "{}", show(&proposal));
    let session = all_accepted(proposal);
    let built = learn::build(session.proposal(), &model::Model::default(), &packs);
    let checked = model::check_model(&built.model, &formula::NoZones);
    assert!(checked.is_ok(), "{}", checked.render());
    let heard: std::collections::BTreeSet<(String, String)> = session
        .proposal()
        .tags
        .iter()
        .map(|tag| (tag.topic.to_string(), tag.field.to_string()))
        .collect();
    let bindings = bindings(&checked);
    let bound = heard.iter().filter(|tag| bindings.contains_key(*tag)).count();
    eprintln!(
        "{bound} of {} tags bound, {} bindings",
        heard.len(),
        bindings.len()
    );
    assert_eq!(bound, heard.len());
}
