//! Rules over the text of one file.

use super::Finding;

/// Every finding in one file, with the name of its rule.
pub fn rules(path: &str, text: &str) -> Vec<(&'static str, Finding)> {
    let mut found = Vec::new();
    let mut add = |rule, finding: Option<Finding>| found.extend(finding.map(|finding| (rule, finding)));
    add("size", size(path, text));
    if path.ends_with(".rs") {
        add(
            "doc",
            (!text.starts_with("//!"))
                .then(|| "the first line must be `//!` and say what the file is for".to_owned()),
        );
    }
    for (at, line) in text.lines().enumerate() {
        let line_number = at + 1;
        let here = |what: String| format!("line {line_number}: {what}");
        add(
            "colour",
            colour(path, line).map(|colour| here(format!("colour {colour} belongs in style/tokens.css"))),
        );
        add(
            "owner",
            ownerless(path, line).map(|word| here(format!("{word} without an owner; write {word}(name): …"))),
        );
        add(
            "textarea",
            (path.starts_with("app/src/") && line.contains("}</textarea>")).then(|| {
                here("what is inside a text area is not escaped; write inner_html=escaped(…)".to_owned())
            }),
        );
        add(
            "await",
            (path.starts_with("app/src/") && line.contains("Suspend::new")).then(|| {
                here("a view that awaits; read the resource with `get` (pages/frame.rs)".to_owned())
            }),
        );
        add(
            "ask",
            (path.starts_with("app/src/") && line.starts_with("#[server(") && !line.contains("protocol = Ask")).then(
                || here("a server function without `protocol = Ask<…>`; its errors would not be read (docs/decisions/0009)".to_owned()),
            ),
        );
        add(
            "path",
            machine_path(line).map(|path| here(format!("{path}… is a path of one machine"))),
        );
    }
    found
}

/// Longest file of each kind, in lines. Over it: split by concept.
fn longest(path: &str) -> Option<usize> {
    let is_test = path.contains("/tests/") || path.ends_with("tests.rs") || path.ends_with(".spec.ts");
    let end = path.rsplit('.').next().unwrap_or_default();
    match end {
        "css" => Some(250),
        "rs" if is_test => Some(800),
        "rs" if path.starts_with("app/src/components/")
            || path.starts_with("app/src/pages/")
            || path.starts_with("app/src/shell/") =>
        {
            Some(250)
        }
        "rs" if path.starts_with("crates/") => Some(600),
        "rs" => Some(500),
        "ts" if is_test => Some(800),
        "ts" => Some(250),
        _ if path == "ARCHITECTURE.md" => Some(400),
        _ => None,
    }
}

fn size(path: &str, text: &str) -> Option<Finding> {
    let (lines, most) = (text.lines().count(), longest(path)?);
    (lines > most).then(|| format!("{lines} lines, the limit of its kind is {most}"))
}

/// A colour written out where only tokens belong.
fn colour<'l>(path: &str, line: &'l str) -> Option<&'l str> {
    let css = path.ends_with(".css");
    if path == "style/tokens.css"
        || path.starts_with("public/")
        || !(css || (path.starts_with("app/src/") && path.ends_with(".rs")))
    {
        return None;
    }
    if css
        && let Some(at) = ["rgb(", "rgba(", "hsl(", "hsla(", "oklch("]
            .iter()
            .find_map(|function| line.find(function))
    {
        return line.get(at..line.len().min(at + 24));
    }
    line.match_indices('#').find_map(|(at, _)| {
        let rest = line.get(at + 1..)?;
        let len = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
            .unwrap_or(rest.len());
        let word = rest.get(..len)?;
        let hex = matches!(len, 3 | 4 | 6 | 8) && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        // `&#123;` is a character, `#add` in Rust an anchor.
        let other =
            line.get(..at)?.ends_with('&') || (!css && !word.bytes().any(|byte| byte.is_ascii_digit()));
        (hex && !other).then(|| line.get(at..=at + len)).flatten()
    })
}

