//! One tag, several properties: each hears it, has its own settings and history, and leaves the tag
//! whole when it goes.

#[path = "support/plant.rs"]
mod plant;

use std::sync::Arc;

use plant::{BROKER, Plant, leaf, message, number};
use proptest::prelude::*;
use twin::{
    Freshness, Input, Leaf, Limits, ModelAsset, ModelPart, ModelPoint, Origin, PointId, PointSettings, Target,
};

const TAG: &str = "can/l1/p1";

fn tag() -> Origin {
    Origin::Tag {
        topic: TAG.into(),
        field: "flow".into(),
    }
}

/// Applies a model of assets with one property `flow` each, and its high limit.
fn apply(plant: &mut Plant, flows: &[(&str, Origin, f64)]) {
    plant.input(Input::Model(ModelPart::Begin));
    let assets = flows.iter().map(|(key, ..)| ModelAsset {
        key: (*key).into(),
        parent: None,
        name: None,
        ty: "pump".into(),
        tags: Vec::new(),
    });
    plant.input(Input::Model(ModelPart::Assets(assets.collect())));
    let points = flows.iter().map(|(key, origin, high)| ModelPoint {
        target: target(key),
        origin: origin.clone(),
        settings: Arc::new(PointSettings {
            name: Some(format!("Flow of {key}").into()),
            limits: Limits {
                high: Some(*high),
                ..Limits::default()
            },
            ..PointSettings::default()
        }),
    });
    plant.input(Input::Model(ModelPart::Points(points.collect())));
    plant.input(Input::Model(ModelPart::End));
}

fn target(key: &str) -> Target {
    Target {
        asset: key.into(),
        property: "flow".into(),
    }
}

fn say(plant: &mut Plant, value: f64) {
    plant.send(message(TAG, plant.now, vec![leaf("flow", number(value))]));
}

fn point(plant: &Plant, key: &str) -> Option<PointId> {
    let asset = plant.twin.modelled(key)?;
    let point = plant.twin.property(asset, "flow")?;
    assert_eq!(plant.twin.point(point).expect("known").asset, asset);
    assert!(plant.twin.points_of(asset).contains(&point));
    Some(point)
}

#[track_caller]
fn flow(plant: &Plant, key: &str) -> PointId {
    point(plant, key).expect("it has a point")
}

fn pumps(plant: &mut Plant) {
    apply(
        plant,
        &[("p1", tag(), 5.0), ("p2", tag(), 9.0), ("p3", tag(), 9.0)],
    );
}

#[test]
fn every_property_of_a_tag_hears_it_whether_the_model_came_before_or_after() {
    for is_heard_first in [true, false] {
        let mut plant = Plant::new();
        if is_heard_first {
            say(&mut plant, 3.0);
        }
        pumps(&mut plant);
        if is_heard_first {
            assert_eq!(
                plant.value(flow(&plant, "p2")),
                number(3.0),
                "what was known, at once"
            );
        }
        plant.go(1.0);
        say(&mut plant, 7.0);
        let all = ["p1", "p2", "p3"].map(|key| flow(&plant, key));
        for id in all {
            assert_eq!(plant.value(id), number(7.0));
            plant.is(id, Freshness::Live);
            let known = plant.twin.point(id).expect("known");
            assert_eq!(
                (&*known.topic, &*known.field),
                (TAG, "flow"),
                "explain shows the tag"
            );
            assert_eq!(plant.stored.iter().filter(|(of, _)| *of == id).count(), {
                1 + usize::from(is_heard_first)
            });
        }
        let beyond = all.map(|id| plant.twin.violation(id).is_some());
        assert_eq!(beyond, [true, false, false], "limits are each one's own");
        assert_eq!(plant.twin.plant_summary().points, 3);
        assert_eq!(plant.twin.sources()[0].points, 1, "the source has one tag");
        assert_eq!(plant.twin.sources()[0].readings, 1 + u64::from(is_heard_first));
    }
}

#[test]
fn who_goes_leaves_the_tag_whole() {
    let mut plant = Plant::new();
    say(&mut plant, 3.0);
    pumps(&mut plant);
    let (first, second, third) = (flow(&plant, "p1"), flow(&plant, "p2"), flow(&plant, "p3"));
    // The first goes: the next one has the tag's own point, and its history.
    apply(&mut plant, &[("p2", tag(), 9.0), ("p3", tag(), 9.0)]);
    assert_eq!((flow(&plant, "p2"), flow(&plant, "p3")), (first, third));
    assert_eq!(plant.twin.point(second).expect("kept").property, None);
    assert_eq!(plant.twin.plant_summary().points, 2);
    say(&mut plant, 4.0);
    assert_eq!(plant.value(second), None, "it hears nothing any more");
    // It comes back, and a further one goes.
    apply(&mut plant, &[("p1", tag(), 5.0), ("p2", tag(), 9.0)]);
    say(&mut plant, 5.0);
    let both = [flow(&plant, "p1"), flow(&plant, "p2")];
    assert_eq!(both.map(|id| plant.value(id)), [number(5.0), number(5.0)]);
    assert_eq!(plant.twin.plant_summary().points, 2);
    // All go: one tag where it was found.
    apply(&mut plant, &[]);
    say(&mut plant, 6.0);
    assert_eq!(plant.twin.plant_summary().points, 1);
    assert_eq!(plant.value(first), number(6.0));
    let found = plant.twin.by_path(TAG).expect("found");
    assert_eq!(plant.twin.points_of(found), [first]);
}

