//! The two sites: which equipment stands where, and by which way its values leave.
//!
//! Each subsystem has the payload shape its sender would have: water PLCs speak UMH, a dosing
//! controller value-time-quality, building automation flat JSON, Lyon's line 1 comes through a Kepware
//! gateway, its line 2 and the meters in plain scalars, Rotterdam's utilities as ThingsBoard telemetry.

use crate::air::Air;
use crate::board::{Board, Builder, Route};
use crate::boiler::Boiler;
use crate::calendar::Moment;
use crate::cooling::{Cooling, CoolingFaults};
use crate::dynamics::wander;
use crate::fault::{FaultKind, Faults};
use crate::hvac::chiller::ChillerSheet;
use crate::hvac::{Hvac, HvacFaults, outdoor};
use crate::line::{Line, LineSheet};
use crate::meter::Meter;
use crate::outlet::Gateway;
use crate::payload::Shape;
use crate::tag::{count, num};
use crate::water::{Water, WaterFaults};

/// A way out without a hub of its own in the payload.
fn route(gateway: Gateway, shape: Shape, period: u32, qos: u8) -> Route {
    Route {
        gateway,
        shape,
        period,
        qos,
        hub: "",
    }
}

/// The way the company's own tags would leave, if it had any.
pub(crate) fn first_route() -> Route {
    route(Gateway::LyonEnergy, Shape::Plain, 10, 0)
}

tags! { SiteTags(kw: f64, tonnes: f64) {
    output = num("Output", "t/d", 1).bar(0.0, tonnes * 1.5).normal(0.0, tonnes * 1.1).noise(0.1),
    power = num("Power", "kW", 0).bar(0.0, kw * 1.5).normal(kw * 0.5, kw * 1.25).noise(0.8),
    lines_running = count("Lines running", "", 0).bar(0.0, 2.0),
    outdoor_temperature = num("Outdoor temperature", "°C", 1).bar(-20.0, 40.0).noise(0.02).every(60),
    energy_today = count("Energy today", "kWh", 0).every(60),
    energy_per_tonne = count("Energy per tonne", "kWh/t", 1).bar(0.0, 600.0).every(900),
    tonnes_today = count("Tonnes today", "t", 1).every(60),
} }

/// What is wrong at one site.
#[derive(Clone, Copy, Debug, Default)]
struct Wrongs {
    water: WaterFaults,
    hvac: HvacFaults,
    cooling: CoolingFaults,
    starving: f64,
}

/// A site.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    tags: SiteTags,
    in_lyon: bool,
    water: Water,
    hvac: Hvac,
    air: Air,
    cooling: Option<Cooling>,
    boiler: Option<Boiler>,
    lines: Vec<Line>,
    meter: Meter,
    /// Light, offices, loading: kW.
    other_kw: f64,
    tonnes: f64,
    day: i64,
}

impl Site {
    pub(crate) fn lyon(builder: &mut Builder) -> Self {
        let plain = route(Gateway::LyonEnergy, Shape::Plain, 10, 0);
        builder.asset("norvia", "Norvia Foods");
        builder.asset("norvia/lyon", "Lyon");
        builder.route(plain.clone());
        let tags = SiteTags::declare(builder, 2_100.0, 320.0);
        let utilities = "norvia/lyon/utilities";
        builder.asset(utilities, "Utilities");
        let umh = route(Gateway::LyonWater, Shape::Umh, 2, 0);
        let vtq = route(Gateway::LyonWater, Shape::Vtq, 2, 1);
        let water = Water::new(builder, &format!("{utilities}/water-system"), 27.6, &umh, &vtq);
        let flat = route(Gateway::LyonBuilding, Shape::Flat, 5, 0);
        let rooms = route(Gateway::LyonBuilding, Shape::Vtq, 5, 0);
        let chiller = Some(ChillerSheet { capacity: 420.0 });
        let hvac = Hvac::new(
            builder,
            &format!("{utilities}/hvac"),
            [26_600.0, 27_600.0],
            chiller,
            &flat,
            &rooms,
        );
        builder.route(route(Gateway::LyonBuilding, Shape::Flat, 2, 0));
        let air = Air::new(builder, &format!("{utilities}/compressed-air"), 18.0);
        builder.route(plain);
        let meter = Meter::new(builder, &format!("{utilities}/electricity-meter"), 2_100.0);
        builder.route(Route {
            hub: "norvia/lyon",
            ..route(Gateway::LyonLine1, Shape::Kepware, 2, 1)
        });
        let first = LineSheet {
            name: "Filling line 1",
            rated: 24_000.0,
            nights: true,
            break_delay: 0.0,
            orders: 48,
            litres: 0.33,
            base_kw: 104.0,
        };
        let first = Line::new(builder, "norvia/lyon/filling-line-1", first);
        builder.route(route(Gateway::LyonLine2, Shape::Plain, 2, 0));
        let second = LineSheet {
            name: "Filling line 2",
            rated: 18_400.0,
            nights: true,
            break_delay: 0.7,
            orders: 49,
            litres: 0.33,
            base_kw: 112.0,
        };
        let second = Line::new(builder, "norvia/lyon/filling-line-2", second);
        Self {
            tags,
            in_lyon: true,
            water,
            hvac,
            air,
            cooling: None,
            boiler: None,
            lines: vec![first, second],
            meter,
            other_kw: 1_150.0,
            tonnes: 0.0,
            day: 0,
        }
    }

