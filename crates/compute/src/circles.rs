//! Formulas that depend on themselves, across assets: found, told with their way around, and taken
//! out, so that all others can be computed.

/// Most ways around that are told; what goes in circles beyond them is taken out all the same.
const MAX_TOLD: usize = 50;

/// The cells that are in circles, each with the circle it is in; what is left has an order.
pub(crate) struct Circles {
    /// Ways around: the first cell again at the end.
    pub ways: Vec<Vec<u32>>,
    /// Cells to take out, and the way each belongs to.
    pub out: Vec<(u32, u32)>,
}

/// Finds them by taking away cells whose inputs are all known (Kahn, 1962), again after each circle
/// that was taken out.
pub(crate) fn find(inputs: &[Vec<Vec<u32>>]) -> Circles {
    let mut users: Vec<Vec<u32>> = vec![Vec::new(); inputs.len()];
    let mut open: Vec<usize> = vec![0; inputs.len()];
    for (at, slots) in inputs.iter().enumerate() {
        for input in slots.iter().flatten() {
            if let (Some(users), Some(open)) = (users.get_mut(*input as usize), open.get_mut(at)) {
                users.push(at as u32);
                *open += 1;
            }
        }
    }
    let mut search = Search {
        inputs,
        users,
        open,
        gone: vec![false; inputs.len()],
        left: inputs.len(),
        from: 0,
    };
    let ready = |(at, open): (usize, &usize)| (*open == 0).then_some(at as u32);
    let first: Vec<u32> = search.open.iter().enumerate().filter_map(ready).collect();
    search.take_away(first);
    let mut circles = Circles {
        ways: Vec::new(),
        out: Vec::new(),
    };
    while search.left > 0 {
        let way = search.way_around();
        if way.is_empty() {
            break;
        }
        let number = circles.ways.len().min(MAX_TOLD - 1) as u32;
        let mut members = way.clone();
        members.pop();
        circles.out.extend(members.iter().map(|cell| (*cell, number)));
        if circles.ways.len() < MAX_TOLD {
            circles.ways.push(way);
        }
        search.take_away(members);
    }
    circles
}

/// The rank of every cell: one more than its highest input. Without circles.
pub(crate) fn ranks(inputs: &[Vec<Vec<u32>>]) -> Vec<u32> {
    let mut ranks: Vec<Option<u32>> = vec![None; inputs.len()];
    let mut stack: Vec<u32> = Vec::new();
    for start in 0..inputs.len() as u32 {
        stack.push(start);
        while let Some(at) = stack.last().copied() {
            let known = |cell: u32| ranks.get(cell as usize).copied().flatten();
            if known(at).is_some() {
                stack.pop();
                continue;
            }
            let mut rank = 0;
            let before = stack.len();
            for input in inputs.get(at as usize).into_iter().flatten().flatten() {
                match known(*input) {
                    Some(below) => rank = rank.max(below + 1),
                    None => stack.push(*input),
                }
            }
            if stack.len() == before {
                if let Some(own) = ranks.get_mut(at as usize) {
                    *own = Some(rank);
                }
                stack.pop();
            }
        }
    }
    ranks.into_iter().map(Option::unwrap_or_default).collect()
}

struct Search<'a> {
    inputs: &'a [Vec<Vec<u32>>],
    users: Vec<Vec<u32>>,
    /// Inputs that are not known yet.
    open: Vec<usize>,
    gone: Vec<bool>,
    left: usize,
    /// Cells before this one are gone.
    from: usize,
}

impl Search<'_> {
    fn take_away(&mut self, mut ready: Vec<u32>) {
        while let Some(at) = ready.pop() {
            match self.gone.get_mut(at as usize) {
                Some(gone) if !*gone => *gone = true,
                _ => continue,
            }
            self.left -= 1;
            for user in self.users.get(at as usize).into_iter().flatten() {
                if let Some(open) = self.open.get_mut(*user as usize) {
                    *open = open.saturating_sub(1);
                    if *open == 0 {
                        ready.push(*user);
                    }
                }
            }
        }
    }

    fn is_left(&self, at: u32) -> bool {
        self.gone.get(at as usize) == Some(&false)
    }

    /// From any cell that is left, input by input, until one comes twice.
    fn way_around(&mut self) -> Vec<u32> {
        let first = (self.from..self.gone.len()).find(|at| self.is_left(*at as u32));
        let Some(first) = first else {
            return Vec::new();
        };
        self.from = first;
        let mut way: Vec<u32> = Vec::new();
        let mut step_of = std::collections::BTreeMap::new();
        let mut at = first as u32;
        loop {
            if let Some(step) = step_of.insert(at, way.len()) {
                let mut around = way.split_off(step);
                around.push(at);
                around.reverse();
                return around;
            }
            way.push(at);
            let inputs = self.inputs.get(at as usize).into_iter().flatten().flatten();
            match inputs.copied().find(|input| self.is_left(*input)) {
                Some(next) => at = next,
                None => return Vec::new(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_taken_out_and_the_rest_is_left() {
        // 0 → 1 → 2 → 1 (a circle), 2 → 3, and 4 uses itself.
        let one = |inputs: &[u32]| vec![inputs.to_vec()];
        let inputs = [one(&[]), one(&[0, 2]), one(&[1]), one(&[2]), one(&[4])];
        let found = find(&inputs);
        assert_eq!(found.ways, [vec![1, 2, 1], vec![4, 4]]);
        let mut out = found.out;
        out.sort_unstable();
        assert_eq!(out, [(1, 0), (2, 0), (4, 1)]);
        assert!(find(&[one(&[]), one(&[0])]).ways.is_empty());
    }
}
