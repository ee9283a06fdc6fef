//! From a register on disk to a snapshot in memory.

mod load;
mod rows;

pub use load::{LoadError, load, load_at, survey};
pub(crate) use load::{has_state, layer_state, load_layers, load_present, present_state, quality};
pub(crate) use rows::{out_of_grid, read_base, read_versions};

use siseol_model::{DisasterRole, Label, LayerName, LayerReport, LonLat, OpenFindings, Value};
use siseol_query::{LayerView, Snapshot};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is on record of each layer's deliveries.
pub(crate) type Quality = Arc<BTreeMap<LayerName, Delivered>>;

/// What is on record of a layer's deliveries.
#[derive(Debug)]
pub struct Delivered {
    /// The report of the last one.
    pub report: LayerReport,
    /// What nothing has settled yet, of all of them.
    pub open: OpenFindings,
}

/// What a server holds of a register: one state, and what was reported when it came in.
#[derive(Debug)]
pub struct Resident {
    /// The state.
    pub snapshot: Arc<Snapshot>,
    /// What is on record of each layer's deliveries.
    pub quality: Arc<BTreeMap<LayerName, Delivered>>,
    /// Where a map opens.
    pub home: Option<Home>,
}

/// A place to begin: the city hall, or the middle of everything.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Home {
    /// Where it is.
    #[serde(flatten)]
    pub place: LonLat,
    /// What it is called.
    pub label: Label,
}

impl Resident {
    pub(crate) fn new(snapshot: Arc<Snapshot>, quality: Quality) -> Self {
        let home = home(&snapshot);
        Self { snapshot, quality, home }
    }
}

/// The city hall if a layer holds one, else the middle of everything.
fn home(snapshot: &Snapshot) -> Option<Home> {
    let offices = snapshot
        .layers()
        .iter()
        .filter(|view| view.layer().class.disaster == Some(DisasterRole::CityOffice));
    let halls = offices.flat_map(|view| {
        view.rows().filter_map(|row| {
            let &[lon, lat] = view.shape(row)?.coords.first()?;
            let label = name_of(view, row).unwrap_or_else(|| view.layer().class.label.ko.clone());
            Some(Home { place: LonLat { lon, lat }, label: Label::same(label) })
        })
    });
    // A layer of public offices may hold many; the one that calls itself the city hall wins.
    let hall = halls.reduce(|best, other| {
        if !best.label.ko.contains("시청") && other.label.ko.contains("시청") {
            other
        } else {
            best
        }
    });
    hall.or_else(|| {
        let extent = snapshot.extent();
        (!extent.is_empty()).then(|| Home {
            place: LonLat {
                lon: f64::midpoint(extent.west, extent.east),
                lat: f64::midpoint(extent.south, extent.north),
            },
            label: Label::new("자료의 한가운데", "the middle of the data"),
        })
    })
}

/// What a feature is called, if its class has a field for that.
pub(crate) fn name_of(view: &LayerView, row: u32) -> Option<String> {
    let layer = view.layer();
    let field = layer.field_index(layer.class.look.label_field.as_deref()?)?;
    match view.value(row, field) {
        Value::Null => None,
        value => Some(value.to_string()),
    }
}
