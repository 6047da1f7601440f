//! Each message as JSON, in a file of its own, and shown as that in `PROTOCOL.md`.
//! `GEMBA_BLESS=1 cargo test -p wire golden` writes the files anew; look at what changed.

use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;
use wire::message::{
    ClientMessage, ErrorCode, PointState, Position, Selector, ServerMessage, Summary, ViewDelta, ViewState,
};
use wire::page::{PlantStatus, SourceState, SourceStatus};
use wire::reading::{Cadence, Quality, Reading, Value};
use wire::server_session::LIMITS;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[allow(
    clippy::disallowed_methods,
    reason = "a switch for the person who runs the test"
)]
fn blessed() -> bool {
    std::env::var("GEMBA_BLESS").is_ok()
}

#[track_caller]
fn check<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(name: &str, message: &T) {
    let path = root().join("tests/golden").join(format!("{name}.json"));
    let text = serde_json::to_string_pretty(message).unwrap() + "\n";
    if blessed() {
        std::fs::write(&path, &text).unwrap();
        return;
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(
        golden, text,
        "{name}: the protocol changed; bless it if that is meant"
    );
    assert_eq!(
        &serde_json::from_str::<T>(&golden).unwrap(),
        message,
        "{name} does not come back"
    );
    let protocol = std::fs::read_to_string(root().join("PROTOCOL.md")).unwrap();
    let shown = format!("```json\n{golden}```\n");
    assert!(
        protocol.contains(&shown),
        "PROTOCOL.md does not show tests/golden/{name}.json as it is"
    );
}

const SINCE: Position = Position {
    epoch: 7,
    revision: 86_399,
};

fn reading() -> Reading {
    Reading {
        value: Some(Value::Number(4.2)),
        quality: Quality::Good,
        source_millis: Some(1_763_800_000_000),
        arrival_millis: 1_763_800_000_012,
        flags: 0,
    }
}

fn summary() -> Summary {
    Summary {
        points: 40,
        live: 38,
        late: 1,
        stale: 0,
        offline: 1,
        bad: 0,
        high: 1,
        medium: 2,
        limited: 12,
    }
}

fn plant() -> PlantStatus {
    PlantStatus {
        summary: summary(),
        sources: vec![SourceStatus {
            source: 1,
            name: "lyon".to_owned(),
            state: SourceState::Connected,
            since_millis: 1_763_799_000_000,
        }],
        history_stopped_millis: None,
        assets: 12,
    }
}

#[test]
fn client_messages() {
    check(
        "hello",
        &ClientMessage::Hello {
            protocol: 1,
            build: String::new(),
            share: String::new(),
        },
    );
    let points = Selector::Points {
        points: vec![17, 18, 21],
    };
    check(
        "subscribe",
        &ClientMessage::Subscribe {
            sub: 1,
            selector: points,
            max_hz: None,
            since: None,
        },
    );
    let asset = Selector::Asset { asset: 5 };
    check(
        "subscribe_since",
        &ClientMessage::Subscribe {
            sub: 2,
            selector: asset,
            max_hz: Some(1),
            since: Some(SINCE),
        },
    );
    check("unsubscribe", &ClientMessage::Unsubscribe { sub: 1 });
    check("ping", &ClientMessage::Ping);
}

#[test]
fn selectors() {
    check(
        "selector_points",
        &Selector::Points {
            points: vec![17, 18, 21],
        },
    );
    check("selector_asset", &Selector::Asset { asset: 5 });
    check("selector_summaries", &Selector::Summaries { assets: vec![1, 5] });
    check("selector_plant", &Selector::Plant);
}

#[test]
fn server_messages() {
    let server_millis = 1_763_800_000_020;
    check(
        "welcome",
        &ServerMessage::Welcome {
            epoch: 7,
            revision: 86_400,
            server_millis,
            build: "0.1.0".to_owned(),
            limits: LIMITS,
        },
    );
}

#[test]
fn a_snapshot() {
    let offline = Reading {
        value: Some(Value::Text("Running".to_owned())),
        source_millis: None,
        flags: 5,
        ..reading()
    };
    let points = vec![
        PointState {
            point: 17,
            cadence: Cadence::Learned(1_000),
            reading: Some(reading()),
        },
        PointState {
            point: 18,
            cadence: Cadence::OnChange,
            reading: Some(offline),
        },
        PointState {
            point: 21,
            cadence: Cadence::Learning,
            reading: None,
        },
    ];
    let state = ViewState {
        points,
        summaries: vec![(5, summary())],
        plant: Some(plant()),
        structure: 312,
    };
    let (sub, view, epoch, revision) = (1, 3, 7, 86_400);
    let server_millis = 1_763_800_000_020;
    check(
        "snapshot",
        &ServerMessage::Snapshot {
            sub,
            view,
            epoch,
            revision,
            server_millis,
            state,
        },
    );
}

#[test]
fn deltas_and_words() {
    let server_millis = 1_763_800_000_020;
    let (view, epoch, revision) = (3, 7, 86_400);
    let delta = ViewDelta {
        readings: vec![(0, reading())],
        ..ViewDelta::default()
    };
    check(
        "delta",
        &ServerMessage::Delta {
            view,
            from: 86_400,
            to: 86_404,
            server_millis,
            delta: delta.clone(),
        },
    );
    let everything = ViewDelta {
        joined: vec![22],
        readings: vec![(
            3,
            Reading {
                value: Some(Value::Bool(true)),
                ..reading()
            },
        )],
        cadences: vec![(1, Cadence::Declared(60_000))],
        summaries: vec![(0, summary())],
        plant: Some(plant()),
        structure: Some(86_405),
    };
    check(
        "delta_full",
        &ServerMessage::Delta {
            view,
            from: 86_404,
            to: 86_405,
            server_millis,
            delta: everything,
        },
    );
    check(
        "resumed",
        &ServerMessage::Resumed {
            sub: 2,
            view,
            epoch,
            from: SINCE.revision,
            revision,
            server_millis,
            points: vec![17, 18, 21],
            summaries: vec![5],
            delta,
        },
    );
    check(
        "beat",
        &ServerMessage::Beat {
            server_millis,
            revision: 86_405,
        },
    );
    check(
        "error",
        &ServerMessage::Error {
            sub: Some(4),
            code: ErrorCode::UnknownPoint,
            message: "there is no such point".to_owned(),
        },
    );
    check(
        "bye",
        &ServerMessage::Bye {
            reason: "the server stops".to_owned(),
            retry_after_millis: 250,
        },
    );
}

/// Each message, as JSON and in the form browsers get, is where the fuzzer begins.
#[test]
fn every_message_is_a_seed_of_the_fuzzer() {
    use wire::codec::{encode_client, encode_server, json};
    let corpus = root().join("../../fuzz/corpus/wire");
    let check = |name: String, bytes: Vec<u8>| {
        let path = corpus.join(name);
        if blessed() {
            std::fs::write(&path, &bytes).unwrap();
        }
        let seed = std::fs::read(&path).unwrap_or_default();
        assert!(seed == bytes, "{} is not the message: bless it", path.display());
        wire::fuzz::body(&seed);
    };
    for file in std::fs::read_dir(root().join("tests/golden")).unwrap() {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        let text = std::fs::read_to_string(file.path()).unwrap();
        let stem = name.trim_end_matches(".json");
        if let Ok(message) = json::decode_client(&text) {
            check(format!("{stem}.client"), encode_client(&message));
        } else if let Ok(message) = json::decode_server(&text) {
            check(format!("{stem}.server"), encode_server(&message));
        }
        check(name, text.into_bytes());
    }
}
