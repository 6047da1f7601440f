//! The real twin, the hub's board and browsers' sessions together: whatever happens in whatever order, each
//! browser shows what the twin holds.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use access::Sight;
use proptest::prelude::*;
use twin::{AssetId, Input, PointId, Timestamp, Twin, Value};
use wire::client_session::{ClientSession, Command, Sink};
use wire::message::{ClientMessage, ErrorCode, PointState, Position, Selector, ServerMessage, Summary};
use wire::page::PlantStatus;
use wire::reading::{wire_cadence_from_twin, wire_from_twin};
use wire::server_session::LIMITS;
use wire::{Cadence, Reading};

use super::stage::{SOURCE, messages, twin};
use crate::live::HubConfig;
use crate::live::board::Board;
use crate::live::outbox::{Form, Outbox, outbox};
use crate::live::views::Subscriber;
use crate::plant::summary_from_twin;

const UNITS: u32 = 3;

#[derive(Default)]
struct Shown {
    points: BTreeMap<u32, (Option<Reading>, Cadence)>,
    summaries: BTreeMap<u32, Summary>,
    plant: PlantStatus,
    /// What it heard has another structure, and has not looked at again.
    changed: Vec<Selector>,
}

impl Sink for Shown {
    fn point(&mut self, state: PointState) {
        self.points.insert(state.point, (state.reading, state.cadence));
    }
    fn reading(&mut self, point: u32, reading: Reading) {
        self.points.entry(point).or_default().0 = Some(reading);
    }
    fn cadence(&mut self, point: u32, cadence: Cadence) {
        self.points.entry(point).or_default().1 = cadence;
    }
    fn summary(&mut self, asset: u32, summary: Summary) {
        self.summaries.insert(asset, summary);
    }
    fn plant(&mut self, plant: PlantStatus) {
        self.plant = plant;
    }
    fn structure(&mut self, selector: &Selector) {
        self.changed.push(selector.clone());
    }
    fn refused(&mut self, selector: &Selector, code: ErrorCode) {
        panic!("{selector:?} was refused: {code:?}");
    }
}

struct Browser {
    session: ClientSession,
    shown: Shown,
    outbox: std::sync::Arc<Outbox>,
    /// What the page watches, by the session's numbers.
    watched: Vec<(u32, Selector)>,
    /// The points of what it watches, as it last asked for them, by the selector.
    structures: BTreeMap<String, Vec<u32>>,
    views: BTreeMap<u32, u32>,
}

struct Whole {
    twin: Twin,
    board: Board,
    start: Instant,
    millis: u64,
    browsers: Vec<Browser>,
}

#[derive(Clone, Debug)]
enum Step {
    Feed(u32, u32, i32),
    Wait(u64),
    Lose,
    Connect,
    Plant(u32),
    Watch(usize, u8, u32),
    Unwatch(usize),
    /// The socket had no room for what was due.
    Lag(usize),
    /// The connection breaks, and is made again.
    Break(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let browser = 0usize..3;
    prop_oneof![
        10 => (0..UNITS, 0u32..6, any::<i32>()).prop_map(|(unit, tag, number)| Step::Feed(unit, tag, number)),
        5 => (1u64..300).prop_map(Step::Wait),
        1 => (5_000u64..90_000).prop_map(Step::Wait),
        1 => Just(Step::Lose),
        1 => Just(Step::Connect),
        1 => any::<u32>().prop_map(Step::Plant),
        4 => (browser.clone(), 0u8..5, 0..UNITS).prop_map(|(browser, which, unit)| Step::Watch(browser, which, unit)),
        1 => browser.clone().prop_map(Step::Unwatch),
        1 => browser.clone().prop_map(Step::Lag),
        1 => browser.prop_map(Step::Break),
    ]
}

impl Whole {
    fn new() -> Self {
        let start = Instant::now();
        let browser = || {
            let mut session = ClientSession::new(String::new());
            session.start(0);
            let (outbox, _) = outbox(Form::Binary, 1);
            Browser {
                session,
                shown: Shown::default(),
                outbox,
                watched: Vec::new(),
                structures: BTreeMap::new(),
                views: BTreeMap::new(),
            }
        };
        let browsers = (0..3).map(|_| browser()).collect();
        let board = Board::new(HubConfig::default(), 0, start);
        let mut whole = Self {
            twin: twin(),
            board,
            start,
            millis: 0,
            browsers,
        };
        for unit in 0..UNITS {
            whole.feed(unit, 0, 0);
        }
        for browser in 0..3 {
            whole.connect(browser);
        }
        whole
    }

    fn now(&self) -> Instant {
        self.start + Duration::from_millis(self.millis)
    }

    fn handle(&mut self, input: Input) {
        let now = Timestamp::from_millis(i64::try_from(self.millis).unwrap());
        let outputs = self.twin.handle(now, input);
        if !outputs.changes.is_empty() {
            let now = self.now();
            self.board.publish(&self.twin, now, &outputs.changes);
        }
    }

