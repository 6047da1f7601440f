//! What was done on an order as its page shows it: time, parts, permits, locks, standing still, money, with sums.

use std::collections::BTreeMap;

use app::still::work::{PartChoice, RecordLine, Recorded, Records, TickLine};
use maintenance::id::{Key, PersonId};
use maintenance::need::Evidence;
use maintenance::order::event::{CostKind, Money, TimeKind};
use maintenance::order::{Event, Right, Rights, What};
use maintenance::span::hours;
use twin::Timestamp;

use super::records::Around;
use super::shown::Drawing;
use crate::stock::Stock;

impl Drawing<'_> {
    /// All of it. `stock` tells what is on the shelf.
    pub(super) fn recorded(
        &self,
        rights: Rights,
        around: &Around,
        stock: &Stock,
        now: Timestamp,
    ) -> Recorded {
        let me = self.author.person().unwrap_or(PersonId::new(0));
        let order = self.order;
        let is_ended = order.status().is_ended();
        let records = |what: fn(&What) -> bool| {
            let facts = order.facts().into_iter().filter(|event| what(&event.what));
            facts.map(|event| self.record(event, around, rights)).collect()
        };
        let part = |(id, code, name, _): &(u32, String, String, String)| {
            let on_hand = stock.parts.get(&maintenance::id::PartId::new(*id));
            let left = on_hand.map_or_else(String::new, |part| self.amount(part.on_hand, &part.unit));
            PartChoice {
                code: code.clone(),
                label: format!("{name} ({left})"),
            }
        };
        let stood: f64 = order
            .stops()
            .iter()
            .map(|stop| hours(stop.to.unwrap_or(now).since(stop.from)).max(0.0))
            .sum();
        let craft = order.job().labour.first();
        Recorded {
            time: Records {
                lines: records(|what| matches!(what, What::Worked(_))),
                sum: self.hours(order.hours(None)),
            },
            parts: Records {
                lines: records(|what| matches!(what, What::Used { .. } | What::Reserved { .. })),
                sum: String::new(),
            },
            stops: Records {
                lines: records(|what| matches!(what, What::Stopped(_))),
                sum: self.hours(stood),
            },
            costs: Records {
                lines: records(|what| matches!(what, What::Spent(_))),
                sum: self.money(order.cost()),
            },
            needed: self.needed(around, stock, now),
            permits: self.permits(),
            locks: self.locks(),
            may_do: rights.has(Right::Execute) && !is_ended,
            may_spend: rights.has(Right::Execute),
            may_reserve: rights.has(Right::Plan) && !is_ended,
            me: me.get(),
            people: around.workers.clone(),
            craft: craft.map_or_else(String::new, |one| one.craft.to_string()),
            shelf: around.parts.iter().map(part).collect(),
            points: around
                .points
                .iter()
                .map(|(id, words, _)| (*id, words.clone()))
                .collect(),
            watching: (me.get() != 0 && rights.has(Right::Request)).then(|| order.watchers().contains(&me)),
            watchers: order.watchers().len(),
        }
    }

    /// Whether the page has this form for somebody with these rights.
    pub(super) fn takes(&self, form: &str, rights: Rights) -> bool {
        let may_do = rights.has(Right::Execute) && !self.order.status().is_ended();
        match form {
            "time" | "stop" => may_do,
            "part" => !self.around.parts.is_empty() && (may_do || rights.has(Right::Plan)),
            "cost" => rights.has(Right::Execute),
            _ => true,
        }
    }

    fn hours(&self, hours: f64) -> String {
        self.fmt.value(hours, 1, Some("h"))
    }

    fn money(&self, money: Money) -> String {
        #[allow(clippy::cast_precision_loss, reason = "an amount of money")]
        let amount = money.0 as f64 / 100.0;
        self.fmt.value(amount, 2, Some("€"))
    }

    fn amount(&self, amount: f64, unit: &str) -> String {
        let decimals = if amount.fract() == 0.0 { 0 } else { 2 };
        let unit = Some(unit).filter(|unit| *unit != "1" && !unit.is_empty());
        self.fmt.value(amount, decimals, unit)
    }

    /// A record with whether whoever reads may take it back.
    fn record(&self, event: &Event, around: &Around, rights: Rights) -> RecordLine {
        let is_own = event.author == self.author && event.author.person().is_some_and(|own| own.get() != 0);
        let standing = matches!(&event.what, What::Stopped(stop) if stop.to.is_none());
        RecordLine {
            key: event.key.to_string(),
            words: self.record_words(&event.what, around),
            name: self.doors.name_of_author(&event.author, self.m),
            at_millis: event.when().millis(),
            may_withdraw: rights.has(Right::Plan) || (is_own && rights.has(Right::Request)),
            is_standing: standing,
        }
    }

    /// A record in words, without who said it.
    pub(super) fn record_words(&self, what: &What, around: &Around) -> String {
        let (m, fmt, zone) = (self.m, self.fmt, &self.times.zone);
        let moment = |at: Timestamp| fmt.moment(zone, at.millis(), self.times.now_millis);
        let part = |id: maintenance::id::PartId| {
            let known = around.parts.iter().find(|part| part.0 == id.get());
            known.map_or_else(
                || (format!("#{id}"), "1".to_owned()),
                |part| (format!("{} {}", part.1, part.2), part.3.clone()),
            )
        };
        match what {
            What::Worked(work) => {
                let forgotten = || m.still_forgotten().to_owned();
                let name = self.doors.name_of_person(work.person).unwrap_or_else(forgotten);
                let kind = time_kind(m, work.kind);
                let from = moment(work.time.from());
                let spent = self.hours(hours(work.time.len()));
                format!("{name}: {spent} · {} · {kind} · {from}", work.craft)
            }
            What::Used { part: id, quantity } => {
                let (name, unit) = part(*id);
                let amount = self.amount(quantity.abs(), &unit);
                match *quantity < 0.0 {
                    true => m.still_work_part_back(&amount, &name),
                    false => m.still_work_part_taken(&amount, &name),
                }
            }
            What::Reserved {
                part: id, quantity, ..
            } => {
                let (name, unit) = part(*id);
                m.still_work_part_kept(&self.amount(*quantity, &unit), &name)
            }
            What::Stopped(stop) => {
                let until = stop.to.map_or_else(|| m.still_work_still().to_owned(), moment);
                let why = match stop.is_failure {
                    true => m.still_work_stop_failure(),
                    false => m.still_work_stop_work(),
                };
                let shown = stop.evidence.as_ref().and_then(|shown| match shown {
                    Evidence::Words { text, .. } => Some(text.to_string()),
                    Evidence::Value { point, value, .. } => {
                        // The twin is not asked while the order is held.
                        let mut points = around.points.iter();
                        let known = points.find(|(id, ..)| *id == point.get());
                        let name = known.and_then(|(_, words, _)| words.split_once(": "));
                        let name =
                            name.map_or_else(|| format!("#{}", point.get()), |(name, _)| name.to_owned());
                        Some(format!("{name}: {}", fmt.number(*value, 2)))
                    }
                    _ => None,
                });
                let shown = shown.map_or_else(String::new, |shown| format!(" [{shown}]"));
                format!("{} – {until} · {why} · {}{shown}", moment(stop.from), stop.reason)
            }
            What::Spent(cost) => {
                let text = Some(&*cost.text).filter(|text| !text.is_empty());
                let text = text.map_or_else(String::new, |text| format!(" · {text}"));
                format!("{} · {}{text}", self.money(cost.amount), cost_kind(m, cost.kind))
            }
            What::Permit { permit, number } => {
                let name = self.order.job().permits.get(usize::from(*permit));
                let name = name.map_or("–", |name| name);
                let number = number.as_deref();
                let number = number.map_or_else(|| m.still_work_handed_back().to_owned(), str::to_owned);
                format!("{name}: {number}")
            }
            What::Lock { point, is_on } => {
                let lock = self.order.job().locks.get(usize::from(*point));
                let state = match *is_on {
                    true => m.still_work_lock_is_on(),
                    false => m.still_work_lock_is_off(),
                };
                format!("{}: {state}", lock.map_or("–", |lock| &lock.at))
            }
            _ => String::new(),
        }
    }

    /// Parts that the job needs, and whether they are there.
    fn needed(&self, around: &Around, stock: &Stock, now: Timestamp) -> Vec<String> {
        let awaited = stock.awaited(self.order, now);
        let of = self.order.job().parts.iter().map(|needed| {
            let known = around.parts.iter().find(|part| part.0 == needed.part.get());
            let (name, unit) = known.map_or_else(
                || (format!("#{}", needed.part), "1"),
                |part| (format!("{} {}", part.1, part.2), &*part.3),
            );
            let amount = self.amount(needed.quantity, unit);
            let state = match awaited.iter().find(|one| one.part == needed.part) {
                None => self.m.still_work_part_there().to_owned(),
                Some(one) => match one.arrives {
                    Some(at) => {
                        let day = self.fmt.date_year(&self.times.zone, at.millis());
                        self.m.still_work_part_comes(&day)
                    }
                    None => self.m.still_work_part_unknown().to_owned(),
                },
            };
            format!("{amount} × {name}: {state}")
        });
        of.collect()
    }

    fn permits(&self) -> Vec<TickLine> {
        let mut given: BTreeMap<u16, (Option<String>, Key)> = BTreeMap::new();
        for event in self.order.facts() {
            if let What::Permit { permit, number } = &event.what {
                given.insert(*permit, (number.as_deref().map(str::to_owned), event.key));
            }
        }
        let permits = (0..).zip(self.order.job().permits.iter().map(|text| &**text));
        let line = |(place, text): (u16, &str)| TickLine {
            place,
            text: text.to_owned(),
            is_on: matches!(given.get(&place), Some((Some(_), _))),
            number: given.get(&place).and_then(|(number, _)| number.clone()),
        };
        permits.map(line).collect()
    }

    fn locks(&self) -> Vec<TickLine> {
        let on = self.order.locks_where(true);
        let line = |(place, lock): (u16, &maintenance::order::job::Lock)| TickLine {
            place,
            text: match &*lock.energy {
                "" => lock.at.to_string(),
                energy => format!("{} ({energy})", lock.at),
            },
            is_on: on.contains(&place),
            number: None,
        };
        (0..).zip(&self.order.job().locks).map(line).collect()
    }
}

/// What time was spent on.
fn time_kind(m: app::i18n::Messages, kind: TimeKind) -> &'static str {
    app::still::work::words::time_kind(m, kind.word())
}

/// What money was spent on.
fn cost_kind(m: app::i18n::Messages, kind: CostKind) -> &'static str {
    app::still::work::words::cost_kind(m, kind.word())
}
