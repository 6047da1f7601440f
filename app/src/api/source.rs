//! `/sources`: brokers, what they say and what cannot be read.

use leptos::prelude::*;
use leptos::server_fn::codec::{GetUrl, PostUrl};
use wire::page::{BrokerAddress, BrokerTest, SourcesPage};

use super::ApiError;
use super::ask::Ask;

/// Every source with its figures, and what could not be read.
#[server(prefix = "/api/fn", endpoint = "sources", protocol = Ask<GetUrl>)]
pub async fn get_sources() -> Result<SourcesPage, ApiError> {
    let (backend, viewer) = super::caller()?;
    backend.sources(&viewer).await
}

/// Listens to a broker for a few seconds; changes nothing.
#[server(prefix = "/api/fn", endpoint = "test_broker", protocol = Ask<PostUrl>)]
pub async fn test_broker(broker: BrokerAddress) -> Result<BrokerTest, ApiError> {
    let (backend, viewer) = super::caller()?;
    backend.test_broker(&viewer, broker).await
}

/// Uses a broker from now on.
#[server(prefix = "/api/fn", endpoint = "use_broker", protocol = Ask<PostUrl>)]
pub async fn use_broker(broker: BrokerAddress) -> Result<(), ApiError> {
    let (backend, viewer) = super::caller()?;
    backend.use_broker(&viewer, broker).await
}

/// Uses a source no longer, or again. A form without script leads back to the page.
#[server(prefix = "/api/fn", endpoint = "set_source_use", protocol = Ask<PostUrl>)]
pub async fn set_source_use(source: u32, used: bool) -> Result<(), ApiError> {
    let (backend, viewer) = super::caller()?;
    backend.set_source_use(&viewer, source, used).await
}

/// Turns topics away that spoke once, or takes them in. A form without script leads back to the page.
#[server(prefix = "/api/fn", endpoint = "set_ignored", protocol = Ask<PostUrl>)]
pub async fn set_ignored(asset: u32, ignored: bool) -> Result<(), ApiError> {
    let (backend, viewer) = super::caller()?;
    backend.set_ignored(&viewer, asset, ignored).await
}
