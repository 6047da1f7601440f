//! `/plan`: the board, what is drafted and committed, crews and production. Drawn by the server alone.
//!
//! A site is planned by who may plan work at the site itself; nobody else sees its board, its people or its drafts.
//! `board` and `drawer` draw, `said` has the words, `acts` and `crews` take forms, `commit` writes into orders.

mod acts;
mod board;
mod commit;
mod crews;
mod drawer;
mod parts;
mod roster;
mod rows;
mod said;

use access::Capability as C;
use app::i18n::Messages;
use app::still::Frame;
use app::still::parts::Times;
use app::still::plan::{Board, Place};
use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::tz::TimeZone;
use leptos::prelude::*;
use serde::Deserialize;
use twin::{AssetId, Span};

use super::doors::Doors;
use super::who;
use super::work::form::Fields;
use crate::access::may;
use crate::backend::shell::branch;
use crate::plan::Situation;
use crate::roster::book::DraftKey;
use crate::work::list::sees_work;
use crate::zone;

/// Its routes.
pub fn router(doors: Doors) -> Router {
    Router::new()
        .route("/plan", get(page))
        .route("/plan/place", post(acts::place))
        .route("/plan/undo", post(acts::undo))
        .route("/plan/keep", post(acts::keep))
        .route("/plan/copy", post(acts::copy))
        .route("/plan/optimise", post(acts::optimise))
        .route("/plan/commit", get(commit::page).post(commit::commit))
        .route("/plan/crews", get(crews::page).post(crews::crew))
        .route("/plan/parts", get(parts::page).post(parts::send))
        .route("/plan/parts.csv", get(parts::file))
        .route("/plan/people", post(crews::person))
        .route("/plan/absences", post(crews::absence))
        .route("/plan/production", post(crews::production))
        .route("/plan/site", post(crews::site))
        .with_state(doors)
}

/// What an address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    site: Option<u32>,
    week: String,
    craft: String,
    copy: String,
    view: String,
    job: Option<u32>,
    /// What was just done, and how much of it.
    said: String,
    n: u64,
}

impl Asked {
    /// What the hidden fields of a form ask for.
    fn of(fields: &Fields) -> Self {
        let field = |name: &str| fields.get(name).chars().take(60).collect::<String>();
        Self {
            site: fields.get("site").parse().ok(),
            week: field("week"),
            craft: field("craft"),
            copy: field("copy"),
            view: field("view"),
            job: fields.get("order").parse().ok(),
            ..Self::default()
        }
    }
}

/// Whose board of which site.
pub struct At {
    pub place: Place,
    pub draft: DraftKey,
    pub site: AssetId,
    /// All sites that they plan, with names.
    pub sites: Vec<(u32, String)>,
}

impl Doors {
    /// Where somebody plans; none where they plan nothing, or not there.
    fn plan_at(&self, parts: &Parts, asked: &Asked) -> Option<At> {
        let viewer = who::viewer(parts);
        let sites: Vec<(AssetId, String)> = self.backend.read(|twin| {
            // A site is one for everybody, however little of the plant they see.
            let all = branch(twin, twin.roots().to_vec()).into_iter();
            let mine =
                all.filter(|site| sees_work(&viewer, twin, *site) && may(&viewer, twin, C::PlanWork, *site));
            let named = mine.filter_map(|site| Some((site, twin.asset(site)?.name.to_string())));
            named.collect()
        });
        let asked_for = asked.site.map(AssetId::new);
        let site = match asked_for {
            Some(site) => sites.iter().find(|(id, _)| *id == site)?.0,
            None => {
                let book = self.backend.roster.book();
                let has_crew = |site: &AssetId| book.crews_of(*site).next().is_some();
                let staffed = sites.iter().find(|(site, _)| has_crew(site));
                staffed.or_else(|| sites.first())?.0
            }
        };
        let owner = viewer.who.account().map_or(0, |account| account.get());
        Some(At {
            place: Place {
                site: site.get(),
                week: asked.week.clone(),
                craft: asked.craft.clone(),
                copy: asked.copy.clone(),
                view: asked.view.clone(),
            },
            draft: (owner, site, asked.copy.clone()),
            site,
            sites: sites.into_iter().map(|(id, name)| (id.get(), name)).collect(),
        })
    }

    /// A site's situation as somebody has drafted it; the week that is shown is noted.
    fn situation(&self, parts: &Parts, at: &mut At) -> Option<Situation> {
        let viewer = who::viewer(parts);
        let place = &mut at.place;
        let situation = Situation::new(&self.backend, &viewer, at.site, &at.draft, &place.week)?;
        let zone = &situation.calendar.zone;
        let week = crate::plan::Week::read(&place.week, zone);
        place.week = week
            .unwrap_or_else(|| crate::plan::Week::of(situation.now, zone))
            .word();
        Some(situation)
    }

    /// The board, with what a form was not taken for.
    async fn board(&self, parts: Parts, asked: Asked, bad: Option<(StatusCode, String)>) -> Response {
        let found = self.plan_at(&parts, &asked);
        let Some((mut at, m)) = found.map(|at| (at, super::people::messages(&parts))) else {
            return self.no_board(parts).await;
        };
        let Some(situation) = self.situation(&parts, &mut at) else {
            return self.no_board(parts).await;
        };
        let (status, bad) = bad.map_or((StatusCode::OK, None), |(status, words)| (status, Some(words)));
        let page = board::Drawing::new(self, m, &situation, at).page(&asked, bad);
        let title = |m: Messages| m.still_plan().to_owned();
        let draw = move || view! { <Board page/> };
        self.page_of(parts, status, Frame::Header, title, draw).await
    }

    /// What is no site of theirs is not there.
    async fn no_board(&self, parts: Parts) -> Response {
        let title = |m: Messages| m.still_plan().to_owned();
        let draw = move || {
            let m = app::i18n::use_messages();
            view! { <section class="g-panel g-still__box"><h1 class="g-h2">{m.still_plan()}</h1><p>{m.still_plan_no_site()}</p></section> }
        };
        self.page_of(parts, StatusCode::NOT_FOUND, Frame::Header, title, draw)
            .await
    }
}

/// By which clock times of a site are written.
fn times_of(situation: &Situation) -> Times {
    let zone = TimeZone::get(situation.calendar.zone.name()).unwrap_or(TimeZone::UTC);
    let day = Span::from_secs(86_400 * 60);
    Times {
        zone: zone::periods(
            &zone,
            situation.horizon.from() - day,
            situation.horizon.to() + day,
        ),
        now_millis: situation.now.millis(),
    }
}

async fn page(State(doors): State<Doors>, Query(asked): Query<Asked>, parts: Parts) -> Response {
    doors.board(parts, asked, None).await
}
