//! Each message in the binary form: a type byte, then its fields in the order of `message.rs`.
//!
//! Times of readings are steps from the frame's own time, indices are steps from the one before,
//! a delta says in one byte which of its parts are there. `PROTOCOL.md` has the table.

use super::DecodeError;
use super::binary::{Reader, Writer};
use super::reading::{get_cadence, get_reading, put_cadence, put_reading};
use crate::message::{
    ClientMessage, ErrorCode, Limits, PointState, Position, Selector, ServerMessage, Summary, ViewDelta,
    ViewState,
};
use crate::page::{PlantStatus, SourceState, SourceStatus};

type Result<T> = std::result::Result<T, DecodeError>;

pub fn put_client(w: &mut Writer, message: &ClientMessage) {
    match message {
        ClientMessage::Hello {
            protocol,
            build,
            share,
        } => {
            w.byte(1);
            w.uint(u64::from(*protocol));
            w.text(build);
            w.text(share);
        }
        ClientMessage::Subscribe {
            sub,
            selector,
            max_hz,
            since,
        } => {
            w.byte(2);
            w.uint(u64::from(*sub));
            put_selector(w, selector);
            w.option(*max_hz, Writer::byte);
            w.option(*since, |w, position| {
                w.uint(position.epoch);
                w.uint(position.revision);
            });
        }
        ClientMessage::Unsubscribe { sub } => {
            w.byte(3);
            w.uint(u64::from(*sub));
        }
        ClientMessage::Ping => w.byte(4),
    }
}

pub fn get_client(r: &mut Reader<'_>) -> Result<ClientMessage> {
    Ok(match r.byte()? {
        1 => ClientMessage::Hello {
            protocol: u16::try_from(r.uint()?).unwrap_or(u16::MAX),
            build: r.text()?,
            // Clients of before links had nothing here.
            share: if r.is_empty() { String::new() } else { r.text()? },
        },
        2 => ClientMessage::Subscribe {
            sub: r.uint32()?,
            selector: get_selector(r)?,
            max_hz: r.option(Reader::byte)?,
            since: r.option(|r| {
                Ok(Position {
                    epoch: r.uint()?,
                    revision: r.uint()?,
                })
            })?,
        },
        3 => ClientMessage::Unsubscribe { sub: r.uint32()? },
        4 => ClientMessage::Ping,
        _ => return Err(DecodeError::UnknownType),
    })
}

pub fn put_server(w: &mut Writer, message: &ServerMessage) {
    match message {
        ServerMessage::Welcome {
            epoch,
            revision,
            server_millis,
            build,
            limits,
        } => {
            w.byte(1);
            w.uint(*epoch);
            w.uint(*revision);
            w.int(*server_millis);
            w.text(build);
            for limit in [
                limits.message_bytes,
                limits.subscriptions,
                limits.points_per_subscription,
                limits.beat_millis,
            ] {
                w.uint(u64::from(limit));
            }
        }
        ServerMessage::Snapshot {
            sub,
            view,
            epoch,
            revision,
            server_millis,
            state,
        } => {
            w.byte(2);
            w.uint(u64::from(*sub));
            w.uint(u64::from(*view));
            w.uint(*epoch);
            w.uint(*revision);
            w.int(*server_millis);
            put_state(w, state, *server_millis);
        }
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
        } => {
            w.byte(3);
            w.uint(u64::from(*sub));
            w.uint(u64::from(*view));
            w.uint(*epoch);
            w.uint(*from);
            w.uint(*revision);
            w.int(*server_millis);
            w.ids(points);
            w.ids(summaries);
            put_delta(w, delta, *server_millis);
        }
        ServerMessage::Delta {
            view,
            from,
            to,
            server_millis,
            delta,
        } => {
            w.byte(4);
            w.uint(u64::from(*view));
            w.uint(*to);
            w.uint(to.wrapping_sub(*from));
            w.int(*server_millis);
            put_delta(w, delta, *server_millis);
        }
        ServerMessage::Beat {
            server_millis,
            revision,
        } => {
            w.byte(5);
            w.int(*server_millis);
            w.uint(*revision);
        }
        ServerMessage::Error { sub, code, message } => {
            w.byte(6);
            w.option(*sub, |w, sub| w.uint(u64::from(sub)));
            w.byte(byte_of_code(*code));
            w.text(message);
        }
        ServerMessage::Bye {
            reason,
            retry_after_millis,
        } => {
            w.byte(7);
            w.text(reason);
            w.uint(u64::from(*retry_after_millis));
        }
    }
}

