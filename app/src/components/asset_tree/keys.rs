//! The tree's keyboard, after the ARIA Authoring Practices: which row a key leads to. Pure.

/// A visible row of the tree, as far as the keyboard cares.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row {
    /// 1 for the roots.
    pub level: u32,
    /// None for a leaf, else whether its children are shown.
    pub expanded: Option<bool>,
}

/// What a key asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Move {
    /// Puts the focus on this row.
    Focus(usize),
    Expand(usize),
    Collapse(usize),
    /// Every sibling of this row.
    ExpandSiblings(usize),
    /// Follows the row's link.
    Open(usize),
}

/// What `key` (its DOM name) does while row `at` has the focus; none leaves it to the browser.
#[must_use]
pub fn press(rows: &[Row], at: usize, key: &str) -> Option<Move> {
    let row = rows.get(at)?;
    let last = rows.len() - 1;
    match key {
        "ArrowDown" => (at < last).then(|| Move::Focus(at + 1)),
        "ArrowUp" => at.checked_sub(1).map(Move::Focus),
        "Home" => Some(Move::Focus(0)),
        "End" => Some(Move::Focus(last)),
        "ArrowRight" => match row.expanded {
            Some(false) => Some(Move::Expand(at)),
            Some(true) => rows
                .get(at + 1)
                .filter(|next| next.level > row.level)
                .map(|_| Move::Focus(at + 1)),
            None => None,
        },
        "ArrowLeft" => match row.expanded {
            Some(true) => Some(Move::Collapse(at)),
            _ => parent(rows, at).map(Move::Focus),
        },
        "Enter" | " " => Some(Move::Open(at)),
        "*" => Some(Move::ExpandSiblings(at)),
        _ => None,
    }
}

/// The row that type-ahead leads to: the next one of `rows`, from `at` on and around, whose name begins with
/// `typed`. A row that is not loaded has no name.
///
/// One letter typed again goes on to the next match; several letters may stay on the row they are on.
#[must_use]
pub fn type_ahead(
    rows: usize,
    at: usize,
    typed: &str,
    name: impl Fn(usize) -> Option<String>,
) -> Option<usize> {
    let typed = typed.to_lowercase();
    let mut letters = typed.chars();
    let first = letters.next()?;
    let same = letters.clone().all(|letter| letter == first);
    let (wanted, from) = if same {
        (first.to_string(), at + 1)
    } else {
        (typed, at)
    };
    (0..rows)
        .map(|step| (from + step) % rows)
        .find(|index| name(*index).is_some_and(|name| name.to_lowercase().starts_with(&wanted)))
}

fn parent(rows: &[Row], at: usize) -> Option<usize> {
    let level = rows.get(at)?.level;
    rows.iter().take(at).rposition(|row| row.level < level)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lyon (open) > Water (open) > RO, Softener; Lyon > Hall (closed); Rotterdam (closed).
    const ROWS: [(u32, Option<bool>, &str); 6] = [
        (1, Some(true), "Lyon"),
        (2, Some(true), "Water"),
        (3, None, "RO"),
        (3, None, "Softener"),
        (2, Some(false), "Hall"),
        (1, Some(false), "Rotterdam"),
    ];

    fn rows() -> Vec<Row> {
        ROWS.map(|(level, expanded, _)| Row { level, expanded }).to_vec()
    }

    fn lead(at: usize, typed: &str) -> Option<usize> {
        type_ahead(ROWS.len(), at, typed, |index| Some(ROWS[index].2.to_owned()))
    }

    #[track_caller]
    fn check(at: usize, key: &str, expect: Option<Move>) {
        assert_eq!(press(&rows(), at, key), expect, "{key} at {at}");
    }

    #[test]
    fn up_and_down_go_over_what_is_visible_and_stop_at_the_ends() {
        check(0, "ArrowDown", Some(Move::Focus(1)));
        check(3, "ArrowDown", Some(Move::Focus(4)));
        check(5, "ArrowDown", None);
        check(0, "ArrowUp", None);
        check(4, "Home", Some(Move::Focus(0)));
        check(1, "End", Some(Move::Focus(5)));
    }

    #[test]
    fn right_opens_then_enters_and_left_closes_then_leaves() {
        check(4, "ArrowRight", Some(Move::Expand(4)));
        check(1, "ArrowRight", Some(Move::Focus(2)));
        check(2, "ArrowRight", None);
        check(1, "ArrowLeft", Some(Move::Collapse(1)));
        check(3, "ArrowLeft", Some(Move::Focus(1)));
        check(4, "ArrowLeft", Some(Move::Focus(0)));
        check(5, "ArrowLeft", None);
    }

    #[test]
    fn enter_follows_and_star_opens_the_siblings() {
        check(2, "Enter", Some(Move::Open(2)));
        check(4, "*", Some(Move::ExpandSiblings(4)));
        check(2, "Tab", None);
        assert_eq!(press(&[], 0, "Home"), None);
    }

    #[test]
    fn letters_lead_on_and_around() {
        assert_eq!(lead(0, "r"), Some(2));
        assert_eq!(lead(2, "r"), Some(5));
        assert_eq!(lead(5, "rr"), Some(2));
        assert_eq!(lead(2, "ro"), Some(2));
        assert_eq!(lead(2, "rot"), Some(5));
        assert_eq!(lead(0, "x"), None);
        assert_eq!(lead(0, ""), None);
    }
}
