//! An air handler: mixing box, filter, cooling coil with valve, and a fan that holds its flow.
//!
//! The filter's drop goes with flow squared and dust (EN 779's final drop for F7 is 450 Pa; changed at
//! 250 here). Fan: parabola and affinity laws. Coil: effectiveness between air and water, shaped by the
//! valve's equal-percentage characteristic (ASHRAE *Fundamentals*, chapter 4, and *HVAC Systems and
//! Equipment*, chapter 23).

use crate::board::{Board, Builder};
use crate::dynamics::{Lag, air_capacity, relative_humidity, smooth, wander};
use crate::tag::{count, num, state};

tags! { AhuTags(flow: f64) {
    state = state(),
    supply_air_flow = num("Supply air flow", "k m³/h", 2).bar(0.0, flow * 1.4).normal(flow * 0.96, flow * 1.04).low(flow * 0.9).noise(0.02),
    exhaust_air_flow = num("Exhaust air flow", "k m³/h", 2).bar(0.0, flow * 1.4).noise(0.02),
    supply_air_temperature = num("Supply air temperature", "°C", 1).bar(5.0, 35.0).normal(15.4, 16.8).high(18.5).high_high(21.0).low(13.0).noise(0.04),
    supply_setpoint = count("Supply air set-point", "°C", 1).bar(5.0, 35.0).every(60),
    mixed_air_temperature = num("Mixed air temperature", "°C", 1).bar(5.0, 35.0).normal(17.5, 23.0).noise(0.04),
    return_air_temperature = num("Return air temperature", "°C", 1).bar(5.0, 35.0).normal(19.5, 23.5).high(26.0).noise(0.04),
    return_air_humidity = num("Return air humidity", "%", 1).bar(0.0, 100.0).normal(40.0, 60.0).low(30.0).high(65.0).noise(0.15),
    supply_pressure = num("Duct pressure", "Pa", 0).bar(0.0, 800.0).normal(360.0, 480.0).noise(0.8),
    outdoor_damper = count("Outdoor air damper", "%", 0).bar(0.0, 100.0).every(60),
    hall_carbon_dioxide = num("Carbon dioxide, hall", "ppm", 0).bar(300.0, 2_000.0).normal(450.0, 850.0).high(1_200.0).noise(2.0).every(30),
    power = num("Power", "kW", 2).bar(0.0, flow).noise(0.01),
} }

tags! { FilterTags() {
    differential_pressure = num("Pressure drop", "Pa", 0).bar(0.0, 500.0).normal(90.0, 190.0).high(250.0).high_high(400.0).noise(0.6),
    normalised_pressure_drop = num("Pressure drop at design flow", "Pa", 0).bar(0.0, 500.0).normal(90.0, 190.0).high(250.0).noise(0.6).every(10),
    hours = count("Hours in use", "h", 0).every(60),
} }

tags! { FanTags(kilowatts: f64) {
    state = state(),
    speed = num("Speed", "%", 1).bar(0.0, 110.0).normal(80.0, 94.0).high(98.0).noise(0.05),
    pressure_rise = num("Pressure rise", "Pa", 0).bar(0.0, 1_400.0).noise(1.0),
    power = num("Motor power", "kW", 2).bar(0.0, kilowatts * 2.0).noise(0.01),
    current = num("Motor current", "A", 1).bar(0.0, kilowatts * 4.0).noise(0.03),
    vibration = num("Vibration", "mm/s", 2).bar(0.0, 10.0).normal(0.4, 2.8).high(4.5).high_high(7.1).noise(0.03),
    bearing_temperature = num("Bearing temperature", "°C", 1).bar(0.0, 120.0).normal(30.0, 60.0).high(80.0).noise(0.06).every(10),
    running_hours = count("Running hours", "h", 1).every(60),
} }

tags! { CoilTags(kilowatts: f64) {
    valve_command = count("Valve command", "%", 1).bar(0.0, 100.0).normal(4.0, 60.0),
    valve_position = num("Valve position", "%", 1).bar(0.0, 100.0).normal(3.0, 62.0).noise(0.1),
    valve_deviation = count("Valve deviation", "%", 1).bar(0.0, 100.0).normal(0.0, 4.0).high(10.0),
    duty = num("Duty", "kW", 1).bar(0.0, kilowatts * 3.0).noise(0.1),
    water_flow = num("Water flow", "m³/h", 2).bar(0.0, kilowatts * 0.5).noise(0.01),
    water_supply_temperature = num("Water supply temperature", "°C", 1).bar(0.0, 25.0).normal(6.2, 8.0).high(10.0).noise(0.03),
    water_return_temperature = num("Water return temperature", "°C", 1).bar(0.0, 25.0).normal(8.0, 17.0).noise(0.03),
} }

