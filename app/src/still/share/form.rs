//! What the dialog's form says. Shown again as it was typed when something of it cannot be.

use serde::{Deserialize, Deserializer};

/// See the module. Moments are of the site's wall clock, as browsers write them: `2026-11-23T14:05`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ShareForm {
    pub asset: u32,
    pub purpose: String,
    /// `live`, `moment` or `range`.
    pub what: String,
    /// The moment.
    pub at: String,
    /// The range.
    pub from: String,
    pub to: String,
    #[serde(deserialize_with = "ticked")]
    pub values: bool,
    #[serde(deserialize_with = "ticked")]
    pub history: bool,
    #[serde(deserialize_with = "ticked")]
    pub alarms: bool,
    #[serde(deserialize_with = "ticked")]
    pub children: bool,
    /// `shift`, `day`, `week`, `month` or `date`.
    pub until: String,
    /// The last day.
    pub date: String,
    /// `none`, `pin` or `code`.
    pub protection: String,
    /// Never shown again.
    pub pin: String,
    /// Addresses that a code is sent to.
    pub emails: String,
    #[serde(deserialize_with = "ticked")]
    pub embed: bool,
    /// Its holder may report a problem.
    #[serde(deserialize_with = "ticked")]
    pub report: bool,
}

/// A box that is not ticked is not sent.
fn ticked<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    String::deserialize(deserializer).map(|text| text == "on")
}
