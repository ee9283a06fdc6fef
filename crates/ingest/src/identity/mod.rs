//! What each layer is called, what kind of facility it holds, and which fields its columns are.

mod class;
mod names;

use crate::delivery::refused;
use crate::meeting::Meeting;
use crate::source::{OpenLayer, Refusal};
use crate::values::{Lists, Rule, Rules};
use crate::{IngestError, Options};
use class::identify;
use names::{Known, tell_mapped};
use siseol_model::{
    CodeList, FacilityClass, Field, FieldSpec, Grade, Issue, IssueKind, Layer, LayerName, Profile,
    RefusedSource,
};
use std::collections::BTreeMap;

/// A layer to be, with its name and its class.
pub(crate) struct Planned {
    pub open: OpenLayer,
    pub name: LayerName,
    /// The profile's class of it; none if the profile has none.
    pub known: Option<String>,
    /// How sure that is.
    pub grade: Option<Grade>,
    /// How that was known.
    pub evidence: String,
    pub class: FacilityClass,
    /// The fields with what the profile knows of them.
    pub fields: Vec<Field>,
    /// The places of the fields that make the facility key; empty if there is none.
    pub key: Vec<usize>,
    /// What is done to the values of the file's columns.
    pub rules: Rules,
    code_lists: BTreeMap<String, CodeList>,
    /// How it becomes rows of the layer of that name, where the register has one.
    pub meeting: Option<Meeting>,
}

