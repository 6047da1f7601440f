//! Line icons of the frame: one path each, 20 × 20, drawn in the text's colour.

use leptos::prelude::*;

/// An icon.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Glyph {
    Overview,
    Assets,
    Work,
    Plan,
    Sources,
    Status,
    Help,
    Search,
    Theme,
    Language,
    Units,
    Person,
    Down,
    Close,
}

impl Glyph {
    const fn path(self) -> &'static str {
        match self {
            Self::Overview => "M3 4.5h14v4H3zM3 11.5h6v4H3zM12 11.5h5v4h-5z",
            Self::Assets => "M7.5 3h5v4h-5zM2.5 13h5v4h-5zM12.5 13h5v4h-5zM10 7v3M5 13v-3h10v3",
            Self::Work => {
                "M16.8 5.6 14 8.4l-2.4-2.4 2.8-2.8a4 4 0 0 0-5.2 5.2L3.4 14.2a1.7 1.7 0 0 0 2.4 2.4l5.8-5.8a4 4 0 0 0 5.2-5.2Z"
            }
            Self::Plan => "M3 4.5h14v12H3zM3 8.5h14M7 2.5v3M13 2.5v3M6 11.5h4M9 14h5",
            Self::Sources => {
                "M10 15.5v2M10 12.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3ZM5.8 10.6a6 6 0 0 1 8.4 0M3 7.5a10 10 0 0 1 14 0"
            }
            Self::Status => "M2.5 10.5H6l2-6 4 11 2-5h3.5",
            Self::Help => {
                "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15ZM7.8 8a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.6M10 14v.1"
            }
            Self::Search => "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM13.2 13.2 17 17",
            Self::Theme => "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15Z",
            Self::Language => {
                "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15ZM2.5 10h15M10 2.5c-5 5-5 10 0 15M10 2.5c5 5 5 10 0 15"
            }
            Self::Units => "M2.5 7h15v6h-15zM5.5 7v3M8.5 7v2M11.5 7v3M14.5 7v2",
            Self::Person => {
                "M10 3a3.2 3.2 0 1 0 0 6.4A3.2 3.2 0 0 0 10 3ZM3.5 17c.4-3.4 3-5.2 6.5-5.2s6.1 1.8 6.5 5.2"
            }
            Self::Down => "m6 8 4 4 4-4",
            Self::Close => "m5 5 10 10M15 5 5 15",
        }
    }
}

/// An icon beside words; never alone without an accessible name on what holds it.
#[component]
pub fn Icon(
    /// Which one.
    glyph: Glyph,
    /// Smaller, inside a button or a line of text.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let class = if small { "g-icon g-icon--sm" } else { "g-icon" };
    view! {
        <svg class=class viewBox="0 0 20 20" aria-hidden="true">
            <path d=glyph.path()/>
            {(glyph == Glyph::Theme).then(|| view! { <path class="g-icon__fill" d="M10 2.5a7.5 7.5 0 0 1 0 15Z"/> })}
        </svg>
    }
}
