//! What is granted where.

use std::collections::BTreeSet;

use twin::AssetId;

use crate::{Capability, Role};

/// Grants of one account.
pub const MOST_GRANTS: usize = 32;
/// Subtrees of one scope.
pub const MOST_TOPS: usize = 64;

/// Where something is granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everywhere.
    Plant,
    /// At these assets and all that is below them.
    Below(BTreeSet<AssetId>),
}

impl Scope {
    /// Whether an asset is inside, told by the way to it from its root, itself included.
    #[must_use]
    pub fn covers(&self, trail: &[AssetId]) -> bool {
        match self {
            Self::Plant => true,
            Self::Below(tops) => trail.iter().any(|step| tops.contains(step)),
        }
    }
}

/// A role, and where it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// What may be done.
    pub role: Role,
    /// Where.
    pub scope: Scope,
}

impl Grant {
    /// A role everywhere.
    #[must_use]
    pub const fn everywhere(role: Role) -> Self {
        Self {
            role,
            scope: Scope::Plant,
        }
    }

    /// Whether it allows something at an asset.
    #[must_use]
    pub fn allows(&self, capability: Capability, trail: &[AssetId]) -> bool {
        self.role.may(capability) && self.scope.covers(trail)
    }
}
