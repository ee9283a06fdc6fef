//! Finding the files of a delivery: a file, a folder, an archive.

mod manifest;
mod unpack;

pub(crate) use manifest::{FileSettings, Manifest};
pub(crate) use unpack::check_inflated;

use crate::source::Refusal;
use crate::{IngestError, profiles};
use siseol_model::{Issue, IssueKind, Label, RefusedSource};
use std::path::{Path, PathBuf};

/// What a file is by its name. Its content has the last word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Shapefile,
    /// A .dbf without shapes.
    Table,
    Csv,
    Xlsx,
    Gdal(siseol_ogr::Format),
}

/// One file of the delivery.
#[derive(Debug)]
pub(crate) struct DeliveredFile {
    /// Its name in the delivery.
    pub name: String,
    pub path: PathBuf,
    pub kind: Kind,
    pub settings: FileSettings,
}

/// What was delivered.
#[derive(Debug, Default)]
pub(crate) struct Delivery {
    pub files: Vec<DeliveredFile>,
    pub refused: Vec<RefusedSource>,
    /// By the manifest: the name of a built-in one, or the path of one in the delivery.
    pub profile: Option<String>,
    /// By the manifest.
    pub notice: Option<Label>,
    /// Where archives were unpacked, until the delivery is dropped.
    unpacked: Vec<tempfile::TempDir>,
}

/// Deeper folders are no delivery.
const MAX_DEPTH: usize = 12;
/// More files are no delivery either.
const MAX_FILES: usize = 20_000;

impl Delivery {
    /// Looks for files in the sources, in their order and sorted within each.
    pub(crate) fn find(sources: &[PathBuf]) -> Result<Self, IngestError> {
        let mut delivery = Self::default();
        for source in sources {
            let meta = fs_err::metadata(source)
                .map_err(|error| IngestError::Source { path: source.clone(), source: error })?;
            let name = source
                .file_name()
                .map_or_else(|| source.display().to_string(), |n| n.to_string_lossy().into_owned());
            if meta.is_dir() {
                delivery.folder(source, "")?;
            } else {
                delivery.file(source, name, true)?;
            }
        }
        if delivery.files.is_empty() && delivery.refused.is_empty() {
            return Err(IngestError::NothingToRead);
        }
        Ok(delivery)
    }

    fn folder(&mut self, root: &Path, prefix: &str) -> Result<(), IngestError> {
        let fail = |error| IngestError::Source { path: root.to_path_buf(), source: error };
        let mut files = Vec::new();
        walk(root, root, 0, &mut files).map_err(fail)?;
        files.sort();
        // An archive often holds one folder with everything in it.
        let manifest_at = files
            .iter()
            .filter(|f| f.file_name().is_some_and(|n| n == manifest::FILE_NAME))
            .min_by_key(|f| f.components().count())
            .cloned();
        let mut manifest = match &manifest_at {
            Some(at) => {
                let text = fs_err::read_to_string(root.join(at)).map_err(fail)?;
                Manifest::parse(&format!("{prefix}{}", slashed(at)), &text)?
            }
            None => Manifest::default(),
        };
        let base = manifest_at.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        if let Some(name) = manifest.profile.take()
            && self.profile.is_none()
        {
            let named = profiles::delivered(root, &root.join(base), &name);
            self.profile = Some(named.map_err(|reason| manifest.error(&reason))?);
        }
        self.notice = self.notice.take().or(manifest.notice.take());
        for relative in &files {
            let name = format!("{prefix}{}", slashed(relative));
            let before = self.files.len();
            self.file(&root.join(relative), name, false)?;
            let settings = manifest.take(&slashed(relative.strip_prefix(base).unwrap_or(relative)));
            match (settings, self.files.get_mut(before)) {
                (Some(settings), Some(file)) => file.settings = settings,
                (Some(_), None) => {
                    // Named, and yet not a file that can be a layer.
                    return Err(manifest.error(&format!(
                        "names {}, which is not a file that siseol reads",
                        slashed(relative)
                    )));
                }
                (None, _) => {}
            }
        }
        manifest.all_taken()
    }

