//! Edits and their undoing.

use learn::{Decision, Edit, MAX_EDITS, Pick, PropertyKind, Proposal, Refused, Session};
use proptest::prelude::*;

use crate::common::Ear;

/// Two lines with three pumps each, and a tank.
fn proposal() -> Proposal {
    let mut ear = Ear::new(1_793_697_600_000_000);
    for second in 0..5 {
        let mut messages = Vec::new();
        for line in 1..=2 {
            for pump in 1..=3 {
                for tag in ["flow_m3h", "pressure_bar"] {
                    let topic = format!("acme/line{line}/pump{pump}/{tag}");
                    messages.push((topic, format!("{}.5", second + pump).into_bytes()));
                }
            }
        }
        messages.push((
            "acme/line1/tank1/level".to_owned(),
            format!("{second}.25").into_bytes(),
        ));
        messages.push(("test/foo".to_owned(), b"hello".to_vec()));
        ear.second(&messages);
    }
    ear.learn()
}

fn ty(proposal: &Proposal, name: &str) -> usize {
    proposal
        .types
        .iter()
        .position(|ty| ty.name.as_str() == name)
        .unwrap()
}

fn asset(proposal: &Proposal, path: &str) -> usize {
    proposal
        .assets
        .iter()
        .position(|asset| asset.levels.join("/") == path)
        .unwrap()
}

fn accept(pick: Pick) -> Edit {
    Edit::Decide {
        pick,
        decision: Decision::Accepted,
    }
}

#[test]
fn what_is_accepted_brings_what_it_is_part_of() {
    let mut session = Session::new(proposal());
    let pump = asset(session.proposal(), "acme/line2/pump3");
    session.edit(accept(Pick::Assets(vec![pump]))).unwrap();
    let built = learn::build(
        session.proposal(),
        &model::Model::default(),
        &model::Model::default(),
    );
    let keys: Vec<&str> = built.added.assets.keys().map(|key| key.as_str()).collect();
    assert_eq!(keys, ["acme", "line2", "line2.pump3"]);
    assert_eq!(
        built
            .added
            .types
            .keys()
            .map(|name| name.as_str())
            .collect::<Vec<_>>(),
        ["line", "pump", "site"]
    );
}

#[test]
fn edits_change_the_model_that_comes_out() {
    let mut session = Session::new(proposal());
    let (pump, tank) = (ty(session.proposal(), "pump"), ty(session.proposal(), "tank"));
    let (line1, first) = (
        asset(session.proposal(), "acme/line1"),
        asset(session.proposal(), "acme/line2/pump1"),
    );
    let unit = formula::units::Unit::parse("kPa").unwrap();
    for edit in [
        Edit::NameType {
            ty: pump,
            title: "Centrifugal pump".into(),
        },
        Edit::NameAsset {
            asset: first,
            name: "Booster".into(),
        },
        Edit::NameProperty {
            ty: pump,
            key: "pressure".into(),
            title: "Head".into(),
        },
        Edit::SetUnit {
            ty: pump,
            key: "pressure".into(),
            unit: Some(unit),
        },
        Edit::SetKind {
            ty: tank,
            key: "level".into(),
            kind: PropertyKind::Counter,
        },
        Edit::Move {
            asset: first,
            under: Some(line1),
        },
        accept(Pick::AtLeast(1)),
        Edit::Ignore("test/#".into()),
    ] {
        session.edit(edit).unwrap();
    }
    let built = learn::build(
        session.proposal(),
        &model::Model::default(),
        &model::Model::default(),
    );
    let checked = model::check_model(&built.model, &formula::NoZones);
    assert!(checked.is_ok(), "{}", checked.render());
    let pump = &built.model.types["centrifugal_pump"];
    assert_eq!(pump.properties["head"].unit.as_ref().unwrap().code(), "kPa");
    let booster = &built.model.assets["line2.pump1"];
    assert_eq!(booster.about.name.as_deref(), Some("Booster"));
    assert_eq!(booster.relations.get("part_of").unwrap()[0].to.as_str(), "line1");
    let head = checked
        .resolved
        .bindings(&model::AssetKey::new("line2.pump1").unwrap(), booster);
    let topics: Vec<&str> = head.iter().map(|binding| binding.topic.as_str()).collect();
    assert_eq!(
        topics,
        ["acme/line2/pump1/flow_m3h", "acme/line2/pump1/pressure_bar"]
    );
    assert_eq!(session.proposal().unmapped(), Vec::<usize>::new());
}

