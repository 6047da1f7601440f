//! A page older than the server loads itself again, unless somebody would lose what they type.

use std::time::Duration;

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlTextAreaElement};

const KEY: &str = "gemba-reloaded-for";
/// A page that is being left is gone within this.
const LEAVING: Duration = Duration::from_millis(400);

/// Loads the page again. False when that would lose something, or when it was already tried for this build
/// and did not help.
pub fn try_reload(server_build: &str) -> bool {
    let Ok(Some(storage)) = window().session_storage() else {
        return false;
    };
    let tried = storage.get_item(KEY).ok().flatten();
    if tried.as_deref() == Some(server_build) || is_typing() {
        return false;
    }
    storage.set_item(KEY, server_build).is_ok() && window().location().reload().is_ok()
}

/// Loads the page again, whatever is typed: who reads may not what the page was made for. A page that is being
/// left (somebody signed out on it) goes where it was going.
pub fn now() {
    let reload = || {
        if window().location().reload().is_err() {
            leptos::logging::warn!("the page could not be loaded again");
        }
    };
    leptos::prelude::set_timeout(reload, LEAVING);
}

/// A field has the focus, or holds something else than it was drawn with.
fn is_typing() -> bool {
    let focused = document()
        .active_element()
        .map(|element| element.tag_name().to_ascii_lowercase());
    if matches!(focused.as_deref(), Some("input" | "textarea" | "select")) {
        return true;
    }
    let Ok(fields) = document().query_selector_all("input:not([type=hidden]), textarea, [data-dirty]") else {
        return false;
    };
    (0..fields.length())
        .filter_map(|index| fields.item(index))
        .any(|field| {
            if let Some(input) = field.dyn_ref::<HtmlInputElement>() {
                return input.value() != input.default_value() || input.checked() != input.default_checked();
            }
            field
                .dyn_ref::<HtmlTextAreaElement>()
                .is_none_or(|area| area.default_value().is_ok_and(|first| area.value() != first))
        })
}
