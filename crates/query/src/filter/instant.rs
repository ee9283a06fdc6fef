//! Dates and timestamps.

use jiff::civil::{Date, DateTime};

/// An instant as it is written in a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instant {
    /// A calendar date, without a time zone.
    Date(Date),
    /// A date and time, in UTC.
    Timestamp(DateTime),
}

impl Instant {
    /// Reads an RFC 3339 `full-date`.
    pub(super) fn date(text: &str) -> Option<Self> {
        is_form(text, "dddd-dd-dd").then(|| text.parse().ok().map(Self::Date)).flatten()
    }

    /// Reads an RFC 3339 `date-time`.
    pub(super) fn timestamp(text: &str) -> Option<Self> {
        let zone = text.find(['Z', 'z']).or_else(|| Some(text.rfind(['+', '-'])?.max(10)))?;
        let (local, zone) = (text.get(..zone)?, text.get(zone..)?);
        date_time(local)?.checked_sub(offset(zone)?).ok().map(Self::Timestamp)
    }

    /// Reads either.
    pub(super) fn either(text: &str) -> Option<Self> {
        Self::date(text).or_else(|| Self::timestamp(text))
    }
}

impl std::fmt::Display for Instant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Date(date) => write!(f, "{date}"),
            Self::Timestamp(time) => write!(f, "{time}Z"),
        }
    }
}

/// Reads a date and time to the second or finer, without a zone.
pub(super) fn date_time(text: &str) -> Option<DateTime> {
    let (whole, fraction) = text.split_at_checked(19)?;
    let fraction = fraction.strip_prefix('.').map_or(fraction.is_empty(), |digits| {
        (1..=9).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
    });
    let form = is_form(whole, "dddd-dd-ddTdd:dd:dd") || is_form(whole, "dddd-dd-ddtdd:dd:dd");
    (form && fraction).then(|| text.to_ascii_uppercase().parse().ok()).flatten()
}

/// How far a zone is ahead of UTC.
fn offset(zone: &str) -> Option<jiff::Span> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(jiff::Span::new());
    }
    let (sign, time) = zone.split_at_checked(1)?;
    if !is_form(time, "dd:dd") {
        return None;
    }
    let minutes = time[..2].parse::<i64>().ok()? * 60 + time[3..].parse::<i64>().ok()?;
    jiff::Span::new().try_minutes(if sign == "-" { -minutes } else { minutes }).ok()
}

/// Whether a text has a digit where the form has a `d`, and the form's own character elsewhere.
pub(super) fn is_form(text: &str, form: &str) -> bool {
    text.len() == form.len()
        && text
            .bytes()
            .zip(form.bytes())
            .all(|(c, f)| if f == b'd' { c.is_ascii_digit() } else { c == f })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_as_rfc_3339_has_them() {
        let cases = [
            ("1969-07-20", Some("1969-07-20")),
            ("2012-08-10T05:30:00.000000Z", Some("2012-08-10T05:30:00Z")),
            ("2005-01-10t01:01:01.393216z", Some("2005-01-10T01:01:01.393216Z")),
            ("2022-04-14T23:48:46+09:00", Some("2022-04-14T14:48:46Z")),
            ("2022-04-14T23:48:46-00:30", Some("2022-04-15T00:18:46Z")),
            ("9999-12-31T23:59:59Z", Some("9999-12-31T23:59:59Z")),
            ("9999-12-31T23:59:59-01:00", None),
            ("1969-7-20", None),
            ("1969-02-30", None),
            ("2022-04-14T14:48:46", None),
            ("2022-04-14T14:48Z", None),
            ("2022-04-14 14:48:46Z", None),
            ("2022-04-14T14:48:46.Z", None),
            ("2022-04-14T14:48:46Z ", None),
            ("Z", None),
            ("-", None),
            ("2022-04-14T14:48:46é", None),
        ];
        for (text, expected) in cases {
            let read = Instant::either(text).map(|instant| instant.to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }
}
