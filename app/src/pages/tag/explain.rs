//! `/tags/{id}/explain`: how a number comes about: formula, inputs, what is missing, who said it.

mod inputs;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use wire::Selector;
use wire::page::{ExplainPage, InputCoverage, Means, PointView, Why};

pub use self::inputs::tag_words;
use self::inputs::{Inputs, Measured, MissingOnes};
use super::received::Received;
use crate::api::Data;
use crate::api::tag::GetExplain;
use crate::components::feed::Feed;
use crate::components::key_value::{KeyValue, Pair};
use crate::components::live_value::{LiveValue, Size};
use crate::components::state_times::StateTimes;
use crate::fmt::{Fmt, use_fmt};
use crate::i18n::{Messages, use_messages};
use crate::live::use_live;
use crate::pages::frame::{PageHead, loaded};
use crate::pages::provenance::Provenance;
use crate::routes;

/// The page.
#[component]
pub fn Explain() -> impl IntoView {
    let params = use_params_map();
    let point =
        Memo::new(move |_| params.with(|params| params.get_str("id").and_then(|id| id.parse::<u32>().ok())));
    let page = Data::new(move || (point.get().map(|point| GetExplain { point }), 0));
    view! {
        <main class="g-main g-asset" id="main" tabindex="-1">
            {loaded(page, |page| view! { <ExplainView page/> })} <Provenance/>
        </main>
    }
}

#[component]
fn ExplainView(page: ExplainPage) -> impl IntoView {
    let (m, fmt, live) = (use_messages(), use_fmt(), use_live());
    watch(&page);
    let info = page.point.info.clone();
    let feed = Feed::live(live, &info);
    let point = info.point;
    let title = m.explain_title(&info.name);
    let seen = page.seen.map(|(seen, window)| {
        let age = |secs: u32| fmt.age(i64::from(secs) * 1_000);
        m.explain_seen(&age(seen), &age(window))
    });
    let why = page.why.map(|why| why_word(why, m)).into_iter();
    let why: Vec<String> = why.map(str::to_owned).chain(seen).collect();
    let why = (!why.is_empty()).then(|| view! { <p class="g-message">{why.join(" ")}</p> });
    let is_computed =
        matches!(page.means, Means::Transform | Means::Metric | Means::State) && page.formula.is_some();
    let formula = page
        .formula
        .clone()
        .map(|formula| view! { <pre class="g-mono g-formula" tabindex="0">{formula}</pre> });
    let converted = is_computed && shows_converted(&page);
    let computed_in = converted.then(|| view! { <p class="g-caption">{m.explain_units()}</p> });
    let covered = page
        .coverage
        .map(|coverage| view! { <p>{coverage_words(coverage, m, fmt)}</p> });
    let least = (page.least < 1.0 && page.coverage.is_some())
        .then(|| view! { <p class="g-caption">{m.explain_least(&fmt.number(page.least * 100.0, 0))}</p> });
    let is_received = page.binding.is_some();
    let (scaled, measured_in) = (page.scaled, info.clone());
    let received = is_received.then(|| view! { <Received info=measured_in feed scaled/> });
    let circle = (!page.circle.is_empty())
        .then(|| view! { <p class="g-message">{m.explain_circle()} " " {page.circle.join(" → ")}</p> });
    let times = page.times.clone().map(|times| {
        let state = (point, info.name.clone());
        view! { <div class="g-6"><StateTimes state times/></div> }
    });
    let inputs = page.inputs.clone();
    let missing = page.missing.clone();
    view! {
        <PageHead
            trail=page.crumbs.clone()
            title
            actions=move || view! { <a class="g-btn" href=routes::tag(point)>{m.prov_open()}</a> }
        />
        <div class="g-grid g-asset__grid">
            <section class="g-panel g-6" aria-label=m.explain_how()>
                <div class="g-panel__head"><h2 class="g-h3">{m.explain_how()}</h2></div>
                <div class="g-panel__body g-stack">
                    <p class="g-row g-row--wrap">
                        <LiveValue info=info.clone() feed size=Size::Large/>
                        <span class="g-ink2"><Measured feed/></span>
                    </p>
                    <p class="g-ink2">{means_word(page.means, m)} {page.window.clone().map(|window| format!(" · {window}"))}</p>
                    {formula} {computed_in} {why} {circle} {covered} {least} {received}
                </div>
            </section>
            {times}
            <Said page/>
            {is_computed.then(|| view! { <Inputs inputs/> })}
            {(!missing.is_empty()).then(|| view! { <MissingOnes missing/> })}
        </div>
    }
}

