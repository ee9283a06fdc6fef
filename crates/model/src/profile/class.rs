//! Facility classes, their part in networks and in disasters.

use super::{FieldSpec, Look};
use crate::{GeometryKind, Label};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One kind of facility: how its tables are called, what identifies a row, what it is for, how it is drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FacilityClass {
    /// The layer's name, such as `water_pipe`. In a profile it is the class's key.
    #[serde(default)]
    pub id: String,
    /// For people.
    pub label: Label,
    /// Patterns of the table names that hold it, upper case, without a file's extension; `*` stands for any characters.
    #[serde(default)]
    pub tables: Vec<String>,
    /// The values of its class field, by which a table of another name is recognised.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<String>,
    /// What its features are, if it is known beforehand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub geometry: Option<GeometryKind>,
    /// The fields whose values, joined, are the facility key.
    #[serde(default)]
    pub key: Vec<String>,
    /// The field that tells kinds within the class apart (`FTR_CDE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class_field: Option<String>,
    /// What it is in a network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkRole>,
    /// What it is in a disaster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disaster: Option<DisasterRole>,
    /// Fields that name a row of another class.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// Fields of this class, by name; they win over the profile's. A layer keeps what it needs of them in its own fields.
    #[serde(default, skip_serializing)]
    pub fields: BTreeMap<String, FieldSpec>,
    /// How it is drawn.
    #[serde(default)]
    pub look: Look,
}

impl FacilityClass {
    /// The class of a table that no profile knows: labelled by its own name.
    pub fn unknown(id: &str, label: &str) -> Self {
        Self {
            id: id.to_owned(),
            label: Label::same(label),
            tables: Vec::new(),
            codes: Vec::new(),
            geometry: None,
            key: Vec::new(),
            class_field: None,
            network: None,
            disaster: None,
            references: Vec::new(),
            fields: BTreeMap::new(),
            look: Look::default(),
        }
    }
}

/// What a class is in a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkRole {
    /// The network: `water`, `sewer`, `gas` and so on. Parts of different utilities are never connected.
    pub utility: String,
    /// What its rows are.
    pub part: NetworkPart,
    /// What rows with these values of the class field are instead.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_code: BTreeMap<String, NetworkPart>,
    /// The fields with the invert levels of a pipe, in metres, at the start and at the end of its line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub levels: Option<[String; 2]>,
    /// What decides which way a pipe flows: the first of these that is known for it. None: it flows both ways.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub direction: Vec<DirectionRule>,
}

/// What a feature is in a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NetworkPart {
    /// A pipe, duct, cable or channel: an edge.
    Pipe,
    /// A valve that can be closed to cut a pipe off.
    IsolatingValve,
    /// A valve that lets through one way only, by itself.
    CheckValve,
    /// Something on a pipe that cuts nothing off: an air valve, a drain, a meter of the main.
    Fitting,
    /// Where the network is fed.
    Source,
    /// Who is fed.
    Customer,
    /// A hydrant.
    Hydrant,
    /// A manhole or another node where pipes meet.
    Manhole,
    /// Where the network leaves off.
    Outfall,
    /// A pumping station.
    Pump,
}

/// A rule by which a pipe's direction of flow is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DirectionRule {
    /// From the node that it names as its start to the one that it names as its end.
    Nodes,
    /// From the higher invert level to the lower.
    Levels,
    /// As its line is drawn.
    Digitised,
}

/// What a feature is in a disaster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisasterRole {
    /// A hospital.
    Hospital,
    /// A school.
    School,
    /// A kindergarten or a nursery.
    Kindergarten,
    /// A home for the elderly.
    ElderlyCare,
    /// A fire station.
    FireStation,
    /// A police station.
    Police,
    /// A city office.
    CityOffice,
    /// A store or works of dangerous goods.
    DangerousGoods,
    /// A shelter.
    Shelter,
    /// A road.
    Road,
    /// A bridge.
    Bridge,
    /// A building.
    Building,
    /// People, counted by area.
    Population,
    /// An administrative area.
    AdminArea,
}

/// Fields that, joined, are the facility key of a row of another class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// The fields, in the order of the other class's key.
    pub fields: Vec<String>,
    /// The classes whose rows may be meant.
    pub classes: Vec<String>,
    /// What the other row is to this one.
    pub means: ReferenceMeaning,
}

/// What a row that is referred to is to the one that refers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceMeaning {
    /// The pipe that it sits on.
    Host,
    /// The node where it starts.
    Start,
    /// The node where it ends.
    End,
    /// The building or parcel that it belongs to.
    Owner,
    /// The road section of its address.
    Address,
    /// A record that tells more of it, such as the ledger of the works that built it.
    Record,
}

impl ReferenceMeaning {
    /// What the row that is named is, for people.
    pub fn label(self) -> Label {
        match self {
            Self::Host => Label::new("설치된 관로", "pipe that it sits on"),
            Self::Start => Label::new("시점 시설", "node where it starts"),
            Self::End => Label::new("종점 시설", "node where it ends"),
            Self::Owner => Label::new("소속 시설", "facility that it belongs to"),
            Self::Address => Label::new("주소 도로", "road of the address"),
            Self::Record => Label::new("관련 대장", "record"),
        }
    }
}
