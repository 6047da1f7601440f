//! What holds for all values, against definitions too slow to use.

use formula::{Value, shortest};
use proptest::prelude::*;

use super::support::{eval, metric};

/// Python's slice, by its definition: indices one after the other.
fn slice_by_hand(text: &[char], start: Option<i64>, end: Option<i64>, step: i64) -> String {
    let len = text.len() as i64;
    let (first, stop) = if step > 0 { (0, len) } else { (len - 1, -1) };
    let clamp = |at: i64| (if at < 0 { at + len } else { at }).clamp(first.min(stop), first.max(stop));
    let (mut at, end) = (start.map_or(first, clamp), end.map_or(stop, clamp));
    let mut picked = String::new();
    while (step > 0 && at < end) || (step < 0 && at > end) {
        picked.push(text[at as usize]);
        at += step;
    }
    picked
}

fn written(bound: Option<i64>) -> String {
    bound.map_or_else(String::new, |bound| bound.to_string())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn numbers_read_back(bits in any::<u64>()) {
        let number = f64::from_bits(bits);
        prop_assume!(number.is_finite());
        let text = shortest(number);
        prop_assert_eq!(text.parse::<f64>().unwrap(), number);
        // Seventeen digits tell every double apart; with sign, point, zeros and exponent.
        prop_assert!(text.len() <= 25);
        prop_assert_eq!(Value::from(number).to_string(), text);
    }

    #[test]
    fn slices_are_pythons(
        text in "[a-zäöü€]{0,8}",
        start in proptest::option::of(-12i64..12),
        end in proptest::option::of(-12i64..12),
        step in (-4i64..4).prop_filter("a step of 0 is an error", |step| *step != 0),
    ) {
        let chars: Vec<char> = text.chars().collect();
        let source = format!("s[{}:{}:{step}]", written(start), written(end));
        prop_assert_eq!(eval(&source, &[("s", &text)]), slice_by_hand(&chars, start, end, step), "{}", source);
    }

    #[test]
    fn fixed_formats_round_to_the_nearest(number in -1e9f64..1e9, places in 0usize..6) {
        let text = eval(&format!("format(x: \".{places}f\")"), &[("x", &number.to_string())]);
        let half = 0.5 * 10f64.powi(-(places as i32));
        prop_assert!((text.parse::<f64>().unwrap() - number).abs() <= half + number.abs() * 4.0 * f64::EPSILON, "{} for {}", text, number);
    }

    #[test]
    fn times_in_a_state_are_the_sum_of_their_seconds(
        steps in proptest::collection::vec((1i64..50, -2i32..3), 1..30),
    ) {
        let mut at = 0;
        let samples: Vec<(i64, String)> = steps
            .iter()
            .map(|(step, value)| {
                at += step;
                (at, value.to_string())
            })
            .collect();
        let borrowed: Vec<(i64, &str)> = samples.iter().map(|(at, value)| (*at, value.as_str())).collect();
        let until = at + 60;
        let got = metric("statetime(x)", "1m", &[("x", &borrowed)], until);
        let area = metric("integrate(x)", "1m", &[("x", &borrowed)], until);
        let first_end = (samples[0].0 + 59) / 60 * 60;
        for (window, (got, area)) in got.iter().zip(&area).enumerate() {
            let end = first_end + 60 * window as i64;
            // The value during the second that begins at `second`.
            let held = |second: i64| steps.len().checked_sub(1).and_then(|_| {
                let known = samples.iter().rev().find(|(at, _)| *at <= second);
                known.map(|(_, value)| value.parse::<i32>().unwrap())
            });
            let values: Vec<i32> = (end - 60..end).filter_map(held).collect();
            if values.is_empty() {
                prop_assert_eq!(got, "no output");
            } else {
                prop_assert_eq!(got, &values.iter().filter(|value| **value > 0).count().to_string());
                prop_assert_eq!(area, &values.iter().sum::<i32>().to_string());
            }
        }
    }

    #[test]
    fn any_path_is_answered(path in "[$.\\[\\]*:,'a-c0-9-]{0,12}", text in "[\\[\\]{}\",:0-9a-c]{0,20}") {
        let source = format!("jp(s, '${}')", path.replace('\'', "''"));
        let _answer = eval(&source, &[("s", &text)]);
    }
}
