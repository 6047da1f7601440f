//! Keys of the queues between one part and the next.

use super::{Key, Kind, key};

/// See the module.
pub const KEYS: &[Key] = &[
    key(
        "queues.connector",
        Kind::Size {
            min: 1100,
            max: 1_000_000,
        },
        Some("2048"),
        "2048",
        "Messages between a connection and its decoder.",
    ),
    key(
        "queues.engine",
        Kind::Size { min: 2, max: 10_000 },
        Some("64"),
        "64",
        "Batches between decoders and the engine.",
    ),
    key(
        "queues.history",
        Kind::Size { min: 2, max: 10_000 },
        Some("256"),
        "256",
        "Batches between the engine and the history.",
    ),
    key(
        "queues.socket",
        Kind::Size { min: 2, max: 10_000 },
        Some("64"),
        "64",
        "Frames waiting for one browser.",
    ),
];
