//! `cargo xtask screenshots`: every page in every theme and size, for the README and for looking.

use anyhow::Result;

use crate::run::timed;
use crate::{demo, setup, test};

/// `cargo xtask screenshots [playwright arguments]`
pub fn run(args: &[String]) -> Result<()> {
    setup::build_tools()?;
    setup::test_tools()?;
    demo::build()?;
    timed("the pictures, into end2end/screenshots", || {
        test::playwright("screenshots", args)
    })
}
