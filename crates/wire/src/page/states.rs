//! States as a reader reads them: participles of the model, in the reader's language.

use serde::{Deserialize, Serialize};

use crate::reading::Value;

/// A state of a point, and what the source sends for it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct StateWord {
    /// In the model.
    pub name: String,
    /// `running`, `läuft`.
    pub word: String,
    /// The values that mean it; none for the state that holds when no other does.
    pub values: Vec<Value>,
    pub counts_as: Option<Doing>,
}

/// What a state counts as.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doing {
    Running,
    Standby,
    Stopped,
    Failed,
    Maintenance,
}

/// The state that a value means.
#[must_use]
pub fn state_of<'s>(states: &'s [StateWord], value: &Value) -> Option<&'s StateWord> {
    let told = states.iter().find(|state| state.values.contains(value));
    told.or_else(|| states.iter().find(|state| state.values.is_empty()))
}
