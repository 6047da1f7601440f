//! Who may go late next, without asking everybody: points in buckets of one second.

use std::collections::BTreeMap;

use crate::id::PointId;
use crate::time::{Span, Timestamp};

/// Emptied buckets kept for the next second.
const SPARE: usize = 16;
const SECOND: i64 = 1_000_000;

/// The seconds in which some point's freshness may change by itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct DueList {
    buckets: BTreeMap<i64, Vec<PointId>>,
    spare: Vec<Vec<PointId>>,
}

impl DueList {
    /// The bucket of a deadline.
    pub(crate) const fn bucket(deadline: Timestamp) -> i64 {
        deadline.micros().div_euclid(SECOND)
    }

    /// Puts a point into a bucket.
    pub(crate) fn push(&mut self, bucket: i64, point: PointId) {
        self.buckets
            .entry(bucket)
            .or_insert_with(|| self.spare.pop().unwrap_or_default())
            .push(point);
    }

    /// When the first bucket is over.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.buckets.keys().next().map(|bucket| Self::end(*bucket))
    }

    /// Takes up to `limit` points whose second is over, with the bucket they were in.
    pub(crate) fn pop(&mut self, now: Timestamp, limit: usize) -> Option<(i64, Vec<PointId>)> {
        let mut first = self.buckets.first_entry()?;
        let bucket = *first.key();
        if Self::end(bucket) > now {
            return None;
        }
        let all = first.get_mut();
        if all.len() <= limit {
            return Some((bucket, first.remove()));
        }
        let taken = all.split_off(all.len() - limit);
        Some((bucket, taken))
    }

    /// Gives an emptied bucket back.
    pub(crate) fn reuse(&mut self, mut bucket: Vec<PointId>) {
        if self.spare.len() < SPARE {
            bucket.clear();
            self.spare.push(bucket);
        }
    }

    pub(crate) fn clear(&mut self) {
        self.buckets.clear();
    }

    fn end(bucket: i64) -> Timestamp {
        Timestamp::from_micros(bucket.saturating_mul(SECOND)) + Span::from_micros(SECOND)
    }
}
