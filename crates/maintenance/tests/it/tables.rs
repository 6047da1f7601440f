//! Orders as CSV, in and out.

use maintenance::calendar::Zone;
use maintenance::id::OrderId;
use maintenance::iso14224::FailureMode;
use maintenance::order::event::{External, Money};
use maintenance::order::{Order, Priority, Rights, Status, What, WorkKind};
use maintenance::table::{Row, Upsert, Wrong, read, read_runs, upsert, write};
use proptest::prelude::*;
use twin::AssetId;

use crate::support::{Device, hours, local, stretch, utc};

const PARIS: &str = "Europe/Paris";

fn import(text: &str) -> maintenance::table::Import {
    read(text.as_bytes(), "sap", &Zone::named(PARIS).expect("a zone"))
}

/// Takes a row in, as the edge would.
fn taken(row: &Row, known: Option<Order>, device: &mut Device) -> Order {
    let (mut order, rest) = match upsert(row, AssetId::new(14), known.as_ref()) {
        Upsert::New { request, then } => {
            device.seen = 0;
            let mut event = device.writes(What::Requested(request));
            event.order = OrderId::new(7);
            (Order::open(event).expect("an order"), then)
        }
        Upsert::Known(rest) => (known.expect("it is known"), rest),
    };
    for what in rest {
        device.sync(&order);
        let mut event = device.writes(what);
        event.order = OrderId::new(7);
        order.apply_as(event, Rights::ALL).expect("taken");
    }
    order
}

fn known(row: &Row, order: &Order) -> Vec<What> {
    match upsert(row, AssetId::new(14), Some(order)) {
        Upsert::Known(rest) => rest,
        Upsert::New { .. } => panic!("it is known"),
    }
}

#[test]
fn a_row_becomes_an_order_and_the_same_file_twice_changes_nothing() {
    let text = "external_id,title,asset,kind,mode,priority,status,latest,start,end\n\
        4711,Replace bearing,acme/lyon/pump-14,corrective_deferred,vib,High,scheduled,\
        2026-03-10T00:00:00+01:00,2026-03-03 06:00,2026-03-03 08:00\n";
    let found = import(text);
    assert_eq!(found.wrong, []);
    let row = &found.rows[0];
    assert_eq!(
        (row.kind, row.mode, row.priority, row.status),
        (
            Some(WorkKind::CorrectiveDeferred),
            Some(FailureMode::Vibration),
            Some(Priority::High),
            Some(Status::Scheduled)
        )
    );
    let slot = (local(PARIS, "2026-03-03 06:00"), local(PARIS, "2026-03-03 08:00"));
    assert_eq!(row.slot.map(|slot| (slot.from(), slot.to())), Some(slot));
    let mut device = Device::new(1);
    let order = taken(row, None, &mut device);
    assert_eq!(order.status(), Status::Scheduled);
    assert_eq!(order.dates().latest, Some(utc("2026-03-09 23:00")));
    let external = External {
        system: "sap".into(),
        id: "4711".into(),
    };
    assert_eq!(order.request().external.as_ref(), Some(&external));
    assert_eq!(known(row, &order), []);

    // A later file says more, and leaves what it does not name.
    let later = import("external_id;title;asset;status\n4711;Replace both bearings;pump-14;done\n");
    let order = taken(&later.rows[0], Some(order), &mut device);
    assert_eq!(
        (order.title(), order.status()),
        ("Replace both bearings", Status::Done)
    );
    assert_eq!(order.priority(), Priority::High);
    assert_eq!(known(&later.rows[0], &order), []);
}

