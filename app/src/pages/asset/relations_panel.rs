//! How an asset is connected: a drawing of its neighbours, the list beside it says the same in words.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use wire::page::RelationRow;

use crate::fmt::{escaped, use_fmt};
use crate::i18n::{Messages, use_messages};
use crate::routes;
use crate::shell::use_zone;

/// Neighbours drawn; the list has all of them.
const DRAWN: usize = 39;
/// Heights and widths of the drawing, in its own units.
const ROW: usize = 34;
const WIDTH: usize = 720;
const BOX: usize = 220;
const OWN: usize = 180;

/// The panel.
#[component]
pub fn RelationsPanel(
    /// The asset's name.
    name: String,
    /// Its relations, those that hold first.
    rows: Vec<RelationRow>,
) -> impl IntoView {
    let m = use_messages();
    let drawn: Vec<RelationRow> = rows.iter().filter(|row| row.holds).take(DRAWN).cloned().collect();
    let is_dated = rows
        .iter()
        .any(|row| row.from_millis.or(row.until_millis).is_some());
    let hidden = rows.iter().filter(|row| row.holds).count() - drawn.len();
    view! {
        <section class="g-panel g-relations" aria-label=m.relations_title()>
            <div class="g-panel__head">
                <h2 class="g-h3">{m.relations_title()}</h2>
                {is_dated.then(|| view! { <DayForm/> })}
                <span class="g-caption">{(hidden > 0).then(|| m.relations_hidden(hidden as u64))}</span>
            </div>
            <div class="g-relations__both">
                <div>{drawing(&name, drawn, m)}</div>
                <ul class="g-relations__list">
                    {rows.into_iter().map(|row| view! { <Line row/> }).collect_view()}
                </ul>
            </div>
        </section>
    }
}

/// Asks for another day: who was here then?
#[component]
fn DayForm() -> impl IntoView {
    let m = use_messages();
    let day = use_query_map().with_untracked(|address| address.get("on").unwrap_or_default());
    let now = (!day.is_empty()).then(|| view! { <a class="g-link" href="?">{m.relations_now()}</a> });
    view! {
        <form class="g-row g-relations__day" method="get">
            <label class="g-row">
                <span class="g-caption">{m.relations_on()}</span>
                <input class="g-input" type="date" name="on" value=day/>
            </label>
            <button class="g-btn g-btn--sm">{m.relations_show()}</button>
            {now}
        </form>
    }
}

/// What leads here on the left, where it leads on the right, the asset between them. Written as text, not as
/// views: it never changes.
fn drawing(name: &str, rows: Vec<RelationRow>, m: Messages) -> AnyView {
    let (left, right): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.is_inverse);
    let height = left.len().max(right.len()).max(1) * ROW;
    let middle = height / 2;
    let (near, far) = (WIDTH / 2 - OWN / 2, WIDTH / 2 + OWN / 2);
    let mut svg = String::new();
    for (rows, is_left) in [(left, true), (right, false)] {
        let top = (height - rows.len() * ROW) / 2;
        for (nth, row) in rows.into_iter().enumerate() {
            let y = top + nth * ROW;
            let at = y + ROW / 2;
            let (x, from, from_y, to, to_y) = if is_left {
                (0, BOX, at, near, middle)
            } else {
                (WIDTH - BOX, far, middle, WIDTH - BOX, at)
            };
            let bend = usize::midpoint(from, to);
            let label = format!("{}: {}", word(&row.relation, m), row.other.name);
            let text = escaped(&label.chars().take(34).collect::<String>());
            svg += &format!(
                r#"<path class="g-relations__edge" d="M{from} {from_y}C{bend} {from_y} {bend} {to_y} {to} {to_y}"/><rect x="{x}" y="{}" width="{BOX}" height="{}" rx="3"/><text x="{}" y="{}">{text}</text>"#,
                y + 4,
                ROW - 8,
                x + 8,
                at + 4,
            );
        }
    }
    let text = escaped(&name.chars().take(24).collect::<String>());
    svg += &format!(
        r#"<rect class="g-relations__own" x="{near}" y="{}" width="{OWN}" height="{}" rx="3"/><text class="g-relations__name" x="{}" y="{}" text-anchor="middle">{text}</text>"#,
        middle - ROW / 2 + 2,
        ROW - 4,
        WIDTH / 2,
        middle + 4,
    );
    view! {
        <svg
            class="g-relations__svg"
            viewBox=format!("0 0 {WIDTH} {height}")
            style=format!("--tall:{height}px")
            aria-hidden="true"
            inner_html=svg
        ></svg>
    }
    .into_any()
}

/// One relation in words, and when it holds.
#[component]
fn Line(row: RelationRow) -> impl IntoView {
    let (m, fmt, zone) = (use_messages(), use_fmt(), use_zone());
    let (from, until) = (row.from_millis, row.until_millis);
    let when = zone.with_untracked(|zone| validity(from, until, |millis| fmt.date_year(zone, millis), m));
    let name = row.other.name;
    let other = match row.other.asset {
        Some(asset) => view! { <a class="g-link" href=routes::asset(asset.asset)>{name}</a> }.into_any(),
        None => name.into_any(),
    };
    view! {
        <li data-past=(!row.holds).then_some("")>
            <span class="g-ink2">{word(&row.relation, m)}</span> " " {other}
            <small class="g-caption">{row.other.ty} " " {when} {(!row.holds).then(|| m.relation_past())}</small>
        </li>
    }
}

fn validity(
    from: Option<i64>,
    until: Option<i64>,
    date: impl Fn(i64) -> String,
    m: Messages,
) -> Option<String> {
    Some(match (from.map(&date), until.map(&date)) {
        (Some(from), Some(until)) => m.relation_between(&from, &until),
        (Some(from), None) => m.relation_since(&from),
        (None, Some(until)) => m.relation_until(&until),
        (None, None) => return None,
    })
}

/// Relations that are always there have words; a plant's own are read as they are written.
fn word(relation: &str, m: Messages) -> String {
    let known = match relation {
        "part_of" => m.rel_part_of(),
        "has_part" => m.rel_has_part(),
        "located_in" => m.rel_located_in(),
        "location_of" => m.rel_location_of(),
        "owned_by" => m.rel_owned_by(),
        "owns" => m.rel_owns(),
        "feeds" => m.rel_feeds(),
        "fed_by" => m.rel_fed_by(),
        "drives" => m.rel_drives(),
        "driven_by" => m.rel_driven_by(),
        "measures" => m.rel_measures(),
        "measured_by" => m.rel_measured_by(),
        "backs_up" => m.rel_backs_up(),
        "backed_up_by" => m.rel_backed_up_by(),
        other => return other.replace('_', " "),
    };
    known.to_owned()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn names_are_no_markup() {
        assert_eq!(escaped("<a & b>"), "&lt;a &amp; b&gt;");
    }

    #[test]
    fn a_relation_says_when_it_held() {
        let m = Messages::of(crate::i18n::Locale::En);
        let date = |millis: i64| millis.to_string();
        for (from, until, expect) in [
            (None, None, None),
            (Some(1), None, Some("since 1")),
            (None, Some(2), Some("until 2")),
            (Some(1), Some(2), Some("from 1 until 2")),
        ] {
            assert_eq!(validity(from, until, date, m).as_deref(), expect);
        }
    }
}
