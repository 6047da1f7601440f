//! Somebody who asks.

use std::collections::BTreeSet;
use std::sync::Arc;

use twin::AssetId;

use crate::{Capability, Grant, Role, Scope, Terms};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u32);

        impl $name {
            /// The id of this number.
            #[must_use]
            pub const fn new(id: u32) -> Self {
                Self(id)
            }

            /// Its number.
            #[must_use]
            pub const fn get(self) -> u32 {
                self.0
            }
        }
    };
}

id! {
    /// A person's or a display's account; never given twice.
    AccountId
}
id! {
    /// An API token; never given twice.
    TokenId
}
id! {
    /// A share link; never given twice.
    LinkId
}

/// As what somebody asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Without any proof of who they are.
    Nobody,
    /// Somebody the configuration lets in without an account, or a visitor of the demo.
    Visitor,
    /// A person who signed in.
    Account(AccountId),
    /// A wall screen.
    Display(AccountId),
    /// A program, for an account.
    Token(TokenId, AccountId),
    /// The holder of a share link.
    Link(LinkId),
}

/// Somebody who asks, with what they are granted. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// As what.
    pub kind: Kind,
    /// Called, in pages and in the log.
    pub name: Arc<str>,
    grants: Arc<[Grant]>,
    /// A link's or a token's terms narrow what the grants give.
    narrowed: Narrowed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Narrowed {
    /// Not at all.
    No,
    /// To these.
    To(Arc<BTreeSet<Capability>>),
    /// To what a link shows.
    Link(Terms),
}

impl Who {
    /// Nobody we know: nothing is granted.
    #[must_use]
    pub fn nobody() -> Self {
        Self::new(Kind::Nobody, "", [])
    }

    /// Somebody with grants.
    #[must_use]
    pub fn new(kind: Kind, name: &str, grants: impl IntoIterator<Item = Grant>) -> Self {
        Self {
            kind,
            name: name.into(),
            grants: grants.into_iter().collect(),
            narrowed: Narrowed::No,
        }
    }

    /// A visitor with a role everywhere.
    #[must_use]
    pub fn visitor(name: &str, role: Role) -> Self {
        Self::new(Kind::Visitor, name, [Grant::everywhere(role)])
    }

    /// The holder of a link to one asset and what is below it.
    #[must_use]
    pub fn link(link: LinkId, name: &str, asset: AssetId, terms: Terms) -> Self {
        let scope = Scope::Below(BTreeSet::from([asset]));
        let grant = Grant {
            role: Role::Viewer,
            scope,
        };
        Self {
            narrowed: Narrowed::Link(terms),
            ..Self::new(Kind::Link(link), name, [grant])
        }
    }

    /// The same, but only for these.
    #[must_use]
    pub fn only(self, capabilities: impl IntoIterator<Item = Capability>) -> Self {
        Self {
            narrowed: Narrowed::To(Arc::new(capabilities.into_iter().collect())),
            ..self
        }
    }

    /// What is granted.
    #[must_use]
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// The terms of the link that they hold.
    #[must_use]
    pub const fn terms(&self) -> Option<Terms> {
        match self.narrowed {
            Narrowed::Link(terms) => Some(terms),
            Narrowed::No | Narrowed::To(_) => None,
        }
    }

    /// The account behind, where there is one.
    #[must_use]
    pub const fn account(&self) -> Option<AccountId> {
        match self.kind {
            Kind::Account(account) | Kind::Display(account) | Kind::Token(_, account) => Some(account),
            Kind::Nobody | Kind::Visitor | Kind::Link(_) => None,
        }
    }

    /// Whether they proved who they are, or are let in without.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        !matches!(self.kind, Kind::Nobody)
    }

    fn is_left(&self, capability: Capability) -> bool {
        match &self.narrowed {
            Narrowed::No => true,
            Narrowed::To(capabilities) => capabilities.contains(&capability),
            Narrowed::Link(terms) => terms.may(capability),
        }
    }

    /// Whether they may at an asset, told by the way to it from its root, itself included.
    #[must_use]
    pub fn may(&self, capability: Capability, trail: &[AssetId]) -> bool {
        self.is_left(capability)
            && self.is_at_it(trail)
            && self.grants.iter().any(|grant| grant.allows(capability, trail))
    }

    /// A link that shows one asset alone shows nothing below it.
    fn is_at_it(&self, trail: &[AssetId]) -> bool {
        let is_alone = self.terms().is_some_and(|terms| !terms.shows.children);
        !is_alone
            || self.grants.iter().any(|grant| {
                grant
                    .scope
                    .covers(trail.get(trail.len().saturating_sub(1)..).unwrap_or_default())
            })
    }

    /// Whether they may for the plant as a whole.
    #[must_use]
    pub fn may_everywhere(&self, capability: Capability) -> bool {
        let whole = |grant: &Grant| grant.scope == Scope::Plant && grant.role.may(capability);
        self.is_left(capability) && self.grants.iter().any(whole)
    }

    /// Whether there is any place where they may.
    #[must_use]
    pub fn may_somewhere(&self, capability: Capability) -> bool {
        self.is_left(capability) && self.grants.iter().any(|grant| grant.role.may(capability))
    }

    /// What of the plant they see.
    #[must_use]
    pub fn sight(&self) -> Sight {
        self.reach(Capability::See)
    }

    /// Where they may.
    #[must_use]
    pub fn reach(&self, capability: Capability) -> Sight {
        if self.may_everywhere(capability) {
            return Sight::Whole;
        }
        let mut tops = BTreeSet::new();
        for grant in self.grants.iter().filter(|grant| grant.role.may(capability)) {
            if let (Scope::Below(below), true) = (&grant.scope, self.is_left(capability)) {
                tops.extend(below.iter().copied());
            }
        }
        Sight::Below(tops)
    }
}

