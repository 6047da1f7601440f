//! New accounts, and the links that work once: first owner, invitation, reset, a screen that signs in.

use access::{AccountId, Capability, Grant, MOST_GRANTS, Role};
use store::Settings as _;
use store::records::access::CredentialKind;
use twin::{Span, Timestamp};
use unicode_security::confusable_detection::skeleton;

use super::{
    Account, AccountError, Accounts, Credential, MOST_ACCOUNTS, NewSession, Origin, Purpose, What, Writing,
    seats,
};

/// How long an invitation or a reset may wait.
const WAITS: Span = Span::from_secs(7 * 86_400);
/// How long the first owner's link may wait.
const FIRST_WAITS: Span = Span::from_secs(86_400);
/// Longest name.
pub(super) const NAME: usize = 60;

/// An account to be.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// What it signs in with.
    pub name: String,
    /// As shown.
    pub display: String,
    /// Where its mail goes.
    pub email: Option<String>,
    /// In which language: a tag.
    pub locale: Option<String>,
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
        let account = {
            let one = self.writing().await;
            self.add(&one, new).await?
        };
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
        let (name, display) = match (purpose, self.account(credential.account)) {
            (Purpose::FirstOwner, _) => (account_name(name)?, name.trim().to_owned()),
            (_, Some(account)) => (account.name, account.display),
            (_, None) => return Err(AccountError::None),
        };
        let chosen = match purpose {
            Purpose::FirstOwner | Purpose::Choose => Some(self.passwords.hash(password, &name).await?),
            Purpose::Screen => None,
        };
        // That took a while. Once: who comes second with the same link finds nothing.
        let one = self.writing().await;
        self.pass_of(given).ok_or(AccountError::None)?;
        let account = match purpose {
            Purpose::FirstOwner if self.has_owner() => return Err(AccountError::None),
            Purpose::FirstOwner => {
                let new = NewAccount {
                    name,
                    display,
                    email: None,
                    locale: None,
                    is_display: false,
                    grants: vec![Grant::everywhere(Role::Owner)],
                };
                self.add(&one, new).await?
            }
            Purpose::Choose | Purpose::Screen => self
                .account(credential.account)
                .filter(|account| account.is_active)
                .ok_or(AccountError::None)?,
        };
        let account = Account {
            password: chosen.or(account.password),
            ..account
        };
        self.end_these(&one, &[credential.id]).await?;
        self.put_account(&one, account.clone()).await?;
        self.end_sessions_of(&one, account.id, None).await?;
        // Whoever had the old password may have made some.
        self.end_tokens_of(&one, account.id).await?;
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
        let wrong = AccountError::Bad {
            field: "old",
            reason: "wrong",
        };
        let before = self.account(id).ok_or(AccountError::None)?;
        if !self.passwords.fits(old, before.password.clone()).await? {
            return Err(wrong);
        }
        let password = self.passwords.hash(new, &before.name).await?;
        // That took a while: only the password is changed, of the account as it is now.
        let one = self.writing().await;
        let account = self.account(id).filter(|account| account.is_active);
        let account = account.ok_or(AccountError::None)?;
        if account.password != before.password {
            return Err(wrong);
        }
        let password = Some(password);
        self.put_account(&one, Account { password, ..account }).await?;
        self.end_sessions_of(&one, id, keep).await
    }

    /// Ends the sessions of an account, but one.
    ///
    /// # Errors
    /// When the records cannot be written.
    pub async fn end_sessions(&self, id: AccountId, keep: Option<u32>) -> Result<(), AccountError> {
        let one = self.writing().await;
        self.end_sessions_of(&one, id, keep).await
    }

    async fn end_sessions_of(
        &self,
        one: &Writing<'_>,
        id: AccountId,
        keep: Option<u32>,
    ) -> Result<(), AccountError> {
        let of_it = |credential: &Credential| {
            credential.account == id
                && (credential.what.kind() == CredentialKind::Session || seats::is_open(credential))
                && Some(credential.id) != keep
        };
        let ids = self.ids(of_it);
        self.end_these(one, &ids).await
    }

    async fn end_tokens_of(&self, one: &Writing<'_>, id: AccountId) -> Result<(), AccountError> {
        let of_it = |credential: &Credential| {
            credential.account == id && credential.what.kind() == CredentialKind::Token
        };
        let ids = self.ids(of_it);
        self.end_these(one, &ids).await
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
        if self.account(account).is_none_or(|account| account.is_display) {
            return Err(AccountError::None);
        }
        let what = What::Token { name, capabilities };
        let (secret, credential) = self.issue(account, what, expires).await?;
        Ok((secret, credential.id))
    }

    pub(super) async fn add(&self, one: &Writing<'_>, new: NewAccount) -> Result<Account, AccountError> {
        let name = account_name(&new.name)?;
        if new.grants.len() > MOST_GRANTS || self.read().account_count() >= MOST_ACCOUNTS {
            return Err(AccountError::Full);
        }
        if !self.is_free(&name) {
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
            locale: new.locale,
            is_display: new.is_display,
            password: None,
            grants: new.grants,
            is_active: true,
            created: self.clock.now(),
            external: None,
        };
        account.refuse_more_than_a_screen()?;
        self.put_account(one, account.clone()).await?;
        Ok(account)
    }

    /// Whether nobody has a name, or one that looks the same: who reads it must know who it is (UTS 39).
    pub(super) fn is_free(&self, name: &str) -> bool {
        let looks = |name: &str| skeleton(name).collect::<String>();
        let wanted = looks(name);
        !self
            .read()
            .accounts()
            .any(|account| looks(&account.name) == wanted)
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
pub(super) fn account_name(name: &str) -> Result<String, AccountError> {
    let is_sound = |letter: char| letter.is_alphanumeric() || " .-_@+'".contains(letter);
    bounded(&name.to_lowercase(), is_sound)
}

/// A name as shown: one line of some length, that reads in the direction of its letters.
pub(super) fn display_name(name: &str) -> Result<String, AccountError> {
    let turns = |letter| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    bounded(name, |letter: char| !letter.is_control() && !turns(letter))
}

/// A name of some length, made of sound letters.
fn bounded(name: &str, is_sound: impl Fn(char) -> bool) -> Result<String, AccountError> {
    let name = name.trim();
    let reason = match name.chars().count() {
        0 => "empty",
        count if count > NAME => "too_long",
        _ if !name.chars().all(is_sound) => "letters",
        _ => return Ok(name.to_owned()),
    };
    let field = "name";
    Err(AccountError::Bad { field, reason })
}
