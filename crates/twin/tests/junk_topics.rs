//! Ten thousand topics nobody meant, hostile text, and no end of points: bounded, counted, harmless.

#[path = "support/plant.rs"]
mod plant;

use plant::{BROKER, Plant, leaf, message, number};
use twin::{Input, Message, Outputs, SourceId, Timestamp, Twin, TwinConfig};

/// Without the checks after every input: they cost more than ten thousand topics.
fn send(twin: &mut Twin, now: Timestamp, topics: impl Iterator<Item = String>) -> Outputs {
    let messages = topics
        .map(|topic| message(&topic, now, vec![leaf("", number(1.0))]))
        .collect();
    twin.handle(now, Input::Messages(messages))
}

#[test]
fn ten_thousand_at_once_are_taken_and_later_ones_are_not() {
    let mut twin = Twin::new(TwinConfig::default());
    for slice in 0..20 {
        send(
            &mut twin,
            plant::at(0.0),
            (0..500).map(|n| format!("rpc/response/{slice}-{n}")),
        );
    }
    assert_eq!(
        twin.point_count(),
        10_000,
        "a burst may be a plant that says hello"
    );
    assert!(twin.ignore_proposals().is_empty());
    let out = send(
        &mut twin,
        plant::at(61.0),
        std::iter::once("rpc/response/late".to_owned()),
    );
    assert_eq!(
        out.new_points.len(),
        1,
        "judged when the minute is over, from then on"
    );
    let proposals = twin.ignore_proposals();
    assert_eq!(proposals.len(), 1);
    assert_eq!(twin.path(proposals[0].asset), "rpc/response");
    assert_eq!(proposals[0].children, 10_000);
    send(
        &mut twin,
        plant::at(62.0),
        (0..300).map(|n| format!("rpc/response/more{n}")),
    );
    send(
        &mut twin,
        plant::at(63.0),
        (0..300).map(|n| format!("rpc/response/more{n}")),
    );
    assert_eq!(twin.point_count(), 10_001);
    assert_eq!(
        (twin.refused_points(), twin.ignore_proposals()[0].refused),
        (300, 300),
        "each counted once"
    );
    send(
        &mut twin,
        plant::at(64.0),
        std::iter::once("rpc/request/1".to_owned()),
    );
    assert_eq!(twin.point_count(), 10_002, "beside them all goes on");
}

#[test]
fn request_ids_in_the_middle_of_a_topic_are_seen_too() {
    let mut twin = Twin::new(TwinConfig::default());
    for minute in 0..40 {
        send(
            &mut twin,
            plant::at(f64::from(minute) * 60.0),
            (0..60).map(|n| format!("rpc/{minute}-{n}/result")),
        );
    }
    assert_eq!(twin.ignore_proposals().len(), 1);
    assert!(twin.point_count() < 1_400, "{}", twin.point_count());
}

#[test]
fn time_alone_judges_and_a_person_decides() {
    let mut twin = Twin::new(TwinConfig::default());
    let id = |second: u32, n: u32| format!("junk/{}/{n}x{second}/v", second * 200 + n);
    for second in 0..10 {
        send(
            &mut twin,
            plant::at(f64::from(second)),
            (0..200).map(|n| id(second, n)),
        );
    }
    // The 1,001st came in the sixth second; a minute later it is told, whoever speaks.
    twin.handle(plant::at(64.0), Input::Tick);
    assert!(twin.ignore_proposals().is_empty());
    twin.handle(plant::at(66.0), Input::Tick);
    let [proposal] = twin.ignore_proposals()[..] else {
        panic!("{:?}", twin.ignore_proposals());
    };
    assert_eq!(
        (twin.path(proposal.asset).as_str(), proposal.decision),
        ("junk", None)
    );
    let asset = proposal.asset;
    let points = twin.point_count();
    let mut decide = |ignored: bool, topic: &str, at: f64| {
        twin.handle(plant::at(at), Input::Ignore { asset, ignored });
        send(&mut twin, plant::at(at), std::iter::once(topic.to_owned()));
        (twin.point_count(), twin.ignore_proposals()[0].decision)
    };
    // Ignored, also below what is there already; taken in again.
    assert_eq!(decide(true, "junk/new/a/v", 70.0), (points, Some(true)));
    assert_eq!(decide(true, "junk/7/b/v", 71.0), (points, Some(true)));
    assert_eq!(decide(false, "junk/new/a/v", 72.0), (points + 1, Some(false)));
    assert_eq!(decide(true, "junk/new/c/v", 73.0), (points + 1, Some(true)));
}

