//! A filling and packing line: five machines in a row, orders and batches, shifts, breaks and stops.
//!
//! A line is a state machine (ISA-TR88.00.02 in the four words people use: Running, Idle, Stopped,
//! Starting). One machine's stop starves those after it and blocks those before it. OEE is
//! availability × performance × quality (ISO 22400-2), here as running means over some hours.

mod machine;
mod order;

use machine::{Machine, Run, Station};
use order::Order;

use crate::board::{Board, Builder};
use crate::calendar::Moment;
use crate::dynamics::{Lag, wander};
use crate::rng::Rng;
use crate::tag::{count, num, state, word};

/// What a line is built for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LineSheet {
    pub name: &'static str,
    /// Bottles an hour.
    pub rated: f64,
    /// Works at night too.
    pub nights: bool,
    /// Hours by which its breaks come later than the site's first.
    pub break_delay: f64,
    /// First digits of its order numbers.
    pub orders: u32,
    /// Litres a bottle.
    pub litres: f64,
    /// What is drawn besides the machines: conveyors, hall, kW.
    pub base_kw: f64,
}

tags! { LineTags(rated: f64) {
    state = state(),
    oee = count("OEE", "%", 1).bar(0.0, 100.0).normal(45.0, 100.0),
    output = num("Output", "k/h", 1).bar(0.0, rated * 1.2 / 1_000.0).normal(0.0, rated * 1.02 / 1_000.0).noise(0.02),
    reason = word("Reason"),
    shift = word("Shift"),
    order = word("Order"),
    product = word("Product"),
    batch = word("Batch"),
    speed = num("Speed", "%", 1).bar(0.0, 120.0).noise(0.1),
    availability = count("Availability", "%", 1).bar(0.0, 100.0).every(10),
    performance = count("Performance", "%", 1).bar(0.0, 120.0).every(10),
    quality = count("Quality", "%", 2).bar(90.0, 100.0).normal(97.0, 100.0).low(96.0).every(10),
    good_count = count("Good bottles", "", 0),
    reject_count = count("Rejected bottles", "", 0),
    order_quantity = count("Order quantity", "", 0).every(30),
    order_progress = count("Order progress", "%", 1).bar(0.0, 100.0).every(10),
    order_hours_left = count("Order time left", "h", 2).bar(0.0, 8.0).every(30),
    stops_shift = count("Stops this shift", "", 0).every(10),
    stop_minutes_shift = count("Stop time this shift", "min", 1).every(10),
    power = num("Power", "kW", 1).noise(0.2),
    energy_per_thousand = count("Energy per 1,000 bottles", "kWh", 2).every(60),
} }

/// What the line is doing.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Phase {
    Running,
    /// Seconds left.
    Starting(f64),
    /// Which machine, why, seconds left.
    Stopped(usize, &'static str, f64),
    /// Why, seconds left.
    Idle(&'static str, f64),
}

/// Seconds between stops, on average.
const BETWEEN_STOPS: f64 = 3_400.0;

/// A line.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    tags: LineTags,
    sheet: LineSheet,
    rng: Rng,
    phase_angle: f64,
    phase: Phase,
    machines: Vec<Machine>,
    order: Order,
    speed: Lag,
    availability: Lag,
    performance: Lag,
    quality: Lag,
    energy: Lag,
    shift: &'static str,
    stops: f64,
    stopped_secs: f64,
    /// Drawn from the mains, kW.
    pub(crate) power_kw: f64,
    /// Bottles an hour now.
    pub(crate) output: f64,
}

