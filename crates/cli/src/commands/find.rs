//! `siseol find`: facilities by word, around a place, or in a box.

use super::{resident, thousands};
use crate::args::Find;
use crate::exit::{Outcome, Usage};
use crate::output;
use siseol_http::{FacilityQuery, FeatureDocument, facilities_document, features_document};
use siseol_query::{BoxRegion, Place, Region, Snapshot};

pub(crate) fn run(args: &Find) -> anyhow::Result<Outcome> {
    let resident = resident(&args.register, args.as_of)?;
    let snapshot = &resident.snapshot;
    if let Some(unknown) = args.layers.iter().find(|name| snapshot.layer(name.as_str()).is_none()) {
        return Err(Usage(format!("there is no layer `{unknown}`; see `siseol layers`")).into());
    }
    let document = if let Some(near) = args.near {
        let query = FacilityQuery {
            near,
            radius: args.radius,
            layers: (!args.layers.is_empty()).then(|| args.layers.clone()),
            limit: Some(args.limit),
        };
        facilities_document(snapshot, &query)?
    } else {
        let (places, matched) = matching(snapshot, args);
        features_document(snapshot, &places, matched)
    };
    print(&document, args.json)
}

/// The first places that match the word or the box, and how many match in all.
fn matching(snapshot: &Snapshot, args: &Find) -> (Vec<Place>, u64) {
    let chosen = |layer: usize| {
        let name = &snapshot.layers()[layer].layer().name;
        args.layers.is_empty() || args.layers.contains(name)
    };
    let limit = usize::try_from(args.limit).unwrap_or(usize::MAX);
    if let Some(text) = &args.text {
        let all: Vec<Place> = snapshot.find_text(text).filter(|p| chosen(p.layer)).collect();
        return (all.iter().take(limit).copied().collect(), all.len() as u64);
    }
    let region = args.bbox.map(BoxRegion::new);
    let mut places = Vec::new();
    let mut matched = 0;
    for (layer, base) in snapshot.layers().iter().enumerate().filter(|(i, _)| chosen(*i)) {
        let hits = base.search(region.as_ref().map(|r| r as &dyn Region));
        matched += hits.count();
        let left = limit - places.len().min(limit);
        places.extend(hits.rows().take(left).map(|row| Place { layer, row }));
    }
    (places, matched)
}

fn print(document: &FeatureDocument, json: bool) -> anyhow::Result<Outcome> {
    let bytes = document.to_bytes();
    let read: serde_json::Value = serde_json::from_slice(&bytes)?;
    let matched = read["numberMatched"].as_u64().unwrap_or(0);
    if json {
        output::bytes(&bytes)?;
    } else {
        let features = read["features"].as_array().map_or(&[][..], Vec::as_slice);
        let rows: Vec<Vec<String>> = features
            .iter()
            .map(|feature| {
                let properties = &feature["properties"];
                let text = |name: &str| properties[name].as_str().unwrap_or("").to_owned();
                vec![
                    feature["id"].to_string(),
                    text("layer"),
                    text("facility_key"),
                    properties["distance_m"]
                        .as_f64()
                        .map(|d| format!("{d:.1}"))
                        .unwrap_or_default(),
                ]
            })
            .collect();
        output::table(&["fid", "layer", "key", "metres"], &rows)?;
        output::note(&format!("{} of {}", thousands(rows.len() as u64), thousands(matched)));
        if let Some(notice) = read["notice"]["ko"].as_str() {
            output::note(&format!("{notice} / {}", read["notice"]["en"].as_str().unwrap_or("")));
        }
    }
    Ok(if matched == 0 { Outcome::NothingFound } else { Outcome::Done })
}
