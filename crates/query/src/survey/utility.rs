//! The layers of one utility, and what lies near a place among them.

use crate::disk::Disk;
use crate::snapshot::{Place, Snapshot};
use crate::view::LayerView;
use siseol_model::{LonLat, NetworkPart, NetworkRole, Value};

/// The layers of one utility: parts of different utilities are never connected.
pub(super) struct Utility<'a> {
    members: Vec<Member<'a>>,
}

/// One layer of a utility.
pub(super) struct Member<'a> {
    /// Which of the snapshot's layers.
    pub(super) layer: usize,
    pub(super) view: &'a LayerView,
    pub(super) role: &'a NetworkRole,
    /// The field that tells parts within the layer apart, if there are several.
    class_field: Option<usize>,
}

/// A row near a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Near {
    pub(super) place: Place,
    pub(super) part: NetworkPart,
    /// Metres.
    pub(super) distance: f64,
}

impl<'a> Utility<'a> {
    /// The utility that one of the snapshot's layers belongs to.
    pub(super) fn of(snapshot: &'a Snapshot, layer: usize) -> Option<Self> {
        let utility = &snapshot.layers().get(layer)?.layer().class.network.as_ref()?.utility;
        let member = |(layer, view): (usize, &'a LayerView)| {
            let described = view.layer();
            let role = described.class.network.as_ref().filter(|role| role.utility == *utility)?;
            let by_code = described.class_field().filter(|_| !role.by_code.is_empty());
            Some(Member { layer, view, role, class_field: by_code.map(|(field, _)| field) })
        };
        let members = snapshot.layers().iter().enumerate().filter_map(member).collect();
        Some(Self { members })
    }

    /// Its layer with that place among the snapshot's.
    pub(super) fn member(&self, layer: usize) -> Option<&Member<'a>> {
        self.members.iter().find(|member| member.layer == layer)
    }

    /// Its layers that may hold a part.
    pub(super) fn holding(&self, part: NetworkPart) -> impl Iterator<Item = &Member<'a>> {
        self.members.iter().filter(move |member| member.may_hold(part))
    }

    /// Its rows within `radius` metres of a place, the rim included.
    pub(super) fn within(&self, centre: [f64; 2], radius: f64) -> impl Iterator<Item = Near> {
        let disk = Disk::of_radius(lon_lat(centre), radius);
        self.members.iter().flat_map(move |member| {
            let Member { layer, view, .. } = *member;
            view.search(Some(&disk)).into_rows().filter_map(move |row| {
                let distance = disk.distance(view.shape(row)?);
                Some(Near { place: Place { layer, row }, part: member.part(row), distance })
            })
        })
    }
}

impl Member<'_> {
    /// What a row is in the network.
    pub(super) fn part(&self, row: u32) -> NetworkPart {
        let by_code = self.class_field.and_then(|field| match self.view.value(row, field) {
            Value::Text(code) => self.role.by_code.get(&*code).copied(),
            _ => None,
        });
        by_code.unwrap_or(self.role.part)
    }

    /// Whether a row of the layer may be that part.
    pub(super) fn may_hold(&self, part: NetworkPart) -> bool {
        self.role.part == part || self.role.by_code.values().any(|other| *other == part)
    }
}

pub(super) fn lon_lat([lon, lat]: [f64; 2]) -> LonLat {
    LonLat { lon, lat }
}
