//! Work orders through HTTP: their life by forms, restarts, sending twice, who sees what, and words for refusals.

use std::sync::Arc;

use access::{Capability, Role};
use maintenance::id::OrderId;
use maintenance::order::Order;
use server::work::WorkDesk;
use twin::Span;

use crate::doors::{FORM, ask, signed_in};
use crate::support::site::{Answer, Site};
use crate::support::{Gemba, Mosquitto, Publisher, until};

const KEY: &str = "00000000000000000000000000001000";

/// A key of its own for each form.
fn key(number: u32) -> String {
    format!("{:032x}", 0x10_0000_0000_u64 + u64::from(number) * 0x1_0000)
}

/// The value of the first hidden field of this name.
fn hidden(page: &str, name: &str) -> String {
    let rest = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .map(|(_, rest)| rest);
    let value = rest.and_then(|rest| rest.split('"').next());
    value.unwrap_or_else(|| panic!("no {name}: {page}")).to_owned()
}

/// Asks for work on an asset and gives the address of the order.
async fn reported(site: &Site, session: &str, path: &str, title: &str, key: &str) -> String {
    let asset = site.asset(path);
    let form = format!("asset={asset}&key={key}&title={title}&text=It+leaks&mode=VIB&priority=high");
    let answer = site.post("/work", &form).by(session).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.header("location").to_owned()
}

async fn told(site: &Site, session: &str, address: &str, form: &str) -> Answer {
    site.post(address, form).by(session).await
}

