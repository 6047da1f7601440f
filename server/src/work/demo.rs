//! What the demo begins with: a few orders on the demo plant, told apart by where they come from.

use maintenance::order::Order;

/// The system that the demo's orders come from.
const SYSTEM: &str = "demo";

/// Whether an order was made for the demo.
#[must_use]
pub fn is_demo(order: &Order) -> bool {
    let external = order.request().external.as_ref();
    external.is_some_and(|external| &*external.system == SYSTEM)
}
