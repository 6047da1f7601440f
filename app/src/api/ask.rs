//! How pages ask: arguments as a form sends them, the answer by position ([`super::plain`]).
//!
//! An answer by position is a `Result<T, ApiError>`. Whoever does not ask for [`BY_POSITION`] gets JSON: forms
//! without script, programs, monitors.

use std::future::Future;
use std::marker::PhantomData;

use http::Method;
use leptos::server_fn::Protocol;
use leptos::server_fn::client::Client;
use leptos::server_fn::codec::{Encoding, FromReq};
use leptos::server_fn::server::Server;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{ApiError, plain};

/// Media type of an answer by position.
pub const BY_POSITION: &str = "application/vnd.gemba.postcard";

/// The protocol of every server function; `Form` is how arguments are sent, `GetUrl` or `PostUrl`.
pub struct Ask<Form>(PhantomData<Form>);

impl<Form, Input, Output, C, S> Protocol<Input, Output, C, S, ApiError> for Ask<Form>
where
    Form: Encoding,
    Input: Serialize + FromReq<Form, S::Request, ApiError> + Send,
    Output: Serialize + DeserializeOwned + Send,
    C: Client<ApiError>,
    S: Server<ApiError>,
{
    const METHOD: Method = Form::METHOD;

    async fn run_server<F, Fut>(request: S::Request, run: F) -> Result<S::Response, ApiError>
    where
        F: Fn(Input) -> Fut + Send,
        Fut: Future<Output = Result<Output, ApiError>> + Send,
    {
        use leptos::server_fn::request::Req;
        use leptos::server_fn::response::{Res as _, TryRes as _};

        let by_position = Req::<ApiError>::accepts(&request).is_some_and(|kinds| kinds == BY_POSITION);
        let answer = match Input::from_req(request).await {
            Ok(input) => run(input).await,
            Err(error) => Err(error),
        };
        if !by_position {
            let json = serde_json::to_vec(&answer?).map_err(|error| ApiError::Internal(error.to_string()))?;
            return S::Response::try_from_bytes("application/json", json.into());
        }
        let bytes = plain::bytes_of(&answer).into();
        if answer.is_ok() {
            return S::Response::try_from_bytes(BY_POSITION, bytes);
        }
        let mut response = S::Response::error_response("", bytes);
        response.content_type(BY_POSITION);
        Ok(response)
    }

    #[cfg(feature = "hydrate")]
    async fn run_client(path: &str, input: Input) -> Result<Output, ApiError> {
        read(&browser::exchange(Form::METHOD == Method::POST, path.to_owned(), args(&input)).await)
    }

    #[cfg(not(feature = "hydrate"))]
    async fn run_client(path: &str, _: Input) -> Result<Output, ApiError> {
        Err(ApiError::Network(path.to_owned()))
    }
}

/// What an answer says.
pub(super) fn read<T: DeserializeOwned>(answer: &[u8]) -> Result<T, ApiError> {
    let unread = || Err(ApiError::Network("the answer cannot be read".to_owned()));
    plain::from_bytes(answer).unwrap_or_else(unread)
}

/// Arguments as a form sends them.
#[cfg(feature = "hydrate")]
pub(super) fn args<T: Serialize>(input: &T) -> String {
    // Fails only for what no form could send either.
    serde_qs::to_string(input).unwrap_or_default()
}

#[cfg(feature = "hydrate")]
pub(super) mod browser {
    use std::pin::Pin;

    use leptos::server_fn::Bytes;
    use leptos::server_fn::client::Client;
    use leptos::server_fn::client::browser::BrowserClient;
    use leptos::server_fn::request::ClientReq as _;
    use leptos::server_fn::request::browser::BrowserRequest;
    use leptos::server_fn::response::ClientRes as _;

    use super::{ApiError, BY_POSITION, plain};

    const FORM: &str = "application/x-www-form-urlencoded";

    /// An answer to be.
    pub type Coming = Pin<Box<dyn Future<Output = Vec<u8>> + Send>>;

    /// Sends arguments and has the answer; a failure on the way is an answer too.
    pub fn exchange(writes: bool, path: String, args: String) -> Coming {
        Box::pin(async move {
            match send(writes, path, args).await {
                Ok(answer) => answer.into(),
                Err(error) => plain::bytes_of(&Err::<(), _>(error)),
            }
        })
    }

    async fn send(writes: bool, path: String, args: String) -> Result<Bytes, ApiError> {
        let request: BrowserRequest = if writes {
            BrowserRequest::try_new_post(&path, FORM, BY_POSITION, args)
        } else {
            BrowserRequest::try_new_get(&path, FORM, BY_POSITION, &args)
        }?;
        let response = <BrowserClient as Client<ApiError>>::send(request).await?;
        response.try_into_bytes().await
    }
}
