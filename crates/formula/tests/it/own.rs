//! What the language has beyond SiteWise's, over current values.

use formula::units::Unit;
use formula::{Declared, Kind, Quality, Sample, Type};

use super::support::{Given, MOMENT, NOW, check, eval, printed};

#[test]
fn own_functions_of_numbers_and_texts() {
    for (source, expect) in [
        ("clamp(12, 0, 10) + clamp(-3, 0, 10)", "10"),
        ("clamp(1, 5, 2)", "no output"),
        ("round(2.5) + round(-2.5)", "0"),
        ("round(3.14159, 2)", "3.14"),
        ("round(1234.5, -2)", "1200"),
        ("round(1.005, 20)", "no output"),
        ("trunc(-2.7)", "-2"),
        ("deg(pi)", "180"),
        ("rad(180) == pi", "1"),
        ("atan2(1, 1) * 4", "3.141592653589793"),
        ("hypot(3, 4)", "5"),
        ("mod(-7, 3)", "2"),
        ("scale(12, 4, 20, 0, 100)", "50"),
        ("scale(12, 4, 4, 0, 100)", "no output"),
        ("max(3, 9, 4) - min(3, 9, 4)", "6"),
        ("avg(1, 2, 6) + sum(1, 2) + count(4, 5)", "8"),
        ("stdev(2, 4, 4, 4, 5, 5, 7, 9)", "2.138089935299395"),
        ("1 && 0 || 3", "3"),
        ("coalesce(none, 1/0, 7)", "7"),
        ("if_bad(sqrt(-1), -1)", "-1"),
        ("trim('  a ') + replace('b-c', '-', '')", "abc"),
        ("starts_with('RUN fast', 'RUN') and ends_with('RUN', 'N')", "1"),
        ("number(' 3.5 ') * 2", "7"),
        ("number('three')", "no output"),
        ("text(1.50)", "1.5"),
        ("-2 ^ 2", "-4"),
        ("2 ^ 3 ^ 2", "512"),
        ("2 ^ -1", "0.5"),
        ("not 1 == 2", "1"),
        ("f\"{{{1 + 1}}}\"", "{2}"),
        ("'a'[5]", "no output"),
        ("'abc'[::0]", "no output"),
        ("'abc'[0.5]", "no output"),
        ("1e308 * 10", "no output"),
        ("5.gt(3)", "1"),
        ("'äöü'[1] + len('äöü')", "ö3"),
    ] {
        assert_eq!(eval(source, &[]), expect, "{source}");
    }
}

/// The results of SiteWise's own rules are in `published.rs`: `isnan(0/0)`, `if(0/0, 1, 2)`, `!none`.
#[test]
fn what_is_undefined_is_no_answer() {
    for undefined in ["1/0", "0/0", "1e308 * 10", "sqrt(-1)", "log(0)"] {
        for around in [
            "({}) > 5",
            "5 >= ({})",
            "({}) == ({})",
            "({}) != 1",
            "not (({}) > 5)",
            "not ({})",
            "({}) > 5 or 0",
            "({}) > 5 and 1",
            "lt({}, 5)",
            "neq({}, 5)",
            "eq({}, {})",
            "case(({}) > 1, 'a', 'b')",
            "case({}, 'a', 'b')",
            "if(({}) > 5, 'a', 'b')",
            "max(1, {})",
            "min(1, {})",
            "avg(1, {})",
            "count_if(1 > 0, ({}) > 0)",
            "clamp({}, 0, 100)",
            "clamp(5, 0, {})",
            "7 % ({})",
            "1 / ({})",
            "signum({})",
            "atan({})",
            "availability(1, {})",
            "'a' + ({})",
            "text({})",
            "format('%b', {})",
        ] {
            let source = around.replace("{}", undefined);
            assert_eq!(eval(&source, &[]), "no output", "{source}");
        }
        assert_eq!(eval(&format!("count(1, {undefined})"), &[]), "1", "{undefined}");
        for (decided, expect) in [("and 0", "0"), ("or 3 > 2", "1")] {
            let source = format!("({undefined}) > 1 {decided}");
            assert_eq!(eval(&source, &[]), expect, "{source}");
        }
    }
}

