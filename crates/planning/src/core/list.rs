//! A search over activity lists: a genetic algorithm whose children are justified on both sides.
//!
//! An order of activities becomes a schedule by serial generation: each in turn goes where it first
//! fits (Kolisch, *European Journal of Operational Research* 90, 1996). What the [`Decoder`] does not
//! know is added here: two-point crossover of activity lists (Hartmann, *Naval Research Logistics*
//! 45, 1998), double justification of every child (Valls, Ballestín, Quintanilla, *EJOR* 165, 2005), and
//! a shake of a time window. The population starts from the classic priority rules. When it has nothing new to
//! say it begins anew, three times as large: a small one is quick, a large one gets further, and nobody said
//! how much time there is.

use super::{Anytime, At, Network, Progress, Rng};

/// Where activities were placed, and what that costs.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Placed {
    /// When each starts.
    pub starts: Vec<i64>,
    /// By whom each is done, where there is a choice; empty where there is none.
    pub modes: Vec<usize>,
    /// When the last ends.
    pub makespan: i64,
}

/// What makes a schedule of an order: the part that knows resources.
pub trait Decoder {
    /// The activities.
    fn network(&self) -> &Network;
    /// No schedule ends before.
    fn bound(&self) -> i64;
    /// Places the activities in this order, each where it first fits. `hint` holds modes to be preferred.
    fn place(&mut self, order: &[usize], hint: &[usize], placed: &mut Placed);
    /// The same with time running backwards: the order has each activity after its successors.
    fn place_mirrored(&mut self, order: &[usize], hint: &[usize], placed: &mut Placed);
    /// Changes some of the modes of a child, where there is a choice.
    fn mutate(&mut self, _modes: &mut Vec<usize>, _rng: &mut Rng) {}
}

/// Orders that live at a time, in the first life of the population.
const FIRST: usize = 100;
/// How many times larger the next life is.
const GROWTH: usize = 3;
/// Most orders that live at a time.
const MOST: usize = 30_000;
/// For each order that lives, children in a row that change nothing of the population's best before it
/// begins anew.
const PATIENCE: usize = 15;

#[derive(Clone, Debug, Default)]
struct Member {
    order: Vec<usize>,
    placed: Placed,
}

/// The search; see the file's head.
#[derive(Debug)]
pub struct ListSearch<D> {
    decoder: D,
    rng: Rng,
    /// Place of each activity in a topological order: what breaks ties.
    rank: Vec<usize>,
    /// Keys of the priority rules, still to be tried in this life of the population.
    rules: Vec<Vec<f64>>,
    members: Vec<Member>,
    best: Member,
    /// How many live at a time in this life.
    size: usize,
    /// The shortest of this life, and children since.
    shortest: i64,
    idle: usize,
    tried: u64,
    scratch: Placed,
}

impl<D: Decoder> ListSearch<D> {
    /// A search that has tried nothing yet; its answer is there after the first step.
    #[must_use]
    pub fn new(decoder: D, seed: u64) -> Self {
        let network = decoder.network();
        let mut rank = vec![0; network.len()];
        for (at, activity) in network.order().iter().enumerate() {
            rank.put(*activity, at);
        }
        let mut search = Self {
            rules: rules(network),
            decoder,
            rng: Rng::new(seed),
            rank,
            members: Vec::new(),
            best: Member::default(),
            size: FIRST,
            shortest: i64::MAX,
            idle: 0,
            tried: 0,
            scratch: Placed::default(),
        };
        search.found();
        search
    }

    /// The best schedule so far.
    #[must_use]
    pub const fn best(&self) -> &Placed {
        &self.best.placed
    }

    /// What places the activities.
    pub const fn decoder(&self) -> &D {
        &self.decoder
    }

    /// The next one to try: of a rule while the population grows, then a child.
    fn found(&mut self) {
        let mut order = Vec::new();
        let mut modes = Vec::new();
        if self.members.len() < self.size {
            self.sample(&mut order);
        } else if self.rng.chance(0.1) {
            self.shake(&mut order, &mut modes);
        } else {
            self.cross(&mut order, &mut modes);
        }
        if !modes.is_empty() {
            self.decoder.mutate(&mut modes, &mut self.rng);
        }
        let child = self.justified(order, &modes);
        self.keep(child);
    }

