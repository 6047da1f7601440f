//! What a page starts from: resolved once by the server, carried by the page, read back by the browser.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use wire::message::Position;
use wire::page::{Me, PlantStatus, ShareFrame, Shell, Zone};

use crate::api::{ApiError, plain};
use crate::prefs::Prefs;

/// Everything both sides must agree on before the first element is drawn.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Start {
    pub prefs: Prefs,
    /// The path the application lives under; empty for the root.
    pub base: String,
    pub shell: Shell,
    /// Why `shell` is empty.
    pub trouble: Option<ApiError>,
    /// The holder of a share link looks.
    pub share: Option<ShareFrame>,
}

impl Start {
    /// Resolves a request: who asks gets what every page needs, in the reader's preferences.
    #[cfg(feature = "ssr")]
    pub async fn load(
        backend: &dyn crate::api::backend::Backend,
        viewer: &crate::api::backend::Viewer,
        request: &axum::http::request::Parts,
        base: &str,
    ) -> Self {
        use axum::http::header::{ACCEPT_LANGUAGE, COOKIE};

        let header = |name| {
            request
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
        };
        let prefs = Prefs::from_request(
            request.uri.query().unwrap_or_default(),
            header(COOKIE),
            header(ACCEPT_LANGUAGE),
        );
        let (shell, trouble) = match backend.shell(viewer).await {
            Ok(shell) => (shell, None),
            Err(error) => (nothing_known(), Some(error)),
        };
        Self {
            prefs,
            base: base.to_owned(),
            shell,
            trouble,
            share: None,
        }
    }

    /// As the page carries it, safe inside a script element.
    #[cfg(feature = "ssr")]
    #[must_use]
    pub fn to_text(&self) -> String {
        plain::text_of(&plain::bytes_of(self))
    }

    /// What the page carries.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        plain::from_bytes(&plain::bytes_in(text))
    }

    /// For a page that carries none.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            prefs: Prefs::default(),
            base: String::new(),
            shell: nothing_known(),
            trouble: None,
            share: None,
        }
    }
}

fn nothing_known() -> Shell {
    Shell {
        position: Position {
            epoch: 0,
            revision: 0,
        },
        server_millis: 0,
        build: String::new(),
        plant_name: String::new(),
        demo: None,
        open_to_network: false,
        zone: Zone {
            name: String::new(),
            periods: Vec::new(),
        },
        plant: PlantStatus::default(),
        sites: Vec::new(),
        me: Me::default(),
    }
}

#[derive(Clone, Copy)]
struct ShellContext {
    shell: RwSignal<Shell>,
    zone: Memo<Zone>,
    site: RwSignal<Option<String>>,
}

/// Puts the shell where [`use_shell`] and [`use_zone`] find it.
pub(crate) fn provide_shell(shell: Shell) {
    let shell = RwSignal::new(shell);
    let zone = Memo::new(move |_| shell.with(|shell| shell.zone.clone()));
    let site = RwSignal::new(None);
    provide_context(ShellContext { shell, zone, site });
}

fn context() -> ShellContext {
    use_context().unwrap_or_else(|| {
        provide_shell(nothing_known());
        expect_context()
    })
}

/// What every page knows of the plant, there from the first moment.
#[must_use]
pub fn use_shell() -> RwSignal<Shell> {
    context().shell
}

/// Who reads, and what they may; the same for as long as the page lives.
#[must_use]
pub fn use_me() -> Me {
    context().shell.with_untracked(|shell| shell.me.clone())
}

/// The site's zone, in which all times are written.
#[must_use]
pub fn use_zone() -> Memo<Zone> {
    context().zone
}

/// The site that the page is about, once the page lives; none where it is about the whole plant.
#[must_use]
pub fn use_site() -> RwSignal<Option<String>> {
    context().site
}
