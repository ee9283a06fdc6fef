//! Patterns of LIKE.

use std::str::Chars;

/// A pattern: `%` stands for any characters, `_` for one, a backslash takes the next character at its word.
#[derive(Debug, Clone)]
pub(super) struct Pattern(Vec<Piece>);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Piece {
    /// This character.
    Char(char),
    /// Any one character.
    One,
    /// Any characters, or none.
    Any,
}

impl Pattern {
    /// The pattern that is written so.
    pub(super) fn new(written: &str) -> Self {
        let mut pieces = Vec::new();
        let mut chars = written.chars();
        while let Some(c) = chars.next() {
            pieces.push(match c {
                '%' => Piece::Any,
                '_' => Piece::One,
                '\\' => Piece::Char(chars.next().unwrap_or('\\')),
                _ => Piece::Char(c),
            });
        }
        Self(pieces)
    }

    /// Whether all of a text is of the pattern. Only the last `%` is ever tried at another place, so that no text
    /// takes more steps than its length times the pattern's.
    pub(super) fn matches(&self, text: &str) -> bool {
        let mut rest = text.chars();
        let mut at = 0;
        // The piece after the last `%`, and where in the text it was tried last.
        let mut retry: Option<(usize, Chars<'_>)> = None;
        loop {
            let before = rest.clone();
            let piece = self.0.get(at).copied();
            if piece == Some(Piece::Any) {
                at += 1;
                retry = Some((at, before));
                continue;
            }
            let fits = match (piece, rest.next()) {
                (None, None) => return true,
                (Some(Piece::One), Some(_)) => true,
                (Some(Piece::Char(wanted)), Some(c)) => wanted == c,
                _ => false,
            };
            if fits {
                at += 1;
                continue;
            }
            let Some((after, tried)) = &mut retry else { return false };
            if tried.next().is_none() {
                return false;
            }
            at = *after;
            rest = tried.clone();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng as _, SeedableRng as _};

    /// By the definition: each piece takes what it can, all ways are tried.
    fn plainly(pieces: &[Piece], text: &[char]) -> bool {
        match (pieces, text) {
            ([], []) => true,
            ([Piece::Any, rest @ ..], _) => {
                (0..=text.len()).any(|taken| plainly(rest, &text[taken..]))
            }
            ([Piece::One, rest @ ..], [_, left @ ..]) => plainly(rest, left),
            ([Piece::Char(c), rest @ ..], [first, left @ ..]) => c == first && plainly(rest, left),
            _ => false,
        }
    }

    #[test]
    fn patterns_match_as_their_definition_says() {
        let seed = 17;
        println!("seed {seed}");
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        let mut random = |letters: &[char], longest: usize| -> String {
            let n = rng.random_range(0..=longest);
            (0..n).map(|_| letters[rng.random_range(0..letters.len())]).collect()
        };
        let mut matched = 0;
        for _ in 0..30_000 {
            let pattern = random(&['가', 'b', '%', '_', '\\'], 7);
            let text = random(&['가', 'b', '%', '\\'], 9);
            let pattern = Pattern::new(&pattern);
            let expected = plainly(&pattern.0, &text.chars().collect::<Vec<_>>());
            assert_eq!(pattern.matches(&text), expected, "{pattern:?} {text}");
            matched += u32::from(expected);
        }
        assert!(matched > 1_000, "{matched}");
    }

    #[test]
    fn an_escape_takes_the_next_character_at_its_word() {
        for (pattern, text, expected) in [
            (r"50\%", "50%", true),
            (r"50\%", "50m", false),
            (r"a\_b", "a_b", true),
            (r"a\_b", "axb", false),
            (r"a\\%", r"a\b", true),
            (r"a\", r"a\", true),
            ("%", "", true),
            ("_", "강", true),
        ] {
            assert_eq!(Pattern::new(pattern).matches(text), expected, "{text} like {pattern}");
        }
    }
}
