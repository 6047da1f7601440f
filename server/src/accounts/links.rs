//! Share links: made, held, opened, paused and ended.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use access::{AccountId, Grant, LinkId, Who};
use store::records::access::{CredentialKind, Credentials as _, Hash, LinkViewRecord};
use twin::{AssetId, Span, Timestamp};

use super::{AccountError, Accounts, Credential, Origin, What, Writing, password, secret};
use crate::share::Link;

/// Shortest and longest life of a link: none is for ever.
pub const LONGEST: Span = Span::from_secs(366 * 86_400);
/// How long a PIN or code that was right stays so in one browser.
const UNLOCKED_FOR: Span = Span::from_secs(12 * 3_600);
/// Browsers that gave one, at once.
const MOST_UNLOCKED: usize = 10_000;

/// A browser that gave the PIN of a link, or the code that an address was sent.
#[derive(Clone, Debug)]
struct LetIn {
    link: u32,
    email: Option<String>,
    until: Timestamp,
}

/// Those browsers. A restart asks again.
#[derive(Default)]
pub(super) struct Unlocked(Mutex<BTreeMap<Hash, LetIn>>);

/// Somebody holds a link.
#[derive(Clone, Debug)]
pub struct Held {
    pub who: Who,
    pub id: u32,
    pub link: Link,
    pub expires: Option<Timestamp>,
    /// Whose it is, as shown.
    pub owner: String,
    /// A PIN or a code is still to be given.
    pub is_locked: bool,
    /// The address that proved itself, where one did.
    pub email: Option<String>,
}

impl Accounts {
    /// A link to an asset. Gives what its address ends with, and its number.
    ///
    /// # Errors
    /// When it ends too late or there are too many.
    pub async fn make_link(
        &self,
        owner: Option<AccountId>,
        link: Link,
        pin: Option<String>,
        expires: Timestamp,
    ) -> Result<(String, u32), AccountError> {
        let now = self.clock.now();
        let granted = owner.and_then(|owner| self.grants_of(owner));
        if expires <= now || expires > now + LONGEST {
            return Err(AccountError::Bad {
                field: "until",
                reason: "until",
            });
        }
        let pin = match pin {
            Some(pin)
                if pin.len() >= 4 && pin.len() <= 12 && pin.bytes().all(|digit| digit.is_ascii_digit()) =>
            {
                Some(self.passwords.hash_short(pin).await?)
            }
            Some(_) => {
                return Err(AccountError::Bad {
                    field: "pin",
                    reason: "pin",
                });
            }
            None => None,
        };
        let what = What::Link(Box::new(Link { pin, ..link }));
        let owner = owner.unwrap_or(AccountId::new(0));
        let (secret, credential) = self.issue(owner, what, Some(expires)).await?;
        // What is paused when somebody's roles change is what was there then.
        if self.grants_of(owner) != granted {
            self.end(&[credential.id]).await?;
            return Err(AccountError::None);
        }
        Ok((secret, credential.id))
    }

    /// The number of a link that may be opened.
    #[must_use]
    pub fn number_of_link(&self, given: &str) -> Option<u32> {
        self.by_link(given, None).map(|held| held.id)
    }

    fn grants_of(&self, account: AccountId) -> Option<Vec<Grant>> {
        self.read().account(account).map(|account| account.grants.clone())
    }

    /// Who holds a link. Unknown, ended, paused and of an owner who is gone are all none: nobody can tell which.
    #[must_use]
    pub fn by_link(&self, given: &str, unlocked: Option<&str>) -> Option<Held> {
        if !secret::is_one(given) {
            return None;
        }
        let book = self.read();
        let credential = book.by_hash(&secret::hash(given))?;
        let mut held = self.holder(
            credential,
            book.account(credential.account).map(|owner| owner.is_active),
        )?;
        held.owner = book
            .account(credential.account)
            .map_or_else(String::new, |owner| owner.display.clone());
        if held.link.is_protected() {
            let let_in = self.let_in_by(held.id, unlocked);
            held.is_locked = let_in.is_none();
            held.email = let_in.and_then(|let_in| let_in.email);
        }
        Some(held)
    }

    /// Who holds the link of this number now.
    #[must_use]
    pub fn by_link_number(&self, id: u32) -> Option<Who> {
        let book = self.read();
        let credential = book.credential(id)?;
        let owner = book.account(credential.account).map(|owner| owner.is_active);
        self.holder(credential, owner).map(|held| held.who)
    }

    /// `owner`: whether the account it is of may be used; of none where nobody has accounts, in the demo.
    fn holder(&self, credential: &Credential, owner: Option<bool>) -> Option<Held> {
        let What::Link(link) = &credential.what else {
            return None;
        };
        let is_owned = owner.unwrap_or(credential.account.get() == 0);
        if link.is_paused || !is_owned || credential.has_ended(self.clock.now()) {
            return None;
        }
        let asset = AssetId::new(link.asset);
        Some(Held {
            who: Who::link(LinkId::new(credential.id), "share link", asset, link.terms()),
            id: credential.id,
            link: (**link).clone(),
            expires: credential.expires,
            owner: String::new(),
            is_locked: false,
            email: None,
        })
    }

