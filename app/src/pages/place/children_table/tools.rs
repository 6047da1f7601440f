//! What the table shows: words, condition, state, a range of a value; how it is sorted, and which columns.
//!
//! Without script it is a form; with it each change goes into the address at once.

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use wire::page::{RowsColumn, RowsOnly, RowsPage, RowsQuery};

use super::query::{KEYS, is_live, with_column, with_parts};
use crate::fmt::use_fmt;
use crate::i18n::{Messages, use_messages};
use crate::prefs::use_prefs;
use crate::shell::use_zone;

/// Typing pauses this long before the server is asked.
const PAUSE: Duration = Duration::from_millis(250);

/// The tools above the table.
#[component]
pub fn Tools(
    /// What is shown now.
    page: RowsPage,
    /// What was asked for.
    query: Memo<RowsQuery>,
    /// Asks again.
    again: RwSignal<u32>,
    /// Columns that sort: key and label.
    sorts: Vec<(String, String)>,
    /// Puts parts into the address.
    set: Callback<Parts>,
    /// Which keystroke was the last.
    turn: StoredValue<u32>,
) -> impl IntoView {
    let (m, fmt, zone) = (use_messages(), use_fmt(), use_zone());
    let address = use_query_map();
    let asked = query.get_untracked();
    let typed = move |event| {
        let words = event_target_value(&event);
        turn.update_value(|turn| *turn += 1);
        let mine = turn.get_value();
        set_timeout(
            move || {
                if turn.try_get_value() == Some(mine) {
                    set.run(vec![("q", words)]);
                }
            },
            PAUSE,
        );
    };
    let on = |key: &'static str| move |event| set.run(vec![(key, event_target_value(&event))]);
    let only = RowsOnly::ALL.map(|only| {
        option(
            only.as_str().to_owned(),
            word(only, m).to_owned(),
            asked.only.as_str(),
        )
    });
    let states =
        std::iter::once((String::new(), m.rows_any_state().to_owned())).chain(page.states.iter().cloned());
    let states = states
        .map(|(value, label)| option(value, label, &asked.state))
        .collect_view();
    let sorts = sorts
        .into_iter()
        .map(|(key, label)| option(key, label, &asked.sort))
        .collect_view();
    let (columns, bounds, column) = (page.columns.clone(), page.bounds, asked.column.clone());
    let kept = KEYS.map(|key| {
        let is_own = ["q", "only", "state", "col", "min", "max", "in", "sort"].contains(&key);
        let value = address
            .with_untracked(|address| address.get(key))
            .filter(|_| !is_own);
        value.map(|value| view! { <input type="hidden" name=key value=value/> })
    });
    let made = page.made_millis;
    let sorted = move || {
        query.with(is_live).then(|| {
            let at = zone.with(|zone| fmt.clock(zone, made));
            view! {
                <span class="g-caption">{m.rows_sorted_at(&at)}</span>
                <button type="button" class="g-btn g-btn--sm" on:click=move |_| again.update(|again| *again += 1)>
                    {m.rows_sort_again()}
                </button>
            }
        })
    };
    let has_states = !page.states.is_empty();
    let has_values = !page.columns.is_empty();
    view! {
        <form class="g-panel__head g-children__tools" method="get" role="search" aria-label=m.place_filter() on:submit=|event| event.prevent_default()>
            {kept}
            <input class="g-input" type="search" name="q" placeholder=m.filter_placeholder() aria-label=m.place_filter() value=asked.words.clone() on:input=typed/>
            <select class="g-input" name="only" aria-label=m.rows_only() on:change=on("only")>{only}</select>
            {has_states.then(|| view! { <select class="g-input" name="state" aria-label=m.col_state() on:change=on("state")>{states}</select> })}
            {has_values.then(|| view! { <Range columns bounds column set/> })}
            <select class="g-input g-narrow" name="sort" aria-label=m.rows_sort() on:change=on("sort")>{sorts}</select>
            <noscript><button class="g-btn">{m.rows_apply()}</button></noscript>
            <span class="g-row g-push">
                {sorted}
                <span class="g-caption">{m.rows_count(page.total, &fmt.integer(page.matching))}</span>
                {has_values.then(|| view! { <Columns page/> })}
            </span>
        </form>
    }
}

