//! Places for connections: so many in all, and of those so many for one address.

use std::net::IpAddr;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::client::Proxies;
use crate::http::limits::seats::{Seat, Seats};
use crate::http::limits::whose;

/// See the module.
#[derive(Debug)]
pub struct Places {
    /// One permit a connection: when all are back, all have ended.
    pub all: Arc<Semaphore>,
    each: u32,
    /// Who comes for others: counted by nobody.
    proxies: Arc<Proxies>,
    taken: Seats<IpAddr>,
}

/// A connection's; free again when dropped.
#[derive(Debug)]
pub struct Place {
    _one_of_all: OwnedSemaphorePermit,
    _one_of_its: Option<Seat<IpAddr>>,
}

impl Places {
    /// So many in all, so many for each address; programs on this machine and proxies may have all.
    #[must_use]
    pub fn new(all: u32, each: u32, proxies: Arc<Proxies>) -> Self {
        Self {
            all: Arc::new(Semaphore::new(all as usize)),
            each,
            proxies,
            taken: Seats::default(),
        }
    }

    /// One for a connection from there; none where there is none left.
    pub fn take(&self, address: IpAddr) -> Option<Place> {
        let one_of_its = match self.is_counted(address) {
            true => Some(self.taken.take(whose(address), self.each)?),
            false => None,
        };
        Some(Place {
            _one_of_all: self.all.clone().try_acquire_owned().ok()?,
            _one_of_its: one_of_its,
        })
    }

    fn is_counted(&self, address: IpAddr) -> bool {
        !address.to_canonical().is_loopback() && !self.proxies.trusts(address.to_canonical())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_own_bound_and_leaves_no_trace() {
        let proxies = Proxies {
            nets: vec!["10.0.0.5/32".parse().unwrap()],
            ..Proxies::default()
        };
        let places = Places::new(7, 2, Arc::new(proxies));
        let take = |address: &str| places.take(address.parse().unwrap());
        let held: Vec<_> = ["203.0.113.7", "203.0.113.7", "2001:db8::1", "2001:db8::2"]
            .map(take)
            .into();
        assert!(held.iter().all(Option::is_some));
        // The same address in another dress, the same net, others.
        for (address, expect) in [
            ("203.0.113.7", false),
            ("::ffff:203.0.113.7", false),
            ("2001:db8::3", false),
            ("203.0.113.8", true),
        ] {
            assert_eq!(take(address).is_some(), expect, "{address}");
        }
        let others: Vec<_> = ["10.0.0.5", "10.0.0.5", "127.0.0.1"].map(take).into();
        assert!(others.iter().all(Option::is_some));
        assert!(take("127.0.0.1").is_none(), "there are no more in all");
        drop((held, others));
        assert!(places.taken.is_empty());
        assert_eq!(places.all.available_permits(), 7);
    }
}
