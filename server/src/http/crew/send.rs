//! `POST /api/crew/send`: what was done on a tablet, item by item, with the rights of whoever sits there.

use std::collections::BTreeSet;

use app::i18n::Messages;
use app::still::work::words::refusal;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use crew::send::{Answer, Answers, Became};
use maintenance::id::{Key, OrderId, PersonId};
use maintenance::order::event::Author;
use maintenance::order::{Rights, What};
use serde_json::json;
use twin::Span;

use super::Sitting;
use super::batch::{self, BadBatch, Done, Wrong};
use crate::http::doors::Doors;
use crate::http::work::words;
use crate::work::files::name_of;
use crate::work::list::{rights, sees_work};
use crate::work::{Act, WorkError};

/// A tablet's clock that is off by more is told of.
const SKEW: Span = Span::from_secs(300);

/// `POST /api/crew/send`
pub(super) async fn send(State(doors): State<Doors>, parts: Parts, body: Bytes) -> Response {
    let sitting = match doors.seated(&parts).await {
        Ok(sitting) => sitting,
        Err(answer) => return *answer,
    };
    let batch = match batch::read(&body) {
        Ok(batch) => batch,
        Err(BadBatch::TooLarge) => {
            return (StatusCode::PAYLOAD_TOO_LARGE, "Send fewer at once.\n").into_response();
        }
        Err(BadBatch::Unread) => return (StatusCode::BAD_REQUEST, "This is no batch.\n").into_response(),
    };
    if batch.device != sitting.seat.device {
        return (StatusCode::FORBIDDEN, "This seat is another tablet's.\n").into_response();
    }
    // Whoever hangs up meanwhile does not stop it half way.
    let work = tokio::spawn(async move { doors.take_batch(&sitting, batch).await });
    match work.await {
        Ok(answers) => ([(header::CACHE_CONTROL, "no-store")], Json(answers)).into_response(),
        Err(error) => crate::http::doors::broken(&error),
    }
}

/// What is gone through, item by item.
struct Taking<'t> {
    doors: &'t Doors,
    sitting: &'t Sitting,
    m: Messages,
    /// How far the tablet's clock was ahead, where that is too far.
    ahead: Option<Span>,
    /// Orders of which an item was refused.
    stuck: BTreeSet<OrderId>,
    /// Nothing can be written now.
    is_broken: bool,
}

impl Doors {
    async fn take_batch(&self, sitting: &Sitting, batch: batch::Read) -> Answers {
        let now = self.backend.clock.now();
        let ahead = batch.sent.since(now);
        let ahead = (ahead > SKEW || now.since(batch.sent) > SKEW).then_some(ahead);
        if let Some(ahead) = ahead {
            let (seat, seconds) = (sitting.seat.id, ahead.micros() / 1_000_000);
            tracing::warn!(
                seat,
                seconds,
                "the clock of a tablet is ahead, or behind where below zero"
            );
        }
        let mut taking = Taking {
            doors: self,
            sitting,
            m: Messages::of(sitting.viewer.locale),
            ahead,
            stuck: BTreeSet::new(),
            is_broken: false,
        };
        let mut answers = Vec::with_capacity(batch.items.len());
        for item in batch.items {
            answers.push(taking.item(item).await);
        }
        Answers {
            now: now.micros(),
            answers,
        }
    }
}

