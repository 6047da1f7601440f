//! What a page is drawn from: asked for on the server while the page is written, carried by the page, asked for
//! again in the browser when it changes.
//!
//! All of it is one kind of leptos resource, the bytes of an answer: what the browser needs to load, keep and
//! follow data is there once, not once a page.

use std::marker::PhantomData;

use leptos::prelude::*;
use leptos::server::codee::{Decoder, Encoder};
use leptos::server_fn::ServerFn;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{ApiError, ask, plain};

/// The answer of a server function, kept up to date.
pub struct Data<T> {
    answer: Resource<Vec<u8>, Plain>,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for Data<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Data<T> {}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> Data<T> {
    /// Asks what `ask` says, and again whenever that changes, or the number beside it; nothing to ask is not found.
    pub fn new<F>(ask: impl Fn() -> (Option<F>, u64) + Send + Sync + 'static) -> Self
    where
        F: ServerFn<Output = T, Error = ApiError> + Serialize + 'static,
    {
        Self {
            answer: answer_to(ask),
            kind: PhantomData,
        }
    }

    /// The newest answer; none until there is one.
    #[must_use]
    pub fn get(self) -> Option<Result<T, ApiError>> {
        self.answer.with(|answer| answer.as_deref().map(ask::read))
    }

    /// The same, without following it.
    #[must_use]
    pub fn get_untracked(self) -> Option<Result<T, ApiError>> {
        self.answer
            .with_untracked(|answer| answer.as_deref().map(ask::read))
    }

    /// Follows it.
    pub fn track(self) {
        self.answer.track();
    }
}

#[cfg(feature = "hydrate")]
fn answer_to<F>(ask: impl Fn() -> (Option<F>, u64) + Send + Sync + 'static) -> Resource<Vec<u8>, Plain>
where
    F: ServerFn<Error = ApiError> + Serialize,
{
    browser::resource(Box::new(move || {
        let (asked, turn) = ask();
        (asked.map(|asked| (F::PATH, ask::args(&asked))), turn)
    }))
}

#[cfg(not(feature = "hydrate"))]
fn answer_to<F>(ask: impl Fn() -> (Option<F>, u64) + Send + Sync + 'static) -> Resource<Vec<u8>, Plain>
where
    F: ServerFn<Error = ApiError> + Serialize + 'static,
    F::Output: Serialize,
{
    let answer = move |()| {
        let (asked, _) = ask();
        async move {
            plain::bytes_of(&match asked {
                Some(asked) => asked.run_body().await,
                None => Err(ApiError::NotFound),
            })
        }
    };
    Resource::new_with_options(|| (), answer, false)
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::{ApiError, Plain, Resource, ask, plain};
    use ask::browser::{Coming, exchange};

    /// Where to ask and with which arguments, and the turn.
    type Asked = (Option<(&'static str, String)>, u64);

    pub(super) fn resource(ask: Box<dyn Fn() -> Asked + Send + Sync>) -> Resource<Vec<u8>, Plain> {
        Resource::new_with_options(ask, answer, false)
    }

    fn answer((asked, _): Asked) -> Coming {
        match asked {
            Some((path, args)) => exchange(false, path.to_owned(), args),
            None => Box::pin(async { plain::bytes_of(&Err::<(), _>(ApiError::NotFound)) }),
        }
    }
}

/// How an answer stands in a page.
#[derive(Debug)]
pub struct Plain;

impl Encoder<Vec<u8>> for Plain {
    type Error = std::convert::Infallible;
    type Encoded = String;

    fn encode(bytes: &Vec<u8>) -> Result<String, Self::Error> {
        Ok(plain::text_of(bytes))
    }
}

impl Decoder<Vec<u8>> for Plain {
    type Error = std::convert::Infallible;
    type Encoded = str;

    fn decode(text: &str) -> Result<Vec<u8>, Self::Error> {
        Ok(plain::bytes_in(text))
    }
}
