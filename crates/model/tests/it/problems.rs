//! Every mistake is told, with its place and a way out.

use model::{MAX_PROBLEMS, Severity, check_model};

use crate::figures::{model, problems, read};

#[track_caller]
fn check(text: &str, expect: &[&str]) {
    let found = problems(&read(text));
    assert_eq!(found, expect, "\n{}", read(text).render());
}

#[test]
fn texts_that_are_no_model_are_told_apart() {
    check("", &[]);
    check(
        "a = 1",
        &["1:1: `a` is a number here; a file has tables such as `[types.pump]` and `[assets.pump-1]`"],
    );
    check("[typs.pump]", &["1:2: unknown key `typs`; did you mean `types`?"]);
    check(
        "[types]\npump = 3",
        &[
            "2:8: a table, a type, is expected here, this is a number; write `{ … }`, or a section of its own, in brackets",
        ],
    );
    check(
        "[types.\"my pump\"]",
        &["1:8: `my pump` is no name of a type: letters, digits and `_`, no digit first; write `my_pump`"],
    );
    check("[assets.p-1]", &["1:9: an asset has no `type`; add `type = …`"]);
    check(
        "[assets.p-1]\ntpye = \"x\"",
        &[
            "1:9: an asset has no `type`; is it `tpye`?",
            "2:1: unknown key `tpye`; did you mean `type`?",
        ],
    );
}

#[test]
fn versions_are_whole_numbers_from_1() {
    for version in ["0", "-1", "1.5", "1e12"] {
        let told = problems(&read(&format!("[types.p]\nversion = {version}")));
        let expect = "2:11: versions are counted from 1; write `version = 1`, and one more with each change";
        assert_eq!(told, [expect], "{version}");
    }
}

#[test]
fn an_input_of_any_type_has_the_unit_that_all_of_them_measure_in() {
    let text = |unit: &str, of: &str| {
        format!(
            "[types.a.properties]\nx = {{ kind = \"measurement\", unit = \"m3/h\" }}\n\
             [types.b.properties]\nx = {{ kind = \"measurement\", unit = \"{unit}\" }}\n\
             [types.c.inputs.xs]\nthrough = \"has_part\"\nproperty = \"x\"\n{of}\n\
             [types.c.properties]\n\
             sum = {{ kind = \"computed\", unit = \"L/s\", formula = \"to(sum(xs), 'L/s')\" }}"
        )
    };
    check(&text("m3/h", ""), &[]);
    check(&text("L/s", "of = \"a\""), &[]);
    let told = problems(&read(&text("L/s", "")));
    let expect = "7:12: warning: `x` is in `m3/h` for `a` and in `L/s` for `b`: numbers of both would be taken together; say whose it is with `of`, or give both the same unit";
    assert_eq!(told[0], expect);
    assert!(told[1].contains("the unit of this is not known"), "{told:?}");
}

#[test]
fn values_are_held_against_what_is_expected() {
    check(
        "[types.p]\nversion = 0\nabstract = 1\nextends = 3\ncriticality = \"hi\"",
        &[
            "2:11: versions are counted from 1; write `version = 1`, and one more with each change",
            "3:12: true or false is expected here, this is a number; write `true` or `false`, without quotes",
            "4:11: the name of a type is expected here, this is a number; write it as a text, in quotes",
            "5:15: `hi` is not a criticality; there are low, medium, high, critical",
        ],
    );
    check(
        "[types.p.properties]\nx = { kind = \"measurement\", expected = 10, normal = [1] }\ny = { kind = \"measurement\", data = \"text\", unit = \"bar\" }\nz = { kind = \"measurement\", value = 3, limits = { high = \"9\" } }",
        &[
            "2:40: this length of time has no unit; write `\"10s\"` for seconds",
            "2:53: a range has two numbers; write for example `[2, 8]`",
            "3:51: a text has no `unit`; remove it, or change `data`",
            "4:29: a property of kind `measurement` has no `value`; remove it, or make the property attribute",
            "4:58: a table, a limit, is expected here, this is a text; write `{ … }`, or a section of its own, in brackets",
        ],
    );
    check(
        "[types.p]\n[assets.a]\ntype = \"p\"\nrelations.part_of = { to = \"b\", from = \"2026-01-01\" }\n[assets.b]\ntype = \"p\"",
        &["4:40: a time stands without quotes; write for example `2026-03-01T06:00:00+01:00`"],
    );
}

