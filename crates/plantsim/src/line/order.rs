//! Production orders: what is filled, how much of it, and under which batch.

use crate::calendar::Moment;
use crate::rng::Rng;

/// What the company sells.
const PRODUCTS: [&str; 6] = [
    "Still water 0.33 L",
    "Sparkling water 0.33 L",
    "Lemon iced tea 0.33 L",
    "Peach iced tea 0.33 L",
    "Apple spritz 0.33 L",
    "Elderflower 0.33 L",
];

/// The order on a line.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    prefix: u32,
    /// Bottles an hour of its line.
    rated: f64,
    serial: u32,
    pub(crate) number: String,
    pub(crate) batch: String,
    pub(crate) product: &'static str,
    pub(crate) quantity: f64,
    pub(crate) good: f64,
    pub(crate) rejected: f64,
}

impl Order {
    /// The order that is under way when the plant's story begins.
    pub(crate) fn new(rng: &mut Rng, prefix: u32, rated: f64) -> Self {
        let mut order = Self {
            prefix,
            rated,
            serial: 200 + u32::try_from(rng.choice(600)).unwrap_or(0),
            number: String::new(),
            batch: String::new(),
            product: PRODUCTS[0],
            quantity: rated,
            good: 0.0,
            rejected: 0.0,
        };
        order.draw(rng);
        order.good = (order.quantity * rng.between(0.05, 0.6)).floor();
        order.rejected = (order.good * 0.012).floor();
        order
    }

    fn draw(&mut self, rng: &mut Rng) {
        self.serial += 1;
        self.number = format!("{}{:04}", self.prefix, self.serial);
        self.batch.clear();
        self.product = PRODUCTS
            .get(rng.choice(PRODUCTS.len()))
            .copied()
            .unwrap_or(PRODUCTS[0]);
        // Two to five hours of work, in whole thousands.
        self.quantity = (self.rated * rng.between(2.0, 5.0) / 1_000.0).round() * 1_000.0;
        (self.good, self.rejected) = (0.0, 0.0);
    }

    /// Begins the next order.
    pub(crate) fn next(&mut self, rng: &mut Rng, now: Moment) {
        self.draw(rng);
        self.name_batch(now);
    }

    pub(crate) fn needs_batch(&self) -> bool {
        self.batch.is_empty()
    }

    pub(crate) fn name_batch(&mut self, now: Moment) {
        self.batch = format!("{}-{}-{:02}", now.date_code(), self.prefix, self.serial % 100);
    }

    /// Counts bottles; true when the order is made in full.
    pub(crate) fn add(&mut self, good: f64, rejected: f64) -> bool {
        self.good += good;
        self.rejected += rejected;
        self.good >= self.quantity
    }
}
