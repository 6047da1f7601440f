//! `/search?q=`: the palette as a page, for readers without script and for links.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::entry::Entry;
use crate::api::search::search;
use crate::i18n::use_messages;
use crate::routes;
use crate::shell::PageError;

/// Search as a page.
#[component]
pub fn SearchPage() -> impl IntoView {
    let m = use_messages();
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(|query| query.get("q").unwrap_or_default()));
    let hits = Resource::new(move || asked.get(), search);
    let list = move || {
        hits.get().map(|hits| {
            hits.map(|hits| {
                let row = |entry: Entry| {
                    view! { <li><a href=entry.href><b>{entry.label}</b><small>{entry.detail}</small></a></li> }
                };
                let nothing = (hits.is_empty() && !asked.get().is_empty()).then(|| m.palette_none(&asked.get()));
                view! {
                    <p class="g-caption">{nothing}</p>
                    <ul class="g-panel g-hits">{hits.iter().map(Entry::from).map(row).collect_view()}</ul>
                }
            })
        })
    };
    view! {
        <Title text=m.page_search()/>
        <main class="g-main g-stack" id="main" tabindex="-1">
            <h1 class="g-h1">{m.page_search()}</h1>
            <form class="g-row" method="get" action=routes::search() role="search">
                <input class="g-input g-hits__input" type="search" name="q" value=asked aria-label=m.palette_label() placeholder=m.palette_label()/>
                <button class="g-btn g-btn--primary">{m.palette_submit()}</button>
            </form>
            <ErrorBoundary fallback=|errors| {
                errors.get().into_iter().next().and_then(|(_, error)| error.downcast_ref().cloned()).map(|error| view! { <PageError error/> })
            }>
                <Transition>{list}</Transition>
            </ErrorBoundary>
        </main>
    }
}