#[test]
fn properties_are_held_against_their_kind() {
    check(
        "[types.p.properties]\na = {}\nb = { kind = \"computed\" }\nc = { kind = \"state\" }\nd = { kind = \"measurement\", every = \"5m\" }\ne = { kind = \"computed\", formula = \"1\", window = \"1 h\" }\nf = { kind = \"measurement\", field = \"x\" }\ng = { kind = \"measurement\", topic = \"a/+/{b\" }",
        &[
            "2:1: the property `a` has no `kind`; add `kind = …`, one of attribute, measurement, computed, state",
            "3:14: the computed property `b` has no `formula`; add `formula = \"…\"`, see docs/formulas.md",
            "4:14: `c` has no states; add `[[types.p.properties.c.states]]` with a `name`",
            "5:29: a property of kind `measurement` has no `every`; remove it, or make the property computed",
            "5:37: `every` is for windows, and there is no `window`; add for example `window = \"1h\"`",
            "6:50: `1 h` is no length of time; write for example `1m`, `8h`, `1d` or `1w`",
            "7:37: a field of no topic; add `topic = \"…\"`",
            "8:37: a `{` without its `}`; close it, as in `{asset}`",
            "8:37: a binding has no wildcards; name one topic, with `{parameters}` where assets differ",
        ],
    );
    check(
        "[types.p.properties.x]\nkind = \"measurement\"\nnormal = [1, 5]\nlimits = { high = 4, low = { at = 0, priority = 9 } }",
        &[
            "4:19: `high` at 4 is inside the normal range from 1 to 5; a healthy value would cross it; move the limit or the range",
            "4:49: priorities are 1 to 4; from 1, somebody must act now, to 4, a note",
        ],
    );
}

#[test]
fn states_are_told_apart() {
    check(
        r#"[types.p.properties.x]
kind = "measurement"
[types.p.properties.s]
kind = "state"
states = [
  { name = "a", when = "x >" },
  { name = "a", values = [1], when = "y > 1" },
  { name = "b" },
  { name = "c", values = [1] },
]"#,
        &[
            "6:28: the formula ends where a value is expected; `p` has s, x; docs/formulas.md has what else there is",
            "7:12: the state `a` is there twice; give one of them another name",
            "7:38: a state is driven by an expression or by values, not by both; remove `when` or `values`",
            "7:39: unknown name `y`; `p` has s, x; docs/formulas.md has what else there is",
            "8:3: nothing says when `b` holds; add `when` or `values`; only the last state may hold otherwise",
            "9:27: `1` means another state already; remove it here or there",
        ],
    );
    check(
        r#"[types.p.properties.s]
kind = "state"
states = [{ name = "on", when = "load > 1" }, { name = "off" }]
[types.p.properties.load]
kind = "computed"
formula = "if(s == 'on', 2, 0)"
"#,
        &["3:10: the state `s` depends on itself, by `load`; let one of them use measured values only"],
    );
}

