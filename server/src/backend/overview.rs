//! `/overview`: what needs somebody, then every site and system in one table.

use access::Capability;
use app::api::backend::Viewer;
use app::api::error::ApiError;
use twin::{AssetId, Twin};
use wire::page::{Need, OverviewPage, OverviewRow};

use super::Gemba;
use super::shell::{is_measured, sites};
use crate::access::{check_somewhere, is_told_apart, sees};
use crate::view;

/// Rows in the band at the top.
const NEEDS: usize = 3;
/// Rows of the table; more belong on the hierarchy's pages.
const ROWS: usize = 40;

impl Gemba {
    pub(super) async fn overview_page(&self, viewer: &Viewer) -> Result<OverviewPage, ApiError> {
        check_somewhere(viewer, Capability::See)?;
        let mut page = self.read(|twin| {
            let (needs, total) = self.needs(twin, viewer, NEEDS);
            OverviewPage {
                position: self.position(twin),
                more_needs: u32::try_from(total.saturating_sub(needs.len())).unwrap_or(u32::MAX),
                needs,
                rows: rows(twin, sites(viewer, twin)),
                is_modelled: self.model.current().version > 0,
            }
        });
        let in_needs = page.needs.iter_mut().filter_map(|need| need.point.as_mut());
        let in_rows = page.rows.iter_mut().flat_map(|row| row.indicators.iter_mut());
        self.sparks
            .fill(self.clock.now(), in_needs.chain(in_rows).collect())
            .await;
        Ok(page)
    }

    /// The first `most` things that need somebody, as far as they see, and how many there are.
    pub(crate) async fn needs_of(&self, viewer: &Viewer, most: usize) -> (Vec<Need>, usize) {
        let (mut needs, total) = self.read(|twin| self.needs(twin, viewer, most));
        let points = needs.iter_mut().filter_map(|need| need.point.as_mut());
        self.sparks.fill(self.clock.now(), points.collect()).await;
        (needs, total)
    }

    fn needs(&self, twin: &Twin, viewer: &Viewer, most: usize) -> (Vec<Need>, usize) {
        let (needs, total) = if is_told_apart(viewer) {
            twin.needs(most)
        } else {
            twin.needs_within(most, &|asset| sees(viewer, twin, asset))
        };
        let told = |need: &twin::Need| view::need_from_twin(twin, &self.plant.sources, need);
        (needs.iter().filter_map(told).collect(), total)
    }
}

fn rows(twin: &Twin, sites: Vec<AssetId>) -> Vec<OverviewRow> {
    let mut rows = Vec::new();
    for site in sites {
        rows.extend(row(twin, site, 0));
        rows.extend(
            systems(twin, site)
                .into_iter()
                .filter_map(|system| row(twin, system, 1)),
        );
        if rows.len() >= ROWS {
            break;
        }
    }
    rows.truncate(ROWS);
    rows
}

fn row(twin: &Twin, asset: AssetId, depth: u8) -> Option<OverviewRow> {
    Some(OverviewRow {
        node: view::node(twin, asset)?,
        depth,
        indicators: view::row_indicators(twin, asset, 2),
    })
}

/// The systems of a site: its children, and in place of a child that only groups systems (an area
/// most of whose own children have parts) those systems.
fn systems(twin: &Twin, site: AssetId) -> Vec<AssetId> {
    let groups = |asset: AssetId| {
        let below = twin.children(asset);
        let with_parts = below
            .iter()
            .filter(|child| !twin.children(**child).is_empty())
            .count();
        !is_measured(twin, asset) && 2 * with_parts > below.len()
    };
    let expand = |child: &AssetId| {
        if groups(*child) {
            twin.children(*child).to_vec()
        } else {
            vec![*child]
        }
    };
    twin.children(site).iter().flat_map(expand).collect()
}
