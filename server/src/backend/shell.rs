//! What every page needs once, and the demo's controls.

use access::{Capability, Kind};
use app::api::backend::Viewer;
use app::api::error::ApiError;
use app::i18n::Messages;
use twin::{AssetId, Twin};
use wire::page::{AssetRef, DemoFault, DemoStatus, Me, Shell};

use super::Gemba;
use crate::access::{check_everywhere, check_somewhere, tops};
use crate::demo::SimulatorState;
use crate::plant::plant_within;
use crate::{view, zone};

/// Sites in the switcher.
const MOST_SITES: usize = 50;

impl Gemba {
    pub(super) async fn shell_data(&self, viewer: &Viewer) -> Result<Shell, ApiError> {
        check_somewhere(viewer, Capability::See)?;
        let demo = match &self.demo {
            Some(demo) => Some((demo.state().await, demo.last_state(), demo.past_percent())),
            None => None,
        };
        // Whoever holds a link knows one asset, and nothing of where in the plant it is.
        let is_link = matches!(viewer.who.kind, Kind::Link(_));
        let now = self.clock.now();
        // Before what it is the position of: a status of a moment later is told again, never left out.
        let position = self.hub.position();
        let plant = self.plant.status();
        Ok(self.read(|twin| Shell {
            position,
            server_millis: now.millis(),
            build: self.build.clone(),
            plant_name: match &self.plant_name {
                _ if is_link => String::new(),
                Some(name) => name.clone(),
                None => name_of_plant(viewer, twin),
            },
            demo: demo.map(|(state, last, past)| match is_link {
                true => DemoStatus::default(),
                false => DemoStatus {
                    past_percent: past,
                    ..demo_status(twin, state, last)
                },
            }),
            open_to_network: self.open_to_network,
            zone: zone::around(&self.zone, now),
            plant: plant_within(&viewer.who.sight(), twin, plant),
            sites: match is_link {
                true => Vec::new(),
                false => site_refs(viewer, twin),
            },
            me: me(viewer),
        }))
    }

    pub(super) async fn run_demo_fault(
        &self,
        viewer: &Viewer,
        kind: &str,
        active: bool,
    ) -> Result<(), ApiError> {
        check_everywhere(viewer, Capability::RunDemo)?;
        let demo = self.demo.as_ref().ok_or(ApiError::NotFound)?;
        demo.fault(kind, active)
            .await
            .map_err(|error| unavailable(&error))
    }

    pub(super) async fn set_demo_speed(&self, viewer: &Viewer, speed: u32) -> Result<(), ApiError> {
        check_everywhere(viewer, Capability::RunDemo)?;
        let demo = self.demo.as_ref().ok_or(ApiError::NotFound)?;
        if !(1..=600).contains(&speed) {
            let m = Messages::of(viewer.locale);
            return Err(ApiError::BadRequest(m.server_error_speed().to_owned()));
        }
        demo.speed(speed).await.map_err(|error| unavailable(&error))
    }
}

/// Who reads, and what of it pages offer them.
fn me(viewer: &Viewer) -> Me {
    use access::Capability as C;
    let who = &viewer.who;
    let highest = who.grants().iter().map(|grant| grant.role).max();
    Me {
        name: who.name.to_string(),
        role: highest.map_or_else(String::new, |role| role.word().to_owned()),
        has_account: matches!(who.kind, Kind::Account(_) | Kind::Display(_)),
        may_choose: who.kind == Kind::Visitor && viewer.is_demo,
        may_see_sources: who.may_everywhere(C::SeeSources),
        may_see_status: who.may_everywhere(C::SeeStatus),
        may_change_sources: who.may_everywhere(C::ChangeSources),
        may_change_model: who.may_everywhere(C::ChangeModel),
        may_change_points: who.may_somewhere(C::ChangePoint),
        may_run_demo: who.may_everywhere(C::RunDemo),
        may_share: who.may_somewhere(C::Share),
        may_see_work: who.may_somewhere(C::SeeWork),
        may_request_work: who.may_somewhere(C::RequestWork),
        may_plan_work: who.may_somewhere(C::PlanWork),
        may_administer: who.may_everywhere(C::ManageAccounts),
    }
}

fn unavailable(error: &anyhow::Error) -> ApiError {
    tracing::warn!(error = format!("{error:#}"), "the demo plant's simulator");
    ApiError::Unavailable("simulator".to_owned())
}

/// The sites in the switcher.
fn site_refs(viewer: &Viewer, twin: &Twin) -> Vec<AssetRef> {
    let sites = sites(viewer, twin).into_iter().take(MOST_SITES);
    sites.filter_map(|site| view::asset_ref(twin, site)).collect()
}

/// The first level at which the plant branches: its sites, as far as somebody sees them; for who sees less than
/// a site where their view begins.
pub(super) fn sites(viewer: &Viewer, twin: &Twin) -> Vec<AssetId> {
    branch(twin, tops(&viewer.who.sight(), twin))
}

/// The first level at which these branch.
pub(crate) fn branch(twin: &Twin, mut level: Vec<AssetId>) -> Vec<AssetId> {
    while let [only] = level[..] {
        let below = twin.children(only);
        if below.is_empty() || is_measured(twin, only) {
            break;
        }
        level = below.to_vec();
    }
    level
}

/// Whether something is measured at an asset itself; roll-ups over what is below it are not.
pub(super) fn is_measured(twin: &Twin, asset: AssetId) -> bool {
    let points = twin.points_of(asset).iter();
    points
        .filter_map(|point| twin.point(*point))
        .any(|point| !point.is_computed())
}

/// The sites, also where a model gives the plant as a whole values of its own.
pub(super) fn regions(viewer: &Viewer, twin: &Twin) -> Vec<AssetId> {
    let sites = sites(viewer, twin);
    match sites[..] {
        [only] if !twin.children(only).is_empty() => twin.children(only).to_vec(),
        _ => sites,
    }
}

fn name_of_plant(viewer: &Viewer, twin: &Twin) -> String {
    match tops(&viewer.who.sight(), twin)[..] {
        [only] => twin
            .asset(only)
            .map_or_else(String::new, |root| root.name.to_string()),
        _ => String::new(),
    }
}

fn demo_status(twin: &Twin, state: Option<SimulatorState>, last: SimulatorState) -> DemoStatus {
    let unreachable = state.is_none();
    let state = state.unwrap_or(last);
    let fault = |fault: crate::demo::SimulatedFault| DemoFault {
        asset: fault
            .asset_topic
            .as_deref()
            .and_then(|topic| asset_at(twin, topic)),
        kind: fault.kind,
        active: fault.active,
    };
    DemoStatus {
        speed: state.speed,
        faults: state.faults.into_iter().map(fault).collect(),
        unreachable,
        past_percent: None,
    }
}

fn asset_at(twin: &Twin, path: &str) -> Option<AssetRef> {
    let asset = twin
        .by_levels(path)
        .or_else(|| twin.by_path(&path.to_lowercase()))?;
    view::asset_ref(twin, asset)
}
