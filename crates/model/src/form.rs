//! The form of the files: each kind of table lists its keys once ([`Record::fields`]), and the same
//! list reads it, writes it, and knows which keys there are.

use std::collections::BTreeMap;
use std::sync::Arc;

use formula::Time;
use formula::units::Unit;

use crate::few::Few;
use crate::node::{Node, Table, Value};
use crate::problem::{Finding, Told, did_you_mean, listed};
use crate::time::Interval;

/// Why a value cannot be read.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Wrong {
    pub message: String,
    pub help: Option<String>,
}

impl Wrong {
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: None,
        }
    }

    pub fn help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }

    /// Something else was expected.
    pub fn expected(what: &str, got: &Value) -> Self {
        Self::new(format!("{what} is expected here, this is {}", got.kind())).help(form_of(what))
    }
}

/// How such a value is written.
fn form_of(what: &str) -> &'static str {
    match what {
        "a text" => "write it in quotes",
        "true or false" => "write `true` or `false`, without quotes",
        "a number" | "a whole number" => "write it in digits, without quotes",
        "a number, a text, true or false" => "write digits, or a text in quotes",
        "a length of time" => "write for example `\"10s\"`",
        "a time" => "write for example `2026-03-01T06:00:00+01:00`",
        "a multiplicity" => "write for example \"1\", \"0..1\" or \"1..*\"",
        what if what.starts_with("a table") => "write `{ … }`, or a section of its own, in brackets",
        what if what.starts_with("a range") => "write two numbers in brackets",
        // Names, words of a list, codes.
        _ => "write it as a text, in quotes",
    }
}

/// A value that stands in one line and is read by itself.
pub(crate) trait Leaf: Sized {
    fn leaf(node: &Node) -> Result<Self, Wrong>;
    fn value(&self) -> Value;
    /// Whether it says what is so anyway, and is not written.
    fn is_silent(&self) -> bool {
        false
    }
}

/// A name as a key.
pub(crate) trait Key: Sized + Ord {
    fn key(text: &str) -> Result<Self, Wrong>;
    fn text(&self) -> &str;
}

/// A table with known keys.
pub(crate) trait Record: Clone + Default {
    const WHAT: &'static str;
    fn fields(&mut self, visit: &mut dyn Visit);
}

