//! Who may call which route: one table. A route that is not in it answers nobody.
//!
//! The rule is the coarse half: what somebody must be allowed *somewhere* to ask at all. Where they are allowed
//! is asked of every asset by what answers ([`crate::access`]).

use access::{Capability as C, Kind, Who};
use app::routes;
use axum::extract::{MatchedPath, OriginalUri, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::doors::Doors;
use super::who::Asker;

/// What a route needs of who calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing: everybody.
    Nothing,
    /// That we know who it is, or let them in without.
    Known,
    /// That somebody signed in: a person, or a screen.
    Account,
    /// That a person signed in.
    Person,
    /// That it may be done at some place.
    Somewhere(C),
    /// That one of these may be done at some place.
    SomewhereOneOf(&'static [C]),
    /// That it may be done for the plant as a whole.
    Everywhere(C),
    /// A seat at a tablet: what answers looks at it itself, and at nothing else.
    Seat,
    /// The token in the data directory of this machine.
    Machine,
}

impl Need {
    /// Whether somebody has what it takes.
    #[must_use]
    pub fn is_met(self, who: &Who) -> bool {
        match self {
            Self::Nothing | Self::Seat => true,
            Self::Machine => false,
            Self::Known => who.is_known(),
            // Not a program: its token would make others that outlive it.
            Self::Account => matches!(who.kind, Kind::Account(_) | Kind::Display(_)),
            Self::Person => matches!(who.kind, Kind::Account(_)),
            Self::Somewhere(capability) => who.may_somewhere(capability),
            Self::SomewhereOneOf(capabilities) => capabilities.iter().any(|one| who.may_somewhere(*one)),
            Self::Everywhere(capability) => who.may_everywhere(capability),
        }
    }
}

/// One route and what it needs.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    pub method: &'static str,
    pub path: &'static str,
    pub need: Need,
}

const fn rule(method: &'static str, path: &'static str, need: Need) -> Rule {
    Rule { method, path, need }
}

