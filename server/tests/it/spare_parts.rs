//! Spare parts: counted by file, taken and kept by orders, waited for on the board, on tablets, and whose they are.

use access::Role;
use maintenance::id::OrderId;
use server::stock;

use crate::support::site::{Answer, Site};

/// A week with nothing frozen in it, years from now.
const WEEK: &str = "2031-W10";
const FILE: &str = "code,name,unit,on_hand,lead_days,price,deliveries%0A6205,Bearing,1,2,21,12.5,2031-03-05+4%0AOIL,Gear+oil,L,10,,,";

struct Store {
    site: Site,
    planner: String,
    lyon: u32,
    keys: std::cell::Cell<u32>,
}

impl Store {
    async fn new() -> Self {
        let site = Site::new().await;
        site.stop.cancel();
        let planner = site
            .session("paul", vec![site.grant(Role::Planner, "acme/lyon")])
            .await;
        let lyon = site.asset("acme/lyon").get();
        let keys = std::cell::Cell::new(1);
        let store = Self {
            site,
            planner,
            lyon,
            keys,
        };
        let taken = store.parts(&format!("file={FILE}")).await;
        assert_eq!(taken.status, 303, "{}", taken.body);
        store
    }

    async fn parts(&self, form: &str) -> Answer {
        let form = format!("site={}&week={WEEK}&{form}", self.lyon);
        self.site.post("/plan/parts", &form).by(&self.planner).await
    }

    /// A form on an order, as a page that shows all of its log.
    async fn send(&self, session: &str, path: &str, form: &str) -> Answer {
        let number = self.keys.replace(self.keys.get() + 1);
        let work = &self.site.running.backend.work;
        let seen = work.order(OrderId::new(1), |order| order.revision()).unwrap_or(0);
        let key = format!("{:032x}", 0x30_0000_0000_u64 + u64::from(number) * 0x1_0000);
        let form = format!("key={key}&seen={seen}&{form}");
        self.site.post(path, &form).by(session).await
    }

    /// How many of a part a tablet shows for work on the press.
    fn on_hand(&self, code: &str) -> Option<f64> {
        let press = self.site.asset("acme/lyon/press");
        let cards = stock::cards(&self.site.running.backend, &[press]);
        cards
            .iter()
            .find(|card| card.code == code)
            .map(|card| card.on_hand)
    }