#[test]
fn formulas_are_told_at_their_letter() {
    check(
        "[types.p.properties]\nflow = { kind = \"measurement\", unit = \"m3/h\" }\nload = { kind = \"computed\", unit = \"bar\", formula = '''\nflow *\n  sqr(flow)''' }\nescaped = { kind = \"computed\", formula = \"\\u0066lwo\" }",
        &[
            "5:3: unknown function `sqr`; did you mean `sqrt`?",
            "6:42: unknown name `flwo`; did you mean `flow`?",
        ],
    );
    // What is inherited is told once, where it is written.
    check(
        "[types.a]\nproperties.x = { kind = \"computed\", formula = \"y\" }\n[types.b]\nextends = [\"a\"]\n[types.c]\nextends = [\"a\"]",
        &["2:48: unknown name `y`; `a` has x; docs/formulas.md has what else there is"],
    );
    // An abstract type may leave open what those that extend it bring.
    check(
        "[types.a]\nabstract = true\nproperties.x = { kind = \"computed\", formula = \"y * 2\" }\n[types.b]\nextends = [\"a\"]\nproperties.y = { kind = \"measurement\" }",
        &[],
    );
    check(
        "[types.a.properties]\nx = { kind = \"computed\", formula = \"y\" }\ny = { kind = \"computed\", formula = \"x\" }",
        &["3:37: `x` depends on itself: x → y → x; break the circle here or at another of its steps"],
    );
    let checked = read(
        "[types.a.properties]\nx = { kind = \"measurement\", unit = \"bar\" }\ny = { kind = \"computed\", unit = \"kPa\", formula = \"x * 100\" }",
    );
    assert!(checked.is_ok());
    assert_eq!(checked.problems[0].severity, Severity::Warning);
}

#[test]
fn types_are_held_against_each_other() {
    check(
        r#"[types.a]
extends = ["b", "b", "nope"]
[types.b]
abstract = true
properties.x = { kind = "measurement", unit = "bar" }
[types.c]
extends = ["b"]
properties.x = { kind = "attribute", unit = "Cel" }
components.part = { type = "b" }
components.self = { type = "c" }
[types.c.inputs]
f = { through = "has_prat", property = "x" }
g = "part.y"
x = { through = "feeds", property = "z", of = "a" }
"#,
        &[
            "2:17: `b` is named twice; remove one of them",
            "2:22: unknown type `nope`; write it: `[types.nope]`",
            "8:25: `x` has one `kind` in `c` and another in `b`; give it another name, or the same there and here",
            "8:45: `x` has one `unit` in `c` and another in `b`; give it another name, or the same there and here",
            "9:28: `b` is abstract: it is only there to be extended; take one that extends it, for example `a`",
            "10:28: `c` has itself as a component: c → c; remove one step of the circle",
            "12:17: unknown relation `has_prat`; did you mean `has_part`?",
            "12:40: warning: `x` is in `bar` for `a` and in `Cel` for `c`: numbers of both would be taken together; say whose it is with `of`, or give both the same unit",
            "13:5: `c` has no property `part.y`; did you mean `part.x`?",
            "14:1: `x` is the name of a property too; formulas could not tell them apart; rename one",
            "14:47: `a` has no property `z`; it has x",
        ],
    );
}

#[test]
fn assets_are_held_against_their_types() {
    check(
        r#"[types.p]
parameters.line = { data = "text" }
[types.p.properties]
x = { kind = "measurement", unit = "bar", limits = { high = 9 } }
n = { kind = "attribute" }
[types.q]
abstract = true
[assets.a]
type = "p"
parameters = { lnie = "L1" }
values = { n = "5", m = 1 }
[assets.a.properties.x]
unit = "kPa"
limits.low = 10
topic = "{nowhere}"
[assets.b]
type = "q"
"#,
        &[
            "10:14: the parameter `line` has no value; add `parameters = { line = … }`, or give `p` a default",
            "10:16: unknown parameter `lnie`; did you mean `line`?",
            "11:16: `5` is no number; write 5 without quotes",
            "11:21: `p` has no property `m`; add it to the type `p`",
            "13:1: an asset cannot change the `unit` of a property; change it in the type `p`, or extend the type",
            "14:1: `high` at 9 is not above `low` at 10; limits rise from `low_low` over `low` and `high` to `high_high`",
            "15:9: a parameter here is unknown or not closed; there are line, asset",
            "17:8: `q` is abstract: it is only there to be extended; write a type with `extends = [\"q\"]`, and take that",
        ],
    );
}

