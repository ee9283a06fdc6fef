//! From tokens to a tree, by recursive descent over the grammar of CQL2 (OGC 21-065r2, annex B).

use super::RESERVED;
use super::cursor::{Parser, Result};
use super::lexer::Token;
use crate::filter::expression::{Expression, IntervalEnd};
use crate::filter::instant::Instant;
use crate::filter::number::Number;
use crate::filter::operators::{
    Arithmetic, ArrayRelation, Comparison, Folding, SpatialRelation, TemporalRelation,
};

impl Parser<'_> {
    /// All of the text.
    pub(super) fn whole(mut self) -> Result<Expression> {
        let expression = self.disjunction()?;
        match self.peek() {
            Token::End => Ok(expression),
            _ => Err(self.unexpected("an operator or the end")),
        }
    }

    fn disjunction(&mut self) -> Result<Expression> {
        self.joined("or", Self::conjunction, Expression::Or)
    }

    fn conjunction(&mut self) -> Result<Expression> {
        self.joined("and", Self::negation, Expression::And)
    }

    /// Operands with the same keyword between them, which become one list.
    fn joined(
        &mut self,
        keyword: &str,
        operand: fn(&mut Self) -> Result<Expression>,
        join: fn(Vec<Expression>) -> Expression,
    ) -> Result<Expression> {
        let (first, height) = self.tall(operand)?;
        if !self.peek().is_word(keyword) {
            return Ok(first);
        }
        self.under(height)?;
        let mut operands = vec![first];
        while self.take_word(keyword) {
            operands.push(self.inside(operand)?);
        }
        Ok(join(operands))
    }

    fn negation(&mut self) -> Result<Expression> {
        if self.take_word("not") {
            self.part()?;
            let negated = self.inside(Self::negation)?;
            return Ok(Expression::Not(Box::new(negated)));
        }
        self.predicate()
    }

    /// A value, or a comparison of values.
    fn predicate(&mut self) -> Result<Expression> {
        let (left, height) = self.tall(Self::sum)?;
        if let Token::Symbol(symbol) = *self.peek()
            && let Some(comparison) = Comparison::named(symbol)
        {
            self.next += 1;
            self.under(height)?;
            let right = self.inside(Self::sum)?;
            return Ok(Expression::Compare(comparison, Box::new([left, right])));
        }
        let is_null = self.take_word("is");
        let negated = self.take_word("not");
        let test = if is_null {
            self.expect_word("null")?;
            Expression::IsNull(Box::new(left))
        } else if self.take_word("like") {
            let pattern = self.right_of(negated, Self::sum)?;
            Expression::Like(Box::new([left, pattern]))
        } else if self.take_word("between") {
            let low = self.right_of(negated, Self::sum)?;
            self.expect_word("and")?;
            let high = self.right_of(negated, Self::sum)?;
            Expression::Between(Box::new([left, low, high]))
        } else if self.take_word("in") {
            self.expect("(")?;
            Expression::In(Box::new(left), self.right_of(negated, Self::in_list)?)
        } else if negated {
            return Err(self.unexpected("LIKE, BETWEEN or IN"));
        } else {
            return Ok(left);
        };
        self.under(height)?;
        if !negated {
            return Ok(test);
        }
        self.under(height + 1)?;
        Ok(Expression::Not(Box::new(test)))
    }

    /// Reads what stands right of an operator, which lies in a NOT if it is negated.
    fn right_of<T>(&mut self, negated: bool, read: fn(&mut Self) -> Result<T>) -> Result<T> {
        self.inside(|parser| if negated { parser.inside(read) } else { read(parser) })
    }

    fn in_list(&mut self) -> Result<Vec<Expression>> {
        if self.peek().is_symbol(")") {
            return Err(self.unexpected(VALUE));
        }
        self.list(Self::sum)
    }

    fn sum(&mut self) -> Result<Expression> {
        self.chain(&[Arithmetic::Add, Arithmetic::Subtract], Self::term)
    }

    fn term(&mut self) -> Result<Expression> {
        let operators =
            [Arithmetic::Multiply, Arithmetic::Divide, Arithmetic::Modulo, Arithmetic::Div];
        self.chain(&operators, Self::power)
    }

    /// Operators of one rank, the left ones first.
    fn chain(
        &mut self,
        operators: &[Arithmetic],
        operand: fn(&mut Self) -> Result<Expression>,
    ) -> Result<Expression> {
        let (mut left, mut height) = self.tall(operand)?;
        while let Some(operator) = self.take_operator(operators) {
            self.under(height)?;
            let (right, right_height) = self.tall(|parser| parser.inside(operand))?;
            height = (height + 1).max(right_height);
            left = Expression::Arithmetic(operator, Box::new([left, right]));
        }
        Ok(left)
    }

    fn power(&mut self) -> Result<Expression> {
        let (base, height) = self.tall(Self::factor)?;
        if self.take_operator(&[Arithmetic::Power]).is_none() {
            return Ok(base);
        }
        self.under(height)?;
        let exponent = self.inside(Self::factor)?;
        Ok(Expression::Arithmetic(Arithmetic::Power, Box::new([base, exponent])))
    }

    fn take_operator(&mut self, operators: &[Arithmetic]) -> Option<Arithmetic> {
        let operator = match self.peek() {
            Token::Symbol(symbol) => Arithmetic::named(symbol),
            Token::Word(word) => Arithmetic::named(word),
            _ => None,
        };
        let operator = operator.filter(|operator| operators.contains(operator))?;
        self.next += 1;
        Some(operator)
    }

    /// A value with its sign. A minus before anything but a number is a product with -1, as in CQL2 JSON.
    fn factor(&mut self) -> Result<Expression> {
        if let Some(number) = self.take_number() {
            self.part()?;
            return Ok(Expression::Number(number));
        }
        if self.take("-") {
            self.part()?;
            self.part()?;
            let operand = self.inside(Self::primary)?;
            let minus = Expression::Number(Number::Integer(-1));
            return Ok(Expression::Arithmetic(Arithmetic::Multiply, Box::new([minus, operand])));
        }
        self.primary()
    }

    /// A number with its sign, if one comes.
    pub(super) fn take_number(&mut self) -> Option<Number> {
        let sign = ["+", "-"].into_iter().find(|sign| self.peek().is_symbol(sign));
        let Token::Number(number) = *self.ahead(usize::from(sign.is_some())) else { return None };
        self.next += 1 + usize::from(sign.is_some());
        Some(match number {
            Number::Integer(value) if sign == Some("-") => Number::Integer(-value),
            Number::Float(value) if sign == Some("-") => Number::Float(-value),
            _ => number,
        })
    }

    fn primary(&mut self) -> Result<Expression> {
        if self.take("(") {
            return self.bracket();
        }
        self.part()?;
        let called = self.ahead(1).is_symbol("(");
        match self.peek().clone() {
            Token::Text(text) => {
                self.next += 1;
                Ok(Expression::Text(text))
            }
            Token::Quoted(name) => {
                self.next += 1;
                Ok(Expression::Property(name))
            }
            Token::Word(word) if word.eq_ignore_ascii_case("true") => {
                self.next += 1;
                Ok(Expression::Boolean(true))
            }
            Token::Word(word) if word.eq_ignore_ascii_case("false") => {
                self.next += 1;
                Ok(Expression::Boolean(false))
            }
            Token::Word(word) if RESERVED.iter().any(|r| word.eq_ignore_ascii_case(r)) => {
                Err(self.unexpected(VALUE))
            }
            Token::Word(word) => {
                if let Some(geometry) = self.take_geometry()? {
                    return Ok(Expression::Geometry(geometry));
                }
                self.next += 1;
                if called {
                    self.next += 1;
                    self.call(word)
                } else {
                    Ok(Expression::Property(word))
                }
            }
            _ => Err(self.unexpected(VALUE)),
        }
    }

    /// What follows an opening bracket: one expression, or an array.
    fn bracket(&mut self) -> Result<Expression> {
        let extent = self.extent(self.next - 1);
        if extent.is_some_and(|extent| extent.is_list) {
            self.part()?;
            return self.list(Self::member).map(Expression::Array);
        }
        self.open()?;
        let expression = self.disjunction()?;
        self.close()?;
        Ok(expression)
    }

    /// A member of an array, or an operand where an array is wanted: one value in brackets is an array there.
    fn member(&mut self) -> Result<Expression> {
        let extent = self.extent(self.next);
        if extent.is_some_and(|extent| extent.is_whole) {
            self.part()?;
            self.next += 1;
            return self.list(Self::member).map(Expression::Array);
        }
        self.disjunction()
    }

    /// What a name with a bracket after it means; the bracket is read.
    fn call(&mut self, name: String) -> Result<Expression> {
        if name.eq_ignore_ascii_case("date") {
            return self.instant(Instant::date, "a date such as '2005-05-09'");
        }
        if name.eq_ignore_ascii_case("timestamp") {
            return self.instant(Instant::timestamp, "a timestamp such as '2005-05-09T10:00:00Z'");
        }
        if name.eq_ignore_ascii_case("interval") {
            let begin = self.inside(Self::interval_end)?;
            self.expect(",")?;
            let end = self.inside(Self::interval_end)?;
            self.expect(")")?;
            return Ok(Expression::Interval(Box::new([begin, end])));
        }
        if name.eq_ignore_ascii_case("bbox") {
            return self.bbox();
        }
        if let Some(folding) = Folding::named(&name) {
            self.open()?;
            let text = self.inside(Self::disjunction)?;
            self.close()?;
            return Ok(Expression::Fold(folding, Box::new(text)));
        }
        if let Some(relation) = SpatialRelation::named(&name) {
            let pair = self.pair(Self::disjunction)?;
            return Ok(Expression::Spatial(relation, pair));
        }
        if let Some(relation) = TemporalRelation::named(&name) {
            let pair = self.pair(Self::disjunction)?;
            return Ok(Expression::Temporal(relation, pair));
        }
        if let Some(relation) = ArrayRelation::named(&name) {
            let pair = self.pair(Self::member)?;
            return Ok(Expression::Arrays(relation, pair));
        }
        let arguments = self.list(Self::disjunction)?;
        Ok(Expression::Function(name, arguments))
    }

    fn pair(
        &mut self,
        operand: fn(&mut Self) -> Result<Expression>,
    ) -> Result<Box<[Expression; 2]>> {
        self.open()?;
        let first = self.inside(operand)?;
        self.expect(",")?;
        let second = self.inside(operand)?;
        self.close()?;
        Ok(Box::new([first, second]))
    }

    /// Expressions with commas between them and a bracket after them.
    fn list(&mut self, item: fn(&mut Self) -> Result<Expression>) -> Result<Vec<Expression>> {
        self.open()?;
        let mut items = Vec::new();
        while !self.peek().is_symbol(")") {
            if !items.is_empty() {
                self.expect(",")?;
            }
            items.push(self.inside(item)?);
        }
        self.close()?;
        Ok(items)
    }

    fn instant(&mut self, read: fn(&str) -> Option<Instant>, form: &str) -> Result<Expression> {
        let Token::Text(text) = self.peek() else { return Err(self.unexpected(form)) };
        let Some(instant) = read(text) else { return Err(self.unexpected(form)) };
        self.next += 1;
        self.expect(")")?;
        Ok(Expression::Instant(instant))
    }

    fn interval_end(&mut self) -> Result<IntervalEnd> {
        const FORM: &str = "a date or timestamp in single quotes, '..' or a property";
        let end = match self.peek() {
            Token::Text(text) if text == ".." => IntervalEnd::Open,
            Token::Text(text) => match Instant::either(text) {
                Some(instant) => IntervalEnd::Instant(instant),
                None => return Err(self.unexpected(FORM)),
            },
            Token::Word(_) | Token::Quoted(_) => {
                return match self.primary()? {
                    Expression::Property(name) => Ok(IntervalEnd::Property(name)),
                    Expression::Function(name, arguments) => {
                        Ok(IntervalEnd::Function(name, arguments))
                    }
                    _ => Err(self.unexpected(FORM)),
                };
            }
            _ => return Err(self.unexpected(FORM)),
        };
        self.next += 1;
        Ok(end)
    }
}

/// What can stand where an operand is wanted.
const VALUE: &str = "a property, a value, a function or `(`";
