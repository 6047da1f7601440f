//! From `locales/*.json` to typed functions. Run by `build.rs`, tested here; not part of the application.
//!
//! A message is plain text with `{name}` for a text argument and
//! `{n, plural, =0 {…} one {…} other {…}}` for a count, in which `#` is the count itself.
//! [`parse`] reads one message, [`check`] holds a language against English, [`generate`] writes Rust.

use std::collections::BTreeMap;
use std::fmt::Write;

/// One language's messages, by key.
pub type Catalogue = BTreeMap<String, String>;

/// A piece of a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// As it stands.
    Text(String),
    /// A named argument.
    Arg(String),
    /// One of several texts, by a count: selector and text.
    Plural(String, Vec<(String, Vec<Self>)>),
}

/// What a message function takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArgKind {
    /// A text, put in as it is.
    Text,
    /// A count, which chooses the plural form.
    Count,
}

/// The plural forms a language must write (CLDR; `other` is always one of them).
pub fn plural_forms(language: &str) -> &'static [&'static str] {
    match language {
        "en" | "de" => &["one", "other"],
        // `many` is for whole millions; it falls back to `other`.
        "fr" => &["one", "other"],
        _ => &["other"],
    }
}

/// Reads one message.
pub fn parse(text: &str) -> Result<Vec<Part>, String> {
    let chars: Vec<char> = text.chars().collect();
    let mut at = 0;
    let parts = parse_parts(&chars, &mut at, None)?;
    if at < chars.len() {
        Err(format!("`}}` without `{{` at character {at}"))
    } else {
        Ok(parts)
    }
}

fn parse_parts(chars: &[char], at: &mut usize, count: Option<&str>) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut text = String::new();
    while let Some(&c) = chars.get(*at) {
        match (c, count) {
            ('{', _) => {
                push_text(&mut parts, &mut text);
                *at += 1;
                parts.push(parse_braces(chars, at, count.is_some())?);
            }
            ('}', _) => break,
            ('#', Some(name)) => {
                push_text(&mut parts, &mut text);
                parts.push(Part::Arg(name.to_owned()));
                *at += 1;
            }
            _ => {
                text.push(c);
                *at += 1;
            }
        }
    }
    push_text(&mut parts, &mut text);
    Ok(parts)
}

fn push_text(parts: &mut Vec<Part>, text: &mut String) {
    if !text.is_empty() {
        parts.push(Part::Text(std::mem::take(text)));
    }
}

/// After the opening brace: a name, or a plural.
fn parse_braces(chars: &[char], at: &mut usize, inside_plural: bool) -> Result<Part, String> {
    let name = take_until(chars, at, &[',', '}']);
    let name = name.trim().to_owned();
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
        return Err(format!("`{name}` is not an argument's name (a to z and _)"));
    }
    if chars.get(*at) == Some(&'}') {
        *at += 1;
        return Ok(Part::Arg(name));
    }
    *at += 1;
    let kind = take_until(chars, at, &[',', '}']);
    if kind.trim() != "plural" || chars.get(*at) != Some(&',') {
        return Err(format!("`{{{name}, {}` is unknown: only plural is", kind.trim()));
    }
    if inside_plural {
        return Err("a plural inside a plural".to_owned());
    }
    *at += 1;
    let mut branches = Vec::new();
    loop {
        let selector = take_until(chars, at, &['{', '}']).trim().to_owned();
        match chars.get(*at) {
            Some('{') => {
                *at += 1;
                let parts = parse_parts(chars, at, Some(&name))?;
                if chars.get(*at) != Some(&'}') {
                    return Err(format!("`{selector} {{` is not closed"));
                }
                *at += 1;
                branches.push((selector, parts));
            }
            Some('}') if selector.is_empty() => {
                *at += 1;
                return Ok(Part::Plural(name, branches));
            }
            _ => return Err(format!("plural of {name} is not closed")),
        }
    }
}

fn take_until(chars: &[char], at: &mut usize, ends: &[char]) -> String {
    let start = *at;
    while chars.get(*at).is_some_and(|c| !ends.contains(c)) {
        *at += 1;
    }
    chars.get(start..*at).unwrap_or_default().iter().collect()
}

/// The arguments of a message in order of appearance; a count wins over a text of the same name.
pub fn arguments(parts: &[Part]) -> Vec<(String, ArgKind)> {
    fn add(found: &mut Vec<(String, ArgKind)>, name: &str, kind: ArgKind) {
        match found.iter_mut().find(|(known, _)| known == name) {
            Some(known) if kind == ArgKind::Count => known.1 = kind,
            Some(_) => {}
            None => found.push((name.to_owned(), kind)),
        }
    }
    fn walk(found: &mut Vec<(String, ArgKind)>, parts: &[Part]) {
        for part in parts {
            match part {
                Part::Text(_) => {}
                Part::Arg(name) => add(found, name, ArgKind::Text),
                Part::Plural(name, branches) => {
                    add(found, name, ArgKind::Count);
                    branches.iter().for_each(|(_, parts)| walk(found, parts));
                }
            }
        }
    }
    let mut found = Vec::new();
    walk(&mut found, parts);
    found
}

