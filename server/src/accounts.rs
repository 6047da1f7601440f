//! Accounts, and everything that proves somebody to be one: sessions, one-time passes, tokens, share links.
//!
//! One owner of state: [`Accounts`] holds all of it in memory, decides, and writes through to the records before
//! anything takes effect. Whoever keeps a door open (a live socket) listens to [`Accounts::changes`] and asks
//! again. Secrets leave the server once; only their hashes are kept.

pub mod audit;
mod book;
mod codes;
pub mod command;
pub mod desk;
mod external;
mod invite;
mod links;
mod password;
mod roles;
mod seats;
pub mod secret;
mod session;
mod stored;

use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

use access::{AccountId, Grant, Kind, Limits, Role, Throttle, Who};
use store::records::access::{
    AccountRecord, Accounts as _, CredentialKind, CredentialRecord, Credentials as _,
};
use store::{Records, RecordsError, Settings as _};
use tokio::sync::watch;
use twin::{Span, Timestamp};

use crate::clock::Clock;
use audit::AuditLog;
use book::Book;
use links::Unlocked;
use password::Passwords;

pub use book::{Account, Credential, Purpose, Seat, What};
pub use codes::{MOST_EMAILS, plain as plain_email};
pub use external::{Entered, External};
pub use invite::{Invited, NewAccount};
pub use links::Held;
pub use password::SHORTEST as SHORTEST_PASSWORD;
pub use seats::{NewSeat, SeatError, Seated};
pub use session::{NewSession, Origin, SignInError};

/// Accounts of one server.
pub const MOST_ACCOUNTS: usize = 10_000;
/// Sessions, passes, tokens and links together.
pub const MOST_CREDENTIALS: usize = 50_000;

/// Why something about accounts could not be done.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The records could not be read or written.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// There is no such account, session, token or link, or it has ended.
    #[error("there is none")]
    None,
    /// What is asked for cannot be; the field and a word for the reason.
    #[error("{field}: {reason}")]
    Bad {
        /// Which field.
        field: &'static str,
        /// A stable word.
        reason: &'static str,
    },
    /// There are as many as there may be.
    #[error("there are as many as there may be")]
    Full,
    /// The last owner stays one.
    #[error("the last owner stays one")]
    LastOwner,
    /// So many are proving themselves that nobody else can now.
    #[error("too many at once; try again in a while")]
    Busy,
}

/// See the module.
pub struct Accounts {
    book: RwLock<Book>,
    records: Records,
    clock: Arc<dyn Clock>,
    passwords: Passwords,
    guesses: Mutex<Guesses>,
    /// Secrets of seats that were none, by address.
    bad_seats: Mutex<Throttle>,
    /// How long a session lasts without being used.
    idle: Span,
    changes: watch::Sender<u64>,
    /// See [`Writing`].
    writing: tokio::sync::Mutex<()>,
    unlocked: Unlocked,
    /// Codes that were asked for.
    asked: Mutex<codes::Asked>,
    /// What was done.
    pub audit: AuditLog,
}

/// Held while something that is there changes: what it is now is read, decided on and stored as one, so that
/// nobody writes back what they read before somebody else changed it.
struct Writing<'a>(#[expect(dead_code, reason = "held")] tokio::sync::MutexGuard<'a, ()>);

/// Failed tries: of a name from an address, from an address, of a name.
struct Guesses {
    pair: Throttle,
    address: Throttle,
    name: Throttle,
}

impl Accounts {
    /// Reads what was kept.
    ///
    /// # Errors
    /// When the records cannot be read.
    pub async fn open(
        records: Records,
        clock: Arc<dyn Clock>,
        idle: Span,
    ) -> Result<Arc<Self>, RecordsError> {
        let mut book = Book::default();
        for record in records.accounts().await? {
            book.put_account(Account::from_record(record));
        }
        for record in records.credentials().await? {
            book.put_credential(Credential::from_record(record));
        }
        let (changes, _) = watch::channel(0);
        let patient = |free| {
            Throttle::new(Limits {
                free,
                ..Limits::GUESSES
            })
        };
        let accounts = Self {
            book: RwLock::new(book),
            audit: AuditLog::open(records.clone(), clock.clone()).await?,
            records,
            clock,
            passwords: Passwords::default(),
            guesses: Mutex::new(Guesses {
                pair: patient(5),
                address: patient(30),
                name: patient(100),
            }),
            bad_seats: Mutex::new(patient(100)),
            idle,
            changes,
            writing: tokio::sync::Mutex::default(),
            unlocked: Unlocked::default(),
            asked: Mutex::default(),
        };
        accounts.drop_ended().await?;
        Ok(Arc::new(accounts))
    }

