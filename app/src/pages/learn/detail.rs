//! The asset beside the table: its properties with live values, what was assumed of each, and what can be said instead.

use leptos::prelude::*;
use wire::Selector;
use wire::message::Position;
use wire::page::{LearnDetail, LearnProperty};

use super::{forms, words};
use crate::components::feed::Feed;
use crate::components::live_value::LiveValue;
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::live::use_live;

/// The preview.
#[component]
pub fn Detail(
    /// The asset.
    detail: LearnDetail,
    /// Which proposal.
    stamp: u32,
    /// Where the values stand.
    position: Position,
    /// Its type.
    ty: u32,
) -> impl IntoView {
    let m = use_messages();
    watch(&detail, position);
    let LearnDetail {
        asset,
        key,
        below,
        parent,
        under,
        places,
        properties,
    } = detail;
    let pick = Some(asset.index);
    let mut options = vec![(String::new(), m.learn_nowhere().to_owned())];
    let of_model = parent.is_none() && !under.is_empty();
    if of_model {
        options.push(("under".to_owned(), m.learn_of_model(&under)));
    }
    options.extend(places.into_iter().map(|(at, path)| (at.to_string(), path)));
    let chosen = match parent {
        Some(parent) => parent.to_string(),
        None if of_model => "under".to_owned(),
        None => String::new(),
    };
    let name = forms::text(
        m.learn_name(),
        asset.name.clone(),
        "name-asset".to_owned(),
        m.learn_rename(),
    );
    let place = forms::choice(
        m.learn_move(),
        options,
        &chosen,
        "move".to_owned(),
        m.learn_move_do(),
    );
    let with_below = (below > 0).then(|| {
        let accept = m.learn_accept_below(below);
        view! {
            {forms::button(stamp, "accept_below", pick, "g-btn g-btn--sm", accept)}
            {forms::button(stamp, "reject_below", pick, "g-btn g-btn--sm", m.learn_reject_below().to_owned())}
        }
    });
    let rows = properties
        .into_iter()
        .map(|property| view! { <Property property stamp ty/> });
    view! {
        <aside class="g-panel g-learn__detail" aria-label=m.learn_preview()>
            <div class="g-panel__body g-stack">
                <div>
                    <span class="g-caption">{m.learn_preview()}</span>
                    <h2 class="g-h2">{asset.name.clone()}</h2>
                    <span class="g-caption">{asset.type_title} " · " {m.learn_key()} " " <span class="g-mono">{key}</span></span>
                </div>
                <div class="g-row g-row--wrap">
                    {forms::button(stamp, "accept", pick, "g-btn g-btn--sm g-btn--primary", m.learn_accept().to_owned())}
                    {forms::button(stamp, "reject", pick, "g-btn g-btn--sm", m.learn_reject().to_owned())} {with_below}
                </div>
            </div>
            <ul class="g-learn__props">{rows.collect_view()}</ul>
            <div class="g-panel__body g-stack">
                {forms::act(stamp, "name_asset", pick, "", "g-learn__form", name)}
                {forms::act(stamp, "move", pick, "", "g-learn__form", place)}
            </div>
        </aside>
    }
}

/// Keeps the values live.
fn watch(detail: &LearnDetail, position: Position) {
    let live = use_live();
    let views = || {
        detail
            .properties
            .iter()
            .filter_map(|property| property.point.as_ref())
    };
    live.seed(views());
    let points: Vec<u32> = views().map(|view| view.info.point).collect();
    if !points.is_empty() {
        live.watch(Selector::Points { points }, None, Some(position));
    }
}

#[component]
fn Property(property: LearnProperty, stamp: u32, ty: u32) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let live = use_live();
    let value = match property.point.clone() {
        Some(view) => {
            let feed = Feed::live(live, &view.info);
            view! { <LiveValue info=view.info feed/> }.into_any()
        }
        None => view! { <span class="g-caption">{m.learn_no_tag()}</span> }.into_any(),
    };
    let kinds = words::kinds(m);
    let kind = kinds
        .iter()
        .find(|(kind, _)| *kind == property.kind)
        .map(|(_, word)| word.clone());
    let expected = property
        .expected_secs
        .map(|secs| format!(" · {}", m.learn_expected(&fmt.age(i64::from(secs) * 1_000))));
    let states = (!property.states.is_empty() && property.kind == "state")
        .then(|| view! { <small>{m.learn_states(&property.states.join(", "))}</small> });
    let assumed = property.percent < 80;
    let forms = (!property.is_known).then(|| {
        let id = |what: &str| format!("{what}-{}", property.key);
        let name = forms::text(m.learn_name(), property.title.clone(), id("np"), m.learn_rename());
        let kind = forms::choice(m.learn_kind(), kinds, &property.kind, id("kind"), m.learn_set());
        let unit = forms::text(m.learn_unit(), property.unit.clone(), id("unit"), m.learn_set());
        view! {
            <details>
                <summary class="g-link">{m.learn_change()}</summary>
                {forms::act(stamp, "name_property", Some(ty), &property.key, "g-learn__form", name)}
                {forms::act(stamp, "kind", Some(ty), &property.key, "g-learn__form", kind)}
                {forms::act(stamp, "unit", Some(ty), &property.key, "g-learn__form", unit)}
            </details>
        }
    });
    view! {
        <li data-assumed=assumed.then_some("")>
            <span class="g-learn__prop">{property.title.clone()}</span>
            <span class="g-learn__now">{value}</span>
            <small>
                {kind} " · " {words::property_reason(m, &property)} {expected}
            </small>
            {states}
            <small class="g-mono g-cut">{property.topic.clone()}</small>
            {forms}
        </li>
    }
}
