//! From JSON to a tree.

use crate::filter::error::{FilterError, Place};
use crate::filter::expression::{Expression, IntervalEnd};
use crate::filter::instant::Instant;
use crate::filter::limits::{MAX_DEPTH, MAX_PARTS};
use crate::filter::number::Number;
use crate::filter::operators::{
    Arithmetic, ArrayRelation, Comparison, Folding, SpatialRelation, TemporalRelation,
};
use crate::filter::text::is_function_name;
use serde_json::{Map, Value};

pub(super) type Result<T> = std::result::Result<T, FilterError>;

/// Reads one document, and knows where in it it is.
#[derive(Default)]
pub(super) struct Reader {
    path: Vec<String>,
    depth: usize,
    parts: usize,
    pub(super) vertices: usize,
}

/// What can stand where an operand is wanted.
const VALUE: &str =
    "a value or an object with `op`, `property`, `date`, `timestamp`, `interval`, `bbox` or `type`";

impl Reader {
    pub(super) fn expression(&mut self, json: &Value) -> Result<Expression> {
        self.parts += 1;
        if self.parts > MAX_PARTS {
            return Err(FilterError::TooLarge { what: "parts", limit: MAX_PARTS });
        }
        match json {
            Value::Bool(value) => Ok(Expression::Boolean(*value)),
            Value::String(text) => Ok(Expression::Text(text.clone())),
            Value::Number(_) => self.number(json).map(Expression::Number),
            Value::Array(members) => self.inside(|reader| {
                let read = |(i, member)| reader.at(i, |reader| reader.expression(member));
                members.iter().enumerate().map(read).collect::<Result<_>>().map(Expression::Array)
            }),
            Value::Object(object) => self.object(object, json),
            Value::Null => Err(self.unexpected(VALUE, json)),
        }
    }

    /// A whole number stays one.
    pub(super) fn number(&self, json: &Value) -> Result<Number> {
        // The least whole number has no positive twin, so that text reads it as a floating one.
        let whole = json.as_i64().filter(|&whole| whole != i64::MIN).map(Number::Integer);
        whole
            .or_else(|| Number::finite(json.as_f64()?))
            .ok_or_else(|| self.unexpected("a number", json))
    }

    fn object(&mut self, object: &Map<String, Value>, json: &Value) -> Result<Expression> {
        if let Some(op) = object.get("op") {
            let Some(op) = op.as_str() else {
                return self.at("op", |reader| Err(reader.unexpected("a text", op)));
            };
            let args = match object.get("args") {
                Some(Value::Array(args)) => args,
                other => {
                    let other = other.unwrap_or(&Value::Null);
                    return self.at("args", |reader| Err(reader.unexpected("an array", other)));
                }
            };
            return self.inside(|reader| reader.operation(op, args));
        }
        if let Some(name) = object.get("property") {
            return self.at("property", |reader| reader.text(name).map(Expression::Property));
        }
        if let Some(date) = object.get("date") {
            return self.at("date", |reader| {
                reader.instant(date, Instant::date, "a date such as 2005-05-09")
            });
        }
        if let Some(timestamp) = object.get("timestamp") {
            return self.at("timestamp", |reader| {
                let form = "a timestamp such as 2005-05-09T10:00:00Z";
                reader.instant(timestamp, Instant::timestamp, form)
            });
        }
        if let Some(interval) = object.get("interval") {
            return self.at("interval", |reader| reader.interval(interval));
        }
        if let Some(bbox) = object.get("bbox") {
            return self.at("bbox", |reader| reader.bbox(bbox).map(Expression::Bbox));
        }
        if object.contains_key("type") {
            return self.geometry(object).map(Expression::Geometry);
        }
        Err(self.unexpected(VALUE, json))
    }

    fn operation(&mut self, op: &str, args: &[Value]) -> Result<Expression> {
        if op.eq_ignore_ascii_case("and") {
            return self.joined(args).map(Expression::And);
        }
        if op.eq_ignore_ascii_case("or") {
            return self.joined(args).map(Expression::Or);
        }
        if op.eq_ignore_ascii_case("not") {
            let [operand] = self.operands(args)?;
            return Ok(Expression::Not(Box::new(operand)));
        }
        if op.eq_ignore_ascii_case("isNull") {
            let [operand] = self.operands(args)?;
            return Ok(Expression::IsNull(Box::new(operand)));
        }
        if op.eq_ignore_ascii_case("like") {
            return Ok(Expression::Like(Box::new(self.operands(args)?)));
        }
        if op.eq_ignore_ascii_case("between") {
            return Ok(Expression::Between(Box::new(self.operands(args)?)));
        }
        if op.eq_ignore_ascii_case("in") {
            return self.in_list(args);
        }
        if let Some(folding) = Folding::named(op) {
            let [operand] = self.operands(args)?;
            return Ok(Expression::Fold(folding, Box::new(operand)));
        }
        if let Some(comparison) = Comparison::named(op) {
            return Ok(Expression::Compare(comparison, Box::new(self.operands(args)?)));
        }
        if let Some(operator) = Arithmetic::named(op) {
            return Ok(Expression::Arithmetic(operator, Box::new(self.operands(args)?)));
        }
        if let Some(relation) = SpatialRelation::named(op) {
            return Ok(Expression::Spatial(relation, Box::new(self.operands(args)?)));
        }
        if let Some(relation) = TemporalRelation::named(op) {
            return Ok(Expression::Temporal(relation, Box::new(self.operands(args)?)));
        }
        if let Some(relation) = ArrayRelation::named(op) {
            return Ok(Expression::Arrays(relation, Box::new(self.operands(args)?)));
        }
        if !is_function_name(op) {
            let op = Value::from(op);
            return self.at("op", |reader| {
                Err(reader.unexpected("an operator or the name of a function", &op))
            });
        }
        let arguments = self.at("args", |reader| reader.list(args))?;
        Ok(Expression::Function(op.to_owned(), arguments))
    }

