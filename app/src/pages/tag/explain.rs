//! `/tags/{id}/explain`: how a number comes about: formula, inputs, what is missing, who said it.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use wire::Selector;
use wire::page::{
    ExplainInput, ExplainMember, ExplainPage, InputCoverage, Means, MissingInput, PointView, RelatedAsset,
    Why,
};

use crate::api::ApiError;
use crate::api::tag::get_explain;
use crate::components::empty_state::EmptyState;
use crate::components::feed::Feed;
use crate::components::key_value::{KeyValue, Pair};
use crate::components::live_value::{LiveValue, LiveWords, Size};
use crate::fmt::{Fmt, use_fmt};
use crate::i18n::{Messages, use_messages};
use crate::live::use_live;
use crate::pages::frame::{PageHead, loaded};
use crate::pages::provenance::Provenance;
use crate::routes;
use crate::shell::use_zone;

/// The page.
#[component]
pub fn Explain() -> impl IntoView {
    let params = use_params_map();
    let point =
        Memo::new(move |_| params.with(|params| params.get_str("id").and_then(|id| id.parse::<u32>().ok())));
    let page = Resource::new(
        move || point.get(),
        |point| async move {
            match point {
                Some(point) => get_explain(point).await,
                None => Err(ApiError::NotFound),
            }
        },
    );
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
    let feed = Feed::live(live, info.point);
    let point = info.point;
    let title = m.explain_title(&info.name);
    let why = page
        .why
        .map(|why| view! { <p class="g-message">{why_word(why, m)}</p> });
    let formula = page
        .formula
        .clone()
        .map(|formula| view! { <pre class="g-mono g-formula" tabindex="0">{formula}</pre> });
    let covered = page
        .coverage
        .map(|coverage| view! { <p>{coverage_words(coverage, m, fmt)}</p> });
    let least = (page.least < 1.0 && page.coverage.is_some())
        .then(|| view! { <p class="g-caption">{m.explain_least(&fmt.number(page.least * 100.0, 0))}</p> });
    let circle = (!page.circle.is_empty())
        .then(|| view! { <p class="g-message">{m.explain_circle()} " " {page.circle.join(" → ")}</p> });
    let inputs = page.inputs.clone();
    let missing = page.missing.clone();
    let is_computed =
        matches!(page.means, Means::Transform | Means::Metric | Means::State) && page.formula.is_some();
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
                    <p class="g-row g-row--wrap"><LiveValue info=info.clone() feed size=Size::Large/></p>
                    <p class="g-ink2">{means_word(page.means, m)} {page.window.clone().map(|window| format!(" · {window}"))}</p>
                    {formula} {why} {circle} {covered} {least}
                </div>
            </section>
            <Said page/>
            {is_computed.then(|| view! { <Inputs inputs/> })}
            {(!missing.is_empty()).then(|| view! { <MissingOnes missing/> })}
        </div>
    }
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

/// The names in the formula, each with what it stands for now.
#[component]
fn Inputs(inputs: Vec<ExplainInput>) -> impl IntoView {
    let m = use_messages();
    if inputs.is_empty() {
        return view! { <section class="g-panel"><EmptyState what=m.explain_no_inputs() why=""/></section> }
            .into_any();
    }
    let rows = inputs.into_iter().map(|input| {
        let more = input
            .count
            .saturating_sub(u32::try_from(input.members.len()).unwrap_or(u32::MAX));
        let name = input.name;
        let members = input.members.into_iter();
        let rows = members
            .map(|member| view! { <MemberRow name=name.clone() member/> })
            .collect_view();
        let more =
            (more > 0).then(|| view! { <tr><td colspan="5" class="g-ink2">{m.explain_more(more)}</td></tr> });
        view! { {rows} {more} }
    });
    view! {
        <section class="g-panel" aria-label=m.explain_inputs()>
            <div class="g-panel__head"><h2 class="g-h3">{m.explain_inputs()}</h2></div>
            <div class="g-scroll">
                <table class="g-table g-table--stack g-inputs">
                    <thead>
                        <tr>
                            <th scope="col">{m.explain_name()}</th>
                            <th scope="col">{m.explain_of()}</th>
                            <th scope="col" class="g-n">{m.data_col_value()}</th>
                            <th scope="col">{m.data_col_state()}</th>
                            <th scope="col">{m.data_col_time()}</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn MemberRow(name: String, member: ExplainMember) -> impl IntoView {
    let (m, fmt, live, zone) = (use_messages(), use_fmt(), use_live(), use_zone());
    let coverage = member.coverage.filter(|coverage| coverage.fresh < coverage.all);
    let said = move || {
        let why = member.why.map(|why| why_word(why, m).to_owned());
        why.or_else(|| coverage.map(|coverage| coverage_words(coverage, m, fmt)))
    };
    let (link, value, state, time) = match member.point {
        Some(view) => {
            let feed = Feed::live(live, view.info.point);
            let time = move || {
                let at = feed.with(|reading| {
                    reading.map(|reading| reading.source_millis.unwrap_or(reading.arrival_millis))
                });
                at.map(|at| zone.with(|zone| fmt.moment(zone, at, feed.now.get())))
            };
            (
                Some(routes::explain(view.info.point)),
                view! { <LiveValue info=view.info feed worded=true/> }.into_any(),
                view! { <LiveWords feed/> " " {said()} }.into_any(),
                time.into_any(),
            )
        }
        None => (None, member.value.into_any(), said().into_any(), ().into_any()),
    };
    view! {
        <tr>
            <th scope="row"><span class="g-mono">{name}</span></th>
            <td data-label=m.explain_of()><Whose asset=member.asset property=member.property link/></td>
            <td class="g-n" data-label=m.data_col_value()>{value}</td>
            <td data-label=m.data_col_state()>{state}</td>
            <td data-label=m.data_col_time()>{time}</td>
        </tr>
    }
}

/// An asset and its property: the one leads to its page, the other to its own explanation.
#[component]
fn Whose(asset: RelatedAsset, property: String, link: Option<String>) -> impl IntoView {
    let name = asset.name;
    let asset = match asset.asset {
        Some(asset) => view! { <a class="g-link" href=routes::asset(asset.asset)>{name}</a> }.into_any(),
        None => name.into_any(),
    };
    let property = match link {
        Some(link) => view! { <a class="g-link g-mono" href=link>{property}</a> }.into_any(),
        None => view! { <span class="g-mono">{property}</span> }.into_any(),
    };
    view! { {asset} " · " {property} }
}

/// What is missing, at the lowest level at which that can be told.
#[component]
fn MissingOnes(missing: Vec<MissingInput>) -> impl IntoView {
    let m = use_messages();
    let row = |missing: MissingInput| {
        let link = missing.point.map(routes::tag);
        view! { <li><Whose asset=missing.asset property=missing.property link/> ": " {why_word(missing.why, m)}</li> }
    };
    view! {
        <section class="g-panel" aria-label=m.explain_missing()>
            <div class="g-panel__head"><h2 class="g-h3">{m.explain_missing()}</h2></div>
            <ul class="g-panel__body g-stack">{missing.into_iter().map(row).collect_view()}</ul>
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

fn why_word(why: Why, m: Messages) -> &'static str {
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
        Why::NoSample => m.why_no_sample(),
        Why::NoMembers => m.why_no_members(),
        Why::Undefined => m.why_undefined(),
    }
}
