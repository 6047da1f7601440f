//! One id type per kind of entity. Numbers are given by the store and never twice; a [`Key`] is made where
//! something is written, so that a tablet without a network can make one.

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(u32);

        impl $name {
            /// The id with this number.
            #[must_use]
            pub const fn new(number: u32) -> Self {
                Self(number)
            }

            /// The number, as it stands in addresses and on the wire.
            #[must_use]
            pub const fn get(self) -> u32 {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        })+
    };
}

id! {
    /// A need for maintenance.
    NeedId,
    /// A work order.
    OrderId,
    /// A preventive plan.
    PlanId,
    /// A job plan: how a kind of work is done.
    JobPlanId,
    /// Somebody who asks for, plans or does work; may have an account.
    PersonId,
    /// People who work the same shifts.
    CrewId,
    /// A place with a time zone and holidays.
    SiteId,
    /// A spare part in stock.
    PartId,
    /// A step of a job plan, or of the job on one order.
    StepId,
    /// A share link, whose holder may report problems.
    LinkId,
}

/// What makes writing something twice harmless: 128 bits, made once by whoever writes (a UUIDv7 or a ULID),
/// and sent again unchanged.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Key(u128);

impl Key {
    /// The key with these bits.
    #[must_use]
    pub const fn new(bits: u128) -> Self {
        Self(bits)
    }

    /// Its bits.
    #[must_use]
    pub const fn get(self) -> u128 {
        self.0
    }

    /// The key of 32 hexadecimal digits, with or without the hyphens of a UUID.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let mut bits: u128 = 0;
        let mut count = 0;
        for char in text.chars().filter(|char| *char != '-') {
            bits = bits.checked_mul(16)? + u128::from(char.to_digit(16)?);
            count += 1;
        }
        (count == 32).then_some(Self(bits))
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}
