//! Map sheet numbers and the way back to longitude and latitude.

use crate::geo::Point;
use crate::grid::{Grid, LonLat};

/// Knows both grids and the sheets.
#[derive(Clone, Debug)]
pub(crate) struct Sheets {
    belt: Grid,
    unified: Grid,
}

impl Sheets {
    pub(crate) fn new() -> Self {
        Self { belt: Grid::central_belt_2010(), unified: Grid::unified() }
    }

    pub(crate) fn lonlat(&self, p: Point) -> LonLat {
        self.belt.unproject(p)
    }

    /// The same place on the unified grid, on the millimetre.
    pub(crate) fn unified(&self, p: Point) -> Point {
        self.unified.project(self.belt.unproject(p)).rounded()
    }

    /// The number of the map sheet: degrees, the sheet 1:50,000, of its hundred sheets 1:5,000 the number, of the
    /// twenty-five parts of that the number.
    pub(crate) fn number(&self, p: Point) -> String {
        let LonLat { lon, lat } = self.lonlat(p);
        let whole = |v: f64| v.floor() as u32;
        let (degree_lat, degree_lon) = (whole(lat), whole(lon) % 10);
        // Rows are counted from the north, in parts of a degree.
        let (row, column) = ((1.0 - lat.fract()) * 200.0, lon.fract() * 200.0);
        let (row, column) = (whole(row).min(199), whole(column).min(199));
        let quarter = row / 50 * 4 + column / 50 + 1;
        let (row, column) = (row % 50, column % 50);
        let hundredth = row / 5 * 10 + column / 5 + 1;
        let part = row % 5 * 5 + column % 5 + 1;
        format!("{degree_lat}{degree_lon}{quarter:02}{hundredth:03}{part:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::HALL;

    #[test]
    fn the_hall_is_on_the_sheet_of_anyang() {
        let number = Sheets::new().number(HALL);
        assert!(number.starts_with("37612") && number.len() == 10, "{number}");
    }
}
