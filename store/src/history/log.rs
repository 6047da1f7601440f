//! The append log: what makes a reading durable, before it is in a block.
//!
//! A directory of segments, each named by the sequence number of its first reading. A segment is a run of
//! records: length (u32), checksum (xxh3, u64), then the readings of one commit, in little endian.
//! Every reading has a sequence number, counted on from the start of its segment's name.
//!
//! After a failed write the segment is cut back to its last whole record. After a failed sync it is closed
//! for good, since nobody can say which of its pages reached the disk, and the next append starts a new one;
//! its sequence numbers are not given again.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use twin::{PointId, Reading};
use xxhash_rust::xxh3::xxh3_64;

use super::codec::{Corrupt, Decoder, Encoder, Input, put_unsigned};
use super::{Durability, HistoryError};

const VERSION: u8 = 1;
const HEADER_BYTES: usize = 12;
/// Longer records are not believed when read. A commit is cut into records far smaller.
const RECORD_BYTES_MAX: usize = 64 << 20;
/// A commit is cut into records of about this size.
const RECORD_BYTES: usize = 1 << 20;

/// One file of the log.
#[derive(Debug)]
struct Segment {
    /// Sequence number of its first reading: its name.
    first: u64,
    path: PathBuf,
    /// Up to the end of the last whole record.
    bytes: u64,
}

/// The log, open for appending.
#[derive(Debug)]
pub struct Log {
    dir: PathBuf,
    segment_bytes: u64,
    /// Oldest first; the last one is being written while `active` is there.
    segments: VecDeque<Segment>,
    active: Option<File>,
    /// Sequence number of the next reading.
    next: u64,
    /// Whether something written is not synced yet.
    unsynced: bool,
    buffer: Vec<u8>,
    encoder: Encoder,
}

/// Where the readings of a commit went.
#[derive(Debug, Clone, Copy)]
pub struct Appended {
    /// Sequence number of the first of them.
    pub first: u64,
    /// The segment that holds them.
    pub segment: u64,
}

impl Log {
    /// Reads the log in `dir` from its oldest reading on. `each` gets segment, sequence number, point and
    /// reading. New readings are numbered from `next` on, or from where the log ends.
    pub fn open(
        dir: &Path,
        segment_bytes: u64,
        next: u64,
        mut each: impl FnMut(u64, u64, PointId, Reading),
    ) -> Result<Self, HistoryError> {
        std::fs::create_dir_all(dir).map_err(HistoryError::io("make", dir))?;
        let mut log = Self {
            dir: dir.to_owned(),
            segment_bytes,
            segments: VecDeque::new(),
            active: None,
            next: next.max(1),
            unsynced: false,
            buffer: Vec::new(),
            encoder: Encoder::default(),
        };
        for (first, path) in segment_files(dir)? {
            let content = std::fs::read(&path).map_err(HistoryError::io("read", &path))?;
            let (count, whole) = replay(&content, |index, point, reading| {
                each(first, first.saturating_add(index), point, reading);
            });
            if whole < content.len() {
                tracing::warn!(
                    segment = %path.display(), whole, length = content.len(),
                    "a segment of the history log ends in an unfinished record, which is dropped",
                );
            }
            log.next = log.next.max(first.saturating_add(count));
            if count == 0 {
                std::fs::remove_file(&path).map_err(HistoryError::io("remove", &path))?;
            } else {
                log.segments.push_back(Segment {
                    first,
                    path,
                    bytes: whole as u64,
                });
            }
        }
        Ok(log)
    }

