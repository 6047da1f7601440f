//! Work orders for other systems: said twice they are one, what is wrong is told by field or line, nobody reaches
//! beyond their part of the plant, and the description says what is there.

use std::collections::BTreeSet;

use access::{Capability, Role};
use maintenance::iso14224::FailureMode;
use maintenance::order::{Priority, Status, WorkKind};
use serde_json::{Value as Json, json};
use server::http::rules::RULES;
use twin::Span;

use crate::support::site::{Answer, Site};

const HOUR: Span = Span::from_secs(3_600);
const BASE: &str = "/api/v1/work-orders";

/// A site, and the token of a planner of a part of it.
async fn planned(path: &str) -> (Site, String) {
    let site = Site::new().await;
    site.stop.cancel();
    site.session("sap", vec![site.grant(Role::Planner, path)]).await;
    let may = vec![
        Capability::See,
        Capability::SeeWork,
        Capability::PlanWork,
        Capability::Export,
    ];
    let token = site.token("sap", may, HOUR).await.0;
    (site, token)
}

async fn ask(site: &Site, token: &str, path: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    site.get(path)
        .without("origin")
        .with("authorization", &bearer)
        .await
}

async fn say(site: &Site, token: &str, method: &str, path: &str, body: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let ask = site.post(path, body).by_method(method).without("origin");
    let ask = ask
        .with("authorization", &bearer)
        .with("content-type", "application/json");
    ask.await
}

fn read(answer: &Answer) -> Json {
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.body))
}

