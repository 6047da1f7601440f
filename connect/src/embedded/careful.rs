//! A shield before rumqttd's codecs. Its router is one thread that panics on a topic whose first letter
//! is not ASCII, on a shared subscription whose last holder leaves, and on other things a client may
//! send; it also turns away client ids with a slash and clients without a keep-alive. All that is settled
//! here, on the way in and out.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::{BufMut, Bytes, BytesMut};
use rumqttd::protocol::{Error, Packet, Protocol};

/// Put before a topic or filter whose first letter would hurt. Never seen by clients.
const SHIELD: u8 = 0x01;

/// A codec of rumqttd, shielded. `V4` cannot write properties, so they are left out there.
#[derive(Clone, Debug)]
pub(super) struct Careful<P> {
    inner: P,
    with_properties: bool,
}

impl<P> Careful<P> {
    pub(super) fn new(inner: P, with_properties: bool) -> Self {
        Self {
            inner,
            with_properties,
        }
    }
}

impl<P: Protocol> Protocol for Careful<P> {
    fn read_mut(&mut self, stream: &mut BytesMut, max_size: usize) -> Result<Packet, Error> {
        let mut packet = caught(|| self.inner.read_mut(stream, max_size))?;
        match &mut packet {
            Packet::Connect(connect, _, will, _, _) => {
                connect.client_id = plain_id(&connect.client_id);
                if connect.keep_alive == 0 {
                    connect.keep_alive = u16::MAX;
                }
                if let Some(will) = will {
                    will.topic = inward(&will.topic)?;
                }
            }
            Packet::Publish(publish, _) => publish.topic = inward(&publish.topic)?,
            Packet::Subscribe(subscribe, _) => {
                for filter in &mut subscribe.filters {
                    filter.path = inward_filter(&filter.path)?;
                }
            }
            Packet::Unsubscribe(unsubscribe, _) => {
                for filter in &mut unsubscribe.filters {
                    *filter = inward_filter(filter)?;
                }
            }
            _ => {}
        }
        Ok(packet)
    }

    fn write(&self, mut packet: Packet, buffer: &mut BytesMut) -> Result<usize, Error> {
        if let Packet::Publish(publish, properties) = &mut packet {
            if publish.topic.first() == Some(&SHIELD) {
                publish.topic = publish.topic.slice(1..);
            }
            if !self.with_properties {
                *properties = None;
            }
        }
        caught(|| self.inner.write(packet, buffer))
    }
}

thread_local! {
    static CATCHING: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic on this thread stays in here.
pub(super) fn catching() -> bool {
    CATCHING.get()
}

fn caught<T>(code: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    CATCHING.set(true);
    let result = catch_unwind(AssertUnwindSafe(code));
    CATCHING.set(false);
    result.unwrap_or(Err(Error::MalformedPacket))
}

/// A topic on its way in; empty is fine, a topic alias stands for it.
fn inward(topic: &Bytes) -> Result<Bytes, Error> {
    let text = std::str::from_utf8(topic)?;
    if text.contains(['+', '#', '\0']) {
        return Err(Error::MalformedPacket);
    }
    match topic.first() {
        Some(&first) if !first.is_ascii() || first == SHIELD => {
            let mut shielded = BytesMut::with_capacity(topic.len() + 1);
            shielded.put_u8(SHIELD);
            shielded.extend_from_slice(topic);
            Ok(shielded.freeze())
        }
        _ => Ok(topic.clone()),
    }
}

fn inward_filter(filter: &str) -> Result<String, Error> {
    if filter.starts_with("$share/") || !rumqttd::protocol::valid_filter(filter) {
        return Err(Error::MalformedPacket);
    }
    match filter.as_bytes().first() {
        Some(&first) if !first.is_ascii() || first == SHIELD => Ok(format!("{}{filter}", char::from(SHIELD))),
        _ => Ok(filter.to_owned()),
    }
}

/// rumqttd refuses ids with these characters; written so that different ids stay different.
fn plain_id(id: &str) -> String {
    let mut plain = String::with_capacity(id.len());
    for letter in id.chars() {
        match letter {
            '+' | '$' | '#' | '/' | '%' => plain.push_str(&format!("%{:02X}", u32::from(letter))),
            _ => plain.push(letter),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_inward() {
        fn check(topic: &'static str, expect: Option<&str>) {
            let got = inward(&Bytes::from_static(topic.as_bytes())).ok();
            assert_eq!(got.as_deref(), expect.map(str::as_bytes), "{topic:?}");
        }
        check("a/b", Some("a/b"));
        check("", Some(""));
        check("Öl/Druck", Some("\u{1}Öl/Druck"));
        check("\u{1}x", Some("\u{1}\u{1}x"));
        check("a/+/b", None);
        check("a/#", None);
    }

    #[test]
    fn filters_inward() {
        fn check(filter: &str, expect: Option<&str>) {
            assert_eq!(inward_filter(filter).ok().as_deref(), expect, "{filter:?}");
        }
        check("#", Some("#"));
        check("水/+", Some("\u{1}水/+"));
        check("$share/group/a", None);
        check("a#", None);
        check("", None);
    }

    #[test]
    fn client_ids() {
        assert_eq!(plain_id("node-7"), "node-7");
        assert_eq!(plain_id("site/line$1"), "site%2Fline%241");
        assert_eq!(plain_id("site%2Fline"), "site%252Fline");
    }
}
