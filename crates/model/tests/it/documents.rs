//! The examples of docs/model-files.md say what they give.

use model::plan;

use crate::figures::{model, problems, read, read_files};

const PAGE: &str = include_str!("../../../../docs/model-files.md");

/// The blocks of a language.
pub fn blocks(language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    PAGE.split(fence.as_str())
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_examples_are_one_model_without_a_mistake() {
    let text = blocks("toml").join("\n");
    let whole = model(&text);
    assert_eq!(whole.types.len(), 8);
    assert_eq!(whole.assets.len(), 4);

    let again = read_files(&model::export(&whole));
    assert!(again.is_ok(), "{}", again.render());
    assert_eq!(again.model, whole);
}

#[test]
fn the_wrong_examples_give_the_problems_below_them() {
    let (wrong, told) = (blocks("wrong"), blocks("problems"));
    assert_eq!((wrong.len(), told.len()), (2, 2));
    for (text, expect) in wrong.iter().zip(told) {
        let found = problems(&read(text)).join("\n");
        assert_eq!(found.trim(), expect.trim(), "\n{found}");
    }
}

#[test]
fn the_plan_is_the_one_shown() {
    let text = blocks("toml").join("\n");
    let before = model(&text);
    let after = model(&text.replace("low = 15", "low = 16"));
    let shown = PAGE
        .split("```\n~ ")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .unwrap();
    assert_eq!(plan(&before, &after).to_string(), format!("~ {shown}"));
}
