//! What two wrote without knowing of each other: in words, and settled by whoever stands here.

use leptos::prelude::*;
use maintenance::order::{Change, Conflict, ConflictKind, Keep, Order, What};

use super::icon::{self, icon};
use super::job::Shown;
use super::state::Tablet;
use super::step::name_of;
use super::words;

/// Every conflict that is open, each with its buttons.
pub fn conflicts(tablet: Tablet, id: u32, shown: Shown) -> impl IntoView {
    move || {
        shown.with(|shown| {
            let order = &shown.as_ref()?.order;
            let open = order
                .open_conflicts()
                .map(|conflict| one(tablet, id, order, conflict));
            Some(open.collect::<Vec<_>>())
        })
    }
}

fn one(tablet: Tablet, id: u32, order: &Order, conflict: &Conflict) -> AnyView {
    let m = tablet.m;
    let mine = conflict.mine;
    let settle = move |keep: Keep| {
        leptos::task::spawn_local(async move {
            let what = What::Settled { of: mine, keep };
            if tablet
                .act(Some(id), vec![what], Vec::new(), m.crew_settled().to_owned())
                .await
            {
                let now = tablet.now();
                let keys = tablet
                    .outbox
                    .try_update(|outbox| outbox.settled(&mine.to_string(), now));
                tablet.write(&keys.unwrap_or_default()).await;
            }
        });
    };
    let is_field = matches!(
        conflict.kind,
        ConflictKind::Field(_) | ConflictKind::Moved { .. } | ConflictKind::Hindered(_)
    );
    let usual = conflict.kind.usual();
    let ways = [
        (Keep::Theirs, m.crew_keep_theirs()),
        (Keep::Mine, m.crew_keep_mine()),
        (Keep::Both, m.crew_keep_both()),
    ];
    let buttons = ways
        .into_iter()
        .filter(|(keep, _)| !(is_field && *keep == Keep::Both))
        .map(|(keep, words)| {
            let class = if keep == usual {
                "g-crew-btn g-crew-btn--72 g-crew-btn--go"
            } else {
                "g-crew-btn g-crew-btn--72"
            };
            view! { <button class=class on:click=move |_| settle(keep)>{words}</button> }
        });
    let side =
        |term: &'static str, key| view! { <div><dt>{term}</dt><dd>{said(tablet, id, order, key)}</dd></div> };
    view! {
        <section class="g-crew-conflict" aria-label=m.crew_conflict()>
            <h2>{icon(icon::WARN)}{m.crew_conflict()}</h2>
            <dl>{side(m.crew_yours(), conflict.mine)}{side(m.crew_theirs(), conflict.theirs)}</dl>
            <div class="g-crew-conflict__do">{buttons.collect_view()}</div>
        </section>
    }
    .into_any()
}

/// What an event says, by whom and when.
fn said(tablet: Tablet, id: u32, order: &Order, key: maintenance::id::Key) -> String {
    let m = tablet.m;
    let Some(entry) = order.entry(key) else {
        return String::new();
    };
    let what = match &entry.event.what {
        What::Moved { to, reason } => {
            let reason = reason
                .as_ref()
                .map(|reason| format!(": {reason}"))
                .unwrap_or_default();
            format!("{}{reason}", words::status(m, to.word()))
        }
        What::Answered { step, answer } => {
            let text = order
                .job()
                .step(*step)
                .map(|step| step.text.to_string())
                .unwrap_or_default();
            format!("{text}: {}", answered(tablet, order, *step, answer))
        }
        What::Changed(Change::Title(title)) => title.to_string(),
        What::Changed(Change::Slot(Some(slot))) => tablet.times().short(slot.from().micros(), tablet.now()),
        What::Changed(_) => m.crew_changed_plan().to_owned(),
        What::Commented { text, .. } => text.to_string(),
        _ => m.crew_written().to_owned(),
    };
    let person = entry
        .event
        .author
        .person()
        .and_then(|person| name_of(tablet, id, person.get()));
    let at = tablet.times().short(entry.event.when().micros(), tablet.now());
    format!(
        "{what} ({}, {at})",
        person.unwrap_or_else(|| m.crew_somebody().to_owned())
    )
}

fn answered(
    tablet: Tablet,
    order: &Order,
    step: maintenance::id::StepId,
    answer: &maintenance::order::Answer,
) -> String {
    use maintenance::order::{Answer, StepKind};
    let m = tablet.m;
    match (answer, order.job().step(step).map(|step| &step.kind)) {
        (Answer::Read { value, .. }, Some(StepKind::Reading { unit, .. })) => {
            format!("{} {unit}", tablet.times().number(*value))
        }
        (Answer::Chosen(place), Some(StepKind::Choice(choices))) => choices
            .get(usize::from(*place))
            .map(ToString::to_string)
            .unwrap_or_default(),
        (Answer::Skipped(why), _) => format!("{}: {why}", m.crew_skipped()),
        (Answer::Photo(_), _) => m.crew_photo().to_owned(),
        (Answer::Signed(_), _) => m.crew_signed().to_owned(),
        _ => m.crew_step_done().to_owned(),
    }
}
