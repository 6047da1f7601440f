//! Reading, checking and filling messages; and that every language can say everything.

use super::compile::{self, ArgKind, Catalogue};
use super::*;

fn filled(language: &str, locale: Locale, source: &str, arguments: &[Arg<'_>]) -> String {
    let parts = compile::parse(&compile::typeset(language, source)).unwrap();
    let names = compile::arguments(&parts);
    let mut out = String::new();
    fill(&mut out, &compile::encode(&parts, &names), locale, arguments);
    out
}

#[test]
fn counts_choose_their_form_by_language() {
    const SOURCE: &str = "{n, plural, =0 {none} one {# one} other {# other}}.";
    for (locale, count, expect) in [
        (Locale::En, 0, "none."),
        (Locale::En, 1, "1 one."),
        (Locale::En, 2, "2 other."),
        (Locale::De, 1, "1 one."),
        (Locale::De, 1_234, "1.234 other."),
        (Locale::Fr, 1, "1 one."),
        (Locale::Fr, 2, "2 other."),
        (Locale::Fr, 12_345, "12\u{202F}345 other."),
    ] {
        assert_eq!(
            filled("en", locale, SOURCE, &[Arg::Count(count)]),
            expect,
            "{locale:?} {count}"
        );
    }
    let zero = "{n, plural, one {# vanne} many {# de vannes} other {# vannes}}";
    assert_eq!(filled("fr", Locale::Fr, zero, &[Arg::Count(0)]), "0 vanne");
    assert_eq!(
        filled("fr", Locale::Fr, zero, &[Arg::Count(2_000_000)]),
        "2\u{202F}000\u{202F}000 de vannes"
    );
}

#[test]
fn arguments_keep_their_place_in_every_order() {
    assert_eq!(
        filled(
            "en",
            Locale::En,
            "{a} of {b}",
            &[Arg::Text("<1>"), Arg::Text("2")]
        ),
        "<1> of 2"
    );
    let text = "{a}{n, plural, one {x {a}} other {# {a}}}{a}";
    assert_eq!(
        filled("en", Locale::En, text, &[Arg::Text("q"), Arg::Count(3)]),
        "q3 qq"
    );
}

#[test]
fn french_punctuation_gets_its_no_break_spaces() {
    assert_eq!(
        filled("fr", Locale::Fr, "Perdu ? « Oui » : 4 %", &[]),
        "Perdu\u{202F}? «\u{A0}Oui\u{A0}»\u{A0}: 4\u{A0}%"
    );
}

#[test]
fn faulty_messages_are_refused() {
    for source in [
        "{",
        "{a",
        "}",
        "{A}",
        "{n, select, a {b}}",
        "{n, plural, one {a}",
        "{n, plural, one {{m, plural, other {}}}}",
    ] {
        assert!(compile::parse(source).is_err(), "{source}");
    }
}

#[test]
fn differences_between_languages_are_named() {
    let catalogue = |pairs: &[(&str, &str)]| -> Catalogue {
        pairs
            .iter()
            .map(|(key, text)| ((*key).to_owned(), (*text).to_owned()))
            .collect()
    };
    let english = catalogue(&[
        ("a", "{x} here"),
        ("b", "{n, plural, one {#} other {#}}"),
        ("c", "C"),
    ]);
    let other = catalogue(&[
        ("a", "{y} hier"),
        ("b", "{n, plural, few {#} other {#}}"),
        ("d", "D"),
    ]);
    let faults = compile::check("de", &english, &other).join("\n");
    for expect in [
        "`c` is missing",
        "`d` is not in en.json",
        "[\"y\"]",
        "lacks `one`",
        "`few`, which de does not use",
    ] {
        assert!(faults.contains(expect), "{expect} in {faults}");
    }
    assert_eq!(
        compile::doubled_keys("{\n \"a\": \"1\",\n \"a\": \"2\"\n}"),
        ["a"]
    );
}

#[test]
fn a_count_is_a_count_wherever_else_it_is_named() {
    let parts = compile::parse("{n} {n, plural, one {a} other {b}} {t}").unwrap();
    assert_eq!(
        compile::arguments(&parts),
        [("n".to_owned(), ArgKind::Count), ("t".to_owned(), ArgKind::Text)]
    );
}

#[test]
fn pseudo_is_longer_and_right_to_left() {
    let parts = compile::parse("Nothing needs you now").unwrap();
    let text = compile::encode(&compile::pseudo(&parts), &[]);
    assert!(
        text.starts_with('\u{200F}') && text.ends_with('\u{200F}'),
        "{text}"
    );
    assert!(
        text.chars().count() >= "Nothing needs you now".len() * 13 / 10,
        "{text}"
    );
    assert!(!text.contains("Nothing"), "{text}");
}

#[test]
fn the_page_carries_what_the_server_says() {
    for locale in [Locale::En, Locale::Fr, Locale::De, Locale::Pseudo] {
        let server = Messages::of(locale);
        let text = server.to_text();
        assert!(!text.contains('<'));
        let browser = Messages::from_text(locale, &text);
        assert_eq!(browser.texts, &server.texts[..SENT]);
        // Some texts are of pages that the server alone draws.
        const { assert!(SENT < COUNT) };
        assert!(server.texts.iter().all(|text| !text.is_empty()));
    }
}

/// Same word in two languages is right now and then (`Alarm`); all over, it is untranslated text.
#[test]
fn languages_differ() {
    for locale in [Locale::Fr, Locale::De] {
        let same = Messages::of(locale)
            .texts
            .iter()
            .zip(Messages::of(Locale::En).texts)
            .filter(|(a, b)| a == b)
            .count();
        assert!(
            same * 6 < COUNT,
            "{locale:?}: {same} of {COUNT} texts equal English"
        );
    }
}

#[test]
fn tags_are_understood_with_and_without_region() {
    for (tag, expect) in [
        ("de", Some(Locale::De)),
        ("DE-ch", Some(Locale::De)),
        ("fr-CA", Some(Locale::Fr)),
        ("en-XA", Some(Locale::Pseudo)),
        ("nl", None),
        ("", None),
    ] {
        assert_eq!(Locale::from_tag(tag), expect, "{tag}");
    }
}
