//! Capacity over time and precedence.

use planning::core::{Circle, Network, Profile};
use proptest::prelude::*;

#[test]
fn a_demand_goes_where_it_first_fits() {
    let mut profile = Profile::constant(&[2, 1]);
    profile.take(5, 10, &[2, 0]);
    assert_eq!(profile.earliest_fit(0, 5, &[1, 1]), Some(0));
    assert_eq!(profile.earliest_fit(0, 6, &[1, 1]), Some(10));
    assert_eq!(profile.earliest_fit(7, 1, &[0, 1]), Some(7));
    assert_eq!(profile.earliest_fit(0, 1, &[3, 0]), None);
    profile.give(5, 10, &[2, 0]);
    assert_eq!(profile.earliest_fit(0, 6, &[1, 1]), Some(0));
}

#[test]
fn a_calendar_has_nothing_outside_of_its_windows() {
    let profile = Profile::calendar([(10, 20), (30, 50)], 1);
    assert_eq!(profile.earliest_fit(0, 5, &[1]), Some(10));
    assert_eq!(profile.earliest_fit(16, 5, &[1]), Some(30));
    assert_eq!(profile.earliest_fit(0, 11, &[1]), Some(30));
    assert_eq!(profile.earliest_fit(46, 5, &[1]), None);
    assert!(profile.fits(10, 20, &[1]) && !profile.fits(10, 21, &[1]));
}

#[test]
fn a_circle_is_named_in_order() {
    let network = Network::new(vec![1; 4], vec![vec![1], vec![2], vec![1, 3], vec![]]);
    let Err(Circle(way)) = network else {
        panic!("a circle was taken")
    };
    assert!(way == vec![1, 2] || way == vec![2, 1], "{way:?}");
}

#[test]
fn heads_and_tails_are_the_longest_ways() {
    let network = Network::new(vec![2, 3, 4, 1], vec![vec![1, 2], vec![3], vec![3], vec![]]).unwrap();
    assert_eq!(network.heads(), vec![0, 2, 2, 6]);
    assert_eq!(network.tails(), vec![5, 1, 1, 0]);
    assert_eq!(network.critical_path(), 7);
    assert_eq!(network.followers(), vec![3, 1, 1, 0]);
}

proptest! {
    #[test]
    fn what_is_taken_and_given_back_leaves_no_trace(
        spans in prop::collection::vec((0_i64..100, 1_i64..30, 1_i64..3), 1..20),
        probe in (0_i64..130, 1_i64..20, 1_i64..6),
    ) {
        let fresh = Profile::constant(&[5]);
        let mut profile = fresh.clone();
        for (start, length, amount) in &spans {
            profile.take(*start, start + length, &[*amount]);
        }
        for (start, length, amount) in &spans {
            profile.give(*start, start + length, &[*amount]);
        }
        let (after, duration, demand) = probe;
        prop_assert_eq!(profile.earliest_fit(after, duration, &[demand]), fresh.earliest_fit(after, duration, &[demand]));
    }

    #[test]
    fn the_first_fit_fits_and_nothing_before_does(
        spans in prop::collection::vec((0_i64..60, 1_i64..20, 1_i64..3), 0..12),
        probe in (0_i64..60, 1_i64..15, 1_i64..6),
    ) {
        let mut profile = Profile::constant(&[6]);
        let mut used = [0_i64; 200];
        for (start, length, amount) in &spans {
            profile.take(*start, start + length, &[*amount]);
            for time in *start..start + length {
                used[time as usize] += amount;
            }
        }
        let (after, duration, demand) = probe;
        let fits = |start: i64| (start..start + duration).all(|time| used[time as usize] + demand <= 6);
        prop_assert_eq!(profile.earliest_fit(after, duration, &[demand]), (after..120).find(|start| fits(*start)));
    }
}
