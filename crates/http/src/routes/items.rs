//! `/api/collections/{id}/items` and `/api/collections/{id}/items/{fid}`.

use super::ask::{Ask, mark, name_crs};
use super::documents::{DEFAULT_LIMIT, FeatureDocument, MAX_LIMIT, Members, runs, write_json};
use super::related::related_to;
use crate::as_of::AsOf;
use crate::body;
use crate::html;
use crate::links::{Base, Link, self_and_alternate};
use crate::media::{Format, GEOJSON, HTML};
use crate::problem::{ApiError, shorten};
use crate::state_name::{Place, StateName};
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use siseol_model::{Label, LonLatBox, Revision};
use siseol_query::{BoxRegion, LayerBuilder, LayerView, Region, Revisions};
use std::sync::Arc;

pub(crate) const ITEMS_PARAMETERS: [&str; 6] =
    ["bbox", "datetime", "limit", "offset", "cursor", "f"];
pub(crate) const ITEM_PARAMETERS: [&str; 2] = ["datetime", "f"];

/// A checked request for a page of features.
struct ItemsQuery {
    bbox: Option<LonLatBox>,
    /// None if nothing is said: then it is the present, but for a cursor, which names its state itself.
    as_of: Option<AsOf>,
    cursor: Option<StateName>,
    limit: u64,
    offset: u64,
    format: Format,
    /// What was asked for, but for `f`.
    own: String,
    /// What all pages of the walk have in common, but for `f`.
    walk: String,
}

impl ItemsQuery {
    fn parse(ask: &Ask) -> Result<Self, ApiError> {
        let params = ask.params(&ITEMS_PARAMETERS)?;
        let cursor: Option<Place> = params.get("cursor")?;
        if cursor.is_some() && params.text("offset").is_some() {
            return Err(ApiError::invalid("offset", "the cursor says already where to go on"));
        }
        let offset = match cursor {
            None => params.clamped("offset", 0, 0, u64::MAX)?,
            Some(Place { number: Some(number), .. }) => number,
            Some(_) => return Err(ApiError::invalid("cursor", "it does not say where to go on")),
        };
        let as_of = ask.as_of(&params)?;
        // A walk over the present state keeps to it by its cursor alone: what the present is changes.
        let place: &[&str] = match as_of {
            Some(AsOf::Time(_)) => &["offset", "cursor", "f"],
            _ => &["offset", "cursor", "f", "datetime"],
        };
        Ok(Self {
            bbox: params.get("bbox")?,
            as_of,
            cursor: cursor.map(|place| place.state),
            limit: params.clamped("limit", DEFAULT_LIMIT, 1, MAX_LIMIT)?,
            offset,
            format: Format::of(&params, &ask.headers)?,
            own: params.without(&["f"]),
            walk: params.without(place),
        })
    }

    /// Which state of the layer is asked for: the commit that was its last one then; none if there was no such layer.
    fn revision(&self, revisions: &Revisions, href: &str) -> Result<Option<Revision>, ApiError> {
        let as_of = self.as_of.unwrap_or(AsOf::Present).revision(revisions);
        let Some(cursor) = self.cursor else { return Ok(as_of) };
        let named = revisions.at(cursor.generation);
        if StateName::new(named.generation, named.stamp) != cursor {
            return Err(self.gone(href));
        }
        if self.as_of.is_some() && as_of != Some(named) {
            return Err(ApiError::invalid("datetime", "the cursor is of another state"));
        }
        Ok(Some(named))
    }

    /// The layer in that state. A cursor alone is good for as long as memory has its state; with a time, the state is
    /// built again.
    async fn view(
        &self,
        ask: &Ask,
        present: &LayerView,
        revision: Revision,
        href: &str,
    ) -> Result<LayerView, ApiError> {
        if self.cursor.is_some() && self.as_of.is_none() {
            return ask.served.remembered(present, revision).ok_or_else(|| self.gone(href));
        }
        ask.layer_at(present, revision).await
    }

    fn gone(&self, href: &str) -> ApiError {
        ApiError::Gone { what: "this cursor", start: self.link(href, None) }
    }

    /// The address of a page of the walk: of the first one, or of the one at that place.
    fn link(&self, href: &str, place: Option<Place>) -> String {
        let walk = (!self.walk.is_empty()).then(|| self.walk.clone());
        let cursor = place.map(|place| format!("cursor={place}"));
        let f = (self.format == Format::Html).then(|| "f=html".to_owned());
        let query: Vec<String> = walk.into_iter().chain(cursor).chain(f).collect();
        if query.is_empty() { href.to_owned() } else { format!("{href}?{}", query.join("&")) }
    }
}

/// `GET /api/collections/{id}/items`: a page of features.
pub(crate) async fn items(Path(id): Path<String>, ask: Ask) -> Result<Response, ApiError> {
    let query = ItemsQuery::parse(&ask)?;
    let present = ask.collection(&id)?;
    let base = ask.base();
    let href = format!("{}/items", base.collection(&id));
    let revisions = &present.state().revisions;
    let revision = query.revision(revisions, &href)?;
    // A layer that was not there yet will never have been there, as long as its first commit stands.
    let tag = ask.tag(revision.unwrap_or(revisions.at(0)).stamp, query.format);
    if tag.is_known_by(&ask.headers) {
        return Ok(tag.not_modified());
    }
    let view = match revision {
        Some(revision) => query.view(&ask, present, revision, &href).await?,
        None => without_rows(present)?,
    };
    let notice = ask.notice().cloned();
    let work = move || page(&view, revision, notice.as_ref(), &query, &base);
    let mut response = ask.state.pool.run(work).await?;
    mark(&mut response, &tag);
    Ok(response)
}

