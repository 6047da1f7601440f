//! When each side loses patience, and how often it tries again.

use wire::client_session::{ClientSession, Command, Link};
use wire::codec::DecodeError;
use wire::message::{ClientMessage, Position, Selector, ServerMessage};
use wire::server_session::{
    Action, BAD_MESSAGES, LIMITS, MESSAGE_EVERY_MILLIS, MESSAGES, Now, ServerSession, close,
};

use crate::network::World;

#[test]
fn silence_is_seen_within_two_seconds_and_a_half() {
    let mut world = World::new();
    world.run(3_000);
    assert_eq!(world.client.link(), Link::Live);
    world.cut = true;
    world.run(1_000);
    assert_eq!(world.client.link(), Link::Live);
    world.run(1_500);
    assert!(matches!(world.client.link(), Link::Lost { .. }));
}

#[test]
fn a_quiet_plant_is_live_for_ever() {
    let mut world = World::new();
    world.run(200);
    for _ in 0..600 {
        world.run(100);
        assert_eq!(world.client.link(), Link::Live);
    }
}

#[test]
fn a_closed_connection_is_lost_at_once_and_live_again_soon() {
    let mut world = World::new();
    world.run(3_000);
    world.drop_connection();
    assert!(matches!(world.client.link(), Link::Lost { .. }));
    world.run(400);
    assert_eq!(world.client.link(), Link::Live);
}

/// The pauses between tries, each with the time since the loss.
fn pauses(random: f64) -> Vec<(u64, u64)> {
    let mut session = ClientSession::new(String::new());
    let mut pauses = Vec::new();
    let mut now = 0;
    session.start(now);
    while now < 120_000 {
        while session.next_command().is_some() {}
        session.closed(now, random);
        let Link::Lost {
            retry_at: Some(retry_at),
            ..
        } = session.link()
        else {
            panic!("not waiting")
        };
        pauses.push((now, retry_at - now));
        now = retry_at;
        session.tick(now, random);
    }
    pauses
}

#[test]
fn tries_are_quick_for_ten_seconds_then_slower_with_full_jitter() {
    for random in [0.0, 0.3, 0.999] {
        for (since, pause) in pauses(random) {
            if since < 10_000 {
                assert!((100..=250).contains(&pause), "{pause} ms after {since} ms");
            } else {
                assert!((100..=10_000).contains(&pause), "{pause} ms after {since} ms");
            }
        }
    }
    assert!(pauses(0.999).last().unwrap().1 > 9_000);
    assert!(pauses(0.3).last().unwrap().1 > 2_000);
}

#[test]
fn a_hidden_page_does_not_try() {
    let mut world = World::new();
    world.run(1_000);
    world.client.set_hidden(world.now, true);
    world.drop_connection();
    world.run(60_000);
    assert!(matches!(world.client.link(), Link::Lost { retry_at: None, .. }));
    world.client.set_hidden(world.now, false);
    world.obey();
    world.run(100);
    assert_eq!(world.client.link(), Link::Live);
}

#[test]
fn a_page_that_slept_gives_waiting_frames_a_moment() {
    let mut session = ClientSession::new("build".to_owned());
    session.start(0);
    session.opened(0);
    let mut shown = crate::network::Shown::default();
    let welcome = ServerMessage::Welcome {
        epoch: 1,
        revision: 0,
        server_millis: 1_000,
        build: "build".to_owned(),
        limits: LIMITS,
    };
    session.message(0, 0.5, welcome, &mut shown);
    session.tick(30_000, 0.5);
    assert_eq!(session.link(), Link::Live);
    session.message(
        30_010,
        0.5,
        ServerMessage::Beat {
            server_millis: 31_000,
            revision: 0,
        },
        &mut shown,
    );
    session.tick(30_500, 0.5);
    assert_eq!(session.link(), Link::Live);
    // The beat was under way for 10 ms: the clock gives way slowly.
    assert_eq!(session.server_millis(30_500), Some(31_499));
}

#[test]
fn a_newer_server_is_said_once() {
    let mut session = ClientSession::new("old".to_owned());
    session.start(0);
    session.opened(0);
    let welcome = ServerMessage::Welcome {
        epoch: 1,
        revision: 0,
        server_millis: 0,
        build: "new".to_owned(),
        limits: LIMITS,
    };
    session.message(0, 0.5, welcome, &mut crate::network::Shown::default());
    assert_eq!(session.take_outdated().as_deref(), Some("new"));
    assert_eq!(session.take_outdated(), None);
}

#[test]
fn a_server_that_stops_says_when_to_come_back() {
    let mut session = ClientSession::new(String::new());
    session.start(0);
    session.opened(0);
    let bye = ServerMessage::Bye {
        reason: "stops".to_owned(),
        retry_after_millis: 700,
    };
    session.message(0, 0.5, bye, &mut crate::network::Shown::default());
    let link = session.link();
    assert!(
        matches!(
            link,
            Link::Lost {
                retry_at: Some(700),
                ..
            }
        ),
        "{link:?}"
    );
    let commands: Vec<_> = std::iter::from_fn(|| session.next_command()).collect();
    assert_eq!(commands.last(), Some(&Command::Disconnect));
}