pub fn get_server(r: &mut Reader<'_>) -> Result<ServerMessage> {
    Ok(match r.byte()? {
        1 => ServerMessage::Welcome {
            epoch: r.uint()?,
            revision: r.uint()?,
            server_millis: r.int()?,
            build: r.text()?,
            limits: Limits {
                message_bytes: r.uint32()?,
                subscriptions: r.uint32()?,
                points_per_subscription: r.uint32()?,
                beat_millis: r.uint32()?,
            },
        },
        2 => {
            let (sub, view, epoch, revision) = (r.uint32()?, r.uint32()?, r.uint()?, r.uint()?);
            let server_millis = r.int()?;
            let state = get_state(r, server_millis)?;
            ServerMessage::Snapshot {
                sub,
                view,
                epoch,
                revision,
                server_millis,
                state,
            }
        }
        3 => {
            let (sub, view, epoch, from, revision) =
                (r.uint32()?, r.uint32()?, r.uint()?, r.uint()?, r.uint()?);
            let server_millis = r.int()?;
            let (points, summaries) = (r.ids()?, r.ids()?);
            let delta = get_delta(r, server_millis)?;
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
        4 => {
            let (view, to) = (r.uint32()?, r.uint()?);
            let from = to.wrapping_sub(r.uint()?);
            let server_millis = r.int()?;
            ServerMessage::Delta {
                view,
                from,
                to,
                server_millis,
                delta: get_delta(r, server_millis)?,
            }
        }
        5 => ServerMessage::Beat {
            server_millis: r.int()?,
            revision: r.uint()?,
        },
        6 => ServerMessage::Error {
            sub: r.option(Reader::uint32)?,
            code: code_of_byte(r.byte()?),
            message: r.text()?,
        },
        7 => ServerMessage::Bye {
            reason: r.text()?,
            retry_after_millis: r.uint32()?,
        },
        _ => return Err(DecodeError::UnknownType),
    })
}

fn put_selector(w: &mut Writer, selector: &Selector) {
    match selector {
        Selector::Points { points } => {
            w.byte(1);
            w.ids(points);
        }
        Selector::Asset { asset } => {
            w.byte(2);
            w.uint(u64::from(*asset));
        }
        Selector::Summaries { assets } => {
            w.byte(3);
            w.ids(assets);
        }
        Selector::Plant => w.byte(4),
    }
}

fn get_selector(r: &mut Reader<'_>) -> Result<Selector> {
    Ok(match r.byte()? {
        1 => Selector::Points { points: r.ids()? },
        2 => Selector::Asset { asset: r.uint32()? },
        3 => Selector::Summaries { assets: r.ids()? },
        4 => Selector::Plant,
        _ => return Err(DecodeError::Malformed("no such selector")),
    })
}

fn put_state(w: &mut Writer, state: &ViewState, base: i64) {
    let mut before = 0;
    w.list(&state.points, |w, point| {
        w.step(&mut before, point.point);
        put_cadence(w, point.cadence);
        w.option(point.reading.as_ref(), |w, reading| put_reading(w, reading, base));
    });
    put_summaries(w, &state.summaries);
    w.option(state.plant.as_ref(), |w, plant| put_plant(w, plant, base));
    w.uint(state.structure);
}

fn get_state(r: &mut Reader<'_>, base: i64) -> Result<ViewState> {
    let mut before = 0;
    Ok(ViewState {
        points: r.list(|r| {
            Ok(PointState {
                point: r.step(&mut before)?,
                cadence: get_cadence(r)?,
                reading: r.option(|r| get_reading(r, base))?,
            })
        })?,
        summaries: get_summaries(r)?,
        plant: r.option(|r| get_plant(r, base))?,
        structure: r.uint()?,
    })
}

const JOINED: u8 = 1;
const READINGS: u8 = 2;
const CADENCES: u8 = 4;
const SUMMARIES: u8 = 8;
const PLANT: u8 = 16;
const STRUCTURE: u8 = 32;

fn put_delta(w: &mut Writer, delta: &ViewDelta, base: i64) {
    let part = |bit: u8, there: bool| if there { bit } else { 0 };
    w.byte(
        part(JOINED, !delta.joined.is_empty())
            | part(READINGS, !delta.readings.is_empty())
            | part(CADENCES, !delta.cadences.is_empty())
            | part(SUMMARIES, !delta.summaries.is_empty())
            | part(PLANT, delta.plant.is_some())
            | part(STRUCTURE, delta.structure.is_some()),
    );
    if !delta.joined.is_empty() {
        w.ids(&delta.joined);
    }
    if !delta.readings.is_empty() {
        let mut before = 0;
        w.list(&delta.readings, |w, (index, reading)| {
            w.step(&mut before, *index);
            put_reading(w, reading, base);
        });
    }
    if !delta.cadences.is_empty() {
        let mut before = 0;
        w.list(&delta.cadences, |w, (index, cadence)| {
            w.step(&mut before, *index);
            put_cadence(w, *cadence);
        });
    }
    if !delta.summaries.is_empty() {
        put_summaries(w, &delta.summaries);
    }
    if let Some(plant) = &delta.plant {
        put_plant(w, plant, base);
    }
    if let Some(structure) = delta.structure {
        w.uint(structure);
    }
}

fn get_delta(r: &mut Reader<'_>, base: i64) -> Result<ViewDelta> {
    let parts = r.byte()?;
    if parts >= 64 {
        return Err(DecodeError::Malformed("a part that is not known"));
    }
    let mut delta = ViewDelta::default();
    if parts & JOINED != 0 {
        delta.joined = r.ids()?;
    }
    if parts & READINGS != 0 {
        let mut before = 0;
        delta.readings = r.list(|r| Ok((r.step(&mut before)?, get_reading(r, base)?)))?;
    }
    if parts & CADENCES != 0 {
        let mut before = 0;
        delta.cadences = r.list(|r| Ok((r.step(&mut before)?, get_cadence(r)?)))?;
    }
    if parts & SUMMARIES != 0 {
        delta.summaries = get_summaries(r)?;
    }
    if parts & PLANT != 0 {
        delta.plant = Some(get_plant(r, base)?);
    }
    if parts & STRUCTURE != 0 {
        delta.structure = Some(r.uint()?);
    }
    Ok(delta)
}

fn put_summaries(w: &mut Writer, summaries: &[(u32, Summary)]) {
    let mut before = 0;
    w.list(summaries, |w, (id, summary)| {
        w.step(&mut before, *id);
        put_summary(w, summary);
    });
}

fn get_summaries(r: &mut Reader<'_>) -> Result<Vec<(u32, Summary)>> {
    let mut before = 0;
    r.list(|r| Ok((r.step(&mut before)?, get_summary(r)?)))
}

fn put_summary(w: &mut Writer, s: &Summary) {
    for count in [
        s.points, s.live, s.late, s.stale, s.offline, s.bad, s.high, s.medium, s.limited,
    ] {
        w.uint(u64::from(count));
    }
}

fn get_summary(r: &mut Reader<'_>) -> Result<Summary> {
    Ok(Summary {
        points: r.uint32()?,
        live: r.uint32()?,
        late: r.uint32()?,
        stale: r.uint32()?,
        offline: r.uint32()?,
        bad: r.uint32()?,
        high: r.uint32()?,
        medium: r.uint32()?,
        limited: r.uint32()?,
    })
}

fn put_plant(w: &mut Writer, plant: &PlantStatus, base: i64) {
    put_summary(w, &plant.summary);
    w.list(&plant.sources, |w, source| {
        w.uint(u64::from(source.source));
        w.text(&source.name);
        w.byte(match source.state {
            SourceState::Connecting => 0,
            SourceState::Connected => 1,
            SourceState::Lost => 2,
            SourceState::Refused => 3,
            SourceState::Stopped => 4,
        });
        w.int(base.wrapping_sub(source.since_millis));
    });
    w.option(plant.history_stopped_millis, |w, millis| {
        w.int(base.wrapping_sub(millis))
    });
    w.uint(u64::from(plant.assets));
}

fn get_plant(r: &mut Reader<'_>, base: i64) -> Result<PlantStatus> {
    Ok(PlantStatus {
        summary: get_summary(r)?,
        sources: r.list(|r| {
            Ok(SourceStatus {
                source: r.uint32()?,
                name: r.text()?,
                state: match r.byte()? {
                    0 => SourceState::Connecting,
                    1 => SourceState::Connected,
                    2 => SourceState::Lost,
                    3 => SourceState::Refused,
                    4 => SourceState::Stopped,
                    _ => return Err(DecodeError::Malformed("no such source state")),
                },
                since_millis: base.wrapping_sub(r.int()?),
            })
        })?,
        history_stopped_millis: r.option(|r| Ok(base.wrapping_sub(r.int()?)))?,
        assets: r.uint32()?,
    })
}

const fn byte_of_code(code: ErrorCode) -> u8 {
    match code {
        ErrorCode::BadMessage => 1,
        ErrorCode::UnknownType => 2,
        ErrorCode::WrongProtocol => 3,
        ErrorCode::NotAllowed => 4,
        ErrorCode::UnknownAsset => 5,
        ErrorCode::UnknownPoint => 6,
        ErrorCode::TooMany => 7,
        ErrorCode::HelloFirst => 8,
    }
}

/// A code of a later server reads as `bad_message`: the text beside it still says what is wrong.
const fn code_of_byte(byte: u8) -> ErrorCode {
    match byte {
        2 => ErrorCode::UnknownType,
        3 => ErrorCode::WrongProtocol,
        4 => ErrorCode::NotAllowed,
        5 => ErrorCode::UnknownAsset,
        6 => ErrorCode::UnknownPoint,
        7 => ErrorCode::TooMany,
        8 => ErrorCode::HelloFirst,
        _ => ErrorCode::BadMessage,
    }
}
