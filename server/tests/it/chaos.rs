//! What must survive: the server killed, the broker killed, an ordered stop, junk.

use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::support::{Gemba, Mosquitto, Publisher, until};

/// An hour ago: history drops what is older than a week.
static BASE_MILLIS: LazyLock<u128> = LazyLock::new(|| {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    now.as_millis() - 3_600_000
});

/// Numbered values of one tag.
fn numbered(range: std::ops::Range<u32>) -> impl Iterator<Item = (String, Vec<u8>)> {
    range.map(|n| {
        let millis = *BASE_MILLIS + u128::from(n);
        (
            "plant/press/force".to_owned(),
            format!("{{\"value\":{n},\"timestamp\":{millis}}}").into_bytes(),
        )
    })
}

async fn all_there(gemba: &Gemba, count: u32) {
    let wanted: Vec<f64> = (0..count).map(f64::from).collect();
    let mut last = 0;
    until("every reading is in the history", async || {
        let mut values = gemba.history("force").await?;
        values.sort_by(f64::total_cmp);
        values.dedup();
        if values.len() != last {
            last = values.len();
            eprintln!("{last} of {count} readings in the history");
        }
        (values == wanted).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_loses_nothing_that_was_published() {
    let broker = Mosquitto::start().await;
    let mut gemba = Gemba::serve(&["--mqtt", &broker.url()]).await;
    until("connected", async || gemba.get("/readyz").await).await;
    let mut publisher = Publisher::new(broker.port, "press");
    for round in 0..4_u32 {
        publisher
            .publish(numbered(round * 1_000..round * 1_000 + 700))
            .await;
        gemba.kill();
        publisher
            .publish(numbered(round * 1_000 + 700..(round + 1) * 1_000))
            .await;
        gemba.start().await;
    }
    all_there(&gemba, 4_000).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ordered_stop_loses_nothing_and_ends_well() {
    let broker = Mosquitto::start().await;
    let mut gemba = Gemba::serve(&["--mqtt", &broker.url()]).await;
    until("connected", async || gemba.get("/readyz").await).await;
    let mut publisher = Publisher::new(broker.port, "press");
    publisher.publish(numbered(0..2_000)).await;
    assert!(gemba.terminate(), "an ordered stop ends with 0");
    publisher.publish(numbered(2_000..3_000)).await;
    gemba.start().await;
    all_there(&gemba, 3_000).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_broker_is_told_and_comes_back() {
    let mut broker = Mosquitto::start().await;
    let gemba = Gemba::serve(&["--mqtt", &broker.url()]).await;
    Publisher::new(broker.port, "press")
        .publish(numbered(0..10))
        .await;
    until("a live point", async || {
        (gemba.figure("gemba_points").await? >= 1.0).then_some(())
    })
    .await;
    broker.kill();
    until("told offline", async || {
        (gemba.figure("gemba_sources_connected").await? < 0.5).then_some(())
    })
    .await;
    assert!(
        gemba.get("/readyz").await.is_none(),
        "not ready without its broker"
    );
    broker.restart().await;
    until("connected again", async || gemba.get("/readyz").await).await;
    Publisher::new(broker.port, "press")
        .publish(numbered(10..20))
        .await;
    all_there(&gemba, 20).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_junk_topics_with_hostile_text_do_no_harm() {
    let broker = Mosquitto::start().await;
    let gemba = Gemba::serve(&["--mqtt", &broker.url()]).await;
    until("connected", async || gemba.get("/readyz").await).await;
    let hostile = "<script>alert(1)</script>\u{202e}\"'&";
    let junk = (0..10_000_u32).map(|n| {
        let topic = format!("junk/{hostile}/{n}");
        let payload = if n % 2 == 0 {
            vec![0xff, 0x00, n as u8]
        } else {
            format!("{{\"v\":\"{hostile}\"").into_bytes()
        };
        (topic, payload)
    });
    let mut publisher = Publisher::new(broker.port, "vandal");
    publisher.publish(junk).await;
    publisher
        .publish([("plant/tank/level".to_owned(), b"42.5".to_vec())])
        .await;
    until("the good value arrived", async || {
        gemba.history("level").await.filter(|values| values == &[42.5])
    })
    .await;
    assert!(gemba.figure("gemba_problems_total").await.unwrap() >= 10_000.0);
    for page in ["/overview", "/sources", "/h"] {
        let html = gemba
            .get(page)
            .await
            .unwrap_or_else(|| panic!("{page} does not answer"));
        assert!(
            !html.contains("<script>alert"),
            "{page} shows hostile text as markup"
        );
    }
}
