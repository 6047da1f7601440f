//! One id type per kind of entity, so that none can be taken for another.
//! Ids are dense (given from 1 upwards, never reused) and stored, so links survive a restart.

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
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

            /// The position in a dense table whose first entry is unused.
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// A piece of equipment, or a place in the hierarchy.
    AssetId
);
id!(
    /// One property of one asset, with its live reading.
    PointId
);
id!(
    /// Where readings come from: one broker connection, for example.
    SourceId
);

impl SourceId {
    /// What is computed, not measured: the model's own formulas and states. No connection has it.
    pub const MODEL: Self = Self::new(0);
}
