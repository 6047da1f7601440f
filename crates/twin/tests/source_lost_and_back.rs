//! A lost connection makes all its points offline at once; a new one brings them back by their own word.

#[path = "support/plant.rs"]
mod plant;

use plant::{BROKER, Plant};
use twin::{Change, Flags, Freshness, Input, Link, NeedKind, SourceId};

#[test]
fn everything_is_offline_at_once() {
    let mut plant = Plant::new();
    plant.speak(&["acme/pump/speed"], 1.0, 20.0);
    let (speed, door) = (plant.tag("acme/pump/speed", ""), plant.say("acme/door/open", 1.0));
    let out = plant.input(Input::SourceLost(BROKER));
    for point in [speed, door] {
        plant.is(point, Freshness::Offline);
        assert!(plant.twin.reading(point).expect("one").flags.has(Flags::OFFLINE));
        assert!(
            out.changes.contains(&Change::Freshness(point)) && out.changes.contains(&Change::Reading(point))
        );
    }
    assert_eq!(
        plant.twin.source(BROKER).map(|source| source.link),
        Some(Link::Lost)
    );
    let (needs, total) = plant.twin.needs(3);
    assert_eq!(
        (needs[0].kind, total),
        (NeedKind::SourceDown { source: BROKER }, 1),
        "told once, not for each asset"
    );
    assert!(out.stored.is_empty());
}

#[test]
fn a_source_that_is_stopped_is_offline_and_needs_nobody() {
    for was_lost in [false, true] {
        let mut plant = Plant::new();
        plant.speak(&["acme/pump/speed"], 1.0, 20.0);
        let speed = plant.tag("acme/pump/speed", "");
        if was_lost {
            plant.input(Input::SourceLost(BROKER));
        }
        plant.input(Input::SourceStopped(BROKER));
        plant.is(speed, Freshness::Offline);
        plant.go(300.0);
        assert_eq!(plant.twin.needs(3).1, 0, "it was meant");
        assert_eq!(
            plant.twin.source(BROKER).map(|source| source.link),
            Some(Link::Stopped)
        );
        plant.input(Input::SourceConnected {
            source: BROKER,
            is_continued: false,
        });
        plant.say("acme/pump/speed", 1.0);
        plant.is(speed, Freshness::Live);
    }
}

#[test]
fn a_short_loss_leaves_values_by_their_age() {
    let mut plant = Plant::new();
    plant.speak(&["acme/pump/speed"], 1.0, 20.0);
    let (speed, door) = (plant.tag("acme/pump/speed", ""), plant.say("acme/door/open", 1.0));
    plant.input(Input::SourceLost(BROKER));
    plant.go(22.0);
    plant.connect(true);
    plant.is(speed, Freshness::Live);
    plant.is(door, Freshness::Live);
    assert_eq!(plant.twin.needs(3).1, 0);
    plant.go(30.0);
    plant.is(speed, Freshness::Late);
}

#[test]
fn what_may_have_changed_unheard_is_not_live_until_it_is_heard() {
    let mut plant = Plant::new();
    let names = ["said", "replayed", "changed", "other", "silent"];
    let doors = names.map(|name| plant.say(&format!("acme/{name}/open"), 1.0));
    plant.input(Input::SourceLost(BROKER));
    plant.go(1.0);
    let out = plant.connect(false);
    for door in doors {
        plant.is(door, Freshness::Stale);
        let flags = plant.twin.reading(door).expect("one").flags;
        assert!(flags.has(Flags::UNCONFIRMED) && !flags.has(Flags::OFFLINE));
        assert!(out.changes.contains(&Change::Reading(door)));
    }
    let summary = plant.twin.plant_summary();
    assert_eq!((summary.live, summary.stale, summary.offline), (0, 5, 0));
    let [said, replayed, changed, other, silent] = doors;
    let stored = plant.stored.len();
    plant.say("acme/said/open", 1.0);
    assert_eq!(plant.stored.len(), stored + 1);
    plant.retained("acme/replayed/open", None, 1.0);
    assert_eq!(plant.stored.len(), stored + 1, "nothing new");
    plant.retained("acme/changed/open", None, 0.0);
    plant.retained("acme/other/open", Some(-9_000.0), 0.0);
    plant.is(said, Freshness::Live);
    plant.is(replayed, Freshness::Live);
    plant.is(changed, Freshness::AgeUnknown);
    plant.is(other, Freshness::Stale);
    plant.go(10_000.0);
    plant.is(silent, Freshness::Stale);
    assert_eq!(plant.twin.needs(3).1, 0, "it may have nothing to say");
    let heard = plant.twin.reading(replayed).expect("one");
    assert_eq!((heard.arrival, heard.flags), (plant::at(0.0), Flags::ASSURED));
}

