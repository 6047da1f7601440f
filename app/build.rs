//! Turns `locales/*.json` into `$OUT_DIR/messages.rs`; every fault in a language stops the build, all told at once.

#[path = "src/i18n/compile.rs"]
mod compile;

use std::path::{Path, PathBuf};

const LANGUAGES: [&str; 3] = ["en", "fr", "de"];

fn main() {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default()).join("messages.rs");
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=src/i18n/compile.rs");
    let text = messages(&root).unwrap_or_else(|faults| format!("compile_error!({:?});", faults.join("\n")));
    std::fs::write(out, text).expect("OUT_DIR takes messages.rs");
}

fn messages(root: &Path) -> Result<String, Vec<String>> {
    let mut languages = Vec::new();
    let mut faults = Vec::new();
    for language in LANGUAGES {
        let path = root.join("locales").join(format!("{language}.json"));
        let json =
            std::fs::read_to_string(&path).map_err(|error| vec![format!("{}: {error}", path.display())])?;
        faults.extend(
            compile::doubled_keys(&json)
                .iter()
                .map(|key| format!("{language}.json: `{key}` is there twice")),
        );
        let catalogue: compile::Catalogue =
            serde_json::from_str(&json).map_err(|error| vec![format!("{language}.json: {error}")])?;
        languages.push((language, catalogue));
    }
    let english = languages[0].1.clone();
    for (language, catalogue) in &languages {
        faults.extend(compile::check(language, &english, catalogue));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    compile::generate(&languages).map_err(|fault| vec![fault])
}
