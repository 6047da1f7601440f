//! `/h/…`: one level of the hierarchy, the same template for every level, the tree beside it.

mod children_table;
mod counts;
mod switch;
mod tree_pane;

use leptos::prelude::*;
use leptos_router::components::Redirect;
use leptos_router::hooks::{use_params_map, use_query_map};
use wire::Selector;
use wire::page::{PlacePage, PointView};

use self::children_table::Children;
use self::counts::{counts_of, follow_counts, seed_counts};
use self::tree_pane::{TreePane, use_by};
use super::frame::{PageHead, loaded};
use super::provenance::Provenance;
use crate::api::Data;
use crate::api::place::{GetPlace, PlaceAnswer};
use crate::components::data_badge::DataBadge;
use crate::components::feed::Feed;
use crate::components::kpi_tile::KpiTile;
use crate::components::operating_state::OperatingState;
use crate::components::status_shape::BeyondBadge;
use crate::i18n::use_messages;
use crate::live::{LiveStore, use_live};
use crate::routes;

/// A level of the hierarchy.
#[component]
pub fn Place() -> impl IntoView {
    let params = use_params_map();
    let path = Memo::new(move |_| params.with(|params| params.get("path").unwrap_or_default()));
    let (live, by, query) = (use_live(), use_by(), use_query_map());
    let here = RwSignal::new(None::<u32>);
    let hierarchies = RwSignal::new(Vec::new());
    let (of_level, of_plant) = (
        live.structure_of(move || here.get()),
        live.structure(&Selector::Plant),
    );
    let is_plant = RwSignal::new(false);
    let changes = Memo::new(move |_| {
        if is_plant.get() {
            of_plant.get()
        } else {
            of_level.get()
        }
    });
    let page = Data::new(move || {
        let asked = GetPlace {
            path: path.get(),
            by: by.get(),
        };
        (Some(asked), changes.get())
    });
    Effect::new(move |_| {
        if let Some(Ok(PlaceAnswer::Page(page))) = page.get() {
            is_plant.set(page.is_plant);
            here.set((!page.is_plant).then_some(page.node.asset.asset));
            hierarchies.set(page.hierarchies);
        }
    });
    let draw = move |answer| match answer {
        PlaceAnswer::Page(page) => view! { <PlaceView page=*page/> }.into_any(),
        PlaceAnswer::Equipment(asset) => {
            let query = query.with_untracked(|query| query.to_query_string());
            view! { <Redirect path=format!("{}{query}", routes::asset(asset.asset))/> }.into_any()
        }
    };
    view! {
        <TreePane path changes hierarchies/>
        <main class="g-main g-asset" id="main" tabindex="-1">
            {loaded(page, draw)} <Children path changes/> <Provenance/>
        </main>
    }
}

#[component]
fn PlaceView(
    /// What the page was made from.
    page: PlacePage,
) -> impl IntoView {
    let m = use_messages();
    let live = use_live();
    if page.is_plant {
        // The freshness bar counts the plant, each row its own.
        let name = page.node.asset.name;
        let title = if name.is_empty() {
            m.nav_assets().to_owned()
        } else {
            name
        };
        return view! { <PageHead title=title/> }.into_any();
    }
    watch(live, &page);
    let summary = counts_of(page.node.asset.asset);
    let state = page
        .node
        .state
        .as_ref()
        .map(|state| Feed::live(live, &state.info));
    let asset = page.node.asset.asset;
    let badges = move || {
        view! {
            {state.map(|feed| view! { <OperatingState feed/> })}
            <BeyondBadge summary/>
            <DataBadge summary/>
        }
    };
    // An area with points of its own is an asset too.
    let own = page.node.points;
    let actions = move || {
        (own > 0).then(|| view! { <a class="g-btn" href=routes::asset(asset)>{m.place_own_points(own)}</a> })
    };
    let tile = |(of, view): (Option<String>, PointView)| {
        let feed = Feed::live(live, &view.info);
        view! { <KpiTile info=view.info feed of/> }
    };
    let tiles = page.indicators.into_iter().map(tile).collect_view();
    view! {
        <PageHead trail=page.crumbs title=page.node.asset.name badges actions/>
        {(!tiles.is_empty())
            .then(|| {
                view! {
                    <section class="g-panel g-place__kpis" aria-label=m.place_indicators()>
                        <ul class="g-kpis">{tiles}</ul>
                    </section>
                }
            })}
    }
    .into_any()
}

/// Keeps the level's own values up to date; those of the rows are the table's.
fn watch(live: LiveStore, page: &PlacePage) {
    let indicators = page.indicators.iter().map(|(_, view)| view);
    let views: Vec<&PointView> = page.node.state.iter().chain(indicators).collect();
    live.seed(views.iter().copied());
    let own = page.node.asset.asset;
    seed_counts([(own, page.node.summary)]);
    follow_counts(move || vec![own]);
    let mut points: Vec<u32> = views.iter().map(|view| view.info.point).collect();
    points.sort_unstable();
    points.dedup();
    let since = Some(page.position);
    if !points.is_empty() {
        live.watch(Selector::Points { points }, None, since);
    }
    // Its counts, and word of assets and points that join here; the page asks again then.
    let asset = page.node.asset.asset;
    live.watch(Selector::Asset { asset }, None, since);
}
