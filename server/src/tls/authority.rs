//! The site's own certificate authority, and the server certificates it signs.
//!
//! It may sign for the names it was made for, for names that exist only inside sites, and for private addresses,
//! and says so itself (name constraints, RFC 5280 4.2.1.10): who trusts it trusts it with nothing else.

use std::net::IpAddr;

use anyhow::{Context as _, ensure};
use ipnet::IpNet;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints,
};

use super::certificate::Certificate;

/// Trusting it is work on every tablet.
const AUTHORITY_DAYS: i64 = 3_652;
/// Apple refuses more than 825 days, and other makers follow: support.apple.com/en-us/103769.
pub const SERVER_DAYS: i64 = 397;
/// Clocks in a plant are not all right.
const EARLIER_DAYS: i64 = 2;
/// Names that no public authority signs for: RFC 6762, RFC 8375, ICANN's reservation of `internal`, and what
/// routers call their own.
const SITE_DOMAINS: [&str; 5] = ["localhost", "local", "internal", "home.arpa", "lan"];
/// Private addresses: RFC 1122, RFC 1918, RFC 3927, RFC 6598, RFC 4193, RFC 4291.
const SITE_NETS: [&str; 9] = [
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "100.64.0.0/10",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
];

/// A certificate and its key, as PEM.
#[derive(Clone)]
pub struct Pair {
    pub certificate: String,
    pub key: String,
}

/// A new authority for these names. `label` tells it from others in lists of what is trusted.
pub fn new(label: &str, names: &[String], now: Timestamp) -> anyhow::Result<Pair> {
    let mut params = params(label, now, AUTHORITY_DAYS)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: permitted(names),
        excluded_subtrees: Vec::new(),
    });
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    Ok(Pair {
        certificate: certificate.pem(),
        key: key.serialize_pem(),
    })
}

/// A server certificate for these names, signed by an authority that [`new`] made.
pub fn sign(authority: &Certificate, key: &str, names: &[String], now: Timestamp) -> anyhow::Result<Pair> {
    let first = names.first().context("a certificate is for at least one name")?;
    for name in names {
        ensure!(
            is_within(authority, name),
            "this authority may not sign for {name}: it was not made for it"
        );
    }
    // Its name and key are all that goes into what it signs.
    let mut issuer = CertificateParams::default();
    issuer.distinguished_name = distinguished(&authority.subject);
    issuer.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let issuer = Issuer::new(issuer, KeyPair::from_pem(key).context("the authority's key")?);
    let mut params = params(first, now, SERVER_DAYS)?;
    let alternative = CertificateParams::new(names).context("a host name cannot be used")?;
    params.subject_alt_names = alternative.subject_alt_names;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, &issuer)?;
    Ok(Pair {
        certificate: certificate.pem(),
        key: key.serialize_pem(),
    })
}

/// Whether an authority may sign for a name: one of its own or below it, or one that exists only inside sites.
fn is_within(authority: &Certificate, name: &str) -> bool {
    if let Ok(address) = name.parse::<IpAddr>() {
        return is_site_address(address) || authority.permitted.iter().any(|own| own == name);
    }
    let is_below = |own: &str| {
        let rest = name.strip_suffix(own);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    authority.permitted.iter().any(|own| is_below(own))
}

fn params(name: &str, now: Timestamp, days: i64) -> anyhow::Result<CertificateParams> {
    let date = |days: i64| -> anyhow::Result<_> {
        let day = now.to_zoned(TimeZone::UTC).date();
        let day = day.checked_add(jiff::Span::new().try_days(days)?)?;
        Ok(rcgen::date_time_ymd(
            i32::from(day.year()),
            u8::try_from(day.month())?,
            u8::try_from(day.day())?,
        ))
    };
    let mut params = CertificateParams::default();
    params.not_before = date(-EARLIER_DAYS)?;
    params.not_after = date(days - EARLIER_DAYS)?;
    params.distinguished_name = distinguished(name);
    Ok(params)
}

fn distinguished(name: &str) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    distinguished.push(DnType::CommonName, name);
    distinguished
}

fn permitted(names: &[String]) -> Vec<GeneralSubtree> {
    let site_names = SITE_DOMAINS.map(str::to_owned);
    let own = |name: &&String| !SITE_DOMAINS.contains(&name.as_str());
    let (addresses, hosts): (Vec<_>, Vec<_>) = names
        .iter()
        .filter(own)
        .partition(|name| name.parse::<IpAddr>().is_ok());
    let hosts = hosts.into_iter().cloned().chain(site_names);
    let addresses = addresses.iter().filter_map(|name| name.parse().ok());
    let public = addresses
        .filter(|address| !is_site_address(*address))
        .map(IpNet::from);
    hosts
        .map(GeneralSubtree::DnsName)
        .chain(site_nets().chain(public).map(subtree))
        .collect()
}

fn subtree(net: IpNet) -> GeneralSubtree {
    GeneralSubtree::IpAddress(match net {
        IpNet::V4(net) => CidrSubnet::V4(net.network().octets(), net.netmask().octets()),
        IpNet::V6(net) => CidrSubnet::V6(net.network().octets(), net.netmask().octets()),
    })
}

fn site_nets() -> impl Iterator<Item = IpNet> {
    SITE_NETS.iter().filter_map(|net| net.parse().ok())
}

fn is_site_address(address: IpAddr) -> bool {
    site_nets().any(|net| net.contains(&address))
}
