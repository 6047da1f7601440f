//! What was heard of one tag: its address, and what its values looked like.

use std::collections::BTreeSet;
use std::sync::Arc;

use twin::Value;

/// Different texts that are kept of one tag.
const MAX_TEXTS: usize = 16;
/// Letters kept of a text.
const MAX_LETTERS: usize = 60;

/// One tag and what was heard of it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Tag {
    /// The twin's id of the point it is now.
    pub point: u32,
    /// Full topic.
    pub topic: Arc<str>,
    /// Path in the payload, with the asset the payload named; empty for a plain value.
    pub field: Box<str>,
    /// The asset as discovery found it, from the root.
    pub levels: Vec<Box<str>>,
    /// What it is called there: its name as it was sent.
    pub name: Box<str>,
    /// What people read: without its unit.
    pub label: Box<str>,
    /// Its unit as shown.
    pub unit: Option<Box<str>>,
    /// Whether the source stated the unit; read off the name otherwise.
    pub is_unit_stated: bool,
    /// Seconds between its values, where they are regular.
    pub interval_secs: Option<u32>,
    /// Seconds since its last value.
    pub silent_secs: u32,
    /// The broker had kept it.
    pub is_retained: bool,
    /// Its values.
    pub seen: Seen,
}

/// What the values of a tag looked like.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Seen {
    /// Messages since the source is known.
    pub readings: u64,
    /// The last value.
    pub last: Option<Value>,
    /// From the lowest number to the highest.
    pub span: Option<(f64, f64)>,
    /// A number with a fraction was among them.
    pub has_fraction: bool,
    /// How often a number was higher than the one before.
    pub rose: u32,
    /// How often it was lower.
    pub fell: u32,
    /// How often the value was another one.
    pub changed: u32,
    /// Every text, in their order; [`Self::is_any_text`] when there were more.
    pub texts: BTreeSet<Box<str>>,
    /// More texts than were kept.
    pub is_any_text: bool,
    /// Switches, numbers and texts: which of them came.
    pub kinds: Kinds,
}

/// Which kinds of values came.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Kinds {
    /// Numbers.
    pub numbers: bool,
    /// Switches.
    pub switches: bool,
    /// Texts.
    pub texts: bool,
}

impl Seen {
    /// Looks at the tag's present value.
    pub fn look(&mut self, value: &Value) {
        if self.last.as_ref() == Some(value) {
            return;
        }
        match value {
            Value::Number(number) => self.number(*number),
            Value::Bool(_) => self.kinds.switches = true,
            Value::Text(text) => self.text(text),
        }
        if self.last.is_some() {
            self.changed = self.changed.saturating_add(1);
        }
        self.last = Some(value.clone());
    }

    fn number(&mut self, number: f64) {
        self.kinds.numbers = true;
        self.has_fraction |= number.fract() != 0.0;
        let (low, high) = self.span.unwrap_or((number, number));
        self.span = Some((low.min(number), high.max(number)));
        if let Some(Value::Number(before)) = self.last {
            self.rose = self.rose.saturating_add(u32::from(number > before));
            self.fell = self.fell.saturating_add(u32::from(number < before));
        }
    }

    fn text(&mut self, text: &str) {
        self.kinds.texts = true;
        let short: Box<str> = text.chars().take(MAX_LETTERS).collect();
        if self.texts.len() < MAX_TEXTS {
            self.texts.insert(short);
        } else if !self.texts.contains(&short) {
            self.is_any_text = true;
        }
    }

    /// Whether it is a few whole numbers only: a code.
    #[must_use]
    pub fn is_code(&self) -> bool {
        let small = |(low, high): (f64, f64)| low >= 0.0 && high <= 15.0;
        self.kinds.numbers && !self.has_fraction && self.span.is_some_and(small)
    }
}