/// Junk below a level that also has a tag that goes on speaking, and somebody says to ignore it.
fn ignored() -> (Plant, twin::AssetId) {
    let config = TwinConfig {
        max_one_shots: 3,
        ..TwinConfig::default()
    };
    let mut plant = Plant::with(config);
    plant.input(Input::SourceAdded {
        source: BROKER,
        name: "broker".into(),
    });
    plant.input(Input::SourceConnected {
        source: BROKER,
        is_continued: false,
    });
    plant.say("acme/pump/speed", 1.0);
    plant.say("bus/heartbeat", 1.0);
    for n in 0..5 {
        plant.say(&format!("bus/{n}/result"), 1.0);
    }
    for second in [30.0, 61.0, 62.0] {
        plant.go(second);
        plant.say("acme/pump/speed", second);
        plant.say("bus/heartbeat", second);
    }
    let [proposal] = plant.twin.ignore_proposals()[..] else {
        panic!("{:?}", plant.twin.ignore_proposals());
    };
    let asset = proposal.asset;
    plant.input(Input::Ignore { asset, ignored: true });
    (plant, asset)
}

/// Values in the plant, assets in lists, names found.
fn shown(plant: &Plant) -> (u32, usize, usize) {
    let twin = &plant.twin;
    (
        twin.plant_summary().points,
        twin.asset_count(),
        twin.search("result", 10).len(),
    )
}

#[test]
fn what_is_ignored_leaves_the_plant_and_what_goes_on_speaking_stays() {
    let (mut plant, asset) = ignored();
    assert_eq!(shown(&plant), (2, 3, 0));
    assert_eq!(plant.ignored.len(), 5);
    plant.say("bus/3/result", 2.0);
    assert_eq!(shown(&plant), (2, 3, 0), "what it says is not taken in either");
    assert_eq!(plant.value(plant.tag("bus/3/result", "")), number(1.0));
    assert_eq!(plant.twin.ignore_proposals()[0].refused, 1);
    plant.input(Input::Ignore {
        asset,
        ignored: false,
    });
    assert_eq!(shown(&plant), (7, 8, 5));
    assert!(plant.ignored.is_empty());
    plant.say("bus/3/result", 3.0);
    assert_eq!(plant.value(plant.tag("bus/3/result", "")), number(3.0));
}

#[test]
fn what_is_ignored_is_so_after_a_restart_until_it_is_taken_in() {
    let (plant, asset) = ignored();
    let mut plant = plant.restarted(100.0, true);
    assert_eq!(shown(&plant), (2, 3, 0));
    plant.input(Input::SourceAdded {
        source: BROKER,
        name: "broker".into(),
    });
    plant.input(Input::SourceConnected {
        source: BROKER,
        is_continued: false,
    });
    plant.send(message("bus/new/result", plant.now, vec![leaf("", number(1.0))]));
    plant.send(message("bus/2/result", plant.now, vec![leaf("", number(1.0))]));
    assert_eq!(shown(&plant), (2, 3, 0));
    plant.input(Input::Ignore {
        asset,
        ignored: false,
    });
    assert_eq!(shown(&plant), (7, 8, 5));
    let (twin, tag) = (&plant.twin, plant.tag("bus/2/result", ""));
    assert_eq!(
        twin.freshness(tag),
        twin::Freshness::Stale,
        "it was not listened to since our own absence"
    );
    assert_eq!(twin.source(BROKER).map(|source| source.points), Some(7));
}

#[test]
fn a_level_that_an_earlier_run_left_too_wide_is_judged_again() {
    let mut twin = Twin::new(TwinConfig::default());
    let out = send(&mut twin, plant::at(0.0), (0..1_500).map(|n| format!("rpc/{n}")));
    let mut points = out.new_points;
    for record in &mut points {
        record.reading = twin.reading(record.id).cloned();
    }
    let mut twin = Twin::new(TwinConfig::default());
    assert_eq!(twin.restore(out.new_assets, points), 0);
    twin.handle(
        plant::at(100.0),
        Input::SourceAdded {
            source: BROKER,
            name: "broker".into(),
        },
    );
    twin.handle(
        plant::at(100.0),
        Input::SourceConnected {
            source: BROKER,
            is_continued: false,
        },
    );
    for second in [131.0, 192.0] {
        assert!(
            twin.ignore_proposals().is_empty(),
            "they have their time to speak"
        );
        twin.handle(plant::at(second), Input::Tick);
    }
    assert_eq!(twin.ignore_proposals()[0].children, 1_500);
}

