//! Looking at a delivery before loading it.

mod command;
mod misfit;

pub use misfit::{Misfit, MisfitMeans};

use crate::delivery::Delivery;
use crate::identity::{Planned, plan};
use crate::ingest::chosen_profile;
use crate::open::{open_all, open_file};
use crate::source::{Grid, Halt};
use crate::values::Cleaner;
use crate::{IngestError, Options};
use command::{asks_for_grid, command};
use misfit::Sample;
use serde::Serialize;
use siseol_model::{
    Crs, FieldKind, GeometryKind, Grade, Issue, Label, Layer, LayerName, Profile, RefusedSource,
    Value,
};
use siseol_query::Snapshot;
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
    /// Of the files that would be turned away for their grid: the grids that they could be in, held against a register.
    pub questions: Vec<GridQuestion>,
    /// The command that would load it, as far as it is known; what a person has to decide is in it as `....`.
    pub command: String,
}

/// A layer whose grid a person has to say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GridQuestion {
    /// The file, by its name in the delivery.
    pub source: String,
    /// What it would be called.
    pub layer: LayerName,
    /// The grids that it could be in, that which fits the register best first.
    pub candidates: Vec<GridCandidate>,
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
    /// The facility class; none if the profile has none for it.
    pub class: Option<String>,
    /// How sure the class is; none if there is none.
    pub class_grade: Option<Grade>,
    /// How the class was known, or why there is none.
    pub class_evidence: String,
    /// What its features are.
    pub geometry: GeometryKind,
    /// Rows by the file's own bytes, if they say it.
    pub rows: Option<u64>,
    /// The grid.
    pub grid: GridInspection,
    /// The text encoding.
    pub encoding: String,
    /// How sure the encoding is.
    pub encoding_grade: Grade,
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
    pub crs: Option<Crs>,
    /// How sure it is.
    pub grade: Grade,
    /// How it was known.
    pub evidence: String,
    /// How far it is from the register in that grid; none if it was held against none, or lies elsewhere.
    pub misfit: Option<Misfit>,
    /// Other grids in which it would lie where they are used, that which fits the register best first.
    pub candidates: Vec<GridCandidate>,
}

/// A grid that the coordinates would fit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GridCandidate {
    /// The grid.
    pub crs: Crs,
    /// Its name.
    pub name: String,
    /// Why it fits.
    pub reason: String,
    /// How far the layer is from the register in that grid; none if it was held against none, or would lie elsewhere.
    pub misfit: Option<Misfit>,
}

/// One attribute.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldInspection {
    /// As the register would call it.
    pub name: String,
    /// As delivered, if that is another name.
    pub delivered: Option<String>,
    /// Its type.
    pub kind: FieldKind,
    /// What it means by the profile.
    pub label: Option<Label>,
    /// The unit of its numbers.
    pub unit: Option<String>,
    /// The code list that its codes are from.
    pub code_list: Option<String>,
    /// Whether it says something of a person.
    pub personal: bool,
}

/// Looks at a delivery and reads a few rows of each layer. Nothing is written.
pub fn inspect(sources: &[PathBuf], options: &Options) -> Result<Inspection, IngestError> {
    look_at(sources, options, None)
}

/// Looks at a delivery beside a register: in which grids its layers would lie where the register has things, and how far
/// from them. Nothing is decided by that, and nothing is written.
pub fn inspect_against(
    sources: &[PathBuf],
    options: &Options,
    register: &Snapshot,
) -> Result<Inspection, IngestError> {
    look_at(sources, options, Some(register))
}

fn look_at(
    sources: &[PathBuf],
    options: &Options,
    register: Option<&Snapshot>,
) -> Result<Inspection, IngestError> {
    options.reading.probe()?;
    let mut delivery = Delivery::find(sources)?;
    let profile = chosen_profile(&delivery, options)?;
    let views = register.map_or(&[][..], Snapshot::layers);
    let registered: BTreeMap<LayerName, Layer> =
        views.iter().map(|v| (v.layer().name.clone(), v.layer().clone())).collect();
    let opened = open_all(&mut delivery, options);
    let (planned, mut clashes) = plan(opened, &profile, &registered, options)?;
    delivery.refused.append(&mut clashes);
    let mut layers = Vec::new();
    for plan in &planned {
        match look(plan, register) {
            Ok(layer) => layers.push(layer),
            Err(Halt::Refused(refusal)) => {
                delivery.refuse(plan.open.source.clone(), refusal);
            }
            Err(Halt::Failed(error)) => return Err(error),
        }
    }
    let questions = match register {
        Some(register) => questions(&delivery, &profile, &registered, register, options)?,
        None => Vec::new(),
    };
    Ok(Inspection {
        profile: profile.id.clone(),
        notice: delivery.notice.take(),
        command: command(sources, options, &delivery.refused),
        layers,
        refused: std::mem::take(&mut delivery.refused),
        questions,
    })
}