#[test]
fn what_cannot_be_decided_is_not_passed_over() {
    let bad = |value: f64, quality| Sample {
        quality,
        ..Sample::good(NOW, value)
    };
    let names = super::support::names(&[("x", "1"), ("y", "1")]);
    for (source, x, y, expect) in [
        ("case(x > 1, 'a', y > 1, 'b', 'c')", Some(2.0), None, "a"),
        ("case(x > 1, 'a', y > 1, 'b', 'c')", Some(0.0), None, "no output"),
        ("case(x > 1, 'a', y > 1, 'b', 'c')", Some(0.0), Some(0.0), "c"),
        ("case(x > 1, 'a', y > 1, 'b')", Some(0.0), Some(0.0), "no output"),
        ("case(x > 1 and y > 1, 'a', 'c')", Some(0.0), None, "c"),
        ("case(x > 1 and y > 1, 'a', 'c')", None, Some(0.0), "c"),
        ("case(x > 1 and y > 1, 'a', 'c')", Some(2.0), None, "no output"),
        ("case(x > 1 or y > 1, 'a', 'c')", None, Some(2.0), "a"),
        ("case(x > 1 or y > 1, 'a', 'c')", None, Some(0.0), "no output"),
        ("case(not (x > 1), 'a', 'c')", None, Some(0.0), "no output"),
        ("if(x > 1, 'a', 'c')", None, Some(0.0), "no output"),
        ("if(x > 1 and y > 1, 'a', 'c')", None, Some(0.0), "c"),
        ("not x", None, Some(0.0), "no output"),
        ("x or y", None, Some(0.0), "no output"),
        ("x and y", None, Some(0.0), "0"),
        ("count_if(x > 1, y > 1)", Some(2.0), Some(0.0), "1"),
        ("count_if(x > 1, y > 1)", Some(2.0), None, "no output"),
    ] {
        let formula = check(source, Kind::Transform, &names).unwrap();
        let given = formula.inputs().iter().map(|input| {
            let number = if input.name == "x" { x } else { y };
            Some(number.map_or(bad(9.0, Quality::Bad), |number| Sample::good(NOW, number)))
        });
        let value = formula.eval(&Given(given.collect(), Vec::new()), MOMENT);
        assert_eq!(printed(value), expect, "{source} with {x:?}, {y:?}");
    }
}

fn with_units(source: &str, units: &[(&str, &str, f64)]) -> String {
    let names = units
        .iter()
        .map(|(name, unit, _)| {
            let declared = Declared {
                ty: Type::Number,
                unit: (!unit.is_empty()).then(|| Unit::parse(unit).unwrap()),
                ..Declared::default()
            };
            ((*name).to_owned(), declared)
        })
        .collect();
    match check(source, Kind::Transform, &names) {
        Err(problems) => format!("error: {}", problems[0]),
        Ok(formula) => {
            let given = formula.inputs().iter().map(|input| {
                let (_, _, number) = units.iter().find(|(name, _, _)| *name == input.name).unwrap();
                Some(Sample::good(NOW, *number))
            });
            let value = formula.eval(&Given(given.collect(), Vec::new()), MOMENT);
            let unit = formula
                .unit()
                .map_or(String::new(), |unit| format!(" {}", unit.code()));
            printed(value) + &unit
        }
    }
}

#[test]
fn units_are_converted_composed_and_checked() {
    let plant = [
        ("p", "bar", 3.2),
        ("q", "kPa", 80.0),
        ("t", "Cel", 25.0),
        ("t2", "Cel", 15.0),
        ("power", "kW", 7.5),
        ("flow", "m3/h", 30.0),
        ("energy", "kW.h", 120.0),
        ("volume", "m3", 60.0),
        ("share", "%", 40.0),
        ("angle", "deg", 90.0),
        ("bare", "", 2.0),
    ];
    for (source, expect) in [
        ("to(p, 'kPa')", "320 kPa"),
        ("p + to(q, 'bar')", "4 bar"),
        ("to(t, '[degF]')", "77 [degF]"),
        ("t - t2", "10 K"),
        ("power / flow", "0.25 kW/(m3/h)"),
        ("to(power / flow, 'kW.h/m3')", "0.25 kW.h/m3"),
        ("energy / volume", "2 kW.h/m3"),
        ("p * 2 + 1", "7.4 bar"),
        ("p / p", "1 1"),
        ("p ^ 2", "10.240000000000002 bar.bar"),
        ("p * bare", "6.4"),
        ("9/5 * t + 32", "77"),
        ("(t + t2) / 2", "20"),
        ("max(p, 5)", "5 bar"),
        ("sin(to(angle, 'rad'))", "1"),
        ("share > 30", "1"),
        ("to(share, '1')", "0.4 1"),
        ("unit(bare, 'bar') + p", "5.2 bar"),
        (
            "p + q",
            "error: `+` of `bar` and `kPa`; write `to(…, 'bar')` around the second",
        ),
        (
            "p > t",
            "error: `>` of `bar` and `Cel`; they measure different things",
        ),
        (
            "max(p, 1, q)",
            "error: `max` of `bar` and `kPa`; write `to(…, 'bar')` around the second",
        ),
        (
            "if(1, p, t)",
            "error: `if` of `bar` and `Cel`; they measure different things",
        ),
        ("to(p, 'psi')", "error: `psi` is not a UCUM code; write `[psi]`"),
        (
            "to(p, 'm3')",
            "error: `bar` cannot be had in `m3`; they measure different things",
        ),
        (
            "to(bare, 'bar')",
            "error: the unit of this is not known, so it cannot be converted; declare the property's unit, say `of` at an input of several types, or write `unit(x, 'bar')`",
        ),
        (
            "log(p)",
            "error: `log` needs a pure number, this is in `bar`; divide by a reference value in the same unit first",
        ),
        (
            "sin(angle)",
            "error: `sin` needs radians, this is in `deg`; write `to(…, 'rad')`",
        ),
        (
            "unit(p, 'kPa')",
            "error: this is in `bar` already; to convert write `to(…, 'kPa')`",
        ),
        (
            "bare ^ p",
            "error: an exponent is a pure number, this is in `bar`",
        ),
    ] {
        assert_eq!(with_units(source, &plant), expect, "{source}");
    }
}

