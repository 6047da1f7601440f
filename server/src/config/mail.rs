//! `mail.*`: by which server mail is sent; without `mail.server` none is.

use std::path::PathBuf;

use connect::Secret;

use super::value::Reader;

/// How what is sent is protected on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailSecurity {
    /// Begins plain and goes on by TLS, or not at all.
    StartTls,
    /// By TLS from the first byte.
    Tls,
    /// Not at all.
    None,
}

/// By which server mail is sent, and in whose name.
#[derive(Clone, Debug)]
pub struct MailConfig {
    pub server: String,
    pub port: u16,
    pub security: MailSecurity,
    /// Name and password, where it asks for them.
    pub login: Option<(String, Secret)>,
    /// `Gemba <gemba@plant.example>`, checked.
    pub from: lettre::message::Mailbox,
    /// The authority of its certificate; none: those of the machine.
    pub ca_file: Option<PathBuf>,
}

impl MailConfig {
    /// What the layers say; none where no server is named.
    pub(super) fn read(read: &mut Reader<'_>) -> Option<Self> {
        let server = read.optional_text("mail.server")?;
        let security = match read.text("mail.security").as_str() {
            "none" => MailSecurity::None,
            "tls" => MailSecurity::Tls,
            _ => MailSecurity::StartTls,
        };
        let is_here = matches!(server.as_str(), "localhost" | "127.0.0.1" | "::1");
        if security == MailSecurity::None && !is_here && !read.bool("mail.open_to_network") {
            let expected =
                "starttls or tls, since the server is another machine; or set mail.open_to_network";
            read.complain("mail.security", expected);
            return None;
        }
        let usual = match security {
            MailSecurity::StartTls => 587,
            MailSecurity::Tls => 465,
            MailSecurity::None => 25,
        };
        let port = read
            .optional_text("mail.port")
            .map_or(usual, |_| read.size("mail.port"));
        let from = read.text("mail.from");
        let Ok(from) = from.parse() else {
            read.complain("mail.from", "an address, alone or after a name");
            return None;
        };
        let password = read.secret("mail.password", "mail.password_file");
        let login = match (read.optional_text("mail.user"), password) {
            (Some(user), Some(password)) => Some((user, password)),
            (None, None) => None,
            (Some(_), None) => return read.missing("mail.password_file"),
            (None, Some(_)) => return read.missing("mail.user"),
        };
        Some(Self {
            server,
            port: u16::try_from(port).unwrap_or(u16::MAX),
            security,
            login,
            from,
            ca_file: read.optional_text("mail.ca_file").map(PathBuf::from),
        })
    }
}
