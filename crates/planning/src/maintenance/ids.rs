//! Who and what, by place in the problem's lists.

macro_rules! ids {
    ($($name:ident: $what:literal,)*) => {$(
        #[doc = $what]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
        pub struct $name(pub usize);
    )*};
}

ids! {
    PersonId: "A person: the place in `Problem::people`.",
    JobId: "A job: the place in `Problem::jobs`.",
    CraftId: "A craft; whatever number the caller gives it.",
    QualificationId: "A qualification; whatever number the caller gives it.",
    LocationId: "A location: the row and column in `Problem::travel`.",
    EquipmentId: "A piece of equipment: the place in `Problem::equipment`.",
    IsolationId: "An isolation group: the place in `Problem::isolations`.",
    PermitId: "A kind of permit: the place in `Problem::permits`.",
}

/// A task: its job, and its place among the job's tasks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct TaskId {
    /// The job.
    pub job: JobId,
    /// The place in `Job::tasks`.
    pub task: usize,
}
