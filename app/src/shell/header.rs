//! The top of every page: name, sites, search, theme and language.

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;

use super::icon::{Glyph, Icon};
use super::{use_me, use_shell, use_site};
use crate::i18n::{Locale, Messages, use_messages};
use crate::prefs::{Theme, use_prefs};
use crate::routes;
use wire::page::Units;

/// The header.
#[component]
pub fn Header(
    /// Opens the search.
    #[prop(into)]
    open_palette: Callback<()>,
) -> impl IntoView {
    let m = use_messages();
    // With script the link opens the palette; without it, or with a modifier, it is a link.
    let open = move |event: MouseEvent| {
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            open_palette.run(());
        }
    };
    // The router takes the link for one of its own and leaves the focus where it is.
    let skip = |event: MouseEvent| {
        let main = document()
            .get_element_by_id("main")
            .and_then(|main| main.dyn_into::<HtmlElement>().ok());
        if let Some(main) = main {
            event.prevent_default();
            // Fails only for an element out of the page.
            main.focus().unwrap_or_default();
        }
    };
    view! {
        <header class="g-head">
            <a class="g-skip" href="#main" on:click=skip>{m.nav_skip()}</a>
            <a class="g-logo" href=routes::overview() aria-label=m.nav_home()>
                <svg width="24" height="24" viewBox="0 0 24 24" aria-hidden="true">
                    <rect x="1.5" y="1.5" width="21" height="21" rx="4" fill="none" stroke="currentColor" stroke-width="2"/>
                    <rect x="7" y="7" width="10" height="10" rx="1.5" fill="currentColor"/>
                </svg>
                <span>"Gemba"</span>
            </a>
            <SiteSwitcher/>
            <a class="g-btn g-head__search" href=routes::search() on:click=open>
                <Icon glyph=Glyph::Search small=true/>
                <span>{m.nav_search()}</span>
                <kbd class="g-kbd" aria-hidden="true">"Ctrl K"</kbd>
            </a>
            <div class="g-head__end">
                <LanguageMenu/>
                <UnitsMenu/>
                <ThemeMenu/>
                <AccountMenu/>
            </div>
        </header>
    }
}

/// The plant's sites, each a link.
#[component]
fn SiteSwitcher() -> impl IntoView {
    let m = use_messages();
    let (shell, site) = (use_shell(), use_site());
    let here = move || site.get().unwrap_or_else(|| m.nav_sites().to_owned());
    let sites = move || {
        shell.with(|shell| {
            let link = |site: &wire::page::AssetRef| {
                view! { <li><a href=routes::place(&site.path)>{site.name.clone()}</a></li> }
            };
            shell.sites.iter().map(link).collect_view()
        })
    };
    view! {
        <details class="g-drop" data-drop="">
            <summary class="g-btn"><span class="g-cut">{here}</span><Icon glyph=Glyph::Down small=true/></summary>
            <ul class="g-menu">
                <li><a href=routes::place("")>{m.nav_all_sites()}</a></li>
                {sites}
            </ul>
        </details>
    }
}

/// Light, dark, contrast or the system's choice.
#[component]
fn ThemeMenu() -> impl IntoView {
    let m = use_messages();
    let chosen = use_prefs().theme;
    let label = move |theme| match theme {
        Theme::Auto => m.theme_auto(),
        Theme::Light => m.theme_light(),
        Theme::Dark => m.theme_dark(),
        Theme::Contrast => m.theme_contrast(),
    };
    let choices = Theme::ALL.map(|theme| (theme.as_str(), label(theme), theme == chosen));
    view! { <Choice name="theme" title=m.theme_title() glyph=Glyph::Theme choices=choices.into()/> }
}

/// In which units values are shown.
#[component]
fn UnitsMenu() -> impl IntoView {
    let m = use_messages();
    let chosen = use_prefs().units;
    let label = move |units| match units {
        Units::Measured => m.units_measured(),
        Units::Si => m.units_si(),
        Units::Us => m.units_us(),
    };
    let choices = Units::ALL.map(|units| (units.as_str(), label(units), units == chosen));
    view! { <Choice name="units" title=m.units_title() glyph=Glyph::Units choices=choices.into()/> }
}

