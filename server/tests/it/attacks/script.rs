//! Script in whatever others may say: topics, payloads, names, addresses, searches. It must come out as text.

use std::sync::Arc;

use access::{Capability, Role};
use server::accounts::Origin;
use twin::{Span, Value};

use crate::support::site::{PASSWORD, Site};
use crate::support::until;

/// Breaks out of text, of an attribute, and of the data that a page begins with.
const SCRIPT: &str = "\"'></script></textarea><script>pwned(1)</script><img src=x onerror=pwned(2)>";
/// What may stand in no page but escaped.
const ALIVE: [&str; 4] = [
    "<script>pwned",
    "<img src=x",
    "</script><script>",
    "</textarea><script>",
];

/// Form encoding.
fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Without its own scripts a page has none of ours in it; and the text is there, or the test would show nothing.
fn assert_text(page: &str, what: &str) {
    // Own scripts follow one another.
    let page = page
        .replace("</script><script nonce", "")
        .replace("</script><script type", "");
    for alive in ALIVE {
        assert!(!page.contains(alive), "{what}: {alive}");
    }
    assert!(page.contains("pwned"), "{what}: it is not shown at all");
}

async fn owned() -> (Site, String) {
    let site = Site::new().await;
    let session = site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    (site, session)
}

/// Pages of an asset, a tag and lists, as HTML; and what scripts of pages ask, as JSON.
async fn assert_all_text(site: &Site, session: &str, paths: &[String]) {
    let mut shown = String::new();
    for path in paths {
        let page = site.get(path).with("accept", "text/html").by(session).await;
        assert_eq!(page.status, 200, "{path}");
        let body = page.body.replace("</script><script nonce", "");
        for alive in ALIVE {
            assert!(!body.contains(alive), "{path}: {alive}");
        }
        shown.push_str(&body);
    }
    assert!(shown.contains("pwned"), "it is shown nowhere: {paths:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn stored_script_in_a_topic() {
    let (site, session) = owned().await;
    // A slash would make two levels of it.
    let level = SCRIPT.replace('/', "\\");
    let topic = format!("acme/lyon/{level}/force");
    site.feed(&topic, Value::Number(1.0)).await;
    let twin = site.running.backend.twin.clone();
    let found = until("the topic joined", async || {
        let twin = twin.read().unwrap();
        let known = twin.points().find(|point| point.topic.contains("pwned"))?;
        Some((known.id, known.asset))
    });
    let (point, asset) = found.await;
    assert_all_text(
        &site,
        &session,
        &[
            "/overview".to_owned(),
            "/h/acme/lyon".to_owned(),
            format!("/assets/{asset}"),
            format!("/tags/{point}"),
            format!("/tags/{point}/explain"),
            "/search?q=pwned".to_owned(),
            format!("/share?asset={asset}"),
            "/sources/learn".to_owned(),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stored_script_in_a_payload() {
    let (site, session) = owned().await;
    let text = Value::Text(Arc::from(SCRIPT));
    site.feed("acme/lyon/press/state", text).await;
    let twin = site.running.backend.twin.clone();
    let point = until("the text joined", async || {
        let twin = twin.read().unwrap();
        let found = twin.points().find(|point| point.topic.ends_with("/state"));
        found.map(|point| point.id)
    })
    .await;
    let asset = site.asset("acme/lyon/press");
    assert_all_text(
        &site,
        &session,
        &[
            format!("/tags/{point}"),
            format!("/assets/{asset}"),
            "/h/acme/lyon".to_owned(),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stored_script_in_what_a_person_is_called() {
    let (site, session) = owned().await;
    let form = format!("name=eve&display={}&role=viewer&below=", encoded(SCRIPT));
    let made = site.post("/admin/people/invite", &form).by(&session).await;
    // Too long or no name is an answer too, but not here.
    let short = encoded("<script>pwned(1)</script><img src=x>");
    let form = format!("name=eve&display={short}&role=viewer&below=");
    let short = site.post("/admin/people/invite", &form).by(&session).await;
    assert_eq!((made.status, short.status), (422, 200));
    let eve = site.accounts.by_name("eve").unwrap().id;
    let pass = site.accounts.reset(eve).await.unwrap().secret;
    let entered = site
        .accounts
        .use_pass(&pass, "", PASSWORD.to_owned(), Origin::default())
        .await
        .unwrap();
    for (path, by) in [
        ("/admin/people".to_owned(), &session),
        (format!("/admin/people/{}", eve.get()), &session),
        ("/admin/sessions".to_owned(), &session),
        ("/admin/audit".to_owned(), &session),
        ("/overview".to_owned(), &entered.secret),
        ("/account".to_owned(), &entered.secret),
        ("/admin/people".to_owned(), &entered.secret),
    ] {
        let page = site.get(&path).with("accept", "text/html").by(by).await;
        let body = page.body.replace("</script><script nonce", "");
        assert!(!body.contains("<script>pwned"), "{path}");
        assert!(
            body.contains("pwned") || path.ends_with("audit"),
            "{path}: not shown"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stored_script_in_what_a_browser_says_it_is() {
    let (site, session) = owned().await;
    let form = "name=owner&password=correct+horse+battery";
    let agent = "<script>pwned(1)</script><img src=x>";
    let entered = site.post("/sign-in", form).with("user-agent", agent).await;
    assert_eq!(entered.status, 303);
    for path in ["/admin/sessions", "/account"] {
        let page = site.get(path).by(&session).await;
        assert_text(&page.body, path);
    }
    let day = Span::from_secs(86_400);
    let (secret, id) = site.link("owner", "acme/lyon/press", day, None).await;
    site.get(&format!("/s/{secret}")).with("user-agent", agent).await;
    let views = site.get(&format!("/links/{id}")).by(&session).await;
    assert_text(&views.body, "views of a link");
}

#[tokio::test(flavor = "multi_thread")]
async fn stored_script_in_the_purpose_of_a_link() {
    let (site, session) = owned().await;
    let asset = site.asset("acme/lyon/press").get();
    let form = format!(
        "asset={asset}&until=day&protection=none&values=on&purpose={}",
        encoded(SCRIPT)
    );
    let made = site.post("/share", &form).by(&session).await;
    assert_eq!(made.status, 200, "{}", made.body);
    for path in ["/links", "/admin/links"] {
        assert_text(&site.get(path).by(&session).await.body, path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stored_script_in_the_name_of_a_token() {
    let (site, session) = owned().await;
    let name = encoded("<script>pwned(1)</script><img src=x>");
    let form = format!("name={name}&days=30&may={}", Capability::See.word());
    let made = site.post("/account/tokens", &form).by(&session).await;
    assert_eq!(made.status, 200, "{}", made.body);
    assert_text(&made.body, "the answer");
    for path in ["/account", "/admin/tokens"] {
        assert_text(&site.get(path).by(&session).await.body, path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stored_script_in_the_name_and_unit_of_a_tag() {
    let (site, session) = owned().await;
    let point = site.point("acme/lyon/press").get();
    let text = encoded("<script>pwned(1)</script><img src=x>");
    let form = format!("point={point}&form[name]={text}");
    let saved = site.post("/api/fn/save_point", &form).by(&session).await;
    assert!(saved.status < 400, "{} {}", saved.status, saved.body);
    let asset = site.asset("acme/lyon/press");
    let paths = [
        format!("/tags/{point}"),
        format!("/assets/{asset}"),
        "/search?q=pwned".to_owned(),
    ];
    assert_all_text(&site, &session, &paths).await;
    let log = site.get("/admin/audit").by(&session).await;
    assert_text(&log.body, "/admin/audit");
}

#[tokio::test(flavor = "multi_thread")]
async fn stored_script_in_a_model_file() {
    let (site, session) = owned().await;
    let text = format!(
        "[types.press]\nname = '''{SCRIPT}'''\ndescription = '''{SCRIPT}'''\n\n\
         [assets.stamp]\ntype = \"press\"\nname = '''{SCRIPT}'''\ndescription = '''{SCRIPT}'''\n"
    );
    let request = serde_json::json!({"Apply": {"base": 0, "files": [{"path": "plant.toml", "text": text}],
        "author": SCRIPT, "comment": SCRIPT}});
    let ask = site
        .post("/api/local/model", &request.to_string())
        .with("x-gemba-token", "token");
    let answer = ask.with("content-type", "application/json").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let body = site.get("/overview").by(&session).await;
    let learn = site.get("/sources/learn?tab=versions").by(&session).await;
    for (page, what) in [(body, "/overview"), (learn, "/sources/learn")] {
        let page = page.body.replace("</script><script nonce", "");
        for alive in ALIVE {
            assert!(!page.contains(alive), "{what}: {alive}");
        }
    }
    assert!(answer.body.contains("Applied"), "{}", answer.body);
    until("the model's name is shown as text", async || {
        let page = site.get("/h").with("accept", "text/html").by(&session).await;
        let body = page.body.replace("</script><script nonce", "");
        for alive in ALIVE {
            assert!(!body.contains(alive), "{alive}");
        }
        body.contains("pwned").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reflected_script_in_a_search() {
    let (site, session) = owned().await;
    let path = format!("/search?q={}", encoded(SCRIPT));
    let page = site.get(&path).with("accept", "text/html").by(&session).await;
    assert_eq!(page.status, 200);
    assert_text(&page.body, "/search");
}

#[tokio::test(flavor = "multi_thread")]
async fn reflected_script_in_the_sign_in_form() {
    let (site, _) = owned().await;
    let text = encoded(SCRIPT);
    let wrong = site.post("/sign-in", &format!("name={text}&password=x&next=/{text}"));
    assert_text(&wrong.await.body, "a wrong password");
    let page = site.get(&format!("/sign-in?next=/{text}")).await;
    assert_text(&page.body, "/sign-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn reflected_script_in_an_address() {
    let (site, session) = owned().await;
    let script = "%22'%3E%3C%2Fscript%3E%3Cscript%3Epwned(1)%3C%2Fscript%3E%3Cimg%20src=x%3E";
    for path in [
        format!("/h/{script}"),
        format!("/{script}"),
        format!("/overview?x={script}"),
        format!("/assets/{script}"),
        format!("/compare?type={script}&property={script}"),
        format!("/h?by={script}"),
        format!("/sources/learn?find={script}&tab={script}"),
        format!("/admin/audit?action={script}&account={script}&from={script}"),
        format!("/s/{script}"),
        format!("/welcome/{script}"),
        format!("/api/fn/search?q={script}"),
        format!("/api/fn/{script}"),
    ] {
        let page = site.get(&path).with("accept", "text/html").by(&session).await;
        let is_html = page.header("content-type").contains("html");
        let body = page.body.replace("</script><script nonce", "");
        for alive in ALIVE {
            assert!(!is_html || !body.contains(alive), "{path}: {alive}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reflected_script_in_a_form_with_a_wrong_scope() {
    let (site, session) = owned().await;
    let form = format!("name=eve&display=Eve&role=viewer&below={}", encoded(SCRIPT));
    let page = site.post("/admin/people/invite", &form).by(&session).await;
    assert_eq!(page.status, 422);
    assert_text(&page.body, "the invitation");
}

/// What is typed into text areas comes back inside them: by a form that is not taken, and by one that was.
#[tokio::test(flavor = "multi_thread")]
async fn stored_and_reflected_script_in_work() {
    let (site, session) = owned().await;
    let asset = site.asset("acme/lyon/press").get();
    let script = encoded(SCRIPT);
    let report = format!("asset={asset}&title={script}&text={script}&mode=UNK&priority=medium");
    let long =
        format!("{report}{}", "x".repeat(5_000)).replace("&mode", &format!("{}&mode", "x".repeat(5_000)));
    let refused = site.post("/work", &long).by(&session).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert_text(&refused.body, "a report that comes back");
    let made = site.post("/work", &report).by(&session).await;
    assert_eq!(made.status, 303, "{}", made.body);
    let order = made.header("location").to_owned();
    for (form, fields) in [
        ("comment", format!("text={script}")),
        ("comment", format!("text={script}{}", "x".repeat(5_000))),
        (
            "plan",
            format!("title={script}&priority=medium&craft={script}&steps={script}"),
        ),
        (
            "plan",
            format!("title={script}&priority=medium&steps={script}%0Aa+%7C+b+%7C+c+%7C+d+%7C+e"),
        ),
        ("finding", format!("mode=UNK&activity=x&text={script}")),
        (
            "move",
            format!("to=cancelled&reason={script}{}", "x".repeat(5_000)),
        ),
    ] {
        let answer = site.post(&format!("{order}/{form}"), &fields).by(&session).await;
        assert!(matches!(answer.status, 303 | 422), "{form}: {}", answer.status);
        if answer.status == 422 {
            assert_text(&answer.body, form);
        }
    }
    assert_all_text(&site, &session, &[order, "/work".to_owned()]).await;
}

/// Who holds a link writes without an account.
#[tokio::test(flavor = "multi_thread")]
async fn stored_and_reflected_script_in_a_report_by_a_link() {
    let (site, session) = owned().await;
    let link = server::share::Link {
        report: true,
        ..site.link_to("acme/lyon/press")
    };
    let secret = site
        .link_like("owner", link, Span::from_secs(3_600), None)
        .await
        .unwrap()
        .0;
    let (path, script) = (format!("/s/{secret}/report"), encoded(SCRIPT));
    let refused = site.post(&path, &format!("text={script}&by={script}")).await;
    assert_eq!(refused.status, 422);
    assert_text(&refused.body, "a report that comes back");
    let made = site
        .post(&path, &format!("title={script}&text={script}&by={script}"))
        .await;
    assert_eq!(made.status, 200, "{}", made.body);
    assert_all_text(&site, &session, &["/work".to_owned(), "/work/1".to_owned()]).await;
}

/// A spreadsheet takes what begins with = for a formula.
#[tokio::test(flavor = "multi_thread")]
async fn a_formula_in_an_exported_file() {
    let (site, session) = owned().await;
    let formula = "=HYPERLINK(\"https://evil.example\";\"x\")";
    let form = format!("name=eve&display={}&role=viewer&below=", encoded(formula));
    assert_eq!(
        site.post("/admin/people/invite", &form).by(&session).await.status,
        200
    );
    let eve = site.accounts.by_name("eve").unwrap().id;
    let pass = site.accounts.reset(eve).await.unwrap().secret;
    let form = "password=correct+horse+battery";
    assert_eq!(site.post(&format!("/welcome/{pass}"), form).await.status, 303);
    let file = site.get("/admin/audit.csv").by(&session).await;
    assert!(file.body.contains("HYPERLINK"), "{}", file.body);
    assert!(
        !file.body.contains(",\"=") && !file.body.contains(",="),
        "{}",
        file.body
    );

    site.feed("acme/lyon/press/state", Value::Text(Arc::from(formula)))
        .await;
    let twin = site.running.backend.twin.clone();
    let point = until("the text joined", async || {
        let twin = twin.read().unwrap();
        let found = twin.points().find(|point| point.topic.ends_with("/state"));
        found.map(|point| point.id)
    })
    .await;
    let path = format!("/api/export.csv?point={point}&from=0&to=99999999999999");
    until("the reading is in the file", async || {
        let file = site.get(&path).by(&session).await;
        let is_there = file.body.contains("HYPERLINK");
        assert!(
            !file.body.contains(",\"=") && !file.body.contains(",="),
            "{}",
            file.body
        );
        is_there.then_some(())
    })
    .await;
}
