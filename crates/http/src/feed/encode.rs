//! Change sets and changes as clients get them.

use crate::resident::{LoadError, out_of_grid};
use crate::routes::documents::write_json;
use crate::state_name::{Place, StateName};
use bytes::Bytes;
use jiff::Timestamp;
use serde::Serialize;
use siseol_model::{
    Change, ChangeSet, ChangeSetKind, CommitInfo, FacilityKey, Feature, LayerName, Operation, Stamp,
};
use siseol_query::{BoxRegion, Region, Snapshot, Version, VersionEncoder};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One change set.
#[derive(Debug)]
pub(crate) struct EncodedSet {
    pub(crate) change_set: ChangeSet,
    /// The state that it made.
    pub(crate) state: StateName,
    pub(crate) json: Bytes,
}

/// One change of a row.
#[derive(Debug, Clone)]
pub(crate) struct EncodedChange {
    pub(crate) place: Place,
    pub(crate) layer: LayerName,
    pub(crate) json: Bytes,
    before: Option<Version>,
    after: Option<Version>,
}

/// Which changes are told.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    /// Those of these layers; of all if none.
    pub(crate) layers: Option<Vec<LayerName>>,
    /// Those whose geometry, before or after, touches the box; all if none.
    pub(crate) bbox: Option<BoxRegion>,
}

impl Filter {
    pub(crate) fn takes(&self, change: &EncodedChange) -> bool {
        let touches = |version: &Option<Version>, region: &dyn Region| {
            version.as_ref().is_some_and(|version| version.touches(region))
        };
        self.takes_layer(&change.layer)
            && self.bbox.as_ref().is_none_or(|region| {
                touches(&change.before, region) || touches(&change.after, region)
            })
    }

    /// Whether a change set can have changes that are told.
    pub(crate) fn may_take(&self, set: &ChangeSet) -> bool {
        set.layers.iter().any(|layer| {
            let changes = &layer.changes;
            changes.inserted + changes.updated + changes.deleted > 0
                && self.takes_layer(&layer.layer)
        })
    }

    fn takes_layer(&self, layer: &LayerName) -> bool {
        self.layers.as_ref().is_none_or(|layers| layers.contains(layer))
    }
}

impl EncodedSet {
    pub(crate) fn new(change_set: ChangeSet) -> Self {
        let ChangeSet { commit, kind, undoes, layers } = &change_set;
        let mut json = Vec::new();
        let layers = layers.iter().map(|layer| LayerDocument {
            layer: &layer.layer,
            inserted: layer.changes.inserted,
            updated: layer.changes.updated,
            deleted: layer.changes.deleted,
        });
        write_json(
            &mut json,
            &SetDocument {
                generation: commit.generation,
                stamp: commit.stamp,
                time: commit.time,
                change_set: commit.change_set,
                kind: *kind,
                undoes: *undoes,
                author: commit.provenance.author.as_deref(),
                comment: commit.provenance.comment.as_deref(),
                source: &commit.provenance.source,
                layers: layers.collect(),
            },
        );
        let state = StateName::new(commit.generation, commit.stamp);
        Self { state, json: json.into(), change_set }
    }

    /// About how much memory it takes.
    pub(crate) fn bytes(&self) -> u64 {
        (self.json.len() * 2 + size_of::<Self>()) as u64
    }
}

impl EncodedChange {
    /// About how much memory it takes.
    pub(crate) fn bytes(&self) -> u64 {
        let versions = self.before.iter().chain(&self.after).map(Version::bytes);
        (self.json.len() + size_of::<Self>()) as u64 + versions.sum::<u64>()
    }
}

/// What a `state` event says.
#[derive(Serialize)]
struct SetDocument<'a> {
    generation: i64,
    stamp: Stamp,
    time: Timestamp,
    change_set: i64,
    kind: ChangeSetKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    undoes: Option<i64>,
    author: Option<&'a str>,
    comment: Option<&'a str>,
    source: &'a str,
    layers: Vec<LayerDocument<'a>>,
}

#[derive(Serialize)]
struct LayerDocument<'a> {
    layer: &'a LayerName,
    inserted: u64,
    updated: u64,
    deleted: u64,
}

/// What a change says, but for the feature, which is encoded already.
#[derive(Serialize)]
struct ChangeDocument<'a> {
    id: String,
    change_set: i64,
    generation: i64,
    time: Timestamp,
    operation: Operation,
    layer: &'a LayerName,
    fid: i64,
    facility_key: Option<&'a FacilityKey>,
}

/// Changes of the change set of that commit. The layers' definitions are those of `snapshot`.
pub(crate) fn encode(
    snapshot: &Snapshot,
    commit: &CommitInfo,
    changes: Vec<Change>,
) -> Result<Vec<EncodedChange>, LoadError> {
    let state = StateName::new(commit.generation, commit.stamp);
    let mut transforms = BTreeMap::new();
    for change in &changes {
        if let Some((_, view)) = snapshot.layer(change.layer.as_str()) {
            transforms.insert(change.layer.clone(), (out_of_grid(view.layer())?, view));
        }
    }
    let mut encoders: BTreeMap<_, _> = transforms
        .iter()
        .map(|(name, (transform, view))| {
            (name, VersionEncoder::new(Arc::clone(&view.state().layer), &**transform))
        })
        .collect();
    let mut encoded = Vec::with_capacity(changes.len());
    for change in changes {
        // A change set that is visible names no layer that is not.
        let encoder = encoders.get_mut(&change.layer).ok_or(LoadError::Replaced)?;
        let mut version = |feature: Option<&Feature>| {
            let Some(Feature { key, geometry, values }) = feature else { return Ok(None) };
            let key = key.as_ref();
            encoder
                .encode(change.fid, commit.generation, key, geometry.as_deref(), values)
                .map(Some)
                .map_err(|source| LoadError::Build { layer: change.layer.clone(), source })
        };
        let (before, after) = (version(change.before.as_ref())?, version(change.after.as_ref())?);
        let place = Place { state, number: Some(change.number) };
        let feature = change.after.as_ref().or(change.before.as_ref());
        let mut json = Vec::new();
        write_json(
            &mut json,
            &ChangeDocument {
                id: place.to_string(),
                change_set: commit.change_set,
                generation: commit.generation,
                time: commit.time,
                operation: change.operation,
                layer: &change.layer,
                fid: change.fid,
                facility_key: feature.and_then(|feature| feature.key.as_ref()),
            },
        );
        // The feature is its last member.
        json.pop();
        json.extend_from_slice(br#","feature":"#);
        json.extend_from_slice(after.as_ref().map_or(b"null", |version| version.geojson()));
        json.push(b'}');
        encoded.push(EncodedChange {
            place,
            layer: change.layer,
            json: json.into(),
            before,
            after,
        });
    }
    Ok(encoded)
}
