//! The drawings that many components share, once a page: `<use href="#p2">` and its like.

use leptos::prelude::*;

/// The symbols. The browser's half does not carry them a second time: they are in the page already
/// when it is hydrated, and nothing ever draws them again.
#[cfg(feature = "ssr")]
const SYMBOLS: &str = include_str!("symbols.svg");
#[cfg(not(feature = "ssr"))]
const SYMBOLS: &str = "";

/// Holds the shared drawings; stands once, before everything else.
#[component]
pub fn Sprite() -> impl IntoView {
    view! { <svg width="0" height="0" class="g-sprite" aria-hidden="true" inner_html=SYMBOLS></svg> }
}
