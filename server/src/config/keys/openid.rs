//! Keys of signing in through an OpenID provider.

use super::{Key, Kind, key};

pub const KEYS: &[Key] = &[
    key(
        "openid.issuer",
        Kind::Url(&["https", "http"]),
        None,
        "https://login.example.org/realms/plant",
        "OpenID provider people sign in with beside names and passwords; its description is under `/.well-known/openid-configuration`. HTTPS, or HTTP on this machine. It sends people back to `server.public_url` + `/sign-in/openid/done`.",
    ),
    key(
        "openid.client_id",
        Kind::Text,
        None,
        "gemba",
        "What the provider calls Gemba.",
    ),
    key(
        "openid.client_secret",
        Kind::Secret,
        None,
        "***",
        "What proves it, where the provider asks for it; better set by `client_secret_file` or the environment.",
    ),
    key(
        "openid.client_secret_file",
        Kind::Text,
        None,
        "/run/secrets/openid",
        "File that holds that secret.",
    ),
    key(
        "openid.name",
        Kind::Text,
        Some("OpenID"),
        "Norvia account",
        "What the provider is called on the button.",
    ),
    key(
        "openid.scopes",
        Kind::List,
        Some("profile,email"),
        "[\"profile\", \"email\", \"groups\"]",
        "Scopes asked for beside `openid`.",
    ),
    key(
        "openid.groups_claim",
        Kind::Text,
        Some("groups"),
        "roles",
        "Claim of the ID token, or else of the user info, that lists a person's groups.",
    ),
    key(
        "openid.roles",
        Kind::List,
        None,
        "[\"engineers=engineer\", \"lyon-crew=technician@Lyon\", \"*=viewer\"]",
        "Which roles groups give, everywhere or in a part of the plant; `*` is everybody. Set, the provider's groups decide at each sign-in; unset, an administrator gives roles.",
    ),
    key(
        "openid.ca_file",
        Kind::Text,
        None,
        "/etc/gemba/ca.pem",
        "Certificate authority of the provider; otherwise the machine's.",
    ),
    key(
        "openid.hosts",
        Kind::List,
        None,
        "[\"oauth2.googleapis.com\", \"www.googleapis.com\"]",
        "Further hosts its description may lead to. All others are never asked.",
    ),
];
