//! docs/formulas.md: its examples are run, and every function stands in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use formula::functions::{FUNCTIONS, Origin};
use formula::metric::Metric;
use formula::units::Unit;
use formula::{Declared, Inputs, Kind, Sample, Time, Type, Value, Windows, duration};

use super::support::{MOMENT, NOW, World, check, printed, value};

fn document() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/formulas.md")).unwrap()
}

/// Values by slot and member.
struct Members(Vec<Vec<Sample>>);

impl Inputs for Members {
    fn current(&self, slot: usize) -> Option<&Sample> {
        self.member(slot, 0)
    }

    fn members(&self, slot: usize) -> usize {
        self.0[slot].len()
    }

    fn member(&self, slot: usize, member: usize) -> Option<&Sample> {
        self.0[slot].get(member)
    }
}

#[derive(Default)]
struct Block {
    names: BTreeMap<String, Declared>,
    lets: BTreeMap<String, Value>,
    series: BTreeMap<String, Vec<Sample>>,
    window: Option<Windows>,
}

impl Block {
    /// `let p = 3.2 bar` or `let s = 'RUN'`.
    fn add_let(&mut self, text: &str) {
        let (name, written) = text.split_once(" = ").unwrap();
        let (value, unit) = match written.strip_prefix('\'') {
            Some(text) => (Value::from(text.strip_suffix('\'').unwrap()), None),
            None => {
                let (number, unit) = written.split_once(' ').unwrap_or((written, ""));
                let unit = (!unit.is_empty()).then(|| Unit::parse(unit).unwrap());
                (Value::from(number.parse::<f64>().unwrap()), unit)
            }
        };
        let ty = match value {
            Value::Number(_) => Type::Number,
            Value::Text(_) => Type::Text,
        };
        self.names.insert(
            name.to_owned(),
            Declared {
                ty,
                unit,
                ..Declared::default()
            },
        );
        self.lets.insert(name.to_owned(), value);
    }

    /// `series x: 0s 1, 30s 2`
    fn add_series(&mut self, text: &str) {
        let (name, samples) = text.split_once(": ").unwrap();
        let (name, unit) = name.split_once(' ').unwrap_or((name, ""));
        let unit = (!unit.is_empty()).then(|| Unit::parse(unit).unwrap());
        let sample = |pair: &str| {
            let (at, written) = pair.split_once(' ').unwrap();
            Sample::good(Time(duration(at).unwrap()), value(written))
        };
        let declared = Declared {
            unit,
            ..Declared::default()
        };
        self.names.insert(name.to_owned(), declared);
        self.series
            .insert(name.to_owned(), samples.split(", ").map(sample).collect());
    }

    /// `group flows: 1, 2, 3`
    fn add_group(&mut self, text: &str) {
        let (name, values) = text.split_once(": ").unwrap();
        let declared = Declared {
            is_group: true,
            ..Declared::default()
        };
        self.names.insert(name.to_owned(), declared);
        let samples = values
            .split(", ")
            .map(|written| Sample::good(NOW, value(written)));
        self.series.insert(name.to_owned(), samples.collect());
    }

    fn run(&self, source: &str) -> String {
        let kind = if self.window.is_some() {
            Kind::Metric
        } else {
            Kind::Transform
        };
        let formula = match check(source, kind, &self.names) {
            Ok(formula) => Arc::new(formula),
            Err(problems) => return format!("error: {}", problems[0]),
        };
        let Some(windows) = &self.window else {
            let given = formula.inputs().iter().map(|input| {
                let one = |value: &Value| vec![Sample::good(NOW, value.clone())];
                let group = || self.series[&input.name].clone();
                self.lets.get(&input.name).map_or_else(group, one)
            });
            return printed(formula.eval(&Members(given.collect()), MOMENT));
        };
        let mut metric = Metric::new(Arc::clone(&formula), windows.clone(), &[]);
        let mut last = Time(0);
        for (slot, input) in formula.inputs().iter().enumerate() {
            for sample in &self.series[&input.name] {
                metric.push(slot, 0, sample.clone(), &World);
                last = last.max(sample.time);
            }
        }
        let closed = metric.advance(windows.end_from(last, &World), &World);
        let values: Vec<String> = closed.into_iter().map(|closed| printed(closed.value)).collect();
        values.join(", ")
    }
}

#[test]
fn every_example_gives_what_it_says() {
    let document = document();
    let mut count = 0;
    for text in document.split("```formula\n").skip(1) {
        let mut block = Block::default();
        for line in text.split("```").next().unwrap().lines() {
            if let Some(text) = line.strip_prefix("let ") {
                block.add_let(text);
            } else if let Some(text) = line.strip_prefix("series ") {
                block.add_series(text);
            } else if let Some(text) = line.strip_prefix("group ") {
                block.add_group(text);
            } else if let Some(text) = line.strip_prefix("window ") {
                block.window = Some(Windows::tumbling(text).unwrap());
            } else {
                let (source, expect) = line.split_once("=> ").unwrap();
                assert_eq!(block.run(source.trim()), expect, "{source}");
                count += 1;
            }
        }
    }
    assert!(count >= 50, "{count} examples were found");
}

#[test]
fn every_function_is_documented_and_ours_are_marked() {
    let document = document();
    for function in FUNCTIONS {
        let written = function.signature.replace(" | ", " \\| ");
        let marked = document.contains(&format!("`{written}`*"));
        let plain = document.contains(&format!("`{written}`")) || document.contains(&format!("`.{written}`"));
        assert!(
            plain || function.name() == "elif" || function.name() == "timestamp",
            "{written} is not in docs/formulas.md"
        );
        assert_eq!(marked, function.origin == Origin::Gemba, "{written}");
    }
}
