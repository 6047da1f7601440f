//! Learn: from the tags of a plant nobody described to proposed types, assets, hierarchy and bindings,
//! each with confidence and a reason; edits over it; and the model they come to.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod address;
mod assets;
mod base;
mod build;
mod cluster;
mod edit;
mod equipment;
mod heard;
mod kind;
mod listen;
mod once;
mod parts;
mod place;
mod proposal;
mod propose;
mod states;
mod tree;
mod unit;
mod words;

pub use build::{Built, build};
pub use edit::{Edit, MAX_EDITS, Pick, Refused, Session};
pub use heard::{Kinds, Seen, Tag};
pub use listen::{Listening, MAX_POINTS};
pub use proposal::{
    Base, Confidence, Decision, KindReason, PropertyKind, Proposal, ProposedAsset, ProposedProperty,
    ProposedType, Reason, UnitReason,
};
pub use propose::{MAX_ASSETS, propose};
pub use unit::unit_from_symbol;
