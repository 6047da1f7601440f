//! Passwords by argon2id, so many at a time: each takes memory on purpose.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use twin::Span;

use super::AccountError;

/// Checked at the same time: 19 MiB each.
const AT_ONCE: usize = 2;
/// So many wait for it; who comes on top is told to come back.
const WAITING: usize = 64;
/// After this.
pub(super) const COME_BACK: Span = Span::from_secs(3);
/// Shorter ones are guessed (NIST SP 800-63B-4 asks for 15 where nothing else proves somebody, 8 at least).
pub const SHORTEST: u32 = 10;
/// Longer ones only cost time.
pub const LONGEST: usize = 200;
/// Of no account: checking it takes as long as checking a real one.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$+gTAk9tLFo1s2CjCvyHDnFPLQPfPf8P3W3AxfGm5bkk";

/// See the module.
pub struct Passwords {
    /// One for each that is checked.
    permits: Arc<Semaphore>,
    /// One for each that is checked or waits.
    places: Semaphore,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            permits: Arc::new(Semaphore::new(AT_ONCE)),
            places: Semaphore::new(AT_ONCE + WAITING),
        }
    }
}

impl Passwords {
    /// What is kept of a password: argon2id with a salt of its own (19 MiB, 2 passes, OWASP's first choice).
    ///
    /// # Errors
    /// When it is too short, too long, or one that everybody tries first.
    pub async fn hash(&self, password: String, name: &str) -> Result<String, AccountError> {
        let bad = |reason| AccountError::Bad {
            field: "password",
            reason,
        };
        match password.chars().count() {
            count if count < SHORTEST as usize => return Err(bad("too_short")),
            count if count > LONGEST => return Err(bad("too_long")),
            _ => {}
        }
        if is_known(&password, name) {
            return Err(bad("known"));
        }
        let hash = self.work(move || hashed(&password)).await?;
        hash.ok_or_else(|| bad("failed"))
    }

    /// What is kept of a PIN: the same, without asking how long it is; the throttle guards it.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn hash_short(&self, pin: String) -> Result<String, AccountError> {
        let bad = |reason| AccountError::Bad { field: "pin", reason };
        let hash = self.work(move || hashed(&pin)).await?;
        hash.ok_or_else(|| bad("failed"))
    }

    /// Whether a password is the one kept. Without one kept it takes as long, and is never.
    ///
    /// # Errors
    /// When too many are being checked.
    pub async fn fits(&self, password: String, kept: Option<String>) -> Result<bool, AccountError> {
        let has_one = kept.is_some();
        let fits = self.work(move || {
            let kept = kept.unwrap_or_else(|| NOBODYS.to_owned());
            let Ok(kept) = PasswordHash::new(&kept) else {
                return false;
            };
            // Longer ones are never kept, and only cost time.
            let password = if password.len() > 4 * LONGEST {
                ""
            } else {
                &password
            };
            Argon2::default()
                .verify_password(password.as_bytes(), &kept)
                .is_ok()
        });
        Ok(fits.await? && has_one)
    }

    /// Works when it is its turn. What was begun keeps its permit to its end, also when nobody waits for it any
    /// more: whoever hangs up does not make room for the next.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AccountError> {
        let _place = self.places.try_acquire().map_err(|_full| AccountError::Busy)?;
        let permit: OwnedSemaphorePermit = self
            .permits
            .clone()
            .acquire_owned()
            .await
            .map_err(|_closed| AccountError::Busy)?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(permit);
            done
        });
        done.await.map_err(|_stopped| AccountError::Busy)
    }
}

fn hashed(password: &str) -> Option<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash: PasswordHash| hash.to_string()).ok()
}

/// Whether it is tried first by whoever guesses: the name itself, one letter over and over, a row of keys.
fn is_known(password: &str, name: &str) -> bool {
    const ROWS: [&str; 6] = [
        "01234567890123456789",
        "98765432109876543210",
        "abcdefghijklmnopqrstuvwxyz",
        "qwertyuiopasdfghjklzxcvbnm",
        "azertyuiopqsdfghjklmwxcvbn",
        "passwordpassword1234567890",
    ];
    let lower = password.to_lowercase();
    let mut letters = lower.chars();
    let first = letters.next();
    letters.all(|letter| Some(letter) == first)
        || ROWS.iter().any(|row| row.contains(&lower))
        || (name.len() > 3 && lower.trim_matches(|c: char| !c.is_alphabetic()) == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_itself_and_nothing_else() {
        let passwords = Passwords::default();
        let kept = passwords
            .hash("correct horse battery".to_owned(), "ada")
            .await
            .unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        for (tried, kept, expect) in [
            ("correct horse battery", Some(kept.clone()), true),
            ("correct horse batterY", Some(kept), false),
            ("", None, false),
        ] {
            let fits = passwords.fits(tried.to_owned(), kept).await.unwrap();
            assert_eq!(fits, expect, "{tried}");
        }
        assert!(PasswordHash::new(NOBODYS).is_ok());
    }

    #[tokio::test]
    async fn who_hangs_up_frees_no_place_and_who_comes_on_top_is_told() {
        let passwords = Passwords::default();
        let (go, gone) = std::sync::mpsc::channel::<()>();
        {
            let begun = passwords.work(move || gone.recv().is_err());
            assert!(futures::poll!(std::pin::pin!(begun)).is_pending());
        }
        assert_eq!(passwords.permits.available_permits(), AT_ONCE - 1);
        drop(go);
        while passwords.permits.available_permits() < AT_ONCE {
            tokio::task::yield_now().await;
        }
        let _all = passwords.places.try_acquire_many((AT_ONCE + WAITING) as u32);
        let refused = passwords.fits(String::new(), None).await;
        assert!(matches!(refused, Err(AccountError::Busy)), "{refused:?}");
    }

    #[tokio::test]
    async fn what_everybody_tries_first_is_refused() {
        let passwords = Passwords::default();
        for (password, reason) in [
            ("short", "too_short"),
            ("aaaaaaaaaaaaaa", "known"),
            ("1234567890", "known"),
            ("Qwertyuiop", "known"),
            ("administrator1!", "known"),
        ] {
            let refused = passwords.hash(password.to_owned(), "administrator").await;
            assert!(
                matches!(refused, Err(AccountError::Bad { reason: why, .. }) if why == reason),
                "{password}: {refused:?}"
            );
        }
        let long = passwords.hash("x1".repeat(150), "ada").await;
        assert!(matches!(
            long,
            Err(AccountError::Bad {
                reason: "too_long",
                ..
            })
        ));
    }
}
