//! Topics that spoke once and not again: turned away, or taken in after all.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use wire::page::{OneShots, SourcesPage};

use crate::api::source::{get_sources, set_ignored};
use crate::i18n::use_messages;
use crate::pages::focus::focus_soon;
use crate::routes;
use crate::shell::error;
use crate::shell::notices::use_voice;

/// A message for each level they are below.
#[component]
pub fn OneShotTopics(
    /// The page's data, asked for again once something was decided.
    data: RwSignal<SourcesPage>,
) -> impl IntoView {
    let levels = Memo::new(move |_| data.with(|page| page.one_shots.clone()));
    move || {
        let rows = levels.get().into_iter().map(|row| view! { <Level row data/> });
        rows.collect_view()
    }
}

#[component]
fn Level(row: OneShots, data: RwSignal<SourcesPage>) -> impl IntoView {
    let m = use_messages();
    let asset = row.asset;
    let (is_ignored, said) = match row.decision {
        None => (false, m.one_shots_ask(row.count, &row.topic)),
        Some(true) => (true, m.one_shots_ignored(row.count, &row.topic)),
        Some(false) => (false, m.one_shots_taken(row.count, &row.topic)),
    };
    let refused = (row.refused > 0)
        .then(|| view! { <span class="g-caption">{m.one_shots_refused(row.refused)}</span> });
    view! {
        <div class="g-message g-row g-row--wrap g-oneshots">
            <span>{said}</span>
            {refused}
            <div class="g-row g-push">
                {(!is_ignored).then(|| view! { <Decide asset ignored=true data/> })}
                {(row.decision != Some(false)).then(|| view! { <Decide asset ignored=false data/> })}
            </div>
        </div>
    }
}

/// The form, which works without script too.
#[component]
fn Decide(asset: u32, ignored: bool, data: RwSignal<SourcesPage>) -> impl IntoView {
    let (m, voice) = (use_messages(), use_voice());
    let id = move |ignored: bool| format!("{}-{asset}", if ignored { "ignore" } else { "heed" });
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        leptos::task::spawn_local(async move {
            if let Err(failed) = set_ignored(asset, ignored).await {
                voice.toast(error::words(m, &failed).0.to_owned());
            } else if let Ok(page) = get_sources().await {
                data.try_set(page);
                focus_soon(id(!ignored));
            }
        });
    };
    let words = if ignored {
        m.learn_ignore()
    } else {
        m.one_shots_take()
    };
    view! {
        <form method="post" action=routes::url("/api/fn/set_ignored") on:submit=send>
            <input type="hidden" name="asset" value=asset.to_string()/>
            <input type="hidden" name="ignored" value=ignored.to_string()/>
            <button class="g-btn g-btn--sm" id=id(ignored)>
                {words}
            </button>
        </form>
    }
}
