//! Signing in through an OpenID provider: code flow with PKCE, groups to roles, log-out.
//!
//! [`http`] asks the provider and nobody else, [`groups`] says which roles its groups give, [`flow`] is what one
//! sign-in carries from its beginning to its end. The proofs themselves (signatures, audience, nonce, times) are
//! checked by the `openidconnect` crate. Nothing of a sign-in is kept here: all of it comes from one secret in
//! the browser's cookie.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields, IssuerUrl,
    LogoutRequest, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier,
    PostLogoutRedirectUrl, ProviderMetadataWithLogout, RedirectUrl, Scope, SignatureVerificationError,
    StandardErrorResponse, StandardTokenResponse, TokenResponse as _, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::Instant;

use crate::config::OpenIdConfig;
use http::Http;

pub mod flow;
pub mod groups;
pub mod http;

pub use flow::Flow;

/// The provider's description and keys are asked for again after this.
const KEEPS: Duration = Duration::from_secs(3_600);
/// Unknown keys are asked for at most this often: a forged token cannot make us ask.
const ASKS_AGAIN: Duration = Duration::from_secs(10);
/// Longest that is believed of a name, in letters.
const NAME: usize = 60;
/// Most groups of one person that are read.
const MOST_GROUPS: usize = 1_000;

/// Signatures that anybody can check and only the provider makes: never `none`, never one by a shared secret.
const SIGNATURES: [CoreJwsSigningAlgorithm; 8] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Claims beside the standard ones: groups have no standard name.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Others {
    #[serde(flatten)]
    all: BTreeMap<String, Value>,
}

impl AdditionalClaims for Others {}

type IdFields = IdTokenFields<
    Others,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

type Client = openidconnect::Client<
    Others,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<IdFields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum OpenIdError {
    /// The provider cannot be asked, or its description cannot be used.
    #[error("the provider cannot be asked: {0}")]
    Unreachable(String),
    /// What came back proves nothing.
    #[error("the sign-in proves nothing: {0}")]
    Unproved(String),
}

/// Whom the provider says somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Issuer and subject: what never changes and nobody else has.
    pub key: String,
    /// What they sign in with there.
    pub name: Option<String>,
    /// As shown.
    pub display: Option<String>,
    pub email: Option<String>,
    pub groups: Vec<String>,
}

/// The provider, as it described itself.
struct Provider {
    metadata: ProviderMetadataWithLogout,
    asked: Instant,
}

/// See the module.
pub struct OpenId {
    config: OpenIdConfig,
    /// Where the provider sends people back to.
    back: RedirectUrl,
    /// And after they signed out.
    out: PostLogoutRedirectUrl,
    http: Http,
    provider: Mutex<Option<Arc<Provider>>>,
    /// One at a time becomes an account: nobody becomes two.
    pub entering: tokio::sync::Mutex<()>,
}

impl OpenId {
    /// By configuration; people come back to paths under `base_url`.
    ///
    /// # Errors
    /// When the certificate authority cannot be read.
    pub fn new(config: OpenIdConfig, base_url: &str) -> anyhow::Result<Self> {
        Ok(Self {
            back: RedirectUrl::new(format!("{base_url}/sign-in/openid/done"))?,
            out: PostLogoutRedirectUrl::new(format!("{base_url}/sign-in?out=1"))?,
            http: Http::new(&config)?,
            provider: Mutex::default(),
            entering: tokio::sync::Mutex::default(),
            config,
        })
    }

    /// What the provider is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// By which its groups give roles.
    #[must_use]
    pub fn rules(&self) -> &[groups::Rule] {
        &self.config.roles
    }

