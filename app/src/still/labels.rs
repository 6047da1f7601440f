//! `/labels`: labels to print and stick on things, in their physical size.
//!
//! Two kinds that are never mixed: an asset's own, whose address holds no secret and never ends, and that of a
//! share link, which says when it ends.

use leptos::prelude::*;

use super::parts::{Moment, Times};
use crate::i18n::use_messages;
use crate::routes;

/// What they are printed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LabelSize {
    #[default]
    Small,
    Medium,
    Large,
    /// 24 on a sheet, edge to edge.
    A4,
    /// 30 on a sheet.
    Letter,
}

impl LabelSize {
    /// In the order of the choice.
    pub const ALL: [Self; 5] = [Self::Small, Self::Medium, Self::Large, Self::A4, Self::Letter];

    /// As addresses and style sheets say it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Small => "50x25",
            Self::Medium => "62x29",
            Self::Large => "100x50",
            Self::A4 => "a4",
            Self::Letter => "letter",
        }
    }

    /// From the same word; anything else is the smallest.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        let known = Self::ALL.into_iter().find(|size| size.word() == word);
        known.unwrap_or_default()
    }

    /// Width and height of one, in millimetres.
    const fn millimetres(self) -> (&'static str, &'static str) {
        match self {
            Self::Small => ("50", "25"),
            Self::Medium => ("62", "29"),
            Self::Large => ("100", "50"),
            Self::A4 => ("70", "37"),
            Self::Letter => ("66.7", "25.4"),
        }
    }
}

/// One label.
#[derive(Clone, Debug)]
pub struct Label {
    /// The QR code as SVG.
    pub qr: String,
    /// Of the asset.
    pub name: String,
    /// To type where nothing can scan; none for a share link.
    pub code: Option<String>,
    /// When a share link ends.
    pub ends_millis: Option<i64>,
}

/// What brings the page again in another size.
#[derive(Clone, Debug)]
pub enum LabelsOf {
    /// An asset, and whether its parts too.
    Asset { asset: u32, below: bool },
    /// A share link, by its secret: never in an address.
    Link { secret: String },
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct LabelsPage {
    pub name: String,
    pub of: LabelsOf,
    pub size: LabelSize,
    /// With a frame and a bar to measure.
    pub is_test: bool,
    /// How many there are at most, where some are left out.
    pub most: Option<usize>,
    pub labels: Vec<Label>,
    pub times: Times,
}

/// Labels, and what they are printed on.
#[component]
pub fn Labels(page: LabelsPage) -> impl IntoView {
    let m = use_messages();
    let LabelsPage {
        name,
        of,
        size,
        is_test,
        most,
        labels,
        times,
    } = page;
    let is_asset = matches!(of, LabelsOf::Asset { .. });
    let back = match &of {
        LabelsOf::Asset { asset, .. } => routes::url(&format!("/assets/{asset}")),
        LabelsOf::Link { .. } => routes::url("/links"),
    };
    let (width, height) = size.millimetres();
    let label = |label: Label| {
        view! {
            <article class="g-label">
                <div class="g-label__qr" inner_html=label.qr></div>
                <div class="g-label__text">
                    <p class="g-label__name">{label.name}</p>
                    {label.code.map(|code| view! { <p class="g-label__code">{code}</p> })}
                    {label.ends_millis.map(|at| view! { <p class="g-label__ends">{m.still_until()} ": " <Moment at=Some(at) times=times.clone()/></p> })}
                </div>
                {is_test.then(|| view! { <i class="g-label__bar"></i> })}
            </article>
        }
    };
    let class = format!("g-labels g-labels--{}", size.word());
    view! {
        <header class="g-page">
            <div class="g-title"><h1 class="g-h1">{m.still_labels_of(&name)}</h1></div>
            <div class="g-actions"><a class="g-btn" href=back>{if is_asset { m.still_share_back() } else { m.still_links() }}</a></div>
        </header>
        <SizeForm of size is_test/>
        {is_asset.then(|| view! { <p class="g-caption">{m.still_labels_more()}</p> })}
        {is_test.then(|| view! { <p class="g-message">{m.still_labels_scale(width, height)}</p> })}
        {most.map(|most| view! { <p class="g-message">{m.still_labels_many(&most.to_string())}</p> })}
        <div class=class class:g-labels--test=is_test>{labels.into_iter().map(label).collect_view()}</div>
    }
}

/// Size, and what is on the sheet.
#[component]
fn SizeForm(of: LabelsOf, size: LabelSize, is_test: bool) -> impl IntoView {
    let m = use_messages();
    let option = |known: LabelSize| {
        let label = match known {
            LabelSize::Small => "50 × 25 mm",
            LabelSize::Medium => "62 × 29 mm",
            LabelSize::Large => "100 × 50 mm",
            LabelSize::A4 => m.still_labels_a4(),
            LabelSize::Letter => m.still_labels_letter(),
        };
        view! { <option value=known.word() selected=known == size>{label}</option> }
    };
    let (method, action, rest) = match of {
        LabelsOf::Asset { asset, below } => (
            "get",
            routes::url("/labels"),
            view! {
                <input type="hidden" name="asset" value=asset/>
                <label class="g-row"><input type="checkbox" name="below" value="on" checked=below/> <span>{m.still_labels_below()}</span></label>
            }
            .into_any(),
        ),
        LabelsOf::Link { secret } => (
            "post",
            routes::url("/share/label"),
            view! { <input type="hidden" name="secret" value=secret/> }.into_any(),
        ),
    };
    view! {
        <form method=method action=action class="g-labels__form g-row g-row--wrap g-still__filter">
            <label class="g-field"><span>{m.still_labels_size()}</span>
                <select class="g-input" name="size">{LabelSize::ALL.map(option).into_iter().collect_view()}</select></label>
            {rest}
            <label class="g-row"><input type="checkbox" name="test" value="on" checked=is_test/> <span>{m.still_labels_test()}</span></label>
            <button class="g-btn">{m.still_labels_show()}</button>
            <button type="button" class="g-btn g-btn--primary" data-print="">{m.still_labels_print()}</button>
        </form>
    }
}

/// Nothing was chosen to print labels for: says how to.
#[component]
pub fn ChooseLabels() -> impl IntoView {
    let m = use_messages();
    view! {
        <section class="g-panel g-still__box" aria-labelledby="title">
            <h1 class="g-h2" id="title">{m.still_labels_choose()}</h1>
            <p>{m.still_labels_choose_more()}</p>
            <p><a class="g-btn g-btn--primary" href=routes::search()>{m.nav_search()}</a></p>
        </section>
    }
}

/// A code that leads nowhere.
#[component]
pub fn NoLabel() -> impl IntoView {
    let m = use_messages();
    view! {
        <section class="g-panel g-still__box" aria-labelledby="title">
            <h1 class="g-h2" id="title">{m.still_labels_no()}</h1>
            <p><a class="g-btn" href=routes::search()>{m.nav_search()}</a></p>
        </section>
    }
}
