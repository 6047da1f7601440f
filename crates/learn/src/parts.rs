//! Several pieces of equipment under one level, told apart by the names of their tags.

use std::collections::{BTreeMap, BTreeSet};

use twin::Value;

use crate::equipment;
use crate::heard::Tag;
use crate::words::{is_measured, isa_variable, property_key, words};

/// Tags by their place, each with what is measured.
pub(crate) type Members = Vec<(usize, String)>;
/// Tags by the code of the equipment they are of.
pub(crate) type Parts = BTreeMap<Box<str>, Members>;

/// What stands before a measure and names no machine.
const QUALIFIERS: &[&str] = &[
    "actual",
    "alarm",
    "average",
    "avg",
    "config",
    "current",
    "data",
    "feed",
    "front",
    "high",
    "in",
    "info",
    "inlet",
    "input",
    "inside",
    "last",
    "left",
    "lower",
    "low",
    "max",
    "mean",
    "meta",
    "min",
    "nominal",
    "out",
    "outlet",
    "output",
    "outside",
    "parameters",
    "permeate",
    "previous",
    "process",
    "quality",
    "raw",
    "rear",
    "return",
    "right",
    "room",
    "set",
    "setpoint",
    "shift",
    "status",
    "supply",
    "target",
    "today",
    "total",
    "upper",
    "values",
];
/// Names of measures that two machines have in common, to be machines by that.
const SHARED: usize = 2;

/// Tags of several pieces of equipment under one level: `F_PU1`, `S_PU1`, `F_PU2`, … are pumps with flow
/// and state, `FLR.SPD` and `FLR.STS` those of a filler. What is the level's own comes first, then the
/// parts.
pub(crate) fn split(level: &str, members: &[(usize, String)], tags: &[Tag]) -> (Members, Parts) {
    // What stands before the names of a machine's own tags are its components.
    let (left, mut parts) = match equipment::read(level).class {
        None => prefixed(members, tags),
        Some(_) => (members.to_vec(), Parts::new()),
    };
    let (own, more) = numbered(left, tags);
    for (code, members) in more {
        parts.entry(code).or_default().extend(members);
    }
    (own, parts)
}

/// Parts whose tags begin with the part's name. `PMP001.FT` → `PMP001`, `FT`.
fn prefixed(members: &[(usize, String)], tags: &[Tag]) -> (Members, Parts) {
    let mut groups: BTreeMap<(&str, bool), Members> = BTreeMap::new();
    for (at, _) in members {
        let Some(tag) = tags.get(*at) else { continue };
        let (name, is_path) = (&*tag.name, tag.name.contains('.'));
        let cut = if is_path {
            name.split_once('.')
        } else {
            name.rsplit_once('_')
        };
        let Some((prefix, rest)) = cut.filter(|(prefix, rest)| can_be_machine(prefix) && has_letter(rest))
        else {
            continue;
        };
        let label = measured_label(&without_unit(prefix, rest, tag), Some(tag));
        groups.entry((prefix, is_path)).or_default().push((*at, label));
    }
    groups.retain(|_, members| members.len() >= SHARED);
    let keys = |members: &Members| -> BTreeSet<String> {
        members.iter().map(|(_, label)| property_key(label)).collect()
    };
    let all: Vec<(&str, bool, BTreeSet<String>)> = groups
        .iter()
        .map(|((prefix, is_path), members)| (*prefix, *is_path, keys(members)))
        .collect();
    let is_machine = |prefix: &str, is_path: bool, members: &Members| {
        let own = keys(members);
        let has_fellow = all.iter().any(|(other, other_path, keys)| {
            *other != prefix && *other_path == is_path && keys.intersection(&own).count() >= SHARED
        });
        let has_class = equipment::read(prefix).class.is_some();
        // An underscore joins words of any kind: both the name and a fellow are asked for.
        if is_path {
            has_class || has_fellow
        } else {
            has_class && has_fellow
        }
    };
    let parts: Parts = groups
        .iter()
        .filter(|((prefix, is_path), members)| is_machine(prefix, *is_path, members))
        .map(|((prefix, _), members)| (Box::from(*prefix), members.clone()))
        .collect();
    let taken: BTreeSet<usize> = parts.values().flatten().map(|(at, _)| *at).collect();
    let own = members.iter().filter(|(at, _)| !taken.contains(at)).cloned();
    (own.collect(), parts)
}

