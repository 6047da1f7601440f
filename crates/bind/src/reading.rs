//! What a place in a message says: value, time, quality, unit, and whose it is.

use std::sync::Arc;

use decode::LocalZone;
use decode::parts::{time_of_number, time_of_text};
use formula::{Zone, Zones};
use serde_json::Value;
use twin::{Leaf, Quality, Span, Timestamp};

use crate::apply::Walk;
use crate::compiled::{Compiled, TimeOf, UnitOf, ValueOf};
use crate::expr::Reach;
use crate::message::{digits, leaf_of, quality_of, text_of, word_of};
use crate::miss::Reason;
use crate::name::{asset_key, property_path};
use crate::path::Key;
use crate::rule::{Grade, Scalar, TimeUnit, Words};
use crate::scene::Scene;

/// Longest unit, in bytes; a longer one is a sentence.
const UNIT_BYTES: usize = 32;
/// Longest text that is a time, in bytes.
const MAX_TIME: usize = 128;

/// Whose a value is.
pub(crate) struct Target {
    pub asset: Arc<str>,
    pub property: Arc<str>,
    pub tag: (Option<Box<str>>, Box<str>),
}

impl Walk<'_> {
    /// The value, with a unit where it has one of its own.
    pub(crate) fn value(&mut self, scene: &mut Scene<'_>) -> Option<Leaf> {
        let rule = scene.rule;
        let mut leaf = match &rule.value {
            ValueOf::Formula(expr) => match scene.eval(expr) {
                Some(value) => Leaf {
                    value: Some(match value {
                        formula::Value::Number(number) => twin::Value::Number(number),
                        formula::Value::Text(text) => twin::Value::Text(text),
                    }),
                    ..Leaf::default()
                },
                None => {
                    let why = scene.why_none(expr);
                    self.miss(scene, Reason::NoOutput, || {
                        let why = why.map_or_else(String::new, |why| format!(": {why}"));
                        format!("the formula of `value` has no output{why}")
                    });
                    return None;
                }
            },
            ValueOf::Paths(_) => {
                let json = scene.leaf?;
                if rule.null_if.iter().any(|none| is_same(json, none)) {
                    return Some(Leaf::default());
                }
                let (leaf, problem) = leaf_of(json);
                if let Some(problem) = problem {
                    self.miss(scene, Reason::Unreadable, || {
                        format!("{}: {}", problem.reason, problem.detail)
                    });
                }
                leaf
            }
        };
        if let (Some((scale, offset)), Some(twin::Value::Number(number))) = (rule.scale, &leaf.value) {
            let (number, scaled) = (*number, number * scale + offset);
            leaf.scaled = rule.scale;
            leaf.value = scaled.is_finite().then_some(twin::Value::Number(scaled));
            if leaf.value.is_none() {
                leaf.quality = Quality::Bad;
                self.miss(scene, Reason::Unreadable, || {
                    format!("{} scaled is beyond any number", formula::shortest(number))
                });
            }
        }
        Some(leaf)
    }

    /// When it was measured, and the node that says so.
    pub(crate) fn time<'m>(&mut self, scene: &mut Scene<'m>) -> (Option<&'m Value>, Option<Timestamp>) {
        let rule: &'m Compiled = scene.rule;
        let Some(time) = &rule.time else {
            return (None, None);
        };
        let Some((node, text)) = scene.said(&time.said) else {
            return (None, None);
        };
        let read = match (node, &text) {
            (Some(Value::Null), _) => return (node, None),
            (Some(Value::Number(number)), _) => time.of_number(&number.to_string()),
            (Some(Value::String(text)), _) if text.len() <= MAX_TIME => time.of_text(text, scene),
            (None, Some(text)) => time.of_text(text, scene),
            _ => None,
        };
        let Some(mut at) = read else {
            let of_node = || Some(decode::sample(text_of(node?)?.as_bytes(), 40));
            let shown = text.or_else(of_node).unwrap_or_default();
            self.miss(scene, Reason::UnreadableTime, || {
                let shown = decode::sample(shown.as_bytes(), 40);
                format!("`{shown}` is no time that can be read; the arrival is used")
            });
            return (node, None);
        };
        if let Some(back) = &time.back {
            let secs = match scene.eval(back) {
                Some(formula::Value::Number(secs)) if (0.0..=1e9).contains(&secs) => secs,
                _ => {
                    self.miss(scene, Reason::UnreadableTime, || {
                        "`back` gives no seconds".to_owned()
                    });
                    return (node, None);
                }
            };
            at = at - Span::from_micros((secs * 1e6).round() as i64);
        }
        (node, Some(at))
    }

    /// How far to trust it, and the node that says so. What says nothing is good.
    pub(crate) fn quality<'m>(&mut self, scene: &mut Scene<'m>) -> (Option<&'m Value>, Quality) {
        let rule: &'m Compiled = scene.rule;
        let Some((paths, quality)) = &rule.quality else {
            return (None, Quality::Good);
        };
        let found = paths.iter().find_map(|id| Some((*id, scene.find(*id)?)));
        let Some((id, node)) = found.filter(|(_, node)| !node.is_null()) else {
            return (None, Quality::Good);
        };
        let word = word_of(node);
        let mapped = word.as_deref().and_then(|word| {
            let exact = quality.map.get(word);
            exact.or_else(|| {
                let mut words = quality.map.iter();
                words.find_map(|(other, grade)| other.eq_ignore_ascii_case(word).then_some(grade))
            })
        });
        if let Some(grade) = mapped {
            return (Some(node), grade.quality());
        }
        // OPC UA's numbers are read by their top bits wherever its key stands.
        let source = rule.names.paths.get(id.0).map_or("", |path| &path.source);
        let status_code = source.to_ascii_lowercase().contains("statuscode") || source.ends_with("Status");
        let read = quality_of(node, status_code).unwrap_or_else(|| {
            let shown = word.unwrap_or_default().into_owned();
            self.miss(scene, Reason::UnknownQuality, || {
                let shown = decode::sample(shown.as_bytes(), 40);
                format!("`{shown}` is no quality that is known; taken as uncertain")
            });
            Quality::Uncertain
        });
        (Some(node), read)
    }

    /// Its unit: of its name, of all, or its own. Numbers have units, nothing else.
    pub(crate) fn unit(&self, scene: &mut Scene<'_>, property: &str, read: &Leaf) -> Option<Box<str>> {
        if !matches!(read.value, Some(twin::Value::Number(_))) {
            return None;
        }
        let rule = scene.rule;
        let by_name = match scene.key(0) {
            Key::Name(name) => rule.units.get(name),
            Key::None | Key::At(_) => None,
        };
        let of = by_name
            .or_else(|| rule.units.get(property))
            .or(rule.unit.as_ref());
        of.and_then(|unit| unit.of(scene)).or_else(|| read.unit.clone())
    }

    /// Asset and property.
    pub(crate) fn target(&mut self, scene: &mut Scene<'_>) -> Option<Target> {
        let rule = scene.rule;
        let asset = scene.render(&rule.asset);
        let property = scene.render(&rule.property);
        let (asset_text, property_text) = match (asset, property) {
            (Ok(asset), Ok(property)) => (asset, property),
            (Err(detail), _) | (_, Err(detail)) => {
                self.miss(scene, Reason::Absent, || detail);
                return None;
            }
        };
        let asset = renamed(&asset_text, &rule.assets, asset_key);
        let property = renamed(&property_text, &rule.properties, property_path);
        let (Some(asset), Some(property)) = (&asset, &property) else {
            let (what, text) = match asset {
                None => ("asset", &asset_text),
                Some(_) => ("property", &property_text),
            };
            self.miss(scene, Reason::NoName, || {
                let shown = decode::sample(text.as_bytes(), 40);
                format!("`{shown}` is no name for the {what}")
            });
            return None;
        };
        let by_payload = |reach: Reach| reach > Reach::Topic;
        let field = if by_payload(rule.property.reach) {
            property_text
        } else {
            [&*rule.field, &scene.path()]
                .iter()
                .filter(|part| !part.is_empty())
                .copied()
                .collect::<Vec<_>>()
                .join(".")
        };
        Some(Target {
            tag: (
                by_payload(rule.asset.reach).then(|| asset_text.into()),
                field.into(),
            ),
            asset: Arc::from(asset.as_str()),
            property: Arc::from(property.as_str()),
        })
    }
}

