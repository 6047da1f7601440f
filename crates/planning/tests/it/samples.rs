//! Small files of each format, written by hand.

/// Two jobs that cannot run together between two dummies, and a third after the first: 3 + 2 + 2 = 7.
pub const PROJECT: &str = "\
************************************************************************
jobs (incl. supersource/sink ):  5
horizon                       :  20
RESOURCES
  - renewable                 :  2   R
  - nonrenewable              :  0   N
  - doubly constrained        :  0   D
************************************************************************
PRECEDENCE RELATIONS:
jobnr.    #modes  #successors   successors
   1        1          2           2   3
   2        1          1           4
   3        1          1           5
   4        1          1           5
   5        1          0
************************************************************************
REQUESTS/DURATIONS:
jobnr. mode duration  R 1  R 2
------------------------------------------------------------------------
  1      1     0       0    0
  2      1     3       2    1
  3      1     2       2    0
  4      1     2       2    0
  5      1     0       0    0
************************************************************************
RESOURCEAVAILABILITIES:
  R 1  R 2
    3    1
************************************************************************
";

/// Three tasks, two people; only person 7 can do the first two, one after the other: 4 + 5 = 9.
pub const STAFFED: &str = "\
==========================================================
File name: tiny.def
General characteristics:
Tasks: 3
Resources: 2
Precedence relations: 1
Number of skill types: 2
==========================================================
ResourceID \t Salary \t Skills
7\t \t \t10.5\t \t Q0: 2 \t Q1: 0
8\t \t \t12.0\t \t Q1: 1
==========================================================
TaskID \t Duration \t Skill \t Predecessor IDs
1\t \t \t4\t \t Q0: 1\t \t
2\t \t \t5\t \t Q0: 2\t \t
4\t \t \t3\t \t Q1: 1\t \t1
==========================================================
";

/// Two interventions in three steps that exclude each other in the first; the team is too small for both at a
/// time, so the cheap first step goes to one of them.
pub const GRID: &str = r#"{
  "Resources": { "team": { "max": [5, 5, 5], "min": [0, 0, 0] } },
  "Seasons": { "winter": [1, "2"] },
  "Interventions": {
    "A": {
      "tmax": "3", "Delta": [1, 1, 1],
      "workload": { "team": { "1": { "1": 3 }, "2": { "2": 3 }, "3": { "3": 3 } } },
      "risk": { "1": { "1": [1, 3] }, "2": { "2": [4] }, "3": { "3": [9, 9, 9] } }
    },
    "B": {
      "tmax": 2, "Delta": [2.0, 1, 1],
      "workload": { "team": { "1": { "1": 3 }, "2": { "1": 3, "2": 4 } } },
      "risk": { "1": { "1": [2, 2] }, "2": { "1": [1], "2": [3] } }
    }
  },
  "Exclusions": { "E1": ["A", "B", "winter"] },
  "T": 3, "Scenarios_number": [2, 1, 3], "Quantile": 0.5, "Alpha": 0.5
}
"#;
