//! Texts with `{parameters}`.

/// What is wrong with such a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    /// A brace that is not closed.
    Open,
    /// A parameter nobody knows.
    Unknown(String),
}

enum Piece<'t> {
    Plain(&'t str),
    Parameter(&'t str),
    Open,
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((plain, after)) = rest.split_once('{') {
        pieces.push(Piece::Plain(plain));
        let Some((name, after)) = after.split_once('}') else {
            pieces.push(Piece::Open);
            return pieces;
        };
        pieces.push(Piece::Parameter(name.trim()));
        rest = after;
    }
    pieces.push(Piece::Plain(rest));
    pieces
}

pub(crate) fn faults(text: &str, known: &dyn Fn(&str) -> bool) -> Vec<Fault> {
    let fault = |piece| match piece {
        Piece::Plain(_) => None,
        Piece::Parameter(name) => (!known(name)).then(|| Fault::Unknown(name.to_owned())),
        Piece::Open => Some(Fault::Open),
    };
    pieces(text).into_iter().filter_map(fault).collect()
}

/// The text with every parameter's value; none where one has no value.
pub(crate) fn render(text: &str, value: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let render = |piece| match piece {
        Piece::Plain(plain) => Some(plain.to_owned()),
        Piece::Parameter(name) => value(name),
        Piece::Open => None,
    };
    pieces(text).into_iter().map(render).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_put_in() {
        let value = |name: &str| (name == "line").then(|| "L1".to_owned());
        for (text, expect) in [
            ("acme/{line}/flow", Some("acme/L1/flow")),
            ("{ line }{line}", Some("L1L1")),
            ("plain", Some("plain")),
            ("{pump}", None),
            ("{line", None),
            ("a}b", Some("a}b")),
        ] {
            assert_eq!(render(text, &value).as_deref(), expect, "{text}");
        }
        let known = |name: &str| name == "line";
        assert_eq!(
            faults("{line}/{pump}/{", &known),
            [Fault::Unknown("pump".to_owned()), Fault::Open]
        );
    }
}
