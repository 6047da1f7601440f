//! All text a reader sees, in the reader's language.
//!
//! **To add a message**: one line with the same key in each of `app/locales/{en,fr,de}.json`, kept
//! sorted by key (the prefix says the place: `nav_`, `fresh_`, `overview_` …). The build then makes
//! a function of it, and stops when a language lacks it or has other arguments:
//!
//! ```text
//! "overview_calm": "Nothing needs you now"                      →  m.overview_calm()      → &'static str
//! "fresh_tags": "{live} of {n} tags live"                       →  m.fresh_tags(&l, &n)   → String
//! "needs_more": "{n, plural, one {# more} other {# more}}"      →  m.needs_more(3_u32)    → String
//! ```
//!
//! `{name}` takes text (format numbers with [`crate::fmt`] first); `{n, plural, =0 {…} one {…} other {…}}`
//! takes a count and shows it as `#`, grouped by the locale. No-break spaces before French `? ! ; : %` are
//! put in by the build. Keys that begin with `still_` or `server_` are of pages that the server alone draws (`crate::still`):
//! no page carries them to the browser. Those that begin with `crew_` are of the tablet: its shell carries them and no other. Get the messages with [`use_messages`]; they are `Copy`.

use leptos::prelude::use_context;
use serde::{Deserialize, Serialize};

#[cfg(test)]
#[path = "i18n/compile.rs"]
#[allow(dead_code, reason = "the build script uses the rest")]
mod compile;
#[cfg(test)]
#[path = "i18n/tests.rs"]
mod tests;

include!(concat!(env!("OUT_DIR"), "/messages.rs"));

/// A language, with its rules of writing numbers and plurals.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Locale {
    #[default]
    En,
    Fr,
    De,
    /// Stretched English from right to left, for tests; nobody is offered it.
    Pseudo,
}

impl Locale {
    /// The languages a reader may choose from.
    pub const OFFERED: [Self; 3] = [Self::En, Self::Fr, Self::De];

    /// BCP 47 tag, for `lang` and the cookie.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
            Self::De => "de",
            Self::Pseudo => "en-XA",
        }
    }

    /// Its own name, as its speakers write it.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Fr => "Français",
            Self::De => "Deutsch",
            Self::Pseudo => "Pseudo",
        }
    }

    /// Writing direction, for `dir`.
    #[must_use]
    pub const fn dir(self) -> &'static str {
        match self {
            Self::Pseudo => "rtl",
            Self::En | Self::Fr | Self::De => "ltr",
        }
    }

    /// From a tag like `de-CH` or `fr`; none for a language without texts.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        if tag.eq_ignore_ascii_case("en-XA") {
            return Some(Self::Pseudo);
        }
        let language = tag.split('-').next().unwrap_or_default();
        Self::OFFERED
            .into_iter()
            .find(|offered| offered.tag().eq_ignore_ascii_case(language))
    }

    /// Whether `selector` of a plural is for `count` (CLDR's cardinal rules for whole numbers).
    fn chooses(self, selector: &str, count: u64) -> bool {
        match selector {
            "one" => match self {
                Self::Fr => count < 2,
                Self::En | Self::De | Self::Pseudo => count == 1,
            },
            "many" => self == Self::Fr && count != 0 && count.is_multiple_of(1_000_000),
            "other" => true,
            exact => exact.strip_prefix('=').is_some_and(|n| n.parse() == Ok(count)),
        }
    }
}

/// The reader's texts. One message is one method.
#[derive(Clone, Copy, Debug)]
pub struct Messages {
    locale: Locale,
    texts: &'static [&'static str],
}

impl Default for Messages {
    fn default() -> Self {
        #[cfg(feature = "ssr")]
        return Self::of(Locale::En);
        #[cfg(not(feature = "ssr"))]
        Self {
            locale: Locale::En,
            texts: &[],
        }
    }
}

impl Messages {
    /// The texts of a language; the server has all of them.
    #[cfg(feature = "ssr")]
    #[must_use]
    pub fn of(locale: Locale) -> Self {
        let texts: &'static [&'static str] = match locale {
            Locale::En => &EN,
            Locale::Fr => &FR,
            Locale::De => &DE,
            Locale::Pseudo => &EN_XA,
        };
        Self { locale, texts }
    }

    /// The texts as the page carries them, a line each, safe inside a script element. The lines of those that
    /// only the server shows are empty.
    #[cfg(feature = "ssr")]
    #[must_use]
    pub fn to_text(self) -> String {
        let sent = self.texts.get(..SENT).unwrap_or(self.texts);
        sent.join("\n").replace('<', LESS)
    }

    /// The texts of the tablet as its shell carries them: as [`Messages::to_text`], with the lines of all others empty.
    #[cfg(feature = "ssr")]
    #[must_use]
    pub fn to_crew_text(self) -> String {
        let crew = self.texts.get(SENT..SENT + CREW).unwrap_or_default();
        "\n".repeat(SENT) + &crew.join("\n").replace('<', LESS)
    }

    /// The texts the page carries. They stay for as long as the page, so they are given away to it.
    #[must_use]
    pub fn from_text(locale: Locale, text: &str) -> Self {
        let texts: Vec<&'static str> = text.replace(LESS, "<").leak().split('\n').collect();
        Self {
            locale,
            texts: texts.leak(),
        }
    }

    /// Whose language it is.
    #[must_use]
    pub const fn locale(self) -> Locale {
        self.locale
    }

    fn text(self, index: usize) -> &'static str {
        self.texts.get(index).copied().unwrap_or_default()
    }

    fn fill(self, index: usize, arguments: &[Arg<'_>]) -> String {
        let mut out = String::new();
        fill(&mut out, self.text(index), self.locale, arguments);
        out
    }
}

/// The reader's messages, from context.
#[must_use]
pub fn use_messages() -> Messages {
    use_context().unwrap_or_default()
}

enum Arg<'a> {
    Text(&'a str),
    Count(u64),
}

/// Stands for `<` where texts are within a script element.
const LESS: &str = "\u{E006}";
const ARG: char = '\u{E001}';
const PLURAL: char = '\u{E002}';
const SELECTED: char = '\u{E003}';
const BRANCH_END: char = '\u{E004}';
const PLURAL_END: char = '\u{E005}';

/// Fills a message in the form `compile::encode` writes.
fn fill(out: &mut String, mut template: &str, locale: Locale, arguments: &[Arg<'_>]) {
    while let Some((before, after)) = template.split_once([ARG, PLURAL]) {
        out.push_str(before);
        let is_plural = template.as_bytes().get(before.len() + 2) == Some(&0x82);
        let mut chars = after.chars();
        let argument = chars
            .next()
            .and_then(|digit| arguments.get(digit.to_digit(10)? as usize));
        template = chars.as_str();
        if is_plural {
            let (branches, rest) = template.split_once(PLURAL_END).unwrap_or((template, ""));
            let count = if let Some(Arg::Count(count)) = argument {
                *count
            } else {
                0
            };
            let chosen = branches
                .split(BRANCH_END)
                .filter_map(|branch| branch.split_once(SELECTED))
                .find(|(selector, _)| locale.chooses(selector, count));
            fill(out, chosen.map_or("", |(_, text)| text), locale, arguments);
            template = rest;
        } else {
            match argument {
                Some(Arg::Text(text)) => out.push_str(text),
                Some(Arg::Count(count)) => out.push_str(&crate::fmt::integer(locale, *count)),
                None => {}
            }
        }
    }
    out.push_str(template);
}
