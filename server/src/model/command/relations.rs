//! `gemba model relations`: where an asset was, and who sat there, in a stretch of time.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use model::Held;

use super::{NOTHING_DONE, OK, RelationsArgs, Terminal, WRONG, checked_in, files_of};

/// A stretch of time, its end not included.
struct Stretch {
    from: Timestamp,
    until: Timestamp,
}

pub(super) fn run(args: &RelationsArgs, terminal: &mut dyn Terminal) -> u8 {
    let dir = &args.folder.dir;
    let Some(files) = files_of(dir, terminal) else {
        return WRONG;
    };
    let checked = checked_in(dir, &files);
    if !checked.is_ok() {
        terminal.complain(&checked.render());
        return WRONG;
    }
    let stretch = match stretch(args) {
        Ok(stretch) => stretch,
        Err(wrong) => {
            terminal.complain(&format!("{wrong}\n"));
            return NOTHING_DONE;
        }
    };
    let model = &checked.model;
    if !model.assets.contains_key(args.asset.as_str()) {
        terminal.complain(&format!(
            "there is no asset `{}` in {}\n",
            args.asset,
            dir.display()
        ));
        return NOTHING_DONE;
    }
    let at = |time: Timestamp| formula::Time(time.as_microsecond());
    let held = model.held(&args.asset).filter(|held| {
        let read = held.read_as(model);
        args.relation.as_ref().is_none_or(|wanted| *wanted == read)
            && held.link.holds_within(at(stretch.from), at(stretch.until))
    });
    let mut lines: Vec<String> = held
        .map(|held| format!("{}  {}{}\n", held.read_as(model), held.other, times(&held)))
        .collect();
    lines.sort();
    lines.iter().for_each(|line| terminal.say(line));
    if lines.is_empty() {
        terminal.say("Nothing then.\n");
    }
    OK
}

/// `  from 2026-03-01T05:00:00Z until …`, as far as the files say.
fn times(held: &Held<'_>) -> String {
    let written = |word: &str, time: Option<formula::Time>| {
        time.and_then(|time| Timestamp::from_microsecond(time.0).ok())
            .map_or_else(String::new, |time| format!("  {word} {time}"))
    };
    written("from", held.link.from) + &written("until", held.link.until)
}

/// What was asked for; a day is the whole of it, nothing is now.
fn stretch(args: &RelationsArgs) -> Result<Stretch, String> {
    let now = Timestamp::now();
    let begin = args.from.as_deref().map(|text| ends(text).map(|(from, _)| from));
    let end = args.until.as_deref().map(|text| ends(text).map(|(from, _)| from));
    let (from, until) = match (&args.at, begin.transpose()?, end.transpose()?) {
        (Some(at), _, _) => ends(at)?,
        (None, Some(from), Some(until)) => (from, until),
        (None, Some(from), None) => (from, Timestamp::MAX),
        (None, None, Some(until)) => (Timestamp::MIN, until),
        (None, None, None) => (now, next(now)),
    };
    if until <= from {
        return Err("this stretch ends before it begins: `--until` comes after `--from`".to_owned());
    }
    Ok(Stretch { from, until })
}

/// When a day (here), or a moment, begins and ends.
fn ends(text: &str) -> Result<(Timestamp, Timestamp), String> {
    let zone = TimeZone::system();
    let of_day = |day: Date| {
        let begin = |day: Date| Some(day.to_zoned(zone.clone()).ok()?.timestamp());
        Some((begin(day)?, begin(day.tomorrow().ok()?)?))
    };
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok((moment, next(moment)));
    }
    let is_day = text.len() == "2026-03-15".len();
    if let Some(day) = text.parse::<Date>().ok().filter(|_| is_day).and_then(of_day) {
        return Ok(day);
    }
    let here = text
        .parse::<DateTime>()
        .ok()
        .and_then(|time| time.to_zoned(zone.clone()).ok());
    here.map(|here| (here.timestamp(), next(here.timestamp())))
        .ok_or_else(|| {
            format!("`{text}` is no time: write a day, 2026-03-15, or a moment, 2026-03-15T06:00:00+01:00")
        })
}

fn next(moment: Timestamp) -> Timestamp {
    moment
        .checked_add(jiff::Span::new().microseconds(1))
        .unwrap_or(Timestamp::MAX)
}
