//! The embedded broker on its own: `embedded-broker broker --data DIR …`. The tests start it as the server
//! starts `gemba broker`.

use connect::embedded::{BrokerArgs, BrokerError, run_broker};

fn main() -> Result<(), BrokerError> {
    run_broker(BrokerArgs::parse(std::env::args_os().skip(2))?)
}
