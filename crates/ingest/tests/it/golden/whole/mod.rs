//! Shapefiles that are bad as a whole: parts that are absent, cut, wrong or at odds with each other.

mod declarations;
mod index;
mod records;
mod table;

use super::class::Outcome::{Quarantined, Refused};
use super::class::{Class, file, row};
use super::kit::{Kind, LENGTH};
use siseol_model::IssueKind as Is;

/// A part that is there.
fn of(part: &mut Option<Vec<u8>>) -> &mut Vec<u8> {
    part.as_mut().unwrap()
}

/// Rows to keep aside, and how many of them are allowed.
fn too_many() -> Vec<Class> {
    vec![
        file(
            [
                "too-many-quarantined",
                "격리될 행이 허용보다 많음",
                "more rows to keep aside than allowed",
            ],
            Refused(Is::TooManyQuarantined),
            |d| {
                d.options.allow_quarantined = Some(1);
                d.cell(0, LENGTH, b"abc");
                d.cell(3, LENGTH, b"abc");
            },
        ),
        row(
            ["allowed-quarantined", "허용된 만큼 격리됨", "as many rows to keep aside as allowed"],
            Kind::ALL,
            Quarantined(Is::NumberInvalid),
            |d, i| {
                d.options.allow_quarantined = Some(1);
                d.cell(i, LENGTH, b"abc");
            },
        ),
    ]
}

pub(crate) fn classes() -> Vec<Class> {
    let mut classes = Vec::new();
    for more in [
        index::classes(),
        records::classes(),
        table::classes(),
        declarations::classes(),
        too_many(),
    ] {
        classes.extend(more);
    }
    classes
}
