//! What is kept of who may see and do what: accounts, secrets that prove something, views of links, the audit
//! log.

use std::future::Future;

use twin::Timestamp;

use super::RecordsError;

/// SHA-256 of a secret, or of an audit entry.
pub type Hash = [u8; 32];

/// One account as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRecord {
    /// Its id, for ever.
    pub id: u32,
    /// What one signs in with, in lower case; unique.
    pub name: String,
    /// Its name as shown.
    pub display: String,
    /// Where mail goes.
    pub email: Option<String>,
    /// In which language: a tag such as `fr`.
    pub locale: Option<String>,
    /// Whether it is a wall screen's and not a person's.
    pub is_display: bool,
    /// argon2id as a PHC string; none before a password was chosen.
    pub password: Option<String>,
    /// Roles and where they hold, JSON.
    pub grants: String,
    /// Whether it may be used.
    pub is_active: bool,
    /// When it was made.
    pub created: Timestamp,
    /// Issuer and subject at an OpenID provider.
    pub external: Option<String>,
}

/// What a secret proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CredentialKind {
    /// A browser that signed in.
    Session,
    /// A link that works once: first owner, invitation, reset.
    Pass,
    /// A program.
    Token,
    /// A share link.
    Link,
    /// A person on a tablet.
    Seat,
}

impl CredentialKind {
    /// As it is stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Pass => "pass",
            Self::Token => "token",
            Self::Link => "link",
            Self::Seat => "seat",
        }
    }

    /// From how it is stored.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let all = [Self::Session, Self::Pass, Self::Token, Self::Link, Self::Seat];
        all.into_iter().find(|kind| kind.word() == word)
    }
}

/// A secret as stored: never itself, only its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialRecord {
    /// Its id, for ever.
    pub id: u32,
    /// What it proves.
    pub kind: CredentialKind,
    /// SHA-256 of the secret; unique.
    pub hash: Hash,
    /// Whose it is.
    pub account: u32,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last used.
    pub seen: Option<Timestamp>,
    /// When it ends; none: when somebody ends it.
    pub expires: Option<Timestamp>,
    /// The rest, JSON.
    pub document: String,
}

/// A share link was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkViewRecord {
    /// Which.
    pub link: u32,
    /// When.
    pub at: Timestamp,
    /// From where, JSON.
    pub document: String,
}

/// Views of one link that are kept.
pub const LINK_VIEWS: u32 = 500;

/// What somebody did, to be chained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// From 1, each one more than the one before.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// A stable word.
    pub action: String,
    /// With what.
    pub subject: String,
    /// Before and after, JSON, without names of people.
    pub details: String,
    /// Whose account, where one did it.
    pub account: Option<u32>,
    /// Who and from where, JSON; none once they are forgotten.
    pub person: Option<String>,
    /// What their digest is salted with; none once they are forgotten.
    pub salt: Option<[u8; 16]>,
    /// Digest of who and from where.
    pub person_hash: Hash,
    /// Of this entry and all before.
    pub hash: Hash,
}

/// Which audit entries are asked for; what is not said does not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Only before this number; for paging back.
    pub before: Option<u64>,
    /// Only what begins with this: `share`.
    pub action: String,
    /// Only of this account.
    pub account: Option<u32>,
    /// Only from here on.
    pub from: Option<Timestamp>,
    /// Only before here.
    pub to: Option<Timestamp>,
    /// At most so many, the newest first.
    pub most: u32,
}

/// Accounts.
pub trait Accounts {
    /// All of them, by id.
    fn accounts(&self) -> impl Future<Output = Result<Vec<AccountRecord>, RecordsError>> + Send;
    /// Stores one, new or changed.
    fn put_account(&self, account: &AccountRecord) -> impl Future<Output = Result<(), RecordsError>> + Send;
    /// Forgets one with all its secrets.
    fn remove_account(&self, account: u32) -> impl Future<Output = Result<(), RecordsError>> + Send;
}

/// Secrets that prove something.
pub trait Credentials {
    /// All of them, by id.
    fn credentials(&self) -> impl Future<Output = Result<Vec<CredentialRecord>, RecordsError>> + Send;
    /// Stores one, new or changed.
    fn put_credential(
        &self,
        credential: &CredentialRecord,
    ) -> impl Future<Output = Result<(), RecordsError>> + Send;
    /// Forgets these.
    fn remove_credentials(&self, ids: &[u32]) -> impl Future<Output = Result<(), RecordsError>> + Send;
    /// Keeps that a link was opened; the oldest beyond [`LINK_VIEWS`] go.
    fn add_link_view(&self, view: &LinkViewRecord) -> impl Future<Output = Result<(), RecordsError>> + Send;
    /// Who opened a link, the newest first.
    fn link_views(&self, link: u32)
    -> impl Future<Output = Result<Vec<LinkViewRecord>, RecordsError>> + Send;
}

/// The audit log. There is no way to change or remove an entry but [`Audit::forget_person`].
pub trait Audit {
    /// Number and hash of the last entry; none before the first.
    fn audit_head(&self) -> impl Future<Output = Result<Option<(u64, Hash)>, RecordsError>> + Send;
    /// Adds an entry; refused where its number is taken.
    fn add_audit(&self, entry: &AuditEntry) -> impl Future<Output = Result<(), RecordsError>> + Send;
    /// Entries, the newest first.
    fn audit(&self, query: &AuditQuery)
    -> impl Future<Output = Result<Vec<AuditEntry>, RecordsError>> + Send;
    /// Every entry in its order, without holding them.
    fn each_audit(
        &self,
        each: impl FnMut(AuditEntry) + Send,
    ) -> impl Future<Output = Result<(), RecordsError>> + Send;
    /// Takes name, address and salt out of what an account did; the digests stay. Gives how many entries.
    fn forget_person(&self, account: u32) -> impl Future<Output = Result<u64, RecordsError>> + Send;
}
