//! Assets and points by name, tag or path, and by what what was found can be narrowed.

use std::collections::BTreeMap;

use access::Capability;
use app::api::backend::Viewer;
use app::api::error::ApiError;
use twin::{AssetId, Freshness, PointId, Quality, SearchIndex, Twin};
use wire::page::{Facet, FacetChoice, FacetKind, FindPage, FindQuery, HITS, Hit};

use super::Gemba;
use super::modelled::{known, type_name};
use super::shell::regions;
use crate::access::{check_somewhere, sees};
use crate::model::LoadedModel;
use crate::view;

/// Hits of the palette.
const MOST: usize = 30;
/// What is looked at of what was found: the best.
const LOOKED_AT: usize = 4_000;
const LONGEST: usize = 200;
/// Choices of one facet.
const CHOICES: usize = 12;

/// What a type says of all its assets, in small letters; an asset may have an owner of its own.
struct Says {
    name: String,
    owner: String,
    steward: String,
}

impl Says {
    fn of_type(name: &str, about: &model::About) -> Self {
        let text = |said: &Option<Box<str>>| said.as_deref().unwrap_or_default().to_lowercase();
        Self {
            name: format!("{name} {}", text(&about.name)).to_lowercase(),
            owner: text(&about.owner),
            steward: text(&about.steward),
        }
    }
}

/// Something found, and where it falls in each facet.
struct Found {
    asset: AssetId,
    point: Option<PointId>,
    site: Option<AssetId>,
    ty: Option<String>,
    /// Who answers for it.
    owner: Option<String>,
    data: Option<&'static str>,
    /// Computed, not measured: no tag, and counted as none anywhere.
    is_computed: bool,
}

impl Gemba {
    pub(super) fn search_hits(&self, viewer: &Viewer, query: &str) -> Result<Vec<Hit>, ApiError> {
        check_somewhere(viewer, Capability::See)?;
        let found = self.looked_up(query, MOST);
        let (loaded, words) = (self.model.current(), words_of(query));
        Ok(self.read(|twin| {
            let found = found.into_iter().filter_map(|hit| place(twin, hit));
            let visible = found.filter(|(asset, _)| sees(viewer, twin, *asset));
            visible
                .filter_map(|(asset, point)| hit(viewer, twin, &loaded, &words, asset, point))
                .collect()
        }))
    }

    pub(super) fn find_page(&self, viewer: &Viewer, query: &FindQuery) -> Result<FindPage, ApiError> {
        check_somewhere(viewer, Capability::See)?;
        let mut hits = self.looked_up(&query.words, LOOKED_AT);
        let is_cut = hits.len() >= LOOKED_AT;
        if let (true, Some(site)) = (is_cut, query.site) {
            // Beyond what is looked at there may be more of this site: its name among the words finds it.
            let name = self.read(|twin| {
                twin.asset(AssetId::new(site))
                    .map(|asset| asset.level.to_string())
            });
            let words = format!("{} {}", query.words, name.unwrap_or_default());
            hits = self.looked_up(&words, LOOKED_AT);
        }
        let (loaded, words) = (self.model.current(), words_of(&query.words));
        Ok(self.read(|twin| {
            let sites = regions(viewer, twin);
            let found = hits.into_iter().filter_map(|hit| place(twin, hit));
            let visible = found.filter(|(asset, _)| sees(viewer, twin, *asset));
            let all: Vec<Found> = visible
                .map(|(asset, point)| Found {
                    asset,
                    point,
                    site: twin.trail(asset).into_iter().find(|step| sites.contains(step)),
                    ty: Self::type_of(twin, asset),
                    owner: said_of(twin, &loaded, asset, point, |about| &about.owner),
                    data: data_of(twin, asset, point),
                    is_computed: point
                        .and_then(|point| twin.point(point))
                        .is_some_and(twin::Point::is_computed),
                })
                .collect();
            let fits: Vec<&Found> = all.iter().filter(|found| is_kept(found, query, None)).collect();
            let page = fits.iter().skip(query.offset as usize).take(HITS as usize);
            FindPage {
                hits: page
                    .filter_map(|found| hit(viewer, twin, &loaded, &words, found.asset, found.point))
                    .collect(),
                offset: query.offset,
                total: u32::try_from(fits.len()).unwrap_or(u32::MAX),
                is_cut,
                facets: self.facets(twin, &all, query),
            }
        }))
    }

