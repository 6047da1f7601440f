//! From what was typed into forms to events. What cannot be read is told by a stable word, and nothing is lost.

use app::still::work::ReportForm;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use maintenance::id::{Key, NeedId};
use maintenance::iso14224::FailureMode;
use maintenance::order::event::Request;
use maintenance::order::job::Labour;
use maintenance::order::{Change, Dates, Job, Priority, What, WorkKind};
use twin::{AssetId, Timestamp};

use crate::work::desk::LONGEST;
use crate::work::steps;

/// Longest title, in characters.
pub const TITLE: usize = 120;

/// The first 22 hexadecimal digits of the keys of a page's forms.
pub fn new_prefix() -> String {
    crate::accounts::desk::hex(&crate::random::bytes::<11>())
}

/// A key for a page with one form.
pub fn new_key() -> String {
    format!("{}0000000000", new_prefix())
}

/// What a form sent, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Of a body.
    pub fn read(body: &[u8]) -> Self {
        // Browsers end lines of text areas with two characters.
        let fields = form_urlencoded::parse(body)
            .map(|(name, value)| (name.into_owned(), value.replace("\r\n", "\n")));
        Self(fields.collect())
    }

    /// What was typed into a field, without spaces around; empty where nothing was.
    pub fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.trim())
    }

    /// Whether the form has this field, however empty.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// All that was given for a field, in order.
    pub fn every<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        let of = self.0.iter().filter(move |(known, _)| known == name);
        of.map(|(_, value)| value.trim())
    }

    /// All of it.
    pub fn all(self) -> Vec<(String, String)> {
        self.0
    }

    /// The form's key; a new one where it has none.
    pub fn key(&self) -> Key {
        let key = Key::from_text(self.get("key"));
        key.unwrap_or_else(|| Key::new(u128::from_be_bytes(crate::random::bytes())))
    }

    /// How much of the order's log the page had.
    pub fn seen(&self) -> u32 {
        self.get("seen").parse().unwrap_or(0)
    }

    /// A text that is not too long; empty where nothing was typed.
    pub fn text(&self, name: &str, most: usize) -> Result<&str, &'static str> {
        let text = self.get(name);
        if text.chars().count() > most {
            return Err("too_long");
        }
        Ok(text)
    }

    /// A number; none where nothing was typed.
    pub fn number(&self, name: &str) -> Result<Option<f64>, &'static str> {
        match self.get(name) {
            "" => Ok(None),
            text => steps::number_from(text).map(Some).ok_or("bad_number"),
        }
    }

    /// A moment by the site's clock; none where nothing was typed.
    pub fn moment(&self, name: &str, zone: &TimeZone) -> Result<Option<Timestamp>, &'static str> {
        match self.get(name) {
            "" => Ok(None),
            text => {
                let civil: DateTime = text.parse().ok().ok_or("bad_time")?;
                instant(civil, zone).map(Some)
            }
        }
    }

    /// The last second of a day by the site's calendar; none where nothing was typed.
    pub fn day(&self, name: &str, zone: &TimeZone) -> Result<Option<Timestamp>, &'static str> {
        match self.get(name) {
            "" => Ok(None),
            text => {
                let day: Date = text.parse().ok().ok_or("bad_time")?;
                instant(day.at(23, 59, 59, 0), zone).map(Some)
            }
        }
    }
}

fn instant(civil: DateTime, zone: &TimeZone) -> Result<Timestamp, &'static str> {
    let zoned = civil.to_zoned(zone.clone()).ok().ok_or("bad_time")?;
    Ok(Timestamp::from_micros(zoned.timestamp().as_microsecond()))
}

/// A day as a form has it.
pub fn day_text(at: Timestamp, zone: &TimeZone) -> String {
    let at = jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default();
    at.to_zoned(zone.clone()).date().to_string()
}

/// The form that reports a problem.
pub struct Report;

