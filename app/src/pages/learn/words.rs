//! Reasons and confidence in words.

use leptos::prelude::*;
use wire::page::{LearnDecision, LearnProperty, LearnReason};

use crate::i18n::Messages;

/// From these on it is called sure, likely and possible, in percent.
pub const STEPS: [u8; 3] = [90, 75, 50];

/// How sure, in a word.
pub fn sureness(m: Messages, percent: u8) -> &'static str {
    match percent {
        90.. => m.learn_sure(),
        75.. => m.learn_likely(),
        50.. => m.learn_possible(),
        _ => m.learn_unsure(),
    }
}

/// A bar, the number and the word.
pub fn confidence(m: Messages, percent: u8) -> AnyView {
    view! {
        <span class="g-sure">
            <span class="g-sure__bar" aria-hidden="true">
                <i style=format!("inline-size:{percent}%")></i>
            </span>
            <b>{percent}</b>
            <span>{sureness(m, percent)}</span>
        </span>
    }
    .into_any()
}

/// Why.
pub fn reason(m: Messages, reason: &LearnReason) -> String {
    match reason {
        LearnReason::Alike { assets, percent } => m.learn_why_alike(*assets, &percent.to_string()),
        LearnReason::Known { ty, matched, of } => {
            m.learn_why_known(&matched.to_string(), &of.to_string(), ty)
        }
        LearnReason::Named { word } => m.learn_why_named(word),
        LearnReason::Level { depth } => m.learn_why_level(&depth.to_string()),
        LearnReason::Alone => m.learn_why_alone().to_owned(),
        LearnReason::Said => m.learn_because_said().to_owned(),
    }
}

/// What was decided.
pub fn decision(m: Messages, decision: LearnDecision) -> &'static str {
    match decision {
        LearnDecision::Open => m.learn_open(),
        LearnDecision::Accepted => m.learn_accepted(),
        LearnDecision::Rejected => m.learn_rejected(),
    }
}

/// Every kind a property may be of, with its word.
pub fn kinds(m: Messages) -> Vec<(String, String)> {
    [
        ("measurement", m.learn_kind_measurement()),
        ("counter", m.learn_kind_counter()),
        ("state", m.learn_kind_state()),
        ("switch", m.learn_kind_switch()),
        ("text", m.learn_kind_text()),
        ("attribute", m.learn_kind_attribute()),
    ]
    .map(|(kind, word)| (kind.to_owned(), word.to_owned()))
    .into()
}

/// Why a property is of its kind, and how its unit came.
pub fn property_reason(m: Messages, property: &LearnProperty) -> String {
    let kind = match property.kind_reason.as_str() {
        "numbers" => m.learn_because_numbers(),
        "state_word" => m.learn_because_state_word(),
        "few_texts" => m.learn_because_few_texts(),
        "codes" => m.learn_because_codes(),
        "switch" => m.learn_because_switch(),
        "only_rises" => m.learn_because_only_rises(),
        "counter_word" => m.learn_because_counter_word(),
        "constant_word" => m.learn_because_constant_word(),
        "texts" => m.learn_because_texts(),
        "known" => m.learn_because_known(),
        _ => m.learn_because_said(),
    };
    let unit = match property.unit_reason.as_str() {
        "guessed" => m.learn_unit_guessed(),
        "stated" => m.learn_unit_stated(),
        "none" if property.kind == "measurement" => m.learn_unit_none(),
        _ => return kind.to_owned(),
    };
    format!("{kind}; {unit}")
}
