//! Signing in and out, and who holds a session or a token.

use std::sync::{MutexGuard, PoisonError};

use access::{AccountId, Kind, TokenId, Who};
use store::records::access::CredentialKind;
use twin::{Span, Timestamp};

use super::password::COME_BACK;
use super::{Account, AccountError, Accounts, Credential, Guesses, What, secret};
use crate::http::limits::whose;

/// That a session was used is stored this often.
const SEEN_EVERY: Span = Span::from_secs(300);
/// Longest that is kept of what a browser says it is.
const AGENT: usize = 200;

/// From where somebody comes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    pub address: String,
    pub agent: String,
}

/// Somebody signed in.
#[derive(Debug)]
pub struct NewSession {
    /// For the cookie; nobody else has it.
    pub secret: String,
    pub id: u32,
    pub account: AccountId,
    pub who: Who,
    /// A cookie without an end of its own lives as long as the browser.
    pub keeps: Option<Span>,
}

/// Why somebody cannot sign in.
#[derive(Debug)]
pub enum SignInError {
    /// No such name, another password, or an account that is paused: one answer for all.
    Wrong,
    /// After too many failures.
    Wait(Span),
    /// The server's own trouble.
    Failed(AccountError),
}

impl From<AccountError> for SignInError {
    fn from(error: AccountError) -> Self {
        Self::Failed(error)
    }
}

