//! Requests that a proxy in front and this server would end at different places.

use access::Role;

use crate::support::site::Site;

/// What is smuggled: it would sign somebody out, and be answered.
fn second(site: &Site, session: &str) -> String {
    format!(
        "POST /sign-out HTTP/1.1\r\nhost: {}\r\ncookie: gemba_session={session}\r\ncontent-length: 0\r\n\r\n",
        site.address
    )
}

/// Each is refused, or is the end of its connection; nothing after it is ever taken for a request.
async fn nothing_is_smuggled(heads: &[&str], body: &str) {
    let site = Site::new().await;
    let session = site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    for head in heads {
        let words = format!(
            "POST /api/fn/prefs HTTP/1.1\r\nhost: {}\r\n{head}\r\n\r\n{body}{}",
            site.address,
            second(&site, &session)
        );
        let answer = site.says(words.as_bytes()).await;
        let answers = answer.matches("HTTP/1.1 ").count();
        assert!(answers <= 1, "{head:?}: {answer}");
        let alive = site.get("/api/fn/overview").by(&session).await;
        assert_eq!(alive.status, 200, "{head:?} was followed by what was smuggled");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_with_both_lengths() {
    nothing_is_smuggled(
        &[
            "content-length: 5\r\ntransfer-encoding: chunked",
            "transfer-encoding: chunked\r\ncontent-length: 5",
            "Content-Length: 5\r\nTransfer-Encoding: Chunked",
        ],
        "0\r\n\r\n",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_with_two_lengths() {
    nothing_is_smuggled(
        &[
            "content-length: 0\r\ncontent-length: 5",
            "content-length: 5, 0",
            "content-length: +0",
            "content-length: 0x0",
            "content-length: -1",
            "content-length: 18446744073709551616",
            "content-length : 0",
        ],
        "",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_with_a_disguised_coding() {
    nothing_is_smuggled(
        &[
            "transfer-encoding: xchunked",
            "transfer-encoding: chunked, identity",
            "transfer-encoding: identity",
            "transfer-encoding : chunked",
            "transfer-encoding: chunked\r\ntransfer-encoding: identity",
            "x: y\r\n transfer-encoding: chunked",
            "transfer-encoding:\u{b}chunked",
        ],
        "0\r\n\r\n",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_with_broken_chunks() {
    for body in [
        "ffffffffffffffff0\r\n",
        "-1\r\n\r\n",
        "0x0\r\n\r\n",
        "5\r\nabcdefgh\r\n0\r\n\r\n",
        "1;\n2\r\n0\r\n\r\n",
    ] {
        nothing_is_smuggled(&["transfer-encoding: chunked"], body).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_ends_in_a_line() {
    let site = Site::new().await;
    let host = site.address;
    for words in [
        format!("GET /healthz HTTP/1.1\r\nhost: {host}\r\nx: a\rb\r\nconnection: close\r\n\r\n"),
        format!("GET /healthz HTTP/1.1\r\nhost: {host}\r\nx: a\0b\r\nconnection: close\r\n\r\n"),
        format!("GET /healthz HTTP/1.1\r\nhost: {host}\r\nx\u{1}: a\r\nconnection: close\r\n\r\n"),
        format!("GET /healthz HTTP/1.1\r\n host: {host}\r\nconnection: close\r\n\r\n"),
        format!("GET /healthz\u{1} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"),
        "GET /healthz HTTP/0.9\r\n\r\n".to_owned(),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
    ] {
        let answer = site.says(words.as_bytes()).await;
        let status = answer.split(' ').nth(1).unwrap_or("closed");
        assert!(matches!(status, "400" | "505" | "closed"), "{words:?}: {answer}");
    }
}

/// What the line asks for and what the host says may be two: one of them foreign is refused.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_with_two_hosts() {
    let site = Site::new().await;
    let host = site.address;
    for head in [
        format!("GET http://evil.example/healthz HTTP/1.1\r\nhost: {host}"),
        format!("GET /healthz HTTP/1.1\r\nhost: {host}\r\nhost: evil.example"),
        format!("GET /healthz HTTP/1.1\r\nhost: evil.example\r\nhost: {host}"),
        "GET /healthz HTTP/1.1\r\nhost: evil.example".to_owned(),
    ] {
        let words = format!("{head}\r\nconnection: close\r\n\r\n");
        let answer = site.says(words.as_bytes()).await;
        let status = answer.split(' ').nth(1).unwrap_or_default();
        assert!(matches!(status, "400" | "421"), "{head}: {answer}");
    }
}
