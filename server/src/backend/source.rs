//! `/sources`: brokers, what could not be read, and the way to one's own broker.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use access::Capability;
use app::api::backend::Viewer;
use app::api::error::ApiError;
use app::i18n::Messages;
use connect::{BrokerConfig, BrokerUrl, Heard, Secret, Version};
use serde_json::json;
use store::Ignored as _;
use tokio::sync::oneshot;
use twin::{AssetId, Input, SourceId, Twin, TwinConfig};
use wire::page::{BrokerAddress, BrokerTest, HeardTopic, OneShots, SourceOrigin, SourcesPage};

use super::{Gemba, internal};
use crate::access::check_everywhere;
use crate::engine::EngineInput;
use crate::sources::words::{address_words, link_words, test_words};

/// How long a test listens.
const LISTEN: Duration = Duration::from_secs(5);
/// Messages a test keeps.
const MESSAGES: usize = 20_000;
/// Topics a test shows.
const TOPICS: usize = 50;
/// Levels of topics that spoke once that are shown.
const ONE_SHOTS: usize = 20;

impl Gemba {
    pub(super) fn sources_page(&self, viewer: &Viewer) -> Result<SourcesPage, ApiError> {
        check_everywhere(viewer, Capability::SeeSources)?;
        let now = self.clock.now();
        let cards = self.plant.sources.all();
        let m = Messages::of(viewer.locale);
        Ok(self.read(|twin| SourcesPage {
            position: self.position(twin),
            sources: cards
                .iter()
                .map(|entry| {
                    let points = twin.source(entry.id).map_or(0, |source| source.points);
                    entry.card(m, now, points, self.problems.count_of(entry.id))
                })
                .collect(),
            problems: self.problems.rows(),
            refused_points: twin.refused_points(),
            points_limit: u32::try_from(twin.config().max_points).unwrap_or(u32::MAX),
            one_shots: one_shots(twin),
            is_demo: self.demo.is_some(),
        }))
    }

    pub(super) async fn try_broker(
        &self,
        viewer: &Viewer,
        broker: BrokerAddress,
    ) -> Result<BrokerTest, ApiError> {
        check_everywhere(viewer, Capability::ChangeSources)?;
        let m = Messages::of(viewer.locale);
        let config = config(m, &broker)?;
        let started = Instant::now();
        let heard = connect::listen_briefly(&config, LISTEN, MESSAGES).await;
        let listened_millis = u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX);
        Ok(match heard {
            Ok(heard) => BrokerTest {
                used_as: self.used_as(&config.url),
                ..self.digest(m, &heard, listened_millis)
            },
            Err(error) => BrokerTest {
                connected: false,
                used_as: None,
                problem: Some(test_words(m, &error)),
                messages: 0,
                topics: Vec::new(),
                topics_total: 0,
                assets: 0,
                points: 0,
                listened_millis,
            },
        })
    }

    pub(super) async fn add_broker(&self, viewer: &Viewer, broker: BrokerAddress) -> Result<(), ApiError> {
        check_everywhere(viewer, Capability::ChangeSources)?;
        let m = Messages::of(viewer.locale);
        let config = config(m, &broker)?;
        let _one_at_a_time = self.manager.changing.lock().await;
        if let Some(name) = self.used_as(&config.url) {
            return Err(ApiError::BadRequest(format!(
                "address: {}",
                m.server_address_used(&name)
            )));
        }
        tracing::info!(viewer = %viewer.who.name, address = %config.url, "broker added");
        let details = json!({"after": {"url": config.url.to_string()}});
        self.manager
            .add_by_page(config.url, &broker)
            .await
            .map_err(|error| internal(&format!("{error:#}")))?;
        let audit = &self.accounts.audit;
        let noted = audit.note(viewer, "source.add", "source", details).await;
        noted.map_err(|error| internal(&error))
    }

    /// The source that uses a broker, or that the configuration keeps for it.
    fn used_as(&self, url: &BrokerUrl) -> Option<String> {
        let known = self.plant.sources.at(url)?;
        (known.is_used() || known.origin != SourceOrigin::Page).then(|| known.name.to_string())
    }

    /// Uses a source no longer, or again.
    pub(super) async fn set_use(&self, viewer: &Viewer, source: u32, used: bool) -> Result<(), ApiError> {
        check_everywhere(viewer, Capability::ChangeSources)?;
        let id = SourceId::new(source);
        let entry = self.plant.sources.get(id).ok_or(ApiError::NotFound)?;
        if entry.origin != SourceOrigin::Page {
            let m = Messages::of(viewer.locale);
            return Err(ApiError::BadRequest(m.server_error_configured().to_owned()));
        }
        let _one_at_a_time = self.manager.changing.lock().await;
        if self
            .plant
            .sources
            .get(id)
            .is_none_or(|entry| entry.is_used() == used)
        {
            return Ok(());
        }
        tracing::info!(viewer = %viewer.who.name, source = %entry.name, used, "the use of a broker was decided");
        let done = if used {
            self.manager.use_again(&entry).await
        } else {
            self.manager.stop_using(&entry).await
        };
        done.map_err(|error| internal(&format!("{error:#}")))?;
        let details = json!({"before": {"used": !used}, "after": {"used": used}});
        let (audit, subject) = (&self.accounts.audit, format!("source {source}"));
        let noted = audit.note(viewer, "source.use", subject, details).await;
        noted.map_err(|error| internal(&error))
    }

    /// Turns topics away that spoke once, or takes them in.
    pub(super) async fn decide_ignore(
        &self,
        viewer: &Viewer,
        asset: u32,
        ignored: bool,
    ) -> Result<(), ApiError> {
        check_everywhere(viewer, Capability::ChangeSources)?;
        let asset = AssetId::new(asset);
        let proposals = self.read(Twin::ignore_proposals);
        let proposal = proposals.into_iter().find(|known| known.asset == asset);
        let decided = twin::IgnoreProposal {
            decision: Some(ignored),
            ..proposal.ok_or(ApiError::NotFound)?
        };
        let kept = self.records.put_decision(&decided).await;
        kept.map_err(|error| internal(&error))?;
        tracing::info!(viewer = %viewer.who.name, %asset, ignored, "topics that spoke once were decided on");
        let details = json!({"after": {"ignored": ignored}});
        let (audit, subject) = (&self.accounts.audit, format!("asset {asset}"));
        let noted = audit.note(viewer, "topics.ignore", subject, details).await;
        noted.map_err(|error| internal(&error))?;
        let (done, applied) = oneshot::channel();
        let input = EngineInput::Ignore { asset, ignored, done };
        self.engine.send(input).await.map_err(|error| internal(&error))?;
        applied.await.map_err(|error| internal(&error))
    }

    /// What the broker's messages would make: tried out on a twin of its own.
    fn digest(&self, m: Messages, heard: &Heard, listened_millis: u32) -> BrokerTest {
        let now = self.clock.now();
        let source = SourceId::new(1);
        let mut trial = Twin::new(TwinConfig::default());
        trial.handle(
            now,
            Input::SourceAdded {
                source,
                name: "trial".into(),
            },
        );
        let mut topics = Vec::new();
        let mut seen = BTreeSet::new();
        for sample in &heard.samples {
            let decoded = decode::decode(
                &sample.topic,
                &sample.payload,
                now,
                &self.manager.ingest.limits,
                &*self.manager.ingest.zone,
            );
            if seen.insert(sample.topic.as_str()) && topics.len() < TOPICS {
                topics.push(HeardTopic {
                    topic: decode::sample(sample.topic.as_bytes(), 200),
                    sample: decode::sample(&sample.payload, 120),
                    points: u32::try_from(decoded.leaves.len()).unwrap_or(u32::MAX),
                    problem: decoded
                        .problems
                        .first()
                        .map(|problem| problem.reason.as_str().to_owned()),
                });
            }
            let message = twin::Message {
                source,
                topic: sample.topic.as_str().into(),
                arrival: now,
                retained: sample.retain,
                qos: 0,
                leaves: decoded.leaves,
                availability: decoded.availability,
            };
            trial.handle(now, Input::Messages(vec![message]));
        }
        let count = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
        BrokerTest {
            connected: true,
            used_as: None,
            problem: heard
                .grants
                .iter()
                .find_map(|grant| grant.granted.as_ref().err())
                .map(|words| link_words(m, words)),
            messages: heard.messages,
            topics,
            topics_total: count(seen.len()),
            assets: count(trial.asset_count()),
            points: count(trial.point_count()),
            listened_millis,
        }
    }
}

