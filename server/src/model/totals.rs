//! How long each state lasted and how often it began, kept over restarts: run hours go on counting.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use compute::{InState, StateTotals};
use serde::{Deserialize, Serialize};
use store::{Records, StateTotals as _, StateTotalsRecord};
use tokio_util::sync::CancellationToken;
use twin::{Span, Timestamp};

use crate::clock::Clock;
use crate::computing::{Computing, Property, SharedComputing};

/// Totals are written at most this often; a crash loses no more.
const EVERY: Duration = Duration::from_secs(60);

/// States copied under one hold of the lock.
const PART: usize = 500;

/// By asset and property.
pub type Known = BTreeMap<(String, String), StateTotals>;

/// Totals as stored; times in microseconds.
#[derive(Serialize, Deserialize)]
struct Stored {
    since: i64,
    until: i64,
    #[serde(default)]
    last: Option<String>,
    #[serde(default)]
    entered: Option<i64>,
    #[serde(default)]
    previous: Option<String>,
    #[serde(default)]
    unknown: i64,
    #[serde(default)]
    starts: u64,
    /// State, microseconds in it, entries.
    #[serde(default)]
    states: Vec<(String, i64, u64)>,
}

fn stored_from(totals: &StateTotals) -> Stored {
    let text = |text: &Option<Arc<str>>| text.as_deref().map(str::to_owned);
    let states = totals.states.iter();
    Stored {
        since: totals.since.micros(),
        until: totals.until.micros(),
        last: text(&totals.last),
        entered: totals.entered.map(Timestamp::micros),
        previous: text(&totals.previous),
        unknown: totals.unknown.micros(),
        starts: totals.starts,
        states: states
            .map(|(state, of)| (state.to_string(), of.time.micros(), of.entries))
            .collect(),
    }
}

fn totals_from(stored: Stored) -> StateTotals {
    let text = |text: Option<String>| text.map(Arc::from);
    let states = stored.states.into_iter();
    StateTotals {
        since: Timestamp::from_micros(stored.since),
        until: Timestamp::from_micros(stored.until),
        // Nobody can say what was while we did not look.
        state: None,
        last: text(stored.last),
        entered: stored.entered.map(Timestamp::from_micros),
        previous: text(stored.previous),
        unknown: Span::from_micros(stored.unknown),
        starts: stored.starts,
        states: states
            .map(|(state, micros, entries)| {
                let time = Span::from_micros(micros);
                (Arc::from(state), InState { time, entries })
            })
            .collect(),
    }
}

/// What an earlier run counted.
pub async fn read(records: &Records) -> anyhow::Result<Known> {
    let mut known = Known::new();
    for record in records.state_totals().await? {
        match serde_json::from_str::<Stored>(&record.document) {
            Ok(stored) => {
                known.insert((record.asset, record.property), totals_from(stored));
            }
            Err(error) => {
                let StateTotalsRecord { asset, property, .. } = record;
                tracing::error!(%asset, %property, %error, "stored times in states cannot be read");
            }
        }
    }
    Ok(known)
}

/// Writes what is counted now.
pub async fn write(records: &Records, computing: &SharedComputing, now: Timestamp) -> anyhow::Result<()> {
    let computing = computing.clone();
    let totals = tokio::task::spawn_blocking(move || all(&computing, now)).await??;
    if totals.is_empty() {
        return Ok(());
    }
    Ok(records.put_state_totals(&totals).await?)
}

/// Copied in parts: the engine waits for none of them long.
fn all(computing: &SharedComputing, now: Timestamp) -> Result<Vec<StateTotalsRecord>, serde_json::Error> {
    let states = {
        let computing = computing.read().unwrap_or_else(PoisonError::into_inner);
        computing.as_ref().map(Computing::states).unwrap_or_default()
    };
    let mut records = Vec::with_capacity(states.len());
    for part in states.chunks(PART) {
        let totals: Vec<_> = {
            let computing = computing.read().unwrap_or_else(PoisonError::into_inner);
            let Some(computing) = computing.as_ref() else {
                break;
            };
            let of = |state: &Property| Some((state.clone(), computing.totals(&state.0, &state.1, now)?));
            part.iter().filter_map(of).collect()
        };
        for ((asset, property), totals) in totals {
            records.push(StateTotalsRecord {
                asset: asset.to_string(),
                property: property.to_string(),
                document: serde_json::to_string(&stored_from(&totals))?,
            });
        }
    }
    Ok(records)
}

/// Writes them now and then, and once more at the end.
pub async fn keep(
    records: Records,
    computing: SharedComputing,
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
) {
    let mut every = tokio::time::interval(EVERY);
    every.reset();
    loop {
        let is_last = tokio::select! {
            _ = every.tick() => false,
            () = stop.cancelled() => true,
        };
        if let Err(error) = write(&records, &computing, clock.now()).await {
            tracing::error!(error = format!("{error:#}"), "times in states cannot be stored");
        }
        if is_last {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_come_back_but_for_what_nobody_saw() {
        let at = Timestamp::from_millis;
        let totals = StateTotals {
            since: at(1),
            until: at(9_000),
            state: Some("running".into()),
            last: Some("running".into()),
            entered: Some(at(4_000)),
            previous: Some("stopped".into()),
            unknown: Span::from_millis(7),
            starts: 3,
            states: vec![(
                "running".into(),
                InState {
                    time: Span::from_secs(5),
                    entries: 4,
                },
            )],
        };
        let json = serde_json::to_string(&stored_from(&totals)).expect("JSON");
        let again = totals_from(serde_json::from_str(&json).expect("the same"));
        assert_eq!(
            again,
            StateTotals {
                state: None,
                ..totals
            }
        );
    }
}
