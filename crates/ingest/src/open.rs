//! From a delivery's files to layers to be, each with what a person said about it.

use crate::delivery::{DeliveredFile, Delivery, Kind};
use crate::grid::Asked;
use crate::source::{OpenLayer, Refusal};
use crate::{Options, mending, shapefile, table, through_gdal};

/// Opens every file. What cannot be opened joins the delivery's refused files.
pub(crate) fn open_all(delivery: &mut Delivery, options: &Options) -> Vec<OpenLayer> {
    let mut layers = Vec::new();
    let mut refused = Vec::new();
    for file in &delivery.files {
        match open_file(file, options) {
            Ok(mut opened) => layers.append(&mut opened),
            Err(refusal) => refused.push((file.name.clone(), refusal)),
        }
    }
    for (name, refusal) in refused {
        delivery.refuse(name, refusal);
    }
    mending::recognise(&mut layers);
    layers
}

/// Opens a file as its layers.
pub(crate) fn open_file(
    file: &DeliveredFile,
    options: &Options,
) -> Result<Vec<OpenLayer>, Refusal> {
    let settings = &file.settings;
    let asked = Asked {
        crs: options.crs.or(settings.crs),
        by_manifest: options.crs.is_none() && settings.crs.is_some(),
        force: options.force_crs,
    };
    let encoding = options.encoding.as_deref().or(settings.encoding.as_deref());
    let mut layers = match file.kind {
        Kind::Shapefile => vec![shapefile::open(file, &asked, encoding)?],
        Kind::Table => vec![shapefile::open_dbf(file, encoding)?],
        Kind::Csv => vec![table::open_csv(file, &asked, encoding)?],
        Kind::Xlsx => vec![table::open_xlsx(file, &asked)?],
        Kind::Gdal(format) => through_gdal::open(file, format, &asked, &options.reading)?,
    };
    for layer in &mut layers {
        layer.layer = options.layer.clone().or_else(|| settings.layer.clone());
        layer.key = if options.key.is_empty() { settings.key.clone() } else { options.key.clone() };
    }
    Ok(layers)
}