/// Every route. Server functions are by their whole path. Tests join it with the lists of pages and functions that
/// the framework knows, and with the routes that the sources of `http` register.
pub const RULES: &[Rule] = &[
    // Pages.
    rule("GET", "/", Need::Somewhere(C::See)),
    rule("GET", "/overview", Need::Somewhere(C::See)),
    rule("GET", "/overview/needs", Need::Somewhere(C::See)),
    rule("GET", "/overview/wall", Need::Somewhere(C::See)),
    rule("GET", "/h", Need::Somewhere(C::See)),
    rule("GET", "/h/{*path}", Need::Somewhere(C::See)),
    rule("GET", "/assets/{id}", Need::Somewhere(C::See)),
    rule("GET", "/tags/{id}", Need::Somewhere(C::See)),
    rule("GET", "/tags/{id}/explain", Need::Somewhere(C::See)),
    rule("GET", "/compare", Need::Somewhere(C::See)),
    rule("GET", "/search", Need::Somewhere(C::See)),
    rule("GET", "/sources", Need::Everywhere(C::SeeSources)),
    rule("GET", "/sources/learn", Need::Everywhere(C::ChangeModel)),
    rule("GET", "/status", Need::Everywhere(C::SeeStatus)),
    rule("GET", "/help", Need::Known),
    // A link proves its holder itself.
    rule("GET", "/s/{secret}", Need::Nothing),
    rule("GET", "/s/{secret}/embed", Need::Nothing),
    rule("POST", "/s/{secret}/pin", Need::Nothing),
    rule("POST", "/s/{secret}/code", Need::Nothing),
    rule("GET", "/s/{secret}/report", Need::Nothing),
    rule("POST", "/s/{secret}/report", Need::Nothing),
    rule("GET", "/s/{secret}/card.png", Need::Nothing),
    rule("GET", "/api/fn/shared", Need::Nothing),
    rule("GET", "/oembed", Need::Nothing),
    // What pages ask for.
    rule("GET", "/api/fn/shell", Need::Somewhere(C::See)),
    rule("GET", "/api/fn/overview", Need::Somewhere(C::See)),
    rule("GET", "/api/fn/place", Need::Somewhere(C::See)),
    rule("GET", "/api/fn/rows", Need::Somewhere(C::See)),
    rule("GET", "/api/fn/tree", Need::Somewhere(C::See)),
    rule("GET", "/api/fn/counts", Need::Somewhere(C::See)),
    rule("GET", "/api/fn/branch", Need::Somewhere(C::See)),
    rule("GET", "/api/fn/asset", Need::Somewhere(C::See)),
    rule("GET", "/api/fn/tag", Need::Somewhere(C::See)),
    rule("GET", "/api/fn/topics", Need::Somewhere(C::See)),
    rule("GET", "/api/fn/explain", Need::Somewhere(C::See)),
    rule("GET", "/api/fn/compare", Need::Somewhere(C::See)),
    rule("GET", "/api/fn/search", Need::Somewhere(C::See)),
    rule("GET", "/api/fn/find", Need::Somewhere(C::See)),
    rule("GET", "/api/fn/trend", Need::Somewhere(C::SeeHistory)),
    rule("GET", "/api/fn/sources", Need::Everywhere(C::SeeSources)),
    rule("GET", "/api/fn/tested", Need::Everywhere(C::ChangeSources)),
    rule("GET", "/api/fn/learn", Need::Everywhere(C::ChangeModel)),
    rule("GET", "/api/fn/status", Need::Everywhere(C::SeeStatus)),
    // What forms change.
    rule("POST", "/api/fn/prefs", Need::Nothing),
    rule("POST", "/api/fn/report_panic", Need::Nothing),
    rule("POST", "/api/fn/set_point", Need::Somewhere(C::ChangePoint)),
    rule("POST", "/api/fn/save_point", Need::Somewhere(C::ChangePoint)),
    rule("POST", "/api/fn/test_broker", Need::Everywhere(C::ChangeSources)),
    rule("POST", "/api/fn/try_broker", Need::Everywhere(C::ChangeSources)),
    rule("POST", "/api/fn/use_broker", Need::Everywhere(C::ChangeSources)),
    rule("POST", "/api/fn/use_tested", Need::Everywhere(C::ChangeSources)),
    rule(
        "POST",
        "/api/fn/set_source_use",
        Need::Everywhere(C::ChangeSources),
    ),
    rule("POST", "/api/fn/set_ignored", Need::Everywhere(C::ChangeSources)),
    rule("POST", "/api/fn/act_learn", Need::Everywhere(C::ChangeModel)),
    rule("POST", "/api/fn/demo_fault", Need::Everywhere(C::RunDemo)),
    rule("POST", "/api/fn/demo_speed", Need::Everywhere(C::RunDemo)),
    // Beside the pages.
    rule("GET", "/healthz", Need::Nothing),
    rule("GET", "/ca.crt", Need::Nothing),
    rule("GET", "/help/trust", Need::Nothing),
    rule("GET", "/readyz", Need::Nothing),
    rule("GET", "/metrics", Need::Everywhere(C::SeeStatus)),
    rule("GET", "/api/export.csv", Need::Somewhere(C::Export)),
    // The socket asks by itself: a link is shown in its first message.
    rule("GET", "/api/ws", Need::Nothing),
    rule("POST", "/api/local/backup", Need::Machine),
    rule("POST", "/api/local/model", Need::Machine),
    rule("POST", "/api/local/accounts", Need::Machine),
    // The doors.
    rule("GET", "/sign-in", Need::Nothing),
    rule("POST", "/sign-in", Need::Nothing),
    rule("POST", "/sign-out", Need::Nothing),
    rule("GET", "/sign-in/openid", Need::Nothing),
    rule("GET", "/sign-in/openid/done", Need::Nothing),
    rule("GET", "/welcome/{secret}", Need::Nothing),
    rule("POST", "/welcome/{secret}", Need::Nothing),
    rule("POST", "/visit", Need::Known),
    // One's own account.
    rule("GET", "/account", Need::Account),
    rule("POST", "/account/password", Need::Person),
    rule("POST", "/account/sessions", Need::Account),
    rule("POST", "/account/tokens", Need::Person),
    rule("POST", "/account/tokens/end", Need::Person),
    // Share links of one's own; whose a link is asks what answers.
    rule("GET", "/share", Need::Somewhere(C::Share)),
    rule("POST", "/share", Need::Somewhere(C::Share)),
    rule("GET", "/share/preview", Need::Somewhere(C::Share)),
    rule("POST", "/share/preview", Need::Somewhere(C::Share)),
    rule("POST", "/share/label", Need::Somewhere(C::Share)),
    // Labels hold no secret; where one leads asks what answers.
    rule("GET", "/labels", Need::Somewhere(C::See)),
    rule("GET", "/a/{code}", Need::Somewhere(C::See)),
    rule("GET", "/A/{code}", Need::Somewhere(C::See)),
    rule("GET", "/links", Need::Somewhere(C::Share)),
    rule("GET", "/links/{id}", Need::Somewhere(C::Share)),
    rule("POST", "/links/{id}/pause", Need::Somewhere(C::Share)),
    rule("POST", "/links/{id}/resume", Need::Somewhere(C::Share)),
    rule("POST", "/links/{id}/revoke", Need::Somewhere(C::Share)),
    rule("GET", "/admin/links", Need::Everywhere(C::ManageLinks)),
    // Work; whose work it is asks what answers.
    rule("GET", "/work", Need::Somewhere(C::SeeWork)),
    rule("POST", "/work", Need::Somewhere(C::RequestWork)),
    rule("GET", "/work/new", Need::Somewhere(C::RequestWork)),
    rule("GET", "/work/{id}", Need::Somewhere(C::SeeWork)),
    rule("GET", "/work/{id}/files/{hash}", Need::Somewhere(C::SeeWork)),
    rule("GET", "/work/needs", Need::Somewhere(C::SeeWork)),
    rule("GET", "/work/needs/{id}", Need::Somewhere(C::SeeWork)),
    rule("POST", "/work/needs/{id}/attach", Need::Somewhere(C::PlanWork)),
    rule("POST", "/work/needs/{id}/dismiss", Need::Somewhere(C::PlanWork)),
    rule("POST", "/work/needs/{id}/split", Need::Somewhere(C::PlanWork)),
    rule("GET", "/work/risk", Need::Somewhere(C::SeeWork)),
    rule("GET", "/work/figures", Need::Somewhere(C::SeeWork)),
    rule("GET", "/work/plans", Need::Somewhere(C::SeeWork)),
    rule("POST", "/work/plans", Need::Somewhere(C::PlanWork)),
    rule("GET", "/work/plans/new", Need::Somewhere(C::PlanWork)),
    rule("GET", "/work/plans/{id}", Need::Somewhere(C::SeeWork)),
    rule(
        "POST",
        "/work/{id}/move",
        Need::SomewhereOneOf(&[C::DoWork, C::PlanWork, C::VerifyWork]),
    ),
    rule("POST", "/work/{id}/answer", Need::Somewhere(C::DoWork)),
    rule("POST", "/work/{id}/comment", Need::Somewhere(C::RequestWork)),
    rule("POST", "/work/{id}/finding", Need::Somewhere(C::DoWork)),
    rule("POST", "/work/{id}/plan", Need::Somewhere(C::PlanWork)),
    rule("POST", "/work/{id}/time", Need::Somewhere(C::DoWork)),
    rule(
        "POST",
        "/work/{id}/part",
        Need::SomewhereOneOf(&[C::DoWork, C::PlanWork]),
    ),
    rule("POST", "/work/{id}/permit", Need::Somewhere(C::DoWork)),
    rule("POST", "/work/{id}/lock", Need::Somewhere(C::DoWork)),
    rule("POST", "/work/{id}/stop", Need::Somewhere(C::DoWork)),
    rule("POST", "/work/{id}/cost", Need::Somewhere(C::DoWork)),
    rule("POST", "/work/{id}/withdraw", Need::Somewhere(C::RequestWork)),
    rule("POST", "/work/{id}/watch", Need::Somewhere(C::RequestWork)),
    rule(
        "POST",
        "/work/{id}/settle",
        Need::SomewhereOneOf(&[C::DoWork, C::PlanWork]),
    ),
    // Tablets of crews: a seat proves its person itself, to these routes alone.
    rule("POST", "/api/crew/seat", Need::Somewhere(C::SeeWork)),
    rule("DELETE", "/api/crew/seat", Need::Seat),
    rule("GET", "/api/crew/day", Need::Seat),
    rule("POST", "/api/crew/send", Need::Seat),
    rule("PUT", "/api/crew/files/{hash}", Need::Seat),
    // Their shell knows nobody.
    rule("GET", "/crew", Need::Nothing),
    rule("GET", "/crew/offline", Need::Nothing),
    rule("GET", "/crew/{*rest}", Need::Nothing),
    rule("GET", "/sw.js", Need::Nothing),
    rule("POST", "/account/tablets", Need::Account),
    rule("POST", "/admin/tablets", Need::Everywhere(C::ManageAccounts)),
    // The same for other systems.
    rule("GET", "/api/openapi.json", Need::Known),
    rule("GET", "/api/v1/work-orders", Need::Somewhere(C::SeeWork)),
    rule("GET", "/api/v1/work-orders/{id}", Need::Somewhere(C::SeeWork)),
    rule(
        "PUT",
        "/api/v1/work-orders/{system}/{id}",
        Need::Somewhere(C::PlanWork),
    ),
    rule("GET", "/api/v1/work-orders.csv", Need::Somewhere(C::Export)),
    rule("POST", "/api/v1/work-orders.csv", Need::Somewhere(C::PlanWork)),
    // The plan; of which site asks what answers.
    rule("GET", "/plan", Need::Somewhere(C::PlanWork)),
    rule("POST", "/plan/place", Need::Somewhere(C::PlanWork)),
    rule("POST", "/plan/undo", Need::Somewhere(C::PlanWork)),
    rule("POST", "/plan/keep", Need::Somewhere(C::PlanWork)),
    rule("POST", "/plan/copy", Need::Somewhere(C::PlanWork)),
    rule("POST", "/plan/optimise", Need::Somewhere(C::PlanWork)),
    rule("GET", "/plan/commit", Need::Somewhere(C::PlanWork)),
    rule("POST", "/plan/commit", Need::Somewhere(C::PlanWork)),
    rule("GET", "/plan/crews", Need::Somewhere(C::PlanWork)),
    rule("POST", "/plan/crews", Need::Somewhere(C::PlanWork)),
    rule("GET", "/plan/parts", Need::Somewhere(C::PlanWork)),
    rule("POST", "/plan/parts", Need::Somewhere(C::PlanWork)),
    rule("GET", "/plan/parts.csv", Need::Somewhere(C::Export)),
    rule("POST", "/plan/people", Need::Somewhere(C::PlanWork)),
    rule("POST", "/plan/absences", Need::Somewhere(C::PlanWork)),
    rule("POST", "/plan/production", Need::Somewhere(C::PlanWork)),
    rule("POST", "/plan/site", Need::Somewhere(C::PlanWork)),
    // Administration.
    rule(
        "GET",
        "/admin",
        Need::SomewhereOneOf(&[C::ManageAccounts, C::ManageLinks, C::SeeAudit, C::SeeStatus]),
    ),
    rule("GET", "/admin/roles", Need::Everywhere(C::ManageAccounts)),
    rule("GET", "/admin/people", Need::Everywhere(C::ManageAccounts)),
    rule(
        "POST",
        "/admin/people/invite",
        Need::Everywhere(C::ManageAccounts),
    ),
    rule("GET", "/admin/people/{id}", Need::Everywhere(C::ManageAccounts)),
    rule(
        "POST",
        "/admin/people/{id}/grant",
        Need::Everywhere(C::ManageAccounts),
    ),
    rule(
        "POST",
        "/admin/people/{id}/ungrant",
        Need::Everywhere(C::ManageAccounts),
    ),
    rule(
        "POST",
        "/admin/people/{id}/reset",
        Need::Everywhere(C::ManageAccounts),
    ),
    rule(
        "POST",
        "/admin/people/{id}/contact",
        Need::Everywhere(C::ManageAccounts),
    ),
    rule(
        "POST",
        "/admin/people/{id}/active",
        Need::Everywhere(C::ManageAccounts),
    ),
    rule(
        "POST",
        "/admin/people/{id}/remove",
        Need::Everywhere(C::ManageAccounts),
    ),
    rule(
        "POST",
        "/admin/people/{id}/sessions",
        Need::Everywhere(C::ManageAccounts),
    ),
    rule("GET", "/admin/sessions", Need::Everywhere(C::ManageAccounts)),
    rule("POST", "/admin/sessions", Need::Everywhere(C::ManageAccounts)),
    rule("GET", "/admin/tokens", Need::Everywhere(C::ManageAccounts)),
    rule("POST", "/admin/tokens", Need::Everywhere(C::ManageAccounts)),
    rule("GET", "/admin/audit", Need::Everywhere(C::SeeAudit)),
    rule("GET", "/admin/audit.csv", Need::Everywhere(C::SeeAudit)),
];

