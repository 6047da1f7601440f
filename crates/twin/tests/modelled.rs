//! A model laid over what was discovered: things take their places, keep their ids, and go back.

#[path = "support/plant.rs"]
mod plant;

use std::sync::Arc;

use plant::{BROKER, Plant, leaf, message, number};
use twin::{
    AssetId, Flags, Freshness, Input, Leaf, Limits, ModelAsset, ModelPart, ModelPoint, Origin, PointId,
    PointSettings, Quality, Reading, Target,
};

fn asset(key: &str, parent: Option<&str>, tags: &[&str]) -> ModelAsset {
    ModelAsset {
        key: key.into(),
        parent: parent.map(Into::into),
        name: (key == "pump-1").then(|| "Pump 1".into()),
        ty: "pump".into(),
        tags: tags
            .iter()
            .map(|topic| (Arc::from(*topic), Box::default()))
            .collect(),
    }
}

fn point(asset: &str, property: &str, origin: Origin) -> ModelPoint {
    ModelPoint {
        target: Target {
            asset: asset.into(),
            property: property.into(),
        },
        origin,
        settings: Arc::new(PointSettings {
            name: Some(format!("The {property}").into()),
            unit: Some("bar".into()),
            limits: Limits {
                high: Some(5.0),
                ..Limits::default()
            },
            ..PointSettings::default()
        }),
    }
}

fn tag(topic: &str) -> Origin {
    Origin::Tag {
        topic: topic.into(),
        field: Box::default(),
    }
}

fn apply(plant: &mut Plant, assets: Vec<ModelAsset>, points: Vec<ModelPoint>) -> Vec<PointId> {
    plant.input(Input::Model(ModelPart::Begin));
    plant.input(Input::Model(ModelPart::Assets(assets)));
    let mut placed = plant.input(Input::Model(ModelPart::Points(points))).placed;
    placed.extend(plant.input(Input::Model(ModelPart::End)).placed);
    placed
}

fn site(plant: &mut Plant) -> Vec<PointId> {
    apply(
        plant,
        vec![
            asset("lyon", None, &[]),
            asset("pump-1", Some("lyon"), &["gw7/p1/pressure", "gw7/p1/flow"]),
        ],
        vec![
            point("pump-1", "pressure", tag("gw7/p1/pressure")),
            point("pump-1", "flow", tag("gw7/p1/flow")),
            point("lyon", "total", Origin::Computed),
        ],
    )
}

fn computed(plant: &Plant, value: f64) -> Reading {
    Reading {
        value: number(value),
        quality: Quality::Good,
        source_time: Some(plant.now),
        arrival: plant.now,
        flags: Flags::default(),
    }
}

fn name(plant: &Plant, id: AssetId) -> String {
    plant.twin.asset(id).expect("known").name.to_string()
}

#[test]
fn a_discovered_asset_becomes_the_models_and_keeps_its_id() {
    let mut plant = Plant::new();
    let pressure = plant.say("gw7/p1/pressure", 3.0);
    plant.say("gw7/p1/flow", 1.0);
    plant.say("gw7/p1/unknown", 1.0);
    let was = plant.twin.point(pressure).expect("one").asset;
    let placed = site(&mut plant);
    assert_eq!(placed.len(), 3);
    assert_eq!(plant.twin.modelled("pump-1"), Some(was));
    assert_eq!(name(&plant, was), "Pump 1");
    assert_eq!(plant.twin.path(was), "lyon/pump-1");
    assert_eq!(
        plant.twin.by_path("gw7/p1"),
        Some(was),
        "the old address leads there"
    );
    let known = plant.twin.point(pressure).expect("one");
    assert_eq!(
        (&*known.name, known.property.as_deref()),
        ("The pressure", Some("pressure"))
    );
    // What the model does not name stays with the asset it was found at.
    assert_eq!(plant.twin.points_of(was).len(), 3);
    // The gateway holds nothing any more and is not shown.
    let roots: Vec<_> = plant
        .twin
        .roots()
        .iter()
        .map(|root| name(&plant, *root))
        .collect();
    assert_eq!(roots, ["lyon"]);
    assert_eq!(site(&mut plant), [], "the same model again changes nothing");
}

#[test]
fn places_without_tags_are_known_again_by_their_address() {
    let mut plant = Plant::new();
    let flow = plant.say("acme/ghent/p1/flow", 1.0);
    let found: Vec<AssetId> = plant.twin.trail(plant.twin.point(flow).expect("one").asset);
    let assets = vec![
        asset("acme", None, &[]),
        asset("acme-ghent", Some("acme"), &[]),
        asset("acme-ghent-pump", Some("acme-ghent"), &["acme/ghent/p1/flow"]),
    ];
    apply(
        &mut plant,
        assets,
        vec![point("acme-ghent-pump", "flow", tag("acme/ghent/p1/flow"))],
    );
    let pump = plant.twin.modelled("acme-ghent-pump").expect("made");
    assert_eq!(plant.twin.trail(pump), found);
    assert_eq!(plant.twin.path(pump), "acme/ghent/pump");
    assert_eq!(plant.twin.asset_count(), 3);
}