#[test]
fn relations_keep_their_numbers_and_types() {
    check(
        r#"[types.p]
[types.t]
[relations.cools]
inverse = "feeds"
from = ["t"]
to = ["p"]
targets = "1"
sources = "0..1"
[relations.part_of]
[hierarchies.cooling]
relation = "feeds"
[hierarchies.process]
relation = "nothing"
[assets.p-1]
type = "p"
relations.cools = ["p-2", { to = "p-1", until = 2026-01-01T00:00:00Z }]
[assets.p-2]
type = "p"
[assets.t-1]
type = "t"
relations.cools = "p-2"
[assets.t-2]
type = "t"
"#,
        &[
            "4:11: `feeds` is a name of the built-in relation `feeds`; give it another name",
            "9:12: `part_of` is a name of the built-in relation `part_of`; give it another name",
            "11:12: `feeds` leads to several assets, a hierarchy has one parent; give the relation `feeds` the multiplicity `targets = \"0..1\"`",
            "12:14: the hierarchy `process` is built in; give it another name",
            "13:12: unknown relation `nothing`; write it: `[relations.nothing]`",
            "16:11: `p-1` has 2 `cools` at the same time, and it may have 1; remove one, or say `from` when and `until` when each holds",
            "16:11: a `p` has no `cools`; `cools` starts from `t`",
            "16:27: `p-1` cannot be its own `cools`; let it lead to another asset",
            "17:9: `p-2` has 2 `feeds`, and it may have 0..1; remove one, or say `from` when and `until` when each holds",
            "22:9: `t-2` has no `cools`, and it needs 1; add `relations.cools = \"…\"`",
        ],
    );
}

#[test]
fn a_name_given_twice_names_both_places() {
    let files = [
        ("b.toml", "\n[types.p]"),
        ("a.toml", "# the first\n[types.p]\nversion = 3"),
    ];
    let files = files.map(|(path, text)| model::File { path, text });
    let checked = model::check_files(&files, &formula::NoZones);
    assert_eq!(
        checked.problems[0].to_string(),
        "b.toml:2:8: `p` is already there; it is in a.toml:2; rename or remove one of them"
    );
    assert_eq!(checked.model.types["p"].version.0, 3);
}

#[test]
fn a_problem_shows_its_line() {
    let checked = read("[types.p]\nextnds = []");
    assert_eq!(
        checked.render(),
        "m.toml:2:1: unknown key `extnds`; did you mean `extends`?\n  extnds = []\n  ^^^^^^\n\n1 type, 0 assets: 1 error, 0 warnings\n"
    );
    assert_eq!(checked.problems[0].place.as_ref().unwrap().text, "extnds");
}

#[test]
fn problems_beyond_the_most_are_counted() {
    let text: String = (0..MAX_PROBLEMS + 50)
        .map(|n| format!("[assets.a{n}]\ntype = \"x\"\n"))
        .collect();
    let checked = read(&text);
    assert_eq!(checked.problems.len() + checked.more, MAX_PROBLEMS + 50);
    assert!(!checked.is_ok());
}

#[test]
fn a_model_of_no_file_names_the_element() {
    let mut model = model("[types.p]\n[assets.a]\ntype = \"p\"");
    model.types.clear();
    let problems = check_model(&model, &formula::NoZones).problems;
    assert_eq!(
        problems[0].to_string(),
        "assets/a/type: unknown type `p`; write it: `[types.p]`"
    );
}

#[test]
fn zones_of_windows_are_known() {
    check(
        "[types.p.properties]\nx = { kind = \"measurement\" }\ny = { kind = \"computed\", formula = \"avg(x)\", window = \"1d\", every = \"2d\", offset = \"noon\", zone = \"Mars/Crater\" }\nz = { kind = \"computed\", formula = \"avg(x)\", window = \"8h\", offset = \"06:00\", zone = \"UTC+1\" }",
        &[
            "3:69: windows follow each other by 1 second at least and by their length at most; write for example `\"15m\"`",
            "3:84: `noon` is no offset; write for example `6h`, `06:00` or `2021-07-23T06:00:00Z`",
            "3:99: unknown time zone `Mars/Crater`; write for example `Europe/Paris` or `UTC`",
        ],
    );
}

