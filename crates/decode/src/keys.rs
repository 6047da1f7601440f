//! What the key of a member says about its value, in the spellings of the field.
//!
//! Keys are compared without case, `_`, `-`, `@` and spaces: `source_timestamp`,
//! `SourceTimestamp` and `@timestamp` need one entry each at most.

use crate::time::Unit;

/// What a key stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Meaning {
    /// When the values beside it were measured.
    Time(TimeKey),
    /// The value itself.
    Value,
    /// The value of an OPC UA variant, when a `Type` stands beside it.
    Body,
    /// How far to trust the value; the flag tells OPC UA's `StatusCode`.
    Quality { status_code: bool },
    /// `status`: a quality beside a value when it reads as one, else a reading.
    Status,
    /// The engineering unit.
    Unit,
    /// What a record is about: `tagname` anywhere, `id` in a list only.
    Name { anywhere: bool },
    /// Says something about the value that is no reading.
    Plumbing,
    /// A reading.
    Data,
}

/// How a time key is to be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TimeKey {
    /// The unit it declares.
    pub unit: Option<Unit>,
    /// When two are given the lower rank counts: the source's before the server's.
    pub rank: u8,
    /// Whether it can be nothing else; `time` and `t` may well be readings.
    pub sure: bool,
}

const LONGEST: usize = 20;

/// What `key` stands for.
pub(crate) fn meaning(key: &str) -> Meaning {
    let mut buffer = [0_u8; LONGEST];
    let mut len = 0;
    for byte in key.bytes() {
        if matches!(byte, b'_' | b'-' | b'@' | b' ') {
            continue;
        }
        let Some(slot) = buffer.get_mut(len) else {
            return Meaning::Data;
        };
        *slot = byte.to_ascii_lowercase();
        len += 1;
    }
    by_plain_key(buffer.get(..len).unwrap_or_default())
}

fn by_plain_key(key: &[u8]) -> Meaning {
    let time = |unit, rank| {
        Meaning::Time(TimeKey {
            unit,
            rank,
            sure: true,
        })
    };
    match key {
        b"value" | b"v" | b"val" => Meaning::Value,
        b"body" => Meaning::Body,
        b"sourcetimestamp" | b"sourcetime" | b"measuredat" | b"observedat" | b"eventtime" => time(None, 0),
        b"timestamp" | b"ts" | b"datetime" | b"unixtime" | b"epoch" => time(None, 1),
        b"timestampms" | b"timestampmillis" | b"tsms" | b"timems" | b"epochms" => time(Some(Unit::Millis), 1),
        b"timestampus" | b"timestampmicros" | b"tsus" => time(Some(Unit::Micros), 1),
        b"timestampns" | b"timestampnanos" | b"tsns" => time(Some(Unit::Nanos), 1),
        b"timestampsec" | b"timestampsecs" | b"epochs" => time(Some(Unit::Secs), 1),
        b"servertimestamp" | b"lastseen" => time(None, 3),
        b"time" | b"t" | b"date" | b"utc" => Meaning::Time(TimeKey {
            unit: None,
            rank: 2,
            sure: false,
        }),
        b"quality" | b"q" | b"qual" => Meaning::Quality { status_code: false },
        b"statuscode" => Meaning::Quality { status_code: true },
        b"status" => Meaning::Status,
        b"unit" | b"units" | b"uom" | b"u" | b"engunit" | b"engunits" | b"engineeringunit"
        | b"engineeringunits" | b"unitofmeasurement" => Meaning::Unit,
        b"name" | b"tagname" | b"tag" | b"metric" => Meaning::Name { anywhere: true },
        b"id" | b"n" | b"nodeid" | b"key" => Meaning::Name { anywhere: false },
        b"type" | b"datatype" | b"uatype" | b"alias" | b"description" | b"desc" | b"displayname" | b"seq"
        | b"sequence" | b"sequencenumber" | b"sourcepicoseconds" | b"serverpicoseconds" => Meaning::Plumbing,
        _ => Meaning::Data,
    }
}

/// Keys that only wrap what a message carries, and are no part of a point's name.
pub(crate) fn wraps(key: &str) -> bool {
    matches!(
        key.to_ascii_lowercase().as_str(),
        "values"
            | "value"
            | "data"
            | "payload"
            | "metrics"
            | "tags"
            | "readings"
            | "measurements"
            | "fields"
            | "telemetry"
            | "points"
    )
}
