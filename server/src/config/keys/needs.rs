//! Keys of needs for maintenance.

use super::{Key, Kind, key};

/// See the module.
pub const KEYS: &[Key] = &[
    key(
        "needs.every_seconds",
        Kind::Size { min: 1, max: 3_600 },
        Some("10"),
        "10",
        "How often plans, limits and orders are looked at for needs for maintenance.",
    ),
    key(
        "needs.hold_seconds",
        Kind::Size { min: 0, max: 86_400 },
        Some("60"),
        "300",
        "For how long a value must be beyond its limit before that is a need.",
    ),
    key(
        "needs.line_hour",
        Kind::Size {
            min: 0,
            max: 1_000_000_000,
        },
        Some("0"),
        "2500",
        "What an hour of a line is worth, in whole units of your currency; equipment of high criticality stops all of it, medium a half, low a tenth. 0: what a stop costs is not known, and pages say so.",
    ),
];
