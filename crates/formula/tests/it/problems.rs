//! Every kind of mistake has a place and, where there is one, a way out.

use std::collections::BTreeMap;

use formula::{Declared, Kind, Role, Type};

use super::support::check;

fn told(source: &str, kind: Kind) -> String {
    let declared = |ty, role, is_group| Declared {
        ty,
        role,
        is_group,
        unit: None,
    };
    let names: BTreeMap<String, Declared> = [
        ("flow", declared(Type::Number, Role::Measurement, false)),
        ("level", declared(Type::Number, Role::Measurement, false)),
        ("state", declared(Type::Text, Role::Measurement, false)),
        ("pumps", declared(Type::Number, Role::Measurement, true)),
        ("hourly", declared(Type::Number, Role::Metric, false)),
    ]
    .map(|(name, declared)| (name.to_owned(), declared))
    .into();
    match check(source, kind, &names) {
        Ok(formula) => formula
            .warnings()
            .first()
            .map_or_else(|| "fine".to_owned(), ToString::to_string),
        Err(problems) => {
            let (line, column) = problems[0].span.position(source);
            format!("{line}:{column}: {}", problems[0])
        }
    }
}

const IN_A_TRANSFORM: &[(&str, &str)] = &[
    ("", "1:1: the formula is empty"),
    ("flow +", "1:7: the formula ends where a value is expected"),
    (
        "flow level",
        "1:6: `level` where an operator or the end is expected",
    ),
    (
        "(flow",
        "1:6: the formula ends where `)` after the bracket's contents is expected",
    ),
    (
        "flow = 3",
        "1:6: `=` where an operator or the end is expected; write `==` to compare",
    ),
    (
        "flow > 3 ? 1 : 2",
        "1:10: `?` where an operator or the end is expected; write `if(condition, then, else)`",
    ),
    ("'abc", "1:1: the string has no end; close it with '"),
    ("flow $ 3", "1:6: `$` means nothing in a formula"),
    ("1e999", "1:1: `1e999` is not a number that fits"),
    ("f'{flow", "1:3: `{` without `}`; write `{{` for a brace"),
    ("flwo + 1", "1:1: unknown name `flwo`; did you mean `flow`?"),
    (
        "now + 1",
        "1:1: unknown name `now`; to call the function write `now()`",
    ),
    ("sqr(flow)", "1:1: unknown function `sqr`; did you mean `sqrt`?"),
    ("gt(flow)", "1:1: `gt` takes 2 arguments, got 1; write `gt(x, y)`"),
    (
        "abs(flow, 2)",
        "1:1: `abs` takes 1 argument, got 2; write `abs(x)`",
    ),
    (
        "1 +\n  state * 2",
        "2:3: `*` needs a number, this is a text; `number(s)` reads a number from a text",
    ),
    (
        "upper(flow)",
        "1:7: `upper` needs a text, this is a number; `text(x)` writes a value as text",
    ),
    (
        "flow[1]",
        "1:1: an index needs a text, this is a number; `text(x)` writes a value as text",
    ),
    (
        "avg(flow)",
        "1:1: `avg` works over a window, and there is none; make this a metric with a window, or give `avg` several values",
    ),
    (
        "statetime(flow)",
        "1:1: `statetime` works over a window, and there is none; make this a metric with a window",
    ),
    (
        "pumps * 2",
        "1:1: `pumps` stands for many assets; write `sum(pumps)`, or another aggregation",
    ),
    (
        "elif(1, 2, 3)",
        "1:1: `elif` follows an `if` that has no else; write `if(a, x).elif(b, y, z)`",
    ),
    (
        "if(1, 2, 3).elif(1, 2, 3)",
        "1:13: `elif` follows an `if` that has no else; write `if(a, x).elif(b, y, z)`",
    ),
    (
        "format(flow: \"%q\")",
        "1:14: `%q` is no format; write for example \"%.2f\", \"%d\" or \"%s\"",
    ),
    (
        "format(state: \"d\")",
        "1:8: `%d` needs a number, this is a text; write `%s` for a text",
    ),
    (
        "format(\"%d %d\", flow)",
        "1:8: the format has place for 2 values, 1 given",
    ),
    ("jp(state, '$.[')", "1:11: a name is missing after `.`"),
    (
        "jp(state, state)",
        "1:11: the path of `jp` is no text in quotes; write `jp(s, '$.value')`",
    ),
    (
        "localtime(now(), 'Mars/Olympus')",
        "1:18: unknown time zone `Mars/Olympus`; write for example 'Europe/Paris', 'UTC+01:00' or 'Z'",
    ),
    (
        "localtime(now(), 'Z')",
        "1:1: a local time is no result; take `hour(...)`, `wday(...)` or another part of it",
    ),
    (
        "hour(now())",
        "1:6: `hour` needs a local time; write `localtime(timestamp(), 'Europe/Paris')`",
    ),
    (
        "mktime('UTC', 2021, 1)",
        "1:8: `mktime` takes 3 to 6 numbers, got 2; write `mktime([zone,] year, month, day[, hour, minute, second])`",
    ),
    (
        "quality(flow + 1)",
        "1:9: `quality` needs a property, this is a value",
    ),
    (
        "flow > 1 > 0",
        "warning: `>` compares the 1 or 0 of the comparison before it; write `a < x and x < b`",
    ),
    (
        "gt(flow, state)",
        "warning: `gt` of a number and a text never has an answer",
    ),
    ("max(pumps) + sum(flow, level)", "fine"),
];

