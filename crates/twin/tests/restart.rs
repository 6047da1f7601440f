//! After a restart the same things have the same ids and paths, and nothing old looks live.

#[path = "support/plant.rs"]
mod plant;

use plant::{BROKER, Plant, secs};
use twin::{Cadence, Freshness, Input, NeedKind, PointSettings, SourceId};

fn before() -> Plant {
    let mut plant = Plant::new();
    plant.say("acme/door/open", 1.0);
    plant.speak(
        &["acme/pump/speed", "acme/pump10/speed", "acme/pump2/speed"],
        1.0,
        20.0,
    );
    let speed = plant.tag("acme/pump/speed", "");
    let settings = PointSettings {
        name: Some("Drehzahl".into()),
        ..PointSettings::default()
    };
    plant.input(Input::SetPoint {
        point: speed,
        settings,
    });
    plant
}

fn connect(plant: &mut Plant) {
    plant.input(Input::SourceAdded {
        source: BROKER,
        name: "broker".into(),
    });
    plant.input(Input::SourceConnected {
        source: BROKER,
        is_continued: false,
    });
}

#[test]
fn ids_paths_and_settings_stay() {
    let old = before();
    let (paths, points) = (
        old.paths(),
        old.twin
            .points()
            .map(|point| (point.id, point.name.clone()))
            .collect::<Vec<_>>(),
    );
    let order = old.twin.children(old.twin.roots()[0]).to_vec();
    let mut plant = old.restarted(60.0, true);
    assert_eq!(plant.paths(), paths);
    assert_eq!(
        plant
            .twin
            .points()
            .map(|point| (point.id, point.name.clone()))
            .collect::<Vec<_>>(),
        points
    );
    assert_eq!(plant.twin.children(plant.twin.roots()[0]), order);
    connect(&mut plant);
    let out = plant.send(plant::message(
        "acme/pump/speed",
        plant.now,
        vec![plant::leaf("", plant::number(1.0))],
    ));
    assert!(out.new_points.is_empty() && out.new_assets.is_empty());
    plant.say("acme/new/speed", 1.0);
    assert_eq!(plant.points.last().map(|point| point.id.get()), Some(5));
    assert_eq!(plant.twin.source(BROKER).map(|source| source.points), Some(5));
}

#[test]
fn nothing_is_live_before_it_speaks() {
    let mut plant = before().restarted(60.0, true);
    let (speed, door) = (plant.tag("acme/pump/speed", ""), plant.tag("acme/door/open", ""));
    assert_eq!(plant.twin.plant_summary().offline, 4);
    assert_eq!(
        plant.value(speed),
        plant::number(20.0),
        "the last known value is shown as that"
    );
    connect(&mut plant);
    // A learned interval makes its age mean something; a rare value may have changed unheard.
    plant.is(speed, Freshness::Stale);
    plant.is(door, Freshness::Stale);
    assert_eq!(plant.twin.needs(9).1, 0);
    plant.say("acme/pump/speed", 21.0);
    plant.say("acme/door/open", 0.0);
    plant.is(speed, Freshness::Live);
    plant.is(door, Freshness::Live);
    plant.go(95.0);
    assert_eq!(
        plant.twin.needs(9).1,
        1,
        "who had the time to speak and did not is told, once for them all"
    );
}

#[test]
fn a_rare_value_that_an_earlier_run_knew_asks_for_nobody() {
    let mut plant = before().restarted(60.0, true);
    connect(&mut plant);
    plant.go(1_000.0);
    plant.is(plant.tag("acme/door/open", ""), Freshness::Stale);
    let (needs, _) = plant.twin.needs(9);
    let pumps = NeedKind::Silent {
        late: 0,
        stale: 3,
        offline: 0,
        among: Some(4),
    };
    assert_eq!(needs.iter().map(|need| need.kind).collect::<Vec<_>>(), [pumps]);
}

