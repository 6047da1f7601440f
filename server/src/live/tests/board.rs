//! Windows, leading edges and what is left behind, on a clock of the test's own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use access::Sight;
use twin::{PointId, Timestamp, Twin, Value};
use wire::message::{Position, Selector, ServerMessage};
use wire::page::PlantStatus;

use super::stage::{messages, points, topic, twin};
use crate::live::HubConfig;
use crate::live::board::Board;
use crate::live::outbox::{Form, Outbox, outbox};
use crate::live::views::{Due, Subscriber};

struct Scene {
    twin: Twin,
    board: Board,
    start: Instant,
    millis: u64,
    outbox: Arc<Outbox>,
}

impl Scene {
    fn new() -> Self {
        let start = Instant::now();
        let (outbox, _) = outbox(Form::Binary, 1);
        let mut scene = Self {
            twin: twin(),
            board: Board::new(HubConfig::default(), 0, start),
            start,
            millis: 0,
            outbox,
        };
        scene.feed(0, 1.0);
        scene.feed(1, 1.0);
        scene
    }

    fn now(&self) -> Instant {
        self.start + Duration::from_millis(self.millis)
    }

    fn feed(&mut self, tag: u32, number: f64) {
        let now = Timestamp::from_millis(i64::try_from(self.millis).unwrap());
        let outputs = self
            .twin
            .handle(now, messages(now, &[(topic(tag), Value::Number(number))]));
        self.board.publish(&self.twin, self.now(), &outputs.changes);
    }

    fn watch(&mut self, sub: u32, selector: Selector, max_hz: Option<u8>) -> u32 {
        let subscriber = Subscriber {
            outbox: self.outbox.clone(),
            sub,
        };
        let now = self.now();
        self.board
            .watch(
                &self.twin,
                now,
                subscriber,
                (selector, &Sight::Whole),
                max_hz,
                None,
            )
            .unwrap()
            .0
    }

    fn drain(&mut self) -> Vec<Due> {
        let now = self.now();
        self.board.drain(now, 100).0
    }

    fn next(&mut self) -> Option<u64> {
        let (now, start) = (self.now(), self.start);
        let next = self.board.drain(now, 0).1?;
        Some(u64::try_from(next.duration_since(start).as_millis()).unwrap())
    }
}

fn numbers(due: &Due) -> Vec<wire::Value> {
    due.delta
        .readings
        .iter()
        .filter_map(|(_, reading)| reading.value.clone())
        .collect()
}

#[test]
fn the_first_change_goes_at_once_and_the_next_after_the_window() {
    let mut scene = Scene::new();
    scene.watch(1, points(2), None);
    scene.millis = 100;
    scene.feed(0, 2.0);
    assert_eq!(scene.drain().len(), 1);
    for number in [3.0, 4.0, 5.0] {
        scene.millis += 2;
        scene.feed(0, number);
    }
    assert!(scene.drain().is_empty());
    assert_eq!(scene.next(), Some(116));
    scene.millis = 116;
    let due = scene.drain();
    assert_eq!(numbers(&due[0]), [wire::Value::Number(5.0)]);
    assert_eq!(scene.next(), None);
}

#[test]
fn with_many_subscriptions_frames_come_less_often_and_never_later_than_a_tenth_of_a_second() {
    let mut scene = Scene::new();
    let mut known = 0;
    for (subscriptions, expect) in [(100, 16), (500, 50), (5_000, 100)] {
        for sub in known..subscriptions {
            scene.watch(sub, points(2), None);
        }
        known = subscriptions;
        scene.millis += 1_000;
        scene.feed(0, scene.millis as f64);
        assert_eq!(scene.drain().len(), 1, "the first at once");
        scene.feed(0, 3.0);
        assert_eq!(scene.next(), Some(scene.millis + expect), "{subscriptions}");
        scene.millis += expect;
        assert_eq!(scene.drain().len(), 1);
    }
}

#[test]
fn a_page_may_ask_for_less() {
    let mut scene = Scene::new();
    scene.watch(1, points(2), Some(1));
    scene.watch(2, points(2), None);
    let mut frames = [0, 0];
    for _ in 0..500 {
        scene.millis += 10;
        scene.feed(0, scene.millis as f64);
        for due in scene.drain() {
            let sub = due.subscribers[0].sub as usize;
            frames[sub - 1] += 1;
        }
    }
    assert_eq!(frames[0], 5, "once a second for 5 s");
    assert!((240..=320).contains(&frames[1]), "{} frames in 5 s", frames[1]);
}

