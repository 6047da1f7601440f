//! What a tablet sends: `POST /api/crew/send` with [`Batch`], answered by [`Answers`]; photos go by
//! `PUT /api/crew/files/{sha256 in hex}` with their bytes, after the texts that name them, and are answered by 204.
//!
//! 401: the seat is over, the items stay until the same person signs in again. 410 with `{"erase":true}`: the tablet
//! was signed out as lost; it erases all that it keeps.

use maintenance::form::WhatForm;
use serde::{Deserialize, Serialize};

/// Most items of one batch.
pub const MOST_ITEMS: usize = 50;
/// Most bytes of one batch.
pub const MOST_BYTES: usize = 262_144;
/// Most bytes of one photo.
pub const MOST_PHOTO_BYTES: usize = 400_000;

/// Items of one author, in the order in which they were done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// The tablet, as in the seat.
    pub device: String,
    /// The tablet's clock as it sends, microseconds since 1970: how far it is off can be seen.
    pub sent: i64,
    /// At most [`MOST_ITEMS`].
    pub items: Vec<Item>,
}

/// Something that was done: all of it holds, or nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Made once on the tablet (UUIDv7, 32 hexadecimal digits): sending it again is harmless. The events of an item
    /// have this key and the ones after it.
    pub key: String,
    /// The order; none for one that begins with `requested`.
    pub order: Option<u32>,
    /// How much of the order's log the tablet had seen from the server.
    pub seen: u32,
    /// When it was done, by the tablet's clock, microseconds since 1970.
    pub at: i64,
    /// What, in order.
    pub what: Vec<WhatForm>,
}

/// What became of a batch, item by item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answers {
    /// The server's clock, microseconds since 1970.
    pub now: i64,
    /// As many as there were items, in their order.
    pub answers: Vec<Answer>,
}

/// What became of an item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Its key.
    pub key: String,
    /// Its order, once there is one.
    pub order: Option<u32>,
    /// What became of it.
    pub became: Became,
    /// Hashes of photos that it names and the server does not have yet.
    pub photos: Vec<String>,
}

/// What became of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Became {
    /// It holds, or the same was there already.
    Taken,
    /// It is on the server and set aside until somebody says whose word holds; in words, in the reader's language.
    Conflict {
        /// What stands against what.
        words: String,
        /// The event in conflict (its key), to be settled by `settled`.
        event: String,
        /// What people mostly decide: a word of `maintenance::order::Keep`.
        usual: String,
    },
    /// It cannot hold; the tablet keeps it, with the reason in words.
    Refused {
        /// Stable word.
        word: String,
        /// In the reader's language.
        words: String,
    },
    /// Not looked at, because one before it on the same order was refused, or the server could not write: send again.
    Again,
}
