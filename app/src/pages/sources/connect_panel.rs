//! From the demo to one's own broker: address, *Test*, what was heard, *Use it*.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use wire::page::BrokerAddress;

use super::test_result::TestResult;
use crate::api::source::{TestBroker, UseBroker};
use crate::i18n::use_messages;
use crate::routes;

/// The form. Without script it leads to a page that says what was heard.
#[component]
pub fn ConnectPanel(
    /// The demo plant is shown: say what comes next.
    is_demo: bool,
) -> impl IntoView {
    let m = use_messages();
    let broker = RwSignal::new(BrokerAddress {
        version: 5,
        ..BrokerAddress::default()
    });
    let (test, adopt) = (
        ServerAction::<TestBroker>::new(),
        ServerAction::<UseBroker>::new(),
    );
    // A result belongs to what was tested, not to what was typed since.
    let tested = RwSignal::new(None::<BrokerAddress>);
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let wanted = broker.get_untracked();
        tested.set(Some(wanted.clone()));
        adopt.clear();
        test.dispatch(TestBroker { broker: wanted });
    };
    let use_it = move || {
        adopt.dispatch(UseBroker {
            broker: tested.get_untracked().unwrap_or_default(),
        });
    };
    let listening = test.pending();
    let text = move |event| Some(event_target_value(&event)).filter(|text| !text.is_empty());
    view! {
        <section class="g-panel" aria-label=m.connect_title()>
            <div class="g-panel__head">
                <h2 class="g-h3">{m.connect_title()}</h2>
                <span class="g-caption">{if is_demo { m.connect_hint_demo() } else { m.connect_hint() }}</span>
            </div>
            <form class="g-panel__body g-connect" method="post" action=routes::url("/api/fn/try_broker") on:submit=send>
                <label class="g-field g-connect__address">
                    <span>{m.connect_address()}</span>
                    <input
                        class="g-input"
                        name="broker[address]"
                        required
                        placeholder="mqtt://192.168.1.20:1883"
                        autocapitalize="off"
                        spellcheck="false"
                        on:input=move |event| broker.update(|broker| broker.address = event_target_value(&event))
                    />
                </label>
                <label class="g-field">
                    <span>{m.connect_user()}</span>
                    <input
                        class="g-input"
                        name="broker[user]"
                        autocomplete="off"
                        on:input=move |event| broker.update(|broker| broker.user = text(event))
                    />
                </label>
                <label class="g-field">
                    <span>{m.connect_password()}</span>
                    <input
                        class="g-input"
                        name="broker[password]"
                        type="password"
                        autocomplete="off"
                        on:input=move |event| broker.update(|broker| broker.password = text(event))
                    />
                </label>
                <label class="g-field">
                    <span>{m.connect_version()}</span>
                    <select
                        class="g-input"
                        name="broker[version]"
                        on:change=move |event| {
                            broker.update(|broker| broker.version = event_target_value(&event).parse().unwrap_or(5));
                        }
                    >
                        <option value="5">"MQTT 5"</option>
                        <option value="3">"MQTT 3.1.1"</option>
                    </select>
                </label>
                <button class="g-btn g-btn--primary" disabled=move || listening.get()>
                    {move || if listening.get() { m.connect_listening() } else { m.connect_test() }}
                </button>
            </form>
            <noscript>
                <p class="g-panel__foot">{m.connect_noscript()}</p>
            </noscript>
            <TestResult test adopt on_use=use_it/>
        </section>
    }
}
