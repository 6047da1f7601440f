//! JSON paths of `jp`: Jayway's dialect as far as SiteWise documents it, and what RFC 9535 shares
//! with it. A path that can meet one place only gives that value, any other gives a list.

use std::sync::Arc;

use serde_json::Value as Json;
use serde_json_path::JsonPath;

use crate::value::Datum;

/// A path, read once when the formula is checked.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Path {
    steps: Vec<Step>,
    /// A function of the list at the end: `$.values.sum()`.
    ending: Option<Ending>,
}

#[derive(Clone, PartialEq, Debug)]
enum Step {
    Members(Vec<Pick>),
    /// Everything below, the place itself included.
    Below,
}

#[derive(Clone, PartialEq, Debug)]
enum Pick {
    Key(String),
    Index(i64),
    All,
    Range(Option<i64>, Option<i64>, i64),
    /// Those below for which something holds, as RFC 9535 says it: `$[?…]` from each place.
    Filter(Box<JsonPath>),
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Ending {
    Length,
    Sum,
    Avg,
    Min,
    Max,
}

/// Steps of a path.
const MAX_STEPS: usize = 32;
/// Places a path may meet.
const MAX_PLACES: usize = 10_000;
/// Bytes of a filter, and brackets within it.
const MAX_FILTER: usize = 512;
const MAX_NESTED: usize = 8;
/// Bytes of a text that is read as JSON.
const MAX_JSON: usize = 256 * 1024;

impl Path {
    /// The path of a text, or what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader { rest: text.trim() };
        if !reader.take("$") {
            return Err("a path starts with `$`".to_owned());
        }
        let (mut steps, mut ending) = (Vec::new(), None);
        while !reader.rest.is_empty() {
            if steps.len() >= MAX_STEPS {
                return Err(format!("a path has at most {MAX_STEPS} steps"));
            }
            if ending.is_some() {
                return Err("nothing may follow a function".to_owned());
            }
            if reader.take("..") {
                steps.push(Step::Below);
                if !reader.rest.starts_with('[') {
                    steps.push(reader.name_or_all()?);
                }
            } else if reader.take(".") {
                match reader.ending() {
                    Some(found) => ending = Some(found),
                    None => steps.push(reader.name_or_all()?),
                }
            } else if reader.take("[") {
                steps.push(reader.bracket()?);
            } else {
                return Err(format!("`{}` is no step of a path", reader.rest));
            }
        }
        Ok(Self { steps, ending })
    }

    /// Whether it can meet one place only.
    fn is_definite(&self) -> bool {
        self.steps.iter().all(|step| {
            matches!(step, Step::Members(picks) if matches!(picks.as_slice(), [Pick::Key(_) | Pick::Index(_)]))
        })
    }

    /// What the path finds in a JSON text.
    pub(crate) fn find(&self, text: &str) -> Datum {
        if text.len() > MAX_JSON {
            return Datum::None;
        }
        let Ok(root) = serde_json::from_str::<Json>(text) else {
            return Datum::None;
        };
        let mut places = vec![&root];
        for step in &self.steps {
            let mut next = Vec::new();
            for place in places {
                step.apply(place, &mut next);
            }
            next.truncate(MAX_PLACES);
            places = next;
        }
        match (self.ending, places.as_slice()) {
            (Some(ending), [one]) if self.is_definite() => {
                ending.of(one.as_array().map_or(&[], Vec::as_slice))
            }
            (Some(ending), places) => {
                let values: Vec<Json> = places.iter().map(|place| (*place).clone()).collect();
                ending.of(&values)
            }
            (None, [one]) if self.is_definite() => datum(one),
            (None, _) if self.is_definite() => Datum::None,
            (None, places) => Datum::List(places.iter().map(|place| datum(place)).collect()),
        }
    }
}

fn datum(json: &Json) -> Datum {
    match json {
        Json::Null => Datum::None,
        Json::Object(_) => Datum::text(&json.to_string()),
        Json::Bool(on) => Datum::truth(*on),
        Json::Number(number) => Datum::from(number.as_f64()),
        Json::String(text) => Datum::Text(Arc::from(text.as_str())),
        Json::Array(items) => Datum::List(items.iter().map(datum).collect()),
    }
}

impl Step {
    fn apply<'j>(&self, place: &'j Json, found: &mut Vec<&'j Json>) {
        match self {
            Self::Members(picks) => picks.iter().for_each(|pick| pick.apply(place, found)),
            Self::Below => {
                // serde_json reads at most 128 levels, so the stack is bounded.
                found.push(place);
                match place {
                    Json::Array(items) => items.iter().for_each(|item| self.apply(item, found)),
                    Json::Object(map) => map.values().for_each(|value| self.apply(value, found)),
                    Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
                }
            }
        }
    }
}

