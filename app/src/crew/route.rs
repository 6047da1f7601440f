//! Where somebody is. Every address opens without a network: the shell is the same for all of them.

use app::routes;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// A page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Route {
    /// Today's work.
    Today,
    /// An order.
    Job(u32),
    /// The last page of an order: time, parts, what was found.
    Finish(u32),
    /// Codes of equipment.
    Scan,
    /// Equipment.
    Asset(u32),
    /// A problem, of which equipment where that is known.
    Report(Option<u32>),
    /// What is not sent yet.
    Outbox,
    /// Who works here, and settings.
    Person,
}

impl Route {
    /// The page of a path within the application.
    #[must_use]
    pub fn of(path: &str) -> Self {
        let rest = path.strip_prefix(routes::base()).unwrap_or(path);
        let mut parts = rest.split('/').filter(|part| !part.is_empty()).skip(1);
        let (page, id, more) = (
            parts.next(),
            parts.next().and_then(|id| id.parse().ok()),
            parts.next(),
        );
        match (page, id, more) {
            (Some("job"), Some(id), Some("finish")) => Self::Finish(id),
            (Some("job"), Some(id), _) => Self::Job(id),
            (Some("asset"), Some(id), _) => Self::Asset(id),
            (Some("report"), id, _) => Self::Report(id),
            (Some("scan"), ..) => Self::Scan,
            (Some("outbox"), ..) => Self::Outbox,
            (Some("person"), ..) => Self::Person,
            _ => Self::Today,
        }
    }

    /// Its address.
    #[must_use]
    pub fn url(self) -> String {
        routes::url(&match self {
            Self::Today => "/crew".to_owned(),
            Self::Job(id) => format!("/crew/job/{id}"),
            Self::Finish(id) => format!("/crew/job/{id}/finish"),
            Self::Scan => "/crew/scan".to_owned(),
            Self::Asset(id) => format!("/crew/asset/{id}"),
            Self::Report(None) => "/crew/report".to_owned(),
            Self::Report(Some(asset)) => format!("/crew/report/{asset}"),
            Self::Outbox => "/crew/outbox".to_owned(),
            Self::Person => "/crew/person".to_owned(),
        })
    }

    /// The page of the address that is open.
    #[must_use]
    pub fn here() -> Self {
        Self::of(&window().location().pathname().unwrap_or_default())
    }
}

/// Opens a page.
pub fn go(at: RwSignal<Route>, to: Route) {
    if at.get_untracked() != to {
        if let Ok(history) = window().history() {
            // Where the address cannot be written, the page opens all the same.
            history
                .push_state_with_url(&JsValue::NULL, "", Some(&to.url()))
                .unwrap_or_default();
        }
        at.set(to);
        window().scroll_to_with_x_and_y(0.0, 0.0);
    }
}

/// Follows the browser's own buttons.
pub fn follow(at: RwSignal<Route>) {
    window_event_listener_untyped("popstate", move |_| at.set(Route::here()));
}
