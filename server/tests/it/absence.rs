//! What an absence of ours leaves: what may have changed unheard is not live, and what is lost is told.

use server::engine::{Batch, EngineInput};
use twin::{Leaf, Message, SourceId, Timestamp, Value};

use crate::support::{Gemba, Mosquitto, Publisher, free_port, until};
use crate::takeover::Plant;

async fn ready(gemba: &Gemba) {
    until("connected", async || gemba.get("/readyz").await).await;
}

async fn live(gemba: &Gemba, count: f64) {
    until(&format!("{count} live points"), async || {
        (gemba.figure("gemba_points_live").await? == count).then_some(())
    })
    .await;
}

/// Whether the Sources page tells of messages that are missing.
async fn gap(gemba: &Gemba) -> Option<bool> {
    let page = gemba.ask("sources").await?;
    Some(!page["sources"][0]["gap_millis"].is_null())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rare_value_is_live_after_a_restart_only_where_nothing_can_have_been_missed() {
    let broker = Mosquitto::start().await;
    let mut gemba = Gemba::serve(&["--mqtt", &broker.url()]).await;
    ready(&gemba).await;
    let mut publisher = Publisher::new(broker.port, "plant");
    publisher.publish_lightly("plant/valve/state", b"Open").await;
    publisher.publish_one("plant/door/state", b"Open", false).await;
    live(&gemba, 2.0).await;
    assert!(gemba.terminate());
    publisher.publish_lightly("plant/valve/state", b"Closed").await;
    publisher.publish_one("plant/hatch/state", b"Open", false).await;
    gemba.start().await;
    ready(&gemba).await;
    until("what was kept for us came", async || {
        (gemba.figure("gemba_points").await? == 3.0).then_some(())
    })
    .await;
    // The door's word would have been kept for us, the valve's was not.
    live(&gemba, 2.0).await;
    let summary = gemba.ask("shell").await.unwrap()["plant"]["summary"].clone();
    assert_eq!(
        (&summary["stale"], &summary["offline"]),
        (&1.into(), &0.into()),
        "{summary}"
    );
    assert_eq!(gap(&gemba).await, Some(false));
    publisher.publish_lightly("plant/valve/state", b"Closed").await;
    live(&gemba, 3.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_lost_while_we_were_away_is_told_and_doubts_every_rare_value() {
    let mut broker = Mosquitto::start().await;
    let mut gemba = Gemba::serve(&["--mqtt", &broker.url()]).await;
    ready(&gemba).await;
    let mut publisher = Publisher::new(broker.port, "plant");
    publisher.publish_one("plant/door/state", b"Open", false).await;
    live(&gemba, 1.0).await;
    assert_eq!(gap(&gemba).await, Some(false));
    assert!(gemba.terminate());
    broker.kill();
    broker.forget();
    broker.restart().await;
    gemba.start().await;
    ready(&gemba).await;
    until("told", async || gap(&gemba).await?.then_some(())).await;
    live(&gemba, 0.0).await;
}

/// `gemba serve` with these settings in its file.
async fn with_settings(settings: &str) -> Gemba {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    std::fs::write(dir.path().join("gemba.toml"), settings).unwrap();
    Gemba::serve_in(dir, data, &[]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_that_were_changed_take_effect_with_the_next_start() {
    let broker = Mosquitto::start().await;
    let settings = |filter: &str| {
        format!(
            "[[mqtt]]\nname = \"plant\"\nurl = \"{}\"\nfilters = [\"{filter}\"]\n",
            broker.url()
        )
    };
    let mut gemba = with_settings(&settings("#")).await;
    ready(&gemba).await;
    let mut publisher = Publisher::new(broker.port, "plant");
    publisher.publish_one("b/before", b"1", false).await;
    live(&gemba, 1.0).await;
    assert!(gemba.terminate());
    let file = gemba.data.parent().unwrap().join("gemba.toml");
    std::fs::write(file, settings("a/#")).unwrap();
    gemba.start().await;
    ready(&gemba).await;
    publisher.publish_one("b/after", b"1", false).await;
    publisher.publish_one("a/after", b"1", false).await;
    until("what is asked for joins", async || {
        (gemba.figure("gemba_points").await? >= 2.0).then_some(())
    })
    .await;
    assert_eq!(gemba.figure("gemba_points").await, Some(2.0), "and nothing else");
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_broker_tells_no_gap_where_there_is_none() {
    let ports = (free_port(), free_port());
    let settings = format!(
        "[broker]\nlisten = \"127.0.0.1:{}\"\nlisten_v5 = \"127.0.0.1:{}\"\n",
        ports.0, ports.1
    );
    let mut gemba = with_settings(&settings).await;
    ready(&gemba).await;
    let mut publisher = Publisher::new(ports.0, "plant");
    publisher.publish_one("plant/door/state", b"Open", false).await;
    live(&gemba, 1.0).await;
    // It outlives us, and keeps our session.
    gemba.kill();
    publisher.publish_one("plant/hatch/state", b"Open", false).await;
    gemba.start().await;
    live(&gemba, 2.0).await;
    assert_eq!(gap(&gemba).await, Some(false));
    // It ends with us, and nobody can have said anything.
    assert!(gemba.terminate());
    gemba.start().await;
    ready(&gemba).await;
    assert_eq!(gap(&gemba).await, Some(false));
}

/// A reading of a topic, as a connection hands it on.
fn said(topic: &str, value: f64, at: Timestamp, view_only: bool) -> EngineInput {
    let source = SourceId::new(1);
    EngineInput::Batch(Batch {
        source,
        messages: vec![Message {
            source,
            topic: topic.into(),
            arrival: at,
            retained: false,
            qos: 1,
            leaves: vec![Leaf {
                value: Some(Value::Number(value)),
                ..Leaf::default()
            }],
            availability: None,
        }],
        acks: Vec::new(),
        view_only,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_the_view_has_met_keeps_its_name_and_its_readings() {
    let dir = tempfile::tempdir().unwrap();
    let at = |secs: i64| Timestamp::from_millis(1_700_000_000_000 + secs * 1_000);
    let plant = Plant::start(dir.path(), at(0)).await;
    plant.tell(said("acme/press/strain", 1.0, at(0), true)).await;
    plant.tell(said("acme/press/strain", 2.0, at(0), false)).await;
    let Plant { running, stop, .. } = plant;
    running.stop(stop, None).await.unwrap();

    let plant = Plant::start(dir.path(), at(60)).await;
    plant.tell(said("acme/press/force", 9.0, at(60), false)).await;
    let known = until("both are known", async || {
        let twin = plant.running.backend.twin.read().unwrap();
        let known: Vec<_> = twin
            .points()
            .map(|point| (point.id, point.topic.to_string()))
            .collect();
        (known.len() == 2).then_some(known)
    })
    .await;
    assert_eq!(known[0].1, "acme/press/strain");
    let history = &plant.running.backend.history;
    let readings = history.series(known[0].0, at(-9), at(99), 9).unwrap();
    let values: Vec<_> = readings.into_iter().map(|reading| reading.value).collect();
    assert_eq!(values, [Some(Value::Number(2.0))], "the view's are not stored");
    let Plant { running, stop, .. } = plant;
    running.stop(stop, None).await.unwrap();
}