#[test]
fn tags_heard_after_the_model_find_their_places() {
    let mut plant = Plant::new();
    site(&mut plant);
    let pump = plant.twin.modelled("pump-1").expect("made");
    let pressure = plant.say("gw7/p1/pressure", 7.0);
    assert_eq!(plant.twin.point(pressure).expect("one").asset, pump);
    assert_eq!(plant.twin.property(pump, "pressure"), Some(pressure));
    assert!(
        plant.twin.violation(pressure).is_some(),
        "limits hold from the first value on"
    );
    assert_eq!(plant.twin.roots().len(), 1, "its topic makes no tree of its own");
    let other = plant.say("gw7/p2/pressure", 1.0);
    assert_eq!(
        plant.twin.path(plant.twin.point(other).expect("one").asset),
        "gw7/p2"
    );
    assert_eq!(plant.twin.roots().len(), 2);
}

#[test]
fn what_a_new_model_leaves_out_goes_back() {
    let mut plant = Plant::new();
    let pressure = plant.say("gw7/p1/pressure", 9.0);
    let paths = plant.paths();
    site(&mut plant);
    let total = plant
        .twin
        .property(plant.twin.modelled("lyon").expect("made"), "total");
    plant.input(Input::Computed(vec![(
        total.expect("one"),
        computed(&plant, 4.0),
    )]));
    apply(&mut plant, Vec::new(), Vec::new());
    assert_eq!(
        plant.paths()[..paths.len()],
        paths,
        "everything is where it was found"
    );
    assert_eq!(plant.twin.roots().len(), 1);
    let known = plant.twin.point(pressure).expect("one");
    assert_eq!((&*known.name, known.property.as_deref()), ("Pressure", None));
    assert_eq!(plant.twin.violation(pressure), None);
    // And comes again with the same ids.
    site(&mut plant);
    assert_eq!(
        plant
            .twin
            .property(plant.twin.modelled("lyon").expect("made"), "total"),
        total
    );
    assert_eq!(
        plant.twin.reading(total.expect("one")),
        None,
        "what it came to then is forgotten"
    );
}

#[test]
fn an_address_does_not_say_twice_where_it_is() {
    let mut plant = Plant::new();
    let assets = vec![
        asset("lyon", None, &[]),
        asset("lyon-water", Some("lyon"), &[]),
        asset("lyon-water-ro-1", Some("lyon-water"), &[]),
        asset("lyon-tk-1", Some("lyon-water"), &[]),
        asset("lyonnaise", Some("lyon"), &[]),
        asset("tk-1", Some("lyon-water"), &[]),
    ];
    apply(&mut plant, assets, Vec::new());
    let of = |key: &str| plant.twin.path(plant.twin.modelled(key).expect("made"));
    assert_eq!(of("lyon-water-ro-1"), "lyon/water/ro-1");
    assert_eq!(of("lyon-tk-1"), "lyon/water/tk-1");
    assert_eq!(of("tk-1"), "lyon/water/tk-1-2");
    assert_eq!(of("lyonnaise"), "lyon/lyonnaise");
}

#[test]
fn an_asset_moves_with_all_that_is_counted_below_it() {
    let mut plant = Plant::new();
    plant.say("gw7/p1/pressure", 9.0);
    site(&mut plant);
    let moved = vec![
        asset("lyon", None, &[]),
        asset("hall", Some("lyon"), &[]),
        asset("pump-1", Some("hall"), &[]),
    ];
    apply(
        &mut plant,
        moved,
        vec![point("pump-1", "pressure", tag("gw7/p1/pressure"))],
    );
    let of = |key: &str| plant.twin.summary(plant.twin.modelled(key).expect("made"));
    assert_eq!(
        (of("hall").points, of("hall").inner, of("lyon").points),
        (1, 1, 1)
    );
    let pump = plant.twin.modelled("pump-1").expect("made");
    assert_eq!(plant.twin.path(pump), "lyon/hall/pump-1");
    assert_eq!(plant.twin.by_path("lyon/pump-1"), Some(pump));
}

