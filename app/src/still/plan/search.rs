//! A search for a plan: what it has found, against the plan as it is and one by due date.

use leptos::prelude::*;

use super::Place;
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::routes;

/// What a plan costs, in the currency of the risk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sums {
    pub risk: f64,
    pub travel: f64,
    pub isolation: f64,
    /// Orders without a place.
    pub left_out: usize,
}

impl Sums {
    fn total(self) -> f64 {
        self.risk + self.travel + self.isolation
    }
}

/// How far a search is.
#[derive(Clone, Debug, Default)]
pub struct SearchPage {
    pub is_over: bool,
    pub trouble: Option<String>,
    pub seconds: f64,
    pub most: u64,
    pub tried: u64,
    pub as_is: Sums,
    pub by_due: Option<Sums>,
    pub best: Option<Sums>,
}

/// Hidden fields that say which board.
#[component]
pub fn Hidden(place: Place) -> impl IntoView {
    let field = |name: &'static str, value: String| view! { <input type="hidden" name=name value=value/> };
    view! {
        {field("site", place.site.to_string())} {field("week", place.week)} {field("craft", place.craft)}
        {field("copy", place.copy)} {field("view", place.view)}
    }
}

/// A button that says something to the search.
fn act(place: &Place, word: &'static str, label: &'static str, is_primary: bool) -> impl IntoView + use<> {
    let place = place.clone();
    view! {
        <form method="post" action=routes::url("/plan/optimise")>
            <Hidden place/><input type="hidden" name="act" value=word/>
            <button class="g-btn g-btn--sm" class:g-btn--primary=is_primary>{label}</button>
        </form>
    }
}

/// The search, while it goes on and once it is over.
#[component]
pub fn Search(place: Place, search: SearchPage) -> impl IntoView {
    let m = use_messages();
    let fmt = use_fmt();
    if let Some(trouble) = search.trouble {
        let drop = act(&place, "drop", m.still_plan_drop(), false);
        return view! { <section class="g-plan__search" role="alert"><p>{m.still_plan_trouble(&trouble)}</p>{drop}</section> }.into_any();
    }
    let money = |cost: f64| fmt.value(cost, 0, Some("€"));
    let row = |name: &'static str, sums: Option<Sums>, is_best: bool| {
        let cell = |words: String| view! { <td class="g-n">{words}</td> };
        sums.map(|sums| {
            view! {
                <tr class:g-plan__best=is_best>
                    <th scope="row">{name}</th>
                    {cell(money(sums.total()))} {cell(money(sums.risk))} {cell(money(sums.isolation))} {cell(money(sums.travel))}
                    {cell(fmt.integer(sums.left_out as u64))}
                </tr>
            }
        })
    };
    let said = if search.is_over {
        m.still_plan_searched(&fmt.number(search.seconds, 1), &fmt.integer(search.tried))
    } else {
        m.still_plan_searching(&fmt.number(search.seconds, 0), &search.most.to_string())
    };
    let acts = if search.is_over {
        view! { {act(&place, "take", m.still_plan_take(), true)} {act(&place, "take_all", m.still_plan_take_all(), false)} {act(&place, "drop", m.still_plan_drop(), false)} }.into_any()
    } else {
        view! {
            <noscript><meta http-equiv="refresh" content="2"/></noscript>
            <a class="g-btn g-btn--sm" href=place.url()>{m.still_plan_look_again()}</a>
            {act(&place, "stop", m.still_plan_stop(), false)}
        }
        .into_any()
    };
    view! {
        <section class="g-plan__search" aria-label=m.still_plan_optimise() data-searching=(!search.is_over).then_some("")>
            <p role="status">{said}</p>
            <div class="g-scroll"><table>
                <thead><tr><td></td><th scope="col">{m.still_plan_cost()}</th><th scope="col">{m.still_plan_cost_risk()}</th><th scope="col">{m.still_plan_cost_isolation()}</th><th scope="col">{m.still_plan_cost_travel()}</th><th scope="col">{m.still_plan_left_out()}</th></tr></thead>
                <tbody>
                    {row(m.still_plan_as_is(), Some(search.as_is), false)}
                    {row(m.still_plan_by_due(), search.by_due, false)}
                    {row(m.still_plan_proposal(), search.best, true)}
                </tbody>
            </table></div>
            <div class="g-row g-row--wrap">{acts}</div>
        </section>
    }
    .into_any()
}