    /// Notes that a link was opened, from where, and by which address.
    ///
    /// # Errors
    /// When the records cannot be written.
    pub async fn opened(&self, held: &Held, origin: &Origin) -> Result<(), AccountError> {
        let (id, now) = (held.id, self.clock.now());
        let counted = self.change_credential(id, |credential| {
            if let What::Link(link) = &mut credential.what {
                link.opened = link.opened.saturating_add(1);
            }
            credential.seen = Some(now);
        });
        match counted.await {
            Err(AccountError::None) => return Ok(()),
            done => done?,
        }
        let agent: String = origin.agent.chars().take(200).collect();
        let document = serde_json::json!({"address": origin.address, "agent": agent, "email": held.email});
        let view = LinkViewRecord {
            link: id,
            at: now,
            document: document.to_string(),
        };
        Ok(self.records.add_link_view(&view).await?)
    }

    /// Who opened a link, the newest first.
    ///
    /// # Errors
    /// When the records cannot be read.
    pub async fn link_views(&self, id: u32) -> Result<Vec<LinkViewRecord>, AccountError> {
        Ok(self.records.link_views(id).await?)
    }

    /// Pauses a link, open sockets close; `is_held`: its owner does not let it go on.
    ///
    /// # Errors
    /// When there is none, or the records cannot be written.
    pub async fn pause_link(&self, id: u32, is_held: bool) -> Result<(), AccountError> {
        let one = self.writing().await;
        let pause = |link: &mut Link| {
            link.is_paused = true;
            link.is_held |= is_held;
        };
        self.change_link(&one, id, pause).await?;
        self.tell();
        Ok(())
    }

    /// Lets a paused link go on. Whoever asks has seen that its owner may share what it shows.
    ///
    /// # Errors
    /// When there is none, or the records cannot be written.
    pub async fn resume_link(&self, id: u32) -> Result<(), AccountError> {
        let one = self.writing().await;
        let resume = |link: &mut Link| (link.is_paused, link.is_held) = (false, false);
        self.change_link(&one, id, resume).await?;
        self.tell();
        Ok(())
    }

    /// Pauses all links of an account: what it may see has changed.
    pub(super) async fn pause_links_of(
        &self,
        one: &Writing<'_>,
        account: AccountId,
    ) -> Result<(), AccountError> {
        let links = self.credentials(CredentialKind::Link);
        for link in links.iter().filter(|link| link.account == account) {
            self.change_link(one, link.id, |link| link.is_paused = true)
                .await?;
        }
        self.tell();
        Ok(())
    }

    async fn change_link(
        &self,
        one: &Writing<'_>,
        id: u32,
        change: impl FnOnce(&mut Link),
    ) -> Result<(), AccountError> {
        let change = |credential: &mut Credential| {
            if let What::Link(link) = &mut credential.what {
                change(link);
            }
        };
        self.change_this(one, id, change).await
    }

    /// Checks a PIN. Gives what the browser keeps as proof.
    ///
    /// # Errors
    /// How long to wait after wrong ones; none where it was just wrong.
    pub async fn unlock(&self, held: &Held, pin: String, origin: &Origin) -> Result<String, Option<Span>> {
        let key = format!("link {}", held.id);
        self.begin_guess(&key, &origin.address).map_err(Some)?;
        match self.passwords.fits(pin, held.link.pin.clone()).await {
            Ok(true) => {}
            Ok(false) => return Err(self.must_wait(&key, &origin.address)),
            Err(_) => {
                self.drop_guess(&key, &origin.address);
                return Err(Some(password::COME_BACK));
            }
        }
        self.guessed_right(&key, &origin.address);
        Ok(self.let_in(held.id, None))
    }

    /// A browser has proved itself. Gives what it keeps as proof.
    pub(super) fn let_in(&self, link: u32, email: Option<String>) -> String {
        let proof = secret::new();
        let now = self.clock.now();
        let mut unlocked = self.unlocked.0.lock().unwrap_or_else(PoisonError::into_inner);
        unlocked.retain(|_, let_in| let_in.until > now);
        while unlocked.len() >= MOST_UNLOCKED {
            unlocked.pop_first();
        }
        let until = now + UNLOCKED_FOR;
        unlocked.insert(secret::hash(&proof), LetIn { link, email, until });
        proof
    }

    fn let_in_by(&self, link: u32, proof: Option<&str>) -> Option<LetIn> {
        let proof = proof.filter(|proof| secret::is_one(proof))?;
        let unlocked = self.unlocked.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = unlocked.get(&secret::hash(proof))?;
        (known.link == link && known.until > self.clock.now()).then(|| known.clone())
    }
}
