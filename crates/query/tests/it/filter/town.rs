//! A small town whose valves show what each requirement of CQL2 is about.

use super::table::{Table, field, found};
use siseol_model::{FieldKind, FieldType, GeometryKind, Value};
use siseol_query::LayerView;
use siseol_query::filter::{Expression, Filter, FilterError};

/// Four rows: the last one has nothing but a name.
pub(crate) fn valves() -> Table {
    let text = |name| field(name, FieldKind::Text, None);
    let dates = |name| field(name, FieldKind::Text, Some(FieldType::Date));
    let fields = vec![
        text("NAME"),
        text("ALIAS"),
        field("COUNT", FieldKind::Integer, None),
        field("DEPTH", FieldKind::Float, None),
        field("BUILT", FieldKind::Date, None),
        dates("MADE"),
        dates("FROM"),
        dates("UNTIL"),
        field("OPEN", FieldKind::Boolean, None),
    ];
    let mut table = Table::new("valve", GeometryKind::Point, fields);
    let day = |text: &str| Value::Date(text.parse().unwrap());
    let at = |lon, lat| vec![vec![[lon, lat]]];
    table.push(
        Some("V-1"),
        &at(127.0, 37.0),
        vec![
            Value::text("Straße"),
            Value::text("STRASSE"),
            Value::Integer(4),
            Value::Float(1.5),
            day("2005-05-09"),
            Value::text("2005"),
            Value::text("2022-01-01T00:00:00Z"),
            Value::text("2022-06-30T00:00:00Z"),
            Value::Boolean(true),
        ],
    );
    table.push(
        Some("V-2"),
        &at(127.01, 37.0),
        vec![
            Value::text("강남 50%"),
            Value::text("강남 50%"),
            Value::Integer(-7),
            Value::Float(0.5),
            day("2006-01-01"),
            Value::text("2005-05"),
            Value::text("2022-06-30T00:00:00Z"),
            Value::text("2023-01-01T00:00:00Z"),
            Value::Boolean(false),
        ],
    );
    table.push(
        None,
        &at(127.5, 37.5),
        vec![
            Value::text("Café d'Or"),
            Value::text("Cafe d'Or"),
            Value::Integer(9_007_199_254_740_993),
            Value::Float(3.0),
            day("2005-05-10"),
            Value::text("2005-05-10"),
            Value::text("2022-02-01T00:00:00Z"),
            Value::text("2022-03-01T00:00:00Z"),
            Value::Boolean(true),
        ],
    );
    let mut last = vec![Value::Null; 9];
    last[0] = Value::text("미상");
    table.push(None, &[], last);
    table
}

/// A layer of shapes without fields.
pub(crate) fn shapes(kind: GeometryKind, shapes: &[&[[f64; 2]]]) -> Table {
    let mut table = Table::new("shape", kind, vec![]);
    for shape in shapes {
        table.push(None, &[shape.to_vec()], vec![]);
    }
    table
}

/// Both views of a table.
pub(crate) struct Views(pub(crate) [LayerView; 2]);

impl Views {
    pub(crate) fn of(table: &Table) -> Self {
        Self([table.packed(), table.torn()])
    }

    /// The fids that a filter finds: from text and from its JSON, in both views the same.
    pub(crate) fn found(&self, text: &str) -> Vec<i64> {
        let from_text = Expression::from_text(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        let from_json = Expression::from_json(&from_text.to_json()).unwrap();
        let all = self.0.iter().flat_map(|view| [(view, &from_text), (view, &from_json)]);
        let mut all = all.map(|(view, e)| found(view, e).unwrap_or_else(|e| panic!("{text}: {e}")));
        let first = all.next().unwrap();
        all.for_each(|other| assert_eq!(other, first, "{text}"));
        first
    }

    /// Holds what a filter finds against the fids that it should.
    pub(crate) fn find(&self, text: &str, expected: &[i64]) {
        assert_eq!(self.found(text), expected, "{text}");
    }

    /// The error that a filter is refused with.
    pub(crate) fn refuse(&self, text: &str) -> FilterError {
        let expression = Expression::from_text(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        Filter::new(&expression, self.0[0].layer()).unwrap_err()
    }
}

/// Holds what filters find of the valves against the fids that they should.
pub(crate) fn check(cases: &[(&str, &[i64])]) {
    let views = Views::of(&valves());
    for (text, expected) in cases {
        views.find(text, expected);
    }
}
