//! Needs from the twin: a value beyond a limit, a meter and a condition become needs and orders; they are there after
//! a kill; nobody sees those of another part of the plant; people split, attach and dismiss.

use access::Role;
use maintenance::id::{Key, NeedId, OrderId, PlanId};
use maintenance::iso14224::FailureMode;
use maintenance::need::{Draft, Evidence, Source, State, Urgency};
use maintenance::order::Dates;
use server::needs::{Entry, NeedDesk};
use twin::{Span, Timestamp};

use crate::doors::{FORM, ask, signed_in};
use crate::support::site::Site;
use crate::support::{Gemba, Mosquitto, Publisher, until};

/// Looks every second, and a second beyond a limit is enough.
const SOON: &str = "[needs]\nevery_seconds = 1\nhold_seconds = 1\n";

/// A server whose needs come soon, with an owner signed in; gives it and its cookie.
async fn watched(broker: &Mosquitto, dir: &tempfile::TempDir) -> (Gemba, String) {
    let config = dir.path().join("gemba.toml");
    std::fs::write(&config, SOON).unwrap();
    let config = config.display().to_string();
    let gemba = Gemba::guarded(&["--mqtt", &broker.url(), "--config", &config]).await;
    let cookie = format!("cookie: {}", signed_in(&gemba, "ada", "owner").await);
    (gemba, cookie)
}

/// The page of what is open, once these words stand on it.
async fn told(gemba: &Gemba, cookie: &str, words: &str) -> String {
    until(words, async || {
        let page = ask(gemba, "GET /work/needs", &[cookie], "").await.body;
        page.contains(words).then_some(page)
    })
    .await
}

/// What finds the point of a tag and sets limits for it.
async fn limited(gemba: &Gemba, cookie: &str, tag: &str, limit: &str) -> u64 {
    let point = until("the point is there", async || {
        let search = format!("GET /api/fn/search?q={tag}");
        let found = ask(gemba, &search, &[cookie, "accept: application/json"], "").await;
        let hits: serde_json::Value = serde_json::from_str(&found.body).ok()?;
        hits.as_array()?.iter().find_map(|hit| hit["point"][0].as_u64())
    })
    .await;
    let form = format!("point={point}&form[name]=Vibration&form[unit]=mm/s&form[high]={limit}");
    let head = [FORM, cookie, "accept: application/json"];
    let set = ask(gemba, "POST /api/fn/save_point", &head, &form).await;
    assert_eq!(set.status, 200, "{}", set.body);
    point
}

