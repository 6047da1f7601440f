//! Every example that AWS publishes for the expression language, with the page it stands on.
//!
//! Source: AWS IoT SiteWise user guide, `awsdocs/aws-iot-sitewise-user-guide` at 25d40c5,
//! doc_source/expression-*.md, and the current pages of the same name on docs.aws.amazon.com.

use formula::{Declared, Inputs, Kind, Moment, Sample, Time};

use super::support::{Given, MOMENT, NOW, check, eval, metric, names, printed};

/// Page, expression, variables, what it gives.
type Row<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a str);

const TABLE: &[Row<'_>] = &[
    ("operators", "1 + 2 + \" is three\"", &[], "3 is three"),
    ("operators", "\"Hello!\"[1]", &[], "e"),
    ("operators", "\"Hello!\"[-2]", &[], "o"),
    ("operators", "\"Hello!\"[1:4]", &[], "ell"),
    ("operators", "\"Hello!\"[:2]", &[], "He"),
    ("operators", "\"Hello!\"[3:]", &[], "lo!"),
    ("operators", "\"Hello!\"[:-4]", &[], "He"),
    ("operators", "\"Hello!\"[::2]", &[], "Hlo"),
    ("operators", "\"Hello!\"[::-1]", &[], "!olleH"),
    ("operators", "s[1:4:1] == s[1:4]", &[("s", "abcdef")], "1"),
    ("operators", "s[none:2:none]", &[("s", "abcdef")], "ab"),
    ("operators", "-7 % 3", &[], "-1"),
    ("operators", "7 % -3", &[], "1"),
    ("operators", "2 ^ 10", &[], "1024"),
    ("operators", "x < 3", &[("x", "2")], "1"),
    ("operators", "!x", &[("x", "0")], "1"),
    ("operators", "!''", &[], "1"),
    ("operators", "!none", &[], "1"),
    ("operators", "!jp('[]', '$')", &[], "1"),
    ("operators", "not 5", &[], "0"),
    ("operators", "0 and 7", &[], "0"),
    ("operators", "3 and 7", &[], "7"),
    ("operators", "3 or 7", &[], "1"),
    ("operators", "0 or 7", &[], "7"),
    ("operators", "'' or 'abc'", &[], "abc"),
    ("literals", "-23.1", &[], "-23.1"),
    ("literals", "7.89e3", &[], "7890"),
    (
        "literals",
        "\"{\"\"temp\"\": \"\"high\"\"}\"",
        &[],
        "{\"temp\": \"high\"}",
    ),
    ("constants", "pi", &[], "3.141592653589793"),
    ("constants", "E", &[], "2.718281828459045"),
    ("constants", "True + FALSE", &[], "1"),
    ("constants", "pi", &[("pi", "3")], "3"),
    ("constants", "none", &[], "no output"),
    ("comparison", "gte(0.3, 0.1 + 0.2)", &[], "1"),
    ("comparison", "eq(0.1 + 0.2, 0.3)", &[], "1"),
    ("comparison", "neq(0.1 + 0.2, 0.3)", &[], "1"),
    ("comparison", "eq(1, 1 + 2e-9)", &[], "0"),
    ("comparison", "lte(1 + 1e-10, 1)", &[], "1"),
    ("comparison", "gt('b', 'abc')", &[], "1"),
    ("comparison", "gt(1, 'a')", &[], "no output"),
    ("comparison", "isnan(sqrt(-1))", &[], "1"),
    (
        "comparison",
        "isnan('a')",
        &[],
        "error: `isnan` needs a number, this is a text; `number(s)` reads a number from a text",
    ),
    ("conditional", "if(0, x, y)", &[("x", "1"), ("y", "2")], "2"),
    ("conditional", "if(5, x, y)", &[("x", "1"), ("y", "2")], "1"),
    (
        "conditional",
        "if(gt(temp, 300), x, y)",
        &[("temp", "301"), ("x", "1"), ("y", "2")],
        "1",
    ),
    (
        "conditional",
        "if(gt(temp, 300), temp, none)",
        &[("temp", "301")],
        "301",
    ),
    (
        "conditional",
        "if(gt(temp, 300), temp, none)",
        &[("temp", "300")],
        "no output",
    ),
    ("conditional", "if(0/0, 1, 2)", &[], "1"),
    ("conditional", "if('', 1, 2)", &[], "2"),
    (
        "conditional",
        "if(a, 1).elif(b, 2, 3)",
        &[("a", "0"), ("b", "1")],
        "2",
    ),
    (
        "conditional",
        "if(a, 1).elif(b, 2, 3)",
        &[("a", "1"), ("b", "1")],
        "1",
    ),
    (
        "conditional",
        "if(a, 1).elif(b, 2).elif(a or b, 3, 4)",
        &[("a", "0"), ("b", "0")],
        "4",
    ),
    ("string", "len('abc')", &[], "3"),
    ("string", "find('abcd', 'cd')", &[], "2"),
    ("string", "contains('abc', 'bc')", &[], "1"),
    ("string", "upper('aBc')", &[], "ABC"),
    ("string", "Lower('aBc')", &[], "abc"),
    (
        "string",
        "jp('{\"status\":\"active\",\"value\":15}', '$.value')",
        &[],
        "15",
    ),
    (
        "string",
        "jp('{\"measurement\":{\"reading\":25,\"confidence\":0.95}}', '$.measurement.reading')",
        &[],
        "25",
    ),
    ("string", "jp('[2,8,23]', '$[2]')", &[], "23"),
    ("string", "jp('{\"values\":[3,6,7]}', '$.values[1]')", &[], "6"),
    ("string", "jp('111', '$')", &[], "111"),
    (
        "string",
        "jp(jp('{\"measurement\":{\"reading\":25,\"confidence\":\"0.95\"}}', '$.measurement.confidence'), '$')",
        &[],
        "0.95",
    ),
    (
        "string",
        "join(\"-\", \"AWS\", \"IoT\", \"SiteWise\")",
        &[],
        "AWS-IoT-SiteWise",
    ),
    ("string", "format(100+1: \"d\")", &[], "101"),
    (
        "string",
        "format(\"The result is %d\", 100+1)",
        &[],
        "The result is 101",
    ),
    ("string", "f'abc{1+2: \"f\"}d'", &[], "abc3.000000d"),
    (
        "string",
        "join('', \"abc\", format(1+2: \"f\"), 'd')",
        &[],
        "abc3.000000d",
    ),
    (
        "functions",
        "message.jp('$.status').lower().contains('fail')",
        &[("message", "{\"status\":\"FAILED\"}")],
        "1",
    ),
    (
        "functions",
        "contains(lower(jp(message, '$.status')),'fail')",
        &[("message", "{\"status\":\"ok\"}")],
        "0",
    ),
    (
        "tutorials",
        "if(gte(temp_c, 100), temp_c, none)",
        &[("temp_c", "99.9")],
        "no output",
    ),
    ("tutorials", "x / 0", &[("x", "1")], "no output"),
    ("tutorials", "log(0)", &[], "no output"),
    ("tutorials", "sqrt(-1)", &[], "no output"),
    (
        "tutorials",
        "jp('{\"values\":[3,6,7]}', '$.values')",
        &[],
        "no output",
    ),
    ("common", "signum(-4) + signum(0) + signum(9)", &[], "0"),
    ("common", "expm1(1e-10)", &[], "1.00000000005e-10"),
    ("common", "log10(1000) + log2(8) + cbrt(27)", &[], "9"),
    ("common", "ceil(1.2) + floor(-1.2)", &[], "0"),
    (
        "date-and-time",
        "mktime('UTC', 2021, 1, 19, 4, 31, 39.00)",
        &[],
        "1611030699",
    ),
    ("date-and-time", "mktime(2020, 2, 29)", &[], "1582934400"),
    (
        "date-and-time",
        "mktime('UTC+3', 2021, 12, 31, 22)",
        &[],
        "1640977200",
    ),
    (
        "date-and-time",
        "mktime(2022, 10, 13, 2, 55, 13.68, 'PST')",
        &[],
        "1665654913.68",
    ),
    ("date-and-time", "mktime(2251, 1, 1)", &[], "no output"),
    ("date-and-time", "mktime(2021, 2, 29)", &[], "no output"),
    ("date-and-time", "year(localtime(1605289736, 'UTC'))", &[], "2020"),
    ("date-and-time", "mon(localtime(1605289736, 'UTC'))", &[], "11"),
    ("date-and-time", "mday(localtime(1605289736, 'UTC'))", &[], "13"),
    ("date-and-time", "wday(localtime(1605289736, 'UTC'))", &[], "5"),
    ("date-and-time", "yday(localtime(1605289736, 'UTC'))", &[], "318"),
    (
        "date-and-time",
        "hour(localtime(1605289736, 'Europe/Paris'))",
        &[],
        "18",
    ),
    (
        "date-and-time",
        "minute(localtime(1605289736, 'UTC+5:30'))",
        &[],
        "18",
    ),
    (
        "date-and-time",
        "sec(localtime(1605289736.25, 'Z'))",
        &[],
        "56.25",
    ),
    ("date-and-time", "now()", &[], "1627065000"),
    (
        "date-and-time",
        "timestamp().localtime('PST').wday().eq(5)",
        &[],
        "1",
    ),
];

