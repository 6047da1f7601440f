//! Faults: what can go wrong, how fast, and the truth about it.

use crate::calendar::SECOND;
use crate::tag::TagSpec;

/// What can go wrong. Each kind happens to one known asset.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FaultKind {
    /// Rolling bearing of a cooling pump spalls: envelope, vibration, then temperature rise.
    BearingWear,
    /// A loop pump's impeller wears: head, flow and efficiency fall.
    ImpellerWear,
    /// A boiler feed pump's suction starves: head falls, vibration rises.
    Cavitation,
    /// Gas in a dosing pump's head: strokes compress it and move nothing.
    AirLock,
    /// A dosing pump's discharge valve leaks back: more strokes for the same flow.
    ValveLeak,
    /// Scale and slime on reverse-osmosis membranes: feed pressure and pressure drop rise.
    MembraneFouling,
    /// An air filter loads with dust: its pressure drop and the fan's power rise.
    FilterClogging,
    /// A plate exchanger fouls: approach and pressure drop rise, the pump throttles.
    ExchangerFouling,
    /// A cooling coil's valve sticks nearly shut: supply air warms, command and position part.
    StuckValve,
    /// A conductivity sensor drifts upwards; the water is as good as ever.
    DriftingSensor,
    /// A pressure sensor repeats one value.
    FlatSensor,
    /// A sensor falls silent.
    DroppedSensor,
    /// A gateway delivers late and out of order, with the original times.
    LateGateway,
    /// A site cannot be reached; later its gateways deliver what they kept.
    CutNetwork,
}

impl FaultKind {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::BearingWear,
        Self::ImpellerWear,
        Self::Cavitation,
        Self::AirLock,
        Self::ValveLeak,
        Self::MembraneFouling,
        Self::FilterClogging,
        Self::ExchangerFouling,
        Self::StuckValve,
        Self::DriftingSensor,
        Self::FlatSensor,
        Self::DroppedSensor,
        Self::LateGateway,
        Self::CutNetwork,
    ];

    /// Stable word, for example `bearing_wear`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BearingWear => "bearing_wear",
            Self::ImpellerWear => "impeller_wear",
            Self::Cavitation => "cavitation",
            Self::AirLock => "air_lock",
            Self::ValveLeak => "valve_leak",
            Self::MembraneFouling => "membrane_fouling",
            Self::FilterClogging => "filter_clogging",
            Self::ExchangerFouling => "exchanger_fouling",
            Self::StuckValve => "stuck_valve",
            Self::DriftingSensor => "drifting_sensor",
            Self::FlatSensor => "flat_sensor",
            Self::DroppedSensor => "dropped_sensor",
            Self::LateGateway => "late_gateway",
            Self::CutNetwork => "cut_network",
        }
    }

    /// The kind of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whether it is a fault of data, which the speed factor leaves alone.
    #[must_use]
    pub const fn is_of_data(self) -> bool {
        matches!(
            self,
            Self::FlatSensor | Self::DroppedSensor | Self::LateGateway | Self::CutNetwork
        )
    }

    /// Seconds from onset to the end of its course: of the plant, or of the wall for faults of data.
    /// Weeks in a real plant; compressed so that an hour of plant tells the story.
    const fn course_secs(self) -> f64 {
        match self {
            Self::Cavitation | Self::AirLock | Self::StuckValve => 1_800.0,
            Self::ValveLeak => 2_700.0,
            Self::BearingWear
            | Self::ImpellerWear
            | Self::MembraneFouling
            | Self::FilterClogging
            | Self::ExchangerFouling
            | Self::DriftingSensor => 3_600.0,
            Self::LateGateway => 20.0,
            Self::FlatSensor | Self::DroppedSensor | Self::CutNetwork => 0.001,
        }
    }

    const fn index(self) -> usize {
        self as usize
    }
}

/// Seconds a repair takes to show, of plant or wall as the fault.
const REPAIR_SECS: f64 = 30.0;

/// A tag by its name in the messages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TagRef {
    /// Topic.
    pub topic: String,
    /// Path in the payload; empty for one value a topic.
    pub field: String,
}

impl TagRef {
    /// The tag of a point.
    #[must_use]
    pub fn of(spec: &TagSpec) -> Self {
        Self {
            topic: spec.topic.clone(),
            field: spec.field.clone(),
        }
    }
}