    /// Sorts one file by its name. `alone`: it was given itself, so nothing about it goes unsaid.
    fn file(&mut self, path: &Path, name: String, alone: bool) -> Result<(), IngestError> {
        let extension =
            path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        let format = match extension.as_str() {
            "gpkg" => Some(siseol_ogr::Format::GeoPackage),
            "geojson" | "json" => Some(siseol_ogr::Format::GeoJson),
            "fgb" => Some(siseol_ogr::Format::FlatGeobuf),
            "osm" | "pbf" => Some(siseol_ogr::Format::Osm),
            "dxf" => Some(siseol_ogr::Format::Dxf),
            _ => None,
        };
        let kind = match extension.as_str() {
            _ if format.is_some() => format.map(Kind::Gdal),
            "shp" => Some(Kind::Shapefile),
            "csv" | "tsv" => Some(Kind::Csv),
            "xlsx" => Some(Kind::Xlsx),
            "zip" => return self.archive(path, &name),
            "dbf" if beside(path, "shp").is_none() && beside(path, "shx").is_none() => {
                Some(Kind::Table)
            }
            _ => None,
        };
        if let Some(kind) = kind {
            let settings = FileSettings::default();
            self.files.push(DeliveredFile { name, path: path.to_path_buf(), kind, settings });
            return Ok(());
        }
        let refusal = match extension.as_str() {
            "dwg" => Refusal::new(
                IssueKind::UnsupportedFormat,
                "DWG is a closed format; save the drawing as DXF and deliver that",
            ),
            "shx" | "dbf" if beside(path, "shp").is_none() => {
                if extension == "dbf" && !alone {
                    // Said once, about the .shx.
                    return Ok(());
                }
                Refusal::new(
                    IssueKind::Unreadable,
                    "the .shp that this belongs to is missing; deliver all parts of the shapefile",
                )
            }
            e if SIDE_FILES.contains(&e) && alone => Refusal::new(
                IssueKind::UnsupportedFormat,
                "this is a side file; give the .shp that it belongs to",
            ),
            e if !alone && (SIDE_FILES.contains(&e) || is_document(path, e)) => {
                tracing::debug!(file = %name, "not data, passed over");
                return Ok(());
            }
            _ => Refusal::new(
                IssueKind::UnsupportedFormat,
                format!(
                    "siseol reads shapefiles, GeoPackage, GeoJSON, FlatGeobuf, OSM, DXF, CSV and XLSX, not .{extension}"
                ),
            ),
        };
        self.refuse(name, refusal);
        Ok(())
    }

    fn archive(&mut self, path: &Path, name: &str) -> Result<(), IngestError> {
        let dir = tempfile::tempdir().map_err(|source| IngestError::Unpack { source })?;
        match unpack::unpack(path, dir.path()) {
            Ok(()) => {
                let before = (self.files.len(), self.refused.len());
                self.folder(dir.path(), &format!("{name}/"))?;
                self.unpacked.push(dir);
                if before == (self.files.len(), self.refused.len()) {
                    self.refuse(
                        name.to_owned(),
                        Refusal::new(
                            IssueKind::UnsupportedFormat,
                            "the archive holds no file that siseol reads",
                        ),
                    );
                }
            }
            Err(refusal) => self.refuse(name.to_owned(), refusal),
        }
        Ok(())
    }

    pub(crate) fn refuse(&mut self, source: String, Refusal(issue): Refusal) {
        self.refused.push(RefusedSource { source, issue });
    }
}

/// Files that belong to another one and hold nothing of their own.
const SIDE_FILES: &[&str] = &[
    "dbf", "shx", "prj", "cpg", "cst", "sbn", "sbx", "qix", "qpj", "fix", "xml", "ain", "aih",
    "atx", "ixs", "mxs", "idm", "ind", "lyr", "qmd", "qml", "sld", "toml",
];

/// Papers that come along with a delivery.
fn is_document(path: &Path, extension: &str) -> bool {
    const PAPERS: &[&str] = &[
        "txt", "md", "pdf", "hwp", "hwpx", "doc", "docx", "htm", "html", "rtf", "jpg", "jpeg",
        "png", "db", "ini",
    ];
    PAPERS.contains(&extension)
        || path.file_name().is_some_and(|n| {
            let n = n.to_string_lossy().to_lowercase();
            n.starts_with("readme") || n.starts_with("license")
        })
}

/// The file of the same stem with that extension, in any case.
pub(crate) fn beside(path: &Path, extension: &str) -> Option<PathBuf> {
    let usual = path.with_extension(extension);
    if usual.is_file() {
        return Some(usual);
    }
    let stem = path.file_stem()?;
    let folder = match path.parent()? {
        empty if empty.as_os_str().is_empty() => Path::new("."),
        folder => folder,
    };
    let mut found: Vec<PathBuf> = fs_err::read_dir(folder)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|p| {
            p.file_stem().is_some_and(|s| s.eq_ignore_ascii_case(stem))
                && p.extension().is_some_and(|e| e.eq_ignore_ascii_case(extension))
                && p.is_file()
        })
        .collect();
    found.sort();
    found.into_iter().next()
}

/// Plain files below `folder`, relative to `root`. Links are not followed; hidden files are not data.
fn walk(
    root: &Path,
    folder: &Path,
    depth: usize,
    files: &mut Vec<PathBuf>,
) -> Result<(), std::io::Error> {
    if depth > MAX_DEPTH {
        return Err(std::io::Error::other(format!("folders deeper than {MAX_DEPTH}")));
    }
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') || name == "__MACOSX" || name == "$RECYCLE.BIN" {
            continue;
        }
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(root, &entry.path(), depth + 1, files)?;
        } else if kind.is_file() {
            if files.len() >= MAX_FILES {
                return Err(std::io::Error::other(format!("more than {MAX_FILES} files")));
            }
            let path = entry.path();
            files.push(path.strip_prefix(root).unwrap_or(&path).to_path_buf());
        }
    }
    Ok(())
}

fn slashed(path: &Path) -> String {
    path.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// A finding as the report lists refused files.
pub(crate) fn refused(source: &str, issue: Issue) -> RefusedSource {
    RefusedSource { source: source.to_owned(), issue }
}