#[test]
fn the_declared_unit_is_held_against_the_inferred_one() {
    let names = [(
        "p".to_owned(),
        Declared {
            unit: Unit::parse("bar").ok(),
            ..Declared::default()
        },
    )]
    .into();
    let formula = check("p * 100", Kind::Transform, &names).unwrap();
    let told = |code: &str| {
        formula
            .check_unit(&Unit::parse(code).unwrap())
            .map(|problem| problem.to_string())
    };
    assert_eq!(told("bar"), None);
    assert_eq!(
        told("kPa").unwrap(),
        "warning: the result is in `bar`, the property in `kPa`; write `to(…, 'kPa')`"
    );
    assert_eq!(
        told("K").unwrap(),
        "the result is in `bar`, the property in `K`; they measure different things"
    );
}

#[test]
fn quality_can_be_asked_for() {
    use formula::Quality::{Bad, Good, Uncertain};
    let names = [
        ("x".to_owned(), Declared::default()),
        ("y".to_owned(), Declared::default()),
    ]
    .into();
    for (quality, source, expect) in [
        (Some(Bad), "quality(x)", "bad"),
        (Some(Uncertain), "quality(x)", "uncertain"),
        (None, "quality(x)", "none"),
        (Some(Good), "is_good(x)", "1"),
        (Some(Bad), "is_good(x)", "0"),
        (Some(Bad), "if_bad(x, y) + 1", "10"),
        (Some(Good), "if_bad(x, y) + 1", "6"),
        (Some(Good), "age(x)", "30"),
        (Some(Good), "hold_last(x, 30)", "5"),
        (Some(Good), "hold_last(x, 29)", "no output"),
        (Some(Bad), "hold_last(x, 30)", "no output"),
        (Some(Bad), "if(is_good(x), x, y)", "9"),
    ] {
        let x = quality.map(|quality| Sample {
            quality,
            ..Sample::good(NOW.plus_micros(-30_000_000), 5.0)
        });
        let formula = check(source, Kind::Transform, &names).unwrap();
        let given = formula.inputs().iter().map(|input| match input.name.as_str() {
            "x" => x.clone(),
            _ => Some(Sample::good(NOW, 9.0)),
        });
        let value = formula.eval(&Given(given.collect(), Vec::new()), MOMENT);
        assert_eq!(printed(value), expect, "{source} of {quality:?}");
    }
}

#[test]
fn what_sitewise_does_not_know_is_marked() {
    let names = [("x".to_owned(), Declared::default())].into();
    for (source, kind, expect) in [
        ("abs(x) + round(x)", Kind::Transform, &[9][..]),
        ("max(x, 1)", Kind::Transform, &[0]),
        ("max(x, 1) + avg(x)", Kind::Metric, &[]),
        ("increase(x) / coverage(x)", Kind::Metric, &[0, 14]),
    ] {
        let formula = check(source, kind, &names).unwrap();
        let starts: Vec<usize> = formula.beyond_sitewise().iter().map(|span| span.start).collect();
        assert_eq!(starts, expect, "{source}");
    }
}
