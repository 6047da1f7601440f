//! Hostile or binary text made fit to look at.

/// The printable start of a payload, at most `max` bytes and an ellipsis: control characters are
/// shown as their pictures, invisible and direction-changing ones as `\u{…}`, bytes that are no
/// UTF-8 as `\xNN`.
#[must_use]
pub fn sample(payload: &[u8], max: usize) -> String {
    // Nothing is shown in fewer bytes than it has, so this much input fills the room.
    let start = payload.get(..max.saturating_add(4)).unwrap_or(payload);
    let mut shown = String::with_capacity(max.min(start.len()) + 3);
    let mut piece = String::new();
    for chunk in start.utf8_chunks() {
        for c in chunk.valid().chars() {
            piece.clear();
            show(c, &mut piece);
            if shown.len() + piece.len() > max {
                shown.push('…');
                return shown;
            }
            shown.push_str(&piece);
        }
        for byte in chunk.invalid() {
            if shown.len() + 4 > max {
                shown.push('…');
                return shown;
            }
            shown.push_str(&format!("\\x{byte:02x}"));
        }
    }
    if start.len() < payload.len() {
        shown.push('…');
    }
    shown
}

fn show(c: char, into: &mut String) {
    match c {
        '\0'..='\u{1f}' => into.extend(char::from_u32(0x2400 + u32::from(c))),
        '\u{7f}' => into.push('␡'),
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' => into.extend(c.escape_unicode()),
        _ => into.push(c),
    }
}

/// The longest start of `text` that has at most `max` bytes.
pub(crate) fn head(text: &str, max: usize) -> &str {
    let mut end = max.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(payload: &[u8], max: usize, expect: &str) {
        assert_eq!(sample(payload, max), expect);
    }

    #[test]
    fn what_cannot_be_seen_is_made_visible() {
        check(b"24.7", 10, "24.7");
        check(b"a\n\0b\x7f", 40, "a␊␀b␡");
        check("a\u{202e}b".as_bytes(), 40, "a\\u{202e}b");
        check(b"\xff\xfeok", 40, "\\xff\\xfeok");
        check(b"<script>", 40, "<script>");
    }

    #[test]
    fn the_cut_is_at_a_character() {
        check("éééé".as_bytes(), 5, "éé…");
        check(&[b'x'; 1_000], 3, "xxx…");
        check(&[0xff; 10], 5, "\\xff…");
        check(b"abc", 0, "…");
        check(b"", 0, "");
    }
}
