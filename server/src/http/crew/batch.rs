//! What a tablet sends, read: each item by itself, so that one that cannot be read holds up no other.

use crew::send::{Item, MOST_BYTES, MOST_ITEMS};
use maintenance::form::WhatForm;
use maintenance::id::{Key, OrderId};
use maintenance::order::What;
use serde::Deserialize;
use serde_json::Value;
use twin::Timestamp;

use crate::work::desk::LONGEST;

/// Longest title, as the form of the desk has it.
const TITLE: usize = 120;
/// Most events of one item.
const MOST_EVENTS: usize = 20;
/// Beyond this no number is a moment or an amount that anybody meant: the year 2230, in microseconds.
const MOST: i64 = 8_200_000_000_000_000;

/// A batch whose items may be wrong.
#[derive(Debug)]
pub struct Read {
    /// The tablet.
    pub device: Key,
    /// Its clock as it sent.
    pub sent: Timestamp,
    /// By their places; a wrong one with its key, where that could be read, and a stable word.
    pub items: Vec<Result<Done, Wrong>>,
}

/// An item that can be taken.
#[derive(Debug)]
pub struct Done {
    pub key: Key,
    pub order: Option<OrderId>,
    pub seen: u32,
    pub at: Timestamp,
    pub what: Vec<What>,
}

/// One that cannot.
#[derive(Debug)]
pub struct Wrong {
    pub key: String,
    pub order: Option<u32>,
    pub word: &'static str,
}

/// Why nothing of a batch can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadBatch {
    /// More items or bytes than one batch may have.
    TooLarge,
    /// No batch.
    Unread,
}

#[derive(Deserialize)]
struct Outer {
    device: String,
    sent: i64,
    items: Vec<Value>,
}

/// Reads a batch; nothing in it, however it was made, does more than to be refused.
///
/// # Errors
/// See [`BadBatch`].
pub fn read(bytes: &[u8]) -> Result<Read, BadBatch> {
    if bytes.len() > MOST_BYTES {
        return Err(BadBatch::TooLarge);
    }
    let outer: Outer = serde_json::from_slice(bytes).map_err(|_unread| BadBatch::Unread)?;
    if outer.items.len() > MOST_ITEMS {
        return Err(BadBatch::TooLarge);
    }
    Ok(Read {
        device: Key::from_text(&outer.device).ok_or(BadBatch::Unread)?,
        sent: Timestamp::from_micros(outer.sent.clamp(0, MOST)),
        items: outer.items.into_iter().map(item).collect(),
    })
}

/// Any bytes as a batch, for the fuzz target and its corpus: read or refused, and what was read can be sent on.
pub fn fuzz(bytes: &[u8]) {
    let Ok(read) = read(bytes) else { return };
    for done in read.items.iter().flatten() {
        let forms: Vec<WhatForm> = done.what.iter().map(WhatForm::from).collect();
        let again: Result<Vec<What>, _> = forms.into_iter().map(What::try_from).collect();
        assert_eq!(again.as_ref(), Ok(&done.what), "what is read is read again");
    }
}

fn item(value: Value) -> Result<Done, Wrong> {
    let key = value.get("key").and_then(Value::as_str).unwrap_or_default();
    let key: String = key.chars().take(32).collect();
    let order = value.get("order").and_then(Value::as_u64);
    let order = order.and_then(|order| u32::try_from(order).ok());
    let wrong = |word| Wrong {
        key: key.clone(),
        order,
        word,
    };
    bounded(&value).map_err(wrong)?;
    let item: Item = serde_json::from_value(value).map_err(|_unread| wrong("bad_choice"))?;
    let what = what(item.what, item.order.is_none()).map_err(wrong)?;
    Ok(Done {
        key: Key::from_text(&item.key).ok_or_else(|| wrong("key_taken"))?,
        order: item.order.map(OrderId::new),
        seen: item.seen,
        at: Timestamp::from_micros(item.at.clamp(0, MOST)),
        what,
    })
}