fn config(m: Messages, broker: &BrokerAddress) -> Result<BrokerConfig, ApiError> {
    let url: BrokerUrl = broker
        .address
        .trim()
        .parse()
        .map_err(|error| ApiError::BadRequest(format!("address: {}", address_words(m, &error))))?;
    let client_id = format!("gemba-test-{:08x}", crate::random::number() & 0xffff_ffff);
    let mut config = BrokerConfig::new(url.host.clone(), url, client_id);
    config.version = if broker.version == 3 {
        Version::V311
    } else {
        Version::V5
    };
    config.user = broker.user.clone().filter(|user| !user.is_empty());
    config.password = broker
        .password
        .clone()
        .filter(|password| !password.is_empty())
        .map(Secret::new);
    Ok(config)
}

/// Levels below which topics spoke once, those with most first.
pub(super) fn one_shots(twin: &Twin) -> Vec<OneShots> {
    let mut all = twin.ignore_proposals();
    all.sort_by_key(|known| std::cmp::Reverse(known.children));
    let row = |known: &twin::IgnoreProposal| OneShots {
        asset: known.asset.get(),
        topic: topic_of(twin, known.asset),
        count: known.children,
        refused: known.refused,
        decision: known.decision,
    };
    all.iter().take(ONE_SHOTS).map(row).collect()
}

/// The topic of a level, as one of those below it begins; its levels where all of them are ignored.
fn topic_of(twin: &Twin, asset: AssetId) -> String {
    let level = twin.asset(asset).map_or("", |asset| &*asset.level);
    let children = twin.children(asset).iter();
    let points = children
        .flat_map(|child| twin.points_of(*child))
        .chain(twin.points_of(asset));
    let topic = points.filter_map(|point| twin.point(*point)).find_map(|point| {
        let levels: Vec<&str> = point.topic.split('/').collect();
        let end = levels.iter().position(|own| *own == level)?;
        Some(levels.get(..=end)?.join("/"))
    });
    topic.unwrap_or_else(|| twin.levels(asset))
}