#[test]
fn published_examples_give_what_they_say() {
    for (page, source, lets, expect) in TABLE {
        assert_eq!(eval(source, lets), *expect, "{source} (expression-{page}.md)");
    }
}

#[test]
fn a_concatenation_longer_than_1024_characters_is_no_output() {
    // expression-operators.md.
    let long = "x".repeat(1000);
    assert_eq!(eval("s + s[:24]", &[("s", &long)]).len(), 1024);
    assert_eq!(eval("s + s[:25]", &[("s", &long)]), "no output");
}

#[test]
fn only_good_values_are_consumed() {
    // expression-tutorials.md, "Data quality in formulas".
    let formula = check("x + 1", Kind::Transform, &names(&[("x", "1")])).unwrap();
    for (quality, expect) in [
        (formula::Quality::Good, "2"),
        (formula::Quality::Uncertain, "no output"),
        (formula::Quality::Bad, "no output"),
    ] {
        let sample = Sample {
            quality,
            ..Sample::good(NOW, 1.0)
        };
        let given = Given(vec![Some(sample)], Vec::new());
        assert_eq!(printed(formula.eval(&given, MOMENT)), expect);
    }
    let nothing = Given(vec![None], Vec::new());
    assert_eq!(printed(formula.eval(&nothing, MOMENT)), "no output");
}

