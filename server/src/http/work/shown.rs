//! An order as its page shows it.

mod told;

use app::fmt::Fmt;
use app::i18n::Messages;
use app::still::Frame;
use app::still::work::{
    Bad, ChoiceLine, FindingLine, Forms, LogLine, MoveLine, OrderPage, PlanForm, Saying, StepLine, StepShown,
    WorkOrder, words as said,
};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use jiff::tz::TimeZone;
use leptos::prelude::*;
use maintenance::id::{OrderId, PersonId};
use maintenance::iso14224::{Activity, Cause, FailureMode};
use maintenance::order::event::Author;
use maintenance::order::{
    Answer, Change, Event, Order, Priority, Right, Rights, Status, Step, StepKind, What,
};
use twin::{AssetId, Timestamp};

use super::acts::author;
use super::form::{day_text, new_prefix};
use super::group_word;
use super::records::Around;
use crate::http::doors::Doors;
use crate::http::people::messages;
use crate::http::who;
use crate::roster::book::PEOPLE_FROM;
use crate::stock::{self, Stock};
use crate::work::list::number;
use crate::work::{demo, lines, steps};

impl Doors {
    /// The page of an order, with the form that was not taken.
    pub(super) async fn order_page(
        &self,
        parts: Parts,
        id: OrderId,
        status: StatusCode,
        bad: Bad,
    ) -> Response {
        let Some(rights) = self.rights_of(&parts, id) else {
            return self.missing(parts, false).await;
        };
        let of = self.backend.work.order(id, |order| order.request().asset);
        let asset = of.unwrap_or(AssetId::new(u32::MAX));
        let asset_name = self
            .backend
            .read(|twin| twin.asset(asset).map(|asset| asset.name.to_string()))
            .unwrap_or_default();
        let people = self.workers(asset);
        let needs = self.needs_of_order(&parts, id);
        let fixes = self.fixes(asset, Some(id));
        let (m, now) = (messages(&parts), self.backend.clock.now());
        let (around, book) = (self.around(asset), self.backend.roster.book());
        let sites = stock::sites_of(&self.backend, asset);
        let stock = self.backend.work.look(|orders| Stock::new(&book, orders, &sites));
        let page = self.backend.work.order(id, |order| {
            let dates = order.dates();
            let slot = order.slot().map(|slot| slot.to());
            let last = [dates.latest, slot].into_iter().flatten().max().unwrap_or(now);
            let first = order.requested_at().unwrap_or(now);
            let first = dates.earliest.map_or(first, |earliest| earliest.min(first));
            let drawing = Drawing {
                doors: self,
                author: author(&who::viewer(&parts)),
                order,
                m,
                fmt: Fmt::new(m.locale()),
                times: self.times_between(first, last),
                around: &around,
                stock: &stock,
            };
            OrderPage {
                needs,
                fixes,
                ..drawing.page(rights, bad, (asset_name, people), now)
            }
        });
        let Some(page) = page else {
            return self.missing(parts, false).await;
        };
        let head = format!("{} {}", page.number, page.title);
        let draw = move || view! { <WorkOrder page/> };
        self.page_of(parts, status, Frame::Header, |_| head, draw).await
    }

    /// Who it was; none once forgotten, empty for a visitor.
    pub(in crate::http) fn name_of_author(&self, author: &Author, m: Messages) -> Option<String> {
        match author {
            Author::Person(person) => self.name_of_person(*person),
            Author::Gemba => Some("Gemba".to_owned()),
            Author::System(name) => Some(m.still_work_by_system(name)),
            Author::Link(link) => Some(m.still_work_by_link(&link.to_string())),
        }
    }

    pub(in crate::http) fn name_of_person(&self, person: PersonId) -> Option<String> {
        if person.get() == 0 {
            return Some(String::new());
        }
        let account = self.accounts.account(access::AccountId::new(person.get()));
        let of_roster = || {
            let number = person.get().checked_sub(PEOPLE_FROM)?;
            self.backend
                .roster
                .book()
                .people
                .get(&number)
                .map(|person| person.name.clone())
        };
        account.map(|account| account.display).or_else(of_roster)
    }
}

/// What drawing an order needs.
pub(super) struct Drawing<'d> {
    pub doors: &'d Doors,
    /// Who reads.
    pub author: Author,
    pub order: &'d Order,
    pub m: Messages,
    pub fmt: Fmt,
    pub times: app::still::parts::Times,
    pub around: &'d Around,
    stock: &'d Stock,
}

