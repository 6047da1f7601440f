//! What the tablet knows. Everything shown comes from here, and here from what the tablet keeps: the network only
//! changes what is kept.

use app::i18n::Messages;
use crew::day::{Day, Me, OrderCard};
use crew::outbox::{Kept, Outbox, Preview, State, key, order_of};
use crew::send::Item;
use leptos::prelude::*;
use maintenance::form::WhatForm;
use maintenance::order::What;
use serde::{Deserialize, Serialize};

use super::device::{self, Fault, Picture};
use super::route::{Route, follow};
use super::sync;
use super::times::Times;

/// Somebody who works on this tablet.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct KeptSeat {
    /// Who.
    pub me: Me,
    /// Their secret under their PIN; empty when the seat is over.
    pub hidden: String,
}

/// The seat that is open: its secret is in the memory of this tab only.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct OpenSeat {
    /// Who.
    pub me: Me,
    /// What proves it.
    pub secret: String,
}

/// What the tablet is set to.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Settings {
    /// Its key: 32 hexadecimal digits.
    pub device: String,
    /// What it is called.
    pub name: String,
    /// The main button is on the left.
    pub is_left_handed: bool,
    /// Black on white for the sun.
    pub is_contrast: bool,
    /// The last codes that were scanned, the latest first.
    pub scanned: Vec<String>,
}

/// A day, and when it came by the tablet's clock (microseconds since 1970).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Got {
    /// The day.
    pub day: Day,
    /// When.
    pub at: i64,
}

/// Whether the server answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Net {
    /// Within two seconds.
    Online,
    /// Later.
    Slow,
    /// Not at all.
    Offline,
}

/// All of it.
#[derive(Clone, Copy)]
pub struct Tablet {
    /// The reader's texts.
    pub m: Messages,
    /// Where somebody is.
    pub route: RwSignal<Route>,
    /// Who works on this tablet.
    pub seats: RwSignal<Vec<KeptSeat>>,
    /// Who works on it now.
    pub seat: RwSignal<Option<OpenSeat>>,
    /// Their day.
    pub got: RwSignal<Option<Got>>,
    /// What is not sent yet, of everybody.
    pub outbox: RwSignal<Outbox>,
    /// What it is set to.
    pub settings: RwSignal<Settings>,
    /// Whether the server answers.
    pub net: RwSignal<Net>,
    /// Something that must be read.
    pub notice: RwSignal<Option<String>>,
    /// A new version waits.
    pub is_new: RwSignal<bool>,
    /// The store was read.
    pub is_ready: RwSignal<bool>,
    /// Everything was erased.
    pub is_erased: RwSignal<bool>,
    /// Something is being sent.
    pub is_busy: RwSignal<bool>,
    /// The build of this program.
    pub build: StoredValue<String>,
}

/// The tablet, from context.
#[must_use]
pub fn use_tablet() -> Tablet {
    expect_context()
}

impl Tablet {
    /// A tablet that has read nothing yet.
    #[must_use]
    pub fn new(m: Messages, build: String) -> Self {
        let route = RwSignal::new(Route::here());
        follow(route);
        Self {
            m,
            route,
            seats: RwSignal::new(Vec::new()),
            seat: RwSignal::new(None),
            got: RwSignal::new(None),
            outbox: RwSignal::new(Outbox::default()),
            settings: RwSignal::new(Settings::default()),
            net: RwSignal::new(Net::Online),
            notice: RwSignal::new(None),
            is_new: RwSignal::new(false),
            is_ready: RwSignal::new(false),
            is_erased: RwSignal::new(false),
            is_busy: RwSignal::new(false),
            build: StoredValue::new(build),
        }
    }

    /// Reads what is kept.
    pub async fn read(self) -> Result<(), Fault> {
        let mut settings: Settings = device::kept("settings").await?.unwrap_or_default();
        if settings.device.is_empty() {
            settings.device = format!("{:032x}", device::dice());
            let four: String = settings.device.chars().take(4).collect();
            settings.name = self.m.crew_tablet_name(&four);
            device::store("settings", &settings).await?;
        }
        self.settings.set(settings);
        self.seats.set(device::kept("seats").await?.unwrap_or_default());
        self.outbox.set(Outbox::from_kept(device::kept_items().await?));
        if let Ok(seat) = serde_json::from_str::<OpenSeat>(&device::remembered()) {
            self.open(seat).await;
        }
        Ok(())
    }

