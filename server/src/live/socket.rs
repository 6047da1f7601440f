//! One live socket: `GET /api/ws`, from the handshake to the last word.
//!
//! Origin and number are checked before the upgrade. A browser always says its origin; a program that says
//! none is let in, as it holds no reader's session that another site could borrow. The [`ServerSession`]
//! decides what is said; this file moves bytes, keeps time, and asks the policy before anything is watched.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use app::api::backend::Viewer;
use axum::Router;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::{Extensions, HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::{Sink, SinkExt as _, Stream, StreamExt as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::MissedTickBehavior;
use twin::Twin;
use wire::codec::{self, DecodeError, MAX_CLIENT_BYTES};
use wire::message::{BINARY_SUBPROTOCOL, ErrorCode, JSON_SUBPROTOCOL, Position, Selector, ServerMessage};
use wire::server_session::{Action, LIMITS, Now, ServerSession, close};

use super::outbox::{Form, Frame, Frames, Outbox};
use super::{Hub, Refusal};
use crate::access::may_watch;
use crate::accounts::Accounts;
use crate::clock::Clock;
use crate::http::client::Client;
use crate::http::limits::seats::Seat;
use crate::http::limits::{By, Class, Limits};
use crate::http::origin::Origins;

/// A frame that is not taken within this: the other side is gone.
const WRITE_WITHIN: Duration = Duration::from_secs(10);
/// A sign of life is asked for this often, and awaited for so long.
const PING_EVERY: Duration = Duration::from_secs(20);
const SILENT_FOR: Duration = Duration::from_secs(60);
/// Whether who asks may go on is asked at each change, and this often: when its time is over, nobody tells.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// Who is turned away is asked to come back after this.
const COME_BACK_LATER: [(HeaderName, &str); 1] = [(header::RETRY_AFTER, "5")];
/// Browsers are asked to come back after this when the server stops.
const COME_BACK_MILLIS: u32 = 250;

/// What every socket shares.
#[derive(Clone)]
pub struct SocketState {
    pub hub: Arc<Hub>,
    pub twin: Arc<RwLock<Twin>>,
    pub clock: Arc<dyn Clock>,
    pub build: Arc<str>,
    pub origins: Arc<Origins>,
    pub accounts: Arc<Accounts>,
    pub limits: Arc<Limits>,
    /// One permit a socket.
    pub permits: Arc<Semaphore>,
}

impl SocketState {
    /// For at most so many sockets.
    #[must_use]
    pub fn new(
        hub: Arc<Hub>,
        backend: Arc<crate::backend::Gemba>,
        origins: Arc<Origins>,
        limits: Arc<Limits>,
        sockets: usize,
    ) -> Self {
        Self {
            hub,
            twin: backend.twin.clone(),
            clock: backend.clock.clone(),
            build: backend.build.as_str().into(),
            origins,
            limits,
            accounts: backend.accounts.clone(),
            permits: Arc::new(Semaphore::new(sockets.min(Semaphore::MAX_PERMITS))),
        }
    }
}

/// The route of the live socket.
pub fn router(state: SocketState) -> Router {
    Router::new().route("/api/ws", get(open)).with_state(state)
}

async fn open(
    State(state): State<SocketState>,
    headers: HeaderMap,
    client: Client,
    extensions: Extensions,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !state.origins.allows(&headers, &client) {
        state.hub.counts().turned_away.add(1);
        tracing::warn!(origin = ?headers.get(header::ORIGIN), "a live socket from another origin was refused");
        return (StatusCode::FORBIDDEN, "This page belongs to another site.").into_response();
    }
    let by = By::address(client.address);
    let seat = by.and_then(|by| state.limits.seat(by));
    if by.is_some() && seat.is_none() {
        state.hub.counts().turned_away.add(1);
        tracing::debug!(address = %client.address, "a live socket was refused: its address has as many as it may");
        let words = "Too many live sockets from this address.\n";
        return (StatusCode::TOO_MANY_REQUESTS, COME_BACK_LATER, words).into_response();
    }
    let Ok(permit) = state.permits.clone().try_acquire_owned() else {
        state.hub.counts().turned_away.add(1);
        tracing::warn!("a live socket was refused: there are as many as the configuration allows");
        let words = "Too many live sockets.\n";
        return (StatusCode::SERVICE_UNAVAILABLE, COME_BACK_LATER, words).into_response();
    };
    let upgrade = upgrade
        .protocols([BINARY_SUBPROTOCOL, JSON_SUBPROTOCOL])
        .max_message_size(MAX_CLIENT_BYTES)
        .max_frame_size(MAX_CLIENT_BYTES);
    let form = match upgrade.selected_protocol() {
        Some(chosen) if chosen == BINARY_SUBPROTOCOL => Form::Binary,
        Some(_) => Form::Json,
        None if headers.contains_key(header::SEC_WEBSOCKET_PROTOCOL) => {
            return (
                StatusCode::BAD_REQUEST,
                "Subprotocols spoken here: gemba.v1.bin, gemba.v1.json.",
            )
                .into_response();
        }
        None => Form::Json,
    };
    // Who is nobody may hold a link, which comes with the first message.
    let viewer = viewer(&headers, &extensions);
    upgrade.on_upgrade(move |socket| serve_upgraded(socket, state, form, viewer, (permit, seat)))
}

fn viewer(headers: &HeaderMap, extensions: &Extensions) -> Viewer {
    let (mut parts, ()) = axum::http::Request::new(()).into_parts();
    parts.headers.clone_from(headers);
    parts.extensions.clone_from(extensions);
    crate::http::who::viewer(&parts)
}

async fn serve_upgraded(
    socket: WebSocket,
    state: SocketState,
    form: Form,
    viewer: Viewer,
    _places: (OwnedSemaphorePermit, Option<Seat<By>>),
) {
    let (sink, stream) = socket.split();
    serve(sink, stream, state, form, viewer).await;
}

/// Serves one connection to its end, over anything that carries WebSocket messages.
pub async fn serve<K, S, E>(sink: K, stream: S, state: SocketState, form: Form, viewer: Viewer)
where
    K: Sink<Message> + Unpin + Send,
    S: Stream<Item = Result<Message, E>> + Unpin + Send,
{
    let (outbox, frames) = state.hub.outbox(form);
    let now = Instant::now();
    let connection = Connection {
        session: ServerSession::new(0, LIMITS),
        started: now,
        heard: now,
        pinged: now,
        seat: None,
        outbox,
        views: BTreeMap::new(),
        state,
        viewer,
        sink,
    };
    connection.state.hub.counts().sockets.fetch_add(1, Relaxed);
    connection.run(stream, frames).await;
}

struct Connection<K> {
    session: ServerSession,
    started: Instant,
    heard: Instant,
    pinged: Instant,
    /// One of those that its account or link may have.
    seat: Option<Seat<By>>,
    outbox: Arc<Outbox>,
    /// The view of each subscription.
    views: BTreeMap<u32, u32>,
    state: SocketState,
    viewer: Viewer,
    sink: K,
}

/// The connection is over.
struct Over;

impl<K: Sink<Message> + Unpin + Send> Connection<K> {
    async fn run<S, E>(mut self, mut stream: S, mut frames: Frames)
    where
        S: Stream<Item = Result<Message, E>> + Unpin + Send,
    {
        let stop = self.state.hub.stopping();
        let mut changes = self.state.accounts.changes();
        // What changed while the connection was being made counts too.
        changes.mark_changed();
        let mut looks = tokio::time::interval(ASK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut stopped = false;
        loop {
            let tick = tokio::time::Instant::from_std(
                self.started + Duration::from_millis(self.session.next_tick()),
            );
            let step = tokio::select! {
                frame = frames.recv() => match frame {
                    Some(frame) => self.forward(frame, &mut frames).await,
                    None => Err(Over),
                },
                message = stream.next() => match message {
                    Some(Ok(message)) => self.take(message).await,
                    // Too large, or broken: there is no way to go on reading.
                    Some(Err(_)) => self.received(Err(DecodeError::TooLarge)).await,
                    None => Err(Over),
                },
                () = tokio::time::sleep_until(tick) => self.act(ServerSession::tick).await,
                _ = looks.tick() => self.look().await,
                Ok(()) = changes.changed() => self.ask_again().await,
                () = stop.cancelled(), if !stopped => {
                    stopped = true;
                    self.act(|session, _, out| session.stop("the server stops", COME_BACK_MILLIS, out)).await
                }
            };
            if step.is_err() || self.session.is_closed() {
                break;
            }
        }
        for (sub, view) in std::mem::take(&mut self.views) {
            self.state.hub.unwatch(view, &self.outbox, sub);
        }
    }

    async fn take(&mut self, message: Message) -> Result<(), Over> {
        self.heard = Instant::now();
        match message {
            Message::Binary(bytes) => self.received(codec::decode_client(&bytes)).await,
            Message::Text(text) => self.received(codec::json::decode_client(&text)).await,
            Message::Ping(_) | Message::Pong(_) => Ok(()),
            Message::Close(_) => Err(Over),
        }
    }

    /// Somebody may more or less than before: closes where that is who asks here.
    async fn ask_again(&mut self) -> Result<(), Over> {
        let Some(credential) = self.viewer.credential else {
            return Ok(());
        };
        let (code, reason) = match self.state.accounts.by_number(credential) {
            Some(who) if who == self.viewer.who => return Ok(()),
            Some(_) => (close::CHANGED, "what you may see has changed"),
            None => (close::ENDED, "signed out"),
        };
        self.end(code, reason).await
    }

    async fn end(&mut self, code: u16, reason: &'static str) -> Result<(), Over> {
        let frame = CloseFrame {
            code,
            reason: reason.into(),
        };
        self.write(Message::Close(Some(frame))).await?;
        Err(Over)
    }

    /// Whether whoever says hello may stay: the holder of a link becomes just that. Who it is does not change
    /// later, or what they watch would be somebody else's.
    ///
    /// # Errors
    /// Why not, as the connection closes.
    fn greet(&mut self, share: &str) -> Result<(), (u16, &'static str)> {
        let nobody = (close::ENDED, "sign in first, or open the link again");
        if !share.is_empty() && !self.becomes_holder(share) || !self.viewer.who.is_known() {
            return Err(nobody);
        }
        let Some(by) = By::who(&self.viewer.who) else {
            return Ok(());
        };
        let is_link = matches!(by, By::Link(_));
        let limits = &self.state.limits;
        if is_link && limits.take(Class::Socket, by, self.state.clock.now()).is_err() {
            return Err((
                close::TOO_MANY,
                "this link is opened too often; come back in a while",
            ));
        }
        self.seat = limits.seat(by);
        match self.seat {
            Some(_) => Ok(()),
            None => Err((
                close::TOO_MANY,
                "too many pages of this account or link are open at once",
            )),
        }
    }

    fn becomes_holder(&mut self, share: &str) -> bool {
        let held = self
            .state
            .accounts
            .by_link(share, self.viewer.unlocked.as_deref());
        let Some(held) = held.filter(|held| !held.is_locked) else {
            return false;
        };
        self.viewer.credential = Some(held.id);
        self.viewer.who = held.who;
        true
    }

    async fn received(&mut self, message: Result<wire::ClientMessage, DecodeError>) -> Result<(), Over> {
        if let Ok(wire::ClientMessage::Hello { share, .. }) = &message
            && !self.session.is_open()
            && let Err((code, reason)) = self.greet(share)
        {
            self.state.hub.counts().turned_away.add(1);
            return self.end(code, reason).await;
        }
        self.act(|session, now, out| session.received(now, message, out))
            .await
    }

    /// Looks whether the other side is there, and may be.
    async fn look(&mut self) -> Result<(), Over> {
        self.ask_again().await?;
        let now = Instant::now();
        if now.duration_since(self.heard) > SILENT_FOR {
            return Err(Over);
        }
        if now.duration_since(self.heard.max(self.pinged)) > PING_EVERY {
            self.pinged = now;
            self.write(Message::Ping(bytes::Bytes::new())).await?;
        }
        Ok(())
    }

    /// Sends what waits in the outbox in one go; then takes whole what had no room in it.
    async fn forward(&mut self, first: Frame, frames: &mut Frames) -> Result<(), Over> {
        let mut next = Some(first);
        while let Some(frame) = next {
            self.count(frame.len());
            within(self.sink.feed(frame.into())).await?;
            next = frames.try_recv().ok();
        }
        within(self.sink.flush()).await?;
        self.session.sent(self.millis());
        let lagging = self.outbox.take_lagging();
        if lagging.is_empty() {
            return Ok(());
        }
        self.act(|session, _, out| {
            lagging.iter().for_each(|sub| session.lagged(*sub));
            session.caught_up(out);
        })
        .await
    }

    /// Lets the session decide, and does what it says.
    async fn act(
        &mut self,
        decide: impl FnOnce(&mut ServerSession, &Now<'_>, &mut Vec<Action>),
    ) -> Result<(), Over> {
        let mut actions = Vec::new();
        let now = Now {
            millis: self.millis(),
            server_millis: self.state.clock.now().millis(),
            position: self.state.hub.position(),
            build: &self.state.build,
        };
        decide(&mut self.session, &now, &mut actions);
        while !actions.is_empty() {
            let mut more = Vec::new();
            for action in actions {
                match action {
                    Action::Send(message) => self.send(&message).await?,
                    Action::Watch {
                        sub,
                        selector,
                        max_hz,
                        since,
                    } => {
                        self.unwatch(sub);
                        match self.watch(sub, selector, max_hz, since) {
                            Ok(answer) => self.send(&answer).await?,
                            Err(refusal) => {
                                self.session
                                    .refused(sub, refusal.code, refusal.message, &mut more)
                            }
                        }
                    }
                    Action::Unwatch { sub } => self.unwatch(sub),
                    Action::Close(code, reason) => {
                        let frame = CloseFrame {
                            code,
                            reason: reason.into(),
                        };
                        self.write(Message::Close(Some(frame))).await?;
                        if code == close::GOING_AWAY {
                            tracing::debug!("said goodbye to a socket");
                        }
                    }
                }
            }
            actions = more;
        }
        Ok(())
    }

    fn watch(
        &mut self,
        sub: u32,
        selector: Selector,
        max_hz: Option<u8>,
        since: Option<Position>,
    ) -> Result<ServerMessage, Refusal> {
        let twin = self.state.twin.read().unwrap_or_else(PoisonError::into_inner);
        if !may_watch(&self.viewer, &twin, &selector) {
            return Err(Refusal {
                code: ErrorCode::NotAllowed,
                message: "you may not see this",
            });
        }
        let (view, answer) = self.state.hub.watch(
            &twin,
            &self.outbox,
            sub,
            selector,
            &self.viewer.who.sight(),
            max_hz,
            since,
        )?;
        self.views.insert(sub, view);
        Ok(answer)
    }

    fn unwatch(&mut self, sub: u32) {
        if let Some(view) = self.views.remove(&sub) {
            self.state.hub.unwatch(view, &self.outbox, sub);
        }
    }

    async fn send(&mut self, message: &ServerMessage) -> Result<(), Over> {
        let frame = match self.outbox.form() {
            Form::Binary => Frame::Binary(codec::encode_server(message).into()),
            Form::Json => Frame::Json(codec::json::encode_server(message).into()),
        };
        self.count(frame.len());
        self.session.sent(self.millis());
        self.write(frame.into()).await
    }

    async fn write(&mut self, message: Message) -> Result<(), Over> {
        within(self.sink.send(message)).await
    }

    fn count(&self, bytes: usize) {
        let figures = self.state.hub.counts();
        figures.sent.add(1);
        figures.sent_bytes.add(bytes as u64);
    }

    /// Milliseconds since this connection began.
    fn millis(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl<K> Drop for Connection<K> {
    fn drop(&mut self) {
        self.state.hub.counts().sockets.fetch_sub(1, Relaxed);
    }
}

/// A write that takes too long is a connection that is gone.
async fn within<E>(write: impl Future<Output = Result<(), E>>) -> Result<(), Over> {
    match tokio::time::timeout(WRITE_WITHIN, write).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Over),
    }
}
