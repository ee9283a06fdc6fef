//! What the columns of a table hold, by their names and their cells.

use super::CellText;
use crate::values::EXACT;
use jiff::civil::Date;
use siseol_model::{FieldKind, Value};

/// Two columns that make a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Coordinates {
    pub x: usize,
    pub y: usize,
    /// Whether they are longitude and latitude.
    pub degrees: bool,
}

/// Pairs of names, most telling first: x, then y. `LOT` and `LAT` are those of Korea's public-data tables.
const PAIRS: &[(&[&str], &[&str], bool)] = &[
    (
        &["경도", "wgs84경도", "longitude", "lon", "lng", "lot", "long"],
        &["위도", "wgs84위도", "latitude", "lat"],
        true,
    ),
    (
        &["x좌표", "좌표x", "좌표정보x", "좌표정보xepsg5174", "x"],
        &["y좌표", "좌표y", "좌표정보y", "좌표정보yepsg5174", "y"],
        false,
    ),
];

/// The columns of coordinates, if the table has them.
pub(super) fn coordinates(header: &[String]) -> Option<Coordinates> {
    let plain: Vec<String> = header
        .iter()
        .map(|name| {
            name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
        })
        .collect();
    let find = |names: &[&str]| {
        names.iter().find_map(|wanted| plain.iter().position(|name| name == wanted))
    };
    PAIRS.iter().find_map(|(x, y, degrees)| {
        Some(Coordinates { x: find(x)?, y: find(y)?, degrees: *degrees })
    })
}

impl Coordinates {
    /// The point of a row; none if both cells are blank. The error is the column that is no number, and its text.
    pub(super) fn of(self, cells: &[CellText<'_>]) -> Result<Option<[f64; 2]>, (usize, String)> {
        let number = |column: usize| -> Result<Option<f64>, (usize, String)> {
            match cells.get(column) {
                None => Ok(None),
                Some(CellText::Text(text)) if text.trim().is_empty() => Ok(None),
                Some(CellText::Text(text)) => match text.trim().parse::<f64>() {
                    Ok(number) => Ok(Some(number)),
                    Err(_) => Err((column, text.to_string())),
                },
                Some(CellText::Undecodable(hex)) => Err((column, hex.clone())),
            }
        };
        match (number(self.x)?, number(self.y)?) {
            (Some(x), Some(y)) => Ok(Some([x, y])),
            (None, None) => Ok(None),
            (None, Some(_)) => Err((self.x, String::new())),
            (Some(_), None) => Err((self.y, String::new())),
        }
    }
}

/// What a column may be, after the cells seen so far.
#[derive(Debug)]
pub(super) struct Guess {
    any: bool,
    integer: bool,
    float: bool,
    date: bool,
}

impl Guess {
    pub(super) fn new(name: &str) -> Self {
        // Codes and numbers of things are names, even where they are digits.
        let upper = name.to_uppercase();
        let named = ["CDE", "_CD", "CODE", "_NO", "_IDN", "코드", "번호"]
            .iter()
            .any(|end| upper.ends_with(end));
        Self { any: false, integer: !named, float: !named, date: true }
    }

    pub(super) fn add(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.any = true;
        self.integer &= whole(text).is_some();
        self.float &= decimal(text).is_some();
        self.date &= date(text).is_some();
    }

    pub(super) fn kind(&self) -> FieldKind {
        match self {
            Self { any: false, .. } => FieldKind::Text,
            Self { integer: true, .. } => FieldKind::Integer,
            Self { float: true, .. } => FieldKind::Float,
            Self { date: true, .. } => FieldKind::Date,
            _ => FieldKind::Text,
        }
    }
}

/// The value of a cell in a column of that kind, which its guess has seen to fit.
pub(super) fn value(text: &str, kind: FieldKind) -> Value {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Value::Null;
    }
    let found = match kind {
        FieldKind::Integer => whole(trimmed).map(Value::Integer),
        FieldKind::Float => decimal(trimmed).map(Value::Float),
        FieldKind::Date => date(trimmed).map(Value::Date),
        FieldKind::Text | FieldKind::Boolean => Some(Value::text(text.trim_end())),
    };
    found.unwrap_or(Value::Null)
}

/// A whole number that is written as one: no leading zero, no plus, and few enough digits.
fn whole(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.bytes().all(|b| b.is_ascii_digit())
        && digits.len() <= 18
        && (digits.len() == 1 || !digits.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

fn decimal(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || b".eE+-".contains(&b))
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && !(digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0."));
    let number: f64 = if plain { text.parse().ok()? } else { return None };
    // An id of so many digits would lose its last ones.
    let is_long_id = number.abs() >= EXACT && digits.bytes().all(|b| b.is_ascii_digit());
    (number.is_finite() && !is_long_id).then_some(number)
}

fn date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(header: &[&str]) -> Vec<String> {
        header.iter().map(|&s| s.to_owned()).collect()
    }

    #[test]
    fn coordinates_are_found_by_their_many_names() {
        let found = |header: &[&str]| coordinates(&names(header)).map(|c| (c.x, c.y, c.degrees));
        assert_eq!(found(&["이름", "위도", "경도"]), Some((2, 1, true)));
        assert_eq!(found(&["NM", "LAT", "LOT"]), Some((2, 1, true)));
        assert_eq!(found(&["X", "y", "n"]), Some((0, 1, false)));
        assert_eq!(found(&["좌표정보(X)", "좌표정보(Y)"]), Some((0, 1, false)));
        assert_eq!(found(&["x", "이름"]), None);
    }

    #[test]
    fn digits_that_are_names_stay_text() {
        let kind = |name: &str, cells: &[&str]| {
            let mut guess = Guess::new(name);
            for cell in cells {
                guess.add(cell);
            }
            guess.kind()
        };
        assert_eq!(kind("인구", &["12", "", "-3"]), FieldKind::Integer);
        assert_eq!(kind("전화", &["0312345678"]), FieldKind::Text);
        assert_eq!(kind("행정동코드", &["4141051000"]), FieldKind::Text);
        assert_eq!(kind("면적", &["1.5", "2"]), FieldKind::Float);
        assert_eq!(kind("관리", &["9007199254740993", "1"]), FieldKind::Integer);
        assert_eq!(kind("관리", &["12345678901234567890", "1"]), FieldKind::Text);
        assert_eq!(kind("관리", &["9007199254740993", "1.5"]), FieldKind::Text);
        assert_eq!(kind("날짜", &["2020-02-29"]), FieldKind::Date);
        assert_eq!(kind("빈칸", &[""]), FieldKind::Text);
        assert_eq!(value("0.5 ", FieldKind::Float), Value::Float(0.5));
    }
}