#[test]
fn the_freshness_bar_travels_four_times_a_second_and_its_structure_once() {
    let mut scene = Scene::new();
    scene.millis = 10_000;
    scene.watch(1, Selector::Plant, None);
    let (mut statuses, mut structures) = (0, 0);
    for round in 0..400 {
        scene.millis += 10;
        let status = PlantStatus {
            assets: round,
            ..PlantStatus::default()
        };
        let now = scene.now();
        scene.board.publish_plant(&scene.twin, status, now);
        // A new point each time: structure.
        scene.feed(100 + round, 1.0);
        for due in scene.drain() {
            statuses += usize::from(due.delta.plant.is_some());
            structures += usize::from(due.delta.structure.is_some());
        }
    }
    assert!((15..=17).contains(&statuses), "{statuses} in 4 s");
    assert!((3..=5).contains(&structures), "{structures} in 4 s");
    // The last word comes when its time has come, though nothing else happens.
    while let Some(next) = scene.next() {
        scene.millis = next;
        for due in scene.drain() {
            structures += usize::from(due.delta.structure.is_some());
        }
    }
    assert!((4..=6).contains(&structures));
}

#[test]
fn a_page_hears_nothing_of_the_structure_that_it_was_drawn_with() {
    let mut scene = Scene::new();
    let asset = scene.twin.point(PointId::new(1)).unwrap().asset.get();
    scene.watch(1, Selector::Asset { asset }, None);
    // The freshness bar takes the board ahead of the twin.
    for assets in 1..5 {
        let status = PlantStatus {
            assets,
            ..PlantStatus::default()
        };
        let now = scene.now();
        scene.board.publish_plant(&scene.twin, status, now);
    }
    scene.feed(100, 1.0);
    let now = scene.now();
    for (revision, is_told) in [
        (scene.board.position().revision, false),
        (scene.twin.revision(), true),
    ] {
        let subscriber = Subscriber {
            outbox: scene.outbox.clone(),
            sub: 2,
        };
        let since = Position {
            revision,
            ..scene.board.position()
        };
        let (_, answer) = scene
            .board
            .watch(
                &scene.twin,
                now,
                subscriber,
                (Selector::Asset { asset }, &Sight::Whole),
                None,
                Some(since),
            )
            .unwrap();
        let ServerMessage::Resumed { delta, .. } = answer else {
            panic!("{answer:?}")
        };
        assert_eq!(delta.structure.is_some(), is_told, "at {revision}");
    }
}

#[test]
fn unchanged_status_says_nothing() {
    let mut scene = Scene::new();
    scene.watch(1, Selector::Plant, None);
    let now = scene.now();
    assert_eq!(
        scene
            .board
            .publish_plant(&scene.twin, PlantStatus::default(), now),
        0
    );
    assert!(scene.drain().is_empty());
}

#[test]
fn a_change_nobody_watches_is_remembered_by_its_revision_only() {
    let mut scene = Scene::new();
    let page = scene.board.position();
    scene.feed(1, 7.0);
    assert!(scene.drain().is_empty());
    let (subscriber, now) = (
        Subscriber {
            outbox: scene.outbox.clone(),
            sub: 1,
        },
        scene.now(),
    );
    let (_, answer) = scene
        .board
        .watch(
            &scene.twin,
            now,
            subscriber,
            (points(2), &Sight::Whole),
            None,
            Some(page),
        )
        .unwrap();
    let ServerMessage::Resumed { delta, .. } = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(delta.readings.len(), 1);
    assert_eq!(delta.readings[0].0, 1);
}

#[test]
fn nothing_is_left_of_a_view_that_nobody_watches() {
    let mut scene = Scene::new();
    for round in 0..50 {
        let selectors = [
            points(2),
            Selector::Asset { asset: 1 },
            Selector::Summaries { assets: vec![1] },
            Selector::Plant,
        ];
        let views: Vec<u32> = (0u32..)
            .zip(selectors)
            .map(|(sub, selector)| scene.watch(sub, selector, None))
            .collect();
        scene.feed(0, f64::from(round));
        for (sub, view) in (0u32..).zip(views) {
            scene.board.unwatch(view, scene.outbox.id(), sub);
        }
        assert_eq!((scene.board.view_count(), scene.board.watched()), (0, 0));
        assert!(scene.drain().is_empty());
    }
}

#[test]
fn there_are_only_so_many_views() {
    let mut scene = Scene::new();
    let config = HubConfig {
        views: 1,
        ..HubConfig::default()
    };
    scene.board = Board::new(config, 0, scene.start);
    scene.watch(1, points(1), None);
    scene.watch(2, points(1), None);
    let (subscriber, now) = (
        Subscriber {
            outbox: scene.outbox.clone(),
            sub: 3,
        },
        scene.now(),
    );
    let refused = scene.board.watch(
        &scene.twin,
        now,
        subscriber,
        (points(2), &Sight::Whole),
        None,
        None,
    );
    assert!(refused.is_err());
}