/// A mark of unfinished work that nobody owns.
fn ownerless(path: &str, line: &str) -> Option<&'static str> {
    if path.ends_with(".md") || path.ends_with(".json") || path.starts_with("xtask/src/tidy/") {
        return None;
    }
    ["TODO", "FIXME", "XXX"].into_iter().find(|word| {
        line.match_indices(word).any(|(at, _)| {
            let after = line.get(at + word.len()..).unwrap_or_default();
            let alone = !line
                .get(..at)
                .is_some_and(|before| before.ends_with(|c: char| c.is_alphanumeric() || c == '_'))
                && !after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
            let owned = after.starts_with('(') && !after.starts_with("()");
            alone && !owned
        })
    })
}

fn machine_path(line: &str) -> Option<&'static str> {
    // Written in two parts, so that this file has none itself.
    [
        concat!("/wo", "rk/main"),
        concat!("/wo", "rk/wt"),
        concat!("/wo", "rk/shared"),
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
        concat!("/Us", "ers/"),
    ]
    .into_iter()
    .find(|start| {
        line.match_indices(start).any(|(at, _)| {
            !line.get(..at).is_some_and(|before| {
                before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '~' | '}'))
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, text: &str, expect: &[&str]) {
        let rules: Vec<&str> = rules(path, text).into_iter().map(|(rule, _)| rule).collect();
        assert_eq!(rules, expect, "{path}: {text}");
    }

    #[test]
    fn sizes_go_by_kind() {
        let lines = |count: usize| "//!\n".repeat(count);
        check("crates/twin/src/a.rs", &lines(600), &[]);
        check("crates/twin/src/a.rs", &lines(601), &["size"]);
        check("server/src/a.rs", &lines(501), &["size"]);
        check("app/src/pages/a.rs", &lines(251), &["size"]);
        check("server/tests/a.rs", &lines(800), &[]);
        check("README.md", &lines(9_999), &[]);
    }

    #[test]
    fn every_rust_file_says_what_it_is_for() {
        check("server/src/a.rs", "use std::io;\n", &["doc"]);
        check("server/src/a.rs", "//! Reads.\n", &[]);
    }

    #[test]
    fn colours_stay_in_the_tokens() {
        check("style/tokens.css", "--a: #fff;", &[]);
        check("app/src/a.css", "color: #fff;", &["colour"]);
        check("app/src/a.css", "color: rgba(0, 0, 0, 0.5);", &["colour"]);
        check("app/src/a.css", "color: var(--ink);\n#main {}", &[]);
        check("app/src/a.rs", "//!\nlet c = \"#1a2b3c\";", &["colour"]);
        check(
            "app/src/a.rs",
            "//!\n#[derive(Debug)]\nlet c = (\"#add\", r#\"x\"#, \"&#123;\");",
            &[],
        );
    }

    #[test]
    fn views_do_not_await() {
        let view = "//!\n{move || Suspend::new(async move { data.await })}";
        check("app/src/pages/a.rs", view, &["await"]);
        check("xtask/src/a.rs", view, &[]);
        check("app/src/pages/a.rs", "//!\n{move || data.get()}", &[]);
    }

    #[test]
    fn a_text_area_is_escaped_by_hand() {
        let raw = "//!\n<textarea name=\"a\">{text}</textarea>";
        check("app/src/still/a.rs", raw, &["textarea"]);
        let ours = "//!\n<textarea inner_html=escaped(&text)></textarea>";
        check("app/src/still/a.rs", ours, &[]);
    }

    #[test]
    fn server_functions_answer_alike() {
        let plain = "//!\n#[server(prefix = \"/api/fn\", endpoint = \"x\")]";
        check("app/src/api/a.rs", plain, &["ask"]);
        let ours = "//!\n#[server(prefix = \"/api/fn\", endpoint = \"x\", protocol = Ask<PostUrl>)]";
        check("app/src/api/a.rs", ours, &[]);
    }

    #[test]
    fn unfinished_work_has_an_owner() {
        let word = concat!("TO", "DO");
        check("server/src/a.rs", &format!("//!\n// {word}: later"), &["owner"]);
        check(
            "server/src/a.rs",
            &format!("//!\n// {word}(ann): later, in {word}S"),
            &[],
        );
    }

    #[test]
    fn paths_of_one_machine_are_found() {
        let home = concat!("/ho", "me/");
        check("docs/a.md", &format!("see {home}ann/x"), &["path"]);
        check("docs/a.md", &format!("https://example.org{home}x"), &[]);
    }
}
