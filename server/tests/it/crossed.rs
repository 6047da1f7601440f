//! Every route against every role and scope, in one table; and what a part of the plant lets be known of the rest.

use std::net::SocketAddr;
use std::sync::Arc;

use access::{Capability, Grant, Kind, Role, Scope, Who};
use app::shell::{App, Start};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use leptos_axum::generate_route_list;
use server::accounts::{Accounts, NewAccount, Origin};
use server::clock::{Clock as _, SystemClock};
use server::config::Config;
use server::config::layer::{self, Layers};
use server::core::Core;
use server::engine::{Batch, EngineInput};
use server::http::rules::{Need, RULES};
use server::http::{self, Shared, Web};
use server::running::Running;
use store::DataDir;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use twin::{AssetId, Leaf, Message, PointId, SourceId, Value};

use crate::support::{PATIENCE, until};

const SOURCE: SourceId = SourceId::new(1);
/// What nobody but who sees Rotterdam may ever read.
const HIDDEN: [&str; 4] = ["rotterdam", "Rotterdam", "77125", "secretflow"];

/// A server without a listener: two sites, one of them with something to hide.
struct Site {
    app: Router,
    running: Running,
    accounts: Arc<Accounts>,
    /// Ends the engine: nothing changes any more while everything is asked.
    stop: CancellationToken,
    _dir: TempDir,
}

fn message(topic: &str, value: f64) -> Message {
    Message {
        source: SOURCE,
        topic: topic.into(),
        arrival: SystemClock.now(),
        retained: false,
        qos: 0,
        leaves: vec![Leaf {
            value: Some(Value::Number(value)),
            ..Leaf::default()
        }],
        availability: None,
    }
}

impl Site {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(&dir.path().join("data")).unwrap();
        let mut layers = Layers::default();
        let root = data.root().display().to_string();
        layers.set("data.dir", &root, layer::Origin::Default);
        let config = Config::from_layers(&layers).unwrap();
        let core = Core::open(&config, &data).await.unwrap();
        let stop = CancellationToken::new();
        let running = Running::start(&config, core, None, "test".to_owned(), &stop).unwrap();
        let tell = async |input| running.backend.engine.send(input).await.unwrap();
        let name = "broker".into();
        tell(EngineInput::SourceAdded { source: SOURCE, name }).await;
        tell(EngineInput::SourceConnected(SOURCE)).await;
        tell(EngineInput::Batch(Batch {
            source: SOURCE,
            messages: vec![
                message("acme/lyon/press/force", 12.0),
                message("acme/lyon/oven/heat", 200.0),
                message("acme/rotterdam/pump/secretflow", 77_125.0),
            ],
            acks: Vec::new(),
            view_only: false,
        }))
        .await;
        let twin = running.backend.twin.clone();
        until("three points joined", async || {
            (twin.read().unwrap().plant_summary().points == 3).then_some(())
        })
        .await;
        let address: SocketAddr = "127.0.0.1:8080".parse().unwrap();
        let web = Web::default();
        let shared = Shared::new(&config, &running, &web, address, "token".to_owned());
        let app = http::app(&config, &shared, web, address);
        let accounts = running.backend.accounts.clone();
        Self {
            app,
            running,
            accounts,
            stop,
            _dir: dir,
        }
    }

    fn asset(&self, path: &str) -> AssetId {
        self.running.backend.twin.read().unwrap().by_path(path).unwrap()
    }

    fn point(&self, path: &str) -> PointId {
        let twin = self.running.backend.twin.read().unwrap();
        twin.points_of(twin.by_path(path).unwrap())[0]
    }

    /// A session of a new account with these grants.
    async fn session(&self, name: &str, grants: Vec<Grant>) -> String {
        let new = NewAccount {
            name: name.to_owned(),
            display: name.to_owned(),
            email: None,
            is_display: false,
            grants,
        };
        let pass = self.accounts.invite(new).await.unwrap();
        let password = "correct horse battery".to_owned();
        let origin = Origin::default();
        let session = self
            .accounts
            .use_pass(&pass.secret, "", password, origin)
            .await
            .unwrap();
        session.secret
    }

    /// Status, where it leads, and body.
    async fn call(&self, method: &str, path: &str, session: Option<&str>) -> (StatusCode, String, String) {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::ACCEPT, "application/json, text/html")
            .header(header::HOST, "127.0.0.1:8080")
            .header(header::ORIGIN, "http://127.0.0.1:8080")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(session) = session {
            request = request.header(header::COOKIE, format!("gemba_session={session}"));
        }
        let mut request = request.body(Body::empty()).unwrap();
        let peer: SocketAddr = "127.0.0.1:40000".parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = tokio::time::timeout(PATIENCE, self.app.clone().oneshot(request)).await;
        let answer = answer
            .unwrap_or_else(|_| panic!("{method} {path} never ends"))
            .unwrap();
        let leads = answer.headers().get(header::LOCATION);
        let leads = leads
            .map(|at| at.to_str().unwrap().to_owned())
            .unwrap_or_default();
        let status = answer.status();
        let body = to_bytes(answer.into_body(), 8 << 20).await.unwrap();
        (status, leads, String::from_utf8_lossy(&body).into_owned())
    }
}

