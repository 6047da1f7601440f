//! The board of a site's week.

use leptos::prelude::*;

use super::drawer::{Drawer, DrawerView};
use super::gantt::{Around, DayHead, Gantt, Group, LineRow};
use super::load::{Load, LoadRow};
use super::search::{Hidden, Search, SearchPage};
use super::{ChangeLine, Place};
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::routes;
use crate::still::parts::{Table, cell};

/// An order that has no place yet.
#[derive(Clone, Debug)]
pub struct Unscheduled {
    pub id: u32,
    pub number: String,
    pub title: String,
    /// Its craft and asset.
    pub about: String,
    pub hours: String,
    pub due: String,
    pub is_late: bool,
    /// 1 to 4, and its word.
    pub priority: (u8, &'static str),
    /// Its whole stretch as a board moves it.
    pub minutes: i64,
    pub seen: u32,
}

/// A copy of a draft.
#[derive(Clone, Debug)]
pub struct CopyLine {
    pub name: String,
    pub count: usize,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct BoardPage {
    pub place: Place,
    pub sites: Vec<(u32, String)>,
    pub week: String,
    /// Words of weeks: before, after, and this one.
    pub weeks: (String, String, String),
    pub crafts: Vec<String>,
    pub copies: Vec<CopyLine>,
    pub days: Vec<DayHead>,
    pub hours: (i8, i8),
    pub lines: Vec<LineRow>,
    pub groups: Vec<Group>,
    pub around: (Option<f64>, Option<f64>, Vec<super::Shade>),
    /// `frozen to Wed 06:00`
    pub frozen: Option<String>,
    pub load: Vec<LoadRow>,
    pub unscheduled: Vec<Unscheduled>,
    /// Of the whole site, not of one craft.
    pub unready: usize,
    pub agenda: Vec<(String, Vec<ChangeLine>)>,
    pub changes: usize,
    /// Drafted orders that somebody else moved.
    pub moved: usize,
    pub drawer: Option<Drawer>,
    pub search: Option<SearchPage>,
    /// Somebody else searches.
    pub is_busy: bool,
    pub may_plan: bool,
    pub has_people: bool,
    /// Done of what last week was planned to be, with its share.
    pub compliance: Option<String>,
    pub said: Option<String>,
}

/// The board.
#[component]
pub fn Board(page: BoardPage) -> impl IntoView {
    let m = use_messages();
    let has_drawer = page.drawer.is_some();
    let place = page.place.clone();
    let said = page
        .said
        .clone()
        .map(|said| view! { <p class="g-message" role="status">{said}</p> });
    let moved = (page.moved > 0)
        .then(|| view! { <p class="g-message" role="alert">"⚠ " {m.still_plan_moved_count(page.moved as u64)} " " <a href=place.beside("commit")>{m.still_plan_look()}</a></p> });
    let search = page
        .search
        .clone()
        .map(|search| view! { <Search place=place.clone() search/> });
    let busy = page
        .is_busy
        .then(|| view! { <p class="g-message" role="status">{m.still_plan_busy()}</p> });
    let empty = (!page.has_people).then(|| {
        let crews = place.beside("crews");
        view! { <p class="g-message" role="status">{m.still_plan_no_people()} " " <a href=crews>{m.still_plan_crews()}</a></p> }
    });
    let is_agenda = place.view == "agenda";
    let around = Around {
        now: page.around.0,
        frozen: page.around.1,
        bands: page.around.2.clone(),
        days: page.days.len(),
    };
    let drawer = page
        .drawer
        .clone()
        .map(|drawer| view! { <DrawerView place=place.clone() drawer/> });
    view! {
        <div class="g-plan" class:g-plan--open=has_drawer class:g-plan--agenda=is_agenda data-plan data-url=place.url()
            data-place=place.query() data-grabbed=m.still_plan_grabbed("{what}") data-dropped=m.still_plan_dropped("{when}", "{who}") data-failed=m.still_plan_failed()>
            <Bar page=page.clone()/>
            {said} {moved} {busy} {empty} {search}
            <div class="g-plan__cols">
                <List page=page.clone()/>
                <section class="g-plan__board" aria-label=m.still_plan_week()>
                    <Key frozen=page.frozen.clone() place=place.clone() compliance=page.compliance.clone()/>
                    <div class="g-plan__scroll" tabindex="0" role="group" aria-label=m.still_plan_week()>
                        <Gantt place=place.clone() days=page.days hours=page.hours lines=page.lines groups=page.groups around/>
                        <Load rows=page.load/>
                    </div>
                    <Agenda place=place.clone() days=page.agenda/>
                </section>
                {drawer}
            </div>
            <p class="g-sr" role="status" aria-live="assertive" data-said></p>
        </div>
    }
}

/// Which site, week, craft and copy; what is committed.
#[component]
fn Bar(page: BoardPage) -> impl IntoView {
    let m = use_messages();
    let place = page.place.clone();
    let site = |(id, name): (u32, String)| {
        let here = id == place.site;
        let to = Place {
            site: id,
            ..place.clone()
        }
        .url();
        view! { <a class="g-btn" href=to aria-current=here.then_some("page")>{name}</a> }
    };
    let sites = page.sites.clone().into_iter().map(site).collect_view();
    let week = |word: &str| {
        Place {
            week: word.to_owned(),
            ..place.clone()
        }
        .url()
    };
    let (before, after, this) = (week(&page.weeks.0), week(&page.weeks.1), week(&page.weeks.2));
    let option = |craft: &String| view! { <option value=craft.clone() selected=*craft == place.craft>{craft.clone()}</option> };
    let crafts = page.crafts.iter().map(option).collect_view();
    let kept = Place {
        craft: String::new(),
        ..place.clone()
    };
    let changes = page.changes as u64;
    let commit = (changes > 0 && page.may_plan).then(|| {
        let (all, href) = (place.clone(), place.beside("commit"));
        view! {
            <form method="post" action=routes::url("/plan/undo")><Hidden place=all/><input type="hidden" name="all" value="1"/><button class="g-btn">{m.still_plan_discard()}</button></form>
            <a class="g-btn g-btn--primary" href=href>{m.still_plan_commit_count(changes)}</a>
        }
    });
    let optimise = (page.may_plan && page.has_people && page.search.is_none()).then(|| {
        let place = place.clone();
        view! { <form method="post" action=routes::url("/plan/optimise")><Hidden place/><input type="hidden" name="act" value="begin"/><input type="hidden" name="seconds" value="10"/><button class="g-btn" class:g-btn--primary={changes == 0}>{m.still_plan_optimise()}</button></form> }
    });
    let crews = page
        .may_plan
        .then(|| view! { <a class="g-btn" href=place.beside("crews")>{m.still_plan_crews()}</a> <a class="g-btn" href=place.beside("parts")>{m.still_plan_parts()}</a> });
    let copies = view! { <Copies page=page.clone()/> };
    view! {
        <header class="g-plan__top">
            <h1 class="g-h1">{m.still_plan()}</h1>
            <nav class="g-plan__weeks g-plan__sites" aria-label=m.still_plan_site()>{sites}</nav>
            <nav class="g-plan__weeks" aria-label=m.still_plan_week()>
                <a class="g-btn g-btn--icon" href=before aria-label=m.still_plan_week_before()>"‹"</a>
                <a class="g-btn" href=this title=m.still_plan_this_week()>{page.week.clone()}</a>
                <a class="g-btn g-btn--icon" href=after aria-label=m.still_plan_week_after()>"›"</a>
            </nav>
            <form method="get" action=routes::url("/plan") class="g-row" data-auto>
                <Hidden place=kept/>
                <select class="g-input" name="craft" aria-label=m.still_plan_craft()><option value="">{m.still_plan_all_crafts()}</option>{crafts}</select>
                <button class="g-btn" data-plain>{m.still_narrow()}</button>
            </form>
            {copies}
            <div class="g-plan__end">{crews} {optimise} {commit}</div>
        </header>
    }
}

/// The copy that is looked at, and a way to make one.
#[component]
fn Copies(page: BoardPage) -> impl IntoView {
    let m = use_messages();
    let place = page.place.clone();
    let chip = (!place.copy.is_empty()).then(|| {
        let back = Place { copy: String::new(), ..place.clone() }.url();
        view! { <span class="g-plan__sim"><b>"SIM"</b> <span>{m.still_plan_copy_named(&place.copy)}</span> <a href=back aria-label=m.still_plan_copy_leave()>"✕"</a></span> }
    });
    let one = |copy: CopyLine| {
        let to = Place {
            copy: copy.name.clone(),
            ..place.clone()
        }
        .url();
        view! { <li><a href=to>{copy.name}</a> " · " {m.still_plan_changes(copy.count as u64)}</li> }
    };
    let list = page.copies.clone().into_iter().map(one).collect_view();
    let form = page.place.clone();
    page.may_plan.then(|| {
        view! {
            {chip}
            <details class="g-plan__copies">
                <summary class="g-btn">{m.still_plan_copies()}</summary>
                <div>
                    <ul>{list}</ul>
                    <form method="post" action=routes::url("/plan/copy") class="g-row">
                        <Hidden place=form/>
                        <input class="g-input" name="name" required maxlength="40" aria-label=m.still_plan_copy_name() placeholder=m.still_plan_copy_name()/>
                        <button class="g-btn">{m.still_plan_copy_make()}</button>
                    </form>
                </div>
            </details>
        }
    })
}

/// What has no place yet.
#[component]
fn List(page: BoardPage) -> impl IntoView {
    let m = use_messages();
    let fmt = use_fmt();
    let place = page.place.clone();
    let count = page.unscheduled.len();
    let selected = page.drawer.as_ref().map(|drawer| drawer.id);
    let row = |order: Unscheduled| {
        view! {
            <li><a class="g-plan__un" href=place.order(order.id) aria-current=(selected == Some(order.id)).then_some("true")
                data-order=order.id data-minutes=order.minutes data-seen=order.seen data-start="" data-movable="">
                <span class="g-plan__prio" data-p=order.priority.0 title=order.priority.1>{format!("P{}", order.priority.0)}</span>
                <span class="g-plan__two"><b>{order.title}</b><span>{order.hours}</span></span>
                <span class="g-plan__two g-caption"><span>{order.about}</span><span class:g-plan__late=order.is_late>{order.due}</span></span>
            </a></li>
        }
    };
    let rows = page.unscheduled.clone().into_iter().map(row).collect_view();
    let none = (count == 0).then(|| view! { <p class="g-empty">{m.still_plan_none_left()}</p> });
    let unready = (page.unready > 0).then(|| {
        let to = routes::url(&format!("/work?group=open&asset={}", page.place.site));
        view! { <p class="g-caption g-plan__unready"><a href=to>{m.still_plan_unready(page.unready as u64)}</a></p> }
    });
    view! {
        <aside class="g-plan__list" aria-label=m.still_plan_unscheduled()>
            <header class="g-plan__lhead"><h2 class="g-h3">{m.still_plan_unscheduled()}</h2><span class="g-caption">{fmt.integer(count as u64)}</span></header>
            <ul>{rows}</ul> {none} {unready}
        </aside>
    }
}

/// What things on the board mean.
#[component]
fn Key(frozen: Option<String>, place: Place, compliance: Option<String>) -> impl IntoView {
    let m = use_messages();
    let other = if place.view == "agenda" { "" } else { "agenda" };
    let to = Place {
        view: other.to_owned(),
        ..place
    }
    .url();
    let label = if other.is_empty() {
        m.still_plan_as_board()
    } else {
        m.still_plan_as_table()
    };
    let frozen = frozen.map(|frozen| {
        view! { <span><svg class="g-icon g-icon--sm" viewBox="0 0 20 20" aria-hidden="true"><path d="M5.5 9h9v7.5h-9zM7 9V6.5a3 3 0 0 1 6 0V9"></path></svg>{frozen}</span> }
    });
    let key = |class: &'static str, words: &'static str| view! { <span><i class=format!("g-plan__key {class}")></i>{words}</span> };
    view! {
        <div class="g-plan__legend g-caption">
            {frozen}
            {key("g-plan__key--set", m.still_plan_committed())} {key("g-plan__key--new", m.still_plan_uncommitted())}
            {key("g-plan__key--ghost", m.still_plan_was_here())} {key("g-plan__key--band", m.still_plan_gap())}
            {key("g-plan__key--legal", m.still_plan_legal())}
            <span class="g-plan__push">{compliance}</span>
            <a class="g-plan__switch" href=to>{label}</a>
        </div>
    }
}

/// The week as a table, a day after the other.
#[component]
fn Agenda(place: Place, days: Vec<(String, Vec<ChangeLine>)>) -> impl IntoView {
    let m = use_messages();
    let heads = vec![
        m.still_plan_order(),
        m.still_plan_when(),
        m.still_plan_who(),
        m.still_work_state(),
    ];
    let day = |(day, lines): (String, Vec<ChangeLine>)| {
        let row = |line: ChangeLine| {
            let to = place.order(line.id);
            vec![
                cell(view! { <a href=to>{line.number} " " {line.title}</a> }),
                cell(line.to),
                cell(line.before),
                cell(line.why),
            ]
        };
        let none = lines
            .is_empty()
            .then(|| view! { <p class="g-caption">{m.still_plan_nothing()}</p> });
        let rows = lines.into_iter().map(row).collect();
        view! { <h3 class="g-h3">{day}</h3> {none} <Table heads=heads.clone() rows/> }
    };
    view! { <section class="g-plan__agenda" aria-label=m.still_plan_as_table()>{days.into_iter().map(day).collect_view()}</section> }
}
