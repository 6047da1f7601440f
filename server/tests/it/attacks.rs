//! The attack suite: each function is one attack, called by its name. `docs/security.md` says which threat each of
//! them is about, and `cargo xtask tidy` that none of those named there is missing.

mod audit;
mod bombs;
mod broker;
mod floods;
mod frames;
mod guessing;
mod injection;
mod links;
mod names;
mod origins;
mod paths;
mod redirects;
mod rights;
mod script;
mod sessions;
mod slow;
mod smuggling;
mod ssrf;
mod subtree;
