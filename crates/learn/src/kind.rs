//! What a property is, by its name and by what its values did.

use model::Scalar;
use twin::Value;

use crate::heard::{Seen, Tag};
use crate::proposal::{Confidence, KindReason, PropertyKind, UnitReason};
use crate::states::{is_state, name_of};

const STATE_WORDS: &[&str] = &[
    "state",
    "status",
    "mode",
    "running",
    "reason",
    "phase",
    "zustand",
    "betriebsart",
    "modus",
    "grund",
    "état",
    "etat",
    "motif",
];
const COUNTER_WORDS: &[&str] = &[
    "count",
    "counter",
    "total",
    "totalizer",
    "hours",
    "starts",
    "cycles",
    "energy",
    "odometer",
    "cnt",
    "ctr",
    "tot",
    "totaliser",
    "produced",
    "pulses",
    "zähler",
    "zaehler",
    "zählerstand",
    "zaehlerstand",
    "stunden",
    "betriebsstunden",
    "gesamt",
    "stückzahl",
    "stueckzahl",
    "zyklen",
    "energie",
    "impulse",
    "compteur",
    "heures",
    "démarrages",
    "demarrages",
    "totalisateur",
    "cumul",
    "impulsions",
];
const CONSTANT_WORDS: &[&str] = &[
    "rated",
    "nominal",
    "serial",
    "model",
    "manufacturer",
    "vendor",
    "version",
    "firmware",
    "description",
    "location",
    "capacity",
    "ip",
    "mac",
    "hardware",
    "seriennummer",
    "hersteller",
    "standort",
    "fabricant",
    "modèle",
    "emplacement",
];
/// Values of a name's end that make a counter no counter: how many an hour, or what is left.
const NO_COUNTER: &[&str] = &[
    "left", "rate", "today", "per", "shift", "rest", "heute", "pro", "schicht", "restant", "taux", "jour",
    "poste",
];
/// Rises without a fall that make a number a counter, whatever it is called.
const RISES: u32 = 5;
/// States that a property has at most.
const MAX_STATES: usize = 12;

/// What a property is judged to be.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Judged {
    pub kind: PropertyKind,
    pub reason: KindReason,
    pub confidence: Confidence,
    pub states: Vec<(Box<str>, Vec<Scalar>)>,
}

/// The states that values of these tags may mean.
pub(crate) fn states_of(tags: &[&Tag]) -> Vec<(Box<str>, Vec<Scalar>)> {
    let mut all = Seen::default();
    for tag in tags {
        merge(&mut all, &tag.seen);
    }
    if all.kinds.texts {
        distinct(
            all.texts
                .iter()
                .take(MAX_STATES)
                .map(|text| state_of_text(text))
                .collect(),
        )
    } else if all.kinds.switches {
        states_of_switch()
    } else if all.is_code() {
        states_of_codes(&all)
    } else {
        Vec::new()
    }
}

fn states_of_switch() -> Vec<(Box<str>, Vec<Scalar>)> {
    vec![
        ("running".into(), vec![Scalar::Flag(true)]),
        ("stopped".into(), vec![Scalar::Flag(false)]),
    ]
}

