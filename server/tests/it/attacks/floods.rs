//! Too much at once: requests, sockets, and messages on a socket.

use access::{Capability, Role};
use futures::SinkExt as _;
use tokio_tungstenite::tungstenite::Message as Frame;
use twin::Span;

use crate::support::site::{Live, Site};

const DAY: Span = Span::from_secs(86_400);

async fn limited(settings: &str) -> (Site, String) {
    let site = Site::with(settings).await;
    let session = site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    (site, session)
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_requests_of_one_address() {
    let (site, _) = limited("[limits]\nwrites = 3\nreads = 1000\nexports = 1\n").await;
    let write = |address: &str| {
        let ask = site.post("/api/fn/prefs", "name=theme&value=dark").from(address);
        ask.with("accept-language", "en")
    };
    for _ in 0..3 {
        assert_ne!(write("203.0.113.7").await.status, 429);
    }
    for (language, words) in [
        ("en", "Too many requests"),
        ("fr", "Trop de demandes"),
        ("de", "Zu viele Anfragen"),
    ] {
        let refused = write("203.0.113.7").with("accept-language", language).await;
        assert_eq!(refused.status, 429);
        let seconds: u32 = refused.header("retry-after").parse().unwrap();
        assert!((1..=20).contains(&seconds), "{seconds}");
        assert!(
            refused.body.starts_with(words) && refused.body.contains(&seconds.to_string()),
            "{}",
            refused.body
        );
    }
    // Others, other things, and programs on this machine go on.
    assert_ne!(write("203.0.113.8").await.status, 429);
    assert_ne!(site.get("/sign-in").from("203.0.113.7").await.status, 429);
    for _ in 0..10 {
        assert_ne!(write("127.0.0.1").await.status, 429);
    }
    assert_eq!(site.running.metrics.too_many_requests.get(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_requests_of_one_net_of_ipv6() {
    let (site, _) = limited("[limits]\nwrites = 3\n").await;
    let mut statuses = Vec::new();
    for n in 1..6 {
        let ask = site.post("/api/fn/prefs", "name=theme&value=dark");
        statuses.push(ask.from(&format!("2001:db8::{n}")).await.status);
    }
    assert!(statuses.ends_with(&[429, 429]), "{statuses:?}");
}

/// An account is not more for asking from many addresses, by session or token.
#[tokio::test(flavor = "multi_thread")]
async fn too_many_requests_of_one_account_from_many_addresses() {
    let (site, session) = limited("[limits]\nexports = 3\n").await;
    let (token, _) = site.token("owner", Capability::ALL.to_vec(), DAY).await;
    let bearer = format!("Bearer {token}");
    let mut statuses = Vec::new();
    for n in 0..6 {
        let ask = site.get("/api/export.csv?point=4000000&from=0&to=1");
        let ask = match n % 2 {
            0 => ask.by(&session),
            _ => ask.with("authorization", &bearer),
        };
        statuses.push(ask.from(&format!("203.0.113.{n}")).await.status);
    }
    assert_eq!(statuses, [404, 404, 404, 429, 429, 429]);
    let other = site.session("grace", vec![site.grant(Role::Viewer, "")]).await;
    let ask = site.get("/api/export.csv?point=4000000&from=0&to=1").by(&other);
    assert_eq!(ask.from("203.0.113.0").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_requests_of_one_link_from_many_addresses() {
    let (site, _) = limited("[limits]\nreads = 3\n").await;
    let (secret, _) = site.link("owner", "acme/lyon/press", DAY, None).await;
    let mut statuses = Vec::new();
    for (n, path) in [
        "/s/",
        "/s/",
        "/api/fn/shared?secret=",
        "/s/",
        "/oembed?url=http://x.example/s/",
    ]
    .into_iter()
    .enumerate()
    {
        let ask = site.get(&format!("{path}{secret}"));
        statuses.push(ask.from(&format!("203.0.113.{n}")).await.status);
    }
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
    let (other, _) = site.link("owner", "acme/lyon/press", DAY, None).await;
    assert_eq!(site.get(&format!("/s/{other}")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_live_sockets_of_one_address() {
    let settings = "[server]\nproxies = [\"127.0.0.1\"]\n[limits]\nsockets_of_address = 3\n";
    let (site, session) = limited(settings).await;
    let cookie = format!("gemba_session={session}");
    let from = async |address: &'static str| {
        site.live(&[("cookie", &cookie), ("x-forwarded-for", address)])
            .await
    };
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(from("203.0.113.7").await.unwrap());
    }
    assert_eq!(from("203.0.113.7").await.err(), Some(429));
    assert!(from("203.0.113.8").await.is_ok());
    drop(held);
    crate::support::until("the places are free again", async || {
        from("203.0.113.7").await.ok().map(drop)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_live_sockets_of_one_account_or_link() {
    let (site, session) = limited("[limits]\nsockets_of_account = 2\n").await;
    let (secret, _) = site.link("owner", "acme/lyon/press", DAY, None).await;
    let cookie = format!("gemba_session={session}");
    for share in ["", secret.as_str()] {
        let mut held = Vec::new();
        for _ in 0..2 {
            let mut live = site.live(&[("cookie", &cookie)]).await.unwrap();
            live.hello(share).await;
            assert_eq!(live.hear().await["type"], "welcome");
            held.push(live);
        }
        let mut one_more = site.live(&[("cookie", &cookie)]).await.unwrap();
        one_more.hello(share).await;
        let (code, words) = one_more.closed().await.unwrap();
        assert_eq!(code, 4429);
        assert!(words.contains("too many"), "{words}");
        drop(held.pop());
        crate::support::until("the place is free again", async || {
            let mut live = site.live(&[("cookie", &cookie)]).await.unwrap();
            live.hello(share).await;
            let heard = tokio::time::timeout(crate::support::PATIENCE, futures::StreamExt::next(&mut live.0));
            let heard = heard.await.unwrap().unwrap().unwrap();
            heard.is_text().then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_that_floods_with_messages() {
    let (site, session) = limited("").await;
    let mut codes = Vec::new();
    for message in [
        r#"{"type":"ping"}"#,
        r#"{"type":"subscribe","sub":1,"selector":{"kind":"plant"}}"#,
        r#"{"type":"unsubscribe","sub":1}"#,
        r#"{"type":"hello","protocol":1}"#,
    ] {
        let mut live = site.live_of(&session).await;
        // Whoever stays within what a page needs goes on.
        for _ in 0..100 {
            live.say(message).await;
        }
        let Live(socket) = &mut live;
        for _ in 0..2_000 {
            if socket.feed(Frame::text(message)).await.is_err() {
                break;
            }
        }
        let _closed = socket.flush().await;
        codes.push(live.code().await);
    }
    // Who still sends when it is closed may lose the words: a reset comes first.
    assert!(codes.iter().all(|code| matches!(code, 0 | 4429)), "{codes:?}");
    assert!(codes.contains(&4429), "{codes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_that_subscribes_to_too_much() {
    let (site, session) = limited("").await;
    let mut live = site.live_of(&session).await;
    let many: Vec<String> = (0..5_001).map(|n| n.to_string()).collect();
    let points = format!("{{\"kind\":\"points\",\"points\":[{}]}}", many.join(","));
    let refused = live.watch(&points).await;
    assert_eq!(refused["code"], "too_many", "{refused}");
    let mut refused = 0;
    for sub in 2..80 {
        live.say(&format!(
            "{{\"type\":\"subscribe\",\"sub\":{sub},\"selector\":{{\"kind\":\"plant\"}}}}"
        ))
        .await;
        loop {
            let heard = live.hear().await;
            if heard["sub"] == sub {
                refused += u32::from(heard["type"] == "error");
                break;
            }
        }
    }
    assert_eq!(refused, 78 - 64);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_that_says_one_endless_message() {
    let (site, session) = limited("").await;
    let mut live = site.live_of(&session).await;
    live.say(&"x".repeat(65 * 1_024)).await;
    assert_eq!(live.code().await, 1009);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_that_says_what_is_none() {
    let (site, session) = limited("").await;
    let mut live = site.live_of(&session).await;
    for _ in 0..60 {
        live.say("{\"type\":").await;
    }
    assert_eq!(live.code().await, 4003);
}
