//! Conditions of plans: a formula over the properties of one asset, as the twin has them now.

use std::collections::BTreeMap;

use formula::{Declared, Formula, Inputs, Kind, Moment, Sample, Scope, Time, Value};
use maintenance::plan::Truth;
use twin::{AssetId, Freshness, PointId, Quality, Timestamp, Twin};

use crate::formula::World;

/// Longest formula of a plan, in characters.
pub const LONGEST: usize = 500;
/// Properties of one asset that a formula may name.
const MOST: usize = 2_000;

/// A checked condition.
#[derive(Debug)]
pub struct Condition {
    formula: Formula,
}

/// What a formula calls a property: dots of parts become low lines, what is no name is left out.
#[must_use]
pub fn name_of(property: &str) -> Option<String> {
    let name: String = property
        .chars()
        .map(|char| if char.is_alphanumeric() { char } else { '_' })
        .collect();
    formula::is_name(&name).then_some(name)
}

/// A point's property; where no model names it, the last part of its tag.
#[must_use]
pub fn property_of(point: &twin::Point) -> String {
    if let Some(property) = &point.property {
        return property.to_string();
    }
    let tag = point.tag();
    let last = tag.rsplit(['.', '/']).next();
    last.unwrap_or_default().to_owned()
}

/// The properties of an asset by the names that formulas call them, the first of each name.
#[must_use]
pub fn names(twin: &Twin, asset: AssetId) -> BTreeMap<String, PointId> {
    let mut names = BTreeMap::new();
    for id in twin.points_of(asset).iter().take(MOST) {
        let name = twin.point(*id).map(property_of).and_then(|name| name_of(&name));
        if let Some(name) = name {
            names.entry(name).or_insert(*id);
        }
    }
    names
}

/// Values of the formula's inputs, by slot.
struct Now(Vec<Option<Sample>>);

impl Inputs for Now {
    fn current(&self, slot: usize) -> Option<&Sample> {
        self.0.get(slot)?.as_ref()
    }
}

impl Condition {
    /// Checks a formula against the properties of an asset.
    ///
    /// # Errors
    /// What is wrong with it, with the way out where one is known.
    pub fn check(source: &str, names: &BTreeMap<String, PointId>) -> Result<Self, String> {
        if source.chars().count() > LONGEST {
            return Err(format!("longer than {LONGEST} characters"));
        }
        let declared: BTreeMap<String, Declared> = names
            .keys()
            .map(|name| (name.clone(), Declared::default()))
            .collect();
        let scope = Scope {
            kind: Kind::Transform,
            names: &declared,
            zones: &World,
        };
        let formula = Formula::check(source, &scope).map_err(|problems| {
            let first = problems.first();
            first.map_or_else(String::new, ToString::to_string)
        })?;
        Ok(Self { formula })
    }

    /// Whether it holds now, and how far to trust that. `before` is what it said the last time: what is so still
    /// is so since then.
    #[must_use]
    pub fn truth(&self, twin: &Twin, asset: AssetId, before: Option<Truth>, now: Timestamp) -> Truth {
        let names = names(twin, asset);
        let mut worst = Quality::Good;
        let mut sample = |name: &str| {
            let sample = names.get(name).and_then(|point| sample_of(twin, *point));
            let quality = sample.as_ref().map_or(Quality::Bad, |(_, quality)| *quality);
            worst = worst.max(quality);
            sample.map(|(sample, _)| sample)
        };
        let inputs = self.formula.inputs();
        let samples = Now(inputs.iter().map(|input| sample(&input.name)).collect());
        let moment = Moment {
            now: Time(now.micros()),
            trigger: Time(now.micros()),
            zones: &World,
        };
        let holds = match self.formula.eval(&samples, moment) {
            Some(Value::Number(number)) => Some(number != 0.0),
            Some(Value::Text(_)) | None => None,
        };
        let quality = if holds.is_none() { Quality::Bad } else { worst };
        let since = match before {
            Some(before) if (before.holds, before.quality) == (holds, quality) => before.since,
            _ => now,
        };
        Truth {
            holds,
            quality,
            since,
        }
    }
}

/// What a point has now, as formulas take it, and how far to trust it: what is old is not what is.
fn sample_of(twin: &Twin, point: PointId) -> Option<(Sample, Quality)> {
    let reading = twin.reading(point)?;
    let is_now = matches!(twin.freshness(point), Freshness::Live | Freshness::Late);
    if !is_now || reading.quality == Quality::Bad {
        return None;
    }
    let value = match reading.value.as_ref()? {
        twin::Value::Number(number) => Value::Number(*number),
        twin::Value::Bool(on) => Value::Number(f64::from(u8::from(*on))),
        twin::Value::Text(text) => Value::Text(text.clone()),
    };
    // What is doubtful may be asked; the plan says that its answer is doubtful.
    Some((
        Sample::good(Time(reading.time().micros()), value),
        reading.quality,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_checked_against_the_names_of_the_asset() {
        let names = BTreeMap::from([("drive_end_vibration".to_owned(), PointId::new(1))]);
        assert!(Condition::check("drive_end_vibration > 4.5", &names).is_ok());
        let wrong = Condition::check("drive_end_vibratoin > 4.5", &names).unwrap_err();
        assert!(wrong.contains("did you mean `drive_end_vibration`"), "{wrong}");
        assert!(Condition::check("", &names).is_err());
        assert!(Condition::check(&"1+".repeat(400), &names).is_err());
    }

    #[test]
    fn parts_are_named_with_low_lines() {
        assert_eq!(
            name_of("drive_end.vibration").as_deref(),
            Some("drive_end_vibration")
        );
        assert_eq!(name_of("9 lives"), None);
    }
}
