//! The water system of a site: softener, reverse osmosis with dosing, storage and hot loop.
//!
//! Raw water → softener → (antiscalant dosed) → reverse osmosis → tank → loop and lines.
//! The tank's level asks for permeate; everything before follows by mass balance.

mod dosing;
mod osmosis;
mod softener;
mod storage;

use dosing::DosingSkid;
use osmosis::{Feed, ReverseOsmosis};
use softener::Softener;
use storage::Storage;

use crate::board::{Board, Builder, Route};
use crate::calendar::Moment;
use crate::dynamics::{Lag, wander};
use crate::fault::{FaultKind, Faults};
use crate::tag::{count, num, state};

/// Which faults may happen here.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct WaterFaults {
    pub membrane: f64,
    pub air_lock: f64,
    pub valve_leak: f64,
    pub impeller: f64,
}

impl WaterFaults {
    /// Lyon's water system is where they happen.
    pub(crate) fn of(faults: &Faults) -> Self {
        Self {
            membrane: faults.level(FaultKind::MembraneFouling),
            air_lock: faults.level(FaultKind::AirLock),
            valve_leak: faults.level(FaultKind::ValveLeak),
            impeller: faults.level(FaultKind::ImpellerWear),
        }
    }
}

tags! { WaterTags(design: f64) {
    state = state(),
    permeate_flow = num("Permeate flow", "m³/h", 1).bar(0.0, design * 1.4).normal(design * 0.6, design * 1.12),
    in_spec = count("In spec", "%", 1).bar(90.0, 100.0).normal(97.0, 100.0),
    power = num("Power", "kW", 1).bar(0.0, design * 5.0),
    raw_flow = num("Raw water flow", "m³/h", 1).bar(0.0, design * 2.0),
    raw_pressure = num("Raw water pressure", "bar", 2).bar(0.0, 6.0).normal(3.2, 4.6).low(2.5).noise(0.01),
    raw_temperature = num("Raw water temperature", "°C", 1).bar(0.0, 30.0).normal(10.0, 18.0).noise(0.03).every(10),
    raw_free_chlorine = num("Free chlorine, raw water", "mg/L", 2).bar(0.0, 1.0).normal(0.22, 0.42)
        .low(0.1).high(0.6).noise(0.004).every(10),
    raw_turbidity = num("Turbidity, raw water", "NTU", 2).bar(0.0, 2.0).normal(0.1, 0.6).high(1.0).noise(0.01).every(60),
    specific_energy = num("Specific energy", "kWh/m³", 2).bar(0.0, 3.0).every(60),
    volume_today = count("Permeate today", "m³", 1).every(60),
} }

/// The water system.
#[derive(Clone, Debug)]
pub(crate) struct Water {
    tags: WaterTags,
    design: f64,
    phase: f64,
    softener: Softener,
    osmosis: ReverseOsmosis,
    dosing: DosingSkid,
    storage: Storage,
    lines: Lag,
    in_spec: Lag,
    today: f64,
    day: i64,
    /// Drawn from the mains, kW.
    pub(crate) power_kw: f64,
}

impl Water {
    /// `design` is the permeate flow in m³/h; `dosing` the dosing skid's own way out, if any.
    pub(crate) fn new(builder: &mut Builder, path: &str, design: f64, route: &Route, dosing: &Route) -> Self {
        builder.route(route.clone());
        builder.asset(path, "Water system");
        let tags = WaterTags::declare(builder, design);
        let softener = Softener::new(builder, &format!("{path}/softener-sf-01"), design);
        let osmosis = ReverseOsmosis::new(builder, &format!("{path}/reverse-osmosis-ro-01"), design);
        builder.route(dosing.clone());
        let dosing = DosingSkid::new(builder, &format!("{path}/dosing-skid-ds-01"), design);
        builder.route(route.clone());
        let storage = Storage::new(builder, path, design);
        Self {
            tags,
            design,
            phase: builder.dice(path).angle(),
            softener,
            osmosis,
            dosing,
            storage,
            lines: Lag::new(0.8, 900.0),
            in_spec: Lag::new(99.3, 28_800.0),
            today: 0.0,
            day: 0,
            power_kw: design * 2.0,
        }
    }

    /// `busy` is the share of the site's lines that run.
    pub(crate) fn step(&mut self, now: Moment, dt: f64, busy: f64, faults: WaterFaults, board: &mut Board) {
        let t = now.secs;
        let lines = self.lines.toward(busy, dt);
        let drawn =
            self.design * (0.70 + 0.09 * now.activity() + 0.19 * lines + 0.02 * wander(t * 4.0, self.phase));
        let wanted = self.storage.wanted_permeate();
        let raw_celsius = 13.6 + 0.5 * now.daylight() + 0.2 * wander(t, self.phase + 1.0);
        // The town's main gives way to the site's own draw.
        let raw_bar = 4.3 - 0.35 * (self.osmosis.feed_flow / (self.design * 1.33)).powi(2)
            + 0.08 * wander(t * 2.0, self.phase + 2.0);
        let softened = self
            .softener
            .step(now, dt, self.osmosis.feed_flow, raw_bar, board);
        let dose = self.dosing.step(now, dt, self.osmosis.feed_flow, faults, board);
        let feed = Feed {
            bar: softened.bar,
            celsius: raw_celsius,
            conductivity: softened.conductivity,
            antiscalant: dose,
        };
        let permeate = self.osmosis.step(t, dt, wanted, feed, faults.membrane, board);
        self.storage.step(t, dt, permeate, drawn, faults.impeller, board);

        self.power_kw = self.osmosis.power_kw() + self.storage.power_kw() + 1.9 * self.design;
        let good = self.osmosis.conductivity < 15.0 && softened.hardness < 1.0;
        self.in_spec.toward(if good { 100.0 } else { 0.0 }, dt);
        if self.day != now.day {
            (self.day, self.today) = (now.day, 0.0);
        }
        self.today += permeate * dt / 3_600.0;

        let tags = &self.tags;
        board.word(tags.state, "Running");
        board.num(tags.permeate_flow, permeate);
        board.num(tags.in_spec, self.in_spec.value);
        board.num(tags.power, self.power_kw);
        board.num(tags.raw_flow, self.osmosis.feed_flow + 0.02 * self.design);
        board.num(tags.raw_pressure, raw_bar);
        board.num(tags.raw_temperature, raw_celsius);
        board.num(tags.raw_free_chlorine, 0.31 + 0.03 * wander(t, self.phase + 3.0));
        board.num(tags.raw_turbidity, 0.3 + 0.08 * wander(t, self.phase + 4.0));
        board.num(tags.specific_energy, self.power_kw / permeate.max(1.0));
        board.num(tags.volume_today, self.today);
    }
}
