//! Share links: what one shows of which asset, until when, and for whom.

use serde::{Deserialize, Serialize};

/// A share link as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Link {
    /// What it is for, in the words of who made it.
    pub purpose: String,
    /// Which asset.
    pub asset: u32,
    /// What below and of it is shown.
    pub children: bool,
    pub values: bool,
    pub history: bool,
    pub alarms: bool,
    pub tags: bool,
    /// Which stretch of time, milliseconds; none: live.
    pub range: Option<(i64, i64)>,
    /// argon2id of a PIN.
    pub pin: Option<String>,
    /// Whether other sites may show it inside their pages.
    pub embed: bool,
    pub is_paused: bool,
    /// How often it was opened.
    pub opened: u32,
}