/// Whoever goes through the keys of a record.
pub(crate) trait Visit {
    fn field(&mut self, key: &'static str, slot: &mut dyn Slot);
    /// A key that must be there.
    fn needed(&mut self, key: &'static str, slot: &mut dyn Slot);
    /// Keys that begin with `x-`: what other systems said, kept as it is.
    fn notes(&mut self, notes: &mut Notes);
}

/// What other systems said, by keys that begin with `x-`.
pub type Notes = BTreeMap<Box<str>, Box<str>>;

/// Something that can be read from a value and written to one.
pub(crate) trait Item: Sized {
    fn read(node: &Node, told: &mut Told) -> Option<Self>;
    fn write(&self) -> Value;
}

/// The place for the value of a key.
pub(crate) trait Slot {
    fn read(&mut self, node: &Node, told: &mut Told);
    /// None where nothing was said.
    fn write(&self) -> Option<Value>;
}

impl<T: Leaf> Item for T {
    fn read(node: &Node, told: &mut Told) -> Option<Self> {
        match T::leaf(node) {
            Ok(leaf) => Some(leaf),
            Err(wrong) => {
                told.tell(
                    Finding::error(told.path(), wrong.message)
                        .at(node.at)
                        .help_if(wrong.help),
                );
                None
            }
        }
    }

    fn write(&self) -> Value {
        self.value()
    }
}

/// Makes items of records: `impl Item for T` by its fields.
macro_rules! records {
    ($($record:ty),*) => {$(
        impl $crate::form::Item for $record {
            fn read(node: &$crate::node::Node, told: &mut $crate::problem::Told) -> Option<Self> {
                $crate::form::read_record(node, told)
            }

            fn write(&self) -> $crate::node::Value {
                $crate::node::Value::Table($crate::form::table_of(self))
            }
        }
    )*};
}
pub(crate) use records;

impl<T: Leaf> Slot for T {
    fn read(&mut self, node: &Node, told: &mut Told) {
        if let Some(leaf) = <T as Item>::read(node, told) {
            *self = leaf;
        }
    }

    fn write(&self) -> Option<Value> {
        (!self.is_silent()).then(|| self.value())
    }
}

impl<T: Item> Slot for Option<T> {
    fn read(&mut self, node: &Node, told: &mut Told) {
        *self = T::read(node, told);
    }

    fn write(&self) -> Option<Value> {
        self.as_ref().map(Item::write)
    }
}

impl<T: Item> Slot for Vec<T> {
    fn read(&mut self, node: &Node, told: &mut Told) {
        // One may stand without its brackets.
        let one = std::slice::from_ref(node);
        let nodes = match &node.value {
            Value::List(list) => list.as_slice(),
            _ => one,
        };
        let mut read =
            |(at, node): (usize, &Node)| told.within(&at.to_string(), node, |told| T::read(node, told));
        self.extend(nodes.iter().enumerate().filter_map(&mut read));
        self.shrink_to_fit();
    }

    fn write(&self) -> Option<Value> {
        let nodes = || self.iter().map(|item| Node::from(item.write())).collect();
        (!self.is_empty()).then(|| Value::List(nodes()))
    }
}

impl<K: Key, V: Item> Slot for BTreeMap<K, V> {
    fn read(&mut self, node: &Node, told: &mut Told) {
        let Value::Table(table) = &node.value else {
            let wrong = Wrong::expected("a table", &node.value);
            let finding = Finding::error(told.path(), wrong.message).at(node.at);
            told.tell(finding.help_if(wrong.help));
            return;
        };
        read_entries(&mut |name, item| drop(self.insert(name, item)), table, told);
    }

    fn write(&self) -> Option<Value> {
        let node = |(key, value): (&K, &V)| (Box::from(key.text()), Node::from(value.write()));
        (!self.is_empty()).then(|| Value::Table(self.iter().map(node).collect()))
    }
}

impl<K: Key, V: Item> Slot for Few<K, V> {
    fn read(&mut self, node: &Node, told: &mut Told) {
        let mut all = BTreeMap::new();
        Slot::read(&mut all, node, told);
        *self = all.into_iter().collect();
    }

    fn write(&self) -> Option<Value> {
        let node = |(key, value): (&K, &V)| (Box::from(key.text()), Node::from(value.write()));
        (!self.is_empty()).then(|| Value::Table(self.iter().map(node).collect()))
    }
}

/// Takes every entry of a table whose key is a name.
pub(crate) fn read_entries<K: Key, V: Item>(take: &mut dyn FnMut(K, V), table: &Table, told: &mut Told) {
    for (key, node) in table {
        match K::key(key) {
            Ok(name) => {
                if let Some(item) = told.within(key, node, |told| V::read(node, told)) {
                    take(name, item);
                }
            }
            Err(wrong) => told.tell(
                Finding::error(told.path(), wrong.message)
                    .at(node.key)
                    .help_if(wrong.help),
            ),
        }
    }
}

/// A record from a table; keys nobody knows are told with the nearest one.
pub(crate) fn read_record<T: Record>(node: &Node, told: &mut Told) -> Option<T> {
    let Value::Table(table) = &node.value else {
        let wrong = Wrong::expected(&format!("a table, {},", T::WHAT), &node.value);
        let finding = Finding::error(told.path(), wrong.message).at(node.at);
        told.tell(finding.help_if(wrong.help));
        return None;
    };
    let mut record = T::default();
    let mut reader = Reader {
        table,
        header: node,
        what: T::WHAT,
        told,
        known: Vec::new(),
        lacks: false,
    };
    record.fields(&mut reader);
    let lacks = reader.lacks;
    reader.tell_unknown();
    (!lacks).then_some(record)
}

struct Reader<'a> {
    table: &'a Table,
    header: &'a Node,
    what: &'static str,
    told: &'a mut Told,
    known: Vec<&'static str>,
    lacks: bool,
}

impl Visit for Reader<'_> {
    fn field(&mut self, key: &'static str, slot: &mut dyn Slot) {
        self.known.push(key);
        if let Some(node) = self.table.get(key) {
            self.told.within(key, node, |told| slot.read(node, told));
        }
    }

    fn needed(&mut self, key: &'static str, slot: &mut dyn Slot) {
        if !self.table.contains_key(key) {
            self.lacks = true;
            let message = format!("{} has no `{key}`", self.what);
            let near = self.table.keys().map(|key| &**key);
            let meant = did_you_mean(key, near).map(|help| help.replace("did you mean", "is it"));
            let finding = Finding::error(self.told.path(), message)
                .at(self.header.key)
                .help(format!("add `{key} = …`"))
                .help_if(meant);
            self.told.tell(finding);
        }
        // What cannot be read is not there: nothing is put in its place.
        let before = self.told.count();
        self.field(key, slot);
        self.lacks |= self.told.count() > before;
    }

