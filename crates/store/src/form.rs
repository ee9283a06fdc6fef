//! Single and multi-geometries of one layer: a column has one type, a delivery may have both, and the same row has to
//! give the same bytes whether the layer's table has it or the history.

use crate::blob;

/// How a layer's geometries are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// All single, as they were delivered; or none at all.
    Single,
    /// All multi, as they were delivered; single ones that came later are multi-geometries of one part, so that the past
    /// stays as it was served. History, which has one form for the same content, keeps those of one part as that part.
    Multi,
    /// Some were single. The table keeps them as multi-geometries of one part; they are served single.
    Both,
}

impl Form {
    /// From the column's type and whether single geometries were made multi for it.
    pub(crate) fn new(geometry_type: Option<&str>, promoted: bool) -> Self {
        match geometry_type {
            Some(_) if promoted => Self::Both,
            Some(name) if name.starts_with("MULTI") => Self::Multi,
            _ => Self::Single,
        }
    }

    /// A geometry of the layer's table as it is served.
    pub(crate) fn of_table(self, wkb: &[u8]) -> &[u8] {
        match self {
            Self::Single | Self::Multi => wkb,
            Self::Both => blob::content(wkb),
        }
    }

    /// A geometry of the history as it is served.
    pub(crate) fn of_history(self, wkb: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Single | Self::Both => wkb,
            Self::Multi => blob::promoted(&wkb).unwrap_or(wkb),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_and_history_serve_the_same_bytes() {
        let single = [&[1, 1, 0, 0, 0][..], &[7; 16]].concat();
        let of_one = [&[1, 4, 0, 0, 0, 1, 0, 0, 0][..], &single].concat();
        let of_two = [&[1, 4, 0, 0, 0, 2, 0, 0, 0][..], &single, &single].concat();
        let empty = vec![1, 4, 0, 0, 0, 0, 0, 0, 0];
        let high =
            [&[1, 0xed, 3, 0, 0, 1, 0, 0, 0, 1, 0xea, 3, 0, 0, 1, 0, 0, 0][..], &[9; 24]].concat();
        for (form, table) in [
            (Form::Single, &single),
            (Form::Multi, &of_one),
            (Form::Multi, &of_two),
            (Form::Multi, &empty),
            (Form::Multi, &high),
            (Form::Both, &of_one),
            (Form::Both, &of_two),
            (Form::Both, &empty),
            (Form::Both, &high),
        ] {
            let history = blob::content(table).to_vec();
            assert_eq!(form.of_history(history), form.of_table(table), "{form:?} {table:?}");
        }
        assert_eq!(Form::Both.of_table(&of_one), single);
        assert_eq!(Form::Multi.of_table(&of_one), of_one);
    }

    #[test]
    fn the_form_is_told_by_the_column() {
        assert_eq!(Form::new(None, false), Form::Single);
        assert_eq!(Form::new(Some("POINT"), false), Form::Single);
        assert_eq!(Form::new(Some("MULTIPOINT"), false), Form::Multi);
        assert_eq!(Form::new(Some("MULTIPOINT"), true), Form::Both);
    }
}
