//! From characters to tokens.

use crate::filter::error::{FilterError, Place};
use crate::filter::number::Number;

/// A piece of a filter's text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A name without quotes: a keyword, a property or a function.
    Word(String),
    /// A name in double quotes: always a property.
    Quoted(String),
    /// A text in single quotes.
    Text(String),
    /// A number without a sign.
    Number(Number),
    /// An operator or a bracket.
    Symbol(&'static str),
    /// After the last character.
    End,
}

impl Token {
    /// Whether it is that keyword, whatever its case.
    pub(super) fn is_word(&self, keyword: &str) -> bool {
        matches!(self, Self::Word(word) if word.eq_ignore_ascii_case(keyword))
    }

    /// Whether it is that symbol.
    pub(super) fn is_symbol(&self, symbol: &str) -> bool {
        matches!(self, Self::Symbol(own) if *own == symbol)
    }
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let short = |text: &str| text.chars().take(40).collect::<String>();
        match self {
            Self::Word(word) => write!(f, "`{}`", short(word)),
            Self::Quoted(name) => write!(f, "`\"{}\"`", short(name)),
            Self::Text(text) => write!(f, "the text '{}'", short(text)),
            Self::Number(number) => write!(f, "the number {number}"),
            Self::Symbol(symbol) => write!(f, "`{symbol}`"),
            Self::End => f.write_str("the end"),
        }
    }
}

/// Longer ones first.
const SYMBOLS: [&str; 15] =
    ["<>", "<=", ">=", "(", ")", ",", "=", "<", ">", "+", "-", "*", "/", "%", "^"];

/// The tokens of a text, each with the byte at which it begins; the last one is [`Token::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, FilterError> {
    let mut tokens = Vec::new();
    let mut at = 0;
    loop {
        let rest = &text[at..];
        at += rest.len() - rest.trim_start().len();
        let (token, length) = token(text, at)?;
        let is_end = token == Token::End;
        tokens.push((at, token));
        if is_end {
            return Ok(tokens);
        }
        at += length;
    }
}

/// The token at a byte, and how many bytes it takes.
fn token(text: &str, at: usize) -> Result<(Token, usize), FilterError> {
    let rest = &text[at..];
    let Some(first) = rest.chars().next() else { return Ok((Token::End, 0)) };
    let followed_by_digit = || rest[1..].starts_with(|c: char| c.is_ascii_digit());
    match first {
        '\'' => literal(rest).ok_or_else(|| unclosed(text, at, "'")),
        '"' => quoted(rest).ok_or_else(|| unclosed(text, at, "\"")),
        '0'..='9' => number(text, at),
        '.' if followed_by_digit() => number(text, at),
        _ if begins_name(first) => {
            let length = rest.find(|c| !continues_name(c)).unwrap_or(rest.len());
            Ok((Token::Word(rest[..length].to_owned()), length))
        }
        _ => match SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol)) {
            Some(symbol) => Ok((Token::Symbol(symbol), symbol.len())),
            None => Err(FilterError::Unexpected {
                place: place(text, at),
                expected: "a name, a value or an operator".to_owned(),
                found: format!("`{first}`"),
            }),
        },
    }
}

/// The place of a byte.
pub(super) fn place(text: &str, at: usize) -> Place {
    Place::Character(text[..at].chars().count() + 1)
}

fn unclosed(text: &str, at: usize, quote: &str) -> FilterError {
    FilterError::Unexpected {
        place: place(text, at),
        expected: format!("a closing {quote}"),
        found: "the end".to_owned(),
    }
}

/// A text in single quotes. A quote within it is doubled or escaped; a backslash before any other character than those
/// that the standard names stays, because it is one of the pattern's there.
fn literal(rest: &str) -> Option<(Token, usize)> {
    let mut value = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|&(_, next)| next);
        let meant = match (c, next) {
            ('\'', Some('\'')) => '\'',
            ('\'', _) => return Some((Token::Text(value), at + 1)),
            ('\\', Some(escaped)) => match control(escaped) {
                Some(control) => control,
                None if matches!(escaped, '\'' | '\\') => escaped,
                None => {
                    value.push('\\');
                    continue;
                }
            },
            _ => {
                value.push(c);
                continue;
            }
        };
        value.push(meant);
        chars.next();
    }
    None
}

/// The control character that a letter after a backslash stands for.
fn control(letter: char) -> Option<char> {
    CONTROLS.iter().find(|(own, _)| *own == letter).map(|&(_, control)| control)
}

/// The control characters that have an escape: the letter, and what it stands for.
pub(super) const CONTROLS: [(char, char); 7] = [
    ('a', '\x07'),
    ('b', '\x08'),
    ('t', '\t'),
    ('n', '\n'),
    ('v', '\x0b'),
    ('f', '\x0c'),
    ('r', '\r'),
];

/// A name in double quotes, which are doubled within it.
fn quoted(rest: &str) -> Option<(Token, usize)> {
    let mut name = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == '"' && chars.next_if(|&(_, next)| next == '"').is_none() {
            return Some((Token::Quoted(name), at + 1));
        }
        name.push(c);
    }
    None
}

/// Digits, perhaps with a fraction and an exponent.
fn number(text: &str, at: usize) -> Result<(Token, usize), FilterError> {
    let bytes = &text.as_bytes()[at..];
    let digits = |from: usize| {
        bytes[from.min(bytes.len())..].iter().take_while(|b| b.is_ascii_digit()).count()
    };
    let mut length = digits(0);
    let is_whole = bytes.get(length) != Some(&b'.');
    if !is_whole {
        length += 1 + digits(length + 1);
    }
    let mut has_exponent = false;
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let exponent = digits(length + 1 + sign);
        if exponent > 0 {
            has_exponent = true;
            length += 1 + sign + exponent;
        }
    }
    let written = &text[at..at + length];
    let whole = (is_whole && !has_exponent).then(|| written.parse().ok().map(Number::Integer));
    let value = whole.flatten().or_else(|| Number::finite(written.parse().ok()?));
    value.map(|number| (Token::Number(number), length)).ok_or_else(|| FilterError::Literal {
        place: place(text, at),
        reason: format!("the number {written} is too large"),
    })
}

/// Whether a name without quotes can begin with the character.
pub(super) const fn begins_name(c: char) -> bool {
    matches!(c,
        ':' | '_' | 'A'..='Z' | 'a'..='z'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFE}' | '\u{200C}'..='\u{200D}'
        | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// Whether a name without quotes can go on with the character.
pub(super) const fn continues_name(c: char) -> bool {
    begins_name(c) || matches!(c, '.' | '0'..='9' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}
