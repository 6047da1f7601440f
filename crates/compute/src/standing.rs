//! What values of windows stand on now. A window's value is of its own time; when an input is lost
//! after that, the value is no longer the present, and neither is what is computed from it.

use formula::graph::{CellId, Graph};

use crate::windows::Metrics;

#[derive(Default)]
pub(crate) struct Standing {
    /// For each cell whether it comes from a window.
    windowed: Vec<bool>,
    /// For each cell how many readings below it, through windows, are not there.
    absent: Vec<u32>,
    /// For each leaf whether it is told to be absent.
    lost: Vec<bool>,
    /// The round in which a cell was last visited.
    visited: Vec<u32>,
    round: u32,
    /// Cells that lack more or less than before, some more than once.
    pub touched: Vec<u32>,
}

impl Standing {
    pub fn new(graph: &Graph, metrics: &Metrics) -> Self {
        let cells = graph.len();
        let mut standing = Self {
            windowed: vec![false; cells],
            absent: vec![0; cells],
            lost: vec![false; cells],
            visited: vec![0; cells],
            ..Self::default()
        };
        let windows = metrics.cells().collect();
        standing.climb(graph, metrics, windows, |standing, cell| {
            if let Some(windowed) = standing.windowed.get_mut(cell as usize) {
                *windowed = true;
            }
        });
        standing
    }

    /// Whether a value of windows lacks an input now.
    pub fn is_shaken(&self, cell: u32) -> bool {
        let windowed = self.windowed.get(cell as usize).copied().unwrap_or_default();
        windowed && self.absent.get(cell as usize).is_some_and(|absent| *absent > 0)
    }

    /// How many readings below a value of windows are not there now; none where no window is below.
    pub fn absent(&self, cell: u32) -> u32 {
        match self.is_shaken(cell) {
            true => self.absent.get(cell as usize).copied().unwrap_or_default(),
            false => 0,
        }
    }

    /// Says whether a reading is there.
    pub fn set(&mut self, graph: &Graph, metrics: &Metrics, leaf: u32, is_there: bool) {
        match self.lost.get_mut(leaf as usize) {
            Some(lost) if *lost == is_there => *lost = !is_there,
            _ => return,
        }
        self.climb(graph, metrics, vec![leaf], |standing, cell| {
            let Some(absent) = standing.absent.get_mut(cell as usize) else {
                return;
            };
            *absent = if is_there {
                absent.saturating_sub(1)
            } else {
                absent.saturating_add(1)
            };
            if standing.windowed.get(cell as usize) == Some(&true) {
                standing.touched.push(cell);
            }
        });
    }

    /// Visits cells and everything above them, through formulas and windows, each once.
    fn climb(
        &mut self,
        graph: &Graph,
        metrics: &Metrics,
        mut open: Vec<u32>,
        mut visit: impl FnMut(&mut Self, u32),
    ) {
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.visited.fill(0);
            self.round = 1;
        }
        while let Some(cell) = open.pop() {
            match self.visited.get_mut(cell as usize) {
                Some(visited) if *visited != self.round => *visited = self.round,
                _ => continue,
            }
            visit(self, cell);
            open.extend_from_slice(graph.users_of(CellId::new(cell)));
            open.extend(
                metrics
                    .fed_by(cell)
                    .filter_map(|metric| Some(metrics.get(metric)?.cell)),
            );
        }
    }
}
