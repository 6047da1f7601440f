//! A duplex ion-exchange softener: one column serves while the other regenerates.
//!
//! Exchanged hardness is flow × hardness; the leakage rises as the bed is used up, with a sharp
//! breakthrough at its end (logistic front, as in Helfferich, *Ion Exchange*, chapter 9). The bed's
//! pressure drop follows Ergun: a linear and a square part.

use crate::board::{Board, Builder};
use crate::calendar::Moment;
use crate::dynamics::wander;
use crate::tag::{count, num, state, word};

tags! { SoftenerTags(design: f64) {
    state = state(),
    hardness = num("Hardness", "°dH", 2).bar(0.0, 3.0).normal(0.1, 0.7).high(1.0).high_high(2.0).noise(0.006).every(10),
    salt_level = num("Salt level", "%", 1).bar(0.0, 100.0).normal(38.0, 92.0).low(25.0).low_low(12.0).noise(0.1).every(60),
    stage = word("Stage, column at rest"),
    column = word("Column on duty"),
    hardness_raw = num("Hardness, raw water", "°dH", 1).bar(0.0, 30.0).normal(15.0, 21.0).noise(0.05).every(60),
    flow = num("Flow", "m³/h", 1).bar(0.0, design * 2.0).normal(design * 0.8, design * 1.55),
    inlet_pressure = num("Inlet pressure", "bar", 2).bar(0.0, 6.0).normal(3.2, 4.6).noise(0.008),
    outlet_pressure = num("Outlet pressure", "bar", 2).bar(0.0, 6.0).normal(2.3, 4.2).low(1.8).noise(0.008),
    differential_pressure = num("Bed pressure drop", "bar", 2).bar(0.0, 2.0).normal(0.2, 0.95).high(1.3).noise(0.006),
    capacity_left = count("Capacity left", "%", 1).bar(0.0, 100.0).normal(4.0, 100.0).every(10),
    volume_since_regeneration = count("Volume since regeneration", "m³", 1).every(10),
    brine_conductivity = num("Brine conductivity", "mS/cm", 1).bar(0.0, 250.0).noise(0.2).every(10),
    conductivity = num("Conductivity", "µS/cm", 0).bar(0.0, 600.0).normal(290.0, 370.0).noise(0.6).every(5),
    regenerations = count("Regenerations", "", 0).every(60),
} }

/// What leaves the softener.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Softened {
    pub bar: f64,
    pub hardness: f64,
    pub conductivity: f64,
}

/// Stages of a regeneration and how many seconds each takes (co-current, maker's usual times).
const STAGES: [(&str, f64); 4] = [
    ("Backwash", 600.0),
    ("Brine draw", 1_800.0),
    ("Slow rinse", 1_500.0),
    ("Fast rinse", 600.0),
];

#[derive(Clone, Debug)]
pub(crate) struct Softener {
    tags: SoftenerTags,
    design: f64,
    phase: f64,
    on_a: bool,
    /// Hardness exchanged since the last regeneration, °dH m³.
    used: f64,
    volume: f64,
    /// Seconds into the resting column's regeneration; none when it is ready.
    regenerating: Option<f64>,
    salt: f64,
    refilling: bool,
    regenerations: f64,
}

impl Softener {
    pub(crate) fn new(builder: &mut Builder, path: &str, design: f64) -> Self {
        builder.asset(path, "Softener SF-01");
        let tags = SoftenerTags::declare(builder, design);
        let mut rng = builder.dice(path);
        Self {
            tags,
            design,
            phase: rng.angle(),
            on_a: true,
            used: rng.between(0.1, 0.7) * design * 160.0,
            volume: 0.0,
            regenerating: None,
            salt: rng.between(52.0, 80.0),
            refilling: false,
            regenerations: rng.between(300.0, 900.0).round(),
        }
    }

    /// A bed's capacity, °dH m³: seven hours at design.
    fn capacity(&self) -> f64 {
        self.design * 170.0
    }

    pub(crate) fn step(
        &mut self,
        now: Moment,
        dt: f64,
        flow: f64,
        inlet_bar: f64,
        board: &mut Board,
    ) -> Softened {
        let raw = 18.0 + 0.8 * wander(now.secs, self.phase);
        self.used += flow * dt / 3_600.0 * raw;
        self.volume += flow * dt / 3_600.0;
        let left = 1.0 - self.used / self.capacity();
        // Leakage grows with use; the front breaks through with the last 2 % of the bed.
        let hardness =
            0.26 + 0.18 * (1.0 - left).powi(2) + (raw - 0.44) / (1.0 + ((left + 0.02) * 250.0).exp());
        if left < 0.06 && self.regenerating.is_none() {
            self.on_a = !self.on_a;
            (self.used, self.volume, self.regenerating) = (0.0, 0.0, Some(0.0));
            self.regenerations += 1.0;
        }
        let (stage, brine) = self.regenerate(dt);
        // People refill the brine tank when it runs down.
        if self.salt < 44.0 {
            self.refilling = true;
        }
        if self.refilling {
            self.salt += dt / 60.0;
            self.refilling = self.salt < 88.0;
        }
        let share = flow / (self.design * 1.33);
        let drop = 0.32 * share + 0.22 * share * share;
        let outlet = inlet_bar - drop;
        let conductivity = 330.0 + 9.0 * wander(now.secs, self.phase + 1.0);

        let tags = &self.tags;
        board.word(tags.state, "Running");
        board.word(tags.stage, stage);
        board.word(tags.column, if self.on_a { "A" } else { "B" });
        board.num(tags.hardness, hardness);
        board.num(tags.hardness_raw, raw);
        board.num(tags.flow, flow);
        board.num(tags.inlet_pressure, inlet_bar);
        board.num(tags.outlet_pressure, outlet);
        board.num(tags.differential_pressure, drop);
        board.num(tags.capacity_left, 100.0 * left.max(0.0));
        board.num(tags.volume_since_regeneration, self.volume);
        board.num(tags.salt_level, self.salt);
        board.num(tags.brine_conductivity, brine);
        board.num(tags.conductivity, conductivity);
        board.num(tags.regenerations, self.regenerations);
        Softened {
            bar: outlet,
            hardness,
            conductivity,
        }
    }

    /// The resting column's stage and the brine's conductivity in mS/cm.
    fn regenerate(&mut self, dt: f64) -> (&'static str, f64) {
        let Some(elapsed) = self.regenerating else {
            return ("Ready", 0.4);
        };
        let elapsed = elapsed + dt;
        let mut end = 0.0;
        for (stage, secs) in STAGES {
            end += secs;
            if elapsed < end {
                self.regenerating = Some(elapsed);
                if stage == "Brine draw" {
                    self.salt -= 4.2 * dt / secs;
                    return (stage, 118.0);
                }
                // The rinse dilutes what is left of the brine.
                let brine = if stage == "Slow rinse" {
                    118.0 * (-(elapsed - 2_400.0) / 420.0).exp()
                } else {
                    1.2
                };
                return (stage, brine.max(0.6));
            }
        }
        self.regenerating = None;
        ("Ready", 0.4)
    }
}
