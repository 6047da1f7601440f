//! What standing still would cost: by how critical the equipment is, and what is to be made meanwhile.

use twin::{Span, Timestamp};

use crate::calendar::Production;
use crate::order::event::Money;
use crate::span::{Stretch, hours};
use crate::words::words;

words! {
    /// How much hangs on an equipment.
    Criticality {
        /// C: nothing stops without it for a while.
        Low = "low",
        /// B: it slows things down.
        Medium = "medium",
        /// A: its line stops with it.
        High = "high",
    }
}

/// What an hour without an equipment costs, by criticality, in hundredths of the currency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// An hour of the line while it should be making something.
    pub line_hour: Money,
    /// An hour while nothing is to be made.
    pub idle_hour: Money,
    /// What share of the line stops with an equipment of low, medium and high criticality: 0 to 1.
    pub shares: [f64; 3],
}

impl Rates {
    fn share(&self, criticality: Criticality) -> f64 {
        let [low, medium, high] = self.shares;
        let share = match criticality {
            Criticality::Low => low,
            Criticality::Medium => medium,
            Criticality::High => high,
        };
        if share.is_nan() {
            0.0
        } else {
            share.clamp(0.0, 1.0)
        }
    }
}

/// What a stop would cost, and what that rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Consequence {
    /// How critical the equipment is.
    pub criticality: Criticality,
    /// For how long it would stand.
    pub stop: Span,
    /// For how much of that something was to be made.
    pub productive: Span,
    /// What that costs together.
    pub cost: Money,
    /// What an hour of it costs.
    pub per_hour: Money,
}

impl Consequence {
    /// The cost of standing still from `from` on for `stop`:
    /// share × (line hour × hours of planned production + idle hour × the other hours).
    /// Where no production plan is known, every hour counts as productive. None for no time at all.
    #[must_use]
    pub fn of_stop(
        criticality: Criticality,
        rates: &Rates,
        production: Option<&Production>,
        from: Timestamp,
        stop: Span,
    ) -> Option<Self> {
        let when = Stretch::new(from, from + stop)?;
        let productive = production.map_or(stop, |plan| plan.busy().within(when).total());
        let idle = Span::from_micros(stop.micros() - productive.micros());
        let cents = |hour: Money, span: Span| amount(hour) * hours(span);
        let cost =
            rates.share(criticality) * (cents(rates.line_hour, productive) + cents(rates.idle_hour, idle));
        Some(Self {
            criticality,
            stop,
            productive,
            cost: rounded(cost),
            per_hour: rounded(cost / hours(stop)),
        })
    }
}

#[allow(
    clippy::cast_precision_loss,
    reason = "hundredths of a currency stay far below 2^53"
)]
const fn amount(money: Money) -> f64 {
    money.0 as f64
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "saturates, which is what is meant"
)]
fn rounded(cents: f64) -> Money {
    Money(libm::round(cents) as i64)
}
