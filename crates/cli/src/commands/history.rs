//! `siseol history`: what was changed, when and by whom; one facility's life.

use super::thousands;
use crate::args::History;
use crate::exit::{Outcome, Usage};
use crate::output;
use serde::Serialize;
use serde_json::{Value as Json, json};
use siseol_model::{
    ChangeSet, ChangeSetKind, CommitInfo, FacilityRef, Feature, Layer, Operation, Value,
};
use siseol_store::{Access, Life, Register};

pub(crate) fn run(args: &History) -> anyhow::Result<Outcome> {
    let register = Register::open(&args.register, Access::Read)?;
    match &args.reference {
        None => change_sets(&register, args.json),
        Some(reference) => life(&register, reference, args.json),
    }
}

fn change_sets(register: &Register, as_document: bool) -> anyhow::Result<Outcome> {
    let sets = register.change_sets(0, None)?;
    if as_document {
        output::json(&json!({ "change_sets": sets }))?;
        return Ok(Outcome::Done);
    }
    let rows: Vec<Vec<String>> = sets.iter().map(row).collect();
    let head = [
        "change set",
        "state",
        "time",
        "what",
        "inserted",
        "updated",
        "deleted",
        "layers",
        "author",
        "comment",
        "source",
    ];
    output::table(&head, &rows)?;
    Ok(Outcome::Done)
}

fn row(set: &ChangeSet) -> Vec<String> {
    let sum = |count: fn(&siseol_model::ChangeCounts) -> u64| {
        thousands(set.layers.iter().map(|layer| count(&layer.changes)).sum())
    };
    let layers = match set.layers.as_slice() {
        [one] => one.layer.to_string(),
        several => several.len().to_string(),
    };
    let commit = &set.commit;
    vec![
        commit.change_set.to_string(),
        commit.generation.to_string(),
        local(commit.time),
        what(set.undoes),
        sum(|c| c.inserted),
        sum(|c| c.updated),
        sum(|c| c.deleted),
        layers,
        commit.provenance.author.clone().unwrap_or_default(),
        commit.provenance.comment.clone().unwrap_or_default(),
        commit.provenance.source.clone(),
    ]
}

fn what(undoes: Option<i64>) -> String {
    match undoes {
        Some(undone) => format!("되돌림 / undo of {undone}"),
        None => "납품 / delivery".to_owned(),
    }
}

fn local(time: jiff::Timestamp) -> String {
    time.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn life(
    register: &Register,
    reference: &FacilityRef,
    as_document: bool,
) -> anyhow::Result<Outcome> {
    let fid = match reference {
        FacilityRef::Fid(fid) => Some(*fid),
        FacilityRef::Key { layer, key } => {
            match register.rows_with_key(key, layer.as_ref())?.as_slice() {
                [] => None,
                [(_, fid)] => Some(*fid),
                several => {
                    let all: Vec<_> = several
                        .iter()
                        .take(20)
                        .map(|(l, fid)| format!("fid:{fid} ({l})"))
                        .collect();
                    let all = all.join(", ");
                    return Err(Usage(format!("`{reference}` names several: {all}")).into());
                }
            }
        }
    };
    let found = match fid {
        Some(fid) => register.life(fid)?,
        None => None,
    };
    let Some(life) = found else {
        output::note(&format!("siseol: there is no facility `{reference}`, and there was none"));
        return Ok(Outcome::NothingFound);
    };
    let layers = register.layers()?;
    let Some(layer) = layers.iter().map(|e| &e.layer).find(|layer| layer.name == life.layer) else {
        anyhow::bail!("the layer {} is not in the catalogue", life.layer);
    };
    if as_document {
        output::json(&document(&life, layer))?;
    } else {
        tell(&life, layer)?;
    }
    Ok(Outcome::Done)
}

/// What one change set did to the facility; its own members are as in the list of change sets.
#[derive(Serialize)]
struct EventDocument<'a> {
    #[serde(flatten)]
    commit: &'a CommitInfo,
    kind: ChangeSetKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    undoes: Option<i64>,
    operation: Operation,
    before: Option<Json>,
    after: Option<Json>,
}

/// The life as a document: geometry as hexadecimal ISO WKB in the layer's grid, as it was delivered.
fn document(life: &Life, layer: &Layer) -> Json {
    let events: Vec<Json> = life
        .events
        .iter()
        .map(|event| {
            json!(EventDocument {
                commit: &event.commit,
                kind: event.kind,
                undoes: event.undoes,
                operation: event.operation,
                before: event.before.as_ref().map(|f| version(f, layer)),
                after: event.after.as_ref().map(|f| version(f, layer)),
            })
        })
        .collect();
    json!({ "layer": life.layer, "fid": life.fid, "crs": layer.crs, "events": events })
}

fn version(feature: &Feature, layer: &Layer) -> Json {
    let properties: serde_json::Map<String, Json> = layer
        .fields
        .iter()
        .zip(&feature.values)
        .map(|(field, value)| (field.name.clone(), plain(value)))
        .collect();
    json!({
        "facility_key": feature.key,
        "geometry_wkb": feature.geometry.as_deref().map(hexadecimal),
        "properties": properties,
    })
}

fn plain(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Integer(v) => json!(v),
        Value::Float(v) => json!(v),
        Value::Boolean(v) => json!(v),
        Value::Text(_) | Value::Date(_) => json!(value.to_string()),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        // Writing to a String cannot fail.
        let _written = write!(out, "{byte:02x}");
        out
    })
}

/// The life for people: each event with what became different.
fn tell(life: &Life, layer: &Layer) -> anyhow::Result<()> {
    output::line(&format!("{} · {} · fid {}", layer.class.label, life.layer, life.fid))?;
    for event in &life.events {
        let commit = &event.commit;
        let operation = match event.operation {
            Operation::Insert => "들어옴 / inserted",
            Operation::Update => "바뀜 / updated",
            Operation::Delete => "없어짐 / deleted",
        };
        let provenance = &commit.provenance;
        let said = [
            provenance.author.as_deref(),
            provenance.comment.as_deref(),
            Some(provenance.source.as_str()),
        ];
        output::line(&format!(
            "{}  {operation}  change set {} ({}) · {}",
            local(commit.time),
            commit.change_set,
            what(event.undoes),
            said.into_iter().flatten().collect::<Vec<_>>().join(" · ")
        ))?;
        if let (Some(before), Some(after)) = (&event.before, &event.after) {
            differences(before, after, layer)?;
        }
    }
    Ok(())
}

fn differences(before: &Feature, after: &Feature, layer: &Layer) -> anyhow::Result<()> {
    let shown = |value: &Value| match value {
        Value::Null => "자료 없음 / no data".to_owned(),
        value => value.to_string(),
    };
    if before.geometry != after.geometry {
        output::line("    위치·모양 / geometry")?;
    }
    for (i, field) in layer.fields.iter().enumerate() {
        let (old, new) = (before.values.get(i), after.values.get(i));
        if let (Some(old), Some(new)) = (old, new)
            && old != new
        {
            output::line(&format!("    {}: {} → {}", field.name, shown(old), shown(new)))?;
        }
    }
    Ok(())
}
