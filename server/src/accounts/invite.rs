//! New accounts, and the links that work once: first owner, invitation, reset, a screen that signs in.

use access::{AccountId, Capability, Grant, MOST_GRANTS, Role};
use store::Settings as _;
use store::records::access::CredentialKind;
use twin::{Span, Timestamp};

use super::{Account, AccountError, Accounts, Credential, MOST_ACCOUNTS, NewSession, Origin, Purpose, What};

/// How long an invitation or a reset may wait.
const WAITS: Span = Span::from_secs(7 * 86_400);
/// How long the first owner's link may wait.
const FIRST_WAITS: Span = Span::from_secs(86_400);
/// Longest name.
const NAME: usize = 60;

/// An account to be.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// What it signs in with.
    pub name: String,
    /// As shown.
    pub display: String,
    pub email: Option<String>,
    /// A wall screen's.
    pub is_display: bool,
    pub grants: Vec<Grant>,
}

/// A link that works once was made.
#[derive(Debug)]
pub struct Invited {
    pub account: Option<AccountId>,
    /// For the link's address; nobody else has it.
    pub secret: String,
    pub expires: Option<Timestamp>,
}

impl Accounts {
    /// The link by which the first owner chooses name and password; the one before ends. None once there is an
    /// owner.
    ///
    /// # Errors
    /// When the records cannot be written.
    pub async fn first_owner(&self) -> Result<Option<Invited>, AccountError> {
        if self.has_owner() {
            return Ok(None);
        }
        let is_first = |credential: &Credential| credential.what == What::Pass(Purpose::FirstOwner);
        self.end_passes(is_first).await?;
        let pass = self
            .pass(AccountId::new(0), Purpose::FirstOwner, FIRST_WAITS)
            .await?;
        Ok(Some(pass))
    }

    /// Makes an account, and the link by which it begins.
    ///
    /// # Errors
    /// When the name is taken or cannot be one, or there are too many.
    pub async fn invite(&self, new: NewAccount) -> Result<Invited, AccountError> {
        let account = self.add(new).await?;
        self.reset(account.id).await
    }

    /// A link by which an account chooses a new password, or a screen signs in again. Links before it end; the
    /// password holds until a new one is chosen.
    ///
    /// # Errors
    /// When there is no such account.
    pub async fn reset(&self, id: AccountId) -> Result<Invited, AccountError> {
        let account = self.account(id).ok_or(AccountError::None)?;
        self.end_passes(|credential| credential.account == id).await?;
        let purpose = if account.is_display {
            Purpose::Screen
        } else {
            Purpose::Choose
        };
        self.pass(id, purpose, WAITS).await
    }

    /// What a one-time link is for; none when it was used or its time is over. Looking does not use it up:
    /// mail scanners look too.
    #[must_use]
    pub fn look_at_pass(&self, given: &str) -> Option<(Purpose, Option<Account>)> {
        let (credential, purpose) = self.pass_of(given)?;
        match purpose {
            Purpose::FirstOwner => (!self.has_owner()).then_some((purpose, None)),
            Purpose::Choose | Purpose::Screen => {
                let account = self
                    .account(credential.account)
                    .filter(|account| account.is_active)?;
                Some((purpose, Some(account)))
            }
        }
    }

    /// Uses a one-time link: somebody is signed in by it. `name` is of the first owner only.
    ///
    /// # Errors
    /// When the link has ended, or name or password cannot be.
    pub async fn use_pass(
        &self,
        given: &str,
        name: &str,
        password: String,
        origin: Origin,
    ) -> Result<NewSession, AccountError> {
        let (credential, purpose) = self.pass_of(given).ok_or(AccountError::None)?;
        let account = match purpose {
            Purpose::FirstOwner => {
                let wanted = account_name(name)?;
                let password = self.passwords.hash(password, &wanted).await?;
                // Whoever was second finds an owner.
                if self.has_owner() {
                    return Err(AccountError::None);
                }
                let new = NewAccount {
                    display: name.trim().to_owned(),
                    name: wanted,
                    email: None,
                    is_display: false,
                    grants: vec![Grant::everywhere(Role::Owner)],
                };
                let account = self.add(new).await?;
                Account {
                    password: Some(password),
                    ..account
                }
            }
            Purpose::Choose => {
                let account = self.account(credential.account).ok_or(AccountError::None)?;
                let password = self.passwords.hash(password, &account.name).await?;
                Account {
                    password: Some(password),
                    ..account
                }
            }
            Purpose::Screen => self.account(credential.account).ok_or(AccountError::None)?,
        };
        if !account.is_active {
            return Err(AccountError::None);
        }
        // Once: who comes second with the same link finds nothing.
        if !self.change(|book| {
            let is_there = book.credential(credential.id).is_some();
            book.remove_credential(credential.id);
            is_there
        }) {
            return Err(AccountError::None);
        }
        self.end(&[credential.id]).await?;
        self.put_account(account.clone()).await?;
        self.end_sessions(account.id, None).await?;
        self.begin_session(&account, origin).await
    }

