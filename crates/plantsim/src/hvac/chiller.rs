//! A water chiller: heat moved uphill at a share of Carnot's efficiency.
//!
//! COP = η T_evap / (T_cond - T_evap), temperatures in kelvin; both approaches grow with load
//! (Stoecker, *Industrial Refrigeration Handbook*, chapter 2). Pressures: R134a's saturation by
//! Clausius-Clapeyron through 2.93 bar at 0 °C and 10.2 bar at 40 °C.

use crate::board::{Board, Builder};
use crate::dynamics::{Lag, wander, water_capacity};
use crate::tag::{count, num, state};

/// What a chiller is built for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChillerSheet {
    /// Cooling duty it can give, kW.
    pub capacity: f64,
}

tags! { ChillerTags(capacity: f64) {
    state = state(),
    supply_temperature = num("Chilled water supply", "°C", 1).bar(0.0, 16.0).normal(6.3, 7.4).low(5.0).high(8.5).high_high(10.0).noise(0.03),
    performance = num("COP", "", 2).bar(0.0, 10.0).normal(3.7, 8.5).low(3.0).noise(0.01),
    return_temperature = num("Chilled water return", "°C", 1).bar(0.0, 22.0).normal(9.0, 14.0).noise(0.03),
    supply_setpoint = count("Supply set-point", "°C", 1).bar(0.0, 16.0).every(60),
    water_flow = num("Chilled water flow", "m³/h", 1).bar(0.0, capacity * 0.25).noise(capacity * 0.0002),
    duty = num("Duty", "kW", 0).bar(0.0, capacity * 1.2).noise(capacity * 0.0008),
    load = num("Load", "%", 1).bar(0.0, 110.0).normal(30.0, 95.0).high(100.0).noise(0.05),
    power = num("Power", "kW", 1).bar(0.0, capacity * 0.4).noise(capacity * 0.0002),
    evaporator_approach = num("Evaporator approach", "K", 1).bar(0.0, 10.0).normal(1.4, 4.0).high(5.5).noise(0.03),
    condenser_approach = num("Condenser approach", "K", 1).bar(0.0, 25.0).normal(9.0, 16.0).high(19.0).noise(0.04),
    evaporating_pressure = num("Evaporating pressure", "bar", 2).bar(0.0, 8.0).normal(3.0, 3.7).low(2.5).noise(0.006),
    condensing_pressure = num("Condensing pressure", "bar", 2).bar(0.0, 20.0).normal(5.4, 11.0).high(14.0).noise(0.01),
    oil_pressure = num("Oil pressure", "bar", 2).bar(0.0, 8.0).normal(2.6, 3.4).low(2.0).noise(0.008),
    discharge_temperature = num("Discharge temperature", "°C", 1).bar(0.0, 120.0).normal(38.0, 75.0).high(95.0).noise(0.06),
    compressor_vibration = num("Compressor vibration", "mm/s", 2).bar(0.0, 10.0).normal(0.5, 2.8).high(4.5).high_high(7.1).noise(0.03),
    winding_temperature = num("Winding temperature", "°C", 1).bar(0.0, 160.0).normal(35.0, 100.0).high(130.0).noise(0.08).every(10),
    running_hours = count("Running hours", "h", 1).every(60),
} }

const SETPOINT: f64 = 6.8;

#[derive(Clone, Debug)]
pub(crate) struct Chiller {
    tags: ChillerTags,
    sheet: ChillerSheet,
    phase: f64,
    duty: Lag,
    supply: Lag,
    winding: Lag,
    hours: f64,
    pub(crate) supply_celsius: f64,
    pub(crate) power_kw: f64,
    /// Heat taken, kW.
    pub(crate) duty_kw: f64,
}

fn r134a_bar(celsius: f64) -> f64 {
    2.93 * (2_655.0 * (1.0 / 273.15 - 1.0 / (celsius + 273.15))).exp()
}

impl Chiller {
    pub(crate) fn new(builder: &mut Builder, path: &str, sheet: ChillerSheet) -> Self {
        builder.asset(path, "Chiller CH-01");
        let tags = ChillerTags::declare(builder, sheet.capacity);
        let mut rng = builder.dice(path);
        Self {
            tags,
            sheet,
            phase: rng.angle(),
            duty: Lag::new(0.6 * sheet.capacity, 240.0),
            supply: Lag::new(SETPOINT, 120.0),
            winding: Lag::new(60.0, 900.0),
            hours: rng.between(8_000.0, 22_000.0).round(),
            supply_celsius: SETPOINT,
            power_kw: 0.2 * sheet.capacity,
            duty_kw: 0.6 * sheet.capacity,
        }
    }

    /// Takes `heat` kW out of the water, with air or tower water at `outdoor` °C.
    pub(crate) fn step(&mut self, t: f64, dt: f64, heat: f64, outdoor: f64, board: &mut Board) {
        self.hours += dt / 3_600.0;
        let duty = self.duty.toward(heat.min(self.sheet.capacity), dt);
        let load = duty / self.sheet.capacity;
        let short = (heat / self.sheet.capacity - 1.0).max(0.0);
        let supply = self
            .supply
            .toward(SETPOINT + 0.12 * wander(t * 3.0, self.phase) + 14.0 * short, dt);
        // Variable flow at a spread of 5.5 K, never below 40 %.
        let full = self.sheet.capacity / 5.5 / water_capacity(1.0);
        let flow = (full * load).max(0.4 * full);
        let returned = supply + duty / water_capacity(flow);
        let (evaporator, condenser) = (1.2 + 2.2 * load, 9.0 + 5.5 * load);
        let (cold, hot) = (supply - evaporator, outdoor + condenser);
        // Part load costs a screw compressor some of its efficiency.
        let quality = 0.43 - 0.10 * (load - 0.75).powi(2);
        let performance = quality * (cold + 273.15) / (hot - cold).max(12.0);
        self.power_kw = duty / performance.max(1.0);
        (self.supply_celsius, self.duty_kw) = (supply, duty);
        let winding = self.winding.toward(26.0 + 58.0 * load, dt);

        let tags = &self.tags;
        board.word(tags.state, "Running");
        board.num(tags.supply_temperature, supply);
        board.num(tags.return_temperature, returned);
        board.num(tags.supply_setpoint, SETPOINT);
        board.num(tags.water_flow, flow);
        board.num(tags.duty, duty);
        board.num(tags.load, 100.0 * load);
        board.num(tags.power, self.power_kw);
        board.num(tags.performance, performance);
        board.num(tags.evaporator_approach, evaporator);
        board.num(tags.condenser_approach, condenser);
        board.num(tags.evaporating_pressure, r134a_bar(cold));
        board.num(tags.condensing_pressure, r134a_bar(hot));
        board.num(tags.oil_pressure, 3.0 + 0.1 * wander(t, self.phase + 1.0));
        board.num(tags.discharge_temperature, hot + 16.0 + 12.0 * load);
        board.num(
            tags.compressor_vibration,
            1.0 + 0.9 * load + 0.1 * wander(t * 5.0, self.phase + 2.0),
        );
        board.num(tags.winding_temperature, winding);
        let told = board.total(tags.running_hours, self.hours);
        board.num(tags.running_hours, told);
    }
}
