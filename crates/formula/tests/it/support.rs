//! What the tests share: zone data by jiff, one-line evaluation, windows over samples.

use std::collections::BTreeMap;
use std::sync::Arc;

use formula::metric::{Closed, Metric};
use formula::{
    Declared, Formula, Inputs, Kind, Moment, Problem, Quality, Role, Sample, Scope, Time, Type, Value,
    Windows, Zones,
};
use jiff::tz::{AmbiguousOffset, TimeZone};

/// The zone data that the server will bring.
pub struct World;

impl Zones for World {
    fn offset_at(&self, region: &str, utc_secs: i64) -> Option<i32> {
        let zone = TimeZone::get(region).ok()?;
        let at = jiff::Timestamp::from_second(utc_secs).ok()?;
        Some(zone.to_offset(at).seconds())
    }

    fn offset_of_wall(&self, region: &str, wall_secs: i64) -> Option<i32> {
        let zone = TimeZone::get(region).ok()?;
        let wall = TimeZone::UTC.to_datetime(jiff::Timestamp::from_second(wall_secs).ok()?);
        let offset = match zone.to_ambiguous_timestamp(wall).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset,
            AmbiguousOffset::Gap { before, .. } | AmbiguousOffset::Fold { before, .. } => before,
        };
        Some(offset.seconds())
    }
}

/// 2021-07-23T18:30:00Z, a Friday.
pub const NOW: Time = Time(1_627_065_000_000_000);

pub const MOMENT: Moment<'static> = Moment {
    now: NOW,
    trigger: NOW,
    zones: &World,
};

/// Values by slot.
pub struct Given(pub Vec<Option<Sample>>, pub Vec<Option<Sample>>);

impl Inputs for Given {
    fn current(&self, slot: usize) -> Option<&Sample> {
        self.0.get(slot)?.as_ref()
    }

    fn before(&self, slot: usize) -> Option<&Sample> {
        self.1.get(slot)?.as_ref()
    }
}

/// A name and its value: a number when it reads as one.
pub type Let<'a> = (&'a str, &'a str);

pub fn value(text: &str) -> Value {
    text.parse::<f64>()
        .map_or_else(|_| Value::from(text), Value::from)
}

pub fn names(lets: &[Let<'_>]) -> BTreeMap<String, Declared> {
    let declared = |text: &str| Declared {
        ty: match value(text) {
            Value::Number(_) => Type::Number,
            Value::Text(_) => Type::Text,
        },
        ..Declared::default()
    };
    lets.iter()
        .map(|(name, text)| ((*name).to_owned(), declared(text)))
        .collect()
}

pub fn check(source: &str, kind: Kind, names: &BTreeMap<String, Declared>) -> Result<Formula, Vec<Problem>> {
    let zones = &World;
    Formula::check(source, &Scope { kind, names, zones })
}

/// The output as the command line prints it; problems by their first message.
pub fn eval(source: &str, lets: &[Let<'_>]) -> String {
    match check(source, Kind::Transform, &names(lets)) {
        Err(problems) => format!("error: {}", problems[0]),
        Ok(formula) => {
            let sample = |name: &str| {
                let text = lets.iter().find(|(known, _)| *known == name)?.1;
                Some(Sample::good(NOW, value(text)))
            };
            let given: Vec<_> = formula.inputs().iter().map(|input| sample(&input.name)).collect();
            printed(formula.eval(&Given(given, Vec::new()), MOMENT))
        }
    }
}

pub fn printed(value: Option<Value>) -> String {
    value.map_or_else(|| "no output".to_owned(), |value| value.to_string())
}

/// A sample of a series: seconds, value, quality by a leading `!` for bad and `?` for uncertain.
pub fn sample(secs: i64, written: &str) -> Sample {
    let (text, quality) = match written.split_at_checked(1) {
        Some(("!", rest)) => (rest, Quality::Bad),
        Some(("?", rest)) => (rest, Quality::Uncertain),
        _ => (written, Quality::Good),
    };
    Sample {
        resumed: false,
        time: Time::from_secs(secs),
        value: Some(value(text)),
        quality,
    }
}

/// The values of a metric over series that go by name, window by window.
pub fn metric(source: &str, windows: &str, series: &[(&str, &[(i64, &str)])], until: i64) -> Vec<String> {
    let windows = Windows::tumbling(windows).unwrap();
    run_metric(source, windows, series, until)
        .into_iter()
        .map(|closed| printed(closed.value))
        .collect()
}

pub fn run_metric(
    source: &str,
    windows: Windows,
    series: &[(&str, &[(i64, &str)])],
    until: i64,
) -> Vec<Closed> {
    let names: BTreeMap<String, Declared> = series
        .iter()
        .map(|(name, _)| {
            let declared = Declared {
                role: if name.starts_with("attribute") {
                    Role::Attribute
                } else {
                    Role::Measurement
                },
                ..Declared::default()
            };
            ((*name).to_owned(), declared)
        })
        .collect();
    let formula = match check(source, Kind::Metric, &names) {
        Ok(formula) => Arc::new(formula),
        Err(problems) => panic!("{}", problems[0].render(source)),
    };
    let mut metric = Metric::new(Arc::clone(&formula), windows, &[]);
    for (slot, input) in formula.inputs().iter().enumerate() {
        let (_, samples) = series.iter().find(|(name, _)| *name == input.name).unwrap();
        for (secs, written) in *samples {
            metric.push(slot, 0, sample(*secs, written), &World);
        }
    }
    metric.advance(Time::from_secs(until), &World)
}
