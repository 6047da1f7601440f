//! Links of ours that lead elsewhere.

use access::Role;

use crate::support::site::Site;

const ELSEWHERE: [&str; 10] = [
    "//evil.example",
    "///evil.example",
    "https://evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "/%09/evil.example",
    "/\t/evil.example",
    "data:text/html,x",
    "evil.example",
];

/// Whether a browser that is here stays here.
fn stays(location: &str) -> bool {
    let is_path = location.starts_with('/') && !location.starts_with("//");
    is_path && !location.contains(['\\', '\t', '\r', '\n'])
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_redirect_after_signing_in() {
    let site = Site::new().await;
    site.session("ada", vec![site.grant(Role::Viewer, "")]).await;
    for next in ELSEWHERE {
        let encoded: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
        let form = format!("name=ada&password=correct+horse+battery&next={encoded}");
        let entered = site.post("/sign-in", &form).await;
        assert_eq!(entered.status, 303);
        assert!(
            stays(entered.header("location")),
            "{next}: {}",
            entered.header("location")
        );
        let page = site.get(&format!("/sign-in?next={encoded}")).await;
        let kept = page.body.split("name=\"next\" value=\"").nth(1).unwrap();
        assert!(stays(kept.split('"').next().unwrap()), "{next}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_redirect_by_the_page_that_asks_to_sign_in() {
    let site = Site::new().await;
    site.session("ada", vec![site.grant(Role::Viewer, "")]).await;
    for path in [
        "//evil.example",
        "//evil.example/%2e%2e",
        "/\\evil.example",
        "/overview?next=//evil.example",
    ] {
        let words = format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\naccept: text/html\r\nconnection: close\r\n\r\n",
            site.address
        );
        let answer = site.says(words.as_bytes()).await;
        let location = answer.lines().find_map(|line| line.strip_prefix("location: "));
        if let Some(location) = location {
            assert!(location.starts_with("/sign-in?next="), "{path}: {location}");
            // And on from there.
            let next = location.split_once("next=").unwrap().1;
            let form = format!("name=ada&password=correct+horse+battery&next={next}");
            let entered = site.post("/sign-in", &form).await;
            assert!(
                stays(entered.header("location")),
                "{path}: {}",
                entered.header("location")
            );
        }
    }
}

/// A form without script is led back to where it stood: that is a page of ours.
#[tokio::test(flavor = "multi_thread")]
async fn an_open_redirect_by_a_forms_referrer() {
    let site = Site::new().await;
    let session = site.session("ada", vec![site.grant(Role::Viewer, "")]).await;
    for referrer in ["https://evil.example/", "//evil.example", "javascript:alert(1)"] {
        let ask = site.post("/api/fn/prefs", "name=theme&value=dark").by(&session);
        let answer = ask.with("accept", "text/html").with("referer", referrer).await;
        assert!(
            !answer.header("location").contains("evil"),
            "{referrer}: {}",
            answer.header("location")
        );
        assert!(!answer.header("location").starts_with("javascript"), "{referrer}");
    }
}
