//! `/work/plans`: preventive plans and when each comes due.

use leptos::prelude::*;

use crate::components::panel::Panel;
use crate::i18n::use_messages;
use crate::routes;
use crate::still::parts::{PageHead, Table, Times, cell};
use crate::still::work::{Day, WorkNav, WorkView};

/// A plan in the list.
#[derive(Clone, Debug)]
pub struct PlanLine {
    pub id: u32,
    pub title: String,
    pub asset: u32,
    pub asset_name: String,
    /// By what it comes due, in words.
    pub by: String,
    /// When, where that is known.
    pub due_millis: Option<i64>,
    /// Beside the date: what is left, or why there is none.
    pub note: String,
    pub is_on: bool,
    /// The need that it has raised.
    pub need: Option<u32>,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct PlanListPage {
    pub lines: Vec<PlanLine>,
    /// At and below it: its number and name.
    pub asset: Option<(u32, String)>,
    pub may_write: bool,
    /// What was looked for to plan for, and what was found: assets by number, name and path.
    pub text: String,
    pub found: Vec<(u32, String, String)>,
    pub views: Vec<WorkView>,
    pub times: Times,
}

/// All plans that one sees.
#[component]
pub fn Plans(page: PlanListPage) -> impl IntoView {
    let m = use_messages();
    let PlanListPage {
        lines,
        asset,
        may_write,
        text,
        found,
        views,
        times,
    } = page;
    let count = lines.len().to_string();
    let is_empty = lines.is_empty();
    let rows = lines.into_iter().map(|line| row(line, &times)).collect();
    let heads = vec![
        m.still_plan(),
        m.still_work_asset(),
        m.still_plan_by(),
        m.still_plan_next(),
        m.still_plan_note(),
    ];
    let new = asset.clone().filter(|_| may_write).map(|(asset, _)| {
        let href = routes::url(&format!("/work/plans/new?asset={asset}"));
        view! { <a class="g-btn g-btn--primary" href=href>{m.still_plan_new()}</a> }
    });
    let at = asset.clone().map(|(_, name)| {
        view! { <span class="g-work__asset">{m.still_work_at(&name)} " " <a href=routes::url("/work/plans")>{m.still_work_everywhere()}</a></span> }
    });
    let search = (may_write && asset.is_none()).then(|| view! { <Search text found/> });
    view! {
        <PageHead title=m.still_plans()/>
        <WorkNav views/>
        <div class="g-row g-row--wrap g-work__act">{new} {at}</div>
        <Panel title=m.still_plans().to_owned() aside=count>
            {if is_empty {
                view! { <p class="g-empty">{m.still_plan_none()}</p> }.into_any()
            } else {
                view! { <Table heads rows/> }.into_any()
            }}
        </Panel>
        {search}
    }
}

/// For which equipment a plan is to be written.
#[component]
fn Search(text: String, found: Vec<(u32, String, String)>) -> impl IntoView {
    let m = use_messages();
    let nothing = (!text.is_empty() && found.is_empty()).then(|| view! { <p>{m.still_plan_not_found()}</p> });
    let line = |(asset, name, path): (u32, String, String)| {
        let href = routes::url(&format!("/work/plans/new?asset={asset}"));
        view! { <li><a href=href>{name}</a> " " <span class="g-caption">{path}</span></li> }
    };
    let found = found.into_iter().map(line).collect_view();
    view! {
        <Panel title=m.still_plan_new().to_owned() class="g-nd__search">
            <div class="g-panel__body g-stack">
                <form method="get" action=routes::url("/work/plans") class="g-row g-row--wrap g-nd__find" role="search">
                    <label class="g-field"><span>{m.still_plan_for()}</span><input class="g-input" type="search" name="q" value=text maxlength="100"/></label>
                    <button class="g-btn">{m.still_plan_find()}</button>
                </form>
                {nothing}
                <ul class="g-work__list">{found}</ul>
            </div>
        </Panel>
    }
}

fn row(line: PlanLine, times: &Times) -> Vec<AnyView> {
    let m = use_messages();
    let href = routes::url(&format!("/work/plans/{}", line.id));
    let need = line.need.map(|need| {
        view! { " " <a class="g-nd__link" href=super::need_url(need)>{m.still_need_number(&need.to_string())}</a> }
    });
    let note = if line.is_on {
        line.note
    } else {
        m.still_plan_off().to_owned()
    };
    vec![
        cell(view! { <a href=href>{line.title}</a> }),
        cell(view! { <a href=routes::asset(line.asset)>{line.asset_name}</a> }),
        cell(view! { <span class="g-nd__why">{line.by}</span> }),
        cell(view! { <Day at=line.due_millis.filter(|_| line.is_on) times=times.clone()/> }),
        cell(view! { <span class="g-nd__why">{note} {need}</span> }),
    ]
}
