//! What the pages ask of the server: declared here, implemented there, so that `app` never depends on it.
//!
//! Every method takes the [`Viewer`]; the implementation asks one policy before it answers.

use access::Who;
use async_trait::async_trait;
use wire::message::Summary;
use wire::page::{
    AssetPage, AssetRef, BrokerAddress, BrokerTest, ComparePage, ExplainPage, FindPage, FindQuery, Hit,
    LearnAct, LearnPage, LearnQuery, OverviewPage, PlacePage, PointSettings, RowsPage, RowsQuery, SharedPage,
    Shell, SourcesPage, StatusPage, TagPage, TreePart, TreeQuery, TreeWay, Trend, Units,
};

use super::error::ApiError;
use crate::i18n::Locale;

/// Who asks, from where, and how they want it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// Who, with what they are granted.
    pub who: Who,
    /// The session or token that proved it.
    pub credential: Option<u32>,
    /// What proves that a browser gave a link's PIN.
    pub unlocked: Option<String>,
    /// Visits the demo, and may choose another role.
    pub is_demo: bool,
    /// Where from, in the log.
    pub address: Option<String>,
    /// In which units values are shown to them.
    pub units: Units,
    /// The language of what the model says in several.
    pub locale: Locale,
}

/// What stands at a path of the hierarchy.
pub enum Place {
    /// A level with children.
    Page(Box<PlacePage>),
    /// Equipment without children: its asset page is the one to show.
    Equipment(AssetRef),
}

/// The one door from pages to the server.
#[async_trait]
pub trait Backend: Send + Sync + 'static {
    /// What every page needs once.
    async fn shell(&self, viewer: &Viewer) -> Result<Shell, ApiError>;
    /// `/overview`.
    async fn overview(&self, viewer: &Viewer) -> Result<OverviewPage, ApiError>;
    /// `/h/{path}`; an empty path is the root.
    async fn place(&self, viewer: &Viewer, path: &str, by: &str) -> Result<Place, ApiError>;
    /// The table of what is below a path, sorted and sieved over all of it: a page of it.
    async fn rows(&self, viewer: &Viewer, path: &str, query: RowsQuery) -> Result<RowsPage, ApiError>;
    /// Counts of assets and what is below them in a hierarchy.
    async fn counts(
        &self,
        viewer: &Viewer,
        by: &str,
        assets: &[u32],
    ) -> Result<Vec<(u32, Summary)>, ApiError>;
    /// The tree as far as it is open on the way to a path.
    async fn tree(&self, viewer: &Viewer, query: TreeQuery, path: &str) -> Result<TreeWay, ApiError>;
    /// Some children of an asset, or some roots, for the tree.
    async fn branch(
        &self,
        viewer: &Viewer,
        query: TreeQuery,
        parent: Option<u32>,
        offset: u32,
    ) -> Result<TreePart, ApiError>;
    /// `/assets/{id}`. `offset` pages the points, 500 at a time; relations are those of a day, `2026-03-15`, or
    /// of now for none.
    async fn asset(&self, viewer: &Viewer, asset: u32, offset: u32, day: &str)
    -> Result<AssetPage, ApiError>;
    /// `/tags/{id}`.
    async fn tag(&self, viewer: &Viewer, point: u32) -> Result<TagPage, ApiError>;
    /// `/tags/{id}/explain`: how a number comes about.
    async fn explain(&self, viewer: &Viewer, point: u32) -> Result<ExplainPage, ApiError>;
    /// `/compare`: assets of one type over all sites, by one property.
    async fn compare(
        &self,
        viewer: &Viewer,
        ty: &str,
        property: &str,
        descending: bool,
    ) -> Result<ComparePage, ApiError>;
    /// Topic and field of each of these points that is there and that the viewer may see.
    async fn topics(&self, viewer: &Viewer, points: &[u32]) -> Result<Vec<(u32, String)>, ApiError>;
    /// Sets what a person may set for a point, its numbers written in these units.
    async fn set_point(
        &self,
        viewer: &Viewer,
        point: u32,
        units: Units,
        settings: PointSettings,
    ) -> Result<(), ApiError>;
    /// `/sources`.
    async fn sources(&self, viewer: &Viewer) -> Result<SourcesPage, ApiError>;
    /// Connects to a broker, listens for a few seconds, and says what it heard. Changes nothing.
    async fn test_broker(&self, viewer: &Viewer, broker: BrokerAddress) -> Result<BrokerTest, ApiError>;
    /// Uses a broker from now on, beside those already in use.
    async fn use_broker(&self, viewer: &Viewer, broker: BrokerAddress) -> Result<(), ApiError>;
    /// Uses a source that was added on the page no longer, or again.
    async fn set_source_use(&self, viewer: &Viewer, source: u32, used: bool) -> Result<(), ApiError>;
    /// Turns topics away that spoke once, or takes them in.
    async fn set_ignored(&self, viewer: &Viewer, asset: u32, ignored: bool) -> Result<(), ApiError>;
    /// Assets and points by name, tag or path: at most 30, best first.
    async fn search(&self, viewer: &Viewer, query: &str) -> Result<Vec<Hit>, ApiError>;
    /// The same with facets: a page of all hits, and by what they can be narrowed.
    async fn find(&self, viewer: &Viewer, query: FindQuery) -> Result<FindPage, ApiError>;
    /// The trend of at most 8 points over a range, thinned to `width_px` with every extreme kept.
    async fn trend(
        &self,
        viewer: &Viewer,
        points: Vec<u32>,
        from_millis: i64,
        to_millis: i64,
        width_px: u32,
    ) -> Result<Trend, ApiError>;
    /// `/s/{secret}`: what the link of a secret shows; not there for a link that ended or never was.
    async fn shared(&self, viewer: &Viewer, secret: &str) -> Result<SharedPage, ApiError>;
    /// `/sources/learn`.
    async fn learn(&self, viewer: &Viewer, query: LearnQuery) -> Result<LearnPage, ApiError>;
    /// Listens, decides, renames, applies: what a form of that page says.
    async fn act_learn(&self, viewer: &Viewer, act: LearnAct) -> Result<(), ApiError>;
    /// `/status`.
    async fn status(&self, _viewer: &Viewer) -> Result<StatusPage, ApiError> {
        Err(ApiError::Unavailable("status".to_owned()))
    }
    /// Starts or ends a fault in the demo plant.
    async fn demo_fault(&self, viewer: &Viewer, kind: &str, active: bool) -> Result<(), ApiError>;
    /// Sets how many times faster than real the demo plant's physics goes: 1 to 600.
    async fn demo_speed(&self, viewer: &Viewer, speed: u32) -> Result<(), ApiError>;
    /// A panic in a browser, for the log.
    async fn report_panic(&self, viewer: &Viewer, page: &str, message: &str) -> Result<(), ApiError>;
}
