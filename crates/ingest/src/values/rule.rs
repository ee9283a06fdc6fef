//! What is done to the values of one column.

use super::dates::{self, Day};
use super::nulls::Nulls;
use super::tally::Tally;
use super::{codes, numbers, personal};
use siseol_model::{FieldKind, FieldSpec, FieldType, Issue, IssueKind, Value};
use std::collections::BTreeMap;

/// What is done to the values of one column, by what the profile knows of its field.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    /// As the file calls it.
    column: String,
    /// What the profile knows of the field; none if it does not know it.
    spec: Option<FieldSpec>,
    nulls: Nulls,
    lists: Lists,
    /// What the field's values are, cleaned.
    kind: FieldKind,
    mask: bool,
}

/// What the codes of a column are held against.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lists {
    /// The codes of its code list, sorted; empty if there is no list or nothing in it.
    pub codes: Vec<Box<str>>,
    /// Of the class field: the codes of other classes, with the class.
    pub other_classes: BTreeMap<Box<str>, String>,
}

impl Rule {
    /// The rule of a column of that name and kind. `nulls` are those of the whole profile.
    pub(crate) fn new(
        column: &str,
        delivered: FieldKind,
        spec: Option<&FieldSpec>,
        nulls: &[String],
        lists: Lists,
        keep_personal: bool,
    ) -> Self {
        let own = spec.map_or(&[][..], |spec| spec.nulls.as_slice());
        Self {
            column: column.to_owned(),
            spec: spec.cloned(),
            nulls: Nulls::new(nulls.iter().chain(own)),
            lists,
            kind: spec.map_or(delivered, |spec| kind(spec, delivered)),
            mask: spec.is_some_and(|spec| spec.personal) && !keep_personal,
        }
    }

    pub(crate) fn column(&self) -> &str {
        &self.column
    }

    /// What the field's values are, cleaned.
    pub(crate) fn kind(&self) -> FieldKind {
        self.kind
    }

    /// Whether its values are masked.
    pub(crate) fn masks(&self) -> bool {
        self.mask
    }

    pub(super) fn spec(&self) -> Option<&FieldSpec> {
        self.spec.as_ref()
    }

    /// The class whose code it is, if it is another one's.
    pub(super) fn other_class(&self, code: &str) -> Option<&str> {
        self.lists.other_classes.get(code).map(String::as_str)
    }

    /// Cleans a value. The finding is about one that the field cannot hold.
    pub(super) fn clean(&self, value: &mut Value, row: u64, tally: &mut Tally) -> Option<Issue> {
        if self.is_blank(value) {
            if self.spec.is_some() {
                tally.blank.add(row);
            }
            *value = Value::Null;
            return None;
        }
        if self.nulls.contain(value) {
            unknown(value, row, tally);
            return None;
        }
        if self.mask {
            tally.masked.add(row);
            *value = personal::mask();
            return None;
        }
        count_digits(value, row, tally);
        let Some(holds) = self.spec.as_ref().and_then(|spec| spec.kind) else {
            self.count(value, row, tally);
            return None;
        };
        let issue = match holds {
            FieldType::Date => self.date(value, row, tally),
            FieldType::Code => {
                codes::write(value, self.spec.as_ref().and_then(|spec| spec.digits));
                None
            }
            FieldType::Text | FieldType::Integer | FieldType::Number | FieldType::Boolean => {
                self.convert(value, row, tally)
            }
        };
        if issue.is_none() && self.nulls.contain(value) {
            unknown(value, row, tally);
            return None;
        }
        self.count(value, row, tally);
        issue
    }

    /// Whether nothing is there. An empty text says as much, where the profile knows the field.
    fn is_blank(&self, value: &Value) -> bool {
        match value {
            Value::Null => true,
            Value::Text(text) => self.spec.is_some() && text.trim().is_empty(),
            _ => false,
        }
    }

    /// A date, as ISO text; a column of dates stays one.
    fn date(&self, value: &mut Value, row: u64, tally: &mut Tally) -> Option<Issue> {
        let day = match &*value {
            Value::Date(date) if dates::is_no_day(*date) => Day::Unknown,
            Value::Date(_) | Value::Null => return None,
            Value::Text(text) => dates::read(text),
            other => dates::read(&other.to_string()),
        };
        match day {
            Day::Known(iso) => {
                if iso.partial {
                    tally.partial.add_value(row, value);
                }
                if !matches!(&*value, Value::Text(text) if **text == *iso.as_str()) {
                    *value = Value::text(iso.as_str());
                }
                None
            }
            Day::Unknown => {
                unknown(value, row, tally);
                None
            }
            Day::Invalid => Some(self.lost(IssueKind::DateInvalid, value, row)),
        }
    }

