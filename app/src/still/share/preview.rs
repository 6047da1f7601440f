//! What the holder of a link would see, drawn by the same components from the same data, without its life.

use leptos::prelude::*;
use wire::page::{ShareFrame, SharedPage, Shell};

use crate::live::provide_live;
use crate::pages::shared::SharedView;

/// The page of a link that is not made yet.
#[component]
pub fn SharePreview(page: SharedPage, frame: ShareFrame, shell: Shell) -> impl IntoView {
    provide_live(&shell, Some(&frame));
    provide_context(frame);
    view! { <div class="g-shared"><SharedView page/></div> }
}
