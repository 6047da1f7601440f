//! What pages have in common: how they load, how they begin, and how a part of one may fail alone.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wire::page::AssetRef;

use super::focus::keep_focus;
use crate::api::{ApiError, Data};
use crate::components::crumbs::Crumbs;
use crate::i18n::use_messages;
use crate::shell::PageError;

/// Draws a page from its data, a skeleton of the same height until they are there, or what went wrong.
/// While other data load, the old page stays.
///
/// Data are read with `get`, never awaited in a view (`Suspend`): where the future of new data is still to be
/// polled, the old view stands with its signals gone, and the next live value would find nothing.
pub fn loaded<T, V>(data: Data<T>, draw: impl Fn(T) -> V + Copy + Send + Sync + 'static) -> impl IntoView
where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let drawn = StoredValue::new(false);
    view! {
        <Transition fallback=|| view! { <Skeleton/> }>
            {move || {
                data.get().map(|data| untrack(|| {
                    if drawn.get_value() {
                        keep_focus();
                    }
                    drawn.set_value(true);
                    match data {
                        Ok(data) => draw(data).into_any(),
                        Err(error) => view! { <PageError error/> }.into_any(),
                    }
                }))
            }}
        </Transition>
    }
}

/// Where the page's long table begins, from the address: `?offset=200`.
pub fn use_offset() -> Memo<u32> {
    let query = use_query_map();
    Memo::new(move |_| {
        query
            .with(|query| query.get_str("offset").and_then(|offset| offset.parse().ok()))
            .unwrap_or(0)
    })
}

/// Grey surfaces where the page will be: nothing jumps when it comes.
#[component]
fn Skeleton() -> impl IntoView {
    let m = use_messages();
    view! {
        <div class="g-skeleton" role="status" aria-label=m.page_loading()>
            <div class="g-panel"></div>
            <div class="g-panel"></div>
            <div class="g-panel"></div>
        </div>
    }
}

/// The head of a page: the way here, its name with its badges, its actions.
#[component]
pub fn PageHead(
    /// From the top down to the parent.
    #[prop(optional, into)]
    trail: Vec<AssetRef>,
    /// The page's name.
    #[prop(into)]
    title: String,
    /// States and counts beside the name.
    #[prop(optional, into)]
    badges: ViewFn,
    /// At most three.
    #[prop(optional, into)]
    actions: ViewFn,
) -> impl IntoView {
    let crumbs = (!trail.is_empty()).then(|| view! { <Crumbs trail here=title.clone()/> });
    view! {
        <leptos_meta::Title text=title.clone()/>
        <header class="g-page">
            {crumbs}
            <div class="g-title">
                <h1 class="g-h1">{title}</h1>
                <div class="g-badges">{badges.run()}</div>
            </div>
            <div class="g-row g-actions">{actions.run()}</div>
        </header>
    }
}

/// A part of a page that failed: what, and that the rest still stands.
#[component]
pub fn PanelError(
    /// What went wrong.
    error: ApiError,
) -> impl IntoView {
    let (title, text) = crate::shell::error::words(use_messages(), &error);
    view! {
        <div class="g-empty" role="alert">
            <span>
                <b class="g-ink2">{title}</b>
                " "
                {text}
            </span>
        </div>
    }
}
