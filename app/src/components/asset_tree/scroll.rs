//! Which rows of a long tree are in its window, and how a row comes into it.

use leptos::html::{Div, Nav};
use leptos::prelude::*;

use super::state::{TreeRow, TreeState};

/// Rows drawn above and below the window; it moves by as many.
const MARGIN: usize = 20;

/// The tree's scrolling.
#[derive(Clone, Copy)]
pub struct Scroll {
    state: TreeState,
    scroller: NodeRef<Nav>,
    list: NodeRef<Div>,
    /// Height of a row, in CSS pixels.
    pub row_px: f64,
}

impl Scroll {
    /// Follows the scroller from the moment that the page lives.
    pub fn new(
        state: TreeState,
        rows: Memo<Vec<TreeRow>>,
        scroller: NodeRef<Nav>,
        list: NodeRef<Div>,
        row_px: f64,
    ) -> Self {
        let scroll = Self {
            state,
            scroller,
            list,
            row_px,
        };
        Effect::new(move |_| {
            if scroller.get().is_none() || list.get().is_none() {
                return;
            }
            state.scrolled.track();
            scroll.measure();
        });
        Effect::new(move |_| {
            let heard = window_event_listener(leptos::ev::resize, move |_| scroll.measure());
            on_cleanup(move || heard.remove());
        });
        // The page's own row, where it is not to be seen: once for each page, not with each step of scrolling.
        let lives = Memo::new(move |_| state.window.with(Option::is_some));
        Effect::new(move |_| {
            let current = state.current.get();
            if !lives.get() {
                return;
            }
            request_animation_frame(move || {
                let at = rows.try_with_untracked(|rows| rows.iter().position(|row| row.asset == current));
                if let Some(at) = at.flatten() {
                    scroll.show(at);
                }
            });
        });
        scroll
    }

    /// Where the rows begin in what scrolls; what of it is seen: its top and height.
    #[cfg(feature = "hydrate")]
    fn seen(self) -> Option<(f64, f64, f64)> {
        // Called by timers and frames too: the tree may be gone.
        let (scroller, list) = (
            self.scroller.try_get_untracked()??,
            self.list.try_get_untracked()??,
        );
        Some((
            f64::from(list.offset_top()),
            f64::from(scroller.scroll_top()),
            f64::from(scroller.client_height()),
        ))
    }

    /// There is no screen on the server.
    #[cfg(not(feature = "hydrate"))]
    fn seen(self) -> Option<(f64, f64, f64)> {
        (self.list.get_untracked()?, None).1
    }

    /// Looks which rows are seen.
    pub fn measure(self) {
        let Some((begin, top, height)) = self.seen() else {
            return;
        };
        let row = |px: f64| (px.max(0.0) / self.row_px) as usize;
        let first = row(top - begin) / MARGIN * MARGIN;
        let count = row(height) / MARGIN * MARGIN + 3 * MARGIN;
        let first = first.saturating_sub(MARGIN);
        let window = Some((first, first + count + MARGIN));
        if self.state.window.try_get_untracked() != Some(window) {
            self.state.window.try_set(window);
        }
    }

    /// Scrolls so that a row is seen, no further than it must.
    pub fn show(self, index: usize) {
        let Some((begin, top, height)) = self.seen() else {
            return;
        };
        // The tools stay at the top, over the rows.
        let at = begin + index as f64 * self.row_px;
        let to = if at - begin < top {
            at - begin
        } else if at + self.row_px > top + height {
            at + 2.0 * self.row_px - height
        } else {
            return;
        };
        if let Some(scroller) = self.scroller.get_untracked() {
            set_top(&scroller, to);
        }
        self.measure();
    }
}

fn set_top(scroller: &leptos::web_sys::Element, to: f64) {
    scroller.set_scroll_top(to as i32);
}

/// Puts the focus on a row.
pub fn focus_row(asset: u32) {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast;
        let element = document().get_element_by_id(&format!("tree-{asset}"));
        if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            // A row that cannot take the focus is gone already.
            drop(element.focus());
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = asset;
}
