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
