//! Who sees Lyon reaches for Rotterdam, by every way there is.

use access::{Capability, Role};
use axum::http::StatusCode;
use server::clock::{Clock as _, SystemClock};
use twin::Span;

use crate::support::site::{Answer, Live, Site};

/// What nobody but who sees Rotterdam may ever read.
const HIDDEN: [&str; 4] = ["rotterdam", "Rotterdam", "77125", "secretflow"];

const DAY: Span = Span::from_secs(86_400);

/// A viewer of Lyon alone.
async fn lyon(site: &Site) -> String {
    let grant = site.grant(Role::Viewer, "acme/lyon");
    site.session("lyon", vec![grant]).await
}

fn assert_hidden(answer: &Answer, path: &str) {
    // A search shows its own words again.
    let body = answer.body.replace("secretflo\"", "").replace("rotter\"", "");
    for hidden in HIDDEN {
        assert!(!body.contains(hidden), "{hidden} at {path} ({})", answer.status);
    }
}

/// Every role sees nothing of the rest at these addresses, and whoever sees all sees it at some.
async fn tells_nothing(paths: &[String]) {
    let site = Site::new().await;
    site.committed(3).await;
    site.stop.cancel();
    for role in Role::ALL {
        let session = site
            .session(role.word(), vec![site.grant(role, "acme/lyon")])
            .await;
        for path in paths {
            assert_hidden(&site.get(path).by(&session).await, path);
        }
    }
    // Without this the test would pass for a server that shows nothing to anybody.
    let all = site.session("all", vec![site.grant(Role::Owner, "")]).await;
    let mut is_seen = false;
    for path in paths {
        let body = site.get(path).by(&all).await.body;
        is_seen |= HIDDEN.iter().any(|hidden| body.contains(hidden));
    }
    assert!(is_seen, "nobody sees what is to be hidden: {paths:?}");
}

fn owned(paths: &[&str]) -> Vec<String> {
    paths.iter().map(|path| (*path).to_owned()).collect()
}