#[test]
fn every_bad_cell_is_told_with_line_and_column_and_the_rest_is_taken() {
    let text = "Title,external_id,asset,priority,status,start,end,earliest,latest,colour\r\n\
        One,1,pump,high,planned,,,,,red\r\n\
        ,2,pump,,,,,,,\r\n\
        Three,3,pump,soonish,open,,,,,\r\n\
        Four,4,pump,,,tomorrow,2026-03-03 08:00,,,\r\n\
        \"Five\r\nlines\",5,pump,,,2026-03-03 08:00,2026-03-03 06:00,,,\r\n\
        Six,6,pump,,,2026-03-03 08:00,,,,\r\n\
        Seven,7,pump,,,,,2026-03-03,2026-03-02,\r\n\
        Eight,8,pump\r\n\
        Nine,1,pump,,,,,,,\r\n\
        Ten,10,pump,,,,,,,\r\n";
    let found = import(text);
    let titles: Vec<&str> = found.rows.iter().map(|row| &*row.title).collect();
    assert_eq!(titles, ["One", "Ten"]);
    let wrong: Vec<(u64, Option<&str>)> = found.wrong.iter().map(|one| (one.line, one.column)).collect();
    let expected = [
        (3, Some("title")),
        (4, Some("priority")),
        (4, Some("status")),
        (5, Some("start")),
        (6, Some("end")),
        (8, Some("end")),
        (9, Some("latest")),
        (10, None),
        (11, Some("external_id")),
    ];
    assert_eq!(wrong, expected);
    assert_eq!(found.wrong[8].wrong, Wrong::Twice(2));
    assert_eq!(
        found.wrong[1].to_string(),
        "line 4, column priority: `soonish` is none of urgent, high, medium, low"
    );
    assert_eq!(
        found.wrong[3].to_string(),
        "line 5, column start: `tomorrow` is no time; write 2026-11-24T06:00:00+01:00 or 2026-11-24 06:00"
    );
}

#[test]
fn a_file_without_the_needed_columns_says_which() {
    for (text, columns) in [
        ("", vec!["external_id", "title", "asset"]),
        ("a,b\n1,2\n", vec!["external_id", "title", "asset"]),
        ("\u{feff}external_id,title\n1,2\n", vec!["asset"]),
    ] {
        let found = import(text);
        assert!(found.rows.is_empty());
        let missing: Vec<&str> = found.wrong.iter().filter_map(|one| one.column).collect();
        assert_eq!(missing, columns, "{text:?}");
        assert!(found.wrong.iter().all(|one| one.wrong == Wrong::NoColumn));
    }
}

#[test]
fn what_is_no_text_or_too_long_is_told() {
    let zone = Zone::utc();
    let found = read(
        b"external_id,title,asset\n1,caf\xe9,pump\n2,ok,pump\n",
        "sap",
        &zone,
    );
    assert_eq!((found.rows.len(), found.wrong.len()), (1, 1));
    assert_eq!((found.wrong[0].line, &found.wrong[0].wrong), (2, &Wrong::NotText));
    let long = format!("external_id,title,asset\n1,{},pump\n", "x".repeat(2_001));
    assert_eq!(read(long.as_bytes(), "sap", &zone).wrong[0].wrong, Wrong::TooLong);
}

#[test]
fn a_title_that_looks_like_a_formula_is_no_formula_in_a_spreadsheet() {
    let mut row = import("external_id,title,asset\n1,x,pump\n").rows.remove(0);
    row.title = "=HYPERLINK(\"http://x\")".into();
    let order = taken(&row, None, &mut Device::new(1));
    let text = write([&order], "gemba", |_| "pump".to_owned());
    assert!(text.contains("\"'=HYPERLINK("), "{text}");
    assert_eq!(import(&text).rows[0].title, row.title);
}

