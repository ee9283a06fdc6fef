//! The numbers of a transverse Mercator grid, and what they say.

use super::{Identification, candidate, squeezed};
use crate::grids::{Ellipsoid, Grid, TransverseMercator};
use crate::wkt::Node;

/// The numbers of a transverse Mercator grid in metres.
pub(super) struct Parameters {
    pub(super) ellipsoid: Ellipsoid,
    pub(super) tm: TransverseMercator,
    pub(super) datum: String,
    /// Whether the datum's name leaves room for the Korean ones.
    pub(super) datum_is_open: bool,
    /// The shift to WGS 84 that the file itself gives.
    pub(super) shift: Option<[f64; 3]>,
}

impl Parameters {
    pub(super) fn of(root: &Node, projected: &Node) -> Option<Self> {
        let method = projected.find(&["PROJECTION", "METHOD"])?;
        if !matches!(squeezed(method.name()).as_str(), "transversemercator" | "gausskruger") {
            return None;
        }
        // The unit of the grid, not of its degrees: the first version has it beside the parameters, the second
        // in the coordinate system or on each axis.
        let unit = projected.child(&["UNIT", "LENGTHUNIT"]).or_else(|| {
            projected
                .children()
                .filter(|c| c.keyword == "AXIS")
                .find_map(|a| a.child(&["LENGTHUNIT", "UNIT"]))
        });
        if unit.and_then(|u| u.numbers().next()).is_some_and(|u| (u - 1.0).abs() > 1e-9) {
            return None;
        }
        let spheroid = projected.find(&["SPHEROID", "ELLIPSOID"])?;
        let mut numbers = spheroid.numbers();
        let ellipsoid = Ellipsoid::of(numbers.next()?, numbers.next()?)?;
        let mut tm = TransverseMercator {
            lat0: 0.0,
            lon0: f64::NAN,
            scale: 1.0,
            easting: 0.0,
            northing: 0.0,
        };
        let conversion = projected.child(&["CONVERSION"]).unwrap_or(projected);
        for parameter in conversion.children().filter(|c| c.keyword == "PARAMETER") {
            let value = parameter.numbers().next()?;
            match squeezed(parameter.name()).as_str() {
                "falseeasting" => tm.easting = value,
                "falsenorthing" => tm.northing = value,
                "centralmeridian" | "longitudeofnaturalorigin" | "longitudeofcenter" => {
                    tm.lon0 = value;
                }
                "latitudeoforigin" | "latitudeofnaturalorigin" => tm.lat0 = value,
                "scalefactor" | "scalefactoratnaturalorigin" => tm.scale = value,
                _ => return None,
            }
        }
        let datum = projected.find(&["DATUM", "ENSEMBLE"])?.name().to_owned();
        let squeezed_datum = squeezed(&datum);
        let datum_is_open = [
            "kore",
            "bessel",
            "grs",
            "wgs1984",
            "wgs84",
            "worldgeodeticsystem1984",
            "itrf",
            "unknown",
            "unnamed",
            "notspecified",
            "undefined",
            "userdefined",
            "custom",
        ]
        .iter()
        .any(|part| squeezed_datum.contains(part));
        let shift = root.find(&["TOWGS84"]).map(|t| {
            let mut numbers = t.numbers();
            std::array::from_fn(|_| numbers.next().unwrap_or(0.0))
        });
        Some(Self { ellipsoid, tm, datum, datum_is_open, shift })
    }

    /// Ambiguous if the file gives a shift to WGS 84 that is not the grid's (siseol applies PROJ's own).
    pub(super) fn checked_shift(&self, grid: &Grid) -> Option<Identification> {
        let [x, y, z] = self.shift?;
        let usual = match self.ellipsoid {
            // Between all shifts that were ever published for Korea's old datum.
            Ellipsoid::Bessel => {
                (-190.0..-80.0).contains(&x)
                    && (430.0..550.0).contains(&y)
                    && (630.0..730.0).contains(&z)
            }
            Ellipsoid::Grs80 => [x, y, z].iter().all(|v| v.abs() < 1.0),
        };
        if usual {
            return None;
        }
        Some(Identification::Ambiguous {
            candidates: vec![candidate(grid, "its projection; the shift is not its own")],
            reason: format!(
                "the .prj asks for a shift of {x}, {y}, {z} m to WGS 84, which is not that of EPSG:{}",
                grid.code
            ),
        })
    }

    pub(super) fn evidence(&self, name: &str, grid: &Grid) -> String {
        let TransverseMercator { lat0, lon0, scale, easting, northing } = self.tm;
        let mut text = format!(
            "by its parameters: {name} on {ellipsoid}, latitude {lat0}, longitude {lon0}, easting \
             {easting}, northing {northing}, scale {scale} are those of {grid_name}",
            ellipsoid = self.ellipsoid.name(),
            grid_name = grid.name,
        );
        if self.ellipsoid == Ellipsoid::Bessel && self.shift.is_none() {
            text.push_str("; the .prj gives no shift to WGS 84, so PROJ's for Korean 1985 is used");
        }
        text
    }
}
