//! What is written down on an order: time, permits, locks, parts, standstill, money; taken back, watched, refused.

use access::Role;
use maintenance::id::OrderId;
use maintenance::order::Order;

use crate::support::site::{Answer, Site};

/// An order on the press that a planner asked for, and who works on it.
struct Job {
    site: Site,
    planner: String,
    technician: String,
    keys: std::cell::Cell<u32>,
}

impl Job {
    async fn new() -> Self {
        let site = Site::new().await;
        site.stop.cancel();
        let planner = site.session("paul", vec![site.grant(Role::Planner, "")]).await;
        let technician = site.session("tina", vec![site.grant(Role::Technician, "")]).await;
        let keys = std::cell::Cell::new(1);
        let job = Self {
            site,
            planner,
            technician,
            keys,
        };
        let asset = job.site.asset("acme/lyon/press");
        let form = format!("asset={asset}&title=Leak&mode=ELU&priority=high");
        let asked = job.send(&job.planner, "/work", &form).await;
        assert_eq!(asked.status, 303, "{}", asked.body);
        job
    }

    /// Sends a form as a page that shows all of the order's log.
    async fn send(&self, session: &str, path: &str, form: &str) -> Answer {
        let number = self.keys.replace(self.keys.get() + 1);
        let seen = self.order(|order| order.revision()).unwrap_or(0);
        let key = format!("{:032x}", 0x20_0000_0000_u64 + u64::from(number) * 0x1_0000);
        let form = format!("key={key}&seen={seen}&{form}");
        self.site.post(path, &form).by(session).await
    }

    /// What a technician writes down, taken.
    async fn taken(&self, to: &str, form: &str) {
        let answer = self.send(&self.technician, &format!("/work/1/{to}"), form).await;
        assert_eq!(answer.status, 303, "{to} {form}: {}", answer.body);
    }

    fn order<R>(&self, look: impl FnOnce(&Order) -> R) -> Option<R> {
        self.site.running.backend.work.order(OrderId::new(1), look)
    }

