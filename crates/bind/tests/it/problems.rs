//! Every mistake in a rule says where and, where one is known, the way out.

use bind::{Rule, Rules};

use crate::figures::Paris;

#[track_caller]
fn check(text: &str, expect: &[&str]) {
    let rule: Rule = toml::from_str(text).unwrap();
    let (rules, told) = Rules::compile([("test", &rule)], &Paris);
    let words: Vec<String> = told.iter().map(|found| found.problem.to_string()).collect();
    assert_eq!(words, expect, "{text}");
    assert!(rules.is_empty());
}

/// A rule without a mistake, with these keys more.
#[track_caller]
fn check_key(keys: &str, expect: &str) {
    check(
        &format!("filter = \"t/+a\"\nasset = \"{{a}}\"\nproperty = \"x\"\n{keys}"),
        &[expect],
    );
}

#[test]
fn what_must_be_there() {
    check(
        "",
        &[
            "filter: the rule has no `filter`; write the topics it reads: `filter = \"acme/+site/+asset/#tag\"`",
            "asset: the rule has no `asset`; write for example `asset = \"{site}-{asset}\"`",
            "property: the rule has no `property`; write for example `property = \"{key}\"`",
        ],
    );
}

#[test]
fn filters() {
    for (filter, expect) in [
        ("a/#x/b", "filter: nothing follows `#`; use `+` before it"),
        (
            "a/b+",
            "filter: `b+` mixes text and a wildcard; write `+name` or `#name` as a level of its own",
        ),
        (
            "a/+key",
            "filter: `key` has a meaning of its own; take another name",
        ),
        (
            "a/+key1",
            "filter: `key1` has a meaning of its own; take another name",
        ),
        (
            "a/+1x",
            "filter: `1x` is no name: letters, digits and `_`, no digit first",
        ),
        ("a/+x/+x", "filter: the name `x` is there twice"),
        ("", "filter: a filter has 1 to 32 levels"),
    ] {
        check(
            &format!("filter = \"{filter}\"\nasset = \"m\"\nproperty = \"p\""),
            &[expect],
        );
    }
}

#[test]
fn the_other_keys() {
    for (keys, expect) in [
        (
            "split_at = \"_\"",
            "split_at: there is no `#` that could be split; end the filter with `/#` or `/#name`",
        ),
        (
            "foreach = [\"@.a\"]",
            "foreach/0: the first fan-out starts at the message; write for example `$.values[*]`",
        ),
        (
            "foreach = [\"$.a\", \"$.b\"]",
            "foreach/1: a further fan-out starts at what the one before it found; write for example `@.values.*`",
        ),
        (
            "foreach = [\"$..a\", \"@..b\"]",
            "foreach/1: `..` may be in one fan-out only",
        ),
        (
            "value = [\"@.v\"]",
            "value/0: there is no `foreach` that `@` could stand for; `$` is the whole message",
        ),
        ("value = [\"x * 2\"]", "value/0: unknown name `x`"),
        (
            "value = [\"value * 2\"]",
            "value/0: `value` is what this formula makes; name what it is made of: `let = { v = \"$.v\" }`",
        ),
        (
            "when = [\"a = 3\"]",
            "when/0: `=` where an operator or the end is expected; write `==` to compare",
        ),
        (
            "let = { a = \"$.a\" }",
            "let/a: `a` is a part of the topic already",
        ),
        (
            "let = { path = \"$.a\" }",
            "let/path: `path` has a meaning of its own; take another name",
        ),
        (
            "parts = { text = \"{a}\", like = \"+x+y\" }",
            "parts/like: a letter is missing before `+y`",
        ),
        (
            "time = { path = [\"noon\"] }",
            "time/path: this is no place of a time; write a JSON path such as `$.timestamp`, or a template such as `{key}`",
        ),
        (
            "time = { path = [\"$.t\"], zone = \"Europe/Pariss\" }",
            "time/zone: unknown time zone `Europe/Pariss`; write for example `Europe/Paris`, `+02:00` or `Z`",
        ),
        (
            "unit = { path = [\"{unti}\"] }",
            "unit/path/0: unknown name `unti`; there are a, key, path, topic, retained, payload, value",
        ),
        (
            "scale = 0.0",
            "scale: `scale` would make every value the same or none",
        ),
        (
            "assets = { x = \"a b\" }",
            "assets/x: `a b` is no name in a model; write `a-b`",
        ),
        (
            "properties = { x = \"2a\" }",
            "properties/x: `2a` is no name in a model; write `_2a`",
        ),
        (
            "preset = \"kepwear\"",
            "preset: unknown preset `kepwear`; did you mean `kepware`?",
        ),
        (
            "flatten = true\nwhen = [\"len(payload) > 3\"]",
            "when/0: the whole payload again for every value; name what is needed of it: `let = { x = \"$.x\" }`",
        ),
    ] {
        check_key(keys, expect);
    }
}

#[test]
fn templates_point_at_the_name() {
    let rule: Rule =
        toml::from_str("filter = \"t/+asset\"\nasset = \"x-{asste}\"\nproperty = \"{$.a[}\"").unwrap();
    let (_, told) = Rules::compile([("test", &rule)], &Paris);
    let spans: Vec<_> = told
        .iter()
        .map(|found| found.problem.span.map(|span| (span.start, span.end)))
        .collect();
    assert_eq!(spans, [Some((2, 9)), Some((0, 6))]);
    assert!(
        told[0].problem.to_string().ends_with("did you mean `asset`?"),
        "{told:?}"
    );
}
