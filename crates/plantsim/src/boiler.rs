//! Rotterdam's steam: a fire-tube boiler, its feed tank and feed pump.
//!
//! Flue loss by Siegert's formula for natural gas, (T_flue - T_air) (0.66 / (21 - O₂) + 0.009) in %
//! (EN 267 and 1st BImSchV). The feed water is close to boiling, so the pump lives off the tank's
//! height: NPSH available = tank pressure less vapour pressure, plus height, less the strainer's loss.

use crate::board::{Board, Builder};
use crate::calendar::Moment;
use crate::dynamics::{Lag, saturation_bar, wander, water_density};
use crate::pump::{Pump, PumpDuty, PumpSheet, PumpWear};
use crate::tag::{count, num, state};

tags! { BoilerTags() {
    state = state(),
    steam_pressure = num("Steam pressure", "bar", 2).bar(0.0, 12.0).normal(7.6, 8.3).low(7.0).high(9.0).high_high(9.6).noise(0.008),
    steam_flow = num("Steam flow", "t/h", 2).bar(0.0, 6.0).normal(1.6, 4.2).noise(0.01),
    water_level = num("Water level", "%", 1).bar(0.0, 100.0).normal(44.0, 56.0).low(35.0).low_low(25.0).high(68.0).noise(0.15),
    gas_flow = num("Gas flow", "m³/h", 0).bar(0.0, 500.0).noise(0.5),
    flue_temperature = num("Flue gas temperature", "°C", 0).bar(0.0, 300.0).normal(125.0, 175.0).high(210.0).noise(0.4),
    flue_oxygen = num("Flue gas oxygen", "%", 1).bar(0.0, 10.0).normal(2.8, 4.6).low(1.8).high(6.0).noise(0.03),
    efficiency = num("Efficiency", "%", 1).bar(70.0, 100.0).normal(91.0, 96.0).low(88.0).noise(0.03).every(10),
    burner_load = num("Burner load", "%", 0).bar(0.0, 100.0).normal(25.0, 90.0).noise(0.2),
    conductivity = num("Boiler water conductivity", "µS/cm", 0).bar(0.0, 6_000.0).normal(2_200.0, 3_600.0).high(4_200.0).noise(4.0).every(10),
    blowdown = num("Blowdown", "%", 1).bar(0.0, 15.0).normal(2.0, 6.0).noise(0.02).every(10),
    in_spec = count("In spec", "%", 1).bar(90.0, 100.0).normal(97.0, 100.0),
    power = num("Power", "kW", 1).bar(0.0, 40.0).noise(0.03),
} }

tags! { FeedTags() {
    level = num("Level", "%", 1).bar(0.0, 100.0).normal(62.0, 78.0).low(45.0).low_low(30.0).noise(0.1),
    temperature = num("Temperature", "°C", 1).bar(60.0, 120.0).normal(101.0, 104.5).low(97.0).high(108.0).noise(0.04),
    pressure = num("Pressure", "bar", 2).bar(0.0, 1.0).normal(0.08, 0.18).noise(0.002),
    condensate_return = num("Condensate return", "%", 0).bar(0.0, 100.0).normal(60.0, 85.0).noise(0.3).every(10),
    oxygen = num("Dissolved oxygen", "µg/L", 0).bar(0.0, 60.0).normal(4.0, 16.0).high(25.0).noise(0.15).every(30),
} }

#[derive(Clone, Debug)]
pub(crate) struct Boiler {
    tags: BoilerTags,
    feed: FeedTags,
    pump: Pump,
    phase: f64,
    steam: Lag,
    flue: Lag,
    level: Lag,
    in_spec: Lag,
    pub(crate) power_kw: f64,
}

/// Feed flow of a usual day, m³/h, and height of the tank above the pump, m.
const FLOW: f64 = 3.4;
const HEIGHT: f64 = 6.2;

impl Boiler {
    pub(crate) fn new(builder: &mut Builder, path: &str) -> Self {
        builder.asset(path, "Steam boiler B-01");
        let tags = BoilerTags::declare(builder);
        builder.asset(&format!("{path}/feed-tank"), "Feed water tank");
        let feed = FeedTags::declare(builder);
        let sheet = PumpSheet {
            rated_rpm: 2_940.0,
            shutoff_bar: 15.5,
            best_bar: 12.0,
            best_flow: FLOW * 1.15,
            efficiency: 0.52,
            motor_kw: 5.5,
            npsh_required: 2.2,
            flow: (1.6, 4.6),
            discharge: (8.6, 12.0),
            flow_low: Some(1.0),
            discharge_low: Some(8.2),
            discharge_high: Some(15.0),
            standby: false,
        };
        let pump = Pump::new(
            builder,
            &format!("{path}/feed-pump-p-31"),
            "Feed pump P-31",
            sheet,
        );
        Self {
            tags,
            feed,
            pump,
            phase: builder.dice(path).angle(),
            steam: Lag::new(2.9, 240.0),
            flue: Lag::new(150.0, 180.0),
            level: Lag::new(50.0, 120.0),
            in_spec: Lag::new(99.4, 28_800.0),
            power_kw: 12.0,
        }
    }