    async fn page(&self) -> String {
        self.site.get("/work/1").by(&self.technician).await.body
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn time_standstill_and_money_are_written_down_with_sums_and_taken_back_with_a_reason() {
    let job = Job::new().await;
    let tina = job.site.accounts.by_name("tina").unwrap().id.get();
    job.taken(
        "time",
        &format!("person={tina}&craft=mechanic&hours=1,5&kind=wrench"),
    )
    .await;
    let whole = "from=2024-05-06T08:00&until=2024-05-06T10:00";
    job.taken(
        "time",
        &format!("person={tina}&craft=mechanic&{whole}&kind=travel"),
    )
    .await;
    job.taken("cost", "kind=service&amount=120,50&text=Crane").await;
    job.taken("stop", "from=2024-05-06T07:00&cause=failure&reason=No+pressure")
        .await;
    let page = job.page().await;
    for said in [
        "2 · 3.5\u{a0}h",
        "1 · 120.50\u{a0}€",
        "No pressure",
        "still standing",
        "On the way",
        "Crane",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }

    let stop = job
        .order(|order| order.log().last().map(|entry| entry.event.key))
        .flatten();
    let of = stop.unwrap().to_string();
    job.taken("stop", &format!("of={of}&until=2024-05-06T09:30"))
        .await;
    let stops = job
        .order(|order| order.stops().into_iter().cloned().collect::<Vec<_>>())
        .unwrap();
    assert_eq!(stops.len(), 1, "{stops:?}");
    assert_eq!(stops[0].to.unwrap().since(stops[0].from).micros(), 9_000_000_000);
    assert!(stops[0].is_failure);

    let first = job.order(|order| {
        let mut log = order.log().iter().map(|entry| &entry.event);
        log.find(|event| matches!(event.what, maintenance::order::What::Worked(_)))
            .map(|event| event.key)
    });
    let of = first.flatten().unwrap().to_string();
    let unsaid = job
        .send(
            &job.technician,
            "/work/1/withdraw",
            &format!("place={of}&reason=+"),
        )
        .await;
    assert_eq!(unsaid.status, 422, "without a reason nothing is taken back");
    job.taken("withdraw", &format!("place={of}&reason=Was+another+order"))
        .await;
    assert!((job.order(|order| order.hours(None)).unwrap() - 2.0).abs() < 1e-9);
    assert!(
        job.page().await.contains("Was another order"),
        "it stays in the log"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_with_permits_and_locks_starts_when_all_are_in_place() {
    let job = Job::new().await;
    for to in ["approved", "planned"] {
        let moved = job.send(&job.planner, "/work/1/move", &format!("to={to}")).await;
        assert_eq!(moved.status, 303, "{}", moved.body);
    }
    let plan = "title=Leak&priority=high&due=&labour=Mechanic+%7C+2+%7C+1.5+%7C+Lock-out&permits=Hot+work\
        &locks=Q4+%7C+electrical&parts=&stop_asked=yes&needs_stop=yes&steps=";
    let planned = job.send(&job.planner, "/work/1/plan", plan).await;
    assert_eq!(planned.status, 303, "{}", planned.body);
    let needs = job.order(|order| order.job().clone()).unwrap();
    assert!(needs.needs_stop && needs.permits.len() == 1 && needs.locks.len() == 1);
    assert_eq!(needs.labour[0].qualification.as_deref(), Some("lock-out"));
    let again = job.send(&job.planner, "/work/1/plan", plan).await;
    assert_eq!(again.status, 303);
    assert_eq!(
        job.order(|order| order.log().len()),
        Some(4),
        "what is as it was is not written again"
    );

    let begin = "to=in_progress&reason=Now";
    let early = job.send(&job.technician, "/work/1/move", begin).await;
    assert_eq!(early.status, 422, "a permit is open");
    job.taken("permit", "place=0&number=HW-77").await;
    let early = job.send(&job.technician, "/work/1/move", begin).await;
    assert_eq!(early.status, 422, "a lock is off");
    job.taken("lock", "place=0&act=on").await;
    let page = job.page().await;
    for said in ["HW-77", "2 / 2", "locked"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let begun = job.send(&job.technician, "/work/1/move", begin).await;
    assert_eq!(begun.status, 303, "{}", begun.body);
    let nowhere = job
        .send(&job.technician, "/work/1/permit", "place=7&number=1")
        .await;
    assert_eq!(nowhere.status, 422, "{}", nowhere.body);
    job.taken("permit", "place=0&act=back").await;
    assert_eq!(job.order(Order::permits_open), Some(vec![0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_written_by_who_works_and_taken_back_by_who_said_them_or_plans() {
    let job = Job::new().await;
    let viewer = job
        .site
        .session("vera", vec![job.site.grant(Role::Viewer, "")])
        .await;
    let elsewhere = job
        .site
        .session("nils", vec![job.site.grant(Role::Technician, "acme/rotterdam")])
        .await;
    let cost = "kind=other&amount=5&text=Bolts";
    assert_eq!(job.send(&viewer, "/work/1/cost", cost).await.status, 403);
    assert_eq!(
        job.send(&elsewhere, "/work/1/cost", cost).await.status,
        404,
        "what is not seen is not there"
    );
    job.taken("cost", cost).await;
    let of = job
        .order(|order| order.log().last().map(|entry| entry.event.key.to_string()))
        .flatten()
        .unwrap();
    let tom = job
        .site
        .session("tom", vec![job.site.grant(Role::Technician, "")])
        .await;
    let back = format!("place={of}&reason=No");
    assert_eq!(job.send(&tom, "/work/1/withdraw", &back).await.status, 403);
    assert!(job.order(|order| order.costs().len()) == Some(1));
    assert_eq!(
        job.send(&job.planner, "/work/1/withdraw", &back).await.status,
        303
    );
    assert!(job.order(|order| order.costs().is_empty()).unwrap());

    for (form, to) in [
        ("person=999999&craft=a&hours=1&kind=wrench", "time"),
        ("person=1&craft=a&hours=-1&kind=wrench", "time"),
        ("craft=a&hours=1&from=2099-01-01T00:00&kind=wrench", "time"),
        ("from=2099-01-01T00:00&cause=work&reason=Later", "stop"),
        (
            "from=2024-01-02T00:00&until=2024-01-01T00:00&cause=work&reason=Back",
            "stop",
        ),
        (
            "from=2024-01-01T00:00&cause=work&reason=Shown&point=4000000",
            "stop",
        ),
        ("code=nothing&quantity=1&act=used", "part"),
        ("kind=other&amount=-3", "cost"),
    ] {
        let refused = job.send(&job.technician, &format!("/work/1/{to}"), form).await;
        assert_eq!(refused.status, 422, "{to} {form}: {}", refused.body);
        assert!(refused.body.contains("role=\"alert\""), "{to} {form}");
    }
    job.taken("watch", "act=on").await;
    let tina = job.site.accounts.by_name("tina").unwrap().id.get();
    let tina = maintenance::id::PersonId::new(tina);
    assert!(job.order(|order| order.watchers().contains(&tina)).unwrap());
    job.taken("watch", "act=off").await;
    assert!(!job.order(|order| order.watchers().contains(&tina)).unwrap());
}