#[test]
fn a_flat_plant_that_goes_on_speaking_is_no_junk() {
    let mut twin = Twin::new(TwinConfig::default());
    for second in [0.0, 30.0, 61.0, 90.0] {
        send(
            &mut twin,
            plant::at(second),
            (0..3_000).map(|n| format!("plant/tag{n}")),
        );
    }
    assert!(twin.ignore_proposals().is_empty());
    send(
        &mut twin,
        plant::at(91.0),
        std::iter::once("plant/new".to_owned()),
    );
    assert_eq!(twin.point_count(), 3_001);
}

#[test]
fn retained_values_are_no_request_ids() {
    let mut twin = Twin::new(TwinConfig::default());
    let replay = |n: u32| Message {
        retained: true,
        ..message(
            &format!("config/tag{n}"),
            plant::at(0.0),
            vec![leaf("", number(1.0))],
        )
    };
    twin.handle(plant::at(0.0), Input::Messages((0..2_000).map(replay).collect()));
    twin.handle(plant::at(61.0), Input::Tick);
    assert!(twin.ignore_proposals().is_empty());
}

#[test]
fn an_ignored_level_that_speaks_again_is_heard_again() {
    let config = TwinConfig {
        max_one_shots: 3,
        ..TwinConfig::default()
    };
    let mut plant = Plant::with(config);
    for n in 0..5 {
        plant.say(&format!("bus/{n}"), 1.0);
    }
    plant.go(61.0);
    assert_eq!(plant.twin.ignore_proposals().len(), 1);
    plant.send(message("bus/new", plant.now, vec![leaf("", number(1.0))]));
    assert_eq!(plant.find("bus/new", ""), None);
    for n in 0..5 {
        plant.say(&format!("bus/{n}"), 2.0);
    }
    assert!(plant.twin.ignore_proposals().is_empty());
    plant.say("bus/new", 1.0);
}

#[test]
fn points_and_assets_are_bounded_and_the_rest_counted() {
    let mut plant = Plant::with(TwinConfig {
        max_points: 10,
        max_assets: 12,
        ..TwinConfig::default()
    });
    for n in 0..15 {
        plant.send(message(
            &format!("acme/pump{n}/speed"),
            plant.now,
            vec![leaf("", number(1.0))],
        ));
    }
    assert_eq!((plant.twin.point_count(), plant.twin.refused_points()), (10, 5));
    let mut plant = Plant::with(TwinConfig {
        max_points: 10,
        max_assets: 4,
        ..TwinConfig::default()
    });
    plant.send(message("a/b/c/d/e/f", plant.now, vec![leaf("", number(1.0))]));
    assert_eq!((plant.twin.asset_count(), plant.twin.refused_points()), (0, 1));
    plant.say("a/b/c/d/value", 1.0);
    assert_eq!(
        plant.twin.source(BROKER).map(|source| source.refused_points),
        Some(1)
    );
}

#[test]
fn hostile_text_is_kept_safe() {
    let mut plant = Plant::new();
    let long = "x".repeat(5_000);
    let deep = "d/".repeat(300) + "v";
    for topic in [
        "",
        "/",
        "//a//b",
        "a/\u{0}\u{7}/b",
        "a/<script>alert(1)</script>/b",
        "a/../../etc/b",
        "a/\u{202e}gnp.exe/b",
        &long,
        &deep,
    ] {
        plant.send(message(
            topic,
            plant.now,
            vec![leaf("", number(1.0)), leaf("<img onerror=x>.y", number(1.0))],
        ));
    }
    assert_eq!(plant.twin.refused_points(), 2, "the endless one, both its values");
    for asset in plant.twin.assets() {
        assert!(
            !asset.slug.is_empty() && !asset.slug.contains(['/', '<', '.', '\u{0}']),
            "{:?}",
            asset.slug
        );
        assert!(
            !asset.name.chars().any(char::is_control) && !asset.name.trim().is_empty(),
            "{:?}",
            asset.name
        );
        assert_eq!(plant.twin.by_path(&plant.twin.path(asset.id)), Some(asset.id));
        assert!(plant.twin.trail(asset.id).len() <= 25);
    }
    for point in plant.twin.points() {
        assert!(
            !point.name.chars().any(char::is_control) && !point.name.trim().is_empty(),
            "{:?}",
            point.name
        );
    }
}

#[test]
fn an_unknown_source_joins_under_its_number() {
    let mut plant = Plant::with(TwinConfig::default());
    let source = SourceId::new(7);
    plant.send(Message {
        source,
        ..message("acme/pump/speed", plant.now, vec![leaf("", number(1.0))])
    });
    assert_eq!(
        plant.twin.source(source).map(|source| &*source.name),
        Some("source 7")
    );
}
