//! Plain arrays of a snapshot.

/// An array of plain numbers that grows while a layer is built and never changes after.
///
/// All arrays of a layer go through this one type, so that a later snapshot file can lend its pages here instead
/// of an owned vector.
#[derive(Debug, Clone)]
pub(crate) struct Section<T>(Vec<T>);

impl<T> Section<T> {
    pub(crate) fn push(&mut self, item: T) {
        self.0.push(item);
    }

    /// Gives back the memory that growing has taken in advance.
    pub(crate) fn seal(&mut self) {
        self.0.shrink_to_fit();
    }

    /// The memory that it holds, in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        size_of_val(self.0.as_slice()) as u64
    }
}

impl<T: Copy> Section<T> {
    pub(crate) fn extend_from_slice(&mut self, items: &[T]) {
        self.0.extend_from_slice(items);
    }
}

impl<T> Default for Section<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> From<Vec<T>> for Section<T> {
    fn from(mut items: Vec<T>) -> Self {
        items.shrink_to_fit();
        Self(items)
    }
}

impl<T> Extend<T> for Section<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        self.0.extend(items);
    }
}

impl<T> std::ops::Deref for Section<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T> std::ops::DerefMut for Section<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}
