//! A machine of a line: speed, counts, power, drive heat and vibration, and its process values.
//!
//! Process values move between their standing and their running level with first-order dynamics and
//! sway a little; a table says how each does.

use crate::board::{Board, Builder};
use crate::dynamics::{Lag, wander};
use crate::tag::{TagId, count, num, state, word};

/// Which machine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Station {
    Filler,
    Capper,
    Labeller,
    Packer,
    Palletiser,
}

impl Station {
    /// In the order of the bottles' way.
    pub(crate) const ALL: [Self; 5] = [
        Self::Filler,
        Self::Capper,
        Self::Labeller,
        Self::Packer,
        Self::Palletiser,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Filler => "Filler",
            Self::Capper => "Capper",
            Self::Labeller => "Labeller",
            Self::Packer => "Packer",
            Self::Palletiser => "Palletiser",
        }
    }

    const fn level(self) -> &'static str {
        match self {
            Self::Filler => "filler",
            Self::Capper => "capper",
            Self::Labeller => "labeller",
            Self::Packer => "packer",
            Self::Palletiser => "palletiser",
        }
    }

    /// Why it stops.
    pub(crate) const fn reasons(self) -> &'static [&'static str] {
        match self {
            Self::Filler => &["Bottle fallen", "Bowl level low", "Guard open"],
            Self::Capper => &["Caps missing", "Cap jam", "Torque out of range"],
            Self::Labeller => &["Label roll change", "Web tear", "Glue temperature low"],
            Self::Packer => &["Carton jam", "Carton magazine empty", "Glue nozzle blocked"],
            Self::Palletiser => &["Pallet magazine empty", "Layer misaligned", "Film change"],
        }
    }

    /// Share of bottles it throws out.
    const fn rejects(self) -> f64 {
        match self {
            Self::Filler => 0.0045,
            Self::Capper => 0.0030,
            Self::Labeller => 0.0035,
            Self::Packer => 0.0006,
            Self::Palletiser => 0.0,
        }
    }

    /// Power standing and on top when running, kW, for 24,000 bottles an hour.
    const fn kilowatts(self) -> (f64, f64) {
        match self {
            Self::Filler => (9.0, 46.0),
            Self::Capper => (2.0, 9.0),
            Self::Labeller => (6.0, 16.0),
            Self::Packer => (11.0, 34.0),
            Self::Palletiser => (5.0, 22.0),
        }
    }

    const fn process(self) -> &'static [Process] {
        match self {
            Self::Filler => &FILLER,
            Self::Capper => &CAPPER,
            Self::Labeller => &LABELLER,
            Self::Packer => &PACKER,
            Self::Palletiser => &PALLETISER,
        }
    }
}

/// How a process value behaves.
#[derive(Debug)]
struct Process {
    key: &'static str,
    name: &'static str,
    unit: &'static str,
    decimals: u8,
    /// Its level standing and running.
    stands: f64,
    runs: f64,
    /// Seconds to get there.
    tau: f64,
    /// How far it sways around it.
    sway: f64,
    low: Option<f64>,
    high: Option<f64>,
    bar: (f64, f64),
}

