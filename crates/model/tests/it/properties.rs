//! What holds of any model and of any text.

use std::fmt::Write as _;

use model::{Model, export, plan};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::documents::blocks;
use crate::figures::{read, read_files};

/// Lines that real files have, to be put together at random.
fn line() -> impl Strategy<Value = String> {
    let words = [
        "[types.pump]",
        "[types.pump.properties]",
        "[types.pump.properties.flow]",
        "[[types.pump.properties.s.states]]",
        "[assets.p-1]",
        "[assets.p-2]",
        "[relations.cools]",
        "[hierarchies.h]",
        "extends = [\"pump\", \"motor\"]",
        "type = \"pump\"",
        "kind = \"computed\"",
        "kind = \"state\"",
        "kind = \"measurement\"",
        "unit = \"bar\"",
        "formula = 'flow * 2'",
        "limits = { high = 3, low = { at = 1, delay = \"5s\" } }",
        "name = \"é\"",
        "relations = { part_of = \"p-1\", feeds = [\"p-2\", { to = \"p-1\", from = 2026-01-01T00:00:00Z }] }",
        "relation = \"part_of\"",
        "targets = \"0..1\"",
        "states = [{ name = \"on\", when = \"flow > 1\" }]",
        "components.motor = { type = \"motor\" }",
        "inputs = { x = \"motor.power\" }",
        "x-other = \"1\"",
        "normal = [1, 2]",
        "window = \"1h\"",
        "topic = \"a/{b}\"",
        "[types.motor]",
        "version = 2",
        "x = {",
    ];
    prop_oneof![4 => select(words.to_vec()).prop_map(str::to_owned), 1 => "\\PC{0,20}"]
}

/// A plant without a mistake: types, sites, assets that are part of each other.
fn plant() -> impl Strategy<Value = String> {
    let property = (0..4_usize, select(vec!["bar", "Cel", "m3/h"]), 1..100_u32);
    let types = vec(vec(property, 1..5), 1..4);
    let assets = vec((any::<Index>(), any::<Index>(), any::<bool>()), 1..12);
    (types, assets).prop_map(|(types, assets)| {
        let mut text = String::new();
        for (number, properties) in types.iter().enumerate() {
            writeln!(text, "[types.t{number}]\nversion = {}", number + 1).unwrap();
            if number > 0 {
                writeln!(text, "extends = [\"t{}\"]", number - 1).unwrap();
            }
            for (at, (kind, unit, limit)) in properties.iter().enumerate() {
                let name = format!("p{number}_{at}");
                writeln!(text, "[types.t{number}.properties.{name}]").unwrap();
                match kind {
                    0 => writeln!(text, "kind = \"attribute\"\nunit = \"{unit}\"\nvalue = {limit}"),
                    1 => writeln!(text, "kind = \"measurement\"\nunit = \"{unit}\"\ntopic = \"a/{{asset}}/{name}\"\nlimits.high = {limit}"),
                    2 => writeln!(text, "kind = \"computed\"\nformula = \"{limit} + 1\""),
                    _ => writeln!(text, "kind = \"state\"\n[[types.t{number}.properties.{name}.states]]\nname = \"on\"\nwords.en = \"running\""),
                }
                .unwrap();
            }
        }
        for (number, (ty, parent, spare)) in assets.iter().enumerate() {
            writeln!(text, "[assets.a-{number}]\ntype = \"t{}\"", ty.index(types.len())).unwrap();
            if number > 0 && *spare {
                writeln!(text, "relations.part_of = \"a-{}\"", parent.index(number)).unwrap();
            }
            if number > 0 {
                writeln!(text, "relations.feeds = {{ to = \"a-{}\", from = 2026-0{}-01T00:00:00Z }}", parent.index(number), 1 + number % 9).unwrap();
            }
        }
        text
    })
}

fn read_plant(text: &str) -> Model {
    let checked = read(text);
    assert!(checked.is_ok(), "{text}\n{}", checked.render());
    checked.model
}

/// The model of docs/model-files.md with lines missing: nearly right, in every way.
fn torn() -> impl Strategy<Value = String> {
    let text = blocks("toml").join("\n");
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    vec(0..12_u8, lines.len()).prop_map(move |dice| {
        let kept = lines.iter().zip(dice).filter(|(_, dice)| *dice > 0);
        kept.map(|(line, _)| line.as_str()).collect::<Vec<_>>().join("\n")
    })
}

proptest! {
    #[test]
    fn a_page_with_lines_missing_is_read(text in torn(), other in torn()) {
        model::fuzz::body(text.as_bytes());
        let (a, b) = (read(&text).model, read(&other).model);
        prop_assert_eq!(&plan(&a, &b).apply(&a).unwrap(), &b);
    }

    #[test]
    fn any_bytes_are_read(bytes in vec(any::<u8>(), 0..300)) {
        model::fuzz::body(&bytes);
    }

    #[test]
    fn any_lines_are_read(lines in vec(line(), 0..30)) {
        model::fuzz::body(lines.join("\n").as_bytes());
    }

    #[test]
    fn plans_hold_for_wrong_models_too(a in vec(line(), 0..40), b in vec(line(), 0..40)) {
        let (a, b) = (read(&a.join("\n")).model, read(&b.join("\n")).model);
        let there = plan(&a, &b);
        prop_assert_eq!(&there.apply(&a).unwrap(), &b);
        prop_assert_eq!(there.is_empty(), a == b);
    }

    #[test]
    fn a_plant_exports_and_reads_back(text in plant()) {
        let model = read_plant(&text);
        let again = read_files(&export(&model));
        prop_assert!(again.is_ok(), "{}", again.render());
        prop_assert_eq!(again.model, model);
    }

    #[test]
    fn plans_make_one_model_the_other(a in plant(), b in plant()) {
        let (a, b) = (read_plant(&a), read_plant(&b));
        prop_assert!(plan(&a, &a).is_empty());
        let there = plan(&a, &b);
        prop_assert_eq!(&there.apply(&a).unwrap(), &b);
        prop_assert_eq!(there.is_empty(), a == b);
        let back = plan(&b, &a);
        prop_assert_eq!(&back.apply(&b).unwrap(), &a);
        let (added, changed, removed) = there.counts();
        prop_assert_eq!(back.counts(), (removed, changed, added));
        prop_assert_eq!(there.radius.assets, back.radius.assets);
    }
}

#[test]
fn the_corpus_is_answered() {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/model");
    let mut count = 0;
    for file in std::fs::read_dir(corpus).unwrap() {
        model::fuzz::body(&std::fs::read(file.unwrap().path()).unwrap());
        count += 1;
    }
    assert!(count >= 10, "{count} files in the corpus");
}
