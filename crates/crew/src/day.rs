//! What a tablet gets: `GET /api/crew/day`.

use maintenance::form::EventForm;
use serde::{Deserialize, Serialize};

/// Most orders of one day, assets to find, and parts.
pub const MOST_ORDERS: usize = 200;
/// See [`MOST_ORDERS`].
pub const MOST_ASSETS: usize = 5_000;
/// See [`MOST_ORDERS`].
pub const MOST_PARTS: usize = 2_000;

/// Who somebody is on a tablet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// Their number as an author of events.
    pub person: u32,
    /// Their name as shown.
    pub name: String,
    /// Their crafts, where the roster knows them.
    pub crafts: Vec<String>,
}

/// What a new seat is: `POST /api/crew/seat`, with the session of whoever signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatWish {
    /// The tablet: 32 hexadecimal digits, made once by it.
    pub device: String,
    /// What the tablet is called; shown where it can be signed out.
    pub name: String,
}

/// A seat, shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// What proves it.
    pub secret: String,
    /// Whose it is.
    pub me: Me,
    /// Until when it lasts, microseconds since 1970.
    pub ends: i64,
}

/// What a day is worked by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Day {
    /// The server's build: a tablet of another build fetches its shell anew.
    pub build: String,
    /// The server's clock, microseconds since 1970.
    pub now: i64,
    /// Offsets from UTC in minutes, each from a moment (microseconds since 1970) on, in order: the site's zone.
    pub zone: Vec<(i64, i32)>,
    /// Who asked.
    pub me: Me,
    /// Their work: given to them, to their crew, or to nobody yet and due, by start, then by due date.
    pub orders: Vec<OrderCard>,
    /// Equipment that can be found by its name or the code on its label.
    pub assets: Vec<AssetCard>,
    /// Parts in stock.
    pub parts: Vec<PartCard>,
}

/// An order with all that is needed to work on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderCard {
    /// Its number.
    pub id: u32,
    /// Its equipment; its card is among the assets.
    pub asset: u32,
    /// Its whole log: folded by `maintenance::order::Order::fold` it is the order as the server knows it.
    pub log: Vec<EventForm>,
    /// Words of `maintenance::order::Right` that whoever asked has on it.
    pub rights: Vec<String>,
    /// Names of the people that the log tells of, by number.
    pub people: Vec<(u32, String)>,
    /// Whether it is given to whoever asked or to their crew.
    pub is_mine: bool,
}

/// Equipment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssetCard {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// Where it is: the names from the site down, without its own.
    pub place: Vec<String>,
    /// The code on its label, as `/a/{code}` takes it.
    pub code: String,
    /// Last values; only of equipment with work today, empty else.
    pub values: Vec<ValueCard>,
}

/// A value as it was when the tablet got it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValueCard {
    /// The property's name.
    pub name: String,
    /// The value in words of the reader's language and units, with its unit; empty when there is none.
    pub text: String,
    /// When it was measured, microseconds since 1970; none where that is not known.
    pub at: Option<i64>,
    /// Whether it could not be trusted even then, in words.
    pub doubt: Option<String>,
}

/// A part in stock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartCard {
    /// Its number.
    pub id: u32,
    /// Its number in the plant.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its unit as a UCUM code; `1` for pieces.
    pub unit: String,
    /// How many are on the shelf.
    pub on_hand: f64,
}