    /// Lets somebody work on the tablet.
    pub async fn open(self, seat: OpenSeat) {
        self.got
            .set(device::kept(&day_name(seat.me.person)).await.ok().flatten());
        device::remember(&serde_json::to_string(&seat).unwrap_or_default());
        self.seat.set(Some(seat));
        sync::soon(self);
    }

    /// Nobody works on the tablet now; nothing is taken off it.
    pub fn close(self) {
        device::remember("");
        self.seat.set(None);
        self.got.set(None);
    }

    /// Changes a setting.
    pub fn set(self, change: impl FnOnce(&mut Settings)) {
        self.settings.update(change);
        let settings = self.settings.get_untracked();
        leptos::task::spawn_local(async move {
            if let Err(fault) = device::store("settings", &settings).await {
                self.say(fault);
            }
        });
    }

    /// Says that something was not kept.
    pub fn say(self, fault: Fault) {
        let words = match fault {
            Fault::Full => self.m.crew_full(),
            Fault::Unheard => self.m.crew_unheard(),
            Fault::Other => self.m.crew_not_kept(),
        };
        self.notice.set(Some(words.to_owned()));
    }

    /// The tablet's clock, microseconds since 1970.
    #[must_use]
    pub fn now(self) -> i64 {
        device::now().saturating_mul(1_000)
    }

    /// Writes times of the day that is here.
    #[must_use]
    pub fn times(self) -> Times {
        self.got
            .with(|got| Times::of(self.m, got.as_ref().map(|got| &got.day)))
    }

    /// An order of the day.
    #[must_use]
    pub fn card(self, id: u32) -> Option<OrderCard> {
        self.got.with(|got| {
            got.as_ref()?
                .day
                .orders
                .iter()
                .find(|card| card.id == id)
                .cloned()
        })
    }

    /// An order as it will be, with all that is done to it on this tablet.
    #[must_use]
    pub fn order(self, id: u32) -> Option<Preview> {
        let device = self.settings.with(|settings| settings.device.clone());
        let card = self.card(id)?;
        self.outbox.with(|outbox| {
            let kept = outbox
                .items()
                .iter()
                .filter(|kept| !matches!(kept.state, State::Refused { .. }));
            order_of(&card.log, kept, &device)
        })
    }

    /// Writes something down, or says why not. What was entered stays where it was entered then.
    pub async fn act(
        self,
        order: Option<u32>,
        what: Vec<What>,
        pictures: Vec<Picture>,
        title: String,
    ) -> bool {
        let Some(seat) = self.seat.get_untracked() else {
            return false;
        };
        let seen = order
            .and_then(|id| untrack(|| self.card(id)))
            .map_or(0, |card| card.log.len());
        let photos: Vec<String> = pictures.into_iter().map(|picture| picture.hash).collect();
        let kept = Kept {
            item: Item {
                key: key(device::now(), device::dice()),
                order,
                seen: u32::try_from(seen).unwrap_or(u32::MAX),
                at: self.now(),
                what: what.iter().map(WhatForm::from).collect(),
            },
            person: seat.me.person,
            title,
            place: self.outbox.with_untracked(Outbox::next_place),
            photos: photos.clone(),
            state: State::Saved,
            tries: 0,
            not_before: 0,
        };
        match device::write(std::slice::from_ref(&kept), &photos, &[]).await {
            Ok(()) => {
                self.outbox.update(|outbox| outbox.add(kept));
                sync::soon(self);
                true
            }
            Err(fault) => {
                self.say(fault);
                false
            }
        }
    }

    /// Writes items down that changed; those that are gone are taken away.
    pub async fn write(self, keys: &[String]) {
        let (mut there, mut gone) = (Vec::new(), Vec::new());
        self.outbox.with_untracked(|outbox| {
            for key in keys {
                match outbox.item(key) {
                    Some(kept) => there.push(kept.clone()),
                    None => gone.push(key.clone()),
                }
            }
        });
        if let Err(fault) = device::write(&there, &[], &gone).await {
            self.say(fault);
        }
    }
}

/// Under which name a person's day is kept.
#[must_use]
pub fn day_name(person: u32) -> String {
    format!("day:{person}")
}
