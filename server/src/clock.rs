//! The one place where wall time enters.

use std::time::{SystemTime, UNIX_EPOCH};

use twin::Timestamp;

pub use connect::Clock;

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
    }
}

/// The same as calendars count it.
#[must_use]
pub fn civil_now() -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(SystemClock.now().micros()).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
}
