//! Where one can go: a rail on the left, on a phone a bar at the bottom.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::icon::{Glyph, Icon};
use super::use_me;
use crate::i18n::use_messages;
use crate::routes;

/// The main navigation of pages that live.
#[component]
pub fn Rail() -> impl IntoView {
    let path = use_location().pathname;
    view! { <RailAt path=path.into()/> }
}

/// The main navigation: only pages that exist, and that the reader may see. In the order of a day's questions: how is
/// the plant, what is to be done, when; then where it comes from.
#[component]
pub fn RailAt(
    /// The address of the page it stands beside.
    path: Signal<String>,
) -> impl IntoView {
    let m = use_messages();
    let me = use_me();
    let work = me.may_see_work.then(|| {
        view! { <Item path glyph=Glyph::Work href=routes::work() label=m.nav_work() under=&["/work"] is_drawn_by_server=true/> }
    });
    let plan = me.may_plan_work.then(|| {
        view! { <Item path glyph=Glyph::Plan href=routes::plan() label=m.nav_plan() under=&["/plan"] is_drawn_by_server=true/> }
    });
    let sources = me.may_see_sources.then(|| {
        view! { <Item path glyph=Glyph::Sources href=routes::sources() label=m.nav_sources() under=&["/sources"]/> }
    });
    // A phone has no room for it; there it is among the pages of the administration.
    let status = me.may_see_status.then(|| {
        view! { <Item path glyph=Glyph::Status href=routes::status() label=m.nav_status() under=&["/status"] class="g-rail__foot g-wide"/> }
    });
    let help_class = if me.may_see_status { "" } else { "g-rail__foot" };
    view! {
        <nav class="g-rail" aria-label=m.nav_main()>
            <Item path glyph=Glyph::Overview href=routes::overview() label=m.nav_overview() under=&["/overview"]/>
            <Item path glyph=Glyph::Assets href=routes::place("") label=m.nav_assets() under=&["/h", "/assets", "/tags"]/>
            {work}
            {plan}
            {sources}
            {status}
            <Item path glyph=Glyph::Help href=routes::help() label=m.nav_help() under=&["/help"] class=help_class/>
        </nav>
    }
}

#[component]
fn Item(
    path: Signal<String>,
    glyph: Glyph,
    href: String,
    label: &'static str,
    /// Paths it stands for, with all below them.
    under: &'static [&'static str],
    #[prop(optional)] class: &'static str,
    /// The router leaves it to the browser.
    #[prop(optional)]
    is_drawn_by_server: bool,
) -> impl IntoView {
    let current = move || path.with(|path| is_under(path, under)).then_some("page");
    let rel = is_drawn_by_server.then_some("external");
    view! { <a href=href class=class rel=rel aria-current=current><Icon glyph/>{label}</a> }
}

/// Whether a path is one of `roots` or below it.
fn is_under(path: &str, roots: &[&str]) -> bool {
    let path = path.strip_prefix(routes::base()).unwrap_or(path);
    roots.iter().any(|root| {
        path.strip_prefix(root)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_stands_for_all_below_it() {
        for (path, expect) in [
            ("/h", true),
            ("/h/acme", true),
            ("/help", false),
            ("/assets/3", true),
            ("/", false),
        ] {
            assert_eq!(is_under(path, &["/h", "/assets"]), expect, "{path}");
        }
    }
}
