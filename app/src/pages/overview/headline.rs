//! Does anything need me? In one line, and never calmer than what is known.

use leptos::prelude::*;

use crate::components::data_badge::judged;
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::live::{Link, use_live};
use crate::shell::use_zone;

/// Whether anything needs somebody.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// As it was known when the server was last heard, in milliseconds.
    Last(i64),
    Needs,
    /// Nothing can be judged.
    Unknown,
    /// Nothing does, as far as is known: all values are within limits that are set, or only that of those that are
    /// live, or of none because no limit is set.
    Calm(bool),
}

impl Standing {
    /// Nothing needs anybody, and that is known.
    #[must_use]
    pub const fn is_calm(self) -> bool {
        matches!(self, Self::Calm(_))
    }
}

/// How a plant stands where `total` things needed somebody when the page was made.
pub fn use_standing(total: u32) -> Memo<Standing> {
    let live = use_live();
    Memo::new(move |_| match live.link.get() {
        Link::Lost { since_millis, .. } => Standing::Last(since_millis),
        _ if total > 0 => Standing::Needs,
        _ => live.plant.with(|plant| match judged(&plant.summary) {
            0 => Standing::Unknown,
            judged => Standing::Calm(judged == plant.summary.points && plant.summary.limited > 0),
        }),
    })
}

/// The head's words.
#[component]
pub fn Headline(
    /// How the plant stands.
    standing: Memo<Standing>,
    /// How much needed somebody when the page was made.
    total: u32,
) -> impl IntoView {
    let (m, fmt, zone) = (use_messages(), use_fmt(), use_zone());
    move || match standing.get() {
        Standing::Last(since) => m.overview_last(total, &zone.with(|zone| fmt.time_short(zone, since))),
        Standing::Needs => m.overview_needs(total),
        Standing::Unknown => m.calm_unknown().to_owned(),
        Standing::Calm(_) => m.overview_calm().to_owned(),
    }
}
