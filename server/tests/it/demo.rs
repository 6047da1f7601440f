//! `gemba demo`: there at once, its past a little later, and what a visitor breaks shows soon.

use std::time::{Duration, Instant};

use crate::support::{Gemba, until};

/// The history goes back at least (about) so far.
async fn reaches_back(gemba: &Gemba, hours: f64) -> Option<()> {
    let page = gemba.ask("status").await?;
    let now = gemba.ask("shell").await?["server_millis"].as_f64()?;
    let from = page["history_from_millis"].as_f64()?;
    (now - from > (hours - 0.2) * 3.6e6).then_some(())
}

/// The run hours that the times of a state tell.
fn run_hours(times: &str) -> Option<f64> {
    let (_, after) = times.split_once("Run hours")?;
    let text = after
        .split('>')
        .find(|part| part.starts_with(|c: char| c.is_ascii_digit()))?;
    text.split(|c: char| !c.is_ascii_digit() && c != '.')
        .next()?
        .parse()
        .ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_serves_at_once_and_makes_its_past_meanwhile() {
    let mut gemba = Gemba::demo(&["--history-hours", "20"]).await;
    let shell = gemba.ask("shell").await.unwrap();
    assert!(
        shell["demo"]["past_percent"].is_u64(),
        "it says how far the past is: {}",
        shell["demo"]
    );
    assert!(gemba.get("/overview").await.is_some(), "pages are served already");
    // Cut short, it is made up for by the next start.
    gemba.kill();
    gemba.start().await;
    until("the past is made", async || gemba.get("/readyz").await).await;
    until("history reaches back", async || reaches_back(&gemba, 20.0).await).await;
    assert!(gemba.ask("shell").await.unwrap()["demo"]["past_percent"].is_null());
    let live = gemba.figure("gemba_points_live").await.unwrap();
    assert!(
        live > 1_000.0,
        "{live} points are live: the past is not the present"
    );

    let hours = async || {
        let hits = gemba.ask("search?q=state").await?;
        let point = hits.as_array()?.iter().find_map(|hit| hit["point"][0].as_u64())?;
        let times = gemba.ask(&format!("tag?point={point}")).await?["times"]
            .as_str()?
            .to_owned();
        run_hours(&times)
    };
    until("what ran in the past is counted", async || {
        hours().await.filter(|hours| *hours > 1.0)
    })
    .await;

    assert!(gemba.terminate());
    let again = Instant::now();
    gemba.start().await;
    assert!(again.elapsed() < Duration::from_secs(5), "{:?}", again.elapsed());
    let shell = gemba.ask("shell").await.unwrap();
    assert!(shell["demo"]["past_percent"].is_null(), "made once");
    assert!(gemba.terminate());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_that_is_started_shows_within_a_minute() {
    let mut gemba = Gemba::demo(&["--history-hours", "0"]).await;
    until("all is live", async || {
        (gemba.figure("gemba_points_live").await? > 1_000.0).then_some(())
    })
    .await;
    let count = async |what: &str| gemba.ask("shell").await?["plant"]["summary"][what].as_u64();
    assert_eq!(count("medium").await, Some(0), "a healthy plant");
    let worst = gemba.ask("search?q=worst%20bearing").await.unwrap()[0]["point"][0].clone();
    // Once both bearings have spoken: what it is the worst of is judged so.
    until("the worst is judged by its parts' limits", async || {
        let tag = gemba.ask(&format!("tag?point={worst}")).await?;
        (tag["point"]["info"]["limits"]["high"] == 4.5).then_some(())
    })
    .await;
    for fault in ["bearing_wear", "dropped_sensor"] {
        let form = format!("kind={fault}&active=true");
        assert_eq!(
            gemba.send("demo_fault", &form).await,
            200,
            "{fault} can be started"
        );
    }
    until("the sensor is missed", async || {
        (count("late").await? > 0).then_some(())
    })
    .await;
    until("the wear is beyond a limit", async || {
        (count("medium").await? > 0).then_some(())
    })
    .await;
    assert!(gemba.terminate());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_fresh_plant_is_old_or_of_unknown_age() {
    let mut gemba = Gemba::demo(&["--history-hours", "0"]).await;
    until("every tag is live", async || {
        let shell = gemba.ask("shell").await?;
        let summary = &shell["plant"]["summary"];
        // A tag of unknown age counts as stale.
        let settled = summary["points"].as_u64()? > 1_000 && summary["live"] == summary["points"];
        settled.then_some(())
    })
    .await;
    assert!(gemba.terminate());
}

/// A plant that is resumed lived its absence at another speed; what its machines counted stays.
#[tokio::test(flavor = "multi_thread")]
async fn counters_go_on_after_a_restart() {
    let mut gemba = Gemba::demo(&["--history-hours", "0", "--speed", "600"]).await;
    let hits = until("the counter is there", async || {
        let hits = gemba.ask("search?q=good%20bottles").await?;
        hits[0]["point"][0].is_u64().then_some(hits)
    })
    .await;
    let ask = format!("tag?point={}", hits[0]["point"][0]);
    let count = async |gemba: &Gemba, after: i64| {
        let reading = gemba.ask(&ask).await?["point"]["reading"].clone();
        let is_new = reading["arrival_millis"].as_i64()? > after;
        reading["value"]
            .as_f64()
            .filter(|_| is_new)
            .map(|count| (count, reading))
    };
    let first = until("it counts", async || count(&gemba, 0).await).await.0;
    let (before, last) = until("it went on", async || {
        count(&gemba, 0)
            .await
            .filter(|(now, _)| (*now - first).abs() > 20.0)
    })
    .await;
    gemba.kill();
    gemba.start().await;
    let last = last["arrival_millis"].as_i64().unwrap();
    let (after, _) = until("it counts again", async || count(&gemba, last).await).await;
    let is_new_order = after < 2_000.0;
    assert!(
        is_new_order || (before..before + 2_000.0).contains(&after),
        "{after} after {before}"
    );
    assert!(gemba.terminate());
}
