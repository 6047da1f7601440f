//! Reading a range: blocks and heads in time order, each reading once, decoding as little as the question allows.

use std::iter::Peekable;

use fjall::{Iter, Readable};
use twin::{PointId, Reading, Span, Timestamp};

use super::block::{
    BLOCK_SPAN_MICROS, MARK, Mark, include, include_all, key, merge, readings_from_block, usable_number,
};
use super::blocks::{Generation, View};
use super::{Bucket, HistoryError, Sample};

/// More readings than this are never held to be put in order.
const PENDING_MAX: usize = 100_000;

/// Who asks: gets whole blocks by their mark where it can use them, single readings otherwise.
pub trait Sink {
    /// A block that lies inside the range and overlaps no other. False when its readings are wanted.
    fn block(&mut self, mark: &Mark) -> bool;
    /// The next reading. False when no more are wanted.
    fn reading(&mut self, reading: Reading) -> bool;
}

/// Readings that lie together: a stored block, or a head.
enum Run {
    Stored { generation: usize, mark: Mark },
    Ready(Vec<Reading>),
}

impl Run {
    fn start(&self) -> Timestamp {
        match self {
            Self::Stored { mark, .. } => mark.start,
            Self::Ready(readings) => readings.first().map(Reading::time).unwrap_or_default(),
        }
    }

    fn end(&self) -> Timestamp {
        match self {
            Self::Stored { mark, .. } => mark.end,
            Self::Ready(readings) => readings.last().map(Reading::time).unwrap_or_default(),
        }
    }
}

/// The runs of one point that touch a range, by their start.
struct Runs {
    from: Timestamp,
    marks: Vec<(usize, Peekable<Marks>)>,
    head: Option<Run>,
}

/// The marks of one point in one generation.
struct Marks(Iter);

impl Iterator for Marks {
    type Item = Result<Mark, HistoryError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (key, value) = match self.0.next()?.into_inner() {
                Ok(entry) => entry,
                Err(error) => return Some(Err(HistoryError::blocks("read marks")(error))),
            };
            match Mark::from_stored(&key, &value) {
                Ok(mark) => return Some(Ok(mark)),
                Err(_) => tracing::warn!(key = ?key, "a damaged mark in the history is skipped"),
            }
        }
    }
}

impl Runs {
    fn new(view: &View, point: PointId, from: Timestamp, to: Timestamp, mut head: Vec<Reading>) -> Self {
        let earliest_start = from - Span::from_micros(BLOCK_SPAN_MICROS);
        let touches = |generation: &Generation| {
            let facts = generation.facts();
            facts.earliest < to && facts.latest >= from
        };
        let marks = view
            .generations
            .iter()
            .enumerate()
            .filter(|(_, generation)| touches(generation));
        let range = key(MARK, point, earliest_start, 0)..key(MARK, point, to, 0);
        let marks = marks
            .map(|(index, generation)| {
                let marks = Marks(view.snapshot.range(&generation.keyspace, range.clone()));
                (index, marks.peekable())
            })
            .collect();
        head.retain(|reading| reading.time() >= from && reading.time() < to);
        Self {
            from,
            marks,
            head: (!head.is_empty()).then_some(Run::Ready(head)),
        }
    }

    fn next(&mut self) -> Result<Option<Run>, HistoryError> {
        loop {
            let mut first: Option<(usize, Timestamp)> = None;
            for (at, (_, marks)) in self.marks.iter_mut().enumerate() {
                let start = match marks.peek() {
                    Some(Ok(mark)) => mark.start,
                    // An error is to be found first.
                    Some(Err(_)) => Timestamp::from_micros(i64::MIN),
                    None => continue,
                };
                if first.is_none_or(|(_, before)| start < before) {
                    first = Some((at, start));
                }
            }
            if let Some(head) = &self.head
                && first.is_none_or(|(_, start)| head.start() < start)
            {
                return Ok(self.head.take());
            }
            let Some((generation, marks)) = first.and_then(|(at, _)| self.marks.get_mut(at)) else {
                return Ok(None);
            };
            match marks.next().transpose()? {
                Some(mark) if mark.end >= self.from => {
                    return Ok(Some(Run::Stored {
                        generation: *generation,
                        mark,
                    }));
                }
                _ => {}
            }
        }
    }
}