    /// The index is searched without the twin's lock; only names are read under it.
    fn looked_up(&self, query: &str, most: usize) -> Vec<twin::Hit> {
        let query: String = query.chars().take(LONGEST).collect();
        if query.trim().is_empty() {
            return Vec::new();
        }
        let index: SearchIndex = self.read(Twin::search_index);
        let mut hits = index.search(&query, most);
        let mut said = self.said_by_model(&query, most.saturating_sub(hits.len()));
        said.retain(|hit| !hits.contains(hit));
        hits.extend(said);
        let mut values = self.values_by_asset(&query, most.saturating_sub(hits.len()));
        values.retain(|hit| !hits.contains(hit));
        hits.extend(values);
        hits
    }

    /// Values that the words find by the name their asset has in the model and their own, together:
    /// `dosing skid recovery`.
    fn values_by_asset(&self, query: &str, most: usize) -> Vec<twin::Hit> {
        let words = words_of(query);
        if words.len() < 2 || most == 0 {
            return Vec::new();
        }
        let loaded = self.model.current();
        let named = loaded.model.assets.iter().filter_map(|(key, asset)| {
            let name = asset.about.name.as_deref()?.to_lowercase();
            let others: Vec<&String> = words.iter().filter(|word| !name.contains(*word)).collect();
            (!others.is_empty() && others.len() < words.len()).then_some((key, others))
        });
        let named: Vec<_> = named.take(LOOKED_AT).collect();
        self.read(|twin| {
            let values = named.iter().flat_map(|(key, others)| {
                let points = twin.modelled(key.as_str()).map(|asset| twin.points_of(asset));
                let points = points.into_iter().flatten().filter_map(|id| twin.point(*id));
                points.filter(|point| {
                    let name = point.name.to_lowercase();
                    others.iter().all(|word| name.contains(word.as_str()))
                })
            });
            values
                .take(most)
                .map(|point| twin::Hit::Point(point.id))
                .collect()
        })
    }

    /// Assets that the words find by their type, owner or steward, and not by their name or tags alone.
    fn said_by_model(&self, query: &str, most: usize) -> Vec<twin::Hit> {
        let words = words_of(query);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let loaded = self.model.current();
        let types: BTreeMap<&str, Says> = loaded
            .resolved
            .types
            .iter()
            .map(|(name, ty)| (name.as_str(), Says::of_type(name.as_str(), &ty.about.value)))
            .collect();
        let found = loaded.model.assets.iter().filter(|(_, asset)| {
            let Some(ty) = types.get(asset.ty.as_str()) else {
                return false;
            };
            let own = |own: &Option<Box<str>>| own.as_deref().map(str::to_lowercase);
            let (owner, steward) = (own(&asset.about.owner), own(&asset.about.steward));
            let owner = owner.as_deref().unwrap_or(&ty.owner);
            let steward = steward.as_deref().unwrap_or(&ty.steward);
            let said = |word: &str| ty.name.contains(word) || owner.contains(word) || steward.contains(word);
            if !words.iter().any(|word| said(word)) {
                return false;
            }
            let name = asset.about.name.as_deref().unwrap_or_default().to_lowercase();
            // One that its name finds is there already.
            let is_new = !words.iter().all(|word| name.contains(word));
            is_new && words.iter().all(|word| name.contains(word) || said(word))
        });
        let keys: Vec<&str> = found.map(|(key, _)| key.as_str()).take(most).collect();
        self.read(|twin| {
            let assets = keys.iter().filter_map(|key| twin.modelled(key));
            assets.map(twin::Hit::Asset).collect()
        })
    }

