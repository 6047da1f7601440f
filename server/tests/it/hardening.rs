//! What a client may claim, and what the log never says. Attacks are in `attacks`.

use std::collections::BTreeMap;

use tempfile::TempDir;

use crate::support::{Gemba, until};

/// A server with these settings beside the usual ones.
async fn with_settings(settings: &str, args: &[&str]) -> Gemba {
    let dir = TempDir::new().unwrap();
    std::fs::write(dir.path().join("gemba.toml"), settings).unwrap();
    let site = dir.path().join("site");
    std::fs::create_dir(&site).unwrap();
    std::fs::write(site.join("icon.svg"), "<svg/>").unwrap();
    let site = site.display().to_string();
    let data = dir.path().join("data");
    let args = [&["--site", site.as_str()], args].concat();
    Gemba::serve_in(dir, data, &args).await
}

/// No broker of anybody: one that is not there.
const ALONE: &str = "[[mqtt]]\nurl = \"mqtt://127.0.0.1:9\"\n";

struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

async fn ask(gemba: &Gemba, request: &str, head: &[&str], body: &str) -> Answer {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", gemba.port))
        .await
        .unwrap();
    let host = format!("host: 127.0.0.1:{}", gemba.port);
    let mut lines = vec![
        format!("{request} HTTP/1.1"),
        format!("content-length: {}", body.len()),
    ];
    if !head.iter().any(|line| line.starts_with("connection:")) {
        lines.push("connection: close".to_owned());
    }
    if !head.iter().any(|line| line.starts_with("host:")) {
        lines.push(host);
    }
    lines.extend(head.iter().map(|line| (*line).to_owned()));
    let request = format!("{}\r\n\r\n{body}", lines.join("\r\n"));
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers = lines.filter_map(|line| line.split_once(": "));
    Answer {
        status,
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        body: body.to_owned(),
    }
}

const SOCKET: [&str; 4] = [
    "connection: upgrade",
    "upgrade: websocket",
    "sec-websocket-version: 13",
    "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_is_believed_only_where_it_is_named() {
    let behind = "[server]\nproxies = [\"127.0.0.1\"]\npublic_url = \"https://gemba.example/plant\"\n";
    let secure = [
        "x-forwarded-for: 203.0.113.7",
        "x-forwarded-proto: https",
        "x-forwarded-host: gemba.example",
    ];
    let other_port = ["x-forwarded-proto: https", "x-forwarded-host: gemba.example:8443"];
    for (settings, head, promised) in [
        (behind, &secure[..], true),
        (behind, &other_port, false),
        (behind, &["x-forwarded-for: 203.0.113.7"], false),
        ("", &secure, false),
    ] {
        let gemba = with_settings(&format!("{settings}{ALONE}"), &[]).await;
        let answer = ask(&gemba, "GET /healthz", head, "").await;
        let https_only = answer.headers.contains_key("strict-transport-security");
        assert_eq!(
            (answer.status, https_only),
            (200, promised),
            "{settings} {head:?}"
        );
        // Who forgot to name it is told.
        let told = || gemba.log().contains("not in server.proxies");
        match settings {
            "" => until("it is told", async || told().then_some(())).await,
            _ => assert!(!told()),
        }
    }
    // Everything is under the base path, whether the proxy takes it away or not; links and cookies too.
    let gemba = with_settings(&format!("{behind}{ALONE}"), &[]).await;
    for path in ["/plant/overview", "/overview"] {
        let page = ask(&gemba, &format!("GET {path}"), &secure, "").await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.body.contains("href=\"/plant/sources\""), "{path}");
        assert!(!page.body.contains("href=\"/overview\""), "{path}");
    }
    for path in ["/plant", "/plant/", "/"] {
        let there = ask(&gemba, &format!("GET {path}"), &secure, "").await;
        assert_eq!(there.headers["location"], "/plant/overview", "{path}");
    }
    for (path, status) in [
        ("/plant/icon.svg", 200),
        ("/plant/api/fn/status", 200),
        ("/plant/healthz", 200),
        ("/plant/help/trust", 200),
        ("/plant/nowhere", 404),
        ("/plantation", 404),
    ] {
        let answer = ask(&gemba, &format!("GET {path}"), &secure, "").await;
        assert_eq!(answer.status, status, "{path}");
    }
    let cookie = ask(
        &gemba,
        "POST /plant/api/fn/prefs",
        &[
            "content-type: application/x-www-form-urlencoded",
            "origin: https://gemba.example",
        ],
        "name=theme&value=dark",
    )
    .await;
    assert!(cookie.status < 500, "{}", cookie.body);
    let socket = [&SOCKET[..], &secure, &["origin: https://evil.example"]].concat();
    assert_eq!(ask(&gemba, "GET /plant/api/ws", &socket, "").await.status, 403);
}

/// Whatever level is logged at, secrets that are known to the server or come with a request do not stand in it.
#[tokio::test(flavor = "multi_thread")]
async fn the_log_says_routes_and_never_secrets() {
    let broker = "sw0rdfish-broker";
    let settings = format!(
        "[log]\nlevel = \"trace\"\nformat = \"json\"\n[[mqtt]]\nurl = \"mqtt://127.0.0.1:9\"\nuser = \"plant\"\npassword = \"{broker}\"\n"
    );
    let gemba = with_settings(&settings, &[]).await;
    let token = std::fs::read_to_string(gemba.data.join("token")).unwrap();
    let token = token.trim();
    ask(&gemba, "GET /s/sw0rdfish-link/chart?key=sw0rdfish-query", &[], "").await;
    ask(
        &gemba,
        "GET /assets/17?token=sw0rdfish-query",
        &["cookie: session=sw0rdfish-cookie"],
        "",
    )
    .await;
    ask(
        &gemba,
        "GET /api/fn/search?q=sw0rdfish-query",
        &["authorization: Bearer sw0rdfish-bearer"],
        "",
    )
    .await;
    let form = "content-type: application/x-www-form-urlencoded";
    let panicked = "page=/s/sw0rdfish-link/chart&message=boom";
    ask(&gemba, "POST /api/fn/report_panic", &[form], panicked).await;
    let login = "name=x&url=mqtt://u:sw0rdfish-url@127.0.0.1:9&user=u&password=sw0rdfish-form";
    ask(&gemba, "POST /api/fn/test_broker", &[form], login).await;
    ask(
        &gemba,
        "POST /api/local/backup",
        &[
            &format!("x-gemba-token: {token}"),
            "content-type: application/json",
        ],
        "{}",
    )
    .await;
    ask(
        &gemba,
        "GET /api/ws?token=sw0rdfish-query",
        &[&SOCKET[..], &["origin: https://evil.example"]].concat(),
        "",
    )
    .await;
    ask(&gemba, "GET /metrics", &[], "").await;
    let log = until("all of it is logged", async || {
        let log = gemba.log();
        log.contains("\"route\":\"/metrics\"").then_some(log)
    })
    .await;
    for said in [
        "\"route\":\"other\"",
        "\"route\":\"/assets/{id}\"",
        "\"route\":\"/api/fn/search\"",
        "a browser panicked",
    ] {
        assert!(log.contains(said), "{said} is not logged");
    }
    for secret in ["sw0rdfish", token] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "a secret is logged");
    }
}
