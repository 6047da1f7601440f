//! Equipment: its last values, each with when it was so, its open orders, and where to report.

use crew::day::{AssetCard, ValueCard};
use leptos::prelude::*;

use super::frame::link;
use super::icon::{self, icon};
use super::route::Route;
use super::state::Tablet;
use super::words;

/// The page.
pub fn page(tablet: Tablet, id: u32) -> AnyView {
    let m = tablet.m;
    let asset = Memo::new(move |_| {
        tablet.got.with(|got| {
            got.as_ref()?
                .day
                .assets
                .iter()
                .find(|asset| asset.id == id)
                .cloned()
        })
    });
    let inside = move || match asset.get() {
        Some(asset) => body(tablet, &asset),
        None => view! { <p class="g-crew-card g-crew-card--say">{m.crew_unknown_asset()}</p> }.into_any(),
    };
    view! {
        <main class="g-crew__main">{inside}</main>
        <div class="g-crew-abar">
            {link(tablet, Route::Report(Some(id)), "g-crew-btn g-crew-btn--72 g-crew-btn--go", view! { {icon(icon::FLAG)}{m.crew_report()} })}
        </div>
    }
    .into_any()
}

fn body(tablet: Tablet, asset: &AssetCard) -> AnyView {
    let m = tablet.m;
    let (times, now) = (tablet.times(), tablet.now());
    let got = tablet.got.with(|got| got.as_ref().map_or(0, |got| got.at));
    let value = |value: &ValueCard| {
        let at = value.at.map_or_else(
            || m.crew_age_unknown().to_owned(),
            |at| m.crew_as_of(&times.short(at, now)),
        );
        let text = if value.text.is_empty() {
            "–".to_owned()
        } else {
            value.text.clone()
        };
        view! { <div class:is-doubted=value.doubt.is_some()><dt>{value.name.clone()}</dt><dd>{text}<small>{at}{value.doubt.clone().map(|doubt| format!(" · {doubt}"))}</small></dd></div> }
    };
    let values = asset.values.iter().map(value).collect_view();
    let id = asset.id;
    let orders = move || {
        let cards = tablet
            .got
            .with(|got| got.as_ref().map(|got| got.day.orders.clone()).unwrap_or_default());
        cards.into_iter().filter(|card| card.asset == id).filter_map(|card| {
            let order = tablet.order(card.id)?.order;
            let inside = view! {
                <span class="g-crew-row__what"><b>{order.title().to_owned()}</b><small>{format!("WO-{} · {}", card.id, words::status(m, order.status().word()))}</small></span>
                {icon(icon::ON)}
            };
            Some(link(tablet, Route::Job(card.id), "g-crew-row g-crew-row--short", inside))
        }).collect_view()
    };
    let said = if asset.values.is_empty() {
        m.crew_no_values().to_owned()
    } else {
        m.crew_values_from(&times.short(got, now))
    };
    view! {
        <div class="g-crew-title"><div><p class="g-crew-wo">{asset.code.clone()}</p><h1>{asset.name.clone()}</h1><p>{asset.place.join(", ")}</p></div></div>
        <p class="g-crew-sync">{icon(icon::TABLET)}<span>{said}</span></p>
        <dl class="g-crew-values">{values}</dl>
        <h2 class="g-crew-lab">{m.crew_orders()}</h2>
        <div class="g-crew-jobs">{orders}</div>
    }
    .into_any()
}
