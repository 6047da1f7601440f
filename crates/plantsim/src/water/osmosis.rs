//! Reverse osmosis in two stages.
//!
//! Formulas of the *FilmTec Reverse Osmosis Technical Manual*, "Data normalization": permeate flow is
//! area × permeability × temperature factor × net driving pressure; osmotic pressure in bar is
//! C (T + 320) / 491 000 with C in mg/L; the log mean concentration is Cf ln(1/(1-Y))/Y; the
//! temperature factor is exp(3020 (1/298 - 1/(273+T))) below 25 °C. Salt passes by diffusion: its flow
//! is B × area × concentration, so less permeate means more conductivity. Pressure drop of a spacer
//! grows with flow to the power of 1.6.

use crate::board::{Board, Builder};
use crate::dynamics::{Lag, wander};
use crate::pump::{Pump, PumpDuty, PumpSheet, PumpWear};
use crate::tag::{count, num, state};

tags! { OsmosisTags(design: f64) {
    state = state(),
    salt_passage = num("Salt passage", "%", 2).bar(0.0, 8.0).normal(1.6, 4.0).high(5.0).noise(0.01).every(5),
    recovery = num("Recovery", "%", 1).bar(60.0, 90.0).normal(74.0, 78.5).low(70.0).high(82.0).noise(0.05),
    permeate_flow = num("Permeate flow", "m³/h", 2).bar(0.0, design * 1.4).normal(design * 0.6, design * 1.12).noise(0.03),
    feed_flow = num("Feed flow", "m³/h", 2).bar(0.0, design * 2.0).normal(design * 0.8, design * 1.55).noise(0.04),
    concentrate_flow = num("Concentrate flow", "m³/h", 2).bar(0.0, design * 0.6).normal(design * 0.18, design * 0.42).noise(0.02),
    feed_pressure = num("Feed pressure", "bar", 2).bar(0.0, 16.0).normal(6.5, 12.6).high(14.0).noise(0.015),
    concentrate_pressure = num("Concentrate pressure", "bar", 2).bar(0.0, 16.0).normal(4.5, 11.5).noise(0.015),
    permeate_pressure = num("Permeate pressure", "bar", 2).bar(0.0, 3.0).normal(0.4, 0.9).noise(0.004),
    feed_temperature = num("Feed temperature", "°C", 1).bar(0.0, 35.0).normal(10.0, 18.0).noise(0.03).every(10),
    feed_conductivity = num("Feed conductivity", "µS/cm", 0).bar(0.0, 600.0).normal(290.0, 370.0).noise(0.6).every(5),
    permeate_conductivity = num("Permeate conductivity", "µS/cm", 1).bar(0.0, 30.0).normal(5.0, 13.5)
        .high(16.0).high_high(22.0).noise(0.03),
    concentrate_conductivity = num("Concentrate conductivity", "µS/cm", 0).bar(0.0, 2_500.0).normal(1_000.0, 1_700.0).noise(2.0).every(5),
    normalised_permeate_flow = num("Normalised permeate flow", "%", 1).bar(50.0, 120.0).normal(95.0, 105.0)
        .low(85.0).low_low(75.0).noise(0.15).every(5),
    normalised_pressure_drop = num("Normalised pressure drop", "%", 1).bar(50.0, 250.0).normal(95.0, 106.0)
        .high(130.0).high_high(160.0).noise(0.2).every(5),
    feed_ph = num("Feed pH", "", 2).bar(5.0, 9.0).normal(7.0, 7.7).low(6.5).high(8.2).noise(0.004).every(10),
    feed_redox = num("Feed redox", "mV", 0).bar(0.0, 600.0).normal(160.0, 260.0).high(320.0).noise(0.8).every(10),
    cartridge_pressure_drop = num("Cartridge filter pressure drop", "bar", 2).bar(0.0, 1.5).normal(0.08, 0.5).high(0.8).noise(0.004).every(5),
    specific_energy = num("Specific energy", "kWh/m³", 2).bar(0.0, 2.0).normal(0.22, 0.9).noise(0.004).every(10),
    running_hours = count("Running hours", "h", 1).every(60),
} }

