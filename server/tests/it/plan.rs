//! The planner's board through HTTP: crews by forms, drafts, committing, searching, and who sees what of it.

use std::time::Duration;

use access::Role;
use maintenance::id::OrderId;
use maintenance::order::{Order, Status};

use crate::support::site::{Answer, Site};
use crate::support::until;

/// A week with nothing frozen in it, years from now.
const WEEK: &str = "2031-W10";

/// The value of the first hidden field of this name.
fn hidden(page: &str, name: &str) -> String {
    let rest = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .map(|(_, rest)| rest);
    let value = rest.and_then(|rest| rest.split('"').next());
    value.unwrap_or_else(|| panic!("no {name}: {page}")).to_owned()
}

struct Planned {
    site: Site,
    /// Plans Lyon alone.
    planner: String,
    lyon: u32,
}

impl Planned {
    /// Lyon with a day crew of two mechanics, and who plans it.
    async fn new() -> Self {
        let site = Site::new().await;
        let planner = site
            .session("paul", vec![site.grant(Role::Planner, "acme/lyon")])
            .await;
        let lyon = site.asset("acme/lyon").get();
        let planned = Self { site, planner, lyon };
        for (to, form) in [
            ("crews", "name=Days&pattern=day"),
            ("people", "name=Mia&crew=1&crafts=Mechanic"),
            ("people", "name=Max&crew=1&crafts=mechanic,+electrician"),
        ] {
            let answer = planned.post(&format!("/plan/{to}"), form).await;
            assert_eq!(answer.status, 303, "{form}: {}", answer.body);
        }
        planned
    }

    async fn post(&self, path: &str, form: &str) -> Answer {
        let form = format!("site={}&week={WEEK}&{form}", self.lyon);
        self.site.post(path, &form).by(&self.planner).await
    }

    async fn get(&self, path: &str, more: &str) -> Answer {
        let path = format!("{path}?site={}&week={WEEK}{more}", self.lyon);
        self.site.get(&path).by(&self.planner).await
    }

    /// An order on the press that is ready to be planned: its number.
    async fn ready(&self, title: &str, key: u32) -> u32 {
        let asset = self.site.asset("acme/lyon/press");
        let key = |add: u32| {
            format!(
                "{:032x}",
                0x10_0000_0000_u64 + u64::from(key * 16 + add) * 0x1_0000
            )
        };
        let form = format!(
            "asset={asset}&key={}&title={title}&mode=VIB&priority=high&kind=corrective_deferred&craft=mechanic&hours=2",
            key(0)
        );
        let answer = self.site.post("/work", &form).by(&self.planner).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        let order = answer.header("location").to_owned();
        for (to, add) in [("approved", 1), ("planned", 2)] {
            let form = format!("key={}&seen=9&to={to}", key(add));
            let page = self.site.get(&order).by(&self.planner).await.body;
            let form = form.replace("seen=9", &format!("seen={}", hidden(&page, "seen")));
            let moved = self
                .site
                .post(&format!("{order}/move"), &form)
                .by(&self.planner)
                .await;
            assert_eq!(moved.status, 303, "{}", moved.body);
        }
        order.trim_start_matches("/work/").parse().unwrap()
    }

    fn order<R>(&self, id: u32, look: impl FnOnce(&Order) -> R) -> R {
        let work = &self.site.running.backend.work;
        work.order(OrderId::new(id), look).unwrap()
    }

    async fn put(&self, order: u32, from: &str, person: u32) -> Answer {
        let seen = self.order(order, Order::revision);
        let form = format!("order={order}&seen={seen}&from={from}&hours=2&person={person}");
        self.post("/plan/place", &form).await
    }

