//! `/assets/{id}`: everything of one asset. What lives and what needs somebody stands above the tabs.

mod about_panel;
mod awaited_panel;
mod data_panel;
mod live_panel;
mod needs_panel;
mod parts_panel;
mod relations_panel;
mod trend_panel;

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use wire::Selector;
use wire::page::{AssetPage, PointView};

use self::about_panel::AboutPanel;
use self::awaited_panel::AwaitedPanel;
use self::data_panel::DataPanel;
pub use self::data_panel::cadence_words;
pub use self::live_panel::Pager;
use self::live_panel::{LivePanel, MorePanel, Parts};
use self::needs_panel::NeedsPanel;
use self::parts_panel::PartsPanel;
use self::relations_panel::RelationsPanel;
use self::trend_panel::TrendPanelOf;
pub use self::trend_panel::{Charts, is_numeric};
use super::frame::{PageHead, loaded, use_offset};
use super::provenance::Provenance;
use super::range::{RangePicker, use_range, with_query};
use crate::api::Data;
use crate::api::asset::GetAsset;
use crate::components::data_badge::DataBadge;
use crate::components::feed::Feed;
use crate::components::operating_state::OperatingState;
use crate::components::state_times::StateTimes;
use crate::components::status_shape::BeyondBadge;
use crate::i18n::use_messages;
use crate::live::use_live;
use crate::shell::use_me;

/// The asset page.
#[component]
pub fn Asset() -> impl IntoView {
    let params = use_params_map();
    let asset =
        Memo::new(move |_| params.with(|params| params.get_str("id").and_then(|id| id.parse::<u32>().ok())));
    let offset = use_offset();
    let address = use_query_map();
    // Whose relations are asked for: those of a day.
    let day = Memo::new(move |_| address.with(|address| address.get("on").unwrap_or_default()));
    let live = use_live();
    // New points, other settings, something that needs somebody: ask again.
    let changes = live.structure_of(move || asset.get());
    let page = Data::new(move || {
        let (offset, day) = (offset.get(), day.get());
        let asked = asset.get().map(|asset| GetAsset { asset, offset, day });
        (asked, changes.get())
    });
    view! { <main class="g-main g-asset" id="main" tabindex="-1">{loaded(page, |page| view! { <AssetView page/> })} <Provenance/></main> }
}

#[component]
fn AssetView(
    /// What the page was made from.
    page: AssetPage,
) -> impl IntoView {
    watch(&page);
    let live = use_live();
    let summary = live.summary(page.node.asset.asset);
    let state = page
        .node
        .state
        .as_ref()
        .map(|state| Feed::live(live, &state.info));
    let name = page.node.asset.name.clone();
    let badges = move || {
        view! {
            {state.map(|feed| view! { <OperatingState feed/> })}
            <BeyondBadge summary/>
            <DataBadge summary/>
        }
    };
    let (has_points, asset) = (page.points_total > 0, page.node.asset.asset);
    let related = page.about.as_ref().map(|about| about.relations.clone());
    let related = related.filter(|rows| !rows.is_empty());
    let relations = related.map(|rows| view! { <RelationsPanel name=name.clone() rows/> });
    let awaited = page.about.as_ref().map(|about| about.awaited.clone());
    let awaited = awaited.filter(|rows| !rows.is_empty());
    let awaited = awaited.map(|rows| view! { <AwaitedPanel rows/> });
    let parts = Parts::of(&page, use_messages());
    let others = parts.more.iter().flat_map(|(_, views)| views);
    let in_order: Vec<PointView> = parts.first.iter().chain(others).cloned().collect();
    let more = !parts.more.is_empty() || page.points_total as usize > page.points.len();
    view! {
        <PageHead trail=page.crumbs.clone() title=name.clone() badges actions=move || view! { <WorkButtons asset/> <ShareButton asset/> <RangePicker/> }/>
        <div class="g-grid g-asset__grid">
            {has_points.then(|| view! { <LivePanel page=page.clone() views=parts.first/> })}
            <div class=if has_points { "g-6 g-asset__side" } else { "g-asset__side" }>{side(&page)}</div>
            {has_points.then(|| view! { <Tabs points=in_order/> })}
            {more.then(|| view! { <MorePanel page=page.clone() parts=parts.more/> })}
            {awaited} {relations}
        </div>
    }
}

