//! The reader's preferences, kept in cookies; a form, so that it works without script.

use leptos::prelude::*;
use leptos::server_fn::codec::PostUrl;

use super::ApiError;
use super::ask::Ask;

/// Keeps what is given; the page comes back in it.
#[server(prefix = "/api/fn", endpoint = "prefs", protocol = Ask<PostUrl>)]
pub async fn set_prefs(
    lang: Option<String>,
    theme: Option<String>,
    density: Option<String>,
    units: Option<String>,
) -> Result<(), ApiError> {
    use crate::i18n::Locale;
    use crate::prefs::{DENSITY_COOKIE, Density, LANG_COOKIE, THEME_COOKIE, Theme, UNITS_COOKIE, cookie};
    use axum::http::{HeaderValue, header::SET_COOKIE};
    use wire::page::Units;

    let Some(response) = use_context::<leptos_axum::ResponseOptions>() else {
        return Ok(());
    };
    let cookies = [
        lang.and_then(|word| Locale::from_tag(&word))
            .map(|locale| cookie(LANG_COOKIE, locale.tag())),
        theme
            .and_then(|word| Theme::from_word(&word))
            .map(|theme| cookie(THEME_COOKIE, theme.as_str())),
        density
            .and_then(|word| Density::from_word(&word))
            .map(|density| cookie(DENSITY_COOKIE, density.as_str())),
        units
            .and_then(|word| Units::from_word(&word))
            .map(|units| cookie(UNITS_COOKIE, units.as_str())),
    ];
    for cookie in cookies.into_iter().flatten() {
        if let Ok(value) = HeaderValue::try_from(cookie) {
            response.append_header(SET_COOKIE, value);
        }
    }
    Ok(())
}