/// These for each small number: ids are tried one after the other.
fn numbered(make: impl Fn(u32) -> Vec<String>) -> Vec<String> {
    (0..12).flat_map(make).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn another_subtree_by_pages() {
    tells_nothing(&owned(&[
        "/overview",
        "/overview/needs",
        "/overview/wall",
        "/h",
        "/h/acme",
        "/h/acme/lyon",
        "/h?by=process",
        "/compare",
        "/sources",
        "/sources/learn",
        "/status",
        "/metrics",
        "/links",
        "/admin/links",
    ]))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_subtree_by_server_functions() {
    tells_nothing(&owned(&[
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
        "/api/fn/compare?ty=&property=&descending=true",
        "/api/fn/sources",
        "/api/fn/learn?query[tab]=Assets&query[offset]=0&query[at]=&query[find]=",
        "/api/fn/status",
    ]))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_subtree_by_search() {
    tells_nothing(&owned(&[
        "/search?q=secret",
        "/search?q=flow",
        "/search",
        "/api/fn/search?q=a",
        "/api/fn/search?q=rotter",
        "/api/fn/search?q=secretflo",
        "/api/fn/find?query[words]=a",
        "/api/fn/find?query[words]=flow",
        "/api/fn/find?query[words]=acme",
    ]))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_subtree_by_trying_numbers() {
    tells_nothing(&numbered(|id| {
        vec![
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
            format!("/share?asset={id}"),
            format!("/share/preview?asset={id}"),
            format!("/labels?asset={id}"),
            format!("/labels?asset={id}&below=on"),
            format!("/links/{id}"),
        ]
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_subtree_by_history() {
    let now = SystemClock.now().millis();
    let asked = format!(
        "from_millis={}&to_millis={}&width_px=300",
        now - 3_600_000,
        now + 60_000
    );
    tells_nothing(&numbered(|id| {
        vec![format!("/api/fn/trend?points[0]={id}&{asked}")]
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_subtree_by_export() {
    tells_nothing(&numbered(|id| {
        vec![format!("/api/export.csv?point={id}&from=0&to=9999999999999")]
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_subtree_by_its_path() {
    let site = Site::new().await;
    let lyon = lyon(&site).await;
    let point = |path: &str| format!("/tags/{}", site.point(path).get());
    for (path, expect) in [
        ("/h/acme/lyon".to_owned(), StatusCode::OK),
        (point("acme/lyon/press"), StatusCode::OK),
        ("/h/acme/rotterdam".to_owned(), StatusCode::NOT_FOUND),
        ("/h/acme/rotterdam/pump".to_owned(), StatusCode::NOT_FOUND),
        ("/h/acme/lyon/../rotterdam".to_owned(), StatusCode::NOT_FOUND),
        ("/h/acme%2Frotterdam".to_owned(), StatusCode::NOT_FOUND),
        (point("acme/rotterdam/pump"), StatusCode::NOT_FOUND),
    ] {
        let answer = site.get(&path).with("accept", "text/html").by(&lyon).await;
        assert_eq!(answer.status, expect.as_u16(), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_subtree_by_counts() {
    let site = Site::new().await;
    site.stop.cancel();
    let part = lyon(&site).await;
    let whole = site.session("whole", vec![site.grant(Role::Viewer, "")]).await;
    for (session, points, assets) in [(&part, 2, 3), (&whole, 3, 6)] {
        let body = site.get("/api/fn/shell").by(session).await.body;
        let shell: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(shell["plant"]["summary"]["points"], points, "{body}");
        assert_eq!(shell["plant"]["assets"], assets, "{body}");
    }
}

/// Selectors that reach for Rotterdam, as JSON.
fn selectors(site: &Site) -> [String; 4] {
    let (pump, point) = (
        site.asset("acme/rotterdam/pump").get(),
        site.point("acme/rotterdam/pump").get(),
    );
    let press = site.point("acme/lyon/press").get();
    [
        format!("{{\"kind\":\"points\",\"points\":[{point}]}}"),
        format!("{{\"kind\":\"points\",\"points\":[{press},{point}]}}"),
        format!("{{\"kind\":\"asset\",\"asset\":{pump}}}"),
        format!("{{\"kind\":\"summaries\",\"assets\":[{pump}]}}"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn another_subtree_by_a_socket_in_json() {
    let site = Site::new().await;
    let session = lyon(&site).await;
    let mut live = site.live_of(&session).await;
    for selector in selectors(&site) {
        let heard = live.watch(&selector).await;
        assert_eq!(heard["type"], "error", "{selector}: {heard}");
    }
    let own = format!(
        "{{\"kind\":\"asset\",\"asset\":{}}}",
        site.asset("acme/lyon/press").get()
    );
    assert_eq!(live.watch(&own).await["type"], "snapshot");
    // The plant's bar counts what is seen.
    let bar = live.watch("{\"kind\":\"plant\"}").await.to_string();
    assert!(
        bar.contains("\"points\":2") && !bar.contains("\"points\":3"),
        "{bar}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_subtree_by_a_socket_in_the_compact_form() {
    use futures::{SinkExt as _, StreamExt as _};
    use tokio_tungstenite::tungstenite::Message as Frame;
    use wire::codec::{decode_server, encode_client};
    use wire::message::{ClientMessage, ErrorCode, Selector, ServerMessage};
    let site = Site::new().await;
    let cookie = format!("gemba_session={}", lyon(&site).await);
    let head = [
        ("cookie", cookie.as_str()),
        ("sec-websocket-protocol", "gemba.v1.bin"),
    ];
    let Live(mut socket) = site.live(&head).await.unwrap();
    let hello = ClientMessage::Hello {
        protocol: 1,
        build: String::new(),
        share: String::new(),
    };
    let reach = |selector| ClientMessage::Subscribe {
        sub: 1,
        selector,
        max_hz: None,
        since: None,
    };
    let (pump, point) = (
        site.asset("acme/rotterdam/pump").get(),
        site.point("acme/rotterdam/pump").get(),
    );
    let press = site.point("acme/lyon/press").get();
    let said = [
        hello,
        reach(Selector::Points { points: vec![point] }),
        reach(Selector::Asset { asset: pump }),
        reach(Selector::Summaries { assets: vec![pump] }),
        reach(Selector::Points { points: vec![press] }),
    ];
    for message in said {
        let bytes = encode_client(&message);
        socket.send(Frame::binary(bytes)).await.unwrap();
    }
    let (mut refused, mut shown) = (0, 0);
    while shown == 0 {
        let Some(Ok(Frame::Binary(bytes))) = socket.next().await else {
            continue;
        };
        match decode_server(&bytes).unwrap() {
            ServerMessage::Error { code, .. } => {
                assert_eq!(code, ErrorCode::NotAllowed);
                refused += 1;
            }
            ServerMessage::Snapshot { .. } => shown += 1,
            _ => {}
        }
    }
    assert_eq!(refused, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_subtree_by_a_share_link_to_a_part() {
    let site = Site::new().await;
    site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    let (secret, _) = site.link("owner", "acme/lyon/press", DAY, None).await;
    let page = site
        .get(&format!("/s/{secret}"))
        .with("accept", "text/html")
        .await;
    assert_eq!(page.status, 200);
    assert_hidden(&page, "/s/");
    assert!(
        !page.body.contains("oven"),
        "what stands beside the asset is none of the link's"
    );
    let shared = site.get(&format!("/api/fn/shared?secret={secret}")).await;
    assert_eq!(shared.status, 200);
    assert_hidden(&shared, "/api/fn/shared");
    let point = site.point("acme/lyon/press").get();
    let asset = site.asset("acme/lyon/press").get();
    for path in [
        format!("/assets/{asset}?secret={secret}"),
        format!("/api/fn/asset?asset={asset}&offset=0&secret={secret}"),
        format!("/api/export.csv?point={point}&from=0&to=9999999999999&secret={secret}"),
        format!("/api/fn/trend?points[0]={point}&from_millis=0&to_millis=3&width_px=300&secret={secret}"),
    ] {
        let bearer = format!("Bearer {secret}");
        let answer = site.get(&path).by(&secret).with("authorization", &bearer).await;
        assert!(answer.is_refused(), "{path}: {}", answer.status);
    }
    let mut live = site.live(&[]).await.unwrap();
    live.hello(&secret).await;
    for selector in selectors(&site)
        .into_iter()
        .chain(["{\"kind\":\"plant\"}".to_owned()])
    {
        let heard = live.watch(&selector).await;
        assert_eq!(heard["type"], "error", "{selector}: {heard}");
    }
    let own = live
        .watch(&format!("{{\"kind\":\"points\",\"points\":[{point}]}}"))
        .await;
    assert_eq!(own["type"], "snapshot");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_subtree_by_sharing_what_one_does_not_see() {
    let site = Site::new().await;
    let grant = site.grant(Role::Engineer, "acme/lyon");
    let session = site.session("engineer", vec![grant]).await;
    for (path, expect) in [
        ("acme/lyon/press", 200),
        ("acme/rotterdam/pump", 404),
        ("acme", 404),
    ] {
        let asset = site.asset(path).get();
        let form = format!("asset={asset}&purpose=x&until=day&protection=none&values=on&children=on");
        let made = site.post("/share", &form).by(&session).await;
        assert_eq!(made.status, expect, "{path}");
        let dialog = site.get(&format!("/share?asset={asset}")).by(&session).await;
        assert_eq!(dialog.status, expect, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_subtree_by_its_embedded_picture_and_preview() {
    let site = Site::new().await;
    site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    let (secret, _) = site.link("owner", "acme/rotterdam/pump", DAY, Some("4711")).await;
    for path in [
        format!("/s/{secret}"),
        format!("/s/{secret}/embed"),
        format!("/oembed?url=http://{}/s/{secret}", site.address),
        format!("/api/fn/shared?secret={secret}"),
    ] {
        // Before its PIN is given nothing says what is behind.
        let answer = site.get(&path).with("accept", "text/html").await;
        assert_hidden(&answer, &path);
        assert!(!answer.body.to_lowercase().contains("pump"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_subtree_by_a_token_of_who_sees_a_part() {
    let site = Site::new().await;
    let grant = site.grant(Role::Administrator, "acme/lyon");
    site.session("ada", vec![grant]).await;
    let (token, _) = site.token("ada", Capability::ALL.to_vec(), DAY).await;
    let bearer = format!("Bearer {token}");
    let point = site.point("acme/rotterdam/pump").get();
    for (path, expect) in [
        (
            format!("/api/export.csv?point={point}&from=0&to=9999999999999"),
            404,
        ),
        (format!("/api/fn/tag?point={point}"), 404),
        ("/metrics".to_owned(), 403),
        ("/api/fn/overview".to_owned(), 200),
    ] {
        let answer = site.get(&path).with("authorization", &bearer).await;
        assert_eq!(answer.status, expect, "{path}");
        assert_hidden(&answer, &path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_subtree_by_changing_it() {
    let site = Site::new().await;
    let grant = site.grant(Role::Engineer, "acme/lyon");
    let engineer = site.session("engineer", vec![grant]).await;
    for (path, expect) in [("acme/lyon/press", 200), ("acme/rotterdam/pump", 404)] {
        let form = format!("point={}&form[name]=Force", site.point(path).get());
        let ask = site.post("/api/fn/save_point", &form).by(&engineer);
        let answer = ask.with("accept", "application/json").await;
        assert_eq!(answer.status, expect, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_subtree_by_the_backup_of_all() {
    let site = Site::new().await;
    let owner = site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    let file = site.dir.path().join("stolen");
    let body = format!("{{\"file\":\"{}\"}}", file.display());
    let bearer = format!(
        "Bearer {}",
        site.token("owner", Capability::ALL.to_vec(), DAY).await.0
    );
    for (name, value) in [
        ("x-gemba-token", ""),
        ("x-gemba-token", "toke"),
        ("x-gemba-token", "tokenn"),
        ("authorization", bearer.as_str()),
    ] {
        let ask = site.post("/api/local/backup", &body).by(&owner);
        let answer = ask
            .with("content-type", "application/json")
            .with(name, value)
            .await;
        assert_eq!(answer.status, 403, "{name}: {value}");
    }
    assert!(!file.exists());
    let ask = site
        .post("/api/local/backup", &body)
        .with("x-gemba-token", "token");
    let answer = ask.with("content-type", "application/json").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(file.exists());
}
