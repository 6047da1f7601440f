//! Keys of the mail server.

use super::{Key, Kind, key};

/// See the module.
pub const KEYS: &[Key] = &[
    key(
        "mail.server",
        Kind::Text,
        None,
        "smtp.plant.example",
        "The server that mail is sent by: invitations, resets, codes of share links. Without one every link is copied by hand.",
    ),
    key(
        "mail.port",
        Kind::Size { min: 1, max: 65_535 },
        None,
        "587",
        "Its port; otherwise 587 for `starttls`, 465 for `tls`, 25 for `none`.",
    ),
    key(
        "mail.security",
        Kind::Word(&["starttls", "tls", "none"]),
        Some("starttls"),
        "tls",
        "How what is sent is protected. `starttls` sends nothing to a server that does not offer it; `none` is for a server on this machine.",
    ),
    key(
        "mail.open_to_network",
        Kind::Bool,
        Some("false"),
        "true",
        "Allows `mail.security` `none` with another machine: links and codes can be read on their way.",
    ),
    key(
        "mail.user",
        Kind::Text,
        None,
        "gemba@plant.example",
        "User name the mail server asks for.",
    ),
    key(
        "mail.password",
        Kind::Secret,
        None,
        "***",
        "Password the mail server asks for; better set by `password_file` or the environment.",
    ),
    key(
        "mail.password_file",
        Kind::Text,
        None,
        "/run/secrets/mail",
        "File that holds that password.",
    ),
    key(
        "mail.from",
        Kind::Text,
        None,
        "Gemba <gemba@plant.example>",
        "In whose name mail is sent; must be set where `mail.server` is.",
    ),
    key(
        "mail.ca_file",
        Kind::Text,
        None,
        "/etc/gemba/mail-ca.crt",
        "Certificate authority of the mail server, as PEM, beside the machine's.",
    ),
];
