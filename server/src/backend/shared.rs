//! `/s/{secret}`: an asset as far as a share link shows it. What it does not show is not in the data.

use access::Terms;
use app::api::backend::{Backend as _, Viewer};
use app::api::error::ApiError;
use store::HistoryError;
use twin::{AssetId, PointId, Span, Timestamp, Twin};
use wire::page::{Limits, PointView, SharedPage, SharedPart};
use wire::reading::wire_from_twin;

use super::{Gemba, internal};
use crate::access::sees;
use crate::share::Link;
use crate::view;

/// Values of the asset.
const POINTS: usize = 24;
/// Parts below it, and values of each.
const PARTS: usize = 12;
const OF_A_PART: usize = 4;
/// The past that a live link shows.
const PAST: Span = Span::from_secs(8 * 3_600);
/// What the trend is thinned to.
const WIDTH: u32 = 240;

impl Gemba {
    pub(super) async fn shared_page(&self, viewer: &Viewer, secret: &str) -> Result<SharedPage, ApiError> {
        let held = self.accounts.by_link(secret, viewer.unlocked.as_deref());
        let held = held.filter(|held| !held.is_locked).ok_or(ApiError::NotFound)?;
        let holder = Viewer {
            who: held.who,
            credential: Some(held.id),
            ..viewer.clone()
        };
        self.project(&holder, &held.link).await
    }

    /// An asset as far as a link shows it to its holder.
    pub(crate) async fn project(&self, holder: &Viewer, link: &Link) -> Result<SharedPage, ApiError> {
        let (asset, terms) = (AssetId::new(link.asset), link.terms());
        // The asset page knows what matters first; only what the link shows of it goes on.
        let whole = self.asset(holder, asset.get(), 0, "").await?;
        let mut points: Vec<PointView> = if terms.shows.values {
            whole.points
        } else {
            Vec::new()
        };
        let first: Vec<u32> = whole
            .about
            .iter()
            .flat_map(|about| about.groups.first())
            .flat_map(|group| group.points.clone())
            .collect();
        points.sort_by_key(|view| {
            first
                .iter()
                .position(|point| *point == view.info.point)
                .unwrap_or(usize::MAX)
        });
        points.truncate(POINTS);
        let has_parts = !whole.children.is_empty();
        let parts = match terms.shows.children && terms.shows.values {
            true => self.parts(holder, asset),
            false => Vec::new(),
        };
        let trend = self.trend_of(holder, terms, link.range, points.first()).await?;
        let mut page = SharedPage {
            position: whole.position,
            name: whole.node.asset.name,
            state: whole.node.state.filter(|_| terms.shows.values),
            points,
            parts,
            trend,
            hidden: hidden(terms, has_parts),
            as_of_millis: link.range.map(|(_, to)| to),
        };
        views_of(&mut page).for_each(|view| redact(terms, view));
        match page.as_of_millis {
            Some(then) => self.as_of(page, Timestamp::from_millis(then)).await,
            None => Ok(page),
        }
    }

    /// The values as history has them: the last at or before a time.
    async fn as_of(&self, mut page: SharedPage, then: Timestamp) -> Result<SharedPage, ApiError> {
        let history = self.history.clone();
        let read = move || {
            for view in views_of(&mut page) {
                let reading = history.at(PointId::new(view.info.point), then)?;
                view.reading = reading.as_ref().map(wire_from_twin);
                view.spark = None;
            }
            Ok::<_, HistoryError>(page)
        };
        let read = tokio::task::spawn_blocking(read).await;
        let read = read.map_err(|error| internal(&error))?;
        read.map_err(|error| internal(&error))
    }

    /// Of each child its telling values, by the asset that they are of: some are further down.
    fn parts(&self, holder: &Viewer, asset: AssetId) -> Vec<SharedPart> {
        self.read(|twin| {
            let below = twin
                .children(asset)
                .iter()
                .filter(|child| sees(holder, twin, **child));
            let part = |child: &AssetId| Some(by_asset(twin, *child, &twin.asset(*child)?.name));
            below.take(PARTS).filter_map(part).flatten().collect()
        })
    }

    async fn trend_of(
        &self,
        holder: &Viewer,
        terms: Terms,
        range: Option<(i64, i64)>,
        first: Option<&PointView>,
    ) -> Result<Option<wire::page::Trend>, ApiError> {
        let Some(first) = first.filter(|_| terms.shows.history) else {
            return Ok(None);
        };
        let now = self.clock.now();
        let (from, to) = range.unwrap_or(((now - PAST).millis(), now.millis()));
        let mut trend = self
            .trend_panels(holder, vec![first.info.point], from, to, WIDTH)
            .await?;
        if !terms.shows.alarms {
            for panel in &mut trend.panels {
                panel.info.limits = Limits::default();
            }
        }
        Ok(Some(trend))
    }
}

/// Everything on the page that has a value.
fn views_of(page: &mut SharedPage) -> impl Iterator<Item = &mut PointView> {
    let parts = page.parts.iter_mut().flat_map(|part| &mut part.points);
    page.points.iter_mut().chain(&mut page.state).chain(parts)
}

/// The telling values of a part, those of one asset together.
fn by_asset(twin: &Twin, part: AssetId, name: &str) -> Vec<SharedPart> {
    let mut groups: Vec<(u32, SharedPart)> = Vec::new();
    for view in view::indicators(twin, part, OF_A_PART) {
        let of = view.info.asset;
        if let Some((_, group)) = groups.iter_mut().find(|(asset, _)| *asset == of) {
            group.points.push(view);
            continue;
        }
        let below = twin
            .asset(AssetId::new(of))
            .filter(|_| of != part.get())
            .map(|below| format!("{name} · {}", below.name));
        let name = below.unwrap_or_else(|| name.to_owned());
        let points = vec![view];
        groups.push((of, SharedPart { name, points }));
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// Words of what is left out. Without values there is nothing that the others could stand beside.
fn hidden(terms: Terms, has_parts: bool) -> Vec<String> {
    let shows = terms.shows;
    let words = [
        (shows.values, "values"),
        (shows.values && shows.history, "history"),
        (shows.values && shows.alarms, "alarms"),
        (!has_parts || shows.values && shows.children, "children"),
    ];
    words
        .into_iter()
        .filter(|(shown, _)| !shown)
        .map(|(_, word)| word.to_owned())
        .collect()
}

/// Takes out of a value what the link does not show.
fn redact(terms: Terms, view: &mut PointView) {
    if !terms.shows.history {
        view.spark = None;
    }
    if !terms.shows.alarms {
        view.info.limits = Limits::default();
    }
}
