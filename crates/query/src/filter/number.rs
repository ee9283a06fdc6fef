//! Numbers, and what is done with them.

use super::operators::Arithmetic;
use std::cmp::Ordering;

/// A number: whole while it can be, so that large codes are compared digit by digit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// A whole number.
    Integer(i64),
    /// A finite number.
    Float(f64),
}

impl Number {
    /// The number as the nearest floating point number.
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Integer(value) => value as f64,
            Self::Float(value) => value,
        }
    }

    /// The number that `value` is; none if it is not finite.
    pub(super) fn finite(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self::Float(value))
    }

    /// Exact, also between a whole number and a floating one.
    pub(super) fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => a.cmp(&b),
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
            (Self::Integer(a), Self::Float(b)) => compare_mixed(a, b),
            (Self::Float(a), Self::Integer(b)) => compare_mixed(b, a).reverse(),
        }
    }

    /// The result of an operator; none where there is none: a division by zero, a root of a negative number, a number
    /// beyond what can be written. Whole numbers stay whole while the result fits.
    pub(super) fn combine(self, operator: Arithmetic, other: Self) -> Option<Self> {
        if let (Self::Integer(a), Self::Integer(b)) = (self, other) {
            let whole = match operator {
                Arithmetic::Add => a.checked_add(b),
                Arithmetic::Subtract => a.checked_sub(b),
                Arithmetic::Multiply => a.checked_mul(b),
                Arithmetic::Div => a.checked_div(b),
                Arithmetic::Modulo => a.checked_rem(b),
                Arithmetic::Power => u32::try_from(b).ok().and_then(|b| a.checked_pow(b)),
                Arithmetic::Divide => None,
            };
            if let Some(whole) = whole {
                return Some(Self::Integer(whole));
            }
        }
        let (a, b) = (self.as_f64(), other.as_f64());
        let divides = matches!(operator, Arithmetic::Divide | Arithmetic::Div | Arithmetic::Modulo);
        if divides && b == 0.0 {
            return None;
        }
        Self::finite(match operator {
            Arithmetic::Add => a + b,
            Arithmetic::Subtract => a - b,
            Arithmetic::Multiply => a * b,
            Arithmetic::Divide => a / b,
            Arithmetic::Modulo => a % b,
            Arithmetic::Div => (a / b).trunc(),
            Arithmetic::Power => a.powf(b),
        })
    }
}

impl std::fmt::Display for Number {
    /// As it is written in both forms; a floating point number never looks like a whole one.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Integer(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value:?}"),
        }
    }
}

/// A whole number beside a floating one, which rounding the whole one could make equal.
#[expect(clippy::cast_possible_truncation, reason = "between the bounds that are tested")]
fn compare_mixed(whole: i64, float: f64) -> Ordering {
    // The first number beyond the whole ones: 2^63.
    let beyond = 2.0_f64.powi(63);
    if float >= beyond {
        Ordering::Less
    } else if float < -beyond {
        Ordering::Greater
    } else {
        let floor = float.floor();
        // Of the same whole part, the one with a fraction is greater.
        whole.cmp(&(floor as i64)).then(if float > floor {
            Ordering::Less
        } else {
            Ordering::Equal
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_whole_numbers_are_not_rounded_in_a_comparison() {
        let large = 9_007_199_254_740_993;
        let beyond = 2.0_f64.powi(63);
        let cases = [
            (large, 9_007_199_254_740_992.0, Ordering::Greater),
            (large, 9_007_199_254_740_994.0, Ordering::Less),
            (i64::MAX, beyond, Ordering::Less),
            (i64::MIN, -beyond, Ordering::Equal),
            (i64::MIN, f64::MIN, Ordering::Greater),
            (-2, -1.5, Ordering::Less),
            (-1, -1.5, Ordering::Greater),
        ];
        for (whole, float, expected) in cases {
            let (whole, float) = (Number::Integer(whole), Number::Float(float));
            assert_eq!(whole.compare(float), expected, "{whole} {float}");
            assert_eq!(float.compare(whole), expected.reverse(), "{float} {whole}");
        }
    }

    #[test]
    fn what_has_no_result_is_unknown() {
        let whole = Number::Integer;
        assert_eq!(whole(7).combine(Arithmetic::Div, whole(0)), None);
        assert_eq!(whole(7).combine(Arithmetic::Modulo, Number::Float(0.0)), None);
        assert_eq!(whole(7).combine(Arithmetic::Divide, whole(0)), None);
        assert_eq!(whole(-2).combine(Arithmetic::Power, Number::Float(0.5)), None);
        assert_eq!(whole(10).combine(Arithmetic::Power, whole(400)), None);
        assert_eq!(whole(7).combine(Arithmetic::Divide, whole(2)), Some(Number::Float(3.5)));
        assert_eq!(whole(-7).combine(Arithmetic::Div, whole(2)), Some(whole(-3)));
        assert_eq!(whole(-7).combine(Arithmetic::Modulo, whole(2)), Some(whole(-1)));
        let beyond = Some(Number::Float(2.0_f64.powi(63)));
        assert_eq!(whole(i64::MAX).combine(Arithmetic::Add, whole(1)), beyond);
        assert_eq!(whole(i64::MIN).combine(Arithmetic::Div, whole(-1)), beyond);
    }
}
