//! The document of a page without a client.

use leptos::prelude::*;

use crate::components::sprite::Sprite;
use crate::fmt::Fmt;
use crate::i18n::{Messages, use_messages};
use crate::shell::document::whole;
use crate::shell::header::Header;
use crate::shell::rail::RailAt;
use crate::shell::start::{provide_shell, use_shell};
use crate::shell::{BuiltFiles, Start};
use crate::{routes, still};

/// What only these pages look like.
const STYLE: &str = concat!(
    include_str!("still.css"),
    include_str!("share/share.css"),
    include_str!("labels.css"),
    include_str!("work/work.css"),
    include_str!("needs/needs.css"),
    include_str!("plan/plan.css")
);
/// What makes some pages nicer; all work without.
const SCRIPT: &str = concat!(include_str!("still.js"), include_str!("plan/plan.js"));

/// What stands around the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// Nothing but the name: nobody is signed in.
    Bare,
    /// The header.
    Header,
    /// Nothing: it is shown within a page, or printed.
    Nothing,
}

/// A whole document as text, of this path. `draw` makes what is in it, in the reader's language.
#[must_use]
pub fn document<V: IntoView>(
    start: &Start,
    built: &BuiltFiles,
    nonce: &str,
    frame: Frame,
    path: &str,
    title: impl FnOnce(Messages) -> String,
    draw: impl FnOnce() -> V,
) -> String {
    let owner = Owner::new();
    owner.with(|| {
        routes::set_base(&start.base);
        let messages = Messages::of(start.prefs.locale);
        provide_context(messages);
        provide_context(start.prefs);
        provide_context(Fmt::new(start.prefs.locale));
        provide_shell(start.shell.clone());
        // Without its client a page is as it is: what the sheet and the script need is all it gets.
        let still = BuiltFiles {
            js: None,
            wasm: None,
            ..built.clone()
        };
        let title = format!("{} · Gemba", title(messages));
        let body = view! {
            <Sprite/>
            {still::frame::around(frame, path, draw())}
        };
        whole(
            start.prefs,
            &still,
            nonce.to_owned(),
            false,
            view! { <style nonce=nonce.to_owned() inner_html=STYLE></style> <script type="module" nonce=nonce.to_owned() inner_html=SCRIPT></script> },
            view! { <title>{title}</title> },
            body,
        )
        .to_html()
    })
}

fn around(frame: Frame, path: &str, page: impl IntoView) -> impl IntoView {
    let path = path.to_owned();
    let header = (frame == Frame::Header).then(|| {
        view! {
            <Header open_palette=|()| ()/>
            <RailAt path=Signal::stored(path)/>
        }
    });
    let is_demo = frame == Frame::Header && use_shell().with_untracked(|shell| shell.demo.is_some());
    let demo = is_demo
        .then(|| view! { <span class="g-demo-badge g-still__demo">{use_messages().demo_badge()}</span> });
    let logo = (frame == Frame::Bare).then(|| view! { <p class="g-still__logo">"Gemba"</p> });
    view! {
        <div class="g-still" class:g-still--bare=frame != Frame::Header class:g-still--plain=frame == Frame::Nothing>
            {header}
            <main class="g-main" id="main" tabindex="-1">{logo} {demo} {page}</main>
        </div>
    }
}
