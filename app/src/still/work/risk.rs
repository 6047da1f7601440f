//! `/work/risk`: how likely and how bad, as a table of squares whose counts lead to their rows.

use leptos::prelude::*;

use super::{WorkNav, WorkView, words};
use crate::components::panel::Panel;
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::routes;
use crate::still::parts::{PageHead, Table, Times, cell};

/// One square.
#[derive(Clone, Debug)]
pub struct RiskSquare {
    /// 1 to 5.
    pub likelihood: u8,
    pub severity: u8,
    /// The word of its class.
    pub class: String,
    pub count: usize,
}

/// A need or an order in the list.
#[derive(Clone, Debug)]
pub struct RiskLine {
    pub title: String,
    /// Where it leads.
    pub path: String,
    pub asset: u32,
    pub asset_name: String,
    pub likelihood: u8,
    /// None where nobody knows how bad it is.
    pub severity: Option<u8>,
    /// The word of its class.
    pub class: Option<String>,
    pub latest_millis: Option<i64>,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct RiskPage {
    /// Row by row, the most likely first, the least bad first.
    pub squares: Vec<Vec<RiskSquare>>,
    /// How many stand nowhere because nobody knows how bad they are.
    pub unplaced: usize,
    /// The square that is shown: likelihood and severity; `unknown` for those that stand nowhere.
    pub shown: Option<(u8, u8)>,
    pub shows_unplaced: bool,
    pub lines: Vec<RiskLine>,
    pub total: usize,
    /// At and below it: its number and name.
    pub asset: Option<(u32, String)>,
    pub views: Vec<WorkView>,
    pub times: Times,
}

fn address(asset: Option<&(u32, String)>, square: &str) -> String {
    let asset = asset.map_or_else(String::new, |(asset, _)| format!("&asset={asset}"));
    routes::url(&format!("/work/risk?{square}{asset}"))
}

/// The matrix and its rows.
#[component]
pub fn RiskMatrix(page: RiskPage) -> impl IntoView {
    let m = use_messages();
    let fmt = use_fmt();
    let (asset, views) = (page.asset.clone(), page.views.clone());
    let title = match (page.shown, page.shows_unplaced) {
        (Some((likelihood, severity)), _) => {
            m.still_risk_at(words::likelihood(m, likelihood), words::severity(m, severity))
        }
        (None, true) => m.still_risk_unplaced_title().to_owned(),
        (None, false) => m.still_risk_worst().to_owned(),
    };
    let unplaced = (page.unplaced > 0).then(|| {
        let href = address(asset.as_ref(), "square=unknown");
        let count = u32::try_from(page.unplaced).unwrap_or(u32::MAX);
        view! { <p><a class="g-nd__link" href=href>{m.still_risk_unplaced(count)}</a></p> }
    });
    let at = asset.clone().map(|(_, name)| {
        view! { <p class="g-work__asset">{m.still_work_at(&name)} " " <a href=routes::url("/work/risk")>{m.still_work_everywhere()}</a></p> }
    });
    let shown = fmt.integer(page.total as u64);
    let heads = vec![
        m.still_risk_what(),
        m.still_work_asset(),
        m.still_risk_likelihood(),
        m.still_risk_severity(),
        m.still_risk_class(),
        m.still_need_latest(),
    ];
    let is_empty = page.lines.is_empty();
    let times = page.times.clone();
    let rows = page.lines.into_iter().map(|line| row(line, &times)).collect();
    view! {
        <PageHead title=m.still_risk()/>
        <WorkNav views/>
        {at}
        <div class="g-grid">
            <Panel title=m.still_risk_matrix().to_owned() class="g-6">
                <div class="g-panel__body g-stack">
                    <Squares squares=page.squares asset shown=page.shown/>
                    {unplaced}
                    <p class="g-caption">{m.still_risk_rule()}</p>
                </div>
            </Panel>
            <Panel title aside=shown class="g-6">
                {if is_empty {
                    view! { <p class="g-empty">{m.still_risk_none()}</p> }.into_any()
                } else {
                    view! { <Table heads rows/> }.into_any()
                }}
            </Panel>
        </div>
    }
}

/// The squares: the most likely above, the worst to the right.
#[component]
fn Squares(
    squares: Vec<Vec<RiskSquare>>,
    asset: Option<(u32, String)>,
    shown: Option<(u8, u8)>,
) -> impl IntoView {
    let m = use_messages();
    let square = |square: RiskSquare| {
        let place = (square.likelihood, square.severity);
        let class = format!("g-risk__square g-risk__square--{}", square.class);
        let label = format!(
            "{}: {}, {}, {}",
            square.count,
            words::likelihood(m, square.likelihood),
            words::severity(m, square.severity),
            words::risk_class(m, &square.class)
        );
        let href = address(asset.as_ref(), &format!("square={}-{}", place.0, place.1));
        let link = (square.count > 0).then(|| {
            view! { <a href=href aria-label=label aria-current=(shown == Some(place)).then_some("true")>{square.count}</a> }
        });
        view! { <td class=class>{link}</td> }
    };
    let row = |row: Vec<RiskSquare>| {
        let likelihood = row.first().map_or(0, |square| square.likelihood);
        view! { <tr><th scope="row">{words::likelihood(m, likelihood)}</th>{row.into_iter().map(square).collect_view()}</tr> }
    };
    let head = |severity: u8| view! { <th scope="col">{words::severity(m, severity)}</th> };
    view! {
        <div class="g-scroll">
            <table class="g-risk">
                <thead><tr><td></td>{(1..=5).map(head).collect_view()}</tr></thead>
                <tbody>{squares.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

fn row(line: RiskLine, times: &Times) -> Vec<AnyView> {
    let m = use_messages();
    let severity = line.severity.map_or("–", |severity| words::severity(m, severity));
    let class = line
        .class
        .as_deref()
        .map_or("–", |class| words::risk_class(m, class));
    vec![
        cell(view! { <a href=routes::url(&line.path)>{line.title}</a> }),
        cell(view! { <a href=routes::asset(line.asset)>{line.asset_name}</a> }),
        cell(words::likelihood(m, line.likelihood)),
        cell(severity),
        cell(class),
        cell(view! { <super::Day at=line.latest_millis times=times.clone()/> }),
    ]
}
