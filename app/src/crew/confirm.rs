//! What is done twice before it is done: the second button stands elsewhere, at the bottom of the page.

use leptos::prelude::*;

use super::state::Tablet;

/// A question over the bar at the bottom: words, the button that does it, and one that does not.
pub fn confirm(
    tablet: Tablet,
    is_asked: RwSignal<bool>,
    words: String,
    verb: String,
    act: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    move || {
        is_asked.get().then(|| {
            view! {
                <div class="g-crew-sheet" role="alertdialog" aria-label=words.clone()>
                    <p>{words.clone()}</p>
                    <div class="g-crew-sheet__do">
                        <button class="g-crew-btn g-crew-btn--72" on:click=move |_| is_asked.set(false)>{tablet.m.crew_no()}</button>
                        <button class="g-crew-btn g-crew-btn--72 g-crew-btn--go" on:click=move |_| { is_asked.set(false); act(); }>
                            {verb.clone()}
                        </button>
                    </div>
                </div>
            }
        })
    }
}

/// A question for words: asks, and gives them when they are there.
pub fn ask_words(
    tablet: Tablet,
    is_asked: RwSignal<bool>,
    label: &'static str,
    ready: &'static [fn(app::i18n::Messages) -> &'static str],
    verb: &'static str,
    act: impl Fn(String) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let words = RwSignal::new(String::new());
    let send = move |_| {
        let text = words.get_untracked().trim().to_owned();
        if !text.is_empty() {
            is_asked.set(false);
            words.set(String::new());
            act(text);
        }
    };
    let chips = ready.iter().map(|ready| ready(tablet.m)).collect::<Vec<_>>();
    move || {
        is_asked.get().then(|| {
            let chip = |text: &'static str| {
                view! { <button class="g-crew-btn" on:click=move |_| words.set(text.to_owned())>{text}</button> }
            };
            view! {
                <div class="g-crew-sheet" role="dialog" aria-label=label>
                    <label class="g-crew-field"><span>{label}</span>
                        <input type="text" maxlength="500" prop:value=words
                            on:input=move |event| words.set(event_target_value(&event))/>
                    </label>
                    <div class="g-crew-chips">{chips.iter().copied().map(chip).collect_view()}</div>
                    <div class="g-crew-sheet__do">
                        <button class="g-crew-btn g-crew-btn--72" on:click=move |_| is_asked.set(false)>{tablet.m.crew_no()}</button>
                        <button class="g-crew-btn g-crew-btn--72 g-crew-btn--go" on:click=send
                            disabled=move || words.with(|words| words.trim().is_empty())>{verb}</button>
                    </div>
                </div>
            }
        })
    }
}
