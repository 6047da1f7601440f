//! Small things that become large: nested, wide and long JSON, compressed bodies.

use access::Role;

use crate::support::site::Site;
use crate::support::{Gemba, Mosquitto, Publisher, until};

/// Publishes payloads; the server goes on, tells of them as problems where it cannot read them, and stays small.
async fn goes_on(payloads: Vec<Vec<u8>>) -> Gemba {
    let mosquitto = Mosquitto::start().await;
    let gemba = Gemba::serve(&["--mqtt", &mosquitto.url()]).await;
    let mut publisher = Publisher::new(mosquitto.port, "eve");
    publisher.publish_one("plant/press/before", b"1", false).await;
    until("the first is heard", async || {
        gemba.figure("gemba_points").await.filter(|points| *points >= 1.0)
    })
    .await;
    let before = gemba.resident();
    let bombs = payloads
        .into_iter()
        .enumerate()
        .map(|(n, payload)| (format!("plant/bomb{n}"), payload));
    publisher.publish(bombs).await;
    publisher.publish_one("plant/press/after", b"42.5", false).await;
    until("what follows is heard", async || {
        let values = gemba.history("after").await?;
        (values == [42.5]).then_some(())
    })
    .await;
    let grown = gemba.resident().saturating_sub(before);
    assert!(grown < 150 << 20, "{grown} bytes more");
    gemba
}

