//! `/api/collections/{id}/items/{fid}/related`: what belongs with a feature.

use super::ask::{Ask, mark, name_crs};
use super::documents::{FeatureDocument, Members};
use crate::body;
use crate::links::Link;
use crate::media::{Format, GEOJSON};
use crate::problem::{ApiError, shorten};
use axum::extract::Path;
use axum::response::Response;
use serde::Serialize;
use siseol_model::{Label, LayerName, ReferenceMeaning};
use siseol_query::{Place, Related, Snapshot};
use std::sync::Arc;

/// No facility has more ledgers than that; whoever has is told how many there are.
const MOST: usize = 1_000;

/// How one feature of the answer belongs with the one that was asked about.
#[derive(Serialize)]
struct Relation<'a> {
    layer: &'a LayerName,
    fid: i64,
    /// What the feature that is named is to the one that names it.
    means: ReferenceMeaning,
    /// What it is to the feature that was asked about.
    label: Label,
    /// Whether it names the feature that was asked about, and is not the one that is named.
    names: bool,
}

/// `GET /api/collections/{id}/items/{fid}/related`: the features that it names, and the records that name it. The member
/// `relations` says of each feature, in the same order, how it belongs.
pub(crate) async fn related(
    Path((id, fid)): Path<(String, String)>,
    ask: Ask,
) -> Result<Response, ApiError> {
    ask.params(&[])?;
    let found = ask.snapshot().layer(&id);
    let (layer, view) = found.ok_or_else(|| ApiError::no_collection(&id))?;
    let row = fid.parse().ok().and_then(|fid| view.row_of(fid)).ok_or_else(|| {
        ApiError::NotFound(format!("collection `{id}` has no item `{}`", shorten(&fid)))
    })?;
    // It may depend on any layer.
    let tag = ask.tag(ask.stamp(), Format::Json);
    if tag.is_known_by(&ask.headers) {
        return Ok(tag.not_modified());
    }
    let item = format!("{}/items/{}", ask.base().collection(&id), view.fid(row));
    let served = Arc::clone(&ask.served);
    let work = move || document(served.snapshot(), Place { layer, row }, &item);
    let FeatureDocument { head, features, tail } = ask.state.pool.run(work).await?;
    let mut response = body::features(GEOJSON, head, features, tail);
    name_crs(&mut response);
    mark(&mut response, &tag);
    Ok(response)
}

/// What belongs with a feature at present, as far as it is shown.
pub(super) fn related_to(snapshot: &Snapshot, layer: &LayerName, fid: i64) -> Vec<Related> {
    let place = snapshot
        .layer(layer.as_str())
        .and_then(|(layer, view)| Some(Place { layer, row: view.row_of(fid)? }));
    let mut related = place.map_or_else(Vec::new, |place| snapshot.related(place));
    related.truncate(MOST);
    related
}

fn document(snapshot: &Snapshot, place: Place, item: &str) -> FeatureDocument {
    let related = snapshot.related(place);
    let shown = &related[..related.len().min(MOST)];
    let relation = |r: &Related| {
        let view = &snapshot.layers()[r.place.layer];
        Relation {
            layer: &view.layer().name,
            fid: view.fid(r.place.row),
            means: r.means,
            label: r.label(),
            names: r.names,
        }
    };
    let relations: Vec<Relation<'_>> = shown.iter().map(relation).collect();
    let links = [
        Link::new("self", "application/geo+json", format!("{item}/related")),
        Link::new("up", "application/geo+json", item.to_owned()),
    ];
    let mut members = Members::new();
    members.add("numberMatched", &related.len());
    members.add("numberReturned", &shown.len());
    members.add("timeStamp", &snapshot.state.time);
    members.add("links", &links);
    members.add("relations", &relations);
    if let Some(notice) = &snapshot.state.notice {
        members.add("notice", notice);
    }
    let feature =
        |r: &Related| snapshot.layers()[r.place.layer].geojson(r.place.row..r.place.row + 1);
    FeatureDocument::new(members, shown.iter().map(feature).collect())
}