/// Shortens the tables below.
const fn process(
    (key, name, unit, decimals): (&'static str, &'static str, &'static str, u8),
    (stands, runs, tau, sway): (f64, f64, f64, f64),
    (low, high): (Option<f64>, Option<f64>),
    bar: (f64, f64),
) -> Process {
    Process {
        key,
        name,
        unit,
        decimals,
        stands,
        runs,
        tau,
        sway,
        low,
        high,
        bar,
    }
}

const FILLER: [Process; 6] = [
    process(
        ("fill_volume", "Fill volume", "mL", 1),
        (500.8, 500.8, 60.0, 0.6),
        (Some(497.0), Some(504.5)),
        (490.0, 510.0),
    ),
    process(
        ("bowl_level", "Bowl level", "%", 1),
        (64.0, 62.0, 40.0, 2.5),
        (Some(45.0), Some(80.0)),
        (0.0, 100.0),
    ),
    process(
        ("bowl_pressure", "Bowl pressure", "bar", 2),
        (2.35, 2.42, 30.0, 0.04),
        (Some(2.0), Some(2.8)),
        (0.0, 4.0),
    ),
    process(
        ("product_temperature", "Product temperature", "°C", 1),
        (8.2, 6.4, 600.0, 0.3),
        (Some(3.0), Some(12.0)),
        (0.0, 25.0),
    ),
    process(
        ("carbonation", "Carbonation", "g/L", 2),
        (5.10, 5.10, 300.0, 0.06),
        (Some(4.7), Some(5.5)),
        (3.0, 7.0),
    ),
    process(
        ("rinse_flow", "Rinse water flow", "m³/h", 2),
        (0.0, 1.30, 15.0, 0.04),
        (None, Some(1.8)),
        (0.0, 2.5),
    ),
];

const CAPPER: [Process; 5] = [
    process(
        ("closing_torque", "Closing torque", "N m", 2),
        (1.85, 1.85, 60.0, 0.05),
        (Some(1.55), Some(2.15)),
        (1.0, 3.0),
    ),
    process(
        ("cap_hopper_level", "Cap hopper level", "%", 0),
        (58.0, 58.0, 60.0, 18.0),
        (Some(20.0), None),
        (0.0, 100.0),
    ),
    process(
        ("head_pressure", "Head pressure", "bar", 2),
        (3.20, 3.20, 30.0, 0.06),
        (Some(2.8), Some(3.6)),
        (0.0, 6.0),
    ),
    process(
        ("air_flow", "Compressed air flow", "m³/h", 1),
        (6.0, 34.0, 20.0, 1.2),
        (None, Some(45.0)),
        (0.0, 60.0),
    ),
    process(
        ("turret_temperature", "Turret bearing temperature", "°C", 1),
        (27.0, 44.0, 1_500.0, 0.6),
        (None, Some(65.0)),
        (0.0, 100.0),
    ),
];

const LABELLER: [Process; 5] = [
    process(
        ("glue_temperature", "Glue temperature", "°C", 1),
        (151.0, 152.0, 300.0, 0.8),
        (Some(142.0), Some(160.0)),
        (20.0, 200.0),
    ),
    process(
        ("label_offset", "Label offset", "mm", 2),
        (0.22, 0.22, 60.0, 0.08),
        (None, Some(0.80)),
        (0.0, 2.0),
    ),
    process(
        ("web_tension", "Web tension", "N", 1),
        (12.0, 18.5, 10.0, 0.6),
        (Some(8.0), Some(24.0)),
        (0.0, 40.0),
    ),
    process(
        ("roll_left", "Label roll left", "%", 0),
        (52.0, 52.0, 60.0, 30.0),
        (Some(5.0), None),
        (0.0, 100.0),
    ),
    process(
        ("vacuum", "Vacuum", "mbar", 0),
        (-480.0, -520.0, 20.0, 9.0),
        (None, Some(-350.0)),
        (-1_000.0, 0.0),
    ),
];

const PACKER: [Process; 5] = [
    process(
        ("glue_temperature", "Glue temperature", "°C", 1),
        (167.0, 168.0, 300.0, 0.9),
        (Some(158.0), Some(178.0)),
        (20.0, 220.0),
    ),
    process(
        ("gripper_vacuum", "Gripper vacuum", "mbar", 0),
        (-560.0, -615.0, 20.0, 8.0),
        (None, Some(-420.0)),
        (-1_000.0, 0.0),
    ),
    process(
        ("carton_magazine", "Carton magazine", "%", 0),
        (55.0, 55.0, 60.0, 26.0),
        (Some(8.0), None),
        (0.0, 100.0),
    ),
    process(
        ("servo_temperature", "Servo temperature", "°C", 1),
        (30.0, 56.0, 1_200.0, 0.8),
        (None, Some(80.0)),
        (0.0, 120.0),
    ),
    process(
        ("cycle_time", "Cycle time", "s", 2),
        (3.60, 3.60, 30.0, 0.05),
        (None, Some(4.20)),
        (0.0, 8.0),
    ),
];

const PALLETISER: [Process; 5] = [
    process(
        ("lift_current", "Lift current", "A", 1),
        (1.2, 14.5, 8.0, 0.8),
        (None, Some(22.0)),
        (0.0, 40.0),
    ),
    process(
        ("film_tension", "Film tension", "N", 1),
        (60.0, 96.0, 10.0, 3.0),
        (Some(45.0), Some(120.0)),
        (0.0, 200.0),
    ),
    process(
        ("layer_offset", "Layer offset", "mm", 1),
        (2.4, 2.4, 60.0, 0.8),
        (None, Some(8.0)),
        (0.0, 20.0),
    ),
    process(
        ("pallet_magazine", "Pallet magazine", "", 0),
        (9.0, 9.0, 60.0, 5.0),
        (Some(2.0), None),
        (0.0, 20.0),
    ),
    process(
        ("chain_temperature", "Chain drive temperature", "°C", 1),
        (26.0, 41.0, 1_500.0, 0.6),
        (None, Some(60.0)),
        (0.0, 100.0),
    ),
];

const GEARBOX: [Process; 6] = [
    process(
        ("oil_temperature", "Oil temperature", "°C", 1),
        (30.0, 57.0, 2_400.0, 0.7),
        (None, Some(75.0)),
        (0.0, 120.0),
    ),
    process(
        ("vibration", "Vibration", "mm/s", 2),
        (0.12, 2.05, 12.0, 0.12),
        (None, Some(4.5)),
        (0.0, 10.0),
    ),
    process(
        ("bearing_envelope", "Bearing envelope", "gE", 2),
        (0.05, 0.62, 12.0, 0.05),
        (None, Some(2.0)),
        (0.0, 6.0),
    ),
    process(
        ("torque", "Torque", "N m", 0),
        (0.0, 640.0, 10.0, 22.0),
        (None, Some(900.0)),
        (0.0, 1_200.0),
    ),
    process(
        ("speed", "Carousel speed", "rpm", 1),
        (0.0, 8.4, 20.0, 0.05),
        (None, None),
        (0.0, 12.0),
    ),
    process(
        ("oil_particles", "Oil particles, ISO 4406 class", "", 1),
        (16.2, 16.4, 7_200.0, 0.15),
        (None, Some(19.0)),
        (10.0, 24.0),
    ),
];

tags! { MachineTags(rated: f64, kilowatts: f64) {
    state = state(),
    reason = word("Reason"),
    speed = num("Speed", "1/h", 0).bar(0.0, rated * 1.2).noise(8.0),
    good_count = count("Good", "", 0),
    reject_count = count("Rejected", "", 0),
    reject_rate = count("Reject rate", "%", 2).bar(0.0, 5.0).normal(0.0, 0.8).high(2.0).every(10),
    power = num("Power", "kW", 1).bar(0.0, kilowatts * 1.4).noise(0.06),
    current = num("Motor current", "A", 1).bar(0.0, kilowatts * 2.4).noise(0.08),
    motor_temperature = num("Motor temperature", "°C", 1).bar(0.0, 120.0).normal(15.0, 78.0).high(95.0).noise(0.08).every(10),
    vibration = num("Drive vibration", "mm/s", 2).bar(0.0, 10.0).normal(0.0, 2.6).high(4.5).high_high(7.1).noise(0.03),
} }

/// What a machine is to do for a step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    pub word: &'static str,
    pub reason: &'static str,
    /// Share of rated speed.
    pub speed: f64,
    /// Bottles that reach it in this step.
    pub made: f64,
    pub hall_celsius: f64,
}

