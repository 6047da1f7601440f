//! Rotterdam's process cooling: chiller, plate exchanger HX-03, and pumps 14 and 15.
//!
//! Pump 14 drives the process water through the exchanger; pump 15 stands by. The exchanger is solved
//! by effectiveness and number of transfer units, counterflow. Fouling takes conductance away and adds
//! resistance, so that the pump throttles back on its curve and its discharge pressure rises.

mod tower;

use crate::board::{Board, Builder};
use crate::calendar::Moment;
use crate::dynamics::{Lag, counterflow, wander, water_capacity, water_density};
use crate::hvac::chiller::{Chiller, ChillerSheet};
use crate::pump::{Pump, PumpDuty, PumpSheet, PumpWear};
use crate::tag::{count, num, state};
use tower::Tower;

tags! { CoolingTags() {
    state = state(),
    duty = num("Duty", "MW", 2).bar(0.0, 2.5).normal(0.6, 1.4).noise(0.002),
    in_spec = count("In spec", "%", 1).bar(90.0, 100.0).normal(97.0, 100.0),
    power = num("Power", "kW", 0).bar(0.0, 800.0).noise(0.6),
    process_supply_temperature = num("Process water supply", "°C", 1).bar(0.0, 25.0).normal(7.8, 10.2).high(11.0).high_high(12.5).noise(0.03),
    process_return_temperature = num("Process water return", "°C", 1).bar(0.0, 25.0).normal(10.5, 17.5).noise(0.03),
    glycol = num("Glycol", "%", 1).bar(0.0, 50.0).normal(24.0, 27.0).low(22.0).noise(0.03).every(60),
    expansion_pressure = num("Expansion vessel pressure", "bar", 2).bar(0.0, 4.0).normal(1.15, 1.45).low(0.8).noise(0.004).every(10),
} }

tags! { ExchangerTags() {
    pressure_drop = num("Pressure drop", "bar", 2).bar(0.0, 2.0).normal(0.55, 0.74).high(0.95).high_high(1.3).noise(0.004),
    approach = num("Approach", "K", 1).bar(0.0, 10.0).normal(1.2, 2.8).high(3.6).high_high(5.0).noise(0.03),
    duty = num("Duty", "kW", 0).bar(0.0, 1_800.0).noise(1.5),
    conductance = num("Conductance", "kW/K", 0).bar(0.0, 800.0).normal(430.0, 470.0).low(370.0).noise(1.5).every(5),
    hot_in = num("Hot side in", "°C", 1).bar(0.0, 30.0).normal(10.5, 17.5).noise(0.03),
    hot_out = num("Hot side out", "°C", 1).bar(0.0, 30.0).normal(7.8, 10.2).noise(0.03),
    cold_in = num("Cold side in", "°C", 1).bar(0.0, 30.0).normal(6.3, 7.4).noise(0.03),
    cold_out = num("Cold side out", "°C", 1).bar(0.0, 30.0).normal(9.0, 15.0).noise(0.03),
    hot_flow = num("Hot side flow", "m³/h", 1).bar(0.0, 240.0).normal(150.0, 170.0).low(145.0).noise(0.2),
    cold_flow = num("Cold side flow", "m³/h", 1).bar(0.0, 300.0).noise(0.2),
} }

/// What is wrong with cooling, 0 to 1 each.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CoolingFaults {
    pub bearing: f64,
    pub fouling: f64,
}

/// Flow on a usual day, m³/h, and what pipes and clean plates take of it, bar.
const FLOW: f64 = 160.0;
const PIPES: f64 = 2.36;
const PLATES: f64 = 0.64;

/// Clean exchanger, kW/K.
const CONDUCTANCE: f64 = 450.0;

#[derive(Clone, Debug)]
pub(crate) struct Cooling {
    tags: CoolingTags,
    exchanger: ExchangerTags,
    chiller: Chiller,
    duty: Pump,
    standby: Pump,
    tower: Tower,
    phase: f64,
    heat: Lag,
    warm: Lag,
    in_spec: Lag,
    pub(crate) power_kw: f64,
    pub(crate) water_celsius: f64,
}

