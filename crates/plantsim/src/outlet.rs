//! How values leave the plant: outlets with their periods, and gateways that may be late or cut.

use std::collections::VecDeque;

use crate::board::{Board, Route};
use crate::calendar::SECOND;
use crate::payload::{Shape, Writer};
use crate::rng::{Rng, hash};
use crate::tag::{TagId, TagSpec};

/// A message as it is handed to MQTT.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Publication {
    /// Topic.
    pub topic: String,
    /// Payload.
    pub payload: Vec<u8>,
    /// To be kept by the broker.
    pub retain: bool,
    /// QoS to publish with.
    pub qos: u8,
    /// When its values were measured, in microseconds since 1970; the payload may say so too.
    pub time_micros: i64,
}

/// The boxes that talk to the broker.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Gateway {
    LyonWater,
    LyonBuilding,
    LyonLine1,
    LyonLine2,
    LyonEnergy,
    RotterdamUtilities,
    RotterdamWater,
    RotterdamLine1,
    RotterdamLine2,
}

impl Gateway {
    /// Whether it stands in Rotterdam.
    pub(crate) fn in_rotterdam(self) -> bool {
        match self {
            Self::RotterdamUtilities | Self::RotterdamWater | Self::RotterdamLine1 | Self::RotterdamLine2 => {
                true
            }
            Self::LyonWater | Self::LyonBuilding | Self::LyonLine1 | Self::LyonLine2 | Self::LyonEnergy => {
                false
            }
        }
    }
}

/// One message of the plant: its values and its rhythm.
#[derive(Clone, Debug)]
pub(crate) struct Outlet {
    gateway: Gateway,
    shape: Shape,
    pub(crate) topic: String,
    /// 0: when it changes.
    pub(crate) period_secs: u32,
    qos: u8,
    tags: Vec<(TagId, String, String)>,
    due: i64,
    /// Bytes of the last message.
    length: usize,
    /// Version last sent, for those that speak when they change.
    sent: Option<u32>,
}

impl Outlet {
    /// `place` counts the outlets of its asset: they speak in the order they were declared, so that a
    /// reader meets the telling tags first, and everything within two seconds of the start.
    pub(crate) fn new(
        route: &Route,
        topic: &str,
        asset: &str,
        place: usize,
        period_secs: u32,
        start: i64,
    ) -> Self {
        // Assets do not speak in chorus.
        let phase = i64::try_from(hash(asset) % 1_000_000).unwrap_or(0)
            + 7_000 * i64::try_from(place).unwrap_or(0).min(140);
        Self {
            gateway: route.gateway,
            shape: route.shape,
            topic: topic.to_owned(),
            period_secs,
            // A change is said once, so it must arrive.
            qos: if period_secs == 0 { 1 } else { route.qos },
            tags: Vec::new(),
            // Whole milliseconds, as the payloads have them.
            due: (start + phase).div_euclid(1_000) * 1_000,
            length: 64,
            sent: None,
        }
    }

    pub(crate) fn push(&mut self, id: TagId, spec: &TagSpec) {
        self.tags
            .push((id, spec.field.clone(), spec.unit.clone().unwrap_or_default()));
    }

    /// When its values were measured, if it has something to say at `now`.
    fn take_due(&mut self, now: i64, board: &Board) -> Option<i64> {
        if self.period_secs == 0 {
            let version = self.tags.first().map(|(id, ..)| board.version(*id));
            if version == self.sent {
                return None;
            }
            self.sent = version;
            return Some(now.div_euclid(1_000) * 1_000);
        }
        if now < self.due {
            return None;
        }
        let period = i64::from(self.period_secs) * SECOND;
        // What was slept over is not made up for.
        let stamp = self.due + (now - self.due) / period * period;
        self.due = stamp + period;
        Some(stamp)
    }

    fn message(&mut self, stamp: i64, board: &mut Board) -> Option<Publication> {
        let mut writer = Writer::new(self.shape, stamp, self.length + 8);
        for (id, field, unit) in &self.tags {
            if let Some(value) = board.measure(*id) {
                writer.push(field, unit, &value);
            }
        }
        let payload = writer.finish()?;
        self.length = payload.len();
        Some(Publication {
            topic: self.topic.clone(),
            payload,
            retain: self.period_secs == 0,
            qos: self.qos,
            time_micros: stamp,
        })
    }
}

/// What is wrong with the ways out.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(crate) struct Trouble {
    /// Rotterdam cannot be reached.
    pub cut: bool,
    /// The gateway of Lyon's line 1 delivers up to this late, in microseconds, and in any order.
    pub lateness: i64,
}

/// Messages a gateway keeps at most while it cannot deliver; the oldest go first.
const BACKLOG: usize = 20_000;

/// Messages of the backlog delivered in one step.
const CATCH_UP: usize = 200;

/// All ways out of the plant.
#[derive(Clone, Debug)]
pub(crate) struct Outlets {
    outlets: Vec<Outlet>,
    rng: Rng,
    /// Kept while the network is cut, oldest first.
    backlog: VecDeque<Publication>,
    /// Under way late: when each is to be delivered.
    late: Vec<(i64, Publication)>,
}

impl Outlets {
    pub(crate) fn new(outlets: Vec<Outlet>, rng: &Rng) -> Self {
        Self {
            outlets,
            rng: rng.clone(),
            backlog: VecDeque::new(),
            late: Vec::new(),
        }
    }

    /// Forgets what those that speak when they change have said.
    pub(crate) fn announce(&mut self, topic_prefix: &str) {
        for outlet in self
            .outlets
            .iter_mut()
            .filter(|outlet| outlet.topic.starts_with(topic_prefix))
        {
            outlet.sent = None;
        }
    }

    /// Sends what is due at `now`.
    pub(crate) fn step(
        &mut self,
        now: i64,
        trouble: Trouble,
        board: &mut Board,
        sink: &mut dyn FnMut(Publication),
    ) {
        if !trouble.cut {
            self.backlog
                .drain(..self.backlog.len().min(CATCH_UP))
                .for_each(&mut *sink);
        }
        self.deliver_late(now, trouble, sink);
        for outlet in &mut self.outlets {
            let Some(stamp) = outlet.take_due(now, board) else {
                continue;
            };
            let Some(publication) = outlet.message(stamp, board) else {
                continue;
            };
            if trouble.cut && outlet.gateway.in_rotterdam() {
                // What carries no time of its own would be taken for the present later.
                if outlet.shape.is_stamped() {
                    if self.backlog.len() == BACKLOG {
                        self.backlog.pop_front();
                    }
                    // It will no longer be the last word, so the broker must not keep it.
                    self.backlog.push_back(Publication {
                        retain: false,
                        ..publication
                    });
                }
            } else if trouble.lateness > 0 && outlet.gateway == Gateway::LyonLine1 {
                let delay = self.rng.between(0.3, 1.0) * trouble.lateness as f64;
                self.late.push((stamp + delay as i64, publication));
            } else {
                sink(publication);
            }
        }
    }

    /// Delivers what has been late for long enough, in the order of delivery; all of it once the
    /// gateway is well again.
    fn deliver_late(&mut self, now: i64, trouble: Trouble, sink: &mut dyn FnMut(Publication)) {
        if self.late.is_empty() {
            return;
        }
        let (mut ready, waiting): (Vec<_>, Vec<_>) = std::mem::take(&mut self.late)
            .into_iter()
            .partition(|(at, _)| *at <= now || trouble.lateness == 0);
        self.late = waiting;
        ready.sort_by_key(|(at, _)| *at);
        ready.into_iter().for_each(|(_, publication)| sink(publication));
    }
}
