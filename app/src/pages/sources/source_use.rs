//! Whether a source is used: what somebody added here, they stop here, and take back; the rest is decided
//! elsewhere, and says where.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use wire::page::{SourceOrigin, SourceState, SourcesPage};

use crate::api::source::{get_sources, set_source_use};
use crate::i18n::use_messages;
use crate::pages::focus::focus_soon;
use crate::routes;
use crate::shell::error;
use crate::shell::notices::use_voice;

/// The foot of a source's card.
#[component]
pub fn SourceUse(
    /// Which source.
    source: u32,
    /// The page's data, asked for again once something was decided.
    data: RwSignal<SourcesPage>,
) -> impl IntoView {
    let m = use_messages();
    let stands = Memo::new(move |_| {
        data.with(|page| {
            let card = page.sources.iter().find(|card| card.status.source == source)?;
            Some((card.origin, card.status.state == SourceState::Stopped))
        })
    });
    let said = move |words: &'static str| view! { <p class="g-panel__foot g-caption">{words}</p> }.into_any();
    move || match stands.get()? {
        (SourceOrigin::File, _) => Some(said(m.source_file())),
        (SourceOrigin::Embedded, _) => Some(said(m.source_own())),
        (SourceOrigin::Page, false) => Some(view! { <Stop source data/> }.into_any()),
        (SourceOrigin::Page, true) => Some(view! { <Again source data/> }.into_any()),
    }
}

/// Asks first, in words, then stops.
#[component]
fn Stop(source: u32, data: RwSignal<SourcesPage>) -> impl IntoView {
    let m = use_messages();
    let of_card = move |read: &dyn Fn(&wire::page::SourceCard) -> String| {
        data.with(|page| {
            let card = page.sources.iter().find(|card| card.status.source == source);
            card.map(read).unwrap_or_default()
        })
    };
    let what = move || of_card(&|card| m.source_stop_what(u64::from(card.points)));
    let button = move || of_card(&|card| m.source_stop_do(&card.status.name));
    let stop = use_decide(source, false, data);
    view! {
        <details class="g-panel__foot g-source__stop">
            <summary class="g-btn g-btn--sm" id=format!("stop-{source}")>
                {m.source_stop()}
            </summary>
            <p>{what}</p>
            <Decide source used=false on_submit=stop>
                {button}
            </Decide>
        </details>
    }
}

/// Takes it back.
#[component]
fn Again(source: u32, data: RwSignal<SourcesPage>) -> impl IntoView {
    let m = use_messages();
    let again = use_decide(source, true, data);
    view! {
        <div class="g-panel__foot g-row g-row--wrap">
            <span class="g-caption">{m.source_stopped_what()}</span>
            <Decide source used=true on_submit=again>
                {m.source_use_again()}
            </Decide>
        </div>
    }
}

/// The form, which works without script too.
#[component]
fn Decide(
    source: u32,
    used: bool,
    #[prop(into)] on_submit: Callback<SubmitEvent>,
    children: Children,
) -> impl IntoView {
    let id = if used {
        format!("use-{source}")
    } else {
        format!("stop-{source}-do")
    };
    view! {
        <form
            class="g-push"
            method="post"
            action=routes::url("/api/fn/set_source_use")
            on:submit=move |event| on_submit.run(event)
        >
            <input type="hidden" name="source" value=source.to_string()/>
            <input type="hidden" name="used" value=used.to_string()/>
            <button class="g-btn g-btn--sm g-btn--primary" id=id>
                {children()}
            </button>
        </form>
    }
}

/// Sends the decision, shows what came of it, and leaves the keyboard where it can be taken back.
fn use_decide(source: u32, used: bool, data: RwSignal<SourcesPage>) -> impl Fn(SubmitEvent) + Copy {
    let (m, voice) = (use_messages(), use_voice());
    move |event: SubmitEvent| {
        event.prevent_default();
        leptos::task::spawn_local(async move {
            if let Err(failed) = set_source_use(source, used).await {
                voice.toast(error::words(m, &failed).0.to_owned());
            } else if let Ok(page) = get_sources().await {
                data.try_set(page);
                focus_soon(if used {
                    format!("stop-{source}")
                } else {
                    format!("use-{source}")
                });
            }
        });
    }
}