#[test]
fn pretrigger_is_the_good_value_before_the_trigger() {
    // expression-temporal-functions.md, "Use temporal functions in transforms".
    let given = Given(
        vec![Some(Sample::good(Time::from_secs(20), 7.0))],
        vec![Some(Sample::good(Time::from_secs(10), 4.0))],
    );
    for (source, expect) in [
        ("x - pretrigger(x)", "3"),
        ("timestamp(x)", "20"),
        ("timestamp(x) - timestamp(pretrigger(x))", "10"),
        ("x.pretrigger()", "4"),
    ] {
        let formula = check(source, Kind::Transform, &names(&[("x", "1")])).unwrap();
        assert_eq!(printed(formula.eval(&given, MOMENT)), expect, "{source}");
    }
}

#[test]
fn the_statetime_scenario_gives_30_60_45_0() {
    // expression-temporal-functions.md, "Example statetime scenario"; 14:00:00 is second 50,400.
    let idle: &[(i64, &str)] = &[
        (50_400, "0"),
        (50_430, "1"),
        (50_475, "1"),
        (50_565, "0"),
        (50_640, "0"),
    ];
    let series = [("idle", idle)];
    assert_eq!(
        metric("statetime(idle)", "1m", &series, 50_640),
        ["no output", "30", "60", "45", "0"]
    );
}

#[test]
fn temporal_functions_stand_where_the_diagram_has_them() {
    // The diagram sitewise-temporal-functions.png, in the newer wording: `earliest` is the last
    // value before the interval, `latest` the last one before its end.
    let x: &[(i64, &str)] = &[(30, "1"), (70, "2"), (100, "3"), (200, "4")];
    let series = [("x", x)];
    for (source, expect) in [
        ("first(x)", ["1", "2", "no output", "4"]),
        ("last(x)", ["1", "3", "no output", "4"]),
        ("earliest(x)", ["no output", "1", "3", "3"]),
        ("latest(x)", ["1", "3", "3", "4"]),
        ("latest(x * 9/5 + 32)", ["33.8", "37.4", "37.4", "39.2"]),
        ("x", ["1", "3", "no output", "4"]),
        ("timestamp() + 0 * count(x)", ["60", "120", "180", "240"]),
    ] {
        assert_eq!(metric(source, "1m", &series, 240), expect, "{source}");
    }
}

