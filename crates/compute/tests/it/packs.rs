//! The packs of this repository: everything in them can be computed, and says why where it is not.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use compute::{Compute, Taken, Why};
use formula::NoZones;
use model::{CountsAs, Data, File, Scalar, check_files};
use twin::{Quality, Span, Value};

use crate::support::START;

fn read(folder: &Path, into: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            let text = std::fs::read_to_string(&path).unwrap();
            into.insert(path.display().to_string(), text);
        }
    }
}

#[test]
fn the_demo_plant_is_computed() {
    let packs = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs"));
    let mut texts = BTreeMap::new();
    for pack in ["utilities/model", "demo/model"] {
        read(&packs.join(pack), &mut texts);
    }
    let files: Vec<File<'_>> = texts.iter().map(|(path, text)| File { path, text }).collect();
    let checked = check_files(&files, &NoZones);
    assert!(checked.is_ok(), "{}", checked.render());
    let (mut compute, problems) = Compute::new(&checked.model, &checked.resolved, START, Arc::new(NoZones));
    assert_eq!(problems, []);
    let outputs: Vec<_> = compute
        .outputs()
        .map(|(output, asset, path)| (output, format!("{asset}/{path}")))
        .collect();
    assert!(outputs.len() > 500, "{}", outputs.len());
    // What the source of a state says while it runs; texts for texts.
    let word = |asset: &str, path: &str| {
        let asset = checked.model.assets.get(asset)?;
        let property = checked.resolved.property(asset, path)?;
        let runs = |state: &&model::State| state.counts_as == Some(CountsAs::Running);
        let state = property.states.iter().find(runs).or(property.states.first());
        match state.and_then(|state| state.values.first()) {
            Some(Scalar::Text(word)) => Some(Value::Text(Arc::clone(word))),
            Some(Scalar::Number(number)) => Some(Value::Number(*number)),
            Some(Scalar::Flag(on)) => Some(Value::Bool(*on)),
            None => (property.data == Some(Data::Text)).then(|| Value::Text("x".into())),
        }
    };
    let leaves: Vec<_> = compute
        .leaves()
        .map(|(leaf, asset, path)| (leaf, word(asset, path), path.ends_with("_count")))
        .collect();
    let mut now = START;
    // A day and an hour of ten-minute readings: every window closes once.
    for step in 0..151 {
        for (at, (leaf, word, counts)) in leaves.iter().enumerate() {
            let grows = if *counts { 100.0 } else { 0.01 };
            let number = 40.0 + (at % 7) as f64 + f64::from(step) * grows;
            let value = word.clone().unwrap_or(Value::Number(number));
            compute.take(
                *leaf,
                Taken {
                    value: Some(value),
                    quality: Quality::Good,
                    time: now,
                    fresh: true,
                    measured: true,
                },
            );
        }
        compute.settle(now);
        now = now + Span::from_secs(600);
    }
    let mut whys: BTreeMap<Why, Vec<&str>> = BTreeMap::new();
    let mut values = 0;
    for (output, name) in &outputs {
        match compute.why_not(*output) {
            None => values += 1,
            Some(why) => whys.entry(why).or_default().push(name),
        }
    }
    for wrong in [
        Why::Mistake,
        Why::Circle,
        Why::NoProperty,
        Why::NeverSeen,
        Why::NotFresh,
    ] {
        assert_eq!(whys.get(&wrong), None, "{wrong:?}");
    }
    assert!(
        values * 10 > outputs.len() * 9,
        "{values} of {}: {whys:#?}",
        outputs.len()
    );
    // The demo's lines say themselves when nothing is planned.
    let oee: Vec<_> = outputs
        .iter()
        .filter(|(_, name)| name.ends_with("/oee"))
        .collect();
    assert!(oee.len() > 4);
    for (output, name) in oee {
        let missing = compute.missing(*output, 1000);
        assert_eq!(compute.why_not(*output), None, "{name}: {missing:?}");
    }
}
