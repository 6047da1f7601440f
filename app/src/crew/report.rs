//! A problem, reported where it is seen: a new order begins on this tablet.

use leptos::prelude::*;
use maintenance::iso14224::FailureMode;
use maintenance::order::event::Attachment;
use maintenance::order::{Dates, Priority, Request, What, WorkKind};
use twin::AssetId;

use super::device::Picture;
use super::route::{Route, go};
use super::scan::find;
use super::state::Tablet;
use super::step::{camera, hash};
use super::words;

/// What is entered.
#[derive(Clone, Copy)]
struct Entered {
    asset: RwSignal<Option<u32>>,
    title: RwSignal<String>,
    more: RwSignal<String>,
    mode: RwSignal<String>,
    is_urgent: RwSignal<bool>,
    picture: RwSignal<Option<Picture>>,
}

/// The page.
pub fn page(tablet: Tablet, asset: Option<u32>) -> AnyView {
    let m = tablet.m;
    let entered = Entered {
        asset: RwSignal::new(asset),
        title: RwSignal::new(String::new()),
        more: RwSignal::new(String::new()),
        mode: RwSignal::new("UNK".to_owned()),
        is_urgent: RwSignal::new(false),
        picture: RwSignal::new(None),
    };
    let can =
        move || entered.asset.with(Option::is_some) && entered.title.with(|title| !title.trim().is_empty());
    let send = move |_| {
        leptos::task::spawn_local(async move {
            let Some(what) = what(entered) else { return };
            let pictures = entered.picture.get_untracked().into_iter().collect();
            if tablet
                .act(None, what, pictures, entered.title.get_untracked())
                .await
            {
                go(tablet.route, Route::Outbox);
            }
        });
    };
    let modes = FailureMode::ALL.iter().map(|mode| {
        view! { <option value=mode.code() selected=*mode == FailureMode::Unknown>{words::mode(m, mode.code())}</option> }
    });
    view! {
        <main class="g-crew__main">
            <h1>{m.crew_report()}</h1>
            {equipment(tablet, entered.asset)}
            <label class="g-crew-field"><span>{m.crew_what_is_wrong()}</span>
                <input type="text" maxlength="200" prop:value=entered.title on:input=move |event| entered.title.set(event_target_value(&event))/>
            </label>
            <label class="g-crew-field"><span>{m.crew_more()}</span>
                <input type="text" maxlength="2000" prop:value=entered.more on:input=move |event| entered.more.set(event_target_value(&event))/>
            </label>
            <label class="g-crew-field"><span>{m.still_work_mode()}</span>
                <select on:change=move |event| entered.mode.set(event_target_value(&event))>{modes.collect_view()}</select>
            </label>
            <button class="g-crew-btn g-crew-btn--72" aria-pressed=move || entered.is_urgent.get().to_string()
                class:is-on=move || entered.is_urgent.get()
                on:click=move |_| entered.is_urgent.update(|is| *is = !*is)>{m.crew_urgent()}</button>
            {camera(tablet, entered.picture)}
        </main>
        <div class="g-crew-abar">
            <button class="g-crew-btn g-crew-btn--72 g-crew-btn--go" on:click=send disabled=move || !can()>{m.crew_send_report()}</button>
        </div>
    }
    .into_any()
}

/// Of which equipment: the one that is known, or found by its name.
fn equipment(tablet: Tablet, asset: RwSignal<Option<u32>>) -> AnyView {
    let m = tablet.m;
    let words = RwSignal::new(String::new());
    let name = move || {
        let id = asset.get()?;
        tablet.got.with(|got| {
            got.as_ref()?
                .day
                .assets
                .iter()
                .find(|one| one.id == id)
                .map(|one| one.name.clone())
        })
    };
    let found = move || {
        find(tablet, &words.get()).into_iter().take(6).map(|one| {
            let id = one.id;
            let choose = move |_| { asset.set(Some(id)); words.set(String::new()); };
            view! { <button class="g-crew-btn" on:click=choose>{format!("{} · {}", one.name, one.place.join(", "))}</button> }
        }).collect_view()
    };
    view! {
        <p class="g-crew-chosen">{move || name().map(|name| view! { <b>{name}</b> })}</p>
        <label class="g-crew-field"><span>{m.crew_find_asset()}</span>
            <input type="search" prop:value=words on:input=move |event| words.set(event_target_value(&event))/>
        </label>
        <div class="g-crew-chips">{found}</div>
    }
    .into_any()
}

fn what(entered: Entered) -> Option<Vec<What>> {
    let request = Request {
        asset: AssetId::new(entered.asset.get_untracked()?),
        title: entered.title.get_untracked().trim().into(),
        kind: WorkKind::CorrectiveDeferred,
        mode: FailureMode::from_code(&entered.mode.get_untracked()).unwrap_or(FailureMode::Unknown),
        priority: if entered.is_urgent.get_untracked() {
            Priority::Urgent
        } else {
            Priority::Medium
        },
        dates: Dates::default(),
        needs: Vec::new(),
        external: None,
    };
    let mut all = vec![What::Requested(Box::new(request))];
    let more = entered.more.get_untracked().trim().to_owned();
    if !more.is_empty() {
        all.push(What::Commented {
            text: more.into(),
            mentions: Vec::new(),
        });
    }
    if let Some(picture) = entered.picture.get_untracked() {
        all.push(What::Attached(Attachment {
            hash: hash(&picture.hash)?,
            name: "photo.jpg".into(),
            media: "image/jpeg".into(),
            bytes: picture.bytes,
        }));
    }
    Some(all)
}
