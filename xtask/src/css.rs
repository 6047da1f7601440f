//! One style sheet from many: tokens, base, controls, layout, then one file a component.
//!
//! The order is the cascade's: a component may lean on tokens and base, nothing leans on a component.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::paths::{files_below, root, shown};

/// The layers of `style/`, in order; `tidy` complains about a file there that is none of them.
pub const LAYERS: [&str; 4] = ["style/tokens.css", "style/base.css", "style/controls.css", "style/layout.css"];

/// Where the one style sheet goes. `app/index.html` names this place, so it does not follow
/// Cargo's target directory.
pub fn joined_path() -> PathBuf {
    root().join("target/style/gemba.css")
}

/// Every source in order.
pub fn sources() -> Vec<PathBuf> {
    let layers = LAYERS
        .iter()
        .map(|layer| root().join(layer))
        .filter(|path| path.exists());
    let components = files_below(&root().join("app/src"))
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| end == "css"));
    layers.chain(components).collect()
}

/// `cargo xtask css`
pub fn run(_args: &[String]) -> Result<()> {
    join()
}

/// Writes the one style sheet; a file that would not change is not touched.
pub fn join() -> Result<()> {
    let mut joined = String::new();
    for path in sources() {
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", shown(&path)))?;
        joined.push_str(&without_comments(&text));
    }
    let path = joined_path();
    if std::fs::read_to_string(&path).is_ok_and(|old| old == joined) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(&path, joined).with_context(|| format!("{} cannot be written", shown(&path)))
}

/// Comments and indentation stay in the sources; the page does not pay for them.
fn without_comments(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .fold(String::new(), |all, line| all + line + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_indents_go_rules_stay() {
        assert_eq!(
            without_comments("/* a */\n.x {\n  color: red; /* b\n c */\n}\n/* end"),
            ".x {\ncolor: red;\n}\n"
        );
    }
}