#[test]
fn aggregations_work_as_published() {
    // expression-aggregation-functions.md and expression-tutorials.md.
    let (x, y): (&[(i64, &str)], &[(i64, &str)]) = (
        &[(10, "1"), (20, "2"), (60, "6"), (70, "10"), (130, "!99")],
        &[(15, "5"), (80, "7"), (140, "9")],
    );
    let series = [("x", x), ("y", y)];
    for (source, expect) in [
        ("avg(x)", ["3", "10", "no output"]),
        ("sum(x)", ["9", "10", "no output"]),
        ("count(x)", ["3", "1", "0"]),
        ("max(latest(x), latest(y))", ["6", "10", "10"]),
        ("avg(x*(x-1))", ["10.666666666666666", "90", "no output"]),
        ("sum(x/2)/avg(y^2)", ["0.18", "0.10204081632653061", "no output"]),
        ("sum(avg(x^2)/2)", ["6.833333333333333", "50", "no output"]),
        ("sum(x/2, y*2)", ["14.5", "19", "no output"]),
        ("sum(gte(x, 2))", ["2", "1", "no output"]),
        ("count(if(x > 1, x, none))", ["2", "1", "0"]),
        ("min(x, 0.5)", ["0.5", "0.5", "no output"]),
    ] {
        assert_eq!(metric(source, "1m", &series, 180), expect, "{source}");
    }
}

#[test]
fn the_example_of_the_announcement_counts_mondays_only() {
    // "Announcing new features for AWS IoT SiteWise", 2021-01-21. 1970-01-05 was a Monday.
    let monday = 4 * 86_400 + 8 * 3600;
    let source = "if(timestamp().localtime('PST').wday().eq(1), avg(productivity), none)";
    let samples: &[(i64, &str)] = &[(monday - 43_200, "3"), (monday + 3600, "4")];
    let given = metric(source, "1h", &[("productivity", samples)], monday + 3600);
    assert_eq!(
        (given[0].as_str(), given[given.len() - 1].as_str()),
        ("no output", "4")
    );
}

#[test]
fn formulas_of_the_brewery_check_and_evaluate() {
    // aws-solutions-library-samples/breweries-sitewise-simulator, cf/sitewise-assets.json.
    let state: &[(i64, &str)] = &[(0, "Runtime"), (100, "Downtime"), (160, "Runtime")];
    let on: &[(i64, &str)] = &[(0, "1"), (100, "0"), (160, "1")];
    let off: &[(i64, &str)] = &[(0, "0"), (100, "1"), (160, "0")];
    let series = [
        ("var_utilizationstate", state),
        ("var_runtime", on),
        ("var_downtime", off),
    ];
    let contains = "contains(var_utilizationstate,\"Runtime\")";
    assert_eq!(eval(contains, &[("var_utilizationstate", "Runtime")]), "1");
    let utilization = "statetime(var_runtime)/(statetime(var_runtime)+statetime(var_downtime))*100";
    assert_eq!(metric(utilization, "5m", &series, 300), ["no output", "80"]);
    let oee = "var_utilizationper5min*var_qualityper5min*var_performanceper5min/10000";
    let lets = [
        ("var_utilizationper5min", "80"),
        ("var_qualityper5min", "90"),
        ("var_performanceper5min", "50"),
    ];
    assert_eq!(eval(oee, &lets), "36");
}

#[test]
fn aggregations_take_child_assets() {
    struct Children(Vec<Sample>);
    impl Inputs for Children {
        fn current(&self, _slot: usize) -> Option<&Sample> {
            self.0.first()
        }
        fn members(&self, _slot: usize) -> usize {
            self.0.len()
        }
        fn member(&self, _slot: usize, member: usize) -> Option<&Sample> {
            self.0.get(member)
        }
    }
    let group = Declared {
        is_group: true,
        ..Declared::default()
    };
    let names = [("flow".to_owned(), group)].into();
    let children = Children([3.0, 4.0, 8.0].map(|flow| Sample::good(NOW, flow)).to_vec());
    let moment = Moment { ..MOMENT };
    for (source, expect) in [
        ("sum(flow)", "15"),
        ("avg(flow * 2)", "10"),
        ("max(flow) - min(flow)", "5"),
    ] {
        let formula = check(source, Kind::Transform, &names).unwrap();
        assert_eq!(printed(formula.eval(&children, moment)), expect, "{source}");
    }
    let problems = check("flow + 1", Kind::Transform, &names).unwrap_err();
    assert_eq!(
        problems[0].help.as_deref(),
        Some("write `sum(flow)`, or another aggregation")
    );
}
