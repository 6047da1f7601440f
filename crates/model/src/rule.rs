//! Mapping rules in model files: `[bindings.NAME]`. What they mean is crate `bind`'s; here is their
//! form.

use bind::{Grade, Parts, Quality, Rule, Time, TimeUnit, Unit};
use formula::Zones;

use crate::form::{Item, Key, Leaf, Record, Slot, Visit, Wrong, read_record, records, table_of};
use crate::node::{Node, Value};
use crate::plant::Model;
use crate::problem::{Told, did_you_mean, listed};

/// Most bytes of a word that a table of words begins with.
const MAX_WORD: usize = 512;

impl Model {
    /// Its mapping rules, ready to be applied. Those with a mistake are left out; a model that was
    /// checked has none.
    #[must_use]
    pub fn rules(&self, zones: &dyn Zones) -> bind::Rules {
        bind::Rules::compile(
            self.bindings.iter().map(|(name, rule)| (name.as_str(), rule)),
            zones,
        )
        .0
    }
}

impl Key for Box<str> {
    fn key(text: &str) -> Result<Self, Wrong> {
        if text.trim().is_empty() || text.len() > MAX_WORD {
            let wrong = Wrong::new(format!("a word has 1 to {MAX_WORD} bytes"));
            return Err(wrong.help("write a shorter one, in quotes"));
        }
        Ok(text.into())
    }

    fn text(&self) -> &str {
        self
    }
}

impl Record for Rule {
    const WHAT: &'static str = "a binding";

    fn fields(&mut self, visit: &mut dyn Visit) {
        visit.field("description", &mut self.description);
        visit.field("preset", &mut self.preset);
        visit.field("source", &mut self.source);
        visit.field("filter", &mut self.filter);
        visit.field("split_at", &mut self.split_at);
        visit.field("foreach", &mut self.foreach);
        visit.field("flatten", &mut self.flatten);
        visit.field("without", &mut self.without);
        visit.field("let", &mut self.lets);
        visit.field("parts", &mut self.parts);
        visit.field("when", &mut self.when);
        visit.field("asset", &mut self.asset);
        visit.field("property", &mut self.property);
        visit.field("value", &mut self.value);
        visit.field("time", &mut self.time);
        visit.field("quality", &mut self.quality);
        visit.field("unit", &mut self.unit);
        visit.field("units", &mut self.units);
        visit.field("null_if", &mut self.null_if);
        visit.field("scale", &mut self.scale);
        visit.field("offset", &mut self.offset);
        visit.field("ignore_retained", &mut self.ignore_retained);
        visit.field("assets", &mut self.assets);
        visit.field("properties", &mut self.properties);
    }
}

impl Record for Parts {
    const WHAT: &'static str = "a text taken apart";

    fn fields(&mut self, visit: &mut dyn Visit) {
        visit.needed("text", &mut self.text);
        visit.needed("like", &mut self.like);
    }
}

impl Record for Time {
    const WHAT: &'static str = "a time";

    fn fields(&mut self, visit: &mut dyn Visit) {
        visit.field("path", &mut self.path);
        visit.field("unit", &mut self.unit);
        visit.field("zone", &mut self.zone);
        visit.field("back", &mut self.back);
    }
}

impl Record for Quality {
    const WHAT: &'static str = "a quality";

    fn fields(&mut self, visit: &mut dyn Visit) {
        visit.field("path", &mut self.path);
        visit.field("map", &mut self.map);
    }
}

impl Record for Unit {
    const WHAT: &'static str = "a unit";

    fn fields(&mut self, visit: &mut dyn Visit) {
        visit.field("path", &mut self.path);
        visit.field("map", &mut self.map);
    }
}

records!(Rule, Parts);

/// Tables that may be written as their paths alone: `time = "$.ts"`.
macro_rules! by_path {
    ($($record:ty),*) => {$(
        impl Item for $record {
            fn read(node: &Node, told: &mut Told) -> Option<Self> {
                if !matches!(node.value, Value::Text(_) | Value::List(_)) {
                    return read_record(node, told);
                }
                let mut record = Self::default();
                told.within("path", node, |told| record.path.read(node, told));
                Some(record)
            }

            fn write(&self) -> Value {
                let table = table_of(self);
                match (self.path.as_slice(), table.len()) {
                    ([path], 1) => Value::Text(path.clone()),
                    _ => Value::Table(table),
                }
            }
        }
    )*};
}
by_path!(Time, Quality, Unit);

/// Words of a closed list that another crate has.
fn word<T: Copy>(what: &str, words: &[(&'static str, T)], node: &Node) -> Result<T, Wrong> {
    let Value::Text(text) = &node.value else {
        return Err(Wrong::expected(what, &node.value));
    };
    let found = words.iter().find(|(word, _)| *word == &**text);
    found.map(|(_, item)| *item).ok_or_else(|| {
        let all = || words.iter().map(|(word, _)| *word);
        let help = did_you_mean(text, all()).unwrap_or_else(|| format!("there are {}", listed(all())));
        Wrong::new(format!("`{text}` is not {what}")).help(help)
    })
}

fn written<T: PartialEq>(words: &[(&'static str, T)], item: &T) -> Value {
    let word = words.iter().find(|(_, other)| other == item);
    Value::Text(word.map_or("", |(word, _)| *word).into())
}

const UNITS: [(&str, TimeUnit); 6] = [
    ("auto", TimeUnit::Auto),
    ("s", TimeUnit::S),
    ("ms", TimeUnit::Ms),
    ("us", TimeUnit::Us),
    ("ns", TimeUnit::Ns),
    ("rfc3339", TimeUnit::Rfc3339),
];

impl Leaf for TimeUnit {
    fn leaf(node: &Node) -> Result<Self, Wrong> {
        word("how a time is written", &UNITS, node)
    }

    fn value(&self) -> Value {
        written(&UNITS, self)
    }
}

const GRADES: [(&str, Grade); 3] = [
    ("good", Grade::Good),
    ("uncertain", Grade::Uncertain),
    ("bad", Grade::Bad),
];

impl Leaf for Grade {
    fn leaf(node: &Node) -> Result<Self, Wrong> {
        word("a quality", &GRADES, node)
    }

    fn value(&self) -> Value {
        written(&GRADES, self)
    }
}

impl Leaf for bind::Scalar {
    fn leaf(node: &Node) -> Result<Self, Wrong> {
        match &node.value {
            Value::Number(number) => Ok(Self::Number(*number)),
            Value::Flag(flag) => Ok(Self::Flag(*flag)),
            Value::Text(text) => Ok(Self::Text(text.clone())),
            other => Err(Wrong::expected("a number, a text, true or false", other)),
        }
    }

    fn value(&self) -> Value {
        match self {
            Self::Number(number) => Value::Number(*number),
            Self::Flag(flag) => Value::Flag(*flag),
            Self::Text(text) => Value::Text(text.clone()),
        }
    }
}
