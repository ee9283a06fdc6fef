//! Cities that call the same fields by other names, and tables that do not say what they hold.

use crate::files::{Col, dbf, encode, parts, point};
use crate::town::{Town, crs, found};
use siseol_ingest::Options;
use siseol_model::{ChangeCounts, Grade, IssueKind, LayerReport, ReferenceMeaning, Value};
use std::path::PathBuf;

const AT: [f64; 2] = [194_000.0, 529_000.0];

fn line() -> Vec<u8> {
    parts(3, &[&[AT, [AT[0] + 10.0, AT[1]]]])
}

impl Town {
    /// A shapefile of one row: for each column its name, type, width, decimals and cell.
    fn table(&self, stem: &str, columns: &[(Col, &str)]) -> PathBuf {
        let (columns, cells): (Vec<Col>, Vec<Vec<u8>>) =
            columns.iter().map(|(column, cell)| (*column, encode(cell))).unzip();
        let cells: Vec<&[u8]> = cells.iter().map(Vec::as_slice).collect();
        let is_line = stem.contains("_L") || stem.contains("관로");
        let (kind, shape) = if is_line { (3, line()) } else { (1, point(AT[0], AT[1])) };
        self.shapefile(stem, kind, &[shape], &dbf(&columns, &[(b' ', &cells)]))
    }

    /// The value of a field in a layer's only row.
    fn value(&self, layer: &str, field: &str) -> Value {
        let layers = self.layers();
        let entry = layers.iter().find(|e| e.layer.name.as_str() == layer).unwrap();
        let place = entry.layer.field_index(field).unwrap_or_else(|| panic!("no field {field}"));
        self.rows(layer)[0].2[place].clone()
    }
}

const CODE: Col = ("FTR_CDE", b'C', 5, 0);

fn c(name: &'static str) -> Col {
    (name, b'C', 10, 0)
}

fn n(name: &'static str) -> Col {
    (name, b'N', 8, 2)
}

/// As Yangpyeong calls them: numbers of facilities are text, dates have eight digits.
fn yangpyeong(town: &Town) -> [PathBuf; 4] {
    [
        town.table(
            "yp/WTL_PIPE_LM",
            &[
                (CODE, "SA001"),
                (c("FTR_IDN"), "12"),
                (c("IST_YMD"), "20050505"),
                (c("MOP_CDE"), "MOP001"),
                (n("STD_DIP"), "150.00"),
                (n("BYC_LEN"), "10.00"),
                (c("IQT_CDE"), "IQT001"),
                (n("LOW_DEP"), "0.00"),
            ],
        ),
        town.table(
            "yp/WTL_VALV_PS",
            &[
                (CODE, "SA200"),
                (c("FTR_IDN"), "7"),
                (c("MOF_CDE"), "MOF001"),
                (c("MOP_CDE"), "MOP002"),
                (n("STD_DIP"), "150.00"),
                (c("FOR_CDE"), "FOR001"),
                (c("PRC_NAM"), "제작사"),
                (CODE_OF_PIPE, "SA001"),
                (c("PIP_IDN"), "12"),
            ],
        ),
        town.table(
            "yp/SWL_PIPE_LM",
            &[
                (CODE, "SB001"),
                (c("FTR_IDN"), "3"),
                (n("STD_DIP"), "600.00"),
                (n("STD_HOL"), "0.00"),
                (n("STD_VEL"), "0.00"),
                (n("SPH_LIN"), "1.00"),
                (n("BYC_LEN"), "10.00"),
                (n("SBK_HSL"), "31.20"),
                (n("SBL_HSL"), "31.00"),
            ],
        ),
        town.table(
            "yp/WTL_MANH_PS",
            &[(CODE, "SA100"), (c("FTR_IDN"), "4"), (c("DPG_STD"), "900")],
        ),
    ]
}

/// As Yeongju and those who deliver like it call them: numbers of facilities are numbers, dates have hyphens.
fn yeongju(town: &Town) -> [PathBuf; 4] {
    [
        town.table(
            "yj/WTL_PIPE_LM",
            &[
                (CODE, "SA001"),
                (("FTR_IDN", b'N', 8, 0), "12"),
                (c("IST_YMD"), "2005-05-05"),
                (c("MOP_CDE"), "MOP001"),
                (n("PIP_DIP"), "150.00"),
                (n("PIP_LEN"), "10.00"),
                (c("EXP_CDE"), "IQT001"),
                (n("LOW_DEP"), "0.00"),
            ],
        ),
        town.table(
            "yj/WTL_VALV_PS",
            &[
                (CODE, "SA200"),
                (("FTR_IDN", b'N', 8, 0), "7"),
                (c("VAL_MOF"), "MOF001"),
                (c("VAL_MOP"), "MOP002"),
                (n("VAL_DIP"), "150.00"),
                (c("VAL_FOR"), "FOR001"),
                (c("PRD_NAM"), "제작사"),
                (CODE_OF_PIPE, "SA001"),
                (("PIP_IDN", b'N', 8, 0), "12"),
            ],
        ),
        town.table(
            "yj/SWL_PIPE_LM",
            &[
                (CODE, "SB001"),
                (("FTR_IDN", b'N', 8, 0), "3"),
                (n("PIP_DIP"), "600.00"),
                (n("PIP_HOL"), "0.00"),
                (n("PIP_VEL"), "0.00"),
                (n("PIP_LIN"), "1.00"),
                (n("PIP_LEN"), "10.00"),
                (n("SBK_ALT"), "31.20"),
                (n("SBL_ALT"), "31.00"),
            ],
        ),
        town.table(
            "yj/WTL_MANH_PS",
            &[(CODE, "SA100"), (("FTR_IDN", b'N', 8, 0), "4"), (c("MAN_STD"), "900")],
        ),
    ]
}

