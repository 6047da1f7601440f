//! Where the keyboard is while pages change under it.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::HtmlElement;

/// Gives the keyboard to an element by its id, once what changes now is drawn.
pub fn focus_soon(id: String) {
    request_animation_frame(move || {
        let found = document().get_element_by_id(&id);
        if let Some(found) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
            // It may have gone, or cannot take it: nothing is lost.
            found.focus().ok();
        }
    });
}

/// Where a page is drawn again from newer data, the keyboard stays where it was: at the element of the same
/// id, or at the link to the same address.
pub fn keep_focus() {
    #[cfg(feature = "hydrate")]
    if let Some(selector) = document().active_element().as_ref().and_then(selector_of) {
        request_animation_frame(move || {
            let is_lost = document()
                .active_element()
                .is_none_or(|at| at.tag_name() == "BODY");
            let found = document().query_selector(&selector).ok().flatten();
            if let Some(found) = found
                .filter(|_| is_lost)
                .and_then(|found| found.dyn_into::<HtmlElement>().ok())
            {
                found.focus().ok();
            }
        });
    }
}

/// What finds an element of the page again.
#[cfg(feature = "hydrate")]
fn selector_of(element: &leptos::web_sys::Element) -> Option<String> {
    let quoted = |value: String| value.replace('\\', "\\\\").replace('"', "\\\"");
    let named = |name: &str| {
        element
            .get_attribute(name)
            .filter(|value| !value.is_empty())
            .map(quoted)
    };
    named("id")
        .map(|id| format!("#main [id=\"{id}\"]"))
        .or_else(|| named("href").map(|href| format!("#main [href=\"{href}\"]")))
}
