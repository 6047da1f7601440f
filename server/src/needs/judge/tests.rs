//! What becomes a need, when it is told again, and when it is over.

use maintenance::need::{Needs, Raised};

use super::*;
use crate::needs::desk::Book;

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_millis(1_772_431_200_000 + minutes * 60_000)
}

fn beyond(kind: LimitKind, since: i64) -> Beyond {
    Beyond {
        asset: AssetId::new(3),
        mode: FailureMode::Vibration,
        point: PointId::new(9),
        kind,
        limit: 4.5,
        since: at(since),
        value: Some((at(since), 5.0, Quality::Good)),
    }
}

const HOLD: Span = Span::from_secs(300);

fn no_cost(_: AssetId) -> Option<Consequence> {
    None
}

/// What a book comes to that took these entries.
fn with(book: &Book, entries: &[Entry]) -> Book {
    let mut needs: Needs = book.needs.clone();
    for entry in entries {
        match entry {
            Entry::Raised(form) => drop::<Raised>(needs.raise(form.read().unwrap())),
            Entry::Ordered { need, order, .. } => {
                needs.order(NeedId::new(*need), OrderId::new(*order)).unwrap();
            }
            Entry::Met { need, at } => {
                needs
                    .meet(NeedId::new(*need), Timestamp::from_micros(*at))
                    .unwrap();
            }
            Entry::Dismissed { need, at, reason, .. } => {
                let (by, at) = (PersonId::new(1), Timestamp::from_micros(*at));
                needs.dismiss(NeedId::new(*need), by, at, reason).unwrap();
            }
            Entry::Reopened { need } => needs.reopen(NeedId::new(*need)).unwrap(),
            other => panic!("{other:?}"),
        }
    }
    let mut book = book.clone();
    book.needs = needs;
    book
}

fn told(book: &Book, one: Beyond, now: i64) -> (Book, usize) {
    let entries = limits(book, &[one], HOLD, &no_cost, at(now));
    (with(book, &entries), entries.len())
}

#[test]
fn a_flapping_limit_is_one_need_and_tells_of_itself_at_most_hourly() {
    let mut book = Book::default();
    let (now, told_now) = told(&book, beyond(LimitKind::High, 0), 4);
    assert_eq!(told_now, 0, "it does not last yet");
    book = now;
    let mut entries = 0;
    for minute in 0..600 {
        // Up for seven minutes of ten.
        let since = minute / 10 * 10;
        if minute % 10 < 7 {
            let (next, told) = told(&book, beyond(LimitKind::High, since), minute);
            (book, entries) = (next, entries + told);
        }
    }
    assert_eq!(book.needs.len(), 1);
    assert!((9..=11).contains(&entries), "{entries}");
    let (next, _) = told(&book, beyond(LimitKind::HighHigh, 600), 610);
    assert_eq!(next.needs.len(), 2);
    assert_eq!(
        next.needs.open().count(),
        1,
        "what is worse is told in the same need"
    );
}

#[test]
fn what_was_dismissed_is_quiet_for_a_day_and_then_only_tells_of_another_time() {
    let (book, _) = told(&Book::default(), beyond(LimitKind::High, 0), 10);
    let dismissed = Entry::Dismissed {
        need: 1,
        by: 1,
        at: at(20).micros(),
        reason: "known".to_owned(),
    };
    let book = with(&book, &[dismissed]);
    assert_eq!(
        told(&book, beyond(LimitKind::High, 0), 3_000).1,
        0,
        "the same time"
    );
    assert_eq!(
        told(&book, beyond(LimitKind::High, 100), 200).1,
        0,
        "within a day"
    );
    let (book, _) = told(&book, beyond(LimitKind::High, 1_500), 1_510);
    assert_eq!((book.needs.len(), book.needs.open().count()), (2, 1));
}

#[test]
fn a_need_is_over_when_all_that_asked_is_back_for_a_while() {
    let (book, _) = told(&Book::default(), beyond(LimitKind::High, 0), 10);
    let open = |_: OrderId| Fate::Open;
    let calm = BTreeMap::from([(PointId::new(9), at(20))]);
    assert!(over(&book, &BTreeMap::new(), &open, at(100)).is_empty());
    assert!(over(&book, &calm, &open, at(49)).is_empty());
    let met = over(&book, &calm, &open, at(50));
    assert_eq!(met, [Entry::met(NeedId::new(1), at(50))]);
    let book = with(&book, &met);
    assert_eq!(
        told(&book, beyond(LimitKind::High, 55), 61).1,
        0,
        "within the hour"
    );
    assert_eq!(
        told(&book, beyond(LimitKind::High, 200), 210).1,
        1,
        "what comes later is new"
    );
}

#[test]
fn an_order_that_is_cancelled_opens_its_need_again_and_one_that_is_done_meets_it() {
    let (book, _) = told(&Book::default(), beyond(LimitKind::High, 0), 10);
    let ordered = Entry::Ordered {
        need: 1,
        order: 4,
        by: None,
    };
    let book = with(&book, &[ordered]);
    let fate = |fate: Fate| move |order: OrderId| if order.get() == 4 { fate } else { Fate::Open };
    assert!(over(&book, &BTreeMap::new(), &fate(Fate::Open), at(30)).is_empty());
    let done = over(&book, &BTreeMap::new(), &fate(Fate::Done(at(25))), at(30));
    assert_eq!(done, [Entry::met(NeedId::new(1), at(25))]);
    let back = over(&book, &BTreeMap::new(), &fate(Fate::Cancelled), at(30));
    assert_eq!(with(&book, &back).needs.open().count(), 1);
}

#[test]
fn a_report_is_a_need_of_its_order_and_joins_what_is_known() {
    let report = |order: u32, needs: Vec<NeedId>| Asked {
        order: OrderId::new(order),
        key: Key::new(u128::from(order)),
        asset: AssetId::new(3),
        mode: FailureMode::Vibration,
        priority: Priority::High,
        dates: Dates::default(),
        needs,
        by: Some(PersonId::new(1)),
        at: at(0),
        title: "It shakes".into(),
    };
    let alone = asked(&Book::default(), &report(4, Vec::new()));
    let book = with(&Book::default(), &alone);
    let need = book.needs.get(NeedId::new(1)).unwrap();
    assert_eq!(
        (&need.state, need.urgency),
        (&State::Ordered(OrderId::new(4)), Urgency::Pressing)
    );
    assert!(asked(&book, &report(4, Vec::new())).is_empty(), "told once");

    let (known, _) = told(&Book::default(), beyond(LimitKind::High, 0), 10);
    let joined = with(&known, &asked(&known, &report(5, Vec::new())));
    assert_eq!(joined.needs.len(), 2);
    assert_eq!(
        joined.needs.get(NeedId::new(1)).unwrap().state,
        State::Ordered(OrderId::new(5))
    );
    let named = with(
        &known,
        &asked(&known, &report(6, vec![NeedId::new(1), NeedId::new(77)])),
    );
    assert_eq!((named.needs.len(), named.needs.open().count()), (1, 0));
}
