//! Signing in and out, and who holds a session or a token.

use access::{AccountId, Kind, TokenId, Who};
use store::records::access::{CredentialKind, Credentials as _};
use twin::{Span, Timestamp};

use super::{Account, AccountError, Accounts, Credential, What, secret};

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
        if let Some(wait) = self.must_wait(&name, &origin.address) {
            return Err(SignInError::Wait(wait));
        }
        let account = self.by_name(&name).filter(Account::can_sign_in);
        let kept = account.as_ref().and_then(|account| account.password.clone());
        let fits = self.passwords.fits(password, kept).await;
        let Some(account) = account.filter(|_| fits) else {
            self.failed(&name, &origin.address);
            return Err(SignInError::Wrong);
        };
        self.succeeded(&name, &origin.address);
        Ok(self.begin_session(&account, origin).await?)
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
            What::Pass(_) | What::Link(_) => None,
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

    async fn saw(&self, credential: &Credential, now: Timestamp, expires: Option<Timestamp>) {
        let record = self.change(|book| book.saw(credential.id, now, expires).map(Credential::to_record));
        let Some(record) = record else { return };
        if let Err(error) = self.records.put_credential(&record).await {
            tracing::warn!(%error, "that a session was used cannot be stored");
        }
    }

    fn must_wait(&self, name: &str, address: &str) -> Option<Span> {
        let now = self.clock.now();
        let guesses = self
            .guesses
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let waits = [
            guesses.pair.wait(&pair(name, address), now),
            guesses.address.wait(address, now),
            guesses.name.wait(name, now),
        ];
        waits.into_iter().flatten().max()
    }

    fn failed(&self, name: &str, address: &str) {
        let now = self.clock.now();
        let mut guesses = self
            .guesses
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        guesses.pair.fail(&pair(name, address), now);
        guesses.address.fail(address, now);
        guesses.name.fail(name, now);
    }

    fn succeeded(&self, name: &str, address: &str) {
        let mut guesses = self
            .guesses
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        guesses.pair.succeed(&pair(name, address));
    }

    /// Counts a wrong guess of something short (a PIN, a code), and says how long its next try waits.
    pub fn guess_wait(&self, what: &str, address: &str) -> Option<Span> {
        self.must_wait(what, address)
    }

    /// Counts whether a guess of something short was right.
    pub fn guessed(&self, what: &str, address: &str, is_right: bool) {
        if is_right {
            self.succeeded(what, address);
        } else {
            self.failed(what, address);
        }
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

/// Names are cut: what is tried is remembered.
fn pair(name: &str, address: &str) -> String {
    let name: String = name.chars().take(80).collect();
    format!("{name}\n{address}")
}
