//! One link, from greeting to goodbye: the poll loop, in which nothing waits for anybody but the broker.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::task::{Ended, Task};
use crate::client::{Attempt, Failure, Link, Requests, Signal};
use crate::config::Version;
use crate::event::{Event, FilterGrant, State, Trouble};
use crate::reason::{Reason, Words};
use crate::{stop, words};

/// Time for acknowledgements and goodbye at the end.
const GOODBYE: Duration = Duration::from_secs(1);

type Polled = Result<Signal, Failure>;

/// We are about to go.
struct Leaving {
    by: Instant,
    /// Goodbye follows the last acknowledgement.
    said: bool,
    then: Ended,
}

impl Task {
    /// Follows a link until it ends. When nobody takes messages any more it stays up for the
    /// acknowledgements of those taken before.
    pub(super) async fn follow(
        &mut self,
        requests: Arc<dyn Requests>,
        mut link: impl Link,
        attempt: &Attempt,
    ) -> Ended {
        let mut leaving: Option<Leaving> = None;
        loop {
            // Also when the link never pauses, and the wait below is never reached.
            if leaving.is_none() && self.stop.has_changed().unwrap_or(true) {
                match self.stop_now(requests.as_ref()) {
                    Some(stopping) => leaving = Some(stopping),
                    None => return Ended::Stopped,
                }
            }
            if leaving
                .as_ref()
                .is_some_and(|leaving| leaving.by <= Instant::now())
            {
                return leaving.map_or(Ended::Stopped, |leaving| leaving.then);
            }
            self.make_room(leaving.is_some()).await;
            // One poll at a time, never cancelled while the link is wanted.
            let polled = {
                let mut poll = pin!(link.poll());
                match poll_fn(|context| Poll::Ready(poll.as_mut().poll(context))).await {
                    Poll::Ready(polled) => polled,
                    Poll::Pending => {
                        self.outlet.drain();
                        match self.wait(poll, requests.as_ref(), &mut leaving).await {
                            Ok(polled) => polled,
                            Err(ended) => return ended,
                        }
                    }
                }
            };
            match (polled, &mut leaving) {
                (Ok(signal), leaving) => self.signal(signal, &requests, attempt, leaving.as_mut()),
                (Err(_), Some(_)) => return leaving.map_or(Ended::Stopped, |leaving| leaving.then),
                (Err(failure), None) => return Ended::Failed(self.explained(failure)),
            }
            let worked_off =
                self.withholding && !self.outlet.waiting() && !self.outlet.closed() && self.acks.settled();
            if worked_off && leaving.is_none() {
                leaving = Some(self.leave(requests.as_ref(), Ended::Again));
            }
        }
    }

    /// Waits for the link, and meanwhile for room in the queue and for the wish to stop.
    async fn wait(
        &mut self,
        mut poll: Pin<&mut impl Future<Output = Polled>>,
        requests: &dyn Requests,
        leaving: &mut Option<Leaving>,
    ) -> Result<Polled, Ended> {
        let queue = self.outlet.queue();
        let mut stop = self.stop.clone();
        loop {
            let until = leaving.as_ref().map_or_else(Instant::now, |leaving| leaving.by);
            tokio::select! {
                biased;
                polled = &mut poll => return Ok(polled),
                permit = queue.clone().reserve_owned(), if self.outlet.waiting() => match permit {
                    Ok(permit) => self.outlet.fill(permit),
                    Err(_) => self.outlet.clear(),
                },
                () = stop::asked(&mut stop), if leaving.is_none() => match self.stop_now(requests) {
                    Some(stopping) => *leaving = Some(stopping),
                    None => return Err(Ended::Stopped),
                },
                () = sleep_until(until), if leaving.is_some() => {
                    return Err(leaving.take().map_or(Ended::Stopped, |leaving| leaving.then));
                }
            }
        }
    }

    fn signal(
        &mut self,
        signal: Signal,
        requests: &Arc<dyn Requests>,
        attempt: &Attempt,
        leaving: Option<&mut Leaving>,
    ) {
        match signal {
            Signal::Publish(publication) => self.publication(publication),
            Signal::Connected { session_present } => {
                self.up_since = Some(Instant::now());
                self.connected(requests, session_present, attempt);
            }
            Signal::Granted(codes) => self.granted(codes),
            // The broker hangs up when it has read everything: closing first could lose the last
            // acknowledgements on their way.
            Signal::Left => {}
            Signal::Other => {
                self.acks.flush();
                if let Some(leaving) = leaving.filter(|leaving| !leaving.said) {
                    leaving.said = self.say_goodbye(requests.as_ref());
                }
            }
        }
    }

    /// `None` when there is nobody yet to say goodbye to.
    fn stop_now(&self, requests: &dyn Requests) -> Option<Leaving> {
        self.up_since.map(|_| self.leave(requests, Ended::Stopped))
    }

    fn leave(&self, requests: &dyn Requests, then: Ended) -> Leaving {
        Leaving {
            by: Instant::now() + GOODBYE,
            said: self.say_goodbye(requests),
            then,
        }
    }

    /// `false` when there is no room for it yet.
    fn say_goodbye(&self, requests: &dyn Requests) -> bool {
        self.acks.flush();
        !self.acks.unsent() && requests.try_disconnect()
    }

    fn explained(&self, failure: Failure) -> Failure {
        if self.up_since.is_some() {
            return failure;
        }
        words::during_greeting(failure, self.config.version == Version::V5)
    }

    fn connected(&mut self, requests: &Arc<dyn Requests>, session_present: bool, attempt: &Attempt) {
        self.acks.opened(Arc::clone(requests));
        // At first a session may have the filters of an earlier configuration.
        let has_former_filters = !self.subscribed && !self.config.former_filters.is_empty();
        let is_continued = session_present && !has_former_filters;
        self.state(State::Connected { is_continued }, None);
        if self.had_session && !session_present && !attempt.clean {
            self.trouble(Trouble::SessionLost);
        }
        self.clean_once = false;
        self.had_session = !self.config.clean();
        if session_present && has_former_filters {
            requests.try_unsubscribe(&self.config.former_filters);
        }
        // Also on a session found again: only a new subscription brings the retained messages, and at QoS 0
        // they alone tell what was missed.
        if !self.filters.is_empty() && !requests.try_subscribe(&self.filters, self.config.qos.min(1)) {
            tracing::error!(broker = self.config.name, "the subscription was not sent");
        }
        if self.filters.is_empty() {
            self.granted(Vec::new());
        }
        self.subscribed = true;
    }

    fn granted(&mut self, codes: Vec<Result<u8, Words>>) {
        let valid = self.filters.iter().cloned().zip(codes);
        let mut grants: Vec<_> = valid
            .map(|(filter, granted)| FilterGrant { filter, granted })
            .collect();
        grants.extend(self.invalid.iter().map(|filter| FilterGrant {
            filter: filter.clone(),
            granted: Err(Reason::FilterInvalid.into()),
        }));
        self.outlet.event(Event::Subscribed(grants));
    }
}
