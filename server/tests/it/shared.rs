//! What the page of a share link shows and says of itself, and how other sites learn to embed it.

use access::Role;
use serde_json::Value as Json;
use server::share::Link;
use twin::{Span, Value};

use crate::support::site::{Answer, Site};
use crate::support::until;

const WEEK: Span = Span::from_secs(7 * 86_400 - 60);

async fn owned() -> Site {
    let site = Site::new().await;
    site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    site
}

async fn secret_of(site: &Site, link: Link) -> String {
    let made = site.link_like("owner", link, WEEK, None).await;
    made.unwrap().0
}

async fn page(site: &Site, secret: &str) -> String {
    let page = site.get(&format!("/s/{secret}")).with("accept", "text/html");
    let page = page.await;
    assert_eq!(page.status, 200);
    page.body
}

async fn oembed(site: &Site, url: &str, more: &str) -> Answer {
    let url: String = form_urlencoded::byte_serialize(url.as_bytes()).collect();
    site.get(&format!("/oembed?url={url}{more}")).await
}

async fn embeddable(site: &Site) -> String {
    let link = Link {
        embed: true,
        ..site.link_to("acme/lyon/press")
    };
    let secret = secret_of(site, link).await;
    format!("http://{}/s/{secret}", site.address)
}

#[tokio::test(flavor = "multi_thread")]
async fn another_site_learns_from_the_page_how_to_embed_it() {
    let site = owned().await;
    let url = embeddable(&site).await;
    let html = page(&site, url.rsplit('/').next().unwrap()).await;
    let link = html
        .split("<link ")
        .find(|link| link.contains("application/json+oembed"));
    let href = link.unwrap().split("href=\"").nth(1).unwrap();
    let href = href.split('"').next().unwrap().replace("&amp;", "&");
    let path = href.strip_prefix(&format!("http://{}", site.address));
    let answer = site.get(path.expect("the address is whole")).await;
    let said: Json = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(said["version"], "1.0");
    assert_eq!(said["type"], "rich");
    assert_eq!(
        (said["width"].as_u64(), said["height"].as_u64()),
        (Some(640), Some(360))
    );
    assert_eq!(said["title"], "press");
    let frame = said["html"].as_str().unwrap();
    assert!(frame.contains(&format!("src=\"{url}/embed\"")), "{frame}");
    assert!(
        frame.contains("sandbox=\"allow-scripts allow-same-origin\""),
        "{frame}"
    );
    let plain = secret_of(&site, site.link_to("acme/lyon/press")).await;
    assert!(
        !page(&site, &plain).await.contains("oembed"),
        "nothing to discover"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_is_no_larger_than_there_is_room_for() {
    let site = owned().await;
    let url = embeddable(&site).await;
    for (more, width, height) in [
        ("&format=json&maxwidth=320&maxheight=180", 320, 180),
        ("&maxwidth=400", 400, 360),
        ("&maxwidth=4000&maxheight=4000", 640, 360),
        ("&maxwidth=0", 640, 360),
    ] {
        let answer = oembed(&site, &url, more).await;
        let said: Json = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(
            (said["width"].as_u64(), said["height"].as_u64()),
            (Some(width), Some(height)),
            "{more}"
        );
        let size = format!("width=\"{width}\" height=\"{height}\"");
        assert!(said["html"].as_str().unwrap().contains(&size), "{more}");
    }
    let trend = oembed(&site, &format!("{url}/embed?panel=trend"), "").await;
    let said: Json = serde_json::from_str(&trend.body).unwrap();
    assert!(said["html"].as_str().unwrap().contains("/embed?panel=trend\""));
    assert_eq!(oembed(&site, &url, "&format=xml").await.status, 501);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_embedded_answers_as_what_is_not_there() {
    let site = owned().await;
    let url = embeddable(&site).await;
    let secret = url.rsplit('/').next().unwrap().to_owned();
    let plain = secret_of(&site, site.link_to("acme/lyon/press")).await;
    let locked = Link {
        embed: true,
        ..site.link_to("acme/lyon/press")
    };
    let locked = site
        .link_like("owner", locked, WEEK, Some("4711"))
        .await
        .unwrap()
        .0;
    let here = format!("http://{}", site.address);
    let unknown = oembed(&site, &format!("{here}/s/{}", "A".repeat(32)), "").await;
    assert_eq!(unknown.status, 404);
    for url in [
        format!("{here}/s/{plain}"),
        format!("{here}/s/{locked}"),
        format!("{here}/overview"),
        format!("https://evil.example/s/{secret}"),
        format!("{here}@evil.example/s/{secret}"),
        format!("/s/{secret}"),
        secret,
        "no address".to_owned(),
    ] {
        let answer = oembed(&site, &url, "").await;
        assert_eq!((answer.status, &answer.body), (404, &unknown.body), "{url}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_says_until_when_and_no_value() {
    let site = owned().await;
    let secret = secret_of(&site, site.link_to("acme/lyon/press")).await;
    let html = page(&site, &secret).await;
    let description = html
        .split("<meta ")
        .find(|meta| meta.contains("og:description"))
        .unwrap();
    assert!(description.contains("Live asset view, expires "), "{description}");
    assert!(description.contains(" 20"), "the year: {description}");
    assert!(
        html.contains("6\u{a0}d\u{a0}23\u{a0}h left"),
        "what is left, on the page"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn values_below_an_asset_stand_under_the_name_of_what_they_are_of() {
    let site = owned().await;
    let secret = secret_of(&site, site.link_to("acme")).await;
    let html = page(&site, &secret).await;
    for name in ["lyon · press", "lyon · oven", "rotterdam · pump"] {
        let heading = html.split("<h2").any(|rest| {
            rest.split("</h2>")
                .next()
                .is_some_and(|heading| heading.contains(name))
        });
        assert!(heading, "{name}");
    }
    assert!(html.contains("of 3 values live"), "how far they may be believed");
}

#[tokio::test(flavor = "multi_thread")]
async fn four_values_stand_at_once_and_the_rest_opens_without_script() {
    let site = owned().await;
    for n in 0..5 {
        site.feed(&format!("acme/lyon/oven/heat{n}"), Value::Number(f64::from(n)))
            .await;
    }
    let oven = site.asset("acme/lyon/oven");
    let twin = site.running.backend.twin.clone();
    until("six values", async || {
        (twin.read().unwrap().points_of(oven).len() == 6).then_some(())
    })
    .await;
    let secret = secret_of(&site, site.link_to("acme/lyon/oven")).await;
    let html = page(&site, &secret).await;
    let (first, more) = html.split_once("<details").unwrap();
    assert_eq!(first.matches("class=\"g-shared__row\"").count(), 4);
    let (more, after) = more.split_once("</details>").unwrap();
    assert!(more.contains("All 6 values"));
    assert_eq!(more.matches("class=\"g-shared__row\"").count(), 2);
    assert!(after.contains("g-shared__trend"), "then the trend");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_has_its_place_and_says_so() {
    let site = owned().await;
    let whole = site.link_to("acme/lyon/press");
    for (link, hidden) in [
        (
            Link {
                children: false,
                ..whole.clone()
            },
            &[][..],
        ),
        (
            Link {
                history: false,
                ..whole.clone()
            },
            &["history"][..],
        ),
        (
            Link {
                alarms: false,
                ..whole.clone()
            },
            &["limits and alarms"][..],
        ),
        (
            Link {
                values: false,
                ..whole.clone()
            },
            &["values", "limits and alarms", "history"][..],
        ),
        (
            Link {
                children: false,
                ..site.link_to("acme/lyon")
            },
            &["parts"][..],
        ),
    ] {
        let html = page(&site, &secret_of(&site, link).await).await;
        let said: Vec<_> = html
            .split("g-shared__hidden\">Hidden by owner: ")
            .skip(1)
            .filter_map(|rest| rest.split(".<").next())
            .collect();
        assert_eq!(said, hidden);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_of_nothing_say_how_to_choose() {
    let site = Site::new().await;
    let owner = site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    let page = site.get("/labels").by(&owner).with("accept", "text/html").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Whose labels?"), "{}", page.body);
}

/// The client comes after the first paint: nothing in the head has it fetched before.
#[tokio::test(flavor = "multi_thread")]
async fn the_head_of_a_shared_page_fetches_no_client() {
    let site = Site::new().await;
    let owner = site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    let secret = secret_of(&site, site.link_to("acme/lyon/press")).await;
    let own = site.get("/overview").by(&owner).with("accept", "text/html").await;
    let shared = page(&site, &secret).await;
    assert!(!shared.contains("modulepreload") && !shared.contains("application/wasm"));
    assert!(shared.contains(" data-late") && !own.body.contains(" data-late"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_reports_problems_as_long_as_its_maker_might() {
    let site = owned().await;
    let asset = site.asset("acme/lyon/press");
    let like = |report: bool| Link {
        report,
        ..site.link_to("acme/lyon/press")
    };
    let secret = secret_of(&site, like(true)).await;
    let path = format!("/s/{secret}/report");
    let orders = || {
        let mut found = Vec::new();
        let see = |order: &maintenance::order::Order| {
            found.push((order.request().asset, order.title().to_owned()));
        };
        site.running.backend.work.each(see);
        found
    };
    assert!(
        page(&site, &secret).await.contains("/report\""),
        "the page leads there"
    );

    // Sent twice it is one, of the asset of the link whatever the form says; what is too long comes back as it was.
    let key = format!("{:032x}", 7);
    let form = format!("title=Leak&text=At+the+seal&by=Ada&asset=99&key={key}");
    for _ in 0..2 {
        let answer = site.post(&path, &form).await;
        assert_eq!(answer.status, 200);
        assert!(answer.body.contains("WO-1"), "{}", answer.body);
    }
    assert_eq!(orders(), [(asset, "Leak".to_owned())]);
    let long = format!("title={}&text=%3Cb%3Ekept", "x".repeat(121));
    let answer = site.post(&path, &long).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("&lt;b&gt;kept"), "{}", answer.body);

    // Twenty that nobody has taken up, and no more.
    for number in 1..20 {
        let answer = site.post(&path, &format!("title=Again+{number}")).await;
        assert_eq!(answer.status, 200, "{number}");
    }
    let answer = site.post(&path, "title=One+more").await;
    assert_eq!((answer.status, orders().len()), (429, 20));

    // Without the right, locked, or paused with its maker: as what is not there, or its PIN first; and nothing is made.
    let unknown = site
        .post(&format!("/s/{}/report", "x".repeat(43)), "title=x")
        .await;
    let plain = secret_of(&site, like(false)).await;
    let locked = site
        .link_like("owner", like(true), WEEK, Some("2468"))
        .await
        .unwrap()
        .0;
    for (secret, status) in [(&plain, unknown.status), (&locked, 200)] {
        let path = format!("/s/{secret}/report");
        for answer in [site.get(&path).await, site.post(&path, "title=x").await] {
            assert_eq!(answer.status, status);
            assert!(!answer.body.contains("name=\"title\""));
        }
    }
    let (mine, id) = site.link_like("owner", like(true), WEEK, None).await.unwrap();
    site.accounts.pause_link(id, false).await.unwrap();
    assert_eq!(
        site.post(&format!("/s/{mine}/report"), "title=x").await.status,
        unknown.status
    );
    assert_eq!(orders().len(), 20);
}
