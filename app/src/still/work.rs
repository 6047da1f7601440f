//! `/work`: work orders, drawn by the server alone. Here is the list; `new` asks for work, `order` is one order.

mod figures;
mod files;
mod fixes;
mod forms;
mod log;
mod new;
mod order;
mod records;
mod risk;
mod views;

pub use figures::{Counted, FigureLine, FigureShown, Figures, FiguresPage};
pub use files::{FileLine, Files};
pub use fixes::{FixLine, Fixes};
pub use forms::{ChoiceLine, ConflictLine, MoveLine, PlanForm, StepLine, StepShown};
pub use log::{FindingLine, LogLine, Saying};
pub use new::{NewWork, NewWorkPage, ReportForm};
pub use order::{Bad, Forms, OrderNeed, OrderPage, WorkOrder};
pub use records::{PartChoice, RecordLine, Recorded, Records, TickLine};
pub use risk::{RiskLine, RiskMatrix, RiskPage, RiskSquare};
pub use views::{WorkNav, WorkView};

pub use crate::words;

pub(super) use log::name_of;

use leptos::prelude::*;

use super::parts::{PageHead, Table, Times, cell};
use crate::components::panel::Panel;
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::routes;

/// An order in the list.
#[derive(Clone, Debug)]
pub struct WorkLine {
    pub id: u32,
    /// `WO-12`.
    pub number: String,
    pub title: String,
    pub asset: u32,
    pub asset_name: String,
    /// The word of its group; `cancelled` for none.
    pub group: String,
    pub priority: String,
    pub due_millis: Option<i64>,
}

/// What the list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct WorkFilter {
    /// The word of a group, `open`, `cancelled` or `all`.
    pub group: String,
    /// At and below it: its number and name.
    pub asset: Option<(u32, String)>,
    pub text: String,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct WorkListPage {
    pub lines: Vec<WorkLine>,
    pub filter: WorkFilter,
    /// The word of each group and how many it has.
    pub counts: Vec<(String, usize)>,
    /// How many there are, and from which on they are shown.
    pub total: usize,
    pub offset: usize,
    /// Lines of a page.
    pub most: usize,
    /// A problem may be reported on the asset that the list is narrowed to.
    pub may_report: bool,
    pub views: Vec<WorkView>,
    /// What fixed the asset before that the list is narrowed to.
    pub fixes: Vec<FixLine>,
    pub times: Times,
}

/// The address of a list.
fn address(filter: &WorkFilter, group: &str, offset: usize) -> String {
    let mut address = routes::url(&format!("/work?group={group}"));
    if let Some((asset, _)) = &filter.asset {
        address += &format!("&asset={asset}");
    }
    if !filter.text.is_empty() {
        let text = routes::encode_path(&filter.text)
            .replace('&', "%26")
            .replace('+', "%2B");
        address += &format!("&q={text}");
    }
    if offset > 0 {
        address += &format!("&from={offset}");
    }
    address
}

/// The backlog, and what else there is.
#[component]
pub fn WorkList(page: WorkListPage) -> impl IntoView {
    let m = use_messages();
    let fmt = use_fmt();
    let WorkListPage {
        lines,
        filter,
        counts,
        total,
        offset,
        most,
        may_report,
        views,
        fixes,
        times,
    } = page;
    let tab = |(group, count): (String, usize)| {
        let is_here = group == filter.group;
        let label = format!("{} {}", words::group(m, &group), fmt.integer(count as u64));
        view! { <a href=address(&filter, &group, 0) aria-current=is_here.then_some("page")>{label}</a> }
    };
    let tabs = counts.into_iter().map(tab).collect_view();
    let is_empty = lines.is_empty();
    let rows = lines.into_iter().map(|line| row(line, &times)).collect();
    let heads = vec![
        m.still_work_title(),
        m.still_work_number(),
        m.still_work_asset(),
        m.still_work_state(),
        m.still_work_priority(),
        m.still_work_due(),
    ];
    let report = filter.asset.as_ref().filter(|_| may_report).map(|(asset, _)| {
        let href = routes::url(&format!("/work/new?asset={asset}"));
        view! { <a class="g-btn g-btn--primary" href=href>{m.still_work_report()}</a> }
    });
    let has_report = report.is_some();
    let shown = format!(
        "{}–{} / {}",
        fmt.integer((offset + 1).min(total) as u64),
        fmt.integer((offset + most).min(total) as u64),
        fmt.integer(total as u64)
    );
    let step = |to: Option<usize>, label| {
        to.map(|to| view! { <a class="g-btn" href=address(&filter, &filter.group, to)>{label}</a> })
    };
    let back = step(
        (offset > 0).then(|| offset.saturating_sub(most)),
        m.still_work_back(),
    );
    let csv = (!is_empty).then(|| {
        let file = address(&filter, &filter.group, 0).replacen("/work?", "/api/v1/work-orders.csv?", 1);
        view! { <a class="g-btn g-push" href=file download="">{m.still_work_csv()}</a> }
    });
    let on = step(
        (offset + most < total).then_some(offset + most),
        m.still_work_on(),
    );
    view! {
        <PageHead title=m.still_work()/>
        <WorkNav views/>
        <FilterForm filter=filter.clone()/>
        <nav class="g-tabs g-work__tabs" aria-label=m.still_work_state()>{tabs}</nav>
        {report.map(|report| view! { <p class="g-work__act">{report}</p> })}
        <Panel title=words::group(m, &filter.group).to_owned() aside=shown>
            {if is_empty {
                view! { <p class="g-empty">{m.still_work_none()} {(!has_report).then(|| view! { " " {m.still_work_none_more()} })}</p> }.into_any()
            } else {
                view! { <Table heads rows/> }.into_any()
            }}
            <p class="g-row g-panel__body">{back} {on} {csv}</p>
        </Panel>
        <Fixes fixes times/>
    }
}