impl Cooling {
    pub(crate) fn new(builder: &mut Builder, path: &str) -> Self {
        builder.asset(path, "Cooling");
        let tags = CoolingTags::declare(builder);
        let chiller = Chiller::new(
            builder,
            &format!("{path}/chiller-ch-01"),
            ChillerSheet { capacity: 1_900.0 },
        );
        let sheet = PumpSheet {
            rated_rpm: 1_470.0,
            shutoff_bar: 5.0,
            best_bar: 3.0,
            best_flow: FLOW,
            efficiency: 0.78,
            motor_kw: 30.0,
            npsh_required: 3.0,
            flow: (150.0, 170.0),
            discharge: (4.05, 4.5),
            flow_low: Some(145.0),
            discharge_low: Some(3.6),
            discharge_high: Some(4.6),
            standby: false,
        };
        let duty = Pump::new(builder, &format!("{path}/pump-14"), "Pump 14", sheet);
        let resting = PumpSheet {
            standby: true,
            ..sheet
        };
        let standby = Pump::new(builder, &format!("{path}/pump-15"), "Pump 15", resting);
        builder.asset(&format!("{path}/exchanger-hx-03"), "Exchanger HX-03");
        let exchanger = ExchangerTags::declare(builder);
        let tower = Tower::new(builder, &format!("{path}/tower-ct-01"));
        Self {
            tags,
            exchanger,
            chiller,
            duty,
            standby,
            tower,
            phase: builder.dice(path).angle(),
            heat: Lag::new(950.0, 600.0),
            warm: Lag::new(14.0, 300.0),
            in_spec: Lag::new(98.8, 28_800.0),
            power_kw: 300.0,
            water_celsius: 6.8,
        }
    }

    /// `busy` is the share of lines that run, `air_kw` what the halls' coils take.
    pub(crate) fn step(
        &mut self,
        now: Moment,
        dt: f64,
        busy: f64,
        air_kw: f64,
        outdoor: f64,
        faults: CoolingFaults,
        board: &mut Board,
    ) {
        let t = now.secs;
        let heat = self
            .heat
            .toward(620.0 + 380.0 * busy + 25.0 * wander(t * 2.0, self.phase), dt);
        let plates = PLATES * (1.0 + 2.6 * faults.fouling);
        let resistance = (PIPES + plates) / FLOW.powi(2) * (1.0 + 0.008 * wander(t * 4.0, self.phase + 1.0));
        let wear = PumpWear {
            bearing: faults.bearing,
            impeller: 0.0,
        };
        let flow = self.duty.flow_against(1.0, 0.0, resistance, wear);
        let drop = plates * (flow / FLOW).powi(2);

        // A kelvin more in the process water is what it takes to pass the heat on.
        let (hot, cold_flow) = (water_capacity(flow.max(5.0)), 168.0);
        let cold = water_capacity(cold_flow);
        let conductance = CONDUCTANCE * (1.0 - 0.62 * faults.fouling);
        let effect = counterflow(conductance, hot, cold);
        let cold_in = self.chiller.supply_celsius;
        let hot_in = self.warm.toward(cold_in + heat / (effect * hot.min(cold)), dt);
        let passed = effect * hot.min(cold) * (hot_in - cold_in);
        let hot_out = hot_in - passed / hot;
        self.chiller.step(t, dt, passed + air_kw, outdoor - 3.0, board);
        self.water_celsius = cold_in;

        let suction = 1.28 + 0.02 * wander(t, self.phase + 2.0);
        let duty = PumpDuty {
            speed: 1.0,
            flow,
            suction_bar: suction,
            npsh_available: (suction + 1.0) * 1e5 / (water_density(hot_in) * 9.81),
            fluid_celsius: hot_in,
            room_celsius: 21.0,
        };
        self.duty.step(t, dt, duty, wear, board);
        let still = PumpDuty {
            speed: 0.0,
            flow: 0.0,
            ..duty
        };
        self.standby.step(t, dt, still, PumpWear::default(), board);
        let rejected = self.chiller.duty_kw + self.chiller.power_kw;
        self.tower.step(t, dt, rejected, outdoor, board);
        let pumps = self.duty.power_kw + self.standby.power_kw;
        self.power_kw = self.chiller.power_kw + pumps + self.tower.power_kw + 16.0;
        self.in_spec.toward(if hot_out < 11.0 { 100.0 } else { 0.0 }, dt);

        let hx = &self.exchanger;
        board.num(hx.pressure_drop, drop);
        board.num(hx.approach, hot_out - cold_in);
        board.num(hx.duty, passed);
        board.num(
            hx.conductance,
            conductance * (1.0 + 0.01 * wander(t * 3.0, self.phase + 3.0)),
        );
        board.num(hx.hot_in, hot_in);
        board.num(hx.hot_out, hot_out);
        board.num(hx.cold_in, cold_in);
        board.num(hx.cold_out, cold_in + passed / cold);
        board.num(hx.hot_flow, flow);
        board.num(hx.cold_flow, cold_flow);
        let tags = &self.tags;
        board.word(tags.state, "Running");
        board.num(tags.duty, self.chiller.duty_kw / 1_000.0);
        board.num(tags.in_spec, self.in_spec.value);
        board.num(tags.power, self.power_kw);
        board.num(tags.process_supply_temperature, hot_out);
        board.num(tags.process_return_temperature, hot_in);
        board.num(tags.glycol, 25.4 + 0.2 * wander(t * 0.2, self.phase + 4.0));
        board.num(tags.expansion_pressure, suction);
    }
}