#[test]
fn circles_of_the_past_are_told() {
    check(
        r#"[types.x]
[assets.a]
type = "x"
relations.located_in = [{ to = "b", from = 2026-01-01T00:00:00Z, until = 2026-02-01T00:00:00Z }]
[assets.b]
type = "x"
relations.located_in = [{ to = "a", from = 2026-01-15T00:00:00Z, until = 2026-01-10T00:00:00Z }, { to = "a", from = 2026-01-20T00:00:00Z }]
"#,
        &[
            "4:24: `a` is below itself until 2026-02-01T00:00:00Z: a → b → a; remove one step of the circle",
            "7:74: this ends before it begins; `until` comes after `from`",
        ],
    );
}

#[test]
fn circles_that_will_end_are_told() {
    check(
        r#"[types.x]
[assets.a]
type = "x"
relations.located_in = { to = "b", until = 2030-01-01T00:00:00Z }
[assets.b]
type = "x"
relations.located_in = { to = "a", until = 2031-01-01T00:00:00Z }
"#,
        &["4:24: `a` is below itself until 2030-01-01T00:00:00Z: a → b → a; remove one step of the circle"],
    );
}

#[test]
fn windows_of_more_samples_than_are_kept_are_told() {
    let text = |expected: &str, window: &str| {
        format!(
            "[types.m.properties]\nx = {{ kind = \"measurement\", expected = \"{expected}\" }}\n\
             y = {{ kind = \"computed\", formula = \"avg(x)\", window = \"{window}\" }}"
        )
    };
    for (expected, window) in [("1s", "2d"), ("10s", "1w"), ("1m", "100d")] {
        check(&text(expected, window), &[]);
    }
    let expect = "3:55: warning: `x` is expected every 1s: 604800 samples in a window, and 200000 of them are kept; \
                  then there is no value; make the window shorter, or take values of shorter windows together";
    check(&text("1s", "1w"), &[expect]);
}

#[test]
fn a_state_that_is_none_is_told() {
    let text = |formula: &str| {
        format!(
            "[types.m.properties]\nstate = {{ kind = \"state\", states = [{{ name = \"running\", values = [1] }}, {{ name = \"idle\" }}] }}\n\
             y = {{ kind = \"computed\", formula = \"{formula}\", window = \"1h\" }}"
        )
    };
    for formula in ["statetime(state == 'running')", "duration_in(state, 'idle')"] {
        check(&text(formula), &[]);
    }
    check(
        &text("statetime(state == 'runing')"),
        &["3:56: warning: `state` is never 'runing'; did you mean `running`?"],
    );
    check(
        &text("duration_in(state, 'stopped')"),
        &["3:56: warning: `state` is never 'stopped'; its states are running, idle"],
    );
}

#[test]
fn depth_is_bounded() {
    let chain = |count: usize, line: &str| -> String {
        let types =
            (0..count).map(|n| format!("[types.t{n}]\n{}\n", line.replace('?', &(n + 1).to_string())));
        types.collect::<String>() + &format!("[types.t{count}]\n")
    };
    assert!(read(&chain(60, "extends = [\"t?\"]")).is_ok());
    for (count, line, told) in [
        (
            5000,
            "extends = [\"t?\"]",
            "more than 64 steps of inheritance deep",
        ),
        (
            50,
            "components.part = { type = \"t?\" }",
            "components are more than 8 levels deep",
        ),
    ] {
        let checked = read(&chain(count, line));
        let found = |problem: &model::Problem| problem.message.contains(told);
        assert!(checked.problems.iter().any(found), "{}", checked.render());
    }
    let fan: String = (0..8)
        .map(|n| {
            let parts = (0..30).map(|part| format!("components.c{part} = {{ type = \"t{}\" }}\n", n + 1));
            format!("[types.t{n}]\n{}", parts.collect::<String>())
        })
        .collect();
    let checked = read(&(fan + "[types.t8]\n"));
    assert!(
        checked.problems[0].message.contains("more than 10000 components"),
        "{}",
        checked.render()
    );
    let deep = format!("[types.p]\nx-a = {}{}", "[".repeat(5000), "]".repeat(5000));
    assert!(!read(&deep).is_ok());
}