/// The name that a rule gives instead, by the text as it came or as the model takes it.
fn renamed(text: &str, words: &Words, make: fn(&str) -> Option<String>) -> Option<String> {
    if let Some(other) = words.get(text) {
        return Some(other.to_string());
    }
    let made = make(text)?;
    Some(words.get(made.as_str()).map_or(made, ToString::to_string))
}

fn is_same(json: &Value, none: &Scalar) -> bool {
    if matches!(json, Value::String(text) if text.len() > MAX_TIME) {
        return false;
    }
    match (json, none) {
        (Value::Bool(on), Scalar::Flag(none)) => on == none,
        (Value::Number(number), Scalar::Number(none)) => number.as_f64() == Some(*none),
        (Value::String(text), Scalar::Text(none)) => text.trim() == none.trim(),
        // `"-999"` as well as -999.
        (Value::String(text), Scalar::Number(none)) => text.trim().parse() == Ok(*none),
        (Value::Number(number), Scalar::Text(none)) => digits(number) == **none,
        _ => false,
    }
}

impl Grade {
    const fn quality(self) -> Quality {
        match self {
            Self::Good => Quality::Good,
            Self::Uncertain => Quality::Uncertain,
            Self::Bad => Quality::Bad,
        }
    }
}

impl TimeOf {
    fn of_number(&self, digits: &str) -> Option<Timestamp> {
        match self.unit {
            TimeUnit::Rfc3339 => None,
            unit => time_of_number(digits, unit.epoch()),
        }
    }

