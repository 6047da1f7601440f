//! Any message, for property tests.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use wire::message::{
    ClientMessage, ErrorCode, Limits, PointState, Position, Selector, ServerMessage, Summary, ViewDelta,
    ViewState,
};
use wire::page::{PlantStatus, SourceState, SourceStatus};
use wire::reading::{Cadence, Quality, Reading, Value};

pub fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        (-10_000_000i64..10_000_000, 0u8..8)
            .prop_map(|(mantissa, exponent)| Value::Number(mantissa as f64 / 10f64.powi(exponent.into()))),
        any::<f64>()
            .prop_filter("finite", |number| number.is_finite())
            .prop_map(Value::Number),
        any::<f32>()
            .prop_filter("finite", |number| number.is_finite())
            .prop_map(|number| Value::Number(f64::from(number))),
        any::<bool>().prop_map(Value::Bool),
        ".{0,12}".prop_map(Value::Text),
    ]
}

pub fn quality() -> impl Strategy<Value = Quality> {
    prop_oneof![Just(Quality::Good), Just(Quality::Uncertain), Just(Quality::Bad)]
}

pub fn millis() -> impl Strategy<Value = i64> {
    prop_oneof![1_700_000_000_000i64..1_900_000_000_000, any::<i64>()]
}

pub fn reading() -> impl Strategy<Value = Reading> {
    (of(value()), quality(), of(millis()), millis(), 0u8..128).prop_map(
        |(value, quality, source_millis, arrival_millis, flags)| Reading {
            value,
            quality,
            source_millis,
            arrival_millis,
            flags,
        },
    )
}

pub fn cadence() -> impl Strategy<Value = Cadence> {
    prop_oneof![
        Just(Cadence::Learning),
        Just(Cadence::OnChange),
        any::<u64>().prop_map(Cadence::Learned),
        any::<u64>().prop_map(Cadence::Declared),
    ]
}

pub fn summary() -> impl Strategy<Value = Summary> {
    any::<[u32; 9]>().prop_map(
        |[points, live, late, stale, offline, bad, high, medium, limited]| Summary {
            points,
            live,
            late,
            stale,
            offline,
            bad,
            high,
            medium,
            limited,
        },
    )
}

pub fn plant() -> impl Strategy<Value = PlantStatus> {
    let state = prop_oneof![
        Just(SourceState::Connecting),
        Just(SourceState::Connected),
        Just(SourceState::Lost),
        Just(SourceState::Refused),
        Just(SourceState::Stopped)
    ];
    let source =
        (any::<u32>(), ".{0,12}", state, millis()).prop_map(|(source, name, state, since_millis)| {
            SourceStatus {
                source,
                name,
                state,
                since_millis,
            }
        });
    (summary(), vec(source, 0..4), of(millis()), any::<u32>()).prop_map(
        |(summary, sources, history_stopped_millis, assets)| PlantStatus {
            summary,
            sources,
            history_stopped_millis,
            assets,
        },
    )
}

pub fn selector() -> impl Strategy<Value = Selector> {
    prop_oneof![
        vec(any::<u32>(), 0..20).prop_map(|points| Selector::Points { points }),
        any::<u32>().prop_map(|asset| Selector::Asset { asset }),
        vec(any::<u32>(), 0..20).prop_map(|assets| Selector::Summaries { assets }),
        Just(Selector::Plant),
    ]
}

pub fn client_message() -> impl Strategy<Value = ClientMessage> {
    let position = (any::<u64>(), any::<u64>()).prop_map(|(epoch, revision)| Position { epoch, revision });
    prop_oneof![
        (any::<u16>(), ".{0,12}", ".{0,12}").prop_map(|(protocol, build, share)| ClientMessage::Hello {
            protocol,
            build,
            share
        }),
        (any::<u32>(), selector(), of(any::<u8>()), of(position)).prop_map(
            |(sub, selector, max_hz, since)| {
                ClientMessage::Subscribe {
                    sub,
                    selector,
                    max_hz,
                    since,
                }
            }
        ),
        any::<u32>().prop_map(|sub| ClientMessage::Unsubscribe { sub }),
        Just(ClientMessage::Ping),
    ]
}

