//! Share links for invited addresses: a code goes there by mail, and who types it is let in.
//!
//! Whether an address is on the list is told by nothing: not by the answer, not by what a wrong code costs.

use std::sync::PoisonError;

use access::{Codes, Limits, Throttle};
use twin::Span;

use super::links::Held;
use super::{Accounts, Origin, secret};

/// Codes at once.
const MOST_CODES: usize = 10_000;
/// Addresses of one link.
pub const MOST_EMAILS: usize = 20;

/// Codes, and how often they were asked for.
pub(super) struct Asked {
    codes: Codes,
    /// By link and address.
    pair: Throttle,
    /// By who asks.
    client: Throttle,
    /// By link.
    link: Throttle,
}

impl Default for Asked {
    fn default() -> Self {
        // The one that is too many is the first that makes the next one wait.
        let after = |asked: u32| {
            Throttle::new(Limits {
                free: asked - 1,
                first: Span::from_secs(60),
                ..Limits::GUESSES
            })
        };
        Self {
            codes: Codes::new(MOST_CODES),
            pair: after(3),
            client: after(20),
            link: after(100),
        }
    }
}

impl Accounts {
    /// A code for an address to open a link with; it is to be sent only where the address [`Held::invites`].
    ///
    /// # Errors
    /// How long to wait, after too many.
    pub fn ask_code(&self, held: &Held, email: &str, origin: &Origin) -> Result<String, Span> {
        let now = self.clock.now();
        let (pair, link) = (key(held.id, email), format!("link {}", held.id));
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = [
            asked.pair.wait(&pair, now),
            asked.client.wait(&origin.address, now),
            asked.link.wait(&link, now),
        ];
        if let Some(wait) = waits.into_iter().flatten().max() {
            return Err(wait);
        }
        asked.pair.fail(&pair, now);
        asked.client.fail(&origin.address, now);
        asked.link.fail(&link, now);
        let code = secret::code();
        asked.codes.put(&pair, hash(&pair, &code), now);
        Ok(code)
    }

    /// Checks a code. Gives what the browser keeps as proof.
    ///
    /// # Errors
    /// How long to wait after wrong ones; none where it was just wrong.
    pub fn give_code(
        &self,
        held: &Held,
        email: &str,
        code: &str,
        origin: &Origin,
    ) -> Result<String, Option<Span>> {
        let pair = key(held.id, email);
        self.begin_guess(&pair, &origin.address).map_err(Some)?;
        let code: String = code.chars().filter(char::is_ascii_digit).collect();
        let is_right = {
            let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
            asked.codes.take(&pair, &hash(&pair, &code), self.clock.now())
        };
        // Nobody was sent the code of an address that is not invited; whoever guessed it is not let in either.
        let is_right = is_right && held.invites(email);
        if !is_right {
            return Err(self.must_wait(&pair, &origin.address));
        }
        self.guessed_right(&pair, &origin.address);
        Ok(self.let_in(held.id, Some(plain(email))))
    }
}

impl Held {
    /// Whether an address may ask for a code.
    #[must_use]
    pub fn invites(&self, email: &str) -> bool {
        self.link.emails.contains(&plain(email))
    }
}

/// Addresses are alike in either case: nobody has two that differ by it.
#[must_use]
pub fn plain(email: &str) -> String {
    email.trim().to_lowercase()
}

/// What a code is for. Long texts are cut: what is tried is remembered.
fn key(link: u32, email: &str) -> String {
    let email: String = plain(email).chars().take(254).collect();
    format!("link {link} {email}")
}

fn hash(what: &str, code: &str) -> store::records::access::Hash {
    secret::hash(&format!("{what}\n{code}"))
}
