//! The parts of an asset: its children, each with what it does and how it is.

use leptos::prelude::*;
use wire::page::AssetNode;

use crate::components::data_badge::LiveRatio;
use crate::components::feed::Feed;
use crate::components::operating_state::OperatingState;
use crate::components::status_shape::BeyondCount;
use crate::i18n::use_messages;
use crate::live::use_live;
use crate::routes;

/// A short table of children.
#[component]
pub fn PartsPanel(
    /// The children.
    children_of: Vec<AssetNode>,
) -> impl IntoView {
    let m = use_messages();
    let live = use_live();
    let row = |node: AssetNode| {
        let summary = live.summary(node.asset.asset);
        let state = node.state.map(|state| Feed::live(live, &state.info));
        view! {
            <tr>
                <th scope="row">
                    <a class="g-cut" href=routes::asset(node.asset.asset)>
                        {node.asset.name}
                    </a>
                </th>
                <td data-label=m.col_state()>{state.map(|feed| view! { <OperatingState feed/> })}</td>
                <td data-label=m.col_beyond()>
                    <BeyondCount summary/>
                </td>
                <td class="g-n" data-label=m.col_tags()>
                    <LiveRatio summary/>
                </td>
            </tr>
        }
    };
    view! {
        <section class="g-panel" aria-label=m.asset_parts()>
            <div class="g-panel__head">
                <h2 class="g-h3">{m.asset_parts()}</h2>
            </div>
            <table class="g-table g-table--stack">
                <thead>
                    <tr>
                        <th scope="col">{m.col_name()}</th>
                        <th scope="col">{m.col_state()}</th>
                        <th scope="col">{m.col_beyond()}</th>
                        <th scope="col" class="g-n">
                            {m.col_tags()}
                        </th>
                    </tr>
                </thead>
                <tbody>{children_of.into_iter().map(row).collect_view()}</tbody>
            </table>
        </section>
    }
}