/// Every text is as long as it may be at most, every number one that means something.
fn bounded(value: &Value) -> Result<(), &'static str> {
    match value {
        Value::String(text) if text.chars().count() > LONGEST => Err("too_long"),
        Value::Number(number) => {
            let is_far = match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => !(-MOST..=MOST).contains(&whole),
                (None, Some(number)) => number.abs() > 1e15,
                (None, None) => true,
            };
            if is_far { Err("bad_number") } else { Ok(()) }
        }
        Value::Array(all) => all.iter().try_for_each(bounded),
        Value::Object(fields) => fields.values().try_for_each(bounded),
        _ => Ok(()),
    }
}

/// What of an item; a request begins an order of its own and names no other system's and no need.
fn what(forms: Vec<WhatForm>, is_new: bool) -> Result<Vec<What>, &'static str> {
    if forms.is_empty() {
        return Err("empty");
    }
    if forms.len() > MOST_EVENTS {
        return Err("full");
    }
    let all: Result<Vec<What>, _> = forms.into_iter().map(What::try_from).collect();
    let all = all.map_err(|_unread| "bad_choice")?;
    for (place, what) in all.iter().enumerate() {
        match what {
            What::Requested(request) => {
                if !is_new || place > 0 {
                    return Err("not_first");
                }
                if request.external.is_some() || !request.needs.is_empty() {
                    return Err("bad_choice");
                }
                if request.title.chars().count() > TITLE {
                    return Err("too_long");
                }
            }
            _ if is_new && place == 0 => return Err("no_request"),
            _ => {}
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(items: &str) -> String {
        format!(r#"{{"device":"{}","sent":1,"items":[{items}]}}"#, "0a".repeat(16))
    }

    fn item(more: &str) -> String {
        let key = "01".repeat(16);
        format!(r#"{{"key":"{key}","order":1,"seen":1,"at":5,"what":[{more}]}}"#)
    }

    #[test]
    fn the_corpus_is_answered() {
        let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/corpus/crew");
        let mut count = 0;
        for file in std::fs::read_dir(corpus).unwrap() {
            fuzz(&std::fs::read(file.unwrap().path()).unwrap());
            count += 1;
        }
        assert!(count >= 10, "{count} files in the corpus");
    }

    #[test]
    fn one_item_that_cannot_be_read_holds_up_no_other() {
        let good = item(r#"{"commented":{"text":"done","mentions":[]}}"#);
        let items = format!(r#"{good},{{"key":7}},{},{good}"#, item(r#"{"exploded":{}}"#));
        let read = read(batch(&items).as_bytes()).unwrap();
        let words: Vec<_> = read
            .items
            .iter()
            .map(|item| item.as_ref().map_or_else(|wrong| wrong.word, |_| "good"))
            .collect();
        assert_eq!(words, ["good", "bad_choice", "bad_choice", "good"]);
        assert_eq!(read.items[2].as_ref().unwrap_err().order, Some(1));
    }

    #[test]
    fn what_is_too_much_is_refused_whole_and_what_is_too_long_by_itself() {
        let many = vec!["{}"; MOST_ITEMS + 1].join(",");
        assert_eq!(read(batch(&many).as_bytes()).unwrap_err(), BadBatch::TooLarge);
        let large = batch(&" ".repeat(MOST_BYTES));
        assert_eq!(read(large.as_bytes()).unwrap_err(), BadBatch::TooLarge);
        for (what, word) in [
            (
                format!(
                    r#"{{"commented":{{"text":"{}","mentions":[]}}}}"#,
                    "a".repeat(LONGEST + 1)
                ),
                "too_long",
            ),
            (r#"{"used":{"part":1,"quantity":1e300}}"#.to_owned(), "bad_number"),
            (
                r#"{"worked":{"person":1,"craft":"c","time":[-9223372036854775808,5],"kind":"wrench"}}"#
                    .to_owned(),
                "bad_number",
            ),
            (String::new(), "empty"),
        ] {
            let read = read(batch(&item(&what)).as_bytes()).unwrap();
            assert_eq!(read.items[0].as_ref().unwrap_err().word, word, "{what}");
        }
    }
}