/// The way to a link that shows this asset to anybody, for who may make one.
#[component]
fn ShareButton(asset: u32) -> impl IntoView {
    let m = use_messages();
    let range = use_range();
    let href = move || crate::routes::url(&format!("/share?asset={asset}&range={}", range.get().as_str()));
    use_me()
        .may_share
        .then(|| view! { <a class="g-btn" href=href rel="external">{m.share_link()}</a> })
}

/// The way to its work orders, and to report a problem. Pages that the server alone draws.
#[component]
fn WorkButtons(asset: u32) -> impl IntoView {
    let m = use_messages();
    let me = use_me();
    let link = |may: bool, path: &'static str, label: &'static str| {
        let href = crate::routes::url(&format!("/work{path}?asset={asset}"));
        may.then(|| view! { <a class="g-btn" href=href rel="external">{label}</a> })
    };
    view! { {link(me.may_request_work, "/new", m.asset_report())} {link(me.may_see_work, "", m.asset_work())} }
}

/// What needs somebody, what the asset is, and its parts: beside the live panel.
fn side(page: &AssetPage) -> impl IntoView + use<> {
    let children_of = page.children.clone();
    let summary = use_live().summary(page.node.asset.asset);
    let states = page.about.iter().flat_map(|about| about.states.clone());
    let states = states
        .map(|(point, name, times)| view! { <StateTimes state=(point, name) times/> })
        .collect_view();
    view! {
        <NeedsPanel page=page.clone() summary/>
        {states}
        {page.about.clone().map(|about| view! { <AboutPanel about=*about/> })}
        {(!children_of.is_empty()).then(|| view! { <PartsPanel children_of/> })}
    }
}

/// Keeps everything on the page up to date.
fn watch(page: &AssetPage) {
    let live = use_live();
    let asset = page.node.asset.asset;
    let state = page
        .node
        .state
        .iter()
        .chain(page.children.iter().filter_map(|child| child.state.as_ref()));
    let states: Vec<&PointView> = state.collect();
    let needs = page.needs.iter().filter_map(|need| need.point.as_ref());
    live.seed(page.points.iter().chain(states.iter().copied()).chain(needs));
    let counts = page
        .children
        .iter()
        .map(|child| (child.asset.asset, child.summary));
    live.seed_summaries(counts.chain([(asset, page.node.summary)]));
    let since = Some(page.position);
    // Beyond one page of points the asset's own selector would bring thousands that nobody sees.
    if page.points_total as usize == page.points.len() {
        live.watch(Selector::Asset { asset }, None, since);
    } else {
        live.watch(
            Selector::Points {
                points: page.points.iter().map(|view| view.info.point).collect(),
            },
            None,
            since,
        );
        live.watch(Selector::Summaries { assets: vec![asset] }, None, since);
    }
    if !page.children.is_empty() {
        let assets = page.children.iter().map(|child| child.asset.asset).collect();
        live.watch(Selector::Summaries { assets }, None, since);
    }
    let points: Vec<u32> = states.iter().map(|view| view.info.point).collect();
    if !points.is_empty() {
        live.watch(Selector::Points { points }, None, since);
    }
}

/// Trend and data. Tabs are links: they are in the address and work without script.
#[component]
fn Tabs(
    /// The points of this page.
    points: Vec<PointView>,
) -> impl IntoView {
    let m = use_messages();
    let query = use_query_map();
    let panel = Memo::new(move |_| query.with(|query| query.get_str("panel") == Some("data")));
    let link = move |name: &'static str, label: &'static str, is_data: bool| {
        view! {
            <a
                href=move || query.with(|query| with_query(query, "panel", name))
                aria-current=move || (panel.get() == is_data).then_some("true")
                data-noscroll=""
            >
                {label}
            </a>
        }
    };
    let points = StoredValue::new(points);
    view! {
        <section class="g-panel" aria-label=m.asset_details()>
            <nav class="g-tabs" aria-label=m.asset_details()>
                {link("trend", m.asset_tab_trend(), false)} {link("data", m.asset_tab_data(), true)}
            </nav>
            <div class="g-tabpanel">
                {move || {
                    if panel.get() {
                        view! { <DataPanel points=points.get_value()/> }.into_any()
                    } else {
                        view! { <TrendPanelOf points=points.get_value()/> }.into_any()
                    }
                }}
            </div>
        </section>
    }
}
