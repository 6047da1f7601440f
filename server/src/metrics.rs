//! `/metrics`: what the server counts, in OpenMetrics for who asks for it, else in Prometheus' text format.
//!
//! Counters are plain atomics bumped where things happen; they are read here, once per scrape.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, text};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    /// Adds.
    pub fn add(&self, amount: u64) {
        self.0.fetch_add(amount, Relaxed);
    }

    /// Reads.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }

    /// Replaces; for gauges.
    pub fn set(&self, value: u64) {
        self.0.store(value, Relaxed);
    }
}

/// One figure to export.
#[derive(Clone, Copy, Debug)]
pub enum Figure {
    /// Only grows.
    Counter(&'static str, &'static str, u64),
    /// Seconds spent, in all; given in microseconds.
    Spent(&'static str, &'static str, u64),
    /// Goes up and down.
    Gauge(&'static str, &'static str, f64),
}

/// What the engine and its neighbours count.
#[derive(Debug, Default)]
pub struct Metrics {
    pub messages: Count,
    pub readings: Count,
    pub problems: Count,
    pub dropped_readings: Count,
    pub handle_micros: Count,
    pub slowest_handle_micros: Count,
    pub committed_readings: Count,
    pub acknowledged: Count,
    pub pages: Count,
    pub browser_panics: Count,
    pub refused_connections: Count,
    pub too_many_requests: Count,
    pub engine_queue: Count,
    pub history_queue: Count,
}

impl Metrics {
    /// The figures, in a fixed order.
    #[must_use]
    pub fn figures(&self) -> Vec<Figure> {
        use Figure::{Counter, Gauge};
        vec![
            Counter(
                "gemba_messages",
                "Messages taken from sources",
                self.messages.get(),
            ),
            Counter(
                "gemba_readings",
                "Readings applied to the twin",
                self.readings.get(),
            ),
            Counter(
                "gemba_problems",
                "Payloads that could not be read",
                self.problems.get(),
            ),
            Counter(
                "gemba_dropped_readings",
                "Readings shown but not stored",
                self.dropped_readings.get(),
            ),
            Figure::Spent(
                "gemba_engine_busy_seconds",
                "Time spent applying inputs",
                self.handle_micros.get(),
            ),
            Counter(
                "gemba_committed_readings",
                "Readings made durable",
                self.committed_readings.get(),
            ),
            Counter(
                "gemba_acknowledged_messages",
                "Messages acknowledged after commit",
                self.acknowledged.get(),
            ),
            Counter("gemba_pages", "Pages rendered", self.pages.get()),
            Counter(
                "gemba_browser_panics",
                "Panics reported by browsers",
                self.browser_panics.get(),
            ),
            Counter(
                "gemba_refused_connections",
                "Connections turned away, as there were too many",
                self.refused_connections.get(),
            ),
            Counter(
                "gemba_too_many_requests",
                "Requests answered 429, as their address, account or link had asked too often",
                self.too_many_requests.get(),
            ),
            Gauge(
                "gemba_engine_slowest_slice_seconds",
                "Longest slice of the engine so far",
                self.slowest_handle_micros.get() as f64 / 1e6,
            ),
            Gauge(
                "gemba_engine_queue",
                "Batches waiting for the engine",
                self.engine_queue.get() as f64,
            ),
            Gauge(
                "gemba_history_queue",
                "Batches waiting for the history",
                self.history_queue.get() as f64,
            ),
        ]
    }
}

/// The page of figures in Prometheus' text format: a counter's family is called as its sample.
#[must_use]
pub fn render_text(figures: &[Figure]) -> String {
    let family = |name: &str, help: &str, kind: &str, value: f64| {
        format!("# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n")
    };
    let figure = |figure: &Figure| match *figure {
        Figure::Counter(name, help, count) => family(&format!("{name}_total"), help, "counter", count as f64),
        Figure::Spent(name, help, micros) => {
            family(&format!("{name}_total"), help, "counter", micros as f64 / 1e6)
        }
        Figure::Gauge(name, help, value) => family(name, help, "gauge", value),
    };
    figures.iter().map(figure).collect()
}

/// The page of figures in OpenMetrics.
pub fn render(figures: Vec<Figure>) -> Result<String, std::fmt::Error> {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(Snapshot(figures)));
    let mut page = String::new();
    text::encode(&mut page, &registry)?;
    Ok(page)
}

#[derive(Debug)]
struct Snapshot(Vec<Figure>);

impl Collector for Snapshot {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        for figure in &self.0 {
            match *figure {
                Figure::Counter(name, help, value) => {
                    let metric = ConstCounter::new(value);
                    metric.encode(encoder.encode_descriptor(name, help, None, metric.metric_type())?)?;
                }
                Figure::Spent(name, help, micros) => {
                    let metric = ConstCounter::new(micros as f64 / 1e6);
                    metric.encode(encoder.encode_descriptor(name, help, None, metric.metric_type())?)?;
                }
                Figure::Gauge(name, help, value) => {
                    let metric = ConstGauge::new(value);
                    metric.encode(encoder.encode_descriptor(name, help, None, metric.metric_type())?)?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scrape_names_each_figure_with_its_help_and_type() {
        let metrics = Metrics::default();
        metrics.readings.add(3);
        let page = render(metrics.figures()).unwrap();
        assert!(page.contains("# TYPE gemba_readings counter"), "{page}");
        assert!(page.contains("gemba_readings_total 3"), "{page}");
        assert!(page.ends_with("# EOF\n"));
        let text = render_text(&metrics.figures());
        let family = "# HELP gemba_readings_total Readings applied to the twin\n\
                      # TYPE gemba_readings_total counter\ngemba_readings_total 3\n";
        assert!(text.contains(family), "{text}");
    }
}