impl Accounts {
    /// Signs somebody in by name and password. Who guesses waits, and does not learn which names there are: not
    /// by the answer, and not by how long it takes.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn sign_in(
        &self,
        name: &str,
        password: String,
        origin: Origin,
    ) -> Result<NewSession, SignInError> {
        let name = name.trim().to_lowercase();
        self.begin_guess(&name, &origin.address)
            .map_err(SignInError::Wait)?;
        let account = self.by_name(&name).filter(Account::can_sign_in);
        let kept = account.as_ref().and_then(|account| account.password.clone());
        let Ok(fits) = self.passwords.fits(password, kept.clone()).await else {
            self.drop_guess(&name, &origin.address);
            return Err(SignInError::Wait(COME_BACK));
        };
        let Some(id) = account.filter(|_| fits).map(|account| account.id) else {
            return Err(SignInError::Wrong);
        };
        self.guessed_right(&name, &origin.address);
        // That took a while: the password may be another now, and all sessions ended.
        let _one = self.writing().await;
        let account = self.account(id).filter(Account::can_sign_in);
        match account.filter(|account| account.password == kept) {
            Some(account) => Ok(self.begin_session(&account, origin).await?),
            None => Err(SignInError::Wrong),
        }
    }

    /// A session for an account that has proved itself, never one that was there before.
    pub(super) async fn begin_session(
        &self,
        account: &Account,
        origin: Origin,
    ) -> Result<NewSession, AccountError> {
        let keeps = (!account.is_display).then_some(self.idle);
        let what = What::Session {
            address: origin.address,
            agent: origin.agent.chars().take(AGENT).collect(),
        };
        let expires = keeps.map(|keeps| self.clock.now() + keeps);
        let (secret, credential) = self.issue(account.id, what, expires).await?;
        Ok(NewSession {
            secret,
            id: credential.id,
            account: account.id,
            who: Self::who(account, session_kind(account)),
            keeps,
        })
    }

    /// Who holds a session, and its number.
    pub async fn by_session(&self, given: &str) -> Option<(Who, u32)> {
        let (credential, account) = self.held(given, CredentialKind::Session)?;
        let now = self.clock.now();
        if credential.seen.is_none_or(|seen| seen + SEEN_EVERY < now) {
            let expires = credential.expires.map(|_| now + self.idle);
            self.saw(&credential, now, expires).await;
        }
        Some((Self::who(&account, session_kind(&account)), credential.id))
    }

    /// Who holds a token, and its number.
    pub async fn by_token(&self, given: &str) -> Option<(Who, u32)> {
        let (credential, account) = self.held(given, CredentialKind::Token)?;
        if account.is_display {
            return None;
        }
        let now = self.clock.now();
        if credential.seen.is_none_or(|seen| seen + SEEN_EVERY < now) {
            self.saw(&credential, now, credential.expires).await;
        }
        let What::Token { capabilities, .. } = &credential.what else {
            return None;
        };
        let kind = Kind::Token(TokenId::new(credential.id), account.id);
        let who = Self::who(&account, kind).only(capabilities.iter().copied());
        Some((who, credential.id))
    }

    /// Who holds a session or token of this number now; none when it ended or its account is paused.
    #[must_use]
    pub fn by_number(&self, id: u32) -> Option<Who> {
        let book = self.read();
        let credential = book.credential(id)?;
        if let What::Link(_) = credential.what {
            drop(book);
            return self.by_link_number(id);
        }
        let account = book
            .account(credential.account)
            .filter(|account| account.is_active)?;
        if credential.has_ended(self.clock.now()) {
            return None;
        }
        match &credential.what {
            What::Session { .. } => Some(Self::who(account, session_kind(account))),
            What::Token { capabilities, .. } => {
                let kind = Kind::Token(TokenId::new(credential.id), account.id);
                Some(Self::who(account, kind).only(capabilities.iter().copied()))
            }
            What::Pass(_) | What::Link(_) | What::Seat(_) => None,
        }
    }

    /// A secret of a kind that has not ended, of an account that may be used.
    pub(super) fn held(&self, given: &str, kind: CredentialKind) -> Option<(Credential, Account)> {
        if !secret::is_one(given) {
            return None;
        }
        let book = self.read();
        let credential = book.by_hash(&secret::hash(given))?;
        let is_held = credential.what.kind() == kind && !credential.has_ended(self.clock.now());
        let account = book
            .account(credential.account)
            .filter(|account| account.is_active);
        is_held
            .then(|| Some((credential.clone(), account?.clone())))
            .flatten()
    }

    pub(super) async fn saw(&self, credential: &Credential, now: Timestamp, expires: Option<Timestamp>) {
        let seen = self.change_credential(credential.id, |credential| {
            (credential.seen, credential.expires) = (Some(now), expires);
        });
        match seen.await {
            Ok(()) | Err(AccountError::None) => {}
            Err(error) => tracing::warn!(%error, "that a session was used cannot be stored"),
        }
    }

    fn guesses(&self) -> MutexGuard<'_, Guesses> {
        self.guesses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long the next guess of something (a password, a PIN, a code) waits from there.
    #[must_use]
    pub fn must_wait(&self, what: &str, address: &str) -> Option<Span> {
        let keys = Keys::of(what, address);
        self.guesses().wait(&keys, self.clock.now())
    }

    /// Begins a guess. It counts as wrong until [`Self::guessed_right`] says otherwise: a thousand at once are
    /// not one.
    ///
    /// # Errors
    /// How long to wait.
    pub fn begin_guess(&self, what: &str, address: &str) -> Result<(), Span> {
        let (keys, now) = (Keys::of(what, address), self.clock.now());
        let mut guesses = self.guesses();
        if let Some(wait) = guesses.wait(&keys, now) {
            return Err(wait);
        }
        guesses.pair.fail(&keys.pair, now);
        guesses.address.fail(&keys.address, now);
        guesses.name.fail(&keys.what, now);
        Ok(())
    }

    /// A guess that was begun was right.
    pub fn guessed_right(&self, what: &str, address: &str) {
        let keys = Keys::of(what, address);
        let mut guesses = self.guesses();
        guesses.pair.succeed(&keys.pair);
        guesses.address.take_back(&keys.address);
        guesses.name.take_back(&keys.what);
    }

    /// A guess that was begun was not looked at.
    pub fn drop_guess(&self, what: &str, address: &str) {
        let keys = Keys::of(what, address);
        let mut guesses = self.guesses();
        guesses.pair.take_back(&keys.pair);
        guesses.address.take_back(&keys.address);
        guesses.name.take_back(&keys.what);
    }
}

/// What guesses are counted by.
struct Keys {
    what: String,
    address: String,
    pair: String,
}

impl Keys {
    /// Names are cut, as what is tried is remembered; whoever has one address of IPv6 has its whole net.
    fn of(what: &str, address: &str) -> Self {
        let what: String = what.chars().take(80).collect();
        let net = address.parse().map(|address| whose(address).to_string());
        let address = net.unwrap_or_else(|_| address.to_owned());
        let pair = format!("{what}\n{address}");
        Self { what, address, pair }
    }
}

impl Guesses {
    fn wait(&self, keys: &Keys, now: Timestamp) -> Option<Span> {
        let waits = [
            self.pair.wait(&keys.pair, now),
            self.address.wait(&keys.address, now),
            self.name.wait(&keys.what, now),
        ];
        waits.into_iter().flatten().max()
    }
}

/// What a session of an account is used as.
const fn session_kind(account: &Account) -> Kind {
    if account.is_display {
        Kind::Display(account.id)
    } else {
        Kind::Account(account.id)
    }
}
