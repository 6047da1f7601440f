//! `/s/{secret}/report`: whoever holds a link says what is wrong.

use leptos::prelude::*;

use crate::fmt::escaped;
use crate::i18n::use_messages;

/// The form, with what was typed and why it was not taken.
#[component]
pub fn ShareReport(
    /// The name of the asset.
    name: String,
    /// Where the form is sent.
    action: String,
    /// The page of the link.
    back: String,
    /// What makes sending it twice harmless.
    key: String,
    /// What was typed: what is wrong, more of it, and by whom.
    typed: [String; 3],
    /// Why it was not taken.
    bad: Option<String>,
) -> impl IntoView {
    let m = use_messages();
    let [title, text, by] = typed;
    view! {
        <section class="g-panel g-still__box" aria-labelledby="title">
            <h1 class="g-h2" id="title">{m.shared_report()}</h1>
            <p>{name}</p>
            {bad.map(|words| view! { <p class="g-still__bad" role="alert">{words}</p> })}
            <form method="post" action=action class="g-stack">
                <input type="hidden" name="key" value=key/>
                <label class="g-field"><span>{m.still_work_wrong()}</span>
                    <input class="g-input" name="title" value=title required=true maxlength="120" autofocus=true/></label>
                <label class="g-field"><span>{m.still_work_wrong_more()}</span>
                    <textarea class="g-input g-work__text" name="text" rows="4" maxlength="3000" inner_html=escaped(&text)></textarea></label>
                <label class="g-field"><span>{m.shared_report_by()}</span>
                    <input class="g-input" name="by" value=by maxlength="120" autocomplete="name"/></label>
                <p class="g-row"><button class="g-btn g-btn--primary">{m.still_work_send()}</button> <a class="g-btn" href=back>{m.still_share_back()}</a></p>
            </form>
        </section>
    }
}

/// That it was taken, and by which number it can be asked for.
#[component]
pub fn ShareReported(number: String, back: String) -> impl IntoView {
    let m = use_messages();
    view! {
        <section class="g-panel g-still__box" aria-labelledby="title">
            <h1 class="g-h2" id="title">{m.shared_reported()}</h1>
            <p role="status">{m.shared_reported_more(&number)}</p>
            <p><a class="g-btn" href=back>{m.still_share_back()}</a></p>
        </section>
    }
}