/// What the air handler meets outside, and the water it gets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weather {
    pub celsius: f64,
    /// Water in the air, g/kg.
    pub grams: f64,
    pub water_celsius: f64,
}

/// What it delivers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Supply {
    /// m³/h, and its share of design.
    pub flow: f64,
    pub share: f64,
    pub duty_kw: f64,
    pub power_kw: f64,
    pub supply_celsius: f64,
    pub hall_celsius: f64,
}

/// Share of outdoor air.
const OUTDOOR: f64 = 0.3;

/// Ducts and coil at design flow, and the fan's own fall and shut-off pressure, Pa.
const DUCTS: f64 = 420.0;
const FAN_FALL: f64 = 350.0;
const FAN_SHUTOFF: f64 = 1_150.0;

const SETPOINT: f64 = 16.0;

/// Effectiveness of the coil with its valve open, and how much the characteristic bends.
const COIL: (f64, f64) = (0.78, 2.6);

#[derive(Clone, Debug)]
pub(crate) struct AirHandler {
    tags: AhuTags,
    filter: FilterTags,
    fan: FanTags,
    coil: CoilTags,
    design: f64,
    clean_drop: f64,
    phase: f64,
    share: Lag,
    command: Lag,
    position: Lag,
    supply: Lag,
    hall: Lag,
    grams: Lag,
    bearing: Lag,
    hours: f64,
}

impl AirHandler {
    /// `design` in m³/h; `clean_drop` is the filter's drop on a usual day, Pa.
    pub(crate) fn new(builder: &mut Builder, hvac: &str, number: u32, design: f64, clean_drop: f64) -> Self {
        let path = format!("{hvac}/ahu-0{number}");
        builder.asset(&path, &format!("AHU-0{number}"));
        let tags = AhuTags::declare(builder, design / 1_000.0);
        builder.asset(&format!("{path}/filter-f7"), "Filter F7");
        let filter = FilterTags::declare(builder);
        builder.asset(&format!("{path}/supply-fan"), "Supply fan");
        let fan = FanTags::declare(builder, design / 3_600.0);
        builder.asset(&format!("{path}/cooling-coil"), "Cooling coil");
        let coil = CoilTags::declare(builder, design / 650.0);
        let mut rng = builder.dice(&path);
        Self {
            tags,
            filter,
            fan,
            coil,
            design,
            clean_drop,
            phase: rng.angle(),
            share: Lag::new(1.0, 30.0),
            command: Lag::new(0.3, 60.0),
            position: Lag::new(0.3, 15.0),
            supply: Lag::new(SETPOINT, 90.0),
            hall: Lag::new(21.6, 1_800.0),
            grams: Lag::new(8.2, 3_600.0),
            bearing: Lag::new(44.0, 900.0),
            hours: rng.between(900.0, 3_000.0).round(),
        }
    }

