//! The permeate tank and the hot loop with its two pumps.
//!
//! The level is the integral of what comes less what goes; the loop's flow is where the pump's curve
//! meets the pipe's (Darcy-Weisbach: resistance × flow²); its return is colder by what the pipe loses.

use crate::board::{Board, Builder};
use crate::dynamics::{Lag, saturation_bar, wander, water_capacity};
use crate::pump::{Pump, PumpDuty, PumpSheet, PumpWear};
use crate::tag::{count, num, state};

tags! { TankTags(volume: f64) {
    level = num("Level", "%", 1).bar(0.0, 100.0).normal(45.0, 90.0).low(30.0).low_low(15.0).high(96.0).noise(0.05),
    volume = num("Volume", "m³", 1).bar(0.0, volume).noise(0.03).every(10),
    inflow = num("Inflow", "m³/h", 1).noise(0.03),
    outflow = num("Outflow", "m³/h", 1).noise(0.03),
    temperature = num("Temperature", "°C", 1).bar(0.0, 40.0).normal(12.0, 22.0).high(28.0).noise(0.03).every(30),
    conductivity = num("Conductivity", "µS/cm", 1).bar(0.0, 30.0).normal(5.0, 15.0).high(20.0).noise(0.03).every(10),
    turnover = count("Turnover time", "h", 1).every(60),
} }

tags! { LoopTags() {
    state = state(),
    return_temperature = num("Return temperature", "°C", 1).bar(60.0, 100.0).normal(79.5, 83.0).low(77.0).noise(0.04),
    velocity = num("Velocity", "m/s", 2).bar(0.0, 2.5).normal(1.3, 1.55).low(1.2).low_low(1.0).noise(0.004),
    supply_temperature = num("Supply temperature", "°C", 1).bar(60.0, 100.0).normal(82.0, 84.5).low(79.0).high(88.0).noise(0.04),
    supply_pressure = num("Supply pressure", "bar", 2).bar(0.0, 8.0).normal(4.6, 5.4).low(4.2).noise(0.01),
    return_pressure = num("Return pressure", "bar", 2).bar(0.0, 4.0).normal(1.2, 1.7).low(0.8).noise(0.006),
    conductivity = num("Conductivity", "µS/cm", 1).bar(0.0, 30.0).normal(5.0, 16.0).high(20.0).noise(0.03).every(5),
    organic_carbon = num("Total organic carbon", "µg/L", 0).bar(0.0, 600.0).normal(60.0, 220.0).high(400.0).noise(1.5).every(60),
    heat_loss = num("Heat loss", "kW", 1).bar(0.0, 60.0).noise(0.1).every(30),
    ultraviolet = num("UV intensity", "%", 1).bar(0.0, 120.0).normal(85.0, 105.0).low(70.0).noise(0.1).every(10),
} }

/// Inner area of the loop's pipe for each m³/h of design, m²: 1.43 m/s at its pump's best point.
const AREA: f64 = 18.0 / 3_600.0 / 1.43;

#[derive(Clone, Debug)]
pub(crate) struct Storage {
    tank: TankTags,
    circuit: LoopTags,
    duty: Pump,
    standby: Pump,
    design: f64,
    phase: f64,
    volume: f64,
    level: f64,
    conductivity: Lag,
    supply: Lag,
    returned: Lag,
}

