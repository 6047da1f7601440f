//! The antiscalant skid: day tank, mixer and a diaphragm dosing pump.
//!
//! A diaphragm pump moves stroke volume × stroke rate × volumetric efficiency (Vetter, *Dosing Pumps*).
//! Its controller sets the stroke rate so that the measured flow meets the dose. Gas in the head is
//! compressed instead of moved; a leaking discharge valve lets part of each stroke flow back. Both
//! show in the pressure pulsation: a gas cushion takes it away, backflow makes it larger.

use super::WaterFaults;
use crate::board::{Board, Builder};
use crate::calendar::Moment;
use crate::dynamics::{Lag, wander};
use crate::tag::{count, num, state, word};

tags! { SkidTags() {
    state = state(),
    antiscalant = num("Antiscalant", "mg/L", 2).bar(0.0, 6.0).normal(2.7, 3.5).low(2.2).low_low(1.5).high(4.5).noise(0.01),
    dose_setpoint = count("Dose set-point", "mg/L", 2).bar(0.0, 6.0).every(30),
    tank_level = num("Tank level", "%", 1).bar(0.0, 100.0).normal(20.0, 98.0).low(15.0).low_low(8.0).noise(0.05).every(10),
    tank_temperature = num("Tank temperature", "°C", 1).bar(0.0, 40.0).normal(15.0, 27.0).noise(0.03).every(30),
    concentration = num("Concentration", "g/L", 1).bar(0.0, 150.0).normal(92.0, 108.0).noise(0.1).every(30),
    mixer = word("Mixer running"),
    consumption = num("Consumption", "L/d", 1).bar(0.0, 60.0).every(60),
    days_left = num("Days until empty", "d", 1).bar(0.0, 10.0).every(60),
} }

tags! { DosingTags(flow: f64) {
    state = state(),
    flow = num("Flow", "L/h", 3).bar(0.0, flow * 2.0).normal(flow * 0.6, flow * 1.25).low(flow * 0.45).noise(flow * 0.004),
    volumetric_efficiency = num("Volumetric efficiency", "%", 1).bar(0.0, 100.0).normal(90.0, 98.0).low(80.0).low_low(60.0).noise(0.15),
    stroke_rate = num("Stroke rate", "1/min", 0).bar(0.0, 180.0).normal(50.0, 115.0).high(140.0).noise(0.4),
    stroke_length = count("Stroke length", "%", 0).bar(0.0, 100.0).every(30),
    flow_setpoint = count("Flow set-point", "L/h", 3).bar(0.0, flow * 2.0),
    discharge_pressure = num("Discharge pressure", "bar", 2).bar(0.0, 16.0).normal(2.0, 5.5).noise(0.02),
    pressure_pulsation = num("Pressure pulsation", "bar", 2).bar(0.0, 4.0).normal(0.6, 1.5).low(0.4).high(2.0).noise(0.01),
    motor_current = num("Motor current", "A", 2).bar(0.0, 2.0).normal(0.2, 1.2).noise(0.004),
    head_temperature = num("Pump head temperature", "°C", 1).bar(0.0, 80.0).normal(20.0, 45.0).high(60.0).noise(0.05).every(10),
    diaphragm_leak = word("Diaphragm leak"),
    strokes = count("Strokes", "", 0).every(60),
} }

/// Strokes a minute the drive can make at most.
const MOST_STROKES: f64 = 160.0;

#[derive(Clone, Debug)]
pub(crate) struct DosingSkid {
    skid: SkidTags,
    tags: DosingTags,
    phase: f64,
    /// Volume of a full stroke, mL.
    stroke_ml: f64,
    tank_litres: f64,
    level: f64,
    refilling: bool,
    rate: Lag,
    dose: Lag,
    head: Lag,
    strokes: f64,
}

