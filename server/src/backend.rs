//! What pages ask for, answered from the twin. One file a page; each asks the policy first.

use std::sync::{Arc, PoisonError, RwLock};

use access::Capability;
use app::api::backend::{Backend, Place, Viewer};
use app::api::error::ApiError;
use async_trait::async_trait;
use jiff::tz::TimeZone;
use store::Records;
use tokio::sync::mpsc;
use twin::{AssetId, PointId, Timestamp, Twin};
use wire::message::{Position, Summary};
use wire::page::{
    AssetPage, BrokerAddress, BrokerTest, ComparePage, ExplainPage, FindPage, FindQuery, Hit, LearnAct,
    LearnPage, LearnQuery, OverviewPage, PointSettings, RowsPage, RowsQuery, Scale, SharedPage, Shell,
    SourcesPage, StatusPage, TagPage, TreePart, TreeQuery, TreeWay, Trend, Units,
};

use crate::access::{may, sees};
use crate::accounts::Accounts;
use crate::clock::Clock;
use crate::config::HistoryConfig;
use crate::demo::Demo;
use crate::engine::EngineInput;
use crate::live::Hub;
use crate::metrics::Metrics;
use crate::model::ModelShelf;
use crate::needs::NeedDesk;
use crate::plan::Optimiser;
use crate::plant::PlantReader;
use crate::roster::RosterDesk;
use crate::sources::{ProblemBook, SourceManager};
use crate::spark::Sparks;
use crate::work::{WorkDesk, WorkFiles};

mod asset;
mod compare;
mod explain;
mod figure;
mod learn;
mod modelled;
mod overview;
mod place;
mod search;
mod shared;
mod sheets;
pub(crate) mod shell;
mod shown;
mod source;
mod status;
mod tag;
mod trend;

pub use learn::LearnDesk;

/// Everything pages are answered from.
pub struct Gemba {
    pub twin: Arc<RwLock<Twin>>,
    pub history: Arc<store::History>,
    pub sparks: Arc<Sparks>,
    pub records: Records,
    pub accounts: Arc<Accounts>,
    /// What makes codes on labels this server's own.
    pub label_key: u64,
    pub model: Arc<ModelShelf>,
    /// What is being learned of a plant nobody described.
    pub learning: Arc<LearnDesk>,
    /// Work orders.
    pub work: Arc<WorkDesk>,
    /// Photos and files of work orders.
    pub files: Arc<WorkFiles>,
    /// Needs and preventive plans.
    pub needs: Arc<NeedDesk>,
    /// What an hour of a line is worth, in whole units of the currency; 0 where nobody said.
    pub needs_worth: u64,
    /// Crews, production plans and drafts.
    pub roster: Arc<RosterDesk>,
    /// Searches for plans.
    pub optimiser: Optimiser,
    pub manager: Arc<SourceManager>,
    pub problems: Arc<ProblemBook>,
    pub plant: PlantReader,
    pub clock: Arc<dyn Clock>,
    pub zone: TimeZone,
    pub plant_name: Option<String>,
    pub build: String,
    pub demo: Option<Arc<Demo>>,
    /// The data directory is marked as the demo's.
    pub is_demo_data: bool,
    pub open_to_network: bool,
    pub engine: mpsc::Sender<EngineInput>,
    pub metrics: Arc<Metrics>,
    pub hub: Arc<Hub>,
    pub started: Timestamp,
    pub history_limits: HistoryConfig,
    /// What is computed, to explain it.
    pub computing: crate::computing::SharedComputing,
}

/// What a tag is called, and where it belongs.
pub struct TagName {
    pub asset: AssetId,
    pub asset_name: String,
    /// Of the asset, from the top down.
    pub path: String,
    pub name: String,
}

impl Gemba {
    /// Samples that came too late for a window, and those that found no room in one.
    #[must_use]
    pub fn left_out_samples(&self) -> (u64, u64) {
        let computing = self.computing.read().unwrap_or_else(PoisonError::into_inner);
        computing
            .as_ref()
            .map_or((0, 0), |computing| computing.formulas().left_out())
    }