    /// Each facet counts what the others keep.
    fn facets(&self, twin: &Twin, all: &[Found], query: &FindQuery) -> Vec<Facet> {
        use FacetKind::{Data, Kind, Owner, Site, Type};
        let facet = |kind: FacetKind| {
            let mut counts: BTreeMap<String, u32> = BTreeMap::new();
            for found in all.iter().filter(|found| is_kept(found, query, Some(kind))) {
                if let Some(value) = value_of(found, kind) {
                    *counts.entry(value).or_default() += 1;
                }
            }
            let mut counts: Vec<(String, u32)> = counts.into_iter().collect();
            counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            let choice = |(value, count): (String, u32)| {
                let asset = || twin.asset(AssetId::new(value.parse().ok()?));
                let name = match kind {
                    Site => asset().map(|asset| asset.name.to_string()),
                    Type => Some(type_name(&self.model.current().model, &value)),
                    Owner => Some(value.clone()),
                    Kind | Data => None,
                };
                FacetChoice { value, name, count }
            };
            Facet {
                kind,
                choices: counts.into_iter().take(CHOICES).map(choice).collect(),
            }
        };
        let facets = [Kind, Site, Type, Owner, Data].map(facet);
        facets
            .into_iter()
            .filter(|facet| !facet.choices.is_empty())
            .collect()
    }
}

/// What is looked for, in small letters.
fn words_of(query: &str) -> Vec<String> {
    let words = query.split_whitespace().take(8);
    words.map(str::to_lowercase).collect()
}

/// Something found as it is shown; who answers for it where that is what a word found.
fn hit(
    viewer: &Viewer,
    twin: &Twin,
    loaded: &LoadedModel,
    words: &[String],
    asset: AssetId,
    point: Option<PointId>,
) -> Option<Hit> {
    let data = data_of(twin, asset, point);
    let ty = Gemba::type_of(twin, asset).map(|ty| type_name(&loaded.model, &ty));
    let named = point.and_then(|id| twin.point(id).map(|point| (id, point)));
    let trail = trail(viewer, twin, asset);
    let mut shown = format!(
        "{trail} {} {}",
        twin.path(asset),
        ty.as_deref().unwrap_or_default()
    );
    if let Some((_, point)) = named {
        shown += &format!(" {} {} {}", point.name, point.topic, point.field);
    }
    let shown = shown.to_lowercase();
    let others: Vec<&String> = words.iter().filter(|word| !shown.contains(*word)).collect();
    let found = |who: Option<String>| {
        who.filter(|who| {
            others
                .iter()
                .any(|word| who.to_lowercase().contains(word.as_str()))
        })
    };
    Some(Hit {
        asset: view::asset_ref(twin, asset)?,
        point: named.map(|(id, point)| (id.get(), point.name.to_string())),
        trail,
        ty,
        data: data.filter(|data| *data != "live").map(str::to_owned),
        owner: found(said_of(twin, loaded, asset, point, |about| &about.owner)),
        steward: found(said_of(twin, loaded, asset, point, |about| &about.steward)),
    })
}

/// Who answers for an asset, or for a value of it.
fn said_of(
    twin: &Twin,
    loaded: &LoadedModel,
    asset: AssetId,
    point: Option<PointId>,
    pick: fn(&model::About) -> &Option<Box<str>>,
) -> Option<String> {
    let known = known(twin, loaded, asset)?;
    let path = point.and_then(|point| twin.point(point)?.property.as_deref());
    let of_value = path.and_then(|path| {
        let own = known.asset.properties.get(path);
        let own = own.and_then(|property| pick(&property.about).as_deref());
        own.or_else(|| pick(&known.effective.properties.get(path)?.value.about).as_deref())
    });
    let said = of_value
        .or(pick(&known.asset.about).as_deref())
        .or(pick(&known.effective.about.value).as_deref());
    said.map(str::to_owned)
}