/// The value of the first field of this name.
fn field(page: &str, name: &str) -> String {
    let rest = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .map(|(_, rest)| rest);
    let value = rest.and_then(|rest| rest.split('"').next());
    value.unwrap_or_else(|| panic!("no {name}: {page}")).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_beyond_its_limit_becomes_a_need_and_an_order_and_is_there_after_a_kill() {
    let (broker, dir) = (Mosquitto::start().await, tempfile::tempdir().unwrap());
    let (mut gemba, cookie) = watched(&broker, &dir).await;
    let mut publisher = Publisher::new(broker.port, "plant");
    publisher.publish_one("acme/pump/vibration", b"2.5", true).await;
    let point = limited(&gemba, &cookie, "vibration", "4.5").await;
    let calm = ask(&gemba, "GET /work/needs", &[&cookie], "").await.body;
    assert!(calm.contains("Nothing of this kind asks"), "{calm}");
    publisher.publish_one("acme/pump/vibration", b"5.5", true).await;
    let list = told(&gemba, &cookie, "above its limit of").await;
    assert!(list.contains("/work/needs/1\">Vibration"), "{list}");
    let need = ask(&gemba, "GET /work/needs/1", &[&cookie], "").await.body;
    for said in ["was 5.5", &format!("/tags/{point}\""), "Make a work order"] {
        assert!(need.contains(said), "{said}: {need}");
    }
    let form = ask(&gemba, "GET /work/new?need=1", &[&cookie], "").await.body;
    assert!(
        form.contains("name=\"need\" value=\"1\"") && form.contains("above its limit"),
        "{form}"
    );
    let title: String = form_urlencoded::byte_serialize(field(&form, "title").as_bytes()).collect();
    let (asset, key) = (field(&form, "asset"), field(&form, "key"));
    let form =
        format!("asset={asset}&need=1&key={key}&title={title}&mode=VIB&priority=medium&kind=condition_based");
    let made = ask(&gemba, "POST /work", &[FORM, &cookie], &form).await;
    assert_eq!(made.status, 303, "{}", made.body);
    gemba.kill();
    gemba.start().await;
    let order = ask(&gemba, "GET /work/1", &[&cookie], "").await.body;
    assert!(order.contains("/work/needs/1\">Need 1<"), "{order}");
    let ordered = ask(&gemba, "GET /work/needs?which=ordered", &[&cookie], "")
        .await
        .body;
    assert!(
        ordered.contains("Open 0") && ordered.contains("Work ordered 1"),
        "{ordered}"
    );
    // Cancelled, it is open again; and still one need, though the value is beyond its limit all the time.
    let form = "key=00000000000000000000000000007000&seen=1&to=cancelled&reason=Not+now";
    let moved = ask(&gemba, "POST /work/1/move", &[FORM, &cookie], form).await;
    assert_eq!(moved.status, 303, "{}", moved.body);
    let open = told(&gemba, &cookie, "Open 1").await;
    assert!(
        open.contains("Work ordered 0") && open.contains("Over 0"),
        "{open}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_meter_and_a_condition_become_needs_that_know_their_plan_after_a_kill() {
    let (broker, dir) = (Mosquitto::start().await, tempfile::tempdir().unwrap());
    let (mut gemba, cookie) = watched(&broker, &dir).await;
    let mut publisher = Publisher::new(broker.port, "plant");
    publisher.publish_one("acme/fan/hours", b"1000", true).await;
    publisher.publish_one("acme/fan/heat", b"20", true).await;
    let asset = until("the asset is there", async || {
        let found = ask(&gemba, "GET /work/plans?q=fan", &[&cookie], "").await.body;
        let rest = found
            .split_once("/work/plans/new?asset=")
            .map(|(_, rest)| rest.to_owned());
        rest.and_then(|rest| rest.split('"').next().map(ToOwned::to_owned))
    })
    .await;
    let more = "lead=0&tolerance=7&is_on=yes&craft=mechanic&hours=2&steps=Isolate%0D%0AGrease";
    let meter = format!(
        "id=0&asset={asset}&title=Grease+the+fan&mode=NOI&meter=property%3Ahours&every=100&from=950&{more}"
    );
    let made = ask(&gemba, "POST /work/plans", &[FORM, &cookie], &meter).await;
    assert_eq!(made.status, 303, "{}", made.body);
    let wrong = format!("id=0&asset={asset}&title=Cool+it&mode=OHE&formula=haet+%3E+80&held=0&{more}");
    let refused = ask(&gemba, "POST /work/plans", &[FORM, &cookie], &wrong).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.body.contains("did you mean `heat`") && refused.body.contains("value=\"Cool it\""),
        "{}",
        refused.body
    );
    let condition = wrong.replace("haet", "heat");
    let made = ask(&gemba, "POST /work/plans", &[FORM, &cookie], &condition).await;
    assert_eq!(made.status, 303, "{}", made.body);
    told(&gemba, &cookie, "Open 0").await;
    publisher.publish_one("acme/fan/hours", b"1051", true).await;
    let list = told(&gemba, &cookie, "Grease the fan, due").await;
    assert!(list.contains("Open 1"), "{list}");
    publisher.publish_one("acme/fan/heat", b"95", true).await;
    let list = told(&gemba, &cookie, "Cool it, due").await;
    assert!(list.contains("Open 2"), "{list}");
    gemba.kill();
    gemba.start().await;
    let plans = ask(&gemba, "GET /work/plans", &[&cookie], "").await.body;
    for said in [
        "Grease the fan",
        "hours every 100",
        "heat &gt; 80",
        "Need 1",
        "Need 2",
    ] {
        assert!(plans.contains(said), "{said}: {plans}");
    }
    let form = ask(&gemba, "GET /work/new?need=1", &[&cookie], "").await.body;
    for said in ["Grease the fan", "value=\"mechanic\"", "Isolate\nGrease"] {
        assert!(form.contains(said), "{said}: {form}");
    }
    // Left out this time, the plan counts on from here.
    let dismissed = ask(
        &gemba,
        "POST /work/needs/1/dismiss",
        &[FORM, &cookie],
        "reason=Done+by+hand",
    )
    .await;
    assert_eq!(dismissed.status, 303, "{}", dismissed.body);
    until("the meter is heard again", async || {
        publisher.publish_one("acme/fan/hours", b"1052", true).await;
        let plan = ask(&gemba, "GET /work/plans/1", &[&cookie], "").await.body;
        plan.contains("99 left on the meter").then_some(())
    })
    .await;
}

/// A need as if somebody had told of it.
fn draft(site: &Site, path: &str, words: &str, key: u128) -> Draft {
    Draft {
        asset: site.asset(path),
        mode: FailureMode::Vibration,
        source: Source::Report {
            by: None,
            key: Key::new(key),
        },
        urgency: Urgency::Soon,
        dates: Dates::default(),
        consequence: None,
        evidence: vec![Evidence::Words {
            at: Timestamp::from_millis(1_772_431_200_000),
            text: words.into(),
        }],
        at: Timestamp::from_millis(1_772_431_200_000),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn needs_and_plans_of_another_subtree_are_not_listed_counted_or_found() {
    let site = Site::new().await;
    site.stop.cancel();
    let needs = site.running.backend.needs.clone();
    let all = site.session("all", vec![site.grant(Role::Owner, "")]).await;
    let told = [
        Entry::raised(&draft(&site, "acme/rotterdam/pump", "Topsecret", 1)),
        Entry::raised(&draft(&site, "acme/lyon/press", "Everyday", 2)),
    ];
    needs.tell(told.into()).await.unwrap();
    let (pump, press) = (site.asset("acme/rotterdam/pump"), site.asset("acme/lyon/press"));
    for (asset, title) in [(pump, "Topsecretplan"), (press, "Plan+of+lyon")] {
        let form = format!(
            "id=0&asset={asset}&title={title}&mode=VIB&count=1&unit=month&first=2030-01-01&is_on=yes"
        );
        let made = site.post("/work/plans", &form).by(&all).await;
        assert_eq!(made.status, 303, "{}", made.body);
    }
    for role in Role::ALL {
        let session = site
            .session(role.word(), vec![site.grant(role, "acme/lyon")])
            .await;
        let list = site.get("/work/needs").by(&session).await.body;
        assert!(
            list.contains("Everyday") && list.contains("Open 1"),
            "{role:?}: {list}"
        );
        let plans = site.get("/work/plans").by(&session).await.body;
        assert!(plans.contains("Plan of lyon"), "{role:?}: {plans}");
        for path in [
            "/work/needs".to_owned(),
            "/work/needs/1".to_owned(),
            format!("/work/needs?asset={pump}"),
            "/work/new?need=1".to_owned(),
            "/work/plans".to_owned(),
            "/work/plans/1".to_owned(),
            "/work/plans?q=pump".to_owned(),
            format!("/work/plans?asset={pump}"),
            format!("/work/plans/new?asset={pump}"),
        ] {
            let body = site
                .get(&path)
                .by(&session)
                .await
                .body
                .replace("value=\"pump\"", "");
            for word in ["Topsecret", "rotterdam", "Rotterdam", "pump"] {
                assert!(!body.contains(word), "{role:?} {path}: {body}");
            }
        }
        for (act, form) in [
            ("needs/1/attach", "order=1"),
            ("needs/1/dismiss", "reason=x"),
            ("needs/1/split", "member=1"),
            (
                "plans",
                &format!("id=1&asset={pump}&title=x&mode=VIB&count=1&unit=day&first=2030-01-01"),
            ),
        ] {
            let answer = site.post(&format!("/work/{act}"), form).by(&session).await;
            assert!(
                matches!(answer.status, 403 | 404),
                "{role:?} {act}: {}",
                answer.status
            );
        }
    }
    let kept = needs.read(|book| {
        let plan = book
            .plans
            .get(&PlanId::new(1))
            .map(|state| state.sheet.title.clone());
        (book.needs.open().count(), plan)
    });
    assert_eq!(kept, (2, Some("Topsecretplan".to_owned())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_a_need_of_its_order_and_planners_split_attach_and_dismiss() {
    let site = Site::new().await;
    let needs = site.running.backend.needs.clone();
    let operator = site.session("olga", vec![site.grant(Role::Operator, "")]).await;
    let planner = site.session("paul", vec![site.grant(Role::Planner, "")]).await;
    let asset = site.asset("acme/lyon/press");
    let report = async |key: &str, title: &str| {
        let form = format!("asset={asset}&key={key}&title={title}&mode=VIB&priority=high");
        site.post("/work", &form).by(&operator).await.status
    };
    assert_eq!(report("00000000000000000000000000001000", "It+shakes").await, 303);
    let state = |id: u32| needs.read(|book| book.needs.get(NeedId::new(id)).map(|need| need.state.clone()));
    assert_eq!(state(1), Some(State::Ordered(OrderId::new(1))));
    let page = site.get("/work/1").by(&operator).await.body;
    assert!(
        page.contains("/work/needs/1\">Need 1<") && page.contains("It shakes"),
        "{page}"
    );
    assert_eq!(report("00000000000000000000000000002000", "Again").await, 303);
    assert_eq!(state(2), Some(State::MergedInto(NeedId::new(1))));

    let refused = site.post("/work/needs/1/split", "member=2").by(&operator).await;
    assert_eq!(refused.status, 403);
    let split = site.post("/work/needs/1/split", "member=2").by(&planner).await;
    assert_eq!(split.status, 303, "{}", split.body);
    assert_eq!(state(2), Some(State::Open));
    let twice = site.post("/work/needs/1/split", "member=2").by(&planner).await;
    assert_eq!(twice.status, 409, "{}", twice.body);
    let nowhere = site.post("/work/needs/2/attach", "order=77").by(&planner).await;
    assert_eq!(nowhere.status, 422, "{}", nowhere.body);
    let attached = site.post("/work/needs/2/attach", "order=2").by(&planner).await;
    assert_eq!(attached.status, 303, "{}", attached.body);
    assert_eq!(state(2), Some(State::Ordered(OrderId::new(2))));

    let entry = Entry::raised(&Draft {
        mode: FailureMode::Noise,
        ..draft(&site, "acme/lyon/press", "It hums", 9)
    });
    needs.tell(vec![entry]).await.unwrap();
    let silent = site.post("/work/needs/3/dismiss", "reason=+").by(&planner).await;
    assert_eq!(silent.status, 422, "{}", silent.body);
    let dismissed = site
        .post("/work/needs/3/dismiss", "reason=It+always+hums")
        .by(&planner)
        .await;
    assert_eq!(dismissed.status, 303, "{}", dismissed.body);
    let page = site.get("/work/needs/3").by(&operator).await.body;
    assert!(page.contains("It always hums") && page.contains("paul"), "{page}");

    let admin = site
        .session("ada", vec![site.grant(Role::Administrator, "")])
        .await;
    let log = site.get("/admin/audit.csv?action=need").by(&admin).await.body;
    for action in ["need.split", "need.attach", "need.dismiss"] {
        assert_eq!(
            log.matches(&format!("\"{action}\"")).count(),
            1,
            "{action}: {log}"
        );
    }
    assert!(
        !log.contains("hums"),
        "the audit log has no words of people: {log}"
    );

    let backend = &site.running.backend;
    let again = NeedDesk::open(backend.records.clone(), backend.clock.clone())
        .await
        .unwrap();
    let all = |desk: &NeedDesk| desk.read(|book| book.needs.all().cloned().collect::<Vec<_>>());
    assert_eq!(all(&again), all(&needs), "the log comes to the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_done_meets_its_need_and_the_plan_counts_from_there() {
    let site = Site::with(SOON).await;
    let backend = site.running.backend.clone();
    let owner = site.session("ada", vec![site.grant(Role::Owner, "")]).await;
    let asset = site.asset("acme/lyon/press");
    // A monthly plan whose first date was a few days ago.
    let first = backend.clock.now() - Span::from_secs(3 * 86_400);
    let first = jiff::Timestamp::from_microsecond(first.micros())
        .unwrap()
        .strftime("%Y-%m-%d")
        .to_string();
    let form = format!(
        "id=0&asset={asset}&title=Inspect&mode=STD&count=1&unit=month&first={first}&lead=7&tolerance=7&is_on=yes"
    );
    assert_eq!(site.post("/work/plans", &form).by(&owner).await.status, 303);
    let state = |id: u32| {
        let need =
            |book: &server::needs::desk::Book| book.needs.get(NeedId::new(id)).map(|need| need.state.clone());
        backend.needs.read(need)
    };
    until("the plan asks", async || {
        (state(1) == Some(State::Open)).then_some(())
    })
    .await;
    let form = format!(
        "asset={asset}&need=1&key=00000000000000000000000000001000&title=Inspect&mode=STD&priority=low"
    );
    assert_eq!(site.post("/work", &form).by(&owner).await.status, 303);
    assert_eq!(state(1), Some(State::Ordered(OrderId::new(1))));
    for (number, to) in [(2, "in_progress&reason=x"), (3, "done")] {
        let form = format!("key=0000000000000000000000000000{number}000&seen=9&to={to}");
        let seen = backend
            .work
            .order(OrderId::new(1), |order| order.revision())
            .unwrap();
        let form = form.replace("seen=9", &format!("seen={seen}"));
        let moved = site.post("/work/1/move", &form).by(&owner).await;
        assert_eq!(moved.status, 303, "{}", moved.body);
    }
    until("the need is met", async || {
        matches!(state(1), Some(State::Met { .. })).then_some(())
    })
    .await;
    let plan = site.get("/work/plans/1").by(&owner).await.body;
    assert!(!plan.contains("Never, as far as is known"), "{plan}");
    let asks = backend.needs.read(|book| book.needs.open().count());
    assert_eq!(asks, 0, "it asks again in a month");
}
