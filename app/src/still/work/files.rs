//! Photos and files of an order: those that tablets named and that are still on their way, too.

use leptos::prelude::*;

use crate::components::panel::Panel;
use crate::i18n::use_messages;

/// A photo or file.
#[derive(Clone, Debug)]
pub struct FileLine {
    /// What it is called: its own name, or the step that asked for it.
    pub name: String,
    /// Where it is; none while it is on its way.
    pub address: Option<String>,
    pub is_image: bool,
}

/// All of an order's.
#[component]
pub fn Files(files: Vec<FileLine>) -> impl IntoView {
    let m = use_messages();
    let count = files.len().to_string();
    let line = move |file: FileLine| {
        let name = file.name.clone();
        let shown = match (file.address, file.is_image) {
            (None, _) => {
                view! { <span>{name}</span> " " <span class="g-badge">{m.still_work_file_waits()}</span> }
                    .into_any()
            }
            (Some(address), true) => {
                let (source, alt) = (address.clone(), name.clone());
                view! {
                    <a class="g-link" href=address>
                        <img class="g-work__photo" src=source alt=alt loading="lazy" width="160" height="120"/>
                        <span>{name}</span>
                    </a>
                }
                .into_any()
            }
            (Some(address), false) => view! { <a class="g-link" href=address>{name}</a> }.into_any(),
        };
        view! { <li>{shown}</li> }
    };
    view! {
        <Panel title=m.still_work_files().to_owned() aside=count>
            <ul class="g-panel__body g-work__files">{files.into_iter().map(line).collect_view()}</ul>
        </Panel>
    }
}
