//! What a person may set for a point: a form that works without script; what is left empty stays as found.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use wire::page::{PointInfo, PointSettings, TypeRef};

use super::Saving;
use super::settings_fields::{Field, OfNumbers, Wrong};
use crate::api::ApiError;
use crate::api::settings::{NO_NUMBER, PointForm, SavePoint};
use crate::i18n::{Messages, use_messages};
use crate::prefs::use_prefs;
use crate::routes;

/// The form.
#[component]
pub fn SettingsPanel(
    /// What is shown now, as a hint for empty fields.
    info: PointInfo,
    /// What was set.
    settings: PointSettings,
    /// The type whose property it is.
    modelled: Option<TypeRef>,
    /// Its values are numbers: those have limits.
    is_numeric: bool,
    /// The saving.
    saving: Saving,
) -> impl IntoView {
    let m = use_messages();
    let point = info.point;
    let mut saved = PointForm::from(&settings);
    if modelled.is_some() {
        saved.unit.clear();
    }
    let form = RwSignal::new(saved.clone());
    // Numbers are entered in the unit shown; the unit to set is the one measured.
    let measured = info.measured.as_ref().map(|measured| measured.symbol.clone());
    let shown = info.unit.as_ref().map(|unit| unit.symbol.clone());
    let entered = shown.clone().filter(|_| measured.is_some());
    let chosen = use_prefs().units.as_str();
    let units = move || Some(chosen.to_owned());
    let found = PointForm::from(&PointSettings {
        name: Some(info.name.clone()),
        unit: measured.or_else(|| shown.clone()),
        expected_millis: None,
        normal: info.normal,
        limits: info.limits,
        range: info.range,
    });
    // What is wrong already here is not sent; the server looks at it with the same rules again.
    let unsent = RwSignal::new(None::<ApiError>);
    let error = move || {
        unsent
            .get()
            .or_else(|| saving.action.value().get().and_then(Result::err))
    };
    let wrong = Signal::derive(move || error().as_ref().map(field_of).unwrap_or_default());
    let no_number = Signal::derive(move || {
        let words = format!(": {NO_NUMBER}");
        error().is_some_and(|error| matches!(error, ApiError::BadRequest(detail) if detail.ends_with(&words)))
    });
    let send = {
        let saved = saved.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            let form = form.get_untracked();
            unsent.set(form.settings().err());
            if unsent.with_untracked(Option::is_none) {
                saving.before.set(Some(saved.clone()));
                saving.action.dispatch(SavePoint {
                    point,
                    units: units(),
                    form,
                });
            }
        }
    };
    let undo = move |_| {
        if let Some(before) = saving.before.get_untracked() {
            saving.before.set(None);
            saving.action.dispatch(SavePoint {
                point,
                units: units(),
                form: before,
            });
        }
    };
    let done = move || {
        let saved = saving.action.value().get().is_some_and(|result| result.is_ok());
        saved && saving.before.with(Option::is_some)
    };
    let pending = saving.action.pending();
    view! {
        <section class="g-panel g-6" aria-label=m.tag_settings()>
            <div class="g-panel__head">
                <h2 class="g-h3">{m.tag_settings()}</h2>
                <span class="g-caption">{m.tag_settings_hint()}</span>
            </div>
            <form class="g-panel__body g-settings" method="post" action=routes::url("/api/fn/save_point") on:submit=send>
                <input type="hidden" name="point" value=point.to_string()/>
                <input type="hidden" name="units" value=chosen/>
                <Fields form found wrong no_number modelled entered is_numeric/>
                <p class="g-row g-row--wrap">
                    <button class="g-btn g-btn--primary" disabled=move || pending.get()>
                        {move || if pending.get() { m.set_saving() } else { m.set_save() }}
                    </button>
                    <span role="status" class="g-row">
                        {move || done().then(|| view! { <span>{m.set_saved()}</span> })}
                        {move || error().filter(|error| field_of(error).is_empty()).map(|error| words(m, &error))}
                    </span>
                    {move || {
                        done()
                            .then(|| {
                                view! {
                                    <button type="button" class="g-btn" on:click=undo>
                                        {m.set_undo()}
                                    </button>
                                }
                            })
                    }}
                </p>
            </form>
        </section>
    }
}

/// All that can be set.
#[component]
fn Fields(
    /// What is entered.
    form: RwSignal<PointForm>,
    /// What was found, as hints.
    found: PointForm,
    /// Which field is wrong.
    wrong: Signal<String>,
    /// It is no number at all.
    no_number: Signal<bool>,
    /// The type whose property it is: then the unit is the type's.
    modelled: Option<TypeRef>,
    /// The unit that numbers are entered in, where it is not the one measured.
    entered: Option<String>,
    /// Its values are numbers.
    is_numeric: bool,
) -> impl IntoView {
    let m = use_messages();
    let field = move |name, value: fn(&mut PointForm) -> &mut String, label, hint: &String| {
        view! { <Field name form value label hint=hint.clone()/> }
    };
    let unit = match &modelled {
        Some(_) => view! {
            <label class="g-field">
                <span>{m.set_unit()}</span>
                <input class="g-input" value=found.unit.clone() disabled=true/>
            </label>
        }
        .into_any(),
        None => field("unit", |form| &mut form.unit, m.set_unit(), &found.unit).into_any(),
    };
    let owned = modelled.map(|ty| {
        view! {
            <p class="g-caption">{m.set_unit_of_type(&ty.name)}</p>
            <p class="g-caption">{m.set_over_model()}</p>
        }
    });
    let entered = entered.map(|unit| view! { <p class="g-caption">{m.set_in_unit(&unit)}</p> });
    let of_numbers = is_numeric.then(|| view! { <OfNumbers form found=found.clone() wrong no_number/> });
    view! {
        {field("name", |form| &mut form.name, m.set_name(), &found.name)}
        <Wrong wrong field="name" no_number text=m.set_error_name()/>
        <div class="g-settings__pair">
            {unit}
            {field("expected", |form| &mut form.expected, m.set_expected(), &found.expected)}
        </div>
        <Wrong wrong field="unit" no_number text=m.set_error_unit()/>
        <Wrong wrong field="expected" no_number text=m.set_error_expected()/>
        {owned} {entered} {of_numbers}
    }
}

/// The word before the colon: which field the server means.
fn field_of(error: &ApiError) -> String {
    const FIELDS: [&str; 6] = ["name", "unit", "expected", "normal", "limits", "range"];
    match error {
        ApiError::BadRequest(detail) => {
            let field = detail.split(':').next().unwrap_or_default();
            FIELDS
                .into_iter()
                .find(|known| *known == field)
                .unwrap_or_default()
                .to_owned()
        }
        _ => String::new(),
    }
}

fn words(m: Messages, error: &ApiError) -> String {
    let (title, text) = crate::shell::error::words(m, error);
    format!("{title} {text}")
}
