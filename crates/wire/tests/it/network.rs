//! A plant, a server, a wire that loses, doubles and delays, and a browser: all on one virtual clock.

use std::collections::{BTreeMap, VecDeque};

use wire::client_session::{ClientSession, Command, Sink};
use wire::codec;
use wire::message::{ErrorCode, PointState, Position, Selector, ServerMessage, Summary};
use wire::page::PlantStatus;
use wire::reading::{Cadence, Quality, Reading, Value};
use wire::server_session::{Action, LIMITS, Now, ServerSession};
use wire::view::{Changed, Coverage, Present, View};

pub const POINTS: u32 = 10;
pub const ASSET: u32 = 1;
const WALL: i64 = 1_763_800_000_000;

/// Each thing, and the revision at which it last changed.
#[derive(Default)]
pub struct Plant {
    readings: BTreeMap<u32, (Reading, u64)>,
    cadences: BTreeMap<u32, (Cadence, u64)>,
    summaries: BTreeMap<u32, (Summary, u64)>,
    plant: (PlantStatus, u64),
    pub asset_points: Vec<u32>,
    pub structure: u64,
}

impl Present for Plant {
    fn reading(&self, point: u32) -> Option<Reading> {
        self.readings.get(&point).map(|(reading, _)| reading.clone())
    }
    fn cadence(&self, point: u32) -> Cadence {
        self.cadences
            .get(&point)
            .map(|(cadence, _)| *cadence)
            .unwrap_or_default()
    }
    fn summary(&self, asset: u32) -> Summary {
        self.summaries
            .get(&asset)
            .map(|(summary, _)| *summary)
            .unwrap_or_default()
    }
    fn plant(&self) -> PlantStatus {
        self.plant.0.clone()
    }
}

impl Changed for Plant {
    fn reading_at(&self, point: u32) -> u64 {
        self.readings.get(&point).map_or(0, |(_, at)| *at)
    }
    fn cadence_at(&self, point: u32) -> u64 {
        self.cadences.get(&point).map_or(0, |(_, at)| *at)
    }
    fn summary_at(&self, asset: u32) -> u64 {
        self.summaries.get(&asset).map_or(0, |(_, at)| *at)
    }
    fn plant_at(&self) -> u64 {
        self.plant.1
    }
}

pub struct Server {
    epoch: u64,
    pub revision: u64,
    pub plant: Plant,
    views: BTreeMap<u32, (Selector, View)>,
    last_view: u32,
    session: Option<ServerSession>,
    /// Which view each subscription of the session has.
    watching: BTreeMap<u32, u32>,
    drained: u64,
}

/// What the browser shows.
#[derive(Default)]
pub struct Shown {
    pub points: BTreeMap<u32, (Option<Reading>, Cadence)>,
    pub summaries: BTreeMap<u32, Summary>,
    pub plant: Option<PlantStatus>,
    /// How often each selector's structure was said to have changed.
    pub structure: BTreeMap<Selector, u32>,
    pub refused: Vec<ErrorCode>,
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
        self.plant = Some(plant);
    }
    fn structure(&mut self, selector: &Selector) {
        *self.structure.entry(selector.clone()).or_default() += 1;
    }
    fn refused(&mut self, _selector: &Selector, code: ErrorCode) {
        self.refused.push(code);
    }
}

/// One connection's two directions, each in order; gone when it is cut.
#[derive(Default)]
struct Pipe {
    up: VecDeque<(u64, Vec<u8>)>,
    down: VecDeque<(u64, Vec<u8>)>,
    opens_at: Option<u64>,
}

pub struct World {
    pub now: u64,
    pub client: ClientSession,
    pub shown: Shown,
    pub server: Server,
    pipe: Option<Pipe>,
    pub delay: u64,
    pub lose_down: u32,
    pub lose_up: u32,
    pub double_down: u32,
    /// Nothing can connect, and nothing that is sent arrives.
    pub cut: bool,
    random: u64,
    /// Frames that reached the browser.
    pub frames: u64,
}

