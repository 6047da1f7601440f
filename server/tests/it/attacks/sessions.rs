//! Sessions and tokens: guessed, replayed, planted, stolen, and used after their end.

use std::time::{Duration, Instant};

use access::{Capability, Role};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use twin::{Span, Value};

use crate::support::site::{PASSWORD, Site};

const DAY: Span = Span::from_secs(86_400);
const SIGN_IN: &str = "name=ada&password=correct+horse+battery";

async fn with_ada(role: Role) -> (Site, String) {
    let site = Site::new().await;
    let session = site.session("ada", vec![site.grant(role, "")]).await;
    (site, session)
}

/// Secrets near a real one, and none at all.
fn near(secret: &str) -> Vec<String> {
    let cut = secret.get(1..).unwrap();
    let swapped: String = secret
        .chars()
        .map(|c| {
            if c.is_ascii_lowercase() {
                c.to_ascii_uppercase()
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect();
    vec![
        String::new(),
        "A".repeat(32),
        "1".to_owned(),
        cut.to_owned(),
        format!("{secret}A"),
        format!("{secret}%00"),
        swapped,
        "' OR 1=1 --".to_owned(),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guessed_session() {
    let (site, session) = with_ada(Role::Owner).await;
    for guess in near(&session) {
        let answer = site.get("/api/fn/overview").by(&guess).await;
        assert_eq!(answer.status, 401, "{guess}");
        let mut live = site
            .live(&[("cookie", &format!("gemba_session={guess}"))])
            .await
            .unwrap();
        live.hello("").await;
        assert_eq!(live.code().await, 4401, "{guess}");
    }
    assert_eq!(site.get("/api/fn/overview").by(&session).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guessed_token() {
    let (site, session) = with_ada(Role::Owner).await;
    let (token, _) = site.token("ada", vec![Capability::See], DAY).await;
    for guess in near(&token).iter().chain([&session]) {
        let bearer = format!("Bearer {guess}");
        // A session beside a token that is none does not help: who shows a token is that or nobody.
        for ask in [
            site.get("/api/fn/overview"),
            site.get("/api/fn/overview").by(&session),
        ] {
            let answer = ask.with("authorization", &bearer).await;
            assert_eq!(answer.status, 401, "{guess}");
        }
    }
    let bearer = format!("Bearer {token}");
    let right = site.get("/api/fn/overview").with("authorization", &bearer).await;
    assert_eq!(right.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replayed_session_after_signing_out() {
    let (site, session) = with_ada(Role::Owner).await;
    let out = site.post("/sign-out", "").by(&session).await;
    assert_eq!(out.status, 303);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(site.get("/api/fn/overview").by(&session).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replayed_one_time_link_also_by_two_at_once() {
    let (site, _) = with_ada(Role::Owner).await;
    let ada = site.accounts.by_name("ada").unwrap().id;
    let pass = site.accounts.reset(ada).await.unwrap().secret;
    let path = format!("/welcome/{pass}");
    let first = "password=another+horse+battery";
    let tries = (0..6).map(|_| async { site.post(&path, first).await });
    let answers = futures::future::join_all(tries).await;
    let entered = answers.iter().filter(|answer| answer.status == 303);
    assert_eq!(entered.count(), 1, "once");
    assert_eq!(site.post(&path, first).await.status, 404);
    assert_eq!(site.get(&path).await.status, 404);
}

/// Two who have the first owner's link do not both become owners.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_owners_link_by_two_at_once() {
    let site = Site::new().await;
    let pass = site.accounts.first_owner().await.unwrap().unwrap().secret;
    let path = format!("/welcome/{pass}");
    let tries = (0..4).map(|n| {
        let form = format!("name=owner{n}&password=correct+horse+battery");
        let (site, path) = (&site, &path);
        async move { site.post(path, &form).await.status }
    });
    let statuses = futures::future::join_all(tries).await;
    let entered = statuses.iter().filter(|status| **status == 303).count();
    assert_eq!(entered, 1, "{statuses:?}");
    assert_eq!(site.accounts.all().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_session() {
    let (site, _) = with_ada(Role::Viewer).await;
    let planted = "P".repeat(32);
    let entered = site.post("/sign-in", SIGN_IN).by(&planted).await;
    assert_eq!(entered.status, 303);
    assert_eq!(entered.cookie().len(), 32);
    assert_ne!(entered.cookie(), planted);
    assert_eq!(site.get("/api/fn/overview").by(&planted).await.status, 401);
    let again = site.post("/sign-in", SIGN_IN).by(entered.cookie()).await;
    assert_ne!(again.cookie(), entered.cookie(), "each is a new one");
}

/// Two cookies of one name: the page's own and one that a neighbouring host put beside it.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_cookie_beside_another() {
    let (site, session) = with_ada(Role::Viewer).await;
    let planted = format!("gemba_session={}; gemba_session={session}", "P".repeat(32));
    let answer = site.get("/api/fn/overview").with("cookie", &planted).await;
    assert_eq!(answer.status, 401, "the first counts; two are never tried");
    let quoted = format!("gemba_session=\"{session}\"");
    let answer = site.get("/api/fn/overview").with("cookie", &quoted).await;
    assert_eq!(answer.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sessions_cookie_read_by_script_or_sent_by_another_site() {
    let site = Site::with("[server]\nproxies = [\"127.0.0.1\"]\n").await;
    site.session("ada", vec![site.grant(Role::Viewer, "")]).await;
    let plain = site.post("/sign-in", SIGN_IN).await;
    let https = site.post("/sign-in", SIGN_IN).with("x-forwarded-proto", "https");
    let https = https
        .with("x-forwarded-for", "203.0.113.7")
        .without("origin")
        .await;
    for (answer, is_secure) in [(plain, false), (https, true)] {
        let cookie = answer.header("set-cookie");
        let attributes: Vec<&str> = cookie.split("; ").skip(1).collect();
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(attributes.contains(&attribute), "{cookie}");
        }
        assert_eq!(attributes.contains(&"Secure"), is_secure, "{cookie}");
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ended_with_an_open_socket() {
    let (site, session) = with_ada(Role::Viewer).await;
    let mut live = site.live_of(&session).await;
    assert_eq!(live.watch("{\"kind\":\"plant\"}").await["type"], "snapshot");
    let begun = Instant::now();
    assert_eq!(site.post("/sign-out", "").by(&session).await.status, 303);
    assert_eq!(live.code().await, 4401);
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}

/// Its time runs out while the plant speaks all the time and the page asks for nothing.
#[tokio::test(flavor = "multi_thread")]
async fn an_expired_session_with_an_open_and_busy_socket() {
    let site = Site::whose_sessions_last("", Some(Span::from_secs(2))).await;
    let session = site.session("ada", vec![site.grant(Role::Viewer, "")]).await;
    let mut live = site.live_of(&session).await;
    let point = site.point("acme/lyon/press").get();
    live.watch(&format!("{{\"kind\":\"points\",\"points\":[{point}]}}"))
        .await;
    let feed = async {
        let mut value = 0.0;
        loop {
            value += 1.0;
            site.feed("acme/lyon/press/force", Value::Number(value)).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let begun = Instant::now();
    let code = tokio::select! {
        code = live.code() => code,
        () = feed => 0,
    };
    assert_eq!(code, 4401);
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    assert_eq!(site.get("/api/fn/overview").by(&session).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_with_an_open_socket() {
    let (site, _) = with_ada(Role::Viewer).await;
    let lasts = Span::from_secs(2);
    let (token, _) = site.token("ada", vec![Capability::See], lasts).await;
    let bearer = format!("Bearer {token}");
    let mut live = site.live(&[("authorization", &bearer)]).await.unwrap();
    live.hello("").await;
    assert_eq!(live.watch("{\"kind\":\"plant\"}").await["type"], "snapshot");
    let begun = Instant::now();
    assert_eq!(live.code().await, 4401);
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
}

/// Half a request is sent, then the session ends, then the rest comes.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_begun_before_its_session_ended() {
    let (site, session) = with_ada(Role::Owner).await;
    let form = "name=eve&display=Eve&role=owner&below=";
    let (first, rest) = form.split_at(10);
    let request = format!(
        "POST /admin/people/invite HTTP/1.1\r\nhost: {}\r\ncookie: gemba_session={session}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{first}",
        site.address,
        form.len()
    );
    let mut stream = tokio::net::TcpStream::connect(site.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    // Another answer shows that the server has turned to it in between.
    assert_eq!(site.get("/healthz").await.status, 200);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(site.post("/sign-out", "").by(&session).await.status, 303);
    stream.write_all(rest.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert!(site.accounts.by_name("eve").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_session_after_a_new_password() {
    let (site, stolen) = with_ada(Role::Viewer).await;
    let own = site.post("/sign-in", SIGN_IN).await.cookie().to_owned();
    let form = format!("old={}&new=another+horse+battery", PASSWORD.replace(' ', "+"));
    assert_eq!(site.post("/account/password", &form).by(&own).await.status, 200);
    assert_eq!(site.get("/api/fn/overview").by(&stolen).await.status, 401);
    assert_eq!(site.get("/api/fn/overview").by(&own).await.status, 200);
}

/// The old password is checked, then it is changed and every session ended, then the session is made: it must not.
#[tokio::test(flavor = "multi_thread")]
async fn an_old_password_used_while_it_is_changed() {
    let (site, own) = with_ada(Role::Viewer).await;
    let form = format!("old={}&new=another+horse+battery", PASSWORD.replace(' ', "+"));
    let change = async { site.post("/account/password", &form).by(&own).await.status };
    let tries = (0..4).map(|_| async { site.post("/sign-in", SIGN_IN).await });
    let (changed, entered) = tokio::join!(change, futures::future::join_all(tries));
    assert_eq!(changed, 200);
    for answer in entered {
        if answer.status == 303 {
            let alive = site.get("/api/fn/overview").by(answer.cookie()).await.status;
            assert_eq!(alive, 401, "a session by the old password lives on");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_another_account_by_its_number() {
    let (site, ada) = with_ada(Role::Viewer).await;
    let grace = site.session("grace", vec![site.grant(Role::Viewer, "")]).await;
    let (token, id) = site.token("ada", vec![Capability::See], DAY).await;
    for number in 0..=id {
        for path in ["/account/sessions", "/account/tokens/end"] {
            site.post(path, &format!("id={number}")).by(&grace).await;
        }
    }
    assert_eq!(site.get("/api/fn/overview").by(&ada).await.status, 200);
    let bearer = format!("Bearer {token}");
    let alive = site.get("/api/fn/overview").with("authorization", &bearer);
    assert_eq!(alive.await.status, 200);
}
