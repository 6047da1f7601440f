//! A centrifugal pump: curve and affinity laws, NPSH, efficiency, motor, vibration, bearing heat.
//!
//! Head and efficiency curves as parabolas through shut-off and best point, affinity laws and NPSH as
//! in Karassik, *Pump Handbook*, chapter 2; vibration zones as ISO 20816-3 (4.5 and 7.1 mm/s RMS).

use crate::board::{Board, Builder};
use crate::dynamics::{Lag, smooth, wander};
use crate::tag::{count, num, state};

/// What the maker's sheet says, and what the plant expects of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PumpSheet {
    pub rated_rpm: f64,
    /// Head at no flow and at the best point, in bar of cold water, at rated speed.
    pub shutoff_bar: f64,
    pub best_bar: f64,
    /// Flow at the best point, m³/h.
    pub best_flow: f64,
    /// Efficiency at the best point, and of the motor.
    pub efficiency: f64,
    pub motor_kw: f64,
    /// NPSH required at the best point, m.
    pub npsh_required: f64,
    /// Flow and discharge pressure on a usual day, for normal ranges.
    pub flow: (f64, f64),
    pub discharge: (f64, f64),
    /// Limits of flow and discharge pressure, low and high; a pump that may stand still has none.
    pub flow_low: Option<f64>,
    pub discharge_low: Option<f64>,
    pub discharge_high: Option<f64>,
    /// Stands by, so that standing still is usual.
    pub standby: bool,
}

/// What is wrong with a pump, 0 to 1 each.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PumpWear {
    pub bearing: f64,
    pub impeller: f64,
}

/// What is asked of a pump.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PumpDuty {
    /// Share of rated speed; 0 stands still.
    pub speed: f64,
    /// m³/h.
    pub flow: f64,
    pub suction_bar: f64,
    /// m.
    pub npsh_available: f64,
    pub fluid_celsius: f64,
    pub room_celsius: f64,
}

tags! { PumpTags(sheet: &PumpSheet) {
    state = state(),
    discharge_pressure = {
        let mut decl = num("Discharge pressure", "bar", 2).bar(0.0, sheet.discharge.1 * 1.4)
            .normal(sheet.discharge.0, sheet.discharge.1);
        decl.limits.low = sheet.discharge_low;
        decl.limits.high = sheet.discharge_high;
        decl.noise = 0.01;
        decl.unlimited(sheet.standby)
    },
    vibration_de = num("Vibration, drive end", "mm/s", 2).bar(0.0, 10.0).normal(0.0, 2.8)
        .high(4.5).high_high(7.1).noise(0.05),
    speed = num("Speed", "rpm", 0).bar(0.0, sheet.rated_rpm * 1.1).noise(1.0),
    flow = {
        let mut decl = num("Flow", "m³/h", 1).bar(0.0, sheet.best_flow * 1.5)
            .normal(sheet.flow.0, sheet.flow.1);
        decl.limits.low = sheet.flow_low;
        decl.noise = sheet.best_flow * 0.002;
        decl.unlimited(sheet.standby)
    },
    suction_pressure = num("Suction pressure", "bar", 2).bar(0.0, 6.0).noise(0.006),
    head = num("Differential head", "m", 1).bar(0.0, sheet.shutoff_bar * 12.0).noise(0.05).every(5),
    power = num("Motor power", "kW", 2).bar(0.0, sheet.motor_kw * 1.2).noise(0.02),
    current = num("Motor current", "A", 1).bar(0.0, sheet.motor_kw * 2.2).noise(0.05),
    efficiency = num("Hydraulic efficiency", "%", 1).bar(0.0, 100.0).noise(0.15).every(5),
    vibration_nde = num("Vibration, free end", "mm/s", 2).bar(0.0, 10.0).normal(0.0, 2.8)
        .high(4.5).high_high(7.1).noise(0.05),
    bearing_envelope = num("Bearing envelope", "gE", 2).bar(0.0, 6.0).normal(0.0, 1.0)
        .high(2.0).high_high(4.0).noise(0.02).every(10),
    bearing_temperature_de = num("Bearing temperature, drive end", "°C", 1).bar(0.0, 120.0)
        .normal(10.0, 70.0).high(85.0).high_high(95.0).noise(0.1).every(5),
    bearing_temperature_nde = num("Bearing temperature, free end", "°C", 1).bar(0.0, 120.0)
        .normal(10.0, 70.0).high(85.0).high_high(95.0).noise(0.1).every(5),
    winding_temperature = num("Winding temperature", "°C", 1).bar(0.0, 160.0).normal(10.0, 105.0)
        .high(130.0).noise(0.1).every(10),
    npsh_margin = num("NPSH margin", "m", 1).bar(-4.0, 20.0).normal(1.5, 20.0).low(0.8).noise(0.03).every(5)
        .unlimited(sheet.standby),
    running_hours = count("Running hours", "h", 1).every(60),
    starts = count("Starts", "", 0).every(60),
} }