fn bearing() -> Json {
    json!({"asset": "acme/lyon/press", "title": "Replace the bearing", "kind": "condition_based", "mode": "VIB",
        "priority": "high", "status": "planned", "latest": "2026-12-04T18:00:00+01:00"})
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_of_another_system_is_one_however_often_it_is_said() {
    let (site, token) = planned("").await;
    let path = format!("{BASE}/SAP%20PM/4711");
    let body = bearing().to_string();
    // By many at once, the first time.
    let all = (0..8).map(|_| say(&site, &token, "PUT", &path, &body));
    let all = futures::future::join_all(all).await;
    let made = all.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(
        made,
        1,
        "{:?}",
        all.iter().map(|answer| answer.status).collect::<Vec<_>>()
    );
    assert!(all.iter().all(|answer| matches!(answer.status, 200 | 201)));
    let order = read(&all[0]);
    assert_eq!(
        (&order["system"], &order["external_id"]),
        (&json!("SAP PM"), &json!("4711"))
    );
    assert_eq!(
        (&order["status"], &order["mode"]),
        (&json!("planned"), &json!("VIB"))
    );
    assert_eq!(order["latest"], "2026-12-04T17:00:00Z");
    assert_eq!(order["asset"]["path"], "acme/lyon/press");
    let revision = order["revision"].as_u64().unwrap();

    // Said again with one thing new, only that is written; then nothing is.
    let mut more = bearing();
    more["status"] = json!("in_progress");
    for (status, expect) in [(200, revision + 1), (200, revision + 1)] {
        let answer = say(&site, &token, "PUT", &path, &more.to_string()).await;
        assert_eq!(answer.status, status, "{}", answer.body);
        assert_eq!(read(&answer)["revision"], expect);
    }
    let list = read(&ask(&site, &token, BASE).await);
    assert_eq!(
        (&list["total"], list["orders"].as_array().unwrap().len()),
        (&json!(1), 1)
    );
    let one = read(&ask(&site, &token, &format!("{BASE}/1")).await);
    assert_eq!(one["status"], "in_progress");
    assert_eq!(list["orders"][0], one);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_told_by_its_field_and_nothing_is_written() {
    let (site, token) = planned("").await;
    let path = format!("{BASE}/sap/1");
    for (field, value, told) in [
        ("title", json!(""), "1 to 120"),
        ("title", json!("x".repeat(121)), "1 to 120"),
        ("asset", json!("acme/nowhere"), "acme/nowhere"),
        ("asset", json!(4_000_000_000_u32), "4000000000"),
        ("kind", json!("fix"), "corrective_deferred"),
        ("mode", json!("vib"), "VIB"),
        ("priority", json!("soon"), "urgent, high"),
        ("status", json!("open"), "requested, approved"),
        ("latest", json!("tomorrow"), "2026-11-24T06:00:00+01:00"),
        ("latest", json!("2026-12-04 18:00"), "with its offset"),
        ("start", json!("2026-12-04T18:00:00Z"), "`start` and `end`"),
        ("colour", json!("red"), "colour"),
    ] {
        let mut body = bearing();
        body[field] = value.clone();
        let answer = say(&site, &token, "PUT", &path, &body.to_string()).await;
        assert_eq!(answer.status, 422, "{field} {value}: {}", answer.body);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem = read(&answer);
        assert!(
            problem["detail"].as_str().unwrap().contains(told),
            "{field}: {problem}"
        );
    }
    assert_eq!(say(&site, &token, "PUT", &path, "{").await.status, 422);
    assert_eq!(
        say(
            &site,
            &token,
            "PUT",
            &format!("{BASE}/gemba/1"),
            &bearing().to_string()
        )
        .await
        .status,
        404
    );
    assert_eq!(
        ask(&site, &token, &format!("{BASE}?group=opne")).await.status,
        422
    );
    assert_eq!(
        ask(&site, &token, &format!("{BASE}?asset=acme%2Fnowhere"))
            .await
            .status,
        422
    );
    assert_eq!(read(&ask(&site, &token, BASE).await)["total"], 0);

    // An order does not move, and the state of our own follows from what is done with it.
    let made = say(&site, &token, "PUT", &path, &bearing().to_string()).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let mut moved = bearing();
    moved["asset"] = json!("acme/rotterdam/pump");
    assert_eq!(
        say(&site, &token, "PUT", &path, &moved.to_string()).await.status,
        409
    );
    let planner = site.session("paul", vec![site.grant(Role::Planner, "")]).await;
    let asset = site.asset("acme/lyon/press");
    let form = format!("asset={asset}&title=Ours&mode=UNK&priority=low");
    assert_eq!(site.post("/work", &form).by(&planner).await.status, 303);
    let own = format!("{BASE}/gemba/2");
    let mut ours = json!({"asset": "acme/lyon/press", "title": "Ours, and better"});
    assert_eq!(
        say(&site, &token, "PUT", &own, &ours.to_string()).await.status,
        200
    );
    ours["status"] = json!("closed");
    assert_eq!(
        say(&site, &token, "PUT", &own, &ours.to_string()).await.status,
        409
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_system_goes_by_the_name_of_gemba_or_of_somebody_here() {
    let (site, token) = planned("").await;
    site.session("rita", vec![site.grant(Role::Viewer, "")]).await;
    for system in ["GEMBA", "Gemba", "RITA"] {
        let path = format!("{BASE}/{system}/1");
        let answer = say(&site, &token, "PUT", &path, &bearing().to_string()).await;
        assert_eq!(answer.status, 422, "{system}: {}", answer.body);
        assert_eq!(read(&answer)["field"], "system", "{system}");
    }
    let mut written = 0;
    site.running.backend.work.each(|_| written += 1);
    assert_eq!(written, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_orders_goes_out_and_comes_in_and_the_same_one_twice_changes_nothing() {
    let (site, token) = planned("").await;
    let file = "external_id;title;asset;priority;latest\n\
        4711;Replace the bearing;acme/lyon/press;high;2026-12-04 18:00\n\
        4712;=cmd();acme/rotterdam/pump;low;\n\
        4713;No such place;acme/nowhere;low;\n\
        4714;No such word;acme/lyon/press;soon;\n";
    let path = format!("{BASE}.csv?system=maximo");
    let first = read(&say(&site, &token, "POST", &path, file).await);
    assert_eq!((&first["new"], &first["same"]), (&json!(2), &json!(0)), "{first}");
    let lines: Vec<u64> = first["wrong"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|wrong| wrong["line"].as_u64())
        .collect();
    assert_eq!(lines, [4, 5], "{first}");
    let again = read(&say(&site, &token, "POST", &path, file).await);
    assert_eq!(
        (&again["new"], &again["changed"], &again["same"]),
        (&json!(0), &json!(0), &json!(2))
    );

    // What goes out comes in again as it was, and no spreadsheet takes it for a formula.
    let out = ask(&site, &token, &format!("{BASE}.csv")).await;
    assert!(
        out.body.contains(",'=cmd(),") && !out.body.contains(",=cmd"),
        "{}",
        out.body
    );
    let back = read(&say(&site, &token, "POST", &format!("{BASE}.csv"), &out.body).await);
    assert_eq!((&back["same"], &back["wrong"]), (&json!(2), &json!([])));
    let few = ask(&site, &token, &format!("{BASE}.csv?asset=acme%2Flyon")).await;
    assert_eq!(few.body.lines().count(), 2, "{}", few.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_system_sees_and_writes_only_its_part_of_the_plant() {
    let (site, token) = planned("acme/lyon").await;
    let owner = site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    let pump = site.asset("acme/rotterdam/pump");
    let form = format!("asset={pump}&title=Hidden&mode=UNK&priority=low");
    assert_eq!(site.post("/work", &form).by(&owner).await.status, 303);
    let list = ask(&site, &token, BASE).await;
    assert_eq!(read(&list)["total"], 0, "{}", list.body);
    assert_eq!(ask(&site, &token, &format!("{BASE}/1")).await.status, 404);
    assert!(
        !ask(&site, &token, &format!("{BASE}.csv"))
            .await
            .body
            .contains("Hidden")
    );
    let mut body = bearing();
    body["asset"] = json!("acme/rotterdam/pump");
    for path in ["sap/1", "gemba/1"] {
        let answer = say(&site, &token, "PUT", &format!("{BASE}/{path}"), &body.to_string()).await;
        assert_eq!(
            (answer.status, read(&answer)["field"].clone()),
            (422, json!("asset")),
            "{path}"
        );
    }
    // Its own order's number, with an asset that it sees: as one that is not there.
    let own = say(
        &site,
        &token,
        "PUT",
        &format!("{BASE}/gemba/1"),
        &bearing().to_string(),
    )
    .await;
    let none = say(
        &site,
        &token,
        "PUT",
        &format!("{BASE}/gemba/9"),
        &bearing().to_string(),
    )
    .await;
    assert_eq!((own.status, none.status), (404, 404));
    let file = format!("external_id,title,asset\n1,x,{pump}\n");
    let imported = read(&say(&site, &token, "POST", &format!("{BASE}.csv?system=sap"), &file).await);
    assert_eq!(
        (&imported["new"], imported["wrong"].as_array().unwrap().len()),
        (&json!(0), 1)
    );

    // Without the capability, and without a token.
    let reads = site
        .token("sap", vec![Capability::See, Capability::SeeWork], HOUR)
        .await
        .0;
    assert_eq!(
        say(
            &site,
            &reads,
            "PUT",
            &format!("{BASE}/sap/1"),
            &bearing().to_string()
        )
        .await
        .status,
        403
    );
    assert_eq!(ask(&site, &reads, &format!("{BASE}.csv")).await.status, 403);
    assert_eq!(site.get(BASE).without("origin").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_has_every_route_and_every_word() {
    let (site, token) = planned("").await;
    let text = ask(&site, &token, "/api/openapi.json").await;
    let said = read(&text);
    assert_eq!(said["info"]["version"], env!("CARGO_PKG_VERSION"));
    let paths = said["paths"].as_object().unwrap();
    let of_path = |(path, methods): (&String, &Json)| {
        let methods = methods
            .as_object()
            .unwrap()
            .keys()
            .map(|method| method.to_uppercase());
        methods.map(|method| (method, path.clone())).collect::<Vec<_>>()
    };
    let described: BTreeSet<(String, String)> = paths.iter().flat_map(of_path).collect();
    let rules = RULES.iter().filter(|rule| rule.path.starts_with("/api/v1/"));
    let ruled: BTreeSet<(String, String)> = rules
        .map(|rule| (rule.method.to_owned(), rule.path.to_owned()))
        .collect();
    assert_eq!(described, ruled);
    let words = |schema: &str| said["components"]["schemas"][schema]["enum"].clone();
    assert_eq!(
        words("Kind"),
        json!(WorkKind::ALL.iter().map(|one| one.word()).collect::<Vec<_>>())
    );
    assert_eq!(
        words("Mode"),
        json!(FailureMode::ALL.iter().map(|one| one.code()).collect::<Vec<_>>())
    );
    assert_eq!(
        words("Priority"),
        json!(Priority::ALL.iter().map(|one| one.word()).collect::<Vec<_>>())
    );
    assert_eq!(
        words("Status"),
        json!(Status::ALL.iter().map(|one| one.word()).collect::<Vec<_>>())
    );
    // An order as it is told has the fields that are described, and no other.
    let made = say(
        &site,
        &token,
        "PUT",
        &format!("{BASE}/sap/1"),
        &bearing().to_string(),
    )
    .await;
    let made = read(&made);
    let told: BTreeSet<&String> = made.as_object().unwrap().keys().collect();
    let described = said["components"]["schemas"]["Order"]["properties"]
        .as_object()
        .unwrap();
    assert_eq!(told, described.keys().collect());
}
