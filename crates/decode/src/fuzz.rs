//! The body of the fuzz target `decode`, run by the tests with a corpus and by `cargo fuzz` for long.

use twin::{Timestamp, Value};

use crate::{Limits, Utc, decode, sample};

/// Decodes the bytes as a payload on a few topics and asserts what must hold of any bytes.
///
/// # Panics
/// When a promise of this crate does not hold.
pub fn body(data: &[u8]) {
    // The first bytes choose tight limits, so that they are met by small inputs too.
    let pick = |at: usize| usize::from(data.get(at).copied().unwrap_or_default());
    let tight = Limits {
        payload_bytes: 1 << 16,
        depth: pick(0) % 40,
        leaves: pick(1) % 64,
    };
    for limits in [Limits::default(), tight] {
        for topic in ["plant/line/pump", "tele/pump/LWT", "zigbee2mqtt/x/availability"] {
            let arrival = Timestamp::from_millis(1_767_323_045_678);
            let decoded = decode(topic, data, arrival, &limits, &Utc);
            assert!(decoded.leaves.len() <= limits.leaves, "more leaves than allowed");
            for leaf in &decoded.leaves {
                assert!(
                    leaf.field.len() <= 512 && leaf.asset.as_ref().is_none_or(|asset| asset.len() <= 512)
                );
                match &leaf.value {
                    Some(Value::Number(number)) => assert!(number.is_finite(), "a number that is none"),
                    Some(Value::Text(text)) => assert!(text.len() <= 1_024, "a text without bound"),
                    Some(Value::Bool(_)) | None => {}
                }
            }
            for problem in &decoded.problems {
                assert!(
                    problem.detail.len() <= 256,
                    "a detail without bound: {}",
                    problem.detail
                );
                assert!(
                    !problem.detail.contains(|c: char| c.is_control()),
                    "a detail that cannot be printed"
                );
            }
            assert_eq!(
                decoded,
                decode(topic, data, arrival, &limits, &Utc),
                "the same bytes, another answer"
            );
        }
    }
    let shown = sample(data, 64);
    assert!(shown.len() <= 64 + '…'.len_utf8() && !shown.contains(|c: char| c.is_control()));
}
