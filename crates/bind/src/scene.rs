//! Where a rule stands in a message: what its names and paths mean at this place.

use std::sync::Arc;

use formula::{Moment, Sample, Time};
use serde_json::Value;

use crate::apply::World;
use crate::compiled::{Compiled, Said, Test, What};
use crate::expr::{Expr, Given, Name, PathId, Piece, Template};
use crate::message::{formula_value, text_of};
use crate::path::{Key, Start, head};
use crate::rules::Incoming;

/// Bytes of what a template makes.
const MAX_TEXT: usize = 512;
/// Bytes of a text that a formula sees, where there may be thousands of items.
const MAX_INPUT: usize = 8 << 10;

/// A place in a message.
pub(crate) struct Scene<'m> {
    pub rule: &'m Compiled,
    pub world: World<'m>,
    pub message: Incoming<'m>,
    pub text: &'m str,
    pub root: &'m Value,
    pub captured: &'m [&'m str],
    /// A text of this item taken apart.
    pub parts: Vec<String>,
    frames: Vec<(Key<'m>, &'m Value)>,
    /// When the message and each frame were last entered.
    entered: Vec<u64>,
    clock: u64,
    /// What slow paths found, and when the place they start from had been entered.
    found: Vec<Option<(u64, Option<&'m Value>)>>,
    /// Names below the value's object.
    pub names: Vec<Key<'m>>,
    /// The plain value that is looked at.
    pub leaf: Option<&'m Value>,
}

