//! A provider that lies: forged tokens prove nobody, and its description leads us nowhere else.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use server::config::{Config, Layers, OpenIdConfig, Origin};
use server::openid::{Flow, OpenId, OpenIdError};
use tokio::net::TcpListener;

const SECRET: &str = "what both of them know";

/// What the provider answers; a test changes it.
#[derive(Clone, Default)]
struct Says {
    description: Value,
    keys: Value,
    token: String,
    info: Value,
}

struct Provider {
    url: String,
    says: Arc<Mutex<Says>>,
    asked: Arc<AtomicUsize>,
    key: Ed25519KeyPair,
}

fn new_key() -> Ed25519KeyPair {
    let made = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    Ed25519KeyPair::from_pkcs8(made.as_ref()).unwrap()
}

impl Provider {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let key = new_key();
        let public = BASE64.encode(key.public_key().as_ref());
        let says = Arc::new(Mutex::new(Says {
            description: json!({
                "issuer": url,
                "authorization_endpoint": format!("{url}/authorize"),
                "token_endpoint": format!("{url}/token"),
                "userinfo_endpoint": format!("{url}/info"),
                "jwks_uri": format!("{url}/keys"),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
            }),
            keys: json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": "k1", "x": public}]}),
            token: String::new(),
            info: json!({"sub": "erin", "preferred_username": "erin", "name": "Erin", "groups": ["eng"]}),
        }));
        let asked = Arc::new(AtomicUsize::new(0));
        let answer = |pick: fn(Says) -> Value| {
            let (says, asked) = (says.clone(), asked.clone());
            move || {
                asked.fetch_add(1, Ordering::Relaxed);
                let said = pick(says.lock().unwrap().clone());
                async move { Json(said) }
            }
        };
        let tokens =
            |says: Says| json!({"access_token": "a", "token_type": "Bearer", "id_token": says.token});
        let routes = Router::new()
            .route(
                "/.well-known/openid-configuration",
                get(answer(|says| says.description)),
            )
            .route("/keys", get(answer(|says| says.keys)))
            .route("/token", post(answer(tokens)))
            .route("/info", get(answer(|says| says.info)));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self {
            url,
            says,
            asked,
            key,
        }
    }

    fn says(&self, change: impl FnOnce(&mut Says)) {
        change(&mut self.says.lock().unwrap());
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    /// What an honest provider would say of Erin.
    fn claims(&self, flow: &Flow) -> Value {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        json!({"iss": self.url, "sub": "erin", "aud": "gemba", "iat": now, "exp": now + 60, "nonce": flow.nonce()})
    }
}

fn openid(url: &str) -> OpenId {
    OpenId::new(settings(url), "http://127.0.0.1:8080").unwrap()
}

fn settings(url: &str) -> OpenIdConfig {
    let mut layers = Layers::default();
    layers.set("openid.issuer", url, Origin::Flag("--"));
    layers.set("openid.client_id", "gemba", Origin::Flag("--"));
    layers.set("openid.client_secret", SECRET, Origin::Flag("--"));
    Config::from_layers(&layers).unwrap().openid.unwrap()
}

fn unsigned(algorithm: &str, kid: &str, claims: &Value) -> String {
    let head = json!({"alg": algorithm, "typ": "JWT", "kid": kid});
    format!(
        "{}.{}",
        BASE64.encode(head.to_string()),
        BASE64.encode(claims.to_string())
    )
}

fn signed(key: &Ed25519KeyPair, kid: &str, claims: &Value) -> String {
    let text = unsigned("EdDSA", kid, claims);
    let signature = BASE64.encode(key.sign(text.as_bytes()).as_ref());
    format!("{text}.{signature}")
}

