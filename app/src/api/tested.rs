//! A broker's test for readers without script: the form's answer is kept for a while, and the page it leads
//! to shows it. What was entered stays here; the address has only a random name for it.

use leptos::prelude::*;
use leptos::server_fn::codec::{GetUrl, PostUrl};
use wire::page::{BrokerAddress, BrokerTest};

use super::ApiError;
use super::ask::Ask;

/// Tests a broker and leads to the page that says what was heard.
#[server(prefix = "/api/fn", endpoint = "try_broker", protocol = Ask<PostUrl>)]
pub async fn try_broker(broker: BrokerAddress) -> Result<(), ApiError> {
    let (backend, viewer) = super::caller()?;
    let test = backend.test_broker(&viewer, broker.clone()).await;
    let name = kept::keep(broker, test);
    leptos_axum::redirect(&format!("{}?tested={name}#tested", crate::routes::sources()));
    Ok(())
}

/// What a test gave that is still kept: the address without credentials, and the answer.
#[server(prefix = "/api/fn", endpoint = "tested", protocol = Ask<GetUrl>)]
pub async fn get_tested(name: String) -> Result<Option<(String, Result<BrokerTest, ApiError>)>, ApiError> {
    super::caller()?;
    Ok(kept::look(&name, |broker, test| {
        (broker.address.clone(), test.clone())
    }))
}

/// Uses the broker that was tested, and leads to the overview.
#[server(prefix = "/api/fn", endpoint = "use_tested", protocol = Ask<PostUrl>)]
pub async fn use_tested(name: String) -> Result<(), ApiError> {
    let (backend, viewer) = super::caller()?;
    let broker = kept::look(&name, |broker, _| broker.clone()).ok_or(ApiError::NotFound)?;
    backend.use_broker(&viewer, broker).await?;
    leptos_axum::redirect(&crate::routes::overview());
    Ok(())
}

/// The tests of the last minutes.
#[cfg(feature = "ssr")]
mod kept {
    use std::collections::VecDeque;
    use std::sync::{Mutex, PoisonError};
    use std::time::{Duration, Instant};

    use leptos::nonce::Nonce;
    use wire::page::{BrokerAddress, BrokerTest};

    use crate::api::ApiError;

    /// As many as people may be testing at once; the oldest goes.
    const MOST: usize = 16;
    const TIME: Duration = Duration::from_secs(600);

    struct Kept {
        name: String,
        since: Instant,
        broker: BrokerAddress,
        test: Result<BrokerTest, ApiError>,
    }

    static KEPT: Mutex<VecDeque<Kept>> = Mutex::new(VecDeque::new());

    /// Keeps a test under a name that nobody can guess.
    pub(super) fn keep(broker: BrokerAddress, test: Result<BrokerTest, ApiError>) -> String {
        let name = Nonce::new().to_string();
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|kept| kept.since.elapsed() < TIME);
        kept.truncate(MOST - 1);
        kept.push_front(Kept {
            name: name.clone(),
            since: Instant::now(),
            broker,
            test,
        });
        name
    }

    pub(super) fn look<T>(
        name: &str,
        look: impl FnOnce(&BrokerAddress, &Result<BrokerTest, ApiError>) -> T,
    ) -> Option<T> {
        let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |kept: &&Kept| kept.name == name && kept.since.elapsed() < TIME;
        kept.iter().find(is_it).map(|kept| look(&kept.broker, &kept.test))
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn few_are_kept_and_only_their_own_name_finds_them() {
            let broker = |address: &str| BrokerAddress {
                address: address.to_owned(),
                ..BrokerAddress::default()
            };
            let gone = Err(ApiError::NotFound);
            let first = keep(broker("a"), gone.clone());
            assert_eq!(
                look(&first, |broker, _| broker.address.clone()).as_deref(),
                Some("a")
            );
            assert!(look("a", |_, _| ()).is_none());
            for _ in 0..MOST {
                keep(broker("b"), gone.clone());
            }
            assert!(look(&first, |_, _| ()).is_none());
        }
    }
}