/// What of the plant somebody sees.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// All of it.
    Whole,
    /// What is at and below these assets; none of them: nothing.
    Below(BTreeSet<AssetId>),
}

impl Sight {
    /// Whether an asset is in sight, told by the way to it from its root, itself included.
    #[must_use]
    pub fn covers(&self, trail: &[AssetId]) -> bool {
        match self {
            Self::Whole => true,
            Self::Below(tops) => trail.iter().any(|step| tops.contains(step)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Shows;

    fn below(assets: &[u32]) -> Scope {
        Scope::Below(assets.iter().copied().map(AssetId::new).collect())
    }

    fn trail(assets: &[u32]) -> Vec<AssetId> {
        assets.iter().copied().map(AssetId::new).collect()
    }

    #[test]
    fn nobody_may_nothing() {
        for capability in Capability::ALL {
            assert!(!Who::nobody().may(capability, &trail(&[1])), "{capability:?}");
            assert!(!Who::nobody().may_somewhere(capability), "{capability:?}");
        }
        assert_eq!(Who::nobody().sight(), Sight::Below(BTreeSet::new()));
    }

    #[test]
    fn a_role_holds_in_its_scope_and_nowhere_else() {
        let who = Who::new(
            Kind::Account(AccountId::new(1)),
            "Ada",
            [
                Grant {
                    role: Role::Engineer,
                    scope: below(&[3]),
                },
                Grant {
                    role: Role::Viewer,
                    scope: below(&[7]),
                },
            ],
        );
        for (capability, way, may) in [
            (Capability::ChangePoint, &[1, 3, 4][..], true),
            (Capability::ChangePoint, &[1, 7], false),
            (Capability::See, &[1, 7, 9], true),
            (Capability::See, &[1], false),
            (Capability::See, &[1, 2], false),
        ] {
            assert_eq!(who.may(capability, &trail(way)), may, "{capability:?} {way:?}");
        }
        assert!(!who.may_everywhere(Capability::See));
        assert!(who.may_somewhere(Capability::ChangePoint));
        assert!(!who.may_somewhere(Capability::ManageAccounts));
        assert_eq!(who.sight(), Sight::Below([3, 7].map(AssetId::new).into()));
    }

    #[test]
    fn a_link_sees_its_asset_and_changes_nothing() {
        for children in [false, true] {
            let shows = Shows {
                values: true,
                children,
                ..Shows::default()
            };
            let who = Who::link(LinkId::new(1), "link", AssetId::new(5), Terms { shows });
            for capability in Capability::ALL {
                let may = capability == Capability::See;
                assert_eq!(who.may(capability, &trail(&[1, 5])), may, "{capability:?}");
                assert_eq!(
                    who.may(capability, &trail(&[1, 5, 8])),
                    may && children,
                    "{capability:?}"
                );
                assert!(!who.may(capability, &trail(&[1, 6])), "{capability:?}");
                assert!(!who.may(capability, &trail(&[1])), "{capability:?}");
            }
        }
    }

    #[test]
    fn a_token_may_no_more_than_its_account_and_its_scopes() {
        let account = Who::new(
            Kind::Account(AccountId::new(1)),
            "Ada",
            [Grant::everywhere(Role::Viewer)],
        );
        let token = account.only([Capability::See, Capability::ManageAccounts]);
        assert!(token.may_everywhere(Capability::See));
        assert!(!token.may_everywhere(Capability::Export));
        assert!(!token.may_everywhere(Capability::ManageAccounts));
    }

    proptest! {
        /// What somebody sees is what they may see, whatever they are granted.
        #[test]
        fn sight_is_what_may_be_seen(
            grants in prop::collection::vec((0usize..7, prop::option::of(prop::collection::btree_set(0u32..6, 0..3))), 0..4),
            way in prop::collection::vec(0u32..6, 1..4),
        ) {
            let grants = grants.into_iter().filter_map(|(role, tops)| {
                let scope = tops.map_or(Scope::Plant, |tops| Scope::Below(tops.into_iter().map(AssetId::new).collect()));
                Some(Grant { role: *Role::ALL.get(role)?, scope })
            });
            let who = Who::new(Kind::Visitor, "", grants);
            let way = trail(&way);
            for capability in Capability::ALL {
                prop_assert_eq!(who.may(capability, &way), who.reach(capability).covers(&way));
                prop_assert!(!who.may_everywhere(capability) || who.may(capability, &way));
                prop_assert!(!who.may(capability, &way) || who.may_somewhere(capability));
            }
        }
    }
}
