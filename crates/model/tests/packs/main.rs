//! The packs: every file reads without a problem, every formula gives what its example says, and
//! docs/packs.md says what is in them.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod document;
mod examples;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use model::{Checked, File, Kind, check_files};

/// Where the packs are.
const PACKS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs");

/// The files of some packs, in order: path and text.
fn files(packs: &[&str]) -> Vec<(String, String)> {
    let mut open: Vec<PathBuf> = packs.iter().map(|pack| Path::new(PACKS).join(pack)).collect();
    let mut files = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "toml") {
                let name = path.strip_prefix(PACKS).unwrap().display().to_string();
                files.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

fn read(packs: &[&str]) -> Checked {
    let files = files(packs);
    let files: Vec<File<'_>> = files.iter().map(|(path, text)| File { path, text }).collect();
    check_files(&files, &formula::NoZones)
}

#[test]
fn every_pack_reads_without_a_problem() {
    for packs in [
        &["utilities/model"][..],
        &["utilities/model", "demo/model"],
        &["utilities/model", "examples/batadal"],
    ] {
        let checked = read(packs);
        assert!(checked.problems.is_empty(), "{packs:?}\n{}", checked.render());
        assert!(checked.model.types.len() > 40);
    }
}

/// Water comes from the suction of the stations to every tank, and through everything else.
#[test]
fn the_water_network_is_connected() {
    let checked = read(&["utilities/model", "examples/batadal"]);
    let model = &checked.model;
    let mut reached = BTreeSet::from(["j280", "j300", "j289", "j302", "j307"]);
    loop {
        let before = reached.len();
        let next = |key: &&str| model.links(key, "feeds").iter().map(|link| link.to.as_str());
        reached.extend(reached.clone().iter().flat_map(next));
        if reached.len() == before {
            break;
        }
    }
    for number in 1..=7 {
        assert!(reached.contains(format!("t{number}").as_str()), "t{number}");
    }
    let lonely = model.assets.iter().filter(|(key, asset)| {
        !reached.contains(key.as_str()) && !matches!(asset.ty.as_str(), "site" | "pumping_station")
    });
    assert_eq!(lonely.count(), 0, "something is in no water");
}

#[test]
fn every_type_says_whose_it_is_and_every_state_speaks_three_languages() {
    let checked = read(&["utilities/model", "demo/model"]);
    let resolved = checked.model.resolve();
    for (name, ty) in &resolved.types {
        let about = &ty.about.value;
        assert!(about.name.is_some() && about.description.is_some(), "{name}");
        // Parts belong to the machine they are in.
        let is_part = name.as_str().ends_with("_bearing") || name.as_str().ends_with("_motor");
        let is_base = matches!(name.as_str(), "equipment" | "energy_user");
        assert!(about.steward.is_some(), "{name}");
        assert!(about.owner.is_some() || is_part || is_base, "{name}");
        for (path, property) in &ty.properties {
            let property = &property.value;
            assert!(property.about.name.is_some(), "{name}.{path}");
            if property.kind == Some(Kind::Computed) {
                let text = property.about.description.as_deref().unwrap_or_default();
                assert!(text.len() > 20, "{name}.{path} does not say what it is");
            }
            for state in &property.states {
                let languages: BTreeSet<&str> =
                    state.words.keys().map(|language| language.as_str()).collect();
                assert_eq!(languages, BTreeSet::from(["de", "en", "fr"]), "{name}.{path}");
                assert!(state.counts_as.is_some(), "{name}.{path}");
            }
        }
    }
}
