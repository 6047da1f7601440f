//! Numbers whose message states another unit than the model's: they become numbers of the model's unit.

use super::Twin;
use crate::{Leaf, Outputs, PointId, Quality, Unit, UnitOrigin, Value};

/// The way from one unit to another.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Conversion {
    /// `value × factor + offset`.
    Linear(f64, f64),
    /// They measure different things, or no straight line leads from one to the other.
    None,
    /// One of them is nothing anybody knows.
    Unknown,
}

/// Finds the way from a unit to another, both as people write them.
pub type Convert = fn(from: &str, to: &str) -> Conversion;

/// Pairs of units that are remembered; beyond, all are found anew.
const MOST_PAIRS: usize = 1_000;

impl Twin {
    /// Puts a number into the unit of its property. One that measures something else stays as it is and is
    /// uncertain. What a mapping rule scaled is taken to be in the property's unit already.
    pub(super) fn put_in_own_unit(&mut self, point: PointId, leaf: &mut Leaf, out: &mut Outputs) {
        let (Some(stated), Some(Value::Number(number)), None) = (&leaf.unit, &leaf.value, leaf.scaled) else {
            return;
        };
        let known = self.point(point).filter(|known| known.property.is_some());
        let own = known.and_then(|known| known.unit.as_ref());
        let Some(Unit { symbol: own, .. }) = own.filter(|unit| unit.origin == UnitOrigin::Set) else {
            return;
        };
        if **own == **stated {
            return;
        }
        let pair = (stated.clone(), Box::from(&**own));
        let way = match self.conversions.get(&pair) {
            Some(way) => *way,
            None => (self.config.convert)(&pair.0, &pair.1),
        };
        match way {
            Conversion::Linear(1.0, 0.0) | Conversion::Unknown => {}
            Conversion::Linear(factor, offset) => {
                leaf.value = Some(Value::Number(rounded(number * factor + offset)));
                leaf.scaled = Some((factor, offset));
            }
            Conversion::None => {
                leaf.quality = leaf.quality.max(Quality::Uncertain);
                out.foreign_units.push((point, stated.clone()));
            }
        }
        if self.conversions.len() >= MOST_PAIRS {
            self.conversions.clear();
        }
        self.conversions.insert(pair, way);
    }
}

/// To twelve significant digits, so that 1013 mbar is 1.013 bar and not 1.0130000000000001.
fn rounded(value: f64) -> f64 {
    format!("{value:.11e}").parse().unwrap_or(value)
}