    /// The value as one of the field's kind.
    #[expect(clippy::cast_precision_loss, reason = "what is lost is counted as inexact")]
    fn convert(&self, value: &mut Value, row: u64, tally: &mut Tally) -> Option<Issue> {
        if value.fits(self.kind) {
            return None;
        }
        let converted = match (&*value, self.kind) {
            (value, FieldKind::Text) => Some(Value::text(value.to_string())),
            (Value::Text(text), FieldKind::Integer) => numbers::whole(text).map(Value::Integer),
            (Value::Text(text), FieldKind::Float) => numbers::number(text).map(Value::Float),
            (Value::Integer(number), FieldKind::Float) => Some(Value::Float(*number as f64)),
            (Value::Text(text), FieldKind::Boolean) => numbers::truth(text).map(Value::Boolean),
            (Value::Integer(number @ 0..=1), FieldKind::Boolean) => {
                Some(Value::Boolean(*number == 1))
            }
            _ => None,
        };
        match converted {
            Some(converted) => {
                count_digits(&converted, row, tally);
                *value = converted;
                None
            }
            None => Some(self.lost(IssueKind::ValueType, value, row)),
        }
    }

    /// Makes a value null that the field cannot hold. The finding has all of it.
    fn lost(&self, kind: IssueKind, value: &mut Value, row: u64) -> Issue {
        let original = std::mem::replace(value, Value::Null).to_string();
        let column = &self.column;
        let text = format!("row {row}, {column}: `{original}` is kept empty: {}", kind.label().en);
        Issue::row(kind, row, text).at(column, &original)
    }

    /// Counts what is odd about a value that is kept.
    #[expect(clippy::cast_precision_loss, reason = "a range is not told in so many digits")]
    fn count(&self, value: &Value, row: u64, tally: &mut Tally) {
        let number = match value {
            Value::Integer(number) => *number as f64,
            Value::Float(number) => *number,
            Value::Text(code) => return self.count_code(code, value, row, tally),
            Value::Null | Value::Date(_) | Value::Boolean(_) => return,
        };
        let range = self.spec.as_ref().and_then(|spec| spec.range);
        if range.is_some_and(|[least, greatest]| number < least || greatest < number) {
            tally.range.add_value(row, value);
        }
    }

    fn count_code(&self, code: &str, value: &Value, row: u64, tally: &mut Tally) {
        let Lists { codes, other_classes } = &self.lists;
        if !codes.is_empty() && codes.binary_search_by(|known| (**known).cmp(code)).is_err() {
            tally.unlisted.add_value(row, value);
        }
        if other_classes.contains_key(code) {
            tally.other_class.add_value(row, value);
        }
    }
}

/// Counts a number with more digits than it can have, as delivered or as it became: as text they look certain.
fn count_digits(value: &Value, row: u64, tally: &mut Tally) {
    if let Value::Float(number) = value
        && number.fract() == 0.0
        && numbers::is_inexact(*number)
    {
        tally.inexact.add_value(row, value);
    }
}

/// Makes a value null that stands for an unknown one.
fn unknown(value: &mut Value, row: u64, tally: &mut Tally) {
    tally.nulled.add_value(row, value);
    *value = Value::Null;
}

/// What the values of a field are, cleaned, where the file has them as `delivered`. Numbers with decimals stay what they
/// are in a field of whole numbers: nothing of them is lost.
fn kind(spec: &FieldSpec, delivered: FieldKind) -> FieldKind {
    use FieldKind as Kind;
    if spec.personal {
        return Kind::Text;
    }
    match (spec.kind, delivered) {
        (None, _)
        | (Some(FieldType::Date), Kind::Date)
        | (Some(FieldType::Integer), Kind::Float)
        | (Some(FieldType::Integer | FieldType::Number), Kind::Date | Kind::Boolean)
        | (Some(FieldType::Boolean), Kind::Date | Kind::Float) => delivered,
        (Some(FieldType::Text | FieldType::Code | FieldType::Date), _) => Kind::Text,
        (Some(FieldType::Integer), _) => Kind::Integer,
        (Some(FieldType::Number), _) => Kind::Float,
        (Some(FieldType::Boolean), _) => Kind::Boolean,
    }
}