impl Pick {
    fn apply<'j>(&self, place: &'j Json, found: &mut Vec<&'j Json>) {
        match (self, place) {
            (Self::Key(key), Json::Object(map)) => found.extend(map.get(key)),
            (Self::Index(index), Json::Array(items)) => {
                found.extend(position(*index, items.len()).and_then(|at| items.get(at)));
            }
            (Self::All, Json::Array(items)) => found.extend(items),
            (Self::All, Json::Object(map)) => found.extend(map.values()),
            (Self::Range(start, end, step), Json::Array(items)) => {
                found.extend(slice(items.len(), *start, *end, *step).filter_map(|at| items.get(at)));
            }
            (Self::Filter(filter), Json::Array(_) | Json::Object(_)) => found.extend(filter.query(place)),
            _ => {}
        }
    }
}

/// The place of an index that may count from the end.
pub(crate) fn position(index: i64, len: usize) -> Option<usize> {
    let from_end = if index < 0 { len as i64 } else { 0 };
    usize::try_from(index.checked_add(from_end)?)
        .ok()
        .filter(|at| *at < len)
}

/// The places of a slice, as Python counts them; none for a step of 0.
pub(crate) fn slice(
    len: usize,
    start: Option<i64>,
    end: Option<i64>,
    step: i64,
) -> impl Iterator<Item = usize> {
    let count = len as i64;
    let (low, high) = if step < 0 { (-1, count - 1) } else { (0, count) };
    let bound = |at: Option<i64>, default: i64| {
        at.map_or(default, |at| {
            let at = if at < 0 { at.saturating_add(count) } else { at };
            at.clamp(low, high)
        })
    };
    let (start, end) = if step < 0 {
        (bound(start, high), bound(end, low))
    } else {
        (bound(start, low), bound(end, high))
    };
    let more = move |at: &i64| (step > 0 && *at < end) || (step < 0 && *at > end);
    std::iter::successors(Some(start), move |at| at.checked_add(step))
        .take_while(more)
        .filter_map(|at| usize::try_from(at).ok())
}

impl Ending {
    fn of(self, values: &[Json]) -> Datum {
        let numbers: Vec<f64> = values.iter().filter_map(Json::as_f64).collect();
        let total: f64 = numbers.iter().sum();
        match self {
            Self::Length => Datum::Number(values.len() as f64),
            _ if numbers.is_empty() => Datum::None,
            Self::Sum => Datum::Number(total),
            Self::Avg => Datum::Number(total / numbers.len() as f64),
            Self::Min => Datum::Number(numbers.iter().copied().fold(f64::INFINITY, f64::min)),
            Self::Max => Datum::Number(numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max)),
        }
    }
}

struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn take(&mut self, start: &str) -> bool {
        let rest = self.rest.strip_prefix(start);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn until(&mut self, wanted: impl Fn(char) -> bool) -> &'t str {
        let end = self.rest.find(|c| !wanted(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn ending(&mut self) -> Option<Ending> {
        const ENDINGS: [(&str, Ending); 5] = [
            ("length()", Ending::Length),
            ("sum()", Ending::Sum),
            ("avg()", Ending::Avg),
            ("min()", Ending::Min),
            ("max()", Ending::Max),
        ];
        ENDINGS
            .iter()
            .find_map(|(name, ending)| self.take(name).then_some(*ending))
    }

    fn name_or_all(&mut self) -> Result<Step, String> {
        if self.take("*") {
            return Ok(Step::Members(vec![Pick::All]));
        }
        let name = self.until(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '$' | ' ' | '@'));
        if name.is_empty() {
            return Err("a name is missing after `.`".to_owned());
        }
        Ok(Step::Members(vec![Pick::Key(name.to_owned())]))
    }

    fn bracket(&mut self) -> Result<Step, String> {
        let mut picks = Vec::new();
        loop {
            self.space();
            picks.push(self.pick()?);
            self.space();
            if self.take("]") {
                return Ok(Step::Members(picks));
            }
            if !self.take(",") || picks.len() >= MAX_STEPS {
                return Err("`[` without `]`".to_owned());
            }
        }
    }

    fn pick(&mut self) -> Result<Pick, String> {
        if self.take("*") {
            return Ok(Pick::All);
        }
        for quote in ["'", "\""] {
            if self.take(quote) {
                let name = self.until(|c| !quote.contains(c));
                return if self.take(quote) {
                    Ok(Pick::Key(name.to_owned()))
                } else {
                    Err("a name in quotes has no end".to_owned())
                };
            }
        }
        if self.take("?") {
            return self.filter();
        }
        let start = self.integer()?;
        if !self.take(":") {
            return start
                .map(Pick::Index)
                .ok_or_else(|| "an index is missing between `[` and `]`".to_owned());
        }
        let end = self.integer()?;
        let step = if self.take(":") { self.integer()? } else { None };
        Ok(Pick::Range(start, end, step.unwrap_or(1)))
    }

    /// `(@.a > 1 && @.b == 'x')`, up to the bracket that ends it.
    fn filter(&mut self) -> Result<Pick, String> {
        let (mut quote, mut open) = (None, 0_usize);
        let end = self.rest.find(|c: char| {
            match (quote, c) {
                (Some(of), c) => quote = Some(of).filter(|of| *of != c),
                (None, '\'' | '"') => quote = Some(c),
                (None, '(' | '[') => open += 1,
                (None, ')' | ']') if open > 0 => open -= 1,
                (None, ']' | ',') if open == 0 => return true,
                (None, _) => {}
            }
            open > MAX_NESTED
        });
        let Some((text, rest)) = end.and_then(|end| self.rest.split_at_checked(end)) else {
            return Err("a filter has no end: `]` is missing".to_owned());
        };
        if open > 0 || text.len() > MAX_FILTER {
            return Err(format!(
                "a filter has at most {MAX_FILTER} characters and {MAX_NESTED} brackets in one another"
            ));
        }
        if text.contains('$') {
            return Err("a filter looks at `@`, what is tried; `$` is not known in it".to_owned());
        }
        let path = JsonPath::parse(&format!("$[?{text}]")).map_err(|_no_filter| {
            format!("`?{text}` is no filter; write for example `[?(@.n > 3)]` (RFC 9535)")
        })?;
        self.rest = rest;
        Ok(Pick::Filter(Box::new(path)))
    }

    fn integer(&mut self) -> Result<Option<i64>, String> {
        let digits = self.until(|c| c.is_ascii_digit() || c == '-');
        match digits {
            "" => Ok(None),
            digits => digits
                .parse()
                .map(Some)
                .map_err(|error| format!("`{digits}` is no index: {error}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(json: &str, path: &str) -> Datum {
        Path::parse(path).unwrap().find(json)
    }

    #[test]
    fn paths_find_what_they_name() {
        let json = r#"{"a":{"b-c":[1,2,3,"x"],"on":true},"d":null,"e":[{"n":4},{"n":5}]}"#;
        let number = Datum::Number;
        let list = |numbers: &[f64]| Datum::List(numbers.iter().copied().map(Datum::Number).collect());
        for (path, expect) in [
            ("$.a.b-c[1]", number(2.0)),
            ("$['a']['b-c'][-2]", number(3.0)),
            ("$.a.on", number(1.0)),
            ("$.a.b-c[3]", Datum::Text("x".into())),
            ("$.a.b-c[9]", Datum::None),
            ("$.d", Datum::None),
            ("$.nothing", Datum::None),
            ("$.a", Datum::text(r#"{"b-c":[1,2,3,"x"],"on":true}"#)),
            ("$.e[0]", Datum::text(r#"{"n":4}"#)),
            ("$.e[?(@.n > 4)].n", list(&[5.0])),
            ("$.e[?@.n>4 || @.n==4].n.sum()", number(9.0)),
            ("$.e[?(@.n == 'x' || @['n'] >= 5)].n", list(&[5.0])),
            (
                "$.a.b-c[?(@ == 'x')]",
                Datum::List([Datum::Text("x".into())].into()),
            ),
            ("$..[?(@.n)].n", list(&[4.0, 5.0])),
            ("$.e[?(@.n > 9)].n", list(&[])),
            ("$.e[*].n", list(&[4.0, 5.0])),
            ("$..n", list(&[4.0, 5.0])),
            ("$.a.b-c[:2]", list(&[1.0, 2.0])),
            (
                "$.a.b-c[::-2]",
                Datum::List([Datum::Text("x".into()), number(2.0)].into()),
            ),
            ("$.a.b-c[0,2]", list(&[1.0, 3.0])),
            ("$.a.b-c.length()", number(4.0)),
            ("$.e[*].n.sum()", number(9.0)),
            ("$.e.length()", number(2.0)),
        ] {
            assert_eq!(find(json, path), expect, "{path}");
        }
        assert_eq!(find("not json", "$"), Datum::None);
    }

    #[test]
    fn broken_paths_say_why() {
        for path in [
            "",
            "a",
            "$.",
            "$[",
            "$['a",
            "$[?(@.x]",
            "$[?(@.x =~ /a/)]",
            "$[?(@.x == $.y)]",
            "$[?((((((((((@.x))))))))))]",
            "$[?(@.x == ')]",
            "$[1",
            "$x",
            "$[--]",
            "$.sum().a",
        ] {
            assert!(Path::parse(path).is_err(), "{path}");
        }
    }
}
