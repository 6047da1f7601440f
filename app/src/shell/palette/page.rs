//! `/search?q=`: everything that is found, with facets to narrow it; for readers without script and for links.

use std::time::Duration;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use leptos_router::params::ParamsMap;
use wire::page::{Facet, FacetChoice, FacetKind, FindPage, FindQuery, HITS};

use super::entry::Entry;
use crate::api::Data;
use crate::api::search::Find;
use crate::fmt::use_fmt;
use crate::i18n::{Messages, use_messages};
use crate::pages::asset::Pager;
use crate::pages::frame::PanelError;
use crate::pages::range::with_query;
use crate::routes;

/// Typing pauses this long before the server is asked.
const PAUSE: Duration = Duration::from_millis(120);

/// Search as a page.
#[component]
pub fn SearchPage() -> impl IntoView {
    let m = use_messages();
    let (address, navigate) = (use_query_map(), use_navigate());
    let query = Memo::new(move |_| address.with(from_address));
    let page = Data::new(move || (Some(Find { query: query.get() }), 0));
    let turn = StoredValue::new(0_u32);
    let typed = move |event| {
        let words = event_target_value(&event);
        turn.update_value(|turn| *turn += 1);
        let (navigate, mine) = (navigate.clone(), turn.get_value());
        set_timeout(
            move || {
                if turn.try_get_value() == Some(mine) {
                    let to = address.with_untracked(|address| {
                        let mut address = address.clone();
                        address.remove("offset");
                        with_query(&address, "q", &words)
                    });
                    let stay = NavigateOptions {
                        replace: true,
                        scroll: false,
                        ..NavigateOptions::default()
                    };
                    navigate(&to, stay);
                }
            },
            PAUSE,
        );
    };
    let words = query.with_untracked(|query| query.words.clone());
    view! {
        <Title text=m.page_search()/>
        <main class="g-main g-stack" id="main" tabindex="-1">
            <h1 class="g-h1">{m.page_search()}</h1>
            <form class="g-row" method="get" action=routes::search() role="search">
                <input class="g-input g-hits__input" type="search" name="q" autocomplete="off" value=words aria-label=m.palette_label() placeholder=m.palette_label() on:input=typed/>
                <button class="g-btn g-btn--primary">{m.palette_submit()}</button>
            </form>
            <Transition>
                {move || {
                    page.get().map(|page| untrack(|| match page {
                        Ok(page) => view! { <Found page query/> }.into_any(),
                        Err(error) => view! { <PanelError error/> }.into_any(),
                    }))
                }}
            </Transition>
        </main>
    }
}

fn from_address(address: &ParamsMap) -> FindQuery {
    let text = |key: &str| address.get_str(key).unwrap_or_default().trim().to_owned();
    FindQuery {
        words: text("q"),
        kind: text("kind"),
        site: text("site").parse().ok(),
        ty: text("type"),
        owner: text("owner"),
        data: text("data"),
        offset: text("offset").parse().unwrap_or(0),
    }
}

/// The hits, their facets beside them.
#[component]
fn Found(page: FindPage, query: Memo<FindQuery>) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let asked = query.get_untracked();
    let row = |(entry, data): (Entry, Option<String>)| {
        let data = data.map(|data| view! { <span class="g-dim">{word(&data, m)}</span> });
        view! { <li><a href=entry.href><b>{entry.label}</b>{data}<small>{entry.detail}</small></a></li> }
    };
    let said = match page.total {
        _ if asked.words.is_empty() => None,
        0 => Some(m.palette_none(&asked.words)),
        total if page.is_cut => Some(m.find_cut(&fmt.integer(total))),
        total => Some(m.find_total(total)),
    };
    let (total, offset) = (page.total, page.offset);
    let rows = page
        .hits
        .iter()
        .map(|hit| (Entry::of(m, hit), hit.data.clone()))
        .map(row)
        .collect_view();
    let facets = page
        .facets
        .into_iter()
        .map(|facet| view! { <FacetOf facet asked=asked.clone()/> });
    let facets = facets.collect_view();
    view! {
        <p class="g-caption" role="status">{said}</p>
        <div class="g-found">
            <nav class="g-facets" aria-label=m.find_narrow()>{facets}</nav>
            <section class="g-panel" aria-label=m.page_search()>
                <ul class="g-hits">{rows}</ul>
                {(total > HITS).then(|| view! { <Pager offset total page=HITS/> })}
            </section>
        </div>
    }
}

/// The choices of one facet: links; the chosen one takes itself away again.
#[component]
fn FacetOf(facet: Facet, asked: FindQuery) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let address = use_query_map();
    let key = facet.kind.as_str();
    let chosen = match facet.kind {
        FacetKind::Kind => asked.kind,
        FacetKind::Site => asked.site.map(|site| site.to_string()).unwrap_or_default(),
        FacetKind::Type => asked.ty,
        FacetKind::Owner => asked.owner,
        FacetKind::Data => asked.data,
    };
    let link = |choice: FacetChoice| {
        let is_chosen = choice.value == chosen;
        let href = address.with_untracked(|address| {
            let mut address = address.clone();
            address.remove("offset");
            if is_chosen {
                address.remove(key);
                address.to_query_string()
            } else {
                with_query(&address, key, &choice.value)
            }
        });
        let label = choice
            .name
            .clone()
            .unwrap_or_else(|| word(&choice.value, m).to_owned());
        view! {
            <li>
                <a class="g-chip" href=href aria-current=is_chosen.then_some("true") data-noscroll="">
                    {label}
                    <small class="g-dim">{fmt.integer(choice.count)}</small>
                </a>
            </li>
        }
    };
    let title = match facet.kind {
        FacetKind::Kind => m.find_kind(),
        FacetKind::Site => m.find_site(),
        FacetKind::Type => m.find_type(),
        FacetKind::Owner => m.about_owner(),
        FacetKind::Data => m.data_col_state(),
    };
    view! {
        <section aria-label=title>
            <h2 class="g-caption">{title}</h2>
            <ul class="g-chips">{facet.choices.into_iter().map(link).collect_view()}</ul>
        </section>
    }
}

fn word(value: &str, m: Messages) -> &'static str {
    match value {
        "asset" => m.find_asset(),
        "tag" => m.data_col_tag(),
        "computed" => m.group_computed(),
        "never" => m.data_never(),
        "beyond" => m.col_beyond(),
        "bad" => m.data_bad(),
        "uncertain" => m.data_uncertain(),
        "late" => m.data_late(),
        "stale" => m.data_stale(),
        "offline" => m.data_offline(),
        _ => m.find_live(),
    }
}