    /// `clogging` loads the filter, `stuck` holds the coil's valve nearly shut, 0 to 1.
    pub(crate) fn step(
        &mut self,
        t: f64,
        dt: f64,
        busy: f64,
        weather: Weather,
        clogging: f64,
        stuck: f64,
        board: &mut Board,
    ) -> Supply {
        self.hours += dt / 3_600.0;
        let (flow, power) = self.step_fan(t, dt, clogging, board);
        let hall = self.hall.value;
        let mixed = OUTDOOR * weather.celsius + (1.0 - OUTDOOR) * hall;
        let (position, command) = self.step_valve(dt, mixed, weather.water_celsius, stuck);
        let (most, bend) = COIL;
        let effect = most * (1.0 - (-bend * position).exp()) / (1.0 - (-bend).exp());
        let supply = self
            .supply
            .toward(mixed - effect * (mixed - weather.water_celsius), dt);
        let duty = air_capacity(flow) * (mixed - supply).max(0.0);
        // People, drives and hot bottles warm the hall.
        self.hall
            .toward(supply + 4.4 + 1.2 * busy + 0.2 * wander(t, self.phase), dt);
        let grams = self.grams.toward(weather.grams + 0.25, dt);

        let tags = &self.tags;
        board.word(tags.state, "Running");
        board.num(tags.supply_air_temperature, supply);
        board.num(tags.supply_setpoint, SETPOINT);
        board.num(tags.mixed_air_temperature, mixed);
        board.num(tags.return_air_temperature, hall);
        board.num(tags.return_air_humidity, relative_humidity(grams, hall));
        board.num(tags.outdoor_damper, OUTDOOR * 100.0);
        board.num(
            tags.hall_carbon_dioxide,
            560.0 + 120.0 * busy + 30.0 * wander(t, self.phase + 2.0),
        );
        board.num(tags.power, power);
        let coil = &self.coil;
        board.num(coil.valve_command, 100.0 * command);
        board.num(coil.valve_position, 100.0 * position);
        board.num(coil.valve_deviation, 100.0 * (command - position).abs());
        board.num(coil.duty, duty);
        // Water leaves warmer the longer it stays.
        let rise = (0.75 - 0.35 * position) * (mixed - weather.water_celsius).max(0.5);
        board.num(coil.water_flow, duty / (rise * 4.186) * 3.6);
        board.num(coil.water_supply_temperature, weather.water_celsius);
        board.num(coil.water_return_temperature, weather.water_celsius + rise);
        let share = self.share.value;
        Supply {
            flow,
            share,
            duty_kw: duty,
            power_kw: power,
            supply_celsius: supply,
            hall_celsius: hall,
        }
    }

    /// The fan turns as fast as its flow needs, and no faster than it can: flow and power.
    fn step_fan(&mut self, t: f64, dt: f64, clogging: f64, board: &mut Board) -> (f64, f64) {
        let filter = self.clean_drop * (1.0 + 3.2 * clogging);
        let wanted = 1.0 + 0.004 * wander(t * 3.0, self.phase);
        let most = (FAN_SHUTOFF / (DUCTS + filter + FAN_FALL)).sqrt();
        let share = self.share.toward(wanted.min(most), dt);
        let flow = share * self.design;
        let drop = filter * share * share;
        let rise = DUCTS * share * share + drop;
        let speed = ((rise + FAN_FALL * share * share) / FAN_SHUTOFF).sqrt();
        let power = flow / 3_600.0 * rise / 0.62 / 1_000.0;
        let bearing = self.bearing.toward(24.0 + 20.0 * speed + 4.0 * speed.powi(3), dt);

        board.num(self.tags.supply_air_flow, flow / 1_000.0);
        board.num(self.tags.exhaust_air_flow, 0.85 * self.design / 1_000.0);
        board.num(self.tags.supply_pressure, DUCTS * share * share);
        board.num(self.filter.differential_pressure, drop);
        board.num(self.filter.normalised_pressure_drop, filter);
        board.num(self.filter.hours, self.hours);
        let fan = &self.fan;
        board.word(fan.state, "Running");
        board.num(fan.speed, 100.0 * speed);
        board.num(fan.pressure_rise, rise);
        board.num(fan.power, power);
        board.num(fan.current, power / (3f64.sqrt() * 0.4 * 0.84));
        board.num(
            fan.vibration,
            1.6 * speed * speed + 0.1 * wander(t * 4.0, self.phase + 1.0),
        );
        board.num(fan.bearing_temperature, bearing);
        board.num(fan.running_hours, self.hours * 4.0);
        (flow, power)
    }

    /// Position and command of the coil's valve, 0 to 1.
    fn step_valve(&mut self, dt: f64, mixed: f64, water: f64, stuck: f64) -> (f64, f64) {
        let (most, bend) = COIL;
        // The controller inverts the characteristic, and corrects what it sees at the outlet.
        let needed = (mixed - SETPOINT) / (mixed - water).max(0.5);
        let inner: f64 = 1.0 - needed / most * (1.0 - (-bend).exp());
        let correction = 0.25 * (self.supply.value - SETPOINT);
        let wanted = if inner > 0.01 {
            -inner.ln() / bend + correction
        } else {
            1.0
        };
        let command = self.command.toward(wanted.clamp(0.0, 1.0), dt);
        let grip = smooth(stuck, 0.0, 0.5);
        let position = self.position.toward(command * (1.0 - grip) + 0.03 * grip, dt);
        (position, command)
    }
}
