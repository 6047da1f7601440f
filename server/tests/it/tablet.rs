//! Tablets of crews: who sits there, what they get, what they send, and what becomes of a tablet that is lost.

use access::{Capability, Role};
use maintenance::id::OrderId;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::doors::{ask, signed_in};
use crate::support::site::{Answer, Site};
use crate::support::{Gemba, Mosquitto, Publisher, until};

const DEVICE: &str = "0123456789abcdef0123456789abcdef";
const OTHER_DEVICE: &str = "ffffffffffffffffffffffffffffffff";
/// A photo as far as anybody looks into it.
const PHOTO: &str = "RIFF1234WEBPthe rest of it";

/// A key of its own for each item.
fn key(number: u32) -> String {
    format!("{:032x}", 0x20_0000_0000_u64 + u64::from(number) * 0x1_0000)
}

async fn seat(site: &Site, session: &str, device: &str) -> String {
    let wish = json!({"device": device, "name": "Tablet <b>3</b>"}).to_string();
    let answer = site
        .post("/api/crew/seat", &wish)
        .with("content-type", "application/json")
        .by(session)
        .await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let seat: Value = serde_json::from_str(&answer.body).unwrap();
    seat["secret"].as_str().unwrap().to_owned()
}

async fn day(site: &Site, secret: &str) -> Answer {
    site.get("/api/crew/day")
        .with("authorization", &format!("Bearer {secret}"))
        .await
}

async fn the_day(site: &Site, secret: &str) -> Value {
    let answer = day(site, secret).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

fn now() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}

fn batch(device: &str, items: &[Value]) -> String {
    json!({"device": device, "sent": now(), "items": items}).to_string()
}

fn item(number: u32, order: Option<u64>, seen: u64, what: &Value) -> Value {
    let hours_ago = now() - 3 * 3_600_000_000;
    json!({"key": key(number), "order": order, "seen": seen, "at": hours_ago, "what": what})
}

fn said(text: &str) -> Value {
    json!([{"commented": {"text": text, "mentions": []}}])
}

fn asked(asset: u32, title: &str) -> Value {
    json!([{"requested": {
        "asset": asset, "title": title, "kind": "corrective_deferred", "mode": "VIB", "priority": "high",
        "dates": [null, null], "needs": [], "external": null
    }}])
}

async fn sent_raw(site: &Site, secret: &str, body: &str) -> Answer {
    site.post("/api/crew/send", body)
        .with("content-type", "application/json")
        .with("authorization", &format!("Bearer {secret}"))
        .await
}

