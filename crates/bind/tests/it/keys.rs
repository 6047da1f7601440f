//! Each key of a rule by itself.

use bind::{Reason, Rule, Rules};

use crate::figures::{Paris, apply, check, check_misses, rule};

/// A rule on `t/+a` with these keys more.
fn with(keys: &str) -> Rules {
    rule(&format!("filter = \"t/+a\"\nasset = \"{{a}}\"\n{keys}"))
}

#[test]
fn formulas_make_values() {
    let rules = with(
        r#"
        property = "power"
        let = { u = "$.u", i = "$.i" }
        value = ["u * i / 1000"]
        "#,
    );
    check(&rules, "t/m", r#"{"u":230,"i":10}"#, &["m power = 2.3"]);
    check_misses(
        &rules,
        "t/m",
        r#"{"u":230}"#,
        &[],
        &["the formula of `value` has no output"],
    );
    // The whole payload, with SiteWise's own function.
    let rules = with("property = \"x\"\nvalue = [\"jp(payload, '$.a[1]') + 1\"]");
    check(&rules, "t/m", r#"{"a":[1,2]}"#, &["m x = 3"]);
    // What is no plain value is no output, and says what it is.
    let rules = with("property = \"x\"\nvalue = [\"jp(payload, '$.a')\"]");
    check_misses(
        &rules,
        "t/m",
        r#"{"a":[1,2]}"#,
        &[],
        &[
            "the formula of `value` has no output: it comes to a list of 2; take one with `[0]`, or end the path with `.sum()`, `.avg()`, `.min()`, `.max()` or `.length()`",
        ],
    );
}

#[test]
fn numbers_are_scaled_and_blanks_left_out() {
    let rules = with("property = \"t\"\nscale = 0.1\noffset = -5\nnull_if = [-999, \"n/a\", false]");
    for (payload, expect) in [
        ("250", "m t = 20"),
        ("\"250\"", "m t = 20"),
        ("-999", "m t = none"),
        ("\"-999\"", "m t = none"),
        ("n/a", "m t = none"),
        ("true", "m t = true"),
        ("warm", "m t = 'warm'"),
    ] {
        check(&rules, "t/m", payload, &[expect]);
    }
    let rules = with("property = \"t\"\nscale = 10");
    check_misses(
        &rules,
        "t/m",
        "1e308",
        &["m t = none bad"],
        &["1e308 scaled is beyond any number"],
    );
}

#[test]
fn times_are_read_as_the_rule_says() {
    for (unit, written, expect) in [
        ("s", "1611082554", "1611082554000"),
        ("s", "1611082554.25", "1611082554250"),
        ("ms", "5", "5"),
        ("us", "1611082554000123", "1611082554000.123"),
        ("ns", "1611082554000123999", "1611082554000.123"),
        ("rfc3339", "\"2021-01-19T18:55:54Z\"", "1611082554000"),
        ("rfc3339", "\"2021-01-19 20:55:54\"", "1611082554000"),
        ("auto", "\"1611082554\"", "1611082554000"),
        ("auto", "1611082554000", "1611082554000"),
    ] {
        let rules = with(&format!(
            "property = \"x\"\nvalue = [\"$.v\"]\ntime = {{ path = [\"$.t\"], unit = \"{unit}\" }}"
        ));
        let payload = format!(r#"{{"v":1,"t":{written}}}"#);
        check(&rules, "t/m", &payload, &[&format!("m x = 1 @{expect}")]);
    }
    let rules = with("property = \"x\"\nvalue = [\"$.v\"]\ntime = { path = [\"$.t\"], unit = \"rfc3339\" }");
    check_misses(
        &rules,
        "t/m",
        r#"{"v":1,"t":"noon"}"#,
        &["m x = 1"],
        &["`noon` is no time that can be read; the arrival is used"],
    );
    // Nothing said, nothing wrong.
    check(&rules, "t/m", r#"{"v":1}"#, &["m x = 1"]);
    check(&rules, "t/m", r#"{"v":1,"t":null}"#, &["m x = 1"]);
}

#[test]
fn conditions_choose_messages_items_and_values() {
    let rules = with(
        r#"
        foreach = ["$.list[*]"]
        when = ["$.live", "!@.simulated", "kind == 'temp' and value > 0"]
        let = { kind = "@.kind" }
        property = "{@.id}"
        value = ["@.v"]
        "#,
    );
    check(
        &rules,
        "t/m",
        r#"{"live":true,"list":[{"id":"a","kind":"temp","v":1},{"id":"b","kind":"temp","v":-1},
            {"id":"c","kind":"other","v":1},{"id":"d","kind":"temp","v":2,"simulated":1}]}"#,
        &["m a = 1"],
    );
    check_misses(
        &rules,
        "t/m",
        r#"{"list":[{"id":"a"}]}"#,
        &[],
        &["`$.live` does not hold"],
    );
}

#[test]
fn replayed_messages_are_marked_or_ignored() {
    let rules = with("property = \"x\"\nignore_retained = true");
    let applied = apply(&rules, "t/m", b"1", true).unwrap();
    assert!(applied.leaves.is_empty() && applied.is_taken());
    assert_eq!(applied.misses[0].reason, Reason::Retained);
    assert_eq!(apply(&rules, "t/m", b"1", false).unwrap().leaves.len(), 1);
    assert_eq!(
        apply(&with("property = \"x\""), "t/m", b"1", true)
            .unwrap()
            .leaves
            .len(),
        1
    );
}

#[test]
fn what_is_no_value_says_why() {
    let rules = with("foreach = [\"$.*\"]\nproperty = \"{key}\"");
    check_misses(
        &rules,
        "t/m",
        r#"{"a":1,"b":{"c":2},"d":[]}"#,
        &["m a = 1"],
        &[
            "b: this is an object; say `flatten = true` or which value of it",
            "d: this is a list; say `flatten = true` or which value of it",
        ],
    );
    let rules = with("property = \"{$.name}\"\nvalue = [\"$.v\"]");
    check_misses(&rules, "t/m", r#"{"v":1}"#, &[], &["`$.name` finds nothing"]);
    check_misses(
        &rules,
        "t/m",
        r#"{"v":1,"name":{}}"#,
        &[],
        &["`$.name` is no text or number"],
    );
    check_misses(
        &rules,
        "t/m",
        r#"{"v":1,"name":".."}"#,
        &[],
        &["`..` is no name for the property"],
    );
    check_misses(&rules, "t/m", r#"{"name":"x"}"#, &[], &["`$.v` finds nothing"]);
    check_misses(
        &rules,
        "t/m",
        "{\"v\":",
        &[],
        &["bad_json: it ends at byte 5, where a value is expected"],
    );
}

#[test]
fn a_broken_number_costs_one_value() {
    let rules = with("foreach = [\"$.*\"]\nproperty = \"{key}\"");
    check_misses(
        &rules,
        "t/m",
        r#"{"a":1,"b":NaN,"c":1e999}"#,
        &["m a = 1", "m b = none bad", "m c = none bad"],
        &["b: unusable_number: NaN", "c: unusable_number: 1e999"],
    );
}

#[test]
fn the_more_particular_rule_wins() {
    let rule = |text: &str| -> Rule { toml::from_str(text).unwrap() };
    let wide = rule("filter = \"t/#tag\"\nforeach = [\"$.*\"]\nasset = \"m\"\nproperty = \"{key}\"");
    let narrow = rule("filter = \"t/+/x\"\nasset = \"m\"\nproperty = \"a\"\nvalue = [\"$.a\"]\nscale = 10");
    let (rules, told) = Rules::compile([("a-wide", &wide), ("narrow", &narrow)], &Paris);
    assert_eq!(told, []);
    check(&rules, "t/m/x", r#"{"a":1,"b":2}"#, &["m a = 10", "m b = 2"]);
    check(&rules, "t/m/y", r#"{"a":1,"b":2}"#, &["m a = 1", "m b = 2"]);
    assert_eq!(rules.meeting("t/m/x").len(), 2);
    assert!(apply(&rules, "other", b"1", false).is_none());
}

#[test]
fn a_rule_may_be_for_one_source() {
    let rules = with("property = \"x\"\nsource = \"other\"");
    assert!(apply(&rules, "t/m", b"1", false).is_none());
    let rules = with("property = \"x\"\nsource = \"plant\"");
    check(&rules, "t/m", "1", &["m x = 1"]);
}

#[test]
fn tags_are_known_as_without_a_rule() {
    // So that what was found before a model was there keeps its history.
    let kepware = crate::figures::preset("kepware", "");
    let message = r#"{"timestamp":1,"values":[{"id":"C1.D1.Tag1","v":1}]}"#;
    let applied = apply(&kepware, "iotgateway", message.as_bytes(), false).unwrap();
    assert_eq!(applied.leaves[0].tag, (Some("C1/D1".into()), "Tag1".into()));

    for (keys, payload, expect) in [
        ("property = \"x\"", "1", ""),
        ("property = \"x\"\nvalue = [\"$.value\"]", r#"{"value":1}"#, ""),
        ("property = \"x\"\nvalue = [\"$.a.b\"]", r#"{"a":{"b":1}}"#, "a.b"),
        (
            "property = \"{path}\"\nflatten = true",
            r#"{"a b":{"c":1}}"#,
            "a b.c",
        ),
    ] {
        let applied = apply(&with(keys), "t/m", payload.as_bytes(), false).unwrap();
        assert_eq!(applied.leaves[0].tag, (None, expect.into()), "{keys}");
    }
}
