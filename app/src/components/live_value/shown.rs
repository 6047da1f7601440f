//! What a live value says: number, state and words, from a reading, its cadence and the time. Pure.

use twin::freshness::freshness;
use twin::{Flags, Freshness, Timestamp};
use wire::page::PointInfo;
use wire::reading::{Cadence, Quality, Reading, Value, twin_cadence_from_wire, twin_times_from_wire};

use crate::fmt::Fmt;
use crate::i18n::Messages;

/// Where no number may stand.
pub const NO_NUMBER: &str = "– –";

/// How far a shown value may be trusted; one word for freshness and quality together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trust {
    Live,
    Late,
    Stale,
    Offline,
    AgeUnknown,
    Uncertain,
    Bad,
    /// Nothing has come yet.
    Never,
}

impl Trust {
    /// For `data-q`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Late => "late",
            Self::Stale => "stale",
            Self::Offline => "offline",
            Self::AgeUnknown => "unknown",
            Self::Uncertain => "uncertain",
            Self::Bad => "bad",
            Self::Never => "never",
        }
    }

    /// The value is the present, or nearly so: limits and normal range may be judged by it.
    #[must_use]
    pub const fn is_current(self) -> bool {
        matches!(self, Self::Live | Self::Late | Self::Uncertain)
    }

    /// The symbol that stands beside the word.
    #[must_use]
    pub const fn glyph(self) -> Option<&'static str> {
        match self {
            Self::Late | Self::AgeUnknown => Some("#d-late"),
            Self::Stale => Some("#d-stale"),
            Self::Offline => Some("#d-offline"),
            Self::Bad | Self::Never => Some("#d-bad"),
            Self::Live | Self::Uncertain => None,
        }
    }

    /// From a reading at a moment. Bad outweighs everything: it never shows a number.
    #[must_use]
    pub fn of(reading: Option<&Reading>, cadence: Cadence, now_millis: i64) -> Self {
        let Some(reading) = reading else {
            return Self::Never;
        };
        let times = twin_times_from_wire(reading);
        let fresh = freshness(
            Timestamp::from_millis(now_millis),
            &times,
            twin_cadence_from_wire(cadence),
        );
        match (fresh, reading.quality) {
            (Freshness::Offline, _) => Self::Offline,
            (_, Quality::Bad) => Self::Bad,
            (_, _) if reading.value.is_none() => Self::Bad,
            (Freshness::Stale, _) => Self::Stale,
            (Freshness::AgeUnknown, _) => Self::AgeUnknown,
            (Freshness::Late, _) => Self::Late,
            (Freshness::Live, Quality::Uncertain) => Self::Uncertain,
            (Freshness::Live, Quality::Good) => Self::Live,
        }
    }
}

/// The age of a reading: since when it is true, not since when we have it.
#[must_use]
pub fn age_millis(reading: &Reading, now_millis: i64) -> Option<i64> {
    let times = twin_times_from_wire(reading);
    (!times.age_unknown()).then(|| now_millis.saturating_sub(times.time().millis()).max(0))
}

/// How far the source's clock ran ahead of ours when the reading came, where that is too far to be believed.
#[must_use]
pub fn clock_ahead_millis(reading: &Reading) -> Option<i64> {
    let times = twin_times_from_wire(reading);
    let stamped = times
        .source_time
        .filter(|_| times.flags.has(Flags::CLOCK_AHEAD))?;
    Some(stamped.millis().saturating_sub(times.arrival.millis()))
}

/// The value itself, as the one text node that changes: no unit.
#[must_use]
pub fn text(reading: Option<&Reading>, decimals: u8, fmt: Fmt, m: Messages) -> String {
    let usable = reading.filter(|reading| reading.quality != Quality::Bad);
    let Some(value) = usable.and_then(|reading| reading.value.as_ref()) else {
        return NO_NUMBER.to_owned();
    };
    let doubt = if usable.is_some_and(|reading| reading.quality == Quality::Uncertain) {
        "≈\u{A0}"
    } else {
        ""
    };
    match value {
        Value::Number(number) => format!("{doubt}{}", fmt.number(*number, decimals)),
        Value::Bool(true) => format!("{doubt}{}", m.value_on()),
        Value::Bool(false) => format!("{doubt}{}", m.value_off()),
        Value::Text(text) => format!("{doubt}{text}"),
    }
}

/// The number to draw or compare; none for text, for bad quality and for nothing.
#[must_use]
pub fn number(reading: Option<&Reading>) -> Option<f64> {
    let reading = reading.filter(|reading| reading.quality != Quality::Bad)?;
    match reading.value.as_ref()? {
        Value::Number(number) => Some(*number),
        Value::Bool(on) => Some(f64::from(u8::from(*on))),
        Value::Text(_) => None,
    }
}

/// The state in words, with the age from late on; empty while nothing is to be said.
#[must_use]
pub fn words(trust: Trust, reading: Option<&Reading>, now_millis: i64, fmt: Fmt, m: Messages) -> String {
    let age = reading
        .and_then(|reading| age_millis(reading, now_millis))
        .map(|age| fmt.age(age));
    match (trust, age) {
        (Trust::Live, _) => String::new(),
        (Trust::Late, Some(age)) => m.data_late_age(&age),
        (Trust::Late, None) => m.data_late().to_owned(),
        (Trust::Stale, Some(age)) if reading.is_some_and(is_unconfirmed) => m.data_unconfirmed_age(&age),
        (Trust::Stale, Some(age)) => m.data_stale_age(&age),
        (Trust::Stale, None) => m.data_stale().to_owned(),
        (Trust::Offline, Some(age)) => m.data_offline_age(&age),
        (Trust::Offline, None) => m.data_offline().to_owned(),
        (Trust::AgeUnknown, _) => match reading.and_then(clock_ahead_millis) {
            Some(ahead) => m.data_clock_ahead(&fmt.age(ahead)),
            None => m.data_age_unknown().to_owned(),
        },
        (Trust::Uncertain, _) => m.data_uncertain().to_owned(),
        // Nobody measured anything bad: a formula has no answer.
        (Trust::Bad, _) if reading.is_some_and(|reading| reading.value.is_none() && is_derived(reading)) => {
            m.data_no_output().to_owned()
        }
        (Trust::Bad, _) if reading.is_some_and(|reading| reading.quality != Quality::Bad) => {
            m.data_no_value().to_owned()
        }
        (Trust::Bad, _) => m.data_bad().to_owned(),
        (Trust::Never, _) => m.data_never().to_owned(),
    }
}

fn is_derived(reading: &Reading) -> bool {
    reading.flags & twin::Flags::DERIVED.bits() != 0
}

/// What it was before its connection was away; it may have changed unheard.
fn is_unconfirmed(reading: &Reading) -> bool {
    reading.flags & Flags::UNCONFIRMED.bits() != 0
}

/// Number, unit and state as one sentence, for a reader who hears it.
#[must_use]
pub fn spoken(
    info: &PointInfo,
    trust: Trust,
    reading: Option<&Reading>,
    now: i64,
    fmt: Fmt,
    m: Messages,
) -> String {
    let unit = info.unit.as_ref().map(|unit| unit.symbol.as_str());
    let value = match number(reading)
        .filter(|_| matches!(reading.and_then(|r| r.value.as_ref()), Some(Value::Number(_))))
    {
        Some(number) => fmt.value(number, info.decimals, unit),
        None => text(reading, info.decimals, fmt, m),
    };
    match words(trust, reading, now, fmt, m) {
        words if words.is_empty() => value,
        words if value == NO_NUMBER => words,
        words => m.value_text(&value, &words),
    }
}
