//! The tasks, and who does them.

use crate::places::Place;
use crate::postgres::load::PAGED;
use crate::postgres::queries::{self, BOXES_TOUCH, IN_BOX, Served};
use crate::siseol::{self, Item};
use anyhow::Result;

/// One task: what siseol is asked, and what its peers are.
#[derive(Debug)]
pub(crate) struct Task {
    pub(crate) name: &'static str,
    /// siseol's paths; empty if it is not there.
    pub(crate) paths: Vec<String>,
    pub(crate) peers: Vec<Peer>,
    /// The part of the limit that siseol should reach.
    pub(crate) limit_target: f64,
}

/// One way of PostGIS to do it.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) script: String,
    /// How many times more requests siseol should serve.
    pub(crate) target: Option<f64>,
    /// Which comparison of answers holds for it.
    pub(crate) answers: Answers,
}

/// The kinds of answers that are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answers {
    Item,
    Page,
    Geodesic,
    Planar,
    /// None: it is known to answer something else.
    None,
}

impl Answers {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::Page => "bbox page",
            Self::Geodesic => "radius, geodesic",
            Self::Planar => "radius, planar",
            Self::None => "",
        }
    }
}

fn peer(name: &'static str, script: String, target: Option<f64>, answers: Answers) -> Peer {
    Peer { name, script, target, answers }
}

/// All tasks. The targets are those of the plan for a city of a million features.
pub(crate) fn all(
    served: &Served,
    n_items: u64,
    items: &[Item],
    places: &[Place],
) -> Result<Vec<Task>> {
    let items = items.iter().map(|item| siseol::item_path(PAGED, item.fid)).collect();
    let pages = places.iter().map(|place| siseol::page_path(PAGED, *place)).collect();
    let page = |inside, with_count| served.page(inside, with_count);
    let text = queries::page_of_stored_text;
    let radii = places.iter().map(|place| siseol::radius_path(*place)).collect();
    Ok(vec![
        Task {
            name: "single feature",
            paths: items,
            peers: vec![peer("PostGIS", served.item(n_items)?, Some(1.5), Answers::Item)],
            limit_target: 0.9,
        },
        Task {
            name: "bbox page of 1,000",
            paths: pages,
            peers: vec![
                peer("PostGIS with count", page(IN_BOX, true)?, Some(100.0), Answers::Page),
                peer("PostGIS without count", page(IN_BOX, false)?, None, Answers::Page),
                peer("PostGIS, stored text, without count", text(IN_BOX), Some(5.0), Answers::Page),
                peer(
                    "PostGIS &&, with count",
                    page(BOXES_TOUCH, true)?,
                    Some(100.0),
                    Answers::None,
                ),
                peer(
                    "PostGIS &&, stored text, without count",
                    text(BOXES_TOUCH),
                    Some(5.0),
                    Answers::None,
                ),
            ],
            limit_target: 0.5,
        },
        Task {
            name: "radius 50 m, all layers",
            paths: radii,
            peers: vec![
                peer(
                    "PostGIS geography",
                    served.radius(&queries::geodesic())?,
                    Some(20.0),
                    Answers::Geodesic,
                ),
                peer(
                    "PostGIS planar",
                    served.radius(&queries::planar())?,
                    Some(20.0),
                    Answers::Planar,
                ),
                peer(
                    "PostGIS planar, stored text in one table",
                    queries::radius_of_stored_text(),
                    None,
                    Answers::Planar,
                ),
            ],
            limit_target: 0.5,
        },
    ])
}
