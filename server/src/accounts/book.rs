//! What is in memory of accounts and secrets, and how it is found.

use std::collections::BTreeMap;

use access::{AccountId, Capability, Grant, Role};
use store::records::access::{CredentialKind, Hash};
use twin::Timestamp;

use crate::share::Link;

/// One account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    /// What one signs in with, in lower case.
    pub name: String,
    /// As shown.
    pub display: String,
    /// Where its mail goes.
    pub email: Option<String>,
    /// In which language it is written: a tag.
    pub locale: Option<String>,
    /// A wall screen's and not a person's.
    pub is_display: bool,
    /// argon2id as a PHC string.
    pub password: Option<String>,
    pub grants: Vec<Grant>,
    pub is_active: bool,
    pub created: Timestamp,
    /// Issuer and subject at an OpenID provider.
    pub external: Option<String>,
}

/// A secret that proves something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    pub id: u32,
    pub hash: Hash,
    pub account: AccountId,
    pub created: Timestamp,
    /// When it was last used.
    pub seen: Option<Timestamp>,
    /// When it ends; none: when somebody ends it.
    pub expires: Option<Timestamp>,
    pub what: What,
}

/// What it proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A browser that signed in.
    Session {
        /// From where.
        address: String,
        /// What the browser says it is.
        agent: String,
    },
    /// A link that works once.
    Pass(Purpose),
    /// A program.
    Token {
        /// What for.
        name: String,
        /// What it may of what its account may.
        capabilities: Vec<Capability>,
    },
    /// A share link.
    Link(Box<Link>),
    /// A person on a tablet.
    Seat(Seat),
}

/// A person on a tablet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// The tablet: 32 hexadecimal digits, made by it.
    pub device: String,
    /// What the tablet is called.
    pub name: String,
    /// What a visitor of the demo looks as; none for who has an account.
    pub visitor: Option<Role>,
    /// Signed out as lost: the tablet erases all that it keeps when it asks again.
    pub is_erased: bool,
}

/// What a one-time link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Makes the first owner.
    FirstOwner,
    /// Its account chooses a password.
    Choose,
    /// Its account's screen signs in.
    Screen,
}

impl What {
    /// As it is stored.
    #[must_use]
    pub const fn kind(&self) -> CredentialKind {
        match self {
            Self::Session { .. } => CredentialKind::Session,
            Self::Pass(_) => CredentialKind::Pass,
            Self::Token { .. } => CredentialKind::Token,
            Self::Link(_) => CredentialKind::Link,
            Self::Seat(_) => CredentialKind::Seat,
        }
    }
}

impl Credential {
    /// Whether its time is over.
    #[must_use]
    pub fn has_ended(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

/// See the module.
#[derive(Debug, Default)]
pub struct Book {
    accounts: BTreeMap<AccountId, Account>,
    by_name: BTreeMap<String, AccountId>,
    credentials: BTreeMap<u32, Credential>,
    by_hash: BTreeMap<Hash, u32>,
}

impl Book {
    pub fn account(&self, id: AccountId) -> Option<&Account> {
        self.accounts.get(&id)
    }

    pub fn by_name(&self, name: &str) -> Option<&Account> {
        self.accounts.get(self.by_name.get(name)?)
    }

    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    pub fn account_count(&self) -> usize {
        self.accounts.len()
    }

    pub fn put_account(&mut self, account: Account) {
        if let Some(before) = self.accounts.get(&account.id) {
            self.by_name.remove(&before.name);
        }
        self.by_name.insert(account.name.clone(), account.id);
        self.accounts.insert(account.id, account);
    }

    pub fn remove_account(&mut self, id: AccountId) {
        if let Some(account) = self.accounts.remove(&id) {
            self.by_name.remove(&account.name);
        }
        let of_it: Vec<u32> = self
            .credentials()
            .filter(|credential| credential.account == id)
            .map(|credential| credential.id)
            .collect();
        of_it.into_iter().for_each(|id| self.remove_credential(id));
    }

    pub fn credential(&self, id: u32) -> Option<&Credential> {
        self.credentials.get(&id)
    }

    /// The one with this hash. A digest tells nothing by how long it takes to be found.
    pub fn by_hash(&self, hash: &Hash) -> Option<&Credential> {
        self.credentials.get(self.by_hash.get(hash)?)
    }

    pub fn credentials(&self) -> impl Iterator<Item = &Credential> {
        self.credentials.values()
    }

    pub fn credential_count(&self) -> usize {
        self.credentials.len()
    }

    pub fn put_credential(&mut self, credential: Credential) {
        self.remove_credential(credential.id);
        self.by_hash.insert(credential.hash, credential.id);
        self.credentials.insert(credential.id, credential);
    }

    pub fn remove_credential(&mut self, id: u32) {
        if let Some(credential) = self.credentials.remove(&id) {
            self.by_hash.remove(&credential.hash);
        }
    }
}
