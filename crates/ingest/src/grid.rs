//! Deciding which grid a file's coordinates are in. What a file does not say, a person must.

use crate::source::{Grid, Refusal};
use siseol_crs::{Candidate, Extent, Identification, candidates_for_extent, identify};
use siseol_model::{Crs, Grade, Issue, IssueKind};

/// What a file says of its grid.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Said {
    Nothing,
    /// Well-known text, or what should be.
    Text(String),
    /// The format has one grid, or the columns say it.
    Fixed(Crs, &'static str),
}

/// What a person says.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Asked {
    /// For files that do not say it.
    pub crs: Option<Crs>,
    /// Whether that comes from the manifest.
    pub by_manifest: bool,
    /// Whatever the files say.
    pub force: Option<Crs>,
}

/// A box of coordinates.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds(pub Extent);

impl From<[f64; 4]> for Bounds {
    fn from([min_x, min_y, max_x, max_y]: [f64; 4]) -> Self {
        Self(Extent { min_x, min_y, max_x, max_y })
    }
}

/// The grid, how it was known, and what there is to say about it. `whose`: where the file says it (`.prj`).
pub(crate) fn decide(
    said: &Said,
    whose: &str,
    asked: &Asked,
    file: &str,
    bounds: impl Fn() -> Option<Bounds>,
) -> Result<(Grid, Vec<Issue>), Refusal> {
    let identified = match said {
        Said::Nothing => None,
        Said::Fixed(crs, why) => {
            Some(Identification::Known { crs: *crs, evidence: (*why).to_owned() })
        }
        Said::Text(text) => Some(identify(text)),
    };
    let readable = match &identified {
        Some(
            Identification::Known { crs, evidence }
            | Identification::ByParameters { crs, evidence },
        ) => Some((*crs, evidence.replace("the .prj", &format!("the {whose}")))),
        _ => None,
    };
    let mut notes = Vec::new();
    if let Some(crs) = asked.force {
        usable(crs)?;
        if let Some((declared, evidence)) = &readable
            && *declared != crs
        {
            notes.push(Issue::file(
                IssueKind::CrsOverridden,
                format!("read as {crs} by --force-crs; the file says {declared} ({evidence})"),
            ));
        }
        let evidence = "given by --force-crs".to_owned();
        return Ok((Grid { crs, grade: Grade::Given, evidence }, notes));
    }
    let giver = if asked.by_manifest { "siseol.toml" } else { "--crs" };
    if let Some((declared, evidence)) = readable {
        if let Some(crs) = asked.crs
            && crs != declared
        {
            return Err(Refusal::new(
                IssueKind::CrsAmbiguous,
                format!(
                    "{giver} says {crs}, the file says {declared} ({evidence}); if the file is wrong, use --force-crs {crs}"
                ),
            ));
        }
        usable(declared)?;
        let by_numbers = matches!(identified, Some(Identification::ByParameters { .. }));
        if by_numbers {
            notes.push(Issue::file(IssueKind::CrsIdentified, format!("{declared} {evidence}")));
        }
        let grade = if by_numbers { Grade::Probable } else { Grade::Proven };
        return Ok((Grid { crs: declared, grade, evidence }, notes));
    }
    if let Some(crs) = asked.crs {
        usable(crs)?;
        let why = match identified {
            None => format!("no {whose}"),
            Some(Identification::Ambiguous { reason, .. }) => reason,
            _ => format!("the {whose} cannot be read"),
        };
        let evidence = format!("given by {giver} ({why})");
        return Ok((Grid { crs, grade: Grade::Given, evidence }, notes));
    }
    let by_extent = || bounds().map(|b| candidates_for_extent(&b.0)).unwrap_or_default();
    let (kind, why, candidates) = match identified {
        None => {
            (IssueKind::CrsUnknown, format!("no {whose} says which grid it is in"), by_extent())
        }
        Some(Identification::Ambiguous { candidates, reason }) => {
            let candidates = if candidates.is_empty() { by_extent() } else { candidates };
            (IssueKind::CrsAmbiguous, reason, candidates)
        }
        _ => (IssueKind::CrsUnreadable, format!("the {whose} is no well-known text"), by_extent()),
    };
    Err(Refusal::new(kind, format!("{why}; {}", advice(file, &candidates))))
}

