//! The demo bar: break something, and see where it shows. Only where the demo plant runs.
//!
//! Every button is a form, so that it works without script.

use std::time::Duration;

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use wire::page::{AssetRef, DemoFault, DemoStatus};

use super::icon::{Glyph, Icon};
use super::notices::use_voice;
use super::{error, use_shell};
use crate::api::demo::{DemoFault as FaultForm, DemoSpeed as SpeedForm};
use crate::api::shell::get_shell;
use crate::i18n::{Messages, use_messages};
use crate::routes;

const SPEEDS: [u32; 4] = [1, 10, 60, 600];
/// The four that show the product in a minute.
const FIRST: [&str; 4] = [
    "bearing_wear",
    "exchanger_fouling",
    "dropped_sensor",
    "cut_network",
];
/// Others may have pressed a button too.
const REFRESH: Duration = Duration::from_secs(15);

#[derive(Clone, Copy)]
struct Actions {
    fault: ServerAction<FaultForm>,
    speed: ServerAction<SpeedForm>,
}

/// The demo bar.
#[component]
pub fn DemoBar() -> impl IntoView {
    let shell = use_shell();
    let is_demo = Memo::new(move |_| shell.with(|shell| shell.demo.is_some() && shell.me.may_run_demo));
    view! { <Show when=move || is_demo.get()><Bar/></Show> }
}

#[component]
fn Bar() -> impl IntoView {
    let m = use_messages();
    let shell = use_shell();
    let actions = Actions {
        fault: ServerAction::new(),
        speed: ServerAction::new(),
    };
    keep_fresh(actions);
    let demo = Memo::new(move |_| shell.with(|shell| shell.demo.clone().unwrap_or_default()));
    view! {
        <section class="g-demo" aria-label=m.demo_title()>
            <b class="g-demo__title">{m.demo_title()}</b>
            {move || demo.with(|demo| demo.unreachable).then(|| view! { <span class="g-demo__off">{m.demo_offline()}</span> })}
            <Speeds demo actions/>
            <div class="g-demo__faults">
                {move || demo.with(|demo| FIRST.map(|kind| fault_form(m, actions, fault_of(demo, kind), true)).collect_view())}
            </div>
            <Others demo actions/>
            <WhereToLook demo/>
        </section>
    }
}

/// Asks for the state again after an act, now and then, and says what failed.
fn keep_fresh(actions: Actions) {
    let m = use_messages();
    let voice = use_voice();
    let shell = use_shell();
    let refresh = move || {
        leptos::task::spawn_local(async move {
            if let Ok(fresh) = get_shell().await {
                shell.try_update(|shell| shell.demo = fresh.demo);
            }
        });
    };
    Effect::new(move |_| {
        let failed = [actions.fault.value().get(), actions.speed.value().get()]
            .into_iter()
            .flatten()
            .find_map(Result::err);
        if actions.fault.version().get() + actions.speed.version().get() > 0 {
            refresh();
            if let Some(failed) = failed {
                voice.toast(error::words(m, &failed).0.to_owned());
            }
        }
    });
    Effect::new(move |_| {
        if let Ok(handle) = set_interval_with_handle(refresh, REFRESH) {
            on_cleanup(move || handle.clear());
        }
    });
}

#[component]
fn Speeds(demo: Memo<DemoStatus>, actions: Actions) -> impl IntoView {
    let m = use_messages();
    let button = move |speed: u32| {
        let pressed = move || demo.with(|demo| demo.speed == speed).to_string();
        view! {
            <button class="g-btn g-btn--sm" name="speed" value=speed.to_string() aria-pressed=pressed
                title=m.demo_speed(&speed.to_string()) on:click=move |event| {
                    event.prevent_default();
                    actions.speed.dispatch(SpeedForm { speed });
                }>{speed}"×"</button>
        }
    };
    view! {
        <form method="post" action=routes::url("/api/fn/demo_speed")>
            <div class="g-segments" role="group" aria-label=m.demo_speed_title()>
                {SPEEDS.map(button).collect_view()}
            </div>
        </form>
    }
}

/// The fault of a kind: the running one when there are several places for it.
fn fault_of(demo: &DemoStatus, kind: &str) -> DemoFault {
    let of_kind = || demo.faults.iter().filter(|fault| fault.kind == kind);
    of_kind()
        .find(|fault| fault.active)
        .or_else(|| of_kind().next())
        .cloned()
        .unwrap_or_else(|| DemoFault {
            kind: kind.to_owned(),
            asset: None,
            active: false,
        })
}

