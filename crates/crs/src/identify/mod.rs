//! Which grid a `.prj` means.
//!
//! Its own EPSG code first, then its name, then its numbers against the grids of Korea, then PROJ's database. What
//! cannot be told apart is said to be ambiguous: a grid that is wrong by 300 m looks right on a map.

mod parameters;
#[cfg(test)]
mod tests;

use crate::ffi::Context;
use crate::grids::{Ellipsoid, GRIDS, Grid, plain_name};
use crate::wkt::Node;
use parameters::Parameters;
use siseol_model::Crs;

/// A grid that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The grid.
    pub crs: Crs,
    /// Its EPSG name.
    pub name: String,
    /// Why it may be the one, or how it parts from the others.
    pub reason: String,
}

/// What a `.prj` says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Identification {
    /// It names the grid, by code or by name, and its numbers agree.
    Known {
        /// The grid.
        crs: Crs,
        /// How it was recognised.
        evidence: String,
    },
    /// It names no known grid, but its numbers are those of exactly one.
    ByParameters {
        /// The grid.
        crs: Crs,
        /// How it was recognised.
        evidence: String,
    },
    /// It can be read, and more than one grid may be meant, or none that is known.
    Ambiguous {
        /// The grids that may be meant; perhaps none.
        candidates: Vec<Candidate>,
        /// Why it cannot be decided.
        reason: String,
    },
    /// It is no well-known text of a coordinate system.
    Unreadable,
}

/// Which grid the text of a `.prj` means. It is read as well-known text and as nothing else.
pub fn identify(text: &str) -> Identification {
    let Some(root) = Node::parse(text) else {
        return Identification::Unreadable;
    };
    if let Some(projected) = root.find(&["PROJCS", "PROJCRS", "PROJECTEDCRS"]) {
        return identify_projected(text, &root, projected);
    }
    let geographic =
        root.find(&["GEOGCS", "GEOGCRS", "GEODCRS", "GEOGRAPHICCRS", "GEODETICCRS", "BASEGEOGCRS"]);
    match geographic {
        Some(geographic) => identify_geographic(text, geographic),
        None => Identification::Unreadable,
    }
}

fn identify_projected(text: &str, root: &Node, projected: &Node) -> Identification {
    let parameters = Parameters::of(root, projected);
    let by_parameters: Vec<&Grid> = match &parameters {
        Some(p) => {
            GRIDS.iter().filter(|g| g.ellipsoid == p.ellipsoid && g.tm.matches(&p.tm)).collect()
        }
        None => Vec::new(),
    };
    let plain = plain_name(projected.name());
    let by_name =
        GRIDS.iter().find(|g| projected.epsg() == Some(g.code) || plain_name(g.name) == plain);
    if let Some(named) = by_name {
        return match (&parameters, by_parameters.iter().any(|g| g.code == named.code)) {
            (Some(p), true) => p.checked_shift(named).unwrap_or_else(|| Identification::Known {
                crs: Crs::epsg(named.code),
                evidence: format!("the .prj names {} ({})", projected.name(), named.name),
            }),
            _ => Identification::Ambiguous {
                candidates: std::iter::once(named)
                    .map(|g| candidate(g, "its name"))
                    .chain(by_parameters.iter().map(|g| candidate(g, "its numbers")))
                    .collect(),
                reason: format!(
                    "the .prj is named {} but its numbers are not those of EPSG:{}",
                    projected.name(),
                    named.code
                ),
            },
        };
    }
    match (&parameters, by_parameters.as_slice()) {
        (Some(p), &[grid]) if p.datum_is_open => {
            p.checked_shift(grid).unwrap_or_else(|| Identification::ByParameters {
                crs: Crs::epsg(grid.code),
                evidence: p.evidence(projected.name(), grid),
            })
        }
        (Some(p), &[grid]) if p.ellipsoid == Ellipsoid::Bessel => Identification::Ambiguous {
            candidates: vec![candidate(grid, "its projection; but its datum is another")],
            reason: format!(
                "the .prj has the projection of EPSG:{} on the datum {}",
                grid.code, p.datum
            ),
        },
        _ => ask_proj(text, projected),
    }
}

