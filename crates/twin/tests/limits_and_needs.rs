//! What is beyond a limit, silent or bad asks for somebody, in the right order.

#[path = "support/plant.rs"]
mod plant;

use plant::{Plant, leaf, message, number};
use twin::{
    Change, Description, Freshness, Input, Leaf, LimitKind, Limits, NeedKind, PointSettings, Quality,
    SourceId, UnitOrigin,
};

fn limits(low: f64, high: f64) -> PointSettings {
    let limits = Limits {
        low_low: Some(low - 1.0),
        low: Some(low),
        high: Some(high),
        high_high: Some(high + 1.0),
    };
    PointSettings {
        limits,
        ..PointSettings::default()
    }
}

#[test]
fn a_crossed_limit_is_told_with_its_time_and_place() {
    let mut plant = Plant::new();
    let level = plant.say("acme/tank/level", 5.0);
    plant.input(Input::SetPoint {
        point: level,
        settings: limits(2.0, 8.0),
    });
    assert_eq!(plant.twin.needs(3).1, 0);
    for (second, value, expect) in [
        (1.0, 8.5, Some((LimitKind::High, 8.0, 1.0))),
        (2.0, 8.6, Some((LimitKind::High, 8.0, 1.0))),
        (3.0, 9.5, Some((LimitKind::HighHigh, 9.0, 3.0))),
        (4.0, 0.5, Some((LimitKind::LowLow, 1.0, 4.0))),
        (5.0, 1.5, Some((LimitKind::Low, 2.0, 5.0))),
        (6.0, 5.0, None),
    ] {
        plant.go(second);
        plant.say("acme/tank/level", value);
        let (needs, total) = plant.twin.needs(3);
        assert_eq!(total, usize::from(expect.is_some()));
        if let Some((limit, at, since)) = expect {
            assert_eq!(
                needs[0].kind,
                NeedKind::Limit {
                    point: level,
                    limit,
                    at
                }
            );
            assert_eq!(
                (needs[0].since, needs[0].asset),
                (plant::at(since), plant.twin.by_path("acme/tank"))
            );
            let summary = plant.twin.plant_summary();
            assert_eq!(
                (summary.outer, summary.inner),
                if limit.is_outer() { (1, 0) } else { (0, 1) }
            );
        }
    }
}

#[test]
fn a_new_limit_is_judged_at_once_and_a_bad_value_not_at_all() {
    let mut plant = Plant::new();
    let level = plant.say("acme/tank/level", 50.0);
    let out = plant.input(Input::SetPoint {
        point: level,
        settings: limits(2.0, 8.0),
    });
    assert!(out.changes.contains(&Change::Needs) && out.changes.contains(&Change::Settings(level)));
    assert_eq!(
        plant.twin.violation(level).map(|(limit, _)| limit),
        Some(LimitKind::HighHigh)
    );
    let bad = Leaf {
        quality: Quality::Bad,
        ..leaf("", number(50.0))
    };
    plant.go(1.0);
    plant.send(message("acme/tank/level", plant.now, vec![bad]));
    assert_eq!(plant.twin.violation(level), None);
    let (needs, _) = plant.twin.needs(3);
    assert_eq!(needs[0].kind, NeedKind::Bad { points: 1 });
    plant.input(Input::SetPoint {
        point: level,
        settings: PointSettings::default(),
    });
    plant.say("acme/tank/level", 50.0);
    assert_eq!(plant.twin.needs(3).1, 0);
}

#[test]
fn who_is_only_late_asks_for_nobody_yet() {
    let mut plant = Plant::new();
    plant.speak(&["acme/pump/speed", "acme/pump/power"], 1.0, 20.0);
    let silent_at = |plant: &mut Plant, secs: f64| {
        plant.go(secs);
        plant.twin.needs(9).0.first().map(|need| need.kind)
    };
    // Late after 5 s, stale after 30 s.
    assert_eq!(silent_at(&mut plant, 26.0), None);
    assert_eq!(plant.twin.plant_summary().late, 2);
    plant.say("acme/pump/power", 1.0);
    assert_eq!(silent_at(&mut plant, 49.0), None);
    let told = NeedKind::Silent {
        late: 1,
        stale: 1,
        offline: 0,
        among: None,
    };
    assert_eq!(silent_at(&mut plant, 51.5), Some(told));
    plant.say("acme/pump/speed", 1.0);
    assert_eq!(silent_at(&mut plant, 51.5), None);
}