impl Report {
    /// What was typed, to be shown again.
    pub fn typed(fields: &Fields) -> ReportForm {
        let field = |name: &str| fields.get(name).to_owned();
        ReportForm {
            key: String::new(),
            title: field("title"),
            text: field("text"),
            since: field("since"),
            mode: field("mode"),
            priority: field("priority"),
            kind: field("kind"),
            due: field("due"),
            craft: field("craft"),
            hours: field("hours"),
            need: None,
            steps: field("steps"),
        }
    }

    /// What it asks for: the request, what more was said, and what a planner knows already.
    ///
    /// # Errors
    /// A stable word for what cannot be read.
    pub fn read(
        fields: &Fields,
        asset: AssetId,
        is_planner: bool,
        needs: Vec<NeedId>,
        zone: &TimeZone,
        now: Timestamp,
    ) -> Result<Vec<What>, &'static str> {
        let title = fields.text("title", TITLE)?;
        let text = fields.text("text", LONGEST)?;
        if title.is_empty() {
            return Err("empty");
        }
        let since = fields.moment("since", zone)?;
        if since.is_some_and(|since| since > now) {
            return Err("bad_since");
        }
        let priority = Priority::from_word(fields.get("priority")).ok_or("bad_choice")?;
        let by_priority = match priority {
            Priority::Urgent => WorkKind::CorrectiveImmediate,
            Priority::High | Priority::Medium | Priority::Low => WorkKind::CorrectiveDeferred,
        };
        let kind = match fields.get("kind") {
            word if is_planner && !word.is_empty() => WorkKind::from_word(word).ok_or("bad_choice")?,
            _ => by_priority,
        };
        let latest = if is_planner {
            fields.day("due", zone)?
        } else {
            None
        };
        let mut what = vec![What::Requested(Box::new(Request {
            asset,
            title: title.into(),
            kind,
            mode: FailureMode::from_code(fields.get("mode")).ok_or("bad_choice")?,
            priority,
            dates: Dates {
                earliest: since,
                latest,
            },
            needs,
            external: None,
        }))];
        if !text.is_empty() {
            what.push(What::Commented {
                text: text.into(),
                mentions: Vec::new(),
            });
        }
        let steps = steps::from_text(fields.text("steps", 2 * LONGEST)?, &Job::default());
        let job = Job {
            steps: steps.ok().ok_or("bad_steps")?,
            labour: labour(fields)?.into_iter().collect(),
            ..Job::default()
        };
        if is_planner && job != Job::default() {
            what.push(What::Changed(Change::Job(Box::new(job))));
        }
        Ok(what)
    }
}

/// Craft and hours of one person; none where neither was typed.
pub fn labour(fields: &Fields) -> Result<Option<Labour>, &'static str> {
    let (craft, hours) = (fields.text("craft", 60)?, fields.number("hours")?);
    if hours.is_some_and(|hours| !(0.0..=10_000.0).contains(&hours)) {
        return Err("bad_number");
    }
    Ok((hours.is_some() || !craft.is_empty()).then(|| Labour {
        craft: craft.into(),
        qualification: None,
        people: 1,
        hours: hours.unwrap_or(0.0),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_end_and_moments_are_by_the_sites_clock() {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        let fields = Fields::read(b"due=2026-03-29&since=2026-03-29T12%3A30&bad=tomorrow");
        let due = fields.day("due", &paris).unwrap().unwrap();
        assert_eq!(due.millis(), 1_774_821_599_000);
        assert_eq!(day_text(due, &paris), "2026-03-29");
        let since = fields.moment("since", &paris).unwrap().unwrap();
        assert_eq!(since.millis(), 1_774_780_200_000);
        assert_eq!(fields.day("bad", &paris), Err("bad_time"));
        assert_eq!(fields.moment("none", &paris), Ok(None));
    }

    #[test]
    fn a_page_has_room_for_a_key_of_each_form() {
        let prefix = new_prefix();
        assert_eq!(prefix.len(), 22);
        assert!(Key::from_text(&format!("{prefix}{:04x}000000", 0x200)).is_some());
        assert!(Key::from_text(&new_key()).is_some());
    }
}
