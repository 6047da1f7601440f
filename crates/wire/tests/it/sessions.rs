//! Whatever the network does, in the end the browser shows what the server has.

use std::collections::BTreeMap;

use proptest::prelude::*;
use wire::client_session::Link;
use wire::message::Selector;
use wire::reading::Cadence;
use wire::view::Present;

use crate::network::{ASSET, POINTS, World};

#[derive(Clone, Debug)]
enum Step {
    Wait(u64),
    Reading(u32, i32),
    Cadence(u32, u32),
    Summary(u32),
    Plant(u32),
    Join,
    Subscribe(u8),
    Unsubscribe(u8),
    LoseDown(u32),
    LoseUp,
    Double(u32),
    Delay(u64),
    Cut(u64),
    Drop,
    Restart,
    Lag,
    Hide(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (1u64..400).prop_map(Step::Wait),
        10 => (1..=POINTS, any::<i32>()).prop_map(|(point, number)| Step::Reading(point, number)),
        2 => (1..=POINTS, any::<u32>()).prop_map(|(point, millis)| Step::Cadence(point, millis)),
        2 => any::<u32>().prop_map(Step::Summary),
        2 => any::<u32>().prop_map(Step::Plant),
        2 => Just(Step::Join),
        3 => (0u8..5).prop_map(Step::Subscribe),
        1 => (0u8..5).prop_map(Step::Unsubscribe),
        1 => (1u32..4).prop_map(Step::LoseDown),
        1 => Just(Step::LoseUp),
        2 => (1u32..6).prop_map(Step::Double),
        1 => (1u64..800).prop_map(Step::Delay),
        1 => (1u64..6_000).prop_map(Step::Cut),
        1 => Just(Step::Drop),
        1 => Just(Step::Restart),
        2 => Just(Step::Lag),
        1 => (1u64..4_000).prop_map(Step::Hide),
    ]
}

fn selector(which: u8) -> Selector {
    match which {
        0 => Selector::Points {
            points: vec![3, 1, 2],
        },
        1 => Selector::Points {
            points: (1..=POINTS).collect(),
        },
        2 => Selector::Asset { asset: ASSET },
        3 => Selector::Summaries { assets: vec![ASSET] },
        _ => Selector::Plant,
    }
}

struct Script {
    world: World,
    subs: BTreeMap<u8, u32>,
    next_point: u32,
    /// Points joined since the page of the asset was drawn.
    joined: bool,
}

impl Script {
    fn take(&mut self, step: Step) {
        let world = &mut self.world;
        match step {
            Step::Wait(millis) => world.run(millis),
            Step::Reading(point, number) => world.server.set_reading(point, f64::from(number)),
            Step::Cadence(point, millis) => world.server.set_cadence(point, Cadence::Learned(millis.into())),
            Step::Summary(live) => world.server.set_summary(ASSET, live),
            Step::Plant(assets) => world.server.set_plant(assets),
            Step::Join => {
                self.next_point += 1;
                world.server.join(self.next_point);
                world.server.set_reading(self.next_point, 1.0);
                if self.subs.contains_key(&2) {
                    world.shown.structure.clear();
                    self.joined = true;
                }
            }
            Step::Subscribe(which) => {
                if let std::collections::btree_map::Entry::Vacant(entry) = self.subs.entry(which) {
                    // Every other page was drawn by the server first, and goes on from there.
                    let since = (which % 2 == 0).then(|| world.draw_page());
                    entry.insert(world.client.subscribe(world.now, selector(which), None, since));
                    if which == 2 {
                        self.joined = false;
                    }
                }
            }
            Step::Unsubscribe(which) => {
                if let Some(sub) = self.subs.remove(&which) {
                    world.client.unsubscribe(sub);
                }
            }
            Step::LoseDown(frames) => world.lose_down = frames,
            Step::LoseUp => world.lose_up = 1,
            Step::Double(frames) => world.double_down = frames,
            Step::Delay(millis) => world.delay = millis,
            Step::Cut(millis) => {
                world.cut = true;
                world.run(millis);
                world.cut = false;
            }
            Step::Drop => world.drop_connection(),
            Step::Restart => world.restart(),
            Step::Lag => world.lag(),
            Step::Hide(millis) => {
                world.client.set_hidden(world.now, true);
                world.run(millis);
                world.client.set_hidden(world.now, false);
            }
        }
        self.world.obey();
    }

