//! A plotly figure, read as far as the server-drawn trend needs it: pure.

use serde::Deserialize;

use super::lines::{self, Sample};

/// A gap is drawn from this part of the range on. Below it a slice of a thinned series may seem to have
/// one, because only its extremes are kept.
pub const LEAST_GAP: i64 = 200;

/// What the server made for plotly: traces and their axis.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub struct Figure {
    data: Vec<Trace>,
    layout: Layout,
}

#[derive(Clone, PartialEq, Debug, Deserialize)]
struct Trace {
    #[serde(default)]
    x: Vec<i64>,
    #[serde(default)]
    y: Vec<Option<f64>>,
}

#[derive(Clone, PartialEq, Debug, Deserialize)]
struct Layout {
    xaxis: Axis,
}

#[derive(Clone, PartialEq, Debug, Deserialize)]
struct Axis {
    range: (i64, i64),
}

impl Figure {
    /// Reads a figure; none when it is not one.
    #[must_use]
    pub fn read(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// The axis, in milliseconds of the site's wall clock.
    #[must_use]
    pub const fn range(&self) -> (i64, i64) {
        self.layout.xaxis.range
    }

    /// The first trace's samples, in the same milliseconds, without breaks too short to be seen.
    #[must_use]
    pub fn samples(&self) -> Vec<Sample> {
        let samples = self.data.first().map_or_else(Vec::new, |trace| {
            trace
                .x
                .iter()
                .copied()
                .zip(trace.y.iter().copied().map(|y| y.filter(|y| y.is_finite())))
                .collect()
        });
        let (from, to) = self.range();
        lines::bridged(&samples, (to - from) / LEAST_GAP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_read_and_anything_else_is_none() {
        let json = r#"{"data":[{"type":"scatter","name":"P","x":[1000,2000,3000],"y":[1.5,null,2]}],
            "layout":{"xaxis":{"type":"date","range":[0,4000]},"shapes":[]}}"#;
        let figure = Figure::read(json).unwrap();
        assert_eq!(figure.range(), (0, 4000));
        assert_eq!(
            figure.samples(),
            [(1000, Some(1.5)), (2000, None), (3000, Some(2.0))]
        );
        assert_eq!(Figure::read("{}"), None);
        assert_eq!(Figure::read("not json"), None);
    }
}