/// Everything wrong with `language`, held against English.
pub fn check(language: &str, english: &Catalogue, other: &Catalogue) -> Vec<String> {
    let mut wrong = Vec::new();
    for key in english.keys().filter(|key| !other.contains_key(*key)) {
        wrong.push(format!("{language}.json: `{key}` is missing"));
    }
    for (key, text) in other {
        let Some(model) = english.get(key) else {
            wrong.push(format!("{language}.json: `{key}` is not in en.json"));
            continue;
        };
        if key.is_empty()
            || !key
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        {
            wrong.push(format!(
                "{language}.json: `{key}` is not a key (a to z, 0 to 9 and _)"
            ));
        }
        match (parse(text), parse(model)) {
            (Err(why), _) => wrong.push(format!("{language}.json: `{key}`: {why}")),
            (Ok(parts), Ok(model)) => {
                let sorted = |parts: &[Part]| {
                    let mut found: Vec<_> = arguments(parts).into_iter().map(|(name, _)| name).collect();
                    found.sort();
                    found
                };
                let (has, wants) = (sorted(&parts), sorted(&model));
                if has != wants {
                    wrong.push(format!(
                        "{language}.json: `{key}` has arguments {has:?}, English has {wants:?}"
                    ));
                }
                wrong.extend(
                    plural_faults(language, &parts).map(|why| format!("{language}.json: `{key}`: {why}")),
                );
            }
            (Ok(_), Err(_)) => {}
        }
    }
    wrong
}

fn plural_faults(language: &str, parts: &[Part]) -> impl Iterator<Item = String> {
    let mut wrong = Vec::new();
    for part in parts {
        let Part::Plural(name, branches) = part else {
            continue;
        };
        for form in plural_forms(language) {
            if !branches.iter().any(|(selector, _)| selector == form) {
                wrong.push(format!("plural of {name} lacks `{form}`"));
            }
        }
        for (selector, _) in branches {
            let exact = selector
                .strip_prefix('=')
                .is_some_and(|n| n.parse::<u64>().is_ok());
            if !exact && !plural_forms(language).contains(&selector.as_str()) && selector != "many" {
                wrong.push(format!(
                    "plural of {name} has `{selector}`, which {language} does not use"
                ));
            }
        }
    }
    wrong.into_iter()
}

/// Keys written twice, which a JSON parser would let pass. One key a line.
pub fn doubled_keys(json: &str) -> Vec<String> {
    let mut keys: Vec<&str> = json
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix('"')?.split('"').next())
        .collect();
    keys.sort_unstable();
    keys.windows(2)
        .filter(|pair| pair[0] == pair[1])
        .map(|pair| pair[0].to_owned())
        .collect()
}

/// A message in the form the application fills in: private-use characters for arguments and plurals.
/// `super::fill` is the reader of this.
pub fn encode(parts: &[Part], arguments: &[(String, ArgKind)]) -> String {
    let index = |name: &str| {
        arguments
            .iter()
            .position(|(known, _)| known == name)
            .unwrap_or_default()
    };
    let digit = |name: &str| char::from_digit(index(name) as u32, 10).unwrap_or('0');
    let mut out = String::new();
    for part in parts {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Arg(name) => out.extend(['\u{E001}', digit(name)]),
            Part::Plural(name, branches) => {
                out.extend(['\u{E002}', digit(name)]);
                for (selector, parts) in branches {
                    out.push_str(selector);
                    out.push('\u{E003}');
                    out.push_str(&encode(parts, arguments));
                    out.push('\u{E004}');
                }
                out.push('\u{E005}');
            }
        }
    }
    out
}

/// The spaces that must not break, by a language's printing rules: authors write plain ones.
pub fn typeset(language: &str, text: &str) -> String {
    match language {
        "fr" => [
            (" ?", "\u{202F}?"),
            (" !", "\u{202F}!"),
            (" ;", "\u{202F};"),
            (" :", "\u{A0}:"),
            ("« ", "«\u{A0}"),
            (" »", "\u{A0}»"),
            (" %", "\u{A0}%"),
        ]
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to)),
        "de" => text.replace(" %", "\u{A0}%").replace("z. B.", "z.\u{A0}B."),
        _ => text.to_owned(),
    }
}

/// English made 40 % longer and strange, between right-to-left marks: untranslated text and tight boxes show.
pub fn pseudo(parts: &[Part]) -> Vec<Part> {
    let mut parts = pseudo_inner(parts);
    parts.insert(0, Part::Text("\u{200F}".to_owned()));
    parts.push(Part::Text("\u{200F}".to_owned()));
    parts
}