#[test]
fn a_session_that_went_on_leaves_a_rare_value_what_it_was() {
    for (is_continued, qos, expect) in [
        (true, 1, Freshness::Live),
        (true, 0, Freshness::Stale),
        (false, 1, Freshness::Stale),
    ] {
        let mut plant = before();
        let message = plant::message(
            "acme/door/open",
            plant.now,
            vec![plant::leaf("", plant::number(0.0))],
        );
        plant.send(twin::Message { qos, ..message });
        let mut plant = plant.restarted(60.0, true);
        plant.connect(is_continued);
        plant.is(plant.tag("acme/door/open", ""), expect);
    }
}

#[test]
fn what_was_bad_has_been_since_it_came() {
    let mut plant = before();
    let bad = twin::Leaf {
        quality: twin::Quality::Bad,
        ..plant::leaf("", plant::number(1.0))
    };
    plant.go(30.0);
    plant.send(plant::message("acme/door/open", plant.now, vec![bad]));
    let mut plant = plant.restarted(60.0, true);
    let since = |plant: &Plant| {
        plant
            .twin
            .needs(9)
            .0
            .iter()
            .map(|need| need.since)
            .collect::<Vec<_>>()
    };
    assert_eq!(since(&plant), [plant::at(30.0)]);
    connect(&mut plant);
    assert_eq!(since(&plant), [plant::at(30.0)]);
}

#[test]
fn silence_is_as_old_as_it_is() {
    let since = |plant: &Plant| {
        let needs = plant.twin.needs(9).0;
        needs
            .iter()
            .map(|need| (need.since, need.is_longer))
            .collect::<Vec<_>>()
    };
    // A pace of one second: stale 30 s after the last word, at second 20.
    let mut plant = before().restarted(500.0, true);
    connect(&mut plant);
    plant.go(540.0);
    assert_eq!(since(&plant), [(plant::at(50.0), false)], "all of it");
    plant.say("acme/pump/speed", 1.0);
    plant.say("acme/pump2/speed", 1.0);
    plant.go(541.0);
    assert_eq!(since(&plant), [(plant::at(50.0), false)], "one of it");
}

#[test]
fn what_an_earlier_run_saw_beyond_a_limit_may_have_been_for_longer() {
    let mut plant = Plant::new();
    let speed = plant.say("acme/pump/speed", 1.0);
    let settings = PointSettings {
        limits: twin::Limits {
            high: Some(5.0),
            ..twin::Limits::default()
        },
        ..PointSettings::default()
    };
    plant.input(Input::SetPoint {
        point: speed,
        settings,
    });
    let is_longer = |plant: &Plant| plant.twin.needs(9).0.first().map(|need| need.is_longer);
    plant.say("acme/pump/speed", 9.0);
    assert_eq!(is_longer(&plant), Some(false));
    let mut plant = plant.restarted(60.0, true);
    connect(&mut plant);
    plant.say("acme/pump/speed", 9.5);
    assert_eq!(is_longer(&plant), Some(true));
    plant.say("acme/pump/speed", 1.0);
    plant.say("acme/pump/speed", 9.0);
    assert_eq!(is_longer(&plant), Some(false));
}

#[test]
fn a_value_still_within_its_interval_is_live_as_soon_as_connected() {
    let mut plant = before().restarted(21.0, true);
    let speed = plant.tag("acme/pump/speed", "");
    assert_eq!(plant.twin.cadence(speed), Cadence::Learned(secs(1)));
    plant.is(speed, Freshness::Offline);
    connect(&mut plant);
    plant.is(speed, Freshness::Live);
}

#[test]
fn without_readings_the_points_are_there() {
    let mut plant = before().restarted(60.0, false);
    assert_eq!(plant.twin.plant_summary().offline, 4);
    connect(&mut plant);
    let summary = plant.twin.plant_summary();
    assert_eq!((summary.points, summary.stale, summary.offline), (4, 4, 0));
    plant.speak(&["acme/pump/speed"], 1.0, 12.0);
    plant.is(plant.tag("acme/pump/speed", ""), Freshness::Live);
}