/// The candidates in words, and the line to run.
fn advice(file: &str, candidates: &[Candidate]) -> String {
    let listed: Vec<_> =
        candidates.iter().map(|c| format!("{} {} ({})", c.crs, c.name, c.reason)).collect();
    let first = candidates.first().map_or_else(|| "EPSG:..".to_owned(), |c| c.crs.to_string());
    let line = format!("`siseol ingest REGISTER {file} --crs {first}`");
    if listed.is_empty() {
        format!("give the grid: {line}")
    } else {
        format!("candidates: {}; give the grid: {line}", listed.join(", "))
    }
}

/// Refuses a grid that PROJ does not know as one for x and y.
fn usable(crs: Crs) -> Result<(), Refusal> {
    match siseol_crs::definition(crs) {
        Ok(_) => Ok(()),
        Err(error) => Err(Refusal::new(IssueKind::CrsUnknown, error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BESSEL: &str = r#"PROJCS["Bessel_1841_Transverse_Mercator",GEOGCS["GCS_Bessel_1841",DATUM["D_Bessel_1841",SPHEROID["Bessel_1841",6377397.155,299.1528128]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",200000.0],PARAMETER["False_Northing",500000.0],PARAMETER["Central_Meridian",127.0028902777778],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",38.0],UNIT["Meter",1.0]]"#;

    fn outcome(
        said: &Said,
        crs: Option<u32>,
        force: Option<u32>,
    ) -> Result<(u32, Vec<IssueKind>), Issue> {
        let asked =
            Asked { crs: crs.map(Crs::epsg), by_manifest: false, force: force.map(Crs::epsg) };
        let bounds = || Some(Bounds::from([190_000.0, 423_000.0, 195_000.0, 430_000.0]));
        decide(said, ".prj", &asked, "a.shp", bounds)
            .map(|(grid, notes)| (grid.crs.code(), notes.iter().map(|n| n.kind).collect()))
            .map_err(|r| r.0)
    }

    #[test]
    fn a_person_answers_what_the_file_leaves_open_and_no_more() {
        let bessel = Said::Text(BESSEL.to_owned());
        assert_eq!(outcome(&bessel, None, None), Ok((5174, vec![IssueKind::CrsIdentified])));
        assert_eq!(outcome(&bessel, Some(5174), None), Ok((5174, vec![IssueKind::CrsIdentified])));
        let differs = outcome(&bessel, Some(5181), None).unwrap_err();
        assert!(
            differs.text.contains("EPSG:5181") && differs.text.contains("EPSG:5174"),
            "{}",
            differs.text
        );
        assert!(differs.text.contains("--force-crs"), "{}", differs.text);
        assert_eq!(outcome(&bessel, None, Some(5181)), Ok((5181, vec![IssueKind::CrsOverridden])));

        let absent = outcome(&Said::Nothing, None, None).unwrap_err();
        assert_eq!(absent.kind, IssueKind::CrsUnknown);
        for code in ["EPSG:5181", "EPSG:5174", "EPSG:2097", "--crs"] {
            assert!(absent.text.contains(code), "{}", absent.text);
        }
        assert_eq!(outcome(&Said::Nothing, Some(5174), None), Ok((5174, vec![])));
        let html = Said::Text("<html>".to_owned());
        assert_eq!(outcome(&html, None, None).unwrap_err().kind, IssueKind::CrsUnreadable);
        assert_eq!(outcome(&html, Some(5186), None), Ok((5186, vec![])));
        assert_eq!(
            outcome(&Said::Nothing, Some(99_999), None).unwrap_err().kind,
            IssueKind::CrsUnknown
        );
    }
}
