//! `gemba bind test`: samples through rules, a result for each.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, anyhow};
use bind::{Applied, Bound, Incoming};
use decode::{Limits, decode};
use jiff::tz::TimeZone;
use twin::{Quality, Timestamp, Value};

use super::rulebook::Rulebook;
use super::samples::{self, Sample};
use super::{NOTHING_DONE, OK, TestArgs, WRONG, rulebook};
use crate::clock::{Clock as _, SystemClock};
use crate::formula::World;
use crate::model::command::Terminal;
use crate::shell::unreadable;
use crate::zone::SiteZone;

/// Longest text that is shown of a value.
const SHOWN: usize = 60;

/// How many messages and values.
#[derive(Default)]
struct Count {
    messages: usize,
    taken: usize,
    /// Say only whether a device is there: no rule is needed.
    availability: usize,
    values: usize,
    failed: usize,
}

pub(super) fn run(args: &TestArgs, terminal: &mut dyn Terminal) -> anyhow::Result<u8> {
    let Some(book) = rulebook::open(args, terminal)? else {
        return Ok(WRONG);
    };
    let zone = match &args.zone {
        Some(name) => TimeZone::get(name).with_context(|| format!("unknown time zone `{name}`"))?,
        None => TimeZone::system(),
    };
    let trial = Trial {
        book,
        source: &args.source,
        zone: SiteZone(zone),
        now: SystemClock.now(),
    };
    let text = read(&args.samples)?;
    let count = trial.all(&text, &mut |told| terminal.say(told));
    Ok(match count {
        Count { messages: 0, .. } => NOTHING_DONE,
        Count {
            messages,
            taken,
            availability,
            failed: 0,
            ..
        } if messages == taken + availability => OK,
        _ => WRONG,
    })
}

fn read(path: &Path) -> anyhow::Result<String> {
    let mut text = Vec::new();
    if path == Path::new("-") {
        std::io::stdin()
            .take(samples::MOST_BYTES)
            .read_to_end(&mut text)?;
    } else {
        let file = std::fs::File::open(path).map_err(|error| anyhow!(unreadable(path, &error)))?;
        let read = file.take(samples::MOST_BYTES).read_to_end(&mut text);
        read.map_err(|error| anyhow!(unreadable(path, &error)))?;
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

struct Trial<'a> {
    book: Rulebook,
    source: &'a str,
    zone: SiteZone,
    now: Timestamp,
}

impl Trial<'_> {
    /// Every sample of a text, and how many there were.
    fn all(&self, text: &str, say: &mut dyn FnMut(&str)) -> Count {
        let mut count = Count::default();
        for (at, line) in text.lines().enumerate() {
            match samples::read(line) {
                None => {}
                Some(Err(wrong)) => {
                    count.messages += 1;
                    count.failed += 1;
                    say(&format!("{}\n  line {}: {wrong}\n", clip(line), at + 1));
                }
                Some(Ok(sample)) => say(&self.told(&sample, &mut count)),
            }
        }
        say(&format!(
            "{}, {} read by rules; {}, {} not read\n",
            counted(count.messages, "message"),
            count.taken,
            counted(count.values, "value"),
            count.failed
        ));
        count
    }

    /// What becomes of a message, a line for each part of it.
    fn told(&self, sample: &Sample, count: &mut Count) -> String {
        count.messages += 1;
        let limits = Limits::default();
        let message = Incoming {
            source: self.source,
            topic: &sample.topic,
            payload: &sample.payload,
            retained: sample.retained,
            arrival: self.now,
        };
        let world = bind::World {
            limits: &limits,
            zone: &self.zone,
            zones: &World,
            explain: true,
        };
        let mut text = clip(&sample.topic);
        if sample.retained {
            text.push_str(" (retained)");
        }
        text.push('\n');
        match self.book.rules.apply(message, world) {
            None => {
                text.push_str("  no rule is for this topic\n");
                text.push_str(&self.without(sample, &limits, count));
            }
            Some(applied) => {
                self.tell(&applied, &mut text, count);
                if applied.is_taken() {
                    count.taken += 1;
                } else {
                    let known = count.availability;
                    let without = self.without(sample, &limits, count);
                    if count.availability == known && is_plain_text(&sample.payload) {
                        text.push_str("  the payload is no JSON: it is one plain text\n");
                    }
                    text.push_str(&without);
                }
            }
        }
        text
    }

    fn tell(&self, applied: &Applied, text: &mut String, count: &mut Count) {
        for leaf in &applied.leaves {
            count.values += 1;
            text.push_str(&format!("  {}: {}", leaf.rule, line(leaf)));
            if let Some(wrong) = self.book.wrong(leaf) {
                count.failed += 1;
                text.push_str(&format!("\n    ! {wrong}"));
            }
            text.push('\n');
        }
        for miss in &applied.misses {
            let is_failure = miss.reason.is_failure();
            count.failed += usize::from(is_failure);
            // What another rule has read is not missing here.
            if is_failure || !applied.is_taken() {
                let sign = if is_failure { '!' } else { '-' };
                text.push_str(&format!("  {sign} {}: {miss}\n", miss.rule));
            }
        }
        if applied.more > 0 {
            text.push_str(&format!("  ! and {} more\n", applied.more));
        }
    }

    /// What is made of it without a rule.
    fn without(&self, sample: &Sample, limits: &Limits, count: &mut Count) -> String {
        let decoded = decode(&sample.topic, &sample.payload, self.now, limits, &self.zone);
        if let Some(there) = decoded.availability {
            count.availability += 1;
            let what = if there { "there" } else { "gone" };
            return format!("  without a rule: the device is {what}\n");
        }
        match decoded.leaves.len() {
            0 => "  without a rule: no value\n".to_owned(),
            many => format!("  without a rule: {}\n", counted(many, "value")),
        }
    }
}

