//! What the demo begins with: a few orders on the demo plant, told apart by where they come from.

use maintenance::iso14224::{Activity, Cause, FailureMode};
use maintenance::order::event::{Author, External, Finding, Request};
use maintenance::order::job::Labour;
use maintenance::order::{Answer, Change, Dates, Job, Order, Priority, Rights, Status, What, WorkKind};
use twin::{AssetId, Span, Timestamp};

use super::desk::{Act, key_of};
use super::steps;
use crate::backend::Gemba;

/// The system that the demo's orders come from.
pub(super) const SYSTEM: &str = "demo";

/// Whether an order was made for the demo.
#[must_use]
pub fn is_demo(order: &Order) -> bool {
    let external = order.request().external.as_ref();
    external.is_some_and(|external| &*external.system == SYSTEM)
}

/// One order and how far it has come.
struct Story {
    /// Tells it from the others, for ever.
    name: &'static str,
    /// The asset's key in the demo plant's model.
    asset: &'static str,
    title: &'static str,
    said: &'static str,
    kind: WorkKind,
    mode: FailureMode,
    priority: Priority,
    /// Days from now.
    due: i64,
    craft: &'static str,
    hours: f64,
    /// As `steps` reads them.
    steps: &'static str,
    answers: fn() -> Vec<Answer>,
    finding: Option<(Cause, Activity, &'static str)>,
    moves: &'static [(Status, Option<&'static str>)],
}

const BEARING: Story = Story {
    name: "bearing",
    asset: "lyon-p-101",
    title: "Drive-end bearing runs rough",
    said: "Heard on the morning round: a grinding noise at the drive end, louder than last week.",
    kind: WorkKind::ConditionBased,
    mode: FailureMode::Vibration,
    priority: Priority::High,
    due: 5,
    craft: "mechanic",
    hours: 3.0,
    steps: "Isolate the pump and lock it out\nReplace the bearing\nVibration at the drive end | mm/s | 0 | 4.5\nSeal | good ; worn ; leaks",
    answers: Vec::new,
    finding: None,
    moves: &[(Status::Approved, None), (Status::Planned, None)],
};

const GEAR_OIL: Story = Story {
    name: "gear-oil",
    asset: "lyon-line-2-filler-g2",
    title: "Change the gear oil",
    said: "Every 4 000 hours.",
    kind: WorkKind::Predetermined,
    mode: FailureMode::Other,
    priority: Priority::Medium,
    due: -1,
    craft: "lubrication",
    hours: 1.5,
    steps: "Drain and refill\nOil level | mm | 20 | 35",
    moves: &[(Status::Approved, None), (Status::Planned, None)],
    ..BEARING
};

const BLOW_OFF: Story = Story {
    name: "blow-off",
    asset: "lyon-c-01",
    title: "Blow-off valve sticks open",
    said: "The compressor loads late and loses air at idle.",
    kind: WorkKind::CorrectiveImmediate,
    mode: FailureMode::FailsToClose,
    priority: Priority::Urgent,
    due: 1,
    craft: "mechanic",
    hours: 2.0,
    steps: "Lock the compressor out\nFree or replace the valve",
    moves: &[(Status::InProgress, Some("Air pressure falls on both lines"))],
    ..BEARING
};

const SALT_SWITCH: Story = Story {
    name: "salt-switch",
    asset: "lyon-sf-01",
    title: "Salt level switch does not react",
    said: "The tank was nearly empty and nothing was shown.",
    kind: WorkKind::CorrectiveDeferred,
    mode: FailureMode::FailsToFunction,
    priority: Priority::Medium,
    due: 14,
    craft: "instruments",
    hours: 1.0,
    steps: "",
    moves: &[],
    ..BEARING
};

const MEMBRANES: Story = Story {
    name: "membranes",
    asset: "lyon-ro-01-stage-1",
    title: "Clean the membranes",
    said: "Normalised flow is down by a tenth since the last cleaning.",
    kind: WorkKind::ConditionBased,
    mode: FailureMode::Plugged,
    priority: Priority::Medium,
    due: 7,
    craft: "process",
    hours: 6.0,
    steps: "Alkaline cleaning\nAcid cleaning\nFlow after cleaning | m3/h | 16.5 | 31",
    moves: &[
        (Status::InProgress, Some("The skid stands for the shift anyway")),
        (Status::Blocked, Some("The cleaning agent arrives on Thursday")),
    ],
    ..BEARING
};

