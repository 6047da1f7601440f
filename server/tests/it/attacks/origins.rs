//! What another site's page makes a reader's browser do.

use access::Role;

use crate::support::site::Site;

const ELSEWHERE: [&str; 6] = [
    "https://evil.example",
    "null",
    "http://127.0.0.1.evil.example",
    "http://127.0.0.1:1",
    "file://",
    "",
];

async fn with_owner() -> (Site, String) {
    let site = Site::new().await;
    let session = site.session("ada", vec![site.grant(Role::Owner, "")]).await;
    (site, session)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_origin_on_the_socket() {
    let (site, session) = with_owner().await;
    let cookie = format!("gemba_session={session}");
    for origin in ELSEWHERE {
        let opened = site.live(&[("cookie", &cookie), ("origin", origin)]).await;
        assert_eq!(opened.err(), Some(403), "{origin}");
    }
    let own = format!("http://{}", site.address);
    assert!(site.live(&[("cookie", &cookie), ("origin", &own)]).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_origin_on_a_form() {
    let (site, session) = with_owner().await;
    let form = "name=eve&display=Eve&role=viewer&below=";
    for origin in ELSEWHERE {
        let ask = site.post("/admin/people/invite", form).by(&session);
        assert_eq!(ask.with("origin", origin).await.status, 403, "{origin}");
    }
    assert!(site.accounts.by_name("eve").is_none());
    assert_eq!(
        site.post("/admin/people/invite", form).by(&session).await.status,
        200
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_origin_on_a_server_function() {
    let (site, session) = with_owner().await;
    let form = format!("point={}&form[name]=Evil", site.point("acme/lyon/press").get());
    for origin in ELSEWHERE {
        let ask = site.post("/api/fn/save_point", &form).by(&session);
        assert_eq!(ask.with("origin", origin).await.status, 403, "{origin}");
    }
    let tag = site.get("/overview").by(&session).await;
    assert!(!tag.body.contains("Evil"));
}

/// A browser that keeps its origin to itself says where the page stands that sends.
#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_site_without_an_origin() {
    let (site, session) = with_owner().await;
    for (stands, expect) in [("cross-site", 403), ("same-site", 403), ("same-origin", 303)] {
        let ask = site.post("/sign-out", "").without("origin").by(&session);
        let answer = ask.with("sec-fetch-site", stands).await;
        assert_eq!(answer.status, expect, "{stands}");
    }
}

/// Somebody else's browser signed in as the attacker would tell the attacker what is done there.
#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_by_another_sites_form() {
    let (site, _) = with_owner().await;
    let form = "name=ada&password=correct+horse+battery";
    let ask = site.post("/sign-in", form).with("origin", "https://evil.example");
    let answer = ask.await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.header("set-cookie"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_name_led_to_this_machine() {
    let (site, session) = with_owner().await;
    for host in ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example"] {
        let ask = site.get("/api/fn/overview").by(&session).with("host", host);
        assert_eq!(ask.await.status, 421, "{host}");
    }
}

/// Links lead to GET: nothing changes by one, whatever it says of the method that was meant.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_by_a_link_or_an_overridden_method() {
    let (site, session) = with_owner().await;
    let form = "name=eve&display=Eve&role=viewer&below=";
    for name in ["x-http-method-override", "x-method-override", "x-http-method"] {
        for path in ["/admin/people/invite", "/sign-out", "/api/fn/save_point"] {
            let path = format!("{path}?{form}&_method=POST");
            let answer = site.get(&path).by(&session).with(name, "POST").await;
            assert!(matches!(answer.status, 404 | 405), "{path}: {}", answer.status);
        }
    }
    for method in ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "QUERY", "POST "] {
        let words = format!(
            "{method} /sign-out HTTP/1.1\r\nhost: {}\r\ncookie: gemba_session={session}\r\nconnection: close\r\n\r\n",
            site.address
        );
        let answer = site.says(words.as_bytes()).await;
        let status = answer.split(' ').nth(1).unwrap_or_default();
        assert!(status.starts_with('4'), "{method}: {answer}");
    }
    assert!(site.accounts.by_name("eve").is_none());
    assert_eq!(site.get("/api/fn/overview").by(&session).await.status, 200);
}