    /// Two operands or more.
    fn joined(&mut self, args: &[Value]) -> Result<Vec<Expression>> {
        if args.len() < 2 {
            return self.at("args", |reader| Err(reader.count("2 or more operands", args)));
        }
        self.at("args", |reader| reader.list(args))
    }

    /// As many operands as there have to be.
    fn operands<const N: usize>(&mut self, args: &[Value]) -> Result<[Expression; N]> {
        self.at("args", |reader| {
            let plural = if N == 1 { "" } else { "s" };
            let expected = format!("{N} operand{plural}");
            let operands = reader.list(args)?;
            <[Expression; N]>::try_from(operands).ok().ok_or_else(|| reader.count(&expected, args))
        })
    }

    fn list(&mut self, items: &[Value]) -> Result<Vec<Expression>> {
        let read = |(i, item)| self.at(i, |reader| reader.expression(item));
        items.iter().enumerate().map(read).collect()
    }

    fn in_list(&mut self, args: &[Value]) -> Result<Expression> {
        self.at("args", |reader| {
            let [value, list] = args else { return Err(reader.count("2 operands", args)) };
            let value = reader.at(0, |reader| reader.expression(value))?;
            let list = reader.at(1, |reader| match list {
                Value::Array(members) if !members.is_empty() => reader.list(members),
                _ => Err(reader.unexpected("an array of values", list)),
            })?;
            Ok(Expression::In(Box::new(value), list))
        })
    }

    fn text(&self, json: &Value) -> Result<String> {
        json.as_str().map(str::to_owned).ok_or_else(|| self.unexpected("a text", json))
    }

    fn instant(
        &self,
        json: &Value,
        read: fn(&str) -> Option<Instant>,
        form: &str,
    ) -> Result<Expression> {
        let instant = json.as_str().and_then(read);
        instant.map(Expression::Instant).ok_or_else(|| self.unexpected(form, json))
    }

    fn interval(&mut self, json: &Value) -> Result<Expression> {
        self.inside(|reader| {
            let ends = json.as_array().map(Vec::as_slice);
            let Some([begin, end]) = ends else {
                return Err(reader.unexpected("an array of a begin and an end", json));
            };
            let begin = reader.at(0, |reader| reader.interval_end(begin))?;
            let end = reader.at(1, |reader| reader.interval_end(end))?;
            Ok(Expression::Interval(Box::new([begin, end])))
        })
    }

    fn interval_end(&mut self, json: &Value) -> Result<IntervalEnd> {
        const FORM: &str = "a date, a timestamp, \"..\", a property or a function";
        if json.as_str() == Some("..") {
            return Ok(IntervalEnd::Open);
        }
        if let Some(instant) = json.as_str().and_then(Instant::either) {
            return Ok(IntervalEnd::Instant(instant));
        }
        if json.is_object() {
            match self.expression(json)? {
                Expression::Instant(instant) => return Ok(IntervalEnd::Instant(instant)),
                Expression::Property(name) => return Ok(IntervalEnd::Property(name)),
                Expression::Function(name, arguments) => {
                    return Ok(IntervalEnd::Function(name, arguments));
                }
                _ => {}
            }
        }
        Err(self.unexpected(FORM, json))
    }

    fn inside<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let what = "operators within one another";
            return Err(FilterError::TooLarge { what, limit: MAX_DEPTH });
        }
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    /// Reads what is at a member or an index.
    pub(super) fn at<T>(
        &mut self,
        step: impl std::fmt::Display,
        read: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        self.path.push(format!("{step}"));
        let value = read(self)?;
        self.path.pop();
        Ok(value)
    }

    fn count(&self, expected: &str, args: &[Value]) -> FilterError {
        FilterError::Unexpected {
            place: self.place(),
            expected: expected.to_owned(),
            found: args.len().to_string(),
        }
    }

    pub(super) fn unexpected(&self, expected: &str, json: &Value) -> FilterError {
        let written = json.to_string();
        let short: String = written.chars().take(40).collect();
        let found = if short == written { short } else { short + " .." };
        FilterError::Unexpected { place: self.place(), expected: expected.to_owned(), found }
    }

    pub(super) fn place(&self) -> Place {
        let step = |step: &String| format!("/{}", step.replace('~', "~0").replace('/', "~1"));
        Place::Pointer(self.path.iter().map(step).collect())
    }
}
