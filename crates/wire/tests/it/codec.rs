//! Both forms carry every message, refuse everything else, and the binary one is as small as promised.

use proptest::prelude::*;
use wire::codec::{self, DecodeError, MAX_CLIENT_BYTES, json};
use wire::message::{ClientMessage, ErrorCode, Selector, ServerMessage, ViewDelta};
use wire::reading::{Quality, Reading, Value};

use crate::any;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_client_message_comes_back_from_its_bytes(message in any::client_message()) {
        prop_assert_eq!(codec::decode_client(&codec::encode_client(&message)), Ok(message));
    }

    #[test]
    fn every_server_message_comes_back_from_its_bytes(message in any::server_message()) {
        prop_assert_eq!(codec::decode_server(&codec::encode_server(&message)), Ok(message));
    }

    #[test]
    fn every_client_message_comes_back_from_its_json(message in any::client_message()) {
        prop_assert_eq!(json::decode_client(&json::encode_client(&message)), Ok(message));
    }

    #[test]
    fn every_server_message_is_json(message in any::server_message()) {
        prop_assert!(json::decode_server(&json::encode_server(&message)).is_ok());
    }

    #[test]
    fn any_bytes_may_come(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        wire::fuzz::body(&bytes);
    }

    /// Nearly right is where mistakes hide.
    #[test]
    fn messages_may_come_damaged(
        message in any::server_message(),
        from_client in any::client_message(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        cut in any::<prop::sample::Index>(),
    ) {
        for mut bytes in [codec::encode_server(&message), codec::encode_client(&from_client)] {
            let (at, cut) = (at.index(bytes.len()), cut.index(bytes.len()));
            bytes[at] = byte;
            wire::fuzz::body(&bytes);
            wire::fuzz::body(&bytes[..cut]);
        }
    }

    #[test]
    fn a_number_keeps_every_bit(number in any::<f64>().prop_filter("finite", |number| number.is_finite())) {
        let reading = Reading { value: Some(Value::Number(number)), ..good(0.0, 0) };
        let Some(Value::Number(back)) = through(&reading).value else { panic!("no number") };
        prop_assert_eq!(back.to_bits(), number.to_bits());
    }
}

fn good(number: f64, millis: i64) -> Reading {
    Reading {
        value: Some(Value::Number(number)),
        quality: Quality::Good,
        source_millis: Some(millis),
        arrival_millis: millis,
        flags: 0,
    }
}

fn frame(readings: Vec<(u32, Reading)>, server_millis: i64) -> ServerMessage {
    let delta = ViewDelta {
        readings,
        ..ViewDelta::default()
    };
    ServerMessage::Delta {
        view: 3,
        from: 86_400_000,
        to: 86_400_008,
        server_millis,
        delta,
    }
}

fn through(reading: &Reading) -> Reading {
    let bytes = codec::encode_server(&frame(vec![(0, reading.clone())], 0));
    match codec::decode_server(&bytes) {
        Ok(ServerMessage::Delta { mut delta, .. }) => delta.readings.remove(0).1,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_number_that_is_not_finite_travels_as_nothing() {
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(through(&good(number, 0)).value, None);
    }
}

/// The budget: at most 13 bytes a shown value, with everything around it: our frame and WebSocket's.
#[test]
fn a_shown_value_costs_at_most_13_bytes() {
    let server_millis = 1_763_800_000_000;
    let cost = |values: &dyn Fn(u32) -> f64, per_frame: u32, flags: u8| {
        let mut bytes = 0;
        for first in (0..500).step_by(per_frame as usize) {
            let readings = (first..first + per_frame).map(|index| {
                let millis = server_millis - 20 - i64::from(index % 37);
                // Spread over the table, as what changes within one window is.
                let reading = Reading {
                    arrival_millis: millis + 3,
                    flags,
                    ..good(values(index), millis)
                };
                (index * 61 % 500, reading)
            });
            let mut readings: Vec<_> = readings.collect();
            readings.sort_by_key(|(index, _)| *index);
            let frame = codec::encode_server(&frame(readings, server_millis));
            bytes += frame.len() + if frame.len() < 126 { 2 } else { 4 };
        }
        bytes as f64 / 500.0
    };
    let integer = |index: u32| f64::from(100_000 + index * 7);
    let decimal = |index: u32| f64::from(index * 13 + 5) / 10.0;
    // 500 values a second in windows of 16 ms are about eight a frame; then all at once; then the demo's flag.
    for (what, bytes) in [
        ("integers, eight a frame", cost(&integer, 10, 0)),
        ("one decimal, eight a frame", cost(&decimal, 10, 0)),
        ("integers, all at once", cost(&integer, 500, 0)),
        ("one decimal, all at once", cost(&decimal, 500, 0)),
        ("one decimal, simulated, eight a frame", cost(&decimal, 10, 8)),
    ] {
        println!("{what}: {bytes:.1} bytes");
        assert!(bytes <= 13.0, "{what}: {bytes:.1} bytes");
    }
}

#[track_caller]
fn check(bytes: &[u8], expect: &Result<ClientMessage, DecodeError>) {
    assert_eq!(&codec::decode_client(bytes), expect);
}

#[test]
fn what_is_no_message_is_named() {
    check(&[], &Err(DecodeError::Malformed("it ends too soon")));
    check(&[99, 1, 2, 3], &Err(DecodeError::UnknownType));
    check(&[4, 0], &Err(DecodeError::Malformed("bytes left over")));
    check(&vec![4; MAX_CLIENT_BYTES + 1], &Err(DecodeError::TooLarge));
    // A list that claims four thousand million points has four bytes to show for it.
    check(
        &[2, 1, 1, 255, 255, 255, 255, 15],
        &Err(DecodeError::Malformed("it ends too soon")),
    );
    assert_eq!(DecodeError::UnknownType.code(), ErrorCode::UnknownType);
}

#[track_caller]
fn check_json(text: &str, expect: &Result<ClientMessage, DecodeError>) {
    assert_eq!(&json::decode_client(text), expect);
}

#[test]
fn json_is_read_with_patience() {
    let plant = ClientMessage::Subscribe {
        sub: 1,
        selector: Selector::Plant,
        max_hz: None,
        since: None,
    };
    check_json(
        r#"{"type":"subscribe","sub":1,"selector":{"kind":"plant"}}"#,
        &Ok(plant),
    );
    check_json(
        r#"{"type":"ping","what":"fields not known are ignored"}"#,
        &Ok(ClientMessage::Ping),
    );
    check_json(
        r#"{"type":"acknowledge","alarm":1}"#,
        &Err(DecodeError::UnknownType),
    );
    let wrong = DecodeError::Malformed("a field is missing or of the wrong kind");
    check_json(r#"{"type":"subscribe"}"#, &Err(wrong));
    check_json(
        "ping",
        &Err(DecodeError::Malformed("expected a JSON object with a type")),
    );
    check_json(&" ".repeat(MAX_CLIENT_BYTES + 1), &Err(DecodeError::TooLarge));
}