tags! { StageTags() {
    feed_pressure = num("Feed pressure", "bar", 2).bar(0.0, 16.0).normal(5.5, 12.6).noise(0.015),
    differential_pressure = num("Pressure drop", "bar", 2).bar(0.0, 4.0).normal(0.4, 1.5).high(2.0).high_high(2.8).noise(0.008),
    permeate_flow = num("Permeate flow", "m³/h", 2).bar(0.0, 40.0).noise(0.03),
    permeate_conductivity = num("Permeate conductivity", "µS/cm", 1).bar(0.0, 40.0).normal(2.5, 24.0).noise(0.04),
    flux = num("Flux", "L/(m² h)", 1).bar(0.0, 40.0).normal(10.0, 27.0).noise(0.04),
    recovery = num("Recovery", "%", 1).bar(0.0, 80.0).noise(0.06),
} }

/// What reaches the membranes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Feed {
    pub bar: f64,
    pub celsius: f64,
    pub conductivity: f64,
    /// mg/L.
    pub antiscalant: f64,
}

#[derive(Clone, Debug)]
struct Stage {
    tags: StageTags,
    /// Membrane area, m².
    area: f64,
    /// Pressure drop at design flow, bar, and that flow.
    design_drop: f64,
    design_flow: f64,
    permeate: f64,
}

/// Water permeability of a brackish-water element at 25 °C, L/(m² h bar).
const PERMEABILITY: f64 = 3.45;

/// Salt permeability at 25 °C, L/(m² h).
const SALT_PERMEABILITY: f64 = 0.40;

/// mg/L of dissolved salt for each µS/cm.
const SALT_BY_CONDUCTIVITY: f64 = 0.62;

/// Pressure the permeate has to overcome, bar.
const BACK_PRESSURE: f64 = 0.6;

#[derive(Clone, Debug)]
pub(crate) struct ReverseOsmosis {
    tags: OsmosisTags,
    pump: Pump,
    stages: [Stage; 2],
    phase: f64,
    pressure: Lag,
    /// Scale that antiscalant failed to prevent, 0 to 1.
    scale: f64,
    hours: f64,
    /// m³/h and µS/cm.
    pub(crate) feed_flow: f64,
    pub(crate) conductivity: f64,
}

impl ReverseOsmosis {
    pub(crate) fn new(builder: &mut Builder, path: &str, design: f64) -> Self {
        builder.asset(path, "Reverse osmosis RO-01");
        let tags = OsmosisTags::declare(builder, design);
        let feed = design / 0.762;
        let sheet = PumpSheet {
            rated_rpm: 2_940.0,
            shutoff_bar: 15.0,
            best_bar: 12.4,
            best_flow: feed * 1.04,
            efficiency: 0.74,
            motor_kw: feed * 0.6,
            npsh_required: 3.2,
            flow: (design * 0.8, design * 1.55),
            discharge: (6.5, 12.6),
            flow_low: Some(design * 0.6),
            discharge_low: Some(4.5),
            discharge_high: Some(14.5),
            standby: false,
        };
        let pump = Pump::new(
            builder,
            &format!("{path}/feed-pump-p-101"),
            "Feed pump P-101",
            sheet,
        );
        let mut stage = |number: usize, area: f64, design_flow: f64| {
            builder.asset(
                &format!("{path}/stage-{number}"),
                &format!("Membrane stage {number}"),
            );
            let design_drop = if number == 1 { 1.05 } else { 0.9 };
            Stage {
                tags: StageTags::declare(builder),
                area,
                design_drop,
                design_flow,
                permeate: design / 2.0,
            }
        };
        // 21 L/(m² h) at design; two thirds of the vessels in the first stage.
        let area = design * 1_000.0 / 20.7;
        let stages = [
            stage(1, area * 2.0 / 3.0, feed * 0.74),
            stage(2, area / 3.0, feed * 0.36),
        ];
        let mut rng = builder.dice(path);
        Self {
            tags,
            pump,
            stages,
            phase: rng.angle(),
            pressure: Lag::new(11.0, 20.0),
            scale: 0.0,
            hours: rng.between(6_000.0, 20_000.0).round(),
            feed_flow: feed,
            conductivity: 9.0,
        }
    }