/// The truth about one kind of fault.
#[derive(Clone, PartialEq, Debug)]
pub struct FaultState {
    /// Which.
    pub kind: FaultKind,
    /// Started and not ended.
    pub active: bool,
    /// When it was started, in microseconds since 1970, while it is active.
    pub onset_micros: Option<i64>,
    /// How far it has come, 0 to 1; falls back to 0 after its end.
    pub progress: f64,
    /// The asset it happens to, as topic levels.
    pub asset: String,
    /// The tags that show it.
    pub affected: Vec<TagRef>,
}

/// Where one fault stands.
#[derive(Clone, Copy, Debug, Default)]
struct Course {
    onset: Option<i64>,
    level: f64,
    /// How many times faster than real it goes at least, whatever the plant's speed.
    pace: u32,
}

/// All faults.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults([Course; 14]);

impl Faults {
    pub(crate) fn start(&mut self, kind: FaultKind, pace: u32, now: i64) {
        if let Some(course) = self.0.get_mut(kind.index()) {
            course.onset.get_or_insert(now);
            course.pace = pace;
        }
    }

    pub(crate) fn end(&mut self, kind: FaultKind) {
        if let Some(course) = self.0.get_mut(kind.index()) {
            course.onset = None;
            if kind.is_of_data() {
                course.level = 0.0;
            }
        }
    }

    /// Lets them go on for so many microseconds of wall time at a speed factor.
    pub(crate) fn step(&mut self, wall_micros: i64, speed: u32) {
        let wall = wall_micros as f64 / SECOND as f64;
        for kind in FaultKind::ALL {
            if let Some(course) = self.0.get_mut(kind.index()) {
                let factor = |pace| {
                    if kind.is_of_data() {
                        1.0
                    } else {
                        f64::from(speed.max(pace))
                    }
                };
                let change = match course.onset {
                    Some(_) => wall * factor(course.pace) / kind.course_secs(),
                    None => -wall * factor(1) / REPAIR_SECS,
                };
                course.level = (course.level + change).clamp(0.0, 1.0);
            }
        }
    }

    /// How far a fault has come, 0 to 1.
    pub(crate) fn level(&self, kind: FaultKind) -> f64 {
        self.0.get(kind.index()).map_or(0.0, |course| course.level)
    }

    pub(crate) fn onset(&self, kind: FaultKind) -> Option<i64> {
        self.0.get(kind.index()).and_then(|course| course.onset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_indices_agree() {
        for (at, kind) in FaultKind::ALL.into_iter().enumerate() {
            assert_eq!(kind.index(), at);
            assert_eq!(FaultKind::from_word(kind.as_str()), Some(kind));
        }
        assert_eq!(FaultKind::from_word("rust"), None);
    }

    #[test]
    fn speed_hastens_wear_but_not_data() {
        let mut faults = Faults::default();
        faults.start(FaultKind::BearingWear, 1, 0);
        faults.start(FaultKind::LateGateway, 1, 0);
        faults.step(10 * SECOND, 60);
        assert!((faults.level(FaultKind::BearingWear) - 600.0 / 3_600.0).abs() < 1e-9);
        assert!((faults.level(FaultKind::LateGateway) - 0.5).abs() < 1e-9);
        faults.end(FaultKind::BearingWear);
        faults.step(10 * SECOND, 60);
        assert!(faults.level(FaultKind::BearingWear).abs() < 1e-9);
    }

    #[test]
    fn a_pace_hastens_one_fault_and_no_repair() {
        let mut faults = Faults::default();
        faults.start(FaultKind::BearingWear, 60, 0);
        faults.start(FaultKind::ImpellerWear, 1, 0);
        faults.step(30 * SECOND, 1);
        assert!((faults.level(FaultKind::BearingWear) - 0.5).abs() < 1e-9);
        assert!((faults.level(FaultKind::ImpellerWear) - 30.0 / 3_600.0).abs() < 1e-9);
        faults.end(FaultKind::BearingWear);
        faults.step(3 * SECOND, 1);
        assert!((faults.level(FaultKind::BearingWear) - 0.4).abs() < 1e-9);
    }
}