impl Drawing<'_> {
    fn page(&self, rights: Rights, bad: Bad, of: (String, Vec<(u32, String)>), now: Timestamp) -> OrderPage {
        let order = self.order;
        let (request, is_ended) = (order.request(), order.status().is_ended());
        let labour = order.job().labour.first();
        OrderPage {
            id: order.id().get(),
            number: number(order.id()),
            title: order.title().to_owned(),
            asset: request.asset.get(),
            asset_name: of.0,
            group: group_word(order, now),
            status: order.status().word().to_owned(),
            status_since_millis: order.status_since().millis(),
            priority: order.priority().word().to_owned(),
            kind: request.kind.word().to_owned(),
            mode: request.mode.code().to_owned(),
            earliest_millis: order.dates().earliest.map(Timestamp::millis),
            due_millis: order.dates().latest.map(Timestamp::millis),
            slot_millis: order
                .slot()
                .map(|slot| (slot.from().millis(), slot.to().millis())),
            assignees: self.assignees(),
            craft: labour.map_or_else(String::new, |labour| labour.craft.to_string()),
            hours: order.job().hours(),
            is_demo: demo::is_demo(order),
            needs: Vec::new(),
            fixes: Vec::new(),
            moves: moves(order, rights),
            steps: order.job().steps.iter().map(|step| self.step(step)).collect(),
            recorded: self.recorded(rights, self.around, self.stock, now),
            sayings: self.sayings(),
            findings: findings(order),
            conflicts: order
                .open_conflicts()
                .map(|conflict| self.conflict(conflict, rights))
                .collect(),
            files: self.doors.files_of(order),
            log: self.log(rights),
            may_say: rights.has(Right::Request),
            may_do: rights.has(Right::Execute) && !is_ended,
            plan: (rights.has(Right::Plan) && !is_ended).then(|| self.plan(&bad)),
            modes: FailureMode::ALL.iter().map(|mode| mode.code()).collect(),
            causes: Cause::ALL.iter().map(|cause| cause.code()).collect(),
            activities: Activity::ALL.iter().map(|activity| activity.code()).collect(),
            priorities: Priority::ALL.iter().map(|priority| priority.word()).collect(),
            people: of.1,
            forms: self.forms(bad, rights),
            times: self.times.clone(),
        }
    }

    /// What was typed, where its form is still there; else above everything.
    fn forms(&self, bad: Bad, rights: Rights) -> Forms {
        let order = self.order;
        let is_there = match bad.form.split_once('/') {
            Some(("move", to)) => moves(order, rights).iter().any(|line| line.to == to),
            Some(("answer", step)) => {
                let mut steps = order.job().steps.iter();
                rights.has(Right::Execute) && steps.any(|known| known.id.to_string() == step)
            }
            Some(("withdraw", of)) => order.log().iter().any(|entry| entry.event.key.to_string() == of),
            Some(("permit" | "lock", _)) => rights.has(Right::Execute) && !order.status().is_ended(),
            Some(("settle", of)) => order
                .open_conflicts()
                .any(|conflict| conflict.mine.to_string() == of),
            Some(_) => true,
            None => self.takes(&bad.form, rights),
        };
        Forms {
            id: order.id().get(),
            seen: order.revision(),
            key: new_prefix(),
            bad: Bad {
                form: if is_there {
                    bad.form.clone()
                } else {
                    "top".to_owned()
                },
                ..bad
            },
        }
    }

    /// The planner's form: as typed where it was not taken.
    fn plan(&self, bad: &Bad) -> PlanForm {
        let plan = plan_of(self.order, &self.doors.backend.zone, self.around);
        if bad.form != "plan" {
            return plan;
        }
        let typed = |name: &str| {
            let found = bad.typed.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        PlanForm {
            title: typed("title"),
            priority: typed("priority"),
            due: typed("due"),
            labour: typed("labour"),
            parts: typed("parts"),
            permits: typed("permits"),
            locks: typed("locks"),
            needs_stop: typed("needs_stop") == "yes",
            steps: typed("steps"),
        }
    }

    fn assignees(&self) -> Vec<Option<String>> {
        let people = self.order.assignee().people.iter();
        people.map(|person| self.doors.name_of_person(*person)).collect()
    }

    fn step(&self, step: &Step) -> StepLine {
        let answers = self.order.answers();
        let done = answers.get(&step.id);
        StepLine {
            id: step.id.get(),
            text: step.text.to_string(),
            kind: match &step.kind {
                StepKind::Check => StepShown::Check,
                StepKind::Reading { unit, low, high, .. } => {
                    StepShown::Reading(unit.to_string(), *low, *high)
                }
                StepKind::Choice(choices) => {
                    let line = |(place, text): (u16, String)| ChoiceLine { place, text };
                    let texts = choices.iter().map(ToString::to_string);
                    StepShown::Choice((0..).zip(texts).map(line).collect())
                }
                StepKind::Photo | StepKind::Signature => StepShown::Elsewhere,
            },
            is_required: step.is_required,
            answer: done.map(|done| {
                let name = self.doors.name_of_author(done.author, self.m);
                (self.answer(Some(step), done.answer), name, done.at.millis())
            }),
            is_beyond: done.is_some_and(|done| match done.answer {
                Answer::Read { value, .. } => step.is_normal(*value) == Some(false),
                _ => false,
            }),
        }
    }

    /// What came out of a step, in words; empty where it was just done.
    fn answer(&self, step: Option<&Step>, answer: &Answer) -> String {
        match (answer, step.map(|step| &step.kind)) {
            (Answer::Read { value, note }, kind) => {
                let unit = match kind {
                    Some(StepKind::Reading { unit, .. }) => Some(&**unit),
                    _ => None,
                };
                let text = value.to_string();
                let decimals = text.split_once('.').map_or(0, |(_, rest)| rest.len().min(6));
                let value = self.fmt.value(*value, u8::try_from(decimals).unwrap_or(6), unit);
                note.as_ref()
                    .map_or_else(|| value.clone(), |note| format!("{value} ({note})"))
            }
            (Answer::Chosen(place), Some(StepKind::Choice(choices))) => {
                let choice = choices.get(usize::from(*place));
                choice.map(ToString::to_string).unwrap_or_default()
            }
            (Answer::Skipped(why), _) => self.m.still_work_skipped(why),
            _ => String::new(),
        }
    }

    fn sayings(&self) -> Vec<Saying> {
        let saying = |event: &Event| match &event.what {
            What::Commented { text, .. } => Some(Saying {
                name: self.doors.name_of_author(&event.author, self.m),
                at_millis: event.when().millis(),
                text: text.to_string(),
            }),
            _ => None,
        };
        self.order.facts().into_iter().filter_map(saying).collect()
    }

    /// All that was ever taken, the newest first.
    fn log(&self, rights: Rights) -> Vec<LogLine> {
        let entries = (0..).zip(self.order.log());
        let mut lines: Vec<LogLine> = entries
            .map(|(place, entry)| self.line(place, entry, rights))
            .collect();
        lines.reverse();
        lines
    }

    fn line(&self, place: u16, entry: &maintenance::order::Entry, rights: Rights) -> LogLine {
        let event = &entry.event;
        let is_withdrawn = self.order.withdrawn().any(|(of, _)| of == event.key);
        let mut open = self.order.open_conflicts();
        LogLine {
            at_millis: event.when().millis(),
            name: self.doors.name_of_author(&event.author, self.m),
            what: event_word(&event.what).to_owned(),
            status: match &event.what {
                What::Moved { to, .. } | What::Mirrored { to } => Some(to.word().to_owned()),
                _ => None,
            },
            details: self.details(event),
            withdraw: self
                .may_take_back(event, rights)
                .then(|| (event.key.to_string(), 0x8000 + place)),
            is_aside: is_withdrawn || open.any(|conflict| conflict.mine == event.key),
        }
    }

    /// Whether whoever reads may take back what was said here; what has a list of its own is taken back there.
    fn may_take_back(&self, event: &Event, rights: Rights) -> bool {
        let is_said = matches!(
            event.what,
            What::Commented { .. }
                | What::Found(_)
                | What::Answered { .. }
                | What::Permit { .. }
                | What::Lock { .. }
        );
        let is_own = event.author == self.author && event.author.person().is_some_and(|own| own.get() != 0);
        let may = rights.has(Right::Plan) || (is_own && rights.has(Right::Request));
        is_said && may && self.order.withdrawn().all(|(of, _)| of != event.key)
    }

    /// What an event says beside its kind.
    pub(super) fn details(&self, event: &Event) -> String {
        let m = self.m;
        match &event.what {
            What::Requested(request) => request.title.to_string(),
            What::Moved { reason, .. } => reason.as_deref().unwrap_or_default().to_owned(),
            What::Changed(change) => {
                let field = said::field(m, change.field().word());
                format!("{field}: {}", self.change(change))
            }
            What::Answered { step, answer } => {
                let step = self.order.job().step(*step);
                let text = step.map_or("–", |step| &*step.text);
                let answer = self.answer(step, answer);
                if answer.is_empty() {
                    text.to_owned()
                } else {
                    format!("{text}: {answer}")
                }
            }
            What::Commented { text, .. } => text.to_string(),
            What::Found(finding) => said::mode(m, finding.mode.code()).to_owned(),
            What::Withdrawn { reason, .. } => reason.to_string(),
            What::Settled { keep, .. } => match keep {
                maintenance::order::Keep::Theirs => m.still_work_keep_first().to_owned(),
                maintenance::order::Keep::Mine => m.still_work_keep_second().to_owned(),
                maintenance::order::Keep::Both => m.still_work_keep_both().to_owned(),
            },
            What::Attached(file) => file.name.to_string(),
            What::Mirrored { .. } => String::new(),
            What::Watched { is_on, .. } => match is_on {
                true => m.still_work_watch().to_owned(),
                false => m.still_work_unwatch().to_owned(),
            },
            what @ (What::Worked(_)
            | What::Stopped(_)
            | What::Spent(_)
            | What::Used { .. }
            | What::Reserved { .. }
            | What::Permit { .. }
            | What::Lock { .. }) => self.record_words(what, self.around),
        }
    }

    fn change(&self, change: &Change) -> String {
        let (fmt, zone) = (self.fmt, &self.times.zone);
        let moment = |at: Timestamp| fmt.moment_full(zone, at.millis());
        match change {
            Change::Title(title) => title.to_string(),
            Change::Priority(priority) => said::priority(self.m, priority.word()).to_owned(),
            Change::Dates(dates) => {
                let day = |at: Timestamp| fmt.date_year(zone, at.millis());
                dates.latest.map_or_else(|| "–".to_owned(), day)
            }
            Change::Slot(slot) => slot.map_or_else(
                || "–".to_owned(),
                |slot| format!("{} – {}", moment(slot.from()), moment(slot.to())),
            ),
            Change::Assignee(assignee) => {
                let forgotten = self.m.still_forgotten();
                let name = |person: &PersonId| self.doors.name_of_person(*person);
                let names = assignee.people.iter().map(name);
                let names: Vec<String> = names
                    .map(|name| name.unwrap_or_else(|| forgotten.to_owned()))
                    .collect();
                names.join(", ")
            }
            Change::Job(job) => {
                let hours = fmt.value(job.hours(), 1, Some("h"));
                let steps = fmt.integer(job.steps.len() as u64);
                format!("{hours}, {}: {steps}", self.m.still_work_steps())
            }
        }
    }
}