#[test]
fn after_a_restart_each_has_its_own_point_again() {
    let mut plant = Plant::new();
    say(&mut plant, 3.0);
    pumps(&mut plant);
    let before = ["p1", "p2", "p3"].map(|key| flow(&plant, key));
    let mut next = plant.restarted(60.0, true);
    assert_eq!(
        next.twin.plant_summary().points,
        1,
        "without a model there is one tag"
    );
    next.input(Input::SourceAdded {
        source: BROKER,
        name: "broker".into(),
    });
    pumps(&mut next);
    assert_eq!(["p1", "p2", "p3"].map(|key| flow(&next, key)), before);
    next.is(before[1], Freshness::Offline);
    next.input(Input::SourceConnected {
        source: BROKER,
        is_continued: false,
    });
    say(&mut next, 4.0);
    for id in before {
        assert_eq!(next.value(id), number(4.0));
        next.is(id, Freshness::Live);
    }
    next.input(Input::SourceLost(BROKER));
    for id in before {
        next.is(id, Freshness::Offline);
    }
}

#[test]
fn a_device_that_is_gone_takes_all_along() {
    let mut plant = Plant::new();
    say(&mut plant, 3.0);
    pumps(&mut plant);
    plant.available("can/l1/p1/status", false);
    for key in ["p1", "p2", "p3"] {
        plant.is(flow(&plant, key), Freshness::Offline);
    }
    plant.available("can/l1/p1/status", true);
    for key in ["p1", "p2", "p3"] {
        plant.is(flow(&plant, key), Freshness::Live);
    }
}

/// A message of which two rules make values, one of them scaled.
fn say_by_rules(plant: &mut Plant, value: f64, keys: &[(&str, f64)]) {
    let leaves = keys.iter().map(|(key, scale)| Leaf {
        target: Some(Box::new(target(key))),
        ..leaf("flow", number(value * scale))
    });
    plant.send(message(TAG, plant.now, leaves.collect()));
}

#[test]
fn two_rules_for_one_tag_each_have_their_value() {
    for is_heard_first in [true, false] {
        let mut plant = Plant::new();
        if is_heard_first {
            say(&mut plant, 3.0);
        }
        let rule = || ("p1", Origin::Rule, 99.0);
        apply(&mut plant, &[rule(), ("p2", Origin::Rule, 99.0)]);
        for value in [7.0, 8.0] {
            plant.go(value);
            say_by_rules(&mut plant, value, &[("p1", 1.0), ("p2", 10.0), ("nobody", 100.0)]);
            assert_eq!(plant.value(flow(&plant, "p1")), number(value));
            assert_eq!(plant.value(flow(&plant, "p2")), number(value * 10.0));
        }
        let (first, second) = (flow(&plant, "p1"), flow(&plant, "p2"));
        let mut next = plant.restarted(60.0, true);
        next.input(Input::SourceAdded {
            source: BROKER,
            name: "broker".into(),
        });
        next.input(Input::SourceConnected {
            source: BROKER,
            is_continued: false,
        });
        apply(&mut next, &[rule(), ("p2", Origin::Rule, 99.0)]);
        // Whichever speaks first, each keeps its own history.
        say_by_rules(&mut next, 9.0, &[("p2", 10.0), ("p1", 1.0)]);
        assert_eq!((flow(&next, "p1"), flow(&next, "p2")), (first, second));
        assert_eq!(next.value(second), number(90.0));
        assert_eq!(next.value(first), number(9.0));
        let of_first = next.stored.iter().filter(|(of, _)| *of == first);
        assert_eq!(of_first.count(), 1, "nothing of the other's in its history");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever models follow each other, before or after a tag is heard: every property has what the tag
    /// said last, and the plant counts each once. The books are checked after every step by the plant.
    #[test]
    fn any_models_after_each_other(steps in proptest::collection::vec(
        (proptest::collection::btree_set(0_u8..4, 0..4), any::<bool>()), 1..8)) {
        let mut plant = Plant::new();
        let mut said = None;
        for (at, (keys, says)) in steps.iter().enumerate() {
            plant.go(at as f64);
            let keys: Vec<String> = keys.iter().map(|key| format!("p{key}")).collect();
            let flows: Vec<_> = keys.iter().map(|key| (key.as_str(), tag(), 99.0)).collect();
            apply(&mut plant, &flows);
            if *says {
                said = Some(at as f64);
                say(&mut plant, at as f64);
            }
            for key in &keys {
                let own = point(&plant, key);
                prop_assert_eq!(own.is_some(), said.is_some());
                prop_assert_eq!(own.and_then(|own| plant.value(own)), said.and_then(number));
            }
            let count = if said.is_some() { keys.len().max(1) } else { 0 };
            prop_assert_eq!(plant.twin.plant_summary().points as usize, count);
        }
    }
}
