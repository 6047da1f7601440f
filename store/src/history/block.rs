//! Blocks: up to a few hundred readings of one point in time order, and the mark that sums one up.

use twin::{PointId, Quality, Reading, Timestamp};

use super::codec::{Corrupt, Decoder, Encoder, Input, put_unsigned};
use super::{Bucket, Sample};

/// Readings in a block, at most.
pub const BLOCK_READINGS: usize = 512;
/// A block never spans more than this, so a query knows how far back to look for one that reaches into it.
pub const BLOCK_SPAN_MICROS: i64 = 6 * 3_600 * 1_000_000;
/// Texts can be long: a block is closed beyond this size whatever it counts.
pub const BLOCK_BYTES: usize = 64 * 1_024;

const VERSION: u8 = 1;

/// What is known of a block without decoding it.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Whose readings.
    pub point: PointId,
    /// The earliest.
    pub start: Timestamp,
    /// The latest.
    pub end: Timestamp,
    /// Tells blocks apart that begin at the same time.
    pub number: u32,
    /// How many readings.
    pub count: u64,
    /// How many of them have no usable number.
    pub unusable: u64,
    /// The numbers in it; none where no reading has one.
    pub numbers: Option<Bucket>,
}

/// A block and its mark, ready to be stored.
pub struct Block {
    /// What it sums up to.
    pub mark: Mark,
    /// Its stored form.
    pub bytes: Vec<u8>,
}

/// The number of a reading that may be drawn: finite, and not of bad quality.
pub fn usable_number(reading: &Reading) -> Option<f64> {
    let number = reading.value.as_ref()?.as_number()?;
    (reading.quality != Quality::Bad && number.is_finite()).then_some(number)
}

/// Sorts by time, then by arrival, and drops what came twice.
///
/// The same reading is one with the same time, source time and value: a second *different* value
/// under one stamp (a source that stamps whole seconds) is a fact of its own and stays.
pub fn sort_and_dedupe(readings: &mut Vec<Reading>) {
    readings.sort_by_key(|reading| (reading.time(), reading.arrival));
    let mut kept: Vec<Reading> = Vec::with_capacity(readings.len());
    merge(&mut kept, std::mem::take(readings));
    *readings = kept;
}

/// Adds sorted readings to sorted ones, by the same rule.
pub fn merge(sorted: &mut Vec<Reading>, mut more: Vec<Reading>) {
    let order = |reading: &Reading| (reading.time(), reading.arrival);
    if sorted.last().map(order) > more.first().map(order) {
        more.append(sorted);
        more.sort_by_key(order);
    }
    for reading in more {
        if !is_among_last(sorted, &reading) {
            sorted.push(reading);
        }
    }
}

/// Whether `sorted` ends with this reading, or has it among those of the same time just before.
fn is_among_last(sorted: &[Reading], reading: &Reading) -> bool {
    let same_time = sorted
        .iter()
        .rev()
        .take(64)
        .take_while(|other| other.time() == reading.time());
    same_time.into_iter().any(|other| is_same(other, reading))
}

/// Whether one of the two is a redelivery of the other.
pub fn is_same(a: &Reading, b: &Reading) -> bool {
    a.source_time == b.source_time && a.time() == b.time() && a.value == b.value
}

/// Cuts sorted readings into blocks, numbered from `number` on.
pub fn blocks_from_readings(point: PointId, readings: &[Reading], mut number: u32) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut rest = readings;
    while let Some(first) = rest.first() {
        let mut encoder = Encoder::default();
        let end = first.time().micros().saturating_add(BLOCK_SPAN_MICROS);
        let mut count = 0;
        for reading in rest.iter().take(BLOCK_READINGS) {
            if reading.time().micros() > end || (count > 0 && encoder.bytes().len() > BLOCK_BYTES) {
                break;
            }
            encoder.push(reading);
            count += 1;
        }
        let (taken, after) = rest.split_at(count);
        rest = after;
        let mut bytes = vec![VERSION];
        put_unsigned(&mut bytes, taken.len() as u64);
        bytes.extend_from_slice(encoder.bytes());
        blocks.push(Block {
            mark: mark_from_readings(point, taken, number),
            bytes,
        });
        number = number.wrapping_add(1);
    }
    blocks
}

/// The readings of a block.
pub fn readings_from_block(bytes: &[u8]) -> Result<Vec<Reading>, Corrupt> {
    let mut input = Input(bytes);
    if input.byte()? != VERSION {
        return Err(Corrupt);
    }
    let count = usize::try_from(input.unsigned()?).unwrap_or(usize::MAX);
    if count > BLOCK_READINGS {
        return Err(Corrupt);
    }
    let mut readings = Vec::with_capacity(count);
    for reading in Decoder::new(input.0).take(count.saturating_add(1)) {
        readings.push(reading?);
    }
    if readings.len() == count {
        Ok(readings)
    } else {
        Err(Corrupt)
    }
}

fn mark_from_readings(point: PointId, readings: &[Reading], number: u32) -> Mark {
    let mut numbers = None;
    let mut unusable = 0;
    for reading in readings {
        match usable_number(reading) {
            Some(value) => include(
                &mut numbers,
                Sample {
                    time: reading.time(),
                    value,
                },
            ),
            None => unusable += 1,
        }
    }
    if let Some(bucket) = &mut numbers {
        bucket.unusable = unusable;
    }
    let time = |reading: Option<&Reading>| reading.map(Reading::time).unwrap_or_default();
    Mark {
        point,
        start: time(readings.first()),
        end: time(readings.last()),
        number,
        count: readings.len() as u64,
        unusable,
        numbers,
    }
}