/// What may follow for somebody with these rights.
fn moves(order: &Order, rights: Rights) -> Vec<MoveLine> {
    let from = order.status();
    let place = |status: Status| Status::ALL.iter().position(|known| *known == status);
    let ways = from.next().filter(|way| rights.has(way.right));
    ways.map(|way| MoveLine {
        to: way.to.word().to_owned(),
        is_back: place(way.to) < place(from) && from != Status::Blocked,
        needs_reason: way.needs_reason,
        needs_slot: way.to == Status::Scheduled && from == Status::Planned,
    })
    .collect()
}

fn findings(order: &Order) -> Vec<FindingLine> {
    let line = |finding: &maintenance::order::event::Finding| FindingLine {
        mode: finding.mode.code().to_owned(),
        cause: finding.cause.map(|cause| cause.code().to_owned()),
        activity: finding.activity.code().to_owned(),
        text: finding.text.to_string(),
    };
    order.findings().into_iter().map(line).collect()
}

/// What a planner may change, as it is.
pub(super) fn plan_of(order: &Order, zone: &TimeZone, around: &Around) -> PlanForm {
    let job = order.job();
    let code = |part: maintenance::id::PartId| {
        let known = around.parts.iter().find(|known| known.0 == part.get());
        known.map(|known| known.1.clone())
    };
    PlanForm {
        title: order.title().to_owned(),
        priority: order.priority().word().to_owned(),
        due: order
            .dates()
            .latest
            .map_or_else(String::new, |at| day_text(at, zone)),
        labour: lines::labour_text(&job.labour),
        parts: lines::parts_text(&job.parts, code),
        permits: job.permits.join("\n"),
        locks: lines::locks_text(&job.locks),
        needs_stop: job.needs_stop,
        steps: steps::to_text(job),
    }
}

/// A stable word for what an event is.
pub const fn event_word(what: &What) -> &'static str {
    match what {
        What::Requested(_) => "requested",
        What::Moved { .. } => "moved",
        What::Mirrored { .. } => "mirrored",
        What::Changed(_) => "changed",
        What::Answered { .. } => "answered",
        What::Commented { .. } => "commented",
        What::Watched { .. } => "watched",
        What::Attached(_) => "attached",
        What::Worked(_) => "worked",
        What::Used { .. } => "used",
        What::Reserved { .. } => "reserved",
        What::Permit { .. } => "permit",
        What::Lock { .. } => "lock",
        What::Stopped(_) => "stopped",
        What::Found(_) => "found",
        What::Spent(_) => "spent",
        What::Withdrawn { .. } => "withdrawn",
        What::Settled { .. } => "settled",
    }
}
