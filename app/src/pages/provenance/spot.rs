//! Where the popover of a number stands.

#[cfg(feature = "hydrate")]
use leptos::prelude::window;
use leptos::web_sys::Element;

/// About the popover's size, to keep it on the screen.
#[cfg(feature = "hydrate")]
const SIZE: (f64, f64) = (340.0, 240.0);

/// Below a number, above it where there is no room, never off the screen.
#[cfg(feature = "hydrate")]
pub(super) fn beside(number: &Element) -> Option<(f64, f64)> {
    let rect = number.get_bounding_client_rect();
    let size =
        |length: Result<leptos::wasm_bindgen::JsValue, _>| length.ok().and_then(|length| length.as_f64());
    let (width, height) = (size(window().inner_width())?, size(window().inner_height())?);
    let left = rect.left().min(width - SIZE.0 - 8.0).max(8.0);
    let below = rect.bottom() + 6.0;
    let top = if below + SIZE.1 > height {
        (rect.top() - SIZE.1 - 6.0).max(8.0)
    } else {
        below
    };
    Some((left, top))
}

/// There is no screen on the server.
#[cfg(not(feature = "hydrate"))]
pub(super) const fn beside(_: &Element) -> Option<(f64, f64)> {
    None
}
