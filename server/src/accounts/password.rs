//! Passwords by argon2id, so many at a time: each takes memory on purpose.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::Semaphore;

use super::AccountError;

/// Checked at the same time: 19 MiB each.
const AT_ONCE: usize = 2;
/// Shorter ones are guessed (NIST SP 800-63B-4 asks for 15 where nothing else proves somebody, 8 at least).
pub const SHORTEST: u32 = 10;
/// Longer ones only cost time.
pub const LONGEST: usize = 200;
/// Of no account: checking it takes as long as checking a real one.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$+gTAk9tLFo1s2CjCvyHDnFPLQPfPf8P3W3AxfGm5bkk";

/// See the module.
pub struct Passwords {
    permits: Semaphore,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            permits: Semaphore::new(AT_ONCE),
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
        let _permit = self.permits.acquire().await.map_err(|_closed| bad("closed"))?;
        hashed(password).await.ok_or_else(|| bad("failed"))
    }

    /// What is kept of a PIN: the same, without asking how long it is; the throttle guards it.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn hash_short(&self, pin: String) -> Result<String, AccountError> {
        let bad = |reason| AccountError::Bad { field: "pin", reason };
        let _permit = self.permits.acquire().await.map_err(|_closed| bad("closed"))?;
        hashed(pin).await.ok_or_else(|| bad("failed"))
    }

    /// Whether a password is the one kept. Without one kept it takes as long, and is never.
    pub async fn fits(&self, password: String, kept: Option<String>) -> bool {
        let Ok(_permit) = self.permits.acquire().await else {
            return false;
        };
        let has_one = kept.is_some();
        let checked = tokio::task::spawn_blocking(move || {
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
        checked.await.unwrap_or(false) && has_one
    }
}

async fn hashed(password: String) -> Option<String> {
    let hashed = tokio::task::spawn_blocking(move || {
        let hash = Argon2::default().hash_password(password.as_bytes());
        hash.map(|hash: PasswordHash| hash.to_string())
    });
    hashed.await.ok().and_then(Result::ok)
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
        assert!(
            passwords
                .fits("correct horse battery".to_owned(), Some(kept.clone()))
                .await
        );
        assert!(
            !passwords
                .fits("correct horse batterY".to_owned(), Some(kept))
                .await
        );
        assert!(!passwords.fits(String::new(), None).await);
        assert!(PasswordHash::new(NOBODYS).is_ok());
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