#[test]
fn the_urgent_comes_first_and_the_newest_among_equals() {
    let mut plant = Plant::new();
    let other = SourceId::new(2);
    plant.input(Input::SourceAdded {
        source: other,
        name: "north".into(),
    });
    plant.input(Input::SourceConnected {
        source: other,
        is_continued: false,
    });
    plant.speak(&["acme/a/silent", "acme/b/silent"], 1.0, 20.0);
    let points: Vec<_> = ["one", "two", "three"]
        .map(|tag| plant.say(&format!("acme/tank/{tag}"), 5.0))
        .into();
    for point in &points {
        plant.input(Input::SetPoint {
            point: *point,
            settings: limits(2.0, 8.0),
        });
    }
    plant.go(51.0);
    plant.say("acme/tank/one", 8.5);
    plant.go(52.0);
    plant.say("acme/tank/two", 20.0);
    plant.go(53.0);
    plant.say("acme/tank/three", 20.0);
    plant.input(Input::SourceLost(other));
    let bad = Leaf {
        quality: Quality::Bad,
        ..leaf("", number(50.0))
    };
    plant.send(message("acme/tank/bad", plant.now, vec![bad]));
    let (needs, total) = plant.twin.needs(100);
    let told: Vec<String> = needs.iter().map(|need| format!("{:?}", need.kind)).collect();
    let limit = |point: usize, limit, at| {
        format!(
            "{:?}",
            NeedKind::Limit {
                point: points[point],
                limit,
                at
            }
        )
    };
    let expect = [
        limit(2, LimitKind::HighHigh, 9.0),
        limit(1, LimitKind::HighHigh, 9.0),
        "SourceDown { source: SourceId(2) }".to_owned(),
        limit(0, LimitKind::High, 8.0),
        "Silent { late: 0, stale: 1, offline: 0, among: None }".to_owned(),
        "Silent { late: 0, stale: 1, offline: 0, among: None }".to_owned(),
        "Bad { points: 1 }".to_owned(),
    ];
    assert_eq!(told, expect);
    assert_eq!((total, plant.twin.needs(3).0.len()), (7, 3));
    let tank = plant.twin.by_path("acme/tank").expect("an asset");
    let of_tank: Vec<_> = needs
        .into_iter()
        .filter(|need| need.asset == Some(tank))
        .collect();
    assert_eq!(plant.twin.needs_of(tank), of_tank);
}

#[test]
fn descriptions_hold_for_what_is_seen_now_or_later_and_people_win() {
    let mut plant = Plant::new();
    let seen = plant.say("acme/tank/level_pct", 50.123);
    let tag = |topic: &str, source: Option<&str>, name: &str| Description::Tag {
        source: source.map(Into::into),
        topic: topic.into(),
        field: Box::default(),
        settings: PointSettings {
            name: Some(name.into()),
            unit: Some("m".into()),
            decimals: Some(1),
            expected: Some(plant::secs(10)),
            ..limits(2.0, 8.0)
        },
    };
    let kepware = Description::Tag {
        source: None,
        topic: "iot/gw".into(),
        field: "Channel1.Device1.Tag1".into(),
        settings: PointSettings {
            name: Some("Flow".into()),
            ..PointSettings::default()
        },
    };
    let described = vec![
        tag("acme/tank/level_pct", None, "Level"),
        tag("acme/tank/later", None, "Any later"),
        tag("acme/tank/later", Some("broker"), "Later"),
        tag("acme/tank/other", Some("elsewhere"), "Not this"),
        kepware,
        Description::Asset {
            levels: "acme/tank".into(),
            name: "Storage tank".into(),
        },
        Description::Asset {
            levels: "acme/to come".into(),
            name: "Here it is".into(),
        },
    ];
    plant.input(Input::Describe(described));
    let later = plant.say("acme/tank/later", 5.0);
    let other = plant.say("acme/tank/other", 5.0);
    plant.say("acme/to come/x", 5.0);
    let leaf = Leaf {
        asset: Some("Channel1/Device1".into()),
        ..leaf("Tag1", number(1.0))
    };
    plant.send(message("iot/gw", plant.now, vec![leaf]));
    let name = |plant: &Plant, point| plant.twin.point(point).expect("one").name.to_string();
    assert_eq!(
        [name(&plant, seen), name(&plant, later), name(&plant, other)],
        ["Level", "Later", "Other"]
    );
    assert_eq!(name(&plant, plant.tag("iot/gw", "Tag1")), "Flow");
    let known = plant.twin.point(seen).expect("one");
    assert_eq!(
        (known.unit.as_ref().map(|unit| unit.origin), known.decimals),
        (Some(UnitOrigin::Set), 1)
    );
    assert_eq!(
        plant.twin.violation(seen).map(|(limit, _)| limit),
        Some(LimitKind::HighHigh)
    );
    let asset = |path: &str| {
        plant
            .twin
            .asset(plant.twin.by_path(path).expect("one"))
            .expect("one")
            .name
            .to_string()
    };
    assert_eq!(
        [asset("acme/tank"), asset("acme/to-come")],
        ["Storage tank", "Here it is"]
    );
    plant.input(Input::SetPoint {
        point: seen,
        settings: PointSettings {
            name: Some("My level".into()),
            ..PointSettings::default()
        },
    });
    assert_eq!(name(&plant, seen), "My level");
    let unit = plant
        .twin
        .point(seen)
        .expect("one")
        .unit
        .as_ref()
        .map(|unit| unit.symbol.to_string());
    assert_eq!(unit.as_deref(), Some("m"), "field by field");
    plant.go(25.0);
    plant.is(later, Freshness::Late);
}

#[test]
fn what_has_a_limit_is_counted_and_no_longer_when_it_is_taken_away() {
    let mut plant = Plant::new();
    let level = plant.say("acme/tank/level", 5.0);
    plant.say("acme/tank/state", 1.0);
    let tank = plant.twin.by_path("acme/tank").unwrap();
    let limited = |plant: &Plant| {
        (
            plant.twin.plant_summary().limited,
            plant.twin.summary(tank).limited,
        )
    };
    assert_eq!(limited(&plant), (0, 0));
    for (settings, expect) in [
        (limits(2.0, 8.0), (1, 1)),
        (limits(3.0, 7.0), (1, 1)),
        (PointSettings::default(), (0, 0)),
    ] {
        plant.input(Input::SetPoint {
            point: level,
            settings,
        });
        assert_eq!(limited(&plant), expect);
    }
}