#[derive(Clone, Debug)]
struct Value {
    process: &'static Process,
    tag: TagId,
    lag: Lag,
}

/// One machine.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    tags: MachineTags,
    station: Station,
    rated: f64,
    angle: f64,
    values: Vec<Value>,
    motor: Lag,
    rejecting: Lag,
    good: f64,
    rejected: f64,
    pub(crate) power_kw: f64,
}

fn values(builder: &mut Builder, table: &'static [Process]) -> Vec<Value> {
    table
        .iter()
        .map(|process| {
            let Process {
                stands,
                runs,
                sway,
                bar,
                ..
            } = *process;
            let margin = 1.1 * sway + 3.0 * 10f64.powi(-i32::from(process.decimals));
            let mut decl = num(process.name, process.unit, process.decimals)
                .bar(bar.0, bar.1)
                .normal(stands.min(runs) - margin, stands.max(runs) + margin);
            decl.limits.low = process.low;
            decl.limits.high = process.high;
            Value {
                process,
                tag: builder.tag(process.key, decl),
                lag: Lag::new(runs, process.tau),
            }
        })
        .collect()
}

impl Machine {
    pub(crate) fn new(builder: &mut Builder, line: &str, station: Station, rated: f64) -> Self {
        let path = format!("{line}/{}", station.level());
        builder.asset(&path, station.name());
        let (stands, runs) = station.kilowatts();
        // What the machine does to the product comes first, then how the machine is.
        let mut process = values(builder, station.process());
        let tags = MachineTags::declare(builder, rated, (stands + runs) * rated / 24_000.0);
        if station == Station::Filler {
            builder.asset(&format!("{path}/gearbox-g2"), "Gearbox G2");
            process.extend(values(builder, &GEARBOX));
        }
        let mut rng = builder.dice(&path);
        Self {
            tags,
            station,
            rated,
            angle: rng.angle(),
            values: process,
            motor: Lag::new(58.0, 1_200.0),
            rejecting: Lag::new(station.rejects(), 1_800.0),
            good: rng.between(2e6, 9e6).floor(),
            rejected: rng.between(1e4, 4e4).floor(),
            power_kw: 0.0,
        }
    }