#[test]
fn a_ring_is_refused_and_parent_and_child_may_change_places() {
    let mut plant = Plant::new();
    apply(
        &mut plant,
        vec![asset("a", None, &[]), asset("b", Some("a"), &[])],
        Vec::new(),
    );
    apply(
        &mut plant,
        vec![asset("b", None, &[]), asset("a", Some("b"), &[])],
        Vec::new(),
    );
    let (a, b) = (
        plant.twin.modelled("a").expect("a"),
        plant.twin.modelled("b").expect("b"),
    );
    assert_eq!(plant.twin.trail(a), [b, a]);
    apply(
        &mut plant,
        vec![asset("b", Some("a"), &[]), asset("a", Some("b"), &[])],
        Vec::new(),
    );
    assert_eq!(plant.twin.trail(a), [b, a], "what would come below itself stays");
}

#[test]
fn a_rules_target_places_a_value_whatever_its_topic() {
    let mut plant = Plant::new();
    let rule = point("pump-1", "flow", Origin::Rule);
    apply(&mut plant, vec![asset("pump-1", None, &[])], vec![rule]);
    let target = |asset: &str| Leaf {
        target: Some(Box::new(Target {
            asset: asset.into(),
            property: "flow".into(),
        })),
        ..leaf("x", number(2.0))
    };
    plant.send(message("any/topic", plant.now, vec![target("pump-1")]));
    let pump = plant.twin.modelled("pump-1").expect("made");
    let flow = plant.twin.property(pump, "flow").expect("bound");
    assert_eq!(plant.value(flow), number(2.0));
    plant.send(message("other/topic", plant.now, vec![target("nobody")]));
    assert_eq!(
        plant.twin.roots().len(),
        2,
        "an unknown target stays where it was found"
    );
}

#[test]
fn computed_values_are_no_measurements_and_survive_a_restart() {
    let mut plant = Plant::new();
    plant.say("gw7/p1/pressure", 1.0);
    site(&mut plant);
    let lyon = plant.twin.modelled("lyon").expect("made");
    let total = plant.twin.property(lyon, "total").expect("one");
    plant.input(Input::Computed(vec![(total, computed(&plant, 9.0))]));
    assert_eq!(
        plant.twin.summary(lyon).points,
        1,
        "only what is measured is counted"
    );
    assert_eq!(plant.twin.summary(lyon).inner, 1, "but its limits hold");
    plant.is(total, Freshness::Live);
    let none = Reading {
        value: None,
        quality: Quality::Bad,
        ..computed(&plant, 0.0)
    };
    plant.input(Input::Computed(vec![(total, none)]));
    assert_eq!(
        (plant.twin.summary(lyon).bad, plant.twin.summary(lyon).inner),
        (0, 0)
    );
    let pump = plant.twin.modelled("pump-1").expect("made");

    let mut next = plant.restarted(60.0, true);
    assert_eq!(next.twin.plant_summary().points, 1);
    next.input(Input::SourceAdded {
        source: BROKER,
        name: "broker".into(),
    });
    site(&mut next);
    assert_eq!(next.twin.modelled("lyon"), Some(lyon));
    assert_eq!(next.twin.modelled("pump-1"), Some(pump));
    assert_eq!(next.twin.property(lyon, "total"), Some(total));
    next.input(Input::Computed(vec![(total, computed(&next, 3.0))]));
    next.is(total, Freshness::Live);
}

#[test]
fn a_value_that_newer_inputs_left_alone_is_as_new_as_they_are() {
    let mut plant = Plant::new();
    let pressure = plant.say("gw7/p1/pressure", 1.0);
    site(&mut plant);
    let lyon = plant.twin.modelled("lyon").expect("made");
    let total = plant.twin.property(lyon, "total").expect("one");
    plant.input(Input::Computed(vec![(total, computed(&plant, 9.0))]));
    let (before, measured) = (plant.now, plant.twin.reading(pressure).cloned());
    plant.go(60.0);
    let time_of = |plant: &Plant| plant.twin.reading(total).expect("one").time();
    let out = plant.input(Input::Confirmed(vec![(total, plant.now), (pressure, plant.now)]));
    assert!(out.stored.is_empty(), "nothing for history");
    assert_eq!(time_of(&plant), plant.now);
    assert_eq!(
        plant.twin.reading(pressure).cloned(),
        measured,
        "what is measured is not confirmed"
    );
    assert_eq!(
        plant
            .twin
            .reading(total)
            .and_then(|reading| reading.value.clone()),
        number(9.0)
    );
    // Time does not go back.
    let now = plant.now;
    plant.input(Input::Confirmed(vec![(total, before)]));
    assert_eq!(time_of(&plant), now);
}

#[test]
fn a_device_that_is_gone_takes_its_moved_points_along() {
    let mut plant = Plant::new();
    let pressure = plant.say("gw7/p1/pressure", 1.0);
    site(&mut plant);
    plant.available("gw7/status", false);
    plant.is(pressure, Freshness::Offline);
    plant.available("gw7/status", true);
    plant.is(pressure, Freshness::Live);
}

