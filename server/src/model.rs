//! The semantic model on the server: which version holds, and how it comes and goes.
//!
//! [`folder`] reads and writes model files, [`shelf`] has the version that holds and takes new ones,
//! [`placing`] says it to the twin and [`taker`] hands it to the engine; [`first`] is the model of a first
//! start. [`command`] is `gemba model`, [`desk`] answers what commands ask, [`edits`] finds what people
//! set in the browser; [`settings`] has the stored form of that.

pub mod command;
pub mod desk;
pub mod edits;
pub mod first;
pub mod folder;
pub mod placing;
pub mod settings;
pub mod shelf;
pub mod taker;
pub mod totals;

pub use settings::{
    json_from_settings, settings_from_json, settings_from_wire, wire_from_limits, wire_from_settings,
};
pub use shelf::{Applied, Content, LoadedModel, ModelShelf, PreparedModel, Proposal, TakesModel, check};
