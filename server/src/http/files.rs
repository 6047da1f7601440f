//! The built web files: read once, served from memory, compressed ahead of time.
//!
//! A file whose name carries a content hash, or that is asked for with `?v=`, never changes.

use std::collections::BTreeMap;
use std::hash::{Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// One file, and its compressed forms where the build made them.
#[derive(Clone, Debug)]
struct File {
    plain: Bytes,
    brotli: Option<Bytes>,
    content_type: &'static str,
    hashed: bool,
}

/// All files below the site's root.
#[derive(Clone, Debug, Default)]
pub struct Files {
    files: Arc<BTreeMap<String, File>>,
}

impl Files {
    /// Those inside the binary; none when it was built without.
    #[must_use]
    pub fn embedded() -> Option<Self> {
        let contents = EMBEDDED
            .iter()
            .map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec()));
        (!EMBEDDED.is_empty()).then(|| Self::from_contents(contents.collect()))
    }

    /// Reads a directory; `.br` files beside a file are its compressed form.
    pub fn read(root: &Path) -> io::Result<Self> {
        let mut found = BTreeMap::new();
        let mut folders = vec![root.to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(relative) = path.strip_prefix(root) {
                    found.insert(
                        relative.to_string_lossy().replace('\\', "/"),
                        std::fs::read(&path)?,
                    );
                }
            }
        }
        Ok(Self::from_contents(found))
    }

    /// From names and contents, as the binary embeds them.
    #[must_use]
    pub fn from_contents(mut contents: BTreeMap<String, Vec<u8>>) -> Self {
        let names: Vec<String> = contents
            .keys()
            .filter(|name| !is_compressed(name))
            .cloned()
            .collect();
        let file = |name: String| {
            let brotli = contents.remove(&format!("{name}.br")).map(Bytes::from);
            let plain = Bytes::from(contents.remove(&name).unwrap_or_default());
            let (content_type, hashed) = (content_type(&name), is_hashed(&name));
            (
                name,
                File {
                    plain,
                    brotli,
                    content_type,
                    hashed,
                },
            )
        };
        Self {
            files: Arc::new(names.into_iter().map(file).collect()),
        }
    }

    /// The text of one file.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        String::from_utf8(self.files.get(name)?.plain.to_vec()).ok()
    }

    /// Names of all files.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// A content hash of each file whose name carries none, for `?v=`.
    #[must_use]
    pub fn versions(&self) -> BTreeMap<String, String> {
        let version = |file: &File| {
            let mut hasher = std::hash::DefaultHasher::new();
            file.plain.hash(&mut hasher);
            format!("{:08x}", hasher.finish() & 0xffff_ffff)
        };
        let plain = self.files.iter().filter(|(_, file)| !file.hashed);
        plain.map(|(name, file)| (name.clone(), version(file))).collect()
    }

    /// Answers a request for a file, or says it is not one of ours.
    #[must_use]
    pub fn serve(&self, path: &str, query: Option<&str>, headers: &HeaderMap) -> Option<Response> {
        let name = path.trim_start_matches('/');
        // The built index only tells the hashed names; pages are written by the server.
        let file = self.files.get(name).filter(|_| name != "index.html")?;
        let takes_brotli = headers
            .get(header::ACCEPT_ENCODING)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.split(',').any(|coding| coding.trim().starts_with("br")));
        let forever = file.hashed || query.is_some_and(|query| query.starts_with("v="));
        let caching = if forever {
            "public, max-age=31536000, immutable"
        } else {
            "public, max-age=300"
        };
        let mut response = match &file.brotli {
            Some(brotli) if takes_brotli => {
                let mut response = (StatusCode::OK, brotli.clone()).into_response();
                response
                    .headers_mut()
                    .insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
                response
            }
            _ => (StatusCode::OK, file.plain.clone()).into_response(),
        };
        let out = response.headers_mut();
        out.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.content_type));
        out.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
        out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        Some(response)
    }
}

/// Where the built files are when no flag says so: beside the working directory, as xtask builds them.
#[must_use]
pub fn default_root() -> PathBuf {
    PathBuf::from("target/site")
}

fn is_compressed(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|extension| extension == "br" || extension == "gz")
}

/// Trunk names files `client-0123456789abcdef.js`, its hash without leading zeros: one in 65,536 has less
/// than twelve digits.
fn is_hashed(name: &str) -> bool {
    let is_hash = |part: &str| part.len() >= 12 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    name.split(['-', '_', '.']).any(is_hash)
}

fn content_type(name: &str) -> &'static str {
    match Path::new(name)
        .extension()
        .and_then(|extension| extension.to_str())
    {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Files {
        let content = |text: &str| text.as_bytes().to_vec();
        Files::from_contents(BTreeMap::from([
            ("client-0123456789abcdef.js".to_owned(), content("js")),
            ("client-0123456789abcdef.js.br".to_owned(), content("BR")),
            ("icon.svg".to_owned(), content("<svg/>")),
        ]))
    }

    #[test]
    fn hashed_files_stay_for_ever_and_come_compressed_when_asked() {
        let mut headers = HeaderMap::new();
        let plain = files()
            .serve("/client-0123456789abcdef.js", None, &headers)
            .unwrap();
        assert!(
            plain.headers()[header::CACHE_CONTROL]
                .to_str()
                .unwrap()
                .contains("immutable")
        );
        assert!(!plain.headers().contains_key(header::CONTENT_ENCODING));
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip, br"));
        let compressed = files()
            .serve("/client-0123456789abcdef.js", None, &headers)
            .unwrap();
        assert_eq!(compressed.headers()[header::CONTENT_ENCODING], "br");
    }

    #[test]
    fn names_with_a_hash_are_told_from_others() {
        for (name, expect) in [
            ("client-0123456789abcdef.js", true),
            ("client-23456789abcdef_bg.wasm", true),
            ("gemba-abcdef012345.css", true),
            ("plotly-basic-2.35.2.min.js", false),
            ("inter-latin-600.woff2", false),
            ("icon.svg", false),
        ] {
            assert_eq!(is_hashed(name), expect, "{name}");
        }
    }

    #[test]
    fn other_files_are_asked_for_again_unless_versioned() {
        let headers = HeaderMap::new();
        let caching = |query| {
            let response = files().serve("/icon.svg", query, &headers).unwrap();
            response.headers()[header::CACHE_CONTROL]
                .to_str()
                .unwrap()
                .to_owned()
        };
        assert!(!caching(None).contains("immutable"));
        assert!(caching(Some("v=12ab")).contains("immutable"));
        assert!(files().serve("/../Cargo.toml", None, &headers).is_none());
    }
}
