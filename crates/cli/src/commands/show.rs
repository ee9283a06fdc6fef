//! `siseol show`: one facility, as a person reads it.

use super::resident;
use crate::args::Show;
use crate::exit::Outcome;
use crate::output;
use siseol_model::{GeometryKind, Value};
use siseol_query::{LayerView, Place, ReferenceError, Related, Snapshot};

pub(crate) fn run(args: &Show) -> anyhow::Result<Outcome> {
    let resident = resident(&args.register, args.as_of)?;
    let place = match resident.snapshot.resolve(&args.reference) {
        Ok(place) => place,
        Err(error @ (ReferenceError::NotFound(_) | ReferenceError::NoLayer(_))) => {
            output::note(&format!("siseol: {error}"));
            return Ok(Outcome::NothingFound);
        }
        Err(error) => return Err(error.into()),
    };
    let view = &resident.snapshot.layers()[place.layer];
    if args.json {
        output::bytes(&view.geojson(place.row..place.row + 1))?;
        return Ok(Outcome::Done);
    }
    let layer = view.layer();
    let mut rows = vec![
        vec!["layer".to_owned(), layer.class.label.to_string(), layer.name.to_string()],
        vec!["fid".to_owned(), view.fid(place.row).to_string(), String::new()],
        vec![
            "key".to_owned(),
            view.key(place.row).unwrap_or("자료 없음 / no data").to_owned(),
            String::new(),
        ],
    ];
    rows.extend((0..layer.fields.len()).map(|index| field(view, place.row, index)));
    output::table(&["field", "value", "meaning"], &rows)?;
    print_related(&resident.snapshot, place)?;
    if let Some(notice) = &view.state().notice {
        output::note(&notice.to_string());
    }
    Ok(Outcome::Done)
}

/// What belongs with it, a line each: the rows that it names, and the records that name it.
fn print_related(snapshot: &Snapshot, place: Place) -> anyhow::Result<()> {
    let related = snapshot.related(place);
    if related.is_empty() {
        return Ok(());
    }
    output::line("")?;
    let rows: Vec<Vec<String>> =
        related.iter().map(|related| relation(snapshot, *related)).collect();
    output::table(&["관계 / relation", "layer", "fid", "key", ""], &rows)
}

fn relation(snapshot: &Snapshot, related: Related) -> Vec<String> {
    let view = &snapshot.layers()[related.place.layer];
    let row = related.place.row;
    let layer = view.layer();
    let shown = |index: usize| {
        let field = &layer.fields[index];
        let value = view.value(row, index);
        let label = field.label.as_ref().map_or(&field.name, |label| &label.ko);
        (value != Value::Null).then(|| format!("{label} {value}"))
    };
    // A record has no place on the map: what it says is said here.
    let says = if layer.geometry == GeometryKind::None {
        (0..layer.fields.len()).filter_map(shown).collect::<Vec<_>>().join(" · ")
    } else {
        String::new()
    };
    vec![
        related.label().to_string(),
        layer.class.label.ko.clone(),
        view.fid(row).to_string(),
        view.key(row).unwrap_or_default().to_owned(),
        says,
    ]
}

fn field(view: &LayerView, row: u32, index: usize) -> Vec<String> {
    let layer = view.layer();
    let field = &layer.fields[index];
    let value = view.value(row, index);
    let text =
        if value == Value::Null { "자료 없음 / no data".to_owned() } else { value.to_string() };
    let code = layer.code_list(index).and_then(|list| list.codes.get(&text));
    let meaning = [
        field.label.as_ref().map(|label| label.ko.clone()),
        code.map(|code| format!("= {} ({})", code.ko, code.en)),
        field.unit.clone(),
    ];
    vec![field.name.clone(), text, meaning.into_iter().flatten().collect::<Vec<_>>().join(" ")]
}
