//! `/sources/learn`: listens, proposes, takes decisions, applies. One session a plant, kept here so
//! that it survives a reload.

mod acts;
mod desk;
mod plan;
mod shown;
mod topics;

use access::Capability;
use app::api::backend::Viewer;
use app::api::error::ApiError;
use wire::page::{LearnPage, LearnQuery, LearnStage};

use super::Gemba;
use crate::access::check_everywhere;

pub use self::desk::LearnDesk;

impl Gemba {
    pub(super) async fn learn_page(&self, viewer: &Viewer, query: LearnQuery) -> Result<LearnPage, ApiError> {
        check_everywhere(viewer, Capability::SeeSources)?;
        let loaded = self.model.current();
        let (stage, stamp, said) = self.learning.standing();
        let proposal = if stage == LearnStage::Ready {
            let proposal = self.learning.with(|session, heard_secs| {
                self.read(|twin| shown::proposal(session, &query, heard_secs, twin))
            });
            match (proposal, query.tab) {
                (Some(proposal), wire::page::LearnTab::Plan) => Some(self.with_plan(proposal).await?),
                (proposal, _) => proposal,
            }
        } else {
            None
        };
        Ok(self.read(|twin| LearnPage {
            position: self.position(twin),
            stage,
            stamp,
            said,
            sources: twin
                .sources()
                .iter()
                .filter(|source| source.link != twin::Link::Stopped)
                .map(|source| source.name.to_string())
                .collect(),
            tags: twin.plant_summary().points,
            version: loaded.version,
            problems: self.problems.rows(),
            proposal,
        }))
    }

    async fn with_plan(
        &self,
        proposal: wire::page::LearnProposal,
    ) -> Result<wire::page::LearnProposal, ApiError> {
        let loaded = self.model.current();
        let plan = match self.built().await? {
            Some((built, checked, proposal)) => {
                let planning =
                    tokio::task::spawn_blocking(move || plan::plan(&built, &checked, &loaded, &proposal));
                planning.await.map_err(|error| super::internal(&error))?
            }
            None => wire::page::LearnPlan::default(),
        };
        Ok(wire::page::LearnProposal {
            plan: Some(plan),
            ..proposal
        })
    }
}
