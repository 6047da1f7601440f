//! Getting in: the first owner's link, signing in and out, new passwords. Attacks are in `attacks`.

use std::process::Command;

use crate::support::{Gemba, Mosquitto};

const PASSWORD: &str = "correct horse battery";
pub const FORM: &str = "content-type: application/x-www-form-urlencoded";

/// A whole answer: status, head lines, body.
pub struct Answer {
    pub status: u16,
    head: Vec<String>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
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

pub async fn ask(gemba: &Gemba, request: &str, head: &[&str], body: &str) -> Answer {
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
pub fn run(gemba: &Gemba, args: &[&str]) -> (bool, String) {
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
pub fn link_in(said: &str) -> String {
    let rest = said.split_once("/welcome/").map(|(_, rest)| rest);
    let secret = rest.and_then(|rest| rest.split_whitespace().next());
    format!("/welcome/{}", secret.unwrap_or_else(|| panic!("no link: {said}")))
}

/// Somebody new of a role, signed in: their cookie.
pub async fn signed_in(gemba: &Gemba, name: &str, role: &str) -> String {
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
async fn what_somebody_does_is_written_down() {
    let gemba = Gemba::guarded(&["--mqtt", "mqtt://127.0.0.1:1"]).await;
    let admin = format!("cookie: {}", signed_in(&gemba, "ada", "administrator").await);
    let invite = "name=grace&display=Grace&role=viewer&below=";
    let made = ask(&gemba, "POST /admin/people/invite", &[FORM, &admin], invite).await;
    assert_eq!(made.status, 200, "{}", made.body);
    assert!(made.body.contains("/welcome/"), "{}", made.body);
    let owner = ask(
        &gemba,
        "POST /admin/people/invite",
        &[FORM, &admin],
        "name=eve&display=Eve&role=owner&below=",
    )
    .await;
    assert_eq!(owner.status, 422, "an administrator makes no owner");
    let log = ask(&gemba, "GET /admin/audit.csv", &[&admin], "").await;
    for action in ["account.invite", "welcome"] {
        assert!(log.body.contains(action), "{}", log.body);
    }
    assert!(!log.body.contains(PASSWORD));
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