#[test]
fn what_formulas_come_to_wakes_no_device() {
    let mut plant = Plant::new();
    plant.say("gw7/p1/open", 1.0);
    plant.speak(&["gw7/p1/pressure", "gw7/p1/flow"], 1.0, 20.0);
    apply(
        &mut plant,
        vec![asset(
            "pump-1",
            None,
            &["gw7/p1/pressure", "gw7/p1/flow", "gw7/p1/open"],
        )],
        vec![
            point("pump-1", "pressure", tag("gw7/p1/pressure")),
            point("pump-1", "open", tag("gw7/p1/open")),
            point("pump-1", "energy", Origin::Computed),
        ],
    );
    let (open, pump) = (
        plant.tag("gw7/p1/open", ""),
        plant.twin.modelled("pump-1").expect("one"),
    );
    let energy = plant.twin.property(pump, "energy").expect("one");
    // The last word before the silence, and one long after it, are a formula's.
    for second in [22.0, 80.0, 140.0] {
        plant.go(second);
        let reading = computed(&plant, second);
        plant.input(Input::Computed(vec![(energy, reading)]));
    }
    plant.is(open, Freshness::Offline);
    assert_eq!(plant.twin.summary(pump).live, 0);
    plant.say("gw7/p1/flow", 1.0);
    plant.is(open, Freshness::Live);
}

#[test]
fn the_models_order_holds_with_or_without_values_and_its_priorities_decide() {
    let mut plant = Plant::new();
    let said = |property: &str, key: Option<u32>| ModelPoint {
        settings: Arc::new(PointSettings {
            unit: Some("bar".into()),
            limits: Limits {
                high: Some(5.0),
                ..Limits::default()
            },
            priorities: twin::Priorities {
                high: 1,
                ..twin::Priorities::default()
            },
            key,
            ..PointSettings::default()
        }),
        ..point("pump-1", property, tag(&format!("gw7/p1/{property}")))
    };
    for name in ["flow", "head", "pressure", "speed"] {
        plant.say(&format!("gw7/p1/{name}"), 1.0);
    }
    apply(
        &mut plant,
        vec![asset("pump-1", None, &["gw7/p1/pressure"])],
        vec![
            said("flow", None),
            said("head", Some(2)),
            said("pressure", Some(1)),
            said("speed", None),
        ],
    );
    let pump = plant.twin.modelled("pump-1").unwrap();
    let order = |plant: &Plant| -> Vec<String> {
        let ids = plant.twin.indicators(pump, 3).into_iter();
        ids.map(|id| plant.twin.point(id).unwrap().tag().into_owned())
            .collect()
    };
    assert_eq!(order(&plant), ["pressure", "head", "flow"]);
    let nothing = Leaf {
        quality: Quality::Bad,
        value: None,
        ..leaf("", number(0.0))
    };
    plant.go(1.0);
    plant.send(message("gw7/p1/pressure", plant.now, vec![nothing.clone()]));
    plant.send(message("gw7/p1/flow", plant.now, vec![nothing]));
    assert_eq!(
        order(&plant),
        ["pressure", "head", "flow"],
        "a missing value keeps its place"
    );
    plant.say("gw7/p1/head", 9.0);
    let summary = plant.twin.plant_summary();
    assert_eq!(
        (summary.outer, summary.inner),
        (1, 0),
        "an inner limit of priority 1"
    );
    // A unit set by hand would only change the word beside the number that formulas read.
    let head = plant.twin.property(pump, "head").unwrap();
    plant.input(Input::SetPoint {
        point: head,
        settings: PointSettings {
            unit: Some("mbar".into()),
            ..PointSettings::default()
        },
    });
    assert_eq!(
        plant.twin.point(head).unwrap().unit.as_ref().unwrap().symbol,
        "bar"
    );
}

#[test]
fn a_first_result_without_a_value_is_told_and_begins_no_history() {
    let mut plant = Plant::new();
    plant.say("gw7/p1/pressure", 1.0);
    site(&mut plant);
    let lyon = plant.twin.modelled("lyon").expect("made");
    let total = plant.twin.property(lyon, "total").expect("one");
    assert_eq!(plant.twin.reading(total), None);
    let none = Reading {
        value: None,
        quality: Quality::Bad,
        ..computed(&plant, 0.0)
    };
    let out = plant.input(Input::Computed(vec![(total, none.clone())]));
    assert!(out.stored.is_empty(), "nothing for history");
    assert!(out.changes.contains(&twin::Change::Reading(total)));
    assert_eq!(plant.twin.reading(total), Some(&none));
    let out = plant.input(Input::Computed(vec![(total, computed(&plant, 9.0))]));
    assert_eq!(out.stored.len(), 1);
    // And history knows when there was none again.
    let out = plant.input(Input::Computed(vec![(total, none)]));
    assert_eq!(out.stored.len(), 1);
}
