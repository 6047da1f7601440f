//! The week: a row a person by craft, their shifts, their jobs, and what lines are to make. Places are per cent of
//! the week from the left, nights folded.

use leptos::prelude::*;

use super::Place;
use crate::i18n::use_messages;

/// A day above the rows.
#[derive(Clone, Debug)]
pub struct DayHead {
    /// `2026-11-30`.
    pub date: String,
    /// `Mon 30`.
    pub label: String,
    pub is_today: bool,
}

/// From where, how wide.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shade {
    pub left: f64,
    pub width: f64,
}

impl Shade {
    fn style(self) -> String {
        format!(
            "inset-inline-start:{:.3}%;inline-size:{:.3}%",
            self.left, self.width
        )
    }
}

/// What a line makes.
#[derive(Clone, Debug)]
pub struct Run {
    pub at: Shade,
    pub label: String,
    /// In words with its times.
    pub said: String,
}

/// A line.
#[derive(Clone, Debug)]
pub struct LineRow {
    pub name: String,
    pub runs: Vec<Run>,
    pub free: Vec<Shade>,
}

/// A job of somebody.
#[derive(Clone, Debug)]
pub struct Bar {
    pub id: u32,
    pub number: String,
    pub title: String,
    pub at: Shade,
    /// How wide its words may be, up to the next one.
    pub room: f64,
    /// `done`, `begun`, `fixed`, `set` or `new`.
    pub kind: &'static str,
    pub is_selected: bool,
    /// Something is wrong with it.
    pub is_broken: bool,
    /// All of it in words.
    pub said: String,
    /// By the site's clock, `2026-11-30T08:00`.
    pub start: String,
    pub minutes: i64,
    /// How much of its order's log the page has.
    pub seen: u32,
}

/// A person.
#[derive(Clone, Debug)]
pub struct PersonRow {
    pub id: u32,
    pub name: String,
    pub on: Vec<Shade>,
    pub bars: Vec<Bar>,
    /// Where jobs were before they were drafted elsewhere.
    pub ghosts: Vec<Shade>,
    /// When the selected job may be done, on the rows it is on.
    pub legal: Option<Shade>,
}

/// People of a craft.
#[derive(Clone, Debug)]
pub struct Group {
    pub craft: String,
    pub rows: Vec<PersonRow>,
}

/// What the week shows beside people.
#[derive(Clone, Debug, Default)]
pub struct Around {
    pub now: Option<f64>,
    /// Up to where nothing is moved any more.
    pub frozen: Option<f64>,
    pub bands: Vec<Shade>,
    pub days: usize,
}

/// The week.
#[component]
pub fn Gantt(
    place: Place,
    days: Vec<DayHead>,
    hours: (i8, i8),
    lines: Vec<LineRow>,
    groups: Vec<Group>,
    around: Around,
) -> impl IntoView {
    let m = use_messages();
    let dates: Vec<String> = days.iter().map(|day| day.date.clone()).collect();
    let each = 100.0 / days.len().max(1) as f64;
    let head = |(at, day): (usize, DayHead)| {
        let style = format!(
            "inset-inline-start:{:.3}%;inline-size:{each:.3}%",
            each * at as f64
        );
        let middle = i32::from(hours.0) + (i32::from(hours.1) - i32::from(hours.0)) / 2;
        view! {
            <span role="columnheader" class="g-plan__day" class:g-plan__day--today=day.is_today style=style>
                <b>{day.label}</b>
                <small aria-hidden="true"><span>{format!("{:02}", hours.0)}</span> <span>{format!("{middle:02}")}</span></small>
            </span>
        }
    };
    let heads = days.into_iter().enumerate().map(head).collect_view();
    let lines = lines.into_iter().map(line_row).collect_view();
    let groups = groups
        .into_iter()
        .map(|group| group_rows(&place, group))
        .collect_view();
    let nights = if hours == (0, 24) {
        ""
    } else {
        m.still_plan_nights()
    };
    view! {
        <div class="g-plan__gantt" data-dates=dates.join(",") data-hours=format!("{}-{}", hours.0, hours.1)>
            <div role="grid" aria-label=m.still_plan_week() class="g-plan__grid">
                <div role="row" class="g-plan__row g-plan__row--head">
                    <span role="columnheader" class="g-plan__name g-caption">{nights}<span class="g-sr">{m.still_plan_who()}</span></span>
                    <span class="g-plan__lane" role="presentation">{heads}</span>
                </div>
                {lines} {groups}
            </div>
            <Overlay around/>
        </div>
    }
}

