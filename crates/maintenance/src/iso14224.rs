//! The vocabulary of failures: modes, mechanisms, causes, activities, by the generic codes of ISO 14224:2016,
//! annex B. A mode is how a failure is seen, a mechanism the process that led to it, a cause why that began.
//!
//! The standard gives each class of equipment its own selection of modes; here is the union that rotating,
//! mechanical and electrical equipment share. The names are short forms of ours.

/// A set of codes with English names.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal, $text:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = $text] $variant,)+
        }

        impl $name {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The code of the standard.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)+
                }
            }

            /// Its English name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            /// The one with this code.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.code().eq_ignore_ascii_case(code))
            }
        }
    };
}

codes! {
    /// How a failure is seen (ISO 14224:2016, tables B.6 to B.14).
    FailureMode {
        AbnormalReading = "AIR", "Abnormal instrument reading";
        Breakdown = "BRD", "Breakdown";
        DelayedOperation = "DOP", "Delayed operation";
        ExternalLeakProcess = "ELP", "External leakage, process medium";
        ExternalLeakUtility = "ELU", "External leakage, utility medium";
        ErraticOutput = "ERO", "Erratic output";
        FailsToClose = "FTC", "Failure to close on demand";
        FailsToFunction = "FTF", "Failure to function on demand";
        FailsToOpen = "FTO", "Failure to open on demand";
        FailsToStart = "FTS", "Failure to start on demand";
        HighOutput = "HIO", "High output";
        InsufficientHeat = "IHT", "Insufficient heat transfer";
        InternalLeak = "INL", "Internal leakage";
        LeakageClosed = "LCP", "Leakage in closed position";
        LowOutput = "LOO", "Low output";
        Noise = "NOI", "Noise";
        NoOutput = "NOO", "No output";
        Overheating = "OHE", "Overheating";
        ParameterDeviation = "PDE", "Parameter deviation";
        Plugged = "PLU", "Plugged or choked";
        MinorInService = "SER", "Minor in-service problems";
        SpuriousOperation = "SPO", "Spurious operation";
        StructuralDeficiency = "STD", "Structural deficiency";
        FailsToStop = "STP", "Failure to stop on demand";
        SpuriousStop = "UST", "Spurious stop";
        Vibration = "VIB", "Vibration";
        Other = "OTH", "Other";
        Unknown = "UNK", "Unknown";
    }
}

codes! {
    /// The process that led to a failure (ISO 14224:2016, table B.2).
    Mechanism {
        Mechanical = "1.0", "Mechanical, general";
        Leakage = "1.1", "Leakage";
        Vibration = "1.2", "Vibration";
        Clearance = "1.3", "Clearance or alignment failure";
        Deformation = "1.4", "Deformation";
        Looseness = "1.5", "Looseness";
        Sticking = "1.6", "Sticking";
        Material = "2.0", "Material, general";
        Cavitation = "2.1", "Cavitation";
        Corrosion = "2.2", "Corrosion";
        Erosion = "2.3", "Erosion";
        Wear = "2.4", "Wear";
        Breakage = "2.5", "Breakage";
        Fatigue = "2.6", "Fatigue";
        Overheating = "2.7", "Overheating";
        Burst = "2.8", "Burst";
        Instrument = "3.0", "Instrument, general";
        Control = "3.1", "Control failure";
        NoSignal = "3.2", "No signal, indication or alarm";
        FaultySignal = "3.3", "Faulty signal, indication or alarm";
        OutOfAdjustment = "3.4", "Out of adjustment";
        Software = "3.5", "Software error";
        CommonMode = "3.6", "Common cause or common mode failure";
        Electrical = "4.0", "Electrical, general";
        ShortCircuit = "4.1", "Short circuiting";
        OpenCircuit = "4.2", "Open circuit";
        NoPower = "4.3", "No power or voltage";
        FaultyPower = "4.4", "Faulty power or voltage";
        EarthFault = "4.5", "Earth or isolation fault";
        External = "5.0", "External influence, general";
        Blockage = "5.1", "Blockage or plugged";
        Contamination = "5.2", "Contamination";
        OtherExternal = "5.3", "Miscellaneous external influences";
        Miscellaneous = "6.0", "Miscellaneous, general";
        NotFound = "6.1", "No cause found";
        Combined = "6.2", "Combined causes";
        Other = "6.3", "Other";
        Unknown = "6.4", "Unknown";
    }
}

codes! {
    /// Why a failure began (ISO 14224:2016, table B.3).
    Cause {
        Design = "1.0", "Design, general";
        Capacity = "1.1", "Improper capacity";
        Material = "1.2", "Improper material";
        Making = "2.0", "Fabrication or installation, general";
        Fabrication = "2.1", "Fabrication error";
        Installation = "2.2", "Installation error";
        Use = "3.0", "Operation or maintenance, general";
        OffDesign = "3.1", "Off-design service";
        Operating = "3.2", "Operating error";
        Maintenance = "3.3", "Maintenance error";
        WearAndTear = "3.4", "Expected wear and tear";
        Management = "4.0", "Management, general";
        Documentation = "4.1", "Documentation error";
        ManagementError = "4.2", "Management error";
        Miscellaneous = "5.0", "Miscellaneous, general";
        NotFound = "5.1", "No cause found";
        Common = "5.2", "Common cause";
        Combined = "5.3", "Combined causes";
        Cascading = "5.4", "Failure of another unit";
        Other = "5.5", "Other";
        Unknown = "5.6", "Unknown";
    }
}

codes! {
    /// What was done (ISO 14224:2016, table B.5).
    Activity {
        Replace = "1", "Replace";
        Repair = "2", "Repair";
        Modify = "3", "Modify";
        Adjust = "4", "Adjust";
        Refit = "5", "Refit";
        Check = "6", "Check";
        Service = "7", "Service";
        Test = "8", "Test";
        Inspect = "9", "Inspection";
        Overhaul = "10", "Overhaul";
        Combination = "11", "Combination";
        Other = "12", "Other";
    }
}
