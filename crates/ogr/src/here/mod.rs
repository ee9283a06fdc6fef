//! Reading in this process: GDAL's own objects.

mod rows;
mod setup;

pub(crate) use rows::Rows;
pub(crate) use setup::keep_scratch_in_memory;

use crate::ffi::{catching, cheap_count, field_types};
use crate::{Format, LayerInfo, OgrError};
use gdal::vector::{LayerAccess as _, OGRwkbGeometryType};
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};
use gdal_sys::{OGRFieldSubType, OGRFieldType};
use siseol_model::{Field, FieldKind, GeometryKind};
use std::path::PathBuf;

/// A file that GDAL has open in this process.
pub(crate) struct Opened {
    dataset: Dataset,
    path: PathBuf,
    format: Format,
    skip_attributes: bool,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened")
            .field("path", &self.path)
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}

impl Opened {
    /// Opens a plain file as that format and no other; of a shapefile, the attributes only if their encoding is given.
    pub(crate) fn open(
        path: PathBuf,
        format: Format,
        encoding: Option<&str>,
    ) -> Result<Self, OgrError> {
        setup::ready(format)?;
        // Without a name nothing is recoded: the table is not read.
        let recoding = format!("ENCODING={}", encoding.unwrap_or_default());
        let mut open_options = format.open_options().to_vec();
        if format == Format::Shapefile {
            open_options.push(&recoding);
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
                skip_attributes: format == Format::Shapefile && encoding.is_none(),
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
    pub(crate) fn layers(&self) -> Vec<LayerInfo> {
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
    pub(crate) fn rows(&self, layer: usize) -> Result<Rows<'_>, OgrError> {
        Rows::new(self, layer)
    }
}

fn field_kind(kind: OGRFieldType::Type, subtype: OGRFieldSubType::Type) -> FieldKind {
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