#[test]
fn what_makes_no_sense_is_refused_and_changes_nothing() {
    let mut session = Session::new(proposal());
    let before = session.proposal().clone();
    let (pump, tank) = (ty(&before, "pump"), ty(&before, "tank"));
    let (line, below) = (asset(&before, "acme/line1"), asset(&before, "acme/line1/pump1"));
    for (edit, refused) in [
        (
            Edit::NameType {
                ty: pump,
                title: "Tank".into(),
            },
            Refused::NameTaken,
        ),
        (
            Edit::NameType {
                ty: pump,
                title: " ".into(),
            },
            Refused::NoName,
        ),
        (
            Edit::NameAsset {
                asset: 9_999,
                name: "x".into(),
            },
            Refused::Unknown,
        ),
        (
            Edit::NameAssets {
                assets: vec![line, 9_999],
                pattern: "x".into(),
            },
            Refused::Unknown,
        ),
        (
            Edit::NameAssets {
                assets: vec![line, below],
                pattern: "##".into(),
            },
            Refused::NoName,
        ),
        (
            Edit::NameProperty {
                ty: pump,
                key: "flow".into(),
                title: "Pressure".into(),
            },
            Refused::NameTaken,
        ),
        (
            Edit::Merge {
                from: tank,
                into: tank,
            },
            Refused::Unknown,
        ),
        (
            Edit::Move {
                asset: line,
                under: Some(below),
            },
            Refused::Circle,
        ),
        (
            Edit::Move {
                asset: line,
                under: Some(line),
            },
            Refused::Circle,
        ),
        (accept(Pick::Assets(vec![9_999])), Refused::Unknown),
        (Edit::Ignore("".into()), Refused::NoName),
    ] {
        assert_eq!(session.edit(edit.clone()), Err(refused), "{edit:?}");
        assert_eq!(session.proposal(), &before, "{edit:?}");
    }
    assert_eq!(session.steps(), (0, 0));
}

#[test]
fn what_an_asset_is_part_of_is_among_what_it_could_be_part_of() {
    let mut ear = Ear::new(1_793_697_600_000_000);
    let mut messages = Vec::new();
    for line in 1..=4 {
        // A line that has a tag of its own is a place all the same.
        messages.push((format!("acme/line{line}/takt_s"), b"3.5".to_vec()));
        messages.push((format!("acme/line{line}/pump1/flow"), b"1.5".to_vec()));
    }
    ear.second(&messages);
    let proposal = ear.learn();
    let paths = |places: Vec<usize>| -> Vec<String> {
        places
            .into_iter()
            .map(|at| proposal.assets[at].levels.join("/"))
            .collect()
    };
    let pump = asset(&proposal, "acme/line3/pump1");
    let all = ["acme", "acme/line1", "acme/line2", "acme/line3", "acme/line4"];
    assert_eq!(paths(proposal.places(pump, 300)), all);
    assert_eq!(paths(proposal.places(pump, 2)), ["acme", "acme/line3"]);
    let line = asset(&proposal, "acme/line3");
    assert_eq!(
        paths(proposal.places(line, 300)),
        ["acme", "acme/line1", "acme/line2", "acme/line4"]
    );
}

#[test]
fn rejected_assets_leave_their_tags_unmapped() {
    let mut session = Session::new(proposal());
    let test = asset(session.proposal(), "test");
    let edit = Edit::Decide {
        pick: Pick::Below(test),
        decision: Decision::Rejected,
    };
    session.edit(edit).unwrap();
    let left: Vec<&str> = session
        .proposal()
        .unmapped()
        .iter()
        .map(|at| &*session.proposal().tags[*at].topic)
        .collect();
    assert_eq!(left, ["test/foo"]);
}