const CODE_OF_PIPE: Col = ("PIP_CDE", b'C', 5, 0);

#[test]
fn two_cities_load_to_the_same_classes_fields_and_values() {
    let (one, other) = (Town::new(), Town::new());
    yangpyeong(&one);
    yeongju(&other);
    let reports = [one.load(&one.inbox(), &crs(5186)), other.load(&other.inbox(), &crs(5186))];
    let classes = |at: usize| {
        let of = |l: &LayerReport| (l.layer.clone(), l.class.clone(), l.class_grade);
        reports[at].layers.iter().map(of).collect::<Vec<_>>()
    };
    assert_eq!(classes(0), classes(1));
    assert!(classes(0).iter().all(|(name, class, grade)| {
        class.as_deref() == Some(name.as_str()) && *grade == Some(Grade::Proven)
    }));
    for (ours, theirs) in one.layers().iter().zip(&other.layers()) {
        let (ours, theirs) = (&ours.layer, &theirs.layer);
        let names = |l: &siseol_model::Layer| -> Vec<_> {
            l.fields.iter().map(|f| (f.name.clone(), f.label.clone(), f.holds)).collect()
        };
        assert_eq!(names(ours), names(theirs), "{}", ours.name);
        assert_eq!(ours.class, theirs.class);
        let texts = |town: &Town| -> Vec<String> {
            town.rows(ours.name.as_str())[0].2.iter().map(ToString::to_string).collect()
        };
        assert_eq!(texts(&one), texts(&other), "{}", ours.name);
        assert_eq!(one.rows(ours.name.as_str())[0].0, other.rows(ours.name.as_str())[0].0);
    }
    assert_eq!(one.value("water_pipe", "IST_YMD"), Value::text("2005-05-05"));
    assert_eq!(one.value("water_pipe", "PIP_DIP"), Value::Float(150.0));
    assert_eq!(one.value("water_pipe", "LOW_DEP"), Value::Null);
    let layers = one.layers();
    let layer = |name: &str| &layers.iter().find(|e| e.layer.name.as_str() == name).unwrap().layer;
    let diameter = &layer("water_pipe").fields[layer("water_pipe").field_index("PIP_DIP").unwrap()];
    assert_eq!(diameter.delivered.as_deref(), Some("STD_DIP"));
    // Names of pipes stay in the class, names of ledgers that no column is for do not.
    let meanings = |name| layer(name).class.references.iter().map(|r| r.means).collect::<Vec<_>>();
    assert_eq!(meanings("water_valve"), [ReferenceMeaning::Host]);
    assert_eq!(meanings("sewer_pipe"), []);
    let levels = layer("sewer_pipe").class.network.as_ref().unwrap().levels.as_ref().unwrap();
    assert_eq!(levels, &["SBK_ALT".to_owned(), "SBL_ALT".to_owned()]);
    let mapped = reports[0].layers.iter().find(|l| l.layer.as_str() == "water_pipe").unwrap();
    let told = mapped.findings.iter().find(|f| f.kind == IssueKind::FieldMapped).unwrap();
    assert!(told.examples[0].text.contains("STD_DIP as PIP_DIP"), "{told:?}");
}

#[test]
fn a_delivery_of_other_names_meets_the_layer_by_its_fields() {
    let town = Town::new();
    town.load(&yangpyeong(&town)[0], &crs(5186));
    let report = town.load(&yeongju(&town)[0], &crs(5186));
    let unchanged = ChangeCounts { unchanged: 1, ..ChangeCounts::default() };
    assert_eq!(report.layers[0].changes, unchanged, "{:#?}", report.layers[0].findings);
}

#[test]
fn a_table_of_another_name_is_known_by_its_codes() {
    let town = Town::new();
    let path = town.table("노후관로", &[(CODE, "SA001"), (c("FTR_IDN"), "12"), (c("비고"), "a")]);
    let report = town.load(&path, &crs(5186));
    let layer = &report.layers[0];
    assert_eq!((layer.layer.as_str(), layer.class_grade), ("water_pipe", Some(Grade::Probable)));
    assert!(layer.class_evidence.contains("SA001 in FTR_CDE"), "{}", layer.class_evidence);
    assert!(found(layer).contains(&(IssueKind::ClassProbable, 1)));
    assert_eq!(town.rows("water_pipe")[0].0.as_deref(), Some("SA001-12"));
}

