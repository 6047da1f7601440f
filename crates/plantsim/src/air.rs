//! Compressed air: a duty screw compressor with variable speed, one that stands by, and a dryer.
//!
//! Power is specific power × flow (6.2 kW for each m³/min at 7 bar is a usual screw, CAGI data sheets),
//! 7 % more for each bar more. The dew point of a refrigerant dryer rises with its load. Leaks take what
//! is drawn when nothing runs.

use crate::board::{Board, Builder};
use crate::calendar::Moment;
use crate::dynamics::{Lag, wander};
use crate::tag::{count, num, state};

tags! { AirTags(flow: f64) {
    state = state(),
    pressure = num("Pressure", "bar", 2).bar(0.0, 10.0).normal(6.85, 7.35).low(6.4).low_low(6.0).high(7.8).noise(0.008),
    flow = num("Flow", "m³/min", 1).bar(0.0, flow * 1.5).noise(0.03),
    leakage = num("Leakage", "%", 1).bar(0.0, 30.0).normal(6.5, 10.5).high(15.0).noise(0.03),
    power = num("Power", "kW", 1).bar(0.0, flow * 10.0).noise(0.1),
    specific_power = num("Specific power", "kW/(m³/min)", 2).bar(0.0, 10.0).normal(5.8, 7.4).high(8.0).noise(0.01).every(10),
    in_spec = count("In spec", "%", 1).bar(90.0, 100.0).normal(97.0, 100.0),
    dew_point = num("Pressure dew point", "°C", 1).bar(-10.0, 20.0).normal(2.0, 5.0).high(7.0).noise(0.03).every(5),
    oil_content = num("Residual oil", "mg/m³", 3).bar(0.0, 0.1).normal(0.002, 0.012).high(0.03).noise(0.0002).every(60),
    volume_today = count("Volume today", "m³", 0).every(60),
} }

tags! { CompressorTags(kilowatts: f64) {
    state = state(),
    load = num("Load", "%", 1).bar(0.0, 110.0).noise(0.1),
    speed = num("Speed", "rpm", 0).bar(0.0, 4_500.0).noise(2.0),
    power = num("Power", "kW", 1).bar(0.0, kilowatts * 1.3).noise(0.05),
    current = num("Motor current", "A", 1).bar(0.0, kilowatts * 2.4).noise(0.1),
    discharge_temperature = num("Discharge temperature", "°C", 1).bar(0.0, 130.0).normal(15.0, 92.0).high(105.0).high_high(112.0).noise(0.08),
    oil_temperature = num("Oil temperature", "°C", 1).bar(0.0, 120.0).normal(15.0, 78.0).high(95.0).noise(0.06).every(5),
    oil_separator_drop = num("Oil separator pressure drop", "bar", 2).bar(0.0, 2.0).normal(0.0, 0.5).high(0.8).noise(0.004).every(10),
    intake_filter_drop = num("Intake filter pressure drop", "mbar", 0).bar(0.0, 100.0).normal(0.0, 42.0).high(60.0).noise(0.2).every(10),
    vibration = num("Vibration", "mm/s", 2).bar(0.0, 12.0).normal(0.0, 4.2).high(7.1).noise(0.04),
    running_hours = count("Running hours", "h", 1).every(60),
} }

tags! { DryerTags() {
    state = state(),
    inlet_temperature = num("Inlet temperature", "°C", 1).bar(0.0, 60.0).normal(22.0, 40.0).high(45.0).noise(0.04).every(5),
    outlet_temperature = num("Outlet temperature", "°C", 1).bar(0.0, 60.0).normal(18.0, 32.0).noise(0.04).every(5),
    pressure_drop = num("Pressure drop", "bar", 2).bar(0.0, 1.0).normal(0.05, 0.3).high(0.45).noise(0.003).every(5),
    power = num("Power", "kW", 2).bar(0.0, 10.0).noise(0.01).every(10),
    condensate_drains = count("Condensate drains", "", 0).every(60),
} }

#[derive(Clone, Debug)]
struct Compressor {
    tags: CompressorTags,
    phase: f64,
    discharge: Lag,
    oil: Lag,
    hours: f64,
}

impl Compressor {
    fn new(builder: &mut Builder, air: &str, number: u32, kilowatts: f64) -> Self {
        let path = format!("{air}/compressor-c-0{number}");
        builder.asset(&path, &format!("Compressor C-0{number}"));
        let tags = CompressorTags::declare(builder, kilowatts);
        let mut rng = builder.dice(&path);
        Self {
            tags,
            phase: rng.angle(),
            discharge: Lag::new(50.0, 300.0),
            oil: Lag::new(45.0, 500.0),
            hours: rng.between(5_000.0, 30_000.0).round(),
        }
    }

