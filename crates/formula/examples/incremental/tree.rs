//! A tree of formulas over many leaves, in the graph and beside it in plain arrays: the brute-force
//! side computes by hand what the graph computes from formulas.

use std::collections::BTreeMap;
use std::sync::Arc;

use formula::graph::{Builder, CellId, Graph};
use formula::{Declared, Formula, Kind, Moment, NoZones, Quality, Sample, Scope, Time, Type, Value};

/// Levels of formulas over the leaves.
pub const LEVELS: usize = 6;

/// What stands at a level, from the leaves up. A missing leaf leaves its parent without a value;
/// the level above puts something in its place, so that values and gaps both reach far.
const SOURCES: [&str; LEVELS] = [
    "sum(x)",
    "avg(coalesce(x, -1))",
    "if(count(x) > 0, sum(x) - max(x), none)",
    "min(x) + avg(x)",
    "sum(x) / 2",
    "avg(x * 3)",
];

/// A small generator of numbers: SplitMix64 (Steele, Lea and Flood, 2014).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}

/// The tree, twice.
pub struct Tree {
    graph: Graph,
    fan: usize,
    /// Cells by level; the leaves are level 0.
    ids: Vec<Vec<CellId>>,
    values: Vec<Vec<Option<f64>>>,
    touched: usize,
    clock: i64,
}

impl Tree {
    /// With so many children under every node.
    pub fn new(fan: usize) -> Self {
        let group = Declared {
            ty: Type::Number,
            is_group: true,
            ..Declared::default()
        };
        let names = BTreeMap::from([("x".to_owned(), group)]);
        let mut builder = Builder::default();
        let leaves = fan.pow(LEVELS as u32);
        let mut ids: Vec<Vec<CellId>> = vec![(0..leaves).map(|_| builder.leaf()).collect()];
        for source in SOURCES {
            let scope = Scope {
                kind: Kind::Transform,
                names: &names,
                zones: &NoZones,
            };
            let formula = Arc::new(Formula::check(source, &scope).expect("the sources are right"));
            let below = ids.last().expect("the leaves are there");
            let level = below
                .chunks(fan)
                .map(|children| builder.formula(Arc::clone(&formula), vec![children.to_vec()]))
                .collect();
            ids.push(level);
        }
        let values = ids.iter().map(|level| vec![None; level.len()]).collect();
        let mut tree = Self {
            graph: builder.build().expect("a tree has no circles"),
            fan,
            ids,
            values,
            touched: 0,
            clock: 0,
        };
        for leaf in 0..leaves {
            tree.put(leaf, Some((leaf % 100) as f64));
        }
        tree.settle();
        for level in 1..=LEVELS {
            for node in 0..tree.ids[level].len() {
                tree.values[level][node] = tree.by_hand(level, node);
            }
        }
        tree
    }

    pub fn leaves(&self) -> usize {
        self.ids[0].len()
    }

    pub fn cells(&self) -> usize {
        self.graph.len()
    }

    pub fn computed(&self) -> u64 {
        self.graph.computed()
            - self
                .ids
                .iter()
                .skip(1)
                .map(|level| level.len() as u64)
                .sum::<u64>()
    }

    fn put(&mut self, leaf: usize, number: Option<f64>) {
        self.clock += 1;
        let sample = Sample {
            resumed: false,
            time: Time(self.clock),
            value: number.map(Value::Number),
            quality: if number.is_some() {
                Quality::Good
            } else {
                Quality::Bad
            },
        };
        self.graph.set(self.ids[0][leaf], sample);
        self.values[0][leaf] = number;
        self.touched = leaf;
    }

    fn settle(&mut self) {
        let now = Time(self.clock);
        self.graph.settle(Moment {
            now,
            trigger: now,
            zones: &NoZones,
        });
    }

    /// One leaf gets another value, or now and then none.
    pub fn update(&mut self, random: &mut Random) {
        let leaf = random.below(self.leaves());
        let number = (random.below(50) != 0).then(|| random.below(1000) as f64 / 8.0);
        self.put(leaf, number);
        self.settle();
        let mut node = leaf;
        for level in 1..=LEVELS {
            node /= self.fan;
            self.values[level][node] = self.by_hand(level, node);
        }
    }

    /// What the level's formula says, without the language.
    fn by_hand(&self, level: usize, node: usize) -> Option<f64> {
        let children = &self.values[level - 1][node * self.fan..(node + 1) * self.fan];
        let numbers: Option<Vec<f64>> = match level {
            2 => Some(children.iter().map(|child| child.unwrap_or(-1.0)).collect()),
            6 => children
                .iter()
                .map(|child| child.map(|child| child * 3.0))
                .collect(),
            _ => children.iter().copied().collect(),
        };
        let numbers = numbers?;
        let sum = numbers.iter().sum::<f64>();
        let mean = sum / numbers.len() as f64;
        let fold = |pick: fn(f64, f64) -> f64, from: f64| numbers.iter().copied().fold(from, pick);
        Some(match level {
            1 => sum,
            2 | 6 => mean,
            3 => sum - fold(f64::max, f64::NEG_INFINITY),
            4 => fold(f64::min, f64::INFINITY) + mean,
            _ => sum / 2.0,
        })
    }

    fn differs(&self, level: usize, node: usize) -> bool {
        let got = match self.graph.value(self.ids[level][node]) {
            Some(Value::Number(number)) => Some(number.to_bits()),
            _ => None,
        };
        got != self.values[level][node].map(f64::to_bits)
    }

    /// Cells on the way from the last touched leaf to the root that differ.
    pub fn compare_path(&self) -> usize {
        let mut node = self.touched;
        let mut different = usize::from(self.differs(0, node));
        for level in 1..=LEVELS {
            node /= self.fan;
            different += usize::from(self.differs(level, node));
        }
        different
    }

    /// Cells of the whole tree that differ from a computation from the leaves up.
    pub fn compare_all(&mut self) -> usize {
        let mut different = 0;
        for level in 0..=LEVELS {
            for node in 0..self.ids[level].len() {
                if level > 0 {
                    self.values[level][node] = self.by_hand(level, node);
                }
                different += usize::from(self.differs(level, node));
            }
        }
        different
    }
}
