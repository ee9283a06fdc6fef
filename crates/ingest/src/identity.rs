//! What each layer is called and what kind of facility it holds.

use crate::delivery::refused;
use crate::meeting::Meeting;
use crate::source::{OpenLayer, Refusal};
use crate::{IngestError, Options};
use siseol_model::{
    CodeList, FacilityClass, Field, Issue, IssueKind, Layer, LayerName, Profile, RefusedSource,
};
use std::collections::BTreeMap;

/// A layer to be, with its name and its class.
pub(crate) struct Planned {
    pub open: OpenLayer,
    pub name: LayerName,
    pub class: FacilityClass,
    /// The fields with what the profile knows of them.
    pub fields: Vec<Field>,
    /// The places of the fields that make the facility key; empty if there is none.
    pub key: Vec<usize>,
    code_lists: BTreeMap<String, CodeList>,
    /// How it becomes rows of the layer of that name, where the register has one.
    pub meeting: Option<Meeting>,
}

impl Planned {
    /// The layer as the register keeps it.
    pub(crate) fn layer(&self, has_z: bool) -> Layer {
        if let Some(meeting) = &self.meeting {
            return Layer { has_z: has_z || meeting.layer.has_z, ..meeting.layer.clone() };
        }
        Layer {
            name: self.name.clone(),
            class: self.class.clone(),
            crs: self.open.grid.crs,
            geometry: self.open.geometry,
            has_z,
            fields: self.fields.clone(),
            code_lists: self.code_lists.clone(),
        }
    }
}

/// Names the layers. Where two claim one name, both are refused: which one is meant is not ours to say.
pub(crate) fn plan(
    layers: Vec<OpenLayer>,
    profile: &Profile,
    options: &Options,
) -> Result<(Vec<Planned>, Vec<RefusedSource>), IngestError> {
    if let Some(layer) = &options.layer {
        let files: std::collections::BTreeSet<_> =
            layers.iter().map(|l| l.source.split(" (").next().unwrap_or_default()).collect();
        if files.len() > 1 {
            return Err(IngestError::OneNameForMany { layer: layer.clone(), count: files.len() });
        }
    }
    let mut planned = Vec::new();
    for open in layers {
        planned.push(plan_one(open, profile)?);
    }
    let mut sources: BTreeMap<LayerName, Vec<String>> = BTreeMap::new();
    for plan in &planned {
        sources.entry(plan.name.clone()).or_default().push(plan.open.source.clone());
    }
    let mut refusals = Vec::new();
    planned.retain(|plan| {
        let claimants = sources.get(&plan.name).map_or(&[][..], Vec::as_slice);
        if claimants.len() < 2 {
            return true;
        }
        let text = format!(
            "{} all claim the layer {}; name their layers in siseol.toml or load them one by one with --layer",
            claimants.join(" and "),
            plan.name
        );
        refusals.push(refused(&plan.open.source, Issue::file(IssueKind::LayerTaken, text)));
        false
    });
    Ok((planned, refusals))
}

/// Lets a layer meet the one of its name in the register.
pub(crate) fn meet(planned: &mut Planned, known: &Layer, options: &Options) -> Result<(), Refusal> {
    let meeting = Meeting::new(&mut planned.open, known, options)?;
    planned.fields.clone_from(&known.fields);
    planned.key = known.key_fields().unwrap_or_default();
    planned.meeting = Some(meeting);
    Ok(())
}

fn plan_one(mut open: OpenLayer, profile: &Profile) -> Result<Planned, IngestError> {
    let by_layer = open.layer.as_ref().and_then(|name| profile.class(name.as_str()));
    let known = by_layer.or_else(|| profile.class_of_table(&open.table));
    let base = match (&open.layer, known) {
        (Some(name), _) => name.clone(),
        (None, Some(class)) => LayerName::from_stem(&class.id),
        (None, None) => LayerName::from_stem(&open.table),
    };
    let name = match open.suffix {
        Some(suffix) => LayerName::from_stem(&format!("{base}_{suffix}")),
        None => base,
    };
    let mut class =
        known.cloned().unwrap_or_else(|| FacilityClass::unknown(name.as_str(), &open.table));
    let place = |wanted: &str| {
        let fields = &open.fields;
        fields
            .iter()
            .position(|f| f.name == wanted)
            .or_else(|| fields.iter().position(|f| f.name.eq_ignore_ascii_case(wanted)))
    };
    let mut key = Vec::new();
    if open.key.is_empty() {
        let found: Option<Vec<usize>> = class.key.iter().map(|name| place(name)).collect();
        match found {
            Some(found) => key = found,
            None => open.notes.push(Issue::file(
                IssueKind::KeyMissing,
                format!(
                    "the key of {} is {}, which the file does not have: rows have no facility key",
                    class.id,
                    class.key.join(" + ")
                ),
            )),
        }
    } else {
        for column in &open.key {
            key.push(place(column).ok_or_else(|| IngestError::NoKeyColumn {
                file: open.source.clone(),
                column: column.clone(),
                columns: open.fields.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join(", "),
            })?);
        }
    }
    // From here on the class speaks of the fields as this file calls them.
    class.key = key.iter().map(|&k| open.fields[k].name.clone()).collect();
    for name in [&mut class.class_field, &mut class.look.label_field] {
        *name = name.as_deref().and_then(place).map(|at| open.fields[at].name.clone());
    }
    let fields: Vec<Field> = open
        .fields
        .iter()
        .map(|field| {
            let mut described = field.clone();
            profile.describe(&class, &mut described);
            if described.label.is_none() {
                // Files of other programs write the same names in lower case.
                described.name = field.name.to_uppercase();
                profile.describe(&class, &mut described);
                described.name.clone_from(&field.name);
            }
            described
        })
        .collect();
    let code_lists = fields
        .iter()
        .filter_map(|f| f.code_list.as_ref())
        .filter_map(|name| Some((name.clone(), profile.code_lists.get(name)?.clone())))
        .collect();
    Ok(Planned { open, name, class, fields, key, code_lists, meeting: None })
}
