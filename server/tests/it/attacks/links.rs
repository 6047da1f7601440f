//! Share links: after their end, with somebody else's, and guessed.

use std::time::{Duration, Instant};

use access::Role;
use server::share::Link;
use twin::{Span, Value};

use crate::support::site::{Live, Site};

const DAY: Span = Span::from_secs(86_400);
/// What is promised: a link that ends closes what is open within this.
const SOON: Duration = Duration::from_secs(2);

async fn owned() -> Site {
    let site = Site::new().await;
    site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    site
}

/// The holder of a link, who watches what it shows.
async fn holder(site: &Site, secret: &str) -> Live {
    let mut live = site.live(&[]).await.unwrap();
    live.hello(secret).await;
    let point = site.point("acme/lyon/press").get();
    let shown = live
        .watch(&format!("{{\"kind\":\"points\",\"points\":[{point}]}}"))
        .await;
    assert_eq!(shown["type"], "snapshot", "{shown}");
    live
}

/// It closes soon after now, as ended; and opens nothing any more.
async fn ends_soon(site: &Site, live: &mut Live, secret: &str) {
    let begun = Instant::now();
    assert_eq!(live.code().await, 4401);
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    let mut again = site.live(&[]).await.unwrap();
    again.hello(secret).await;
    assert_eq!(again.code().await, 4401);
    assert_eq!(site.get(&format!("/s/{secret}")).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_after_revoke_with_an_open_socket() {
    let site = owned().await;
    let (secret, id) = site.link("owner", "acme/lyon/press", DAY, None).await;
    let mut live = holder(&site, &secret).await;
    site.accounts.end(&[id]).await.unwrap();
    ends_soon(&site, &mut live, &secret).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_after_pause_with_an_open_socket() {
    let site = owned().await;
    let (secret, id) = site.link("owner", "acme/lyon/press", DAY, None).await;
    let mut live = holder(&site, &secret).await;
    site.accounts.pause_link(id, true).await.unwrap();
    ends_soon(&site, &mut live, &secret).await;
}

/// Nobody tells when its time is over, and a socket with much to say has no quiet moment to ask in.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_after_its_end_with_an_open_and_busy_socket() {
    let site = owned().await;
    let lasts = Span::from_secs(2);
    let (secret, _) = site.link("owner", "acme/lyon/press", lasts, None).await;
    let mut live = holder(&site, &secret).await;
    let begun = Instant::now();
    let feed = async {
        let mut value = 0.0;
        loop {
            value += 1.0;
            site.feed("acme/lyon/press/force", Value::Number(value)).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let code = tokio::select! {
        code = live.code() => code,
        () = feed => 0,
    };
    assert_eq!(code, 4401);
    assert!(begun.elapsed() < SOON * 2, "{:?}", begun.elapsed());
    assert_eq!(site.get(&format!("/s/{secret}")).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_of_an_owner_who_is_gone() {
    let site = owned().await;
    site.session("grace", vec![site.grant(Role::Engineer, "")]).await;
    let (secret, _) = site.link("grace", "acme/lyon/press", DAY, None).await;
    let mut live = holder(&site, &secret).await;
    let grace = site.accounts.by_name("grace").unwrap().id;
    site.accounts.set_active(grace, false).await.unwrap();
    ends_soon(&site, &mut live, &secret).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_of_an_owner_who_sees_less_now() {
    let site = owned().await;
    site.session("grace", vec![site.grant(Role::Engineer, "")]).await;
    let (secret, _) = site.link("grace", "acme/lyon/press", DAY, None).await;
    let mut live = holder(&site, &secret).await;
    let grace = site.accounts.by_name("grace").unwrap().id;
    let less = vec![site.grant(Role::Engineer, "acme/rotterdam")];
    site.accounts.change_grants(grace, |_| Some(less)).await.unwrap();
    ends_soon(&site, &mut live, &secret).await;
}

/// What was paused since its owner sees less, or by somebody who looks after links, does not go on by its owner.
#[tokio::test(flavor = "multi_thread")]
async fn a_paused_link_resumed_by_who_may_not() {
    let site = owned().await;
    let admin = site
        .session("admin", vec![site.grant(Role::Administrator, "")])
        .await;
    let session = site.session("grace", vec![site.grant(Role::Engineer, "")]).await;
    let (secret, id) = site.link("grace", "acme/lyon/press", DAY, None).await;
    let act = async |who: &str, what: &str| {
        let path = format!("/links/{id}/{what}");
        site.post(&path, "").by(who).await.status
    };
    let shown = async || site.get(&format!("/s/{secret}")).await.status == 200;
    assert_eq!((act(&session, "pause").await, shown().await), (303, false));
    assert_eq!((act(&session, "resume").await, shown().await), (303, true));
    // Held by an administrator.
    assert_eq!((act(&admin, "pause").await, shown().await), (303, false));
    assert_eq!((act(&session, "resume").await, shown().await), (403, false));
    assert_eq!((act(&admin, "resume").await, shown().await), (303, true));
    // Paused as its owner sees less: nobody resumes it, until they may share it again.
    let grace = site.accounts.by_name("grace").unwrap().id;
    let less = vec![site.grant(Role::Engineer, "acme/rotterdam")];
    site.accounts.change_grants(grace, |_| Some(less)).await.unwrap();
    for who in [&session, &admin] {
        assert_eq!((act(who, "resume").await, shown().await), (403, false));
    }
    let again = vec![site.grant(Role::Engineer, "acme/lyon")];
    site.accounts.change_grants(grace, |_| Some(again)).await.unwrap();
    assert_eq!((act(&session, "resume").await, shown().await), (303, true));
}

/// Whoever holds two links must not keep what one of them showed by saying hello with the other.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_hello_by_another_link() {
    let site = owned().await;
    let (first, id) = site.link("owner", "acme/lyon/press", DAY, None).await;
    let (second, _) = site.link("owner", "acme/lyon/oven", DAY, None).await;
    let mut live = holder(&site, &first).await;
    live.hello(&second).await;
    let point = site.point("acme/lyon/oven").get();
    let other = live
        .watch(&format!("{{\"kind\":\"points\",\"points\":[{point}]}}"))
        .await;
    assert_eq!(other["type"], "error", "who it is does not change: {other}");
    site.accounts.end(&[id]).await.unwrap();
    assert_eq!(live.code().await, 4401);
}

/// The same by who is signed in: the link would outlive the account.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_hello_that_hides_a_session_behind_a_link() {
    let site = owned().await;
    let session = site.session("grace", vec![site.grant(Role::Viewer, "")]).await;
    let (secret, _) = site.link("owner", "acme/lyon/oven", DAY, None).await;
    let mut live = site.live_of(&session).await;
    assert_eq!(live.watch("{\"kind\":\"plant\"}").await["type"], "snapshot");
    live.hello(&secret).await;
    let grace = site.accounts.by_name("grace").unwrap().id;
    site.accounts.set_active(grace, false).await.unwrap();
    assert_eq!(live.code().await, 4401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guessed_link_tells_nothing_of_those_there_were() {
    let site = owned().await;
    let (ended, id) = site.link("owner", "acme/lyon/press", DAY, None).await;
    site.accounts.end(&[id]).await.unwrap();
    let (paused, id) = site.link("owner", "acme/lyon/press", DAY, None).await;
    site.accounts.pause_link(id, true).await.unwrap();
    let (whole, _) = site.link("owner", "acme/lyon/press", DAY, None).await;
    let cut = whole.get(..whole.len() - 1).unwrap();
    let mut answers = Vec::new();
    for secret in [
        &"A".repeat(32),
        &ended,
        &paused,
        cut,
        &format!("{whole}A"),
        "guessed-7",
        "%00",
    ] {
        let answer = site.get(&format!("/s/{secret}")).await;
        assert_eq!(answer.status, 404, "{secret}");
        // Each page has a nonce of its own, and says again what was asked.
        let nonce = answer.body.split("nonce=\"").nth(1).unwrap_or_default();
        let nonce = nonce.split('"').next().unwrap_or_default().to_owned();
        answers.push(answer.body.replace(&nonce, "").replace(secret, ""));
    }
    assert!(answers.windows(2).all(|two| two[0] == two[1]), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_links_secret_as_a_session_and_a_sessions_as_a_link() {
    let site = Site::new().await;
    let session = site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    let (secret, _) = site.link("owner", "acme/lyon/press", DAY, None).await;
    let bearer = format!("Bearer {secret}");
    assert_eq!(site.get("/api/fn/overview").by(&secret).await.status, 401);
    let by_token = site.get("/api/fn/overview").with("authorization", &bearer);
    assert_eq!(by_token.await.status, 401);
    assert_eq!(site.get(&format!("/s/{session}")).await.status, 404);
    assert_eq!(site.get(&format!("/welcome/{secret}")).await.status, 404);
    let mut live = site.live(&[]).await.unwrap();
    live.hello(&session).await;
    assert_eq!(live.code().await, 4401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_by_guessing() {
    let site = owned().await;
    let (secret, _) = site.link("owner", "acme/lyon/press", DAY, Some("4711")).await;
    let path = format!("/s/{secret}/pin");
    let mut statuses = Vec::new();
    for pin in 0..8 {
        statuses.push(site.post(&path, &format!("pin=000{pin}")).await.status);
    }
    assert!(statuses.ends_with(&[429, 429]), "{statuses:?}");
    let right = site.post(&path, "pin=4711").await;
    assert_eq!(right.status, 429, "also the right one waits");
    assert_eq!(right.header("set-cookie"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_given_for_another_link() {
    let site = owned().await;
    let (first, _) = site.link("owner", "acme/lyon/press", DAY, Some("4711")).await;
    let (second, _) = site.link("owner", "acme/lyon/press", DAY, Some("1147")).await;
    let opened = site.post(&format!("/s/{first}/pin"), "pin=4711").await;
    assert_eq!(opened.status, 303);
    let proof = format!("gemba_link={}", opened.cookie());
    for (secret, is_open) in [(&first, true), (&second, false)] {
        let shared = format!("/api/fn/shared?secret={secret}");
        let answer = site.get(&shared).with("cookie", &proof).await;
        assert_eq!(answer.status == 200, is_open, "{}", answer.status);
        let mut live = site.live(&[("cookie", &proof)]).await.unwrap();
        live.hello(secret).await;
        if is_open {
            assert_eq!(live.hear().await["type"], "welcome");
        } else {
            assert_eq!(live.code().await, 4401);
        }
    }
    for proof in ["", "gemba_link=", "gemba_link=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let shared = format!("/api/fn/shared?secret={second}");
        assert_eq!(site.get(&shared).with("cookie", proof).await.status, 404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_links_number_by_who_did_not_make_it() {
    let site = owned().await;
    let grace = site
        .session("grace", vec![site.grant(Role::Engineer, "acme/lyon")])
        .await;
    let (secret, id) = site.link("owner", "acme/lyon/press", DAY, None).await;
    for act in ["pause", "resume", "revoke"] {
        let answer = site.post(&format!("/links/{id}/{act}"), "").by(&grace).await;
        assert_eq!(answer.status, 404, "{act}");
    }
    assert_eq!(site.get(&format!("/links/{id}")).by(&grace).await.status, 404);
    assert_eq!(site.get(&format!("/s/{secret}")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_read_in_a_referrer_a_search_engine_or_a_cache() {
    let site = owned().await;
    let (secret, _) = site.link("owner", "acme/lyon/press", DAY, None).await;
    let page = site.get(&format!("/s/{secret}")).await;
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert!(page.header("x-robots-tag").contains("noindex"));
    assert_eq!(page.header("cache-control"), "no-store");
}

/// What was made while its maker lost the right to make it is not left behind.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_made_while_its_owner_is_cut_off() {
    let site = owned().await;
    site.session("grace", vec![site.grant(Role::Engineer, "")]).await;
    let grace = site.accounts.by_name("grace").unwrap().id;
    // The PIN takes a while to be hashed.
    let made = site.link_tried("grace", "acme/lyon/press", DAY, Some("4711"));
    let cut = async {
        let less = vec![site.grant(Role::Viewer, "acme/rotterdam")];
        site.accounts.change_grants(grace, |_| Some(less)).await.unwrap();
    };
    let (made, ()) = tokio::join!(made, cut);
    let Ok((secret, _)) = made else { return };
    assert_eq!(site.get(&format!("/s/{secret}")).await.status, 404);
}

/// Where in the plant an asset is, is nobody's business who was shown the asset alone: not in the page, not in its
/// data, not in what the socket says.
#[tokio::test(flavor = "multi_thread")]
async fn the_place_in_the_plant_read_in_all_that_a_link_sends() {
    let site = owned().await;
    let link = Link {
        embed: true,
        ..site.link_to("acme/lyon/press")
    };
    let (secret, _) = site.link_like("owner", link, DAY, None).await.unwrap();
    let mut said = Vec::new();
    for path in ["/s/", "/s/embed/", "/api/fn/shared?secret="] {
        let path = match path {
            "/s/embed/" => format!("/s/{secret}/embed"),
            path => format!("{path}{secret}"),
        };
        let answer = site.get(&path).await;
        assert_eq!(answer.status, 200, "{path}");
        said.push((path, answer.body));
    }
    let point = site.point("acme/lyon/press").get();
    for selector in [
        format!("{{\"kind\":\"points\",\"points\":[{point}]}}"),
        "{\"kind\":\"plant\"}".to_owned(),
    ] {
        let mut live = site.live(&[]).await.unwrap();
        live.hello(&secret).await;
        let watched = live.watch(&selector).await;
        said.push((selector.clone(), watched.to_string()));
        if watched["type"] == "snapshot" {
            site.feed("acme/lyon/press/force", Value::Number(13.5)).await;
            said.push((selector, live.hear().await.to_string()));
        }
    }
    for (what, said) in said {
        // A secret may have any letters.
        let said = said.replace(&secret, "").to_lowercase();
        for word in ["acme", "lyon", "rotterdam", "press/", "/force", "oven"] {
            assert!(!said.contains(word), "{what} says {word}: {said}");
        }
    }
}
