//! What the page has to say by itself: trouble, a new version, a word after an act, and the same to screen readers.

use std::time::Duration;

use leptos::prelude::*;
use wire::page::SourceState;

use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::live::{Link, use_live};

/// Between two announcements, so that a screen reader can finish.
const PAUSE: Duration = Duration::from_secs(5);
/// How long a toast stays.
const TOAST: Duration = Duration::from_secs(5);
/// More than this at once is noise.
const MOST_WAITING: usize = 4;

/// Speaks to people: once on the screen for a moment, or to screen readers only.
#[derive(Clone, Copy)]
pub struct Voice {
    said: RwSignal<String>,
    waiting: StoredValue<Vec<String>>,
    pausing: StoredValue<bool>,
    toast: RwSignal<Option<String>>,
    toasts: StoredValue<u32>,
}

impl Voice {
    fn new() -> Self {
        Self {
            said: RwSignal::new(String::new()),
            waiting: StoredValue::new(Vec::new()),
            pausing: StoredValue::new(false),
            toast: RwSignal::new(None),
            toasts: StoredValue::new(0),
        }
    }

    /// Tells screen readers, politely: at most one announcement in five seconds, what waited told together.
    pub fn announce(self, text: String) {
        self.waiting.update_value(|waiting| {
            waiting.push(text);
            if waiting.len() > MOST_WAITING {
                waiting.remove(0);
            }
        });
        if !self.pausing.get_value() {
            self.speak();
        }
    }

    /// Shows a word for five seconds, after something a person did.
    pub fn toast(self, text: String) {
        self.toast.set(Some(text));
        self.toasts.update_value(|count| *count += 1);
        let mine = self.toasts.get_value();
        set_timeout(
            move || {
                if self.toasts.try_get_value() == Some(mine) {
                    self.toast.set(None);
                }
            },
            TOAST,
        );
    }

    fn speak(self) {
        let mut text = String::new();
        self.waiting
            .update_value(|waiting| text = std::mem::take(waiting).join(". "));
        self.pausing.set_value(!text.is_empty());
        if text.is_empty() {
            return;
        }
        self.said.set(text);
        set_timeout(
            move || {
                if self.pausing.try_get_value().is_some() {
                    self.speak();
                }
            },
            PAUSE,
        );
    }
}

/// Puts the voice where [`use_voice`] finds it.
pub(super) fn provide_voice() -> Voice {
    let voice = Voice::new();
    provide_context(voice);
    voice
}

/// The page's voice.
#[must_use]
pub fn use_voice() -> Voice {
    use_context().unwrap_or_else(provide_voice)
}

/// Trouble, new version, toast and the announcer, over the page.
#[component]
pub fn Notices() -> impl IntoView {
    let m = use_messages();
    let live = use_live();
    let voice = use_voice();
    announce_connections(voice);
    let reload =
        move || view! { <button class="g-btn g-btn--sm g-push" data-reload="">{m.trouble_reload()}</button> };
    view! {
        <div class="g-notices">
            // Shown by boot.js, which needs no client.
            <div class="g-message g-message--trouble" id="g-trouble" role="alert" hidden="">
                <span>{m.trouble_panic()}</span>
                {reload()}
            </div>
            <Show when=move || live.new_version.get()>
                <div class="g-message" role="status"><span>{m.version_ready()}</span>{reload()}</div>
            </Show>
            {move || voice.toast.get().map(|text| view! { <div class="g-message g-message--toast">{text}</div> })}
            <div class="g-sr" role="status">{move || voice.said.get()}</div>
            <div class="g-sr" role="status">{move || voice.toast.get()}</div>
        </div>
    }
}

/// Tells of the connection and of sources as they come and go.
fn announce_connections(voice: Voice) {
    let m = use_messages();
    let f = use_fmt();
    let live = use_live();
    Effect::new(move |before: Option<Option<i64>>| {
        let lost_since = match live.link.get() {
            Link::Lost { since_millis, .. } => Some(since_millis),
            Link::Connecting | Link::Live => None,
        };
        match (before.flatten(), lost_since) {
            (None, Some(_)) => voice.announce(m.announce_lost().to_owned()),
            (Some(since), None) => {
                let gap = live.now.get_untracked().saturating_sub(since);
                voice.announce(m.announce_back(&f.age(gap)));
            }
            _ => {}
        }
        lost_since
    });
    Effect::new(move |before: Option<Vec<(u32, bool)>>| {
        live.plant.with(|plant| {
            let now: Vec<(u32, bool)> = plant
                .sources
                .iter()
                // Who stops a source knows it.
                .filter(|status| status.state != SourceState::Stopped)
                .map(|status| (status.source, status.state == SourceState::Connected))
                .collect();
            for (source, up) in &now {
                let Some(status) = plant.sources.iter().find(|status| status.source == *source) else {
                    continue;
                };
                let was_up = before
                    .iter()
                    .flatten()
                    .find(|(known, _)| known == source)
                    .map(|(_, up)| *up);
                match (was_up, *up) {
                    (Some(true), false) => voice.announce(m.announce_source_lost(&status.name)),
                    (Some(false), true) => voice.announce(m.announce_source_back(&status.name)),
                    _ => {}
                }
            }
            now
        })
    });
}
