//! The fields of a tag's settings: one each, what only numbers have, and what is wrong beside it.

use leptos::prelude::*;

use crate::api::settings::PointForm;
use crate::i18n::use_messages;

/// What only numbers have: normal range, limits, the bar.
#[component]
pub fn OfNumbers(
    /// What is entered.
    form: RwSignal<PointForm>,
    /// What was found, as hints.
    found: PointForm,
    /// Which field is wrong.
    wrong: Signal<String>,
    /// It is no number at all.
    no_number: Signal<bool>,
) -> impl IntoView {
    let m = use_messages();
    let field = move |name, value: fn(&mut PointForm) -> &mut String, label, hint: &String| {
        view! { <Field name form value label hint=hint.clone()/> }
    };
    view! {
        <div class="g-settings__pair">
            {field("normal_low", |form| &mut form.normal_low, m.set_normal_low(), &found.normal_low)}
            {field("normal_high", |form| &mut form.normal_high, m.set_normal_high(), &found.normal_high)}
        </div>
        <Wrong wrong field="normal" no_number text=m.set_error_pair()/>
        <div class="g-settings__four">
            {field("low_low", |form| &mut form.low_low, m.set_low_low(), &found.low_low)}
            {field("low", |form| &mut form.low, m.set_low(), &found.low)}
            {field("high", |form| &mut form.high, m.set_high(), &found.high)}
            {field("high_high", |form| &mut form.high_high, m.set_high_high(), &found.high_high)}
        </div>
        <Wrong wrong field="limits" no_number text=m.set_error_limits()/>
        <div class="g-settings__pair">
            {field("range_low", |form| &mut form.range_low, m.set_range_low(), &found.range_low)}
            {field("range_high", |form| &mut form.range_high, m.set_range_high(), &found.range_high)}
        </div>
        <Wrong wrong field="range" no_number text=m.set_error_pair()/>
    }
}

/// One field, with what was found as its hint.
#[component]
pub fn Field(
    /// Of the form.
    name: &'static str,
    /// All that is typed.
    form: RwSignal<PointForm>,
    /// This field of it.
    value: fn(&mut PointForm) -> &mut String,
    label: &'static str,
    /// What holds while it is empty.
    hint: String,
) -> impl IntoView {
    let numeric = !matches!(name, "name" | "unit");
    let is_set = form
        .try_update_untracked(|form| !value(form).is_empty())
        .unwrap_or_default();
    // What was found under what is set is not known here: no hint is better than the set one.
    let hint = if is_set { String::new() } else { hint };
    view! {
        <label class="g-field">
            <span>{label}</span>
            <input
                class="g-input"
                name=format!("form[{name}]")
                value=form.try_update_untracked(|form| value(form).clone()).unwrap_or_default()
                placeholder=hint
                inputmode=numeric.then_some("decimal")
                autocomplete="off"
                on:input=move |event| form.update(|form| *value(form) = event_target_value(&event))
            />
        </label>
    }
}

/// What is wrong with a field, beside it.
#[component]
pub fn Wrong(
    /// Which field is wrong.
    wrong: Signal<String>,
    field: &'static str,
    /// It is no number at all.
    no_number: Signal<bool>,
    /// What is asked of it.
    text: &'static str,
) -> impl IntoView {
    let m = use_messages();
    move || {
        let text = if no_number.get() {
            m.set_error_number()
        } else {
            text
        };
        wrong.with(|wrong| wrong == field).then(|| {
            view! {
                <p class="g-settings__wrong" role="alert">
                    {text}
                </p>
            }
        })
    }
}
