//! What could not be read, by source and reason, with a sample of each: shown as text, whatever it holds.

use leptos::prelude::*;
use wire::page::{ProblemRow, SourcesPage};

use crate::components::empty_state::EmptyState;
use crate::fmt::use_fmt;
use crate::i18n::{Messages, use_messages};
use crate::live::use_live;
use crate::shell::use_zone;

/// The table of problems.
#[component]
pub fn ProblemsPanel(
    /// The page's data.
    data: RwSignal<SourcesPage>,
) -> impl IntoView {
    let m = use_messages();
    let keys = Memo::new(move |_| {
        let key = |row: &ProblemRow| (row.source, row.reason.clone());
        data.with(|page| page.problems.iter().map(key).collect::<Vec<_>>())
    });
    let (fmt, zone) = (use_fmt(), use_zone());
    let since = Memo::new(move |_| data.with(|page| page.problems.iter().map(|row| row.since_millis).min()));
    let hint = move || {
        let since = since.get()?;
        let at = zone.with(|zone| format!("{} {}", fmt.date(zone, since), fmt.time_short(zone, since)));
        Some(m.problems_since(&at))
    };
    view! {
        <section class="g-panel" aria-label=m.problems_title()>
            <div class="g-panel__head">
                <h2 class="g-h3">{m.problems_title()}</h2>
                <span class="g-caption">{hint}</span>
            </div>
            {move || {
                if keys.with(Vec::is_empty) {
                    return view! { <EmptyState what=m.problems_none() why=m.problems_none_why()/> }.into_any();
                }
                view! {
                    <table class="g-table g-table--stack g-problems">
                        <thead>
                            <tr>
                                <th scope="col">{m.problems_col_reason()}</th>
                                <th scope="col">{m.tag_source()}</th>
                                <th scope="col" class="g-n">
                                    {m.problems_col_count()}
                                </th>
                                <th scope="col">{m.problems_col_last()}</th>
                                <th scope="col">{m.tag_topic()}</th>
                                <th scope="col">{m.problems_col_sample()}</th>
                            </tr>
                        </thead>
                        <tbody>
                            <For each=move || keys.get() key=Clone::clone let:key>
                                <Row source=key.0 reason=key.1 data/>
                            </For>
                        </tbody>
                    </table>
                }
                    .into_any()
            }}
        </section>
    }
}

#[component]
fn Row(source: u32, reason: String, data: RwSignal<SourcesPage>) -> impl IntoView {
    let (m, fmt, live) = (use_messages(), use_fmt(), use_live());
    let words = reason_words(m, &reason);
    let row = Memo::new(move |_| {
        let same = |row: &&ProblemRow| row.source == source && row.reason == reason;
        data.with(|page| page.problems.iter().find(same).cloned())
    });
    let name = move || {
        data.with(|page| {
            page.sources
                .iter()
                .find(|card| card.status.source == source)
                .map(|card| card.status.name.clone())
        })
    };
    let get = move |read: &dyn Fn(&ProblemRow) -> String| {
        row.with(|row| row.as_ref().map(read).unwrap_or_default())
    };
    view! {
        <tr>
            <th scope="row">{words}</th>
            <td data-label=m.tag_source()>{name}</td>
            <td class="g-n" data-label=m.problems_col_count()>
                {move || get(&|row| fmt.integer(row.count))}
            </td>
            <td data-label=m.problems_col_last()>
                {move || get(&|row| m.data_ago(&fmt.age(live.now.get() - row.last_millis)))}
            </td>
            <td class="g-mono g-cut" data-label=m.tag_topic()>
                {move || get(&|row| row.topic.clone())}
            </td>
            <td class="g-mono g-cut" data-label=m.problems_col_sample()>
                {move || get(&|row| row.sample.clone())}
            </td>
        </tr>
    }
}

/// Why something could not be read, in the reader's words; the stable word itself when it is a new one.
#[must_use]
pub fn reason_words(m: Messages, reason: &str) -> String {
    match reason {
        "too_large" => m.reason_too_large(),
        "not_text" => m.reason_not_text(),
        "bad_json" => m.reason_bad_json(),
        "binding" => m.reason_binding(),
        "too_deep" => m.reason_too_deep(),
        "too_many_values" => m.reason_too_many_values(),
        "long_list" => m.reason_long_list(),
        "empty" => m.reason_empty(),
        "unreadable_time" => m.reason_unreadable_time(),
        "unusable_number" => m.reason_unusable_number(),
        "ambiguous_number" => m.reason_ambiguous_number(),
        "unknown_quality" => m.reason_unknown_quality(),
        "long_text" => m.reason_long_text(),
        "long_name" => m.reason_long_name(),
        "sparkplug" => m.reason_sparkplug(),
        "not_readings" => m.reason_not_readings(),
        "too_many_points" => m.reason_too_many_points(),
        "foreign_unit" => m.reason_foreign_unit(),
        other => return other.to_owned(),
    }
    .to_owned()
}
