//! Share links: what one shows of which asset, until when, and for whom.

use access::{Shows, Terms};
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
    /// Addresses that a code is sent to, in lower case; none: no code is asked for.
    pub emails: Vec<String>,
    /// Whether other sites may show it inside their pages.
    pub embed: bool,
    /// Whether its holder may report a problem, as long as whose link it is might ask for work there.
    pub report: bool,
    pub is_paused: bool,
    /// Paused by somebody who looks after links: only they let it go on.
    pub is_held: bool,
    /// How often it was opened.
    pub opened: u32,
}

impl Link {
    /// Whether a PIN or a code is asked for.
    #[must_use]
    pub const fn is_protected(&self) -> bool {
        self.pin.is_some() || !self.emails.is_empty()
    }

    /// What its holder may.
    #[must_use]
    pub const fn terms(&self) -> Terms {
        Terms {
            shows: Shows {
                values: self.values,
                history: self.history,
                alarms: self.alarms,
                children: self.children,
                tags: self.tags,
            },
        }
    }
}
