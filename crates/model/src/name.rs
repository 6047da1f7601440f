//! Names: one type for each kind of thing, so that none can be taken for another.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use crate::form::{Key, Leaf, Wrong};
use crate::node::{Node, Value};

/// Most bytes of a name, and of an asset's id.
const MAX_NAME: usize = 64;
const MAX_ID: usize = 128;

/// What formulas can call by name.
fn is_word(text: &str) -> bool {
    let mut letters = text.chars();
    letters
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
        && text.len() <= MAX_NAME
}

/// What is no operator of formulas either.
fn is_property(text: &str) -> bool {
    is_word(text)
        && !["and", "or", "not"]
            .iter()
            .any(|word| text.eq_ignore_ascii_case(word))
}

fn is_path(text: &str) -> bool {
    text.len() <= MAX_ID && text.split('.').all(is_property)
}

fn is_id(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|c| c.is_ascii_alphanumeric())
        && letters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'))
        && text.len() <= MAX_ID
}

/// The nearest text that would do as a name.
fn tidied(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let words: String = text.trim().chars().take(MAX_NAME).map(plain).collect();
    let words = words.trim_matches('_').to_owned();
    if words.starts_with(|c: char| c.is_ascii_digit()) {
        format!("_{words}")
    } else {
        words
    }
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $rule:ident, $letters:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name, if these letters make one.
            #[must_use]
            pub fn new(text: &str) -> Option<Self> {
                $rule(text).then(|| Self(Arc::from(text)))
            }

            /// Its letters.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str(&self.0)
            }
        }

        impl Key for $name {
            fn key(text: &str) -> Result<Self, Wrong> {
                Self::new(text).ok_or_else(|| {
                    let wrong = Wrong::new(format!(concat!("`{}` is no name of ", $what, ": ", $letters), text));
                    let near = tidied(text);
                    wrong.help(if $rule(&near) { format!("write `{near}`") } else { "give it another name".to_owned() })
                })
            }

            fn text(&self) -> &str {
                &self.0
            }
        }

        impl Leaf for $name {
            fn leaf(node: &Node) -> Result<Self, Wrong> {
                match &node.value {
                    Value::Text(text) => Self::key(text),
                    other => Err(Wrong::expected(concat!("the name of ", $what), other)),
                }
            }

            fn value(&self) -> Value {
                Value::Text(Box::from(&*self.0))
            }
        }
    };
}

name!(
    /// The name of an asset type.
    TypeName, "a type", is_word, "letters, digits and `_`, no digit first"
);
name!(
    /// The name of a property, as formulas use it.
    PropertyName, "a property", is_property, "letters, digits and `_`, no digit first, and not `and`, `or` or `not`"
);
name!(
    /// A property, of a component where there is a dot: `motor.power`.
    PropertyPath, "a property", is_path, "letters, digits and `_`, components before a dot, and not `and`, `or` or `not`"
);
name!(
    /// The name of a parameter.
    ParameterName, "a parameter", is_word, "letters, digits and `_`, no digit first"
);
name!(
    /// The name by which formulas use what another asset or a component gives.
    InputName, "an input", is_word, "letters, digits and `_`, no digit first"
);
name!(
    /// The name of a component in its type.
    ComponentName, "a component", is_word, "letters, digits and `_`, no digit first"
);
name!(
    /// The name of a relation, read from the side it is written on.
    RelationName, "a relation", is_word, "letters, digits and `_`, no digit first"
);
name!(
    /// The name of a hierarchy.
    HierarchyName, "a hierarchy", is_word, "letters, digits and `_`, no digit first"
);
name!(
    /// The stable id of an asset. Its display name may change, this does not.
    AssetKey, "an asset", is_id, "letters, digits, `_`, `-`, `.` and `:`, a letter or digit first"
);
name!(
    /// The name of a mapping rule.
    BindingName, "a binding", is_id, "letters, digits, `_`, `-`, `.` and `:`, a letter or digit first"
);
name!(
    /// The language of a word: `en`, `de`.
    Language, "a language", is_word, "two letters, as in `en`"
);

impl PropertyPath {
    /// The path of a property of the type itself.
    #[must_use]
    pub fn of(property: &PropertyName) -> Self {
        Self(Arc::clone(&property.0))
    }

    /// The path of a component's property, seen from outside the component.
    #[must_use]
    pub fn inside(&self, component: &ComponentName) -> Self {
        Self(Arc::from(format!("{component}.{self}")))
    }

    /// Whether a component has it.
    #[must_use]
    pub fn is_inside(&self) -> bool {
        self.0.contains('.')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_what_is_none() {
        for (text, word, path, id) in [
            ("flow", true, true, true),
            ("motor.power", false, true, true),
            ("P-14", false, false, true),
            ("2nd", false, false, true),
            ("_x", true, true, false),
            ("", false, false, false),
            ("a b", false, false, false),
            ("a..b", false, false, true),
            ("größe", false, false, false),
        ] {
            assert_eq!(PropertyName::new(text).is_some(), word, "{text}");
            assert_eq!(PropertyPath::new(text).is_some(), path, "{text}");
            assert_eq!(AssetKey::new(text).is_some(), id, "{text}");
        }
    }

    #[test]
    fn a_wrong_name_is_answered_with_a_right_one() {
        let help = |text: &str| PropertyName::key(text).unwrap_err().help;
        assert_eq!(help("flow rate").as_deref(), Some("write `flow_rate`"));
        assert_eq!(help("2nd").as_deref(), Some("write `_2nd`"));
        assert_eq!(help("°").as_deref(), Some("give it another name"));
    }
}
