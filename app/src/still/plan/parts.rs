//! Spare parts of a site: what is on the shelf, what is kept, what comes when.

use leptos::prelude::*;

use super::Place;
use super::search::Hidden;
use crate::components::panel::Panel;
use crate::fmt::escaped;
use crate::i18n::use_messages;
use crate::routes;
use crate::still::parts::{PageHead, Table, cell};

/// A part, in words.
#[derive(Clone, Debug)]
pub struct PartLine {
    pub id: u32,
    pub code: String,
    pub name: String,
    pub on_hand: String,
    /// Less than what is kept for orders, or none.
    pub is_short: bool,
    pub kept: String,
    pub comes: String,
    pub lead: String,
    pub price: String,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct PartsPage {
    pub place: Place,
    pub site: String,
    pub lines: Vec<PartLine>,
    pub may_export: bool,
    /// Why a file was not taken, and what was typed.
    pub bad: Vec<String>,
    pub typed: String,
    pub said: Option<String>,
}

/// Spare parts.
#[component]
pub fn SpareParts(page: PartsPage) -> impl IntoView {
    let m = use_messages();
    let said = page.said.clone();
    let said = said.map(|said| view! { <p class="g-message" role="status">{said}</p> });
    let file = page.may_export.then(
        || view! { <a class="g-btn" href=page.place.beside("parts.csv")>{m.still_plan_parts_file()}</a> },
    );
    let count = page.lines.len().to_string();
    let row = |line: PartLine| {
        let short = line
            .is_short
            .then(|| view! { " " <span class="g-badge">{m.still_plan_part_short()}</span> });
        let place = page.place.clone();
        vec![
            cell(line.code),
            cell(line.name),
            cell(view! { {line.on_hand} {short} }),
            cell(line.kept),
            cell(line.comes),
            cell(line.lead),
            cell(line.price),
            cell(
                view! { <form method="post" action=routes::url("/plan/parts")><Hidden place/><input type="hidden" name="gone" value=line.id/><button class="g-btn g-btn--sm g-btn--quiet">{m.still_plan_part_leaves()}</button></form> },
            ),
        ]
    };
    let rows = page.lines.clone().into_iter().map(row).collect();
    let heads = vec![
        m.still_plan_part_code(),
        m.still_plan_part_name(),
        m.still_plan_part_on_hand(),
        m.still_plan_part_kept(),
        m.still_plan_part_comes(),
        m.still_plan_part_lead(),
        m.still_plan_part_price(),
        "",
    ];
    let none = page
        .lines
        .is_empty()
        .then(|| view! { <p class="g-panel__body g-caption">{m.still_plan_parts_none()}</p> });
    let line = |words: String| view! { <li>{words}</li> };
    let bad = (!page.bad.is_empty()).then(|| {
        let bad = page.bad.clone().into_iter().map(line).collect_view();
        view! { <ul class="g-still__bad" role="alert">{bad}</ul> }
    });
    view! {
        <PageHead title=format!("{} · {}", m.still_plan_parts(), page.site)/>
        <p class="g-row"><a class="g-btn" href=page.place.url()>{m.still_plan_back()}</a> {file}</p>
        {said}
        <Panel title=m.still_plan_parts().to_owned() aside=count>{none} <Table heads rows/></Panel>
        <Panel title=m.still_plan_parts_add().to_owned()>
            <form method="post" action=routes::url("/plan/parts") class="g-panel__body g-stack">
                {bad}
                <Hidden place=page.place.clone()/>
                <p class="g-caption">{m.still_plan_parts_more()}</p>
                <label class="g-field"><span>{m.still_plan_file()}</span><textarea class="g-input g-work__text" name="file" rows="6" spellcheck="false" required=true placeholder="code,name,unit,on_hand,lead_days,price,deliveries" inner_html=escaped(&page.typed)></textarea></label>
                <button class="g-btn g-btn--primary">{m.still_plan_import()}</button>
            </form>
        </Panel>
    }
}
