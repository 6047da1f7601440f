//! The forms of the page: all of them say one act to the server.

use leptos::prelude::*;

use crate::routes;

/// A form that says an act about assets, a type or a property; its children are what is entered, and
/// the button.
pub fn act(
    stamp: u32,
    act: &'static str,
    pick: Option<u32>,
    key: &str,
    class: &'static str,
    inside: impl IntoView,
) -> AnyView {
    let pick = pick.map(|pick| hidden("picks[0]", pick.to_string()));
    let key = (!key.is_empty()).then(|| hidden("key", key.to_owned()));
    let act = (!act.is_empty()).then(|| hidden("act", act.to_owned()));
    view! {
        <form method="post" action=routes::url("/api/fn/act_learn") class=class>
            {hidden("stamp", stamp.to_string())} {act} {pick} {key} {inside.into_any()}
        </form>
    }
    .into_any()
}

/// A form that is a button.
pub fn button(
    stamp: u32,
    what: &'static str,
    pick: Option<u32>,
    class: &'static str,
    text: String,
) -> AnyView {
    let id = format!(
        "{what}-{}",
        pick.map_or_else(String::new, |pick| pick.to_string())
    );
    act(
        stamp,
        what,
        pick,
        "",
        "",
        view! { <button id=id class=class>{text}</button> },
    )
}

/// A value nobody enters.
pub fn hidden(name: &'static str, value: String) -> AnyView {
    view! { <input type="hidden" name=name value=value/> }.into_any()
}

/// A text to enter, and its button.
pub fn text(label: &'static str, value: String, id: String, button: &'static str) -> AnyView {
    view! {
        <label class="g-field">
            <span>{label}</span>
            <input class="g-input" name="value" value=value autocomplete="off" spellcheck="false"/>
        </label>
        <button id=id class="g-btn g-btn--sm">{button}</button>
    }
    .into_any()
}

/// A choice of values and their words, and its button.
pub fn choice(
    label: &'static str,
    options: Vec<(String, String)>,
    chosen: &str,
    id: String,
    button: &'static str,
) -> AnyView {
    let option = |(value, word): (String, String)| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{word}</option> }
    };
    let options = options.into_iter().map(option).collect_view();
    view! {
        <label class="g-field">
            <span>{label}</span>
            <select class="g-input" name="value">{options}</select>
        </label>
        <button id=id class="g-btn g-btn--sm">{button}</button>
    }
    .into_any()
}
