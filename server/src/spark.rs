//! Small trends for tables and cards: the last eight hours of a point in 48 slices, or what is known of it in as
//! many where that is little.
//!
//! Read from the history off the page's thread and kept for half a minute.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use store::History;
use twin::{PointId, Span, Timestamp};
use wire::page::{PointView, Spark};

const REACH: Span = Span::from_secs(8 * 3_600);
const SLICES: usize = 48;
/// What is known of a point is drawn over the whole width from so many slices on.
const ENOUGH: usize = 12;
/// No shorter time is drawn.
const LEAST: Span = Span::from_secs(600);
const KEEP: Span = Span::from_secs(30);
/// Points whose trend is kept.
const MOST_KEPT: usize = 5_000;

/// Makes and keeps small trends.
pub struct Sparks {
    history: Arc<History>,
    kept: Mutex<BTreeMap<PointId, (Timestamp, Spark)>>,
}

impl Sparks {
    /// Over this history.
    #[must_use]
    pub fn new(history: Arc<History>) -> Self {
        Self {
            history,
            kept: Mutex::default(),
        }
    }

    /// Gives each view its trend.
    pub async fn fill(self: &Arc<Self>, now: Timestamp, views: Vec<&mut PointView>) {
        let points: Vec<PointId> = views.iter().map(|view| PointId::new(view.info.point)).collect();
        let sparks = self.clone();
        let made = tokio::task::spawn_blocking(move || sparks.make(now, &points)).await;
        match made {
            Ok(made) => views
                .into_iter()
                .zip(made)
                .for_each(|(view, spark)| view.spark = spark),
            Err(error) => tracing::error!(%error, "small trends cannot be made"),
        }
    }

    /// Forgets all of them: the history reaches further back than it did.
    pub fn forget(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn make(&self, now: Timestamp, points: &[PointId]) -> Vec<Option<Spark>> {
        points
            .iter()
            .map(|point| self.kept(now, *point).or_else(|| self.read(now, *point)))
            .collect()
    }

    fn kept(&self, now: Timestamp, point: PointId) -> Option<Spark> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&point)
            .filter(|(at, _)| now.since(*at) < KEEP)
            .map(|(_, spark)| spark.clone())
    }

    fn read(&self, now: Timestamp, point: PointId) -> Option<Spark> {
        let read = |from| self.history.extremes(point, from, now, SLICES);
        let known = |buckets: &[Option<_>]| buckets.iter().position(Option::is_some).map(|at| SLICES - at);
        let mut from = now - REACH;
        let mut buckets = read(from);
        // A line of a few slices would be a dot.
        while let Ok(few) = &buckets
            && let Some(slices) = known(few).filter(|slices| *slices < ENOUGH)
            && now.since(from) > LEAST
        {
            let slice = now.since(from).micros() / SLICES as i64;
            from = (now - Span::from_micros(slice * slices as i64)).min(now - LEAST);
            buckets = read(from);
        }
        let buckets = match buckets {
            Ok(buckets) => buckets,
            Err(error) => {
                tracing::warn!(%point, %error, "history cannot be read");
                return None;
            }
        };
        let spark = Spark {
            from_millis: from.millis(),
            to_millis: now.millis(),
            buckets: buckets
                .iter()
                .map(|bucket| bucket.map(|b| (b.min.value, b.max.value)))
                .collect(),
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.insert(point, (now, spark.clone()));
        Some(spark)
    }
}
