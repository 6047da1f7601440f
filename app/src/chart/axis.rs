//! Round numbers for axes: values and times. Pure.

/// At most about `wanted` round values from `low` to `high`, and the digits they need.
#[must_use]
pub fn value_ticks(low: f64, high: f64, wanted: usize) -> (Vec<f64>, u8) {
    let span = high - low;
    if !span.is_finite() || span <= 0.0 {
        return (vec![low], 0);
    }
    let rough = span / wanted.max(1) as f64;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|unit| unit * power)
        .find(|step| *step >= rough * 0.999);
    let step = step.unwrap_or(power * 10.0);
    let first = (low / step - 1e-6).ceil();
    let ticks = (0..=wanted.max(1) * 2)
        .map(|index| (first + index as f64) * step)
        .take_while(|tick| *tick <= high + step * 1e-6)
        .collect();
    (ticks, digits(step))
}

/// Digits after the decimal sign that tell multiples of `step` apart.
fn digits(step: f64) -> u8 {
    let mut scaled = step;
    for digits in 0..=6 {
        if (scaled - scaled.round()).abs() < 1e-6 * scaled.max(1.0) {
            return digits;
        }
        scaled *= 10.0;
    }
    6
}

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const STEPS: [i64; 19] = [
    SECOND,
    5 * SECOND,
    10 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    28 * DAY,
];

/// At most `most` round moments of the wall clock in a range, `offset_secs` from UTC.
#[must_use]
pub fn time_ticks(from_millis: i64, to_millis: i64, offset_secs: i32, most: usize) -> Vec<i64> {
    let span = to_millis.saturating_sub(from_millis);
    if span <= 0 {
        return Vec::new();
    }
    let most = i64::try_from(most.max(1)).unwrap_or(8);
    let step = STEPS
        .into_iter()
        .find(|step| span / step <= most)
        .unwrap_or(span / most + 1);
    let shift = i64::from(offset_secs) * SECOND;
    let local = from_millis.saturating_add(shift);
    let first = local + (step - local.rem_euclid(step)) % step - shift;
    (0..=most)
        .map(|index| first.saturating_add(index.saturating_mul(step)))
        .take_while(|tick| *tick <= to_millis)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_values(low: f64, high: f64, wanted: usize, expect: &[&str]) {
        let (ticks, digits) = value_ticks(low, high, wanted);
        let shown: Vec<_> = ticks
            .iter()
            .map(|tick| format!("{tick:.*}", usize::from(digits)))
            .collect();
        assert_eq!(shown, expect, "{low} to {high}");
    }

    #[test]
    fn values_are_round_and_inside() {
        check_values(3.4, 5.4, 4, &["3.5", "4.0", "4.5", "5.0"]);
        check_values(0.0, 8.0, 4, &["0", "2", "4", "6", "8"]);
        check_values(150.0, 240.0, 4, &["150", "175", "200", "225"]);
        check_values(-1.0, 1.0, 4, &["-1.0", "-0.5", "0.0", "0.5", "1.0"]);
        check_values(1e6, 1.1e6, 2, &["1000000", "1050000", "1100000"]);
        check_values(0.0, 0.003, 3, &["0.000", "0.001", "0.002", "0.003"]);
        check_values(5.0, 5.0, 4, &["5"]);
    }

    #[test]
    fn times_are_round_on_the_sites_clock() {
        let hour = HOUR;
        // 8 hours in UTC+5:30: full hours there stand at half hours here.
        let ticks = time_ticks(10 * hour, 18 * hour, 19_800, 8);
        assert_eq!(ticks.first(), Some(&(10 * hour + 30 * MINUTE)));
        assert_eq!(ticks.len(), 8);
        // A day in UTC+2: every three hours, midnight local among them.
        let ticks = time_ticks(0, DAY, 7_200, 8);
        assert!(ticks.contains(&(22 * hour)), "{ticks:?}");
        assert!(time_ticks(5, 5, 0, 8).is_empty());
        assert!(time_ticks(i64::MIN, i64::MAX, 0, 8).len() <= 9);
    }
}