/// The layer before it had any rows.
fn without_rows(view: &LayerView) -> Result<LayerView, ApiError> {
    let base = LayerBuilder::new(Arc::clone(&view.state().layer), &()).finish();
    // Nothing can be wrong with no rows.
    Ok(LayerView::new(view.state().clone(), base.or(Err(ApiError::Internal))?))
}

fn page(
    view: &LayerView,
    revision: Option<Revision>,
    notice: Option<&Label>,
    query: &ItemsQuery,
    base: &Base,
) -> Response {
    let region = query.bbox.map(BoxRegion::new);
    let hits = view.search(region.as_ref().map(|region| region as &dyn Region));
    let (matched, page) = (hits.count(), hits.page(query.offset, query.limit));
    let collection = base.collection(view.layer().name.as_str());
    let href = format!("{collection}/items");
    let mut links =
        self_and_alternate(query.format, "application/geo+json", &href, &query.own).to_vec();
    links.push(Link::new("collection", "application/json", collection));
    let next = query.offset.saturating_add(page.count());
    if let Some(revision) = revision
        && next < matched
        && page.count() > 0
    {
        let media_type = match query.format {
            Format::Json => "application/geo+json",
            Format::Html => "text/html",
        };
        let state = StateName::new(revision.generation, revision.stamp);
        let place = Place { state, number: Some(next) };
        links.push(Link::new("next", media_type, query.link(&href, Some(place))));
    }
    if query.format == Format::Html {
        let rows: Vec<u32> = page.rows().collect();
        let markup = html::items(view, &rows, matched, query.offset, &links, notice);
        return ([(header::CONTENT_TYPE, HTML)], markup.into_string()).into_response();
    }
    let mut members = Members::new();
    members.add("numberMatched", &matched);
    members.add("numberReturned", &page.count());
    if let Some(revision) = revision {
        members.add("timeStamp", &revision.time);
    }
    members.add("links", &links);
    if let Some(notice) = notice {
        members.add("notice", notice);
    }
    let document = FeatureDocument::new(members, runs([(view, &page)]));
    let mut response = body::features(GEOJSON, document.head, document.features, document.tail);
    name_crs(&mut response);
    response
}

/// `GET /api/collections/{id}/items/{fid}`: one feature. As JSON of the present state it is one look-up, so it is answered
/// in place; as a page it comes with what belongs with it at present.
pub(crate) async fn item(
    Path((id, fid)): Path<(String, String)>,
    ask: Ask,
) -> Result<Response, ApiError> {
    let params = ask.params(&ITEM_PARAMETERS)?;
    let format = Format::of(&params, &ask.headers)?;
    let as_of = ask.as_of(&params)?.unwrap_or(AsOf::Present);
    let present = ask.collection(&id)?;
    let view = match as_of.revision(&present.state().revisions) {
        Some(revision) => Some(ask.layer_at(present, revision).await?),
        None => None,
    };
    let found = view.and_then(|view| Some((view.row_of(fid.parse().ok()?)?, view)));
    let (row, view) = found.ok_or_else(|| {
        ApiError::NotFound(format!("collection `{id}` has no item `{}`", shorten(&fid)))
    })?;
    let alone = format == Format::Json || as_of != AsOf::Present;
    // Commits to other rows leave it valid, but not a page of what may be of any layer.
    let stamp = if alone { view.revision_of(row) } else { ask.stamp() };
    let tag = ask.tag(stamp, format);
    if tag.is_known_by(&ask.headers) {
        return Ok(tag.not_modified());
    }
    let base = ask.base();
    let collection = base.collection(view.layer().name.as_str());
    let href = format!("{collection}/items/{}", view.fid(row));
    let mut response = match format {
        Format::Html => {
            let served = Arc::clone(&ask.served);
            let work = move || {
                let snapshot = served.snapshot();
                let name = &view.layer().name;
                let related =
                    if alone { Vec::new() } else { related_to(snapshot, name, view.fid(row)) };
                html::item(&view, row, &collection, snapshot, &related).into_string()
            };
            ([(header::CONTENT_TYPE, HTML)], ask.state.pool.run(work).await?).into_response()
        }
        Format::Json => {
            let own = params.without(&["f"]);
            let mut links =
                self_and_alternate(format, "application/geo+json", &href, &own).to_vec();
            links.push(Link::new("collection", "application/json", collection));
            let feature = view.geojson(row..row + 1);
            // The links are one more member of the feature, before its last bracket.
            let open = feature.slice(..feature.len().saturating_sub(1));
            let mut tail = br#","links":"#.to_vec();
            write_json(&mut tail, &links);
            tail.push(b'}');
            let mut response = body::features(GEOJSON, Vec::new(), vec![open], tail);
            name_crs(&mut response);
            response
        }
    };
    mark(&mut response, &tag);
    Ok(response)
}
