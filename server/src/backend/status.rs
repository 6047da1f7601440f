//! `/status`: what runs, how far back history reaches, what passes through.

use access::Capability;
use app::api::backend::Viewer;
use app::api::error::ApiError;
use app::i18n::Messages;
use twin::Timestamp;
use wire::page::StatusPage;

use super::{Gemba, internal};
use crate::access::check_everywhere;
use crate::metrics::Figure;

/// Gaps listed.
const GAPS: usize = 20;

impl Gemba {
    pub(super) async fn status_page(&self, viewer: &Viewer) -> Result<StatusPage, ApiError> {
        check_everywhere(viewer, Capability::SeeStatus)?;
        let now = self.clock.now();
        let history = self.history.clone();
        let read = move || {
            (
                history.reach(),
                history.size_bytes(),
                history.gaps(Timestamp::from_micros(0), now),
            )
        };
        let (reach, bytes, gaps) = tokio::task::spawn_blocking(read)
            .await
            .map_err(|error| internal(&error))?;
        let gaps = gaps.map_err(|error| internal(&error))?;
        let sources = self.plant.sources.all();
        Ok(StatusPage {
            version: self.build.clone(),
            started_millis: self.started.millis(),
            history_from_millis: reach.map(Timestamp::millis),
            history_bytes: bytes,
            history_limit_bytes: self.history_limits.keep_bytes,
            history_limit_days: self.history_limits.keep_days,
            history_gaps: gaps
                .iter()
                .rev()
                .take(GAPS)
                .map(|(from, to)| (from.millis(), to.millis()))
                .collect(),
            history_set_aside: self
                .history
                .set_aside()
                .iter()
                .map(|place| place.display().to_string())
                .collect(),
            sockets: self.sockets(),
            messages_per_sec: sources
                .iter()
                .map(|source| source.card(Messages::default(), now, 0, 0).messages_per_sec)
                .sum(),
            memory_bytes: resident_bytes(),
        })
    }

    fn sockets(&self) -> u32 {
        let open = self.hub.figures().into_iter().find_map(|figure| match figure {
            Figure::Gauge("gemba_sockets", _, open) => Some(open),
            _ => None,
        });
        open.unwrap_or(0.0) as u32
    }
}

/// Resident memory as Linux tells it.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim()
        .strip_suffix("kB")?
        .trim()
        .parse::<u64>()
        .ok()
        .map(|kib| kib * 1024)
}
