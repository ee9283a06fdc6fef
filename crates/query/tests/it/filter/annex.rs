//! The abstract tests of the standard on its own data: predicates, and how many features they find.

use super::corpus::standard;
use super::table::{Table, TableRow, field, found};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use siseol_model::{FieldKind, FieldType, GeometryKind, Value};
use siseol_query::filter::Expression;
use std::path::Path;

/// A collection of the standard's GeoPackage. siseol has no column of timestamps: they are texts of a field that holds
/// dates.
fn collection(file: &Path, name: &str, geometry: GeometryKind) -> Table {
    let register = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut columns = register.prepare("SELECT name, type FROM pragma_table_info(?1)").unwrap();
    let columns: Vec<(String, String)> = columns
        .query_map([name], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let fields = columns[2..].iter().map(|(name, kind)| match kind.as_str() {
        "INTEGER" => field(name, FieldKind::Integer, None),
        "REAL" => field(name, FieldKind::Float, None),
        "DATE" => field(name, FieldKind::Date, None),
        "DATETIME" => field(name, FieldKind::Text, Some(FieldType::Date)),
        "BOOLEAN" => field(name, FieldKind::Boolean, None),
        _ => field(name, FieldKind::Text, None),
    });
    let mut table = Table::new(name, geometry, fields.collect());
    let mut rows = register.prepare(&format!("SELECT * FROM \"{name}\"")).unwrap();
    let mut rows = rows.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let values = table.layer.fields.iter().enumerate().map(|(i, field)| {
            match (row.get_ref(i + 2).unwrap(), field.kind) {
                (ValueRef::Integer(value), FieldKind::Boolean) => Value::Boolean(value != 0),
                (ValueRef::Integer(value), _) => Value::Integer(value),
                (ValueRef::Real(value), _) => Value::Float(value),
                (ValueRef::Text(text), FieldKind::Date) => {
                    Value::Date(std::str::from_utf8(text).unwrap().parse().unwrap())
                }
                (ValueRef::Text(text), _) => Value::text(std::str::from_utf8(text).unwrap()),
                _ => Value::Null,
            }
        });
        let values = values.collect();
        let geometry: Vec<u8> = row.get(1).unwrap();
        let fid = row.get(0).unwrap();
        table.rows.push(TableRow { fid, key: None, wkb: Some(wkb(&geometry)), values });
    }
    table
}

/// The WKB within a GeoPackage geometry, after its header and box.
fn wkb(geometry: &[u8]) -> Vec<u8> {
    let doubles = [0, 4, 6, 6, 8][usize::from(geometry[3] >> 1 & 7)];
    geometry[8 + 8 * doubles..].to_vec()
}

/// Counts of the annex that its own data contradicts, and what the data has: three names begin with Ch (Chengdu, Chicago,
/// Chișinău), and one with Chis, with or without its accents.
const ERRATA: [(&str, usize); 3] = [
    ("ACCENTI(name) LIKE accenti('Ch%')", 3),
    ("ACCENTI(CASEI(name)) LIKE accenti(casei('Chiș%'))", 1),
    ("ACCENTI(CASEI(name)) LIKE accenti(casei('cHis%'))", 1),
];

#[test]
fn predicates_on_the_test_data_find_as_many_features_as_the_annex_says() {
    let Some(file) = standard("data/ne110m4cql2.gpkg") else { return };
    let views = [
        ("countries", "ne_110m_admin_0_countries", GeometryKind::Polygon),
        ("places", "ne_110m_populated_places_simple", GeometryKind::Point),
        ("rivers", "ne_110m_rivers_lake_centerlines", GeometryKind::Line),
    ]
    .map(|(short, name, geometry)| {
        let table = collection(&file, name, geometry);
        (short, [table.packed(), table.torn()])
    });
    let mut tested = 0;
    let mut wrong = Vec::new();
    for line in include_str!("annex.txt").lines() {
        let Some((name, rest)) = line.split_once(' ').filter(|(name, _)| *name != "#") else {
            continue;
        };
        let (count, predicate) = rest.split_once(' ').unwrap();
        let annex: usize = count.parse().unwrap();
        let erratum = ERRATA.iter().find(|(erring, _)| *erring == predicate);
        assert!(erratum.is_none_or(|(_, count)| *count != annex), "{predicate} errs no more");
        let count = erratum.map_or(annex, |(_, count)| *count);
        // The data calls its geometry `geom`, siseol calls every one `geometry`.
        let predicate = predicate.replace("(geom,", "(geometry,").replace(",geom)", ",geometry)");
        let (_, views) = views.iter().find(|(short, _)| *short == name).unwrap();
        let from_text = Expression::from_text(&predicate).unwrap();
        let from_json = Expression::from_json(&from_text.to_json()).unwrap();
        for view in views {
            for expression in [&from_text, &from_json] {
                let found = found(view, expression).unwrap_or_else(|e| panic!("{predicate}: {e}"));
                if found.len() != count {
                    wrong.push(format!("{} instead of {count}: {predicate}", found.len()));
                }
            }
        }
        tested += 1;
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(tested, 351);
}