/// The rest of a name as people read it: the unit that stands in the name is left out there.
fn without_unit(prefix: &str, rest: &str, tag: &Tag) -> String {
    let (prefix, label) = (words(prefix), words(&tag.label));
    match label.strip_prefix(prefix.as_slice()) {
        Some(left) if !left.is_empty() => left.join(" "),
        _ => rest.trim_matches('_').to_owned(),
    }
}

fn can_be_machine(prefix: &str) -> bool {
    let words = words(prefix);
    let is_other = |word: &String| is_measured(word) || QUALIFIERS.contains(&word.as_str());
    has_letter(prefix) && !words.iter().any(is_other)
}

fn has_letter(text: &str) -> bool {
    text.contains(char::is_alphabetic)
}

/// Parts whose tags hold a code with a number.
fn numbered(members: Members, tags: &[Tag]) -> (Members, Parts) {
    if members.len() < 4 {
        return (members, Parts::new());
    }
    let mut stems: BTreeMap<String, Parts> = BTreeMap::new();
    for (at, _) in &members {
        let Some((code, stem, measure)) = tags.get(*at).and_then(|tag| equipment_code(&tag.name)) else {
            continue;
        };
        let label = measured_label(&measure, tags.get(*at));
        stems
            .entry(stem)
            .or_default()
            .entry(code)
            .or_default()
            .push((*at, label));
    }
    let is_many = |parts: &Parts| {
        let most = parts.values().map(Vec::len).max().unwrap_or(0);
        parts.len() >= 3 || (parts.len() == 2 && most >= 2)
    };
    stems.retain(|_, parts| is_many(parts));
    let taken: usize = stems.values().flat_map(BTreeMap::values).map(Vec::len).sum();
    if taken * 2 < members.len() {
        return (members, Parts::new());
    }
    // One of its kind beside many that were found: `F_V2` beside the pumps.
    let parts: Parts = stems.into_values().flatten().collect();
    let found: BTreeSet<usize> = parts.values().flatten().map(|(at, _)| *at).collect();
    let mut own = Vec::new();
    let mut more = Parts::new();
    for (at, label) in members.iter().filter(|(at, _)| !found.contains(at)) {
        match tags.get(*at).and_then(|tag| equipment_code(&tag.name)) {
            Some((code, _, measure)) => {
                let label = measured_label(&measure, tags.get(*at));
                more.entry(code).or_default().push((*at, label));
            }
            None => own.push((*at, label.clone())),
        }
    }
    let mut all = parts;
    all.extend(more);
    (own, all)
}

/// The equipment a tag's name holds beside what is measured: its code, the code without its number, and
/// the rest. `F_PU1` → `PU1`, `pu`, `F`; `pump1.flow` → `pump1`, `pump`, `flow`.
fn equipment_code(name: &str) -> Option<(Box<str>, String, String)> {
    let parts: Vec<&str> = name
        .split(|c: char| matches!(c, '_' | '-' | '.' | '/') || c.is_whitespace())
        .filter(|part| !part.is_empty())
        .collect();
    for (at, part) in parts.iter().enumerate() {
        let own = words(part);
        let (stem, number, width) = match (own.as_slice(), parts.get(at + 1)) {
            // `PU1`
            ([stem, number, ..], _) if is_number(number) => (stem, own.len() == 2, 1),
            // `pump_1`
            ([stem], Some(next)) if is_number(next) && parts.len() > 2 => (stem, true, 2),
            _ => continue,
        };
        let rest: Vec<&str> = parts
            .iter()
            .enumerate()
            .filter(|(other, _)| !(at..at + width).contains(other))
            .map(|(_, part)| *part)
            .collect();
        // A code of a tag has a measure beside it, and is none itself.
        let is_short_measure = rest.iter().all(|part| part.len() <= 2);
        let is_equipment = number && (is_short_measure || !is_measured(stem)) && !is_number(stem);
        if is_equipment && rest.iter().any(|part| has_letter(part)) {
            let code = parts.get(at..at + width).unwrap_or_default().join("_");
            return Some((code.into(), stem.clone(), rest.join("_")));
        }
    }
    None
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_digit())
}

