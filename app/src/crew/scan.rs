//! The code on a label: by the camera where the browser can, by typing always; looked up in what the tablet keeps.

use crew::day::AssetCard;
use leptos::html;
use leptos::prelude::*;

use super::device;
use super::frame::link;
use super::icon::{self, icon};
use super::route::{Route, go};
use super::state::Tablet;

/// Equipment by its code, its name, or the address on its label.
#[must_use]
pub fn find(tablet: Tablet, words: &str) -> Vec<AssetCard> {
    let words = words.trim().to_lowercase();
    let code = words.rsplit('/').next().unwrap_or_default();
    if code.chars().count() < 2 {
        return Vec::new();
    }
    tablet.got.with(|got| {
        let assets = got
            .as_ref()
            .map(|got| got.day.assets.as_slice())
            .unwrap_or_default();
        if let Some(one) = assets.iter().find(|asset| asset.code.to_lowercase() == code) {
            return vec![one.clone()];
        }
        let mut found: Vec<AssetCard> = assets
            .iter()
            .filter(|asset| asset.name.to_lowercase().contains(&words))
            .take(20)
            .cloned()
            .collect();
        found.sort_by(|one, other| one.name.cmp(&other.name));
        found
    })
}

/// Opens equipment and remembers its code.
fn open(tablet: Tablet, asset: &AssetCard) {
    let code = asset.code.clone();
    tablet.set(|settings| {
        settings.scanned.retain(|known| *known != code);
        settings.scanned.insert(0, code);
        settings.scanned.truncate(5);
    });
    device::look_away();
    go(tablet.route, Route::Asset(asset.id));
}

/// The page.
pub fn page(tablet: Tablet) -> AnyView {
    let m = tablet.m;
    let (words, can, is_looking) = (
        RwSignal::new(String::new()),
        RwSignal::new(false),
        RwSignal::new(false),
    );
    let video = NodeRef::<html::Video>::new();
    leptos::task::spawn_local(async move { can.set(device::can_scan().await) });
    on_cleanup(device::look_away);
    let begin = move |_| {
        let Some(video) = video.get_untracked() else {
            return;
        };
        is_looking.set(true);
        leptos::task::spawn_local(async move {
            let found = move |code: String| match untrack(|| find(tablet, &code)).as_slice() {
                [one] => open(tablet, one),
                _ => words.set(code),
            };
            if device::look_for(&video, found).await.is_err() {
                is_looking.set(false);
                tablet.notice.set(Some(m.crew_no_camera().to_owned()));
            }
        });
    };
    let hits = move || {
        find(tablet, &words.get()).into_iter().take(8).map(|asset| {
            let text = format!("{} · {}", asset.name, asset.place.join(", "));
            view! { <button class="g-crew-btn g-crew-btn--72" on:click=move |_| open(tablet, &asset)>{text}</button> }
        }).collect_view()
    };
    let is_unknown = move || {
        let words = words.get();
        words.trim().chars().count() >= 2 && find(tablet, &words).is_empty()
    };
    view! {
        <main class="g-crew__main">
            <h1>{m.crew_scan()}</h1>
            <video class="g-crew-eye" node_ref=video muted playsinline hidden=move || !is_looking.get()></video>
            {move || is_looking.get().then(|| view! { <p>{m.crew_scan_hint()}</p> })}
            <label class="g-crew-field"><span>{m.crew_type_code()}</span>
                <input type="text" autocomplete="off" autocapitalize="characters" spellcheck="false" prop:value=words
                    on:input=move |event| words.set(event_target_value(&event))/>
            </label>
            <div class="g-crew-chips">{hits}</div>
            {move || is_unknown().then(|| view! { <p role="status">{m.crew_unknown_code()}</p> })}
            {last(tablet)}
        </main>
        <div class="g-crew-abar">
            {move || if can.get() {
                view! { <button class="g-crew-btn g-crew-btn--72 g-crew-btn--go" on:click=begin>{icon(icon::CAMERA)}{m.crew_use_camera()}</button> }.into_any()
            } else {
                view! { <p class="g-crew-abar__say">{m.crew_cannot_scan()}</p> }.into_any()
            }}
        </div>
    }
    .into_any()
}

fn last(tablet: Tablet) -> AnyView {
    let m = tablet.m;
    let rows = move || {
        let codes = tablet.settings.with(|settings| settings.scanned.clone());
        codes.iter().filter_map(|code| find(tablet, code).into_iter().find(|asset| asset.code == *code)).map(|asset| {
            let inside = view! { <span class="g-crew-row__what"><b>{asset.name.clone()}</b><small>{asset.code.clone()}</small></span>{icon(icon::ON)} };
            link(tablet, Route::Asset(asset.id), "g-crew-row g-crew-row--short", inside)
        }).collect_view()
    };
    view! { <h2 class="g-crew-lab">{m.crew_last_scanned()}</h2><div class="g-crew-jobs">{rows}</div> }
        .into_any()
}