/// A pump with its motor.
#[derive(Clone, Debug)]
pub(crate) struct Pump {
    sheet: PumpSheet,
    tags: PumpTags,
    phase: f64,
    speed: Lag,
    bearing_de: Lag,
    bearing_nde: Lag,
    winding: Lag,
    cavitation: f64,
    hours: f64,
    starts: f64,
    /// Drawn from the mains, kW.
    pub(crate) power_kw: f64,
}

impl Pump {
    pub(crate) fn new(builder: &mut Builder, path: &str, name: &str, sheet: PumpSheet) -> Self {
        builder.asset(path, name);
        let tags = PumpTags::declare(builder, &sheet);
        let mut rng = builder.dice(path);
        Self {
            sheet,
            tags,
            phase: rng.angle(),
            speed: Lag::new(0.0, 4.0),
            bearing_de: Lag::new(40.0, 420.0),
            bearing_nde: Lag::new(38.0, 420.0),
            winding: Lag::new(50.0, 900.0),
            cavitation: 0.0,
            hours: rng.between(4_000.0, 26_000.0).round(),
            starts: rng.between(40.0, 400.0).round(),
            power_kw: 0.0,
        }
    }

    /// How much of the head is left, by wear and vapour.
    fn condition(&self, wear: PumpWear) -> f64 {
        (1.0 - 0.38 * wear.impeller) * (1.0 - 0.35 * self.cavitation)
    }

    /// The parabola's fall, bar/(m³/h)².
    fn fall(&self) -> f64 {
        (self.sheet.shutoff_bar - self.sheet.best_bar) / self.sheet.best_flow.powi(2)
    }

    /// Head in bar at a share of rated speed and a flow: affinity laws on the parabola.
    pub(crate) fn head(&self, speed: f64, flow: f64, wear: PumpWear) -> f64 {
        (self.condition(wear) * self.sheet.shutoff_bar * speed * speed - self.fall() * flow * flow).max(0.0)
    }

    /// The share of rated speed that gives `head` bar at `flow`.
    pub(crate) fn speed_for(&self, head: f64, flow: f64, wear: PumpWear) -> f64 {
        ((head + self.fall() * flow * flow) / (self.condition(wear) * self.sheet.shutoff_bar))
            .max(0.0)
            .sqrt()
    }

    /// Where the pump's curve meets the system's: `fixed + resistance × flow²`, in bar and m³/h.
    pub(crate) fn flow_against(&self, speed: f64, fixed: f64, resistance: f64, wear: PumpWear) -> f64 {
        let spare = self.condition(wear) * self.sheet.shutoff_bar * speed * speed - fixed;
        (spare.max(0.0) / (self.fall() + resistance)).sqrt()
    }