    /// Runs for `dt` seconds at plant time `t`; gives the bottles thrown out.
    pub(crate) fn step(&mut self, t: f64, dt: f64, run: Run, board: &mut Board) -> f64 {
        let running = run.word == "Running";
        let rate = self.station.rejects() * (1.0 + 0.35 * wander(t * 3.0, self.angle));
        let rejected = run.made * rate;
        self.rejected += rejected;
        self.good += run.made - rejected;
        if running {
            self.rejecting.toward(rate, dt);
        }
        let (stands, runs) = self.station.kilowatts();
        self.power_kw = (stands + runs * run.speed * (1.0 + 0.03 * wander(t * 7.0, self.angle + 1.0)))
            * self.rated
            / 24_000.0;
        let motor = self
            .motor
            .toward(run.hall_celsius + 4.0 + 34.0 * run.speed * run.speed, dt);

        let tags = &self.tags;
        board.word(tags.state, run.word);
        board.word(tags.reason, run.reason);
        board.num(tags.speed, run.speed * self.rated);
        for (tag, count) in [(tags.good_count, self.good), (tags.reject_count, self.rejected)] {
            let told = board.total(tag, count).floor();
            board.num(tag, told);
        }
        board.num(tags.reject_rate, 100.0 * self.rejecting.value);
        board.num(tags.power, self.power_kw);
        // 400 V three-phase at power factor 0.82.
        board.num(tags.current, self.power_kw / (3f64.sqrt() * 0.4 * 0.82));
        board.num(tags.motor_temperature, motor);
        board.num(
            tags.vibration,
            0.12 + run.speed * (1.5 + 0.2 * wander(t * 5.0, self.angle + 2.0)),
        );
        for (at, value) in self.values.iter_mut().enumerate() {
            let Process {
                stands, runs, sway, ..
            } = *value.process;
            let settled = value.lag.toward(if run.speed > 0.05 { runs } else { stands }, dt);
            // What stands at nothing does not sway.
            let swing = if settled.abs() < sway {
                0.0
            } else {
                sway * wander(t * 2.0, self.angle + 1.3 * at as f64)
            };
            board.num(value.tag, settled + swing);
        }
        rejected
    }
}