    /// `starving` is how far the suction strainer is blocked, 0 to 1.
    pub(crate) fn step(&mut self, now: Moment, dt: f64, busy: f64, starving: f64, board: &mut Board) {
        let t = now.secs;
        let steam = self
            .steam
            .toward(2.0 + 1.5 * busy + 0.12 * wander(t * 4.0, self.phase), dt);
        let load = steam / 4.6;
        let oxygen = 3.3 + 0.8 * (1.0 - load) + 0.1 * wander(t, self.phase + 1.0);
        let flue = self.flue.toward(122.0 + 45.0 * load, dt);
        let loss = (flue - 24.0) * (0.66 / (21.0 - oxygen) + 0.009);
        let efficiency = 100.0 - loss - 0.6 / load.max(0.2);
        // 2.4 MJ for each kg from feed water to steam at 8 bar; gas of 36 MJ/m³.
        let gas = steam * 1_000.0 * 2.4 / 36.0 / (efficiency / 100.0);
        let pressure = 7.95 + 0.12 * wander(t * 5.0, self.phase + 2.0) - 0.1 * (load - 0.65);

        let celsius = 102.6 + 0.4 * wander(t, self.phase + 3.0);
        // Deaerated: a little steam holds the tank above its own vapour pressure.
        let tank_bar = saturation_bar(celsius) - 1.013 + 0.03;
        let strainer = 0.35 + 7.2 * starving;
        let available = 0.03 * 1e5 / (water_density(celsius) * 9.81) + HEIGHT - strainer;
        let flow = steam * 1.045;
        // The variable-speed pump holds its pressure against the boiler and the feed valve.
        let wanted = pressure + 0.6 + 0.9 * (flow / FLOW).powi(2);
        let suction = tank_bar + (HEIGHT - strainer) * water_density(celsius) * 9.81 / 1e5;
        let speed = self
            .pump
            .speed_for(wanted - suction, flow, PumpWear::default())
            .min(1.03);
        let duty = PumpDuty {
            speed,
            flow,
            suction_bar: suction.max(0.0),
            npsh_available: available,
            fluid_celsius: celsius,
            room_celsius: 30.0,
        };
        let discharge = self.pump.step(t, dt, duty, PumpWear::default(), board);
        // What the pump cannot press into the boiler, its level shows.
        let short = ((pressure + 0.6 - discharge) / 2.0).clamp(0.0, 1.0);
        let level = self
            .level
            .toward(50.0 + 2.0 * wander(t * 6.0, self.phase + 4.0) - 28.0 * short, dt);
        self.power_kw = self.pump.power_kw + 6.0 + 8.0 * load;
        self.in_spec.toward(
            if pressure > 7.0 && level > 35.0 {
                100.0
            } else {
                0.0
            },
            dt,
        );

        let tags = &self.tags;
        board.word(tags.state, "Running");
        board.num(tags.steam_pressure, pressure);
        board.num(tags.steam_flow, steam);
        board.num(tags.water_level, level);
        board.num(tags.gas_flow, gas);
        board.num(tags.flue_temperature, flue);
        board.num(tags.flue_oxygen, oxygen);
        board.num(tags.efficiency, efficiency);
        board.num(tags.burner_load, 100.0 * load);
        board.num(
            tags.conductivity,
            2_900.0 + 350.0 * wander(t * 0.5, self.phase + 5.0),
        );
        board.num(tags.blowdown, 4.0 + 0.8 * wander(t * 0.5, self.phase + 5.4));
        board.num(tags.in_spec, self.in_spec.value);
        board.num(tags.power, self.power_kw);
        let feed = &self.feed;
        board.num(feed.level, 70.0 + 4.0 * wander(t * 2.0, self.phase + 6.0));
        board.num(feed.temperature, celsius);
        board.num(feed.pressure, tank_bar);
        board.num(feed.condensate_return, 72.0 + 5.0 * wander(t, self.phase + 7.0));
        board.num(feed.oxygen, 9.0 + 2.5 * wander(t, self.phase + 8.0));
    }
}