impl Line {
    pub(crate) fn new(builder: &mut Builder, path: &str, sheet: LineSheet) -> Self {
        builder.asset(path, sheet.name);
        let tags = LineTags::declare(builder, sheet.rated);
        let machines = Station::ALL
            .iter()
            .map(|station| Machine::new(builder, path, *station, sheet.rated))
            .collect();
        let mut rng = builder.dice(path);
        let order = Order::new(&mut rng, sheet.orders, sheet.rated);
        Self {
            tags,
            sheet,
            phase_angle: rng.angle(),
            phase: Phase::Running,
            machines,
            order,
            speed: Lag::new(0.97, 25.0),
            availability: Lag::new(0.89, 14_400.0),
            performance: Lag::new(0.96, 7_200.0),
            quality: Lag::new(0.988, 7_200.0),
            energy: Lag::new(11.0, 3_600.0),
            shift: "",
            stops: 0.0,
            stopped_secs: 0.0,
            rng,
            power_kw: 0.0,
            output: sheet.rated,
        }
    }

    /// Whether bottles move.
    pub(crate) fn is_running(&self) -> bool {
        self.phase == Phase::Running
    }

    /// Litres filled an hour.
    pub(crate) fn litres_hour(&self) -> f64 {
        self.output * self.sheet.litres
    }

    pub(crate) fn step(&mut self, now: Moment, dt: f64, hall_celsius: f64, board: &mut Board) {
        self.follow_roster(now);
        self.advance(now, dt);
        let target = match self.phase {
            Phase::Running => 0.972 + 0.014 * wander(now.secs * 2.0, self.phase_angle),
            Phase::Starting(_) => 0.35,
            Phase::Stopped(..) | Phase::Idle(..) => 0.0,
        };
        let mut speed = self.speed.toward(target, dt);
        if speed < 0.01 {
            speed = 0.0;
        }
        self.output = if self.phase == Phase::Running {
            speed * self.sheet.rated
        } else {
            0.0
        };
        let made = self.output * dt / 3_600.0;
        let mut rejected = 0.0;
        let mut power = self.sheet.base_kw * if speed > 0.0 { 1.0 } else { 0.7 };
        for index in 0..self.machines.len() {
            let (word, reason) = self.part_of(index);
            let Some(machine) = self.machines.get_mut(index) else {
                continue;
            };
            let run = Run {
                word,
                reason,
                speed,
                made,
                hall_celsius,
            };
            rejected += machine.step(now.secs, dt, run, board);
            power += machine.power_kw;
        }
        self.power_kw = power;
        let made_in_full = self.order.add(made - rejected, rejected);
        if made_in_full && self.phase == Phase::Running {
            self.phase = Phase::Idle("Changeover", self.rng.between(600.0, 1_100.0));
        }
        self.account(dt, made, rejected);
        self.write(board, speed);
    }

    /// Shift changes, breaks and unplanned nights.
    fn follow_roster(&mut self, now: Moment) {
        let shift = now.shift();
        if self.shift != shift {
            (self.shift, self.stops, self.stopped_secs) = (shift, 0.0, 0.0);
        }
        if !self.sheet.nights && shift == "Night" {
            self.phase = Phase::Idle("No shift planned", 60.0);
            return;
        }
        let since_break = (now.hour - 2.0 - self.sheet.break_delay).rem_euclid(8.0);
        if since_break < 0.3 && matches!(self.phase, Phase::Running | Phase::Starting(_)) {
            self.phase = Phase::Idle("Break", (0.3 - since_break) * 3_600.0);
        }
    }

