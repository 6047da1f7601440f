//! Pages load by parts: the first file has the frame and the overview, the others come when a route needs them.
//!
//! In the browser the part of the first page is fetched before the body is taken up ([`load`]), others when a
//! link leads to them; on the server a page is an ordinary view. `cargo xtask web` does the splitting.

use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use leptos_router::LazyRoute;

use super::{Asset, Compare, Explain, Help, Learn, Place, Shared, Sources, Status, Tag};
use crate::api::ApiError;
use crate::routes;
use crate::shell::PageError;
use crate::shell::palette::SearchPage;

/// Routes whose view is not in the first file: the segments of their addresses, the name of their part, and
/// what drawing and loading it are called. Every further part makes several more files, of what only some of
/// them share.
macro_rules! split {
    ($($segments:pat => $route:ident, $page:ident in $part:ident, $draw:ident, $load:ident;)*) => {
        $(
            #[wasm_split($part, wasm_split_path = ::leptos::wasm_split, preload($load), fallible)]
            fn $draw() -> Result<AnyView, SplitLoaderError> {
                Ok(view! { <$page/> }.into_any())
            }

            #[doc = concat!("The route of [`", stringify!($page), "`].")]
            pub struct $route;

            impl LazyRoute for $route {
                fn data() -> Self {
                    Self
                }

                async fn view(_: Self) -> AnyView {
                    $draw().await.unwrap_or_else(|error| {
                        let error = ApiError::Network(error.to_string());
                        view! { <main class="g-main"><PageError error/></main> }.into_any()
                    })
                }
            }
        )*

        /// The part that has the page of an address, as the manifest of the split names it.
        #[must_use]
        pub fn part_of(path: &str) -> Option<&'static str> {
            match segments(path).as_slice() {
                $($segments => Some(stringify!($part)),)*
                _ => None,
            }
        }

        /// Fetches the part that has the page of an address, so that its route can be drawn at once.
        ///
        /// # Errors
        /// When it cannot be fetched or run.
        pub async fn load(path: &str) -> Result<(), SplitLoaderError> {
            match segments(path).as_slice() {
                $($segments => $load().await,)*
                _ => Ok(()),
            }
        }
    };
}

split! {
    ["h", ..] => PlaceRoute, Place in place, draw_place, load_place;
    ["assets", _] => AssetRoute, Asset in asset, draw_asset, load_asset;
    ["tags", _] => TagRoute, Tag in asset, draw_tag, load_tag;
    ["tags", _, "explain"] => ExplainRoute, Explain in asset, draw_explain, load_explain;
    ["compare"] => CompareRoute, Compare in asset, draw_compare, load_compare;
    ["s", _] | ["s", _, "embed"] => SharedRoute, Shared in asset, draw_shared, load_shared;
    ["sources"] => SourcesRoute, Sources in more, draw_sources, load_sources;
    ["sources", "learn"] => LearnRoute, Learn in more, draw_learn, load_learn;
    ["search"] => SearchRoute, SearchPage in more, draw_search, load_search;
    ["status"] => StatusRoute, Status in more, draw_status, load_status;
    ["help"] => HelpRoute, Help in more, draw_help, load_help;
}

fn segments(path: &str) -> Vec<&str> {
    let path = path.strip_prefix(routes::base()).unwrap_or(path);
    path.split('/').filter(|segment| !segment.is_empty()).collect()
}
