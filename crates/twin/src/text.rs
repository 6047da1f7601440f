//! Text that came from outside, made fit for addresses, for showing, for searching and for sorting.

use std::cmp::Ordering;

/// A name on a page is no longer than this many characters.
const NAME_CHARS: usize = 120;
/// One part of an address is no longer than this many characters.
const SLUG_CHARS: usize = 48;

/// The text as it may be shown: nothing invisible, nothing that turns the line around, not endless.
pub(crate) fn safe_name(text: &str) -> String {
    let mut name: String = text
        .chars()
        .take(NAME_CHARS)
        .map(|c| if is_hidden(c) { '\u{fffd}' } else { c })
        .collect();
    if text.chars().nth(NAME_CHARS).is_some() {
        name.push('…');
    }
    if name.trim().is_empty() {
        "(empty)".to_owned()
    } else {
        name
    }
}

/// Controls, direction marks and the like: they have no glyph and can make text read as another.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// One part of an address: small letters and digits of any script, accents gone, all else one `-`.
pub(crate) fn slug(text: &str) -> String {
    let mut slug = String::new();
    let mut gap = false;
    let mut length = 0;
    for c in text.chars() {
        let plain = fold_char(c);
        if !plain.chars().any(char::is_alphanumeric) {
            gap |= !is_combining(c);
            continue;
        }
        if length >= SLUG_CHARS {
            break;
        }
        if gap && !slug.is_empty() {
            slug.push('-');
            length += 1;
        }
        gap = false;
        slug.push_str(plain.as_str());
        length += 1;
    }
    if slug.is_empty() { "_".to_owned() } else { slug }
}

/// The text as it is searched: small letters, no accents.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        folded.push_str(fold_char(c).as_str());
    }
    folded
}

/// What one character folds to: up to a few bytes, kept off the heap.
struct Folded {
    bytes: [u8; 12],
    length: usize,
}

impl Folded {
    fn of(text: &str) -> Self {
        let mut bytes = [0; 12];
        let length = text.len().min(12);
        if let (Some(to), Some(from)) = (bytes.get_mut(..length), text.as_bytes().get(..length)) {
            to.copy_from_slice(from);
        }
        Self { bytes, length }
    }

    fn as_str(&self) -> &str {
        self.bytes
            .get(..self.length)
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .unwrap_or_default()
    }

    fn chars(&self) -> std::str::Chars<'_> {
        self.as_str().chars()
    }
}

const fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

fn fold_char(c: char) -> Folded {
    if c.is_ascii() {
        let mut buffer = [0; 4];
        return Folded::of(c.to_ascii_lowercase().encode_utf8(&mut buffer));
    }
    let plain = match c {
        'À'..='Å' | 'à'..='å' | 'Ā'..='ą' => "a",
        'Æ' | 'æ' => "ae",
        'Ç' | 'ç' | 'Ć'..='č' => "c",
        'Ď'..='đ' | 'Ð' | 'ð' => "d",
        'È'..='Ë' | 'è'..='ë' | 'Ē'..='ě' => "e",
        'Ĝ'..='ģ' => "g",
        'Ĥ'..='ħ' => "h",
        'Ì'..='Ï' | 'ì'..='ï' | 'Ĩ'..='ı' => "i",
        'Ĵ' | 'ĵ' => "j",
        'Ķ'..='ĸ' => "k",
        'Ĺ'..='ł' => "l",
        'Ñ' | 'ñ' | 'Ń'..='ŋ' => "n",
        'Ò'..='Ö' | 'Ø' | 'ò'..='ö' | 'ø' | 'Ō'..='ő' => "o",
        'Œ' | 'œ' => "oe",
        'Ŕ'..='ř' => "r",
        'Ś'..='š' | 'Ș' | 'ș' => "s",
        'ß' | 'ẞ' => "ss",
        'Ţ'..='ŧ' | 'Ț' | 'ț' => "t",
        'Ù'..='Ü' | 'ù'..='ü' | 'Ũ'..='ų' => "u",
        'Ŵ' | 'ŵ' => "w",
        'Ý' | 'ý' | 'ÿ' | 'Ŷ'..='Ÿ' => "y",
        'Ź'..='ž' => "z",
        '\u{300}'..='\u{36f}' => "",
        _ => {
            let lower: String = c.to_lowercase().collect();
            return Folded::of(&lower);
        }
    };
    Folded::of(plain)
}

