//! What was heard, by topic: one branch open at a time, each tag with its last value and where it goes.

use leptos::prelude::*;
use wire::page::{LearnQuery, LearnTab, LearnTopic, LearnTopicTag, OneShots};

use super::{forms, href};
use crate::components::empty_state::EmptyState;
use crate::fmt::use_fmt;
use crate::i18n::{Messages, use_messages};
use crate::routes;

/// The tree, and the field that narrows it.
#[component]
pub fn Topics(
    /// The places that are shown.
    topics: Vec<LearnTopic>,
    /// Tags with the words, when it was narrowed.
    total: u32,
    /// Levels that should be ignored.
    one_shots: Vec<OneShots>,
    /// What is shown.
    query: LearnQuery,
    /// Which proposal.
    stamp: u32,
) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let hidden = usize::try_from(total)
        .unwrap_or(usize::MAX)
        .saturating_sub(topics.len());
    let more = (!query.find.is_empty() && hidden > 0)
        .then(|| view! { <p class="g-panel__foot g-caption">{m.connect_more_topics(hidden as u64)}</p> });
    let one_shot = |row: OneShots| {
        let value = forms::hidden("value", format!("{}/#", row.topic));
        let button = view! { <button id=format!("ignore-{}", row.topic) class="g-btn g-btn--sm">{m.learn_ignore()}</button> };
        view! {
            <div class="g-message g-row g-row--wrap">
                <span>{m.one_shots_ask(row.count, &row.topic)}</span>
                {forms::act(stamp, "ignore", None, "", "g-push", view! { {value} {button} })}
            </div>
        }
    };
    let tree = if topics.is_empty() {
        view! { <EmptyState what=m.learn_topics_none() why=m.learn_topics_why()/> }.into_any()
    } else {
        let rows = topics
            .into_iter()
            .map(|topic| row(m, &query, stamp, topic, &|n| fmt.integer(n)));
        view! { <ul class="g-topics">{rows.collect_view()}</ul> }.into_any()
    };
    view! {
        <section class="g-panel" aria-label=m.learn_tab_topics()>
            <form class="g-panel__head g-row g-row--wrap g-topics-find" method="get" action=routes::learn() role="search">
                <h2 class="g-h3">{m.learn_tab_topics()}</h2>
                <input type="hidden" name="tab" value="topics"/>
                <input class="g-input g-push" type="search" name="find" value=query.find.clone() aria-label=m.learn_find() placeholder=m.learn_find()/>
                <button class="g-btn g-btn--sm">{m.learn_find_do()}</button>
            </form>
            {one_shots.into_iter().map(one_shot).collect_view()}
            {tree}
            {more}
        </section>
    }
}

fn row(
    m: Messages,
    query: &LearnQuery,
    stamp: u32,
    topic: LearnTopic,
    number: &dyn Fn(u32) -> String,
) -> AnyView {
    let depth = format!("--depth:{}", topic.depth);
    if topic.more > 0 {
        return view! { <li class="g-topics__row" style=depth><span class="g-caption">{m.connect_more_topics(u64::from(topic.more))}</span></li> }
            .into_any();
    }
    let is_open = topic.is_open.unwrap_or(false);
    // A branch that is open closes to the one it is part of.
    let to = match (is_open, topic.path.rsplit_once('/')) {
        (false, _) => topic.path.clone(),
        (true, Some((above, _))) => above.to_owned(),
        (true, None) => String::new(),
    };
    let to = href(&LearnQuery {
        at: to,
        tab: LearnTab::Topics,
        ..LearnQuery::default()
    });
    let shown = if topic.name.is_empty() {
        "/".to_owned()
    } else {
        topic.name.clone()
    };
    let name = match topic.is_open {
        Some(open) => view! {
            <a class="g-mono g-topics__name" href=to aria-expanded=open.to_string() data-noscroll="">
                {shown}
            </a>
        }
        .into_any(),
        None => view! { <span class="g-mono g-topics__name">{shown}</span> }.into_any(),
    };
    let counts = topic.is_open.map(|_| {
        let left = (topic.unmapped > 0).then(|| {
            format!(
                " · {}",
                m.learn_tab_unmapped(&number(topic.unmapped)).to_lowercase()
            )
        });
        view! { <span class="g-caption g-topics__count">{m.learn_topic_tags(topic.tags)} {left}</span> }
    });
    let is_last = query.at == topic.path && is_open;
    let ignore = is_last.then(|| {
        let value = forms::hidden("value", format!("{}/#", topic.path));
        let button = view! { <button id=format!("ignore-{}", topic.path) class="g-btn g-btn--sm">{m.learn_ignore_branch()}</button> };
        forms::act(stamp, "ignore", None, "", "", view! { {value} {button} })
    });
    let value = topic.tag.map(|tag| value(m, tag));
    view! { <li class="g-topics__row" style=depth data-open=is_open.then_some("")>{name} {counts} {value} {ignore}</li> }.into_any()
}

/// A tag's last value, and the asset it goes to.
fn value(m: Messages, tag: LearnTopicTag) -> AnyView {
    let goes = match tag.asset {
        Some((asset, name)) => {
            let to = href(&LearnQuery {
                asset: Some(asset),
                ..LearnQuery::default()
            });
            view! { <a class="g-link" href=to>{name}</a> }.into_any()
        }
        None if tag.is_ignored => view! { <span class="g-caption">{m.learn_ignored()}</span> }.into_any(),
        None => view! { <span class="g-caption">{m.learn_topic_left()}</span> }.into_any(),
    };
    view! {
        <a class="g-topics__value" href=routes::tag(tag.point)>{tag.sample} " " <small>{tag.unit}</small></a>
        <span class="g-topics__goes g-cut">{goes}</span>
    }
    .into_any()
}
