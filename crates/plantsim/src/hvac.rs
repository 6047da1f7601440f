//! Ventilation of a site's halls: air handlers, the cascade of room pressures, and in Lyon the chiller.

pub(crate) mod chiller;

mod ahu;
mod rooms;

use ahu::{AirHandler, Weather};
use chiller::{Chiller, ChillerSheet};
use rooms::Rooms;

use crate::board::{Board, Builder, Route};
use crate::calendar::Moment;
use crate::dynamics::{Lag, wander};
use crate::fault::{FaultKind, Faults};
use crate::tag::{count, num, state};

/// The weather of a mild climate, so that a demo shows the same on any date.
pub(crate) fn outdoor(now: Moment, phase: f64) -> (f64, f64) {
    let celsius = 16.0 + 4.2 * now.daylight() + 1.2 * wander(now.secs * 0.1, phase);
    let grams = 8.0 + 0.5 * wander(now.secs * 0.07, phase + 1.0);
    (celsius, grams)
}

tags! { HvacTags(flow: f64) {
    state = state(),
    supply_air = num("Supply air", "k m³/h", 1).bar(0.0, flow * 1.4).normal(flow * 0.96, flow * 1.04).noise(0.03),
    in_spec = count("In spec", "%", 1).bar(90.0, 100.0).normal(97.0, 100.0),
    power = num("Power", "kW", 1).bar(0.0, flow * 6.0).noise(0.1),
    outdoor_temperature = num("Outdoor temperature", "°C", 1).bar(-20.0, 40.0).noise(0.03).every(60),
    cooling_duty = num("Cooling duty", "kW", 0).bar(0.0, flow * 8.0).noise(0.6),
} }

/// What is wrong with ventilation.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct HvacFaults {
    /// AHU-02's filter, AHU-01's coil valve.
    pub filter: f64,
    pub valve: f64,
}

impl HvacFaults {
    pub(crate) fn of(faults: &Faults) -> Self {
        Self {
            filter: faults.level(FaultKind::FilterClogging),
            valve: faults.level(FaultKind::StuckValve),
        }
    }
}

/// The ventilation of a site.
#[derive(Clone, Debug)]
pub(crate) struct Hvac {
    tags: HvacTags,
    phase: f64,
    first: AirHandler,
    second: AirHandler,
    rooms: Rooms,
    chiller: Option<Chiller>,
    in_spec: Lag,
    /// Drawn from the mains, and heat taken from the air, kW.
    pub(crate) power_kw: f64,
    pub(crate) duty_kw: f64,
    /// Temperature of the filling hall.
    pub(crate) hall_celsius: f64,
}

impl Hvac {
    /// `flows` are the two air handlers' in m³/h; with a chiller of its own, or chilled water from
    /// elsewhere; `rooms` is the way the room pressures leave.
    pub(crate) fn new(
        builder: &mut Builder,
        path: &str,
        flows: [f64; 2],
        chiller: Option<ChillerSheet>,
        route: &Route,
        rooms: &Route,
    ) -> Self {
        builder.route(route.clone());
        builder.asset(path, "HVAC");
        let tags = HvacTags::declare(builder, (flows[0] + flows[1]) / 1_000.0);
        let first = AirHandler::new(builder, path, 1, flows[0], 118.0);
        let second = AirHandler::new(builder, path, 2, flows[1], 138.0);
        let chiller = chiller.map(|sheet| Chiller::new(builder, &format!("{path}/chiller-ch-01"), sheet));
        builder.route(rooms.clone());
        let rooms = Rooms::new(builder, &format!("{path}/pressure-cascade"));
        Self {
            tags,
            phase: builder.dice(path).angle(),
            first,
            second,
            rooms,
            chiller,
            in_spec: Lag::new(99.2, 28_800.0),
            power_kw: 60.0,
            duty_kw: 100.0,
            hall_celsius: 21.5,
        }
    }

    /// `water_celsius` is the chilled water of a site whose chiller stands elsewhere.
    pub(crate) fn step(
        &mut self,
        now: Moment,
        dt: f64,
        busy: f64,
        water_celsius: f64,
        faults: HvacFaults,
        board: &mut Board,
    ) {
        let (celsius, grams) = outdoor(now, self.phase);
        let water = self
            .chiller
            .as_ref()
            .map_or(water_celsius, |chiller| chiller.supply_celsius);
        let weather = Weather {
            celsius,
            grams,
            water_celsius: water,
        };
        let first = self
            .first
            .step(now.secs, dt, busy, weather, 0.0, faults.valve, board);
        let second = self
            .second
            .step(now.secs, dt, busy, weather, faults.filter, 0.0, board);
        self.duty_kw = first.duty_kw + second.duty_kw;
        self.power_kw = first.power_kw + second.power_kw;
        self.hall_celsius = second.hall_celsius;
        if let Some(chiller) = &mut self.chiller {
            // The packing hall's process coolers hang on the same water.
            chiller.step(now.secs, dt, self.duty_kw + 90.0 + 110.0 * busy, celsius, board);
            self.power_kw += chiller.power_kw;
        }
        let in_spec = self.rooms.step(now.secs, dt, [first.share, second.share], board);
        let good = in_spec && first.supply_celsius < 18.5 && second.supply_celsius < 18.5;
        self.in_spec.toward(if good { 100.0 } else { 0.0 }, dt);

        let tags = &self.tags;
        board.word(tags.state, "Running");
        board.num(tags.supply_air, (first.flow + second.flow) / 1_000.0);
        board.num(tags.in_spec, self.in_spec.value);
        board.num(tags.power, self.power_kw);
        board.num(tags.outdoor_temperature, celsius);
        board.num(tags.cooling_duty, self.duty_kw);
    }
}