    /// Reads the twin; keep it short, the engine waits.
    pub(crate) fn read<R>(&self, look: impl FnOnce(&Twin) -> R) -> R {
        look(&self.twin.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Where the twin stands for whoever watches on from here. The hub is told under the twin's lock, so
    /// that what is read from a borrowed twin is at exactly this position.
    fn position(&self, _borrowed: &Twin) -> Position {
        self.hub.position()
    }

    /// Where a point belongs and what it is called.
    #[must_use]
    pub fn name_of(&self, point: PointId) -> Option<TagName> {
        self.read(|twin| {
            let point = twin.point(point)?;
            Some(TagName {
                asset: point.asset,
                asset_name: twin.asset(point.asset)?.name.to_string(),
                path: twin.path(point.asset),
                name: point.name.to_string(),
            })
        })
    }

    /// Whether somebody may take the readings of a point away.
    #[must_use]
    pub fn may_export(&self, viewer: &Viewer, point: PointId) -> bool {
        self.read(|twin| {
            let asset = twin.point(point).map(|point| point.asset);
            let may = |capability, asset| may(viewer, twin, capability, asset);
            asset.is_some_and(|asset| may(Capability::Export, asset) && may(Capability::SeeHistory, asset))
        })
    }

    /// The unit in which a point is shown, and the way there from its readings.
    #[must_use]
    pub fn unit_of(&self, point: PointId, units: Units) -> (String, Option<Scale>) {
        self.read(|twin| {
            let point = twin.point(point)?;
            let measured = point.unit.as_ref().map(|unit| unit.symbol.to_string());
            Some(match crate::units::of_point(units, point) {
                Some((symbol, measured)) => (symbol, Some(measured.scale)),
                None => (measured.unwrap_or_default(), None),
            })
        })
        .unwrap_or_default()
    }

    /// The asset of a point, when the viewer may see it; not there and not allowed look the same.
    fn visible_point(&self, viewer: &Viewer, point: u32) -> Result<(PointId, AssetId), ApiError> {
        let id = PointId::new(point);
        let asset = self.read(|twin| {
            let asset = twin.point(id)?.asset;
            sees(viewer, twin, asset).then_some(asset)
        });
        Ok((id, asset.ok_or(ApiError::NotFound)?))
    }

    /// The asset, or where the model has put all of it, when it stands somewhere in the plant and the viewer
    /// may see it.
    fn visible_asset(&self, viewer: &Viewer, asset: u32) -> Result<AssetId, ApiError> {
        let id = self.read(|twin| {
            let id = twin.shown(AssetId::new(asset));
            (twin.is_listed(id) && sees(viewer, twin, id)).then_some(id)
        });
        id.ok_or(ApiError::NotFound)
    }
}

/// An error nobody foresaw: the page gets a number, the log the rest.
fn internal(error: &dyn std::fmt::Display) -> ApiError {
    let number = format!("{:08x}", crate::random::number() & 0xffff_ffff);
    tracing::error!(number, %error, "internal error");
    ApiError::Internal(number)
}

#[async_trait]
impl Backend for Gemba {
    async fn shell(&self, viewer: &Viewer) -> Result<Shell, ApiError> {
        self.shell_data(viewer).await
    }

    async fn overview(&self, viewer: &Viewer) -> Result<OverviewPage, ApiError> {
        let page = self.overview_page(viewer).await?;
        Ok(self.shown(viewer, page))
    }

    async fn place(&self, viewer: &Viewer, path: &str, by: &str) -> Result<Place, ApiError> {
        Ok(match self.place_page(viewer, path, by).await? {
            Place::Page(page) => Place::Page(Box::new(self.shown(viewer, *page))),
            equipment @ Place::Equipment(_) => equipment,
        })
    }

    async fn rows(&self, viewer: &Viewer, path: &str, query: RowsQuery) -> Result<RowsPage, ApiError> {
        let page = self.rows_page(viewer, path, &query).await?;
        Ok(self.shown(viewer, page))
    }

    async fn counts(
        &self,
        viewer: &Viewer,
        by: &str,
        assets: &[u32],
    ) -> Result<Vec<(u32, Summary)>, ApiError> {
        Ok(self.counts_by(viewer, by, assets))
    }

    async fn tree(&self, viewer: &Viewer, query: TreeQuery, path: &str) -> Result<TreeWay, ApiError> {
        self.tree_way(viewer, &query, path)
    }

    async fn branch(
        &self,
        viewer: &Viewer,
        query: TreeQuery,
        parent: Option<u32>,
        offset: u32,
    ) -> Result<TreePart, ApiError> {
        self.tree_part(viewer, &query, parent, offset)
    }

    async fn asset(
        &self,
        viewer: &Viewer,
        asset: u32,
        offset: u32,
        day: &str,
    ) -> Result<AssetPage, ApiError> {
        let page = self.asset_page(viewer, asset, offset, day).await?;
        Ok(self.shown(viewer, page))
    }

    async fn tag(&self, viewer: &Viewer, point: u32) -> Result<TagPage, ApiError> {
        let mut page = self.tag_page(viewer, point).await?;
        (page.brief, page.times) = self.brief(viewer, point)?;
        Ok(self.shown(viewer, page))
    }

    async fn explain(&self, viewer: &Viewer, point: u32) -> Result<ExplainPage, ApiError> {
        let page = self.explain_page(viewer, point)?;
        Ok(self.shown(viewer, page))
    }

    async fn compare(
        &self,
        viewer: &Viewer,
        ty: &str,
        property: &str,
        descending: bool,
    ) -> Result<ComparePage, ApiError> {
        let page = self.compare_page(viewer, ty, property, descending).await?;
        Ok(self.shown(viewer, page))
    }

    async fn topics(&self, viewer: &Viewer, points: &[u32]) -> Result<Vec<(u32, String)>, ApiError> {
        Ok(self.topics_of(viewer, points))
    }

    async fn set_point(
        &self,
        viewer: &Viewer,
        point: u32,
        units: Units,
        settings: PointSettings,
    ) -> Result<(), ApiError> {
        let settings = self.as_measured(PointId::new(point), units, settings);
        self.set_point_settings(viewer, point, settings).await
    }

    async fn sources(&self, viewer: &Viewer) -> Result<SourcesPage, ApiError> {
        self.sources_page(viewer)
    }

    async fn shared(&self, viewer: &Viewer, secret: &str) -> Result<SharedPage, ApiError> {
        self.shared_page(viewer, secret).await
    }

    async fn learn(&self, viewer: &Viewer, query: LearnQuery) -> Result<LearnPage, ApiError> {
        self.learn_page(viewer, query).await
    }

    async fn act_learn(&self, viewer: &Viewer, act: LearnAct) -> Result<(), ApiError> {
        self.learn_act(viewer, act).await
    }

    async fn status(&self, viewer: &Viewer) -> Result<StatusPage, ApiError> {
        self.status_page(viewer).await
    }

    async fn test_broker(&self, viewer: &Viewer, broker: BrokerAddress) -> Result<BrokerTest, ApiError> {
        Box::pin(self.try_broker(viewer, broker)).await
    }

    async fn use_broker(&self, viewer: &Viewer, broker: BrokerAddress) -> Result<(), ApiError> {
        self.add_broker(viewer, broker).await
    }

    async fn set_source_use(&self, viewer: &Viewer, source: u32, used: bool) -> Result<(), ApiError> {
        self.set_use(viewer, source, used).await
    }

    async fn set_ignored(&self, viewer: &Viewer, asset: u32, ignored: bool) -> Result<(), ApiError> {
        self.decide_ignore(viewer, asset, ignored).await
    }

    async fn search(&self, viewer: &Viewer, query: &str) -> Result<Vec<Hit>, ApiError> {
        self.search_hits(viewer, query)
    }

    async fn find(&self, viewer: &Viewer, query: FindQuery) -> Result<FindPage, ApiError> {
        self.find_page(viewer, &query)
    }

    async fn trend(
        &self,
        viewer: &Viewer,
        points: Vec<u32>,
        from_millis: i64,
        to_millis: i64,
        width_px: u32,
    ) -> Result<Trend, ApiError> {
        self.trend_panels(viewer, points, from_millis, to_millis, width_px)
            .await
    }

    async fn demo_fault(&self, viewer: &Viewer, kind: &str, active: bool) -> Result<(), ApiError> {
        self.run_demo_fault(viewer, kind, active).await
    }

    async fn demo_speed(&self, viewer: &Viewer, speed: u32) -> Result<(), ApiError> {
        self.set_demo_speed(viewer, speed).await
    }

    async fn report_panic(&self, viewer: &Viewer, page: &str, message: &str) -> Result<(), ApiError> {
        self.metrics.browser_panics.add(1);
        let (page, message) = (
            decode::sample(page.as_bytes(), 300),
            decode::sample(message.as_bytes(), 2_000),
        );
        // What comes after its first level may be a link's secret.
        let page = page.trim_start_matches('/').split('/').next().unwrap_or_default();
        tracing::error!(viewer = %viewer.who.name, page, message, "a browser panicked");
        Ok(())
    }
}
