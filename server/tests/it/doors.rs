//! Getting in: the first owner's link, signing in and out, what guessing costs, what ends when a session ends.

use std::process::Command;
use std::time::{Duration, Instant};

use futures::{SinkExt as _, StreamExt as _};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::support::{Gemba, Mosquitto, PATIENCE};

const PASSWORD: &str = "correct horse battery";
const FORM: &str = "content-type: application/x-www-form-urlencoded";

/// A whole answer: status, head lines, body.
struct Answer {
    status: u16,
    head: Vec<String>,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.iter().find_map(|line| {
            let (known, value) = line.split_once(": ")?;
            known.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    /// The cookie that it sets, without its attributes.
    fn cookie(&self) -> Option<String> {
        Some(self.header("set-cookie")?.split(';').next()?.to_owned())
    }
}

async fn ask(gemba: &Gemba, request: &str, head: &[&str], body: &str) -> Answer {
    let (head, body) = gemba.exchange_whole(request, head, body).await;
    let mut lines = head.lines().map(str::to_owned);
    let first = lines.next().unwrap();
    Answer {
        status: first.split_whitespace().nth(1).unwrap().parse().unwrap(),
        head: lines.collect(),
        body,
    }
}

/// What a command of the same program says on the same data.
fn run(gemba: &Gemba, args: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_gemba"))
        .args(args)
        .arg("--data")
        .arg(&gemba.data)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

/// `/welcome/…` out of what a command said.
fn link_in(said: &str) -> String {
    let rest = said.split_once("/welcome/").map(|(_, rest)| rest);
    let secret = rest.and_then(|rest| rest.split_whitespace().next());
    format!("/welcome/{}", secret.unwrap_or_else(|| panic!("no link: {said}")))
}

/// Somebody new of a role, signed in: their cookie.
async fn signed_in(gemba: &Gemba, name: &str, role: &str) -> String {
    let (is_done, said) = run(gemba, &["user", "invite", name, "--role", role]);
    assert!(is_done, "{said}");
    let form = format!("password={}", PASSWORD.replace(' ', "+"));
    let answer = ask(gemba, &format!("POST {}", link_in(&said)), &[FORM], &form).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.cookie().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_owner_begins_by_a_link_that_works_once() {
    let mosquitto = Mosquitto::start().await;
    let mut gemba = Gemba::guarded(&["--mqtt", &mosquitto.url()]).await;
    // A link is printed at each start while nobody owns the server; the one before ends.
    gemba.terminate();
    let printed = gemba.start_and_hear("/welcome/").await;
    let link = link_in(&printed);

    let html = "accept: text/html";
    let overview = ask(&gemba, "GET /overview?x=1", &[html], "").await;
    assert_eq!(
        (overview.status, overview.header("location")),
        (303, Some("/sign-in?next=%2Foverview%3Fx%3D1"))
    );
    assert_eq!(ask(&gemba, "GET /api/fn/overview", &[], "").await.status, 401);

    // Looking does not use it up.
    for _ in 0..2 {
        let page = ask(&gemba, &format!("GET {link}"), &[html], "").await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert_eq!(page.header("referrer-policy"), Some("same-origin"));
        assert!(page.body.contains("You will own this Gemba"));
    }
    let short = ask(
        &gemba,
        &format!("POST {link}"),
        &[FORM],
        "name=Ada&password=short",
    )
    .await;
    assert_eq!(short.status, 422);
    assert!(short.body.contains("too short"), "{}", short.body);
    let form = "name=Ada&password=correct+horse+battery";
    let entered = ask(&gemba, &format!("POST {link}"), &[FORM], form).await;
    assert_eq!((entered.status, entered.header("location")), (303, Some("/")));
    let said = entered.header("set-cookie").unwrap();
    assert!(
        said.contains("HttpOnly") && said.contains("SameSite=Lax"),
        "{said}"
    );
    let cookie = format!("cookie: {}", entered.cookie().unwrap());
    assert_eq!(
        ask(&gemba, "GET /overview", &[html, &cookie], "").await.status,
        200
    );
    assert_eq!(
        ask(&gemba, &format!("POST {link}"), &[FORM], form).await.status,
        404
    );

    // A restart keeps the session, and prints no further link.
    assert!(gemba.terminate());
    gemba.start().await;
    assert_eq!(
        ask(&gemba, "GET /overview", &[html, &cookie], "").await.status,
        200
    );
    let out = ask(&gemba, "POST /sign-out", &[&cookie], "").await;
    assert_eq!(out.status, 303);
    assert_eq!(
        ask(&gemba, "GET /api/fn/overview", &[&cookie], "").await.status,
        401
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_costs_time_and_tells_nothing() {
    let gemba = Gemba::guarded(&["--mqtt", "mqtt://127.0.0.1:1"]).await;
    signed_in(&gemba, "ada", "viewer").await;
    let sign_in = |name: &str, password: &str| {
        let form = format!("name={name}&password={}&next=%2Fh", password.replace(' ', "+"));
        let gemba = &gemba;
        async move { ask(gemba, "POST /sign-in", &[FORM], &form).await }
    };
    let right = sign_in("ada", PASSWORD).await;
    assert_eq!((right.status, right.header("location")), (303, Some("/h")));

    // A name that is there and one that is not: the same answer in about the same time.
    let mut took = [Vec::new(), Vec::new()];
    for _ in 0..3 {
        for (at, name) in ["ada", "nobody"].into_iter().enumerate() {
            let begin = Instant::now();
            let wrong = sign_in(name, "wrong horse battery").await;
            took[at].push(begin.elapsed());
            assert_eq!(wrong.status, 401);
            assert!(wrong.body.contains("do not fit"), "{}", wrong.body);
            assert!(wrong.cookie().is_none());
        }
    }
    let fastest = took.map(|times| times.into_iter().min().unwrap());
    assert!(
        fastest[1] * 4 > fastest[0],
        "a name that is not there is told by its time: {fastest:?}"
    );

    // Then it waits, also for the right password, and says for how long.
    for _ in 0..3 {
        sign_in("ada", "wrong horse battery").await;
    }
    let waits = sign_in("ada", PASSWORD).await;
    assert_eq!(waits.status, 429);
    assert!(waits.header("retry-after").unwrap().parse::<u32>().unwrap() >= 1);
    assert!(waits.body.contains("Too many tries"), "{}", waits.body);
}

/// The code with which a socket is closed; none where it just ends.
async fn closed<S>(socket: &mut S) -> Option<u16>
where
    S: futures::Stream<Item = Result<Message, Error>> + Unpin,
{
    let close = async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Close(frame))) => return frame.map(|frame| u16::from(frame.code)),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    };
    tokio::time::timeout(PATIENCE, close).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_socket_ends_with_its_session() {
    let gemba = Gemba::guarded(&["--mqtt", "mqtt://127.0.0.1:1"]).await;
    let cookie = signed_in(&gemba, "ada", "viewer").await;
    let address = format!("ws://127.0.0.1:{}/api/ws", gemba.port);
    // Without a session it may be a link's holder, who says so in the first message; nobody is sent away then.
    let (mut nobody, _) = tokio_tungstenite::connect_async(&address).await.unwrap();
    let watch = r#"{"type":"subscribe","sub":1,"selector":{"kind":"plant"}}"#;
    nobody.send(Message::text(watch)).await.unwrap();
    let answer = nobody.next().await.unwrap().unwrap().into_text().unwrap();
    assert!(answer.contains("hello_first"), "{answer}");
    let hello = r#"{"type":"hello","protocol":1}"#;
    nobody.send(Message::text(hello)).await.unwrap();
    assert_eq!(closed(&mut nobody).await, Some(4401));

    let mut request = address.as_str().into_client_request().unwrap();
    request
        .headers_mut()
        .insert("cookie", HeaderValue::from_str(&cookie).unwrap());
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    socket.send(Message::text(hello)).await.unwrap();
    socket.send(Message::text(watch)).await.unwrap();
    let mut heard = Vec::new();
    while heard.len() < 2 {
        heard.push(
            socket
                .next()
                .await
                .unwrap()
                .unwrap()
                .into_text()
                .unwrap()
                .to_string(),
        );
    }
    assert!(heard[1].contains("snapshot"), "{heard:?}");

    let begin = Instant::now();
    let form = format!("cookie: {cookie}");
    assert_eq!(ask(&gemba, "POST /sign-out", &[&form], "").await.status, 303);
    let code = closed(&mut socket).await;
    assert_eq!(code, Some(4401));
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_does_is_written_down_and_cannot_be_changed_later() {
    let mut gemba = Gemba::guarded(&["--mqtt", "mqtt://127.0.0.1:1"]).await;
    let admin = format!("cookie: {}", signed_in(&gemba, "ada", "administrator").await);
    let invite = "name=grace&display=Grace&role=viewer";
    let made = ask(&gemba, "POST /admin/people/invite", &[FORM, &admin], invite).await;
    assert_eq!(made.status, 200, "{}", made.body);
    assert!(made.body.contains("/welcome/"), "{}", made.body);
    let owner = ask(
        &gemba,
        "POST /admin/people/invite",
        &[FORM, &admin],
        "name=eve&display=Eve&role=owner",
    )
    .await;
    assert_eq!(owner.status, 422, "an administrator makes no owner");
    let log = ask(&gemba, "GET /admin/audit.csv", &[&admin], "").await;
    for action in ["account.invite", "welcome"] {
        assert!(log.body.contains(action), "{}", log.body);
    }
    assert!(!log.body.contains(PASSWORD));

    let (is_sound, said) = run(&gemba, &["audit", "verify"]);
    assert!(is_sound && said.contains("entries hold"), "{said}");
    assert!(gemba.terminate());
    // Somebody with the disk in their hands makes one of them another.
    let tampered = Command::new("python3")
        .args(["-c", "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute(\"UPDATE audit SET subject='account 9' WHERE number=2\"); c.commit()"])
        .arg(gemba.data.join("records.db"))
        .status()
        .unwrap();
    assert!(tampered.success());
    let (is_sound, said) = run(&gemba, &["audit", "verify"]);
    assert!(!is_sound && said.contains("entry 2 was changed"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_link_chooses_a_password_and_ends_other_sessions() {
    let gemba = Gemba::guarded(&["--mqtt", "mqtt://127.0.0.1:1"]).await;
    let cookie = format!("cookie: {}", signed_in(&gemba, "ada", "engineer").await);
    assert_eq!(
        ask(&gemba, "GET /api/fn/overview", &[&cookie], "").await.status,
        200
    );
    let (is_done, said) = run(&gemba, &["user", "reset", "ada"]);
    assert!(is_done, "{said}");
    let form = "password=another+horse+battery";
    let entered = ask(&gemba, &format!("POST {}", link_in(&said)), &[FORM], form).await;
    assert_eq!(entered.status, 303);
    assert_eq!(
        ask(&gemba, "GET /api/fn/overview", &[&cookie], "").await.status,
        401
    );
    let (_, said) = run(&gemba, &["user", "list"]);
    assert!(said.contains("ada  ada  engineer"), "{said}");
    let (is_done, said) = run(&gemba, &["user", "reset", "nobody"]);
    assert!(!is_done && said.contains("gemba user list"), "{said}");
}
