//! Dates in the forms in which cities write them, as ISO 8601 text of the precision that was delivered.

/// Years that a record of something built can have.
const YEARS: std::ops::RangeInclusive<u32> = 1800..=2200;

/// Days that programs write where none is known.
const NO_DAYS: [[u32; 3]; 2] = [[1900, 1, 1], [9999, 12, 31]];

/// What a text says of a day.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Day {
    /// A day, a month or a year.
    Known(Iso),
    /// It stands for an unknown day.
    Unknown,
    /// There is no such day.
    Invalid,
}

/// `2005`, `2005-05`, `2005-05-09`, `2005-05-09T13:20` or `2005-05-09T13:20:00`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Iso {
    bytes: [u8; 19],
    length: usize,
    /// Whether the text had 00 where the month or the day would be.
    pub partial: bool,
}

impl Iso {
    /// Of a year and what is known below it; the rest does not matter.
    fn new(parts: [u32; 6], known: usize, partial: bool) -> Self {
        const SEPARATORS: [u8; 6] = *b" --T::";
        let mut bytes = [0; 19];
        let mut length = 0;
        let digit = |number: u32| b'0' + u8::try_from(number % 10).unwrap_or_default();
        for (i, &part) in parts.iter().take(known).enumerate() {
            let divisors: &[u32] = if i == 0 { &[1000, 100, 10, 1] } else { &[10, 1] };
            let separator = (i > 0).then_some(SEPARATORS[i]);
            for byte in separator.into_iter().chain(divisors.iter().map(|d| digit(part / d))) {
                bytes[length] = byte;
                length += 1;
            }
        }
        Self { bytes, length, partial }
    }