impl<'m> Scene<'m> {
    pub fn new(
        rule: &'m Compiled,
        captured: &'m [&'m str],
        message: Incoming<'m>,
        text: &'m str,
        root: &'m Value,
        world: World<'m>,
    ) -> Self {
        Self {
            rule,
            world,
            message,
            text,
            root,
            captured,
            parts: Vec::new(),
            frames: Vec::new(),
            entered: vec![0],
            clock: 0,
            found: vec![None; rule.names.paths.len()],
            names: Vec::new(),
            leaf: None,
        }
    }

    /// Goes to an item of the fan-out `level`, counted from 1.
    pub fn enter(&mut self, level: usize, key: Key<'m>, node: &'m Value) {
        self.clock += 1;
        self.frames.truncate(level - 1);
        self.entered.truncate(level);
        self.frames.push((key, node));
        self.entered.push(self.clock);
    }

    fn start(&self, start: Start) -> Option<(&'m Value, u64)> {
        let (node, at) = match start {
            Start::Message => (self.root, 0),
            Start::Item(level) => (self.frames.get(level - 1)?.1, level),
        };
        Some((node, self.entered.get(at).copied().unwrap_or_default()))
    }

    /// All that a path finds, each with its key.
    pub fn all(&self, id: PathId) -> Vec<(Key<'m>, &'m Value)> {
        let path = self.rule.names.paths.get(id.0);
        let from = path.and_then(|path| self.start(path.start));
        match (path, from) {
            (Some(path), Some((node, _))) => path.all(node),
            _ => Vec::new(),
        }
    }

    /// The first thing a path finds. What is slow is looked for once for each place it starts from.
    pub fn find(&mut self, id: PathId) -> Option<&'m Value> {
        let path = self.rule.names.paths.get(id.0)?;
        let (node, entered) = self.start(path.start)?;
        if path.is_quick() {
            return path.first(node);
        }
        match self.found.get(id.0) {
            Some(Some((when, found))) if *when == entered => *found,
            _ => {
                let found = path.first(node);
                if let Some(slot) = self.found.get_mut(id.0) {
                    *slot = Some((entered, found));
                }
                found
            }
        }
    }

    /// The first that finds something.
    pub fn find_any(&mut self, ids: &[PathId]) -> Option<&'m Value> {
        ids.iter().find_map(|id| self.find(*id))
    }

    /// The names that led here, for people.
    pub fn place(&self) -> String {
        let keys = self
            .frames
            .iter()
            .map(|(key, _)| *key)
            .chain(self.names.iter().copied());
        let place = joined(keys);
        decode::sample(place.as_bytes(), 80)
    }

    /// The names below the value's object.
    pub fn path(&self) -> String {
        joined(self.names.iter().copied())
    }

    /// The last name that led here, or that of a fan-out.
    pub fn key(&self, level: usize) -> Key<'m> {
        let frame = |level: usize| self.frames.get(level).map(|(key, _)| *key);
        match level {
            0 => self
                .names
                .last()
                .copied()
                .or_else(|| frame(self.frames.len().checked_sub(1)?))
                .unwrap_or(Key::None),
            _ => frame(level - 1).unwrap_or(Key::None),
        }
    }

    fn slot(&self, slot: usize) -> Option<&str> {
        match slot.checked_sub(self.rule.names.parts_from) {
            None => self.captured.get(slot).copied(),
            Some(part) => self.parts.get(part).map(String::as_str),
        }
    }

    fn value_of(&mut self, name: Name) -> Option<&'m Value> {
        match name {
            Name::Value => self.leaf,
            Name::Let(at) => self.find(self.rule.names.lets.get(at)?.1),
            _ => None,
        }
    }

    fn sample(&mut self, name: Name) -> Option<Sample> {
        let text = |text: &str| Some(formula::Value::from(text));
        let value = match name {
            Name::Slot(slot) => self.slot(slot).and_then(text),
            Name::Key(level) => match self.key(level) {
                Key::None => None,
                Key::Name(name) => text(name),
                Key::At(at) => Some(formula::Value::Number(at as f64)),
            },
            Name::Path => text(&self.path()),
            Name::Topic => text(self.message.topic),
            Name::Retained => Some(formula::Value::Number(f64::from(u8::from(self.message.retained)))),
            Name::Payload => Some(formula::Value::Text(Arc::from(self.text))),
            Name::Value | Name::Let(_) => self.value_of(name).and_then(formula_value),
        };
        let single = self.rule.foreach.is_empty() && !self.rule.flatten;
        let fits = |value: &formula::Value| match value {
            formula::Value::Text(text) => single || text.len() <= MAX_INPUT,
            formula::Value::Number(_) => true,
        };
        let time = Time(self.message.arrival.micros());
        value.filter(fits).map(|value| Sample::good(time, value))
    }

    /// What a formula comes to here.
    pub fn eval(&mut self, expr: &Expr) -> Option<formula::Value> {
        let given = self.given(expr);
        expr.formula.eval(&given, self.moment())
    }

    /// Why a formula has no output here, where that can be told.
    pub fn why_none(&mut self, expr: &Expr) -> Option<String> {
        let given = self.given(expr);
        expr.formula.why_none(&given, self.moment())
    }

    fn given(&mut self, expr: &Expr) -> Given {
        Given(expr.inputs.iter().map(|name| self.sample(*name)).collect())
    }

    fn moment(&self) -> Moment<'m> {
        let now = Time(self.message.arrival.micros());
        Moment {
            now,
            trigger: now,
            zones: self.world.zones,
        }
    }

    /// Whether a condition holds here.
    pub fn holds(&mut self, test: &Test) -> bool {
        match &test.what {
            What::Finds(id) => self.find(*id).is_some(),
            What::FindsNothing(id) => self.find(*id).is_none(),
            What::Holds(expr) => match self.eval(expr) {
                Some(formula::Value::Number(number)) => number != 0.0,
                Some(formula::Value::Text(text)) => !text.is_empty(),
                None => false,
            },
        }
    }

    /// What a template says here, or what of it stands for nothing.
    pub fn render(&mut self, template: &Template) -> Result<String, String> {
        let mut text = String::new();
        for piece in &template.pieces {
            match piece {
                Piece::Text(plain) => text.push_str(plain),
                Piece::Name(name) => self.render_name(*name, &mut text)?,
                Piece::Path(id) => {
                    let source = || self.rule.names.paths.get(id.0).map_or("", |path| &path.source);
                    let said = source();
                    let found = self.find(*id).ok_or_else(|| format!("`{said}` finds nothing"))?;
                    let plain = text_of(found).ok_or_else(|| format!("`{said}` is no text or number"))?;
                    text.push_str(head(&plain, MAX_TEXT + 1));
                }
            }
            if text.len() > MAX_TEXT {
                return Err(format!("a name of more than {MAX_TEXT} bytes"));
            }
        }
        Ok(text)
    }

    fn render_name(&mut self, name: Name, into: &mut String) -> Result<(), String> {
        match name {
            Name::Slot(slot) => into.push_str(self.slot(slot).unwrap_or_default()),
            Name::Key(level) => match self.key(level) {
                Key::None => return Err("there is no key here".to_owned()),
                key => into.push_str(&key.text()),
            },
            Name::Path => into.push_str(&self.path()),
            Name::Topic => into.push_str(self.message.topic),
            Name::Retained => into.push(if self.message.retained { '1' } else { '0' }),
            Name::Payload => into.push_str(head(self.text, MAX_TEXT + 1)),
            Name::Value | Name::Let(_) => {
                let plain = self.value_of(name).and_then(text_of);
                into.push_str(head(&plain.ok_or("a name stands for nothing")?, MAX_TEXT + 1));
            }
        }
        Ok(())
    }

    /// What is said first of several, with the node that says it.
    pub fn said(&mut self, choices: &'m [Said]) -> Option<(Option<&'m Value>, Option<String>)> {
        choices.iter().find_map(|said| match said {
            Said::Path(id) => self.find(*id).map(|node| (Some(node), None)),
            Said::Words(template) => self.render(template).ok().map(|text| (None, Some(text))),
        })
    }
}

fn joined<'k>(keys: impl Iterator<Item = Key<'k>>) -> String {
    let mut text = String::new();
    for word in keys.map(Key::text).filter(|word| !word.is_empty()) {
        if !text.is_empty() {
            text.push('.');
        }
        text.push_str(&word);
        // Long enough to be refused by whoever asked.
        if text.len() > MAX_TEXT {
            break;
        }
    }
    text
}
