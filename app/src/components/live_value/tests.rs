//! What a live value says in each state and language, as HTML.

use leptos::prelude::*;
use twin::Flags;
use wire::page::{Limits, PointInfo, Unit};
use wire::reading::{Cadence, Quality, Reading, Value};

use super::shown::Trust;
use super::{LiveValue, LiveWords};
use crate::components::feed::Feed;
use crate::i18n::{Locale, Messages};

const NOW: i64 = 1_000_000_000;

fn info() -> PointInfo {
    PointInfo {
        point: 7,
        asset: 1,
        name: "Pressure".to_owned(),
        unit: Some(Unit {
            symbol: "bar".to_owned(),
            guessed: false,
        }),
        normal: None,
        limits: Limits::default(),
        range: None,
        decimals: 1,
        is_simulated: false,
        measured: None,
        states: Vec::new(),
    }
}

fn reading(value: Option<Value>, age_secs: i64, quality: Quality, flags: Flags) -> Reading {
    let time = NOW - age_secs * 1_000;
    let source_millis = (!flags.has(Flags::RETAINED)).then_some(time);
    Reading {
        value,
        quality,
        source_millis,
        arrival_millis: time,
        flags: flags.bits(),
    }
}

fn html(locale: Locale, reading: Option<Reading>) -> String {
    let owner = Owner::new();
    owner.with(|| {
        provide_context(Messages::of(locale));
        let feed = Feed::still(reading, Cadence::Declared(1_000), NOW);
        view! { <LiveValue info=info() feed/> }.to_html()
    })
}

/// The texts between tags, as somebody who cannot see the style would get them.
fn texts(html: &str) -> String {
    let mut out = Vec::new();
    for part in html.split('<').skip(1) {
        let text = part.split_once('>').map_or("", |(_, text)| text).trim();
        if !text.is_empty() && !part.starts_with('!') {
            out.push(text.replace('\u{A0}', " "));
        }
    }
    out.join("|")
}

#[track_caller]
fn check(locale: Locale, reading: Option<Reading>, trust: Trust, expect: &str) {
    let html = html(locale, reading);
    assert!(html.contains(&format!("data-q=\"{}\"", trust.as_str())), "{html}");
    assert!(html.contains("data-point=\"7\""), "{html}");
    assert_eq!(texts(&html), expect, "{html}");
}

fn number(age_secs: i64, quality: Quality, flags: Flags) -> Option<Reading> {
    Some(reading(Some(Value::Number(1234.56)), age_secs, quality, flags))
}

#[test]
fn each_state_says_itself_in_english() {
    let (good, none) = (Quality::Good, Flags::default());
    let check = |reading, trust, expect| check(Locale::En, reading, trust, expect);
    check(number(1, good, none), Trust::Live, "1\u{202F}234.6|bar");
    check(
        number(18, good, none),
        Trust::Late,
        "1\u{202F}234.6|bar|18 s|Late 18 s",
    );
    check(
        number(720, good, none),
        Trust::Stale,
        "1\u{202F}234.6|bar|12 min|Stale 12 min",
    );
    check(
        number(720, good, Flags::UNCONFIRMED),
        Trust::Stale,
        "1\u{202F}234.6|bar|12 min|Unconfirmed 12 min",
    );
    check(
        number(60, good, Flags::OFFLINE),
        Trust::Offline,
        "1\u{202F}234.6|bar|1 min|Offline 1 min",
    );
    check(
        number(1, good, Flags::RETAINED),
        Trust::AgeUnknown,
        "1\u{202F}234.6|bar|Age unknown",
    );
    check(
        number(1, good, Flags::CLOCK_AHEAD).map(|reading| Reading {
            source_millis: Some(reading.arrival_millis + 3_600_000),
            ..reading
        }),
        Trust::AgeUnknown,
        "1\u{202F}234.6|bar|Clock 1 h ahead",
    );
    check(
        number(1, Quality::Uncertain, none),
        Trust::Uncertain,
        "≈ 1\u{202F}234.6|bar|?|Uncertain",
    );
    check(number(1, Quality::Bad, none), Trust::Bad, "– –|bar|Bad quality");
    check(
        Some(reading(None, 1, good, none)),
        Trust::Bad,
        "– –|bar|No value sent",
    );
    check(
        Some(reading(None, 1, Quality::Bad, Flags::DERIVED)),
        Trust::Bad,
        "– –|bar|No output",
    );
    check(None, Trust::Never, "– –|bar|No value yet");
}

#[test]
fn a_bad_value_never_shows_a_number_however_it_came() {
    for flags in [Flags::default(), Flags::OFFLINE, Flags::RETAINED] {
        for age in [0, 20, 4_000] {
            let html = html(Locale::En, number(age, Quality::Bad, flags));
            assert!(!html.contains("234"), "{html}");
        }
    }
}

#[test]
fn other_languages_write_their_own_numbers_and_words() {
    let (good, none) = (Quality::Good, Flags::default());
    check(
        Locale::De,
        number(18, good, none),
        Trust::Late,
        "1.234,6|bar|18 s|Verspätet 18 s",
    );
    check(
        Locale::De,
        number(1, Quality::Bad, none),
        Trust::Bad,
        "– –|bar|Schlechte Qualität",
    );
    check(
        Locale::De,
        number(720, good, none),
        Trust::Stale,
        "1.234,6|bar|12 min|Veraltet 12 min",
    );
    check(
        Locale::Fr,
        number(720, good, none),
        Trust::Stale,
        "1\u{202F}234,6|bar|12 min|Périmé 12 min",
    );
    check(
        Locale::Fr,
        number(60, good, Flags::OFFLINE),
        Trust::Offline,
        "1\u{202F}234,6|bar|1 min|Hors ligne 1 min",
    );
    check(Locale::Fr, None, Trust::Never, "– –|bar|Pas encore de valeur");
}

#[test]
fn switches_and_words_are_shown_as_words_and_hostile_text_as_text() {
    let good = |value| Some(reading(Some(value), 0, Quality::Good, Flags::default()));
    check(Locale::En, good(Value::Bool(true)), Trust::Live, "On|bar");
    check(Locale::De, good(Value::Bool(false)), Trust::Live, "Aus|bar");
    let html = html(
        Locale::En,
        good(Value::Text("<script>alert(1)</script>".to_owned())),
    );
    assert!(!html.contains("<script>"), "{html}");
}

#[test]
fn the_column_of_words_is_empty_while_all_is_well() {
    let owner = Owner::new();
    let words = |age: i64| {
        owner.with(|| {
            provide_context(Messages::of(Locale::En));
            let feed = Feed::still(
                number(age, Quality::Good, Flags::default()),
                Cadence::Declared(1_000),
                NOW,
            );
            texts(&view! { <LiveWords feed/> }.to_html())
        })
    };
    assert_eq!(words(0), "");
    assert_eq!(words(18), "Late 18 s");
}