    fn feed(&mut self, unit: u32, tag: u32, number: i32) {
        let now = Timestamp::from_millis(i64::try_from(self.millis).unwrap());
        let topic = format!("site/unit{unit}/tag{tag}");
        self.handle(messages(now, &[(topic, Value::Number(f64::from(number) / 10.0))]));
    }

    fn wait(&mut self, millis: u64) {
        let until = self.millis + millis;
        while self.millis < until {
            // Long waits in long steps: what is overdue turns late at the twin's tick.
            self.millis += if until - self.millis > 1_000 { 500 } else { 10 };
            self.handle(Input::Tick);
            self.deliver(None);
        }
    }

    /// Hands out what is due; one browser may have no room for it.
    fn deliver(&mut self, lagging: Option<usize>) {
        let now = self.now();
        let (due, _) = self.board.drain(now, 1_000);
        for due in due {
            let message = ServerMessage::Delta {
                view: due.view,
                from: due.from,
                to: due.to,
                server_millis: due.server_millis,
                delta: due.delta,
            };
            for subscriber in due.subscribers.iter() {
                let found = self
                    .browsers
                    .iter()
                    .position(|known| known.outbox.id() == subscriber.outbox.id());
                let Some(index) = found else { continue };
                if lagging == Some(index) {
                    self.board
                        .unwatch(due.view, subscriber.outbox.id(), subscriber.sub);
                    let selector = self.browsers[index]
                        .watched
                        .iter()
                        .find(|(sub, _)| *sub == subscriber.sub);
                    let (sub, selector) = selector.cloned().unwrap();
                    self.subscribe(index, sub, selector, None);
                } else {
                    self.tell(index, message.clone());
                }
            }
        }
    }

    fn tell(&mut self, index: usize, message: ServerMessage) {
        let millis = self.millis;
        let Browser { session, shown, .. } = &mut self.browsers[index];
        session.message(millis, 0.5, message, shown);
        for selector in std::mem::take(&mut shown.changed) {
            self.look_again(index, &selector);
        }
        self.obey(index);
    }

    /// The page asks again for what it shows.
    fn look_again(&mut self, index: usize, selector: &Selector) {
        let structure = self.structure(selector);
        self.browsers[index]
            .structures
            .insert(format!("{selector:?}"), structure);
    }

    /// Which points belong to what is watched, where that can change.
    fn structure(&self, selector: &Selector) -> Vec<u32> {
        match selector {
            Selector::Asset { asset } => {
                let points = self.twin.points_of(AssetId::new(*asset));
                points.iter().map(|point| point.get()).collect()
            }
            Selector::Plant => self.twin.points().map(|point| point.id.get()).collect(),
            Selector::Points { .. } | Selector::Summaries { .. } => Vec::new(),
        }
    }

    fn connect(&mut self, index: usize) {
        self.browsers[index].session.opened(self.millis);
        self.obey(index);
    }

    fn obey(&mut self, index: usize) {
        while let Some(command) = self.browsers[index].session.next_command() {
            let Command::Send(message) = command else { continue };
            match message {
                ClientMessage::Hello { .. } => {
                    let Position { epoch, revision } = self.board.position();
                    let welcome = ServerMessage::Welcome {
                        epoch,
                        revision,
                        server_millis: 0,
                        build: String::new(),
                        limits: LIMITS,
                    };
                    self.tell(index, welcome);
                }
                ClientMessage::Subscribe {
                    sub, selector, since, ..
                } => self.subscribe(index, sub, selector, since),
                ClientMessage::Unsubscribe { sub } => {
                    let browser = &mut self.browsers[index];
                    if let Some(view) = browser.views.remove(&sub) {
                        self.board.unwatch(view, browser.outbox.id(), sub);
                    }
                }
                ClientMessage::Ping => {}
            }
        }
    }

    fn subscribe(&mut self, index: usize, sub: u32, selector: Selector, since: Option<Position>) {
        let now = self.now();
        let subscriber = Subscriber {
            outbox: self.browsers[index].outbox.clone(),
            sub,
        };
        let (view, answer) = self
            .board
            .watch(
                &self.twin,
                now,
                subscriber,
                (selector, &Sight::Whole),
                None,
                since,
            )
            .unwrap();
        self.browsers[index].views.insert(sub, view);
        self.tell(index, answer);
    }

    fn selector(&self, which: u8, unit: u32) -> Selector {
        let asset = self.twin.by_path(&format!("site/unit{unit}")).unwrap();
        let points = || self.twin.points_of(asset).iter().map(|point| point.get());
        match which {
            0 => Selector::Points {
                points: points().collect(),
            },
            1 => Selector::Points {
                points: points().rev().collect(),
            },
            2 => Selector::Asset { asset: asset.get() },
            3 => Selector::Summaries {
                assets: vec![asset.get(), self.twin.roots()[0].get()],
            },
            _ => Selector::Plant,
        }
    }

