//! Values that are the same for all rows are made once.

use crate::filter::fold::fold;
use crate::filter::plan::{InstantOf, SpanOf, TextOf};
use crate::filter::time::Span;

impl TextOf {
    /// The same text, folded now if it can be.
    pub(super) fn simplified(self) -> Self {
        match self {
            Self::Folded(folding, inner) => match *inner {
                Self::Constant(text) => Self::Constant(fold(folding, &text).into()),
                inner => Self::Folded(folding, Box::new(inner)),
            },
            other => other,
        }
    }
}

impl SpanOf {
    /// The same interval, made now if it can be.
    pub(super) fn simplified(self) -> Self {
        match self {
            Self::Between(InstantOf::Constant(begin), InstantOf::Constant(end)) => {
                Self::Constant(Span::new(begin, end))
            }
            other => other,
        }
    }
}
