//! Style sheets: `style/bundle.sh` joins them (Trunk calls it); here they get smaller and none gets lost.

use std::path::PathBuf;

use crate::paths::{files_below, root, shown};

/// Style sheets of pages that the bundle does not take: neither one of its layers nor beside a component.
pub fn left_out() -> Vec<PathBuf> {
    let bundle = std::fs::read_to_string(root().join("style/bundle.sh")).unwrap_or_default();
    ["style", "app", "server"]
        .iter()
        .flat_map(|folder| files_below(&root().join(folder)))
        .filter(|path| path.extension().is_some_and(|end| end == "css"))
        .filter(|path| !shown(path).starts_with("app/src/") && !bundle.contains(&shown(path)))
        .collect()
}

/// Comments and indentation stay in the sources; the page does not pay for them.
pub fn without_comments(css: &str) -> String {
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