#[test]
fn after_a_long_loss_the_old_is_old_until_it_speaks() {
    let mut plant = Plant::new();
    plant.speak(&["acme/pump/speed"], 1.0, 20.0);
    let speed = plant.tag("acme/pump/speed", "");
    plant.input(Input::SourceLost(BROKER));
    plant.go(300.0);
    plant.input(Input::SourceConnected {
        source: BROKER,
        is_continued: false,
    });
    plant.is(speed, Freshness::Stale);
    assert_eq!(plant.twin.needs(3).1, 0, "it has its time to speak");
    plant.say("acme/pump/speed", 1.0);
    plant.is(speed, Freshness::Live);
    plant.go(335.0);
    assert_eq!(plant.twin.needs(3).1, 1, "then its silence is told");
}

#[test]
fn what_trickles_in_after_the_loss_is_still_offline() {
    let mut plant = Plant::new();
    let speed = plant.say("acme/pump/speed", 1.0);
    plant.input(Input::SourceLost(BROKER));
    plant.say("acme/pump/speed", 2.0);
    let fresh = plant.say("acme/pump/flow", 2.0);
    plant.is(speed, Freshness::Offline);
    plant.is(fresh, Freshness::Offline);
    assert_eq!(plant.value(speed), plant::number(2.0));
    plant.connect(true);
    plant.is(fresh, Freshness::Live);
}

#[test]
fn other_sources_are_not_touched_and_the_gap_is_not_learned() {
    let mut plant = Plant::new();
    let other = SourceId::new(2);
    plant.input(Input::SourceAdded {
        source: other,
        name: "north".into(),
    });
    plant.speak(&["acme/pump/speed"], 1.0, 20.0);
    let speed = plant.tag("acme/pump/speed", "");
    plant.input(Input::SourceLost(other));
    plant.is(speed, Freshness::Live);
    let before = plant.twin.cadence(speed);
    for _ in 0..8 {
        plant.input(Input::SourceLost(BROKER));
        plant.now = plant.now + plant::secs(1_000);
        plant.input(Input::SourceConnected {
            source: BROKER,
            is_continued: false,
        });
        plant.say("acme/pump/speed", 1.0);
        plant.now = plant.now + plant::secs(1);
        plant.say("acme/pump/speed", 1.0);
    }
    assert!(matches!(before, twin::Cadence::Learned(_)));
    assert_ne!(plant.twin.cadence(speed), twin::Cadence::OnChange);
}

#[test]
fn a_large_source_is_told_in_slices_and_the_last_word_holds() {
    const POINTS: usize = 100_000;
    let mut twin = twin::Twin::new(twin::TwinConfig::default());
    let mut now = plant::at(0.0);
    twin.handle(
        now,
        Input::SourceConnected {
            source: BROKER,
            is_continued: true,
        },
    );
    for topic in 0..POINTS / 100 {
        let leaves = (0..100).map(|tag| plant::leaf(&format!("tag{tag}"), plant::number(1.0)));
        let message = plant::message(&format!("acme/line/device{topic}"), now, leaves.collect());
        twin.handle(now, Input::Messages(vec![message]));
    }
    let mut tell = |twin: &mut twin::Twin, input: Input, most: usize| {
        now = now + twin::Span::from_secs(1);
        let mut out = twin.handle(now, input);
        let mut slices = 1;
        while out.wake.is_some_and(|wake| wake <= now) && slices < most {
            // Reading and freshness of each, and the counts above: what a slice may hold of the lock's time.
            assert!(out.changes.len() < 6_000, "{} changes at once", out.changes.len());
            out = twin.handle(now, Input::Tick);
            slices += 1;
        }
        let summary = twin.plant_summary();
        (summary.offline as usize, summary.live as usize, slices)
    };
    let (offline, live, slices) = tell(&mut twin, Input::SourceLost(BROKER), usize::MAX);
    assert_eq!((offline, live), (POINTS, 0));
    assert!(slices >= 50, "{slices}");
    tell(
        &mut twin,
        Input::SourceConnected {
            source: BROKER,
            is_continued: true,
        },
        usize::MAX,
    );
    // Lost, and back before everybody has heard of it.
    let (offline, _, _) = tell(&mut twin, Input::SourceLost(BROKER), 10);
    assert!(offline > 0 && offline < POINTS, "{offline}");
    let (offline, live, _) = tell(
        &mut twin,
        Input::SourceConnected {
            source: BROKER,
            is_continued: true,
        },
        usize::MAX,
    );
    assert_eq!((offline, live), (0, POINTS));
}