    /// Chooses another password; all other sessions end.
    ///
    /// # Errors
    /// When the old one is wrong or the new one cannot be.
    pub async fn change_password(
        &self,
        id: AccountId,
        old: String,
        new: String,
        keep: Option<u32>,
    ) -> Result<(), AccountError> {
        let account = self.account(id).ok_or(AccountError::None)?;
        if !self.passwords.fits(old, account.password.clone()).await {
            return Err(AccountError::Bad {
                field: "old",
                reason: "wrong",
            });
        }
        let password = self.passwords.hash(new, &account.name).await?;
        self.put_account(Account {
            password: Some(password),
            ..account
        })
        .await?;
        self.end_sessions(id, keep).await
    }

    /// Ends the sessions of an account, but one.
    ///
    /// # Errors
    /// When the records cannot be written.
    pub async fn end_sessions(&self, id: AccountId, keep: Option<u32>) -> Result<(), AccountError> {
        let of_it = |credential: &Credential| {
            credential.account == id
                && credential.what.kind() == CredentialKind::Session
                && Some(credential.id) != keep
        };
        let ids = self.ids(of_it);
        self.end(&ids).await
    }

    /// A token for a program: what it may is at most what its account may.
    ///
    /// # Errors
    /// When there are too many.
    pub async fn make_token(
        &self,
        account: AccountId,
        name: &str,
        capabilities: Vec<Capability>,
        expires: Option<Timestamp>,
    ) -> Result<(String, u32), AccountError> {
        let name = display_name(name)?;
        let what = What::Token { name, capabilities };
        let (secret, credential) = self.issue(account, what, expires).await?;
        Ok((secret, credential.id))
    }

    async fn add(&self, new: NewAccount) -> Result<Account, AccountError> {
        let name = account_name(&new.name)?;
        if new.grants.len() > MOST_GRANTS || self.read().account_count() >= MOST_ACCOUNTS {
            return Err(AccountError::Full);
        }
        if self.by_name(&name).is_some() {
            return Err(AccountError::Bad {
                field: "name",
                reason: "taken",
            });
        }
        let id = self.records.next_number("account").await?;
        let account = Account {
            id: AccountId::new(u32::try_from(id).unwrap_or(u32::MAX)),
            display: display_name(&new.display)?,
            name,
            email: new.email,
            is_display: new.is_display,
            password: None,
            grants: new.grants,
            is_active: true,
            created: self.clock.now(),
            external: None,
        };
        self.put_account(account.clone()).await?;
        Ok(account)
    }

    async fn pass(&self, account: AccountId, purpose: Purpose, waits: Span) -> Result<Invited, AccountError> {
        let expires = Some(self.clock.now() + waits);
        let (secret, _) = self.issue(account, What::Pass(purpose), expires).await?;
        Ok(Invited {
            account: (account.get() > 0).then_some(account),
            secret,
            expires,
        })
    }

    fn pass_of(&self, given: &str) -> Option<(Credential, Purpose)> {
        if !super::secret::is_one(given) {
            return None;
        }
        let book = self.read();
        let credential = book.by_hash(&super::secret::hash(given))?;
        match credential.what {
            What::Pass(purpose) if !credential.has_ended(self.clock.now()) => {
                Some((credential.clone(), purpose))
            }
            _ => None,
        }
    }

    async fn end_passes(&self, which: impl Fn(&Credential) -> bool) -> Result<(), AccountError> {
        let ids = self.ids(|credential| credential.what.kind() == CredentialKind::Pass && which(credential));
        self.end(&ids).await
    }

    fn ids(&self, which: impl Fn(&Credential) -> bool) -> Vec<u32> {
        let book = self.read();
        let found = book.credentials().filter(|credential| which(credential));
        found.map(|credential| credential.id).collect()
    }
}

/// A name to sign in with: letters, digits and a few signs, in lower case.
fn account_name(name: &str) -> Result<String, AccountError> {
    let name = name.trim().to_lowercase();
    let bad = |reason| AccountError::Bad {
        field: "name",
        reason,
    };
    if name.is_empty() {
        return Err(bad("empty"));
    }
    if name.chars().count() > NAME {
        return Err(bad("too_long"));
    }
    let is_sound = |letter: char| letter.is_alphanumeric() || " .-_@+'".contains(letter);
    if !name.chars().all(is_sound) {
        return Err(bad("letters"));
    }
    Ok(name)
}

/// A name as shown: one line of some length.
pub(super) fn display_name(name: &str) -> Result<String, AccountError> {
    let name = name.trim();
    let bad = |reason| AccountError::Bad {
        field: "name",
        reason,
    };
    if name.is_empty() {
        return Err(bad("empty"));
    }
    if name.chars().count() > NAME {
        return Err(bad("too_long"));
    }
    if name.chars().any(char::is_control) {
        return Err(bad("letters"));
    }
    Ok(name.to_owned())
}
