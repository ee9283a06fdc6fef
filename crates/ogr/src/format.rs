//! The kinds of files that GDAL reads for us. The list is constant.

use serde::{Deserialize, Serialize};

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Format {
    /// Shapes of an ESRI shapefile. Its attributes are not read through GDAL unless asked for.
    Shapefile,
    /// OGC GeoPackage.
    GeoPackage,
    /// RFC 7946 and what came before it.
    GeoJson,
    /// FlatGeobuf.
    FlatGeobuf,
    /// OpenStreetMap, as XML or as PBF.
    Osm,
    /// The exchange format of drawings (DWG itself is closed).
    Dxf,
}

impl Format {
    /// All of them: no other driver of GDAL is ever used.
    pub const ALL: [Self; 6] =
        [Self::Shapefile, Self::GeoPackage, Self::GeoJson, Self::FlatGeobuf, Self::Osm, Self::Dxf];

    /// GDAL's name of the driver.
    pub(crate) const fn driver(self) -> &'static str {
        match self {
            Self::Shapefile => "ESRI Shapefile",
            Self::GeoPackage => "GPKG",
            Self::GeoJson => "GeoJSON",
            Self::FlatGeobuf => "FlatGeobuf",
            Self::Osm => "OSM",
            Self::Dxf => "DXF",
        }
    }

    /// The extensions of the files beside it that belong to it.
    pub(crate) const fn companions(self) -> &'static [&'static str] {
        match self {
            Self::Shapefile => &["shx", "dbf", "prj", "cpg"],
            _ => &[],
        }
    }

    /// How it is opened.
    pub(crate) const fn open_options(self) -> &'static [&'static str] {
        match self {
            // As delivered: a list stays the text that it was, and so does what looks like a date.
            Self::GeoJson => &["ARRAY_AS_STRING=YES", "DATE_AS_STRING=YES"],
            Self::FlatGeobuf => &["VERIFY_BUFFERS=YES"],
            _ => &[],
        }
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Shapefile => "shapefile",
            Self::GeoPackage => "GeoPackage",
            Self::GeoJson => "GeoJSON",
            Self::FlatGeobuf => "FlatGeobuf",
            Self::Osm => "OpenStreetMap",
            Self::Dxf => "DXF",
        })
    }
}
