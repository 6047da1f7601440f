//! `openid.*`: the provider people sign in with.

use std::path::PathBuf;

use connect::Secret;

use super::value::Reader;
use crate::openid::groups::Rule;

/// The provider.
#[derive(Clone, Debug)]
pub struct OpenIdConfig {
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Option<Secret>,
    /// What it is called on the button.
    pub name: String,
    pub scopes: Vec<String>,
    pub groups_claim: String,
    /// Which roles groups give; none: an administrator gives them.
    pub roles: Vec<Rule>,
    pub ca_file: Option<PathBuf>,
    /// Hosts beside the issuer's that may be asked.
    pub hosts: Vec<String>,
}

/// None where no issuer is set.
pub(super) fn read(read: &mut Reader<'_>) -> Option<OpenIdConfig> {
    let issuer = read.optional_text("openid.issuer")?;
    if issuer.starts_with("http://") && !is_here(&issuer) {
        read.complain("openid.issuer", "https, where the provider is another machine");
    }
    let Some(client_id) = read.optional_text("openid.client_id") else {
        return read.missing("openid.client_id");
    };
    let mut roles = Vec::new();
    for text in read.list("openid.roles") {
        match text.parse() {
            Ok(rule) => roles.push(rule),
            Err(why) => read.complain(
                "openid.roles",
                &format!("a list of GROUP=ROLE or GROUP=ROLE@PATH ({why})"),
            ),
        }
    }
    Some(OpenIdConfig {
        issuer,
        client_id,
        client_secret: read.secret("openid.client_secret", "openid.client_secret_file"),
        name: read.text("openid.name"),
        scopes: read.list("openid.scopes"),
        groups_claim: read.text("openid.groups_claim"),
        roles,
        ca_file: read.optional_text("openid.ca_file").map(PathBuf::from),
        hosts: read.list("openid.hosts"),
    })
}

fn is_here(issuer: &str) -> bool {
    let uri: Option<axum::http::Uri> = issuer.parse().ok();
    let host = uri.as_ref().and_then(|uri| uri.host()).unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
