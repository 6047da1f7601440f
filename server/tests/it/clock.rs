//! The machine's clock is put back while everything runs: the whole server but HTTP, on a clock of ours.

use std::sync::Arc;

use app::api::backend::{Backend as _, Viewer};
use server::clock::{Clock as _, SystemClock};
use server::config::Config;
use server::config::layer::{Layers, Origin};
use server::core::Core;
use server::engine::{Batch, EngineInput};
use server::running::Running;
use store::DataDir;
use tokio_util::sync::CancellationToken;
use twin::{Leaf, Message, SourceId, Span, Timestamp, Value};

use crate::support::{Hand, until};

const SOURCE: SourceId = SourceId::new(1);

/// One number without a time, and one with the time of a source whose clock nobody put back.
fn words(now: Timestamp, value: f64, source_time: Timestamp) -> EngineInput {
    let message = |topic: &str, time| Message {
        source: SOURCE,
        topic: topic.into(),
        arrival: now,
        retained: false,
        qos: 1,
        leaves: vec![Leaf {
            value: Some(Value::Number(value)),
            time,
            ..Leaf::default()
        }],
        availability: None,
    };
    EngineInput::Batch(Batch {
        source: SOURCE,
        messages: vec![
            message("plant/press/force", None),
            message("plant/press/stamped", Some(source_time)),
        ],
        acks: Vec::new(),
        view_only: false,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_put_back_two_hours_makes_no_age_negative_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let data = DataDir::open(&dir.path().join("data")).unwrap();
    let mut layers = Layers::default();
    layers.set("data.dir", &data.root().display().to_string(), Origin::Default);
    let config = Config::from_layers(&layers).unwrap();
    let hand = Arc::new(Hand::at(SystemClock.now()));
    let mut core = Core::open(&config, &data).await.unwrap();
    core.clock = hand.clone();
    let stop = CancellationToken::new();
    let running = Running::start(&config, core, None, "test".to_owned(), &stop).unwrap();
    let backend = running.backend.clone();
    let tell = async |input| backend.engine.send(input).await.unwrap();
    let name = "broker".into();
    tell(EngineInput::SourceAdded { source: SOURCE, name }).await;
    tell(EngineInput::SourceConnected {
        source: SOURCE,
        is_continued: false,
    })
    .await;
    let mut said = 0_u32;
    let mut source_time = hand.now();
    for back in [Span::ZERO, Span::from_secs(-7_200)] {
        hand.go(back);
        for _ in 0..40 {
            hand.go(Span::from_secs(1));
            source_time = source_time + Span::from_secs(1);
            said += 1;
            tell(words(hand.now(), f64::from(said), source_time)).await;
        }
        let viewer = Viewer {
            units: wire::page::Units::Measured,
            locale: app::i18n::Locale::En,
            who: access::Who::visitor("test", access::Role::Owner),
            credential: None,
            is_demo: false,
            unlocked: None,
            address: None,
        };
        let shown = until("the last values are shown", async || {
            let readings = {
                let twin = backend.twin.read().unwrap();
                let reading = |point| twin.reading(twin::PointId::new(point)).cloned();
                [reading(1)?, reading(2)?]
            };
            let is_last = |reading: &twin::Reading| reading.value == Some(Value::Number(f64::from(said)));
            readings.iter().all(is_last).then_some(readings)
        })
        .await;
        for reading in &shown {
            assert!(reading.time() <= hand.now(), "of the future: {reading:?}");
        }
        let shell = backend.shell(&viewer).await.unwrap();
        // Two hours behind its sources, this clock cannot tell how old what they stamped is.
        let believed = if back == Span::ZERO { 2 } else { 1 };
        assert_eq!(shell.plant.summary.live, believed, "{:?}", shell.plant.summary);
        assert_eq!(shell.server_millis, hand.now().millis());
        assert!(backend.overview(&viewer).await.is_ok() && backend.status(&viewer).await.is_ok());
    }
    until("all of it is stored", async || {
        let (from, to) = (Timestamp::from_micros(0), Timestamp::from_micros(i64::MAX));
        let counts = [1, 2].map(|point| backend.history.count(twin::PointId::new(point), from, to));
        counts
            .into_iter()
            .all(|count| count.is_ok_and(|count| count == u64::from(said)))
            .then_some(())
    })
    .await;
    running.stop(stop, None).await.unwrap();
}
