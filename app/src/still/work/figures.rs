//! `/work/figures`: key figures of maintenance, each with its formula, its parts and the orders behind it.

use leptos::prelude::*;

use super::{WorkNav, WorkView, words};
use crate::components::panel::Panel;
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::routes;
use crate::still::parts::PageHead;

/// An order that a figure counts: its number and how people say it.
pub type Counted = (u32, String);

/// One figure.
#[derive(Clone, Debug)]
pub struct FigureLine {
    /// The word of which.
    pub word: &'static str,
    pub shown: FigureShown,
}

/// What it comes to.
#[derive(Clone, Debug)]
pub enum FigureShown {
    /// A number.
    Number {
        value: f64,
        /// `share`, `hours`, `weeks`.
        unit: &'static str,
        numerator: f64,
        denominator: f64,
        rows: Vec<Counted>,
        of: Vec<Counted>,
    },
    /// The word of why there is none.
    None(&'static str),
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct FiguresPage {
    pub lines: Vec<FigureLine>,
    /// Days back.
    pub days: u32,
    pub periods: Vec<u32>,
    /// At and below it: its number and name.
    pub asset: Option<(u32, String)>,
    /// How many orders there are in all.
    pub orders: usize,
    pub views: Vec<WorkView>,
}

/// All figures.
#[component]
pub fn Figures(page: FiguresPage) -> impl IntoView {
    let m = use_messages();
    let asset = page.asset.clone();
    let of = |asset: &Option<(u32, String)>| {
        asset
            .as_ref()
            .map_or_else(String::new, |(asset, _)| format!("&asset={asset}"))
    };
    let suffix = of(&asset);
    let tab = |days: u32| {
        let href = routes::url(&format!("/work/figures?days={days}{suffix}"));
        view! { <a href=href aria-current=(days == page.days).then_some("page")>{m.still_figure_days(days)}</a> }
    };
    let tabs = page.periods.iter().copied().map(tab).collect_view();
    let at = asset.map(|(_, name)| {
        let href = routes::url(&format!("/work/figures?days={}", page.days));
        view! { <p class="g-work__asset">{m.still_work_at(&name)} " " <a href=href>{m.still_work_everywhere()}</a></p> }
    });
    let lines = page
        .lines
        .into_iter()
        .map(|line| view! { <One line/> })
        .collect_view();
    view! {
        <PageHead title=m.still_figures()/>
        <WorkNav views=page.views/>
        {at}
        <nav class="g-tabs g-work__tabs" aria-label=m.still_figure_period()>{tabs}</nav>
        <div class="g-figure__all">{lines}</div>
        <p class="g-caption">{m.still_figure_sources()}</p>
    }
}

/// One figure with what it is made of.
#[component]
fn One(line: FigureLine) -> impl IntoView {
    let m = use_messages();
    let fmt = use_fmt();
    let number = |value: f64| fmt.number(value, if value.fract() == 0.0 { 0 } else { 1 });
    let body = match line.shown {
        FigureShown::None(why) => view! {
            <p class="g-figure__none">{m.still_figure_no_number()}</p>
            <p>{words::no_figure(m, why)}</p>
        }
        .into_any(),
        FigureShown::Number {
            value,
            unit,
            numerator,
            denominator,
            rows,
            of,
        } => {
            let value = match unit {
                "share" => fmt.value(value * 100.0, 0, Some("%")),
                "hours" => fmt.value(value, 1, Some("h")),
                _ => m.still_figure_weeks(&fmt.number(value, 1)),
            };
            let parts = format!("{} ÷ {}", number(numerator), number(denominator));
            view! {
                <p class="g-figure__value">{value}</p>
                <p class="g-figure__parts">{parts}</p>
                <Rows title=m.still_figure_rows() rows/>
                <Rows title=m.still_figure_of() rows=of/>
            }
            .into_any()
        }
    };
    view! {
        <Panel title=words::figure(m, line.word).to_owned()>
            <div class="g-panel__body g-stack g-figure">
                {body}
                <p class="g-caption">{words::formula(m, line.word)}</p>
            </div>
        </Panel>
    }
}

/// The orders behind a part of a figure.
#[component]
fn Rows(title: &'static str, rows: Vec<Counted>) -> impl IntoView {
    if rows.is_empty() {
        return ().into_any();
    }
    let count = rows.len();
    let link = |(id, number): Counted| {
        view! { <li><a href=routes::url(&format!("/work/{id}"))>{number}</a></li> }
    };
    let links = rows.into_iter().map(link).collect_view();
    view! { <details class="g-figure__rows"><summary>{title} " " {count}</summary><ul>{links}</ul></details> }
        .into_any()
}