/// Holds the layers that were refused for their grid against the register, in each grid that they could be in.
fn questions(
    delivery: &Delivery,
    profile: &Profile,
    registered: &BTreeMap<LayerName, Layer>,
    register: &Snapshot,
    options: &Options,
) -> Result<Vec<GridQuestion>, IngestError> {
    // Numbers are read as they are, whatever grid is said.
    let as_numbers = Options { crs: None, force_crs: Some(Crs::WGS84), ..options.clone() };
    let asked = delivery.refused.iter().filter(|refused| asks_for_grid(refused.issue.kind));
    let mut questions = Vec::new();
    for file in asked.filter_map(|r| delivery.files.iter().find(|file| file.name == r.source)) {
        // What cannot be opened for another reason stays refused for the first one.
        let Ok(opened) = open_file(file, &as_numbers) else { continue };
        let (planned, _) = plan(opened, profile, registered, &as_numbers)?;
        for plan in &planned {
            let sample = match Sample::read(plan) {
                Ok(sample) => sample,
                Err(Halt::Refused(_)) => continue,
                Err(Halt::Failed(error)) => return Err(error),
            };
            questions.push(GridQuestion {
                source: file.name.clone(),
                layer: plan.name.clone(),
                candidates: candidates(plan, &sample, Some(register), None).0,
            });
        }
    }
    Ok(questions)
}

/// The grids but the file's `own` in which the sample lies where they are used, that which fits the register best first;
/// and how far it lies from the register in its own.
fn candidates(
    plan: &Planned,
    sample: &Sample,
    register: Option<&Snapshot>,
    own: Option<Crs>,
) -> (Vec<GridCandidate>, Option<Misfit>) {
    let Some(bounds) = sample.bounds() else { return (Vec::new(), None) };
    let others = siseol_crs::candidates_for_extent(&bounds).into_iter();
    let others: Vec<_> = others.filter(|c| Some(c.crs) != own).collect();
    let grids: Vec<Crs> = others.iter().map(|c| c.crs).chain(own).collect();
    let mut misfits = register.map_or_else(BTreeMap::new, |r| sample.misfits(plan, &grids, r));
    let mut candidates: Vec<_> = others
        .into_iter()
        .map(|c| {
            let misfit = misfits.remove(&c.crs);
            GridCandidate { crs: c.crs, name: c.name, reason: c.reason, misfit }
        })
        .collect();
    // Those without a misfit stay behind, most likely first.
    let median = |c: &GridCandidate| c.misfit.as_ref().map_or(f64::INFINITY, |m| m.median_m);
    candidates.sort_by(|a, b| median(a).total_cmp(&median(b)));
    (candidates, own.and_then(|own| misfits.remove(&own)))
}

fn look(plan: &Planned, register: Option<&Snapshot>) -> Result<LayerInspection, Halt> {
    let open = &plan.open;
    let has_geometry = open.geometry != GeometryKind::None;
    let grid = if has_geometry && register.is_some() {
        grid_beside(plan, &Sample::read(plan)?, register)
    } else {
        grid_beside(plan, &Sample::first(plan, ROWS_SHOWN)?, None)
    };
    Ok(LayerInspection {
        source: open.source.clone(),
        layer: plan.name.clone(),
        label: plan.class.label.clone(),
        class: plan.known.clone(),
        class_grade: plan.grade,
        class_evidence: plan.evidence.clone(),
        geometry: open.geometry,
        rows: open.declared,
        grid,
        encoding: open.encoding.clone(),
        encoding_grade: open.encoding_grade,
        encoding_evidence: open.encoding_evidence.clone(),
        key: plan.class.key.clone(),
        fields: plan
            .fields
            .iter()
            .map(|f| FieldInspection {
                name: f.name.clone(),
                delivered: f.delivered.clone(),
                kind: f.kind,
                label: f.label.clone(),
                unit: f.unit.clone(),
                code_list: f.code_list.clone(),
                personal: f.personal,
            })
            .collect(),
        sample: first_rows(plan)?,
        notes: open.notes.clone(),
    })
}

fn grid_beside(plan: &Planned, sample: &Sample, register: Option<&Snapshot>) -> GridInspection {
    let Grid { crs, grade, evidence } = plan.open.grid.clone();
    let has_geometry = plan.open.geometry != GeometryKind::None;
    let (candidates, misfit) = candidates(plan, sample, register, Some(crs));
    GridInspection { crs: has_geometry.then_some(crs), grade, evidence, misfit, candidates }
}

/// The first rows as the register would have their values, a text per field.
fn first_rows(plan: &Planned) -> Result<Vec<Vec<Option<String>>>, Halt> {
    let mut rows = Vec::new();
    let mut cleaner = Cleaner::new(&plan.rules);
    plan.open.rows.read(&mut |row| {
        if row.deleted {
            return Ok(true);
        }
        cleaner.clean(row);
        let shown = |v: &Value| (!v.is_null()).then(|| v.to_string());
        rows.push(row.values.iter().map(shown).collect());
        Ok(rows.len() < ROWS_SHOWN)
    })?;
    Ok(rows)
}
