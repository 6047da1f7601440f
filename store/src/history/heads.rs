//! What is in the log and not yet in blocks: for every point the coded readings since its last block.

use std::collections::{BTreeMap, HashMap, HashSet};

use twin::{PointId, Reading, Timestamp, Value};
use xxhash_rust::xxh3::Xxh3;

use super::block::{BLOCK_BYTES, BLOCK_READINGS, is_same, sort_and_dedupe};
use super::codec::{Decoder, Encoder};

/// One point's readings that are not in a block.
#[derive(Clone, Debug)]
pub struct Head {
    /// In the order they came.
    encoder: Encoder,
    count: usize,
    earliest: Timestamp,
    latest: Timestamp,
    /// The segment of the log that holds the first of them.
    segment: u64,
    /// Sequence number of the last of them.
    sequence: u64,
    /// Named among the full ones.
    full: bool,
    /// Fingerprints of all of them, once one came that was not the latest.
    seen: Option<Box<Seen>>,
}

/// Rarely there, and there is a head for every point.
#[derive(Clone, Debug)]
struct Seen(HashSet<u64>);

/// All heads.
#[derive(Debug, Default)]
pub struct Heads {
    heads: HashMap<PointId, Box<Head>>,
    /// By segment of the log: points whose head began in it (or did, before it went into a block).
    began: BTreeMap<u64, Vec<PointId>>,
    /// Points whose head is as large as a block.
    full: Vec<PointId>,
}

impl Head {
    /// Its readings in time order, each once.
    pub fn readings(&self) -> Vec<Reading> {
        let mut readings: Vec<Reading> = self.decoded().collect();
        sort_and_dedupe(&mut readings);
        readings
    }

    /// Sequence number of its last reading.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    fn decoded(&self) -> impl Iterator<Item = Reading> {
        Decoder::new(self.encoder.bytes()).map_while(Result::ok)
    }

    /// Whether the reading came before. Readings in order are not looked at twice.
    fn has(&mut self, reading: &Reading) -> bool {
        if self.count == 0 || reading.time() > self.latest {
            if let Some(seen) = &mut self.seen {
                seen.0.insert(fingerprint(reading));
            }
            return false;
        }
        if self.seen.is_none() {
            let seen = self.decoded().map(|reading| fingerprint(&reading)).collect();
            self.seen = Some(Box::new(Seen(seen)));
        }
        let new = self
            .seen
            .as_mut()
            .is_none_or(|seen| seen.0.insert(fingerprint(reading)));
        !new && self.decoded().any(|other| is_same(&other, reading))
    }
}

/// Equal for readings that are the same, and nearly never for others.
fn fingerprint(reading: &Reading) -> u64 {
    let mut hasher = Xxh3::new();
    hasher.update(&reading.time().micros().to_le_bytes());
    match &reading.value {
        None => hasher.update(&[0]),
        Some(Value::Bool(on)) => hasher.update(&[1, u8::from(*on)]),
        // Zero has two forms and is one number.
        Some(Value::Number(number)) => hasher.update(&(number + 0.0).to_le_bytes()),
        Some(Value::Text(text)) => hasher.update(text.as_bytes()),
    }
    hasher.digest()
}

impl Heads {
    /// Adds a reading that is in the log, unless it came before.
    pub fn push(&mut self, point: PointId, reading: &Reading, segment: u64, sequence: u64) {
        let time = reading.time();
        let head = self.heads.entry(point).or_insert_with(|| {
            self.began.entry(segment).or_default().push(point);
            Box::new(Head {
                encoder: Encoder::default(),
                count: 0,
                earliest: time,
                latest: time,
                segment,
                sequence,
                full: false,
                seen: None,
            })
        });
        head.sequence = sequence;
        if head.has(reading) {
            return;
        }
        head.encoder.push(reading);
        head.count += 1;
        head.earliest = head.earliest.min(time);
        head.latest = head.latest.max(time);
        if !head.full && (head.count >= BLOCK_READINGS || head.encoder.bytes().len() > BLOCK_BYTES) {
            head.full = true;
            self.full.push(point);
        }
    }

    /// A copy of the point's head.
    pub fn get(&self, point: PointId) -> Option<Head> {
        self.heads.get(&point).map(|head| (**head).clone())
    }

    /// The points that have a head.
    pub fn points(&self) -> Vec<PointId> {
        self.heads.keys().copied().collect()
    }

    /// The earliest time in any head.
    pub fn earliest(&self) -> Option<Timestamp> {
        self.heads.values().map(|head| head.earliest).min()
    }

    /// The points whose heads are full; they are not named again until they have grown again.
    pub fn take_full(&mut self) -> Vec<PointId> {
        std::mem::take(&mut self.full)
    }

    /// At most `limit` points whose heads have readings in this segment of the log or an older one.
    /// A point may be named twice.
    pub fn began_up_to(&mut self, segment: u64, limit: usize) -> Vec<PointId> {
        let mut points = Vec::new();
        while let Some(mut entry) = self.began.first_entry() {
            let from = *entry.key();
            if from > segment {
                break;
            }
            let candidates = entry.get_mut();
            while points.len() < limit {
                let Some(point) = candidates.pop() else { break };
                if self.heads.get(&point).is_some_and(|head| head.segment == from) {
                    points.push(point);
                }
            }
            if !candidates.is_empty() {
                break;
            }
            entry.remove();
        }
        points
    }

    /// Puts back points that [`Self::began_up_to`] or [`Self::take_full`] gave, when they could not be stored.
    pub fn give_back(&mut self, points: &[PointId]) {
        for point in points {
            if let Some(head) = self.heads.get(point) {
                self.began.entry(head.segment).or_default().push(*point);
                if head.full {
                    self.full.push(*point);
                }
            }
        }
    }

    /// Forgets heads that are in blocks now.
    pub fn remove(&mut self, points: &[PointId]) {
        for point in points {
            self.heads.remove(point);
        }
        // After many points came and went once.
        if self.heads.capacity() > 4_096 && self.heads.len() < self.heads.capacity() / 8 {
            self.heads.shrink_to(self.heads.len() * 2);
        }
    }
}
