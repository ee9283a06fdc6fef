//! Plain arrays of a snapshot.

/// An array of plain numbers that never changes once it is built.
///
/// All arrays of a layer go through this one type, so that a later snapshot file can lend its pages here instead
/// of an owned vector.
#[derive(Debug, Clone, Default)]
pub(crate) struct Section<T>(Box<[T]>);

impl<T> From<Vec<T>> for Section<T> {
    fn from(items: Vec<T>) -> Self {
        Self(items.into_boxed_slice())
    }
}

impl<T> std::ops::Deref for Section<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}
