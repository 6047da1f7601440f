//! Share links: made, held, opened, paused and ended.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use access::{AccountId, LinkId, Shows, Terms, Who};
use store::records::access::{CredentialKind, Credentials as _, Hash, LinkViewRecord};
use twin::{AssetId, Span, Timestamp};

use super::{AccountError, Accounts, Credential, Origin, What, secret};
use crate::share::Link;

/// Shortest and longest life of a link: none is for ever.
pub const LONGEST: Span = Span::from_secs(366 * 86_400);
/// How long a PIN that was right stays so in one browser.
const UNLOCKED_FOR: Span = Span::from_secs(12 * 3_600);
/// Browsers that gave a PIN, at once.
const MOST_UNLOCKED: usize = 10_000;

/// Browsers that gave the PIN of a link: which link, and until when. A restart asks again.
#[derive(Default)]
pub(super) struct Unlocked(Mutex<BTreeMap<Hash, (u32, Timestamp)>>);

/// Somebody holds a link.
#[derive(Clone, Debug)]
pub struct Held {
    pub who: Who,
    pub id: u32,
    pub link: Link,
    pub expires: Option<Timestamp>,
    /// Whose it is, as shown.
    pub owner: String,
    /// A PIN is still to be given.
    pub is_locked: bool,
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
        Ok((secret, credential.id))
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
        held.is_locked = held.link.pin.is_some() && !self.is_unlocked(held.id, unlocked);
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
        let shows = Shows {
            values: link.values,
            history: link.history,
            alarms: link.alarms,
            children: link.children,
            tags: link.tags,
        };
        let asset = AssetId::new(link.asset);
        Some(Held {
            who: Who::link(LinkId::new(credential.id), "share link", asset, Terms { shows }),
            id: credential.id,
            link: (**link).clone(),
            expires: credential.expires,
            owner: String::new(),
            is_locked: false,
        })
    }

    /// Notes that a link was opened, and from where.
    ///
    /// # Errors
    /// When the records cannot be written.
    pub async fn opened(&self, id: u32, origin: &Origin) -> Result<(), AccountError> {
        let now = self.clock.now();
        let changed = self.change(|book| {
            let mut credential = book.credential(id)?.clone();
            if let What::Link(link) = &mut credential.what {
                link.opened = link.opened.saturating_add(1);
            }
            credential.seen = Some(now);
            book.put_credential(credential.clone());
            Some(credential)
        });
        let Some(changed) = changed else { return Ok(()) };
        self.records.put_credential(&changed.to_record()).await?;
        let document = serde_json::json!({"address": origin.address, "agent": origin.agent.chars().take(200).collect::<String>()});
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

    /// Pauses a link or lets it go on; open sockets of a paused one close.
    ///
    /// # Errors
    /// When there is none, or the records cannot be written.
    pub async fn pause_link(&self, id: u32, is_paused: bool) -> Result<(), AccountError> {
        let credential = self.read().credential(id).cloned().ok_or(AccountError::None)?;
        let What::Link(link) = credential.what else {
            return Err(AccountError::None);
        };
        let what = What::Link(Box::new(Link { is_paused, ..*link }));
        let credential = Credential { what, ..credential };
        self.records.put_credential(&credential.to_record()).await?;
        self.change(|book| book.put_credential(credential));
        self.tell();
        Ok(())
    }

    /// Pauses all links of an account: what it may see has changed.
    pub(super) async fn pause_links_of(&self, account: AccountId) -> Result<(), AccountError> {
        let links = self.credentials(CredentialKind::Link);
        for link in links.iter().filter(|link| link.account == account) {
            self.pause_link(link.id, true).await?;
        }
        Ok(())
    }

    /// Checks a PIN. Gives what the browser keeps as proof.
    ///
    /// # Errors
    /// How long to wait after wrong ones; none where it was just wrong.
    pub async fn unlock(&self, held: &Held, pin: String, origin: &Origin) -> Result<String, Option<Span>> {
        let key = format!("link {}", held.id);
        if let Some(wait) = self.guess_wait(&key, &origin.address) {
            return Err(Some(wait));
        }
        let fits = self.passwords.fits(pin, held.link.pin.clone()).await;
        self.guessed(&key, &origin.address, fits);
        if !fits {
            return Err(self.guess_wait(&key, &origin.address));
        }
        let proof = secret::new();
        let now = self.clock.now();
        let mut unlocked = self.unlocked.0.lock().unwrap_or_else(PoisonError::into_inner);
        unlocked.retain(|_, (_, until)| *until > now);
        while unlocked.len() >= MOST_UNLOCKED {
            unlocked.pop_first();
        }
        unlocked.insert(secret::hash(&proof), (held.id, now + UNLOCKED_FOR));
        Ok(proof)
    }

    fn is_unlocked(&self, id: u32, proof: Option<&str>) -> bool {
        let Some(proof) = proof.filter(|proof| secret::is_one(proof)) else {
            return false;
        };
        let unlocked = self.unlocked.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = unlocked.get(&secret::hash(proof));
        known.is_some_and(|(link, until)| *link == id && *until > self.clock.now())
    }
}