/// What is measured: the letters of ISA-5.1 in full; an `S` that is only 0 and 1 is a state, no speed.
fn measured_label(measure: &str, tag: Option<&Tag>) -> String {
    let letter = measure.to_lowercase();
    let variable = isa_variable(&letter);
    let seen = tag.map(|tag| &tag.seen);
    let is_switch = seen.is_some_and(|seen| {
        matches!(seen.last, Some(Value::Bool(_)))
            || (seen.is_code() && seen.span.is_some_and(|span| span.1 <= 3.0))
    });
    if letter == "s" && is_switch {
        return "state".to_owned();
    }
    variable.unwrap_or(measure).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(level: &str, names: &[&str], expect: &[(&str, &str)]) {
        let tag = |name: &&str| Tag {
            name: (*name).into(),
            ..Tag::default()
        };
        let tags: Vec<Tag> = names.iter().map(tag).collect();
        let members: Members = names
            .iter()
            .enumerate()
            .map(|(at, name)| (at, (*name).to_owned()))
            .collect();
        let (own, mut parts) = split(level, &members, &tags);
        if !own.is_empty() {
            parts.insert("".into(), own);
        }
        let keys = |members: &Members| {
            let mut keys: Vec<String> = members.iter().map(|(_, label)| property_key(label)).collect();
            keys.sort();
            keys.join(" ")
        };
        let found: Vec<(&str, String)> = parts
            .iter()
            .map(|(code, members)| (&**code, keys(members)))
            .collect();
        let found: Vec<(&str, &str)> = found.iter().map(|(code, keys)| (*code, keys.as_str())).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn machines_of_a_line_are_told_by_what_their_tags_begin_with() {
        let line = [
            "FLR.SPD",
            "FLR.Cnt",
            "FLR.STS",
            "Cv_A.SPD",
            "Cv_A.Cnt",
            "Cv_A.STS",
            "PMP001.FT_",
            "PMP001.TT_",
            "OEE",
        ];
        let machines = [
            ("", "oee"),
            ("Cv_A", "count speed status"),
            ("FLR", "count speed status"),
            ("PMP001", "ft tt"),
        ];
        check("Ln1", &line, &machines);
        // Of a machine they are its components.
        check(
            "packer",
            &["motor.current", "motor.power", "fan.current", "fan.power"],
            &[("", "fan_current fan_power motor_current motor_power")],
        );
        check(
            "line1",
            &["motor_current", "motor_power", "fan_current", "fan_power", "takt"],
            &[("", "takt"), ("fan", "current power"), ("motor", "current power")],
        );
    }

    #[test]
    fn what_qualifies_a_measure_is_no_machine() {
        let rig = ["supply.temp", "supply.flow", "return.temp", "return.flow"];
        check(
            "rig",
            &rig,
            &[(
                "",
                "return_flow return_temperature supply_flow supply_temperature",
            )],
        );
        let words = ["good_count", "good_rate", "scrap_count", "scrap_rate"];
        check(
            "rig",
            &words,
            &[("", "good_count good_rate scrap_count scrap_rate")],
        );
        // Bits of a data block.
        check(
            "DB12",
            &["DBX0.0", "DBX0.1", "DBX2.0", "DBX2.1"],
            &[("", "dbx_0_0 dbx_0_1 dbx_2_0 dbx_2_1")],
        );
    }
}
