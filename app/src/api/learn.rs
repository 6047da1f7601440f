//! `/sources/learn`: from what was heard to a model.

use leptos::prelude::*;
use leptos::server_fn::codec::{GetUrl, PostUrl};
use wire::page::{LearnPage, LearnQuery};

use super::ApiError;
use super::ask::Ask;

/// The page as it stands.
#[server(prefix = "/api/fn", endpoint = "learn", protocol = Ask<GetUrl>)]
pub async fn get_learn(query: LearnQuery) -> Result<LearnPage, ApiError> {
    let (backend, viewer) = super::caller()?;
    backend.learn(&viewer, query).await
}

/// What a form of the page says. A form without script leads back to the page.
#[server(prefix = "/api/fn", endpoint = "act_learn", protocol = Ask<PostUrl>)]
pub async fn act_learn(
    act: String,
    stamp: u32,
    #[server(default)] picks: Vec<u32>,
    #[server(default)] key: String,
    #[server(default)] value: String,
) -> Result<(), ApiError> {
    let (backend, viewer) = super::caller()?;
    let act = wire::page::LearnAct {
        act,
        stamp,
        picks,
        key,
        value,
    };
    backend.act_learn(&viewer, act).await
}
