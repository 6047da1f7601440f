//! Passwords, tokens and links by trying; names by how long an answer takes; the machine by making it hash.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use access::Role;
use server::accounts::Origin;
use tokio::io::AsyncWriteExt as _;

use crate::support::site::{Answer, PASSWORD, Site};
use crate::support::{Gemba, until};

async fn with_ada() -> Site {
    let site = Site::new().await;
    site.session("ada", vec![site.grant(Role::Viewer, "")]).await;
    site
}

async fn sign_in(site: &Site, name: &str, password: &str, from: &str) -> Answer {
    let form = format!("name={name}&password={}", password.replace(' ', "+"));
    site.post("/sign-in", &form).from(from).await
}

#[tokio::test(flavor = "multi_thread")]
async fn brute_force_on_a_password() {
    let site = with_ada().await;
    for _ in 0..6 {
        let wrong = sign_in(&site, "ada", "wrong horse battery", "203.0.113.7").await;
        assert_eq!(wrong.status, 401);
        assert!(wrong.body.contains("do not fit"), "{}", wrong.body);
        assert_eq!(wrong.header("set-cookie"), "");
    }
    // Then it waits, also for the right password, and says for how long.
    let waits = sign_in(&site, "ada", PASSWORD, "203.0.113.7").await;
    assert_eq!(waits.status, 429);
    assert!(waits.header("retry-after").parse::<u32>().unwrap() >= 1);
    assert!(waits.body.contains("Too many tries"), "{}", waits.body);
    // Who sits elsewhere is not locked out by it.
    assert_eq!(sign_in(&site, "ada", PASSWORD, "203.0.113.8").await.status, 303);
}

