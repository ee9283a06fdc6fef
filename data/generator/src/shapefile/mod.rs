//! Shapefiles, written byte by byte so that the same city gives the same files.

mod dbf;
mod shp;

use std::io;
use std::path::Path;

use dbf::Dbf;
pub(crate) use dbf::{Cell, Field, date, number, text};
use shp::Shp;
pub(crate) use shp::{Kind, Shape};

/// The columns with which each layer of the underground and road registers begins.
pub(crate) const HEADER: &[Field] = &[
    text("FTR_CDE", 5),
    number("FTR_IDN", 8, 0),
    text("HJD_CDE", 10),
    text("MNG_CDE", 6),
    text("IST_YMD", 8),
    text("SHT_NUM", 10),
];

const CENTRAL_BELT_PRJ: &str = r#"PROJCS["Korea_2000_Korea_Central_Belt_2010",GEOGCS["GCS_Korea_2000",DATUM["D_Korea_2000",SPHEROID["GRS_1980",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",200000.0],PARAMETER["False_Northing",600000.0],PARAMETER["Central_Meridian",127.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",38.0],UNIT["Meter",1.0]]"#;

const UNIFIED_PRJ: &str = r#"PROJCS["Korea_2000_Korea_Unified_Coordinate_System",GEOGCS["GCS_Korea_2000",DATUM["D_Korea_2000",SPHEROID["GRS_1980",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",1000000.0],PARAMETER["False_Northing",2000000.0],PARAMETER["Central_Meridian",127.5],PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",38.0],UNIT["Meter",1.0]]"#;

/// The side files and markers of a layer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sides {
    /// The central belt of 2010, `.prj` and `.cpg`.
    CentralBelt,
    /// The unified grid, `.prj`, `.cpg` and the language mark in the table.
    Unified,
    /// The central belt, but nothing says so.
    NoPrj,
    /// The central belt, but nothing tells the encoding.
    NoCpg,
}

/// The writer of one layer.
#[derive(Debug)]
pub(crate) struct Layer {
    name: &'static str,
    shp: Shp,
    dbf: Dbf,
    features: u64,
}

impl Layer {
    pub(crate) fn create(
        folder: &Path,
        name: &'static str,
        kind: Kind,
        fields: &[&[Field]],
        sides: Sides,
    ) -> io::Result<Self> {
        let path = folder.join(name).with_extension("shp");
        let (prj, cpg, language) = match sides {
            Sides::CentralBelt => (Some(CENTRAL_BELT_PRJ), true, 0),
            Sides::Unified => (Some(UNIFIED_PRJ), true, 0x4e),
            Sides::NoPrj => (None, true, 0),
            Sides::NoCpg => (Some(CENTRAL_BELT_PRJ), false, 0),
        };
        if let Some(prj) = prj {
            fs_err::write(path.with_extension("prj"), prj)?;
        }
        if cpg {
            fs_err::write(path.with_extension("cpg"), "CP949")?;
        }
        let shp = Shp::create(&path, kind)?;
        let dbf = Dbf::create(&path.with_extension("dbf"), fields, language)?;
        Ok(Self { name, shp, dbf, features: 0 })
    }

    /// Writes one feature; the cells come in groups that are joined.
    pub(crate) fn write(&mut self, shape: Shape<'_>, cells: &[&[Cell<'_>]]) -> io::Result<()> {
        self.features += 1;
        self.shp.write(shape)?;
        self.dbf.write(cells, false)
    }

    /// Writes a row that is marked as deleted; it does not count as a feature.
    pub(crate) fn write_deleted(
        &mut self,
        shape: Shape<'_>,
        cells: &[&[Cell<'_>]],
    ) -> io::Result<()> {
        self.shp.write(shape)?;
        self.dbf.write(cells, true)
    }

    /// Completes the files and tells the layer's name and its number of features.
    pub(crate) fn finish(self) -> io::Result<(&'static str, u64)> {
        self.shp.finish()?;
        self.dbf.finish()?;
        Ok((self.name, self.features))
    }
}

/// What the common header of a row says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tag<'a> {
    pub(crate) code: &'a str,
    pub(crate) id: u32,
    pub(crate) dong: &'a str,
    pub(crate) agency: &'a str,
    pub(crate) date: &'a str,
    pub(crate) sheet: &'a str,
}

impl<'a> Tag<'a> {
    /// The cells for [`HEADER`].
    pub(crate) fn cells(&self) -> [Cell<'a>; 6] {
        [
            self.code.into(),
            self.id.into(),
            self.dong.into(),
            self.agency.into(),
            self.date.into(),
            self.sheet.into(),
        ]
    }
}
