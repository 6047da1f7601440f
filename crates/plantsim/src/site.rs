//! The two sites: which equipment stands where, and by which way its values leave.

use crate::board::{Board, Builder, Route};
use crate::calendar::Moment;
use crate::dynamics::wander;
use crate::fault::Faults;
use crate::line::{Line, LineSheet};
use crate::outlet::Gateway;
use crate::payload::Shape;
use crate::tag::{count, num};
use crate::water::{Water, WaterFaults};

/// The root of every topic, and the company's name.
pub(crate) const COMPANY: (&str, &str) = ("norvia", "Norvia Foods");

/// A way out without a payload-side hub.
fn route(gateway: Gateway, shape: Shape, period: u32, qos: u8) -> Route {
    Route { gateway, shape, period, qos, hub: "" }
}

tags! { SiteTags(kw: f64, tonnes: f64) {
    power = num("Power", "kW", 0).bar(0.0, kw * 1.5).noise(1.0),
    output = num("Output", "t/d", 1).bar(0.0, tonnes * 1.5).noise(0.1),
    outdoor_temperature = num("Outdoor temperature", "°C", 1).bar(-20.0, 40.0).noise(0.02).every(60),
    outdoor_humidity = num("Outdoor humidity", "%", 0).bar(0.0, 100.0).noise(0.3).every(60),
    energy_today = count("Energy today", "kWh", 0).every(60),
    water_per_tonne = count("Water per tonne", "m³/t", 2).bar(0.0, 6.0).every(900),
    energy_per_tonne = count("Energy per tonne", "kWh/t", 1).bar(0.0, 400.0).every(900),
} }

/// Lyon.
#[derive(Clone, Debug)]
pub(crate) struct Lyon {
    tags: SiteTags,
    water: Water,
    lines: Vec<Line>,
}

impl Lyon {
    pub(crate) fn new(builder: &mut Builder) -> Self {
        builder.route(route(Gateway::LyonEnergy, Shape::Plain, 10, 0));
        builder.asset("norvia", COMPANY.1);
        builder.asset("norvia/lyon", "Lyon");
        let tags = SiteTags::declare(builder, 2_200.0, 320.0);
        builder.asset("norvia/lyon/utilities", "Utilities");
        let umh = route(Gateway::LyonWater, Shape::Umh, 2, 0);
        let vtq = route(Gateway::LyonWater, Shape::Vtq, 2, 1);
        let water = Water::new(builder, "norvia/lyon/utilities/water-system", 27.6, &umh, &vtq);
        builder.route(Route { hub: "norvia/lyon", ..route(Gateway::LyonLine1, Shape::Kepware, 2, 1) });
        let first = LineSheet {
            name: "Filling line 1",
            rated: 24_000.0,
            nights: true,
            break_delay: 0.0,
            orders: 48,
            litres: 0.5,
            base_kw: 96.0,
        };
        let line = Line::new(builder, "norvia/lyon/filling-line-1", first);
        Self { tags, water, lines: vec![line] }
    }

    pub(crate) fn step(&mut self, now: Moment, dt: f64, faults: &Faults, board: &mut Board) {
        for line in &mut self.lines {
            line.step(now, dt, 22.0, board);
        }
        let running = self.lines.iter().filter(|line| line.is_running()).count();
        let busy = running as f64 / self.lines.len().max(1) as f64;
        self.water.step(now, dt, busy, WaterFaults::of(faults), board);
        let power = self.water.power_kw + self.lines.iter().map(|line| line.power_kw).sum::<f64>();
        board.num(self.tags.power, power + 30.0 * wander(now.secs, 0.4));
        let litres: f64 = self.lines.iter().map(Line::litres_hour).sum();
        board.num(self.tags.output, litres * 24.0 / 1_000.0);
    }
}
