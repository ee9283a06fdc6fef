//! Which grids a box of coordinates could be in. It never decides: it lists.

use crate::grids::{Ellipsoid, GRIDS, Grid};
use crate::{Candidate, LonLatTransform};
use siseol_model::{Crs, ToLonLat};

/// A box of plain coordinates, in whatever grid they are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extent {
    /// Smallest x.
    pub min_x: f64,
    /// Smallest y.
    pub min_y: f64,
    /// Largest x.
    pub max_x: f64,
    /// Largest y.
    pub max_y: f64,
}

/// Where Korea's land is, with its islands.
const KOREA: [f64; 4] = [124.5, 33.0, 132.0, 38.7];

thread_local! {
    /// The ways out of the grids of Korea. A delivery asks for each of its layers, and they are costly to make.
    static WAYS_OUT: Vec<(&'static Grid, LonLatTransform)> = GRIDS
        .iter()
        .filter_map(|grid| Some((grid, LonLatTransform::new(Crs::epsg(grid.code)).ok()?)))
        .collect();
}

/// The grids in which the box would lie where those grids are used, most likely first, each with the reason and
/// with what parts it from its neighbours.
pub fn candidates_for_extent(extent: &Extent) -> Vec<Candidate> {
    let Extent { min_x, min_y, max_x, max_y } = *extent;
    if [min_x, min_y, max_x, max_y].iter().any(|v| !v.is_finite()) {
        return Vec::new();
    }
    let within =
        |x: [f64; 2], y: [f64; 2]| x[0] <= min_x && max_x <= x[1] && y[0] <= min_y && max_y <= y[1];
    let mut found = Vec::new();
    let [west, south, east, north] = KOREA;
    if within([-180.0, 180.0], [-90.0, 90.0]) {
        let reason = if within([west, east], [south, north]) {
            "the numbers are longitudes and latitudes in Korea"
        } else {
            "the numbers could be longitudes and latitudes"
        };
        found.push(Candidate {
            crs: Crs::WGS84,
            name: "WGS 84".to_owned(),
            reason: reason.to_owned(),
        });
    } else if within([south, north], [west, east]) {
        found.push(Candidate {
            crs: Crs::WGS84,
            name: "WGS 84".to_owned(),
            reason: "x and y look swapped: y is a longitude in Korea, x a latitude".to_owned(),
        });
    }
    if within([-90.0, 90.0], [-180.0, 180.0]) {
        return found;
    }
    let middle = [f64::midpoint(min_x, max_x), f64::midpoint(min_y, max_y)];
    let candidate = |(grid, way_out): &(&Grid, LonLatTransform)| {
        let mut places = [[min_x, min_y], [max_x, min_y], [min_x, max_y], [max_x, max_y], middle];
        way_out.to_lon_lat(&mut places).ok()?;
        let fits = places.iter().all(|&[lon, lat]| {
            grid.west.max(west) <= lon
                && lon <= grid.east.min(east)
                && (south..=north).contains(&lat)
        });
        let [lon, lat] = places[4];
        let parted = match (grid.ellipsoid, grid.code) {
            (Ellipsoid::Bessel, 5173..=5178) => {
                "; about 310 m from the same numbers in its Korea 2000 twin"
            }
            (Ellipsoid::Bessel, _) => "; 256 m west of the same numbers in the modified belt",
            _ => "",
        };
        fits.then(|| Candidate {
            crs: Crs::epsg(grid.code),
            name: grid.name.to_owned(),
            reason: format!("its middle would lie at {lon:.4}, {lat:.4}{parted}"),
        })
    };
    WAYS_OUT.with(|ways| found.extend(ways.iter().filter_map(candidate)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(min_x: f64, min_y: f64, max_x: f64, max_y: f64) -> Vec<u32> {
        candidates_for_extent(&Extent { min_x, min_y, max_x, max_y })
            .iter()
            .map(|c| c.crs.code())
            .collect()
    }

    #[test]
    fn a_city_in_each_grid_lists_the_grids_that_it_could_be_in() {
        let new = codes(188_718.0, 522_886.0, 196_667.0, 531_090.0);
        assert_eq!(new[0], 5186);
        let old = codes(188_648.0, 422_581.0, 196_597.0, 430_784.0);
        assert!([5181, 5174, 2097].iter().all(|c| old.contains(c)), "{old:?}");
        let unified = codes(944_413.0, 1_923_093.0, 952_402.0, 1_931_252.0);
        assert_eq!(unified, [5179, 5178]);
        assert_eq!(codes(126.87, 37.3, 126.97, 37.4), [4326]);
        assert!(codes(37.3, 126.87, 37.4, 126.97).contains(&4326));
        assert!(codes(f64::NAN, 0.0, 1.0, 1.0).is_empty());
    }
}