    /// Lets it run for `dt` seconds at plant time `t` and writes its tags; gives the discharge pressure.
    pub(crate) fn step(&mut self, t: f64, dt: f64, duty: PumpDuty, wear: PumpWear, board: &mut Board) -> f64 {
        let was_running = self.speed.value > 0.05;
        let speed = self.speed.toward(duty.speed, dt);
        let running = speed > 0.05;
        if running && !was_running {
            self.starts += 1.0;
        }
        if running {
            self.hours += dt / 3_600.0;
        }
        let flow = if running { duty.flow } else { 0.0 };
        let load = flow / (self.sheet.best_flow * speed.max(0.05));
        let npsh_required = self.sheet.npsh_required * speed * speed * (0.6 + 0.4 * load * load);
        let margin = duty.npsh_available - npsh_required;
        // Vapour forms below a margin of half a metre and chokes the impeller two metres further down.
        self.cavitation = if running { smooth(-margin, -0.5, 2.0) } else { 0.0 };

        let head = if running {
            self.head(speed, flow, wear)
        } else {
            0.0
        };
        let efficiency = if running {
            self.sheet.efficiency
                * (1.0 - 0.8 * (load - 1.0).powi(2)).max(0.2)
                * (1.0 - 0.25 * wear.impeller)
                * (1.0 - 0.3 * self.cavitation)
        } else {
            0.0
        };
        // m³/h × bar / 36 = kW; windage and the motor's own losses stand at no flow too.
        let shaft = if running {
            flow * head / 36.0 / efficiency.max(0.1) + 0.04 * self.sheet.motor_kw * speed.powi(3)
        } else {
            0.0
        };
        self.power_kw = shaft / 0.93;
        self.write_motor(dt, duty, wear, board);
        self.write_vibration(t, speed, load, running, wear, board);
        let discharge = duty.suction_bar + head;
        let tags = &self.tags;
        board.word(tags.state, if running { "Running" } else { "Stopped" });
        board.num(tags.speed, speed * self.sheet.rated_rpm);
        board.num(tags.flow, flow);
        board.num(tags.suction_pressure, duty.suction_bar);
        // Vapour bubbles make the discharge flutter.
        board.num(
            tags.discharge_pressure,
            discharge + 0.08 * self.cavitation * wander(t * 97.0, self.phase),
        );
        board.num(tags.head, head * 10.2);
        board.num(tags.efficiency, efficiency * 100.0);
        board.num(tags.npsh_margin, margin.min(19.5));
        let told = board.total(tags.running_hours, self.hours);
        board.num(tags.running_hours, told);
        board.num(tags.starts, self.starts);
        discharge
    }

    /// Power, current and heat: losses warm winding and bearings with their own inertia.
    fn write_motor(&mut self, dt: f64, duty: PumpDuty, wear: PumpWear, board: &mut Board) {
        let share = self.power_kw / self.sheet.motor_kw;
        let speed = self.speed.value;
        let rise =
            22.0 * speed + 8.0 * share + 0.12 * (duty.fluid_celsius - duty.room_celsius).max(0.0) * speed;
        let de = self.bearing_de.toward(
            duty.room_celsius + rise + 48.0 * wear.bearing.powf(1.5) * speed,
            dt,
        );
        let nde = self
            .bearing_nde
            .toward(duty.room_celsius + 0.9 * rise + 9.0 * wear.bearing * speed, dt);
        let winding = self
            .winding
            .toward(duty.room_celsius + 55.0 * share * share + 8.0 * speed, dt);
        let tags = &self.tags;
        board.num(tags.power, self.power_kw);
        // 400 V three-phase at power factor 0.86; the magnetising current stands at no load.
        let ampere = self.power_kw / (3f64.sqrt() * 0.4 * 0.86);
        board.num(
            tags.current,
            if speed > 0.05 {
                ampere.max(0.25 * self.sheet.motor_kw)
            } else {
                0.0
            },
        );
        board.num(tags.bearing_temperature_de, de);
        board.num(tags.bearing_temperature_nde, nde);
        board.num(tags.winding_temperature, winding);
    }

    /// Velocity grows late and steeply with bearing damage, the envelope early: the usual P-F curve.
    fn write_vibration(
        &self,
        t: f64,
        speed: f64,
        load: f64,
        running: bool,
        wear: PumpWear,
        board: &mut Board,
    ) {
        let tags = &self.tags;
        if !running {
            board.num(tags.vibration_de, 0.1);
            board.num(tags.vibration_nde, 0.1);
            board.num(tags.bearing_envelope, 0.05);
            return;
        }
        let late = ((3.0 * wear.bearing).exp() - 1.0) / (3f64.exp() - 1.0);
        let early = 1.0 - (-2.2 * wear.bearing).exp();
        let hydraulic = 0.5 + 0.5 * (load - 1.0).powi(2);
        let common = (0.7 + hydraulic) * speed * speed + 1.4 * wear.impeller + 5.0 * self.cavitation;
        let sway = 0.06 * wander(t * 3.0, self.phase);
        board.num(tags.vibration_de, common + 0.2 + sway + 8.0 * late);
        board.num(tags.vibration_nde, 0.85 * common + 0.2 - sway + 3.0 * late);
        board.num(
            tags.bearing_envelope,
            0.45 * speed + 0.4 * self.cavitation + 4.6 * early,
        );
    }
}