/// What a route needs; none where it is in no rule.
#[must_use]
pub fn need_of(method: &Method, path: &str) -> Option<Need> {
    let method = if *method == Method::HEAD {
        "GET"
    } else {
        method.as_str()
    };
    let rule = RULES
        .iter()
        .find(|rule| rule.method == method && rule.path == path);
    rule.map(|rule| rule.need)
}

/// Lets through who has what the route needs.
pub async fn guard(State(doors): State<Doors>, request: Request, next: Next) -> Response {
    // Server functions share one route: their path says which.
    let path = request.uri().path();
    let matched = request.extensions().get::<MatchedPath>();
    let under = |path: &'_ str| path.strip_prefix(routes::base()).unwrap_or(path).to_owned();
    let path = under(path);
    let path = match matched {
        Some(matched) if !path.starts_with("/api/fn/") => under(matched.as_str()),
        _ => path,
    };
    let asker = request.extensions().get::<Asker>();
    let is_known = asker.is_some_and(|asker| asker.who.is_known());
    match need_of(request.method(), &path) {
        // Nothing of it is read before the token is.
        Some(Need::Machine) => match is_ours(request.headers(), &doors.token) {
            true => next.run(request).await,
            false => (StatusCode::FORBIDDEN, "the token does not fit this server\n").into_response(),
        },
        Some(need) if asker.is_some_and(|asker| need.is_met(&asker.who)) => next.run(request).await,
        // What is no route is told so to whoever is known; to everybody else it looks like what is one.
        None if is_known && matched.is_none() => next.run(request).await,
        None if is_known => (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response(),
        Some(_) | None => refuse(&doors, request, is_known).await,
    }
}

/// A reader of pages is led to where they sign in, or told why not; a program is told plainly.
async fn refuse(doors: &Doors, request: Request, is_known: bool) -> Response {
    let accepts = request.headers().get(header::ACCEPT);
    let accepts = accepts
        .and_then(|accept| accept.to_str().ok())
        .unwrap_or_default();
    let wants_page = request.method() == Method::GET && accepts.contains("text/html");
    match (is_known, wants_page) {
        (true, true) => doors.denied(request).await,
        (true, false) => (StatusCode::FORBIDDEN, "Your role does not allow this.\n").into_response(),
        (false, true) => {
            // A nested router takes the base path away.
            let whole = request.extensions().get::<OriginalUri>().map(|whole| &whole.0);
            let asked = whole.unwrap_or_else(|| request.uri()).path_and_query();
            let next = asked.map_or("/", |asked| asked.as_str());
            let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
            Redirect::to(&format!("{}?next={next}", routes::sign_in())).into_response()
        }
        (false, false) => {
            let how = [(header::WWW_AUTHENTICATE, "Bearer")];
            (StatusCode::UNAUTHORIZED, how, "Sign in first.\n").into_response()
        }
    }
}

/// Compares without telling by its time how far two tokens agree.
fn is_ours(headers: &HeaderMap, token: &str) -> bool {
    let given = headers
        .get("x-gemba-token")
        .map_or(&[][..], |value| value.as_bytes());
    let differs = given
        .iter()
        .zip(token.as_bytes())
        .fold(0, |differs, (a, b)| differs | (a ^ b));
    given.len() == token.len() && differs == 0
}