/// Judges a property by the tags it has in all assets.
pub(crate) fn judge(key: &str, tags: &[&Tag]) -> Judged {
    let mut all = Seen::default();
    let mut constant = true;
    for tag in tags {
        merge(&mut all, &tag.seen);
        constant &= tag.seen.changed == 0;
    }
    let words: Vec<&str> = key.split('_').collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
    let judged = |kind, reason, confidence| Judged {
        kind,
        reason,
        confidence: Confidence::new(confidence),
        states: Vec::new(),
    };
    let is_few = !all.is_any_text && all.texts.len() <= MAX_STATES;
    if all.kinds.texts {
        return if has(CONSTANT_WORDS) && constant {
            judged(PropertyKind::Attribute, KindReason::ConstantWord, 0.9)
        } else if is_few && (has(STATE_WORDS) || all.texts.iter().all(|text| is_state(text))) {
            let states = all.texts.iter().map(|text| state_of_text(text)).collect();
            let (reason, confidence) = match has(STATE_WORDS) {
                true => (KindReason::StateWord, 0.92),
                false => (KindReason::FewTexts, 0.85),
            };
            Judged {
                states: distinct(states),
                ..judged(PropertyKind::State, reason, confidence)
            }
        } else {
            judged(PropertyKind::Text, KindReason::Texts, 0.7)
        };
    }
    if all.kinds.switches {
        let is_run = matches!(words.last(), Some(&"running" | &"run" | &"on"));
        return if is_run || words == ["state"] {
            let states = states_of_switch();
            let judged = judged(PropertyKind::State, KindReason::Switch, 0.9);
            Judged { states, ..judged }
        } else {
            judged(PropertyKind::Switch, KindReason::Switch, 0.95)
        };
    }
    let is_state = matches!(words.last(), Some(&"state" | &"status" | &"mode"));
    if is_state && all.is_code() {
        let judged = judged(PropertyKind::State, KindReason::Codes, 0.6);
        return Judged {
            states: states_of_codes(&all),
            ..judged
        };
    }
    if has(CONSTANT_WORDS) && constant {
        return judged(PropertyKind::Attribute, KindReason::ConstantWord, 0.85);
    }
    let may_count = all.fell == 0 && !has(NO_COUNTER);
    if may_count && has(COUNTER_WORDS) {
        return judged(
            PropertyKind::Counter,
            KindReason::CounterWord,
            if all.rose > 0 { 0.95 } else { 0.8 },
        );
    }
    if may_count && !all.has_fraction && all.rose >= RISES {
        return judged(PropertyKind::Counter, KindReason::OnlyRises, 0.7);
    }
    judged(PropertyKind::Measurement, KindReason::Numbers, 0.95)
}

fn merge(all: &mut Seen, seen: &Seen) {
    all.kinds.numbers |= seen.kinds.numbers;
    all.kinds.switches |= seen.kinds.switches;
    all.kinds.texts |= seen.kinds.texts;
    all.has_fraction |= seen.has_fraction;
    all.is_any_text |= seen.is_any_text;
    all.rose += seen.rose;
    all.fell += seen.fell;
    for text in &seen.texts {
        if all.texts.len() > MAX_STATES {
            break;
        }
        all.texts.insert(text.clone());
    }
    if let Some((low, high)) = seen.span {
        let (from, to) = all.span.unwrap_or((low, high));
        all.span = Some((from.min(low), to.max(high)));
    }
    all.last = all.last.take().or_else(|| seen.last.clone());
}

/// `RUN` as a state.
fn state_of_text(text: &str) -> (Box<str>, Vec<Scalar>) {
    (name_of(text), vec![Scalar::Text(text.into())])
}

/// States of one name are one state with several values.
fn distinct(states: Vec<(Box<str>, Vec<Scalar>)>) -> Vec<(Box<str>, Vec<Scalar>)> {
    let mut distinct: Vec<(Box<str>, Vec<Scalar>)> = Vec::new();
    for (name, values) in states {
        match distinct.iter_mut().find(|(own, _)| *own == name) {
            Some((_, own)) => own.extend(values),
            None => distinct.push((name, values)),
        }
    }
    distinct.retain(|(name, _)| !name.is_empty());
    distinct
}

/// 0 and 1 are taken for stopped and running; other codes keep their number until somebody names them.
fn states_of_codes(seen: &Seen) -> Vec<(Box<str>, Vec<Scalar>)> {
    let (_, high) = seen.span.unwrap_or_default();
    let most = (high.clamp(1.0, 15.0) as u32).min(MAX_STATES as u32 - 1);
    let name = |code: u32| match code {
        0 => "stopped".into(),
        1 => "running".into(),
        code => format!("code_{code}").into(),
    };
    (0..=most)
        .map(|code| (name(code), vec![Scalar::Number(f64::from(code))]))
        .collect()
}