fn pseudo_inner(parts: &[Part]) -> Vec<Part> {
    parts
        .iter()
        .map(|part| match part {
            Part::Text(text) => Part::Text(stretch(text)),
            Part::Arg(name) => Part::Arg(name.clone()),
            Part::Plural(name, branches) => Part::Plural(
                name.clone(),
                branches
                    .iter()
                    .map(|(selector, parts)| (selector.clone(), pseudo_inner(parts)))
                    .collect(),
            ),
        })
        .collect()
}

fn stretch(text: &str) -> String {
    const PLAIN: &str = "aeioucnAEIOUCN";
    const STRANGE: &str = "àéîöüçñÀÉÎÖÜÇÑ";
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let mut owed = 0.0;
    let per_vowel =
        letters as f64 * 0.4 / text.chars().filter(|c| "aeiouAEIOU".contains(*c)).count().max(1) as f64;
    let mut out = String::new();
    for c in text.chars() {
        let to = PLAIN
            .chars()
            .position(|plain| plain == c)
            .and_then(|at| STRANGE.chars().nth(at))
            .unwrap_or(c);
        out.push(to);
        if "aeiouAEIOU".contains(c) {
            owed += per_vowel;
            while owed >= 1.0 {
                out.push(to);
                owed -= 1.0;
            }
        }
    }
    out
}

/// The Rust of every message function and, for the server, every language's texts.
/// All catalogues must have passed [`check`].
pub fn generate(languages: &[(&str, Catalogue)]) -> Result<String, String> {
    let (_, english) = languages.first().ok_or("no language")?;
    let mut out = String::from("impl Messages {\n");
    for (index, (key, text)) in in_order(english).enumerate() {
        let arguments = arguments(&parse(text)?);
        if arguments.len() > 9 {
            return Err(format!("`{key}` has more than nine arguments"));
        }
        let doc = text.replace('\n', " ");
        _ = writeln!(out, "    /// `{doc}`\n    #[must_use]\n    #[inline(never)]");
        if arguments.is_empty() {
            _ = writeln!(
                out,
                "    pub fn {key}(self) -> &'static str {{ self.text({index}) }}"
            );
            continue;
        }
        let (mut params, mut values) = (String::new(), String::new());
        for (name, kind) in &arguments {
            let (ty, value) = match kind {
                ArgKind::Text => ("&str", format!("Arg::Text({name})")),
                ArgKind::Count => ("impl Into<u64>", format!("Arg::Count({name}.into())")),
            };
            _ = write!(params, ", {name}: {ty}");
            _ = write!(values, "{value}, ");
        }
        _ = writeln!(
            out,
            "    pub fn {key}(self{params}) -> String {{ self.fill({index}, &[{values}]) }}"
        );
    }
    out.push_str("}\n\n");
    _ = writeln!(
        out,
        "/// How many messages there are.\npub const COUNT: usize = {};",
        english.len()
    );
    _ = writeln!(
        out,
        "/// How many of them pages carry.\n#[cfg(feature = \"ssr\")]\nconst SENT: usize = {};",
        english.keys().filter(|key| place(key) == Place::Pages).count()
    );
    _ = writeln!(
        out,
        "/// How many after those the tablet's shell carries.\n#[cfg(feature = \"ssr\")]\nconst CREW: usize = {};",
        english.keys().filter(|key| place(key) == Place::Crew).count()
    );
    for (language, catalogue) in languages {
        texts(&mut out, &language.to_uppercase(), english, |key| {
            parse(&typeset(language, catalogue.get(key).map_or("", String::as_str)))
        })?;
    }
    texts(&mut out, "EN_XA", english, |key| {
        Ok(pseudo(&parse(english.get(key).map_or("", String::as_str))?))
    })?;
    Ok(out)
}

/// Where a message is shown; they stand in this order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// On pages that live in the browser.
    Pages,
    /// On the tablet; only its shell carries them.
    Crew,
    /// On pages that the server alone draws: nothing carries them.
    Still,
}

fn in_order(english: &Catalogue) -> impl Iterator<Item = (&String, &String)> {
    [Place::Pages, Place::Crew, Place::Still]
        .into_iter()
        .flat_map(|at| english.iter().filter(move |(key, _)| place(key) == at))
}

fn place(key: &str) -> Place {
    if key.starts_with("still_") || key.starts_with("server_") {
        Place::Still
    } else if key.starts_with("crew_") {
        Place::Crew
    } else {
        Place::Pages
    }
}

fn texts(
    out: &mut String,
    name: &str,
    english: &Catalogue,
    parts_of: impl Fn(&str) -> Result<Vec<Part>, String>,
) -> Result<(), String> {
    _ = writeln!(
        out,
        "#[cfg(feature = \"ssr\")]\npub(super) static {name}: [&str; COUNT] = ["
    );
    for (key, model) in in_order(english) {
        let arguments = arguments(&parse(model)?);
        _ = writeln!(out, "    {:?},", encode(&parts_of(key)?, &arguments));
    }
    out.push_str("];\n");
    Ok(())
}
