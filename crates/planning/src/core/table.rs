//! Reading and writing by number without a panic: what is not there is the default, and writing it
//! does nothing. Numbers here are made by this crate and always there; the fallback is never taken.

/// Values by number.
pub(crate) trait At<T> {
    /// The value, or the default.
    fn at(&self, index: usize) -> T;
    /// Puts a value where there is one.
    fn put(&mut self, index: usize, value: T);
}

impl<T: Copy + Default> At<T> for [T] {
    #[inline]
    fn at(&self, index: usize) -> T {
        self.get(index).copied().unwrap_or_default()
    }

    #[inline]
    fn put(&mut self, index: usize, value: T) {
        if let Some(place) = self.get_mut(index) {
            *place = value;
        }
    }
}

/// Lists by number.
pub(crate) trait Row<T> {
    /// The list, or an empty one.
    fn row(&self, index: usize) -> &[T];
}

impl<T> Row<T> for [Vec<T>] {
    #[inline]
    fn row(&self, index: usize) -> &[T] {
        self.get(index).map_or(&[], Vec::as_slice)
    }
}
