//! A site's main electricity meter: power triangle, voltages, and quarter-hour demand as it is billed.

use crate::board::{Board, Builder};
use crate::calendar::Moment;
use crate::dynamics::wander;
use crate::tag::{count, num};

tags! { MeterTags(kilowatts: f64) {
    active_power = num("Active power", "kW", 0).bar(0.0, kilowatts * 1.5).normal(kilowatts * 0.5, kilowatts * 1.25).noise(0.8),
    reactive_power = num("Reactive power", "kvar", 0).bar(0.0, kilowatts).noise(0.6),
    apparent_power = num("Apparent power", "kVA", 0).bar(0.0, kilowatts * 1.6).noise(0.8),
    power_factor = num("Power factor", "", 3).bar(0.5, 1.0).normal(0.92, 0.98).low(0.88).noise(0.0004),
    voltage_1 = num("Voltage L1", "V", 1).bar(360.0, 440.0).normal(394.0, 408.0).low(380.0).high(420.0).noise(0.1),
    voltage_2 = num("Voltage L2", "V", 1).bar(360.0, 440.0).normal(394.0, 408.0).low(380.0).high(420.0).noise(0.1),
    voltage_3 = num("Voltage L3", "V", 1).bar(360.0, 440.0).normal(394.0, 408.0).low(380.0).high(420.0).noise(0.1),
    frequency = num("Frequency", "Hz", 3).bar(49.0, 51.0).normal(49.9, 50.1).low(49.7).high(50.3).noise(0.001),
    harmonics = num("Voltage harmonics", "%", 2).bar(0.0, 10.0).normal(1.0, 3.5).high(6.0).noise(0.01).every(60),
    demand = count("Quarter-hour demand", "kW", 0).bar(0.0, kilowatts * 1.5).every(900),
    peak_today = count("Peak demand today", "kW", 0).bar(0.0, kilowatts * 1.5).every(900),
    energy = count("Energy, counter", "kWh", 0).every(60),
} }

/// The meter.
#[derive(Clone, Debug)]
pub(crate) struct Meter {
    tags: MeterTags,
    phase: f64,
    energy: f64,
    /// Energy of the quarter hour so far, kWh, and its number.
    quarter: (f64, i64),
    demand: f64,
    peak: f64,
    day: i64,
    /// kWh since midnight.
    pub(crate) today: f64,
}

impl Meter {
    pub(crate) fn new(builder: &mut Builder, path: &str, kilowatts: f64) -> Self {
        builder.asset(path, "Electricity meter");
        let tags = MeterTags::declare(builder, kilowatts);
        let mut rng = builder.dice(path);
        Self {
            tags,
            phase: rng.angle(),
            energy: rng.between(4e7, 9e7).round(),
            quarter: (0.0, 0),
            demand: kilowatts,
            peak: kilowatts,
            day: 0,
            today: 0.0,
        }
    }

    pub(crate) fn step(&mut self, now: Moment, dt: f64, power: f64, board: &mut Board) {
        let used = power * dt / 3_600.0;
        self.energy += used;
        if self.day != now.day {
            (self.day, self.today, self.peak) = (now.day, 0.0, 0.0);
        }
        self.today += used;
        let quarter = (now.secs / 900.0).floor() as i64;
        if quarter != self.quarter.1 {
            if self.quarter.1 != 0 {
                self.demand = self.quarter.0 * 4.0;
                self.peak = self.peak.max(self.demand);
            }
            self.quarter = (0.0, quarter);
        }
        self.quarter.0 += used;
        let factor = 0.95 + 0.01 * wander(now.secs, self.phase);
        let tags = &self.tags;
        board.num(tags.active_power, power);
        board.num(tags.apparent_power, power / factor);
        board.num(
            tags.reactive_power,
            power * (1.0 / (factor * factor) - 1.0).sqrt(),
        );
        board.num(tags.power_factor, factor);
        for (at, tag) in [tags.voltage_1, tags.voltage_2, tags.voltage_3]
            .into_iter()
            .enumerate()
        {
            let swing = wander(now.secs * 2.0, self.phase + 1.0)
                + 0.3 * wander(now.secs, self.phase + 2.0 + at as f64);
            board.num(tag, 401.0 + 2.6 * swing);
        }
        board.num(
            tags.frequency,
            50.0 + 0.035 * wander(now.secs * 20.0, self.phase + 6.0),
        );
        board.num(tags.harmonics, 2.1 + 0.4 * wander(now.secs, self.phase + 7.0));
        board.num(tags.demand, self.demand);
        board.num(tags.peak_today, self.peak);
        let told = board.total(tags.energy, self.energy).floor();
        board.num(tags.energy, told);
    }
}