fn identify_geographic(text: &str, geographic: &Node) -> Identification {
    let name = squeezed(geographic.name());
    let code = match name.as_str() {
        "wgs84" | "gcswgs1984" | "gcswgs84" | "wgs1984" => Some((4326, "WGS 84")),
        "korea2000" | "gcskorea2000" | "kgd2002" => Some((4737, "Korea 2000")),
        "korean1985" | "gcskoreandatum1985" | "gcskorean1985" => Some((4162, "Korean 1985")),
        _ => None,
    };
    let mut numbers = geographic
        .find(&["SPHEROID", "ELLIPSOID"])
        .into_iter()
        .flat_map(|s| s.numbers().collect::<Vec<_>>());
    let ellipsoid = match (numbers.next(), numbers.next()) {
        (Some(a), Some(rf)) => Ellipsoid::of(a, rf),
        _ => None,
    };
    let expected = if name.contains("1985") { Ellipsoid::Bessel } else { Ellipsoid::Grs80 };
    if let Some((code, _)) = code
        && ellipsoid == Some(expected)
    {
        return Identification::Known {
            crs: Crs::epsg(code),
            evidence: format!("the .prj names {}", geographic.name()),
        };
    }
    if ellipsoid == Some(Ellipsoid::Bessel) && name.contains("bessel") {
        let one = |code, name: &str, reason: &str| Candidate {
            crs: Crs::epsg(code),
            name: name.to_owned(),
            reason: reason.to_owned(),
        };
        return Identification::Ambiguous {
            candidates: vec![
                one(4162, "Korean 1985", "Korea's old datum"),
                one(4301, "Tokyo", "Japan's old datum, about 10 m from it in Korea"),
            ],
            reason: "the .prj has longitude and latitude on Bessel's ellipsoid and names no datum"
                .to_owned(),
        };
    }
    ask_proj(text, geographic)
}

/// PROJ's own comparison with its database, for the rest of the world.
fn ask_proj(text: &str, system: &Node) -> Identification {
    let text = text.trim_start_matches('\u{feff}');
    let Some(context) = Context::new() else { return Identification::Unreadable };
    let Some(object) = context.wkt(text) else { return Identification::Unreadable };
    let found: Vec<(u32, String, i32)> = object
        .identify()
        .into_iter()
        .filter_map(|(grid, percent)| Some((grid.epsg()?, grid.name(), percent)))
        .collect();
    let own = system.epsg().or_else(|| object.epsg());
    if let Some(code) = own
        && (found.is_empty() || found.iter().any(|f| f.0 == code && f.2 >= 70))
        && context.epsg(code).is_some_and(|g| g.is_horizontal())
    {
        return Identification::Known {
            crs: Crs::epsg(code),
            evidence: format!("the .prj says EPSG:{code} itself"),
        };
    }
    let best = found.iter().map(|f| f.2).max().unwrap_or(0);
    let mut top = found.iter().filter(|f| f.2 == best);
    if let (Some((code, name, percent)), None) = (top.next(), top.next())
        && *percent >= 70
    {
        let crs = Crs::epsg(*code);
        return if *percent >= 90 {
            Identification::Known {
                crs,
                evidence: format!("the .prj names {} ({name})", system.name()),
            }
        } else {
            Identification::ByParameters {
                crs,
                evidence: format!("by its parameters, which are those of {name}"),
            }
        };
    }
    Identification::Ambiguous {
        candidates: found
            .into_iter()
            .take(8)
            .map(|(code, name, percent)| Candidate {
                crs: Crs::epsg(code),
                name,
                reason: format!("{percent} % alike"),
            })
            .collect(),
        reason: format!(
            "the .prj names {}, which is no grid that PROJ knows for sure",
            system.name()
        ),
    }
}

fn candidate(grid: &Grid, reason: &str) -> Candidate {
    Candidate { crs: Crs::epsg(grid.code), name: grid.name.to_owned(), reason: reason.to_owned() }
}

/// Letters and digits alone, lower case.
fn squeezed(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
