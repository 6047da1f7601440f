//! The worked examples of the packs (`x-example`): inputs, `=>`, result. Inputs are apart by `;`:
//! `flow = 30` or, for the assets behind a roll-up, `flows = [30, 12]`; over a window
//! `flow: 0m 30, 45m 12`. What an example leaves out has the default of its parameter.

use std::collections::BTreeMap;
use std::sync::Arc;

use formula::metric::Metric;
use formula::{Formula, Inputs, Moment, NoZones, Sample, Time, Type, Value, Windows, duration};
use model::{Effective, Kind, Property, Resolved, Scalar};

use crate::read;

/// The values behind each input.
struct Members(Vec<Vec<Sample>>);

impl Inputs for Members {
    fn current(&self, slot: usize) -> Option<&Sample> {
        self.member(slot, 0)
    }

    fn members(&self, slot: usize) -> usize {
        self.0.get(slot).map_or(0, Vec::len)
    }

    fn member(&self, slot: usize, member: usize) -> Option<&Sample> {
        self.0.get(slot)?.get(member)
    }
}

const NOON: Time = Time(1_795_348_800_000_000);
const MOMENT: Moment<'static> = Moment {
    now: NOON,
    trigger: NOON,
    zones: &NoZones,
};

fn value(text: &str, ty: Type) -> Value {
    match text.parse::<f64>() {
        Ok(number) if ty != Type::Text => Value::from(number),
        _ => Value::from(text),
    }
}

/// What an example gives its inputs.
struct Given<'e> {
    inputs: BTreeMap<&'e str, &'e str>,
    ty: &'e Effective,
}

impl<'e> Given<'e> {
    fn new(text: &'e str, ty: &'e Effective) -> Self {
        let one = |input: &'e str| input.split_once(['=', ':']).unwrap_or((input, ""));
        let inputs = text.split(';').map(str::trim).filter(|input| !input.is_empty());
        Self {
            inputs: inputs
                .map(one)
                .map(|(name, value)| (name.trim(), value.trim()))
                .collect(),
            ty,
        }
    }

    /// The written value of an input, or the default of the parameter it is.
    fn written(&self, name: &str) -> String {
        if let Some(written) = self.inputs.get(name) {
            return (*written).to_owned();
        }
        let default = self
            .ty
            .parameters
            .get(name)
            .and_then(|parameter| parameter.value.default.as_ref());
        match default {
            Some(Scalar::Number(number)) => number.to_string(),
            other => panic!("the example gives no `{name}` ({other:?})"),
        }
    }

    fn now(&self, formula: &Formula) -> Option<Value> {
        let of = |input: &formula::Input| {
            let written = self.written(&input.name);
            let list = written.trim_start_matches('[').trim_end_matches(']');
            let one = |text: &str| Sample::good(NOON, value(text.trim(), input.declared.ty));
            assert_eq!(
                written.starts_with('['),
                input.declared.is_group,
                "{}",
                input.name
            );
            list.split(',').map(one).collect()
        };
        formula.eval(&Members(formula.inputs().iter().map(of).collect()), MOMENT)
    }

    fn over(&self, formula: &Arc<Formula>, length: &str) -> Option<Value> {
        let windows = Windows::tumbling(length).unwrap();
        let mut metric = Metric::new(Arc::clone(formula), windows.clone(), &[]);
        metric.begin(Time(0), &NoZones);
        for (slot, input) in formula.inputs().iter().enumerate() {
            for pair in self.written(&input.name).split(',') {
                let (at, text) = pair.trim().split_once(' ').unwrap();
                let time = Time(duration(at).unwrap());
                metric.push(
                    slot,
                    0,
                    Sample::good(time, value(text, input.declared.ty)),
                    &NoZones,
                );
            }
        }
        let closed = metric.advance(Time(duration(length).unwrap()), &NoZones);
        closed.into_iter().next_back().and_then(|closed| closed.value)
    }
}

fn check(resolved: &Resolved, ty: &Arc<Effective>, path: &str, property: &Property) {
    let name = ty.lineage.first().unwrap();
    let what = format!("{name}.{path}");
    let sheet = resolved.formulas(name, &NoZones).unwrap();
    let formula = Arc::new(sheet.unwrap().formulas.remove(path).unwrap());
    let example = property.about.notes.get("x-example");
    let (given, expect) = example
        .and_then(|example| example.split_once("=>"))
        .unwrap_or_else(|| panic!("{what} has no `x-example`"));
    let given = Given::new(given, ty);
    for input in given.inputs.keys() {
        let uses = formula.inputs().iter().any(|used| used.name == *input);
        assert!(uses, "{what} does not use `{input}`");
    }
    let result = match &property.window {
        Some(length) => given.over(&formula, length),
        None => given.now(&formula),
    };
    match (result, expect.trim()) {
        (None, "no output") => {}
        (Some(Value::Number(number)), expect) => {
            let expect: f64 = expect.parse().unwrap();
            let off = (number - expect).abs() / expect.abs().max(1e-3);
            assert!(off < 2e-5, "{what}: {number} and not {expect}");
        }
        (result, expect) => assert_eq!(result, Some(Value::from(expect)), "{what}"),
    }
}

#[test]
fn every_formula_gives_what_its_example_says() {
    let checked = read(&["utilities/model", "demo/model"]);
    let resolved = checked.model.resolve();
    let mut count = 0;
    for (name, ty) in &checked.model.types {
        for (path, own) in &ty.properties {
            let effective = &resolved.types[name];
            let whole = &effective.properties[path.as_str()].value;
            if whole.kind == Some(Kind::Computed) && own.formula.is_some() {
                check(&resolved, effective, path.as_str(), whole);
                count += 1;
            }
        }
    }
    assert!(count > 100, "{count} formulas");
}
