//! The socket in the browser: drives the [`ClientSession`] with real events, timers and frames.
//!
//! One of it lives in each page. Messages only fill the registry; signals are written at once when the last
//! time was a frame ago, else with the next animation frame: the first of a burst waits for nothing, and no
//! value is written twice a frame. While the page is hidden there are no frames, and all is written at once.

use std::cell::RefCell;
use std::time::Duration;

use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wire::client_session::{ClientSession, Command, Link as SessionLink};
use wire::codec;
use wire::message::{BINARY_SUBPROTOCOL, Position, Selector};
use wire::page::{ShareFrame, Shell};
use wire::server_session::close;

use super::registry::Write;
use super::{Link, LiveStore};

/// What was written so long ago is on the screen: a frame of 60 Hz is 16.7 ms, and timers are not exact.
const FRAME_MILLIS: u64 = 15;

struct Driver {
    live: LiveStore,
    session: ClientSession,
    socket: Option<web_sys::WebSocket>,
    handlers: Handlers,
    timer: Option<(TimeoutHandle, u64)>,
    frame_asked: bool,
    /// When signals were written last.
    flushed: u64,
    link: Link,
    /// Server's clock minus the page's, until the server was heard.
    first_offset: i64,
    writes: Vec<Write>,
}

/// Made once; each asks whether the event is of the socket in use.
struct Handlers {
    open: Closure<dyn FnMut(web_sys::Event)>,
    message: Closure<dyn FnMut(web_sys::MessageEvent)>,
    close: Closure<dyn FnMut(web_sys::Event)>,
}

thread_local! {
    static DRIVER: RefCell<Option<Driver>> = const { RefCell::new(None) };
}

/// Makes the driver; it connects when the page has come to life.
pub fn start(live: LiveStore, shell: &Shell, share: Option<&ShareFrame>) {
    let driver = Driver {
        live,
        session: ClientSession::new(shell.build.clone())
            .with_share(share.map(|share| share.secret.clone()).unwrap_or_default()),
        socket: None,
        handlers: Handlers {
            open: Closure::new(|event: web_sys::Event| {
                of_current(&event, |driver| driver.session.opened(now()))
            }),
            message: Closure::new(|event: web_sys::MessageEvent| {
                of_current(&event, |driver| driver.take(&event))
            }),
            close: Closure::new(|event: web_sys::Event| {
                let code = event
                    .dyn_ref::<web_sys::CloseEvent>()
                    .map(web_sys::CloseEvent::code);
                if matches!(code, Some(close::ENDED | close::CHANGED)) {
                    // Who reads may less or more than what the page was made for: only a new one is right.
                    return super::reload::now();
                }
                of_current(&event, |driver| match code {
                    Some(close::TOO_MANY) => driver.session.turned_away(now(), js_sys::Math::random()),
                    _ => driver.session.closed(now(), js_sys::Math::random()),
                });
            }),
        },
        timer: None,
        frame_asked: false,
        flushed: 0,
        link: Link::Connecting,
        first_offset: shell.server_millis.wrapping_sub(now().cast_signed()),
        writes: Vec::new(),
    };
    DRIVER.with_borrow_mut(|slot| *slot = Some(driver));
    // Effects run when all of the page is alive: until then everything must be as the server drew it.
    Effect::new(|_| begin());
    let seen = window_event_listener(leptos::ev::visibilitychange, |_| visibility_changed());
    let online = window_event_listener(leptos::ev::online, |_| retry_now());
    on_cleanup(move || {
        seen.remove();
        online.remove();
    });
}

/// Connects, and lets time pass.
fn begin() {
    with(|driver| {
        driver.session.set_hidden(now(), document().hidden());
        driver.session.start(now());
    });
    set_interval(tell_time, Duration::from_secs(1));
}

/// Watches from now on; none when there is no socket.
pub fn subscribe(selector: Selector, max_hz: Option<u8>, since: Option<Position>) -> Option<u32> {
    with(|driver| driver.session.subscribe(now(), selector, max_hz, since))
}

/// Ends a subscription.
pub fn unsubscribe(sub: u32) {
    with(|driver| driver.session.unsubscribe(sub));
}

/// Somebody does not want to wait.
pub fn retry_now() {
    with(|driver| driver.session.retry_now(now()));
}

fn visibility_changed() {
    let hidden = document().hidden();
    with(|driver| driver.session.set_hidden(now(), hidden));
    if hidden {
        flush();
    } else {
        tell_time();
    }
}

/// Does something with the driver, then what the session wants done.
fn with<T>(work: impl FnOnce(&mut Driver) -> T) -> Option<T> {
    let (done, after) = DRIVER.with(|slot| {
        let mut slot = slot.try_borrow_mut().ok()?;
        let driver = slot.as_mut()?;
        let done = work(driver);
        Some((done, driver.settle()))
    })?;
    after.run();
    Some(done)
}

/// The same for an event of a socket; one that is no longer in use is not heard.
fn of_current(event: &web_sys::Event, work: impl FnOnce(&mut Driver)) {
    with(|driver| {
        let target = event.target();
        if target.as_ref().map(AsRef::<JsValue>::as_ref) == driver.socket.as_ref().map(AsRef::as_ref) {
            work(driver);
        }
    });
}

/// What is to be done when the driver is no longer borrowed: whoever listens may call back.
struct After {
    live: LiveStore,
    link: Option<Link>,
    outdated: Option<String>,
    flush_now: bool,
}

impl After {
    fn run(self) {
        if let Some(link) = self.link {
            self.live.link.try_set(link);
        }
        if self.flush_now {
            flush();
        }
        if let Some(build) = self.outdated
            && !super::reload::try_reload(&build)
        {
            self.live.new_version.try_set(true);
        }
    }
}

