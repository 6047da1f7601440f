//! The names of the built files: Trunk hashes them, the server learns them from its index once.

use std::collections::BTreeMap;

/// What a page loads. Names are below `/pkg/`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BuiltFiles {
    /// The client's JavaScript, `client-…/client.js`; none when the client was not built.
    pub js: Option<String>,
    /// What all pages need of the client, `client-…/client_bg.wasm`.
    pub wasm: Option<String>,
    /// What a page needs beside it (`client-…/split_place.wasm`), by the name of its part.
    pub parts: BTreeMap<String, Vec<String>>,
    /// Files of the tablet's program, `crew-…/crew.js`, `crew-…/crew_bg.wasm`; none when it was not built.
    pub crew: Vec<String>,
    /// The style sheet.
    pub css: Option<String>,
    /// Content hash by path of the files in `public/`, for `?v=`.
    pub versions: BTreeMap<String, String>,
}

impl BuiltFiles {
    /// Reads the `index.html` that Trunk wrote.
    #[must_use]
    pub fn parse(index_html: &str) -> Self {
        let mut built = Self::default();
        for name in names(index_html) {
            let slot = match name.rsplit_once('.').map(|(_, end)| end) {
                Some("js") => &mut built.js,
                Some("wasm") => &mut built.wasm,
                Some("css") => &mut built.css,
                _ => continue,
            };
            slot.get_or_insert_with(|| name.to_owned());
        }
        built
    }

    /// Where the parts are listed: beside the client's JavaScript.
    #[must_use]
    pub fn parts_file(&self) -> Option<String> {
        let (folder, _) = self.js.as_ref()?.rsplit_once('/')?;
        Some(format!("pkg/{folder}/parts.json"))
    }

    /// Takes the list of parts: the names of files without their end, by part.
    #[must_use]
    pub fn with_parts(mut self, json: &str) -> Self {
        let folder = self
            .js
            .as_ref()
            .and_then(|js| js.rsplit_once('/'))
            .map_or("", |(folder, _)| folder);
        let listed: BTreeMap<String, Vec<String>> = serde_json::from_str(json).unwrap_or_default();
        self.parts = listed
            .into_iter()
            .map(|(part, files)| {
                (
                    part,
                    files.iter().map(|file| format!("{folder}/{file}.wasm")).collect(),
                )
            })
            .collect();
        self
    }

    /// Takes the tablet's program, which the index does not name: all files of the folder `pkg/crew-…` that holds it.
    #[must_use]
    pub fn with_crew<'f>(mut self, files: impl Iterator<Item = &'f str> + Clone) -> Self {
        let below = files.filter_map(|file| file.strip_prefix("pkg/"));
        let is_program = |name: &&str| name.starts_with("crew-") && name.ends_with("/crew.js");
        let folder = below
            .clone()
            .find(is_program)
            .and_then(|name| name.rsplit_once('/'));
        let Some((folder, _)) = folder else { return self };
        let of_it = below.filter(|name| {
            name.strip_prefix(folder)
                .is_some_and(|rest| rest.starts_with('/'))
        });
        self.crew = of_it
            .filter(|name| !name.ends_with(".br"))
            .map(str::to_owned)
            .collect();
        self
    }

    /// The address of a file of `public/`, kept for ever by browsers when its content hash is known.
    #[must_use]
    pub fn public(&self, path: &str) -> String {
        let url = crate::routes::url(&format!("/{path}"));
        match self.versions.get(path) {
            Some(version) => format!("{url}?v={version}"),
            None => url,
        }
    }
}

/// Every quoted address below `/pkg/`, in order.
fn names(html: &str) -> impl Iterator<Item = &str> {
    html.split(['"', '\'']).skip(1).filter_map(|text| {
        let (_, name) = text.split_once("/pkg/")?;
        let is_name = !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b))
            && !name.contains("..");
        is_name.then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Trunk 0.21 writes it, with the names of the split client.
    const INDEX: &str = r#"<!DOCTYPE html><html><head>
<link rel="stylesheet" href="/pkg/gemba-1b2c3d.css"/>
<script type="module">
import init, * as bindings from '/pkg/client-9f8e7d/client.js';
const wasm = await init({ module_or_path: '/pkg/client-9f8e7d/client_bg.wasm' });
window.wasmBindings = bindings;
dispatchEvent(new CustomEvent("TrunkApplicationStarted", {detail: {wasm}}));
</script><link rel="modulepreload" href="/pkg/client-9f8e7d/client.js" crossorigin="anonymous">
<link rel="preload" href="/pkg/client-9f8e7d/client_bg.wasm" crossorigin="anonymous" as="fetch" type="application/wasm"></head>
<body></body></html>"#;

    #[test]
    fn the_index_names_three_files() {
        let built = BuiltFiles::parse(INDEX);
        assert_eq!(built.js.as_deref(), Some("client-9f8e7d/client.js"));
        assert_eq!(built.wasm.as_deref(), Some("client-9f8e7d/client_bg.wasm"));
        assert_eq!(built.css.as_deref(), Some("gemba-1b2c3d.css"));
    }

    #[test]
    fn parts_are_beside_the_client() {
        let built = BuiltFiles::parse(INDEX).with_parts(r#"{"place":["chunk_4","split_place"]}"#);
        assert_eq!(
            built.parts_file().as_deref(),
            Some("pkg/client-9f8e7d/parts.json")
        );
        assert_eq!(
            built.parts.get("place"),
            Some(&vec![
                "client-9f8e7d/chunk_4.wasm".to_owned(),
                "client-9f8e7d/split_place.wasm".to_owned()
            ])
        );
        assert_eq!(
            BuiltFiles::parse(INDEX).with_parts("no json").parts,
            BTreeMap::new()
        );
    }

    #[test]
    fn the_tablets_program_is_a_folder_of_its_own() {
        let files = [
            "icon.svg",
            "pkg/client-9f/client.js",
            "pkg/crew-0a/crew.js",
            "pkg/crew-0a/crew_bg.wasm",
        ];
        let built = BuiltFiles::parse(INDEX).with_crew(files.into_iter());
        assert_eq!(built.crew, ["crew-0a/crew.js", "crew-0a/crew_bg.wasm"]);
        let none = BuiltFiles::parse(INDEX).with_crew(["pkg/crew-0a/other.js"].into_iter());
        assert!(none.crew.is_empty());
    }

    #[test]
    fn other_texts_name_nothing() {
        for html in [
            "",
            "no quotes",
            "<a href=\"/pkg/x.js?<\">",
            "'/pkg/../x.js'",
            "'",
            "\"\"",
            "\"../..\"",
        ] {
            assert_eq!(BuiltFiles::parse(html), BuiltFiles::default(), "{html}");
        }
    }

    #[test]
    fn public_files_carry_their_hash() {
        let mut built = BuiltFiles::default();
        assert_eq!(built.public("icon.svg"), "/icon.svg");
        built.versions.insert("icon.svg".to_owned(), "abc".to_owned());
        assert_eq!(built.public("icon.svg"), "/icon.svg?v=abc");
    }
}