    pub(crate) fn rotterdam(builder: &mut Builder) -> Self {
        let telemetry = route(Gateway::RotterdamUtilities, Shape::ThingsBoard, 5, 1);
        builder.asset("norvia/rotterdam", "Rotterdam");
        builder.route(telemetry.clone());
        let tags = SiteTags::declare(builder, 2_800.0, 410.0);
        let utilities = "norvia/rotterdam/utilities";
        builder.asset(utilities, "Utilities");
        let umh = route(Gateway::RotterdamWater, Shape::Umh, 2, 0);
        let water = Water::new(
            builder,
            &format!("{utilities}/water-system"),
            38.4,
            &umh,
            &telemetry,
        );
        builder.route(route(Gateway::RotterdamUtilities, Shape::ThingsBoard, 2, 1));
        let cooling = Cooling::new(builder, &format!("{utilities}/cooling"));
        let flows = [34_200.0, 27_600.0];
        let hvac = Hvac::new(
            builder,
            &format!("{utilities}/hvac"),
            flows,
            None,
            &telemetry,
            &telemetry,
        );
        builder.route(telemetry);
        let air = Air::new(builder, &format!("{utilities}/compressed-air"), 24.0);
        builder.route(route(Gateway::RotterdamUtilities, Shape::Flat, 2, 0));
        let boiler = Boiler::new(builder, &format!("{utilities}/steam-boiler-b-01"));
        builder.route(route(Gateway::RotterdamUtilities, Shape::Plain, 10, 0));
        let meter = Meter::new(builder, &format!("{utilities}/electricity-meter"), 2_800.0);
        builder.route(route(Gateway::RotterdamLine1, Shape::Umh, 2, 1));
        let first = LineSheet {
            name: "Filling line 1",
            rated: 28_000.0,
            nights: true,
            break_delay: 1.0,
            orders: 61,
            litres: 0.33,
            base_kw: 118.0,
        };
        let first = Line::new(builder, "norvia/rotterdam/filling-line-1", first);
        builder.route(route(Gateway::RotterdamLine2, Shape::Flat, 5, 0));
        let second = LineSheet {
            name: "Filling line 2",
            rated: 24_000.0,
            nights: false,
            break_delay: 1.6,
            orders: 62,
            litres: 0.33,
            base_kw: 104.0,
        };
        let second = Line::new(builder, "norvia/rotterdam/filling-line-2", second);
        Self {
            tags,
            in_lyon: false,
            water,
            hvac,
            air,
            cooling: Some(cooling),
            boiler: Some(boiler),
            lines: vec![first, second],
            meter,
            other_kw: 1_650.0,
            tonnes: 0.0,
            day: 0,
        }
    }

    /// Which faults happen at this site; their assets are named in `target.rs`.
    fn wrongs(&self, faults: &Faults) -> Wrongs {
        if self.in_lyon {
            Wrongs {
                water: WaterFaults::of(faults),
                hvac: HvacFaults::of(faults),
                ..Wrongs::default()
            }
        } else {
            Wrongs {
                cooling: CoolingFaults {
                    bearing: faults.level(FaultKind::BearingWear),
                    fouling: faults.level(FaultKind::ExchangerFouling),
                },
                starving: faults.level(FaultKind::Cavitation),
                ..Wrongs::default()
            }
        }
    }

    /// Lets everything go on for `dt` seconds: the lines first, since they draw from all the rest.
    pub(crate) fn step(&mut self, now: Moment, dt: f64, faults: &Faults, board: &mut Board) {
        let wrongs = self.wrongs(faults);
        let hall = self.hvac.hall_celsius;
        for line in &mut self.lines {
            line.step(now, dt, hall, board);
        }
        let running = self.lines.iter().filter(|line| line.is_running()).count() as f64;
        let busy = running / self.lines.len().max(1) as f64;
        let (celsius, _) = outdoor(now, 0.0);
        let chilled = self.cooling.as_ref().map_or(6.8, |cooling| cooling.water_celsius);
        self.hvac.step(now, dt, busy, chilled, wrongs.hvac, board);
        let mut power = self.hvac.power_kw;
        if let Some(cooling) = &mut self.cooling {
            cooling.step(now, dt, busy, self.hvac.duty_kw, celsius, wrongs.cooling, board);
            power += cooling.power_kw;
        }
        if let Some(boiler) = &mut self.boiler {
            boiler.step(now, dt, busy, wrongs.starving, board);
            power += boiler.power_kw;
        }
        self.air.step(now, dt, busy, board);
        self.water.step(now, dt, busy, wrongs.water, board);
        power += self.air.power_kw + self.water.power_kw;
        power += self.lines.iter().map(|line| line.power_kw).sum::<f64>();
        power += self.other_kw * (0.92 + 0.08 * now.activity() + 0.015 * wander(now.secs * 3.0, 0.4));
        self.meter.step(now, dt, power, board);
        self.write(now, dt, power, running, celsius, board);
    }

    fn write(&mut self, now: Moment, dt: f64, power: f64, running: f64, celsius: f64, board: &mut Board) {
        let tonnes_hour = self.lines.iter().map(Line::litres_hour).sum::<f64>() / 1_000.0;
        if self.day != now.day {
            (self.day, self.tonnes) = (now.day, 0.0);
        }
        self.tonnes += tonnes_hour * dt / 3_600.0;
        let tags = &self.tags;
        board.num(tags.power, power);
        board.num(tags.output, tonnes_hour * 24.0);
        board.num(tags.lines_running, running);
        board.num(tags.outdoor_temperature, celsius);
        board.num(tags.energy_today, self.meter.today.floor());
        board.num(tags.tonnes_today, self.tonnes);
        board.num(
            tags.energy_per_tonne,
            (self.meter.today / self.tonnes.max(1.0)).min(600.0),
        );
    }
}
