//! `/api/v1/work-orders`: work orders for other systems, as JSON and CSV; `openapi.json` describes it.
//!
//! An order is known by the system that owns it and its id there. Said again it changes nothing; what differs is
//! written, in the name of that system.

mod form;
mod problem;

use access::Capability;
use axum::extract::{Path, Query, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use maintenance::id::OrderId;
use maintenance::order::Order;
use maintenance::order::event::External;
use maintenance::table;
use serde::{Deserialize, Serialize};
use serde_json::json;

use self::form::{OrderForm, OrderView};
use self::problem::Problem;
use super::doors::{Doors, broken};
use super::who;
use crate::access::may;
use crate::work::exchange::{OWN, Taken, asset_of, take};
use crate::work::list::{Filter, Which, list, sees_work};
use crate::zone;

/// Orders of one answer: as many as asked for, or this many; never more than the other.
const USUAL: usize = 100;
const MOST: usize = 10_000;
/// Rows of one file: each is on disk before the next is looked at.
const MOST_ROWS: usize = 2_000;
/// Longest name of a system, and of an id there, in characters.
const LONGEST_NAME: usize = 120;

/// Its routes.
pub fn router(doors: Doors) -> Router {
    Router::new()
        .route("/api/openapi.json", get(described))
        .route("/api/v1/work-orders", get(all))
        .route("/api/v1/work-orders.csv", get(file).post(import))
        .route("/api/v1/work-orders/{id}", get(one))
        .route("/api/v1/work-orders/{system}/{id}", put(say))
        .with_state(doors)
}

/// The description, by OpenAPI 3.1.
async fn described() -> Response {
    let text = include_str!("exchange/openapi.json").replace("0.0.0", env!("CARGO_PKG_VERSION"));
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

/// Which orders.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Asked {
    /// A group, as the page of orders has it; all without one.
    group: Option<String>,
    /// At and below this asset: its path, or its number.
    asset: Option<String>,
    /// In the number, the title or the name of the asset.
    q: String,
    offset: usize,
    limit: Option<usize>,
}

/// A page of orders.
#[derive(Serialize)]
struct Page {
    total: usize,
    offset: usize,
    orders: Vec<OrderView>,
}

async fn all(State(doors): State<Doors>, asked: Query<Asked>, parts: Parts) -> Response {
    let limit = asked.limit.unwrap_or(USUAL).min(MOST);
    let now = doors.backend.clock.now();
    match doors.listed(&parts, &asked, limit, |order| OrderView::of(order, now)) {
        Ok((total, orders)) => Json(Page {
            total,
            offset: asked.offset.min(total),
            orders: doors
                .backend
                .read(|twin| orders.into_iter().map(|order| order.named(twin)).collect()),
        })
        .into_response(),
        Err(problem) => problem.into_response(),
    }
}

async fn one(State(doors): State<Doors>, Path(id): Path<u32>, parts: Parts) -> Response {
    let view = doors.seen(&parts, OrderId::new(id));
    view.map_or_else(
        || Problem::none().into_response(),
        |view| Json(view).into_response(),
    )
}

/// An order as its system says it.
async fn say(
    State(doors): State<Doors>,
    Path((system, id)): Path<(String, String)>,
    parts: Parts,
    body: String,
) -> Response {
    let is_name = |name: &str| !name.trim().is_empty() && name.chars().count() <= LONGEST_NAME;
    if !is_name(&system) || !is_name(&id) {
        let words = format!("the system and the id have 1 to {LONGEST_NAME} characters each");
        return Problem::of_field("id", &words).into_response();
    }
    if doors.is_taken_name(&parts, &system) {
        return Problem::of_field(
            "system",
            "this is Gemba or somebody of it; give the name of the other system",
        )
        .into_response();
    }
    let external = External {
        system: system.into(),
        id: id.into(),
    };
    let row = match OrderForm::read(&body).and_then(|form| form.row(external)) {
        Ok(row) => row,
        Err(problem) => return problem.into_response(),
    };
    let viewer = who::viewer(&parts);
    let taken = match take(&doors.backend, &viewer, &row).await {
        Ok(taken) => taken,
        Err(why) => return Problem::from(&why).into_response(),
    };
    let (system, id) = (&row.external.system, &row.external.id);
    let details = json!({"after": {"system": system, "id": id}});
    if !matches!(taken, Taken::Same(_)) {
        let audit = &doors.accounts.audit;
        let subject = format!("order {}", taken.order());
        if let Err(error) = audit.note(&parts, "work.exchange", subject, details).await {
            return broken(&error);
        }
    }
    let status = match taken {
        Taken::New(_) => StatusCode::CREATED,
        Taken::Changed(_) | Taken::Same(_) => StatusCode::OK,
    };
    match doors.seen(&parts, taken.order()) {
        Some(view) => (status, Json(view)).into_response(),
        None => Problem::none().into_response(),
    }
}

async fn file(State(doors): State<Doors>, asked: Query<Asked>, parts: Parts) -> Response {
    let viewer = who::viewer(&parts);
    let limit = asked.limit.unwrap_or(MOST).min(MOST);
    let orders = match doors.listed(&parts, &asked, limit, Order::clone) {
        Ok((_, orders)) => orders,
        Err(problem) => return problem.into_response(),
    };
    let text = doors.backend.read(|twin| {
        let may_take = |order: &&Order| may(&viewer, twin, Capability::Export, order.request().asset);
        let orders = orders.iter().filter(may_take);
        table::write(orders, OWN, |asset| twin.path(asset))
    });
    let details = json!({"orders": orders.len()});
    let noted = doors
        .accounts
        .audit
        .note(&parts, "export", "work orders".to_owned(), details);
    if let Err(error) = noted.await {
        return broken(&error);
    }
    let head = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"work-orders.csv\"",
        ),
    ];
    (head, text).into_response()
}

