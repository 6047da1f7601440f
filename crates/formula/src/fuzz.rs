//! The body of the fuzz target, also run by the tests: any text is checked, and what passes the
//! check is evaluated over current values and over a window, without a panic.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::metric::Metric;
use crate::units::Unit;
use crate::{
    Declared, Formula, Inputs, Kind, Moment, NoZones, Quality, Role, Sample, Scope, Time, Type, Windows,
};

struct Fixed(Vec<Sample>);

impl Inputs for Fixed {
    fn current(&self, slot: usize) -> Option<&Sample> {
        self.0.get(slot % self.0.len().max(1))
    }

    fn before(&self, slot: usize) -> Option<&Sample> {
        self.current(slot + 1)
    }

    fn members(&self, slot: usize) -> usize {
        1 + slot % 3
    }
}

/// Checks and evaluates what the bytes say.
pub fn body(bytes: &[u8]) {
    let Ok(source) = std::str::from_utf8(bytes) else {
        return;
    };
    let number = |unit: &str| Declared {
        ty: Type::Number,
        unit: Unit::parse(unit).ok(),
        ..Declared::default()
    };
    let names = BTreeMap::from([
        ("x".to_owned(), Declared::default()),
        ("y".to_owned(), number("bar")),
        ("t".to_owned(), number("Cel")),
        (
            "s".to_owned(),
            Declared {
                ty: Type::Text,
                ..Declared::default()
            },
        ),
        (
            "a".to_owned(),
            Declared {
                role: Role::Attribute,
                ..Declared::default()
            },
        ),
        (
            "g".to_owned(),
            Declared {
                is_group: true,
                ..Declared::default()
            },
        ),
    ]);
    let samples: Vec<Sample> = (0..12i32)
        .map(|n| {
            let mut sample = Sample::good(Time::from_secs(7 * i64::from(n)), f64::from(n) - 4.5);
            if n % 5 == 3 {
                sample.quality = Quality::Bad;
            }
            if n % 4 == 2 {
                sample.value = Some("RUN {\"v\":[1,2]}".into());
            }
            sample
        })
        .collect();
    let moment = Moment {
        now: Time::from_secs(100),
        trigger: Time::from_secs(90),
        zones: &NoZones,
    };
    for kind in [Kind::Transform, Kind::Metric] {
        let scope = Scope {
            kind,
            names: &names,
            zones: &NoZones,
        };
        match (Formula::check(source, &scope), kind) {
            (Err(problems), _) => {
                for problem in problems {
                    let _shown = problem.render(source);
                }
            }
            (Ok(formula), Kind::Transform) => {
                let _value = formula.eval(&Fixed(samples.clone()), moment);
            }
            (Ok(formula), Kind::Metric) => run(formula, &samples),
        }
    }
}

fn run(formula: Formula, samples: &[Sample]) {
    let Ok(windows) = Windows::tumbling("20s") else {
        return;
    };
    let slots = formula.inputs().len();
    let mut metric = Metric::new(Arc::new(formula), windows, &[]);
    for sample in samples {
        for slot in 0..slots {
            metric.push(slot, 0, sample.clone(), &NoZones);
        }
    }
    let _closed = metric.advance(Time::from_secs(100), &NoZones);
}