const CAPPER: Story = Story {
    name: "capper",
    asset: "lyon-line-2-capper",
    title: "Torque of head 4 drifts",
    said: "Loose caps at the outlet, always from head 4.",
    kind: WorkKind::CorrectiveDeferred,
    mode: FailureMode::ParameterDeviation,
    priority: Priority::High,
    due: 3,
    craft: "mechanic",
    hours: 1.0,
    steps: "Adjust the clutch of head 4\nTorque | N.m | 1.2 | 1.8",
    answers: || {
        let value = Answer::Read {
            value: 1.5,
            note: None,
        };
        vec![Answer::Checked, value]
    },
    finding: Some((Cause::WearAndTear, Activity::Adjust, "The clutch had loosened.")),
    moves: &[
        (Status::InProgress, Some("Caps came loose")),
        (Status::Done, None),
    ],
};

const STORIES: [Story; 6] = [BEARING, GEAR_OIL, BLOW_OFF, SALT_SWITCH, MEMBRANES, CAPPER];

/// Opens the demo's orders that are not there yet. Whose asset is not in the model is left out.
pub async fn begin(backend: &Gemba) {
    let now = backend.clock.now();
    for story in &STORIES {
        let key = key_of(&format!("demo order {}", story.name));
        let asset = backend.read(|twin| twin.modelled(story.asset));
        let Some(asset) = asset.filter(|_| backend.work.of_key(key).is_none()) else {
            continue;
        };
        let act = Act {
            order: None,
            key,
            author: Author::System(SYSTEM.into()),
            device: key_of("demo"),
            seen: 0,
            at: None,
            what: story.what(asset, now),
        };
        if let Err(error) = backend.work.take(act, Rights::ALL).await {
            tracing::warn!(%error, order = story.name, "an order of the demo cannot be made");
        }
    }
}

impl Story {
    /// All that was done on it, in order.
    fn what(&self, asset: AssetId, now: Timestamp) -> Vec<What> {
        let steps = steps::from_text(self.steps, &Job::default()).unwrap_or_default();
        let answers = steps.iter().zip((self.answers)());
        let answers = answers.map(|(step, answer)| What::Answered {
            step: step.id,
            answer,
        });
        let answers: Vec<What> = answers.collect();
        let job = Job {
            steps,
            labour: vec![Labour {
                craft: self.craft.into(),
                qualification: None,
                people: 1,
                hours: self.hours,
            }],
            ..Job::default()
        };
        let mut what = vec![
            What::Requested(Box::new(self.request(asset, now))),
            What::Commented {
                text: self.said.into(),
                mentions: Vec::new(),
            },
            What::Changed(Change::Job(Box::new(job))),
        ];
        what.extend(answers);
        what.extend(self.finding.map(|(cause, activity, text)| {
            What::Found(Finding {
                mode: self.mode,
                mechanism: None,
                cause: Some(cause),
                activity,
                text: text.into(),
            })
        }));
        what.extend(self.moves.iter().map(|(to, reason)| What::Moved {
            to: *to,
            reason: reason.map(Box::from),
        }));
        what
    }

    fn request(&self, asset: AssetId, now: Timestamp) -> Request {
        Request {
            asset,
            title: self.title.into(),
            kind: self.kind,
            mode: self.mode,
            priority: self.priority,
            dates: Dates {
                earliest: None,
                latest: Some(now + Span::from_secs(self.due * 86_400)),
            },
            needs: Vec::new(),
            external: Some(External {
                system: SYSTEM.into(),
                id: self.name.into(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use maintenance::id::{Key, OrderId};
    use maintenance::order::Event;

    #[test]
    fn every_story_of_the_demo_holds_to_its_end() {
        let now = Timestamp::from_millis(1_772_431_200_000);
        for story in &STORIES {
            let events = (1..)
                .zip(story.what(AssetId::new(1), now))
                .map(|(number, what)| Event {
                    key: Key::new(number),
                    order: OrderId::new(1),
                    author: Author::Gemba,
                    device: Key::new(9),
                    at: now,
                    received: now,
                    seen: 0,
                    what,
                });
            let order = Order::fold(events).unwrap_or_else(|why| panic!("{}: {why:?}", story.name));
            let last = story.moves.last().map_or(Status::Requested, |(to, _)| *to);
            assert_eq!(order.map(|order| order.status()), Some(last), "{}", story.name);
        }
    }
}
