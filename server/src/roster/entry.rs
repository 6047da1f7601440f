//! What is written into the log of rosters, as it is stored. Times are microseconds since 1970 (UTC), sites and
//! lines numbers of assets.

use serde::{Deserialize, Serialize};

/// A shift as clocks of the site show it, `06:00` to `14:00`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShiftEntry {
    pub from: String,
    pub to: String,
}

/// A production order on a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunEntry {
    pub name: String,
    #[serde(default)]
    pub product: String,
    pub from: i64,
    pub to: i64,
}

/// Where a draft has an order: when and who, or nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placed {
    pub order: u32,
    /// From when to when; none takes it off the plan.
    pub slot: Option<(i64, i64)>,
    /// People of the roster.
    pub people: Vec<u32>,
    /// How long the order's log was when this was drafted.
    pub seen: u32,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Entry {
    /// How a site plans.
    Site {
        site: u32,
        /// IANA name.
        zone: String,
        /// What begins within so many hours is not moved any more.
        frozen_hours: u32,
        /// Days (`2026-12-25`) on which nobody works, and what they are called.
        holidays: Vec<(String, String)>,
    },
    /// A crew, new or as it is from now on.
    Crew {
        id: u32,
        site: u32,
        name: String,
        /// A cycle of days, each with its shifts, that begins on a Monday.
        days: Vec<Vec<ShiftEntry>>,
    },
    /// Somebody, new or as they are from now on.
    Person {
        id: u32,
        crew: u32,
        name: String,
        account: Option<u32>,
        crafts: Vec<String>,
        qualifications: Vec<String>,
        /// Works here no longer.
        is_gone: bool,
    },
    /// Somebody is away, or not after all.
    Absence {
        id: u32,
        person: u32,
        from: i64,
        to: i64,
        /// The word of `maintenance::calendar::AbsenceKind`.
        why: String,
        is_withdrawn: bool,
    },
    /// What a line is to make between two instants: replaces what was said of that time.
    Production {
        site: u32,
        line: u32,
        from: i64,
        to: i64,
        runs: Vec<RunEntry>,
    },
    /// A spare part that a site keeps, new or as it is from now on.
    Part {
        id: u32,
        site: u32,
        /// Its number in the plant: one of its kind at the site.
        code: String,
        name: String,
        /// In what it is counted, as a UCUM code; `1` for pieces.
        unit: String,
        /// How many were on the shelf when it was counted, and when that was.
        counted: f64,
        at: i64,
        /// How many come when.
        deliveries: Vec<(i64, f64)>,
        /// How long it takes to get more, in days; none when nobody knows.
        lead_days: Option<u32>,
        /// What one costs, in hundredths of the site's currency.
        price: Option<i64>,
        /// Kept here no longer.
        is_gone: bool,
    },
    /// A draft has orders elsewhere. `name` is empty for the draft itself, a name for a copy to try things in.
    Drafted {
        owner: u32,
        site: u32,
        name: String,
        placed: Vec<Placed>,
    },
    /// A draft has these orders no longer; none: nothing any more.
    Undone {
        owner: u32,
        site: u32,
        name: String,
        orders: Vec<u32>,
    },
}