/// Many guesses under way at once are counted before any of them is known to be wrong.
#[tokio::test(flavor = "multi_thread")]
async fn brute_force_on_a_password_by_many_tries_at_once() {
    let site = with_ada().await;
    let tries = (0..40).map(|n| {
        let (site, password) = (&site, format!("wrong horse battery {n}"));
        async move { sign_in(site, "ada", &password, "203.0.113.7").await.status }
    });
    let statuses = futures::future::join_all(tries).await;
    let judged = statuses.iter().filter(|status| **status == 401).count();
    assert!(judged <= 6, "{judged} of 40 were judged: {statuses:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn brute_force_on_many_names_from_one_address() {
    let site = with_ada().await;
    let mut statuses = Vec::new();
    for n in 0..40 {
        let name = format!("person{n}");
        statuses.push(sign_in(&site, &name, "Spring-2026!", "203.0.113.7").await.status);
    }
    assert!(statuses.ends_with(&[429, 429, 429]), "{statuses:?}");
}

/// Whoever has one address of IPv6 has 2^64 of them.
#[tokio::test(flavor = "multi_thread")]
async fn brute_force_from_a_whole_net_of_ipv6() {
    let site = with_ada().await;
    let mut statuses = Vec::new();
    for n in 1..10 {
        let from = format!("2001:db8::{n}");
        statuses.push(sign_in(&site, "ada", "wrong horse battery", &from).await.status);
    }
    assert!(statuses.ends_with(&[429, 429, 429]), "{statuses:?}");
    let other = sign_in(&site, "ada", PASSWORD, "2001:db8:1::1").await;
    assert_eq!(other.status, 303);
}

/// A session left open is no way to try passwords.
#[tokio::test(flavor = "multi_thread")]
async fn brute_force_on_the_old_password_of_an_open_session() {
    let site = Site::new().await;
    let session = site.session("ada", vec![site.grant(Role::Viewer, "")]).await;
    for n in 0..8 {
        let form = format!("old=wrong+horse+{n}&new=another+horse+battery");
        let answer = site.post("/account/password", &form).by(&session).await;
        assert_eq!(answer.status, 422);
    }
    let form = format!("old={}&new=another+horse+battery", PASSWORD.replace(' ', "+"));
    let answer = site.post("/account/password", &form).by(&session).await;
    assert_eq!(answer.status, 422, "also the right one waits");
}

/// Tokens and one-time links have 192 random bits; what remains is the budget of who tries.
#[tokio::test(flavor = "multi_thread")]
async fn brute_force_on_tokens_and_one_time_links() {
    let site = Site::with("[limits]\nreads = 20\n").await;
    site.session("ada", vec![site.grant(Role::Viewer, "")]).await;
    for (address, is_token) in [("203.0.113.7", true), ("203.0.113.8", false)] {
        let mut statuses = BTreeSet::new();
        for n in 0..25 {
            let guess = format!("{n:032}");
            let answer = match is_token {
                true => {
                    let bearer = format!("Bearer {guess}");
                    let ask = site.get("/api/fn/overview").with("authorization", &bearer);
                    ask.from(address).await
                }
                false => site.get(&format!("/welcome/{guess}")).from(address).await,
            };
            statuses.insert(answer.status);
        }
        let expect = BTreeSet::from([if is_token { 401 } else { 404 }, 429]);
        assert_eq!(statuses, expect, "{address}");
    }
}

/// A name that is there and one that is not: the same answer, in about the same time, as the same work is done.
#[tokio::test(flavor = "multi_thread")]
async fn timing_of_user_lookup() {
    let site = with_ada().await;
    let mut took = [Vec::new(), Vec::new()];
    let mut said = BTreeSet::new();
    for n in 0..5 {
        for (at, name) in ["ada", "bob"].into_iter().enumerate() {
            let begun = Instant::now();
            let answer = sign_in(&site, name, "wrong horse battery", &format!("203.0.{n}.{at}")).await;
            took[at].push(begun.elapsed());
            assert_eq!(answer.status, 401);
            let body = answer.body.replace(name, "");
            let nonce = body.split("nonce=\"").nth(1).unwrap_or_default();
            let nonce = nonce.split('"').next().unwrap_or_default().to_owned();
            said.insert(body.replace(&nonce, ""));
        }
    }
    assert_eq!(said.len(), 1, "the answers differ");
    let [known, unknown] = took.map(|times| times.into_iter().min().unwrap());
    // The work itself: a password of nobody is hashed too, which takes what no look-up takes.
    assert!(
        unknown > Duration::from_millis(5),
        "nothing was hashed: {unknown:?}"
    );
    let ratio = unknown.as_secs_f64() / known.as_secs_f64();
    assert!((0.25..4.0).contains(&ratio), "{known:?} {unknown:?}");
}

/// A paused account, a screen and one that has not begun are told by nothing either.
#[tokio::test(flavor = "multi_thread")]
async fn states_of_accounts_by_their_answers() {
    let site = with_ada().await;
    site.session("paused", vec![site.grant(Role::Viewer, "")]).await;
    let paused = site.accounts.by_name("paused").unwrap().id;
    site.accounts.set_active(paused, false).await.unwrap();
    let new = server::accounts::NewAccount {
        name: "waiting".to_owned(),
        display: "Waiting".to_owned(),
        email: None,
        locale: None,
        is_display: false,
        grants: Vec::new(),
    };
    site.accounts.invite(new).await.unwrap();
    for name in ["paused", "waiting", "nobody", ""] {
        for password in [PASSWORD, "", "x"] {
            let from = format!("203.0.113.{}", name.len());
            let answer = sign_in(&site, name, password, &from).await;
            assert_eq!(answer.status, 401, "{name}");
            assert!(answer.body.contains("do not fit"), "{name}");
        }
    }
}

/// Hashing costs memory and time on purpose: so many at once, so many waiting, the rest are told to come back.
#[tokio::test(flavor = "multi_thread")]
async fn argon2_exhaustion_by_many_sign_ins_at_once() {
    let site = with_ada().await;
    let begun = Instant::now();
    let tries = (0..300).map(|n| {
        let accounts = &site.accounts;
        async move {
            let origin = Origin {
                address: format!("203.{}.{}.1", n / 200, n % 200),
                ..Origin::default()
            };
            accounts
                .sign_in(&format!("person{n}"), "x".to_owned(), origin)
                .await
        }
    });
    let answers = futures::future::join_all(tries).await;
    let judged = answers
        .iter()
        .filter(|answer| matches!(answer, Err(server::accounts::SignInError::Wrong)));
    let judged = judged.count();
    assert!((1..=66).contains(&judged), "{judged} of 300 were judged");
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    // Who was not judged is not punished for it, and the next one comes in.
    assert_eq!(sign_in(&site, "ada", PASSWORD, "198.51.100.1").await.status, 303);
    let again = sign_in(&site, "person299", "x", "203.1.99.1").await;
    assert_eq!(again.status, 401);
}

/// Who asks and hangs up does not make room for the next: memory stays what two hashes take.
#[tokio::test(flavor = "multi_thread")]
async fn argon2_exhaustion_by_hanging_up() {
    let gemba = Gemba::guarded(&["--mqtt", "mqtt://127.0.0.1:1"]).await;
    let peak = || -> u64 { gemba.status_line("VmHWM").unwrap().parse().unwrap() };
    let one = async |n: u32| {
        let form = format!("name=person{n}&password=xxxxxxxxxxxx");
        let request = format!(
            "POST /sign-in HTTP/1.1\r\nhost: 127.0.0.1:{}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n\r\n{form}",
            gemba.port,
            form.len()
        );
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", gemba.port))
            .await
            .unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(3)).await;
        drop(stream);
    };
    one(0).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let before = peak();
    futures::future::join_all((1..28).map(one)).await;
    until("it answers as before", async || gemba.get("/healthz").await).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let grown = peak().saturating_sub(before);
    assert!(grown < 90 * 1_024, "{grown} KiB more");
}
