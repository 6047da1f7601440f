//! Any text is answered: no panic, no unbounded recursion, no unbounded time.

use formula::functions::FUNCTIONS;
use formula::fuzz::body;
use formula::{Kind, MAX_SOURCE};
use proptest::prelude::*;

use super::support::{check, eval, names};

/// Words of the language, so that random texts get past the parser.
fn words() -> Vec<String> {
    let mut words: Vec<String> = FUNCTIONS
        .iter()
        .map(|function| format!("{}(", function.name()))
        .collect();
    let marks = "x y t s a g 1 0 2.5 1e308 'RUN' '%d' '$.v[0]' 'bar' 'linear' 'UTC' \"f\" f'{x}' ( ( ) ) ) [ ] , , , : . \
                 + - * / ^ % < <= == != ! and or not none true pi -1 localtime(now())";
    words.extend(marks.split_whitespace().map(str::to_owned));
    words
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn any_text_is_answered(text in ".{0,120}") {
        body(text.as_bytes());
    }

    #[test]
    fn any_words_are_answered(picks in proptest::collection::vec(any::<prop::sample::Index>(), 1..24)) {
        let words = words();
        let text: Vec<&str> = picks.iter().map(|pick| words[pick.index(words.len())].as_str()).collect();
        body(text.join(" ").as_bytes());
    }

    #[test]
    fn any_call_is_answered(
        function in any::<prop::sample::Index>(),
        args in proptest::collection::vec(prop::sample::select(vec!["x", "y", "t", "s", "a", "g", "1", "-2.5", "0/0", "'RUN'", "'linear'", "none", "jp(s, '$')", "avg(x)"]), 0..6),
    ) {
        let function = &FUNCTIONS[function.index(FUNCTIONS.len())];
        body(format!("{}({})", function.name(), args.join(", ")).as_bytes());
    }
}

#[test]
fn depth_is_bounded() {
    for (open, close) in [
        ("(", ")"),
        ("-", ""),
        ("!", ""),
        ("not ", ""),
        ("abs(", ")"),
        ("2^", ""),
        ("f'{", "}'"),
        ("x[", "]"),
    ] {
        for count in [10, 200, 2000] {
            let source = format!("{}1{}", open.repeat(count), close.repeat(count));
            body(source.as_bytes());
            if count > 100 && open != "f'{" {
                assert!(
                    eval(&source, &[]).contains("nested too deeply") || source.len() > MAX_SOURCE,
                    "{open} {count}"
                );
            }
        }
    }
    let chain = vec!["1"; 4000].join("+");
    assert!(eval(&chain, &[]).contains("nested too deeply"));
    assert_eq!(eval(&vec!["1"; 200].join("+"), &[]), "200");
    assert!(eval(&"x".repeat(MAX_SOURCE + 1), &[]).contains("longer than"));
}

#[test]
fn texts_do_not_grow_without_bound() {
    let grow = format!("{}{}", "replace(".repeat(20), "'aa'") + &", 'a', 'aaaaaaaaaaaaaaaa')".repeat(20);
    assert_eq!(eval(&grow, &[]), "no output");
    let tripled = format!("{}'abc'{}", "join('', ".repeat(8), ", 'abcdefgh')".repeat(8));
    assert_eq!(eval(&tripled, &[]).len(), 67);
    let wide = check(
        "format('%100s%100s%100s', s, s, s)",
        Kind::Transform,
        &names(&[("s", "x")]),
    );
    assert!(wide.is_ok());
}

#[test]
fn the_corpus_is_answered() {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/formula");
    let mut count = 0;
    for file in std::fs::read_dir(corpus).unwrap() {
        body(&std::fs::read(file.unwrap().path()).unwrap());
        count += 1;
    }
    assert!(count >= 5, "{count} files in the corpus");
}
