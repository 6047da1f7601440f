//! How a reader wants pages: language, theme, density, units.
//!
//! Resolved once on the server from the address (`?lang=`, `?theme=`, `?density=`), then cookies, then
//! `Accept-Language`; written into the page and read back by hydration, so that both sides draw the same.
//! Views get them as values and never ask the browser.

use leptos::prelude::use_context;
use serde::{Deserialize, Serialize};
use wire::page::Units;

use crate::i18n::Locale;

/// A reader's preferences.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Prefs {
    pub locale: Locale,
    pub theme: Theme,
    pub density: Density,
    pub units: Units,
}

/// Which colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Theme {
    /// As the reader's system says: light, dark, or contrast when it asks for more.
    #[default]
    Auto,
    Light,
    Dark,
    Contrast,
}

/// How tall rows and controls are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Density {
    #[default]
    Normal,
    Compact,
    Touch,
}

/// The reader's preferences, from context.
#[must_use]
pub fn use_prefs() -> Prefs {
    use_context().unwrap_or_default()
}

impl Theme {
    /// All, in the order of the menu.
    pub const ALL: [Self; 4] = [Self::Auto, Self::Light, Self::Dark, Self::Contrast];

    /// For `data-theme` and the cookie.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Contrast => "contrast",
        }
    }

    /// From the same word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == word)
    }
}

impl Density {
    /// All, in the order of the menu.
    pub const ALL: [Self; 3] = [Self::Normal, Self::Compact, Self::Touch];

    /// For `data-density` and the cookie.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Compact => "compact",
            Self::Touch => "touch",
        }
    }

    /// From the same word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|density| density.as_str() == word)
    }
}

/// Cookie of the language.
pub const LANG_COOKIE: &str = "gemba_lang";
/// Cookie of the theme.
pub const THEME_COOKIE: &str = "gemba_theme";
/// Cookie of the density.
pub const DENSITY_COOKIE: &str = "gemba_density";

/// Cookie of the units. There is no word for the address: what is asked for after the first page would not say it.
pub const UNITS_COOKIE: &str = "gemba_units";

/// The cookie that keeps a preference for a year.
/// Readable by script, because the theme button sets it without asking the server.
#[must_use]
pub fn cookie(name: &str, word: &str) -> String {
    let path = crate::routes::cookie_path();
    format!("{name}={word}; Path={path}; Max-Age=31536000; SameSite=Lax")
}

impl Prefs {
    /// From what a request says; anything unknown is left out.
    #[must_use]
    pub fn from_request(query: &str, cookies: &str, accept_language: &str) -> Self {
        let asked = |name: &str| pair(query, '&', name);
        let kept = |name: &str| pair(cookies, ';', name);
        Self {
            locale: [asked("lang"), kept(LANG_COOKIE)]
                .into_iter()
                .flatten()
                .find_map(Locale::from_tag)
                .unwrap_or_else(|| accepted(accept_language)),
            theme: asked("theme")
                .or_else(|| kept(THEME_COOKIE))
                .and_then(Theme::from_word)
                .unwrap_or_default(),
            density: asked("density")
                .or_else(|| kept(DENSITY_COOKIE))
                .and_then(Density::from_word)
                .unwrap_or_default(),
            units: units_of(cookies),
        }
    }
}

/// The units a reader wants, from the cookies of a request.
#[must_use]
pub fn units_of(cookies: &str) -> Units {
    pair(cookies, ';', UNITS_COOKIE)
        .and_then(Units::from_word)
        .unwrap_or_default()
}

/// The value of `name` in `a=1&b=2` or `a=1; b=2`.
fn pair<'a>(text: &'a str, separator: char, name: &str) -> Option<&'a str> {
    text.split(separator)
        .filter_map(|part| part.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, v)| v)
}

/// The best language of `Accept-Language: fr-CH, fr;q=0.9, en;q=0.8`; English when none is ours.
fn accepted(header: &str) -> Locale {
    let mut best = (0.0, Locale::En);
    for part in header.split(',').take(32) {
        let mut fields = part.split(';');
        let tag = fields.next().unwrap_or_default().trim();
        let weight = fields
            .find_map(|field| field.trim().strip_prefix("q="))
            .map_or(1.0, |weight| weight.trim().parse::<f32>().unwrap_or(0.0));
        if let Some(locale) = Locale::from_tag(tag)
            && locale != Locale::Pseudo
            && weight > best.0
        {
            best = (weight, locale);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(query: &str, cookies: &str, accept: &str, locale: Locale, theme: Theme) {
        let prefs = Prefs::from_request(query, cookies, accept);
        assert_eq!((prefs.locale, prefs.theme), (locale, theme));
    }

    #[test]
    fn the_address_wins_over_the_cookie_over_the_browser() {
        check("", "", "", Locale::En, Theme::Auto);
        check("", "", "de-CH, fr;q=0.9", Locale::De, Theme::Auto);
        check("", "", "nl, en;q=0.4, fr;q=0.8", Locale::Fr, Theme::Auto);
        check("", "", "en-XA, xx;q=bad", Locale::En, Theme::Auto);
        check(
            "",
            "gemba_lang=fr; gemba_theme=dark",
            "de",
            Locale::Fr,
            Theme::Dark,
        );
        check(
            "theme=contrast&lang=de",
            "gemba_lang=fr; gemba_theme=dark",
            "",
            Locale::De,
            Theme::Contrast,
        );
        check("lang=xx", "gemba_lang=fr", "", Locale::Fr, Theme::Auto);
        check(
            "lang=en-XA&theme=pink",
            "gemba_theme=dark",
            "",
            Locale::Pseudo,
            Theme::Auto,
        );
    }

    #[test]
    fn words_go_there_and_back() {
        for theme in Theme::ALL {
            assert_eq!(Theme::from_word(theme.as_str()), Some(theme));
        }
        for units in Units::ALL {
            assert_eq!(units_of(&format!("a=b; gemba_units={}", units.as_str())), units);
        }
        assert_eq!(units_of("gemba_units=imperial"), Units::Measured);
        for density in Density::ALL {
            assert_eq!(Density::from_word(density.as_str()), Some(density));
        }
    }
}
