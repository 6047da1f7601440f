//! Every address of the application, in one place: links are made here and nowhere else.

use std::sync::OnceLock;

static BASE: OnceLock<String> = OnceLock::new();

/// Sets the path the application lives under (`""` or `/gemba`), once, before the first page.
pub fn set_base(base: &str) {
    let base = base.trim_end_matches('/').to_owned();
    // A second call can only come from a second server in one process (tests); the first stands.
    BASE.get_or_init(|| base);
}

/// The path the application lives under; empty for the root.
#[must_use]
pub fn base() -> &'static str {
    BASE.get().map_or("", String::as_str)
}

/// The path cookies are for.
#[must_use]
pub fn cookie_path() -> &'static str {
    if base().is_empty() { "/" } else { base() }
}

/// An absolute path within the application: `/overview` becomes `/gemba/overview` under a base path.
#[must_use]
pub fn url(path: &str) -> String {
    format!("{}{path}", base())
}

/// `/overview`
#[must_use]
pub fn overview() -> String {
    url("/overview")
}

/// `/sign-in`
#[must_use]
pub fn sign_in() -> String {
    url("/sign-in")
}

/// `/sign-in/openid`: on to the provider, and back to a path of ours.
#[cfg(feature = "ssr")]
#[must_use]
pub fn sign_in_with(next: &str) -> String {
    let next = encode_path(next).replace('&', "%26").replace('+', "%2B");
    url(&format!("/sign-in/openid?next={next}"))
}

/// `/sign-out`, by POST.
#[must_use]
pub fn sign_out() -> String {
    url("/sign-out")
}

/// `/account`: the reader's own.
#[must_use]
pub fn account() -> String {
    url("/account")
}

/// `/admin/people`
#[must_use]
pub fn admin_people() -> String {
    url("/admin/people")
}

/// `/overview/needs`: everything that needs somebody. Drawn by the server alone.
#[must_use]
pub fn needs() -> String {
    url("/overview/needs")
}

/// `/overview/wall`
#[must_use]
pub fn wall() -> String {
    url("/overview/wall")
}

/// `/h/{path}`: a level of the hierarchy; an empty path is the root.
#[must_use]
pub fn place(path: &str) -> String {
    let path = path.trim_matches('/');
    if path.is_empty() {
        url("/h")
    } else {
        url(&format!("/h/{}", encode_path(path)))
    }
}

/// `/h/{path}?only=silent`: what of a level is not live.
#[must_use]
pub fn place_silent(path: &str) -> String {
    format!("{}?only={}", place(path), wire::page::RowsOnly::Silent.as_str())
}

/// `/assets/{id}`
#[must_use]
pub fn asset(asset: u32) -> String {
    url(&format!("/assets/{asset}"))
}

/// `/tags/{id}`
#[must_use]
pub fn tag(point: u32) -> String {
    url(&format!("/tags/{point}"))
}

/// `/tags/{id}/explain`
#[must_use]
pub fn explain(point: u32) -> String {
    url(&format!("/tags/{point}/explain"))
}

/// `/compare`: assets of a type, by a property; the first one when none is said.
#[must_use]
pub fn compare(ty: &str, property: &str) -> String {
    let property = if property.is_empty() {
        String::new()
    } else {
        format!("&property={}", encode_path(property))
    };
    url(&format!("/compare?type={}{property}", encode_path(ty)))
}

/// `/work`: the list of work orders. Drawn by the server alone.
#[must_use]
pub fn work() -> String {
    url("/work")
}

/// `/plan`: the planner's board. Drawn by the server alone.
#[must_use]
pub fn plan() -> String {
    url("/plan")
}

/// `/sources`
#[must_use]
pub fn sources() -> String {
    url("/sources")
}

/// `/sources/learn`
#[must_use]
pub fn learn() -> String {
    url("/sources/learn")
}

/// `/status`
#[must_use]
pub fn status() -> String {
    url("/status")
}

/// `/help`
#[must_use]
pub fn help() -> String {
    url("/help")
}

/// `/help/trust`: how a device comes to trust this server's certificate. Drawn by the server alone.
#[must_use]
pub fn trust() -> String {
    url("/help/trust")
}

/// `/ca.crt`: the certificate to trust.
#[must_use]
pub fn authority() -> String {
    url("/ca.crt")
}

/// `/search`, the palette for readers without script.
#[must_use]
pub fn search() -> String {
    url("/search")
}

/// Percent-encodes a path but keeps its slashes.
pub(crate) fn encode_path(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=:@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.extend(
                [byte >> 4, byte & 15].map(|digit| char::from(b"0123456789ABCDEF"[usize::from(digit)])),
            );
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_encoded_and_slashes_stay() {
        for (path, expect) in [
            ("", "/h"),
            ("acme/lyon", "/h/acme/lyon"),
            ("/a b/ü?#/", "/h/a%20b/%C3%BC%3F%23"),
            ("<script>", "/h/%3Cscript%3E"),
        ] {
            assert_eq!(place(path), expect, "{path}");
        }
    }
}