impl Planned {
    /// Refuses a key whose values would all be the same mask.
    fn check_key(&self) -> Result<(), Refusal> {
        let column = |place| self.meeting.as_ref().map_or(place, |m| m.column(place));
        let rules = self.key.iter().filter_map(|&place| self.rules.columns.get(column(place)));
        let Some(masked) = rules.clone().find(|rule| rule.masks()) else { return Ok(()) };
        let text = format!(
            "the key {} says something of a person, which is masked; give another one with --key, or --keep-personal",
            masked.column()
        );
        Err(Refusal::new(IssueKind::PersonalKey, text))
    }

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

/// Names the layers. Where two claim one name, both are refused: which one is meant is not ours to say. `registered` are
/// the layers that the register has.
pub(crate) fn plan(
    layers: Vec<OpenLayer>,
    profile: &Profile,
    registered: &BTreeMap<LayerName, Layer>,
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
    let mut refusals = Vec::new();
    for open in layers {
        match plan_one(open, profile, registered, options)? {
            Ok(plan) => planned.push(plan),
            Err(refusal) => refusals.push(refusal),
        }
    }
    let mut sources: BTreeMap<LayerName, Vec<String>> = BTreeMap::new();
    for plan in &planned {
        sources.entry(plan.name.clone()).or_default().push(plan.open.source.clone());
    }
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
    let meeting = Meeting::new(&mut planned.open, &planned.fields, known, options)?;
    planned.fields.clone_from(&known.fields);
    planned.key = known.key_fields().unwrap_or_default();
    planned.meeting = Some(meeting);
    planned.check_key()
}

fn plan_one(
    mut open: OpenLayer,
    profile: &Profile,
    registered: &BTreeMap<LayerName, Layer>,
    options: &Options,
) -> Result<Result<Planned, RefusedSource>, IngestError> {
    let suffixed = |base: LayerName| match open.suffix {
        Some(suffix) => LayerName::from_stem(&format!("{base}_{suffix}")),
        None => base,
    };
    let own_name = open.layer.clone().unwrap_or_else(|| LayerName::from_stem(&open.table));
    let own_name = suffixed(own_name);
    let identified = match identify(&open, &own_name, profile, registered) {
        Ok(identified) => identified,
        Err(refusal) => return Ok(Err(refused(&open.source, refusal.0))),
    };
    let name = match identified.class {
        Some(class) if open.layer.is_none() && !registered.contains_key(&own_name) => {
            suffixed(LayerName::from_stem(&class.id))
        }
        _ => own_name,
    };
    open.notes.extend(identified.note);
    let known = Known::new(profile, identified.class);
    let (mut fields, specs): (Vec<Field>, Vec<_>) = known.name(&open.fields).into_iter().unzip();
    open.notes.extend(tell_mapped(&fields));
    let key = key_places(&mut open, &fields, identified.class)?;
    let class = identified.class.cloned();
    let class = class.unwrap_or_else(|| FacilityClass::unknown(name.as_str(), &open.table));
    let class = fitted(class, &key, &fields, profile);
    let columns = open.fields.iter().zip(&fields).zip(&specs).map(|((column, field), spec)| {
        let is_class_field = class.class_field.as_ref() == Some(&field.name);
        let lists = lists(*spec, is_class_field.then_some(&class), profile);
        let nulls = &profile.nulls;
        Rule::new(&column.name, column.kind, *spec, nulls, lists, options.keep_personal)
    });
    let rules = Rules { columns: columns.collect(), places: open.raw_places.clone() };
    for (field, rule) in fields.iter_mut().zip(&rules.columns) {
        field.kind = rule.kind();
    }
    let code_lists = fields
        .iter()
        .filter_map(|f| f.code_list.as_ref())
        .filter_map(|name| Some((name.clone(), profile.code_lists.get(name)?.clone())))
        .collect();
    let known = identified.class.map(|class| class.id.clone());
    let planned = Planned {
        name,
        known,
        grade: identified.grade,
        evidence: identified.evidence,
        class,
        fields,
        key,
        rules,
        code_lists,
        meeting: None,
        open,
    };
    Ok(match planned.check_key() {
        Ok(()) => Ok(planned),
        Err(refusal) => Err(refused(&planned.open.source, refusal.0)),
    })
}

/// The places of the fields that make the facility key: those that a person names, else the class's.
fn key_places(
    open: &mut OpenLayer,
    fields: &[Field],
    class: Option<&FacilityClass>,
) -> Result<Vec<usize>, IngestError> {
    let place = |wanted: &String| {
        let named = |f: &Field| f.name.eq_ignore_ascii_case(wanted);
        fields.iter().position(named).or_else(|| open.fields.iter().position(named))
    };
    if open.key.is_empty() {
        let own = class.map_or(&[][..], |class| class.key.as_slice());
        let found: Option<Vec<usize>> = own.iter().map(place).collect();
        if found.is_none() {
            let text = format!(
                "the key of {} is {}, which the file does not have: rows have no facility key",
                class.map_or("", |class| &class.id),
                own.join(" + ")
            );
            open.notes.push(Issue::file(IssueKind::KeyMissing, text));
        }
        return Ok(found.unwrap_or_default());
    }
    let columns = || open.fields.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join(", ");
    let given = open.key.iter().map(|column| {
        place(column).ok_or_else(|| IngestError::NoKeyColumn {
            file: open.source.clone(),
            column: column.clone(),
            columns: columns(),
        })
    });
    given.collect()
}

/// The class as this layer has it: what it says of fields that are not there is left out, and references that every
/// layer may have are in it.
fn fitted(
    mut class: FacilityClass,
    key: &[usize],
    fields: &[Field],
    profile: &Profile,
) -> FacilityClass {
    let there = |name: &String| fields.iter().any(|f| f.name == *name);
    class.key = key.iter().map(|&place| fields[place].name.clone()).collect();
    class.class_field = class.class_field.filter(there);
    class.look.label_field = class.look.label_field.filter(there);
    let references = profile.references(&class).filter(|r| r.fields.iter().all(there));
    class.references = references.cloned().collect();
    if let Some(network) = &mut class.network {
        network.levels.take_if(|levels| !levels.iter().all(there));
    }
    class
}

/// What the codes of a field are held against; those of the class field also against the other classes'.
fn lists(spec: Option<&FieldSpec>, class: Option<&FacilityClass>, profile: &Profile) -> Lists {
    let list = spec.and_then(|spec| profile.code_lists.get(spec.code_list.as_deref()?));
    let codes = list.map(|list| list.codes.keys().map(|code| code.as_str().into()).collect());
    let mut lists = Lists { codes: codes.unwrap_or_default(), ..Lists::default() };
    if let Some(class) = class.filter(|class| !class.codes.is_empty()) {
        for other in &profile.classes {
            for code in other.codes.iter().filter(|code| !class.codes.contains(code)) {
                let of = || other.id.clone();
                lists.other_classes.entry(code.as_str().into()).or_insert_with(of);
            }
        }
    }
    lists
}