/// Where something found stands; what stands nowhere any more is not found: a discovered asset the model
/// took over, a value whose formula or share of a tag is gone.
fn place(twin: &Twin, hit: twin::Hit) -> Option<(AssetId, Option<PointId>)> {
    match hit {
        twin::Hit::Asset(asset) => twin.is_listed(asset).then_some((asset, None)),
        twin::Hit::Point(point) => {
            let known = twin.point(point)?;
            let is_gone = known.is_models_own() && known.property.is_none();
            (!is_gone).then_some((known.asset, Some(point)))
        }
    }
}

/// The worst of an asset's tags, or the state of a point, in a stable word; none for an asset without tags.
fn data_of(twin: &Twin, asset: AssetId, point: Option<PointId>) -> Option<&'static str> {
    let Some(point) = point else {
        let summary = twin.summary(asset);
        return Some(match () {
            () if summary.points + summary.outer + summary.inner == 0 => return None,
            // Where nothing is heard, nobody knows what is beyond its limits.
            () if summary.points > 0 && summary.offline == summary.points => "offline",
            () if summary.outer + summary.inner > 0 => "beyond",
            () if summary.bad > 0 => "bad",
            () if summary.offline > 0 => "offline",
            () if summary.stale > 0 => "stale",
            () if summary.late > 0 => "late",
            () => "live",
        });
    };
    let Some(reading) = twin.reading(point) else {
        return Some("never");
    };
    // A computed value is no better known than its inputs.
    let is_computed = twin.point(point).is_some_and(twin::Point::is_computed);
    if is_computed && reading.quality != Quality::Good {
        return Some("uncertain");
    }
    let freshness = twin.freshness(point);
    let is_heard = matches!(freshness, Freshness::Live | Freshness::Late);
    if is_heard && twin.violation(point).is_some() {
        return Some("beyond");
    }
    if reading.quality == Quality::Bad {
        return Some("bad");
    }
    Some(match freshness {
        Freshness::Live => "live",
        Freshness::Late => "late",
        Freshness::Stale | Freshness::AgeUnknown => "stale",
        Freshness::Offline => "offline",
    })
}

fn value_of(found: &Found, kind: FacetKind) -> Option<String> {
    match kind {
        FacetKind::Kind => Some(
            match found.point {
                None => "asset",
                Some(_) if found.is_computed => "computed",
                Some(_) => "tag",
            }
            .to_owned(),
        ),
        FacetKind::Site => found.site.map(|site| site.get().to_string()),
        FacetKind::Type => found.ty.clone(),
        FacetKind::Owner => found.owner.clone(),
        FacetKind::Data => found.data.map(str::to_owned),
    }
}

/// Whether every facet but one keeps it.
fn is_kept(found: &Found, query: &FindQuery, but: Option<FacetKind>) -> bool {
    let site = query.site.map(|site| site.to_string()).unwrap_or_default();
    let asked = [
        (FacetKind::Kind, query.kind.as_str()),
        (FacetKind::Site, site.as_str()),
        (FacetKind::Type, query.ty.as_str()),
        (FacetKind::Owner, query.owner.as_str()),
        (FacetKind::Data, query.data.as_str()),
    ];
    asked.into_iter().all(|(kind, wanted)| {
        wanted.is_empty() || Some(kind) == but || value_of(found, kind).as_deref() == Some(wanted)
    })
}

fn trail(viewer: &Viewer, twin: &Twin, asset: AssetId) -> String {
    let above = twin.trail(asset);
    let names = above
        .iter()
        .filter(|step| sees(viewer, twin, **step))
        .filter_map(|id| twin.asset(*id))
        .map(|asset| asset.name.as_ref());
    names.collect::<Vec<_>>().join(" › ")
}