/// Which system rows are of that do not say it.
#[derive(Deserialize)]
struct Sent {
    #[serde(default = "own")]
    system: String,
}

fn own() -> String {
    OWN.to_owned()
}

/// What became of a file.
#[derive(Default, Serialize)]
struct Imported {
    new: usize,
    changed: usize,
    same: usize,
    wrong: Vec<WrongLine>,
}

/// A line that was left out.
#[derive(Serialize)]
struct WrongLine {
    line: u64,
    what: String,
}

async fn import(
    State(doors): State<Doors>,
    sent: Query<Sent>,
    parts: Parts,
    body: axum::body::Bytes,
) -> Response {
    let zone = zone::of_calendars(&doors.backend.zone);
    let read = table::read(&body, &sent.system, &zone);
    if read.rows.len() > MOST_ROWS {
        let words = format!("more than {MOST_ROWS} rows; send several files");
        return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, &words).into_response();
    }
    if let Some(name) = read
        .rows
        .iter()
        .map(|row| &*row.external.system)
        .find(|name| *name != OWN && doors.is_taken_name(&parts, name))
    {
        let words = format!("`{name}` is Gemba or somebody of it; give the name of the other system");
        return Problem::of_field("system", &words).into_response();
    }
    // Whoever hangs up meanwhile does not stop it half way.
    let work = tokio::spawn(async move {
        let viewer = who::viewer(&parts);
        let mut imported = Imported::default();
        let tell = |line, what: String| WrongLine { line, what };
        imported.wrong = read
            .wrong
            .iter()
            .map(|wrong| tell(wrong.line, wrong.to_string()))
            .collect();
        for row in &read.rows {
            match take(&doors.backend, &viewer, row).await {
                Ok(Taken::New(_)) => imported.new += 1,
                Ok(Taken::Changed(_)) => imported.changed += 1,
                Ok(Taken::Same(_)) => imported.same += 1,
                Err(why) => imported.wrong.push(tell(
                    row.line,
                    format!("line {}: {}", row.line, Problem::from(&why).words()),
                )),
            }
        }
        imported.wrong.sort_by_key(|wrong| wrong.line);
        let details =
            json!({"new": imported.new, "changed": imported.changed, "wrong": imported.wrong.len()});
        let noted = doors
            .accounts
            .audit
            .note(&parts, "work.import", "work orders".to_owned(), details);
        noted.await.map(|()| imported)
    });
    match work.await {
        Ok(Ok(imported)) => Json(imported).into_response(),
        Ok(Err(error)) => broken(&error),
        Err(error) => broken(&error),
    }
}

impl Doors {
    /// Whether the log of an order would tell what this system says as said by Gemba or by somebody else with an account.
    /// An account that was made for a system may have its name.
    fn is_taken_name(&self, parts: &Parts, system: &str) -> bool {
        let same = |name: &str| name.trim().to_lowercase() == system.trim().to_lowercase();
        let own = who::viewer(parts).who.account();
        let accounts = self.accounts.all();
        let mut others = accounts.iter().filter(|account| Some(account.id) != own);
        // In its own spelling it names the orders that no other system owns.
        (same(OWN) && system != OWN) || others.any(|account| same(&account.display) || same(&account.name))
    }

    /// The orders that somebody asks for and sees, each as `view` has it, and how many there are in all.
    fn listed<T>(
        &self,
        parts: &Parts,
        asked: &Asked,
        limit: usize,
        view: impl Fn(&Order) -> T,
    ) -> Result<(usize, Vec<T>), Problem> {
        let (viewer, work) = (who::viewer(parts), &self.backend.work);
        let which = Which::from_word(asked.group.as_deref().unwrap_or("all"));
        if asked.group.as_deref().is_some_and(|group| which.word() != group) {
            return Err(Problem::of_field(
                "group",
                "write open, planned, in_progress, blocked, done, overdue, cancelled or all",
            ));
        }
        let text: String = asked.q.chars().take(100).collect();
        let found = self.backend.read(|twin| {
            let asset = match asked.asset.as_deref() {
                Some(path) => Some(asset_of(twin, &viewer, path).ok_or(())?),
                None => None,
            };
            let (now, text) = (self.backend.clock.now(), text.as_str());
            Ok::<_, ()>(list(work, &viewer, twin, &Filter { which, asset, text }, now).orders)
        });
        let no_asset =
            |()| Problem::of_field("asset", "there is no such asset; write its path or its number");
        let found = found.map_err(no_asset)?;
        let shown = found.iter().skip(asked.offset).take(limit);
        Ok((
            found.len(),
            shown.filter_map(|id| work.order(*id, &view)).collect(),
        ))
    }

    /// An order that somebody sees.
    fn seen(&self, parts: &Parts, id: OrderId) -> Option<OrderView> {
        let viewer = who::viewer(parts);
        let asset = self.backend.work.order(id, |order| order.request().asset)?;
        let is_seen = self.backend.read(|twin| sees_work(&viewer, twin, asset));
        let now = self.backend.clock.now();
        let view = self
            .backend
            .work
            .order(id, |order| OrderView::of(order, now))
            .filter(|_| is_seen)?;
        Some(self.backend.read(|twin| view.named(twin)))
    }
}
