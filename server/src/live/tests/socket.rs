//! Real clients against the real handler.

use std::time::Duration;

use access::{Grant, Kind, Role, Scope, Who};
use futures::SinkExt as _;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use twin::{AssetId, Input};
use wire::Value;
use wire::message::{ClientMessage, ErrorCode, JSON_SUBPROTOCOL, Selector, ServerMessage};
use wire::page::PlantStatus;
use wire::server_session::close;

use super::stage::{Client, SOURCE, Stage, owner, points};
use crate::live::HubConfig;

fn number(reading: &wire::Reading) -> f64 {
    match reading.value {
        Some(Value::Number(number)) => number,
        ref other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_snapshot_then_deltas() {
    let stage = Stage::new().await;
    stage.feed(&[(0, 1.0), (1, 2.0)]);
    let mut client = stage.client().await;
    let ServerMessage::Snapshot {
        sub: 9,
        view,
        revision,
        state,
        ..
    } = client.subscribe(9, points(2), None).await
    else {
        panic!("no snapshot")
    };
    let shown: Vec<f64> = state
        .points
        .iter()
        .map(|point| number(point.reading.as_ref().unwrap()))
        .collect();
    assert_eq!(shown, [1.0, 2.0]);
    stage.feed(&[(1, 3.5)]);
    let ServerMessage::Delta {
        view: of,
        from,
        to,
        delta,
        ..
    } = client.hear().await
    else {
        panic!("no delta")
    };
    assert_eq!((of, delta.readings.len(), delta.readings[0].0), (view, 1, 1));
    assert_eq!(number(&delta.readings[0].1), 3.5);
    assert!(from <= revision && to > revision);
    stage.feed(&[(0, 4.0)]);
    let ServerMessage::Delta { from, .. } = client.hear().await else {
        panic!("no delta")
    };
    assert_eq!(from, to, "each delta begins where the one before ended");
}

#[tokio::test]
async fn a_page_goes_on_from_where_it_was_drawn() {
    let stage = Stage::new().await;
    stage.feed(&[(0, 1.0), (1, 2.0), (2, 3.0)]);
    let page = stage.position();
    // Nobody watches, and still it is known what changed since.
    stage.feed(&[(1, 9.0)]);
    let mut client = stage.client().await;
    let answer = client.subscribe(1, points(3), Some(page)).await;
    let ServerMessage::Resumed {
        from, points, delta, ..
    } = answer
    else {
        panic!("{answer:?}")
    };
    assert_eq!((from, points), (page.revision, vec![1, 2, 3]));
    assert_eq!(
        delta
            .readings
            .iter()
            .map(|(index, reading)| (*index, number(reading)))
            .collect::<Vec<_>>(),
        [(1, 9.0)]
    );
    let other_run = wire::message::Position {
        epoch: page.epoch + 1,
        ..page
    };
    let answer = client
        .subscribe(2, super::stage::points(3), Some(other_run))
        .await;
    assert!(matches!(answer, ServerMessage::Snapshot { .. }), "{answer:?}");
}

#[tokio::test]
async fn equal_subscriptions_share_one_view_and_its_frames() {
    let stage = Stage::new().await;
    stage.feed(&[(0, 1.0), (1, 2.0)]);
    let (mut one, mut two) = (stage.client().await, stage.client().await);
    one.subscribe(1, points(2), None).await;
    two.subscribe(7, points(2), None).await;
    assert_eq!(stage.figure("gemba_views"), 1.0);
    for round in 0..5 {
        stage.feed(&[(0, 10.0 + f64::from(round))]);
        one.until_number(0, 10.0 + f64::from(round)).await;
        two.until_number(0, 10.0 + f64::from(round)).await;
    }
    assert_eq!(stage.figure("gemba_frames_encoded"), 5.0);
    drop(one);
    two.say(ClientMessage::Unsubscribe { sub: 7 }).await;
    stage.until("gemba_views", |views| views == 0.0).await;
    stage.until("gemba_sockets", |sockets| sockets == 1.0).await;
}

#[tokio::test]
async fn a_slow_reader_is_bounded_and_others_do_not_notice() {
    let config = HubConfig {
        outbox_frames: 4,
        window: Duration::from_millis(1),
        ..HubConfig::default()
    };
    let stage = Stage::with(config, 10, owner()).await;
    let tags = 200;
    stage.feed_text(tags, "start");
    let mut slow = stage.client().await;
    slow.subscribe(1, points(tags), None).await;
    let mut quick = stage.client().await;
    quick.subscribe(1, points(tags), None).await;
    // Each round is nearly a megabyte: what the kernel holds is full after a few.
    for round in 0..200 {
        stage.feed_text(tags, &format!("{round} {}", "x".repeat(4_000)));
        let ServerMessage::Delta { .. } = quick.hear().await else {
            panic!("no delta")
        };
        if stage.figure("gemba_socket_lags") > 0.0 {
            break;
        }
    }
    assert!(stage.figure("gemba_socket_lags") >= 1.0, "it never lagged");
    stage.feed(&[(0, 42.0)]);
    quick.until_number(0, 42.0).await;
    // Now it reads: what was on the way, then the view whole, then it lives on.
    let mut deltas = 0;
    let state = loop {
        match slow.hear().await {
            ServerMessage::Delta { .. } => deltas += 1,
            ServerMessage::Snapshot { state, .. } => break state,
            other => panic!("{other:?}"),
        }
    };
    assert!(deltas < 60, "{deltas} deltas waited");
    assert_eq!(number(state.points[0].reading.as_ref().unwrap()), 42.0);
    stage.feed(&[(1, 43.0)]);
    slow.until_number(1, 43.0).await;
}

#[tokio::test]
async fn only_our_own_pages_and_programs_come_in() {
    let stage = Stage::new().await;
    let ours = format!("http://{}", stage.address);
    assert!(Client::connect(stage.address, None, Some(&ours)).await.is_ok());
    assert!(Client::connect(stage.address, None, None).await.is_ok());
    assert_eq!(
        Client::connect(stage.address, None, Some("https://evil.example"))
            .await
            .err(),
        Some(403)
    );
    assert_eq!(
        Client::connect(stage.address, None, Some("null")).await.err(),
        Some(403)
    );
    assert_eq!(
        Client::connect(stage.address, Some("graphql-ws"), None)
            .await
            .err(),
        Some(400)
    );
    assert_eq!(stage.figure("gemba_sockets_turned_away"), 2.0);
}

#[tokio::test]
async fn there_are_only_so_many_sockets() {
    let stage = Stage::with(HubConfig::default(), 1, owner()).await;
    let first = stage.client().await;
    assert_eq!(Client::connect(stage.address, None, None).await.err(), Some(503));
    drop(first);
    stage.until("gemba_sockets", |sockets| sockets == 0.0).await;
    assert!(Client::connect(stage.address, None, None).await.is_ok());
}

#[tokio::test]
async fn hello_comes_first() {
    let stage = Stage::new().await;
    let mut client = Client::connect(stage.address, Some(JSON_SUBPROTOCOL), None)
        .await
        .unwrap();
    let answer = client.subscribe(1, Selector::Plant, None).await;
    assert!(
        matches!(
            answer,
            ServerMessage::Error {
                code: ErrorCode::HelloFirst,
                ..
            }
        ),
        "{answer:?}"
    );
    let ServerMessage::Welcome { build, .. } = client.hello().await else {
        panic!("no welcome")
    };
    assert_eq!(build, "test");
}

#[tokio::test]
async fn json_says_the_same() {
    let stage = Stage::new().await;
    stage.feed(&[(0, 1.5)]);
    let mut client = Client::connect(stage.address, None, None).await.unwrap();
    client
        .stream
        .send(Frame::Text(r#"{"type":"hello","protocol":1}"#.into()))
        .await
        .unwrap();
    assert!(matches!(client.hear().await, ServerMessage::Welcome { .. }));
    let subscribe = r#"{"type":"subscribe","sub":1,"selector":{"kind":"points","points":[1]}}"#;
    client.stream.send(Frame::Text(subscribe.into())).await.unwrap();
    assert!(matches!(client.hear().await, ServerMessage::Snapshot { .. }));
    // Both forms on one view.
    let mut binary = stage.client().await;
    binary.subscribe(1, points(1), None).await;
    stage.feed(&[(0, 2.5)]);
    client.until_number(0, 2.5).await;
    binary.until_number(0, 2.5).await;
    assert_eq!(stage.figure("gemba_views"), 1.0);
    client
        .stream
        .send(Frame::Text(r#"{"type":"acknowledge"}"#.into()))
        .await
        .unwrap();
    let answer = client.hear().await;
    assert!(
        matches!(
            answer,
            ServerMessage::Error {
                code: ErrorCode::UnknownType,
                ..
            }
        ),
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_quiet_plant_beats_every_second() {
    let stage = Stage::new().await;
    let mut client = stage.client().await;
    let begun = tokio::time::Instant::now();
    for _ in 0..2 {
        assert!(matches!(client.hear_any().await, Ok(ServerMessage::Beat { .. })));
    }
    assert!(
        begun.elapsed() < Duration::from_millis(2_100),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test]
async fn a_server_that_stops_says_goodbye() {
    let stage = Stage::new().await;
    let mut client = stage.client().await;
    stage.hub.shut_down();
    let ServerMessage::Bye {
        retry_after_millis, ..
    } = client.hear().await
    else {
        panic!("no goodbye")
    };
    assert!(retry_after_millis <= 1_000);
    assert_eq!(client.hear_any().await, Err(Some(CloseCode::Away)));
    stage.until("gemba_sockets", |sockets| sockets == 0.0).await;
}

#[tokio::test]
async fn a_message_without_measure_ends_the_connection() {
    let stage = Stage::new().await;
    let mut client = stage.client().await;
    client
        .stream
        .send(Frame::Binary(vec![4; 200_000].into()))
        .await
        .unwrap();
    let code = loop {
        if let Err(code) = client.hear_any().await {
            break code;
        }
    };
    // The kernel may say it first: what was not read is answered with a reset.
    assert!(
        code.is_none_or(|code| u16::from(code) == close::TOO_LARGE),
        "{code:?}"
    );
    stage.until("gemba_sockets", |sockets| sockets == 0.0).await;
}

#[tokio::test]
async fn what_is_not_there_is_refused_and_the_rest_goes_on() {
    let stage = Stage::new().await;
    stage.feed(&[(0, 1.0)]);
    let mut client = stage.client().await;
    for (selector, expect) in [
        (Selector::Points { points: vec![1, 99] }, ErrorCode::UnknownPoint),
        (Selector::Asset { asset: 99 }, ErrorCode::UnknownAsset),
        (
            Selector::Summaries { assets: vec![1, 0] },
            ErrorCode::UnknownAsset,
        ),
    ] {
        let answer = client.subscribe(1, selector, None).await;
        let ServerMessage::Error {
            sub: Some(1), code, ..
        } = answer
        else {
            panic!("{answer:?}")
        };
        assert_eq!(code, expect);
    }
    assert_eq!(stage.figure("gemba_views"), 0.0);
    assert!(matches!(
        client.subscribe(1, points(1), None).await,
        ServerMessage::Snapshot { .. }
    ));
}

/// Sees a part of the plant in which nothing is.
fn sees_nothing_there_is() -> Who {
    let scope = Scope::Below([AssetId::new(4_000)].into());
    let grant = Grant {
        role: Role::Owner,
        scope,
    };
    Who::new(Kind::Visitor, "", [grant])
}

#[tokio::test]
async fn each_selector_asks_who_may() {
    let stage = Stage::with(HubConfig::default(), 10, sees_nothing_there_is()).await;
    stage.feed(&[(0, 1.0)]);
    let mut client = stage.client().await;
    for selector in [
        points(1),
        Selector::Asset { asset: 1 },
        Selector::Summaries { assets: vec![1] },
    ] {
        let answer = client.subscribe(1, selector, None).await;
        assert!(
            matches!(
                answer,
                ServerMessage::Error {
                    code: ErrorCode::NotAllowed,
                    ..
                }
            ),
            "{answer:?}"
        );
    }
    let answer = client.subscribe(1, Selector::Plant, None).await;
    let ServerMessage::Snapshot { state, .. } = answer else {
        panic!("{answer:?}")
    };
    let plant = state.plant.unwrap();
    assert_eq!(
        (plant.summary.points, plant.assets, plant.sources),
        (0, 0, Vec::new())
    );
}

#[tokio::test]
async fn points_that_join_an_asset_are_shown_by_who_watches_it() {
    let stage = Stage::new().await;
    stage.feed(&[(0, 1.0)]);
    let asset = stage
        .twin
        .read()
        .unwrap()
        .point(super::stage::id(1))
        .unwrap()
        .asset;
    let mut client = stage.client().await;
    let page = stage.position();
    client
        .subscribe(1, Selector::Asset { asset: asset.get() }, Some(page))
        .await;
    stage.feed(&[(1, 5.0)]);
    let mut joined = Vec::new();
    let mut structure = None;
    while joined.is_empty() || structure.is_none() {
        let ServerMessage::Delta { delta, .. } = client.hear().await else {
            panic!("no delta")
        };
        joined.extend(delta.joined);
        structure = structure.or(delta.structure);
    }
    assert_eq!(joined, [2]);
    assert!(structure.unwrap() > page.revision);
    stage.feed(&[(1, 6.0)]);
    client.until_number(1, 6.0).await;
}

#[tokio::test]
async fn a_lost_source_makes_its_points_offline_at_once() {
    let stage = Stage::new().await;
    stage.feed(&[(0, 1.0)]);
    let mut client = stage.client().await;
    client.subscribe(1, points(1), None).await;
    stage.handle(Input::SourceLost(SOURCE));
    let ServerMessage::Delta { delta, .. } = client.hear().await else {
        panic!("no delta")
    };
    let (_, reading) = &delta.readings[0];
    assert_eq!((number(reading), reading.flags & 4), (1.0, 4));
}

#[tokio::test]
async fn the_freshness_bar_travels() {
    let stage = Stage::new().await;
    let mut client = stage.client().await;
    client.subscribe(1, Selector::Plant, Some(stage.position())).await;
    let status = PlantStatus {
        assets: 3,
        ..PlantStatus::default()
    };
    stage
        .hub
        .publish_plant(&stage.twin.read().unwrap(), status.clone());
    let ServerMessage::Delta { delta, .. } = client.hear().await else {
        panic!("no delta")
    };
    assert_eq!(delta.plant, Some(status));
}