fn any_row() -> impl Strategy<Value = Row> {
    let text = "[=+@'\"a-z0-9,;éß-][ -~éß日]{0,20}[=+@'\"a-z0-9,;é]";
    let times = prop::option::of((0_i64..4_000_000_000, 1_i64..1_000_000));
    let word = (
        prop::sample::select(WorkKind::ALL),
        prop::sample::select(FailureMode::ALL),
        prop::sample::select(Priority::ALL),
        prop::sample::select(Status::ALL),
    );
    (text, text, text, text, word, times.clone(), times).prop_map(
        |(system, id, title, asset, (kind, mode, priority, status), slot, dates)| {
            let time = |secs: i64| twin::Timestamp::from_millis(secs * 1_000);
            Row {
                line: 2,
                external: External {
                    system: system.into(),
                    id: id.into(),
                },
                title: title.into(),
                asset: asset.into(),
                kind: Some(kind),
                mode: Some(mode),
                priority: Some(priority),
                status: Some(status),
                earliest: dates.map(|(from, _)| time(from)),
                latest: dates.map(|(from, len)| time(from + len)),
                slot: slot
                    .and_then(|(from, len)| maintenance::span::Stretch::new(time(from), time(from + len))),
            }
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(row in any_row()) {
        let order = taken(&row, None, &mut Device::new(1));
        let text = write([&order], "gemba", |_| row.asset.to_string());
        let found = import(&text);
        prop_assert_eq!(&found.wrong, &[]);
        prop_assert_eq!(&found.rows, std::slice::from_ref(&row));
        prop_assert_eq!(known(&found.rows[0], &order), []);
    }

    #[test]
    fn nothing_that_is_sent_breaks_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let head = read(&bytes, "sap", &Zone::utc());
        prop_assert!(head.rows.is_empty() && !head.wrong.is_empty());
        let mut behind = b"external_id,title,asset,status,start,end\n".to_vec();
        behind.extend(bytes);
        let found = read(&behind, "sap", &Zone::utc());
        prop_assert!(found.wrong.iter().all(|one| one.line >= 2));
    }

    #[test]
    fn every_row_is_either_taken_or_told(cells in prop::collection::vec(
        prop::collection::vec(prop::sample::select(vec![
            "", "1", "2", "x", "high", "=1+1", "2026-03-03 06:00", "2026-13-01", "é", "'", "99999-01-01",
        ]), 0..6), 0..20,
    )) {
        let mut text = "external_id,title,asset,priority,start".to_owned();
        for line in &cells {
            text.push('\n');
            text.push_str(&line.join(","));
        }
        let found = import(&text);
        let told: std::collections::BTreeSet<u64> = found.wrong.iter().map(|one| one.line).collect();
        let taken: std::collections::BTreeSet<u64> = found.rows.iter().map(|row| row.line).collect();
        prop_assert!(told.is_disjoint(&taken));
        // Lines without anything are no rows.
        let lines = (2..).zip(&cells).filter(|(_, line)| !line.join(",").is_empty());
        for (line, _) in lines {
            prop_assert!(told.contains(&line) || taken.contains(&line), "{line}");
        }
    }
}

#[test]
fn production_plans_are_read_line_by_line() {
    let text = "line;order;product;start;end;hour_value\n\
        L2;P-1;Syrup;2026-03-29 00:00;2026-03-29 06:00;1250.50\n\
        L2;P-2;;2026-03-29 06:00;2026-03-29 14:00;\n\
        L2;P-3;Syrup;2026-03-29 14:00;;\n\
        L2;P-4;Syrup;;;\n\
        L2;P-5;Syrup;2026-03-29 14:00;2026-03-29 22:00;lots\n\
        ;P-6;Syrup;2026-03-29 14:00;2026-03-29 22:00;-1\n";
    let (runs, wrong) = read_runs(text.as_bytes(), &Zone::named(PARIS).expect("a zone"));
    let names: Vec<(&str, &str)> = runs.iter().map(|(line, run)| (&**line, &*run.name)).collect();
    assert_eq!(names, [("L2", "P-1"), ("L2", "P-2")]);
    assert_eq!(runs[0].1.hour, Some(Money(125_050)));
    // Clocks go forward in that night.
    assert_eq!(runs[0].1.time.len(), hours(5));
    assert_eq!(runs[1].1.hour, None);
    let told: Vec<(u64, Option<&str>)> = wrong.iter().map(|one| (one.line, one.column)).collect();
    let expected = [
        (4, Some("end")),
        (5, Some("start")),
        (6, Some("hour_value")),
        (7, Some("line")),
        (7, Some("hour_value")),
    ];
    assert_eq!(told, expected);
    let (_, wrong) = read_runs(b"line,start\n", &Zone::utc());
    assert_eq!(wrong.len(), 2);
}

#[test]
fn orders_of_our_own_are_written_with_our_name() {
    let order = crate::support::scheduled();
    let text = write([&order], "gemba", |asset| format!("asset-{asset}"));
    let row = import(&text).rows.remove(0);
    let own = External {
        system: "gemba".into(),
        id: "1042".into(),
    };
    assert_eq!((row.external, &*row.asset), (own, "asset-14"));
    assert_eq!(row.slot, Some(stretch("2026-03-03 06:00", "2026-03-03 08:00")));
}
