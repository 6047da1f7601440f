//! The tablet: today's work, without a network. A program of its own, drawn in the browser alone over what the tablet
//! keeps; the server gives it a shell without names or times (`server/src/http/crew`).
//!
//! Read [`state`] for what is kept, [`sync`] for how it comes and goes, [`device`] for what the browser does, and the
//! pages after those. What becomes of items and how an order will look is decided in `crates/crew`.

#![recursion_limit = "512"]

mod asset;
mod confirm;
mod device;
mod finish;
mod frame;
mod icon;
mod job;
mod keypad;
mod outbox;
mod person;
mod report;
mod route;
mod scan;
mod settle;
mod state;
mod step;
mod sync;
mod times;
mod today;

use app::i18n::{self, Locale, Messages};
use app::words;
use leptos::prelude::*;

fn main() {
    std::panic::set_hook(Box::new(console_error_panic_hook::hook));
    let root = document().document_element();
    let attribute = |name: &str| {
        root.as_ref()
            .and_then(|root| root.get_attribute(name))
            .unwrap_or_default()
    };
    app::routes::set_base(&attribute("data-base"));
    let texts = document()
        .get_element_by_id("g-messages")
        .and_then(|element| element.text_content());
    let locale = Locale::from_tag(&attribute("lang")).unwrap_or_default();
    let messages = Messages::from_text(locale, &texts.unwrap_or_default());
    let build = attribute("data-build");
    // What the shell says while the program is on its way.
    if let Some(waiting) = document().get_element_by_id("crew") {
        waiting.remove();
    }
    leptos::mount::mount_to_body(move || {
        provide_context::<i18n::Messages>(messages);
        let tablet = state::Tablet::new(messages, build.clone());
        provide_context(tablet);
        sync::start(tablet);
        frame::frame()
    });
}
