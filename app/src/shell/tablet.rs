//! The document of the tablet: one for everybody in a language, without names, times or a nonce, since a tablet keeps
//! it and shows it without a network. All that runs in it are files of ours.

use leptos::prelude::*;

use super::BuiltFiles;
use crate::i18n::Messages;
use crate::prefs::Prefs;
use crate::routes;

/// Of the font, for [`font_face`].
const FONT: &str = "fonts/inter-latin-var.woff2";

/// What the document may load: from here, and nothing else; only files run.
pub const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; \
    manifest-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/// The rules of the font, as a file.
#[must_use]
pub fn font_face(built: &BuiltFiles) -> String {
    let font = built.public(FONT);
    format!(
        "@font-face{{font-family:Inter;src:url({font}) format(\"woff2\");font-weight:400 600;font-display:swap}}\n"
    )
}

/// Where everything is that a tablet keeps, beside the documents: the program, how it looks, its icon.
#[must_use]
pub fn kept(built: &BuiltFiles, build: &str) -> Vec<String> {
    let pkg = |name: &String| routes::url(&format!("/pkg/{name}"));
    let program = built.crew.iter().map(pkg);
    let own = own_files(build).into_iter();
    let looks = built.css.iter().map(pkg);
    let public = [FONT, "icon.svg"].map(|name| built.public(name));
    own.chain(looks).chain(program).chain(public).collect()
}

/// Files that the server itself makes for the tablet.
fn own_files(build: &str) -> [String; 4] {
    ["boot.js", "font.css", "manifest.webmanifest", "icon-192.png"].map(|name| own_file(name, build))
}

/// One of them: another build has another address.
fn own_file(name: &str, build: &str) -> String {
    routes::url(&format!("/crew/{name}?v={build}"))
}

/// The whole document.
#[must_use]
pub fn document(prefs: Prefs, built: &BuiltFiles, build: &str) -> String {
    let m = Messages::of(prefs.locale);
    let pkg = |end: &str| {
        let name = built.crew.iter().find(|name| name.ends_with(end));
        name.map(|name| routes::url(&format!("/pkg/{name}")))
    };
    let (js, wasm) = (pkg("/crew.js"), pkg("/crew_bg.wasm"));
    let waiting = match (&js, &wasm) {
        (Some(_), Some(_)) => m.still_crew_begins(),
        _ => m.still_crew_not_built(),
    };
    let boot = (js.is_some() && wasm.is_some())
        .then(|| view! { <script type="module" src=own_file("boot.js", build)></script> });
    let page = view! {
        <html
            lang=prefs.locale.tag()
            dir=prefs.locale.dir()
            data-base=routes::base().to_owned()
            data-build=build.to_owned()
            data-js=js
            data-wasm=wasm
        >
            <head>
                {head(built, build)}
                {pkg("/crew.css").map(|css| view! { <link rel="stylesheet" href=css/> })}
                <script type="text/plain" id="g-messages" inner_html=m.to_crew_text()></script>
                {boot}
            </head>
            <body class="g-crew-body">
                <main class="g-main" id="crew"><p role="status">{waiting}</p></main>
                <noscript><p class="g-main">{m.still_crew_no_script()}</p></noscript>
            </body>
        </html>
    };
    whole(page)
}

/// What is shown in the place of an office page when the server cannot be reached.
#[must_use]
pub fn offline(prefs: Prefs, built: &BuiltFiles, build: &str) -> String {
    let m = Messages::of(prefs.locale);
    let page = view! {
        <html lang=prefs.locale.tag() dir=prefs.locale.dir()>
            <head>{head(built, build)}</head>
            <body>
                <main class="g-main g-still">
                    <h1 class="g-h1">{m.still_offline_title()}</h1>
                    <p>{m.still_offline()}</p>
                    <p><a class="g-btn g-btn--primary" href=routes::url("/crew")>{m.still_offline_crew()}</a></p>
                </main>
            </body>
        </html>
    };
    whole(page)
}

fn head(built: &BuiltFiles, build: &str) -> impl IntoView + use<> {
    let css = built.css.as_ref().map(|name| {
        let css = routes::url(&format!("/pkg/{name}"));
        view! { <link rel="stylesheet" href=css/> }
    });
    view! {
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
        <meta name="color-scheme" content="light dark"/>
        <title>"Gemba"</title>
        <link rel="stylesheet" href=own_file("font.css", build)/>
        {css}
        <link rel="manifest" href=own_file("manifest.webmanifest", build)/>
        <link rel="icon" href=built.public("icon.svg") type="image/svg+xml"/>
        <link rel="apple-touch-icon" href=own_file("icon-192.png", build)/>
    }
}

fn whole(page: impl IntoView) -> String {
    let owner = Owner::new();
    owner.with(|| format!("<!DOCTYPE html>{}", page.to_html()))
}