impl World {
    pub fn new() -> Self {
        let plant = Plant {
            asset_points: (1..=POINTS / 2).collect(),
            ..Plant::default()
        };
        let server = Server {
            epoch: 1,
            revision: 0,
            plant,
            views: BTreeMap::new(),
            last_view: 0,
            session: None,
            watching: BTreeMap::new(),
            drained: 0,
        };
        let mut world = Self {
            now: 0,
            client: ClientSession::new("build".to_owned()),
            shown: Shown::default(),
            server,
            pipe: None,
            delay: 5,
            lose_down: 0,
            lose_up: 0,
            double_down: 0,
            cut: false,
            random: 1,
            frames: 0,
        };
        world.client.start(0);
        world
    }

    /// The server draws a page of all there is: what the browser shows first. Gives its position.
    pub fn draw_page(&mut self) -> Position {
        let plant = &self.server.plant;
        for point in (1..=POINTS).chain(plant.asset_points.iter().copied()) {
            self.shown
                .points
                .insert(point, (plant.reading(point), plant.cadence(point)));
        }
        self.shown.summaries.insert(ASSET, plant.summary(ASSET));
        self.shown.plant = Some(plant.plant());
        self.server.position()
    }

    /// A number in 0..1 that is the same in every run.
    pub fn random(&mut self) -> f64 {
        self.random = self
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Time passes in steps of 10 ms.
    pub fn run(&mut self, millis: u64) {
        let until = self.now + millis;
        let mut tick = self.now;
        while self.now < until {
            self.now += 10;
            self.deliver();
            self.serve();
            if self.now >= tick {
                let random = self.random();
                self.client.tick(self.now, random);
                tick = self.now + self.client.next_tick(self.now);
            }
            self.obey();
        }
    }

    /// The browser's commands.
    pub fn obey(&mut self) {
        while let Some(command) = self.client.next_command() {
            match command {
                Command::Connect => {
                    self.close_server_side();
                    self.pipe = Some(Pipe {
                        opens_at: Some(self.now + 2 * self.delay),
                        ..Pipe::default()
                    });
                }
                Command::Disconnect => {
                    self.close_server_side();
                    self.pipe = None;
                }
                Command::Send(message) => {
                    let at = self.now + self.delay;
                    if std::mem::take(&mut self.lose_up) > 0 || self.cut {
                        continue;
                    }
                    if let Some(pipe) = &mut self.pipe {
                        pipe.up.push_back((at, codec::encode_client(&message)));
                    }
                }
            }
        }
    }

    fn deliver(&mut self) {
        let (now, cut) = (self.now, self.cut);
        let Some(pipe) = &mut self.pipe else { return };
        if !cut && pipe.opens_at.is_some_and(|at| at <= now) {
            pipe.opens_at = None;
            self.server.session = Some(ServerSession::new(now, LIMITS));
            self.client.opened(now);
        }
        while let Some(bytes) = self.pipe.as_mut().and_then(|pipe| due(&mut pipe.up, now)) {
            self.server_takes(&bytes);
        }
        while let Some(bytes) = self.pipe.as_mut().and_then(|pipe| due(&mut pipe.down, now)) {
            self.frames += 1;
            let message = codec::decode_server(&bytes).unwrap();
            let random = self.random();
            self.client.message(now, random, message, &mut self.shown);
            self.obey();
        }
    }

    fn server_takes(&mut self, bytes: &[u8]) {
        let mut out = Vec::new();
        let now = self.server.now(self.now);
        if let Some(session) = &mut self.server.session {
            session.received(&now, codec::decode_client(bytes), &mut out);
        }
        self.act(out);
    }

    fn act(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Send(message) => self.send(&message),
                Action::Watch {
                    sub, selector, since, ..
                } => {
                    let answer = self.server.watch(sub, &selector, since, self.now);
                    self.send(&answer);
                }
                Action::Unwatch { sub } => {
                    self.server.watching.remove(&sub);
                }
                Action::Close(..) => self.drop_connection(),
            }
        }
    }

    fn send(&mut self, message: &ServerMessage) {
        let now = self.now;
        if let Some(session) = &mut self.server.session {
            session.sent(now);
        }
        if self.cut {
            return;
        }
        if self.lose_down > 0 {
            self.lose_down -= 1;
            return;
        }
        let copies = if self.double_down > 0 { 2 } else { 1 };
        self.double_down = self.double_down.saturating_sub(1);
        if let Some(pipe) = &mut self.pipe {
            // In order, even when the delay shrinks: it is a stream.
            let at = pipe.down.back().map_or(0, |(at, _)| *at).max(now + self.delay);
            for _ in 0..copies {
                pipe.down.push_back((at, codec::encode_server(message)));
            }
        }
    }

    fn serve(&mut self) {
        let mut out = Vec::new();
        let now = self.server.now(self.now);
        if let Some(session) = &mut self.server.session {
            session.tick(&now, &mut out);
        }
        self.act(out);
        if self.now >= self.server.drained + 20 {
            self.server.drained = self.now;
            let (to, wall) = (self.server.revision, WALL + self.now.cast_signed());
            let plant = &self.server.plant;
            let drained = self.server.views.iter_mut().filter_map(|(number, (_, view))| {
                let (from, delta) = view.drain(to, plant)?;
                Some(ServerMessage::Delta {
                    view: *number,
                    from,
                    to,
                    server_millis: wall,
                    delta,
                })
            });
            for delta in drained.collect::<Vec<_>>() {
                let ServerMessage::Delta { view, .. } = &delta else {
                    continue;
                };
                if self.server.watching.values().any(|watched| watched == view) {
                    self.send(&delta);
                }
            }
        }
    }

    fn close_server_side(&mut self) {
        self.server.session = None;
        self.server.watching.clear();
    }

    /// Both ends see the connection go.
    pub fn drop_connection(&mut self) {
        self.close_server_side();
        if self.pipe.take().is_some() {
            let random = self.random();
            self.client.closed(self.now, random);
        }
    }

    /// The server starts anew: another epoch, revisions from the start, readings kept.
    pub fn restart(&mut self) {
        self.drop_connection();
        let server = &mut self.server;
        server.epoch += 1;
        server.revision = 0;
        server.views.clear();
        let plant = &mut server.plant;
        plant.readings.values_mut().for_each(|(_, at)| *at = 0);
        plant.cadences.values_mut().for_each(|(_, at)| *at = 0);
        plant.summaries.values_mut().for_each(|(_, at)| *at = 0);
        plant.plant.1 = 0;
        plant.structure = 0;
    }

    /// The socket had no room: every subscription is taken whole.
    pub fn lag(&mut self) {
        let mut out = Vec::new();
        if let Some(session) = &mut self.server.session {
            self.server.watching.keys().for_each(|sub| session.lagged(*sub));
            session.caught_up(&mut out);
        }
        self.act(out);
    }
}

