//! The application: its frame and its routes.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{FlatRoutes, Redirect, Route, Router};
use leptos_router::{Lazy, SsrMode, path};
use wire::Selector;

use super::demo::DemoBar;
use super::fresh::FreshnessBar;
use super::header::Header;
use super::keys::Keys;
use super::notices::{Notices, provide_voice};
use super::palette::CommandPalette;
use super::rail::Rail;
use super::start::provide_shell;
use super::{PageError, Start};
use crate::components::Sprite;
use crate::live::provide_live;
use crate::pages;
use crate::pages::split::*;
use crate::routes;

/// Everything in the body. Messages and preferences must be in context.
#[component]
pub fn App(
    /// What the page starts from.
    start: Start,
) -> impl IntoView {
    provide_meta_context();
    provide_voice();
    let live = provide_live(&start.shell, start.share.as_ref());
    if start.share.is_none() {
        live.watch(Selector::Plant, None, Some(start.shell.position));
    }
    provide_shell(start.shell);
    let palette = RwSignal::new(false);
    let base = routes::base();
    if let Some(share) = start.share {
        provide_context(share);
        return leptos::either::Either::Left(view! {
            <Title formatter=as_text/>
            <Router base><Sprite/> <Pages/></Router>
        });
    }
    leptos::either::Either::Right(view! {
        <Title formatter=|title: String| if title.is_empty() { "Gemba".to_owned() } else { as_text(format!("{title} · Gemba")) }/>
        <Router base>
            <Sprite/>
            <div class="g-app">
                <Header open_palette=move |()| palette.set(true)/>
                <FreshnessBar/>
                <Rail/>
                {match start.trouble {
                    Some(error) => leptos::either::Either::Left(view! { <main class="g-main"><PageError error/></main> }),
                    None => leptos::either::Either::Right(view! { <Pages/> }),
                }}
                <DemoBar/>
            </div>
            <Notices/>
            <CommandPalette open=palette/>
            <Keys open_palette=move |()| palette.set(true)/>
        </Router>
    })
}

/// The routes. All are drawn whole on the server, so that they read without script.
#[component]
fn Pages() -> impl IntoView {
    let ssr = SsrMode::Async;
    view! {
        <FlatRoutes fallback=pages::NotFound>
            <Route path=path!("/") view=|| view! { <Redirect path=routes::overview()/> } ssr=ssr.clone()/>
            <Route path=path!("/overview") view=pages::Overview ssr=ssr.clone()/>
            <Route path=path!("/overview/wall") view=pages::Wall ssr=ssr.clone()/>
            <Route path=path!("/h") view={Lazy::<PlaceRoute>::new()} ssr=ssr.clone()/>
            <Route path=path!("/h/*path") view={Lazy::<PlaceRoute>::new()} ssr=ssr.clone()/>
            <Route path=path!("/assets/:id") view={Lazy::<AssetRoute>::new()} ssr=ssr.clone()/>
            <Route path=path!("/tags/:id") view={Lazy::<TagRoute>::new()} ssr=ssr.clone()/>
            <Route path=path!("/tags/:id/explain") view={Lazy::<ExplainRoute>::new()} ssr=ssr.clone()/>
            <Route path=path!("/compare") view={Lazy::<CompareRoute>::new()} ssr=ssr.clone()/>
            <Route path=path!("/sources") view={Lazy::<SourcesRoute>::new()} ssr=ssr.clone()/>
            <Route path=path!("/sources/learn") view={Lazy::<LearnRoute>::new()} ssr=ssr.clone()/>
            <Route path=path!("/search") view={Lazy::<SearchRoute>::new()} ssr=ssr.clone()/>
            <Route path=path!("/status") view={Lazy::<StatusRoute>::new()} ssr=ssr.clone()/>
            <Route path=path!("/s/:secret") view={Lazy::<SharedRoute>::new()} ssr=ssr.clone()/>
            <Route path=path!("/s/:secret/embed") view={Lazy::<SharedRoute>::new()} ssr=ssr.clone()/>
            <Route path=path!("/help") view={Lazy::<HelpRoute>::new()} ssr/>
        </FlatRoutes>
    }
}

/// Names come from outside. `leptos_meta` writes a title into the page as it is, so the server gives it as text; a
/// browser sets it as text.
fn as_text(title: String) -> String {
    if cfg!(feature = "ssr") {
        crate::fmt::escaped(&title)
    } else {
        title
    }
}