    fn advance(&mut self, now: Moment, dt: f64) {
        self.phase = match self.phase {
            Phase::Running if self.rng.unit() < 1.0 - (-dt / BETWEEN_STOPS).exp() => {
                self.stops += 1.0;
                let at = self.rng.choice(self.machines.len());
                let reasons = Station::ALL.get(at).map_or(&[][..], |station| station.reasons());
                let reason = reasons
                    .get(self.rng.choice(reasons.len()))
                    .copied()
                    .unwrap_or("Jam");
                // Four of five stops are short.
                let secs = if self.rng.unit() < 0.8 {
                    self.rng.between(40.0, 240.0)
                } else {
                    self.rng.between(400.0, 1_000.0)
                };
                Phase::Stopped(at, reason, secs)
            }
            Phase::Starting(left) if left > dt => Phase::Starting(left - dt),
            Phase::Running | Phase::Starting(_) => Phase::Running,
            Phase::Stopped(at, reason, left) if left > dt => Phase::Stopped(at, reason, left - dt),
            Phase::Idle(reason, left) if left > dt => Phase::Idle(reason, left - dt),
            Phase::Idle("Changeover", _) => {
                self.order.next(&mut self.rng, now);
                Phase::Starting(75.0)
            }
            Phase::Stopped(..) => Phase::Starting(20.0),
            Phase::Idle(..) => Phase::Starting(60.0),
        };
        if self.order.needs_batch() {
            self.order.name_batch(now);
        }
    }

    /// A machine's state and reason, seen from its place in the line.
    fn part_of(&self, index: usize) -> (&'static str, &'static str) {
        match self.phase {
            Phase::Running => ("Running", "None"),
            Phase::Starting(_) => ("Starting", "None"),
            Phase::Idle(reason, _) => ("Idle", reason),
            Phase::Stopped(at, reason, _) if at == index => ("Stopped", reason),
            Phase::Stopped(at, ..) if index > at => ("Idle", "Starved"),
            Phase::Stopped(..) => ("Idle", "Blocked"),
        }
    }

    fn account(&mut self, dt: f64, made: f64, rejected: f64) {
        let idle_by_plan = matches!(self.phase, Phase::Idle("No shift planned" | "Break", _));
        let running = self.phase == Phase::Running;
        if !idle_by_plan {
            self.availability.toward(f64::from(u8::from(running)), dt);
        }
        if matches!(self.phase, Phase::Stopped(..)) {
            self.stopped_secs += dt;
        }
        if running && self.speed.value > 0.5 {
            self.performance.toward(self.output / self.sheet.rated, dt);
        }
        if made > 0.0 {
            self.quality.toward(1.0 - rejected / made, dt);
            self.energy
                .toward(self.power_kw / self.output.max(1_000.0) * 1_000.0, dt);
        }
    }

    fn write(&self, board: &mut Board, speed: f64) {
        let tags = &self.tags;
        let (word, reason) = match self.phase {
            Phase::Running => ("Running", "None"),
            Phase::Starting(_) => ("Starting", "None"),
            Phase::Stopped(_, reason, _) => ("Stopped", reason),
            Phase::Idle(reason, _) => ("Idle", reason),
        };
        let (a, p, q) = (
            self.availability.value,
            self.performance.value,
            self.quality.value,
        );
        board.word(tags.state, word);
        board.word(tags.reason, reason);
        board.word(tags.shift, self.shift);
        board.text(tags.order, &self.order.number);
        board.word(tags.product, self.order.product);
        board.text(tags.batch, &self.order.batch);
        board.num(tags.output, self.output / 1_000.0);
        board.num(tags.speed, 100.0 * speed);
        board.num(tags.oee, 100.0 * a * p * q);
        board.num(tags.availability, 100.0 * a);
        board.num(tags.performance, 100.0 * p);
        board.num(tags.quality, 100.0 * q);
        for (tag, count) in [
            (tags.good_count, self.order.good),
            (tags.reject_count, self.order.rejected),
        ] {
            let told = board.total(tag, count).floor();
            board.num(tag, told);
        }
        board.num(tags.order_quantity, self.order.quantity);
        board.num(
            tags.order_progress,
            (100.0 * self.order.good / self.order.quantity).min(100.0),
        );
        board.num(
            tags.order_hours_left,
            (self.order.quantity - self.order.good).max(0.0) / self.sheet.rated,
        );
        board.num(tags.stops_shift, self.stops);
        board.num(tags.stop_minutes_shift, self.stopped_secs / 60.0);
        board.num(tags.power, self.power_kw);
        board.num(tags.energy_per_thousand, self.energy.value);
    }
}
