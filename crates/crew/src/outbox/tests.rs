//! What becomes of items, whatever the network does.

use proptest::prelude::*;

use super::*;

fn kept(number: u64, person: u32, order: Option<u32>) -> Kept {
    let what = maintenance::form::WhatForm::Commented {
        text: format!("words {number}").into(),
        mentions: Vec::new(),
    };
    Kept {
        item: Item {
            key: key(i64::try_from(number).expect("small"), u128::from(number) << 64),
            order,
            seen: 1,
            at: 1_000,
            what: vec![what],
        },
        person,
        title: String::new(),
        place: number,
        photos: Vec::new(),
        state: State::Saved,
        tries: 0,
        not_before: 0,
    }
}

fn answer(item: &Item, became: Became) -> Answer {
    Answer {
        key: item.key.clone(),
        order: item.order,
        became,
        photos: Vec::new(),
    }
}

fn answers(answers: Vec<Answer>) -> Answers {
    Answers { now: 0, answers }
}

fn refused() -> Became {
    Became::Refused {
        word: "ended".into(),
        words: "It has ended".into(),
    }
}

#[test]
fn a_refused_item_stops_those_after_it_on_its_order_only() {
    let mut outbox = Outbox::from_kept(vec![
        kept(0, 5, Some(1)),
        kept(1, 5, Some(1)),
        kept(2, 5, Some(2)),
    ]);
    let batch = outbox.batch(5, "d", 0).expect("three");
    assert_eq!(batch.items.len(), 3);
    outbox.answered(
        &answers(vec![
            answer(&batch.items[0], refused()),
            answer(&batch.items[1], Became::Again),
            answer(&batch.items[2], Became::Taken),
        ]),
        7,
    );
    assert!(
        outbox.batch(5, "d", 1).is_none(),
        "the second waits behind the refused one"
    );
    assert_eq!(outbox.items()[2].state, State::Sent(7));
    let key = batch.items[0].key.clone();
    assert!(outbox.discard(&key).is_some());
    let next = outbox.batch(5, "d", 2).expect("the second goes now");
    assert_eq!(next.items[0].key, batch.items[1].key);
}

#[test]
fn items_wait_for_their_author() {
    let mut outbox = Outbox::from_kept(vec![kept(0, 5, Some(1)), kept(1, 6, Some(1))]);
    let batch = outbox.batch(6, "d", 0).expect("one");
    assert_eq!(batch.items.len(), 1);
    assert_eq!(batch.items[0].key, outbox.items()[1].item.key);
    assert_eq!(outbox.waiting(Some(5)), 1);
}

#[test]
fn what_was_on_its_way_when_the_tablet_died_is_sent_again() {
    let mut outbox = Outbox::from_kept(vec![kept(0, 5, Some(1))]);
    let first = outbox.batch(5, "d", 0).expect("one");
    let mut again = Outbox::from_kept(outbox.items().to_vec());
    assert_eq!(again.batch(5, "d", 0), Some(first));
}

#[test]
fn photos_go_after_their_text() {
    let mut with = kept(0, 5, Some(1));
    with.photos = vec!["aa".into(), "bb".into()];
    let mut outbox = Outbox::from_kept(vec![with]);
    assert_eq!(outbox.photo(5), None);
    let batch = outbox.batch(5, "d", 0).expect("one");
    let mut taken = answer(&batch.items[0], Became::Taken);
    taken.photos = vec!["bb".into()];
    outbox.answered(&answers(vec![taken]), 1);
    assert_eq!(outbox.items()[0].state, State::Photos);
    assert_eq!(outbox.photo(5).as_deref(), Some("bb"));
    outbox.photo_sent("bb", 2);
    assert_eq!(outbox.items()[0].state, State::Sent(2));
    assert_eq!(outbox.waiting(None), 0);
}

#[test]
fn a_failed_sending_is_tried_later_each_time_but_within_a_minute() {
    let mut outbox = Outbox::from_kept(vec![kept(0, 5, Some(1))]);
    let mut now = 0;
    for _ in 0..40 {
        assert!(outbox.batch(5, "d", now).is_some());
        outbox.failed(5, now, 999);
        assert!(outbox.batch(5, "d", now).is_none());
        let next = outbox.items()[0].not_before;
        assert!(next > now && next - now <= 60_000_000);
        now = next;
    }
    outbox.failed(5, now, 0);
    outbox.retry(None);
    assert!(outbox.batch(5, "d", 0).is_some(), "the network is back");
}

#[test]
fn a_key_is_a_uuid_of_version_seven_and_leaves_room_for_its_events() {
    let text = key(0x0190_0000_0000, u128::MAX);
    assert_eq!(text, "019000000000".to_owned() + "7fff" + "bfffffffffffff00");
}

proptest! {
    #[test]
    fn nothing_is_lost_doubled_or_out_of_order(
        orders in prop::collection::vec((0_u32..4, 0_u32..3), 0..200),
        fates in prop::collection::vec(0_u8..4, 1..40),
    ) {
        let all: Vec<Kept> = (0_u64..)
            .zip(&orders)
            .map(|(number, (order, person))| kept(number, *person, Some(*order)))
            .collect();
        let mut outbox = Outbox::from_kept(all.clone());
        let mut taken: Vec<Item> = Vec::new();
        let mut now = 0;
        for round in 0..600 {
            let person = round % 3;
            now += 61_000_000;
            let Some(batch) = outbox.batch(person, "d", now) else { continue };
            prop_assert!(batch.items.len() <= MOST_ITEMS);
            match fates[round as usize % fates.len()] {
                // Lost on the way there, or on the way back.
                0 => { outbox.failed(person, now, round); }
                1 => outbox = Outbox::from_kept(outbox.items().to_vec()),
                _ => {
                    let all = batch.items.iter().map(|item| answer(item, Became::Taken)).collect();
                    taken.extend(batch.items);
                    outbox.answered(&answers(all), now);
                }
            }
        }
        if fates.iter().any(|fate| *fate > 1) && fates.len() % 3 != 0 {
            prop_assert_eq!(outbox.waiting(None), 0);
        }
        for (person, order) in (0..3).flat_map(|person| (0..4).map(move |order| (person, order))) {
            let is_of = |kept: &&Kept| kept.person == person && kept.item.order == Some(order);
            let done: Vec<_> = all.iter().filter(is_of).map(|kept| kept.item.key.clone()).collect();
            let got: Vec<_> = taken.iter().filter(|item| done.contains(&item.key)).map(|item| item.key.clone()).collect();
            prop_assert_eq!(&got[..], &done[..got.len()]);
        }
    }
}