#[tokio::test]
async fn forged_id_tokens_sign_nobody_in() {
    let provider = Provider::start().await;
    let openid = openid(&provider.url);
    let flow = Flow::new("/".to_owned());
    let with = |name: &str, value: Value| {
        let mut claims = provider.claims(&flow);
        claims[name] = value;
        signed(&provider.key, "k1", &claims)
    };
    let sound = provider.claims(&flow);
    let by_secret = {
        let text = unsigned("HS256", "k1", &sound);
        let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
        format!("{text}.{}", BASE64.encode(hmac::sign(&key, text.as_bytes())))
    };
    let by_public_key = {
        let text = unsigned("HS256", "k1", &sound);
        let key = hmac::Key::new(hmac::HMAC_SHA256, provider.key.public_key().as_ref());
        format!("{text}.{}", BASE64.encode(hmac::sign(&key, text.as_bytes())))
    };
    let other = Flow::new("/".to_owned());
    for (what, token) in [
        ("of another sign-in", with("nonce", other.nonce().into())),
        ("for another program", with("aud", "somebody-else".into())),
        (
            "of another provider",
            with("iss", "https://evil.example.org".into()),
        ),
        ("that ended", with("exp", 1_000_000_000.into())),
        ("by another key", signed(&new_key(), "k1", &sound)),
        ("by an unknown key", signed(&new_key(), "k2", &sound)),
        ("by the shared secret", by_secret),
        ("by the public key as a secret", by_public_key),
        ("by nobody", format!("{}.", unsigned("none", "k1", &sound))),
        ("that is none", "a.b.c".to_owned()),
    ] {
        provider.says(|says| says.token = token);
        let told = openid.finish(&flow, "code".to_owned()).await;
        assert!(
            matches!(told, Err(OpenIdError::Unproved(_))),
            "an ID token {what}: {told:?}"
        );
    }
    // So that it is none of the rest that refuses them.
    provider.says(|says| says.token = signed(&provider.key, "k1", &sound));
    let erin = openid.finish(&flow, "code".to_owned()).await.unwrap();
    assert_eq!(erin.key, format!("{} erin", provider.url));
    assert_eq!(erin.groups, ["eng"]);
    // User info of somebody else is nobody's.
    provider.says(|says| says.info["sub"] = "mallory".into());
    let told = openid.finish(&flow, "code".to_owned()).await;
    assert!(matches!(told, Err(OpenIdError::Unproved(_))), "{told:?}");
}

#[tokio::test]
async fn server_side_requests_by_openid_discovery_reach_no_other_host() {
    let provider = Provider::start().await;
    let inside = Provider::start().await;
    let sound = provider.says.lock().unwrap().clone();
    let flow = Flow::new("/".to_owned());
    for (field, place) in [
        ("jwks_uri", format!("{}/keys", inside.url)),
        ("authorization_endpoint", format!("{}/authorize", inside.url)),
        ("authorization_endpoint", "javascript:alert(1)".to_owned()),
        ("end_session_endpoint", format!("{}/leave", inside.url)),
        ("jwks_uri", "https://169.254.169.254/latest/meta-data/".to_owned()),
        ("jwks_uri", "file:///etc/passwd".to_owned()),
        ("issuer", inside.url.clone()),
    ] {
        provider.says(|says| says.description[field] = place.clone().into());
        let told = openid(&provider.url).begin(&flow).await;
        assert!(
            matches!(told, Err(OpenIdError::Unreachable(_))),
            "{field} = {place}: {told:?}"
        );
        provider.says(|says| *says = sound.clone());
    }
    // Places that are asked later.
    for field in ["token_endpoint", "userinfo_endpoint"] {
        provider.says(|says| {
            says.description[field] = format!("{}/x", inside.url).into();
            says.token = signed(&provider.key, "k1", &provider.claims(&flow));
        });
        let told = openid(&provider.url).finish(&flow, "code".to_owned()).await;
        assert!(told.is_err(), "{field}: {told:?}");
        provider.says(|says| *says = sound.clone());
    }
    assert_eq!(inside.asked(), 0, "a host that is not the provider's was asked");
    assert!(openid(&provider.url).begin(&flow).await.is_ok());
}

#[tokio::test]
async fn an_endless_description_fills_no_memory() {
    let provider = Provider::start().await;
    provider.says(|says| says.description["x"] = "x".repeat(2 * 1024 * 1024).into());
    let told = openid(&provider.url).begin(&Flow::new("/".to_owned())).await;
    assert!(
        matches!(&told, Err(OpenIdError::Unreachable(why)) if why.contains("too large")),
        "{told:?}"
    );
}

#[tokio::test]
async fn forged_keys_do_not_make_us_ask_all_the_time() {
    let provider = Provider::start().await;
    let openid = openid(&provider.url);
    let flow = Flow::new("/".to_owned());
    provider.says(|says| says.token = signed(&new_key(), "k2", &provider.claims(&flow)));
    for _ in 0..20 {
        assert!(openid.finish(&flow, "code".to_owned()).await.is_err());
    }
    // Its description and keys once, the token each time.
    assert_eq!(provider.asked(), 2 + 20);
}