#[test]
fn a_table_without_codes_is_known_by_its_columns() {
    let town = Town::new();
    let columns = [
        (c("FTR_IDN"), "12"),
        (c("SAA_CDE"), "SAA001"),
        (c("MOP_CDE"), "MOP001"),
        (n("PIP_DIP"), "150.00"),
        (n("PIP_LEN"), "10.00"),
        (c("EXP_CDE"), "IQT001"),
        (c("JHT_CDE"), "JHT001"),
        (c("비고"), "a"),
    ];
    // Water mains and service lines have all of these: which one is a person's to say.
    let path = town.table("노후관로", &columns);
    let (kind, text) = town.refusal(&path, &crs(5186));
    assert_eq!(kind, IssueKind::ClassAmbiguous);
    assert!(text.contains("water_pipe") && text.contains("water_service_line"), "{text}");
    assert!(text.contains("siseol ingest REGISTER 노후관로.shp --layer "), "{text}");
    let said = |layer: &str| Options { layer: Some(layer.parse().unwrap()), ..crs(5186) };
    let report = town.load(&path, &said("water_service_line"));
    let layer = &report.layers[0];
    assert_eq!(layer.class.as_deref(), Some("water_service_line"));
    assert_eq!(layer.class_grade, Some(Grade::Given));
    let report = town.load(&path, &said("old_pipes"));
    assert_eq!((report.layers[0].layer.as_str(), &report.layers[0].class), ("old_pipes", &None));
    // Only the sewers have these.
    let columns = [
        (c("SBA_CDE"), "SBA001"),
        (c("LIT_CDE"), "LIT001"),
        (n("STD_HOL"), "2.00"),
        (n("SBK_HSL"), "31.20"),
        (n("SBL_HSL"), "31.00"),
        (c("비고"), "a"),
    ];
    let report = town.load(&town.table("우수관로", &columns), &crs(5186));
    let layer = &report.layers[0];
    assert_eq!((layer.layer.as_str(), layer.class_grade), ("sewer_pipe", Some(Grade::Probable)));
    assert!(layer.class_evidence.contains("5 of its 6 columns"), "{}", layer.class_evidence);
    assert!(town.layers().iter().any(|e| e.layer.field_index("SBL_ALT").is_some()));
    // Few columns that are any facility's make no class.
    let report =
        town.load(&town.table("기타", &[(c("FTR_IDN"), "1"), (c("비고"), "a")]), &crs(5186));
    assert_eq!((report.layers[0].layer.as_str(), &report.layers[0].class), ("기타", &None));
    assert_eq!(report.layers[0].class_grade, None);
    // Once the register has a table under its own name, that is what it is called.
    let again = town.load(&path, &said("old_pipes"));
    assert_eq!(again.layers[0].changes.unchanged, 1);
}

#[test]
fn a_table_of_another_geometry_than_its_name_says_is_a_question() {
    let town = Town::new();
    let table = dbf(&[CODE, c("FTR_IDN")], &[(b' ', &[b"SA001", b"1"])]);
    let path = town.shapefile("WTL_PIPE_LM", 1, &[point(AT[0], AT[1])], &table);
    let (kind, text) = town.refusal(&path, &crs(5186));
    assert_eq!(kind, IssueKind::ClassAmbiguous);
    assert!(text.contains("has lines, and the file points"), "{text}");
    let said = Options { layer: Some("water_pipe".parse().unwrap()), ..crs(5186) };
    let report = town.load(&path, &said);
    assert!(found(&report.layers[0]).contains(&(IssueKind::ClassGeometry, 1)));
}

#[test]
fn rows_of_another_class_stay_and_are_told() {
    let town = Town::new();
    let table = dbf(
        &[CODE, c("FTR_IDN")],
        &[(b' ', &[b"SA200", b"1"]), (b' ', &[b"SA119", b"2"]), (b' ', &[b"SA119", b"3"])],
    );
    let shapes = vec![point(AT[0], AT[1]); 3];
    let report = town.load(&town.shapefile("WTL_VALV_PS", 1, &shapes, &table), &crs(5186));
    let layer = &report.layers[0];
    assert_eq!(layer.rows.accepted, 3);
    let mixed = layer.findings.iter().find(|f| f.kind == IssueKind::ClassMixed).unwrap();
    assert_eq!(mixed.count, 2);
    assert!(mixed.examples[0].text.contains("`SA119` (hydrant) × 2"), "{mixed:?}");
    // Of an unknown table, too.
    let report = town.load(&town.shapefile("시설", 1, &shapes, &table), &crs(5186));
    let layer = &report.layers[0];
    assert_eq!((layer.layer.as_str(), &layer.class), ("시설", &None));
    let mixed = layer.findings.iter().find(|f| f.kind == IssueKind::ClassMixed).unwrap();
    assert!(mixed.examples[0].text.contains("SA119 (hydrant), SA200 (water_valve)"), "{mixed:?}");
}