    /// Bytes in all segments.
    pub fn bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.bytes).sum()
    }

    /// The oldest segment, unless it is the one being written.
    pub fn oldest_sealed(&self) -> Option<u64> {
        let open = usize::from(self.active.is_some());
        (self.segments.len() > open)
            .then(|| self.segments.front().map(|segment| segment.first))
            .flatten()
    }

    /// Appends a commit. After an error the same batch may be appended again.
    pub fn append(
        &mut self,
        batch: &[(PointId, Reading)],
        durability: Durability,
    ) -> Result<Appended, HistoryError> {
        self.make_room()?;
        let mut buffer = std::mem::take(&mut self.buffer);
        encode(&mut buffer, &mut self.encoder, batch);
        let written = self.write(&buffer);
        buffer.clear();
        buffer.shrink_to(RECORD_BYTES);
        self.buffer = buffer;
        let segment = written?;
        let appended = Appended {
            first: self.next,
            segment,
        };
        self.next += batch.len() as u64;
        if durability == Durability::Synced {
            self.sync()?;
        }
        Ok(appended)
    }

    /// Makes everything appended so far durable (fdatasync).
    pub fn sync(&mut self) -> Result<(), HistoryError> {
        let (Some(file), Some(segment)) = (&self.active, self.segments.back()) else {
            return Ok(());
        };
        if self.unsynced {
            let synced = file.sync_data().map_err(HistoryError::io("sync", &segment.path));
            self.unsynced = false;
            if synced.is_err() {
                self.abandon();
            }
            return synced;
        }
        Ok(())
    }

    /// Removes the oldest segment: its readings are all in blocks.
    pub fn remove_oldest(&mut self) -> Result<(), HistoryError> {
        if self.oldest_sealed().is_some()
            && let Some(segment) = self.segments.front()
        {
            std::fs::remove_file(&segment.path).map_err(HistoryError::io("remove", &segment.path))?;
            self.segments.pop_front();
        }
        Ok(())
    }

    /// Ends the active segment: nobody writes to the files until the next append.
    pub fn close(&mut self) -> Result<(), HistoryError> {
        self.sync()?;
        self.active = None;
        if let Some(segment) = self.segments.pop_back_if(|segment| segment.bytes == 0) {
            std::fs::remove_file(&segment.path).map_err(HistoryError::io("remove", &segment.path))?;
        }
        Ok(())
    }

    /// Sees to it that there is a segment to write to, with room.
    fn make_room(&mut self) -> Result<(), HistoryError> {
        if self.active.is_some() {
            if self
                .segments
                .back()
                .is_some_and(|segment| segment.bytes < self.segment_bytes)
            {
                return Ok(());
            }
            self.sync()?;
            self.active = None;
        }
        let (path, file) = loop {
            let path = self.dir.join(format!("{:016x}.log", self.next));
            match OpenOptions::new().create_new(true).append(true).open(&path) {
                Ok(file) => break (path, file),
                // Left over from a fault; it holds nothing that was promised.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => self.next += 1,
                Err(source) => return Err(HistoryError::io("make", &path)(source)),
            }
        };
        let listed = File::open(&self.dir).and_then(|dir| dir.sync_all());
        if let Err(source) = listed {
            // Without its name on disk the segment would be lost with the power.
            self.next += 1;
            return Err(HistoryError::io("sync", &self.dir)(source));
        }
        self.segments.push_back(Segment {
            first: self.next,
            path,
            bytes: 0,
        });
        self.active = Some(file);
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<u64, HistoryError> {
        let (Some(file), Some(segment)) = (&mut self.active, self.segments.back_mut()) else {
            return Err(HistoryError::io("write", &self.dir)(ErrorKind::NotFound.into()));
        };
        match file.write_all(bytes) {
            Ok(()) => {
                segment.bytes += bytes.len() as u64;
                self.unsynced = true;
                Ok(segment.first)
            }
            Err(source) => {
                let error = HistoryError::io("write", &segment.path)(source);
                if file.set_len(segment.bytes).is_err() {
                    self.abandon();
                }
                Err(error)
            }
        }
    }

    /// Closes the active segment after a fault. One number is left out, so that no later segment can
    /// have its name.
    fn abandon(&mut self) {
        self.active = None;
        self.next += 1;
    }
}

