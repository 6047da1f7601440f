//! The ways between the pages of work: orders, needs, plans, board, risk, figures, and the tablet of crews.

use leptos::prelude::*;

use crate::i18n::use_messages;
use crate::routes;

/// One of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkView {
    /// Its last word: `work`, `needs`, `plans`, `board`, `risk`, `figures`.
    pub word: &'static str,
    /// It is the one that is shown.
    pub is_here: bool,
}

impl WorkView {
    /// All of them, with the one that is shown; the board only for who plans somewhere.
    #[must_use]
    pub fn all(here: &str, may_plan: bool) -> Vec<Self> {
        let view = |word: &'static str| Self {
            word,
            is_here: word == here,
        };
        let words = ["work", "needs", "plans", "board", "risk", "figures"];
        let words = words.into_iter().filter(|word| may_plan || *word != "board");
        words.map(view).collect()
    }
}

/// The ways to the other pages of work.
#[component]
pub fn WorkNav(views: Vec<WorkView>) -> impl IntoView {
    let m = use_messages();
    let link = |view: WorkView| {
        let (path, label) = match view.word {
            "needs" => ("/work/needs", m.still_needs()),
            "plans" => ("/work/plans", m.still_plans()),
            "board" => ("/plan", m.still_plan_board()),
            "risk" => ("/work/risk", m.still_risk()),
            "figures" => ("/work/figures", m.still_figures()),
            _ => ("/work", m.still_work_orders()),
        };
        view! { <a href=routes::url(path) aria-current=view.is_here.then_some("page")>{label}</a> }
    };
    view! {
        <nav class="g-work__nav" aria-label=m.still_work()>
            {views.into_iter().map(link).collect_view()} <a href=routes::url("/crew")>{m.still_tablet()}</a>
        </nav>
    }
}
