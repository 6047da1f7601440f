//! The time range of a page, kept in the address: `?from=now-8h`, or two moments in ISO 8601.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::i18n::{Messages, use_messages};

const HOUR: i64 = 3_600_000;

/// A stretch of time up to now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Range {
    Hour,
    #[default]
    Shift,
    Day,
    Week,
}

impl Range {
    /// In the order of the picker.
    pub const ALL: [Self; 4] = [Self::Hour, Self::Shift, Self::Day, Self::Week];

    /// As the address says it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "now-1h",
            Self::Shift => "now-8h",
            Self::Day => "now-24h",
            Self::Week => "now-7d",
        }
    }

    /// From the address; anything unknown is the default.
    #[must_use]
    pub fn from_address(from: Option<&str>) -> Self {
        Self::ALL
            .into_iter()
            .find(|range| Some(range.as_str()) == from)
            .unwrap_or_default()
    }

    /// How long it is, in milliseconds.
    #[must_use]
    pub const fn millis(self) -> i64 {
        match self {
            Self::Hour => HOUR,
            Self::Shift => 8 * HOUR,
            Self::Day => 24 * HOUR,
            Self::Week => 7 * 24 * HOUR,
        }
    }

    /// `8 h`
    #[must_use]
    pub fn label(self, m: Messages) -> &'static str {
        match self {
            Self::Hour => m.range_hour(),
            Self::Shift => m.range_shift(),
            Self::Day => m.range_day(),
            Self::Week => m.range_week(),
        }
    }
}

/// The range the address asks for.
#[must_use]
pub fn use_range() -> Memo<Range> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| Range::from_address(query.get_str("from"))))
}

/// The address of this page with one part of its query changed; the rest stays.
#[must_use]
pub fn with_query(query: &leptos_router::params::ParamsMap, key: &str, value: &str) -> String {
    let mut query = query.clone();
    query.replace(key.to_owned(), value.to_owned());
    query.to_query_string()
}

/// Links to the four ranges; they work without script and with the back button.
#[component]
pub fn RangePicker() -> impl IntoView {
    let m = use_messages();
    let (query, range) = (use_query_map(), use_range());
    view! {
        <nav class="g-segments" aria-label=m.range_label()>
            {Range::ALL
                .map(|choice| {
                    view! {
                        <a
                            class="g-btn"
                            href=move || query.with(|query| with_query(query, "from", choice.as_str()))
                            aria-current=move || (range.get() == choice).then_some("true")
                            data-noscroll=""
                        >
                            {choice.label(m)}
                        </a>
                    }
                })
                .collect_view()}
        </nav>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_keeps_the_range_and_nonsense_is_the_default() {
        for range in Range::ALL {
            assert_eq!(Range::from_address(Some(range.as_str())), range);
        }
        assert_eq!(Range::from_address(Some("now-99y")), Range::Shift);
        assert_eq!(Range::from_address(None), Range::Shift);
    }
}