    fn settle(&mut self) {
        let world = &mut self.world;
        (world.lose_down, world.lose_up, world.double_down, world.delay) = (0, 0, 0, 5);
        world.run(30_000);
        // A frame lost at the very end shows with the next one.
        for point in (1..=POINTS).chain(POINTS + 1..=self.next_point) {
            world.server.set_reading(point, 0.5);
        }
        world.server.set_summary(ASSET, 7);
        world.server.set_plant(7);
        world.run(6_000);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn in_the_end_the_browser_shows_what_the_server_has(steps in proptest::collection::vec(step(), 1..60)) {
        let mut script =
            Script { world: World::new(), subs: BTreeMap::new(), next_point: 100, joined: false };
        script.take(Step::Subscribe(1));
        for step in steps {
            script.take(step);
        }
        script.settle();
        let Script { world, subs, joined, .. } = &script;
        prop_assert_eq!(world.client.link(), Link::Live);
        let plant = &world.server.plant;
        let mut points: Vec<u32> = Vec::new();
        for which in subs.keys() {
            match selector(*which) {
                Selector::Points { points: shown } => points.extend(shown),
                Selector::Asset { .. } => points.extend(&plant.asset_points),
                Selector::Summaries { .. } => {}
                Selector::Plant => prop_assert_eq!(world.shown.plant.clone(), Some(plant.plant())),
            }
        }
        for point in points {
            let shown = world.shown.points.get(&point).cloned().unwrap_or_default();
            prop_assert_eq!(shown, (plant.reading(point), plant.cadence(point)), "point {}", point);
        }
        if subs.contains_key(&2) || subs.contains_key(&3) {
            prop_assert_eq!(world.shown.summaries.get(&ASSET).copied(), Some(plant.summary(ASSET)));
        }
        if subs.contains_key(&2) && *joined {
            let told = world.shown.structure.get(&selector(2)).copied().unwrap_or_default();
            prop_assert!(told > 0, "a structure change was lost");
        }
        prop_assert!(world.shown.refused.is_empty());
    }
}

/// A page drawn at a position, then subscribed from there, is told only what changed since.
#[test]
fn nothing_is_loaded_twice_and_nothing_is_missed() {
    let mut world = World::new();
    world.run(100);
    for point in 1..=POINTS {
        world.server.set_reading(point, 1.0);
    }
    let page = world.server.position();
    world.server.set_reading(3, 2.0);
    world.client.subscribe(world.now, selector(1), None, Some(page));
    world.run(100);
    assert_eq!(world.shown.points.keys().copied().collect::<Vec<_>>(), [3]);
    world.server.set_reading(4, 2.0);
    world.run(100);
    assert_eq!(world.shown.points.keys().copied().collect::<Vec<_>>(), [3, 4]);
}

/// Word of a structure waits while values go on: when it comes, it is older than what is held.
#[test]
fn word_of_a_structure_that_comes_late_is_heard() {
    let mut world = World::new();
    world.run(100);
    world.client.subscribe(world.now, selector(2), None, None);
    world.run(100);
    world.server.set_reading(1, 1.0);
    let changed = world.server.revision;
    world.server.set_reading(1, 2.0);
    world.run(100);
    assert_eq!(world.shown.structure.get(&selector(2)), None);
    world.server.tell_structure(changed);
    world.run(100);
    assert_eq!(world.shown.structure.get(&selector(2)), Some(&1));
    world.server.tell_structure(changed);
    world.run(100);
    assert_eq!(
        world.shown.structure.get(&selector(2)),
        Some(&1),
        "the same word twice"
    );
}

/// The page was drawn by one run of the server, the socket reaches the next.
#[test]
fn a_new_run_of_the_server_is_taken_whole() {
    let mut world = World::new();
    world.run(100);
    for point in 1..=POINTS {
        world.server.set_reading(point, 1.0);
    }
    let page = world.server.position();
    world.restart();
    world.client.subscribe(world.now, selector(1), None, Some(page));
    world.run(2_000);
    assert_eq!(world.shown.points.len(), POINTS as usize);
    assert_eq!(
        world.shown.structure.get(&selector(1)),
        Some(&1),
        "the page's data are of another run"
    );
}

#[test]
fn a_hidden_page_costs_beats_only() {
    let mut world = World::new();
    world.client.subscribe(0, selector(1), None, None);
    world.run(1_000);
    world.client.set_hidden(world.now, true);
    world.obey();
    world.run(100);
    let before = world.frames;
    for round in 0..100 {
        world.server.set_reading(1, f64::from(round));
        world.run(100);
    }
    assert!(
        world.frames - before <= 12,
        "{} frames in 10 s",
        world.frames - before
    );
    world.client.set_hidden(world.now, false);
    world.obey();
    world.run(100);
    assert_eq!(world.shown.points[&1].0, world.server.plant.reading(1));
}
