//! Looking at a delivery before loading it.

use crate::delivery::Delivery;
use crate::identity::{Planned, plan};
use crate::ingest::chosen_profile;
use crate::open::open_all;
use crate::source::Halt;
use crate::{IngestError, Options};
use serde::Serialize;
use siseol_model::{
    FieldKind, GeometryKind, Issue, IssueKind, Label, LayerName, RefusedSource, Shape, Value,
};
use siseol_ogr::Reading;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// How many rows are shown.
const ROWS_SHOWN: usize = 3;

/// What a delivery is, as far as it says so before its rows are read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Inspection {
    /// The profile that names the layers.
    pub profile: String,
    /// What has to stand beside everything shown, by the manifest.
    pub notice: Option<Label>,
    /// The layers that would be made.
    pub layers: Vec<LayerInspection>,
    /// Files that would be turned away.
    pub refused: Vec<RefusedSource>,
    /// The command that would load it, as far as it is known; what a person has to decide is in it as `EPSG:....`.
    pub command: String,
}

/// One layer that would be made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LayerInspection {
    /// The file, by its name in the delivery.
    pub source: String,
    /// What it would be called.
    pub layer: LayerName,
    /// What kind of facility it holds, for people.
    pub label: Label,
    /// Whether the profile knows the table.
    pub known: bool,
    /// What its features are.
    pub geometry: GeometryKind,
    /// Rows by the file's own bytes, if they say it.
    pub rows: Option<u64>,
    /// The grid.
    pub grid: GridInspection,
    /// The text encoding.
    pub encoding: String,
    /// How the encoding was known.
    pub encoding_evidence: String,
    /// The fields that make the facility key.
    pub key: Vec<String>,
    /// The attributes.
    pub fields: Vec<FieldInspection>,
    /// The first rows, a text per field; null where nothing is known.
    pub sample: Vec<Vec<Option<String>>>,
    /// What was found about the file.
    pub notes: Vec<Issue>,
}

/// The grid of a layer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GridInspection {
    /// The grid, if the layer has geometry.
    pub crs: Option<siseol_model::Crs>,
    /// How it was known.
    pub evidence: String,
    /// Other grids in which the first row would lie where they are used.
    pub candidates: Vec<GridCandidate>,
}

/// A grid that the coordinates would fit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GridCandidate {
    /// The grid.
    pub crs: siseol_model::Crs,
    /// Its name.
    pub name: String,
    /// Why it fits.
    pub reason: String,
}

/// One attribute.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldInspection {
    /// As delivered.
    pub name: String,
    /// Its type.
    pub kind: FieldKind,
    /// What it means by the profile.
    pub label: Option<Label>,
    /// The unit of its numbers.
    pub unit: Option<String>,
    /// The code list that its codes are from.
    pub code_list: Option<String>,
}

/// Looks at a delivery and reads a few rows of each layer. Nothing is written.
pub fn inspect(sources: &[PathBuf], options: &Options) -> Result<Inspection, IngestError> {
    options.reading.probe()?;
    let mut delivery = Delivery::find(sources)?;
    let profile = chosen_profile(&delivery, options)?;
    let opened = open_all(&mut delivery, options);
    let (planned, mut clashes) = plan(opened, &profile, &BTreeMap::new(), options)?;
    delivery.refused.append(&mut clashes);
    let mut layers = Vec::new();
    for plan in &planned {
        match look(plan) {
            Ok(layer) => layers.push(layer),
            Err(Halt::Refused(refusal)) => {
                delivery.refuse(plan.open.source.clone(), refusal);
            }
            Err(Halt::Failed(error)) => return Err(error),
        }
    }
    Ok(Inspection {
        profile: profile.id.clone(),
        notice: delivery.notice.take(),
        command: command(sources, options, &delivery.refused),
        layers,
        refused: std::mem::take(&mut delivery.refused),
    })
}

fn look(plan: &Planned) -> Result<LayerInspection, Halt> {
    let open = &plan.open;
    let mut sample = Vec::new();
    let mut coords = Vec::new();
    let mut shape = Shape::default();
    open.rows.read(&mut |row| {
        if row.deleted {
            return Ok(true);
        }
        let shown = |v: &Value| (!v.is_null()).then(|| v.to_string());
        sample.push(row.values.iter().map(shown).collect());
        if shape.read_wkb(&row.wkb).is_ok() {
            coords.extend_from_slice(&shape.coords);
        }
        Ok(sample.len() < ROWS_SHOWN)
    })?;
    let has_geometry = open.geometry != GeometryKind::None;
    let candidates = if has_geometry && !coords.is_empty() {
        siseol_crs::candidates_for_extent(&crate::check::bounds(&coords))
            .into_iter()
            .filter(|c| c.crs != open.grid.crs)
            .map(|c| GridCandidate { crs: c.crs, name: c.name, reason: c.reason })
            .collect()
    } else {
        Vec::new()
    };
    Ok(LayerInspection {
        source: open.source.clone(),
        layer: plan.name.clone(),
        label: plan.class.label.clone(),
        known: !plan.class.tables.is_empty(),
        geometry: open.geometry,
        rows: open.declared,
        grid: GridInspection {
            crs: has_geometry.then_some(open.grid.crs),
            evidence: open.grid.evidence.clone(),
            candidates,
        },
        encoding: open.encoding.clone(),
        encoding_evidence: open.encoding_evidence.clone(),
        key: plan.class.key.clone(),
        fields: plan
            .fields
            .iter()
            .map(|f| FieldInspection {
                name: f.name.clone(),
                kind: f.kind,
                label: f.label.clone(),
                unit: f.unit.clone(),
                code_list: f.code_list.clone(),
            })
            .collect(),
        sample,
        notes: open.notes.clone(),
    })
}

fn command(sources: &[PathBuf], options: &Options, refused: &[RefusedSource]) -> String {
    let mut words = vec!["siseol ingest REGISTER".to_owned()];
    words.extend(sources.iter().map(|s| quoted(&s.display().to_string())));
    let mut option = |name: &str, value: Option<String>| {
        words.extend(value.map(|v| format!("--{name} {}", quoted(&v))));
    };
    option("layer", options.layer.as_ref().map(ToString::to_string));
    option("profile", options.profile.clone());
    option("encoding", options.encoding.clone());
    option("force-crs", options.force_crs.map(|c| c.to_string()));
    let grid_is_open = |kind| {
        matches!(kind, IssueKind::CrsUnknown | IssueKind::CrsUnreadable | IssueKind::CrsAmbiguous)
    };
    let open = options.crs.is_none() && refused.iter().any(|r| grid_is_open(r.issue.kind));
    option("crs", options.crs.map(|c| c.to_string()).or(open.then(|| "EPSG:....".to_owned())));
    for key in &options.key {
        option("key", Some(key.clone()));
    }
    if options.reading != Reading::Here {
        words.push("--untrusted".to_owned());
    }
    if refused.iter().any(|r| !grid_is_open(r.issue.kind)) {
        words.push("--skip-refused".to_owned());
    }
    words.join(" ")
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-:+=,@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