    fn of_text(&self, text: &str, scene: &Scene<'_>) -> Option<Timestamp> {
        let own;
        let zone: &dyn LocalZone = match &self.zone {
            Some(zone) => {
                own = Clocks {
                    zone,
                    zones: scene.world.zones,
                };
                &own
            }
            None => scene.world.zone,
        };
        match self.unit {
            TimeUnit::Rfc3339 => time_of_text(text, zone),
            TimeUnit::Auto => time_of_text(text, zone).or_else(|| time_of_number(text.trim(), None)),
            unit => time_of_number(text.trim(), unit.epoch()),
        }
    }
}

/// The clocks of a zone that a rule names.
struct Clocks<'z> {
    zone: &'z Zone,
    zones: &'z dyn Zones,
}

impl LocalZone for Clocks<'_> {
    fn utc_offset_secs(&self, wall: Timestamp) -> i32 {
        match self.zone {
            Zone::Fixed(secs) => *secs,
            Zone::Region(region) => {
                let secs = wall.micros().div_euclid(1_000_000);
                self.zones.offset_of_wall(region, secs).unwrap_or_default()
            }
        }
    }
}

impl UnitOf {
    fn of(&self, scene: &mut Scene<'_>) -> Option<Box<str>> {
        let word = self.said.iter().find_map(|said| match said {
            crate::compiled::Said::Path(id) => word_of(scene.find(*id)?).map(|text| text.into_owned()),
            crate::compiled::Said::Words(template) => scene.render(template).ok(),
        })?;
        let word = word.trim();
        let unit = self.map.get(word).map_or(word, |unit| unit);
        (!unit.is_empty() && unit.len() <= UNIT_BYTES).then(|| unit.into())
    }
}