    fn notes(&mut self, notes: &mut Notes) {
        for (key, node) in self.table {
            if key.starts_with("x-") {
                match &node.value {
                    Value::Text(text) => {
                        notes.insert(key.clone(), text.clone());
                    }
                    other => {
                        let wrong = Wrong::expected("a text", other);
                        let finding = Finding::error(self.told.path(), wrong.message).at(node.at);
                        self.told
                            .tell(finding.help("keys that begin with `x-` keep texts"));
                    }
                }
            }
        }
    }
}

impl Reader<'_> {
    fn tell_unknown(self) {
        for (key, node) in self.table {
            if self.known.contains(&&**key) || key.starts_with("x-") {
                continue;
            }
            let known = || self.known.iter().copied();
            let help = did_you_mean(key, known())
                .unwrap_or_else(|| format!("{} has {}", self.what, listed(known())));
            let finding = Finding::error(
                format!("{}/{key}", self.told.path()),
                format!("unknown key `{key}`"),
            );
            self.told.tell(finding.at(node.key).help(help));
        }
    }
}

/// The table of a record: only what was said.
pub(crate) fn table_of<T: Record>(record: &T) -> Table {
    let mut writer = Writer(Table::new());
    record.clone().fields(&mut writer);
    writer.0
}

struct Writer(Table);

impl Visit for Writer {
    fn field(&mut self, key: &'static str, slot: &mut dyn Slot) {
        if let Some(value) = slot.write() {
            self.0.insert(Box::from(key), Node::from(value));
        }
    }

    fn needed(&mut self, key: &'static str, slot: &mut dyn Slot) {
        self.field(key, slot);
    }

    fn notes(&mut self, notes: &mut Notes) {
        for (key, text) in &*notes {
            self.0.insert(key.clone(), Node::from(Value::Text(text.clone())));
        }
    }
}

impl Leaf for Box<str> {
    fn leaf(node: &Node) -> Result<Self, Wrong> {
        match &node.value {
            Value::Text(text) if text.trim().is_empty() => {
                Err(Wrong::new("this text is empty").help("leave the key out"))
            }
            Value::Text(text) => Ok(text.clone()),
            other => Err(Wrong::expected("a text", other)),
        }
    }

    fn value(&self) -> Value {
        Value::Text(self.clone())
    }
}

impl Leaf for bool {
    fn leaf(node: &Node) -> Result<Self, Wrong> {
        match node.value {
            Value::Flag(flag) => Ok(flag),
            ref other => Err(Wrong::expected("true or false", other)),
        }
    }

    fn value(&self) -> Value {
        Value::Flag(*self)
    }

    fn is_silent(&self) -> bool {
        !self
    }
}

impl Leaf for u32 {
    fn leaf(node: &Node) -> Result<Self, Wrong> {
        match node.value {
            Value::Number(number) if number.fract() == 0.0 && (0.0..=1e9).contains(&number) => {
                Ok(number as Self)
            }
            Value::Number(_) => Err(Wrong::new("a whole number from 0 is expected here")
                .help("leave out the sign and what is after the point")),
            ref other => Err(Wrong::expected("a whole number", other)),
        }
    }

    fn value(&self) -> Value {
        Value::Number(f64::from(*self))
    }
}

impl Leaf for f64 {
    fn leaf(node: &Node) -> Result<Self, Wrong> {
        match node.value {
            Value::Number(number) => Ok(number),
            ref other => Err(Wrong::expected("a number", other)),
        }
    }

    fn value(&self) -> Value {
        Value::Number(*self)
    }
}

/// From low to high.
impl Leaf for (f64, f64) {
    fn leaf(node: &Node) -> Result<Self, Wrong> {
        let numbers = match &node.value {
            Value::List(list) => list.as_slice(),
            other => return Err(Wrong::expected("a range, as in `[2, 8]`,", other)),
        };
        match numbers.iter().map(|node| &node.value).collect::<Vec<_>>()[..] {
            [Value::Number(low), Value::Number(high)] if low < high => Ok((*low, *high)),
            [Value::Number(low), Value::Number(high)] => {
                Err(Wrong::new("the range ends where it begins, or before")
                    .help(format!("the lower number comes first: `[{high}, {low}]`")))
            }
            _ => Err(Wrong::new("a range has two numbers").help("write for example `[2, 8]`")),
        }
    }