    /// `load` 0 stands still.
    fn step(&mut self, t: f64, dt: f64, load: f64, power: f64, board: &mut Board) {
        let on = load > 0.0;
        self.hours += if on { dt / 3_600.0 } else { 0.0 };
        let room = 25.0;
        let discharge = self.discharge.toward(
            if on {
                66.0 + 16.0 * load + 1.0 * wander(t, self.phase)
            } else {
                room
            },
            dt,
        );
        let oil = self.oil.toward(if on { 54.0 + 14.0 * load } else { room }, dt);
        let tags = &self.tags;
        board.word(tags.state, if on { "Running" } else { "Stopped" });
        board.num(tags.load, 100.0 * load);
        board.num(tags.speed, 3_900.0 * load);
        board.num(tags.power, power);
        board.num(tags.current, power / (3f64.sqrt() * 0.4 * 0.88));
        board.num(tags.discharge_temperature, discharge);
        board.num(tags.oil_temperature, oil);
        board.num(tags.oil_separator_drop, 0.34 * load * load);
        board.num(tags.intake_filter_drop, 34.0 * load * load);
        let hum = if on {
            1.4 + 1.8 * load + 0.15 * wander(t * 5.0, self.phase + 1.0)
        } else {
            0.1
        };
        board.num(tags.vibration, hum);
        let told = board.total(tags.running_hours, self.hours);
        board.num(tags.running_hours, told);
    }
}

/// The compressed air of a site.
#[derive(Clone, Debug)]
pub(crate) struct Air {
    tags: AirTags,
    dryer: DryerTags,
    duty: Compressor,
    standby: Compressor,
    /// Flow with all lines running, m³/min.
    design: f64,
    phase: f64,
    flow: Lag,
    in_spec: Lag,
    drains: f64,
    today: f64,
    day: i64,
    pub(crate) power_kw: f64,
}

impl Air {
    pub(crate) fn new(builder: &mut Builder, path: &str, design: f64) -> Self {
        builder.asset(path, "Compressed air");
        let tags = AirTags::declare(builder, design);
        let duty = Compressor::new(builder, path, 1, design * 8.2);
        let standby = Compressor::new(builder, path, 2, design * 8.2);
        builder.asset(&format!("{path}/dryer-d-01"), "Dryer D-01");
        let dryer = DryerTags::declare(builder);
        let mut rng = builder.dice(path);
        Self {
            tags,
            dryer,
            duty,
            standby,
            design,
            phase: rng.angle(),
            flow: Lag::new(design * 0.8, 45.0),
            in_spec: Lag::new(99.5, 28_800.0),
            drains: rng.between(1e4, 9e4).round(),
            today: 0.0,
            day: 0,
            power_kw: design * 6.0,
        }
    }

    pub(crate) fn step(&mut self, now: Moment, dt: f64, busy: f64, board: &mut Board) {
        let t = now.secs;
        // 8 % of the design flow leaks day and night.
        let leak = self.design * (0.082 + 0.003 * wander(t * 0.1, self.phase));
        let wanted = leak + self.design * (0.24 + 0.56 * busy + 0.03 * wander(t * 6.0, self.phase + 1.0));
        let flow = self.flow.toward(wanted, dt);
        let share = flow / self.design;
        // Proportional control: the header gives a little as more is drawn.
        let pressure = 7.28 - 0.24 * share + 0.05 * wander(t * 9.0, self.phase + 2.0);
        let specific = 6.2 * (1.0 + 0.07 * (pressure - 7.0)) * (1.0 + 0.25 * (share - 0.85).powi(2));
        let compressing = specific * flow;
        self.duty.step(t, dt, share * 0.93, compressing, board);
        self.standby.step(t, dt, 0.0, 0.0, board);
        self.power_kw = compressing + 2.6;
        self.in_spec.toward(if pressure > 6.4 { 100.0 } else { 0.0 }, dt);
        self.drains += dt / 240.0 * share;
        if self.day != now.day {
            (self.day, self.today) = (now.day, 0.0);
        }
        self.today += flow * dt / 60.0;

        let tags = &self.tags;
        board.word(tags.state, "Running");
        board.num(tags.pressure, pressure);
        board.num(tags.flow, flow);
        board.num(tags.leakage, 100.0 * leak / self.design);
        board.num(tags.power, self.power_kw);
        board.num(tags.specific_power, self.power_kw / flow.max(0.1));
        board.num(tags.in_spec, self.in_spec.value);
        board.num(
            tags.dew_point,
            2.8 + 0.9 * share + 0.3 * wander(t, self.phase + 3.0),
        );
        board.num(
            tags.oil_content,
            0.006 + 0.002 * wander(t * 0.3, self.phase + 4.0),
        );
        board.num(tags.volume_today, self.today);
        let dryer = &self.dryer;
        let inlet = 29.0 + 4.0 * share + 1.0 * now.daylight();
        board.word(dryer.state, "Running");
        board.num(dryer.inlet_temperature, inlet);
        board.num(dryer.outlet_temperature, inlet - 8.0);
        board.num(dryer.pressure_drop, 0.08 + 0.11 * share * share);
        board.num(dryer.power, 1.6 + 0.9 * share);
        board.num(dryer.condensate_drains, self.drains.floor());
    }
}
