//! What a type's formulas use beyond its own properties: a component's, or those of the assets that a relation
//! leads to, over as many levels as it says.

use crate::form::{Item, Leaf, Record, Visit, Wrong, read_record, table_of};
use crate::name::{PropertyPath, RelationName, TypeName};
use crate::node::{Node, Value};
use crate::problem::{Told, did_you_mean};

/// What a formula uses of a component (`"motor.power"`), or of the assets at the other end of a
/// relation (`{ through = "has_part", property = "flow", of = "pump" }`).
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Input {
    /// The property there.
    pub property: PropertyPath,
    /// The relation that leads there, or its inverse; none for a component of the asset itself.
    pub through: Option<RelationName>,
    /// The type of the assets there; all that have the property when nobody says.
    pub of: Option<TypeName>,
    /// How far it goes along the relation; one step when nobody says.
    pub levels: Option<Levels>,
}

/// How far an input goes along its relation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Levels {
    /// So many steps at most: every asset on the way that fits.
    Up(u32),
    /// To the end of every way: every asset on it that fits.
    All,
    /// To the first asset that fits on each way, however far: what lies beyond it is its own to tell.
    Nearest,
}

impl Levels {
    /// One step.
    pub const ONE: Self = Self::Up(1);

    /// The most steps it takes; none where there is no end.
    #[must_use]
    pub const fn most(self) -> Option<u32> {
        match self {
            Self::Up(steps) => Some(steps),
            Self::All | Self::Nearest => None,
        }
    }
}

impl Input {
    /// How far it goes along its relation.
    #[must_use]
    pub fn levels(&self) -> Levels {
        self.levels.unwrap_or(Levels::ONE)
    }
}

impl Leaf for Levels {
    fn leaf(node: &Node) -> Result<Self, Wrong> {
        const HOW: &str = "write how many, from 1 on, or `\"all\"` or `\"nearest\"`";
        match &node.value {
            Value::Number(number)
                if number.fract() == 0.0 && (1.0..=f64::from(u32::MAX)).contains(number) =>
            {
                Ok(Self::Up(*number as u32))
            }
            Value::Number(number) => Err(Wrong::new(format!("`{number}` is no number of levels")).help(HOW)),
            Value::Text(text) => match &**text {
                "all" => Ok(Self::All),
                "nearest" => Ok(Self::Nearest),
                other => {
                    let help = did_you_mean(other, ["all", "nearest"].into_iter());
                    Err(Wrong::new(format!("`{other}` is no number of levels"))
                        .help(help.unwrap_or_else(|| HOW.to_owned())))
                }
            },
            other => Err(Wrong::expected("a number of levels", other).help(HOW)),
        }
    }

    fn value(&self) -> Value {
        match self {
            Self::Up(steps) => Value::Number(f64::from(*steps)),
            Self::All => Value::Text("all".into()),
            Self::Nearest => Value::Text("nearest".into()),
        }
    }
}

impl Record for Input {
    const WHAT: &'static str = "an input";

    fn fields(&mut self, visit: &mut dyn Visit) {
        visit.needed("property", &mut self.property);
        visit.field("through", &mut self.through);
        visit.field("of", &mut self.of);
        visit.field("levels", &mut self.levels);
    }
}

impl Item for Input {
    fn read(node: &Node, told: &mut Told) -> Option<Self> {
        if let Value::Text(_) = node.value {
            let property = <PropertyPath as Item>::read(node, told)?;
            return Some(Self {
                property,
                ..Self::default()
            });
        }
        read_record(node, told)
    }

    fn write(&self) -> Value {
        let table = table_of(self);
        if table.len() == 1 {
            self.property.value()
        } else {
            Value::Table(table)
        }
    }
}
