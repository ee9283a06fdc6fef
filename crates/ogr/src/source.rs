//! One file and its layers.

use crate::ffi::{catching, cheap_count, field_types};
use crate::{Format, OgrError, Rows, setup};
use gdal::vector::{LayerAccess as _, OGRwkbGeometryType};
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};
use gdal_sys::{OGRFieldSubType, OGRFieldType};
use siseol_model::{Field, FieldKind, GeometryKind};
use std::path::{Path, PathBuf};

/// Which part of a shapefile GDAL is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attributes {
    /// None: they are read from the table's own bytes elsewhere.
    Skip,
    /// All, the text read in that encoding (GDAL's name of it); for comparing.
    In(&'static str),
}

/// A file that is open for reading.
pub struct Source {
    pub(crate) dataset: Dataset,
    pub(crate) path: PathBuf,
    pub(crate) format: Format,
    pub(crate) skip_attributes: bool,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source")
            .field("path", &self.path)
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}

/// What a layer is, before its rows are read.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerInfo {
    /// Its name in the file.
    pub name: String,
    /// What its rows are, if the file says it; several kinds may be in it if not.
    pub geometry: Option<GeometryKind>,
    /// The attributes.
    pub fields: Vec<Field>,
    /// The number of rows, if the file says it without being read through.
    pub count: Option<u64>,
    /// The grid, as well-known text.
    pub srs_wkt: Option<String>,
}

impl Source {
    /// Opens a file as that format and no other.
    pub fn open(path: &Path, format: Format) -> Result<Self, OgrError> {
        Self::open_with(path, format, Attributes::Skip)
    }

    /// Opens a file as that format; for a shapefile, with a choice of what is read.
    pub fn open_with(
        path: &Path,
        format: Format,
        attributes: Attributes,
    ) -> Result<Self, OgrError> {
        setup::ready(format)?;
        let path = plain_file(path)?;
        let encoding = match attributes {
            // No recoding: the table is not read.
            Attributes::Skip => "ENCODING=".to_owned(),
            Attributes::In(name) => format!("ENCODING={name}"),
        };
        let mut open_options = format.open_options().to_vec();
        if format == Format::Shapefile {
            open_options.push(&encoding);
        }
        let driver = [format.driver()];
        let options = DatasetOptions {
            open_flags: GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_READONLY,
            allowed_drivers: Some(&driver),
            open_options: Some(&open_options),
            sibling_files: None,
        };
        let (dataset, messages) = catching(|| Dataset::open_ex(&path, options));
        match dataset {
            Ok(dataset) => Ok(Self {
                dataset,
                path,
                format,
                skip_attributes: format == Format::Shapefile && attributes == Attributes::Skip,
            }),
            Err(error) => {
                let reason = messages
                    .into_iter()
                    .rfind(|m| m.failure)
                    .map_or_else(|| error.to_string(), |m| m.text);
                Err(OgrError::Open { path, format, reason })
            }
        }
    }

    /// Its layers, in their order.
    pub fn layers(&self) -> Vec<LayerInfo> {
        let (layers, _messages) = catching(|| {
            self.dataset
                .layers()
                .map(|layer| {
                    let types = if self.skip_attributes { Vec::new() } else { field_types(&layer) };
                    let fields = layer
                        .defn()
                        .fields()
                        .zip(types)
                        .map(|(field, (kind, subtype))| {
                            Field::new(field.name(), field_kind(kind, subtype))
                        })
                        .collect();
                    LayerInfo {
                        name: layer.name(),
                        geometry: geometry_kind(layer.defn().geometry_type()),
                        fields,
                        count: cheap_count(&layer),
                        srs_wkt: layer.spatial_ref().and_then(|s| s.to_wkt().ok()),
                    }
                })
                .collect()
        });
        layers
    }

    /// Reads one layer from its first row.
    pub fn rows(&mut self, layer: usize) -> Result<Rows<'_>, OgrError> {
        Rows::new(self, layer)
    }
}

/// The file itself: absolute, and not one of the names that GDAL takes for something else (`/vsicurl/..`).
fn plain_file(path: &Path) -> Result<PathBuf, OgrError> {
    let refuse = |reason: String| OgrError::Path { path: path.to_path_buf(), reason };
    let real = fs_err::canonicalize(path).map_err(|e| refuse(e.to_string()))?;
    if !real.is_file() {
        return Err(refuse("it is no plain file".to_owned()));
    }
    match real.to_str() {
        None => Err(refuse("its name is not UTF-8; rename it".to_owned())),
        Some(name) if name.starts_with("/vsi") => {
            Err(refuse("names that begin with /vsi are not taken".to_owned()))
        }
        Some(_) => Ok(real),
    }
}

pub(crate) fn field_kind(kind: OGRFieldType::Type, subtype: OGRFieldSubType::Type) -> FieldKind {
    match kind {
        OGRFieldType::OFTInteger if subtype == OGRFieldSubType::OFSTBoolean => FieldKind::Boolean,
        OGRFieldType::OFTInteger | OGRFieldType::OFTInteger64 => FieldKind::Integer,
        OGRFieldType::OFTReal => FieldKind::Float,
        OGRFieldType::OFTDate => FieldKind::Date,
        _ => FieldKind::Text,
    }
}

fn geometry_kind(kind: OGRwkbGeometryType::Type) -> Option<GeometryKind> {
    // Without the dimensions: 1 to 6 are the kinds that siseol knows, 100 is none.
    match gdal::vector::geometry_type_flatten(kind) {
        1 | 4 => Some(GeometryKind::Point),
        2 | 5 => Some(GeometryKind::Line),
        3 | 6 => Some(GeometryKind::Polygon),
        100 => Some(GeometryKind::None),
        _ => None,
    }
}