/// Whether a payload is neither JSON nor meant to be.
fn is_plain_text(payload: &[u8]) -> bool {
    let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(payload).is_ok();
    let first = payload.iter().find(|byte| !byte.is_ascii_whitespace());
    !is_json && !matches!(first, None | Some(b'{' | b'['))
}

/// `lyon-p-14 flow = 21.5 m3/h, good, 2026-01-02T03:04:05.678Z`
fn line(leaf: &Bound) -> String {
    let value = match &leaf.value {
        None => "none".to_owned(),
        Some(Value::Number(number)) => formula::shortest(*number),
        Some(Value::Bool(on)) => on.to_string(),
        Some(Value::Text(text)) => format!("\"{}\"", clip(text)),
    };
    let unit = leaf
        .unit
        .as_ref()
        .map(|unit| format!(" {unit}"))
        .unwrap_or_default();
    let quality = match leaf.quality {
        Quality::Good => "good",
        Quality::Uncertain => "uncertain",
        Quality::Bad => "bad",
    };
    let time = leaf
        .time
        .and_then(|time| jiff::Timestamp::from_microsecond(time.micros()).ok());
    let time = time.map_or_else(|| "at arrival".to_owned(), |time| time.to_string());
    format!(
        "{} {} = {value}{unit}, {quality}, {time}",
        leaf.asset, leaf.property
    )
}

fn counted(count: usize, what: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {what}{ending}")
}

fn clip(text: &str) -> String {
    decode::sample(text.as_bytes(), SHOWN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::model::{File, check_files};

    const PAGE: &str = include_str!("../../../docs/bindings.md");

    fn blocks(language: &str) -> Vec<&'static str> {
        let fence = format!("```{language}\n");
        let after = PAGE.split(fence.as_str()).skip(1);
        after.filter_map(|rest| rest.split("```").next()).collect()
    }

    #[test]
    fn the_page_shows_what_is_printed() {
        let (rules, samples, results) = (blocks("toml"), blocks("samples"), blocks("result"));
        assert!(rules.len() >= 5);
        assert_eq!((rules.len(), rules.len()), (samples.len(), results.len()));
        for ((rules, samples), expect) in rules.iter().zip(samples).zip(results) {
            let file = File {
                path: "m.toml",
                text: rules,
            };
            let checked = check_files(&[file], &World);
            assert!(checked.is_ok(), "{}", checked.render());
            let trial = Trial {
                book: Rulebook {
                    rules: checked.model.rules(&World),
                    model: None,
                },
                source: "",
                zone: SiteZone(TimeZone::UTC),
                now: Timestamp::from_millis(1_767_323_045_678),
            };
            let mut told = String::new();
            trial.all(samples, &mut |text| told.push_str(text));
            assert_eq!(told, expect);
        }
    }

    #[test]
    fn the_wrong_example_gives_the_problems_below_it() {
        let (wrong, problems) = (blocks("wrong"), blocks("problems"));
        assert_eq!((wrong.len(), problems.len()), (1, 1));
        for (text, expect) in wrong.iter().zip(problems) {
            let checked = check_files(&[File { path: "m", text }], &World);
            let told: Vec<String> = checked.problems.iter().map(ToString::to_string).collect();
            assert_eq!(told.join("\n").replace("m:", ""), expect.trim());
        }
    }

    #[test]
    fn every_preset_is_on_the_page() {
        for name in ::bind::presets().keys() {
            assert!(PAGE.contains(&format!("| `{name}` |")), "{name}");
        }
    }

    #[test]
    fn a_payload_that_is_no_json_is_said_to_be_none() {
        for (payload, expect) in [
            ("<xml/>", true),
            ("running", true),
            ("21.5", false),
            ("\"running\"", false),
            ("{\"a\":", false),
            ("", false),
        ] {
            assert_eq!(is_plain_text(payload.as_bytes()), expect, "{payload}");
        }
    }
}