fn edits() -> impl Strategy<Value = Edit> {
    let pick = prop_oneof![
        (0_usize..12).prop_map(|at| Pick::Assets(vec![at])),
        (0_usize..6).prop_map(Pick::Type),
        (0_usize..12).prop_map(Pick::Below),
        (0_u8..100).prop_map(Pick::AtLeast),
    ];
    let decision = prop_oneof![
        Just(Decision::Accepted),
        Just(Decision::Rejected),
        Just(Decision::Open)
    ];
    prop_oneof![
        (pick, decision).prop_map(|(pick, decision)| Edit::Decide { pick, decision }),
        (0_usize..6, "[a-c ]{0,3}").prop_map(|(ty, title)| Edit::NameType {
            ty,
            title: title.into()
        }),
        (0_usize..6, 0_usize..6).prop_map(|(from, into)| Edit::Merge { from, into }),
        (0_usize..12, proptest::option::of(0_usize..12))
            .prop_map(|(asset, under)| Edit::Move { asset, under }),
        (0_usize..6, 0_usize..6).prop_map(|(ty, kind)| Edit::SetKind {
            ty,
            key: "flow".into(),
            kind: PropertyKind::ALL[kind].1
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn undo_takes_back_exactly_what_was_done(edits in proptest::collection::vec(edits(), 0..30)) {
        let mut session = Session::new(proposal());
        let mut past = vec![session.proposal().clone()];
        for edit in edits {
            if session.edit(edit).is_ok() {
                past.push(session.proposal().clone());
            }
            let built = learn::build(session.proposal(), &model::Model::default(), &model::Model::default());
            let checked = model::check_model(&built.model, &formula::NoZones);
            prop_assert!(checked.is_ok(), "{}", checked.render());
        }
        for expect in past.iter().rev().skip(1) {
            prop_assert!(session.undo());
            prop_assert_eq!(session.proposal(), expect);
        }
        prop_assert!(!session.undo());
        for expect in past.iter().skip(1) {
            prop_assert!(session.redo());
            prop_assert_eq!(session.proposal(), expect);
        }
        prop_assert!(!session.redo());
    }
}

#[test]
fn history_is_bounded() {
    let mut session = Session::new(proposal());
    for number in 0..MAX_EDITS + 10 {
        session
            .edit(Edit::NameAsset {
                asset: 0,
                name: format!("Name {number}").into(),
            })
            .unwrap();
    }
    assert_eq!(session.steps(), (MAX_EDITS, 0));
    while session.undo() {}
    assert_eq!(&*session.proposal().assets[0].name, "Name 9");
}

#[test]
fn several_are_named_at_once_and_taken_back_at_once() {
    let first = proposal();
    let pumps: Vec<usize> = (1..=3)
        .map(|n| asset(&first, &format!("acme/line2/pump{n}")))
        .collect();
    let odd = asset(&first, "acme/line1");
    let name = |pattern: &str, assets: &[usize]| {
        let mut session = Session::new(first.clone());
        let assets = assets.to_vec();
        let edit = Edit::NameAssets {
            assets: assets.clone(),
            pattern: pattern.into(),
        };
        session.edit(edit).unwrap();
        let named = session.proposal().assets.clone();
        session.undo();
        assert_eq!(session.proposal(), &first);
        assets
            .iter()
            .map(|at| named[*at].name.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(name("Booster #", &pumps), ["Booster 1", "Booster 2", "Booster 3"]);
    assert_eq!(name("#. booster", &pumps[1..]), ["2. booster", "3. booster"]);
    assert_eq!(name("Booster", &pumps[..2]), ["Booster 1", "Booster 2"]);
    assert_eq!(name("The line", &[odd]), ["The line"]);
}
