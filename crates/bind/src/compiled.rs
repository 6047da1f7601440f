//! What a rule comes to when it is compiled.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use decode::parts::TimeUnit as EpochUnit;
use formula::Zone;

use crate::capture::{Filter, Pattern};
use crate::expr::{Expr, Names, PathId, Template};
use crate::rule::{Quality, Scalar, TimeUnit, Words};

/// A rule that can be applied.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    pub name: Arc<str>,
    pub source: Option<Box<str>>,
    pub filter: Filter,
    pub names: Names,
    pub foreach: Vec<PathId>,
    pub flatten: bool,
    pub without: BTreeSet<Box<str>>,
    pub parts: Option<(Template, Pattern)>,
    /// What must hold of the message, before anything else is looked at.
    pub gates: Vec<Test>,
    /// What must hold of each item and value.
    pub tests: Vec<Test>,
    pub asset: Template,
    pub property: Template,
    pub value: ValueOf,
    pub time: Option<TimeOf>,
    pub quality: Option<(Vec<PathId>, Quality)>,
    pub unit: Option<UnitOf>,
    pub units: BTreeMap<Box<str>, UnitOf>,
    pub null_if: Vec<Scalar>,
    pub scale: Option<(f64, f64)>,
    pub ignore_retained: bool,
    pub assets: Words,
    pub properties: Words,
    /// The path in the payload that a tag is known by where its property's name does not come from
    /// the payload.
    pub field: Box<str>,
}

/// A condition.
#[derive(Clone, Debug)]
pub(crate) struct Test {
    pub source: Box<str>,
    pub what: What,
}

#[derive(Clone, Debug)]
pub(crate) enum What {
    Finds(PathId),
    FindsNothing(PathId),
    Holds(Box<Expr>),
}

/// Where a value comes from.
#[derive(Clone, Debug)]
pub(crate) enum ValueOf {
    Paths(Vec<PathId>),
    Formula(Box<Expr>),
}

/// A path or a template.
#[derive(Clone, Debug)]
pub(crate) enum Said {
    Path(PathId),
    Words(Template),
}

/// Where a time comes from.
#[derive(Clone, Debug)]
pub(crate) struct TimeOf {
    pub said: Vec<Said>,
    pub unit: TimeUnit,
    pub zone: Option<Zone>,
    pub back: Option<Expr>,
}

/// Where a unit comes from.
#[derive(Clone, Debug)]
pub(crate) struct UnitOf {
    pub said: Vec<Said>,
    pub map: Words,
}

impl TimeUnit {
    /// What digits count.
    pub(crate) const fn epoch(self) -> Option<EpochUnit> {
        match self {
            Self::Auto | Self::Rfc3339 => None,
            Self::S => Some(EpochUnit::Secs),
            Self::Ms => Some(EpochUnit::Millis),
            Self::Us => Some(EpochUnit::Micros),
            Self::Ns => Some(EpochUnit::Nanos),
        }
    }
}