/// What became of each item.
async fn sent(site: &Site, secret: &str, device: &str, items: &[Value]) -> Vec<Value> {
    let answer = sent_raw(site, secret, &batch(device, items)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let answers: Value = serde_json::from_str(&answer.body).unwrap();
    answers["answers"].as_array().unwrap().clone()
}

/// A technician of Lyon at a tablet, and the number of an order there that they asked for.
async fn reported(site: &Site) -> (String, String, u64) {
    let session = site
        .session("tina", vec![site.grant(Role::Technician, "acme/lyon")])
        .await;
    let secret = seat(site, &session, DEVICE).await;
    let press = site.asset("acme/lyon/press").get();
    let answers = sent(
        site,
        &secret,
        DEVICE,
        &[item(1, None, 0, &asked(press, "Press leaks"))],
    )
    .await;
    assert_eq!(answers[0]["became"], "taken", "{answers:?}");
    let order = answers[0]["order"].as_u64().unwrap();
    (session, secret, order)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_opens_the_tablets_doors_and_no_other() {
    let site = Site::new().await;
    let (session, secret, _) = reported(&site).await;
    for path in ["/overview", "/api/v1/work-orders", "/account", "/api/fn/shell"] {
        let answer = site
            .get(path)
            .with("authorization", &format!("Bearer {secret}"))
            .await;
        assert!(answer.is_refused(), "{path}: {}", answer.status);
    }
    // Neither a session nor a token is a seat.
    let hour = twin::Span::from_secs(3_600);
    let (token, _) = site.token("tina", vec![Capability::SeeWork], hour).await;
    for other in [session.as_str(), token.as_str(), "", "short"] {
        assert_eq!(day(&site, other).await.status, 401, "{other}");
    }
    assert_eq!(site.get("/api/crew/day").by(&session).await.status, 401);
    // A program makes no seat, nor does a page of somebody else.
    let wish = json!({"device": DEVICE, "name": "x"}).to_string();
    let by_token = site
        .post("/api/crew/seat", &wish)
        .with("content-type", "application/json")
        .with("authorization", &format!("Bearer {token}"))
        .await;
    assert_eq!(by_token.status, 403, "{}", by_token.body);
    let foreign = site
        .post("/api/crew/seat", &wish)
        .with("content-type", "application/json")
        .with("origin", "https://evil.example.org")
        .by(&session)
        .await;
    assert_eq!(foreign.status, 403, "{}", foreign.body);
    // Leaving the tablet ends it.
    let left = site
        .get("/api/crew/seat")
        .by_method("DELETE")
        .with("authorization", &format!("Bearer {secret}"))
        .await;
    assert_eq!(left.status, 204);
    assert_eq!(day(&site, &secret).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_never_sees_more_than_its_person_may_at_that_moment() {
    let site = Site::new().await;
    let (_, secret, order) = reported(&site).await;
    let today = the_day(&site, &secret).await;
    let numbers: Vec<u64> = today["orders"]
        .as_array()
        .unwrap()
        .iter()
        .map(|order| order["id"].as_u64().unwrap())
        .collect();
    assert!(
        !numbers.contains(&order),
        "what nobody approved is not yet work: {today}"
    );
    assert!(today.to_string().contains("press"), "{today}");
    assert!(!today.to_string().contains("rotterdam"), "{today}");

    let pump = site.asset("acme/rotterdam/pump").get();
    let outside = sent(
        &site,
        &secret,
        DEVICE,
        &[item(2, None, 0, &asked(pump, "Pump leaks"))],
    )
    .await;
    assert_eq!(
        outside[0]["became"]["refused"]["word"], "other_order",
        "{outside:?}"
    );
    let approving = json!([{"moved": {"to": "approved", "reason": null}}]);
    let beyond = sent(&site, &secret, DEVICE, &[item(3, Some(order), 1, &approving)]).await;
    assert_eq!(beyond[0]["became"]["refused"]["word"], "no_right", "{beyond:?}");

    let tina = site.accounts.by_name("tina").unwrap().id;
    site.accounts.set_active(tina, false).await.unwrap();
    assert_eq!(day(&site, &secret).await.status, 401);
    site.accounts.set_active(tina, true).await.unwrap();
    assert_eq!(day(&site, &secret).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_tablet_is_told_to_erase_and_nothing_else() {
    let site = Site::new().await;
    let (session, secret, order) = reported(&site).await;
    let page = site.get("/account").by(&session).await.body;
    assert!(page.contains("Tablet &lt;b&gt;3&lt;/b&gt;"), "{page}");
    let owner = site.session("olga", vec![site.grant(Role::Owner, "")]).await;
    let all = site.get("/admin/sessions").by(&owner).await.body;
    assert!(
        all.contains("/admin/tablets") && all.contains("Sign out and erase"),
        "{all}"
    );
    let number = all
        .split_once("/admin/tablets")
        .and_then(|(_, rest)| rest.split_once("value=\""))
        .and_then(|(_, rest)| rest.split('"').next())
        .unwrap();

    // Somebody else's tablet is not theirs to sign out.
    let stranger = site.session("stan", vec![site.grant(Role::Technician, "")]).await;
    let id = format!("id={number}");
    site.post("/account/tablets", &id).by(&stranger).await;
    assert_eq!(site.post("/admin/tablets", &id).by(&stranger).await.status, 403);
    assert_eq!(day(&site, &secret).await.status, 200);

    assert_eq!(site.post("/admin/tablets", &id).by(&owner).await.status, 303);
    let waits = site.get("/account").by(&session).await.body;
    assert!(waits.contains("Erases at next contact"), "{waits}");
    let told = day(&site, &secret).await;
    assert_eq!((told.status, told.body.as_str()), (410, "{\"erase\":true}"));
    let late = sent_raw(
        &site,
        &secret,
        &batch(DEVICE, &[item(9, Some(order), 1, &said("late"))]),
    )
    .await;
    assert_eq!(late.status, 410);
    let after = site.get("/account").by(&session).await.body;
    assert!(after.contains(">Erased<"), "{after}");
    let log = site.get("/admin/audit").by(&owner).await.body;
    assert!(log.contains("seat.erase") && log.contains("seat.make"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_batch_twice_is_one_set_of_events_with_their_own_times() {
    let site = Site::new().await;
    let (_, secret, order) = reported(&site).await;
    let items = [
        item(10, Some(order), 1, &said("first")),
        item(11, Some(order), 1, &said("second")),
    ];
    let body = batch(DEVICE, &items);
    for _ in 0..2 {
        let answer = sent_raw(&site, &secret, &body).await;
        let answers: Value = serde_json::from_str(&answer.body).unwrap();
        for answer in answers["answers"].as_array().unwrap() {
            assert_eq!(answer["became"], "taken", "{answers}");
        }
    }
    let work = &site.running.backend.work;
    let id = OrderId::new(u32::try_from(order).unwrap());
    let times = work.order(id, |order| {
        let log = order.log().iter();
        log.map(|entry| entry.event.received.since(entry.event.when()))
            .collect::<Vec<_>>()
    });
    let times = times.unwrap();
    assert_eq!(times.len(), 3, "the request and two words");
    let hours = twin::Span::from_secs(3 * 3_600 - 60);
    assert!(times.iter().all(|ago| *ago > hours), "{times:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tablets_on_one_job_hear_of_each_other() {
    let site = Site::new().await;
    let (session, secret, order) = reported(&site).await;
    let planner = site.session("paul", vec![site.grant(Role::Planner, "")]).await;
    for (number, to) in [(40, "approved"), (41, "planned")] {
        let form = format!("key={}&seen={}&to={to}", key(number), number - 39);
        let moved = site
            .post(&format!("/work/{order}/move"), &form)
            .by(&planner)
            .await;
        assert_eq!(moved.status, 303, "{}", moved.body);
    }
    let steps = "title=Press+leaks&priority=high&craft=&hours=&steps=Seal+%7C+good+%3B+worn";
    let form = format!("key={}&seen=3&{steps}", key(42));
    let planned = site
        .post(&format!("/work/{order}/plan"), &form)
        .by(&planner)
        .await;
    assert_eq!(planned.status, 303, "{}", planned.body);

    let today = the_day(&site, &secret).await;
    let card = &today["orders"][0];
    assert_eq!(card["id"].as_u64(), Some(order), "{today}");
    let seen = card["log"].as_array().unwrap().len() as u64;
    let step = card["log"].to_string();
    let step = step
        .split_once("\"id\":")
        .and_then(|(_, rest)| rest.split([',', '}']).next());
    let step: u32 = step.unwrap().parse().unwrap();

    let other = seat(&site, &session, OTHER_DEVICE).await;
    let chosen = |place: u16| json!([{"answered": {"step": step, "answer": {"chosen": place}}}]);
    let first = sent(&site, &secret, DEVICE, &[item(50, Some(order), seen, &chosen(0))]).await;
    assert_eq!(first[0]["became"], "taken", "{first:?}");
    for _ in 0..2 {
        let second = sent(
            &site,
            &other,
            OTHER_DEVICE,
            &[item(51, Some(order), seen, &chosen(1))],
        )
        .await;
        let conflict = &second[0]["became"]["conflict"];
        assert_eq!(conflict["event"], key(51), "{second:?}");
        assert_eq!(conflict["usual"], "both");
        let words = conflict["words"].as_str().unwrap();
        assert!(
            words.starts_with("Both answered the same step, differently."),
            "{words}"
        );
        assert!(
            words.contains("good") && words.contains("worn") && words.contains("tina"),
            "{words}"
        );
    }
    // A seat is of one tablet.
    let borrowed = sent_raw(&site, &other, &batch(DEVICE, &[])).await;
    assert_eq!(borrowed.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_one_that_is_refused_the_rest_of_its_order_waits() {
    let site = Site::new().await;
    let (_, secret, order) = reported(&site).await;
    let press = site.asset("acme/lyon/press").get();
    let answers = sent(
        &site,
        &secret,
        DEVICE,
        &[
            item(60, Some(order), 99, &said("from the future")),
            item(61, Some(order), 1, &said("after it")),
            item(62, None, 0, &asked(press, "Something else")),
            json!({"key": key(63), "order": order}),
        ],
    )
    .await;
    assert_eq!(
        answers[0]["became"]["refused"]["word"], "from_the_future",
        "{answers:?}"
    );
    assert_eq!(answers[1]["became"], "again");
    assert_eq!(answers[2]["became"], "taken");
    assert_eq!(answers[3]["became"]["refused"]["word"], "bad_choice");
    let refused = answers[0]["became"]["refused"]["words"].as_str().unwrap();
    assert!(refused.ends_with('.'), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_tablet_sends_does_no_harm() {
    let site = Site::new().await;
    let (session, secret, order) = reported(&site).await;
    let many = vec![item(70, Some(order), 1, &said("x")); 51];
    assert_eq!(sent_raw(&site, &secret, &batch(DEVICE, &many)).await.status, 413);
    let large = batch(DEVICE, &[item(70, Some(order), 1, &said(&"x".repeat(300_000)))]);
    assert_eq!(sent_raw(&site, &secret, &large).await.status, 413);
    let deep = format!(
        "{{\"device\":\"{DEVICE}\",\"sent\":1,\"items\":{}1",
        "[".repeat(5_000)
    );
    for body in ["", "null", "[]", "{\"items\":[]}", deep.as_str()] {
        assert_eq!(sent_raw(&site, &secret, body).await.status, 400, "{body:.40}");
    }
    let script = said("<script>alert(1)</script>");
    let answers = sent(&site, &secret, DEVICE, &[item(71, Some(order), 1, &script)]).await;
    assert_eq!(answers[0]["became"], "taken");
    let page = site.get(&format!("/work/{order}")).by(&session).await.body;
    assert!(page.contains("&lt;script&gt;alert(1)"), "{page}");
    assert!(!page.contains("<script>alert(1)"), "{page}");
    let others = json!([{"mirrored": {"to": "closed"}}]);
    let answers = sent(&site, &secret, DEVICE, &[item(72, Some(order), 1, &others)]).await;
    assert_eq!(answers[0]["became"]["refused"]["word"], "no_right", "{answers:?}");
    for _ in 0..100 {
        day(&site, &"a".repeat(32)).await;
    }
    let slowed = until("guesses are slowed", async || {
        let answer = day(&site, &"a".repeat(32)).await;
        (answer.status == 429).then_some(answer)
    })
    .await;
    assert!(!slowed.header("retry-after").is_empty());
    assert_eq!(
        day(&site, &secret).await.status,
        200,
        "who sits there is not slowed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_comes_after_the_text_that_names_it_and_is_shown_with_its_order() {
    let site = Site::new().await;
    let (session, secret, order) = reported(&site).await;
    let hash: String = Sha256::digest(PHOTO)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let put = async |name: &str, body: &str| {
        let path = format!("/api/crew/files/{name}");
        let ask = site
            .post(&path, body)
            .by_method("PUT")
            .with("content-type", "image/webp")
            .with("authorization", &format!("Bearer {secret}"));
        ask.await.status
    };
    assert_eq!(put(&hash, PHOTO).await, 404, "nothing names it yet");
    let file = json!([{"attached": {"hash": hash, "name": "a \"b\".webp", "media": "image/webp", "bytes": PHOTO.len()}}]);
    let answers = sent(&site, &secret, DEVICE, &[item(80, Some(order), 1, &file)]).await;
    assert_eq!(answers[0]["photos"], json!([hash]), "{answers:?}");

    let shown = format!("/work/{order}/files/{hash}");
    assert_eq!(site.get(&shown).by(&session).await.status, 404);
    let page = site.get(&format!("/work/{order}")).by(&session).await.body;
    assert!(page.contains("On its way"), "{page}");
    assert_eq!(put(&hash, "RIFF1234WEBPanother").await, 422);
    assert_eq!(put(&hash, "<svg onload=alert(1)>").await, 415);
    assert_eq!(
        put(&hash, &format!("RIFF1234WEBP{}", "x".repeat(400_000))).await,
        413
    );
    for name in [
        "..%2F..%2Fetc%2Fpasswd",
        "x",
        &hash.to_uppercase(),
        &format!("{hash}%00"),
    ] {
        assert_eq!(put(name, PHOTO).await, 404, "{name}");
    }
    assert_eq!(put(&hash, PHOTO).await, 204);
    assert_eq!(put(&hash, PHOTO).await, 204);
    let answer = site.get(&shown).by(&session).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, PHOTO));
    assert_eq!(answer.header("content-type"), "image/webp");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(answer.header("content-security-policy").starts_with("sandbox"));
    let page = site.get(&format!("/work/{order}")).by(&session).await.body;
    assert!(page.contains(&format!("src=\"{shown}\"")), "{page}");
    let again = sent(&site, &secret, DEVICE, &[item(80, Some(order), 1, &file)]).await;
    assert_eq!(again[0]["photos"], json!([]));

    let rotterdam = vec![site.grant(Role::Technician, "acme/rotterdam")];
    let elsewhere = site.session("rob", rotterdam).await;
    assert_eq!(site.get(&shown).by(&elsewhere).await.status, 404);
    assert!(site.get(&shown).await.is_refused());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_is_the_same_is_not_sent_again() {
    let site = Site::new().await;
    let (_, secret, order) = reported(&site).await;
    site.stop.cancel();
    let first = day(&site, &secret).await;
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    let bearer = format!("Bearer {secret}");
    let again = async || {
        let ask = site.get("/api/crew/day").with("authorization", &bearer);
        ask.with("if-none-match", &tag).await
    };
    // Every five minutes values are looked at anew; this may be the moment.
    let same = until("a second look within five minutes", async || {
        let (tag, answer) = (day(&site, &secret).await.header("etag").to_owned(), again().await);
        (tag == first.header("etag")).then_some(answer)
    })
    .await;
    assert_eq!((same.status, same.body.as_str()), (304, ""));
    let planner = site.session("paul", vec![site.grant(Role::Planner, "")]).await;
    let form = format!("key={}&seen=1&to=approved", key(90));
    let moved = site
        .post(&format!("/work/{order}/move"), &form)
        .by(&planner)
        .await;
    assert_eq!(moved.status, 303, "{}", moved.body);
    let changed = again().await;
    assert_eq!(changed.status, 200);
    let today: Value = serde_json::from_str(&changed.body).unwrap();
    assert_eq!(today["orders"][0]["id"].as_u64(), Some(order), "{today}");
    let press = today["assets"]
        .as_array()
        .unwrap()
        .iter()
        .find(|asset| asset["name"] == "press");
    let press = press.unwrap();
    assert_eq!(press["values"][0]["text"], "12", "{press}");
    assert_eq!(press["code"].as_str().unwrap().len(), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shell_knows_nobody_and_the_way_back_leads_there() {
    let site = Site::new().await;
    let session = site.session("tina", vec![site.grant(Role::Technician, "")]).await;
    let known = site.get("/crew").by(&session).await;
    let unknown = site.get("/crew/job/7").await;
    assert_eq!((known.status, &known.body), (200, &unknown.body));
    assert!(
        !known.body.contains("nonce") && !known.body.contains("tina"),
        "{}",
        known.body
    );
    let policy = known.header("content-security-policy");
    assert!(
        policy.contains("script-src 'self' 'wasm-unsafe-eval';"),
        "{policy}"
    );
    assert!(!policy.contains("nonce"), "{policy}");
    assert!(known.header("permissions-policy").contains("camera=(self)"));
    assert!(
        known.body.contains("without the program for tablets"),
        "{}",
        known.body
    );
    let french = site.get("/crew").with("accept-language", "fr").await;
    assert!(french.body.contains("lang=\"fr\""), "{}", french.body);

    let worker = site.get("/sw.js").await;
    assert_eq!(worker.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(worker.header("cache-control"), "no-cache");
    assert!(
        worker
            .header("content-security-policy")
            .contains("connect-src 'self'")
    );
    let manifest = site.get("/crew/manifest.webmanifest").await;
    let manifest: Value = serde_json::from_str(&manifest.body).unwrap();
    assert_eq!(manifest["start_url"], "/crew");
    assert_eq!(
        site.get("/crew/icon-512.png").await.header("content-type"),
        "image/png"
    );

    let form = "name=tina&password=correct+horse+battery&next=%2Fcrew%2Fjob%2F7%3Fx%3D1";
    let entered = site.post("/sign-in", form).await;
    assert_eq!(
        (entered.status, entered.header("location")),
        (303, "/crew/job/7?x=1")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_between_send_and_answer_loses_nothing_and_doubles_nothing() {
    let mosquitto = Mosquitto::start().await;
    let mut gemba = Gemba::guarded(&["--mqtt", &mosquitto.url()]).await;
    let cookie = signed_in(&gemba, "tina", "technician").await;
    let cookie = format!("cookie: {cookie}");
    let mut publisher = Publisher::new(mosquitto.port, "plant");
    publisher.publish_one("acme/lyon/press/force", b"12", false).await;
    let json = "content-type: application/json";
    let wish = json!({"device": DEVICE, "name": "Tablet"}).to_string();
    let made = ask(&gemba, "POST /api/crew/seat", &[json, &cookie], &wish).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let seat: Value = serde_json::from_str(&made.body).unwrap();
    let bearer = format!("authorization: Bearer {}", seat["secret"].as_str().unwrap());
    let asset = until("the press is known", async || {
        let day = ask(&gemba, "GET /api/crew/day", &[&bearer], "").await;
        let day: Value = serde_json::from_str(&day.body).ok()?;
        let assets = day["assets"].as_array()?;
        let press = assets.iter().find(|asset| asset["name"] == "press")?;
        u32::try_from(press["id"].as_u64()?).ok()
    })
    .await;

    let items: Vec<Value> = (0..30)
        .map(|number| item(100 + number, None, 0, &asked(asset, &format!("Leak {number}"))))
        .collect();
    let body = batch(DEVICE, &items);
    let head = [json, bearer.as_str()];
    let lost = tokio::time::timeout(
        std::time::Duration::from_millis(20),
        ask(&gemba, "POST /api/crew/send", &head, &body),
    );
    let _unheard = lost.await;
    gemba.kill();
    gemba.start().await;
    let answer = ask(&gemba, "POST /api/crew/send", &head, &body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let answers: Value = serde_json::from_str(&answer.body).unwrap();
    let mut orders: Vec<u64> = answers["answers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| {
            assert_eq!(answer["became"], "taken", "{answers}");
            answer["order"].as_u64().unwrap()
        })
        .collect();
    orders.sort_unstable();
    assert_eq!(orders, (1..=30).collect::<Vec<u64>>());
    let listed = ask(&gemba, "GET /api/v1/work-orders", &[&cookie], "").await;
    let listed: Value = serde_json::from_str(&listed.body).unwrap();
    assert_eq!(listed["total"], 30, "{listed}");
}