    /// Where somebody signs in.
    ///
    /// # Errors
    /// When the provider cannot be asked.
    pub async fn begin(&self, flow: &Flow) -> Result<String, OpenIdError> {
        let provider = self.provider(KEEPS).await?;
        let client = self.client(&provider);
        let (state, nonce) = (flow.state(), flow.nonce());
        let verifier = PkceCodeVerifier::new(flow.verifier());
        let mut request = client.authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            move || CsrfToken::new(state),
            move || Nonce::new(nonce),
        );
        for scope in &self.config.scopes {
            request = request.add_scope(Scope::new(scope.clone()));
        }
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        let (url, _, _) = request.set_pkce_challenge(challenge).url();
        Ok(url.into())
    }

    /// Who came back with a code.
    ///
    /// # Errors
    /// When the provider cannot be asked, or does not prove who it is.
    pub async fn finish(&self, flow: &Flow, code: String) -> Result<Person, OpenIdError> {
        let provider = self.provider(KEEPS).await?;
        let client = self.client(&provider);
        let answer = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(unreachable)?
            .set_pkce_verifier(PkceCodeVerifier::new(flow.verifier()))
            .request_async(&self.http)
            .await
            .map_err(unproved)?;
        let token = answer
            .id_token()
            .ok_or_else(|| OpenIdError::Unproved("no ID token".to_owned()))?;
        let nonce = Nonce::new(flow.nonce());
        let verify = |client: &Client| {
            let verifier = client.id_token_verifier().set_allowed_algs(SIGNATURES);
            token.claims(&verifier, &nonce).cloned()
        };
        // A key that is not known may be a new one.
        let claims = match verify(&client) {
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey | SignatureVerificationError::CryptoError(_),
            )) => {
                let anew = self.provider(ASKS_AGAIN).await?;
                verify(&self.client(&anew))
            }
            verified => verified,
        };
        let claims = claims.map_err(unproved)?;
        let subject = claims.subject().clone();
        let mut said = Said {
            name: claims.preferred_username().map(|name| name.to_string()),
            display: claims
                .name()
                .and_then(|name| name.get(None))
                .map(|name| name.to_string()),
            email: claims.email().map(|email| email.to_string()),
            groups: claims.additional_claims().groups(&self.config.groups_claim),
        };
        if said.lacks_something() && client.user_info_url().is_some() {
            let asked = client
                .user_info(answer.access_token().clone(), Some(subject.clone()))
                .map_err(unreachable)?
                .request_async::<Others, _, CoreGenderClaim>(&self.http)
                .await;
            let info = asked.map_err(unproved)?;
            said.fill(&info, &self.config.groups_claim);
        }
        Ok(said.person(&format!("{} {}", self.config.issuer, subject.as_str())))
    }

    /// Where somebody signs out of the provider too; none when it has no such place or cannot be asked.
    pub async fn leave(&self) -> Option<String> {
        let provider = self.provider(KEEPS).await.ok()?;
        let end = provider
            .metadata
            .additional_metadata()
            .end_session_endpoint
            .clone()?;
        let request = LogoutRequest::from(end)
            .set_client_id(ClientId::new(self.config.client_id.clone()))
            .set_post_logout_redirect_uri(self.out.clone());
        Some(request.http_get_url().into())
    }

    fn client(&self, provider: &Provider) -> Client {
        let secret = self.config.client_secret.as_ref();
        Client::from_provider_metadata(
            provider.metadata.clone(),
            ClientId::new(self.config.client_id.clone()),
            secret.map(|secret| ClientSecret::new(secret.expose().to_owned())),
        )
        .set_redirect_uri(self.back.clone())
    }

    /// The provider's description, no older than that.
    async fn provider(&self, at_most: Duration) -> Result<Arc<Provider>, OpenIdError> {
        let kept = || self.provider.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept().clone();
        if let Some(known) = known.filter(|known| known.asked.elapsed() < at_most) {
            return Ok(known);
        }
        let issuer = IssuerUrl::new(self.config.issuer.clone()).map_err(unreachable)?;
        let asked = ProviderMetadataWithLogout::discover_async(issuer, &self.http).await;
        let metadata = asked.map_err(unreachable)?;
        self.places_are_its_own(&metadata)?;
        let known = Arc::new(Provider {
            metadata,
            asked: Instant::now(),
        });
        *kept() = Some(known.clone());
        Ok(known)
    }

    /// People are sent to the provider's own places only.
    fn places_are_its_own(&self, metadata: &ProviderMetadataWithLogout) -> Result<(), OpenIdError> {
        let end = &metadata.additional_metadata().end_session_endpoint;
        let mut places = vec![metadata.authorization_endpoint().url()];
        places.extend(end.as_ref().map(|end| end.url()));
        for place in places {
            self.http
                .allows(place.as_str())
                .map_err(|error| OpenIdError::Unreachable(error.to_string()))?;
        }
        Ok(())
    }
}

/// What the provider says of somebody, by ID token and user info.
#[derive(Debug, Default)]
struct Said {
    name: Option<String>,
    display: Option<String>,
    email: Option<String>,
    groups: Option<Vec<String>>,
}

impl Said {
    const fn lacks_something(&self) -> bool {
        self.name.is_none() || self.display.is_none() || self.groups.is_none()
    }

    fn fill(&mut self, info: &UserInfoClaims<Others, CoreGenderClaim>, groups_claim: &str) {
        let Self {
            name,
            display,
            email,
            groups,
        } = std::mem::take(self);
        *self = Self {
            name: name.or_else(|| info.preferred_username().map(|name| name.to_string())),
            display: display.or_else(|| {
                let name = info.name().and_then(|name| name.get(None));
                name.map(|name| name.to_string())
            }),
            email: email.or_else(|| info.email().map(|email| email.to_string())),
            groups: groups.or_else(|| info.additional_claims().groups(groups_claim)),
        };
    }

    fn person(self, key: &str) -> Person {
        let short = |text: String| {
            let sound = text.chars().filter(|letter| !letter.is_control());
            sound.take(NAME).collect::<String>()
        };
        Person {
            key: key.to_owned(),
            name: self.name.map(short),
            display: self.display.map(short),
            email: self.email,
            groups: self.groups.unwrap_or_default(),
        }
    }
}

impl Others {
    /// The groups of a claim: a list of texts, or one text.
    fn groups(&self, claim: &str) -> Option<Vec<String>> {
        match self.all.get(claim)? {
            Value::Array(items) => {
                let texts = items.iter().filter_map(Value::as_str).map(str::to_owned);
                Some(texts.take(MOST_GROUPS).collect())
            }
            Value::String(one) => Some(vec![one.clone()]),
            _ => None,
        }
    }
}

fn unreachable(error: impl std::error::Error) -> OpenIdError {
    OpenIdError::Unreachable(chain(&error))
}

fn unproved(error: impl std::error::Error) -> OpenIdError {
    OpenIdError::Unproved(chain(&error))
}

/// An error with what caused it: for the log, never for the page.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
