//! What every answer says against being framed, guessed at, kept and read from elsewhere.

use access::Role;
use twin::Span;

use crate::support::site::{Answer, Site};

/// An answer of each kind: what was asked, whether it is a page, the answer.
async fn answers(site: &Site) -> Vec<(String, bool, Answer)> {
    let owner = site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    let evil = "https://evil.example";
    let mut answers = Vec::new();
    for (path, status, is_page) in [
        ("/overview", 200, true),
        ("/sources/learn", 200, true),
        ("/assets/4000000", 404, true),
        ("/nowhere", 404, true),
        ("/h/%3Cscript%3E", 404, true),
        ("/sign-in", 200, false),
        ("/admin/people", 200, false),
        ("/account", 200, false),
        ("/pkg/client.js", 200, false),
        ("/help/trust", 200, false),
        ("/ca.crt", 404, false),
        ("/api/fn/status", 200, false),
        ("/api/fn/asset?asset=4000000&offset=0", 404, false),
        ("/api/fn/asset?asset=nonsense", 400, false),
        ("/api/fn/unheard_of", 404, false),
        ("/api/ws", 400, false),
        ("/api/export.csv?point=4000000&from=0&to=1", 404, false),
        ("/api/export.csv", 400, false),
        ("/oembed?url=none", 404, false),
        ("/s/none", 404, false),
        ("/welcome/none", 404, false),
        ("/healthz", 200, false),
        ("/metrics", 200, false),
    ] {
        let answer = site.get(path).by(&owner).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        answers.push((path.to_owned(), is_page, answer));
    }
    for (ask, status) in [
        (site.post("/api/fn/prefs", "").with("origin", evil), 403),
        (site.get("/overview").with("host", "evil.example"), 421),
        (site.post("/overview", "").by(&owner), 404),
        (site.post("/api/local/backup", "{}"), 403),
        (site.get("/api/fn/overview"), 401),
        (site.get("/overview").with("accept", "text/html"), 303),
    ] {
        let answer = ask.await;
        assert_eq!(answer.status, status, "{}", answer.body);
        answers.push((format!("an answer {status}"), false, answer));
    }
    answers
}

async fn each_says(name: &str, value: &str) {
    let site = Site::new().await;
    for (path, _, answer) in answers(&site).await {
        assert_eq!(answer.header(name), value, "{path}: {name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clickjacking_of_any_answer() {
    let site = Site::new().await;
    for (path, _, answer) in answers(&site).await {
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
    }
}

/// A link that was made for it may stand in another page; no other page may, and not beside its embedded form.
#[tokio::test(flavor = "multi_thread")]
async fn clickjacking_of_a_share_link_that_is_not_to_be_embedded() {
    let site = Site::new().await;
    site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    let day = Span::from_secs(86_400);
    let (secret, _) = site.link("owner", "acme/lyon/press", day, None).await;
    let page = site.get(&format!("/s/{secret}")).await;
    let policy = page.header("content-security-policy");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    let embedded = site.get(&format!("/s/{secret}/embed")).await;
    assert_eq!(embedded.status, 404);
    let oembed = format!("/oembed?url=http://{}/s/{secret}", site.address);
    assert_eq!(site.get(&oembed).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn mime_sniffing_of_any_answer() {
    each_says("x-content-type-options", "nosniff").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn any_answer_read_from_another_origin() {
    each_says("cross-origin-resource-policy", "same-origin").await;
    each_says("cross-origin-opener-policy", "same-origin").await;
    each_says("origin-agent-cluster", "?1").await;
    each_says("access-control-allow-origin", "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn any_page_kept_in_the_cache_of_a_shared_tablet() {
    let site = Site::new().await;
    for (path, _, answer) in answers(&site).await {
        let kept = answer.header("cache-control");
        assert_eq!(
            kept.contains("no-store"),
            !path.starts_with("/pkg/"),
            "{path}: {kept}"
        );
    }
}

/// Pages run what carries their nonce, a new one each time; everything else runs nothing.
#[tokio::test(flavor = "multi_thread")]
async fn script_from_elsewhere_in_any_answer() {
    let site = Site::new().await;
    let mut nonces = std::collections::BTreeSet::new();
    let mut pages = 0;
    for (path, is_page, answer) in answers(&site).await {
        let policy = answer.header("content-security-policy");
        for part in ["default-src ", "base-uri 'none'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        let script = policy.split("; ").find(|part| part.starts_with("script-src "));
        let script = script.unwrap_or_default();
        for weak in ["unsafe-inline", "'unsafe-eval'", "http:", "https:", "*", "data:"] {
            assert!(!script.contains(weak), "{path}: {policy}");
        }
        if is_page {
            pages += 1;
            let nonce = script.split("'nonce-").nth(1).unwrap_or_default();
            nonces.insert(nonce.split('\'').next().unwrap_or_default().to_owned());
        }
        assert!(
            answer.header("permissions-policy").contains("camera=()"),
            "{path}"
        );
    }
    assert_eq!(nonces.len(), pages, "{nonces:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_servers_name_and_version_in_any_answer() {
    let site = Site::new().await;
    for (path, _, answer) in answers(&site).await {
        // In the open a promise of HTTPS is not believed either.
        for absent in ["server", "x-powered-by", "strict-transport-security"] {
            assert_eq!(answer.header(absent), "", "{path}: {absent}");
        }
    }
}
