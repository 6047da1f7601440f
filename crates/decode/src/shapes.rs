//! The envelopes of known products, taken off before the shared rules of [`crate::walk`] apply.
//!
//! Each function answers whether the message is of its shape; the first that says yes has read
//! it. A message of no known shape is walked as it stands.

use crate::json::{Json, Member};
use crate::problem::Reason;
use crate::time;
use crate::walk::{About, Walk};

/// Reads a whole message.
pub(crate) fn root(walk: &mut Walk<'_>, json: &Json<'_>) {
    let known = match json {
        Json::Object(members) => {
            opc_ua(walk, members)
                || shelly(walk, members)
                || gateway(walk, members)
                || times_as_keys(walk, members)
                || tasmota(walk, members)
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::Array(_) => false,
    };
    if !known {
        walk.value(json, About::NOTHING);
        if walk.seen() == 0 {
            walk.problem(Reason::Empty, || "no value in it".to_owned());
        }
    }
}

fn member<'j, 'a>(members: &'j [Member<'a>], key: &str) -> Option<&'j Json<'a>> {
    members
        .iter()
        .find(|(other, _)| other == key)
        .map(|(_, json)| json)
}

fn text<'j>(members: &'j [Member<'_>], key: &str) -> Option<&'j str> {
    match member(members, key)? {
        Json::Text(text) => Some(text),
        _ => None,
    }
}

/// OPC UA part 14, 7.2.3: network messages hold dataset messages, or a dataset message stands
/// alone. Metadata and keep-alives hold no readings. Each writer is an asset, since two of them
/// may use the same field name.
fn opc_ua(walk: &mut Walk<'_>, members: &[Member<'_>]) -> bool {
    if text(members, "MessageType").is_some_and(|kind| kind.starts_with("ua-") && !holds_data(kind)) {
        return true;
    }
    if let Some(Json::Array(messages)) = member(members, "Messages") {
        for message in messages {
            if let Json::Object(message) = message {
                dataset(walk, message);
            }
        }
        return true;
    }
    member(members, "DataSetWriterId").is_some() && dataset(walk, members)
}

fn holds_data(kind: &str) -> bool {
    matches!(kind, "ua-data" | "ua-keyframe" | "ua-deltaframe" | "ua-event")
}

fn dataset(walk: &mut Walk<'_>, members: &[Member<'_>]) -> bool {
    let Some(Json::Object(payload)) = member(members, "Payload") else {
        return false;
    };
    let writer = match (
        member(members, "DataSetWriterName"),
        member(members, "DataSetWriterId"),
    ) {
        (Some(Json::Text(name)), _) if !name.is_empty() => Some(name.as_ref()),
        (_, Some(Json::Number(id))) => Some(*id),
        _ => None,
    };
    walk.asset = writer.filter(|name| name.len() <= 256).map(Into::into);
    // The dataset's own time and status count for every field without one of its own.
    let mut about = About::NOTHING;
    if let Some(stamp) = text(members, "Timestamp") {
        match time::from_text(stamp, &time::Utc) {
            Some(time) => about.time = Some(time),
            None => walk.problem(Reason::UnreadableTime, || crate::sample(stamp.as_bytes(), 40)),
        }
    }
    if let Some(quality) =
        member(members, "Status").and_then(|status| crate::quality::from_json(status, true))
    {
        about.quality = quality;
    }
    for (key, json) in payload {
        walk.below(key, json, about);
    }
    walk.asset = None;
    true
}

/// Shelly Gen2: `{"method":"NotifyStatus","params":{"ts":…,"switch:0":{"id":0,…}}}`. The `id` of a
/// component repeats its key.
fn shelly(walk: &mut Walk<'_>, members: &[Member<'_>]) -> bool {
    let Some(Json::Object(params)) = member(members, "params") else {
        return false;
    };
    if !text(members, "method").is_some_and(|method| method.starts_with("Notify")) {
        return false;
    }
    let without_ids: Vec<Member<'_>> = params
        .iter()
        .map(|(key, json)| match json {
            Json::Object(component) if key.contains(':') => (
                key.clone(),
                Json::Object(component.iter().filter(|(key, _)| key != "id").cloned().collect()),
            ),
            _ => (key.clone(), json.clone()),
        })
        .collect();
    walk.object(&without_ids, About::NOTHING);
    true
}

/// ThingsBoard's gateway: `{"Device A":[{"ts":…,"values":{…}}]}`, a device a key.
fn gateway(walk: &mut Walk<'_>, members: &[Member<'_>]) -> bool {
    let telemetry = |json: &Json<'_>| match json {
        Json::Array(items) => {
            items.iter().all(|item| match item {
                Json::Object(item) => {
                    member(item, "ts").is_some() && matches!(member(item, "values"), Some(Json::Object(_)))
                }
                _ => false,
            }) && !items.is_empty()
        }
        _ => false,
    };
    if members.is_empty()
        || !members
            .iter()
            .all(|(key, json)| !key.is_empty() && key.len() <= 256 && telemetry(json))
    {
        return false;
    }
    for (device, json) in members {
        walk.asset = Some(device.as_ref().into());
        walk.value(json, About::NOTHING);
    }
    walk.asset = None;
    true
}

/// `{"1611082554":{"temperature":21.42},…}`: every key is a time.
fn times_as_keys(walk: &mut Walk<'_>, members: &[Member<'_>]) -> bool {
    let read = |key: &str| {
        let digits = key.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        if digits && key.len() >= 10 {
            time::from_number(key, None)
        } else {
            None
        }
    };
    if members.is_empty() || !members.iter().all(|(key, _)| read(key).is_some()) {
        return false;
    }
    for (key, json) in members {
        walk.value(
            json,
            About {
                time: read(key),
                ..About::NOTHING
            },
        );
    }
    true
}

/// Tasmota states its units once for a message: `"TempUnit":"C"`.
fn tasmota(walk: &mut Walk<'_>, members: &[Member<'_>]) -> bool {
    if text(members, "Time").is_none() {
        return false;
    }
    const UNITS: [(&str, &str, &str, &str); 8] = [
        ("TempUnit", "C", "Temperature", "°C"),
        ("TempUnit", "F", "Temperature", "°F"),
        ("TempUnit", "C", "DewPoint", "°C"),
        ("TempUnit", "F", "DewPoint", "°F"),
        ("PressureUnit", "hPa", "Pressure", "hPa"),
        ("PressureUnit", "mmHg", "Pressure", "mmHg"),
        ("PressureUnit", "hPa", "SeaPressure", "hPa"),
        ("SpeedUnit", "km/h", "Speed", "km/h"),
    ];
    for (key, said, ending, unit) in UNITS {
        if text(members, key) == Some(said) {
            walk.unit_hints.push((ending, unit));
        }
    }
    if walk.unit_hints.is_empty() {
        return false;
    }
    let readings: Vec<Member<'_>> = members
        .iter()
        .filter(|(key, _)| !matches!(key.as_ref(), "TempUnit" | "PressureUnit" | "SpeedUnit"))
        .cloned()
        .collect();
    walk.object(&readings, About::NOTHING);
    true
}