impl DosingSkid {
    pub(crate) fn new(builder: &mut Builder, path: &str, design: f64) -> Self {
        builder.asset(path, "Dosing skid DS-01");
        let skid = SkidTags::declare(builder);
        builder.asset(&format!("{path}/dosing-pump-dp-01"), "Dosing pump DP-01");
        // 3.1 g/m³ of feed from a solution of 100 g/L.
        let flow = design / 0.762 * 3.1 / 100.0;
        let tags = DosingTags::declare(builder, flow);
        let mut rng = builder.dice(path);
        Self {
            skid,
            tags,
            phase: rng.angle(),
            // 85 strokes a minute at 60 % length and 95 % efficiency.
            stroke_ml: flow * 1_000.0 / 60.0 / 85.0 / 0.6 / 0.95,
            tank_litres: flow * 100.0,
            level: rng.between(45.0, 90.0),
            refilling: false,
            rate: Lag::new(85.0, 25.0),
            dose: Lag::new(3.1, 60.0),
            head: Lag::new(30.0, 600.0),
            strokes: rng.between(2e6, 2e7).round(),
        }
    }

    /// Doses into `feed_flow` m³/h; gives the antiscalant in mg/L.
    pub(crate) fn step(
        &mut self,
        now: Moment,
        dt: f64,
        feed_flow: f64,
        faults: WaterFaults,
        board: &mut Board,
    ) -> f64 {
        let t = now.secs;
        let concentration = 100.0 + 2.0 * wander(t * 0.3, self.phase);
        let wanted = feed_flow * 3.1 / concentration;
        let efficiency = 0.95 * (1.0 - 0.92 * faults.air_lock) * (1.0 - 0.48 * faults.valve_leak)
            + 0.006 * wander(t * 2.0, self.phase);
        let per_rate = self.stroke_ml * 0.6 * 60.0 / 1_000.0;
        let rate = self
            .rate
            .toward((wanted / (per_rate * efficiency.max(0.02))).min(MOST_STROKES), dt);
        let flow = rate * per_rate * efficiency;
        let dose = self.dose.toward(flow * concentration / feed_flow.max(1.0), dt);
        self.strokes += rate * dt / 60.0;

        self.level -= 100.0 * flow * dt / 3_600.0 / self.tank_litres;
        if self.level < 28.0 {
            self.refilling = true;
        }
        if self.refilling {
            self.level += dt / 12.0;
            self.refilling = self.level < 94.0;
        }
        let pressure = (3.4 + 0.25 * wander(t, self.phase + 1.0)) * (1.0 - 0.55 * faults.air_lock);
        // The pulse of a stroke goes with its speed; a gas cushion swallows it, backflow adds to it.
        let pulse =
            1.0 * (rate / 85.0).powf(0.5) * (1.0 - 0.85 * faults.air_lock) * (1.0 + 0.9 * faults.valve_leak);
        let head = self
            .head
            .toward(26.0 + 4.0 * rate / 85.0 + 22.0 * faults.valve_leak, dt);

        let (skid, tags) = (&self.skid, &self.tags);
        board.word(skid.state, "Running");
        board.num(skid.antiscalant, dose);
        board.num(skid.dose_setpoint, 3.1);
        board.num(skid.tank_level, self.level);
        board.num(skid.tank_temperature, 20.5 + 1.5 * now.daylight());
        board.num(skid.concentration, concentration);
        board.flag(skid.mixer, self.refilling || (t / 1_800.0).rem_euclid(1.0) < 0.15);
        board.num(skid.consumption, flow * 24.0);
        board.num(
            skid.days_left,
            self.level / 100.0 * self.tank_litres / (flow * 24.0).max(0.1),
        );
        board.word(tags.state, "Running");
        board.num(tags.stroke_rate, rate);
        board.num(tags.stroke_length, 60.0);
        board.num(tags.flow, flow);
        board.num(tags.flow_setpoint, wanted);
        board.num(tags.discharge_pressure, pressure);
        board.num(tags.pressure_pulsation, pulse);
        board.num(tags.volumetric_efficiency, 100.0 * efficiency);
        board.num(
            tags.motor_current,
            0.25 + 0.45 * rate / 85.0 * (1.0 - 0.5 * faults.air_lock),
        );
        board.num(tags.head_temperature, head);
        board.flag(tags.diaphragm_leak, false);
        board.num(tags.strokes, self.strokes.floor());
        dose
    }
}
