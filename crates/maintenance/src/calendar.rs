//! When people work and lines run: sites with zones and holidays, shift patterns, crews, people, production.
//!
//! Everything is written as clocks and calendars of the site show it, and expands to stretches of time over a
//! span. A night shift from 22:00 to 06:00 is 7 hours long in the night that clocks go forward, and 9 when they
//! go back.

mod people;
mod production;
mod shifts;
mod zone;

pub use people::{Absence, AbsenceKind, Crew, Person, Qualification};
pub use production::{Production, Run};
pub use shifts::{BadPattern, LONGEST_CYCLE, LONGEST_SPAN, Pattern, Shift, Worked};
pub use zone::{Site, UnknownZone, Zone};
