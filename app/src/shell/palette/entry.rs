//! One line of the palette: a page, an asset, a tag or something opened lately.

use wire::page::Hit;

use crate::i18n::Messages;
use crate::routes;
use crate::shell::storage;

/// Somewhere to go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    pub label: String,
    /// Where it is, or what it is.
    pub detail: String,
    pub href: String,
}

const KEPT: &str = "gemba-recent";
const MOST: usize = 6;

impl Entry {
    /// A result: what it is, where, and who answers for it where that is what was found.
    #[must_use]
    pub fn of(m: Messages, hit: &Hit) -> Self {
        let mut entry = Self::plain(hit);
        // A tag has its asset's type: it is said that it is none itself.
        let kind = match (&hit.point, &hit.ty) {
            (Some(_), _) => Some(m.data_col_tag().to_owned()),
            (None, None) => Some(m.find_asset().to_owned()),
            (None, Some(_)) => None,
        };
        let found = [
            kind,
            hit.ty.clone(),
            Some(entry.detail).filter(|detail| !detail.is_empty()),
            hit.owner.as_deref().map(|owner| m.about_owner_is(owner)),
            hit.steward.as_deref().map(|steward| m.about_steward_is(steward)),
        ];
        entry.detail = found.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        entry
    }
}

impl Entry {
    fn plain(hit: &Hit) -> Self {
        match &hit.point {
            Some((point, name)) => Self {
                label: name.clone(),
                detail: hit.trail.clone(),
                href: routes::tag(*point),
            },
            // The trail ends in the asset itself, whose name is said already.
            None => Self {
                label: hit.asset.name.clone(),
                detail: hit
                    .trail
                    .rsplit_once(" › ")
                    .map_or("", |(above, _)| above)
                    .to_owned(),
                href: routes::asset(hit.asset.asset),
            },
        }
    }
}

impl Entry {
    /// The page of all results.
    #[must_use]
    pub fn all(m: Messages, query: &str) -> Self {
        let mut address = leptos_router::params::ParamsMap::new();
        address.insert("q".to_owned(), query.to_owned());
        Self {
            label: m.find_all(query),
            detail: String::new(),
            href: format!("{}{}", routes::search(), address.to_query_string()),
        }
    }
}

/// Pages whose name has the query in it.
#[must_use]
pub fn matching_pages(m: Messages, query: &str) -> Vec<Entry> {
    let query = query.trim().to_lowercase();
    [
        (m.nav_overview(), routes::overview()),
        (m.nav_assets(), routes::place("")),
        (m.nav_sources(), routes::sources()),
        (m.nav_status(), routes::status()),
        (m.nav_help(), routes::help()),
    ]
    .into_iter()
    .filter(|(label, _)| label.to_lowercase().contains(&query))
    .map(|(label, href)| Entry {
        label: label.to_owned(),
        detail: m.palette_page().to_owned(),
        href,
    })
    .collect()
}

/// What was opened lately, newest first.
#[must_use]
pub fn recent() -> Vec<Entry> {
    parse(&storage::get(KEPT).unwrap_or_default())
}

/// Keeps an entry as the newest.
pub fn remember(entry: &Entry) {
    storage::set(KEPT, &with_newest(&recent(), entry));
}

/// One entry a line, its parts between tabs.
fn parse(text: &str) -> Vec<Entry> {
    let entry = |line: &str| {
        let mut parts = line.split('\t');
        let (href, label, detail) = (parts.next()?, parts.next()?, parts.next()?);
        // Only addresses of our own: whoever can write here could else send readers anywhere.
        let is_ours = href.starts_with('/') && !href.starts_with("//");
        is_ours.then(|| Entry {
            label: label.to_owned(),
            detail: detail.to_owned(),
            href: href.to_owned(),
        })
    };
    text.lines().filter_map(entry).take(MOST).collect()
}

fn with_newest(before: &[Entry], newest: &Entry) -> String {
    let plain = |text: &str| text.replace(['\t', '\n'], " ");
    std::iter::once(newest)
        .chain(before.iter().filter(|entry| entry.href != newest.href))
        .take(MOST)
        .map(|entry| {
            format!(
                "{}\t{}\t{}\n",
                entry.href,
                plain(&entry.label),
                plain(&entry.detail)
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(href: &str) -> Entry {
        Entry {
            label: "a\tb".to_owned(),
            detail: String::new(),
            href: href.to_owned(),
        }
    }

    #[test]
    fn a_hit_says_where_it_is_and_its_name_once() {
        let hit = |point| Hit {
            asset: wire::page::AssetRef {
                asset: 7,
                name: "Pump 14".to_owned(),
                path: String::new(),
            },
            point,
            trail: "Rotterdam › Cooling › Pump 14".to_owned(),
            ty: None,
            data: None,
            owner: None,
            steward: None,
        };
        let m = crate::i18n::Messages::default();
        let asset = Entry::of(m, &hit(None));
        assert_eq!(
            (asset.label.as_str(), asset.detail.as_str()),
            ("Pump 14", "Asset · Rotterdam › Cooling")
        );
        assert_eq!(asset.href, "/assets/7");
        let point = Entry::of(m, &hit(Some((3, "Flow".to_owned()))));
        assert_eq!(
            (point.label.as_str(), point.detail.as_str()),
            ("Flow", "Tag · Rotterdam › Cooling › Pump 14")
        );
        assert_eq!(point.href, "/tags/3");
        let of_owner = Hit {
            ty: Some("Pump".to_owned()),
            owner: Some("utilities".to_owned()),
            ..hit(None)
        };
        assert_eq!(
            Entry::of(m, &of_owner).detail,
            "Pump · Rotterdam › Cooling · Owner: utilities"
        );
    }

    #[test]
    fn the_newest_comes_first_once_and_few_are_kept() {
        let mut kept = Vec::new();
        for n in [1, 2, 3, 4, 5, 6, 7, 3] {
            kept = parse(&with_newest(&kept, &entry(&format!("/assets/{n}"))));
        }
        let hrefs: Vec<&str> = kept.iter().map(|entry| entry.href.as_str()).collect();
        assert_eq!(
            hrefs,
            [
                "/assets/3",
                "/assets/7",
                "/assets/6",
                "/assets/5",
                "/assets/4",
                "/assets/2"
            ]
        );
        assert_eq!(kept[0].label, "a b");
    }

    #[test]
    fn what_is_not_ours_is_left_out() {
        assert_eq!(
            parse("https://x\ta\tb\n//x\ta\tb\njavascript:1\ta\tb\nshort\n/ok\ta\tb").len(),
            1
        );
    }
}