const fn at(millis: u64) -> Now<'static> {
    Now {
        millis,
        server_millis: 0,
        position: Position {
            epoch: 1,
            revision: 0,
        },
        build: "build",
    }
}

#[track_caller]
fn check(session: &mut ServerSession, message: Result<ClientMessage, DecodeError>, expect: &str) {
    let mut out = Vec::new();
    session.received(&at(0), message, &mut out);
    let said = out.iter().map(|action| match action {
        Action::Send(ServerMessage::Error { code, .. }) => format!("{code:?}"),
        Action::Send(ServerMessage::Welcome { .. }) => "Welcome".to_owned(),
        Action::Send(ServerMessage::Beat { .. }) => "Beat".to_owned(),
        Action::Watch { sub, .. } => format!("Watch {sub}"),
        Action::Unwatch { sub } => format!("Unwatch {sub}"),
        Action::Close(code, _) => format!("Close {code}"),
        Action::Send(other) => format!("{other:?}"),
    });
    assert_eq!(said.collect::<Vec<_>>().join(", "), expect);
}

fn hello() -> ClientMessage {
    ClientMessage::Hello {
        protocol: 1,
        build: String::new(),
        share: String::new(),
    }
}

fn subscribe(sub: u32, selector: Selector) -> ClientMessage {
    ClientMessage::Subscribe {
        sub,
        selector,
        max_hz: None,
        since: None,
    }
}

#[test]
fn the_server_minds_its_manners() {
    let mut session = ServerSession::new(0, LIMITS);
    check(&mut session, Ok(ClientMessage::Ping), "HelloFirst");
    check(&mut session, Ok(hello()), "Welcome");
    check(&mut session, Ok(ClientMessage::Ping), "Beat");
    check(&mut session, Ok(subscribe(1, Selector::Plant)), "Watch 1");
    check(
        &mut session,
        Ok(subscribe(1, Selector::Asset { asset: 2 })),
        "Watch 1",
    );
    check(
        &mut session,
        Ok(ClientMessage::Unsubscribe { sub: 1 }),
        "Unwatch 1",
    );
    check(&mut session, Ok(ClientMessage::Unsubscribe { sub: 1 }), "");
    check(&mut session, Err(DecodeError::UnknownType), "UnknownType");
    let many = Selector::Points {
        points: vec![1; LIMITS.points_per_subscription as usize + 1],
    };
    check(&mut session, Ok(subscribe(2, many)), "TooMany");
    for sub in 0..LIMITS.subscriptions {
        check(
            &mut session,
            Ok(subscribe(sub, Selector::Plant)),
            &format!("Watch {sub}"),
        );
    }
    check(
        &mut session,
        Ok(subscribe(LIMITS.subscriptions, Selector::Plant)),
        "TooMany",
    );
    check(&mut session, Err(DecodeError::TooLarge), "Close 1009");
    check(&mut session, Ok(ClientMessage::Ping), "");
    assert!(session.is_closed());
}

#[test]
fn a_stranger_to_the_protocol_is_sent_away() {
    let mut session = ServerSession::new(0, LIMITS);
    check(
        &mut session,
        Ok(ClientMessage::Hello {
            protocol: 2,
            build: String::new(),
            share: String::new(),
        }),
        "WrongProtocol, Close 4002",
    );
    let mut session = ServerSession::new(0, LIMITS);
    for _ in 0..BAD_MESSAGES {
        check(&mut session, Err(DecodeError::Malformed("x")), "BadMessage");
    }
    check(&mut session, Err(DecodeError::Malformed("x")), "Close 4003");
}

#[test]
fn without_hello_the_connection_ends() {
    let mut session = ServerSession::new(0, LIMITS);
    let mut out = Vec::new();
    session.tick(&at(9_999), &mut out);
    assert_eq!(out, []);
    session.tick(&at(10_000), &mut out);
    assert_eq!(out, [Action::Close(close::NO_HELLO, "no hello")]);
}

#[test]
fn who_says_too_much_at_once_is_closed_and_who_says_it_slowly_is_not() {
    let says = |count: u64, every: u64| {
        let mut session = ServerSession::new(0, LIMITS);
        let mut out = Vec::new();
        session.received(&at(0), Ok(hello()), &mut out);
        for n in 0..count {
            session.received(&at(n * every), Ok(ClientMessage::Ping), &mut out);
        }
        let too_many = |action: &Action| matches!(action, Action::Close(close::TOO_MANY, _));
        out.iter().any(too_many)
    };
    assert!(!says(MESSAGES - 1, 0));
    assert!(says(MESSAGES, 0));
    assert!(!says(10 * MESSAGES, MESSAGE_EVERY_MILLIS));
    assert!(says(10 * MESSAGES, MESSAGE_EVERY_MILLIS / 2));
}

#[test]
fn who_is_turned_away_as_there_are_too_many_waits_long() {
    let mut session = ClientSession::new(String::new());
    session.start(0);
    session.turned_away(0, 0.5);
    let Link::Lost { retry_at, .. } = session.link() else {
        panic!("not waiting")
    };
    assert_eq!(retry_at, Some(10_000));
}
