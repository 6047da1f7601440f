//! Functions of texts.

use super::Context;
use crate::functions::Fun;
use crate::node::Node;
use crate::value::{Datum, MAX_TEXT};

impl Context<'_> {
    pub(super) fn text_call(&self, fun: Fun, args: &[Node]) -> Datum {
        match (fun, args) {
            (Fun::Join, [delimiter, parts @ ..]) => self
                .eval(delimiter)
                .written()
                .map_or(Datum::None, |delimiter| self.joined(&delimiter, parts)),
            (Fun::Text, [of]) => self
                .eval(of)
                .written()
                .map_or(Datum::None, |text| Datum::text(&text)),
            (Fun::Len, [of]) => match self.eval(of) {
                Datum::Text(text) => Datum::Number(text.chars().count() as f64),
                Datum::List(list) => Datum::Number(list.len() as f64),
                Datum::None | Datum::Number(_) | Datum::Local(_) => Datum::None,
            },
            _ => {
                let mut texts = Vec::with_capacity(args.len());
                for arg in args {
                    match self.eval(arg) {
                        Datum::Text(text) => texts.push(text),
                        _ => return Datum::None,
                    }
                }
                let texts: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
                of_texts(fun, &texts)
            }
        }
    }

    /// The parts as text, one after the other; nothing when one of them is nothing.
    pub(super) fn joined(&self, delimiter: &str, parts: &[Node]) -> Datum {
        let mut joined = String::new();
        for (at, part) in parts.iter().enumerate() {
            let Some(written) = self.eval(part).written() else {
                return Datum::None;
            };
            if at > 0 {
                joined.push_str(delimiter);
            }
            joined.push_str(&written);
            if joined.len() > 4 * MAX_TEXT {
                return Datum::None;
            }
        }
        Datum::text(&joined)
    }
}

fn of_texts(fun: Fun, texts: &[&str]) -> Datum {
    match (fun, texts) {
        (Fun::Find, [text, part]) => {
            let found = text.find(part).and_then(|at| text.get(..at));
            Datum::Number(found.map_or(-1.0, |before| before.chars().count() as f64))
        }
        (Fun::Contains, [text, part]) => Datum::truth(text.contains(part)),
        (Fun::StartsWith, [text, part]) => Datum::truth(text.starts_with(part)),
        (Fun::EndsWith, [text, part]) => Datum::truth(text.ends_with(part)),
        (Fun::Upper, [text]) => Datum::text(&text.to_uppercase()),
        (Fun::Lower, [text]) => Datum::text(&text.to_lowercase()),
        (Fun::Trim, [text]) => Datum::text(text.trim()),
        // Every replacement can make the text longer: its length is known before it is made.
        (Fun::Replace, [text, part, by]) if !part.is_empty() => {
            let count = text.matches(part).count();
            if text.len() + count.saturating_mul(by.len()) > 8 * MAX_TEXT {
                return Datum::None;
            }
            Datum::text(&text.replace(part, by))
        }
        (Fun::Number, [text]) => Datum::from(
            text.trim()
                .parse::<f64>()
                .ok()
                .filter(|number| number.is_finite()),
        ),
        _ => Datum::None,
    }
}