fn delta() -> impl Strategy<Value = ViewDelta> {
    (
        vec(any::<u32>(), 0..4),
        vec((any::<u32>(), reading()), 0..20),
        vec((any::<u32>(), cadence()), 0..4),
        vec((any::<u32>(), summary()), 0..4),
        of(plant()),
        of(any::<u64>()),
    )
        .prop_map(
            |(joined, readings, cadences, summaries, plant, structure)| ViewDelta {
                joined,
                readings,
                cadences,
                summaries,
                plant,
                structure,
            },
        )
}

fn state() -> impl Strategy<Value = ViewState> {
    let point = (any::<u32>(), cadence(), of(reading())).prop_map(|(point, cadence, reading)| PointState {
        point,
        cadence,
        reading,
    });
    (
        vec(point, 0..20),
        vec((any::<u32>(), summary()), 0..4),
        of(plant()),
        any::<u64>(),
    )
        .prop_map(|(points, summaries, plant, structure)| ViewState {
            points,
            summaries,
            plant,
            structure,
        })
}

pub fn server_message() -> impl Strategy<Value = ServerMessage> {
    let code = prop_oneof![
        Just(ErrorCode::BadMessage),
        Just(ErrorCode::UnknownType),
        Just(ErrorCode::WrongProtocol),
        Just(ErrorCode::NotAllowed),
        Just(ErrorCode::UnknownAsset),
        Just(ErrorCode::UnknownPoint),
        Just(ErrorCode::TooMany),
        Just(ErrorCode::HelloFirst),
    ];
    let limits = any::<[u32; 4]>().prop_map(
        |[message_bytes, subscriptions, points_per_subscription, beat_millis]| Limits {
            message_bytes,
            subscriptions,
            points_per_subscription,
            beat_millis,
        },
    );
    prop_oneof![
        (any::<[u64; 2]>(), millis(), ".{0,12}", limits).prop_map(
            |([epoch, revision], server_millis, build, limits)| ServerMessage::Welcome {
                epoch,
                revision,
                server_millis,
                build,
                limits,
            }
        ),
        (any::<[u32; 2]>(), any::<[u64; 2]>(), millis(), state()).prop_map(
            |([sub, view], [epoch, revision], server_millis, state)| ServerMessage::Snapshot {
                sub,
                view,
                epoch,
                revision,
                server_millis,
                state,
            }
        ),
        (
            any::<[u32; 2]>(),
            any::<[u64; 3]>(),
            millis(),
            vec(any::<u32>(), 0..20),
            vec(any::<u32>(), 0..4),
            delta()
        )
            .prop_map(
                |([sub, view], [epoch, from, revision], server_millis, points, summaries, delta)| {
                    ServerMessage::Resumed {
                        sub,
                        view,
                        epoch,
                        from,
                        revision,
                        server_millis,
                        points,
                        summaries,
                        delta,
                    }
                }
            ),
        (any::<u32>(), any::<[u64; 2]>(), millis(), delta()).prop_map(
            |(view, [from, to], server_millis, delta)| ServerMessage::Delta {
                view,
                from,
                to,
                server_millis,
                delta
            }
        ),
        (millis(), any::<u64>()).prop_map(|(server_millis, revision)| ServerMessage::Beat {
            server_millis,
            revision
        }),
        (of(any::<u32>()), code, ".{0,12}").prop_map(|(sub, code, message)| ServerMessage::Error {
            sub,
            code,
            message
        }),
        (".{0,12}", any::<u32>()).prop_map(|(reason, retry_after_millis)| ServerMessage::Bye {
            reason,
            retry_after_millis
        }),
    ]
}