/// Counts one more number. Numbers come in time order.
pub fn include(bucket: &mut Option<Bucket>, sample: Sample) {
    let bucket = bucket.get_or_insert(Bucket {
        min: sample,
        max: sample,
        first: sample,
        last: sample,
        count: 0,
        unusable: 0,
    });
    if sample.value < bucket.min.value {
        bucket.min = sample;
    }
    if sample.value > bucket.max.value {
        bucket.max = sample;
    }
    bucket.last = sample;
    bucket.count += 1;
}

/// Counts another bucket that lies behind.
pub fn include_all(bucket: &mut Option<Bucket>, later: &Bucket) {
    let Some(bucket) = bucket else {
        *bucket = Some(*later);
        return;
    };
    if later.min.value < bucket.min.value {
        bucket.min = later.min;
    }
    if later.max.value > bucket.max.value {
        bucket.max = later.max;
    }
    bucket.last = later.last;
    bucket.count += later.count;
    bucket.unusable += later.unusable;
}

/// Length of a key.
pub const KEY_BYTES: usize = 17;
/// First byte of a mark's key.
pub const MARK: u8 = b'm';
/// First byte of a block's key.
pub const BLOCK: u8 = b'b';

/// The key of a mark or a block: kind, point, start, number, in sorting order.
pub fn key(kind: u8, point: PointId, start: Timestamp, number: u32) -> [u8; KEY_BYTES] {
    let mut key = [kind; KEY_BYTES];
    let start = (start.micros() as u64) ^ (1 << 63);
    let parts = point
        .get()
        .to_be_bytes()
        .into_iter()
        .chain(start.to_be_bytes())
        .chain(number.to_be_bytes());
    key.iter_mut()
        .skip(1)
        .zip(parts)
        .for_each(|(to, from)| *to = from);
    key
}

impl Mark {
    /// The key of the block.
    pub fn block_key(&self) -> [u8; KEY_BYTES] {
        key(BLOCK, self.point, self.start, self.number)
    }

    /// The key of the mark.
    pub fn key(&self) -> [u8; KEY_BYTES] {
        key(MARK, self.point, self.start, self.number)
    }

    /// The stored form, beside the key.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(72);
        bytes.push(VERSION);
        let offset = |time: Timestamp| time.since(self.start).micros() as u64;
        put_unsigned(&mut bytes, offset(self.end));
        put_unsigned(&mut bytes, self.count);
        put_unsigned(&mut bytes, self.unusable);
        if let Some(numbers) = &self.numbers {
            for sample in [numbers.min, numbers.max, numbers.first, numbers.last] {
                put_unsigned(&mut bytes, offset(sample.time));
                bytes.extend(sample.value.to_le_bytes());
            }
        }
        bytes
    }

    /// From its key and its stored form.
    pub fn from_stored(key: &[u8], bytes: &[u8]) -> Result<Self, Corrupt> {
        let mut key = Input(key);
        key.byte()?;
        let point = PointId::new(u32::from_be_bytes(key.array()?));
        let start = Timestamp::from_micros((u64::from_be_bytes(key.array()?) ^ (1 << 63)) as i64);
        let number = u32::from_be_bytes(key.array()?);
        let mut input = Input(bytes);
        if input.byte()? != VERSION {
            return Err(Corrupt);
        }
        let at = |offset: u64| {
            start
                .micros()
                .checked_add_unsigned(offset)
                .map(Timestamp::from_micros)
                .ok_or(Corrupt)
        };
        let end = at(input.unsigned()?)?;
        let count = input.unsigned()?;
        let unusable = input.unsigned()?;
        let mut sample = || {
            let time = at(input.unsigned()?)?;
            Ok(Sample {
                time,
                value: f64::from_le_bytes(input.array()?),
            })
        };
        let numbers = match count.checked_sub(unusable).ok_or(Corrupt)? {
            0 => None,
            count => Some(Bucket {
                min: sample()?,
                max: sample()?,
                first: sample()?,
                last: sample()?,
                count,
                unusable,
            }),
        };
        Ok(Self {
            point,
            start,
            end,
            number,
            count,
            unusable,
            numbers,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::codec::tests::any_reading;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn blocks_hold_what_they_were_cut_from(
            mut readings in proptest::collection::vec(any_reading(), 0..200),
        ) {
            sort_and_dedupe(&mut readings);
            let point = PointId::new(7);
            let mut back = Vec::new();
            for block in blocks_from_readings(point, &readings, 3) {
                prop_assert!(block.mark.end.since(block.mark.start).micros() <= BLOCK_SPAN_MICROS);
                prop_assert_eq!(&Mark::from_stored(&block.mark.key(), &block.mark.bytes()).unwrap(), &block.mark);
                back.extend(readings_from_block(&block.bytes).unwrap());
            }
            prop_assert_eq!(back, readings);
        }

        #[test]
        fn any_bytes_are_a_block_or_corrupt(
            key in proptest::collection::vec(any::<u8>(), 0..20),
            mut bytes in proptest::collection::vec(any::<u8>(), 1..120),
        ) {
            for version in [bytes[0], VERSION] {
                bytes[0] = version;
                let read = readings_from_block(&bytes).map_or(0, |readings| readings.len());
                prop_assert!(read <= BLOCK_READINGS);
                let mark = Mark::from_stored(&key, &bytes);
                prop_assert!(mark.is_err() || bytes[0] == VERSION);
            }
        }

        #[test]
        fn keys_sort_as_times_do(a in any::<(u32, i64, u32)>(), b in any::<(u32, i64, u32)>()) {
            let of = |(point, start, number): (u32, i64, u32)| {
                key(BLOCK, PointId::new(point), Timestamp::from_micros(start), number)
            };
            prop_assert_eq!(of(a).cmp(&of(b)), a.cmp(&b));
        }
    }
}
