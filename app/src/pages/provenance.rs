//! Where any number comes from: hover it, focus it or tap it. One popover for the whole page, so that a
//! page of 500 values carries no more than their ids.

mod spot;

use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, EventTarget};
use wire::reading::Quality;

use self::spot::beside;
use super::asset::cadence_words;
use crate::api::tag::get_tag;
use crate::components::feed::Feed;
use crate::components::key_value::{KeyValue, Pair};
use crate::components::live_value::{AsMeasured, LiveValue, Size};
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::live::use_live;
use crate::routes;
use crate::shell::use_zone;

/// A pointer that only passes by opens nothing.
const HOVER: Duration = Duration::from_millis(400);
/// Long enough to move from the number into the popover.
const LEAVE: Duration = Duration::from_millis(250);
/// Which number is asked about, and where the popover stands.
#[derive(Clone, Copy, PartialEq)]
struct Asked {
    point: u32,
    left: f64,
    top: f64,
}

/// The popover, and the listeners that open and close it.
#[component]
pub fn Provenance() -> impl IntoView {
    let m = use_messages();
    let asked = RwSignal::new(None::<Asked>);
    listen(asked);
    let place = move || {
        asked
            .get()
            .map(|asked| format!("left:{}px;top:{}px", asked.left, asked.top))
    };
    let point = Memo::new(move |_| asked.get().map(|asked| asked.point));
    view! {
        <div class="g-menu g-provenance" role="dialog" aria-label=m.prov_label() hidden=move || asked.get().is_none() style=place>
            {move || point.get().map(|point| view! { <Details point/> })}
        </div>
    }
}

fn listen(asked: RwSignal<Option<Asked>>) {
    // What was asked for last wins: an older timer finds another number here.
    let turn = StoredValue::new(0_u32);
    let after = move |wait: Duration, next: Option<Asked>| {
        turn.update_value(|turn| *turn += 1);
        let mine = turn.get_value();
        set_timeout(
            move || {
                if turn.try_get_value() == Some(mine) {
                    asked.try_set(next);
                }
            },
            wait,
        );
    };
    let now = move |next: Option<Asked>| {
        turn.update_value(|turn| *turn += 1);
        asked.set(next);
    };
    Effect::new(move |_| {
        let over = window_event_listener(ev::pointerover, move |event| {
            if event.pointer_type() != "mouse" {
                return;
            }
            let target = event.target();
            let shown = asked.get_untracked();
            match number_at(target.as_ref()) {
                Some(number) if shown.is_none_or(|shown| shown.point != number.point) => {
                    after(HOVER, Some(number))
                }
                Some(_) => after(LEAVE, shown),
                None if inside(target.as_ref()) => after(LEAVE, shown),
                None => after(LEAVE, None),
            }
        });
        let focus = window_event_listener(ev::focusin, move |event| {
            let target = event.target();
            let by_keyboard = element(target.as_ref())
                .is_some_and(|element| element.matches(":focus-visible").unwrap_or(false));
            match number_at(target.as_ref()).filter(|_| by_keyboard) {
                Some(number) => now(Some(number)),
                None if inside(target.as_ref()) || asked.get_untracked().is_none() => {}
                None => now(None),
            }
        });
        let click = window_event_listener(ev::click, move |event| {
            let target = event.target();
            let number = number_at(target.as_ref()).filter(|_| is_button(target.as_ref()));
            match number {
                Some(number) => now(Some(number)),
                None if inside(target.as_ref()) || asked.get_untracked().is_none() => {}
                None => now(None),
            }
        });
        let escape = window_event_listener(ev::keydown, move |event| {
            if event.key() == "Escape" && asked.get_untracked().is_some() {
                now(None);
            }
        });
        on_cleanup(move || {
            over.remove();
            focus.remove();
            click.remove();
            escape.remove();
        });
    });
}

fn element(target: Option<&EventTarget>) -> Option<&Element> {
    target.and_then(|target| target.dyn_ref::<Element>())
}

fn closest(target: Option<&EventTarget>, selector: &str) -> Option<Element> {
    element(target)?.closest(selector).ok().flatten()
}

fn inside(target: Option<&EventTarget>) -> bool {
    closest(target, ".g-provenance").is_some()
}

fn is_button(target: Option<&EventTarget>) -> bool {
    closest(target, "button[data-point]").is_some()
}

/// The number under the pointer, and a place beside it for the popover.
fn number_at(target: Option<&EventTarget>) -> Option<Asked> {
    if inside(target) {
        return None;
    }
    let number = closest(target, "[data-point]")?;
    let point = number.get_attribute("data-point")?.parse().ok()?;
    let (left, top) = beside(&number)?;
    Some(Asked { point, left, top })
}

/// Value, time and quality, live; formula, tag, source, type, owner and first inputs as they were asked for.
#[component]
fn Details(point: u32) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let (live, zone) = (use_live(), use_zone());
    let tag = LocalResource::new(move || get_tag(point));
    move || {
        let page = match tag.get()? {
            Ok(page) => page,
            Err(error) => return Some(view! { <p>{crate::shell::error::words(m, &error).0}</p> }.into_any()),
        };
        live.seed([&page.point]);
        let info = page.point.info;
        let feed = Feed::live(live, &info);
        let time = move || {
            feed.with(|reading| {
                reading.map(|reading| {
                    let at = |millis| zone.with(|zone| fmt.time_exact(zone, millis));
                    match reading.source_millis {
                        Some(source) => {
                            let delay = reading
                                .arrival_millis
                                .saturating_sub(source)
                                .max(0)
                                .unsigned_abs();
                            m.prov_time(&at(source), &fmt.interval(delay))
                        }
                        None => m.prov_arrival(&at(reading.arrival_millis)),
                    }
                })
            })
        };
        let quality = move || {
            let word = feed.with(|reading| match reading.map(|reading| reading.quality) {
                Some(Quality::Good) => m.quality_good(),
                Some(Quality::Uncertain) => m.data_uncertain(),
                Some(Quality::Bad) => m.data_bad(),
                None => m.data_never(),
            });
            m.value_text(word, &cadence_words(feed.cadence(), m, fmt))
        };
        Some(
            view! {
                <p class="g-row g-row--wrap">
                    <b>{info.name.clone()}</b>
                    <LiveValue info=info.clone() feed size=Size::Medium/>
                </p>
                <KeyValue>
                    <AsMeasured info=info.clone()/>
                    <Pair term=m.prov_time_term()>{time}</Pair>
                    <Pair term=m.tag_quality()>{quality}</Pair>
                </KeyValue>
                <div inner_html=page.brief></div>
                <p class="g-row g-row--wrap">
                    <a class="g-link" href=routes::explain(point)>
                        {m.explain_open()}
                    </a>
                    <a class="g-link" href=routes::tag(point)>
                        {m.prov_open()}
                    </a>
                </p>
            }
            .into_any(),
        )
    }
}
