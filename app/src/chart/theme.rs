//! A chart follows the theme: other colours, the same values.

use js_sys::Array;
use leptos::prelude::document;
use leptos::wasm_bindgen::closure::Closure;
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::{MutationObserver, MutationObserverInit};
use wire::page::TrendPanel;

use super::dress::{Colours, Dressed, dress};
use super::plotly::{Plot, get, object};
use crate::fmt::Fmt;

/// Calls back with the figure in new colours whenever the theme changes.
pub fn follow_theme(
    panel: impl Fn() -> Option<TrendPanel> + 'static,
    fmt: Fmt,
    changed: impl Fn(&Dressed) + 'static,
) {
    let changed = Closure::<dyn FnMut()>::new(move || {
        if let Some(Ok(dressed)) = panel().map(|panel| dress(&panel, fmt, &Colours::now())) {
            changed(&dressed);
        }
    });
    let Ok(observer) = MutationObserver::new(changed.as_ref().unchecked_ref()) else {
        return;
    };
    let options = MutationObserverInit::new();
    options.set_attributes(true);
    options.set_attribute_filter(&Array::of1(&"data-theme".into()));
    if let Some(root) = document().document_element()
        && observer.observe_with_options(&root, &options).is_ok()
    {
        // As long as the page; a plot that is gone is not redrawn.
        changed.forget();
    }
}

/// Puts a figure's colours on a plot that is drawn already.
pub fn redress(plot: &Plot, dressed: &Dressed) -> Result<(), JsValue> {
    let traces = Array::from(&dressed.data);
    for index in 0..traces.length() {
        let colour = get(&get(&traces.get(index), "line")?, "color")?;
        plot.restyle(&object(&[("line.color", colour)])?, index)?;
    }
    for key in ["font", "shapes", "annotations", "hoverlabel"] {
        plot.relayout(&object(&[(key, get(&dressed.layout, key)?)])?)?;
    }
    Ok(())
}
