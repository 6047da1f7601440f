//! OperatingState: what equipment does, by word and fill. Running is filled ink, never green.

pub mod states;

use leptos::prelude::*;

use self::states::{Operating, operating};
use super::feed::Feed;
use super::live_value::shown::Trust;
use crate::i18n::use_messages;

/// The state of an asset, read off its state point.
#[component]
pub fn OperatingState(
    /// The point that tells.
    feed: Feed,
) -> impl IntoView {
    let m = use_messages();
    let state = Memo::new(move |_| {
        let known = !matches!(feed.trust.get(), Trust::Bad | Trust::Never);
        feed.with_sent(|reading| {
            let value = reading.filter(|_| known)?.value.as_ref()?;
            match feed.meant(value) {
                Some((word, doing)) => Some((doing.map_or(Operating::Idle, Operating::from), Some(word))),
                None => operating(value).map(|state| (state, None)),
            }
        })
    });
    let drawn = move || {
        state.get().map(|(state, said)| {
            let (symbol, kind, word) = match state {
                Operating::Running => ("#o-running", "running", m.state_running().to_owned()),
                Operating::Idle => ("#o-idle", "idle", m.state_idle().to_owned()),
                Operating::Stopped => ("#o-stopped", "stopped", m.state_stopped().to_owned()),
                Operating::Starting => ("#o-starting", "starting", m.state_starting().to_owned()),
                Operating::Stopping => ("#o-starting", "stopping", m.state_stopping().to_owned()),
                Operating::Maintenance => ("#o-stopped", "maintenance", m.state_maintenance().to_owned()),
                Operating::Other(word) => ("#o-idle", "other", word),
            };
            // The model's own word for it, else ours.
            let word = said.unwrap_or(word);
            view! {
                <svg class="g-op" data-op=kind aria-hidden="true">
                    <use href=symbol></use>
                </svg>
                <span class="g-cut">{word}</span>
            }
        })
    };
    view! { <span class="g-badge g-opstate" data-q=move || feed.trust.get().as_str()>{drawn}</span> }
}