#[test]
fn many_wrong_names_are_told_quickly() {
    let assets = (0..5000).map(|n| format!("[assets.a-{n}]\ntype = \"x\"\nrelations.feeds = \"b-{n}\"\n"));
    let checked = read(&("[types.x]\n".to_owned() + &assets.collect::<String>()));
    assert_eq!(checked.problems.len() + checked.more, 5000);
    assert!(
        checked.problems[0].to_string().contains("did you mean"),
        "{}",
        checked.problems[0]
    );
}

#[test]
fn the_mark_before_a_text_and_foreign_line_ends_are_taken() {
    let checked = read(
        "\u{feff}[types.p]\r\n[types.p.properties]\r\nx = { kind = \"computed\", formula = '''y +\r\n 1''' }\r\n",
    );
    assert_eq!(
        problems(&checked),
        ["3:36: unknown name `y`; `p` has x; docs/formulas.md has what else there is"]
    );
}

#[test]
fn a_coverage_is_a_share_of_a_computed_property() {
    check(
        "[types.p.properties]\na = { kind = \"measurement\", coverage = 0.5 }\nb = { kind = \"computed\", formula = \"a\", coverage = 80 }\nc = { kind = \"computed\", formula = \"a\", coverage = 0.8 }",
        &[
            "2:29: a property of kind `measurement` has no `coverage`; remove it, or make the property computed",
            "3:52: a share is from 0 to 1; write for example `coverage = 0.8`: four of five inputs are enough",
        ],
    );
}

#[test]
fn the_formulas_of_a_type_have_its_states_as_cases() {
    let checked = read(
        "[types.p.properties]\nflow = { kind = \"measurement\" }\n[types.p.properties.state]\nkind = \"state\"\nstates = [{ name = \"on\", when = \"flow > 1\" }, { name = \"broken\", values = [7] }, { name = \"off\" }]\n[types.p.properties.mode]\nkind = \"state\"\nstates = [{ name = \"auto\", values = [1] }, { name = \"hand\" }]\n[types.p.properties.busy]\nkind = \"computed\"\nformula = \"state == 'on'\"",
    );
    let sheet = checked
        .resolved
        .formulas(&model::TypeName::new("p").unwrap(), &formula::NoZones);
    let sheet = sheet.unwrap().unwrap();
    let sources: Vec<_> = sheet
        .formulas
        .iter()
        .map(|(name, formula)| (name.as_str(), formula.source()))
        .collect();
    assert_eq!(
        sources,
        [
            ("busy", "state == 'on'"),
            (
                "state",
                "case(flow > 1, 'on', state__source == 'broken', 'broken', 'off')"
            ),
        ]
    );
}