    fn value(&self) -> Value {
        Value::List(vec![Value::Number(self.0).into(), Value::Number(self.1).into()])
    }
}

impl Leaf for Interval {
    fn leaf(node: &Node) -> Result<Self, Wrong> {
        match &node.value {
            Value::Text(text) => Self::parse(text).ok_or_else(|| {
                Wrong::new(format!("`{text}` is no length of time"))
                    .help("write for example `10s`, `5m` or `1h30m`")
            }),
            Value::Number(number) => Err(Wrong::new("this length of time has no unit")
                .help(format!("write `\"{number}s\"` for seconds"))),
            other => Err(Wrong::expected("a length of time", other)),
        }
    }

    fn value(&self) -> Value {
        Value::Text(self.to_string().into())
    }
}

impl Leaf for Time {
    fn leaf(node: &Node) -> Result<Self, Wrong> {
        match node.value {
            Value::Time(time) => Ok(time),
            Value::Text(_) => Err(Wrong::new("a time stands without quotes")
                .help("write for example `2026-03-01T06:00:00+01:00`")),
            ref other => Err(Wrong::expected("a time", other)),
        }
    }

    fn value(&self) -> Value {
        Value::Time(*self)
    }
}

/// A unit by its UCUM code.
impl Leaf for Unit {
    fn leaf(node: &Node) -> Result<Self, Wrong> {
        match &node.value {
            Value::Text(text) => Self::parse(text).map_err(|(message, help)| Wrong {
                message,
                help: help
                    .or_else(|| Some("units are UCUM codes, for example `m3/h`, `Cel`, `bar`".to_owned())),
            }),
            other => Err(Wrong::expected("the UCUM code of a unit", other)),
        }
    }

    fn value(&self) -> Value {
        Value::Text(self.code().into())
    }
}

/// A value that an attribute or a parameter has.
#[derive(Clone, PartialEq, Debug)]
pub enum Scalar {
    /// A number.
    Number(f64),
    /// A switch.
    Flag(bool),
    /// A text.
    Text(Arc<str>),
}

impl Leaf for Scalar {
    fn leaf(node: &Node) -> Result<Self, Wrong> {
        match &node.value {
            Value::Number(number) => Ok(Self::Number(*number)),
            Value::Flag(flag) => Ok(Self::Flag(*flag)),
            Value::Text(text) => Ok(Self::Text(Arc::from(&**text))),
            other => Err(Wrong::expected("a number, a text, true or false", other)),
        }
    }

    fn value(&self) -> Value {
        match self {
            Self::Number(number) => Value::Number(*number),
            Self::Flag(flag) => Value::Flag(*flag),
            Self::Text(text) => Value::Text(Box::from(&**text)),
        }
    }
}

impl std::fmt::Display for Scalar {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => to.write_str(&formula::shortest(*number)),
            Self::Flag(flag) => flag.fmt(to),
            Self::Text(text) => to.write_str(text),
        }
    }
}

/// Closed lists of words.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $what:literal, { $($(#[$item_doc:meta])* $item:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name {
            $($(#[$item_doc])* $item,)+
        }

        impl $name {
            /// Every one of them with its word.
            pub const ALL: &'static [(&'static str, Self)] = &[$(($word, Self::$item)),+];

            /// Its word in the files.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$item => $word,)+
                }
            }
        }

        impl $crate::form::Leaf for $name {
            fn leaf(node: &$crate::node::Node) -> Result<Self, $crate::form::Wrong> {
                let $crate::node::Value::Text(text) = &node.value else {
                    return Err($crate::form::Wrong::expected($what, &node.value));
                };
                let found = Self::ALL.iter().find(|(word, _)| *word == &**text);
                found.map(|(_, item)| *item).ok_or_else(|| {
                    let words = || Self::ALL.iter().map(|(word, _)| *word);
                    let help = $crate::problem::did_you_mean(text, words())
                        .unwrap_or_else(|| format!("there are {}", $crate::problem::listed(words())));
                    $crate::form::Wrong::new(format!(concat!("`{}` is not ", $what), text)).help(help)
                })
            }

            fn value(&self) -> $crate::node::Value {
                $crate::node::Value::Text(self.word().into())
            }
        }
    };
}
pub(crate) use words;
