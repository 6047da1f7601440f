//! What a model file says, before anybody knows what it means: values with their places.

use std::collections::BTreeMap;

use formula::Time;

/// A stretch of a file, in bytes, half open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Span {
    pub file: u32,
    pub start: u32,
    pub end: u32,
}

impl Span {
    /// What no file says.
    pub const NOWHERE: Self = Self {
        file: u32::MAX,
        start: 0,
        end: 0,
    };
}

/// A table: names and what they stand for.
pub(crate) type Table = BTreeMap<Box<str>, Node>;

/// A value as it is written. Two are equal when they say the same, wherever they say it.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub value: Value,
    /// Where the value is, the header of a table.
    pub at: Span,
    /// Where the key before it is.
    pub key: Span,
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl From<Value> for Node {
    fn from(value: Value) -> Self {
        Self {
            value,
            at: Span::NOWHERE,
            key: Span::NOWHERE,
        }
    }
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Value {
    Text(Box<str>),
    /// Always finite.
    Number(f64),
    Flag(bool),
    Time(Time),
    List(Vec<Node>),
    Table(Table),
}

impl Value {
    /// What it is, in words.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Number(_) => "a number",
            Self::Flag(_) => "true or false",
            Self::Time(_) => "a time",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}
