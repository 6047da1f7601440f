//! The audit log: every entry chained to the one before, one at a time.

use std::sync::Arc;

use access::audit::{Broken, Entry, Hash, START, Verifier, link, person};
use access::{AccountId, Kind, LinkId};
use app::api::backend::Viewer;
use axum::http::request::Parts;
use serde_json::{Value, json};
use store::records::access::{Audit as _, AuditEntry, AuditQuery};
use store::{Records, RecordsError};
use tokio::sync::Mutex;
use twin::PointId;

use crate::clock::Clock;

/// Longest that is kept of before and after.
const DETAILS: usize = 8_000;

/// Who did something, from where.
#[derive(Clone, Debug, Default)]
pub struct Doer {
    pub account: Option<AccountId>,
    /// Called, as known then.
    pub name: String,
    pub address: String,
    /// How they proved it: `session 4`, `token 7`, `link 2`, `command`.
    pub by: String,
}

impl From<&Viewer> for Doer {
    fn from(viewer: &Viewer) -> Self {
        let by = match (viewer.who.kind, viewer.credential) {
            (Kind::Nobody | Kind::Visitor, _) | (_, None) => "visitor".to_owned(),
            (Kind::Account(_) | Kind::Display(_), Some(id)) => format!("session {id}"),
            (Kind::Token(token, _), _) => format!("token {}", token.get()),
            (Kind::Link(link), _) => format!("link {}", link.get()),
        };
        Self {
            account: viewer.who.account(),
            name: viewer.who.name.to_string(),
            address: viewer.address.clone().unwrap_or_default(),
            by,
        }
    }
}

impl From<&Parts> for Doer {
    fn from(parts: &Parts) -> Self {
        Self::from(&crate::http::who::viewer(parts))
    }
}

impl Doer {
    /// A command on the server's own machine.
    #[must_use]
    pub fn command() -> Self {
        Self {
            by: "command".to_owned(),
            ..Self::default()
        }
    }

    fn text(&self) -> String {
        json!({"name": self.name, "address": self.address, "by": self.by}).to_string()
    }
}

/// With what something was done: `account 3`, `link 12`, `point 40`.
#[derive(Clone, Debug)]
pub struct Subject(String);

impl From<&str> for Subject {
    fn from(words: &str) -> Self {
        Self(words.to_owned())
    }
}

impl From<String> for Subject {
    fn from(words: String) -> Self {
        Self(words)
    }
}

impl From<AccountId> for Subject {
    fn from(account: AccountId) -> Self {
        Self(format!("account {}", account.get()))
    }
}

impl From<LinkId> for Subject {
    fn from(link: LinkId) -> Self {
        Self(format!("link {}", link.get()))
    }
}

impl From<PointId> for Subject {
    fn from(point: PointId) -> Self {
        Self(format!("point {point}"))
    }
}

/// See the module.
pub struct AuditLog {
    records: Records,
    clock: Arc<dyn Clock>,
    /// Number and hash of the last entry.
    head: Mutex<(u64, Hash)>,
}

impl AuditLog {
    /// Goes on where the records end.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn open(records: Records, clock: Arc<dyn Clock>) -> Result<Self, RecordsError> {
        let head = records.audit_head().await?.unwrap_or((0, START));
        Ok(Self {
            records,
            clock,
            head: Mutex::new(head),
        })
    }

    /// Writes down what was done with what: `details` say before and after, and name no person.
    ///
    /// # Errors
    /// When it cannot be stored; the next entry takes its place.
    pub async fn note(
        &self,
        doer: impl Into<Doer>,
        action: &str,
        subject: impl Into<Subject>,
        details: Value,
    ) -> Result<(), RecordsError> {
        let (doer, Subject(subject)) = (doer.into(), subject.into());
        let mut head = self.head.lock().await;
        let (number, before) = *head;
        let (salt, text): ([u8; 16], _) = (crate::random::bytes(), doer.text());
        let details: String = details.to_string().chars().take(DETAILS).collect();
        let mut entry = AuditEntry {
            number: number + 1,
            at: self.clock.now(),
            action: action.to_owned(),
            subject,
            details,
            account: doer.account.map(AccountId::get),
            person_hash: person(&salt, &text),
            person: Some(text),
            salt: Some(salt),
            hash: START,
        };
        entry.hash = link(&before, &chained(&entry));
        self.records.add_audit(&entry).await?;
        *head = (entry.number, entry.hash);
        Ok(())
    }

    /// Entries, the newest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn read(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>, RecordsError> {
        self.records.audit(query).await
    }

    /// Takes name and address out of what an account did; the chain still holds.
    ///
    /// # Errors
    /// When they cannot be written.
    pub async fn forget(&self, account: AccountId) -> Result<u64, RecordsError> {
        self.records.forget_person(account.get()).await
    }

    /// Walks the whole chain.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn verify(&self) -> Result<Verdict, RecordsError> {
        verify(&self.records).await
    }
}

/// What walking the chain found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Entries that hold, from the first on.
    pub sound: u64,
    /// Hash of the last of them.
    pub head: Hash,
    /// What is wrong with the next.
    pub broken: Option<Broken>,
}

/// Walks the whole chain of some records.
///
/// # Errors
/// When they cannot be read.
pub async fn verify(records: &Records) -> Result<Verdict, RecordsError> {
    let (mut verifier, mut broken) = (Verifier::default(), None);
    records
        .each_audit(|entry| {
            if broken.is_some() {
                return;
            }
            let named = entry.salt.as_ref().zip(entry.person.as_deref());
            broken = verifier.take(&chained(&entry), &entry.hash, named).err();
        })
        .await?;
    let (sound, head) = verifier.stands();
    Ok(Verdict { sound, head, broken })
}

/// What of an entry is chained.
fn chained(entry: &AuditEntry) -> Entry<'_> {
    Entry {
        number: entry.number,
        at: entry.at,
        action: &entry.action,
        subject: &entry.subject,
        details: &entry.details,
        person: entry.person_hash,
    }
}
