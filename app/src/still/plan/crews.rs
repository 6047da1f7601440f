//! Crews, people, absences, and what lines are to make.

use leptos::prelude::*;

use super::Place;
use super::search::Hidden;
use crate::components::panel::Panel;
use crate::fmt::escaped;
use crate::i18n::use_messages;
use crate::routes;
use crate::still::parts::{PageHead, Table, cell};

/// Somebody of the roster.
#[derive(Clone, Debug)]
pub struct PersonLine {
    pub id: u32,
    pub name: String,
    pub crew: u32,
    pub crafts: String,
    pub qualifications: String,
    /// Numbers of absences with their words.
    pub away: Vec<(u32, String)>,
}

/// A crew with its shifts in words.
#[derive(Clone, Debug)]
pub struct CrewLine {
    pub id: u32,
    pub name: String,
    pub shifts: String,
}

/// A line that may have a production plan, and what it has.
#[derive(Clone, Debug)]
pub struct LineChoice {
    pub id: u32,
    pub name: String,
    pub runs: String,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct CrewsPage {
    pub place: Place,
    pub site: String,
    pub zone: String,
    pub frozen_hours: u32,
    pub holidays: String,
    pub crews: Vec<CrewLine>,
    pub people: Vec<PersonLine>,
    pub lines: Vec<LineChoice>,
    /// Words and names of patterns, and of reasons to be away.
    pub patterns: Vec<(&'static str, String)>,
    pub reasons: Vec<(&'static str, &'static str)>,
    /// The form that was not taken, why, and what was typed.
    pub bad: Option<(String, Vec<String>)>,
    pub typed: Vec<(String, String)>,
    pub said: Option<String>,
}

impl CrewsPage {
    fn typed(&self, name: &str) -> String {
        let found = self.typed.iter().find(|(known, _)| known == name);
        found.map_or_else(String::new, |(_, value)| value.clone())
    }

    fn trouble(&self, form: &str) -> Option<impl IntoView + use<>> {
        let (_, words) = self.bad.clone().filter(|(bad, _)| bad == form)?;
        let one = |words: String| view! { <li>{words}</li> };
        Some(view! { <ul class="g-still__bad" role="alert">{words.into_iter().map(one).collect_view()}</ul> })
    }
}

/// Crews and what goes with them.
#[component]
pub fn Crews(page: CrewsPage) -> impl IntoView {
    let m = use_messages();
    let said = page
        .said
        .clone()
        .map(|said| view! { <p class="g-message" role="status">{said}</p> });
    view! {
        <PageHead title=format!("{} · {}", m.still_plan_crews(), page.site)/>
        <p class="g-row"><a class="g-btn" href=page.place.url()>{m.still_plan_back()}</a></p>
        {said}
        <div class="g-grid g-plan__crews">
            <People page=page.clone()/>
            <div class="g-6 g-stack">
                <AddPerson page=page.clone()/>
                <AddAbsence page=page.clone()/>
                <CrewsPanel page=page.clone()/>
            </div>
            <Production page=page.clone()/>
            <SitePanel page=page/>
        </div>
    }
}

/// Who works here.
#[component]
fn People(page: CrewsPage) -> impl IntoView {
    let m = use_messages();
    let row = |person: PersonLine| {
        let crew = page.crews.iter().find(|crew| crew.id == person.crew);
        let crew = crew.map_or_else(String::new, |crew| crew.name.clone());
        let away = |(id, words): (u32, String)| {
            let place = page.place.clone();
            view! { <form method="post" action=routes::url("/plan/absences") class="g-row"><Hidden place/><input type="hidden" name="id" value=id/><span>{words}</span> <button class="g-btn g-btn--sm g-btn--quiet">{m.still_plan_back_again()}</button></form> }
        };
        let away = person.away.into_iter().map(away).collect_view();
        let place = page.place.clone();
        vec![
            cell(person.name),
            cell(crew),
            cell(person.crafts),
            cell(person.qualifications),
            cell(away),
            cell(
                view! { <form method="post" action=routes::url("/plan/people")><Hidden place/><input type="hidden" name="gone" value=person.id/><button class="g-btn g-btn--sm">{m.still_plan_leaves()}</button></form> },
            ),
        ]
    };
    let count = page.people.len().to_string();
    let rows = page.people.clone().into_iter().map(row).collect();
    let heads = vec![
        m.still_plan_person(),
        m.still_plan_crew(),
        m.still_plan_craft(),
        m.still_plan_qualified(),
        m.still_plan_away(),
        "",
    ];
    let none = page
        .people
        .is_empty()
        .then(|| view! { <p class="g-empty">{m.still_plan_nobody_yet()}</p> });
    view! { <Panel title=m.still_plan_people().to_owned() aside=count class="g-12">{none} <Table heads rows/></Panel> }
}

/// A field of a form.
fn field(label: &'static str, name: &'static str, value: String, hint: &'static str) -> impl IntoView {
    view! { <label class="g-field"><span>{label}</span><input class="g-input" name=name value=value placeholder=hint maxlength="200"/></label> }
}

#[component]
fn AddPerson(page: CrewsPage) -> impl IntoView {
    let m = use_messages();
    let crew = |crew: &CrewLine| view! { <option value=crew.id>{crew.name.clone()}</option> };
    let crews = page.crews.iter().map(crew).collect_view();
    view! {
        <Panel title=m.still_plan_add_person().to_owned()>
            <form method="post" action=routes::url("/plan/people") class="g-panel__body g-stack">
                {page.trouble("people")}
                <Hidden place=page.place.clone()/>
                {field(m.still_plan_person(), "name", page.typed("name"), "")}
                <label class="g-field"><span>{m.still_plan_crew()}</span><select class="g-input" name="crew">{crews}</select></label>
                {field(m.still_plan_crafts_hint(), "crafts", page.typed("crafts"), "mechanic, lubrication")}
                {field(m.still_plan_qualified_hint(), "qualifications", page.typed("qualifications"), "lock-out")}
                <button class="g-btn">{m.still_plan_add()}</button>
            </form>
        </Panel>
    }
}

#[component]
fn AddAbsence(page: CrewsPage) -> impl IntoView {
    let m = use_messages();
    let person = |person: &PersonLine| view! { <option value=person.id>{person.name.clone()}</option> };
    let people = page.people.iter().map(person).collect_view();
    let reason = |(word, name): &(&'static str, &'static str)| view! { <option value=*word>{*name}</option> };
    let reasons = page.reasons.iter().map(reason).collect_view();
    view! {
        <Panel title=m.still_plan_add_absence().to_owned()>
            <form method="post" action=routes::url("/plan/absences") class="g-panel__body g-stack">
                {page.trouble("absences")}
                <Hidden place=page.place.clone()/>
                <label class="g-field"><span>{m.still_plan_person()}</span><select class="g-input" name="person">{people}</select></label>
                <label class="g-field"><span>{m.still_plan_first_day()}</span><input class="g-input" type="date" name="first" required/></label>
                <label class="g-field"><span>{m.still_plan_last_day()}</span><input class="g-input" type="date" name="last" required/></label>
                <label class="g-field"><span>{m.still_plan_reason()}</span><select class="g-input" name="why">{reasons}</select></label>
                <button class="g-btn">{m.still_plan_add()}</button>
            </form>
        </Panel>
    }
}

#[component]
fn CrewsPanel(page: CrewsPage) -> impl IntoView {
    let m = use_messages();
    let line = |crew: CrewLine| view! { <li><b>{crew.name}</b> " · " {crew.shifts}</li> };
    let crews = page.crews.clone().into_iter().map(line).collect_view();
    let pattern =
        |(word, name): &(&'static str, String)| view! { <option value=*word>{name.clone()}</option> };
    let patterns = page.patterns.iter().map(pattern).collect_view();
    view! {
        <Panel title=m.still_plan_crews().to_owned()>
            <ul class="g-panel__body g-plan__plain">{crews}</ul>
            <form method="post" action=routes::url("/plan/crews") class="g-panel__body g-stack">
                {page.trouble("crews")}
                <Hidden place=page.place.clone()/>
                {field(m.still_plan_crew_name(), "name", String::new(), "")}
                <label class="g-field"><span>{m.still_plan_shifts()}</span><select class="g-input" name="pattern">{patterns}</select></label>
                <button class="g-btn">{m.still_plan_add()}</button>
            </form>
        </Panel>
    }
}

/// What lines are to make, by file.
#[component]
fn Production(page: CrewsPage) -> impl IntoView {
    let m = use_messages();
    let line = |line: &LineChoice| view! { <li><b>{line.name.clone()}</b> " · " {line.runs.clone()}</li> };
    let lines = page.lines.iter().map(line).collect_view();
    let option = |line: &LineChoice| view! { <option value=line.id>{line.name.clone()}</option> };
    let options = page.lines.iter().map(option).collect_view();
    view! {
        <Panel title=m.still_plan_production().to_owned() class="g-6">
            <ul class="g-panel__body g-plan__plain">{lines}</ul>
            <form method="post" action=routes::url("/plan/production") class="g-panel__body g-stack">
                {page.trouble("production")}
                <Hidden place=page.place.clone()/>
                <p class="g-caption">{m.still_plan_production_said()}</p>
                <label class="g-field"><span>{m.still_plan_line()}</span><select class="g-input" name="line"><option value="">{m.still_plan_line_by_file()}</option>{options}</select></label>
                <label class="g-field"><span>{m.still_plan_file()}</span><textarea class="g-input g-work__text" name="file" rows="8" spellcheck="false" inner_html=escaped(&page.typed("file"))></textarea></label>
                <button class="g-btn">{m.still_plan_import()}</button>
            </form>
        </Panel>
    }
}

/// How the site plans.
#[component]
fn SitePanel(page: CrewsPage) -> impl IntoView {
    let m = use_messages();
    view! {
        <Panel title=m.still_plan_site().to_owned() class="g-6">
            <form method="post" action=routes::url("/plan/site") class="g-panel__body g-stack">
                {page.trouble("site")}
                <Hidden place=page.place.clone()/>
                {field(m.still_plan_zone(), "zone", page.zone.clone(), "Europe/Paris")}
                {field(m.still_plan_frozen_hours(), "frozen", page.frozen_hours.to_string(), "24")}
                <label class="g-field"><span>{m.still_plan_holidays()}</span><textarea class="g-input g-work__text" name="holidays" rows="4" inner_html=escaped(&page.holidays)></textarea></label>
                <button class="g-btn">{m.still_plan_store()}</button>
            </form>
        </Panel>
    }
}
