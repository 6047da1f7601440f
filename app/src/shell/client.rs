//! The browser's start: reads what the page carries and takes the body up.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

use super::{App, Start};
use crate::i18n::Messages;
use crate::pages::split::load;
use crate::routes;

/// Brings the page to life. Called once, by the `client` binary.
pub fn hydrate() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        tell_trouble(&panic.to_string());
    }));
    let start: Start = carried("g-start")
        .and_then(|text| Start::from_text(&text))
        .unwrap_or_else(Start::empty);
    let messages = Messages::from_text(start.prefs.locale, &carried("g-messages").unwrap_or_default());
    routes::set_base(&start.base);
    if !start.base.is_empty() {
        leptos::server_fn::client::set_server_url(routes::base());
    }
    wasm_bindgen_futures::spawn_local(async move {
        // The body is taken up in one go, so what draws the page must be here before.
        let path = location().pathname().unwrap_or_default();
        if let Err(error) = load(&path).await {
            return tell_trouble(&error.to_string());
        }
        leptos::mount::hydrate_body(move || {
            provide_context(messages);
            provide_context(start.prefs);
            view! { <App start/> }
        });
        tell_ready();
    });
}

/// The page lives: what goes wrong from now on is said in it (boot.js).
fn tell_ready() {
    if let Some(root) = document().document_element() {
        // At worst it is read anew once.
        root.set_attribute("data-client", "ready").unwrap_or_default();
    }
}

fn carried(id: &str) -> Option<String> {
    document().get_element_by_id(id)?.text_content()
}

/// Shows the banner and reports to the server, by boot.js: after a panic nothing here can be relied on.
fn tell_trouble(why: &str) {
    let tell = js_sys::Reflect::get(&window(), &"gembaTrouble".into());
    if let Ok(tell) = tell.and_then(JsCast::dyn_into::<js_sys::Function>) {
        // Nothing is left to be told when telling fails.
        tell.call1(&JsValue::NULL, &why.into()).unwrap_or_default();
    }
}
