//! Small things a browser keeps for its reader. Where it keeps nothing (private windows), nothing is kept;
//! on the server there is nobody to keep anything for.

/// What is kept under a name.
#[must_use]
pub fn get(name: &str) -> Option<String> {
    #[cfg(feature = "hydrate")]
    return leptos::prelude::window()
        .local_storage()
        .ok()??
        .get_item(name)
        .ok()?;
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = name;
        None
    }
}

/// Keeps a text under a name.
pub fn set(name: &str, text: &str) {
    #[cfg(feature = "hydrate")]
    if let Ok(Some(storage)) = leptos::prelude::window().local_storage() {
        // A full or closed store loses a convenience, nothing else.
        storage.set_item(name, text).unwrap_or_default();
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (name, text);
}