/// A button that starts or ends a fault.
fn fault_form(m: Messages, actions: Actions, fault: DemoFault, first: bool) -> impl IntoView {
    let DemoFault { kind, active, .. } = fault;
    let label = if first { act(m, &kind) } else { name(m, &kind) };
    let send = {
        let kind = kind.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            actions.fault.dispatch(FaultForm {
                kind: kind.clone(),
                active: !active,
            });
        }
    };
    view! {
        <form method="post" action=routes::url("/api/fn/demo_fault") on:submit=send>
            <input type="hidden" name="kind" value=kind/>
            <input type="hidden" name="active" value=(!active).to_string()/>
            <button class=if first { "g-btn g-btn--sm" } else { "" } aria-pressed=active.to_string() title=m.demo_fault_pace()>{label}</button>
        </form>
    }
}

/// All other faults, in a menu.
#[component]
fn Others(demo: Memo<DemoStatus>, actions: Actions) -> impl IntoView {
    let m = use_messages();
    let rows = move || {
        demo.with(|demo| {
            let mut kinds: Vec<&str> = demo.faults.iter().map(|fault| fault.kind.as_str()).collect();
            kinds.sort_unstable();
            kinds.dedup();
            let others = kinds.into_iter().filter(|kind| !FIRST.contains(kind));
            others
                .map(|kind| view! { <li>{fault_form(m, actions, fault_of(demo, kind), false)}</li> })
                .collect_view()
        })
    };
    view! {
        <details class="g-drop g-drop--up" data-drop="">
            <summary class="g-btn g-btn--sm">{m.demo_more()}<Icon glyph=Glyph::Down small=true/></summary>
            <ul class="g-menu">{rows}</ul>
        </details>
    }
}

/// Where the running faults show.
#[component]
fn WhereToLook(demo: Memo<DemoStatus>) -> impl IntoView {
    let m = use_messages();
    let running = move || {
        demo.with(|demo| {
            let mut assets: Vec<AssetRef> = demo
                .faults
                .iter()
                .filter(|fault| fault.active)
                .filter_map(|fault| fault.asset.clone())
                .collect();
            assets.dedup();
            assets
        })
    };
    let count = move || demo.with(|demo| demo.faults.iter().filter(|fault| fault.active).count() as u64);
    let links = move || {
        let link = |asset: AssetRef| view! { <a class="g-link" href=routes::asset(asset.asset)>{m.demo_look(&asset.name)}</a> };
        running().into_iter().take(2).map(link).collect_view()
    };
    let past = move || {
        let percent = demo.with(|demo| demo.past_percent)?;
        Some(view! { <span>{m.demo_past(&percent.to_string())}</span> })
    };
    view! {
        <span class="g-demo__where">
            {past}
            {move || (count() > 0).then(|| view! { <span>{m.demo_running(count())}</span> })}
            {links}
        </span>
    }
}

/// What a button of the bar says.
fn act(m: Messages, kind: &str) -> &'static str {
    match kind {
        "bearing_wear" => m.demo_bearing(),
        "exchanger_fouling" => m.demo_fouling(),
        "dropped_sensor" => m.demo_bad_sensor(),
        "cut_network" => m.demo_network(),
        _ => "",
    }
}

/// A fault's name.
fn name(m: Messages, kind: &str) -> &'static str {
    match kind {
        "air_lock" => m.fault_air_lock(),
        "bearing_wear" => m.fault_bearing_wear(),
        "cavitation" => m.fault_cavitation(),
        "cut_network" => m.fault_cut_network(),
        "drifting_sensor" => m.fault_drifting_sensor(),
        "dropped_sensor" => m.fault_dropped_sensor(),
        "exchanger_fouling" => m.fault_exchanger_fouling(),
        "filter_clogging" => m.fault_filter_clogging(),
        "flat_sensor" => m.fault_flat_sensor(),
        "impeller_wear" => m.fault_impeller_wear(),
        "late_gateway" => m.fault_late_gateway(),
        "membrane_fouling" => m.fault_membrane_fouling(),
        "stuck_valve" => m.fault_stuck_valve(),
        "valve_leak" => m.fault_valve_leak(),
        _ => m.fault_other(),
    }
}