    /// An order by the next rule, or by a random rule with noise.
    fn sample(&mut self, order: &mut Vec<usize>) {
        let exact = self.members.len();
        let keys = self.rules.get(exact).cloned().unwrap_or_else(|| {
            let at = self.rng.below(self.rules.len());
            let mut keys = self.rules.get(at).cloned().unwrap_or_default();
            let spread = keys
                .iter()
                .copied()
                .fold(0.0_f64, |most, key| most.max(key.abs()));
            let noise = if self.rng.chance(0.5) { 0.3 } else { 1.0 };
            for key in &mut keys {
                *key += noise * spread * self.rng.unit();
            }
            keys
        });
        self.decoder.network().list_by(&keys, order);
    }

    /// A good member with the activities of a stretch of time in another order.
    fn shake(&mut self, order: &mut Vec<usize>, modes: &mut Vec<usize>) {
        let member = if self.rng.chance(0.5) {
            &self.best
        } else {
            let at = fitter(&mut self.rng, &self.members);
            self.members.get(at).unwrap_or(&self.best)
        };
        let makespan = member.placed.makespan.max(1);
        let length = (makespan as f64 * (0.1 + 0.4 * self.rng.unit())) as i64 + 1;
        let from = self.rng.between(-length / 2, makespan);
        let keys: Vec<f64> = member
            .placed
            .starts
            .iter()
            .map(|start| {
                let inside = (from..from + length).contains(start);
                let moved = if inside {
                    from as f64 + length as f64 * self.rng.unit()
                } else {
                    *start as f64
                };
                moved + 1e-6 * self.rng.unit()
            })
            .collect();
        modes.clone_from(&member.placed.modes);
        self.decoder.network().list_by(&keys, order);
    }

    /// A child of two members: the head and the end of one, the middle in the order of the other.
    fn cross(&mut self, order: &mut Vec<usize>, modes: &mut Vec<usize>) {
        let (a, b) = (
            fitter(&mut self.rng, &self.members),
            self.rng.below(self.members.len()),
        );
        let (Some(mother), Some(father)) = (self.members.get(a), self.members.get(b)) else {
            return;
        };
        let count = mother.order.len();
        let (p, q) = (self.rng.below(count + 1), self.rng.below(count + 1));
        let (p, q) = (p.min(q), p.max(q));
        let mut taken = vec![false; count];
        let mut from_father = vec![false; count];
        let mut take = |activity: usize, order: &mut Vec<usize>| {
            let new = !taken.at(activity);
            if new {
                taken.put(activity, true);
                order.push(activity);
            }
            new
        };
        for activity in mother.order.iter().take(p) {
            take(*activity, order);
        }
        for activity in &father.order {
            if order.len() >= q {
                break;
            }
            if take(*activity, order) {
                from_father.put(*activity, true);
            }
        }
        for activity in &mother.order {
            take(*activity, order);
        }
        modes.extend(
            mother
                .placed
                .modes
                .iter()
                .zip(&father.placed.modes)
                .enumerate()
                .map(|(activity, (of_mother, of_father))| {
                    if from_father.at(activity) {
                        *of_father
                    } else {
                        *of_mother
                    }
                }),
        );
        self.swap_neighbours(order);
    }

    fn swap_neighbours(&mut self, order: &mut [usize]) {
        for at in 1..order.len() {
            let (before, after) = (order.at(at - 1), order.at(at));
            if self.rng.chance(0.1) && !self.decoder.network().successors(before).contains(&after) {
                order.swap(at - 1, at);
            }
        }
    }