    async fn commit(&self) -> Answer {
        let page = self.get("/plan/commit", "").await;
        assert_eq!(page.status, 200, "{}", page.body);
        self.post("/plan/commit", &format!("key={}", hidden(&page.body, "key")))
            .await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_drafted_changes_no_order_until_it_is_committed() {
    let planned = Planned::new().await;
    let order = planned.ready("Grease+it", 1).await;
    let board = planned.get("/plan", "").await;
    assert!(
        board.body.contains("Grease it") && board.body.contains("Mia"),
        "{}",
        board.body
    );

    assert_eq!(planned.put(order, "2031-03-04T09:00", 1).await.status, 303);
    let board = planned.get("/plan", &format!("&job={order}")).await.body;
    assert!(
        board.contains("class=\"g-plan__job g-plan__job--new") && board.contains("Nothing is against it."),
        "{board}"
    );
    assert_eq!(planned.order(order, Order::status), Status::Planned);
    assert_eq!(planned.order(order, Order::slot), None);

    let page = planned.get("/plan/commit", "").await.body;
    assert!(page.contains("Tue 4 Mar 09:00–11:00, Mia"), "{page}");
    let committed = planned.commit().await;
    assert_eq!(committed.status, 303, "{}", committed.body);
    assert_eq!(planned.order(order, Order::status), Status::Scheduled);
    assert!(planned.order(order, |order| order.slot().is_some()));
    let page = planned
        .site
        .get(&format!("/work/{order}"))
        .by(&planned.planner)
        .await
        .body;
    assert!(
        page.contains("Mia"),
        "the order names somebody without an account: {page}"
    );
    assert!(
        planned
            .get("/plan/commit", "")
            .await
            .body
            .contains("There is nothing to commit.")
    );

    let admin = planned
        .site
        .session("ada", vec![planned.site.grant(Role::Administrator, "")])
        .await;
    let log = planned
        .site
        .get("/admin/audit.csv?action=plan")
        .by(&admin)
        .await
        .body;
    assert_eq!(log.matches("\"plan.commit\"").count(), 1, "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_against_a_place_is_said_and_what_cannot_be_read_is_refused() {
    let planned = Planned::new().await;
    let one = planned.ready("Grease+it", 1).await;
    let other = planned.ready("Tighten+it", 2).await;
    planned.put(one, "2031-03-04T09:00", 1).await;
    planned.put(other, "2031-03-04T10:00", 1).await;
    let page = planned.get("/plan", &format!("&job={other}")).await.body;
    assert!(
        page.contains(&format!("Mia does WO-{one} Grease it at the same time.")),
        "{page}"
    );
    planned.put(other, "2031-03-04T19:00", 2).await;
    let page = planned.get("/plan", &format!("&job={other}")).await.body;
    assert!(page.contains("Max does not work then."), "{page}");
    planned.put(other, "2031-03-04T09:00", 0).await;
    let page = planned.get("/plan", &format!("&job={other}")).await.body;
    assert!(page.contains("It needs 1 × mechanic."), "{page}");

    for (from, person, said) in [
        ("tomorrow", 1, "That is no time"),
        ("2031-03-04T09:00", 99, "Choose somebody of this site."),
        ("2026-03-04T09:00", 1, "The plan is frozen until"),
    ] {
        let answer = planned.put(other, from, person).await;
        assert_eq!(answer.status, 422, "{from}");
        assert!(answer.body.contains(said), "{said}: {}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_somebody_else_moved_meanwhile_waits_for_the_planners_word() {
    let planned = Planned::new().await;
    let order = planned.ready("Grease+it", 1).await;
    planned.put(order, "2031-03-04T09:00", 1).await;
    let other = planned
        .site
        .session("petra", vec![planned.site.grant(Role::Planner, "")])
        .await;
    let (lyon, seen) = (planned.lyon, planned.order(order, Order::revision));
    let form =
        format!("site={lyon}&week={WEEK}&order={order}&seen={seen}&from=2031-03-05T09:00&hours=2&person=2");
    assert_eq!(
        planned.site.post("/plan/place", &form).by(&other).await.status,
        303
    );
    let form = format!("site={lyon}&week={WEEK}&key={:032x}", 77);
    assert_eq!(
        planned.site.post("/plan/commit", &form).by(&other).await.status,
        303
    );

    let page = planned.get("/plan", &format!("&job={order}")).await.body;
    assert!(page.contains("petra moved this order at"), "{page}");
    let refused = planned.post("/plan/commit", &format!("key={:032x}", 78)).await;
    assert_eq!(refused.status, 409, "{}", refused.body);
    let day = |order: &Order| order.slot().map(|slot| slot.from().millis());
    let theirs = planned.order(order, day);
    assert_eq!(
        planned.post("/plan/keep", &format!("order={order}")).await.status,
        303
    );
    assert_eq!(planned.commit().await.status, 303);
    assert_eq!(
        planned.order(order, day),
        theirs.map(|theirs| theirs - 86_400_000)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_gives_each_order_a_place_keeps_what_is_planned_and_commits_nothing() {
    let planned = Planned::new().await;
    let fixed = planned.ready("Fixed", 1).await;
    planned.put(fixed, "2031-03-04T07:30", 1).await;
    assert_eq!(planned.commit().await.status, 303);
    let slot = planned.order(fixed, Order::slot);
    let mut orders = Vec::new();
    for number in 2..8 {
        orders.push(planned.ready(&format!("Job+{number}"), number).await);
    }
    let begun = planned.post("/plan/optimise", "act=begin&seconds=1").await;
    assert_eq!(begun.status, 303, "{}", begun.body);
    until("the search is over", async || {
        let page = planned.get("/plan", "").await.body;
        page.contains("The search is over").then_some(())
    })
    .await;
    assert_eq!(planned.post("/plan/optimise", "act=take").await.status, 303);
    let page = planned.get("/plan", "").await.body;
    assert!(page.contains("Everything that is ready has its place."), "{page}");
    assert!(!page.contains("⚠"), "nothing is against the proposal: {page}");
    assert_eq!(planned.order(orders[0], Order::status), Status::Planned);
    assert_eq!(planned.commit().await.status, 303);
    for order in orders {
        assert_eq!(planned.order(order, Order::status), Status::Scheduled);
    }
    assert_eq!(planned.order(fixed, Order::slot), slot);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_sites_planner_sees_nothing_and_changes_nothing() {
    let planned = Planned::new().await;
    let order = planned.ready("Grease+it", 1).await;
    let other = planned
        .site
        .session("rita", vec![planned.site.grant(Role::Planner, "acme/rotterdam")])
        .await;
    let operator = planned
        .site
        .session("olga", vec![planned.site.grant(Role::Operator, "")])
        .await;
    let lyon = planned.lyon;
    for path in ["/plan", "/plan/commit", "/plan/crews"] {
        let answer = planned.site.get(&format!("{path}?site={lyon}")).by(&other).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(
            !answer.body.contains("Mia") && !answer.body.contains("Grease"),
            "{path}"
        );
        assert_eq!(planned.site.get(path).by(&operator).await.status, 403, "{path}");
    }
    let own = planned.site.get("/plan").by(&other).await;
    assert!(
        !own.body.contains("Mia") && !own.body.contains("Grease"),
        "{}",
        own.body
    );
    for (path, form) in [
        (
            "place",
            format!("order={order}&seen=1&from=2031-03-04T09:00&hours=2&person=1"),
        ),
        ("people", "gone=1".to_owned()),
        ("optimise", "act=begin".to_owned()),
    ] {
        let form = format!("site={lyon}&week={WEEK}&{form}");
        let answer = planned
            .site
            .post(&format!("/plan/{path}"), &form)
            .by(&other)
            .await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.body);
    }
    // Nor by the site that is theirs.
    let rotterdam = planned.site.asset("acme/rotterdam").get();
    for (path, form) in [
        (
            "place",
            format!("order={order}&seen=1&from=2031-03-04T09:00&hours=2&person=1"),
        ),
        ("people", "gone=1".to_owned()),
        (
            "absences",
            "person=1&first=2031-03-04&last=2031-03-04&why=leave".to_owned(),
        ),
    ] {
        let form = format!("site={rotterdam}&week={WEEK}&{form}");
        let answer = planned
            .site
            .post(&format!("/plan/{path}"), &form)
            .by(&other)
            .await;
        assert!(
            matches!(answer.status, 404 | 422),
            "{path}: {} {}",
            answer.status,
            answer.body
        );
    }
    assert!(planned.get("/plan", "").await.body.contains("Mia"));
}

#[tokio::test(flavor = "multi_thread")]
async fn production_plans_come_by_file_and_wrong_lines_are_told_by_their_number() {
    let planned = Planned::new().await;
    let file =
        "line,order,start,end%0Apress,A1,2031-03-04+06:00,2031-03-04+12:00%0Apress,A2,soon,2031-03-05+12:00";
    let bad = planned.post("/plan/production", &format!("file={file}")).await;
    assert_eq!(bad.status, 422, "{}", bad.body);
    assert!(bad.body.contains("line 3, column start"), "{}", bad.body);
    assert!(
        bad.body.contains("A1,2031-03-04"),
        "what was typed is kept: {}",
        bad.body
    );
    let taken = planned
        .post(
            "/plan/production",
            &format!("file={}", file.replace("soon", "2031-03-05+06:00")),
        )
        .await;
    assert_eq!(taken.status, 303, "{}", taken.body);
    let board = planned.get("/plan", "").await.body;
    assert!(board.contains("A1, Tue 4 Mar 06:00"), "{board}");

    let calendar = "BEGIN:VCALENDAR%0ABEGIN:VEVENT%0AUID:1%0ASUMMARY:Run+7%0ADTSTART:20310306T060000Z%0A\
        DTEND:20310306T100000Z%0AEND:VEVENT%0AEND:VCALENDAR";
    let line = planned.site.asset("acme/lyon/oven");
    let taken = planned
        .post("/plan/production", &format!("line={line}&file={calendar}"))
        .await;
    assert_eq!(taken.status, 303, "{}", taken.body);
    assert!(planned.get("/plan", "").await.body.contains("Run 7"));
}

#[tokio::test(flavor = "multi_thread")]
async fn rosters_and_drafts_outlive_a_restart() {
    let planned = Planned::new().await;
    let order = planned.ready("Grease+it", 1).await;
    planned.put(order, "2031-03-04T09:00", 1).await;
    let away = "person=2&first=2031-03-04&last=2031-03-05&why=leave";
    assert_eq!(planned.post("/plan/absences", away).await.status, 303);
    let backend = &planned.site.running.backend;
    let again = server::roster::RosterDesk::open(backend.records.clone(), backend.clock.clone()).await;
    let (before, after) = (backend.roster.book(), again.unwrap().book());
    assert_eq!(format!("{before:?}"), format!("{after:?}"));
    assert_eq!(
        (after.people.len(), after.absences.len(), after.drafts.len()),
        (2, 1, 1)
    );
    tokio::time::timeout(Duration::from_secs(20), async {
        planned.post("/plan/undo", "all=1").await
    })
    .await
    .unwrap();
    assert!(planned.site.running.backend.roster.book().drafts.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_froze_while_its_draft_lay_is_not_committed() {
    let planned = Planned::new().await;
    let order = planned.ready("Grease+it", 1).await;
    let day = jiff::Zoned::now()
        .date()
        .saturating_add(jiff::Span::new().days(10));
    let week = format!(
        "{}-W{:02}",
        day.iso_week_date().year(),
        day.iso_week_date().week()
    );
    let lyon = planned.lyon;
    let send = |path: &'static str, form: String| {
        let form = format!("site={lyon}&week={week}&{form}");
        let planned = &planned;
        async move { planned.site.post(path, &form).by(&planned.planner).await }
    };
    let seen = planned.order(order, Order::revision);
    let place = format!("order={order}&seen={seen}&from={day}T09:00&hours=2&person=1");
    assert_eq!(send("/plan/place", place).await.status, 303);
    let freeze = |hours: u32| format!("zone=Europe/Paris&frozen={hours}&holidays=");
    assert_eq!(send("/plan/site", freeze(672)).await.status, 303);
    let commit = |key: u128| format!("key={key:032x}");
    let refused = send("/plan/commit", commit(7)).await;
    assert_eq!(refused.status, 409, "{}", refused.body);
    assert!(refused.body.contains("frozen"), "{}", refused.body);
    assert_eq!(planned.order(order, Order::slot), None);
    let without_key = send("/plan/commit", String::new()).await;
    assert_eq!(without_key.status, 200, "{}", without_key.body);
    assert_eq!(send("/plan/site", freeze(24)).await.status, 303);
    assert_eq!(send("/plan/commit", commit(8)).await.status, 303);
    assert!(planned.order(order, Order::slot).is_some());
}