impl View {
    /// Feeds the readings with `from <= time < to` to the sink, oldest first, each once.
    /// `head` must have been copied before the view was taken.
    pub fn scan(
        &self,
        point: PointId,
        from: Timestamp,
        to: Timestamp,
        head: Vec<Reading>,
        sink: &mut impl Sink,
    ) -> Result<(), HistoryError> {
        if from >= to {
            return Ok(());
        }
        let mut runs = Runs::new(self, point, from, to, head);
        let mut next = runs.next()?;
        // Readings that a later run may still mix with or repeat.
        let mut pending: Vec<Reading> = Vec::new();
        while let Some(run) = next.take() {
            next = runs.next()?;
            let settled = pending.partition_point(|reading| reading.time() < run.start());
            let settled = settled.max(pending.len().saturating_sub(PENDING_MAX));
            for reading in pending.drain(..settled) {
                if !sink.reading(reading) {
                    return Ok(());
                }
            }
            let alone = pending.is_empty() && next.as_ref().is_none_or(|next| next.start() > run.end());
            let mut readings = match run {
                Run::Ready(readings) => readings,
                Run::Stored { mark, .. }
                    if alone && mark.start >= from && mark.end < to && sink.block(&mark) =>
                {
                    continue;
                }
                Run::Stored { generation, mark } => self.read_block(generation, &mark)?,
            };
            readings.retain(|reading| reading.time() >= from && reading.time() < to);
            merge(&mut pending, readings);
        }
        pending.into_iter().all(|reading| sink.reading(reading));
        Ok(())
    }

    /// The last reading at or before `time`, from blocks.
    pub fn at(&self, point: PointId, time: Timestamp) -> Result<Option<Reading>, HistoryError> {
        let mut best: Option<Reading> = None;
        // The newest first: it nearly always has it, and the others need not be looked at.
        for (index, generation) in self.generations.iter().enumerate().rev() {
            let facts = *generation.facts();
            if facts.earliest > time || best.as_ref().is_some_and(|best| best.time() >= facts.latest) {
                continue;
            }
            let first = key(MARK, point, Timestamp::from_micros(i64::MIN), 0);
            let range = first..=key(MARK, point, time, u32::MAX);
            let mut newest_start = None;
            for entry in self.snapshot.range(&generation.keyspace, range).rev() {
                let (key, value) = entry.into_inner().map_err(HistoryError::blocks("read marks"))?;
                let Ok(mark) = Mark::from_stored(&key, &value) else {
                    continue;
                };
                let newest = *newest_start.get_or_insert(mark.start);
                // Blocks that begin earlier end before the newest begins.
                if newest.since(mark.start).micros() > BLOCK_SPAN_MICROS {
                    break;
                }
                if best.as_ref().is_some_and(|best| best.time() >= mark.end) {
                    continue;
                }
                let readings = self.read_block(index, &mark)?;
                let last = readings.into_iter().rfind(|reading| reading.time() <= time);
                if last.as_ref().map(Reading::time) > best.as_ref().map(Reading::time) {
                    best = last;
                }
            }
        }
        Ok(best)
    }

    fn read_block(&self, generation: usize, mark: &Mark) -> Result<Vec<Reading>, HistoryError> {
        let Some(generation) = self.generations.get(generation) else {
            return Ok(Vec::new());
        };
        let stored = self.snapshot.get(&generation.keyspace, mark.block_key());
        let stored = stored.map_err(HistoryError::blocks("read a block"))?;
        if let Some(readings) = stored.and_then(|bytes| readings_from_block(&bytes).ok()) {
            return Ok(readings);
        }
        tracing::warn!(point = %mark.point, start = mark.start.micros(), "a damaged block in the history is skipped");
        Ok(Vec::new())
    }
}