/// A value, and between what it must lie.
#[component]
fn Range(
    /// The values to choose from.
    columns: Vec<RowsColumn>,
    /// What was asked for, in the reader's units.
    bounds: (Option<f64>, Option<f64>),
    /// The value chosen.
    column: String,
    /// Puts parts into the address.
    set: Callback<Parts>,
) -> impl IntoView {
    let m = use_messages();
    let none = (String::new(), m.rows_any_value().to_owned());
    let values = columns.iter().map(|column| {
        let unit = column
            .unit
            .as_ref()
            .map(|unit| format!(" ({unit})"))
            .unwrap_or_default();
        (column.key.clone(), format!("{}{unit}", column.name))
    });
    let values = std::iter::once(none).chain(values);
    let values = values
        .map(|(value, label)| option(value, label, &column))
        .collect_view();
    let bound = |value: Option<f64>| value.map(|value| value.to_string());
    // Both ends go into the address with the units they are in.
    let units = use_prefs().units;
    let written =
        move |min: String, max: String| vec![("min", min), ("max", max), ("in", units.as_str().to_owned())];
    let min = move |event| {
        set.run(written(
            event_target_value(&event),
            bound(bounds.1).unwrap_or_default(),
        ))
    };
    let max = move |event| {
        set.run(written(
            bound(bounds.0).unwrap_or_default(),
            event_target_value(&event),
        ))
    };
    view! {
        <span class="g-row g-children__range">
            <select class="g-input" name="col" aria-label=m.rows_value() on:change=move |event| set.run(vec![("col", event_target_value(&event))])>{values}</select>
            <input class="g-input" type="number" step="any" name="min" placeholder=m.rows_min() aria-label=m.rows_min() value=bound(bounds.0) on:change=min/>
            <input class="g-input" type="number" step="any" name="max" placeholder=m.rows_max() aria-label=m.rows_max() value=bound(bounds.1) on:change=max/>
            <input type="hidden" name="in" value=units.as_str()/>
        </span>
    }
}

fn option(value: String, label: String, chosen: &str) -> impl IntoView + use<> {
    let selected = value == chosen;
    view! { <option value=value selected=selected>{label}</option> }
}

/// Parts of the address: key and value.
pub type Parts = Vec<(&'static str, String)>;

/// Puts parts into the address.
#[must_use]
pub fn setter() -> Callback<Parts> {
    let (navigate, address) = (use_navigate(), use_query_map());
    Callback::new(move |parts: Parts| {
        let parts: Vec<_> = parts.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let to = address.with_untracked(|address| with_parts(address, &parts));
        let stay = NavigateOptions {
            replace: true,
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&to, stay);
    })
}

fn word(only: RowsOnly, m: Messages) -> &'static str {
    match only {
        RowsOnly::All => m.rows_all(),
        RowsOnly::Abnormal => m.tree_only_abnormal(),
        RowsOnly::Beyond => m.col_beyond(),
        RowsOnly::Silent => m.rows_silent(),
    }
}

/// Which values make columns: links, so that it is in the address.
#[component]
fn Columns(page: RowsPage) -> impl IntoView {
    let m = use_messages();
    let address = use_query_map();
    let shown: Vec<String> = page.shown.iter().map(|column| column.key.clone()).collect();
    let link = |column: wire::page::RowsColumn| {
        let is_shown = shown.contains(&column.key);
        let href = address.with_untracked(|address| with_column(address, &shown, &column.key));
        view! {
            <li>
                <a href=href aria-current=is_shown.then_some("true") data-noscroll="">
                    {column.name}
                </a>
            </li>
        }
    };
    let links = page.columns.into_iter().map(link).collect_view();
    view! {
        <details class="g-drop g-drop--end" data-drop="">
            <summary class="g-btn g-btn--sm">{m.rows_columns()}</summary>
            <ul class="g-menu">{links}</ul>
        </details>
    }
}