impl Driver {
    fn take(&mut self, event: &web_sys::MessageEvent) {
        let Ok(buffer) = event.data().dyn_into::<js_sys::ArrayBuffer>() else {
            return;
        };
        let bytes = js_sys::Uint8Array::new(&buffer).to_vec();
        match codec::decode_server(&bytes) {
            Ok(message) => {
                let session = &mut self.session;
                self.live.registry.try_update_value(|registry| {
                    session.message(now(), js_sys::Math::random(), message, registry);
                });
            }
            // A server of another build may say what we do not know; its welcome says so too.
            Err(error) => leptos::logging::warn!("{error}"),
        }
    }

    /// Runs the session's commands and sees to timer, frame and link.
    fn settle(&mut self) -> After {
        while let Some(command) = self.session.next_command() {
            match command {
                Command::Connect => self.connect(),
                Command::Disconnect => self.disconnect(),
                Command::Send(message) => {
                    let sent = self
                        .socket
                        .as_ref()
                        .map(|socket| socket.send_with_u8_array(&codec::encode_client(&message)));
                    if let Some(Err(_)) = sent {
                        leptos::logging::warn!("the socket did not take a message");
                    }
                }
            }
        }
        self.arm_timer();
        let is_waiting = self
            .live
            .registry
            .try_update_value(|registry| registry.is_waiting())
            .unwrap_or_default();
        let flush_now = is_waiting && (document().hidden() || now() >= self.flushed + FRAME_MILLIS);
        if is_waiting && !flush_now && !self.frame_asked {
            self.frame_asked = true;
            request_animation_frame(flush);
        }
        let link = self.link_now();
        let changed = (link != self.link).then_some(link);
        self.link = link;
        After {
            live: self.live,
            link: changed,
            outdated: self.session.take_outdated(),
            flush_now,
        }
    }

    fn connect(&mut self) {
        self.disconnect();
        let Some(address) = address() else { return };
        match web_sys::WebSocket::new_with_str(&address, BINARY_SUBPROTOCOL) {
            Ok(socket) => {
                socket.set_binary_type(web_sys::BinaryType::Arraybuffer);
                socket.set_onopen(Some(self.handlers.open.as_ref().unchecked_ref()));
                socket.set_onmessage(Some(self.handlers.message.as_ref().unchecked_ref()));
                socket.set_onclose(Some(self.handlers.close.as_ref().unchecked_ref()));
                self.socket = Some(socket);
            }
            Err(_) => self.session.closed(now(), js_sys::Math::random()),
        }
    }

    fn disconnect(&mut self) {
        if let Some(socket) = self.socket.take() {
            socket.set_onopen(None);
            socket.set_onmessage(None);
            socket.set_onclose(None);
            if socket.close().is_err() {
                leptos::logging::warn!("the socket did not close");
            }
        }
    }

    /// One timer at a time; one that is due no later than needed is left alone.
    fn arm_timer(&mut self) {
        let now = now();
        let due = now + self.session.next_tick(now);
        if self.timer.as_ref().is_some_and(|(_, armed)| *armed <= due) {
            return;
        }
        if let Some((handle, _)) = self.timer.take() {
            handle.clear();
        }
        self.timer = set_timeout_with_handle(tick, Duration::from_millis(due - now))
            .ok()
            .map(|handle| (handle, due));
    }

    fn link_now(&self) -> Link {
        let server = |millis: u64| self.server_millis(millis);
        match self.session.link() {
            SessionLink::Connecting => Link::Connecting,
            SessionLink::Live => Link::Live,
            SessionLink::Lost { since, retry_at } => Link::Lost {
                since_millis: server(since),
                retry_at_millis: retry_at.map(server),
            },
        }
    }

    fn server_millis(&self, millis: u64) -> i64 {
        let first = self.first_offset.wrapping_add(millis.cast_signed());
        self.session.server_millis(millis).unwrap_or(first)
    }
}

fn tick() {
    with(|driver| {
        driver.timer = None;
        driver.session.tick(now(), js_sys::Math::random());
    });
}

fn tell_time() {
    let told = with(|driver| (driver.live.now, driver.server_millis(now())));
    if let Some((signal, millis)) = told {
        signal.try_set(millis);
    }
}

/// Writes what waits, with neither driver nor registry borrowed.
fn flush() {
    let taken = DRIVER.with(|slot| {
        let mut slot = slot.try_borrow_mut().ok()?;
        let driver = slot.as_mut()?;
        driver.frame_asked = false;
        driver.flushed = now();
        let mut writes = std::mem::take(&mut driver.writes);
        driver
            .live
            .registry
            .try_update_value(|registry| registry.take_writes(now(), &mut writes));
        Some((driver.live.plant, writes))
    });
    let Some((plant, mut writes)) = taken else { return };
    for write in writes.drain(..) {
        write.run(plant);
    }
    // The list goes back, so that the next frame needs no memory.
    DRIVER.with(|slot| {
        if let Ok(mut slot) = slot.try_borrow_mut()
            && let Some(driver) = slot.as_mut()
        {
            driver.writes = writes;
        }
    });
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "milliseconds since the page began"
)]
fn now() -> u64 {
    window()
        .performance()
        .map_or(0, |performance| performance.now() as u64)
}

fn address() -> Option<String> {
    let location = window().location();
    let scheme = if location.protocol().ok()? == "https:" {
        "wss"
    } else {
        "ws"
    };
    Some(format!(
        "{scheme}://{}{}",
        location.host().ok()?,
        crate::routes::url("/api/ws")
    ))
}
