//! Numbers out of the results, and numbers as people read them.

use serde_json::Value;

/// A number by the path to it: `latency/50x10/paint/p95`.
pub fn number(results: &Value, path: &str) -> Option<f64> {
    let at = path
        .split('/')
        .try_fold(results.get("rows")?, |value, key| value.get(key))?;
    at.as_f64()
}

/// Three digits that matter, thousands apart.
pub fn shown(number: f64) -> String {
    let digits = match number.abs() {
        0.0 => 0,
        size if size < 10.0 => 2,
        size if size < 100.0 => 1,
        _ => 0,
    };
    let text = format!("{number:.digits$}");
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let rest = rest.trim_end_matches('0');
    let point = if rest.is_empty() { "" } else { "." };
    format!("{}{point}{rest}", grouped(whole))
}

fn grouped(whole: &str) -> String {
    let (sign, digits) = whole.split_at(whole.len() - whole.trim_start_matches('-').len());
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{sign}{text}")
}

/// Several as one cell: `0.3 / 2.3 / 5`.
pub fn several(results: &Value, paths: &[&str]) -> Option<String> {
    let numbers: Option<Vec<String>> = paths
        .iter()
        .map(|path| number(results, path).map(shown))
        .collect();
    Some(numbers?.join(" / "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (number, text) in [
            (0.0, "0"),
            (0.347, "0.35"),
            (9.3, "9.3"),
            (10.0, "10"),
            (17.64, "17.6"),
            (811.6, "812"),
            (71_234.0, "71,234"),
            (1_234_567.8, "1,234,568"),
            (-1_500.0, "-1,500"),
        ] {
            assert_eq!(shown(number), text);
        }
    }

    #[test]
    fn a_number_is_found_by_its_path() {
        let results = serde_json::json!({"rows": {"latency": {"50x10": {"p": 1.5, "q": null}}}});
        assert_eq!(number(&results, "latency/50x10/p"), Some(1.5));
        assert_eq!(number(&results, "latency/50x10/q"), None);
        assert_eq!(number(&results, "latency/500x1/p"), None);
        assert_eq!(several(&results, &["latency/50x10/p"]).as_deref(), Some("1.5"));
        assert_eq!(several(&results, &["latency/50x10/p", "x"]), None);
    }
}
