//! The tower that gives the chiller's heat to the air, mostly by evaporating a little of its water.
//!
//! The water comes as near to the wet bulb as the fill allows; in the cold the fan holds the basin above what
//! freezes. Evaporation: 0.00153 Q ΔT (Perry's Chemical Engineers' Handbook, section 12).

use crate::board::{Board, Builder};
use crate::dynamics::{Lag, wander, water_capacity};
use crate::tag::{count, num, state};

tags! { TowerTags() {
    state = state(),
    power = num("Power", "kW", 1).bar(0.0, 22.0).noise(0.04).every(10),
    hot_water_temperature = num("Hot water in", "°C", 1).bar(0.0, 60.0).normal(12.0, 42.0).high(45.0).noise(0.03).every(10),
    cold_water_temperature = num("Cold water out", "°C", 1).bar(0.0, 50.0).normal(10.0, 32.0).high(34.0).noise(0.03).every(10),
    wet_bulb_temperature = num("Wet bulb of the air", "°C", 1).bar(-10.0, 35.0).noise(0.02).every(10),
    water_flow = num("Water flow", "m³/h", 1).bar(0.0, 250.0).noise(0.2).every(10),
    make_up_flow = num("Make-up water", "m³/h", 2).bar(0.0, 8.0).noise(0.005).every(10),
    blowdown_flow = num("Blowdown", "m³/h", 2).bar(0.0, 4.0).noise(0.003).every(10),
    basin_level = num("Basin level", "%", 1).bar(0.0, 100.0).normal(40.0, 85.0).low(30.0).high(95.0).noise(0.1).every(10),
    water_conductivity = num("Conductivity, circulating water", "µS/cm", 0).bar(0.0, 3_000.0).noise(2.0).every(10),
    make_up_conductivity = num("Conductivity, make-up water", "µS/cm", 0).bar(0.0, 800.0).noise(0.6).every(10),
    fan_speed = count("Fan speed", "%", 0).bar(0.0, 110.0).every(10),
} }

/// Water over the fill, m³/h, and how near to the wet bulb it comes with the fan at full speed, K.
const FLOW: f64 = 190.0;
const NEAREST: f64 = 4.2;
/// The basin is held above this, °C.
const HELD: f64 = 12.5;
/// How many times saltier the circulating water is kept than the make-up.
const CYCLES: f64 = 3.9;
/// The fan at full speed, kW.
const FAN_KW: f64 = 15.0;

#[derive(Clone, Debug)]
pub(crate) struct Tower {
    tags: TowerTags,
    phase: f64,
    cold: Lag,
    pub(crate) power_kw: f64,
}

impl Tower {
    pub(crate) fn new(builder: &mut Builder, path: &str) -> Self {
        builder.asset(path, "Cooling tower CT-01");
        Self {
            tags: TowerTags::declare(builder),
            phase: builder.dice(path).angle(),
            cold: Lag::new(16.0, 900.0),
            power_kw: FAN_KW,
        }
    }

    /// Takes `heat`, kW, from the water; `outdoor` air in °C.
    pub(crate) fn step(&mut self, t: f64, dt: f64, heat: f64, outdoor: f64, board: &mut Board) {
        let wet_bulb = (outdoor - 2.6 + 0.4 * wander(t * 0.3, self.phase)).max(-9.5);
        let reach = wet_bulb + NEAREST + 0.3 * wander(t * 0.5, self.phase + 1.0);
        let cold = self.cold.toward(reach.max(HELD), dt);
        // With more to spare than it needs, the fan slows down.
        let speed = (100.0 - 5.0 * (HELD - reach).max(0.0)).clamp(25.0, 100.0);
        self.power_kw = FAN_KW * (speed / 100.0).powi(3);
        let range = heat / water_capacity(FLOW);
        let evaporation = FLOW * 0.001_53 * range;
        let blowdown = evaporation / (CYCLES - 1.0);
        let make_up = 385.0 + 12.0 * wander(t * 0.05, self.phase + 2.0);

        let tags = &self.tags;
        board.word(tags.state, "Running");
        board.num(tags.power, self.power_kw);
        board.num(tags.hot_water_temperature, cold + range);
        board.num(tags.cold_water_temperature, cold);
        board.num(tags.wet_bulb_temperature, wet_bulb);
        board.num(tags.water_flow, FLOW + 0.8 * wander(t * 2.0, self.phase + 3.0));
        board.num(tags.make_up_flow, evaporation + blowdown + 0.03);
        board.num(tags.blowdown_flow, blowdown);
        board.num(tags.basin_level, 62.0 + 6.0 * wander(t * 0.8, self.phase + 4.0));
        board.num(tags.water_conductivity, make_up * CYCLES);
        board.num(tags.make_up_conductivity, make_up);
        board.num(tags.fan_speed, speed);
    }
}