#[test]
fn links_beside_assets_are_those_of_the_assets() {
    let tanks = "[types.tank]\n[assets.a]\ntype = \"tank\"\nrelations.feeds = \"b\"\n\
                 [assets.b]\ntype = \"tank\"\n[assets.c]\ntype = \"tank\"\n";
    let links = |text: &str| {
        let files = [
            ("links.toml".to_owned(), text.to_owned()),
            ("tanks.toml".to_owned(), tanks.to_owned()),
        ];
        crate::figures::read_files(&files.into())
    };
    let checked = links("[links]\nfeeds = [[\"a\", \"b\", \"c\"], [\"a\", \"c\"]]");
    assert!(checked.is_ok(), "{}", checked.render());
    let feeds = |asset: &str| {
        let links = checked.model.links(asset, "feeds").iter();
        links.map(|link| link.to.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(
        (feeds("a"), feeds("b")),
        (vec!["b".into(), "c".into()], vec!["c".into()])
    );

    let wrong = links(
        "[links]\nfeeds = [[\"a\", \"d\"], [\"bb\", \"a\"], [\"a\"], \"b\"]\nfeed = [[\"a\", \"b\"]]\npart_of = 3\n",
    );
    let told: Vec<String> = wrong.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "links.toml:2:16: unknown asset `d`; write it: `[assets.d]`",
            "links.toml:2:23: unknown asset `bb`; did you mean `b`?",
            "links.toml:2:35: a way has two assets at least; write the asset it starts from, then those it leads to",
            "links.toml:2:42: a list of ways is expected here, this is a text; write for example `feeds = [[\"tank-1\", \"pump-1\"]]`",
            "links.toml:3:1: unknown relation `feed`; did you mean `feeds`?",
            "links.toml:4:11: a list of ways is expected here, this is a number; write for example `feeds = [[\"tank-1\", \"pump-1\"]]`",
        ]
    );

    let timed = links(
        "[links]\nfeeds = [{ way = [\"c\", \"a\"], from = 2026-03-01T00:00:00Z }]\nlocated_in = [\n  { way = [\"a\", \"c\"], until = 2026-03-01T00:00:00Z },\n  { way = [\"a\", \"b\"], from = 2026-03-01T00:00:00Z },\n]\n",
    );
    assert!(timed.is_ok(), "{}", timed.render());
    let [link] = timed.model.links("c", "feeds") else {
        panic!("one way, one link")
    };
    assert_eq!(link.from, Some(formula::Time::from_secs(20_513 * 86_400)));

    for (text, expect) in [
        (
            "located_in = [{ way = [\"a\", \"c\"] }, { way = [\"a\", \"b\"], from = 2026-03-01T00:00:00Z }]",
            "links.toml:2:1: `a` has 2 `located_in` at the same time, and it may have 0..1; remove one, or say `from` when and `until` when each holds",
        ),
        (
            "feeds = [{ way = [\"c\", \"a\"], from = 2026-03-02T00:00:00Z, until = 2026-03-01T00:00:00Z }]",
            "links.toml:2:24: this ends before it begins; `until` comes after `from`",
        ),
        (
            "feeds = [{ way = [\"c\", \"a\"], form = 2026-03-01T00:00:00Z }]",
            "links.toml:2:30: unknown key `form`; did you mean `from`?",
        ),
        (
            "feeds = [{ from = 2026-03-01T00:00:00Z }]",
            "links.toml:2:10: a way with its times has no `way`; add `way = …`",
        ),
        (
            "feeds = [{ way = [\"c\", \"a\"], from = \"March\" }]",
            "links.toml:2:37: a time stands without quotes; write for example `2026-03-01T06:00:00+01:00`",
        ),
    ] {
        let told: Vec<String> = links(&format!("[links]\n{text}"))
            .problems
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(told, [expect], "{text}");
    }
}

#[test]
fn every_mistake_of_a_property_has_its_place_and_a_way_out() {
    let property = |inside: &str| format!("[types.p.properties]\nx = {{ kind = \"measurement\", {inside} }}");
    hold(&[
        (
            property("name = 3"),
            "2:36: a text is expected here, this is a number; write it in quotes",
        ),
        (
            property("name = \" \""),
            "2:36: this text is empty; leave the key out",
        ),
        (
            property("x-from = 3"),
            "2:38: a text is expected here, this is a number; keys that begin with `x-` keep texts",
        ),
        (
            property("data = \"real\""),
            "2:36: `real` is not a data type; there are number, integer, boolean, text",
        ),
        (
            property("unit = 3"),
            "2:36: the UCUM code of a unit is expected here, this is a number; write it as a text, in quotes",
        ),
        (
            property("unit = \"furlongs\""),
            "2:36: `furlongs` is not a UCUM code; units are UCUM codes, for example `m3/h`, `Cel`, `bar`",
        ),
        (
            property("unit = \"psi\""),
            "2:36: `psi` is not a UCUM code; write `[psi]`",
        ),
        (
            property("unit = \"m^3/h\""),
            "2:36: `m^3/h` is not a UCUM code; write `m3/h`",
        ),
        (
            property("normal = 5"),
            "2:38: a range, as in `[2, 8]`, is expected here, this is a number; write two numbers in brackets",
        ),
        (
            property("normal = [5, 2]"),
            "2:38: the range ends where it begins, or before; the lower number comes first: `[2, 5]`",
        ),
        (
            property("expected = \"soon\""),
            "2:40: `soon` is no length of time; write for example `10s`, `5m` or `1h30m`",
        ),
        (
            property("expected = true"),
            "2:40: a length of time is expected here, this is true or false; write for example `\"10s\"`",
        ),
        (
            property("limits = { high = { at = 9, deadband = -1 } }"),
            "2:68: a deadband is 0 or more; write how far back it must come to be over, for example `deadband = 0.2`",
        ),
        (
            property("limits = { high = { at = 9, delay = \"5s\" } }"),
            "2:65: warning: `delay` is kept and not evaluated yet: the limit is crossed from the first value beyond it; take it out, or leave it for the version that does",
        ),
        (
            property("limits = { high = { at = 9, deadband = 0.1 } }"),
            "2:68: warning: `deadband` is kept and not evaluated yet: the limit is crossed to the first value within; take it out, or leave it for the version that does",
        ),
        (
            property("limits = { high = { priority = 1.5, at = 9 } }"),
            "2:60: a whole number from 0 is expected here; leave out the sign and what is after the point",
        ),
        (
            property("topic = \"a/b{\""),
            "2:37: a `{` without its `}`; close it, as in `{asset}`",
        ),
    ]);
}

