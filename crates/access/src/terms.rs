//! What a share link lets its holder see and do.

use crate::Capability;

/// What of an asset a link shows. What it does not show is left out of the data, with a word in its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shows {
    /// Live values.
    pub values: bool,
    /// What was before.
    pub history: bool,
    /// Limits and what is beyond them.
    pub alarms: bool,
    /// What is below the asset.
    pub children: bool,
    /// Topics and fields.
    pub tags: bool,
}

/// The terms of a share link. Its scope is the scope of the link's grant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// What is shown.
    pub shows: Shows,
}

impl Terms {
    /// Whether the holder may, at the asset shared. Everything that changes something is refused.
    #[must_use]
    pub const fn may(&self, capability: Capability) -> bool {
        match capability {
            Capability::See => true,
            Capability::SeeHistory => self.shows.history,
            Capability::Export
            | Capability::SeeSources
            | Capability::SeeStatus
            | Capability::ChangePoint
            | Capability::ChangeModel
            | Capability::ChangeSources
            | Capability::RunDemo
            | Capability::SeeWork
            | Capability::RequestWork
            | Capability::DoWork
            | Capability::PlanWork
            | Capability::VerifyWork
            | Capability::Share
            | Capability::ManageLinks
            | Capability::ManageAccounts
            | Capability::ManageOwners
            | Capability::SeeAudit => false,
        }
    }
}
