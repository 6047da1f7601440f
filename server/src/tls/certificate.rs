//! What a certificate says: whose it is, until when, for which names (RFC 5280).
//!
//! Four facts are needed, of certificates that rustls or rcgen have checked; a parser of all of X.509 brings
//! nine crates into the build for them.

use std::net::IpAddr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
const OCTETS: u8 = 0x04;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// Tags of a `GeneralName`.
const DNS_NAME: u8 = 0x82;
const IP_ADDRESS: u8 = 0x87;
/// Object identifiers, as they are written in DER.
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];
const NAME_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x1e];

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The common name of its subject.
    pub subject: String,
    pub until: Timestamp,
    /// The names it is for: host names and addresses.
    pub names: Vec<String>,
    /// What an authority says it may sign for: host names, with all below them, and single addresses.
    pub permitted: Vec<String>,
}

impl Certificate {
    /// Reads DER; nothing when it is no certificate.
    #[must_use]
    pub fn read(der: &[u8]) -> Option<Self> {
        let (_, certificate, _) = element(der)?;
        let (_, signed, _) = element(certificate)?;
        let mut parts = Elements(signed).peekable();
        parts.next_if(|(tag, _)| *tag == VERSION);
        // Serial number, algorithm, issuer.
        let (_, validity) = parts.nth(3)?;
        let (_, subject) = parts.next()?;
        let extensions = parts.find(|(tag, _)| *tag == EXTENSIONS);
        let extensions = extensions
            .and_then(|(_, list)| element(list))
            .map(|(_, list, _)| list);
        Some(Self {
            subject: common_name(subject)?,
            until: Elements(validity)
                .nth(1)
                .and_then(|(tag, text)| time(tag, text))?,
            names: extensions.map(names).unwrap_or_default(),
            permitted: extensions.map(permitted).unwrap_or_default(),
        })
    }
}

/// SHA-256 of a certificate, as operating systems show it.
#[must_use]
pub fn fingerprint(der: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, der);
    let pairs: Vec<String> = digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(":")
}

/// The elements of a list, one after another; ends at the first that cannot be read.
struct Elements<'a>(&'a [u8]);

impl<'a> Iterator for Elements<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (tag, value, rest) = element(self.0)?;
        self.0 = rest;
        Some((tag, value))
    }
}

/// Tag and value of the first element, and what comes after it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (
                digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit)),
                rest,
            )
        }
        _ => return None,
    };
    let (value, rest) = rest.split_at_checked(length)?;
    Some((tag, value, rest))
}

fn common_name(subject: &[u8]) -> Option<String> {
    Elements(subject).find_map(|(_, set)| {
        let (_, pair, _) = element(set)?;
        let mut pair = Elements(pair);
        let (_, kind) = pair.next()?;
        let (_, text) = pair.next()?;
        (kind == COMMON_NAME).then(|| String::from_utf8_lossy(text).into_owned())
    })
}

/// Years of two digits are of 1950 to 2049.
fn time(tag: u8, text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?;
    let text = match (tag, text.as_bytes().first()?) {
        (UTC_TIME, b'0'..=b'4') => format!("20{text}"),
        (UTC_TIME, _) => format!("19{text}"),
        (GENERALIZED_TIME, _) => text.to_owned(),
        _ => return None,
    };
    let time = DateTime::strptime("%Y%m%d%H%M%SZ", text).ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

fn names(extensions: &[u8]) -> Vec<String> {
    let list = extension(extensions, SUBJECT_ALT_NAME).and_then(element);
    let list = list.map(|(_, list, _)| Elements(list)).into_iter().flatten();
    list.filter_map(|(tag, value)| name(tag, value)).collect()
}

fn permitted(extensions: &[u8]) -> Vec<String> {
    let first = extension(extensions, NAME_CONSTRAINTS)
        .and_then(element)
        .and_then(|(_, parts, _)| element(parts));
    let subtrees = first.map(|(_, list, _)| Elements(list)).into_iter().flatten();
    let names = subtrees.filter_map(|(_, subtree)| element(subtree));
    names
        .filter_map(|(tag, value, _)| name(tag, one_address(tag, value)?))
        .collect()
}

/// Of nets, with their masks, those of one address; host names are what they are.
fn one_address(tag: u8, value: &[u8]) -> Option<&[u8]> {
    let (address, mask) = value.split_at_checked(value.len() / 2)?;
    match tag {
        IP_ADDRESS => mask.iter().all(|byte| *byte == 0xff).then_some(address),
        _ => Some(value),
    }
}

fn extension<'a>(extensions: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    Elements(extensions).find_map(|(tag, extension)| {
        let mut parts = Elements(extension);
        let (_, kind) = parts.next()?;
        // Whether it is critical may stand between.
        let (_, value) = parts.find(|(tag, _)| *tag == OCTETS)?;
        (tag == SEQUENCE && kind == wanted).then_some(value)
    })
}

fn name(tag: u8, value: &[u8]) -> Option<String> {
    match tag {
        DNS_NAME => Some(String::from_utf8_lossy(value).into_owned()),
        IP_ADDRESS => {
            let v4 = <[u8; 4]>::try_from(value).map(IpAddr::from);
            let v6 = <[u8; 16]>::try_from(value).map(IpAddr::from);
            v4.or(v6).ok().map(|address| address.to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_of_both_forms_are_read() {
        for (tag, text, expect) in [
            (UTC_TIME, "261123072500Z", Some("2026-11-23T07:25:00Z")),
            (UTC_TIME, "991231235959Z", Some("1999-12-31T23:59:59Z")),
            (GENERALIZED_TIME, "20510101000000Z", Some("2051-01-01T00:00:00Z")),
            (GENERALIZED_TIME, "tomorrow", None),
            (OCTETS, "261123072500Z", None),
        ] {
            let read = time(tag, text.as_bytes()).map(|time| time.to_string());
            assert_eq!(read.as_deref(), expect, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_comes_breaks_it(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let read = Certificate::read(&bytes);
            prop_assert!(read.is_none_or(|read| read.names.len() <= bytes.len()));
        }
    }
}