#[test]
fn every_other_mistake_has_its_place_and_a_way_out() {
    let asset = |inside: &str| {
        format!("[types.p.properties]\nx = {{ kind = \"measurement\" }}\n[assets.a]\ntype = \"p\"\n{inside}")
    };
    hold(&[
        (
            "[relations.r]\ntargets = \"some\"".to_owned(),
            "2:11: `some` is no multiplicity; write for example \"1\", \"0..1\" or \"1..*\"",
        ),
        (
            "[relations.r]\nsources = true".to_owned(),
            "2:11: a multiplicity is expected here, this is true or false; write for example \"1\", \"0..1\" or \"1..*\"",
        ),
        (
            asset("properties.x.limits = { high = { at = 9, priority = 7 } }"),
            "5:53: priorities are 1 to 4; from 1, somebody must act now, to 4, a note",
        ),
        (
            asset("properties.x.limits = { high = { at = 9, deadband = 1 } }"),
            "5:53: warning: `deadband` is kept and not evaluated yet: the limit is crossed to the first value within; take it out, or leave it for the version that does",
        ),
        (
            asset("values = { x = 3 }"),
            "5:12: `x` is a measurement: it has no value here; only attributes have",
        ),
        (
            asset("values = { x = [3] }"),
            "5:16: a number, a text, true or false is expected here, this is a list; write digits, or a text in quotes",
        ),
        (
            asset("relations.feeds = \"a\""),
            "5:19: `a` cannot be its own `feeds`; let it lead to another asset",
        ),
        (
            asset("relations.feeds = \"b\""),
            "5:19: unknown asset `b`; write it: `[assets.b]`",
        ),
        (
            asset("relations.feeds = { to = \"a b\" }"),
            "5:26: `a b` is no name of an asset: letters, digits, `_`, `-`, `.` and `:`, a letter or digit first; write `a_b`",
        ),
        (
            "[types.p]\nabstract = \"yes\"".to_owned(),
            "2:12: true or false is expected here, this is a text; write `true` or `false`, without quotes",
        ),
        (
            "[types.p]\ncomponents.c = { type = \"q\" }".to_owned(),
            "2:25: unknown type `q`; write it: `[types.q]`",
        ),
        (
            "[types.p]\nversion = 2026-01-01".to_owned(),
            "2:11: `2026-01-01` has no zone; write date, time and zone, for example `2026-03-01T06:00:00+01:00`",
        ),
        (
            "[types.p]\nversion = 99999999999999999999".to_owned(),
            "2:11: `99999999999999999999` is too large for an exact number; write it as a text, in quotes",
        ),
        (
            "[links]\n\"no name\" = []".to_owned(),
            "2:1: `no name` is no name of a relation; write for example `feeds`, `located_in` or one of your own",
        ),
        (
            "[hierarchies.h]".to_owned(),
            "1:14: a hierarchy has no `relation`; add `relation = …`",
        ),
    ]);
}

/// Each text has exactly the problem beside it.
#[track_caller]
fn hold(cases: &[(String, &str)]) {
    let mut wrong = Vec::new();
    for (text, expect) in cases {
        let found = problems(&read(text));
        if found != [*expect] {
            wrong.push(format!("{text}\n  {found:?}\n  {expect}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
