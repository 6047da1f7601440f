//! The cascade of room pressures: clean rooms push air towards less clean ones.
//!
//! A room's overpressure is what it takes to press the difference of supply and exhaust through its
//! leaks: Δp = (surplus / leakage)² (orifice law, ASHRAE *Fundamentals*, chapter 16).

use crate::board::{Board, Builder};
use crate::dynamics::{Lag, wander};
use crate::tag::{TagId, count, num};

/// A room: key, name, overpressure in Pa on a usual day, lower limit, which air handler serves it.
const ROOMS: [(&str, &str, f64, f64, usize); 8] = [
    ("syrup_room_pressure", "Syrup room pressure", 18.0, 12.0, 1),
    (
        "filling_hall_1_pressure",
        "Filling hall 1 pressure",
        14.6,
        10.0,
        1,
    ),
    (
        "filling_hall_2_pressure",
        "Filling hall 2 pressure",
        14.4,
        10.0,
        1,
    ),
    ("cap_store_pressure", "Cap store pressure", 12.0, 8.0, 1),
    ("airlock_east_pressure", "Airlock east pressure", 9.5, 6.5, 0),
    ("airlock_west_pressure", "Airlock west pressure", 9.3, 6.5, 0),
    ("packing_hall_pressure", "Packing hall pressure", 7.2, 5.0, 0),
    ("corridor_pressure", "Corridor pressure", 4.0, 2.5, 0),
];

/// Share of the supply that the exhaust takes back.
const EXHAUST: f64 = 0.85;

tags! { CascadeTags() {
    lowest_step = num("Lowest step", "Pa", 1).bar(0.0, 10.0).normal(1.2, 3.5).low(0.8).noise(0.03),
    rooms_in_spec = count("Rooms in spec", "", 0).bar(0.0, ROOMS.len() as f64).normal(ROOMS.len() as f64, ROOMS.len() as f64).low(ROOMS.len() as f64 - 0.5),
} }

#[derive(Clone, Debug)]
pub(crate) struct Rooms {
    tags: CascadeTags,
    pressures: Vec<(TagId, Lag)>,
    phase: f64,
}

impl Rooms {
    pub(crate) fn new(builder: &mut Builder, path: &str) -> Self {
        builder.asset(path, "Pressure cascade");
        let tags = CascadeTags::declare(builder);
        let pressures = ROOMS
            .iter()
            .map(|(key, name, design, low, _)| {
                let decl = num(name, "Pa", 1)
                    .bar(0.0, 30.0)
                    .normal(design * 0.8, design * 1.2)
                    .low(*low)
                    .noise(0.05);
                (builder.tag(key, decl), Lag::new(*design, 40.0))
            })
            .collect();
        Self {
            tags,
            pressures,
            phase: builder.dice(path).angle(),
        }
    }

    /// `shares` are the air handlers' flows over design; tells whether all rooms are in spec.
    pub(crate) fn step(&mut self, t: f64, dt: f64, shares: [f64; 2], board: &mut Board) -> bool {
        let mut good = 0usize;
        let mut lowest = f64::INFINITY;
        let mut above: Option<f64> = None;
        for (at, ((tag, lag), (_, _, design, low, unit))) in self.pressures.iter_mut().zip(ROOMS).enumerate()
        {
            let share = shares.get(unit).copied().unwrap_or(1.0);
            let surplus = (share - EXHAUST).max(0.0) / (1.0 - EXHAUST);
            // Doors and draughts.
            let draught = 1.0 + 0.03 * wander(t * 6.0, self.phase + at as f64);
            let pressure = lag.toward(design * surplus * surplus * draught, dt);
            good += usize::from(pressure > low);
            // Twin rooms stand side by side, so only real steps count.
            if let Some(above) = above
                && design < 14.0
                && at != 5
            {
                lowest = lowest.min(above - pressure);
            }
            above = Some(pressure);
            board.num(*tag, pressure);
        }
        board.num(self.tags.rooms_in_spec, good as f64);
        board.num(self.tags.lowest_step, lowest.max(0.0));
        good == ROOMS.len()
    }
}
