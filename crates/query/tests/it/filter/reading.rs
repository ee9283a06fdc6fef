//! Filters are read and written back, and refused with a word where they cannot be read or answered.

use super::random::{Maker, TEXTS};
use super::table::{Table, field};
use crate::city::random;
use rand::Rng as _;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value as Json, json};
use siseol_model::{FieldKind, GeometryKind};
use siseol_query::filter::{
    Bbox, Expression, Filter, FilterError, Folding, Geometry, IntervalEnd, MAX_DEPTH, MAX_LENGTH,
    MAX_PARTS, MAX_VERTICES, Number, Position,
};

fn layer() -> Table {
    let fields =
        vec![field("NAME", FieldKind::Text, None), field("COUNT", FieldKind::Integer, None)];
    Table::new("layer", GeometryKind::Point, fields)
}

/// What is wrong with a text, or that nothing is.
fn fault(text: &str) -> String {
    let expression = Expression::from_text(text);
    let filter = expression.and_then(|expression| Filter::new(&expression, &layer().layer));
    filter.map_or_else(|error| error.to_string(), |_| "nothing".to_owned())
}

#[test]
fn errors_in_text_say_where_and_what_was_expected() {
    let value = "a property, a value, a function or `(`";
    for (text, expected) in [
        ("", format!("at character 1: expected {value}, found the end")),
        ("NAME =", format!("at character 7: expected {value}, found the end")),
        ("이름 = = 3", format!("at character 6: expected {value}, found `=`")),
        ("NAME = 'a' b", "at character 12: expected an operator or the end, found `b`".into()),
        ("NAME = 'a", "at character 8: expected a closing ', found the end".into()),
        ("\"NAME", "at character 1: expected a closing \", found the end".into()),
        ("NAME # 3", "at character 6: expected a name, a value or an operator, found `#`".into()),
        ("NAME NOT 3", "at character 10: expected LIKE, BETWEEN or IN, found the number 3".into()),
        ("COUNT BETWEEN 1 OR 2", "at character 17: expected AND, found `OR`".into()),
        ("COUNT IN ()", format!("at character 11: expected {value}, found `)`")),
        ("(COUNT = 1", "at character 11: expected `)`, found the end".into()),
        ("COUNT IS 3", "at character 10: expected NULL, found the number 3".into()),
        ("a ^ b ^ c", "at character 7: expected an operator or the end, found `^`".into()),
        (
            "DATE('2005-02-30') = a",
            "at character 6: expected a date such as '2005-05-09', found the text '2005-02-30'"
                .into(),
        ),
        ("BBOX(1,2,3) IS NULL", "at character 11: expected 4 or 6 numbers, found `)`".into()),
        ("POINT(1) IS NULL", "at character 8: expected a coordinate, found `)`".into()),
        (
            "POLYGON((0 0, 1 1, 1 0, 2 2)) IS NULL",
            "at character 1: a ring has to end where it begins".into(),
        ),
        ("LINESTRING(1 2) IS NULL", "at character 1: a line needs two positions".into()),
        ("COUNT > 1e999", "at character 9: the number 1e999 is too large".into()),
    ] {
        assert_eq!(fault(text), expected, "{text}");
    }
}