/// A path of the table with something in the place of its parameters.
fn concrete(path: &str) -> String {
    path.replace("{*path}", "acme/lyon")
        .replace("{id}", "1")
        .replace("{secret}", "none")
}

#[test]
fn every_page_and_function_has_a_rule_and_every_rule_a_route() {
    let pages = generate_route_list(|| leptos::view! { <App start=Start::empty()/> });
    let known = |method: &str, path: &str| {
        let found = RULES
            .iter()
            .filter(|rule| rule.method == method && rule.path == path);
        assert_eq!(found.count(), 1, "{method} {path} must have one rule");
    };
    for page in &pages {
        known("GET", page.path());
    }
    let functions: Vec<(String, String)> = leptos::server_fn::axum::server_fn_paths()
        .map(|(path, method)| (method.to_string(), path.to_owned()))
        .collect();
    assert!(functions.len() > 25, "the functions are linked in: {functions:?}");
    for (method, path) in &functions {
        known(method, path);
    }
    for rule in RULES.iter().filter(|rule| rule.path.starts_with("/api/fn/")) {
        let is_there = functions
            .iter()
            .any(|(method, path)| method == rule.method && path == rule.path);
        assert!(is_there, "{} {} is a rule for nothing", rule.method, rule.path);
    }
}

async fn every_route_for_every_role_and_scope() {
    let site = Site::new().await;
    site.stop.cancel();
    let scopes = [
        ("plant", Scope::Plant),
        ("site", Scope::Below([site.asset("acme/lyon")].into())),
        ("asset", Scope::Below([site.asset("acme/lyon/press")].into())),
    ];
    // The last owner cannot be taken away: there is one beside those tested.
    let mut asking = vec![(Who::nobody(), None)];
    for role in Role::ALL {
        for (word, scope) in &scopes {
            let grant = Grant {
                role,
                scope: scope.clone(),
            };
            let name = format!("{}-{word}", role.word());
            let session = site.session(&name, vec![grant.clone()]).await;
            let who = Who::new(Kind::Nobody, &name, [grant]);
            asking.push((who, Some(session)));
        }
    }
    let mut asked = 0;
    for rule in RULES {
        // Signing out ends the session; what follows would be asked by nobody. The doors have tests of their own.
        if rule.path == "/sign-out" || rule.path == "/sign-in" {
            continue;
        }
        for (who, session) in &asking {
            let (status, leads, body) = site
                .call(rule.method, &concrete(rule.path), session.as_deref())
                .await;
            let may = match rule.need {
                Need::Machine => false,
                Need::Known | Need::Account => session.is_some(),
                need => need.is_met(who),
            };
            let is_refused = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
                || leads.starts_with("/sign-in");
            // The socket asks by itself, and this is no handshake.
            let is_right = may != is_refused || rule.path == "/api/ws" || rule.path == "/visit";
            assert!(
                is_right,
                "{} {} for {:?}: {status} {leads} {}",
                rule.method,
                rule.path,
                who.name,
                body.get(..200).unwrap_or(&body)
            );
            asked += 1;
        }
    }
    assert!(asked > 1_000, "{asked}");
}

/// What is asked of everything that shows assets, by paths that name nothing hidden.
fn lists() -> Vec<String> {
    let mut paths: Vec<String> = [
        "/overview",
        "/overview/wall",
        "/h",
        "/h/acme",
        "/h/acme/lyon",
        "/h?by=process",
        "/compare",
        "/search?q=secret",
        "/search?q=flow",
        "/search",
        "/api/fn/shell",
        "/api/fn/overview",
        "/api/fn/place?path=&by=",
        "/api/fn/place?path=acme&by=",
        "/api/fn/rows?path=",
        "/api/fn/rows?path=acme",
        "/api/fn/rows?path=acme/lyon",
        "/api/fn/tree?path=",
        "/api/fn/tree?path=acme/lyon",
        "/api/fn/tree?path=&query[abnormal]=true",
        "/api/fn/branch?offset=0",
        "/api/fn/branch?offset=0&parent=1",
        "/api/fn/search?q=a",
        "/api/fn/search?q=rotter",
        "/api/fn/search?q=secretflo",
        "/api/fn/find?query[words]=a",
        "/api/fn/find?query[words]=flow",
        "/api/fn/find?query[words]=acme",
        "/api/fn/compare?ty=&property=&descending=true",
        "/api/fn/sources",
        "/api/fn/learn?query[tab]=Assets&query[offset]=0&query[at]=&query[find]=",
        "/api/fn/status",
        "/sources",
        "/sources/learn",
        "/status",
        "/metrics",
        "/links",
        "/admin/links",
    ]
    .map(str::to_owned)
    .into();
    // Ids are small numbers: whoever tries them all.
    for id in 0..12 {
        paths.extend([
            format!("/assets/{id}"),
            format!("/tags/{id}"),
            format!("/tags/{id}/explain"),
            format!("/api/fn/asset?asset={id}&offset=0"),
            format!("/api/fn/tag?point={id}"),
            format!("/api/fn/explain?point={id}"),
            format!("/api/fn/topics?points[0]={id}"),
            format!("/api/fn/counts?by=&assets[0]={id}"),
            format!("/api/fn/branch?offset=0&parent={id}"),
            format!("/api/fn/find?query[words]=a&query[site]={id}"),
            format!("/api/fn/trend?points[0]={id}&from_millis=0&to_millis=30000000000&width_px=300"),
            format!("/share?asset={id}"),
            format!("/links/{id}"),
            format!("/api/export.csv?point={id}&from=0&to=9999999999999"),
        ]);
    }
    paths
}