#[tokio::test(flavor = "multi_thread")]
async fn a_json_bomb_by_mqtt_in_depth() {
    let deep = |open: &str, close: &str, n: usize| [open.repeat(n), close.repeat(n)].concat().into_bytes();
    let gemba = goes_on(vec![
        deep("[", "]", 100_000),
        deep("{\"a\":", "}", 50_000),
        b"[".repeat(200_000),
        deep("[{\"a\":", "}]", 5_000),
    ])
    .await;
    until("they are told as problems", async || {
        gemba
            .figure("gemba_problems_total")
            .await
            .filter(|told| *told >= 3.0)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_json_bomb_by_mqtt_in_width() {
    let keys = |n: usize| {
        let pairs: Vec<String> = (0..n).map(|k| format!("\"k{k}\":{k}")).collect();
        format!("{{{}}}", pairs.join(",")).into_bytes()
    };
    let gemba = goes_on(vec![
        keys(100_000),
        format!("[{}]", vec!["1"; 300_000].join(",")).into_bytes(),
        format!("{{\"{}\":1}}", "k".repeat(500_000)).into_bytes(),
        format!("\"{}\"", "\\u0000".repeat(100_000)).into_bytes(),
    ])
    .await;
    let points = gemba.figure("gemba_points").await.unwrap();
    assert!(points < 20_000.0, "{points} points of four messages");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_json_bomb_by_mqtt_in_numbers() {
    let payloads = [
        "1e999",
        "-1e999",
        "NaN",
        "Infinity",
        "{\"value\":1e400}",
        "{\"value\":18446744073709551616}",
        "{\"value\":1,\"value\":2}",
        "{\"timestamp\":99999999999999999999,\"value\":1}",
        "{\"timestamp\":-1e300,\"value\":1}",
        "0x10",
    ];
    let mut payloads: Vec<Vec<u8>> = payloads.iter().map(|text| text.as_bytes().to_vec()).collect();
    payloads.push("9".repeat(500_000).into_bytes());
    payloads.push(format!("0.{}1", "0".repeat(500_000)).into_bytes());
    let gemba = goes_on(payloads).await;
    for path in ["/overview", "/h", "/api/fn/overview"] {
        let page = gemba.get(path).await.unwrap();
        assert!(!page.contains(">NaN") && !page.contains(">inf"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_json_bomb_by_the_socket() {
    let site = Site::new().await;
    let session = site.session("ada", vec![site.grant(Role::Viewer, "")]).await;
    let deep = |n: usize| format!("{}1{}", "[".repeat(n), "]".repeat(n));
    for bomb in [
        deep(30_000),
        format!(
            "{{\"type\":\"subscribe\",\"sub\":1,\"selector\":{}}}",
            deep(30_000)
        ),
        "{\"a\":".repeat(10_000),
        "{\"type\":\"subscribe\",\"sub\":1e999,\"selector\":{\"kind\":\"plant\"}}".to_owned(),
        "{\"type\":\"subscribe\",\"sub\":-1,\"selector\":{\"kind\":\"plant\"}}".to_owned(),
        "{\"type\":\"subscribe\",\"sub\":99999999999,\"selector\":{\"kind\":\"plant\"}}".to_owned(),
        "{\"type\":\"subscribe\",\"sub\":1,\"max_hz\":999,\"selector\":{\"kind\":\"plant\"}}".to_owned(),
    ] {
        let mut live = site.live_of(&session).await;
        assert_eq!(live.hear().await["type"], "welcome");
        live.say(&bomb).await;
        let heard = loop {
            let heard = live.hear().await;
            if heard["type"] != "beat" {
                break heard;
            }
        };
        assert_eq!(heard["type"], "error", "{}", bomb.get(..60).unwrap_or(&bomb));
        assert_eq!(live.watch("{\"kind\":\"plant\"}").await["type"], "snapshot");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_json_bomb_by_forms_and_commands() {
    let site = Site::new().await;
    let owner = site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    let nested = format!("form{}=1", "[a]".repeat(20_000));
    for path in [
        "/api/fn/save_point",
        "/api/fn/act_learn",
        "/sign-in",
        "/share",
        "/account/tokens",
    ] {
        let answer = site.post(path, &nested).by(&owner).await;
        assert!((400..500).contains(&answer.status), "{path}: {}", answer.status);
    }
    let query = format!("/api/fn/tree?path=&query{}=1", "[a]".repeat(5_000));
    let answer = site.get(&query).by(&owner).await;
    assert!(matches!(answer.status, 200 | 400), "{}", answer.status);
    let deep = format!("{}1{}", "[".repeat(500_000), "]".repeat(500_000));
    for path in ["/api/local/backup", "/api/local/accounts", "/api/local/model"] {
        let ask = site
            .post(path, &deep)
            .with("x-gemba-token", "token")
            .with("content-type", "application/json");
        let answer = ask.await;
        assert!((400..500).contains(&answer.status), "{path}: {}", answer.status);
    }
    assert_eq!(site.get("/healthz").await.status, 200);
}

/// Nothing that comes in is unpacked: neither bodies nor messages.
#[tokio::test(flavor = "multi_thread")]
async fn a_compression_bomb() {
    let site = Site::new().await;
    let session = site.session("ada", vec![site.grant(Role::Owner, "")]).await;
    for coding in ["gzip", "br", "deflate", "zstd"] {
        let form = "name=eve&display=Eve&role=viewer&below=";
        let ask = site
            .post("/admin/people/invite", form)
            .by(&session)
            .with("content-encoding", coding);
        let answer = ask.await;
        // As it came: were it unpacked, this would be no packed form.
        assert_ne!(answer.status, 500, "{coding}");
        let packed = site.post("/sign-in", "\u{1f}\u{8b}\u{8}packed");
        let packed = packed.with("content-encoding", coding).await;
        assert_eq!(packed.status, 401, "{coding}");
    }
    let words = format!(
        "GET /api/ws HTTP/1.1\r\nhost: {}\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-extensions: permessage-deflate\r\n\r\n",
        site.address
    );
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(site.address).await.unwrap();
    stream.write_all(words.as_bytes()).await.unwrap();
    let mut head = vec![0; 4_096];
    let read = stream.read(&mut head).await.unwrap();
    let head = String::from_utf8_lossy(&head[..read]).to_lowercase();
    assert!(head.starts_with("http/1.1 101"), "{head}");
    assert!(!head.contains("sec-websocket-extensions"), "{head}");
}
