//! `siseol.toml`: what a person wrote down about a delivery's files.

use crate::IngestError;
use serde::Deserialize;
use siseol_model::{Crs, Label, LayerName};
use std::collections::BTreeMap;

pub(crate) const FILE_NAME: &str = "siseol.toml";

/// What is known of one file.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FileSettings {
    pub crs: Option<Crs>,
    pub encoding: Option<String>,
    pub layer: Option<LayerName>,
    pub key: Vec<String>,
}

/// The manifest of a folder or an archive.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Manifest {
    pub profile: Option<String>,
    pub notice: Option<Label>,
    files: BTreeMap<String, FileSettings>,
    /// Where it was read from.
    #[serde(skip)]
    name: String,
}

impl Manifest {
    /// Reads the manifest of that name in the delivery.
    pub(crate) fn parse(name: &str, text: &str) -> Result<Self, IngestError> {
        match toml::from_str::<Self>(text) {
            Ok(manifest) => Ok(Self { name: name.to_owned(), ..manifest }),
            Err(error) => Err(IngestError::Manifest {
                file: name.to_owned(),
                reason: error.to_string().trim_end().to_owned(),
            }),
        }
    }

    /// What it says of a file, by its path beside the manifest or by its bare name. Each entry is given once.
    pub(crate) fn take(&mut self, path: &str) -> Option<FileSettings> {
        let bare = path.rsplit('/').next().unwrap_or(path);
        self.files.remove(path).or_else(|| self.files.remove(bare))
    }

    /// A file that is named and not there is a slip of the pen that must not go unsaid.
    pub(crate) fn all_taken(&self) -> Result<(), IngestError> {
        match self.files.keys().next() {
            None => Ok(()),
            Some(name) => Err(self.error(&format!("names {name}, which is not in the delivery"))),
        }
    }

    pub(crate) fn error(&self, reason: &str) -> IngestError {
        IngestError::Manifest { file: self.name.clone(), reason: reason.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_manifest_may_say() {
        let text = r#"
            profile = "kr-uis"
            notice = { ko = "가상 자료", en = "synthetic data" }
            [files."a/RDL_STLT_PS.shp"]
            crs = "EPSG:5186"
            encoding = "cp949"
            layer = "street_light"
            key = ["FTR_IDN"]
        "#;
        let mut manifest = Manifest::parse("siseol.toml", text).unwrap();
        assert_eq!(manifest.take("a/RDL_STLT_PS.shp").unwrap().crs, Some(Crs::epsg(5186)));
        assert!(manifest.all_taken().is_ok());
        for bad in
            ["profil = 1", "[files.a]\ncsr = 5186", "[files.a]\ncrs = \"TM\"", "notice = \"x\""]
        {
            let error = Manifest::parse("siseol.toml", bad).unwrap_err();
            assert!(matches!(error, IngestError::Manifest { .. }), "{bad}");
        }
        let left = Manifest::parse("siseol.toml", "[files.\"x.shp\"]").unwrap();
        assert!(left.all_taken().unwrap_err().to_string().contains("x.shp"));
    }
}
