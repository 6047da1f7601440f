//! Hours planned against hours there are, by craft and day.

use leptos::prelude::*;

use crate::fmt::use_fmt;
use crate::i18n::use_messages;

/// A day of a craft, in hours.
#[derive(Clone, Copy, Debug, Default)]
pub struct LoadDay {
    pub planned: f64,
    pub there: f64,
}

/// A craft.
#[derive(Clone, Debug)]
pub struct LoadRow {
    pub craft: String,
    pub days: Vec<LoadDay>,
}

/// Tallest a column is drawn, in pixels.
const TALL: f64 = 26.0;

/// Load against capacity.
#[component]
pub fn Load(rows: Vec<LoadRow>) -> impl IntoView {
    let m = use_messages();
    let all = rows.iter().flat_map(|row| &row.days);
    let most = all.map(|day| day.planned.max(day.there)).fold(8.0, f64::max);
    let rows = rows.into_iter().map(|row| load_row(row, most)).collect_view();
    view! {
        <section class="g-plan__load" aria-label=m.still_plan_load()>
            <header class="g-plan__loadhead">
                <h2 class="g-h3">{m.still_plan_load()}</h2>
                <span class="g-caption">
                    <i class="g-plan__key g-plan__key--load"></i>{m.still_plan_planned_h()}
                    <i class="g-plan__key"></i>{m.still_plan_there_h()}
                    <i class="g-plan__key g-plan__key--over"></i>{m.still_plan_over()}
                </span>
            </header>
            {rows}
        </section>
    }
}

fn load_row(row: LoadRow, most: f64) -> impl IntoView {
    let m = use_messages();
    let fmt = use_fmt();
    let sum = |of: fn(&LoadDay) -> f64| row.days.iter().map(of).sum::<f64>();
    let (planned, there) = (sum(|day| day.planned), sum(|day| day.there));
    let all = m.still_plan_of_hours(&fmt.number(planned, 0), &fmt.number(there, 0));
    let each = 100.0 / row.days.len().max(1) as f64;
    let column = |(at, day): (usize, &LoadDay)| {
        let over = (day.planned - day.there).max(0.0);
        let inside = day.planned - over;
        let tall = |hours: f64| format!("{:.1}px", TALL * hours / most);
        let words = if over > 0.05 {
            format!("+{} h", fmt.number(over, if over < 1.0 { 1 } else { 0 }))
        } else if day.there > 0.0 || day.planned > 0.0 {
            format!("{}/{}", fmt.number(day.planned, 0), fmt.number(day.there, 0))
        } else {
            String::new()
        };
        view! {
            <span class="g-plan__col" class:g-plan__col--over={over > 0.05} style=format!("inset-inline-start:{:.3}%;inline-size:{each:.3}%", each * at as f64)>
                <span class="g-plan__stack" aria-hidden="true">
                    {(day.there > 0.0).then(|| view! { <i class="g-plan__there" style=format!("block-size:{}", tall(day.there))></i> })}
                    <i class="g-plan__planned" style=format!("block-size:{}", tall(inside))></i>
                    {(over > 0.05).then(|| view! { <i class="g-plan__toomuch" style=format!("inset-block-end:{};block-size:{}", tall(day.there), tall(over))></i> })}
                </span>
                <small>{words}</small>
            </span>
        }
    };
    let columns = row.days.iter().enumerate().map(column).collect_view();
    view! {
        <div class="g-plan__row g-plan__row--load">
            <span class="g-plan__name"><span class="g-plan__craft">{row.craft.clone()}</span><small>{all}</small></span>
            <div class="g-plan__lane">{columns}</div>
        </div>
    }
}