    /// Makes `wanted` m³/h of permeate, as far as the pump can; gives what it makes.
    pub(crate) fn step(
        &mut self,
        t: f64,
        dt: f64,
        wanted: f64,
        feed: Feed,
        fouling: f64,
        board: &mut Board,
    ) -> f64 {
        // Without antiscalant the second stage scales within hours; acid in the feed dissolves it again.
        let starved = (1.0 - feed.antiscalant / 2.0).clamp(0.0, 1.0);
        self.scale = (self.scale + dt * (starved / 14_400.0 - 1.0 / 28_800.0)).clamp(0.0, 0.6);
        let foul = [fouling, self.scale];
        let warmth = (3_020.0 * (1.0 / 298.0 - 1.0 / (273.0 + feed.celsius))).exp();
        let recovery = (76.2 + 0.5 * wander(t, self.phase)) / 100.0;
        let salt = feed.conductivity * SALT_BY_CONDUCTIVITY;

        // Flows of the step before give concentrations and drops: they move slower than a step.
        let mut entering = self.feed_flow;
        let mut concentration = salt;
        let (mut upstream_drop, mut conductance, mut resisted) = (0.0, 0.0, 0.0);
        let mut rows = [(0.0, 0.0, 0.0, 0.0); 2];
        for ((stage, foul), row) in self.stages.iter().zip(foul).zip(&mut rows) {
            let share = (stage.permeate / entering.max(0.1)).clamp(0.01, 0.9);
            let mean = concentration * -(1.0 - share).ln() / share;
            let osmotic = mean * (feed.celsius + 320.0) / 491_000.0;
            let flow = entering - 0.5 * stage.permeate;
            let drop = stage.design_drop * (flow / stage.design_flow).max(0.0).powf(1.6) * (1.0 + 1.7 * foul);
            // m³/h for each bar of net driving pressure.
            let k = PERMEABILITY * stage.area * warmth * (1.0 - 0.42 * foul) / 1_000.0;
            let against = upstream_drop + drop / 2.0 + BACK_PRESSURE + osmotic;
            conductance += k;
            resisted += k * against;
            *row = (k, against, drop, mean);
            upstream_drop += drop;
            entering -= stage.permeate;
            concentration *= 1.0 / (1.0 - share);
        }
        let needed = (wanted + resisted) / conductance;
        let suction = (feed.bar - 0.18 * (self.feed_flow / 36.0).powi(2)).max(0.2);
        let most = suction + self.pump.head(1.0, self.feed_flow, PumpWear::default());
        let pressure = self.pressure.toward(needed.min(most), dt);

        let mut permeate = 0.0;
        let mut salt_flow = 0.0;
        for ((stage, (k, against, _, mean)), foul) in self.stages.iter_mut().zip(rows).zip(foul) {
            stage.permeate = (k * (pressure - against)).max(0.05);
            permeate += stage.permeate;
            let diffused = SALT_PERMEABILITY * stage.area * warmth * (1.0 + 0.5 * foul) * mean / 1_000.0;
            salt_flow += diffused;
            let conductivity = diffused / stage.permeate / SALT_BY_CONDUCTIVITY;
            board.num(stage.tags.permeate_conductivity, conductivity);
            board.num(stage.tags.permeate_flow, stage.permeate);
            board.num(stage.tags.flux, stage.permeate * 1_000.0 / stage.area);
        }
        self.feed_flow = permeate / recovery;
        self.conductivity = salt_flow / permeate / SALT_BY_CONDUCTIVITY;
        self.hours += dt / 3_600.0;

        let speed = self
            .pump
            .speed_for(pressure - suction, self.feed_flow, PumpWear::default())
            .min(1.02);
        let npsh = (suction + 1.0) * 10.2;
        let duty = PumpDuty {
            speed,
            flow: self.feed_flow,
            suction_bar: suction,
            npsh_available: npsh,
            fluid_celsius: feed.celsius,
            room_celsius: 22.0,
        };
        self.pump.step(t, dt, duty, PumpWear::default(), board);
        self.write_stages(pressure, rows, board);
        self.write(
            t,
            feed,
            pressure,
            permeate,
            recovery,
            upstream_drop,
            suction,
            conductance / warmth,
            board,
        );
        permeate
    }

