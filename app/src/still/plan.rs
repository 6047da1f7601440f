//! `/plan`: the board of a site's week, the change that is committed, crews and production. Drawn by the server
//! alone; `plan.js` beside it adds dragging, moving by keyboard, and looking again while a search goes on.

mod board;
mod commit;
mod crews;
mod drawer;
mod gantt;
mod load;
mod parts;
mod search;

pub use board::{Board, BoardPage, CopyLine, Unscheduled};
pub use commit::{ChangeLine, Commit, CommitPage};
pub use crews::{CrewLine, Crews, CrewsPage, LineChoice, PersonLine};
pub use drawer::{Choice, Cost, Curve, Drawer, WindowCard};
pub use gantt::{Bar, DayHead, Group, LineRow, PersonRow, Run, Shade};
pub use load::{LoadDay, LoadRow};
pub use parts::{PartLine, PartsPage, SpareParts};
pub use search::{SearchPage, Sums};

use crate::routes;

/// Which board: what every address and form of it carries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub site: u32,
    /// `2026-W48`.
    pub week: String,
    /// One craft; empty for all.
    pub craft: String,
    /// The name of a copy to try things in; empty for the draft itself.
    pub copy: String,
    /// `agenda` for a table.
    pub view: String,
}

impl Place {
    /// What follows `?` in an address.
    #[must_use]
    pub fn query(&self) -> String {
        let mut query = format!("site={}&week={}", self.site, encoded(&self.week));
        let more = [("craft", &self.craft), ("copy", &self.copy), ("view", &self.view)];
        for (name, value) in more.into_iter().filter(|(_, value)| !value.is_empty()) {
            query += &format!("&{name}={}", encoded(value));
        }
        query
    }

    /// The board's address.
    #[must_use]
    pub fn url(&self) -> String {
        routes::url(&format!("/plan?{}", self.query()))
    }

    /// The board with an order open.
    #[must_use]
    pub fn order(&self, order: u32) -> String {
        format!("{}&job={order}", self.url())
    }

    /// The address of something beside the board.
    #[must_use]
    pub fn beside(&self, what: &str) -> String {
        routes::url(&format!("/plan/{what}?{}", self.query()))
    }
}

fn encoded(text: &str) -> String {
    routes::encode_path(text)
        .replace('&', "%26")
        .replace('+', "%2B")
        .replace('#', "%23")
}
