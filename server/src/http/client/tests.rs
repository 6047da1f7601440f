//! Who asks, behind proxies that tell the truth, and with clients that do not.

use axum::http::{HeaderName, HeaderValue};
use proptest::prelude::*;

use super::*;

const PROXIES: [&str; 2] = ["10.0.0.0/8", "fd00::/8"];

fn proxies(spelling: Spelling) -> Proxies {
    Proxies {
        nets: PROXIES.iter().map(|net| net.parse().unwrap()).collect(),
        spelling,
    }
}

fn line(peer: &str) -> Line {
    Line {
        peer: SocketAddr::new(peer.parse().unwrap(), 5_000),
        secure: false,
    }
}

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        let name: HeaderName = name.parse().unwrap();
        headers.append(name, HeaderValue::from_str(value).unwrap());
    }
    headers
}

fn told(client: &Client) -> String {
    let scheme = if client.secure { "https" } else { "http" };
    let host = client.host.as_deref().unwrap_or("-");
    format!("{} {scheme} {host}", client.address)
}

#[test]
fn what_proxies_say_is_believed_as_far_as_the_row_of_known_ones_reaches() {
    for (peer, pairs, expect) in [
        // Nobody in front.
        ("203.0.113.7", &[("host", "x")][..], "203.0.113.7 http x"),
        ("203.0.113.7", &[], "203.0.113.7 http -"),
        ("203.0.113.7", &[("host", "evil/x")], "203.0.113.7 http -"),
        // Somebody who is no proxy of ours says anything.
        (
            "203.0.113.7",
            &[
                ("host", "x"),
                ("x-forwarded-for", "127.0.0.1"),
                ("x-forwarded-proto", "https"),
                ("x-forwarded-host", "evil"),
            ],
            "203.0.113.7 http x",
        ),
        // One proxy.
        (
            "10.0.0.5",
            &[
                ("host", "inside:8080"),
                ("x-forwarded-for", "203.0.113.7"),
                ("x-forwarded-proto", "https"),
                ("x-forwarded-host", "gemba.example"),
            ],
            "203.0.113.7 https gemba.example",
        ),
        // What its client wrote before it does not count.
        (
            "10.0.0.5",
            &[
                ("host", "x"),
                ("x-forwarded-for", "127.0.0.1, 203.0.113.7"),
                ("x-forwarded-proto", "https, http"),
            ],
            "203.0.113.7 http x",
        ),
        (
            "10.0.0.5",
            &[
                ("host", "x"),
                ("x-forwarded-for", "127.0.0.1"),
                ("x-forwarded-for", "203.0.113.7"),
            ],
            "203.0.113.7 http x",
        ),
        // A row of them, the scheme told once by the first.
        (
            "10.0.0.5",
            &[
                ("host", "x"),
                ("x-forwarded-for", "1.1.1.1, 203.0.113.7, 10.0.0.9"),
                ("x-forwarded-proto", "https"),
            ],
            "203.0.113.7 https x",
        ),
        // Everybody is a proxy of ours: the farthest one.
        (
            "10.0.0.5",
            &[("host", "x"), ("x-forwarded-for", "10.0.0.7, 10.0.0.9")],
            "10.0.0.7 http x",
        ),
        // Addresses with ports and brackets, IPv4 inside IPv6, and nonsense.
        (
            "10.0.0.5",
            &[("host", "x"), ("x-forwarded-for", "[2001:db8::1]:4711")],
            "2001:db8::1 http x",
        ),
        (
            "::ffff:10.0.0.5",
            &[("host", "x"), ("x-forwarded-for", "::ffff:203.0.113.7")],
            "203.0.113.7 http x",
        ),
        (
            "10.0.0.5",
            &[("host", "x"), ("x-forwarded-for", "203.0.113.7, unknown")],
            "10.0.0.5 http x",
        ),
        (
            "10.0.0.5",
            &[
                ("host", "x"),
                ("x-forwarded-for", ""),
                ("x-forwarded-host", "evil/?"),
            ],
            "10.0.0.5 http x",
        ),
        // The other spelling is not read.
        (
            "10.0.0.5",
            &[("host", "x"), ("forwarded", "for=203.0.113.7;proto=https")],
            "10.0.0.5 http x",
        ),
    ] {
        let client = proxies(Spelling::XForwarded).client_of(line(peer), &headers(pairs));
        assert_eq!(told(&client), expect, "{peer} {pairs:?}");
    }
}

#[test]
fn rfc_7239_is_read_where_it_is_what_proxies_write() {
    for (value, expect) in [
        (
            "for=203.0.113.7;proto=https;host=gemba.example",
            "203.0.113.7 https gemba.example",
        ),
        ("For=\"[2001:db8::1]:4711\";Proto=HTTPS", "2001:db8::1 https x"),
        (
            "for=127.0.0.1, for=203.0.113.7;proto=https",
            "203.0.113.7 https x",
        ),
        (
            "for=1.1.1.1, for=203.0.113.7;proto=https, for=10.0.0.9",
            "203.0.113.7 https x",
        ),
        ("for=_hidden;proto=https", "10.0.0.5 https x"),
        ("nonsense", "10.0.0.5 http x"),
    ] {
        let pairs = [
            ("host", "x"),
            ("forwarded", value),
            ("x-forwarded-for", "192.0.2.9"),
        ];
        let client = proxies(Spelling::Forwarded).client_of(line("10.0.0.5"), &headers(&pairs));
        assert_eq!(told(&client), expect, "{value}");
    }
}

proptest! {
    /// However a client dresses what it sends, the proxy's own entry decides.
    #[test]
    fn no_header_of_a_client_moves_it(
        forged in "[ -~]{0,60}",
        proto in "[ -~]{0,20}",
    ) {
        let chain = format!("{forged}, 203.0.113.7");
        let protos = format!("{proto}, http");
        let pairs = [
            ("host", "x"),
            ("x-forwarded-for", chain.as_str()),
            ("x-forwarded-proto", protos.as_str()),
        ];
        let client = proxies(Spelling::XForwarded).client_of(line("10.0.0.5"), &headers(&pairs));
        prop_assert_eq!(told(&client), "203.0.113.7 http x");
        let chain = format!("for=\"{forged}\";proto={proto}, for=203.0.113.7;proto=http");
        let pairs = [("host", "x"), ("forwarded", chain.as_str())];
        let client = proxies(Spelling::Forwarded).client_of(line("10.0.0.5"), &headers(&pairs));
        prop_assert_eq!(told(&client), "203.0.113.7 http x");
        // To somebody who is no proxy of ours nothing of it matters.
        let client = proxies(Spelling::XForwarded).client_of(line("192.0.2.1"), &headers(&pairs));
        prop_assert_eq!(told(&client), "192.0.2.1 http x");
    }
}