/// Lines over all rows: days, now, the frozen part, and when the line of the selected job stands.
#[component]
fn Overlay(around: Around) -> impl IntoView {
    let each = 100.0 / around.days.max(1) as f64;
    let day = |at: usize| view! { <i class="g-plan__rule" style=format!("inset-inline-start:{:.3}%", each * at as f64)></i> };
    let at = |class: &'static str, at: f64| view! { <i class=class style=format!("inset-inline-start:{at:.3}%")></i> };
    let frozen = around
        .frozen
        .map(|frozen| view! { <i class="g-plan__frozen" style=format!("inline-size:{frozen:.3}%")></i> });
    let band = |band: Shade| view! { <i class="g-plan__band" style=band.style()></i> };
    view! {
        <div class="g-plan__over" aria-hidden="true">
            {frozen}
            {(1..around.days).map(day).collect_view()}
            {around.bands.into_iter().map(band).collect_view()}
            {around.frozen.map(|frozen| at("g-plan__edge", frozen))}
            {around.now.map(|now| at("g-plan__now", now))}
        </div>
    }
}

fn line_row(line: LineRow) -> impl IntoView {
    let run = |run: Run| view! { <span class="g-plan__run" style=run.at.style() title=run.said.clone()><span class="g-sr">{run.said.clone()}</span><span aria-hidden="true">{run.label}</span></span> };
    let free = |free: Shade| view! { <i class="g-plan__free" style=free.style()></i> };
    view! {
        <div role="row" class="g-plan__row g-plan__row--line">
            <span role="rowheader" class="g-plan__name g-cut">{line.name}</span>
            <div role="gridcell" class="g-plan__lane">
                {line.free.into_iter().map(free).collect_view()}
                {line.runs.into_iter().map(run).collect_view()}
            </div>
        </div>
    }
}

fn group_rows(place: &Place, group: Group) -> impl IntoView {
    let rows = group
        .rows
        .into_iter()
        .map(|row| person_row(place, row))
        .collect_view();
    view! {
        <div role="row" class="g-plan__row g-plan__row--craft"><span role="rowheader" class="g-plan__name"><span class="g-plan__craft">{group.craft}</span></span></div>
        {rows}
    }
}

fn person_row(place: &Place, row: PersonRow) -> impl IntoView {
    let on = |on: Shade| view! { <i class="g-plan__on" style=on.style()></i> };
    let ghost = |ghost: Shade| view! { <i class="g-plan__ghost" style=ghost.style()></i> };
    let legal = row
        .legal
        .map(|legal| view! { <i class="g-plan__legal" style=legal.style()></i> });
    let is_selected = row.bars.iter().any(|bar| bar.is_selected);
    let bars = row
        .bars
        .into_iter()
        .map(|one| bar(place, one, row.id))
        .collect_view();
    view! {
        <div role="row" class="g-plan__row" class:g-plan__row--selected=is_selected data-person=row.id data-name=row.name.clone()>
            <span role="rowheader" class="g-plan__name g-cut">{row.name.clone()}</span>
            <div role="gridcell" class="g-plan__lane">
                {row.on.into_iter().map(on).collect_view()}
                {legal}
                {row.ghosts.into_iter().map(ghost).collect_view()}
                {bars}
            </div>
        </div>
    }
}

fn bar(place: &Place, bar: Bar, person: u32) -> impl IntoView {
    let class = format!(
        "g-plan__job g-plan__job--{}{}{}",
        bar.kind,
        if bar.is_selected {
            " g-plan__job--selected"
        } else {
            ""
        },
        if bar.is_broken { " g-plan__job--broken" } else { "" }
    );
    let room = bar.room.max(bar.at.width);
    let style = format!("inset-inline-start:{:.3}%;inline-size:{room:.3}%", bar.at.left);
    let share = format!("inline-size:{:.2}%", 100.0 * bar.at.width / room);
    let is_movable = matches!(bar.kind, "set" | "new");
    let mark = match bar.kind {
        "done" => "✓ ",
        "begun" => "◧ ",
        _ => "",
    };
    view! {
        <a class=class style=style href=place.order(bar.id) aria-label=bar.said.clone() title=bar.said
            aria-current=bar.is_selected.then_some("true")
            data-order=bar.id data-person=person data-start=bar.start data-minutes=bar.minutes data-seen=bar.seen
            data-movable=is_movable.then_some("")>
            <span class="g-plan__words">{mark} {(bar.is_broken).then_some("⚠ ")} <b>{bar.number}</b> " " {bar.title}</span>
            <i class="g-plan__bar" style=share></i>
        </a>
    }
}