    /// The schedule of an order, pushed to the right and to the left again: never longer.
    fn justified(&mut self, mut order: Vec<usize>, hint: &[usize]) -> Member {
        let mut placed = Placed::default();
        self.decoder.place(&order, hint, &mut placed);
        self.note(&order, &placed);
        let network = self.decoder.network();
        let durations: Vec<i64> = (0..network.len())
            .map(|activity| network.duration(activity))
            .collect();
        let end = |placed: &Placed, activity: usize| placed.starts.at(activity) + durations.at(activity);
        order.sort_unstable_by_key(|activity| {
            std::cmp::Reverse((end(&placed, *activity), self.rank.at(*activity)))
        });
        let mut mirrored = std::mem::take(&mut self.scratch);
        self.decoder.place_mirrored(&order, &placed.modes, &mut mirrored);
        order.sort_unstable_by_key(|activity| {
            (
                std::cmp::Reverse(end(&mirrored, *activity)),
                self.rank.at(*activity),
            )
        });
        let mut again = Placed::default();
        self.decoder.place(&order, &mirrored.modes, &mut again);
        self.scratch = mirrored;
        self.tried += 3;
        if again.makespan <= placed.makespan {
            placed = again;
        }
        order.sort_unstable_by_key(|activity| (placed.starts.at(*activity), self.rank.at(*activity)));
        Member { order, placed }
    }

    fn note(&mut self, order: &[usize], placed: &Placed) {
        if self.best.order.is_empty() || placed.makespan < self.best.placed.makespan {
            self.best = Member {
                order: order.to_vec(),
                placed: placed.clone(),
            };
        }
    }

    /// The next life: larger, and with nothing of this one but its best, which is kept apart.
    fn begin_anew(&mut self) {
        self.size = (self.size * GROWTH).min(MOST);
        self.shortest = i64::MAX;
        self.idle = 0;
        self.members.clear();
    }

    /// Into the population, in the place of its worst, unless it is there already.
    fn keep(&mut self, child: Member) {
        self.note(&child.order, &child.placed);
        if self.members.len() < self.size {
            self.members.push(child);
            return;
        }
        self.idle += 1;
        if child.placed.makespan < self.shortest {
            self.shortest = child.placed.makespan;
            self.idle = 0;
        }
        if self.idle > PATIENCE * self.size {
            self.begin_anew();
            return;
        }
        let is_known = |member: &Member| {
            member.placed.makespan == child.placed.makespan && member.placed == child.placed
        };
        if self.members.iter().any(is_known) {
            return;
        }
        let worst = self
            .members
            .iter_mut()
            .max_by_key(|member| member.placed.makespan);
        if let Some(worst) = worst
            && child.placed.makespan <= worst.placed.makespan
        {
            *worst = child;
        }
    }
}

impl<D: Decoder> Anytime for ListSearch<D> {
    fn step(&mut self, budget: u32) -> Progress {
        let until = self.tried + u64::from(budget);
        let bound = self.decoder.bound();
        while self.tried < until && self.best.placed.makespan > bound {
            self.found();
        }
        Progress {
            best: self.best.placed.makespan as f64,
            bound: bound as f64,
            tried: self.tried,
        }
    }
}

/// The better of two members drawn.
fn fitter(rng: &mut Rng, members: &[Member]) -> usize {
    let (a, b) = (rng.below(members.len()), rng.below(members.len()));
    let makespan = |at: usize| members.get(at).map(|member| member.placed.makespan);
    if makespan(a) <= makespan(b) { a } else { b }
}

/// Keys of priority rules, the smallest first: latest finish, latest start, slack, most followers,
/// longest tail of successors.
fn rules(network: &Network) -> Vec<Vec<f64>> {
    let (heads, tails) = (network.heads(), network.tails());
    let followers = network.followers();
    let all = 0..network.len();
    let keyed = |key: &dyn Fn(usize) -> f64| all.clone().map(key).collect();
    vec![
        keyed(&|at| -(tails.at(at) as f64)),
        keyed(&|at| -((tails.at(at) + network.duration(at)) as f64)),
        keyed(&|at| -((heads.at(at) + tails.at(at) + network.duration(at)) as f64)),
        keyed(&|at| -(followers.at(at) as f64)),
        keyed(&|at| {
            let after = network.successors(at).iter();
            -(after.map(|after| network.duration(*after)).sum::<i64>() as f64)
        }),
    ]
}