impl Taking<'_> {
    async fn item(&mut self, item: Result<Done, Wrong>) -> Answer {
        let item = match item {
            Ok(item) => item,
            Err(wrong) => {
                let order = wrong.order.map(OrderId::new);
                return self.refused(wrong.key, order, wrong.word);
            }
        };
        let key = item.key.to_string();
        if self.is_broken || item.order.is_some_and(|order| self.stuck.contains(&order)) {
            return answer(key, item.order, Became::Again);
        }
        let Some(rights) = self.rights(&item) else {
            return self.refused(key, item.order, "other_order");
        };
        let photos = photos_of(&item.what);
        let (order, count) = (item.order, item.what.len());
        let words: Vec<&str> = item.what.iter().map(crate::http::work::event_word).collect();
        let act = Act {
            order,
            key: item.key,
            author: self.author(),
            device: self.sitting.seat.device,
            seen: item.seen,
            at: Some(item.at),
            what: item.what,
        };
        match self.doors.backend.work.take(act, rights).await {
            Ok(done) => {
                if !done.is_repeated() {
                    self.taken(done.order, order.is_none(), &words).await;
                }
                let became = self
                    .conflict(done.order, item.key, count)
                    .unwrap_or(Became::Taken);
                let files = &self.doors.backend.files;
                Answer {
                    photos: photos
                        .iter()
                        .filter(|hash| !files.has(hash))
                        .map(name_of)
                        .collect(),
                    ..answer(key, Some(done.order), became)
                }
            }
            Err(WorkError::Records(error)) => {
                tracing::error!(%error, "what a tablet sent cannot be written");
                self.is_broken = true;
                answer(key, order, Became::Again)
            }
            Err(WorkError::Broken(error)) => {
                tracing::error!(%error, "what a tablet sent cannot be taken");
                self.is_broken = true;
                answer(key, order, Became::Again)
            }
            Err(error) => self.refused(key, order, words::of_error(&error).1),
        }
    }

    fn author(&self) -> Author {
        let account = self.sitting.viewer.who.account();
        Author::Person(PersonId::new(account.map_or(0, access::AccountId::get)))
    }

    /// What they may on the item's equipment; none where they see nothing of it.
    fn rights(&self, item: &Done) -> Option<Rights> {
        let backend = &self.doors.backend;
        let asset = match (item.order, item.what.first()) {
            (Some(order), _) => backend.work.order(order, |order| order.request().asset),
            (None, Some(What::Requested(request))) => Some(request.asset),
            (None, _) => None,
        }?;
        let viewer = &self.sitting.viewer;
        backend.read(|twin| {
            let is_seen = twin.asset(asset).is_some() && sees_work(viewer, twin, asset);
            is_seen.then(|| rights(viewer, twin, asset))
        })
    }

    fn refused(&mut self, key: String, order: Option<OrderId>, word: &'static str) -> Answer {
        self.stuck.extend(order);
        let became = Became::Refused {
            word: word.to_owned(),
            words: refusal(self.m, word).to_owned(),
        };
        answer(key, order, became)
    }

    /// What in this item waits for somebody's word, also when it was sent before.
    fn conflict(&self, order: OrderId, key: Key, count: usize) -> Option<Became> {
        let of_item = |mine: Key| mine.get().wrapping_sub(key.get()) < count as u128;
        let viewer = &self.sitting.viewer;
        let found = self.doors.backend.work.order(order, |order| {
            let open = order.open_conflicts().find(|conflict| of_item(conflict.mine))?;
            Some(Became::Conflict {
                words: self.doors.conflict_words(viewer, order, open),
                event: open.mine.to_string(),
                usual: open.kind.usual().word().to_owned(),
            })
        });
        found.flatten()
    }

    /// What is to be told beside: the audit log, and the need of what was reported.
    async fn taken(&self, order: OrderId, is_new: bool, words: &[&str]) {
        let (backend, doer) = (&self.doors.backend, self.sitting.doer());
        if is_new {
            let asked = backend.work.order(order, crate::needs::watch::asked_of);
            if let Some(asked) = asked.flatten()
                && let Err(error) = backend.needs.adopt(asked).await
            {
                // It is looked at again soon.
                tracing::warn!(%error, "a need is not told of its order yet");
            }
        }
        let ahead = self.ahead.map(|ahead| ahead.micros() / 1_000_000);
        let details = json!({"after": words, "clock_ahead_seconds": ahead});
        let action = if is_new { "work.request" } else { "work.tablet" };
        let audit = &self.doors.accounts.audit;
        if let Err(error) = audit.note(doer, action, format!("order {order}"), details).await {
            tracing::error!(%error, "what a tablet sent is not in the audit log");
        }
    }
}

fn answer(key: String, order: Option<OrderId>, became: Became) -> Answer {
    Answer {
        key,
        order: order.map(OrderId::get),
        became,
        photos: Vec::new(),
    }
}

/// Hashes of the files that events name.
pub(super) fn photos_of(what: &[What]) -> Vec<[u8; 32]> {
    what.iter().filter_map(crate::work::files::named_by).collect()
}
