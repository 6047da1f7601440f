//! What a broker keeps for us between runs. Remembered when it answers, so that the next run can tell a session
//! that is gone from one that never was, and gives up the filters it does not want any more.

use connect::BrokerConfig;
use serde::{Deserialize, Serialize};
use store::{Records, RecordsError, Settings as _};
use twin::SourceId;

/// A session: whose it is, where, and what it was asked for.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct Session {
    address: String,
    client_id: String,
    filters: Vec<String>,
}

impl Session {
    fn of(config: &BrokerConfig) -> Option<Self> {
        (!config.clean()).then(|| Self {
            address: config.url.to_string(),
            client_id: config.client_id.clone(),
            filters: config.filters.clone(),
        })
    }
}

/// Says in `config` what the broker should have kept of an earlier run.
pub async fn recall(records: &Records, id: SourceId, config: &mut BrokerConfig) -> Result<(), RecordsError> {
    let stored = records.setting(&key(id)).await?;
    let known: Option<Session> = stored.and_then(|json| serde_json::from_str(&json).ok());
    let is_same = |known: &Session| {
        known.address == config.url.to_string() && known.client_id == config.client_id && !config.clean()
    };
    if let Some(known) = known.filter(is_same) {
        config.expect_session = true;
        config.former_filters = known.filters;
        config
            .former_filters
            .retain(|former| !config.filters.contains(former));
    }
    Ok(())
}

/// The broker has answered our filters: from now on it keeps them for us.
pub async fn remember(records: Records, id: SourceId, config: BrokerConfig) {
    let json = Session::of(&config).and_then(|session| serde_json::to_string(&session).ok());
    let kept = match records.setting(&key(id)).await {
        Ok(known) if known == json => return,
        Ok(_) => records.set_setting(&key(id), json.as_deref()).await,
        Err(error) => Err(error),
    };
    if let Err(error) = kept {
        tracing::warn!(%error, source = %config.name, "what the broker keeps for us cannot be stored");
    }
}

/// Nothing is expected of it any more.
pub async fn forget(records: &Records, id: SourceId) -> Result<(), RecordsError> {
    records.set_setting(&key(id), None).await
}

fn key(id: SourceId) -> String {
    format!("session.{id}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use connect::BrokerUrl;

    const SOURCE: SourceId = SourceId::new(1);

    fn asked(port: u16, client_id: &str, filters: &[&str]) -> BrokerConfig {
        BrokerConfig {
            filters: filters.iter().map(|filter| (*filter).to_owned()).collect(),
            ..BrokerConfig::new("plant", BrokerUrl::tcp("broker", port), client_id)
        }
    }

    #[tokio::test]
    async fn only_the_same_session_is_expected_and_what_it_has_too_much_is_given_up() {
        let dir = tempfile::tempdir().unwrap();
        let records = Records::open(&dir.path().join("records.db")).await.unwrap();
        let recalled = async |mut config: BrokerConfig| {
            recall(&records, SOURCE, &mut config).await.unwrap();
            (config.expect_session, config.former_filters)
        };
        let nothing = (false, Vec::new());
        assert_eq!(recalled(asked(1883, "gemba", &["#"])).await, nothing);
        remember(records.clone(), SOURCE, asked(1883, "gemba", &["#", "a/#"])).await;
        let filters = &["a/#", "b/#"][..];
        let expect = (true, vec!["#".to_owned()]);
        assert_eq!(recalled(asked(1883, "gemba", filters)).await, expect);
        assert_eq!(recalled(asked(1884, "gemba", filters)).await, nothing);
        assert_eq!(recalled(asked(1883, "other", filters)).await, nothing);
        let clean = BrokerConfig {
            clean_session: Some(true),
            ..asked(1883, "gemba", filters)
        };
        assert_eq!(recalled(clean.clone()).await, nothing);
        remember(records.clone(), SOURCE, clean).await;
        assert_eq!(
            recalled(asked(1883, "gemba", filters)).await,
            nothing,
            "a clean link threw it away"
        );
    }
}