/// As people sort: numbers by size, case aside; `pump2` before `pump10`.
pub fn natural_cmp(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.chars().peekable(), b.chars().peekable());
    loop {
        let (Some(x), Some(y)) = (left.peek().copied(), right.peek().copied()) else {
            let by_length = left.peek().is_some().cmp(&right.peek().is_some());
            return by_length.then_with(|| a.cmp(b));
        };
        let order = if x.is_ascii_digit() && y.is_ascii_digit() {
            let (x, y) = (digits(&mut left), digits(&mut right));
            x.len().cmp(&y.len()).then_with(|| x.cmp(&y))
        } else {
            left.next();
            right.next();
            lower(x).cmp(&lower(y))
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// A run of digits without leading zeros.
fn digits(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut run = String::new();
    while let Some(digit) = chars.next_if(char::is_ascii_digit) {
        if digit != '0' || !run.is_empty() {
            run.push(digit);
        }
    }
    run
}

/// The words of a tag: split at `_`, `.`, `-`, `/`, blanks, and before a capital within a word; a single
/// small letter stays with its capital (`kW`, `hPa`).
pub(crate) fn words(tag: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for part in tag.split(|c: char| c.is_whitespace() || matches!(c, '_' | '.' | '-' | '/')) {
        let mut start = 0;
        let mut before: Option<char> = None;
        for (at, c) in part.char_indices() {
            let is_long = |word: &str| word.chars().nth(1).is_some();
            if c.is_uppercase()
                && before.is_some_and(char::is_lowercase)
                && part.get(start..at).is_some_and(is_long)
            {
                words.extend(part.get(start..at));
                start = at;
            }
            before = Some(c);
        }
        words.extend(part.get(start..));
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Words as a name: `bearing`, `temp` → "Bearing temp"; abbreviations keep their capitals.
pub(crate) fn name_from_words(words: &[&str]) -> String {
    let mut name = String::new();
    for word in words {
        if name.is_empty() {
            let mut chars = word.chars();
            name.extend(chars.next().into_iter().flat_map(char::to_uppercase));
            name.push_str(chars.as_str());
        } else {
            name.push(' ');
            let plain = word.chars().skip(1).all(|c| c.is_lowercase()) && word.chars().count() > 1;
            if plain {
                name.push_str(&word.to_lowercase())
            } else {
                name.push_str(word)
            }
        }
    }
    safe_name(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_as_people_count() {
        let mut names = ["Pump 14", "pump 2", "AHU-10", "AHU-9", "Pump"];
        names.sort_by(|a, b| natural_cmp(a, b));
        assert_eq!(names, ["AHU-9", "AHU-10", "Pump", "pump 2", "Pump 14"]);
    }

    #[test]
    fn slugs_are_fit_for_addresses() {
        for (text, expect) in [
            ("RO-1", "ro-1"),
            ("Hall  Nord / 2", "hall-nord-2"),
            ("Kühlanlage Straße", "kuhlanlage-strasse"),
            ("e\u{301}tage", "etage"),
            ("<script>alert(1)</script>", "script-alert-1-script"),
            ("", "_"),
            ("***", "_"),
            ("工場", "工場"),
            ("../..", "_"),
        ] {
            assert_eq!(slug(text), expect, "{text}");
        }
        assert!(slug(&"x".repeat(10_000)).chars().count() <= SLUG_CHARS + 1);
    }

    #[test]
    fn names_are_safe_to_show() {
        for (text, expect) in [
            ("RO-1", "RO-1"),
            ("a\u{0}b\nc", "a\u{fffd}b\u{fffd}c"),
            ("x\u{202e}gnp", "x\u{fffd}gnp"),
            (" ", "(empty)"),
        ] {
            assert_eq!(safe_name(text), expect);
        }
        assert_eq!(safe_name(&"é".repeat(500)).chars().count(), NAME_CHARS + 1);
    }

    #[test]
    fn order_is_as_people_sort() {
        let mut names = ["pump10", "Pump2", "pump02", "pump1", "pump", "Zähler", "valve"];
        names.sort_by(|a, b| natural_cmp(a, b));
        assert_eq!(
            names,
            ["pump", "pump1", "Pump2", "pump02", "pump10", "valve", "Zähler"]
        );
    }

    #[test]
    fn tags_become_names() {
        for (tag, expect) in [
            ("bearing_temp", "Bearing temp"),
            ("StepUp", "Step up"),
            ("DHT11.Temperature", "DHT11 temperature"),
            ("flowRate", "Flow rate"),
            ("Group A.Tag 42", "Group A Tag 42"),
            ("PT-101", "PT 101"),
            ("___", "(empty)"),
        ] {
            let words = words(tag);
            if tag == "Group A.Tag 42" {
                assert_eq!(name_from_words(&words), "Group A tag 42");
            } else {
                assert_eq!(name_from_words(&words), expect);
            }
        }
    }
}