/// Whether anything on the page stands in another unit than it is computed in.
fn shows_converted(page: &ExplainPage) -> bool {
    let members = page.inputs.iter().flat_map(|input| &input.members);
    let mut views = members
        .filter_map(|member| member.point.as_ref())
        .chain([&page.point]);
    views.any(|view| view.info.measured.is_some())
}

/// Everything live on the page.
fn watch(page: &ExplainPage) {
    let live = use_live();
    let members = page.inputs.iter().flat_map(|input| input.members.iter());
    let views: Vec<&PointView> = members
        .filter_map(|member| member.point.as_ref())
        .chain([&page.point])
        .collect();
    live.seed(views.iter().copied());
    let mut points: Vec<u32> = views.iter().map(|view| view.info.point).collect();
    points.sort_unstable();
    points.dedup();
    live.watch(Selector::Points { points }, None, Some(page.position));
}

/// Who said what: type and version, owner, steward, tag.
#[component]
fn Said(page: ExplainPage) -> impl IntoView {
    let m = use_messages();
    let pair = |term: &'static str, value: Option<String>| {
        value.map(|value| view! { <Pair term=term>{value}</Pair> })
    };
    let versioned = move |ty: wire::page::TypeRef| m.explain_version(&ty.name, &ty.version.to_string());
    let model = (page.model_version > 0).then(|| page.model_version.to_string());
    let (source, topic, field) = page.binding.map_or((None, None, None), |(source, topic, field)| {
        (
            Some(source),
            Some(topic),
            Some(field).filter(|field| !field.is_empty()),
        )
    });
    let mono = |term: &'static str, value: Option<String>| {
        value.map(|value| view! { <Pair term=term><span class="g-mono">{value}</span></Pair> })
    };
    view! {
        <section class="g-panel g-6" aria-label=m.explain_said()>
            <div class="g-panel__head"><h2 class="g-h3">{m.explain_said()}</h2></div>
            <div class="g-panel__body">
                {page.description.map(|text| view! { <p>{text}</p> })}
                <KeyValue>
                    {pair(m.find_type(), page.ty.map(versioned))}
                    {mono(m.explain_property(), page.property)}
                    {pair(m.explain_said_by(), page.said_by.map(versioned))}
                    {pair(m.about_model(), model)}
                    {pair(m.about_owner(), page.owner)}
                    {pair(m.about_steward(), page.steward)}
                    {pair(m.tag_source(), source)}
                    {mono(m.tag_topic(), topic)}
                    {mono(m.tag_field(), field)}
                </KeyValue>
            </div>
        </section>
    }
}

/// `9 of 10 inputs`
pub fn coverage_words(coverage: InputCoverage, m: Messages, fmt: Fmt) -> String {
    m.coverage_of(coverage.all, &fmt.integer(coverage.fresh))
}

fn means_word(means: Means, m: Messages) -> &'static str {
    match means {
        Means::Tag => m.means_tag(),
        Means::Attribute => m.means_attribute(),
        Means::Measurement => m.means_measurement(),
        Means::Transform => m.means_transform(),
        Means::Metric => m.means_metric(),
        Means::State => m.means_state(),
    }
}

pub fn why_word(why: Why, m: Messages) -> &'static str {
    match why {
        Why::NeverSeen => m.why_never_seen(),
        Why::NotFresh => m.why_not_fresh(),
        Why::NotGood => m.why_not_good(),
        Why::NoValue => m.why_no_value(),
        Why::NotGiven => m.why_not_given(),
        Why::NoProperty => m.why_no_property(),
        Why::Missing => m.why_missing(),
        Why::TooFew => m.why_too_few(),
        Why::NoCalendar => m.why_no_calendar(),
        Why::Circle => m.explain_circle(),
        Why::Mistake => m.why_mistake(),
        Why::Waiting => m.why_waiting(),
        Why::NotSeen => m.why_not_seen(),
        Why::Implausible => m.why_implausible(),
        Why::NoSample => m.why_no_sample(),
        Why::NoMembers => m.why_no_members(),
        Why::Undefined => m.why_undefined(),
        Why::Unresolved => m.why_unresolved(),
    }
}