/// The first readings of a range.
pub struct Series {
    /// What was found.
    pub readings: Vec<Reading>,
    /// At most so many.
    pub limit: usize,
}

impl Sink for Series {
    fn block(&mut self, _: &Mark) -> bool {
        false
    }

    fn reading(&mut self, reading: Reading) -> bool {
        self.readings.push(reading);
        self.readings.len() < self.limit
    }
}

/// How many readings.
pub struct Count(pub u64);

impl Sink for Count {
    fn block(&mut self, mark: &Mark) -> bool {
        self.0 += mark.count;
        true
    }

    fn reading(&mut self, _: Reading) -> bool {
        self.0 += 1;
        true
    }
}

/// Every extreme of a range cut into buckets.
pub struct Extremes {
    from: i64,
    to: i64,
    buckets: Vec<Option<Bucket>>,
    /// Readings without a number in buckets that have none.
    unusable: Vec<u64>,
    /// The bucket of the last reading, and its edges: the next one is nearly always there too.
    current: usize,
    current_start: i64,
    current_end: i64,
}

impl Extremes {
    /// Over `from..to`.
    pub fn new(from: Timestamp, to: Timestamp, buckets: usize) -> Self {
        let (from, to) = (from.micros(), to.micros());
        let mut extremes = Self {
            from,
            to,
            buckets: vec![None; buckets],
            unusable: vec![0; buckets],
            current: 0,
            current_start: from,
            current_end: from,
        };
        extremes.current_end = extremes.edge(1);
        extremes
    }

    /// What was found: none where a bucket has no number.
    pub fn finish(mut self) -> Vec<Option<Bucket>> {
        for (bucket, unusable) in self.buckets.iter_mut().zip(self.unusable) {
            if let Some(bucket) = bucket {
                bucket.unusable += unusable;
            }
        }
        self.buckets
    }

    /// Where a bucket begins.
    fn edge(&self, bucket: usize) -> i64 {
        let width = i128::from(self.to) - i128::from(self.from);
        let offset = width * bucket as i128 / (self.buckets.len().max(1) as i128);
        (i128::from(self.from) + offset) as i64
    }

    fn bucket_of(&mut self, time: i64) -> usize {
        if time < self.current_start || time >= self.current_end {
            let width = i128::from(self.to) - i128::from(self.from);
            let offset = i128::from(time) - i128::from(self.from);
            // At most one too low, since edges are rounded down.
            self.current = (offset * self.buckets.len() as i128 / width.max(1)).max(0) as usize;
            self.current += usize::from(self.edge(self.current + 1) <= time);
            self.current_start = self.edge(self.current);
            self.current_end = self.edge(self.current + 1);
        }
        self.current.min(self.buckets.len().saturating_sub(1))
    }
}

impl Sink for Extremes {
    fn block(&mut self, mark: &Mark) -> bool {
        let at = self.bucket_of(mark.start.micros());
        if mark.end.micros() >= self.current_end {
            return false;
        }
        if let (Some(numbers), Some(bucket)) = (&mark.numbers, self.buckets.get_mut(at)) {
            include_all(bucket, numbers);
        } else if let Some(unusable) = self.unusable.get_mut(at) {
            *unusable += mark.unusable;
        }
        true
    }

    fn reading(&mut self, reading: Reading) -> bool {
        let time = reading.time();
        let at = self.bucket_of(time.micros());
        match (usable_number(&reading), self.buckets.get_mut(at)) {
            (Some(value), Some(bucket)) => include(bucket, Sample { time, value }),
            _ => self
                .unusable
                .get_mut(at)
                .into_iter()
                .for_each(|unusable| *unusable += 1),
        }
        true
    }
}
