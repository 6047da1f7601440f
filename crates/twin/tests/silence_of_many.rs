//! When all of a place falls silent at once, that is told once, of the place.

#[path = "support/plant.rs"]
mod plant;

use plant::{Plant, leaf, message, number};
use twin::{Freshness, Need, NeedKind, Quality};

const NORTH: [&str; 4] = [
    "acme/north/a/x",
    "acme/north/a/y",
    "acme/north/b/x",
    "acme/north/c/x",
];
const SOUTH: [&str; 2] = ["acme/south/d/x", "acme/south/e/x"];

/// Both sites speak for 20 s; what is still to speak does so until `until`.
fn cut(still: &[&str], until: f64) -> Plant {
    let mut plant = Plant::new();
    plant.speak(&[NORTH.as_slice(), &SOUTH].concat(), 1.0, 20.0);
    plant.speak(still, 1.0, until - 20.0);
    plant
}

fn told(plant: &Plant) -> Vec<(String, u32, Option<u32>)> {
    let of = |need: &Need| match need.kind {
        NeedKind::Silent {
            stale,
            offline,
            among,
            ..
        } => Some((plant.twin.path(need.asset?), stale + offline, among)),
        _ => None,
    };
    plant.twin.needs(99).0.iter().filter_map(of).collect()
}

#[track_caller]
fn check(still: &[&str], expect: &[(&str, u32, Option<u32>)]) {
    let plant = cut(still, 80.0);
    let expect: Vec<_> = expect
        .iter()
        .map(|(path, silent, among)| ((*path).to_owned(), *silent, *among))
        .collect();
    assert_eq!(told(&plant), expect, "{still:?}");
    assert_eq!(plant.twin.needs(99).1, expect.len());
}

#[test]
fn the_highest_place_that_is_silent_is_told() {
    check(&[NORTH.as_slice(), &SOUTH].concat(), &[]);
    check(&SOUTH, &[("acme/north", 4, Some(4))]);
    check(&[], &[("acme", 6, Some(6))]);
    // One device of a place: that device, not the place.
    check(
        &["acme/north/b/x", "acme/north/c/x", SOUTH[0], SOUTH[1]],
        &[("acme/north/a", 2, None)],
    );
    // Some of many: each by itself.
    check(
        &["acme/north/b/x", SOUTH[0], SOUTH[1]],
        &[("acme/north/a", 2, None), ("acme/north/c", 1, None)],
    );
    check(
        &[
            "acme/north/a/x",
            "acme/north/b/x",
            "acme/north/c/x",
            SOUTH[0],
            SOUTH[1],
        ],
        &[("acme/north/a", 1, None)],
    );
}

#[test]
fn what_is_not_due_yet_is_no_sign_of_life() {
    let mut plant = Plant::new();
    let state = plant.say("acme/pump/state", 1.0);
    let slow = plant.say("acme/pump/hours", 1.0);
    let settings = twin::PointSettings {
        expected: Some(plant::secs(60)),
        ..twin::PointSettings::default()
    };
    plant.input(twin::Input::SetPoint {
        point: slow,
        settings,
    });
    plant.speak(&["acme/pump/speed"], 1.0, 20.0);
    plant.say("acme/pump/hours", 2.0);
    plant.is(state, Freshness::Live);

    // Its quickest tag is silent, its slowest not due: nothing was heard of it since, and that is told once.
    plant.go(60.0);
    plant.is(state, Freshness::Offline);
    plant.is(slow, Freshness::Offline);
    assert_eq!(told(&plant), [("acme/pump".to_owned(), 3, None)]);

    // One word, and only what is silent by itself stays so.
    plant.go(70.0);
    plant.say("acme/pump/hours", 3.0);
    plant.is(state, Freshness::Live);
    plant.is(slow, Freshness::Live);
    assert_eq!(told(&plant), [("acme/pump".to_owned(), 1, None)]);
    // And it does not fall silent again for what it said before.
    plant.go(100.0);
    plant.is(state, Freshness::Live);
}

#[test]
fn it_is_told_since_most_of_it_fell_silent_and_no_longer_when_it_speaks() {
    let mut plant = cut(&SOUTH, 100.0);
    let (needs, _) = plant.twin.needs(1);
    let since = needs.first().map(|need| need.since);
    assert!(
        since.is_some_and(|since| since > plant::at(49.0) && since < plant::at(53.0)),
        "{since:?}"
    );
    let north = plant.twin.by_path("acme/north").expect("a place");
    assert_eq!(plant.twin.needs_of(north), needs);
    plant.say("acme/north/b/x", 1.0);
    plant.say("acme/north/c/x", 1.0);
    assert_eq!(told(&plant), [("acme/north/a".to_owned(), 2, None)]);
    plant.speak(&NORTH, 1.0, 2.0);
    assert_eq!(told(&plant), []);
}

#[test]
fn a_silent_place_comes_before_what_is_only_bad() {
    let mut plant = cut(&SOUTH, 80.0);
    let bad = twin::Leaf {
        quality: Quality::Bad,
        ..leaf("", number(1.0))
    };
    plant.send(message("acme/south/d/x", plant.now, vec![bad]));
    let kinds: Vec<_> = plant.twin.needs(9).0.iter().map(|need| need.kind).collect();
    assert!(
        matches!(kinds[..], [NeedKind::Silent { .. }, NeedKind::Bad { points: 1 }]),
        "{kinds:?}"
    );
    let south = plant
        .twin
        .summary(plant.twin.by_path("acme/south").expect("a place"));
    assert_eq!(
        (south.points, south.live, south.bad),
        (2, 1, 1),
        "what is bad is not live"
    );
}