#[test]
fn what_other_languages_call_otherwise_is_told_as_it_is_here() {
    for (formula, expect) in [
        (
            "concat('a', 'b')",
            "1:1: unknown function `concat`; write `join('', a, b)`",
        ),
        ("p95(3)", "1:1: unknown function `p95`; write `percentile(x, 95)`"),
        ("Average(3)", "1:1: unknown function `Average`; write `avg(x)`"),
        (
            "sqroot(3)",
            "1:1: unknown function `sqroot`; did you mean `sqrt`?",
        ),
        (
            "wobble(3)",
            "1:1: unknown function `wobble`; docs/formulas.md lists all functions",
        ),
    ] {
        assert_eq!(told(formula, Kind::Transform), expect);
    }
    let unit = told("3 kW", Kind::Transform);
    assert!(
        unit.starts_with("1:3: `kW` where an operator or the end is expected; a number takes the unit"),
        "{unit}"
    );
}

#[test]
fn mistakes_in_a_transform() {
    for (source, expect) in IN_A_TRANSFORM {
        assert_eq!(told(source, Kind::Transform), *expect, "{source}");
    }
}

#[test]
fn mistakes_in_a_metric() {
    for (source, expect) in [
        (
            "min(flow / level)",
            "1:5: an argument of `min` may use one property, this uses `flow` and `level`; compute it in a property of its own first",
        ),
        (
            "first(sum(flow))",
            "1:7: `first` takes a property, not an aggregate",
        ),
        (
            "latest(pumps)",
            "1:8: `latest` takes no property of child assets; aggregate over them first",
        ),
        (
            "statetime(hourly)",
            "1:11: `statetime` takes no metric: it has one value a window",
        ),
        (
            "statetime(3)",
            "1:11: `statetime` needs a property, this is a constant",
        ),
        (
            "pretrigger(flow)",
            "1:1: `pretrigger` is for transforms: a window has no trigger; write `earliest(x)` for the value before the window",
        ),
        (
            "timestamp(flow)",
            "1:1: `timestamp(x)` is for transforms; `timestamp()` is the end of the window",
        ),
        ("percentile(flow, 150)", "1:18: a percentile is between 0 and 100"),
        (
            "TimeWeightedAvg(flow, 'cubic')",
            "1:23: the second argument is 'locf' or 'linear'",
        ),
        (
            "avg(state)",
            "1:5: `avg` needs a number, this is a text; `number(s)` reads a number from a text",
        ),
        ("sum(pumps) / count(pumps) + last(flow)", "fine"),
    ] {
        assert_eq!(told(source, Kind::Metric), expect, "{source}");
    }
}

#[test]
fn several_mistakes_are_told_at_once() {
    let problems = check("foo + bar(1) + abs('x')", Kind::Transform, &BTreeMap::new()).unwrap_err();
    let starts: Vec<usize> = problems.iter().map(|problem| problem.span.start).collect();
    assert_eq!(starts, [0, 6, 19]);
}
