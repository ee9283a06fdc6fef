//! A place for a test's files and its register.

use siseol_ingest::{IngestError, NoProgress, Options, ingest};
use siseol_model::{
    Crs, Finding, IngestReport, IssueKind, LayerReport, Provenance, RefusedSource, Value,
};
use siseol_store::{Access, LayerEntry, Register, StoreError};
use std::path::{Path, PathBuf};

pub(crate) struct Town {
    dir: tempfile::TempDir,
}

/// One stored row: its key, its geometry, its values.
pub(crate) type Stored = (Option<String>, Option<Vec<u8>>, Vec<Value>);

impl Town {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// Where deliveries are written.
    pub(crate) fn inbox(&self) -> PathBuf {
        let inbox = self.dir.path().join("inbox");
        fs_err::create_dir_all(&inbox).unwrap();
        inbox
    }

    pub(crate) fn register(&self) -> PathBuf {
        self.dir.path().join("city.gpkg")
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.inbox().join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn ingest(
        &self,
        sources: &[PathBuf],
        options: &Options,
    ) -> Result<IngestReport, IngestError> {
        let provenance = Provenance { source: "test".to_owned(), ..Provenance::default() };
        let now = "2026-01-02T03:04:05Z".parse().unwrap();
        ingest(&self.register(), sources, options, &provenance, now, &mut NoProgress)
    }

    /// Ingests and expects it to work, with every row accounted for.
    pub(crate) fn load(&self, source: &Path, options: &Options) -> IngestReport {
        let report = self.ingest(&[source.to_path_buf()], options).unwrap_or_else(|e| {
            if let IngestError::Refused { report } = &e {
                panic!("{:#?}", report.refused);
            }
            panic!("{e}: {:?}", std::error::Error::source(&e))
        });
        for layer in &report.layers {
            assert!(layer.rows.adds_up(), "{layer:?}");
        }
        report
    }

    /// Ingests and expects it to be refused, with nothing written.
    pub(crate) fn refuse(&self, source: &Path, options: &Options) -> Vec<RefusedSource> {
        let before = fs_err::read(self.register()).ok();
        match self.ingest(&[source.to_path_buf()], options) {
            Err(IngestError::Refused { report }) => {
                assert!(report.change_set.is_none());
                assert_eq!(fs_err::read(self.register()).ok(), before, "nothing written");
                report.refused
            }
            other => panic!("{other:?}"),
        }
    }

    /// The kind of the one refusal, and its text.
    pub(crate) fn refusal(&self, source: &Path, options: &Options) -> (IssueKind, String) {
        let mut refused = self.refuse(source, options);
        assert_eq!(refused.len(), 1, "{refused:?}");
        let issue = refused.remove(0).issue;
        (issue.kind, issue.text)
    }

    pub(crate) fn layers(&self) -> Vec<LayerEntry> {
        Register::open(&self.register(), Access::Read).unwrap().layers().unwrap()
    }

    /// What the register holds of a layer.
    pub(crate) fn rows(&self, layer: &str) -> Vec<Stored> {
        let register = Register::open(&self.register(), Access::Read).unwrap();
        let layers = register.layers().unwrap();
        let entry = layers.iter().find(|e| e.layer.name.as_str() == layer).unwrap();
        let mut rows = Vec::new();
        register
            .read_layer(&entry.layer, &mut |row| {
                rows.push((
                    row.key.map(ToString::to_string),
                    row.geometry.map(<[u8]>::to_vec),
                    row.values.to_vec(),
                ));
                Ok::<(), StoreError>(())
            })
            .unwrap();
        rows
    }
}

pub(crate) fn crs(code: u32) -> Options {
    Options { crs: Some(Crs::epsg(code)), ..Options::default() }
}

/// The findings of a layer with their counts.
pub(crate) fn found(report: &LayerReport) -> Vec<(IssueKind, u64)> {
    report.findings.iter().map(|Finding { kind, count, .. }| (*kind, *count)).collect()
}
