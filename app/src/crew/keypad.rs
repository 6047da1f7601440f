//! Numbers by gloves: keys of 88 px.

use leptos::prelude::*;

/// Keys for a number that is being entered; `sign` is the decimal sign.
pub fn keypad(entry: RwSignal<String>, sign: char, clear: &'static str, is_signed: bool) -> AnyView {
    let press = move |key: char| {
        entry.update(|entry| match key {
            '±' => {
                if let Some(rest) = entry.strip_prefix('-') {
                    *entry = rest.to_owned();
                } else {
                    entry.insert(0, '-');
                }
            }
            '.' if entry.contains('.') => {}
            '.' => entry.push('.'),
            digit if entry.len() < 12 => entry.push(digit),
            _ => {}
        });
    };
    let key = move |key: char| {
        let shown = if key == '.' { sign } else { key };
        view! { <button type="button" class="g-crew-key" on:click=move |_| press(key)>{shown.to_string()}</button> }
    };
    // A PIN has digits only.
    let keys: &[char] = match is_signed {
        true => &['4', '5', '6', '.', '1', '2', '3', '±', '0'],
        false => &['4', '5', '6', '1', '2', '3', '0'],
    };
    let class = if is_signed {
        "g-crew-pad"
    } else {
        "g-crew-pad g-crew-pad--pin"
    };
    view! {
        <div class=class>
            {['7', '8', '9'].into_iter().map(key).collect_view()}
            {keys.iter().copied().map(key).collect_view()}
            <button type="button" class="g-crew-key" aria-label=clear on:click=move |_| entry.update(|entry| { entry.pop(); })>"⌫"</button>
        </div>
    }
    .into_any()
}

/// The number of an entry.
#[must_use]
pub fn number(entry: &str) -> Option<f64> {
    entry.parse().ok().filter(|value: &f64| value.is_finite())
}

/// An entry as it is shown.
#[must_use]
pub fn shown(entry: &str, sign: char) -> String {
    entry.replace('-', "\u{2212}").replace('.', &sign.to_string())
}
