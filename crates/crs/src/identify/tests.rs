use super::*;
use crate::ffi::WktForm;

/// The grid found, if one was.
fn found(text: &str) -> Option<u32> {
    match identify(text) {
        Identification::Known { crs, .. } | Identification::ByParameters { crs, .. } => {
            Some(crs.code())
        }
        _ => None,
    }
}

#[test]
fn every_grid_is_recognised_in_every_spelling_that_proj_writes() {
    let context = Context::new().unwrap();
    let world = [4326, 4737, 4162, 3857, 27700, 2056, 32633, 25832, 6668, 3098];
    for code in GRIDS.iter().map(|g| g.code).chain(world) {
        let grid = context.epsg(code).unwrap();
        for form in [WktForm::Gdal1, WktForm::Esri1, WktForm::Iso2019] {
            let text = grid.as_wkt(form).unwrap();
            assert_eq!(found(&text), Some(code), "{text}");
        }
    }
}

#[test]
fn names_in_the_table_are_those_of_the_database() {
    let context = Context::new().unwrap();
    for grid in GRIDS {
        assert_eq!(context.epsg(grid.code).unwrap().name(), grid.name);
    }
}

fn tm(ellipsoid: &str, lon0: &str, northing: &str, extra: &str) -> String {
    format!(
        r#"PROJCS["TM",GEOGCS["GCS",DATUM["D_unknown",SPHEROID["s",{ellipsoid}]{extra}],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",200000.0],PARAMETER["False_Northing",{northing}],PARAMETER["Central_Meridian",{lon0}],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",38.0],UNIT["Meter",1.0]]"#
    )
}

const BESSEL: &str = "6377397.155,299.1528128";
const GRS: &str = "6378137.0,298.257222101";

#[test]
fn unnamed_grids_are_recognised_by_their_numbers_and_it_is_said() {
    for (ellipsoid, lon0, northing, code) in [
        (BESSEL, "127.0028902777778", "500000", 5174),
        (BESSEL, "127.00289", "500000.0", 5174),
        (BESSEL, "127", "500000", 2097),
        (GRS, "127", "500000", 5181),
        (GRS, "127", "600000", 5186),
        (GRS, "129", "600000", 5187),
    ] {
        let text = tm(ellipsoid, lon0, northing, "");
        let Identification::ByParameters { crs, evidence } = identify(&text) else {
            panic!("{text}: {:?}", identify(&text));
        };
        assert_eq!(crs.code(), code, "{text}");
        assert!(evidence.contains("by its parameters"), "{evidence}");
        assert_eq!(evidence.contains("no shift"), ellipsoid == BESSEL, "{evidence}");
    }
}

#[test]
fn a_strange_shift_or_a_lying_name_is_ambiguous() {
    let usual = tm(
        BESSEL,
        "127.0028902777778",
        "500000",
        ",TOWGS84[-115.8,474.99,674.11,1.16,-2.31,-1.63,6.43]",
    );
    assert_eq!(found(&usual), Some(5174));
    let zero = tm(BESSEL, "127.0028902777778", "500000", ",TOWGS84[0,0,0,0,0,0,0]");
    let Identification::Ambiguous { candidates, reason } = identify(&zero) else { panic!() };
    assert_eq!(candidates[0].crs.code(), 5174);
    assert!(reason.contains("shift"), "{reason}");
    let lying = tm(GRS, "127", "500000", "")
        .replace("PROJCS[\"TM\"", "PROJCS[\"Korea_2000_Korea_Central_Belt_2010\"");
    let Identification::Ambiguous { candidates, .. } = identify(&lying) else { panic!() };
    assert_eq!(candidates.iter().map(|c| c.crs.code()).collect::<Vec<_>>(), [5186, 5181]);
}

#[test]
fn anything_but_well_known_text_is_unreadable() {
    for text in
        ["", "EPSG:5186", "+proj=longlat", "http://127.0.0.1/x.prj", "<!DOCTYPE html>", "LOCAL[1]"]
    {
        assert_eq!(identify(text), Identification::Unreadable, "{text}");
    }
    assert!(found(&tm(GRS, "33.5", "1", "")).is_none());
}