    async fn get(&self, path: &str, session: &str) -> Answer {
        let path = format!("{path}?site={}&week={WEEK}", self.lyon);
        self.site.get(&path).by(session).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shelf_falls_by_what_orders_take_and_a_job_waits_for_what_is_not_there() {
    let store = Store::new().await;
    let planner = store.planner.clone();
    let press = store.site.asset("acme/lyon/press");
    let asked = format!(
        "asset={press}&title=Bearing&mode=VIB&priority=high&kind=corrective_deferred&craft=mechanic&hours=2"
    );
    assert_eq!(store.send(&planner, "/work", &asked).await.status, 303);
    let plan = "title=Bearing&priority=high&due=&parts=6205+%7C+5&steps=";
    let planned = store.send(&planner, "/work/1/plan", plan).await;
    assert_eq!(planned.status, 303, "{}", planned.body);
    let unknown = store
        .send(
            &planner,
            "/work/1/plan",
            "title=Bearing&priority=high&parts=NONE+%7C+5&steps=",
        )
        .await;
    assert_eq!(unknown.status, 422);
    assert!(
        unknown.body.contains("NONE | 5"),
        "what was typed stays: {}",
        unknown.body
    );
    for to in ["approved", "planned"] {
        let moved = store.send(&planner, "/work/1/move", &format!("to={to}")).await;
        assert_eq!(moved.status, 303, "{}", moved.body);
    }
    let order = store.site.get("/work/1").by(&planner).await.body;
    assert!(order.contains("comes"), "the order says when: {order}");
    let board = store.get("/plan", &planner).await.body;
    assert!(board.contains("waits for 6205 until"), "{board}");

    let technician = store
        .site
        .session("tina", vec![store.site.grant(Role::Technician, "acme/lyon")])
        .await;
    let used = store
        .send(&technician, "/work/1/part", "code=6205&quantity=2&act=used")
        .await;
    assert_eq!(used.status, 303, "{}", used.body);
    assert_eq!(store.on_hand("6205"), Some(0.0));
    let back = store
        .send(&technician, "/work/1/part", "code=6205&quantity=1&act=returned")
        .await;
    assert_eq!(back.status, 303, "{}", back.body);
    assert_eq!(store.on_hand("6205"), Some(1.0));
    let keep = "code=6205&quantity=5&act=reserved";
    assert_eq!(
        store.send(&technician, "/work/1/part", keep).await.status,
        403,
        "planners keep parts for orders"
    );
    assert_eq!(store.send(&planner, "/work/1/part", keep).await.status, 303);
    let page = store.get("/plan/parts", &planner).await.body;
    assert!(page.contains("short"), "{page}");

    let counted = store.parts("file=code,on_hand%0A6205,9").await;
    assert_eq!(counted.status, 303, "{}", counted.body);
    assert_eq!(store.on_hand("6205"), Some(9.0), "a count begins anew");
    let board = store.get("/plan", &planner).await.body;
    assert!(!board.contains("waits for"), "{board}");
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_come_in_and_out_as_a_file_and_a_bad_one_changes_nothing() {
    let store = Store::new().await;
    let bad = store.parts("file=code,on_hand%0A6205,many%0AOIL,3").await;
    assert_eq!(bad.status, 422);
    for said in ["line 2", "many", "OIL,3"] {
        assert!(bad.body.contains(said), "{said}: {}", bad.body);
    }
    let twice = store.parts("file=code,on_hand%0A6205,1%0A6205,2").await;
    assert_eq!(twice.status, 422);
    assert_eq!(store.on_hand("6205"), Some(2.0));
    let file = store.get("/plan/parts.csv", &store.planner).await;
    assert_eq!(file.status, 200, "{}", file.body);
    for line in ["6205,Bearing,1,2,21,12.5,2031-03-05 4", "OIL,Gear oil,L,10,,,"] {
        assert!(file.body.contains(line), "{line}: {}", file.body);
    }
    let gone = store.parts("gone=2").await;
    assert_eq!(gone.status, 303, "{}", gone.body);
    assert_eq!(store.on_hand("OIL"), None);

    let backend = &store.site.running.backend;
    let again = server::roster::RosterDesk::open(backend.records.clone(), backend.clock.clone()).await;
    let (before, after) = (backend.roster.book(), again.unwrap().book());
    assert_eq!(before.parts, after.parts, "they outlive a restart");
    let admin = store
        .site
        .session("ada", vec![store.site.grant(Role::Administrator, "")])
        .await;
    let log = store
        .site
        .get("/admin/audit.csv?action=roster")
        .by(&admin)
        .await
        .body;
    assert!(log.contains("parts"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_or_counts_parts_of_a_site_that_they_do_not_plan() {
    let store = Store::new().await;
    let elsewhere = store
        .site
        .session("petra", vec![store.site.grant(Role::Planner, "acme/rotterdam")])
        .await;
    let technician = store
        .site
        .session("tina", vec![store.site.grant(Role::Technician, "acme/lyon")])
        .await;
    for session in [&elsewhere, &technician] {
        for path in ["/plan/parts", "/plan/parts.csv"] {
            let answer = store.get(path, session).await;
            assert!([403, 404].contains(&answer.status), "{path}: {}", answer.status);
            assert!(!answer.body.contains("6205"), "{path}: {}", answer.body);
        }
        let form = format!("site={}&file=code,on_hand%0A6205,99", store.lyon);
        let answer = store.site.post("/plan/parts", &form).by(session).await;
        assert!([403, 404].contains(&answer.status), "{}", answer.status);
    }
    assert_eq!(store.on_hand("6205"), Some(2.0));
    let rotterdam = store.site.asset("acme/rotterdam");
    let cards = stock::cards(&store.site.running.backend, &[rotterdam]);
    assert!(cards.is_empty(), "a tablet elsewhere shows none: {cards:?}");
}