#[test]
fn errors_in_json_say_where_and_what_was_expected() {
    let property = json!({"property": "NAME"});
    for (json, expected) in [
        (json!(null), "at the top: expected a value or an object"),
        (json!({"op": "and", "args": [true]}), "at /args: expected 2 or more operands, found 1"),
        (json!({"op": "=", "args": [property, 1, 2]}), "at /args: expected 2 operands, found 3"),
        (json!({"op": "=", "args": "a"}), "at /args: expected an array, found \"a\""),
        (json!({"op": 3, "args": []}), "at /op: expected a text, found 3"),
        (
            json!({"op": "not", "args": [{"op": "in", "args": [property, 3]}]}),
            "at /args/0/args/1: expected an array of values, found 3",
        ),
        (
            json!({"op": "my function", "args": []}),
            "at /op: expected an operator or the name of a function, found \"my function\"",
        ),
        (
            json!({"op": "t_after", "args": [property, {"date": "2005-13-01"}]}),
            "at /args/1/date: expected a date such as 2005-05-09, found \"2005-13-01\"",
        ),
        (
            json!({"op": "isNull", "args": [{"type": "Point", "coordinates": [1, "a"]}]}),
            "at /args/0/coordinates/1: expected a number, found \"a\"",
        ),
        (
            json!({"op": "isNull", "args": [{"type": "LineString", "coordinates": [[1, 2]]}]}),
            "at /args/0: a line needs two positions",
        ),
        (
            json!({"op": "isNull", "args": [{"type": "Circle"}]}),
            "at /args/0/coordinates: expected a geometry type",
        ),
        (json!({"a/b": 3}), "at the top: expected a value or an object"),
    ] {
        let error = Expression::from_json(&json).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn what_is_compared_has_to_be_of_one_kind() {
    for (text, expected) in [
        ("NAME = 5", "in `5`: expected a text, found a number"),
        ("COUNT = '5'", "in `'5'`: expected a number, found a text"),
        ("COUNT > DATE('2005-01-01')", "in `COUNT`: expected a date or timestamp, found a number"),
        ("DATE('2005-01-01') = 'soon'", "in `'soon'`: the text is no date and no timestamp"),
        ("COUNT IN (1, 'a')", "in `'a'`: expected a number, found a text"),
        ("COUNT LIKE 'a%'", "in `COUNT`: expected a text, found a number"),
        ("NAME LIKE NAME", "in `NAME`: expected a pattern in single quotes, found a text"),
        ("NAME + 1 > 2", "in `NAME`: expected a number, found a text"),
        ("COUNT", "in `COUNT`: expected a condition, found a number"),
        ("NOT NAME", "in `NAME`: expected a condition, found a text"),
        ("S_WITHIN(NAME, POINT(1 2))", "in `NAME`: expected a geometry, found a text"),
        (
            "geometry = POINT(1 2)",
            "in `geometry`: expected a boolean, number, text, date or timestamp, found a geometry",
        ),
        (
            "T_AFTER(NAME, DATE('2005-01-01'))",
            "in `NAME`: expected a date, a timestamp or an interval, found a text",
        ),
        ("A_EQUALS(NAME, ('a'))", "in `NAME`: expected an array, found a text"),
        ("CASEI(COUNT) = 'a'", "in `COUNT`: expected a text, found a number"),
        (
            "DEPTH = 1",
            "there is no property `DEPTH`; there are geometry, layer, facility_key, NAME, COUNT",
        ),
        (
            "S_INTERSECTS(geometry, BBOX(1, 95, 2, 96))",
            "in `BBOX(1, 95, 2, 96)`: longitude 1, latitude 95 is not on the globe (the order is lon,lat)",
        ),
    ] {
        assert_eq!(fault(text), expected, "{text}");
    }
}

#[test]
fn keywords_names_and_escapes_are_read_as_the_grammar_has_them() {
    let same = [
        ("a=1 and B=2 Or not C<>3", "\"a\" = 1 AND (\"B\" = 2) OR (NOT C <> 3)"),
        ("a + b * c ^ d - e", "(a + (b * (c ^ d))) - e"),
        ("-a ^ 2 = 1", "(-1 * a) ^ 2 = 1"),
        ("NOT a LIKE 'x' AND b", "(NOT (a LIKE 'x')) AND b"),
        ("a = 'It''s'", r"a = 'It\'s'"),
        ("date = DATE('2005-05-09')", "\"date\"=date ( '2005-05-09' )"),
        ("a\u{3000}=\u{a0}.5", "a = 5e-1"),
        ("S_intersects(g,point (1 2))", "s_INTERSECTS(g, POINT(+1 2.0))"),
    ];
    for (one, other) in same {
        assert_eq!(Expression::from_text(one), Expression::from_text(other), "{one}");
        assert!(Expression::from_text(one).is_ok(), "{one}");
    }
    let texts =
        [(r"'\a\b\t\n\v\f\r'", "\x07\x08\t\n\x0b\x0c\r"), (r"'50\%\\'", r"50\%\"), ("''", "")];
    for (text, expected) in texts {
        assert_eq!(Expression::from_text(text), Ok(Expression::Text(expected.into())), "{text}");
    }
    let names =
        [("\"나 \"\"b\"\"\"", "나 \"b\""), ("layer:ids.x1", "layer:ids.x1"), ("관경", "관경")];
    for (text, expected) in names {
        assert_eq!(
            Expression::from_text(text),
            Ok(Expression::Property(expected.into())),
            "{text}"
        );
    }
}

#[test]
fn what_is_too_large_is_refused() {
    let too_large = |text: &str| {
        assert!(
            matches!(Expression::from_text(text), Err(FilterError::TooLarge { .. })),
            "{}",
            &text[..40]
        );
    };
    let fits = |text: &str| {
        let read = Expression::from_text(text).unwrap_or_else(|e| panic!("{e}"));
        let json = serde_json::to_string(&read.to_json()).unwrap();
        assert_eq!(
            Expression::from_json(&serde_json::from_str(&json).unwrap()).as_ref(),
            Ok(&read)
        );
        assert_eq!(Expression::from_text(&read.to_string()), Ok(read));
    };
    let nested = |open: &str, close: &str, n: usize| open.repeat(n) + "a" + &close.repeat(n);
    let forms: [(&str, &str); 6] = [
        ("(", ")"),
        ("NOT ", ""),
        ("CASEI(", ")"),
        ("f(", ")"),
        ("1 + (", ")"),
        ("A_EQUALS((", "), ())"),
    ];
    for (open, close) in forms {
        let n = if open.starts_with('A') { MAX_DEPTH / 2 } else { MAX_DEPTH };
        fits(&nested(open, close, n));
        too_large(&nested(open, close, n + 1));
        too_large(&nested(open, close, 20_000));
    }
    fits(&("1".to_owned() + &" + 1".repeat(MAX_DEPTH)));
    too_large(&("1".to_owned() + &" + 1".repeat(MAX_DEPTH + 1)));
    too_large(&("(".repeat(30) + "1" + &(" - 1".repeat(30) + ")").repeat(30)));
    too_large(&("a = 'b".to_owned() + &"x".repeat(MAX_LENGTH) + "'"));
    fits(&("a IN (1".to_owned() + &", 1".repeat(MAX_PARTS - 3) + ")"));
    too_large(&("a IN (1".to_owned() + &", 1".repeat(MAX_PARTS - 2) + ")"));
    let points = |n: usize| "MULTIPOINT(1 2".to_owned() + &", 1 2".repeat(n - 1) + ")";
    fits(&points(MAX_VERTICES));
    too_large(&points(MAX_VERTICES + 1));

    let mut deep = json!(true);
    for _ in 0..100_000 {
        deep = Json::Array(vec![deep]);
    }
    assert!(matches!(Expression::from_json(&deep), Err(FilterError::TooLarge { .. })));
    // Its own destructor would be as deep as it is.
    while let Json::Array(mut inner) = deep {
        deep = inner.pop().unwrap();
    }
}

/// Any tree, whether or not it makes sense.
fn wild(rng: &mut ChaCha8Rng, depth: u32) -> Expression {
    let names = ["a", "관경", "AND", "date", "x y", "\"q\"", "1st", "layer:ids", ""];
    let name = |rng: &mut ChaCha8Rng| (*names.choose(rng).unwrap()).to_owned();
    let text = |rng: &mut ChaCha8Rng| {
        let odd = ["\\", "\\%", "'", "\n\x07", "\u{2028}", "a\\'b"];
        (*TEXTS.choose(rng).unwrap()).to_owned() + odd.choose(rng).unwrap()
    };
    if depth == 0 || rng.random_bool(0.3) {
        return match rng.random_range(0..6) {
            0 => Expression::Property(name(rng)),
            1 => Expression::Text(text(rng)),
            2 => Expression::Number(Number::Integer(rng.random_range(-i64::MAX..=i64::MAX))),
            3 => Expression::Number(Number::Float(
                rng.random_range(-9.0..9.0) * 10_f64.powi(rng.random_range(-300..300)),
            )),
            4 => Expression::Boolean(rng.random_bool(0.5)),
            _ => wild_geometry(rng),
        };
    }
    if rng.random_bool(0.4) {
        return Maker { rng }.condition(depth);
    }
    let mut some = |n: usize| (0..n).map(|_| wild(rng, depth - 1)).collect::<Vec<_>>();
    let pair = <[Expression; 2]>::try_from(some(2)).unwrap();
    let list = some(3);
    match rng.random_range(0..9) {
        0 => Expression::Function("Buffer".into(), list),
        1 => Expression::Arrays(
            siseol_query::filter::ArrayRelation::Contains,
            Box::new(pair.map(|member| Expression::Array(vec![member]))),
        ),
        2 => Expression::Compare(siseol_query::filter::Comparison::NotEqual, Box::new(pair)),
        3 => Expression::Like(Box::new(pair)),
        4 => Expression::In(Box::new(wild(rng, depth - 1)), list),
        5 => Expression::Fold(Folding::Accents, Box::new(wild(rng, depth - 1))),
        6 => Expression::Interval(Box::new([
            IntervalEnd::Property(name(rng)),
            IntervalEnd::Function("f".into(), list),
        ])),
        7 => Expression::Arithmetic(
            *siseol_query::filter::Arithmetic::ALL.choose(rng).unwrap(),
            Box::new(pair),
        ),
        _ => Expression::Or(list),
    }
}

fn wild_geometry(rng: &mut ChaCha8Rng) -> Expression {
    let has_z = rng.random_bool(0.5);
    let mut at = || Position {
        xy: [rng.random_range(-180.0..180.0), f64::from(rng.random_range(-90..90))],
        z: has_z.then(|| rng.random_range(-9.0..9.0)),
    };
    let mut ring = || {
        let mut ring = vec![at(), at(), at()];
        ring.push(ring[0]);
        ring
    };
    let rings = vec![ring(), ring()];
    let lines = vec![rings[0][..2].to_vec(), rings[1].clone()];
    let all = vec![
        Geometry::Point(rings[0][0]),
        Geometry::LineString(lines[0].clone()),
        Geometry::MultiPoint(lines[1].clone()),
        Geometry::MultiLineString(lines),
        Geometry::Polygon(rings.clone()),
        Geometry::MultiPolygon(vec![rings.clone(), vec![rings[1].clone()]]),
    ];
    match rng.random_range(0..8) {
        6 => Expression::Geometry(Geometry::GeometryCollection(all)),
        7 => Expression::Bbox(Bbox {
            edges: [1.0, -2.5, 3.0, 1e-7],
            heights: has_z.then_some([0.0, 9.5]),
        }),
        i => Expression::Geometry(all[i].clone()),
    }
}

#[test]
fn random_filters_are_written_and_read_back_the_same_in_both_forms() {
    let mut rng = random(95);
    for _ in 0..4_000 {
        let depth = rng.random_range(0..5);
        let expression = wild(&mut rng, depth);
        let text = expression.to_string();
        assert_eq!(Expression::from_text(&text).as_ref(), Ok(&expression), "{text}");
        let json = serde_json::to_string(&expression.to_json()).unwrap();
        let read: Json = serde_json::from_str(&json).unwrap();
        assert_eq!(Expression::from_json(&read).as_ref(), Ok(&expression), "{json}");
    }
}

#[test]
fn random_characters_are_refused_or_read_and_never_more() {
    let count = if std::env::var_os("SISEOL_THOROUGH").is_some() { 400_000 } else { 8_000 };
    let mut rng = random(96);
    let table = layer();
    let pieces = [
        "(",
        ")",
        ",",
        "'",
        "\"",
        "NOT",
        "AND",
        " ",
        "IN",
        "IS NULL",
        "BETWEEN",
        "1",
        "-",
        "1e5",
        "..",
        "'..'",
        "가",
        "POINT",
        "POLYGON",
        "Z",
        "BBOX",
        "INTERVAL",
        "DATE",
        "CASEI(",
        "A_EQUALS(",
        "T_AFTER(",
        "S_WITHIN(",
        "COUNT",
        "NAME",
        "geometry",
        "=",
        "<",
        ">",
        "^",
        "%",
        "\\",
        "\u{301}",
        "\0",
        "S_DWITHIN(",
        "LIKE",
        "()",
    ];
    let mut read = 0;
    for _ in 0..count {
        let mut text = if rng.random_bool(0.5) {
            Maker { rng: &mut rng }.condition(2).to_string()
        } else {
            String::new()
        };
        for _ in 0..rng.random_range(0..6) {
            let place =
                (0..=text.len()).filter(|&at| text.is_char_boundary(at)).collect::<Vec<_>>();
            let (a, b) = (*place.choose(&mut rng).unwrap(), *place.choose(&mut rng).unwrap());
            match rng.random_range(0..3) {
                0 => text.replace_range(a.min(b)..a.max(b), ""),
                _ => text.insert_str(a, pieces.choose(&mut rng).unwrap()),
            }
        }
        let Ok(expression) = Expression::from_text(&text) else { continue };
        read += 1;
        assert_eq!(
            Expression::from_text(&expression.to_string()).as_ref(),
            Ok(&expression),
            "{text}"
        );
        assert_eq!(
            Expression::from_json(&expression.to_json()).as_ref(),
            Ok(&expression),
            "{text}"
        );
        if let Ok(filter) = Filter::new(&expression, &table.layer) {
            let view = table.packed();
            assert!(view.filtered(&filter, &view.search(None), &|| true).is_some());
        }
    }
    assert!(read > count / 10, "{read}");
}
