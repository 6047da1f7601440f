//! `/share`: makes a link to an asset, on one screen, beside what will be seen of it.

use leptos::prelude::*;

use super::ShareForm;
use crate::components::panel::Panel;
use crate::fmt::{abbreviation, escaped, use_fmt};
use crate::i18n::use_messages;
use crate::routes;
use crate::still::parts::{Moment, Times};

/// What the dialog shows.
#[derive(Clone, Debug, Default)]
pub struct ShareDialog {
    pub name: String,
    pub has_children: bool,
    /// Whoever makes the link may ask for work here, and so let others report problems.
    pub may_report: bool,
    /// Codes can be sent.
    pub has_mail: bool,
    /// As it is filled in.
    pub form: ShareForm,
    /// First and last day that a link may end on.
    pub days: (String, String),
    /// What is wrong.
    pub bad: Option<String>,
    /// What was made.
    pub made: Option<MadeShare>,
}

/// A link that was made; its address is shown this once.
#[derive(Clone, Debug)]
pub struct MadeShare {
    pub url: String,
    /// The end of the address.
    pub secret: String,
    /// The QR code as SVG.
    pub qr: String,
    /// For pages of others, where it may stand in them.
    pub embed: Option<String>,
    pub ends_millis: i64,
    pub times: Times,
}

/// Makes a link to an asset.
#[component]
pub fn Share(page: ShareDialog) -> impl IntoView {
    let m = use_messages();
    let asset = page.form.asset;
    let title = m.still_share(&page.name);
    let back = routes::url(&format!("/assets/{asset}"));
    let labels = routes::url(&format!("/labels?asset={asset}"));
    let made = page.made.clone().map(|made| (made, page.name.clone()));
    // What was filled in is over once the link is made: it folds away, and is there for the next one.
    let form = match made.is_some() {
        false => view! { <Panel title=m.still_share_new().to_owned()><Choices page/></Panel> }.into_any(),
        true => view! {
            <details class="g-panel g-share__again">
                <summary class="g-h3">{m.still_share_another()}</summary>
                <Choices page/>
            </details>
        }
        .into_any(),
    };
    view! {
        <header class="g-page">
            <div class="g-title"><h1 class="g-h1">{title}</h1></div>
            <div class="g-actions">
                <a class="g-btn" href=back>{m.still_share_back()}</a>
                <a class="g-btn" href=labels>{m.still_labels()}</a>
                <a class="g-btn" href=routes::url("/links")>{m.still_links()}</a>
            </div>
        </header>
        <div class="g-share">
            <div class="g-stack">
                {made.map(|(made, name)| view! { <Made made name/> })}
                {form}
            </div>
            <section class="g-share__phone" aria-label=m.still_share_phone()>
                <h2 class="g-h3">{m.still_share_phone()}</h2>
                <iframe class="g-share__screen" name="preview" title=m.still_share_phone() src=routes::url(&format!("/share/preview?asset={asset}"))></iframe>
            </section>
        </div>
    }
}

/// The form. With script the preview follows each change; without, a button draws it anew.
#[component]
fn Choices(page: ShareDialog) -> impl IntoView {
    let m = use_messages();
    let ShareDialog {
        has_children,
        may_report,
        form,
        bad,
        ..
    } = page.clone();
    let tick = |field: &'static str, label: &'static str, on: bool| {
        view! { <label class="g-row"><input type="checkbox" name=field value="on" checked=on/> <span>{label}</span></label> }
    };
    view! {
        <form method="post" action=routes::url("/share") class="g-panel__body g-stack" data-preview="">
            {bad.map(|words| view! { <p class="g-still__bad" role="alert">{words}</p> })}
            <input type="hidden" name="asset" value=form.asset/>
            <label class="g-field"><span>{m.still_share_purpose()}</span><input class="g-input" name="purpose" required=true maxlength="120" value=form.purpose.clone()/></label>
            <What form=form.clone()/>
            <fieldset class="g-stack">
                <legend class="g-caption">{m.still_share_shows()}</legend>
                {tick("values", m.still_share_values(), form.values)}
                {tick("history", m.still_share_history(), form.history)}
                {tick("alarms", m.still_share_limits(), form.alarms)}
                {has_children.then(|| tick("children", m.still_share_parts(), form.children))}
            </fieldset>
            {may_report.then(|| view! {
                <fieldset class="g-stack">
                    <legend class="g-caption">{m.still_share_does()}</legend>
                    {tick("report", m.still_share_report(), form.report)}
                </fieldset>
            })}
            <Until form=form.clone() days=page.days/>
            <Protection form=form.clone() has_mail=page.has_mail/>
            {tick("embed", m.still_share_embed(), form.embed)}
            <div class="g-row g-row--wrap">
                <button class="g-btn g-btn--primary">{m.still_share_submit()}</button>
                <button class="g-btn" formaction=routes::url("/share/preview") formtarget="preview" formnovalidate=true>{m.still_share_look()}</button>
            </div>
            <p class="g-caption">{m.still_share_never()}</p>
        </form>
    }
}

/// One of several; what belongs to it stands below it, and only while it is chosen.
fn choice(
    name: &'static str,
    value: &'static str,
    label: &'static str,
    chosen: &str,
) -> impl IntoView + use<> {
    let is_chosen = chosen == value;
    view! { <label class="g-row"><input type="radio" name=name value=value checked=is_chosen/> <span>{label}</span></label> }
}