/// The unit most of the tags have, and how it came.
pub(crate) fn unit_of<'t>(tags: &[&'t Tag]) -> (Option<&'t str>, UnitReason) {
    let mut counts: std::collections::BTreeMap<&str, (usize, bool)> = std::collections::BTreeMap::new();
    for tag in tags {
        if let Some(unit) = &tag.unit {
            let count = counts.entry(unit).or_default();
            count.0 += 1;
            count.1 |= tag.is_unit_stated;
        }
    }
    match counts.into_iter().max_by_key(|(_, (count, _))| *count) {
        Some((unit, (_, true))) => (Some(unit), UnitReason::Stated),
        Some((unit, _)) => (Some(unit), UnitReason::Guessed),
        None => (None, UnitReason::None),
    }
}

/// The interval most values come in, rounded up to one that people would say.
pub(crate) fn expected_of(tags: &[&Tag]) -> Option<u32> {
    const STEPS: [u32; 14] = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600];
    let mut secs: Vec<u32> = tags.iter().filter_map(|tag| tag.interval_secs).collect();
    if secs.len() * 2 < tags.len() {
        return None;
    }
    secs.sort_unstable();
    let middle = *secs.get(secs.len() / 2)?;
    Some(STEPS.into_iter().find(|step| *step >= middle).unwrap_or(middle))
}

/// The value of an attribute.
pub(crate) fn scalar_of(value: &Value) -> Scalar {
    match value {
        Value::Number(number) => Scalar::Number(*number),
        Value::Bool(on) => Scalar::Flag(*on),
        Value::Text(text) => Scalar::Text(std::sync::Arc::clone(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(key: &str, values: &[Value], kind: PropertyKind, states: &str) {
        let mut tag = Tag::default();
        for value in values {
            tag.seen.look(value);
        }
        let judged = judge(key, &[&tag]);
        let names: Vec<&str> = judged.states.iter().map(|(name, _)| &**name).collect();
        assert_eq!((judged.kind, names.join(" ").as_str()), (kind, states), "{key}");
    }

    #[test]
    fn kinds_are_told_by_name_and_values() {
        let number = |numbers: &[f64]| numbers.iter().copied().map(Value::Number).collect::<Vec<_>>();
        let text = |texts: &[&str]| {
            texts
                .iter()
                .map(|text| Value::Text((*text).into()))
                .collect::<Vec<_>>()
        };
        check("flow", &number(&[3.1, 2.9]), PropertyKind::Measurement, "");
        check("betriebsstunden", &number(&[3.0, 4.0]), PropertyKind::Counter, "");
        check("zählerstand", &number(&[3.0, 4.0]), PropertyKind::Counter, "");
        check(
            "heures_de_marche",
            &number(&[3.0, 4.0]),
            PropertyKind::Counter,
            "",
        );
        check("good_count", &number(&[3.0, 4.0]), PropertyKind::Counter, "");
        check(
            "energy_today",
            &number(&[3.0, 4.0]),
            PropertyKind::Measurement,
            "",
        );
        check("running_hours", &number(&[3.5]), PropertyKind::Counter, "");
        check(
            "bottles",
            &number(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]),
            PropertyKind::Counter,
            "",
        );
        check("cnt", &number(&[812.0]), PropertyKind::Counter, "");
        check(
            "speed",
            &number(&[1.0, 2.0, 3.0, 4.0]),
            PropertyKind::Measurement,
            "",
        );
        check(
            "parts",
            &number(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
            PropertyKind::Counter,
            "",
        );
        check("energy", &number(&[5.0, 4.0]), PropertyKind::Measurement, "");
        check(
            "state",
            &text(&["Running", "Stopped", "running"]),
            PropertyKind::State,
            "running stopped",
        );
        check(
            "state",
            &number(&[0.0, 1.0, 2.0]),
            PropertyKind::State,
            "stopped running code_2",
        );
        check("state", &number(&[0.5]), PropertyKind::Measurement, "");
        check(
            "running",
            &[Value::Bool(true)],
            PropertyKind::State,
            "running stopped",
        );
        check("door_open", &[Value::Bool(true)], PropertyKind::Switch, "");
        check("serial", &text(&["A-1"]), PropertyKind::Attribute, "");
        check("rated_power", &number(&[55.0]), PropertyKind::Attribute, "");
        check("product", &text(&["Cola 0.5"]), PropertyKind::Text, "");
        check(
            "flr",
            &text(&["RUN", "STOP", "FAULT"]),
            PropertyKind::State,
            "faulted running stopped",
        );
    }
}
