//! From a grid to longitude and latitude and back, and from grid to grid.

use crate::Error;
use crate::definition::with_grid;
use proj::Proj;
use siseol_model::{Crs, ToLonLat, TransformError};

/// Coordinates handed to PROJ at once: enough to make the call cheap, small enough to stay in cache.
const BATCH: usize = 4096;

/// A way from one grid to longitude and latitude (degrees, WGS 84).
///
/// It is x (east), y (north) in and longitude, latitude out, whatever order the authority gives the axes. Making
/// one costs about 10 ms: keep it. It is not `Send`, because PROJ's objects belong to the thread that made
/// them: each thread makes its own.
#[derive(Debug)]
pub struct LonLatTransform {
    crs: Crs,
    /// None where the grid is longitude and latitude already.
    to_lon_lat: Option<Proj>,
}

impl LonLatTransform {
    /// The way out of `crs`.
    pub fn new(crs: Crs) -> Result<Self, Error> {
        if crs == Crs::WGS84 {
            return Ok(Self { crs, to_lon_lat: None });
        }
        // Asked first, because PROJ would also find a way out of a height.
        with_grid(crs, |_| Ok(()))?;
        Ok(Self { crs, to_lon_lat: Some(pipeline(crs, crs, Crs::WGS84)?) })
    }

    /// The grid.
    pub fn crs(&self) -> Crs {
        self.crs
    }

    /// Turns each longitude, latitude into x, y of the grid, in place. It is for the few points of a request: each
    /// call makes its own pipeline.
    pub fn from_lon_lat(&self, coords: &mut [[f64; 2]]) -> Result<(), Error> {
        if self.to_lon_lat.is_none() {
            return Ok(());
        }
        let back = pipeline(self.crs, Crs::WGS84, self.crs)?;
        for coord in coords {
            let (x, y) = back
                .convert((coord[0], coord[1]))
                .map_err(|e| Error::Proj { crs: self.crs, reason: e.to_string() })?;
            *coord = [x, y];
        }
        Ok(())
    }
}

/// A way from one grid to another: x (east), y (north) in and out. Like [`LonLatTransform`] it is costly to make and
/// stays on its thread.
#[derive(Debug)]
pub struct GridTransform {
    to: Crs,
    proj: Proj,
}

impl GridTransform {
    /// The way from one grid to another.
    pub fn new(from: Crs, to: Crs) -> Result<Self, Error> {
        for crs in [from, to] {
            // Asked first, because PROJ would also find a way to a height.
            with_grid(crs, |_| Ok(()))?;
        }
        Ok(Self { to, proj: pipeline(to, from, to)? })
    }

    /// One place in the other grid.
    pub fn convert(&self, [x, y]: [f64; 2]) -> Result<[f64; 2], Error> {
        let fail = |reason| Error::Proj { crs: self.to, reason };
        let (x, y) = self.proj.convert((x, y)).map_err(|e| fail(e.to_string()))?;
        if x.is_finite() && y.is_finite() {
            Ok([x, y])
        } else {
            Err(fail("it is not in this grid".to_owned()))
        }
    }
}

fn pipeline(crs: Crs, from: Crs, to: Crs) -> Result<Proj, Error> {
    Proj::new_known_crs(&from.to_string(), &to.to_string(), None)
        .map_err(|e| Error::Proj { crs, reason: e.to_string() })
}

impl ToLonLat for LonLatTransform {
    fn to_lon_lat(&self, coords: &mut [[f64; 2]]) -> Result<(), TransformError> {
        let fail =
            |[x, y]: [f64; 2], reason: String| TransformError { crs: self.crs, x, y, reason };
        let Some(proj) = &self.to_lon_lat else {
            // No pipeline: the rule is the same as below.
            return match coords.iter().find(|&&c| !on_globe(c)) {
                Some(&c) => Err(fail(c, "it is not on the globe".to_owned())),
                None => Ok(()),
            };
        };
        let mut batch = Vec::with_capacity(coords.len().min(BATCH));
        for chunk in coords.chunks_mut(BATCH) {
            batch.clear();
            batch.extend(chunk.iter().map(|&[x, y]| (x, y)));
            if let Err(e) = proj.convert_array(&mut batch) {
                // PROJ does not say which one it was.
                let first = chunk.iter().find(|c| proj.convert((c[0], c[1])).is_err());
                return Err(fail(first.copied().unwrap_or([f64::NAN; 2]), e.to_string()));
            }
            for (coord, &(lon, lat)) in chunk.iter_mut().zip(&batch) {
                if !on_globe([lon, lat]) {
                    return Err(fail(*coord, "it is not on the globe".to_owned()));
                }
                *coord = [lon, lat];
            }
        }
        Ok(())
    }
}

/// Whether it is a longitude and a latitude; PROJ says infinity for what it cannot transform.
fn on_globe([lon, lat]: [f64; 2]) -> bool {
    (-180.0..=180.0).contains(&lon) && (-90.0..=90.0).contains(&lat)
}