#[test]
fn a_retained_replay_of_the_known_is_not_stored_again() {
    let mut plant = Plant::new();
    let limit = plant.retained("acme/pump/limit", None, 5.0);
    let stamped = plant.retained("acme/pump/stamped", Some(-1.0), 5.0);
    let mut plant = plant.restarted(60.0, true);
    connect(&mut plant);
    plant.is(limit, Freshness::AgeUnknown);
    plant.retained("acme/pump/limit", None, 5.0);
    plant.retained("acme/pump/stamped", Some(-1.0), 5.0);
    plant.is(limit, Freshness::AgeUnknown);
    plant.is(stamped, Freshness::Live);
    assert_eq!(plant.stored, []);
}

#[test]
fn a_second_source_keeps_its_own_root() {
    let mut plant = Plant::new();
    let other = SourceId::new(2);
    plant.input(Input::SourceAdded {
        source: other,
        name: "north".into(),
    });
    let send = |plant: &mut Plant, topic: &str| {
        let message = plant::message(topic, plant.now, vec![plant::leaf("", plant::number(1.0))]);
        plant.send(twin::Message {
            source: other,
            ..message
        });
    };
    plant.say("acme/pump/speed", 1.0);
    send(&mut plant, "acme/fan/speed");
    // The first source is gone from the configuration; the second comes alone.
    let mut plant = plant.restarted(60.0, true);
    plant.input(Input::SourceAdded {
        source: other,
        name: "north".into(),
    });
    send(&mut plant, "acme/fan2/speed");
    assert!(
        plant.paths().contains(&"north/acme/fan2".to_owned()),
        "{:?}",
        plant.paths()
    );
}

#[test]
fn damaged_records_are_left_out() {
    let plant = before();
    let (mut assets, mut points) = (plant.assets.clone(), plant.points.clone());
    assets.push(assets[0].clone());
    assets.push(twin::AssetRecord {
        id: twin::AssetId::new(77),
        parent: Some(twin::AssetId::new(77)),
        ..assets[0].clone()
    });
    points.push(points[0].clone());
    points.push(twin::PointRecord {
        id: twin::PointId::new(u32::MAX),
        ..points[0].clone()
    });
    points.push(twin::PointRecord {
        id: twin::PointId::new(50),
        asset: twin::AssetId::new(99),
        ..points[0].clone()
    });
    assets.reverse();
    points.reverse();
    let mut next = Plant::with(*plant.twin.config());
    assert_eq!(next.twin.restore(assets, points), 5);
    assert_eq!(next.paths(), plant.paths());
    assert_eq!(next.twin.point_count(), 4);
    next.mirror.take_all(&next.twin);
    next.say("acme/new/speed", 1.0);
}

#[test]
fn a_unit_the_payload_stated_stays() {
    let mut plant = Plant::new();
    let say = |plant: &mut Plant, unit: Option<&str>| {
        let leaf = twin::Leaf {
            unit: unit.map(Into::into),
            ..plant::leaf("value", plant::number(1.5))
        };
        plant.send(plant::message("acme/tank/pressure", plant.now, vec![leaf]));
        plant.tag("acme/tank/pressure", "value")
    };
    let unit = |plant: &Plant, point| {
        let unit = plant.twin.point(point)?.unit.clone()?;
        Some((unit.symbol.to_string(), unit.origin))
    };
    let stated = |symbol: &str| Some((symbol.to_owned(), twin::UnitOrigin::Stated));
    let point = say(&mut plant, Some("bar"));
    let mut plant = plant.restarted(10.0, true);
    assert_eq!(unit(&plant, point), stated("bar"));
    say(&mut plant, Some("psi"));
    say(&mut plant, None);
    let plant = plant.restarted(20.0, true);
    assert_eq!(unit(&plant, point), stated("psi"), "the last word");
}