    pub(super) fn as_str(&self) -> &str {
        // Digits and separators, all ASCII.
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

/// Reads a text: digits in one piece, or in pieces with anything of `-./년월일T:` and blanks between them.
pub(super) fn read(text: &str) -> Day {
    let Some((pieces, count)) = pieces(text.trim()) else { return Day::Invalid };
    let pieces = &pieces[..count];
    match pieces {
        [one] => one_piece(one),
        // A number from a column of numbers.
        [one, zeros] if zeros.is_decimals() && (one.digits != 4 || zeros.digits == 1) => {
            one_piece(one)
        }
        [year, rest @ ..] if year.digits == 4 && rest.iter().take(5).all(|p| p.digits <= 2) => {
            let mut parts = [0; 6];
            for (part, piece) in parts.iter_mut().zip(pieces) {
                *part = piece.number;
            }
            match rest.len() {
                // Fractions of a second are left out.
                6 if rest[5].after == b'.' => day(parts, 6),
                3 | 6.. => Day::Invalid,
                below => day(parts, below + 1),
            }
        }
        _ => Day::Invalid,
    }
}

/// Digits without anything between them.
#[derive(Debug, Clone, Copy, Default)]
struct Piece {
    number: u32,
    digits: usize,
    /// The numbers of a text of 8 digits and more, cut where its parts meet.
    long: [u32; 6],
    /// What stands before it.
    after: u8,
}

impl Piece {
    fn is_decimals(&self) -> bool {
        self.after == b'.' && self.number == 0
    }
}

/// The pieces of a text, at most seven; none if there is anything else in it.
fn pieces(text: &str) -> Option<([Piece; 7], usize)> {
    let mut pieces = [Piece::default(); 7];
    let mut count = 0;
    let mut inside = false;
    let mut before = 0;
    for c in text.chars() {
        match c {
            '0'..='9' => {
                if !inside {
                    count += 1;
                    inside = true;
                }
                let piece = pieces.get_mut(count - 1)?;
                if piece.digits == 14 {
                    return None;
                }
                let digit = u32::from(c) - u32::from('0');
                piece.after = before;
                piece.number = piece.number.wrapping_mul(10).wrapping_add(digit);
                let part = match piece.digits {
                    0..4 => 0,
                    later => (later - 2) / 2,
                };
                piece.long[part] = piece.long[part] * 10 + digit;
                piece.digits += 1;
            }
            '-' | '.' | '/' | ' ' | ':' | 'T' | '년' | '월' | '일' if count > 0 => {
                if inside {
                    before = if c.is_ascii() { u8::try_from(c).unwrap_or_default() } else { b'-' };
                }
                inside = false;
            }
            _ => return None,
        }
    }
    (count > 0).then_some((pieces, count))
}

/// `2005`, `200505`, `20050509`, `200505091320` or `20050509132000`; or zeros.
fn one_piece(piece: &Piece) -> Day {
    if piece.long == [0; 6] {
        return Day::Unknown;
    }
    match piece.digits {
        4 => day(piece.long, 1),
        6 => day(piece.long, 2),
        8 => day(piece.long, 3),
        12 => day(piece.long, 5),
        14 => day(piece.long, 6),
        _ => Day::Invalid,
    }
}

/// A day of the calendar, or what of it is known: the first `given` of year, month, day, hour, minute, second.
fn day(parts: [u32; 6], given: usize) -> Day {
    let [year, month, date, hour, minute, second] = parts;
    if given >= 3 && NO_DAYS.contains(&[year, month, date]) || year == 9999 {
        return Day::Unknown;
    }
    if !YEARS.contains(&year) || hour > 23 || minute > 59 || second > 59 {
        return Day::Invalid;
    }
    let known = match (given, month, date) {
        (1, ..) | (_, 0, 0) => 1,
        (_, 0 | 13.., _) => return Day::Invalid,
        (2, ..) | (_, _, 0) => 2,
        _ if !is_day(year, month, date) => return Day::Invalid,
        // Midnight is what programs write where they know a day.
        _ if [hour, minute, second] == [0; 3] => 3,
        (given, ..) => given,
    };
    Day::Known(Iso::new(parts, known, known < given.min(3)))
}

fn is_day(year: u32, month: u32, day: u32) -> bool {
    let parts = (i16::try_from(year), i8::try_from(month), i8::try_from(day));
    matches!(parts, (Ok(y), Ok(m), Ok(d)) if jiff::civil::Date::new(y, m, d).is_ok())
}

/// Whether it is a day that programs write where none is known.
pub(super) fn is_no_day(date: jiff::civil::Date) -> bool {
    let parts = [i32::from(date.year()), i32::from(date.month()), i32::from(date.day())];
    NO_DAYS.iter().any(|day| day.map(u32::cast_signed) == parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(text: &str) -> Option<String> {
        match read(text) {
            Day::Known(iso) => Some(iso.as_str().to_owned()),
            Day::Unknown => Some("unknown".to_owned()),
            Day::Invalid => None,
        }
    }

    #[test]
    fn days_are_read_in_the_forms_that_cities_write() {
        for (text, expected) in [
            ("20050509", "2005-05-09"),
            ("2005-05-09", "2005-05-09"),
            ("2005/05/09", "2005-05-09"),
            ("2005.05.09", "2005-05-09"),
            ("2005. 5. 9.", "2005-05-09"),
            ("2005년 5월 9일", "2005-05-09"),
            (" 20050509 ", "2005-05-09"),
            ("20050509.0", "2005-05-09"),
            ("200505.0", "2005-05"),
            ("2005.0", "2005"),
            ("200505", "2005-05"),
            ("2005-05", "2005-05"),
            ("2005.05", "2005-05"),
            ("2005", "2005"),
            ("20050500", "2005-05"),
            ("20050000", "2005"),
            ("2005-00-00", "2005"),
            ("20050509132000", "2005-05-09T13:20:00"),
            ("200505091320", "2005-05-09T13:20"),
            ("20050509000000", "2005-05-09"),
            ("2005-05-09 13:20:01", "2005-05-09T13:20:01"),
            ("2005-05-09T13:20:01.123", "2005-05-09T13:20:01"),
            ("20200229", "2020-02-29"),
            ("0", "unknown"),
            ("00000000", "unknown"),
            ("0.0", "unknown"),
            ("19000101", "unknown"),
            ("1900-01-01", "unknown"),
            ("99991231", "unknown"),
            ("9999-12-31 00:00:00", "unknown"),
        ] {
            assert_eq!(iso(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_day_is_none() {
        for text in [
            "",
            "-",
            "미상",
            "20230231",
            "2023-02-30",
            "20231301",
            "20230010",
            "990512",
            "2005-5-9-1",
            "12345",
            "200505099",
            "2005050913200012",
            "05/09/2005",
            "2005-123-01",
            "30050101",
            "20050509250000",
            "-20050509",
            "2005O509",
            "2005-05-09T13:20:00Z",
        ] {
            assert_eq!(iso(text), None, "{text}");
        }
    }

    #[test]
    fn only_zeros_make_a_date_a_part_of_one() {
        for (text, partial) in
            [("2005", false), ("200505", false), ("20050500", true), ("20050000", true)]
        {
            assert!(matches!(read(text), Day::Known(iso) if iso.partial == partial), "{text}");
        }
    }
}