/// The segments in `dir`, oldest first.
fn segment_files(dir: &Path) -> Result<Vec<(u64, PathBuf)>, HistoryError> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(HistoryError::io("list", dir))? {
        let path = entry.map_err(HistoryError::io("list", dir))?.path();
        let is_log = path.extension().is_some_and(|extension| extension == "log");
        let stem = path.file_stem().and_then(|stem| stem.to_str()).filter(|_| is_log);
        if let Some(first) = stem.and_then(|stem| u64::from_str_radix(stem, 16).ok()) {
            files.push((first, path));
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// The records of a commit: usually one.
pub fn encode(buffer: &mut Vec<u8>, encoder: &mut Encoder, batch: &[(PointId, Reading)]) {
    let mut rest = batch;
    while !rest.is_empty() {
        encoder.clear();
        let mut count = 0;
        for (_, reading) in rest {
            if encoder.bytes().len() >= RECORD_BYTES {
                break;
            }
            encoder.push(reading);
            count += 1;
        }
        let (now, later) = rest.split_at(count);
        rest = later;
        let start = buffer.len();
        buffer.extend([0; HEADER_BYTES]);
        buffer.push(VERSION);
        put_unsigned(buffer, now.len() as u64);
        now.iter()
            .for_each(|(point, _)| put_unsigned(buffer, u64::from(point.get())));
        buffer.extend_from_slice(encoder.bytes());
        if let Some((header, payload)) = buffer
            .get_mut(start..)
            .and_then(|record| record.split_first_chunk_mut::<HEADER_BYTES>())
        {
            let length = (payload.len() as u32).to_le_bytes();
            let sum = xxh3_64(payload).to_le_bytes();
            header
                .iter_mut()
                .zip(length.into_iter().chain(sum))
                .for_each(|(to, from)| *to = from);
        }
    }
}

/// Hands out the readings of every whole record: index in the segment, point, reading.
/// Returns how many there were, and up to which byte the records are whole.
fn replay(content: &[u8], mut each: impl FnMut(u64, PointId, Reading)) -> (u64, usize) {
    let mut input = Input(content);
    let mut count = 0;
    let mut whole = 0;
    while let Ok(readings) = read_record(&mut input) {
        for (point, reading) in readings {
            each(count, point, reading);
            count += 1;
        }
        whole = content.len() - input.0.len();
    }
    (count, whole)
}

/// What [`encode`] wrote, whole.
pub fn decode_records(content: &[u8]) -> Result<Vec<(PointId, Reading)>, Corrupt> {
    let mut readings = Vec::new();
    let (_, whole) = replay(content, |_, point, reading| readings.push((point, reading)));
    if whole == content.len() {
        Ok(readings)
    } else {
        Err(Corrupt)
    }
}

fn read_record(input: &mut Input<'_>) -> Result<Vec<(PointId, Reading)>, Corrupt> {
    let length = u32::from_le_bytes(input.array()?) as usize;
    let sum = u64::from_le_bytes(input.array()?);
    if length > RECORD_BYTES_MAX {
        return Err(Corrupt);
    }
    let payload = input.take(length)?;
    if xxh3_64(payload) != sum {
        return Err(Corrupt);
    }
    let mut payload = Input(payload);
    if payload.byte()? != VERSION {
        return Err(Corrupt);
    }
    let count = usize::try_from(payload.unsigned()?).unwrap_or(usize::MAX);
    // A point takes at least one byte.
    if count > payload.0.len() {
        return Err(Corrupt);
    }
    let mut points = Vec::with_capacity(count);
    for _ in 0..count {
        let number = u32::try_from(payload.unsigned()?).unwrap_or(u32::MAX);
        points.push(PointId::new(number));
    }
    let readings: Vec<Reading> = Decoder::new(payload.0).collect::<Result<_, _>>()?;
    if readings.len() != count {
        return Err(Corrupt);
    }
    Ok(points.into_iter().zip(readings).collect())
}

#[cfg(test)]
mod tests {
    use super::super::codec::tests::any_reading;
    use super::*;
    use proptest::prelude::*;

    fn batches() -> impl Strategy<Value = Vec<Vec<(PointId, Reading)>>> {
        let entry = (1_u32..2_000, any_reading()).prop_map(|(point, reading)| (PointId::new(point), reading));
        proptest::collection::vec(proptest::collection::vec(entry, 1..20), 1..8)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn gives_back_whole_records_and_drops_a_torn_one(
            batches in batches(), torn in 0_usize..40, segment_bytes in 1_u64..400,
        ) {
            let dir = tempfile::tempdir().unwrap();
            let mut log = Log::open(dir.path(), segment_bytes, 1, |_, _, _, _| {}).unwrap();
            for batch in &batches {
                log.append(batch, Durability::Buffered).unwrap();
            }
            let (_, last) = segment_files(dir.path()).unwrap().pop().unwrap();
            let length = std::fs::metadata(&last).unwrap().len();
            OpenOptions::new().write(true).open(&last).unwrap().set_len(length.saturating_sub(torn as u64)).unwrap();
            let mut sequence = 0;
            let mut back = Vec::new();
            let log = Log::open(dir.path(), segment_bytes, 1, |_, number, point, reading| {
                assert_eq!(number, sequence + 1);
                sequence = number;
                back.push((point, reading));
            }).unwrap();
            let all = batches.concat();
            prop_assert!(back.len() == all.len() || torn > 0);
            prop_assert_eq!(&back[..], &all[..back.len()]);
            prop_assert_eq!(log.next, back.len() as u64 + 1);
        }

        #[test]
        fn takes_any_bytes(mut content in proptest::collection::vec(any::<u8>(), 0..200)) {
            replay(&content, |_, _, _| {});
            let sum = xxh3_64(&content);
            let mut record = (content.len() as u32).to_le_bytes().to_vec();
            record.extend(sum.to_le_bytes());
            record.append(&mut content);
            replay(&record, |_, _, _| {});
        }
    }
}
