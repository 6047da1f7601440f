//! `/help/trust`: how a device comes to trust this server's certificate.
//!
//! Drawn by the server alone, without script and without the frame of the other pages: whoever reads it is
//! nobody yet, and is shown nothing of the plant.

use leptos::prelude::*;
use wire::page::Zone;

use crate::fmt::Fmt;
use crate::i18n::{Locale, Messages};
use crate::prefs::Prefs;
use crate::routes;
use crate::shell::BuiltFiles;

/// The authority that signs for this server.
#[derive(Clone, Debug)]
pub struct Authority {
    pub name: String,
    pub until_millis: i64,
    /// SHA-256, as devices show it.
    pub fingerprint: String,
}

/// The whole document.
#[must_use]
pub fn document(authority: Option<Authority>, prefs: Prefs, built: &BuiltFiles) -> String {
    let m = Messages::of(prefs.locale);
    let css = built.css.as_ref().map(|name| {
        let css = routes::url(&format!("/pkg/{name}"));
        view! { <link rel="stylesheet" href=css/> }
    });
    let languages = Locale::OFFERED.map(|locale| {
        let here = (locale == prefs.locale).then_some("page");
        let tag = locale.tag();
        view! { <a class="g-link" href=format!("?lang={tag}") lang=tag aria-current=here>{locale.own_name()}</a> }
    });
    let page = view! {
        <html lang=prefs.locale.tag() dir=prefs.locale.dir() data-theme=prefs.theme.as_str()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <title inner_html=format!("{} · Gemba", m.server_trust_title())></title>
                {css}
                <link rel="icon" href=built.public("icon.svg") type="image/svg+xml"/>
            </head>
            <body>
                <main class="g-main g-trust" id="main">
                    <header class="g-page">
                        <h1 class="g-h1">{m.server_trust_title()}</h1>
                        <nav class="g-row" aria-label=m.server_trust_language()>{languages}</nav>
                    </header>
                    {match authority {
                        Some(authority) => leptos::either::Either::Left(ways(m, authority)),
                        None => leptos::either::Either::Right(
                            view! { <section class="g-panel g-prose"><p class="g-panel__body">{m.server_trust_none()}</p></section> },
                        ),
                    }}
                </main>
            </body>
        </html>
    };
    format!("<!DOCTYPE html>{}", page.to_html())
}

fn ways(m: Messages, authority: Authority) -> impl IntoView {
    let utc = Zone {
        name: "UTC".to_owned(),
        periods: Vec::new(),
    };
    view! {
        <section class="g-panel">
            <div class="g-panel__body g-prose">
                <p>{m.server_trust_intro()}</p>
                <p>{m.server_trust_what()}</p>
            </div>
        </section>
        <section class="g-panel" aria-labelledby="compare">
            <div class="g-panel__head">
                <h2 class="g-h3" id="compare">{m.server_trust_compare()}</h2>
            </div>
            <div class="g-panel__body g-prose">
                <p>{m.server_trust_compare_1()}</p>
                <dl class="g-trust__facts">
                    <dt>{m.server_trust_fingerprint()}</dt>
                    <dd><code id="fingerprint">{authority.fingerprint}</code></dd>
                    <dt>{m.server_trust_name()}</dt>
                    <dd>{authority.name}</dd>
                    <dt>{m.server_trust_until()}</dt>
                    <dd>{Fmt::new(m.locale()).date_year(&utc, authority.until_millis)}</dd>
                </dl>
                <p>{m.server_trust_compare_2()}</p>
                <p><a class="g-btn g-btn--primary" href=routes::authority() download="gemba-ca.crt">{m.server_trust_download()}</a></p>
            </div>
        </section>
        {device(m.server_trust_ipad(), &[m.server_trust_ipad_1(), m.server_trust_ipad_2(), m.server_trust_ipad_3()])}
        {device(m.server_trust_android(), &[m.server_trust_android_1(), m.server_trust_android_2(), m.server_trust_android_3()])}
        {device(m.server_trust_windows(), &[m.server_trust_windows_1(), m.server_trust_windows_2()])}
        {device(m.server_trust_mac(), &[m.server_trust_mac_1(), m.server_trust_mac_2()])}
        {device(m.server_trust_linux(), &[m.server_trust_linux_1(), m.server_trust_linux_2(), m.server_trust_linux_3()])}
    }
}

fn device(name: &'static str, steps: &[&'static str]) -> impl IntoView + use<> {
    let steps: Vec<_> = steps.iter().map(|step| view! { <li>{*step}</li> }).collect();
    view! {
        <section class="g-panel" aria-label=name>
            <div class="g-panel__head">
                <h2 class="g-h3">{name}</h2>
            </div>
            <ol class="g-panel__body g-prose g-trust__steps">{steps}</ol>
        </section>
    }
}
