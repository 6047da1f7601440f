//! The HTML document around a page: head, start data, and the loader of the browser's half.
//!
//! Written on the server only. What stands in the body is [`App`] and nothing else, because the browser
//! takes the body up element by element.

use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use super::{App, BuiltFiles, Start};
use crate::fmt::Fmt;
use crate::i18n::Messages;
use crate::pages::split::part_of;
use crate::prefs::Prefs;
use crate::routes;
use wire::page::{ShareFrame, Zone};

/// Fonts that the first paint needs; the style sheet's `@font-face` must name the same address.
/// A subset (fonttools): `pyftsubset --unicodes='*' --layout-features=kern,calt,locl,tnum,zero --flavor=woff2`.
const FONT: &str = "fonts/inter-latin-var.woff2";

/// Width and height of the picture that chats show of a share link, in pixels.
pub const CARD_SIZE: (u32, u32) = (1200, 630);

/// Starts the client, and what must work without it.
const BOOT: &str = include_str!("boot.js");

/// The document. Expects [`Start`], `Arc<BuiltFiles>` and the backend in context.
pub fn document() -> impl IntoView {
    let start = use_context::<Start>().unwrap_or_else(Start::empty);
    let built = use_context::<Arc<BuiltFiles>>().unwrap_or_default();
    let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
    routes::set_base(&start.base);
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        let is_embedded = start.share.as_ref().is_some_and(|share| share.is_embedded);
        if let Ok(policy) = HeaderValue::try_from(content_security_policy(&nonce, is_embedded)) {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
        response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    let messages = Messages::of(start.prefs.locale);
    provide_context(messages);
    provide_context(start.prefs);

    let path = use_context::<Parts>()
        .map(|parts| parts.uri.path().to_owned())
        .unwrap_or_default();
    let prefs = start.prefs;
    let carried = view! {
        <script type="text/plain" id="g-start" nonce=nonce.clone() inner_html=start.to_text()></script>
        <script type="text/plain" id="g-messages" nonce=nonce.clone() inner_html=messages.to_text()></script>
        {start.share.is_none().then(|| preloads(&built, &path))}
    };
    let previewed = start
        .share
        .as_ref()
        .map(|share| preview(messages, share, &start.shell.zone));
    let meta = view! { <MetaTags/> {previewed} };
    let is_late = start.share.is_some();
    let body = view! { <App start/> };
    whole(prefs, &built, nonce, is_late, carried, meta, body)
}

/// What a chat shows of a share link: the asset's name, until when, and no value, since previews are kept for ever.
fn preview(m: Messages, share: &ShareFrame, zone: &Zone) -> impl IntoView + use<> {
    let fmt = Fmt::new(m.locale());
    let until = fmt.date_year(zone, share.ends_millis);
    let words = match share.is_past {
        true => m.still_share_preview_past(&until),
        false => m.still_share_preview_until(&until),
    };
    let card = (!share.card.is_empty()).then(|| {
        view! {
            {graph("og:image", share.card.clone())}
            {graph("og:image:type", "image/png".to_owned())}
            {graph("og:image:width", CARD_SIZE.0.to_string())}
            {graph("og:image:height", CARD_SIZE.1.to_string())}
            <meta name="twitter:card" content="summary_large_image"/>
        }
    });
    view! {
        {card}
        {graph("og:title", share.name.clone())}
        {graph("og:description", words)}
        {graph("og:type", "website".to_owned())}
        <meta name="robots" content="noindex"/>
        {share.oembed.clone().map(|href| view! { <link rel="alternate" r#type="application/json+oembed" href=href/> })}
    }
}

/// A word of the Open Graph protocol.
fn graph(property: &'static str, content: String) -> impl IntoView + use<> {
    leptos::html::meta().attr("property", property).content(content)
}

/// A document: `carried` is what the client needs, which comes after the first paint where it `is_late`; `meta` what
/// the page says of itself.
pub fn whole<C: IntoView, M: IntoView, B: IntoView>(
    prefs: Prefs,
    built: &BuiltFiles,
    nonce: String,
    is_late: bool,
    carried: C,
    meta: M,
    body: B,
) -> impl IntoView + use<C, M, B> {
    let font = built.public(FONT);
    let font_face = format!(
        "@font-face{{font-family:Inter;src:url({font}) format(\"woff2\");font-weight:400 600;font-display:swap}}"
    );
    view! {
        <!DOCTYPE html>
        <html
            lang=prefs.locale.tag()
            dir=prefs.locale.dir()
            data-theme=prefs.theme.as_str()
            data-density=prefs.density.as_str()
            data-js=built.js.as_ref().map(|name| pkg(name))
            data-wasm=built.wasm.as_ref().map(|name| pkg(name))
            data-late=is_late.then_some("")
            data-report=routes::url("/api/fn/report_panic")
            data-cookie-path=routes::cookie_path()
        >
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="preload" href=font r#as="font" type="font/woff2" crossorigin="anonymous"/>
                <style nonce=nonce.clone() inner_html=font_face></style>
                {built.css.as_ref().map(|name| view! { <link rel="stylesheet" href=pkg(name)/> })}
                <link rel="icon" href=built.public("icon.svg") type="image/svg+xml"/>
                {carried}
                <script type="module" nonce=nonce inner_html=BOOT></script>
                {meta}
            </head>
            <body>
                {body}
            </body>
        </html>
    }
}

fn pkg(name: &str) -> String {
    routes::url(&format!("/pkg/{name}"))
}

/// Has the client, with the part that draws this page, fetched while the page is still being read. Nothing when
/// it was not built: pages work without.
fn preloads(built: &BuiltFiles, path: &str) -> Option<impl IntoView + use<>> {
    let js = pkg(built.js.as_ref()?);
    let parts = part_of(path).and_then(|part| built.parts.get(part));
    let wasm: Vec<_> = built.wasm.iter().chain(parts.into_iter().flatten()).map(|name| {
        view! { <link rel="preload" href=pkg(name) r#as="fetch" type="application/wasm" crossorigin="anonymous"/> }
    }).collect();
    Some(view! {
        <link rel="modulepreload" href=js crossorigin="anonymous"/>
        {wasm}
    })
}

/// What a page may load: from here, and nothing else; and who may show it inside a page of theirs: nobody, but
/// for a link that was made for it.
#[must_use]
pub fn content_security_policy(nonce: &str, is_embedded: bool) -> String {
    let ancestors = if is_embedded { "*" } else { "'none'" };
    format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
         style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; \
         connect-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors {ancestors}"
    )
}
