//! Data by position, as postcard writes them: fields one after the other in the order they are declared, without
//! names. So the browser has no code that looks names up; both halves are built from the same sources.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Bytes beyond printable ASCII, and what means something to HTML, JavaScript or JSON, are the letters from here on.
const LETTERS: u32 = 0x100;

/// The bytes of a value.
#[must_use]
pub fn bytes_of<T: Serialize>(value: &T) -> Vec<u8> {
    // Fails only for sequences of unknown length, which are none of ours; nothing can be read from nothing.
    postcard::to_stdvec(value).unwrap_or_default()
}

/// The value that bytes stand for.
#[must_use]
pub fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}

/// Bytes as text that may stand in a script of a page as it is. What was text in them stays legible, and so
/// compresses with the same words elsewhere in the page, unlike base64.
#[must_use]
pub fn text_of(bytes: &[u8]) -> String {
    let letter = |byte: &u8| match byte {
        b'<' | b'>' | b'&' | b'"' | b'\'' | b'\\' => char::from_u32(LETTERS + u32::from(*byte)),
        b' '..=b'~' => Some(char::from(*byte)),
        _ => char::from_u32(LETTERS + u32::from(*byte)),
    };
    bytes.iter().filter_map(letter).collect()
}

/// The bytes that [`text_of`] wrote.
#[must_use]
pub fn bytes_in(text: &str) -> Vec<u8> {
    // The low byte is the byte, whether it was raised or not.
    text.chars().map(|letter| letter as u32 as u8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_comes_back_and_none_means_anything_to_a_page() {
        let bytes: Vec<u8> = (0..=u8::MAX).chain(*b"</script>0\\1").collect();
        let text = text_of(&bytes);
        assert_eq!(bytes_in(&text), bytes);
        assert!(!text.contains(['<', '>', '&', '"', '\'', '\\']));
        assert!(!text.chars().any(char::is_control));
        // As leptos writes it into the page.
        assert_eq!(format!("{text:?}"), format!("\"{text}\""));
    }

    #[test]
    fn words_stay_words() {
        assert_eq!(text_of("Pump P-101, 3 bar".as_bytes()), "Pump P-101, 3 bar");
    }
}