async fn a_part_of_the_plant_tells_nothing_of_the_rest() {
    let site = Site::new().await;
    site.stop.cancel();
    let lyon = Scope::Below([site.asset("acme/lyon")].into());
    for role in Role::ALL {
        let grant = Grant {
            role,
            scope: lyon.clone(),
        };
        let session = site.session(role.word(), vec![grant]).await;
        for path in lists() {
            let (status, _, body) = site.call("GET", &path, Some(&session)).await;
            // A search shows its own words again.
            let body = body.replace("secretflo\"", "").replace("rotter\"", "");
            for hidden in HIDDEN {
                assert!(
                    !body.contains(hidden),
                    "{role:?} reads {hidden} at {path} ({status})"
                );
            }
        }
        // What is in sight is there: the test above would pass for a server that shows nothing at all.
        let (_, _, page) = site.call("GET", "/overview", Some(&session)).await;
        assert!(
            page.contains("Press") || page.contains("press"),
            "{role:?} sees its own site"
        );
        let (status, ..) = site
            .call(
                "GET",
                &format!("/tags/{}", site.point("acme/lyon/press").get()),
                Some(&session),
            )
            .await;
        assert_eq!(status, StatusCode::OK);
        let (status, ..) = site
            .call(
                "GET",
                &format!("/tags/{}", site.point("acme/rotterdam/pump").get()),
                Some(&session),
            )
            .await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
}

async fn counts_are_those_of_what_is_seen() {
    let site = Site::new().await;
    site.stop.cancel();
    let grant = Grant {
        role: Role::Viewer,
        scope: Scope::Below([site.asset("acme/lyon")].into()),
    };
    let part = site.session("part", vec![grant]).await;
    let whole = site.session("whole", vec![Grant::everywhere(Role::Viewer)]).await;
    for (session, points, assets) in [(&part, 2, 3), (&whole, 3, 6)] {
        let (_, _, body) = site.call("GET", "/api/fn/shell", Some(session)).await;
        let shell: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(shell["plant"]["summary"]["points"], points, "{body}");
        assert_eq!(shell["plant"]["assets"], assets, "{body}");
    }
}

async fn a_point_is_changed_by_who_may_there_and_nowhere_else() {
    let site = Site::new().await;
    let grant = Grant {
        role: Role::Engineer,
        scope: Scope::Below([site.asset("acme/lyon")].into()),
    };
    let engineer = site.session("engineer", vec![grant]).await;
    for (path, expect) in [
        ("acme/lyon/press", StatusCode::OK),
        ("acme/rotterdam/pump", StatusCode::NOT_FOUND),
    ] {
        let point = site.point(path).get();
        let form = format!("point={point}&form[name]=Force");
        let request = Request::builder()
            .method("POST")
            .uri("/api/fn/save_point")
            .header(header::ACCEPT, "application/json")
            .header(header::HOST, "127.0.0.1:8080")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, format!("gemba_session={engineer}"))
            .header(header::ORIGIN, "http://127.0.0.1:8080")
            .body(Body::from(form))
            .unwrap();
        let answer = site.app.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), expect, "{path}");
    }
    assert!(Role::Engineer.may(Capability::ChangePoint));
}

/// One after the other in one runtime, as the server has one: pages drawn by several runtimes of one process at
/// once were seen to wait for ever.
#[tokio::test(flavor = "multi_thread")]
async fn who_may_see_and_do_what() {
    every_route_for_every_role_and_scope().await;
    a_part_of_the_plant_tells_nothing_of_the_rest().await;
    counts_are_those_of_what_is_seen().await;
    a_point_is_changed_by_who_may_there_and_nowhere_else().await;
}