    fn write_stages(&self, pressure: f64, rows: [(f64, f64, f64, f64); 2], board: &mut Board) {
        let (mut before, mut entering) = (pressure, self.feed_flow);
        for (stage, (_, _, drop, _)) in self.stages.iter().zip(rows) {
            board.num(stage.tags.feed_pressure, before);
            board.num(stage.tags.differential_pressure, drop);
            board.num(stage.tags.recovery, 100.0 * stage.permeate / entering.max(0.1));
            before -= drop;
            entering -= stage.permeate;
        }
    }

    fn write(
        &self,
        t: f64,
        feed: Feed,
        pressure: f64,
        permeate: f64,
        recovery: f64,
        drop: f64,
        suction: f64,
        conductance_25: f64,
        board: &mut Board,
    ) {
        let area: f64 = self.stages.iter().map(|stage| stage.area).sum();
        let concentrate = self.feed_flow - permeate;
        // What the drop would be at this flow with clean spacers.
        let mut entering = self.feed_flow;
        let mut clean = 0.0;
        for stage in &self.stages {
            clean += stage.design_drop
                * ((entering - 0.5 * stage.permeate) / stage.design_flow)
                    .max(0.0)
                    .powf(1.6);
            entering -= stage.permeate;
        }
        let tags = &self.tags;
        board.word(tags.state, "Running");
        board.num(tags.permeate_flow, permeate);
        board.num(tags.feed_flow, self.feed_flow);
        board.num(tags.concentrate_flow, concentrate);
        board.num(tags.recovery, recovery * 100.0);
        board.num(tags.feed_pressure, pressure);
        board.num(tags.concentrate_pressure, pressure - drop);
        board.num(tags.permeate_pressure, BACK_PRESSURE);
        board.num(tags.feed_temperature, feed.celsius);
        board.num(tags.feed_conductivity, feed.conductivity);
        board.num(tags.permeate_conductivity, self.conductivity);
        board.num(
            tags.concentrate_conductivity,
            (feed.conductivity - self.conductivity * recovery) / (1.0 - recovery),
        );
        board.num(tags.salt_passage, 100.0 * self.conductivity / feed.conductivity);
        board.num(
            tags.normalised_permeate_flow,
            100.0 * conductance_25 / (PERMEABILITY * area / 1_000.0),
        );
        board.num(tags.normalised_pressure_drop, 100.0 * drop / clean.max(0.01));
        board.num(tags.feed_ph, 7.35 + 0.06 * wander(t, self.phase + 1.0));
        board.num(tags.feed_redox, 205.0 + 12.0 * wander(t, self.phase + 2.0));
        board.num(tags.cartridge_pressure_drop, feed.bar - suction);
        board.num(tags.specific_energy, self.pump.power_kw / permeate.max(0.1));
        let told = board.total(tags.running_hours, self.hours);
        board.num(tags.running_hours, told);
    }

    pub(crate) fn power_kw(&self) -> f64 {
        self.pump.power_kw
    }
}