    /// The page is drawn by the server at the twin's revision, then goes on from there.
    fn draw(&mut self, index: usize, selector: &Selector) -> Position {
        let truth = self.truth(selector);
        let shown = &mut self.browsers[index].shown;
        shown.points.extend(truth.points);
        shown.summaries.extend(truth.summaries);
        Position {
            epoch: self.board.position().epoch,
            revision: self.twin.revision(),
        }
    }

    fn truth(&self, selector: &Selector) -> Shown {
        let (points, assets) = match selector {
            Selector::Points { points } => (points.clone(), Vec::new()),
            Selector::Asset { asset } => {
                let points = self.twin.points_of(AssetId::new(*asset));
                (points.iter().map(|point| point.get()).collect(), vec![*asset])
            }
            Selector::Summaries { assets } => (Vec::new(), assets.clone()),
            Selector::Plant => (Vec::new(), Vec::new()),
        };
        let point = |point: u32| {
            let id = PointId::new(point);
            (
                point,
                (
                    self.twin.reading(id).map(wire_from_twin),
                    wire_cadence_from_twin(self.twin.cadence(id)),
                ),
            )
        };
        let summary = |asset: u32| (asset, summary_from_twin(self.twin.summary(AssetId::new(asset))));
        Shown {
            points: points.into_iter().map(point).collect(),
            summaries: assets.into_iter().map(summary).collect(),
            plant: PlantStatus::default(),
            changed: Vec::new(),
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Feed(unit, tag, number) => self.feed(unit, tag, number),
            Step::Wait(millis) => self.wait(millis),
            Step::Lose => self.handle(Input::SourceLost(SOURCE)),
            Step::Connect => self.handle(Input::SourceConnected {
                source: SOURCE,
                is_continued: false,
            }),
            Step::Plant(assets) => {
                let now = self.now();
                self.board.publish_plant(
                    &self.twin,
                    PlantStatus {
                        assets,
                        ..PlantStatus::default()
                    },
                    now,
                );
            }
            Step::Watch(index, which, unit) => {
                let selector = self.selector(which, unit);
                let since = (which != 1).then(|| self.draw(index, &selector));
                self.look_again(index, &selector);
                let browser = &mut self.browsers[index];
                let sub = browser
                    .session
                    .subscribe(self.millis, selector.clone(), None, since);
                browser.watched.push((sub, selector));
                self.obey(index);
            }
            Step::Unwatch(index) => {
                let browser = &mut self.browsers[index];
                if let Some((sub, _)) = browser.watched.pop() {
                    browser.session.unsubscribe(sub);
                }
                self.obey(index);
            }
            Step::Lag(index) => {
                self.millis += 300;
                self.deliver(Some(index));
            }
            Step::Break(index) => {
                let browser = &mut self.browsers[index];
                browser.session.closed(self.millis, 0.0);
                for (sub, view) in std::mem::take(&mut browser.views) {
                    self.board.unwatch(view, browser.outbox.id(), sub);
                }
                self.wait(200);
                self.browsers[index].session.tick(self.millis, 0.0);
                self.connect(index);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_browser_shows_what_the_twin_holds(steps in proptest::collection::vec(step(), 1..80)) {
        let mut whole = Whole::new();
        whole.take(Step::Watch(0, 2, 0));
        whole.take(Step::Watch(1, 0, 1));
        for step in steps.into_iter().chain([Step::Plant(u32::MAX), Step::Wait(3_000)]) {
            whole.take(step);
        }
        for browser in &whole.browsers {
            for (_, selector) in &browser.watched {
                let truth = whole.truth(selector);
                for (point, expect) in truth.points {
                    let shown = browser.shown.points.get(&point).cloned().unwrap_or_default();
                    prop_assert_eq!(shown, expect, "point {} of {:?}", point, selector);
                }
                for (asset, expect) in truth.summaries {
                    prop_assert_eq!(browser.shown.summaries.get(&asset), Some(&expect), "asset {}", asset);
                }
                let known = browser.structures.get(&format!("{selector:?}"));
                prop_assert_eq!(known, Some(&whole.structure(selector)), "structure of {:?}", selector);
                if *selector == Selector::Plant {
                    prop_assert_eq!(browser.shown.plant.assets, u32::MAX);
                }
            }
        }
        // And when all have gone, nothing of them is left.
        for browser in &mut whole.browsers {
            for (sub, view) in std::mem::take(&mut browser.views) {
                whole.board.unwatch(view, browser.outbox.id(), sub);
            }
        }
        prop_assert_eq!((whole.board.view_count(), whole.board.watched()), (0, 0));
    }
}
