//! Where small trends put their lines and gaps.

use super::*;

const FAST: Cadence = Cadence::Learned(1);

fn spark(buckets: &[Option<(f64, f64)>]) -> Spark {
    Spark {
        from_millis: 0,
        to_millis: 28_800_000,
        buckets: buckets.to_vec(),
    }
}

#[test]
fn a_gap_stays_a_gap() {
    let same = |v: f64| Some((v, v));
    let drawing = draw(
        &spark(&[same(0.0), same(10.0), None, same(10.0), same(0.0)]),
        None,
        FAST,
    )
    .unwrap();
    assert_eq!(drawing.line, "M0 21.5L29.3 2.5M87.8 2.5L117 21.5");
    assert_eq!(drawing.last, Some(0.0));
}

#[test]
fn what_a_slow_point_leaves_empty_is_no_gap() {
    let same = |v: f64| Some((v, v));
    let buckets = [same(0.0), None, same(10.0), None, None, None, same(0.0)];
    let draw = |cadence| draw(&spark(&buckets), None, cadence).unwrap().line;
    assert_eq!(draw(Cadence::OnChange), "M0 21.5L39 2.5L117 21.5");
    // A bucket is 69 minutes: 15 minutes expected leave one empty at most.
    assert_eq!(draw(Cadence::Learned(900_000)), "M0 21.5L39 2.5M117 21.5h.1");
    assert_eq!(draw(FAST), "M0 21.5h.1M39 2.5h.1M117 21.5h.1");
}

#[test]
fn extremes_make_an_outline_and_the_band_is_drawn_in_the_same_scale() {
    let drawing = draw(
        &spark(&[Some((2.0, 4.0)), Some((4.0, 6.0))]),
        Some((0.0, 10.0)),
        FAST,
    )
    .unwrap();
    assert_eq!(drawing.line, "M0 13.4L117 10.6L117 13.4L0 16.1Z");
    assert_eq!(drawing.band, Some((5.2, 13.6)));
    assert_eq!(drawing.last, Some(5.0));
}

#[test]
fn stretches_beyond_limits_run_along_the_outermost_values() {
    let limits = Limits {
        low: Some(1.0),
        high: Some(4.0),
        high_high: Some(8.0),
        ..Limits::default()
    };
    let spark = spark(&[
        Some((2.0, 3.0)),
        Some((3.0, 5.0)),
        Some((5.0, 6.0)),
        Some((0.0, 9.0)),
        None,
        Some((0.0, 3.0)),
    ]);
    let drawing = draw(&spark, None, FAST).unwrap();
    let found: Vec<_> = breaches(&spark, &limits, &drawing);
    let levels: Vec<_> = found.iter().map(|(level, _)| *level).collect();
    assert_eq!(levels, [Level::Medium, Level::High, Level::Medium]);
    assert_eq!(
        found[0].1,
        format!("M23.4 {}h.1L46.8 {}", drawing.y(5.0), drawing.y(6.0))
    );
    assert_eq!(found[2].1, format!("M117 {}h.1", drawing.y(0.0)));
}

#[test]
fn a_flat_line_lies_in_the_middle_and_nothing_draws_nothing() {
    let drawing = draw(&spark(&[Some((5.0, 5.0)); 3]), None, FAST).unwrap();
    assert_eq!(drawing.y(5.0), 12.0);
    assert_eq!(draw(&spark(&[None, None]), Some((1.0, 2.0)), FAST), None);
    assert_eq!(draw(&spark(&[]), None, FAST), None);
}