/// The present, a moment, or a stretch of the past.
#[component]
fn What(form: ShareForm) -> impl IntoView {
    let m = use_messages();
    let moment = |name: &'static str, label: &'static str, value: String| {
        view! { <label class="g-field"><span>{label}</span><input class="g-input" type="datetime-local" name=name value=value/></label> }
    };
    view! {
        <fieldset class="g-stack">
            <legend class="g-caption">{m.still_share_what()}</legend>
            {choice("what", "live", m.still_share_live(), &form.what)}
            {choice("what", "moment", m.still_share_moment(), &form.what)}
            <div class="g-share__more" data-for="moment">{moment("at", m.still_share_at(), form.at)}</div>
            {choice("what", "range", m.still_share_range(), &form.what)}
            <div class="g-share__more" data-for="range">
                {moment("from", m.still_share_from(), form.from)} {moment("to", m.still_share_to(), form.to)}
            </div>
        </fieldset>
    }
}

/// When it ends.
#[component]
fn Until(form: ShareForm, days: (String, String)) -> impl IntoView {
    let m = use_messages();
    let option = |value: &'static str, label: &'static str| {
        let is_chosen = form.until == value;
        view! { <option value=value selected=is_chosen>{label}</option> }
    };
    view! {
        <label class="g-field"><span>{m.still_until()}</span>
            <select class="g-input" name="until">
                {option("shift", m.still_share_shift())}
                {option("day", m.still_share_day())}
                {option("week", m.still_share_week())}
                {option("month", m.still_share_month())}
                {option("date", m.still_share_date())}
            </select></label>
        <div class="g-share__more" data-for="date">
            <label class="g-field"><span>{m.still_share_last_day()}</span>
                <input class="g-input" type="date" name="date" value=form.date min=days.0 max=days.1/></label>
        </div>
    }
}

/// What is asked of who opens it.
#[component]
fn Protection(form: ShareForm, has_mail: bool) -> impl IntoView {
    let m = use_messages();
    let code = has_mail.then(|| {
        view! {
            {choice("protection", "code", m.still_share_by_code(), &form.protection)}
            <div class="g-share__more" data-for="code">
                <label class="g-field"><span>{m.still_share_emails()}</span>
                    <textarea class="g-input g-still__code" name="emails" rows="3" maxlength="4000" autocomplete="off" inner_html=escaped(&form.emails)></textarea></label>
            </div>
        }
    });
    view! {
        <fieldset class="g-stack">
            <legend class="g-caption">{m.still_share_protection()}</legend>
            {choice("protection", "none", m.still_share_by_nothing(), &form.protection)}
            {choice("protection", "pin", m.still_share_by_pin(), &form.protection)}
            <div class="g-share__more" data-for="pin">
                <label class="g-field"><span>{m.still_share_pin()}</span>
                    <input class="g-input" name="pin" inputmode="numeric" pattern="[0-9]{4,12}" autocomplete="off"/></label>
            </div>
            {code}
        </fieldset>
    }
}

/// The link that was made, where reading begins: on its way out by copying, by mail, on paper, or in a page.
#[component]
fn Made(made: MadeShare, name: String) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let MadeShare {
        url,
        secret,
        qr,
        embed,
        ends_millis,
        times,
    } = made;
    let until = format!(
        "{} {}",
        fmt.moment(&times.zone, ends_millis, times.now_millis),
        abbreviation(&times.zone, ends_millis)
    );
    let mail = mail_to(
        &m.still_share_mail_subject(&name),
        &format!("{}\r\n{url}", m.still_share_mail_body(&name, &until)),
    );
    view! {
        <section class="g-panel g-still__share" aria-labelledby="made">
            <h2 class="g-h2" id="made" tabindex="-1" autofocus=true>{m.still_share_made()}</h2>
            <input class="g-input" id="made-link" readonly=true value=url.clone() aria-label=m.still_made_label()/>
            <div class="g-row g-row--wrap">
                <button type="button" class="g-btn g-btn--primary" data-copy="made-link" data-done=m.still_share_copied() hidden=true>{m.still_share_copy()}</button>
                <a class="g-btn" href=mail>{m.still_share_mail()}</a>
                <a class="g-btn" href=url target="_blank" rel="noopener">{m.still_share_open()}</a>
                <form method="post" action=routes::url("/share/label") target="_blank">
                    <input type="hidden" name="secret" value=secret/>
                    <button class="g-btn">{m.still_share_label()}</button>
                </form>
            </div>
            <figure class="g-still__qr" inner_html=qr></figure>
            <p>{m.still_until()} ": " <Moment at=Some(ends_millis) times/></p>
            {embed.map(|code| view! {
                <label class="g-field"><span>{m.still_share_code()}</span><textarea class="g-input g-still__code" readonly=true rows="3" inner_html=escaped(&code)></textarea></label>
            })}
            <p class="g-caption">{m.still_share_made_more()}</p>
        </section>
    }
}

/// An address that begins a mail to whoever is chosen (RFC 6068).
fn mail_to(subject: &str, body: &str) -> String {
    let text = |text: &str| percent_encode(text);
    format!("mailto:?subject={}&body={}", text(subject), text(body))
}

/// A mail program takes a `+` as it is: a space is `%20`.
fn percent_encode(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().fold(String::new(), |mut out, byte| {
        match is_plain(byte) {
            true => out.push(char::from(byte)),
            false => out.push_str(&format!("%{byte:02X}")),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_begins_with_what_a_name_says_and_nothing_of_it_is_taken_for_a_header() {
        let begun = mail_to("Pump 14 & co", "Größe\r\nhttps://x.example/s/a?b=c");
        assert_eq!(
            begun,
            "mailto:?subject=Pump%2014%20%26%20co&body=Gr%C3%B6%C3%9Fe%0D%0Ahttps%3A%2F%2Fx.example%2Fs%2Fa%3Fb%3Dc"
        );
    }
}
