//! `/help`: what the shapes mean, what the words mean, what the keys do.

use leptos::prelude::*;

use super::frame::PageHead;
use crate::components::judgement::Level;
use crate::components::key_value::{KeyValue, Pair};
use crate::components::live_value::Glyph;
use crate::components::live_value::shown::Trust;
use crate::components::panel::Panel;
use crate::components::status_shape::{StatusShape, word};
use crate::i18n::use_messages;
use crate::routes;

/// The help page.
#[component]
pub fn Help() -> impl IntoView {
    let m = use_messages();
    view! {
        <main class="g-main g-asset" id="main" tabindex="-1">
            <PageHead title=m.help_title()/>
            <div class="g-grid g-asset__grid">
                <Shapes/>
                <Keys/>
                <Panel title=m.help_glossary().to_owned() class="g-6">
                    <div class="g-panel__body">
                        <KeyValue>
                            <Pair term=m.help_asset()>{m.help_asset_more()}</Pair>
                            <Pair term=m.help_tag()>{m.help_tag_more()}</Pair>
                            <Pair term=m.help_source()>{m.help_source_more()}</Pair>
                            <Pair term=m.help_normal()>{m.help_normal_more()}</Pair>
                            <Pair term=m.help_limits()>{m.help_limits_more()}</Pair>
                            <Pair term=m.help_quality()>{m.help_quality_more()}</Pair>
                        </KeyValue>
                    </div>
                </Panel>
                <Panel title=m.help_promise().to_owned() class="g-6">
                    <div class="g-panel__body g-prose">
                        <p>{m.help_promise_read_only()}</p>
                        <p>{m.help_promise_age()}</p>
                        <p>{m.help_promise_local()}</p>
                        <p><a class="g-link" href=routes::trust() rel="external">{m.help_trust()}</a></p>
                    </div>
                </Panel>
            </div>
        </main>
    }
}

/// Every shape with its word and meaning.
#[component]
fn Shapes() -> impl IntoView {
    let m = use_messages();
    let state = |symbol: &'static str, kind: &'static str, word: &'static str, meaning: &'static str| {
        view! {
            <tr>
                <td class="g-help__shape">
                    <svg class="g-op" data-op=kind aria-hidden="true">
                        <use href=symbol></use>
                    </svg>
                </td>
                <th scope="row">{word}</th>
                <td>{meaning}</td>
            </tr>
        }
    };
    let level = move |level: Level, meaning: &'static str| {
        view! {
            <tr>
                <td class="g-help__shape">
                    <StatusShape level worded=true/>
                </td>
                <th scope="row">{word(m, level)}</th>
                <td>{meaning}</td>
            </tr>
        }
    };
    let data = |trust: Trust, word: &'static str, meaning: &'static str| {
        view! {
            <tr>
                <td class="g-help__shape">
                    <Glyph trust/>
                </td>
                <th scope="row">{word}</th>
                <td>{meaning}</td>
            </tr>
        }
    };
    view! {
        <Panel title=m.help_shapes().to_owned() class="g-6">
            <table class="g-table g-help">
                <tbody>
                    {level(Level::Urgent, m.help_urgent())} {level(Level::High, m.help_high())} {level(Level::Medium, m.help_medium())} {level(Level::Low, m.help_low())}
                    {state("#o-running", "running", m.state_running(), m.help_running())}
                    {state("#o-idle", "idle", m.state_idle(), m.help_idle())}
                    {state("#o-stopped", "stopped", m.state_stopped(), m.help_stopped())}
                    {data(Trust::Late, m.data_late(), m.help_late())}
                    {data(Trust::Stale, m.data_stale(), m.help_stale())}
                    {data(Trust::Offline, m.data_offline(), m.help_offline())}
                    {data(Trust::Bad, m.data_bad(), m.help_bad())}
                    {data(Trust::Uncertain, m.data_uncertain(), m.help_uncertain())}
                </tbody>
            </table>
        </Panel>
    }
}

/// What the keys do.
#[component]
fn Keys() -> impl IntoView {
    let m = use_messages();
    let key = |keys: &'static [&'static str], meaning: &'static str| {
        let keys = keys
            .iter()
            .map(|key| view! { <kbd class="g-kbd">{*key}</kbd> " " })
            .collect_view();
        view! {
            <tr>
                <th scope="row">{keys}</th>
                <td>{meaning}</td>
            </tr>
        }
    };
    view! {
        <Panel title=m.help_keys().to_owned() class="g-6">
            <table class="g-table g-help g-help--keys">
                <tbody>
                    {key(&["Ctrl K", "/"], m.help_key_search())} {key(&["G", "O"], m.help_key_overview())}
                    {key(&["G", "A"], m.help_key_assets())} {key(&["?"], m.help_key_help())}
                    {key(&["↑", "↓"], m.help_key_tree_move())} {key(&["→", "←"], m.help_key_tree_open())}
                    {key(&["*"], m.help_key_tree_all())} {key(&["Enter"], m.help_key_tree_enter())}
                    {key(&["Esc"], m.help_key_escape())}
                </tbody>
            </table>
        </Panel>
    }
}