impl Storage {
    pub(crate) fn new(builder: &mut Builder, path: &str, design: f64) -> Self {
        let volume = design * 2.2;
        builder.asset(&format!("{path}/storage-tank-tk-01"), "Storage tank TK-01");
        let tank = TankTags::declare(builder, volume);
        let path = format!("{path}/loop-lp-01");
        builder.asset(&path, "Loop LP-01");
        let circuit = LoopTags::declare(builder);
        let sheet = PumpSheet {
            rated_rpm: 2_920.0,
            shutoff_bar: 4.6,
            best_bar: 3.6,
            best_flow: 18.0,
            efficiency: 0.66,
            motor_kw: 4.0,
            npsh_required: 2.4,
            flow: (16.5, 19.5),
            discharge: (4.6, 5.4),
            flow_low: Some(15.0),
            discharge_low: Some(4.2),
            discharge_high: Some(6.2),
            standby: false,
        };
        let duty = Pump::new(builder, &format!("{path}/pump-p-111"), "Loop pump P-111", sheet);
        let resting = PumpSheet {
            standby: true,
            ..sheet
        };
        let standby = Pump::new(builder, &format!("{path}/pump-p-112"), "Loop pump P-112", resting);
        Self {
            tank,
            circuit,
            duty,
            standby,
            design,
            phase: builder.dice(&path).angle(),
            volume,
            level: 0.7,
            conductivity: Lag::new(9.0, 5_400.0),
            supply: Lag::new(83.2, 240.0),
            returned: Lag::new(81.2, 300.0),
        }
    }

    /// The permeate flow the level asks for, m³/h: proportional, as such tanks are usually run.
    pub(crate) fn wanted_permeate(&self) -> f64 {
        self.design * (0.92 + 1.8 * (0.7 - self.level)).clamp(0.55, 1.08)
    }

    pub(crate) fn step(
        &mut self,
        t: f64,
        dt: f64,
        permeate: f64,
        drawn: f64,
        impeller: f64,
        board: &mut Board,
    ) {
        self.level = (self.level + (permeate - drawn) * dt / 3_600.0 / self.volume).clamp(0.0, 1.0);
        self.step_loop(t, dt, impeller, board);
        let conductivity = self.conductivity.toward(9.6 + 0.6 * wander(t, self.phase), dt);
        let tank = &self.tank;
        board.num(tank.level, 100.0 * self.level);
        board.num(tank.volume, self.volume * self.level);
        board.num(tank.inflow, permeate);
        board.num(tank.outflow, drawn);
        board.num(tank.temperature, 16.5 + 0.8 * wander(t, self.phase + 1.0));
        board.num(tank.conductivity, conductivity);
        board.num(tank.turnover, self.volume * self.level / drawn.max(0.1));
        board.num(self.circuit.conductivity, conductivity + 0.4);
    }

    fn step_loop(&mut self, t: f64, dt: f64, impeller: f64, board: &mut Board) {
        let wear = PumpWear {
            impeller,
            bearing: 0.0,
        };
        // Taps open and close along the loop.
        let resistance = 3.6 / 18.0f64.powi(2) * (1.0 + 0.02 * wander(t * 5.0, self.phase));
        let flow = self.duty.flow_against(1.0, 0.0, resistance, wear);
        let supply = self.supply.toward(83.2 + 0.4 * wander(t, self.phase + 2.0), dt);
        let loss = 0.69 * (supply - 22.0);
        let returned = self
            .returned
            .toward(supply - loss / water_capacity(flow.max(1.0)), dt);
        let suction = 1.45 + 0.03 * wander(t, self.phase + 3.0);
        let duty = PumpDuty {
            speed: 1.0,
            flow,
            suction_bar: suction,
            npsh_available: (suction + 1.013 - saturation_bar(returned)) * 10.5,
            fluid_celsius: returned,
            room_celsius: 24.0,
        };
        let discharge = self.duty.step(t, dt, duty, wear, board);
        let still = PumpDuty {
            speed: 0.0,
            flow: 0.0,
            ..duty
        };
        self.standby.step(t, dt, still, PumpWear::default(), board);
        let circuit = &self.circuit;
        board.word(circuit.state, "Running");
        board.num(circuit.supply_temperature, supply);
        board.num(circuit.return_temperature, returned);
        board.num(circuit.velocity, flow / 3_600.0 / AREA);
        board.num(circuit.supply_pressure, discharge);
        board.num(circuit.return_pressure, suction);
        board.num(circuit.organic_carbon, 130.0 + 30.0 * wander(t, self.phase + 4.0));
        board.num(circuit.heat_loss, loss);
        board.num(circuit.ultraviolet, 96.0 + 2.0 * wander(t, self.phase + 5.0));
    }

    pub(crate) fn power_kw(&self) -> f64 {
        self.duty.power_kw + self.standby.power_kw
    }
}
