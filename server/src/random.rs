//! Randomness enters here.

/// 64 random bits of the system.
#[must_use]
pub fn number() -> u64 {
    let mut bytes = [0_u8; 8];
    if let Err(error) = getrandom::fill(&mut bytes) {
        tracing::error!(%error, "the system has no randomness; using the process id");
        return u64::from(std::process::id());
    }
    u64::from_le_bytes(bytes)
}

/// Random bytes of the system, for secrets.
///
/// # Panics
/// Where the system has no randomness: no secret is better than one that can be guessed.
#[must_use]
#[expect(clippy::panic, reason = "there is no safe way on")]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        panic!("the system has no randomness: {error}");
    }
    bytes
}
