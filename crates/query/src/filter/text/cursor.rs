//! A place among the tokens of a text, and what was read before it.

use super::lexer::{self, Token};
use crate::filter::error::{FilterError, Place};
use crate::filter::limits::{MAX_DEPTH, MAX_PARTS};

pub(super) type Result<T> = std::result::Result<T, FilterError>;

/// Reads tokens one after the other.
pub(super) struct Parser<'t> {
    text: &'t str,
    tokens: Vec<(usize, Token)>,
    pub(super) next: usize,
    /// How many operators lie around what is read now.
    depth: usize,
    /// The greatest depth of what was read since [`Self::tall`] was last asked to look.
    deepest: usize,
    /// How many brackets are open.
    brackets: usize,
    parts: usize,
    pub(super) vertices: usize,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str) -> Result<Self> {
        let tokens = lexer::tokens(text)?;
        Ok(Self { text, tokens, next: 0, depth: 0, deepest: 0, brackets: 0, parts: 0, vertices: 0 })
    }

    /// Reads something and says its height: 0 for what is no operator.
    pub(super) fn tall<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<(T, usize)> {
        let before = std::mem::replace(&mut self.deepest, self.depth);
        let value = read(self)?;
        let height = self.deepest - self.depth;
        self.deepest = self.deepest.max(before);
        Ok((value, height))
    }

    /// What was read, of that height, turns out to lie in one more operator.
    pub(super) fn under(&mut self, height: usize) -> Result<()> {
        self.part()?;
        self.deepen(height)
    }

    fn deepen(&mut self, height: usize) -> Result<()> {
        self.deepest = self.deepest.max(self.depth + height + 1);
        if self.deepest > MAX_DEPTH { Err(TOO_DEEP) } else { Ok(()) }
    }

    /// Reads something that lies in an operator.
    pub(super) fn inside<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.deepen(0)?;
        self.depth += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    pub(super) fn open(&mut self) -> Result<()> {
        self.brackets += 1;
        if self.brackets > MAX_DEPTH { Err(TOO_DEEP) } else { Ok(()) }
    }

    pub(super) fn close(&mut self) -> Result<()> {
        self.brackets -= 1;
        self.expect(")")
    }

    pub(super) fn part(&mut self) -> Result<()> {
        self.parts += 1;
        let too_large = FilterError::TooLarge { what: "parts", limit: MAX_PARTS };
        if self.parts > MAX_PARTS { Err(too_large) } else { Ok(()) }
    }

    pub(super) fn peek(&self) -> &Token {
        self.ahead(0)
    }

    /// The token after some others; the end after all.
    pub(super) fn ahead(&self, count: usize) -> &Token {
        self.tokens.get(self.next + count).map_or(&Token::End, |(_, token)| token)
    }

    pub(super) fn skip(&mut self, count: usize) {
        self.next += count;
    }

    pub(super) fn take(&mut self, symbol: &str) -> bool {
        let comes = self.peek().is_symbol(symbol);
        self.next += usize::from(comes);
        comes
    }

    pub(super) fn take_word(&mut self, keyword: &str) -> bool {
        let comes = self.peek().is_word(keyword);
        self.next += usize::from(comes);
        comes
    }

    pub(super) fn expect(&mut self, symbol: &str) -> Result<()> {
        if self.take(symbol) { Ok(()) } else { Err(self.unexpected(&format!("`{symbol}`"))) }
    }

    pub(super) fn expect_word(&mut self, keyword: &str) -> Result<()> {
        if self.take_word(keyword) {
            return Ok(());
        }
        Err(self.unexpected(&keyword.to_ascii_uppercase()))
    }

    pub(super) fn unexpected(&self, expected: &str) -> FilterError {
        FilterError::Unexpected {
            place: self.place_of(self.next),
            expected: expected.to_owned(),
            found: self.peek().to_string(),
        }
    }

    /// Where a token is. It counts the characters before it, so that only errors ask for it.
    pub(super) fn place_of(&self, token: usize) -> Place {
        let at = self.tokens.get(token).map_or(self.text.len(), |&(at, _)| at);
        lexer::place(self.text, at)
    }

    /// What a look ahead tells of the bracket that a token opens; nothing if it opens none, or one that is never closed.
    pub(super) fn extent(&self, open: usize) -> Option<Extent> {
        let tokens = self.tokens.get(open..)?;
        let (_, first) = tokens.first()?;
        if !first.is_symbol("(") {
            return None;
        }
        let mut depth = 0_usize;
        let mut is_list = tokens.get(1).is_some_and(|(_, next)| next.is_symbol(")"));
        for (at, (_, token)) in tokens.iter().enumerate() {
            match token {
                Token::Symbol("(") => depth += 1,
                Token::Symbol(")") => depth -= 1,
                Token::Symbol(",") if depth == 1 => is_list = true,
                _ => {}
            }
            if depth == 0 {
                let ends =
                    |(_, after): &(usize, Token)| after.is_symbol(",") || after.is_symbol(")");
                return Some(Extent { is_list, is_whole: tokens.get(at + 1).is_some_and(ends) });
            }
        }
        None
    }
}

/// What is in a pair of brackets, and what comes after them.
#[derive(Clone, Copy)]
pub(super) struct Extent {
    /// Nothing, or a comma, so that it is a list.
    pub(super) is_list: bool,
    /// A comma or a bracket comes after it, so that it is a whole operand.
    pub(super) is_whole: bool,
}

const TOO_DEEP: FilterError =
    FilterError::TooLarge { what: "operators or brackets within one another", limit: MAX_DEPTH };