fn row(line: WorkLine, times: &Times) -> Vec<AnyView> {
    let m = use_messages();
    let path = routes::url(&format!("/work/{}", line.id));
    let asset = routes::asset(line.asset);
    vec![
        cell(view! { <a href=path>{line.title}</a> }),
        cell(line.number),
        cell(view! { <a href=asset>{line.asset_name}</a> }),
        cell(view! { <State group=line.group due=line.due_millis now=times.now_millis/> }),
        cell(words::priority(m, &line.priority)),
        cell(view! { <Day at=line.due_millis times=times.clone()/> }),
    ]
}

/// What is typed to narrow the list.
#[component]
fn FilterForm(filter: WorkFilter) -> impl IntoView {
    let m = use_messages();
    let all = WorkFilter {
        asset: None,
        ..filter.clone()
    };
    let asset = filter.asset.map(|(asset, name)| {
        let href = address(&all, &all.group, 0);
        view! {
            <input type="hidden" name="asset" value=asset/>
            <span class="g-work__asset">{m.still_work_at(&name)} " " <a href=href>{m.still_work_everywhere()}</a></span>
        }
    });
    view! {
        <form method="get" action=routes::url("/work") class="g-row g-row--wrap g-still__filter" role="search">
            <input type="hidden" name="group" value=filter.group/>
            <label class="g-field"><span>{m.still_work_find()}</span><input class="g-input" type="search" name="q" value=filter.text maxlength="100"/></label>
            <button class="g-btn">{m.still_narrow()}</button>
            {asset}
        </form>
    }
}

/// The group of an order by shape and word; how long it is overdue.
#[component]
pub(super) fn State(
    /// The word of the group.
    #[prop(into)]
    group: String,
    /// Its due date, in milliseconds.
    due: Option<i64>,
    /// Now, in milliseconds.
    now: i64,
) -> impl IntoView {
    let m = use_messages();
    let is_overdue = group == "overdue";
    let shape = match group.as_str() {
        "in_progress" => "◧",
        "blocked" => "‖",
        "done" => "☑",
        "cancelled" => "–",
        _ => "☐",
    };
    let words = match due.filter(|_| is_overdue) {
        Some(due) => m.still_work_overdue_by(&use_fmt().age(now - due)),
        None => words::group(m, &group).to_owned(),
    };
    view! { <span class="g-work__state" class:g-work__state--overdue=is_overdue><span aria-hidden="true">{shape}</span> " " {words}</span> }
}

/// A day by the site's calendar; a dash for none.
#[component]
pub(in crate::still) fn Day(at: Option<i64>, times: Times) -> impl IntoView {
    let fmt = use_fmt();
    at.map_or_else(|| "–".to_owned(), |at| fmt.date_year(&times.zone, at))
}

/// What is not there, or not for whoever asks: both are told alike.
#[component]
pub fn Missing(is_asset: bool) -> impl IntoView {
    let m = use_messages();
    let words = if is_asset {
        m.still_work_no_asset()
    } else {
        m.still_work_not_there()
    };
    view! {
        <section class="g-panel g-still__box" aria-labelledby="title">
            <h1 class="g-h2" id="title">{words}</h1>
            <p><a class="g-btn" href=routes::url("/work")>{m.still_work()}</a></p>
        </section>
    }
}
