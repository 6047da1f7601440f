//! Where the marks of an analog indicator stand, in percent of its track: pure.

use wire::page::{LimitKind, PointInfo};

/// An indicator's marks that do not move.
#[derive(Clone, PartialEq, Debug)]
pub struct Scale {
    pub low: f64,
    pub high: f64,
}

impl Scale {
    /// What the bar spans: the stated range, else one that leaves room around limits and normal range.
    #[must_use]
    pub fn of(info: &PointInfo) -> Option<Self> {
        let stated = info
            .range
            .filter(|(low, high)| low.is_finite() && high.is_finite() && low < high);
        if let Some((low, high)) = stated {
            return Some(Self { low, high });
        }
        let limits = &info.limits;
        let marks = [limits.low_low, limits.low, limits.high, limits.high_high];
        let normal = info.normal.map(|(low, high)| [low, high]).into_iter().flatten();
        let (low, high) = marks
            .into_iter()
            .flatten()
            .chain(normal)
            .filter(|mark| mark.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), mark| {
                (low.min(mark), high.max(mark))
            });
        if low > high {
            return None;
        }
        let span = if high > low {
            high - low
        } else {
            high.abs().max(1.0)
        };
        let room = span / 4.0;
        // A quantity that is not negative at its marks gets a bar that does not begin below zero.
        let floor = if low >= 0.0 {
            (low - room).max(0.0)
        } else {
            low - room
        };
        Some(Self {
            low: floor,
            high: high + room,
        })
    }

    /// A value's place on the track: 0 to 100.
    #[must_use]
    pub fn place(&self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low) * 100.0).clamp(0.0, 100.0)
    }

    /// The normal range: where it begins and how wide it is.
    #[must_use]
    pub fn band(&self, normal: Option<(f64, f64)>) -> Option<(f64, f64)> {
        let (low, high) = normal?;
        let (from, to) = (self.place(low), self.place(high));
        (to > from).then_some((from, to - from))
    }

    /// The limits that fall on the track.
    #[must_use]
    pub fn limits(&self, info: &PointInfo) -> Vec<(LimitKind, f64)> {
        let limits = &info.limits;
        [
            (LimitKind::LowLow, limits.low_low),
            (LimitKind::Low, limits.low),
            (LimitKind::High, limits.high),
            (LimitKind::HighHigh, limits.high_high),
        ]
        .into_iter()
        .filter_map(|(kind, at)| at.map(|at| (kind, at)))
        .filter(|(_, at)| (self.low..=self.high).contains(at))
        .map(|(kind, at)| (kind, self.place(at)))
        .collect()
    }
}

/// A percentage as SVG takes it, to a tenth.
#[must_use]
pub fn percent(place: f64) -> String {
    let tenth = (place * 10.0).round() / 10.0;
    // Negative zero would print its sign.
    format!("{}%", if tenth == 0.0 { 0.0 } else { tenth })
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::page::Limits;

    fn info(range: Option<(f64, f64)>, normal: Option<(f64, f64)>, limits: Limits) -> PointInfo {
        PointInfo {
            point: 1,
            asset: 1,
            name: "Pressure".to_owned(),
            unit: None,
            normal,
            limits,
            range,
            decimals: 1,
            is_simulated: false,
            measured: None,
            states: Vec::new(),
        }
    }

    #[track_caller]
    fn check(
        range: Option<(f64, f64)>,
        normal: Option<(f64, f64)>,
        limits: Limits,
        expect: Option<(f64, f64)>,
    ) {
        let scale = Scale::of(&info(range, normal, limits));
        assert_eq!(scale.map(|scale| (scale.low, scale.high)), expect);
    }

    #[test]
    fn the_stated_range_wins_over_one_made_from_the_marks() {
        let none = Limits::default();
        let high = Limits {
            high: Some(12.0),
            ..none
        };
        check(Some((0.0, 6.0)), Some((3.8, 4.6)), none, Some((0.0, 6.0)));
        check(None, Some((4.0, 8.0)), high, Some((2.0, 14.0)));
        check(None, Some((0.0, 8.0)), none, Some((0.0, 10.0)));
        check(None, Some((-4.0, 4.0)), none, Some((-6.0, 6.0)));
        check(None, None, none, None);
        check(Some((5.0, 5.0)), None, none, None);
        check(
            None,
            None,
            Limits {
                high: Some(0.0),
                ..none
            },
            Some((0.0, 0.25)),
        );
    }

    #[test]
    fn marks_stand_where_the_mockup_has_them() {
        let limits = Limits {
            low: Some(3.2),
            high: Some(4.7),
            high_high: Some(5.3),
            low_low: Some(-9.0),
            ..Limits::default()
        };
        let info = info(Some((0.0, 6.0)), Some((3.8, 4.6)), limits);
        let scale = Scale::of(&info).unwrap();
        assert_eq!(percent(scale.place(4.9)), "81.7%");
        let (from, width) = scale.band(info.normal).unwrap();
        assert_eq!(
            (percent(from), percent(width)),
            ("63.3%".to_owned(), "13.3%".to_owned())
        );
        let marks: Vec<_> = scale
            .limits(&info)
            .into_iter()
            .map(|(_, at)| percent(at))
            .collect();
        assert_eq!(marks, ["53.3%", "78.3%", "88.3%"]);
        assert_eq!(percent(scale.place(99.0)), "100%");
        assert_eq!(percent(scale.place(-99.0)), "0%");
    }
}
