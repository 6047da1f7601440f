//! What the twin shows of needs: values beyond limits, counters, states; and how a value beyond its limit fails.

use maintenance::iso14224::FailureMode as F;
use maintenance::need::{Consequence, Criticality, Rates};
use maintenance::order::event::Money;
use twin::{AssetId, Freshness, LimitKind, NeedKind, PointId, Timestamp, Twin};

use super::condition::property_of;
use super::judge::Beyond;
use super::sheet::MeterOf;
use crate::computing::Computing;
use crate::model::LoadedModel;

/// Values beyond limits that are looked at at once; the worst and newest first.
const MOST: usize = 1_000;

/// By its name, its unit and which limit it is beyond: how equipment fails by it. Most things just deviate.
#[must_use]
pub fn mode_of(name: &str, unit: &str, kind: LimitKind) -> F {
    let name = name.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let is_high = matches!(kind, LimitKind::High | LimitKind::HighHigh);
    let is_temperature = matches!(unit, "Cel" | "°C" | "K" | "[degF]" | "°F") || has(&["temperature"]);
    if has(&["vibration", "envelope", "velocity_rms"]) || unit == "mm/s" {
        F::Vibration
    } else if has(&["noise", "sound"]) {
        F::Noise
    } else if has(&["leak"]) {
        F::ExternalLeakProcess
    } else if is_high
        && has(&[
            "differential_pressure",
            "pressure_drop",
            "pressure drop",
            "clogging",
            "fouling",
        ])
    {
        F::Plugged
    } else if is_high && is_temperature {
        F::Overheating
    } else if has(&["flow", "capacity", "efficiency", "output"]) {
        if is_high { F::HighOutput } else { F::LowOutput }
    } else {
        F::ParameterDeviation
    }
}

/// The same of a point.
#[must_use]
pub fn mode_of_point(twin: &Twin, point: PointId, kind: LimitKind) -> F {
    let Some(point) = twin.point(point) else {
        return F::Unknown;
    };
    let unit = point.unit.as_ref().map_or("", |unit| &*unit.symbol);
    mode_of(&format!("{} {}", property_of(point), point.name), unit, kind)
}

/// Whether what a point shows is of now.
#[must_use]
pub fn is_now(twin: &Twin, point: PointId) -> bool {
    matches!(twin.freshness(point), Freshness::Live | Freshness::Late)
}

/// Values that are beyond a limit, as they are now; what was beyond when it was heard last is not.
#[must_use]
pub fn beyond(twin: &Twin) -> Vec<Beyond> {
    let (needs, _) = twin.needs(MOST);
    let one = |need: twin::Need| {
        let NeedKind::Limit { point, limit, at } = need.kind else {
            return None;
        };
        if !is_now(twin, point) {
            return None;
        }
        let reading = twin.reading(point)?;
        let number = reading.value.as_ref().and_then(twin::Value::as_number);
        Some(Beyond {
            asset: need.asset?,
            mode: mode_of_point(twin, point, limit),
            point,
            kind: limit,
            limit: at,
            since: need.since,
            value: number.map(|number| (reading.time(), number, reading.quality)),
        })
    };
    needs.into_iter().filter_map(one).collect()
}

/// What a counter shows now, and when; none where nobody can say.
#[must_use]
pub fn shown_by(
    twin: &Twin,
    computing: Option<&Computing>,
    asset: AssetId,
    of: &MeterOf,
    now: Timestamp,
) -> Option<(Timestamp, f64)> {
    match of {
        MeterOf::Nothing => None,
        MeterOf::Property(property) => {
            let point = twin.property(asset, property).or_else(|| {
                let mut points = twin.points_of(asset).iter().copied();
                points.find(|point| {
                    twin.point(*point)
                        .is_some_and(|point| property_of(point) == *property)
                })
            })?;
            let reading = twin.reading(point)?;
            let is_usable = reading.quality != twin::Quality::Bad && is_now(twin, point);
            let number = reading.value.as_ref().filter(|_| is_usable)?.as_number()?;
            Some((reading.time(), number))
        }
        MeterOf::Hours(state) => {
            let totals = totals(twin, computing?, asset, now)?;
            Some((now, maintenance::span::hours(totals.of(state).time)))
        }
        MeterOf::Starts => {
            let totals = totals(twin, computing?, asset, now)?;
            // Far below 2^53.
            #[allow(clippy::cast_precision_loss, reason = "a count of starts is exact enough")]
            let starts = totals.starts as f64;
            Some((now, starts))
        }
    }
}

/// What the twin counted of the state of an asset.
#[must_use]
pub fn totals(
    twin: &Twin,
    computing: &Computing,
    asset: AssetId,
    now: Timestamp,
) -> Option<compute::StateTotals> {
    let key = &twin.asset(asset)?.modelled.as_ref()?.key;
    let point = twin.point(twin.state_point(asset)?)?;
    computing.totals(key, point.property.as_deref()?, now)
}

/// How critical an equipment is by the model: its own word, or its type's.
#[must_use]
pub fn criticality(twin: &Twin, model: &LoadedModel, asset: AssetId) -> Option<Criticality> {
    let modelled = twin.asset(asset)?.modelled.as_ref()?;
    let word = model.criticality_of(&modelled.key, &modelled.ty)?;
    Some(match word {
        "low" => Criticality::Low,
        "medium" => Criticality::Medium,
        _ => Criticality::High,
    })
}

/// What an hour of standing still costs; none where nobody said what an hour of a line is worth.
#[must_use]
pub fn consequence(criticality: Option<Criticality>, line_hour: u64, now: Timestamp) -> Option<Consequence> {
    let cents = i64::try_from(line_hour.saturating_mul(100)).unwrap_or(i64::MAX);
    if cents == 0 {
        return None;
    }
    let rates = Rates {
        line_hour: Money(cents),
        idle_hour: Money(0),
        // A tenth, a half and all of a line.
        shares: [0.1, 0.5, 1.0],
    };
    Consequence::of_stop(criticality?, &rates, None, now, twin::Span::from_secs(3_600))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_beyond_its_limit_fails_by_what_it_measures() {
        for (name, unit, kind, mode) in [
            ("drive_end.vibration", "mm/s", LimitKind::High, F::Vibration),
            ("x", "mm/s", LimitKind::HighHigh, F::Vibration),
            ("bearing_temperature", "Cel", LimitKind::High, F::Overheating),
            ("supply_temperature", "Cel", LimitKind::Low, F::ParameterDeviation),
            ("differential_pressure", "bar", LimitKind::HighHigh, F::Plugged),
            ("normalised_permeate_flow", "%", LimitKind::Low, F::LowOutput),
            ("flow", "m3/h", LimitKind::High, F::HighOutput),
            ("conductivity", "uS/cm", LimitKind::High, F::ParameterDeviation),
        ] {
            assert_eq!(mode_of(name, unit, kind), mode, "{name} {unit}");
        }
    }

    #[test]
    fn what_a_stop_costs_is_said_only_where_an_hour_has_a_price() {
        let now = Timestamp::from_millis(1_772_431_200_000);
        assert_eq!(consequence(Some(Criticality::High), 0, now), None);
        assert_eq!(consequence(None, 1_000, now), None);
        let half = consequence(Some(Criticality::Medium), 1_000, now).unwrap();
        assert_eq!(half.per_hour, Money(50_000));
    }
}