    /// Goes up when somebody may more or less than before: ask again.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    fn read(&self) -> RwLockReadGuard<'_, Book> {
        self.book.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<R>(&self, change: impl FnOnce(&mut Book) -> R) -> R {
        change(&mut self.book.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// Everybody who holds a door open asks again.
    fn tell(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// An account.
    #[must_use]
    pub fn account(&self, id: AccountId) -> Option<Account> {
        self.read().account(id).cloned()
    }

    /// The account of a name.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<Account> {
        self.read().by_name(&name.trim().to_lowercase()).cloned()
    }

    /// All accounts, by name.
    #[must_use]
    pub fn all(&self) -> Vec<Account> {
        let mut all: Vec<Account> = self.read().accounts().cloned().collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    /// Everything of a kind that has not ended, the newest first.
    #[must_use]
    pub fn credentials(&self, kind: CredentialKind) -> Vec<Credential> {
        let now = self.clock.now();
        let book = self.read();
        let of_kind = book
            .credentials()
            .filter(|credential| credential.what.kind() == kind && !credential.has_ended(now));
        let mut found: Vec<Credential> = of_kind.cloned().collect();
        found.sort_by_key(|credential| std::cmp::Reverse((credential.created, credential.id)));
        found
    }

    /// Who made a link.
    #[must_use]
    pub fn link_owner(&self, id: u32) -> Option<Account> {
        self.account(self.owner_of(id)?)
    }

    /// A session, token or link that has not ended.
    #[must_use]
    pub fn credential(&self, id: u32) -> Option<Credential> {
        let now = self.clock.now();
        let found = self.read().credential(id).cloned();
        found.filter(|credential| !credential.has_ended(now))
    }

    /// Whose session, token or link it is.
    #[must_use]
    pub fn owner_of(&self, credential: u32) -> Option<AccountId> {
        self.read().credential(credential).map(|known| known.account)
    }

    /// Whether somebody could sign in as owner.
    #[must_use]
    pub fn has_owner(&self) -> bool {
        self.read()
            .accounts()
            .any(|account| account.is_owner() && account.can_sign_in())
    }

    /// Somebody of an account, as this kind.
    fn who(account: &Account, kind: Kind) -> Who {
        let grants = account.grants.iter().cloned().map(|grant| Grant {
            // Whatever stands in the records of an earlier version.
            role: if account.is_display {
                Role::Viewer
            } else {
                grant.role
            },
            ..grant
        });
        Who::new(kind, &account.display, grants)
    }

    async fn writing(&self) -> Writing<'_> {
        Writing(self.writing.lock().await)
    }

    /// Changes an account as it is now.
    async fn change_account(
        &self,
        id: AccountId,
        change: impl FnOnce(&mut Account),
    ) -> Result<(), AccountError> {
        let one = self.writing().await;
        let mut account = self.account(id).ok_or(AccountError::None)?;
        change(&mut account);
        self.refuse_without_owner(&account)?;
        self.put_account(&one, account).await
    }

    /// Changes a session, token or link as it is now.
    async fn change_credential(
        &self,
        id: u32,
        change: impl FnOnce(&mut Credential),
    ) -> Result<(), AccountError> {
        let one = self.writing().await;
        self.change_this(&one, id, change).await
    }

    async fn change_this(
        &self,
        _one: &Writing<'_>,
        id: u32,
        change: impl FnOnce(&mut Credential),
    ) -> Result<(), AccountError> {
        let found = self.read().credential(id).cloned();
        let mut credential = found.ok_or(AccountError::None)?;
        change(&mut credential);
        self.records.put_credential(&credential.to_record()).await?;
        self.change(|book| book.put_credential(credential));
        Ok(())
    }

    /// Stores an account and lets it take effect.
    async fn put_account(&self, _one: &Writing<'_>, account: Account) -> Result<(), AccountError> {
        self.records.put_account(&account.to_record()).await?;
        self.change(|book| book.put_account(account));
        self.tell();
        Ok(())
    }

    /// Pauses an account, with all its sessions, tokens and links, or lets it go on.
    ///
    /// # Errors
    /// When it is the last owner.
    pub async fn set_active(&self, id: AccountId, is_active: bool) -> Result<(), AccountError> {
        self.change_account(id, |account| account.is_active = is_active)
            .await
    }

    /// Changes where an account's mail goes, and in which language.
    ///
    /// # Errors
    /// When there is no such account.
    pub async fn set_contact(
        &self,
        id: AccountId,
        email: Option<String>,
        locale: Option<String>,
    ) -> Result<(), AccountError> {
        self.change_account(id, |account| (account.email, account.locale) = (email, locale))
            .await
    }

    /// Removes an account; what it did stays in the audit log, without a name when it is to be forgotten.
    ///
    /// # Errors
    /// When it is the last owner.
    pub async fn remove(&self, id: AccountId, forget: bool) -> Result<(), AccountError> {
        let _one = self.writing().await;
        let account = self.account(id).ok_or(AccountError::None)?;
        self.refuse_without_owner(&Account {
            is_active: false,
            ..account
        })?;
        self.records.remove_account(id.get()).await?;
        if forget {
            self.audit.forget(id).await?;
        }
        self.change(|book| book.remove_account(id));
        self.tell();
        Ok(())
    }

    /// A secret of a kind, stored and in effect. Gives the secret, which nobody has beside who is told now.
    async fn issue(
        &self,
        account: AccountId,
        what: What,
        expires: Option<Timestamp>,
    ) -> Result<(String, Credential), AccountError> {
        if self.read().credential_count() >= MOST_CREDENTIALS {
            self.drop_ended().await?;
        }
        if self.read().credential_count() >= MOST_CREDENTIALS {
            return Err(AccountError::Full);
        }
        let secret = secret::new();
        let id = self.records.next_number("credential").await?;
        let credential = Credential {
            id: u32::try_from(id).unwrap_or(u32::MAX),
            hash: secret::hash(&secret),
            account,
            created: self.clock.now(),
            seen: None,
            expires,
            what,
        };
        self.records.put_credential(&credential.to_record()).await?;
        self.change(|book| book.put_credential(credential.clone()));
        Ok((secret, credential))
    }

    /// Ends sessions, tokens or links; sockets that rest on them close.
    ///
    /// # Errors
    /// When the records cannot be written; nothing ended then.
    pub async fn end(&self, ids: &[u32]) -> Result<(), AccountError> {
        let one = self.writing().await;
        self.end_these(&one, ids).await
    }

    async fn end_these(&self, _one: &Writing<'_>, ids: &[u32]) -> Result<(), AccountError> {
        self.records.remove_credentials(ids).await?;
        self.change(|book| ids.iter().for_each(|id| book.remove_credential(*id)));
        self.tell();
        Ok(())
    }

    async fn drop_ended(&self) -> Result<(), RecordsError> {
        let now = self.clock.now();
        let ended: Vec<u32> = {
            let book = self.read();
            let ended = book.credentials().filter(|credential| credential.has_ended(now));
            ended.map(|credential| credential.id).collect()
        };
        self.records.remove_credentials(&ended).await?;
        self.change(|book| ended.iter().for_each(|id| book.remove_credential(*id)));
        Ok(())
    }
}

impl Account {
    fn from_record(record: AccountRecord) -> Self {
        Self {
            id: AccountId::new(record.id),
            name: record.name,
            display: record.display,
            email: record.email,
            locale: record.locale,
            is_display: record.is_display,
            password: record.password,
            grants: stored::grants_from_text(&record.grants),
            is_active: record.is_active,
            created: record.created,
            external: record.external,
        }
    }

    fn to_record(&self) -> AccountRecord {
        AccountRecord {
            id: self.id.get(),
            name: self.name.clone(),
            display: self.display.clone(),
            email: self.email.clone(),
            locale: self.locale.clone(),
            is_display: self.is_display,
            password: self.password.clone(),
            grants: stored::text_from_grants(&self.grants),
            is_active: self.is_active,
            created: self.created,
            external: self.external.clone(),
        }
    }
}

impl Credential {
    fn from_record(record: CredentialRecord) -> Self {
        Self {
            id: record.id,
            hash: record.hash,
            account: AccountId::new(record.account),
            created: record.created,
            seen: record.seen,
            expires: record.expires,
            what: stored::what_from_text(record.kind, &record.document),
        }
    }

    fn to_record(&self) -> CredentialRecord {
        CredentialRecord {
            id: self.id,
            kind: self.what.kind(),
            hash: self.hash,
            account: self.account.get(),
            created: self.created,
            seen: self.seen,
            expires: self.expires,
            document: stored::text_from_what(&self.what),
        }
    }
}
