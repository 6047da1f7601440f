//! A plant of 200 assets in three naming conventions: what is learned does not depend on the convention.

use std::collections::BTreeMap;

use learn::Proposal;

use crate::common::{Ear, accepted, show, typed_with_fellows};

/// Kinds of equipment, how many a line has, and what each tells.
const KINDS: [(&str, usize, &[&str]); 5] = [
    (
        "pump",
        4,
        &[
            "flow rate",
            "discharge pressure",
            "motor current",
            "running hours",
            "state",
        ],
    ),
    ("tank", 3, &["level", "temperature", "state"]),
    (
        "conveyor",
        4,
        &["belt speed", "motor current", "good count", "state"],
    ),
    (
        "chiller",
        2,
        &["supply temperature", "return temperature", "power", "state"],
    ),
    ("valve", 6, &["position", "state"]),
];
const SITES: [&str; 2] = ["lyon", "ghent"];
const LINES: usize = 5;

#[derive(Clone, Copy, PartialEq)]
enum Convention {
    Camel,
    Snake,
    Umh,
}

fn topic(convention: Convention, site: &str, line: usize, kind: &str, number: usize, tag: &str) -> String {
    let camel = |text: &str| -> String {
        let mut words = text.split(' ');
        let mut out = words.next().unwrap().to_owned();
        for word in words {
            let mut letters = word.chars();
            out.extend(letters.next().unwrap().to_uppercase());
            out.extend(letters);
        }
        out
    };
    let snake = tag.replace(' ', "_");
    match convention {
        Convention::Camel => format!("acme/{site}/line{line}/{kind}{number}/{}", camel(tag)),
        Convention::Snake => format!("acme/{site}/line_{line}/{kind}_{number:02}/{snake}"),
        Convention::Umh => format!("umh/v1/acme/{site}/line-{line}/{kind}-{number}/_historian/{snake}"),
    }
}

fn value(tag: &str, second: usize, number: usize) -> String {
    match tag {
        "state" if number.is_multiple_of(3) => ["Stopped", "Running"][usize::from(second > 5)].to_owned(),
        "state" => "Running".to_owned(),
        "good count" => format!("{}", 1_000 * number + second),
        "running hours" => format!("{:.3}", 4_000.0 + number as f64 + second as f64 / 3_600.0),
        _ => format!(
            "{:.2}",
            20.0 + number as f64 + ((second * 7 + number) % 5) as f64 / 10.0
        ),
    }
}

fn plant(convention: Convention) -> (Proposal, BTreeMap<String, String>) {
    let mut ear = Ear::new(1_793_697_600_000_000);
    let mut truth = BTreeMap::new();
    for second in 0..12 {
        let mut messages = Vec::new();
        for (site_at, site) in SITES.iter().enumerate() {
            for line in 1..=LINES {
                for (kind, count, tags) in KINDS {
                    for number in 1..=count {
                        for tag in tags {
                            let topic = topic(convention, site, line, kind, number, tag);
                            messages.push((topic, value(tag, second, number + site_at).into_bytes()));
                        }
                        let any = topic(convention, site, line, kind, number, "state");
                        let path = any.replace("umh/v1/", "").replace("/_historian", "");
                        truth.insert(path.rsplit_once('/').unwrap().0.to_owned(), kind.to_owned());
                    }
                }
            }
        }
        ear.second(&messages);
    }
    (ear.learn(), truth)
}

#[test]
fn three_conventions_come_to_the_same_plant() {
    let mut seen = Vec::new();
    for convention in [Convention::Camel, Convention::Snake, Convention::Umh] {
        let (proposal, truth) = plant(convention);
        let equipment: Vec<_> = proposal
            .assets
            .iter()
            .filter(|asset| !asset.tags.is_empty())
            .collect();
        assert_eq!(equipment.len(), 190, "{}", show(&proposal));
        let groups: Vec<(String, usize)> = equipment
            .iter()
            .map(|asset| (truth[&asset.levels.join("/")].clone(), asset.ty))
            .collect();
        assert_eq!(typed_with_fellows(&groups), (1.0, 1.0), "{}", show(&proposal));
        let types: Vec<&str> = proposal.types.iter().map(|ty| ty.name.as_str()).collect();
        assert_eq!(
            types,
            [
                "valve",
                "conveyor",
                "pump",
                "tank",
                "chiller",
                "enterprise",
                "site",
                "line"
            ]
        );
        assert!(proposal.types[0].confidence.percent() >= 90);
        let names: Vec<&str> = equipment.iter().take(3).map(|asset| &*asset.name).collect();
        assert_eq!(names, ["Chiller 1", "Chiller 2", "Conveyor 1"]);

        let tags = proposal.tags.len();
        let (checked, files, mapped) = accepted(proposal);
        assert_eq!(mapped, tags, "every tag, and nothing that was not heard");
        assert_eq!(checked.model.assets.len(), 190 + 1 + 2 + 10);
        assert_eq!(files.len(), 8 + 1);
        let pump = &checked.model.types["pump"];
        let kinds: Vec<String> = pump.properties.keys().map(ToString::to_string).collect();
        seen.push(kinds);
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[1], seen[2]);
}

#[test]
fn what_is_in_the_model_is_not_proposed_again() {
    let (proposal, _) = plant(Convention::Snake);
    let tags = proposal.tags.clone();
    let (checked, _, _) = accepted(proposal);
    let again = learn::propose(tags.clone(), &checked.model, &model::Model::default());
    assert_eq!((again.assets.len(), again.mapped_before), (0, tags.len()));

    // A pump more: it is a pump of the model, on the line that is there.
    let mut more = tags.clone();
    for tag in tags
        .iter()
        .filter(|tag| tag.topic.starts_with("acme/lyon/line_2/pump_01/"))
    {
        let mut tag = tag.clone();
        tag.topic = tag.topic.replace("pump_01", "pump_99").into();
        *tag.levels.last_mut().unwrap() = "pump_99".into();
        more.push(tag);
    }
    let again = learn::propose(more, &checked.model, &model::Model::default());
    assert_eq!(again.assets.len(), 1, "{}", show(&again));
    assert_eq!(again.assets[0].under.as_ref().unwrap().as_str(), "lyon.line_2");
    let mut session = learn::Session::new(again);
    let pick = learn::Pick::AtLeast(0);
    let decision = learn::Decision::Accepted;
    session.edit(learn::Edit::Decide { pick, decision }).unwrap();
    let built = learn::build(session.proposal(), &checked.model, &model::Model::default());
    assert_eq!(built.added.types.len(), 0, "{:?}", built.files);
    assert_eq!(built.added.assets.len(), 1);
    assert_eq!(built.added.assets.values().next().unwrap().ty.as_str(), "pump");
    let whole = model::check_model(&built.model, &formula::NoZones);
    assert!(whole.is_ok(), "{}", whole.render());
}