impl Server {
    fn now(&self, millis: u64) -> Now<'static> {
        let position = Position {
            epoch: self.epoch,
            revision: self.revision,
        };
        Now {
            millis,
            server_millis: WALL + millis.cast_signed(),
            position,
            build: "build",
        }
    }

    pub fn position(&self) -> Position {
        Position {
            epoch: self.epoch,
            revision: self.revision,
        }
    }

    fn coverage(&self, selector: &Selector) -> Coverage {
        match selector {
            Selector::Points { points } => Coverage {
                points: points.clone(),
                ..Coverage::default()
            },
            Selector::Asset { asset } => Coverage {
                points: self.plant.asset_points.clone(),
                assets: vec![*asset],
                plant: false,
                structure: self.plant.structure,
            },
            Selector::Summaries { assets } => Coverage {
                assets: assets.clone(),
                ..Coverage::default()
            },
            Selector::Plant => Coverage {
                plant: true,
                ..Coverage::default()
            },
        }
    }

    fn watch(&mut self, sub: u32, selector: &Selector, since: Option<Position>, now: u64) -> ServerMessage {
        let found = self
            .views
            .iter()
            .find(|(_, (known, _))| known == selector)
            .map(|(number, _)| *number);
        let number = found.unwrap_or_else(|| {
            self.last_view += 1;
            let view = View::new(self.coverage(selector), self.revision);
            self.views.insert(self.last_view, (selector.clone(), view));
            self.last_view
        });
        self.watching.insert(sub, number);
        let (_, view) = &self.views[&number];
        let (epoch, revision) = (self.epoch, self.revision);
        let server_millis = WALL + now.cast_signed();
        match since.filter(|since| since.epoch == epoch && since.revision <= revision) {
            Some(Position { revision: from, .. }) => ServerMessage::Resumed {
                sub,
                view: number,
                epoch,
                from,
                revision,
                server_millis,
                points: view.coverage().points.clone(),
                summaries: view.coverage().assets.clone(),
                delta: view.resume(from, &self.plant, &self.plant),
            },
            None => {
                let state = view.snapshot(&self.plant);
                ServerMessage::Snapshot {
                    sub,
                    view: number,
                    epoch,
                    revision,
                    server_millis,
                    state,
                }
            }
        }
    }

    pub fn set_reading(&mut self, point: u32, number: f64) {
        self.revision += 1;
        let reading = Reading {
            value: Some(Value::Number(number)),
            quality: Quality::Good,
            source_millis: None,
            arrival_millis: WALL,
            flags: 0,
        };
        self.plant.readings.insert(point, (reading, self.revision));
        self.mark(|view| &view.points, point, View::mark_reading);
    }

    pub fn set_cadence(&mut self, point: u32, cadence: Cadence) {
        self.revision += 1;
        self.plant.cadences.insert(point, (cadence, self.revision));
        self.mark(|view| &view.points, point, View::mark_cadence);
    }

    pub fn set_summary(&mut self, asset: u32, live: u32) {
        self.revision += 1;
        let summary = Summary {
            live,
            ..Summary::default()
        };
        self.plant.summaries.insert(asset, (summary, self.revision));
        self.mark(|view| &view.assets, asset, View::mark_summary);
    }

    pub fn set_plant(&mut self, assets: u32) {
        self.revision += 1;
        self.plant.plant = (
            PlantStatus {
                assets,
                ..PlantStatus::default()
            },
            self.revision,
        );
        self.views.values_mut().for_each(|(_, view)| view.mark_plant());
    }

    pub fn join(&mut self, point: u32) {
        self.revision += 1;
        self.plant.asset_points.push(point);
        for (selector, view) in self.views.values_mut() {
            if matches!(selector, Selector::Asset { .. }) {
                view.join(point);
            }
        }
        self.tell_structure(self.revision);
    }

    /// Tells of a structure change at `revision` now, wherever the values stand.
    pub fn tell_structure(&mut self, revision: u64) {
        self.plant.structure = revision;
        for (selector, view) in self.views.values_mut() {
            if matches!(selector, Selector::Asset { .. }) {
                view.mark_structure(revision);
            }
        }
    }

    fn mark(&mut self, table: impl Fn(&Coverage) -> &Vec<u32>, id: u32, mark: impl Fn(&mut View, u32)) {
        for (_, view) in self.views.values_mut() {
            let shown = (0u32..)
                .zip(table(view.coverage()))
                .filter(|(_, shown)| **shown == id);
            for index in shown.map(|(index, _)| index).collect::<Vec<_>>() {
                mark(view, index);
            }
        }
    }
}

fn due(queue: &mut VecDeque<(u64, Vec<u8>)>, now: u64) -> Option<Vec<u8>> {
    if queue.front().is_some_and(|(at, _)| *at <= now) {
        queue.pop_front().map(|(_, bytes)| bytes)
    } else {
        None
    }
}