/// Who reads, their account, and the way out; in the demo the roles to look through.
#[component]
fn AccountMenu() -> impl IntoView {
    let m = use_messages();
    let me = use_me();
    let role = role_word(m, &me.role);
    let name = if me.name.is_empty() {
        role.to_owned()
    } else {
        format!("{} · {role}", me.name)
    };
    // Pages that the server alone draws: the router leaves these links to the browser.
    let link = |href, label| view! { <li><a href=href rel="external">{label}</a></li> };
    let account = me.has_account.then(|| link(routes::account(), m.me_account()));
    let admin = me
        .may_administer
        .then(|| link(routes::admin_people(), m.me_admin()));
    let sign_out = me.has_account.then(|| {
        view! { <li><form method="post" action=routes::sign_out()><button>{m.me_sign_out()}</button></form></li> }
    });
    let sign_in = (!me.has_account).then(|| link(routes::sign_in(), m.me_sign_in()));
    let roles = me.may_choose.then(|| {
        let role = |word: &'static str| {
            let is_it = (word == me.role).to_string();
            view! { <li><button name="role" value=word aria-pressed=is_it>{role_word(m, word)}</button></li> }
        };
        view! {
            <form method="post" action=routes::url("/visit")>
                <ul class="g-menu__part" aria-label=m.me_look_as()>{ROLES.map(role).collect_view()}</ul>
            </form>
        }
    });
    view! {
        <details class="g-drop g-drop--end" data-drop="">
            <summary class="g-btn g-btn--icon" aria-label=m.me_title()><Icon glyph=Glyph::Person/></summary>
            <div class="g-menu g-menu--parts">
                <p class="g-caption">{name}</p>
                {roles}
                <ul class="g-menu__part">{account} {admin} {sign_in} {sign_out}</ul>
            </div>
        </details>
    }
}

/// The words of roles, from the least on.
pub const ROLES: [&str; 7] = [
    "viewer",
    "operator",
    "technician",
    "planner",
    "engineer",
    "administrator",
    "owner",
];

/// A role in the reader's language.
#[must_use]
pub fn role_word(m: Messages, role: &str) -> &'static str {
    match role {
        "viewer" => m.role_viewer(),
        "operator" => m.role_operator(),
        "technician" => m.role_technician(),
        "planner" => m.role_planner(),
        "engineer" => m.role_engineer(),
        "administrator" => m.role_administrator(),
        "owner" => m.role_owner(),
        _ => m.role_none(),
    }
}

/// One preference behind an icon. A form, so that it works without script.
#[component]
fn Choice(
    /// As the server function names it.
    name: &'static str,
    title: &'static str,
    glyph: Glyph,
    /// Word, label, and whether it is chosen.
    choices: Vec<(&'static str, &'static str, bool)>,
) -> impl IntoView {
    let item = |(value, label, is_chosen): (&'static str, &'static str, bool)| {
        view! { <li><button name=name value=value aria-pressed=is_chosen.to_string()>{label}</button></li> }
    };
    // boot.js changes the theme by itself.
    let is_theme = (name == "theme").then_some("");
    view! {
        <details class="g-drop g-drop--end" data-drop="">
            <summary class="g-btn g-btn--icon" aria-label=title><Icon glyph/></summary>
            <form method="post" action=routes::url("/api/fn/prefs") data-theme-form=is_theme>
                <ul class="g-menu">{choices.into_iter().map(item).collect_view()}</ul>
            </form>
        </details>
    }
}

/// The reader's language.
#[component]
fn LanguageMenu() -> impl IntoView {
    let m = use_messages();
    let chosen = use_prefs().locale;
    let item = move |locale: Locale| {
        let checked = (locale == chosen).to_string();
        view! {
            <li><button name="lang" value=locale.tag() lang=locale.tag() aria-pressed=checked>{locale.own_name()}</button></li>
        }
    };
    view! {
        <details class="g-drop g-drop--end" data-drop="">
            <summary class="g-btn g-btn--icon" aria-label=m.nav_language()><Icon glyph=Glyph::Language/></summary>
            <form method="post" action=routes::url("/api/fn/prefs")>
                <ul class="g-menu">{Locale::OFFERED.map(item).collect_view()}</ul>
            </form>
        </details>
    }
}