/// Moves an order on, as the page that was just loaded would.
async fn moved(site: &Site, session: &str, order: &str, to: &str, more: &str) -> Answer {
    let page = site.get(order).by(session).await.body;
    let (key, seen) = (hidden(&page, "key"), hidden(&page, "seen"));
    let form = format!("key={key}&seen={seen}&to={to}{more}");
    told(site, session, &format!("{order}/move"), &form).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_goes_through_its_life_by_forms() {
    let site = Site::new().await;
    site.stop.cancel();
    let operator = site.session("olga", vec![site.grant(Role::Operator, "")]).await;
    let planner = site.session("paul", vec![site.grant(Role::Planner, "")]).await;
    let technician = site.session("tina", vec![site.grant(Role::Technician, "")]).await;

    let asset = site.asset("acme/lyon/press");
    let blank = site.get(&format!("/work/new?asset={asset}")).by(&operator).await;
    assert_eq!(blank.status, 200, "{}", blank.body);
    assert!(
        !blank.body.contains("name=\"due\""),
        "only a planner is asked for a due date"
    );
    let order = reported(
        &site,
        &operator,
        "acme/lyon/press",
        "Press+leaks",
        &hidden(&blank.body, "key"),
    )
    .await;
    assert_eq!(order, "/work/1");

    let approved = moved(&site, &planner, &order, "approved", "").await;
    assert_eq!(approved.status, 303, "{}", approved.body);
    let plan = "title=Press+leaks+oil&priority=urgent&due=2030-01-31&craft=mechanic&hours=1,5\
        &steps=Isolate%0D%0AVibration+%7C+mm%2Fs+%7C+0+%7C+4.5%0D%0ASeal+%7C+good+%3B+worn";
    let form = format!("key={}&seen=3&{plan}", key(1));
    let planned = told(&site, &planner, &format!("{order}/plan"), &form).await;
    assert_eq!(planned.status, 303, "{}", planned.body);
    assert_eq!(moved(&site, &planner, &order, "planned", "").await.status, 303);

    let unslotted = moved(&site, &planner, &order, "scheduled", "").await;
    assert_eq!(unslotted.status, 422);
    assert!(
        unslotted.body.contains("Say from when to when."),
        "{}",
        unslotted.body
    );
    let tina = site.accounts.by_name("tina").unwrap().id.get();
    let slot = format!("&from=2029-12-01T08:00&to_time=2029-12-01T10:00&person={tina}");
    let scheduled = moved(&site, &planner, &order, "scheduled", &slot).await;
    assert_eq!(scheduled.status, 303, "{}", scheduled.body);

    assert_eq!(
        moved(&site, &technician, &order, "in_progress", "").await.status,
        303
    );
    let open = moved(&site, &technician, &order, "done", "").await;
    assert_eq!(open.status, 422, "{}", open.body);
    assert!(open.body.contains("Steps without an answer"), "{}", open.body);
    for (number, answer) in [(1, "value=done"), (2, "value=5,1&note=rough"), (3, "value=1")] {
        let form = format!("key={}&seen=99&step={number}&{answer}", key(10 + number));
        let early = told(&site, &technician, &format!("{order}/answer"), &form).await;
        assert_eq!(early.status, 409, "a page cannot have seen more than there is");
        let form = form.replace("seen=99", "seen=9");
        let answered = told(&site, &technician, &format!("{order}/answer"), &form).await;
        assert_eq!(answered.status, 303, "{}", answered.body);
    }
    let found = format!(
        "key={}&seen=9&mode=ELU&cause=3.4&activity=1&text=New+seal",
        key(20)
    );
    let finding = told(&site, &technician, &format!("{order}/finding"), &found).await;
    assert_eq!(finding.status, 303, "{}", finding.body);
    assert_eq!(moved(&site, &technician, &order, "done", "").await.status, 303);
    assert_eq!(moved(&site, &planner, &order, "verified", "").await.status, 303);
    assert_eq!(moved(&site, &planner, &order, "closed", "").await.status, 303);

    let page = site.get(&order).by(&operator).await;
    for said in [
        "Press leaks oil",
        "It leaks",
        "beyond what is normal",
        "5.1\u{a0}mm/s (rough)",
        "worn",
        "Expected wear and tear",
        "tina",
        "Closed",
    ] {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    let admin = site
        .session("ada", vec![site.grant(Role::Administrator, "")])
        .await;
    let log = site.get("/admin/audit.csv?action=work").by(&admin).await.body;
    for (action, count) in [
        ("\"work.request\"", 1),
        ("\"work.move\"", 7),
        ("\"work.plan\"", 1),
        ("\"work.answer\"", 3),
        ("\"work.finding\"", 1),
    ] {
        assert_eq!(log.matches(action).count(), count, "{action}: {log}");
    }
    assert!(
        !log.contains("It leaks"),
        "the audit log has no words of people: {log}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_is_there_after_a_kill() {
    let broker = Mosquitto::start().await;
    let mut gemba = Gemba::guarded(&["--mqtt", &broker.url()]).await;
    let cookie = format!("cookie: {}", signed_in(&gemba, "ada", "owner").await);
    let empty = ask(&gemba, "GET /work", &[&cookie], "").await;
    assert!(empty.body.contains("No work of this kind."), "{}", empty.body);
    let mut publisher = Publisher::new(broker.port, "plant");
    let report = "asset=1&title=Noise&text=&mode=NOI&priority=low&key=00000000000000000000000000001000";
    until("the asset is there", async || {
        publisher.publish_lightly("plant/valve/state", b"Open").await;
        let answer = ask(&gemba, "POST /work", &[FORM, &cookie], report).await;
        (answer.status == 303).then_some(())
    })
    .await;
    for number in 0..20 {
        let form = format!("key={}&seen=1&text=word+{number}.", key(number));
        let said = ask(&gemba, "POST /work/1/comment", &[FORM, &cookie], &form).await;
        assert_eq!(said.status, 303, "{}", said.body);
    }
    gemba.kill();
    gemba.start().await;
    let page = ask(&gemba, "GET /work/1", &[&cookie], "").await;
    for number in 0..20 {
        let said = format!("<p class=\"g-work__said\">word {number}.<");
        assert_eq!(page.body.matches(&said).count(), 1, "{said}: {}", page.body);
    }
    // Sent again, because its answer was lost with the server.
    let form = format!("key={}&seen=1&text=word+19.", key(19));
    assert_eq!(
        ask(&gemba, "POST /work/1/comment", &[FORM, &cookie], &form)
            .await
            .status,
        303
    );
    let again = ask(&gemba, "GET /work/1", &[&cookie], "").await;
    assert_eq!(again.body.matches("g-work__said\">word 19.<").count(), 1);
    assert!(gemba.terminate());
    gemba.start().await;
    let list = ask(&gemba, "GET /work", &[&cookie], "").await;
    assert!(list.body.contains("WO-1"), "{}", list.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_write_at_once_lose_nothing_and_the_log_comes_to_the_same_again() {
    let site = Arc::new(Site::new().await);
    site.stop.cancel();
    let owner = site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    let order = reported(&site, &owner, "acme/lyon/press", "Noise", &key(1)).await;
    let writers = (0..40).map(|number| {
        let (site, owner, address) = (site.clone(), owner.clone(), format!("{order}/comment"));
        tokio::spawn(async move {
            let form = format!("key={}&seen=2&text=word+{number}.", key(100 + number));
            told(&site, &owner, &address, &form).await.status
        })
    });
    for written in futures::future::join_all(writers).await {
        assert_eq!(written.unwrap(), 303);
    }
    let backend = &site.running.backend;
    let id = OrderId::new(1);
    let now = backend.work.order(id, Order::clone).unwrap();
    assert_eq!(now.log().len(), 42);
    let read = WorkDesk::open(backend.records.clone(), backend.clock.clone())
        .await
        .unwrap();
    assert_eq!(read.order(id, Order::clone).unwrap(), now);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_form_sent_twice_is_one_order() {
    let site = Site::new().await;
    site.stop.cancel();
    let operator = site.session("olga", vec![site.grant(Role::Operator, "")]).await;
    let first = reported(&site, &operator, "acme/lyon/press", "Noise", KEY).await;
    let again = reported(&site, &operator, "acme/lyon/press", "Noise", KEY).await;
    assert_eq!(first, again);
    let list = site.get("/work").by(&operator).await.body;
    assert_eq!(list.matches("href=\"/work/1\"").count(), 1, "{list}");

    // The same key with other words is told, with what was typed.
    let asset = site.asset("acme/lyon/press");
    let form = format!("asset={asset}&key={KEY}&title=Smoke&text=Black&mode=VIB&priority=high");
    let other = site.post("/work", &form).by(&operator).await;
    assert_eq!(other.status, 409, "{}", other.body);
    for kept in ["sent already", "Smoke", "Black"] {
        assert!(other.body.contains(kept), "{kept}: {}", other.body);
    }
    assert_ne!(hidden(&other.body, "key"), KEY, "sent again it is a new order");

    // A comment that is sent again because its answer was lost.
    let form = format!("key={}&seen=2&text=Hello", key(1));
    for _ in 0..2 {
        assert_eq!(told(&site, &operator, "/work/1/comment", &form).await.status, 303);
    }
    let page = site.get("/work/1").by(&operator).await.body;
    assert_eq!(
        page.matches("<p class=\"g-work__said\">Hello<").count(),
        1,
        "{page}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn work_of_another_subtree_is_not_listed_counted_or_found() {
    let site = Site::new().await;
    site.stop.cancel();
    let all = site.session("all", vec![site.grant(Role::Owner, "")]).await;
    let hidden_order = reported(&site, &all, "acme/rotterdam/pump", "Topsecret", &key(1)).await;
    let shown_order = reported(&site, &all, "acme/lyon/press", "Everyday", &key(2)).await;
    let pump = site.asset("acme/rotterdam/pump");
    for role in Role::ALL {
        let session = site
            .session(role.word(), vec![site.grant(role, "acme/lyon")])
            .await;
        let list = site.get("/work?group=all").by(&session).await.body;
        assert!(
            list.contains("Everyday") && list.contains("All 1"),
            "{role:?}: {list}"
        );
        assert_eq!(site.get(&shown_order).by(&session).await.status, 200);
        let asked = [
            "/work?group=all&q=topsecret".to_owned(),
            "/work?group=all&q=WO-1".to_owned(),
            format!("/work?group=all&asset={pump}"),
            format!("/work/new?asset={pump}"),
            hidden_order.clone(),
        ];
        let there = site.get(&hidden_order).by(&session).await;
        let nowhere = site.get("/work/4711").by(&session).await;
        assert_eq!((there.status, nowhere.status), (404, 404), "{role:?}");
        for path in asked {
            let body = site
                .get(&path)
                .by(&session)
                .await
                .body
                .replace("value=\"topsecret\"", "");
            for word in ["Topsecret", "rotterdam", "Rotterdam", "pump"] {
                assert!(!body.contains(word), "{role:?} {path}: {body}");
            }
        }
        for (act, form) in [
            ("move", "to=cancelled&reason=x"),
            ("comment", "text=x"),
            ("answer", "step=1&value=done"),
            ("finding", "mode=VIB&activity=1"),
            ("plan", "title=x&priority=low"),
            ("settle", "of=1&keep=mine"),
        ] {
            let answer = told(&site, &session, &format!("{hidden_order}/{act}"), form).await;
            assert!(
                matches!(answer.status, 403 | 404),
                "{role:?} {act}: {}",
                answer.status
            );
        }
        let form = format!("asset={pump}&title=x&mode=VIB&priority=low");
        let answer = told(&site, &session, "/work", &form).await;
        assert!(matches!(answer.status, 403 | 404), "{role:?}: {}", answer.status);
    }
    let page = site.get(&hidden_order).by(&all).await.body;
    assert!(page.contains("Topsecret") && page.contains("Requested"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_does_what_it_may_and_a_token_and_a_link_no_more() {
    let site = Site::new().await;
    site.stop.cancel();
    let owner = site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    let order = reported(&site, &owner, "acme/lyon/press", "Noise", &key(1)).await;
    let asset = site.asset("acme/lyon/press");
    for (role, status) in [
        (Role::Viewer, 403),
        (Role::Operator, 403),
        (Role::Technician, 403),
        (Role::Planner, 303),
    ] {
        let session = site.session(role.word(), vec![site.grant(role, "")]).await;
        let page = site.get(&order).by(&session).await.body;
        let offers = page.contains("value=\"approved\"");
        assert_eq!(
            offers,
            role == Role::Planner,
            "{role:?} is offered what they may: {page}"
        );
        let form = format!("key={}&seen=2&to=approved", key(50));
        let answer = told(&site, &session, &format!("{order}/move"), &form).await;
        assert_eq!(answer.status, status, "{role:?}: {}", answer.body);
    }
    let (token, _) = site
        .token("owner", vec![Capability::See], Span::from_secs(60))
        .await;
    let bearer = format!("Bearer {token}");
    let refused = site.get("/work").with("authorization", &bearer).await;
    assert_eq!(refused.status, 403);
    let (_, _) = site
        .link("owner", "acme/lyon/press", Span::from_secs(60), None)
        .await;
    assert!(
        site.get(&format!("/work?asset={asset}")).await.is_refused(),
        "a link opens no work"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_write_unseen_of_each_other_are_told_and_one_decides() {
    let site = Site::new().await;
    site.stop.cancel();
    let paul = site.session("paul", vec![site.grant(Role::Planner, "")]).await;
    let petra = site.session("petra", vec![site.grant(Role::Planner, "")]).await;
    let order = reported(&site, &paul, "acme/lyon/press", "Noise", &key(1)).await;
    let plan = |title: &str, number| {
        format!(
            "key={}&seen=2&title={title}&priority=high&due=&craft=&hours=&steps=",
            key(number)
        )
    };
    let address = format!("{order}/plan");
    assert_eq!(
        told(&site, &paul, &address, &plan("Loud+noise", 2)).await.status,
        303
    );
    assert_eq!(
        told(&site, &petra, &address, &plan("Grinding", 3)).await.status,
        303
    );
    let page = site.get(&order).by(&petra).await.body;
    for said in ["Somebody must decide", "Title: Loud noise", "Title: Grinding"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let of = hidden(&page, "of");
    let both = format!("key={}&seen=4&of={of}&keep=both", key(4));
    let refused = told(&site, &petra, &format!("{order}/settle"), &both).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    let mine = format!("key={}&seen=4&of={of}&keep=mine", key(5));
    assert_eq!(
        told(&site, &petra, &format!("{order}/settle"), &mine)
            .await
            .status,
        303
    );
    let page = site.get(&order).by(&paul).await.body;
    assert!(
        page.contains("WO-1 · Grinding") && !page.contains("Somebody must decide"),
        "{page}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_says_why_in_three_languages_and_keeps_what_was_typed() {
    let site = Site::new().await;
    site.stop.cancel();
    let owner = site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    let order = reported(&site, &owner, "acme/lyon/press", "Noise", &key(1)).await;
    let asset = site.asset("acme/lyon/press");
    for (language, no_reason, bad_number, bad_since, missing) in [
        (
            "en",
            "Say why.",
            "That is no number.",
            "later than now",
            "There is no such work order",
        ),
        (
            "fr",
            "Dites pourquoi.",
            "Ce n’est pas un nombre.",
            "après maintenant",
            "Cet ordre de travail n’existe pas",
        ),
        (
            "de",
            "Sagen Sie, warum.",
            "Das ist keine Zahl.",
            "nicht erst später",
            "Diesen Arbeitsauftrag gibt es nicht",
        ),
    ] {
        let told = async |address: &str, form: &str| {
            let ask = site.post(address, form).by(&owner);
            ask.with("accept-language", language).await
        };
        let cancelled = told(&format!("{order}/move"), "seen=2&to=cancelled&reason=+").await;
        assert_eq!(cancelled.status, 422);
        assert!(
            cancelled.body.contains(no_reason),
            "{language}: {}",
            cancelled.body
        );
        let plan = "seen=2&title=Noise&priority=high&labour=welder+%7C+many&steps=Keep+this";
        let planned = told(&format!("{order}/plan"), plan).await;
        assert_eq!(planned.status, 422);
        for kept in ["welder | many", "Keep this"] {
            assert!(planned.body.contains(kept), "{language} {kept}: {}", planned.body);
        }
        let spent = told(
            &format!("{order}/cost"),
            "seen=2&kind=other&amount=many&text=Crane",
        )
        .await;
        assert_eq!(spent.status, 422);
        for kept in [bad_number, "many", "Crane"] {
            assert!(spent.body.contains(kept), "{language} {kept}: {}", spent.body);
        }
        let form = format!(
            "asset={asset}&title=Kept+title&text=Kept+text&mode=VIB&priority=low&since=2099-01-01T00:00"
        );
        let late = told("/work", &form).await;
        assert_eq!(late.status, 422);
        for kept in [bad_since, "Kept title", "Kept text", "2099-01-01T00:00"] {
            assert!(late.body.contains(kept), "{language} {kept}: {}", late.body);
        }
        let nowhere = site
            .get("/work/99")
            .by(&owner)
            .with("accept-language", language)
            .await;
        assert!(nowhere.body.contains(missing), "{language}: {}", nowhere.body);
    }
    let lines = "seen=2&title=Noise&priority=high&steps=Isolate%0D%0AHeat+%7C+Cel+%7C+hot";
    let planned = told(&site, &owner, &format!("{order}/plan"), lines).await;
    assert_eq!(planned.status, 422);
    assert!(planned.body.contains("Line 2 of the steps"), "{}", planned.body);
    // A move that is not possible any more keeps the reason that was typed.
    let gone = told(
        &site,
        &owner,
        &format!("{order}/move"),
        "seen=2&to=verified&reason=It+is+quiet",
    )
    .await;
    assert_eq!(gone.status, 422);
    assert!(
        gone.body.contains("It is quiet") && gone.body.contains("does not follow"),
        "{}",
        gone.body
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn script_in_what_people_say_of_work_runs_nowhere() {
    let site = Site::new().await;
    site.stop.cancel();
    let owner = site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    let script = "%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    let order = reported(&site, &owner, "acme/lyon/press", script, &key(1)).await;
    let said = format!("key={}&seen=2&text={script}", key(2));
    assert_eq!(
        told(&site, &owner, &format!("{order}/comment"), &said)
            .await
            .status,
        303
    );
    let refused = format!("seen=2&to=verified&reason={script}");
    for body in [
        site.get(&order).by(&owner).await.body,
        site.get("/work").by(&owner).await.body,
        site.get(&format!("/work?q={script}")).by(&owner).await.body,
        told(&site, &owner, &format!("{order}/move"), &refused).await.body,
    ] {
        assert!(body.contains("alert(1)"), "{body}");
        assert!(!body.contains("<script>alert"), "{body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_begins_with_a_few_orders_and_a_restart_adds_none() {
    let mut gemba = Gemba::demo(&["--history-hours", "0"]).await;
    let all_of = |list: &str| {
        let mut counts = list.split("All ").skip(1);
        counts.find_map(|rest| rest.split(['<', ' ']).next()?.parse::<u32>().ok())
    };
    let mut counts = Vec::new();
    for _ in 0..2 {
        // Crews and their backlog follow the first few.
        let list = until("its backlog is there", async || {
            let list = ask(&gemba, "GET /work?group=all", &[], "").await.body;
            all_of(&list).filter(|all| *all > 40).map(|_| list)
        })
        .await;
        counts.push(all_of(&list));
        for said in ["Drive-end bearing runs rough", "Feed pump P-101", "Overdue 1"] {
            assert!(list.contains(said), "{said}: {list}");
        }
        assert!(gemba.terminate());
        gemba.start().await;
    }
    assert_eq!(counts[0], counts[1], "a restart adds none");
}
