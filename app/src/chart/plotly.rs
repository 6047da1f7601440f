//! Our own thin bindings to plotly.js: every call gives a `Result`, a failing chart never a panic.
//!
//! The library is ours to serve, loaded by a script element when the first chart is looked at. Its own
//! style sheet is in `plotly.css`; the empty element made here tells it not to write another.

use js_sys::{Array, Function, Object, Promise, Reflect};
use leptos::prelude::{document, window};
use leptos::web_sys::HtmlElement;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The version is in the address, so that a newer one is never taken from a cache.
const SCRIPT: &str = "/vendor/plotly-basic.min.js?v=4.1.1";
const STYLE_ID: &str = "plotly.js-style-global";

/// Loads the library, once; the second caller waits for the first.
pub async fn load() -> Result<(), JsValue> {
    if Reflect::has(&window(), &"Plotly".into())? {
        return Ok(());
    }
    let document = document();
    let head = document.head().ok_or("no head")?;
    if document.get_element_by_id(STYLE_ID).is_none() {
        let marker = document.create_element("meta")?;
        marker.set_id(STYLE_ID);
        marker.set_class_name("no-inline-styles");
        head.append_child(&marker)?;
    }
    let script = match document.get_element_by_id("plotly-script") {
        Some(script) => script,
        None => {
            let script = document.create_element("script")?;
            script.set_id("plotly-script");
            script.set_attribute("src", &crate::routes::url(SCRIPT))?;
            head.append_child(&script)?;
            script
        }
    };
    let loaded = Promise::new(&mut |resolve, reject| {
        let listen =
            |event: &str, then: &Function| drop(script.add_event_listener_with_callback(event, then));
        listen("load", &resolve);
        listen("error", &reject);
    });
    let loaded = JsFuture::from(loaded).await;
    if loaded.is_err() {
        // A script that did not come never comes: the next who wants it asks anew.
        script.remove();
    }
    loaded.map(drop)
}

/// One chart in an element; gone from it when dropped.
pub struct Plot {
    element: HtmlElement,
    /// Whether the chart goes with this; not once another was drawn over it.
    is_ours: bool,
}

impl Plot {
    /// `react`: draws a figure into an element, over what was drawn there.
    pub async fn draw(
        element: HtmlElement,
        data: &JsValue,
        layout: &JsValue,
        config: &JsValue,
    ) -> Result<Self, JsValue> {
        let drawn = call("react", &[element.as_ref(), data, layout, config])?;
        JsFuture::from(Promise::from(drawn)).await?;
        Ok(Self {
            element,
            is_ours: true,
        })
    }

    /// Where it is drawn.
    pub fn element(&self) -> HtmlElement {
        self.element.clone()
    }

    /// Leaves its element to the one that was drawn over it.
    pub fn leave(mut self) {
        self.is_ours = false;
    }

    /// `extendTraces`: appends points to each of the first traces; the oldest beyond `most` go.
    pub fn extend(&self, xs: &[String], ys: &[Vec<Option<f64>>], most: u32) -> Result<(), JsValue> {
        let indices: Array = (0..ys.len()).map(|index| JsValue::from(index as f64)).collect();
        call(
            "extendTraces",
            &[self.element.as_ref(), &points(xs, ys)?, &indices, &most.into()],
        )
        .map(drop)
    }

    /// `restyle`: gives traces from `first` on other points.
    pub fn replace(&self, first: u32, xs: &[String], ys: &[Vec<Option<f64>>]) -> Result<(), JsValue> {
        let indices: Array = (first..).take(ys.len()).map(JsValue::from).collect();
        call("restyle", &[self.element.as_ref(), &points(xs, ys)?, &indices]).map(drop)
    }

    /// `relayout`: changes what is asked for, nothing else.
    pub fn relayout(&self, changes: &JsValue) -> Result<(), JsValue> {
        call("relayout", &[self.element.as_ref(), changes]).map(drop)
    }

    /// `restyle`: changes one trace.
    pub fn restyle(&self, changes: &JsValue, trace: u32) -> Result<(), JsValue> {
        call("restyle", &[self.element.as_ref(), changes, &trace.into()]).map(drop)
    }

    /// Calls back with each of plotly's own events of this name.
    pub fn on(&self, event: &str, then: &Function) -> Result<(), JsValue> {
        let on: Function = Reflect::get(&self.element, &"on".into())?.dyn_into()?;
        on.call2(&self.element, &event.into(), then).map(drop)
    }
}

impl Drop for Plot {
    fn drop(&mut self) {
        if self.is_ours {
            // It was asked to go; there is nobody to tell.
            drop(call("purge", &[self.element.as_ref()]));
        }
    }
}

/// The same times for every trace, each with its own values.
fn points(xs: &[String], ys: &[Vec<Option<f64>>]) -> Result<JsValue, JsValue> {
    let times = |_| xs.iter().map(JsValue::from).collect::<Array>();
    let numbers = |y: &Vec<Option<f64>>| {
        y.iter()
            .map(|y| y.map_or(JsValue::NULL, JsValue::from))
            .collect::<Array>()
    };
    let (x, y): (Array, Array) = (ys.iter().map(times).collect(), ys.iter().map(numbers).collect());
    object(&[("x", x.into()), ("y", y.into())])
}

/// A function of the library.
fn call(name: &str, arguments: &[&JsValue]) -> Result<JsValue, JsValue> {
    let plotly = Reflect::get(&window(), &"Plotly".into())?;
    let function: Function = Reflect::get(&plotly, &name.into())?.dyn_into()?;
    function.apply(&plotly, &arguments.iter().copied().collect())
}

/// A plain object.
pub fn object(entries: &[(&str, JsValue)]) -> Result<JsValue, JsValue> {
    let object = Object::new();
    for (key, value) in entries {
        Reflect::set(&object, &(*key).into(), value)?;
    }
    Ok(object.into())
}

/// Sets a property of an object.
pub fn set(object: &JsValue, key: &str, value: impl Into<JsValue>) -> Result<(), JsValue> {
    Reflect::set(object, &key.into(), &value.into()).map(drop)
}

/// A property of an object.
pub fn get(object: &JsValue, key: &str) -> Result<JsValue, JsValue> {
    Reflect::get(object, &key.into())
}
