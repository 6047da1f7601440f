//! `/admin/roles`: what each role may do, and how many people have it.

use leptos::prelude::*;

use super::admin::{AdminHead, AdminTab};
use super::credentials::may_word;
use super::parts::{Table, cell};
use crate::components::panel::Panel;
use crate::i18n::use_messages;
use crate::shell::header::role_word;

/// `/admin/roles`
#[derive(Clone, Debug)]
pub struct RolesPage {
    /// The word of each role, and how many people have it somewhere.
    pub roles: Vec<(&'static str, usize)>,
    /// The word of each capability, and whether each role has it, in their order.
    pub may: Vec<(&'static str, Vec<bool>)>,
}

/// What each role may do.
#[component]
pub fn Roles(page: RolesPage) -> impl IntoView {
    let m = use_messages();
    let mark = |may: bool| {
        let (shape, word) = if may {
            ("✓", m.still_yes())
        } else {
            ("–", m.still_no())
        };
        let class = if may { "g-marks__yes" } else { "g-marks__no" };
        cell(view! { <span class=class aria-hidden="true">{shape}</span> <span class="g-sr">{word}</span> })
    };
    let row = |(word, may): (&'static str, Vec<bool>)| {
        let first = cell(may_word(m, word));
        [first].into_iter().chain(may.into_iter().map(mark)).collect()
    };
    let counts = page.roles.iter().map(|(_, count)| cell(count.to_string()));
    let people: Vec<AnyView> = [cell(m.still_roles_people())].into_iter().chain(counts).collect();
    let roles = page.roles.iter().map(|(word, _)| role_word(m, word));
    let heads = [m.still_roles_what()].into_iter().chain(roles).collect();
    let rows = page.may.into_iter().map(row).chain([people]).collect();
    view! {
        <AdminHead tab=AdminTab::Roles title=m.still_roles().to_owned()/>
        <Panel title=m.still_roles_may().to_owned()>
            <div class="g-marks"><Table heads rows/></div>
        </Panel>
        <p class="g-caption">{m.still_roles_more()}</p>
    }
}
