//! Who may ask: bearer tokens from a file.

use crate::problem::ApiError;
use crate::state::AppState;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::path::Path;
use std::sync::Arc;
use subtle::ConstantTimeEq as _;

/// The shortest token that is taken.
const MIN_TOKEN: usize = 20;

/// What the bearer of a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Read.
    Viewer,
    /// Read and change.
    Editor,
}

/// The tokens of a server. Only their hashes are kept in memory.
#[derive(Debug, Clone)]
pub struct Tokens {
    entries: Vec<(Role, [u8; 32])>,
}

/// A token file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The file cannot be read.
    #[error("the token file cannot be read")]
    Read(#[from] std::io::Error),
    /// A line of another form.
    #[error("line {line} of the token file is not `viewer TOKEN` or `editor TOKEN`")]
    Line {
        /// From 1.
        line: usize,
    },
    /// A token that could be guessed.
    #[error("the token on line {line} is shorter than {MIN_TOKEN} characters")]
    Short {
        /// From 1.
        line: usize,
    },
    /// No token at all: nobody could ask anything.
    #[error("the token file holds no token")]
    Empty,
}

impl Tokens {
    /// Reads a token file: on each line a role (`viewer` or `editor`) and a token; `#` begins a comment.
    pub fn read(path: &Path) -> Result<Self, TokenError> {
        Self::parse(&fs_err::read_to_string(path)?)
    }

    fn parse(text: &str) -> Result<Self, TokenError> {
        let mut entries = Vec::new();
        for (i, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or("").trim();
            if line.is_empty() {
                continue;
            }
            let mut words = line.split_whitespace();
            let role = match words.next() {
                Some("viewer") => Role::Viewer,
                Some("editor") => Role::Editor,
                _ => return Err(TokenError::Line { line: i + 1 }),
            };
            let (Some(token), None) = (words.next(), words.next()) else {
                return Err(TokenError::Line { line: i + 1 });
            };
            if token.len() < MIN_TOKEN {
                return Err(TokenError::Short { line: i + 1 });
            }
            entries.push((role, *blake3::hash(token.as_bytes()).as_bytes()));
        }
        if entries.is_empty() {
            return Err(TokenError::Empty);
        }
        Ok(Self { entries })
    }

    /// The role of the token that a request bears. All tokens are compared, in constant time each.
    fn role(&self, headers: &HeaderMap) -> Option<Role> {
        let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, token) = value.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let hash = *blake3::hash(token.trim().as_bytes()).as_bytes();
        self.entries.iter().fold(None, |found, (role, known)| {
            if bool::from(hash.ct_eq(known)) { Some(*role) } else { found }
        })
    }
}

/// Lets a request through if the server asks for no token, or if it bears one. Every role may read.
pub(crate) async fn require(
    State(state): State<Arc<AppState>>,
    request: Request,
    next: Next,
) -> Response {
    match &state.settings.tokens {
        Some(tokens) if tokens.role(request.headers()).is_none() => {
            ApiError::Unauthorized.into_response()
        }
        _ => next.run(request).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn tokens_have_roles_and_unknown_ones_none() {
        let tokens = Tokens::parse(
            "# staff\nviewer aaaaaaaaaaaaaaaaaaaaaaaa\neditor bbbbbbbbbbbbbbbbbbbbbbbb # night shift\n",
        )
        .unwrap();
        let role = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
            tokens.role(&headers)
        };
        assert_eq!(role("Bearer aaaaaaaaaaaaaaaaaaaaaaaa"), Some(Role::Viewer));
        assert_eq!(role("bearer bbbbbbbbbbbbbbbbbbbbbbbb"), Some(Role::Editor));
        for bad in ["Bearer c", "Basic aaaaaaaaaaaaaaaaaaaaaaaa", "Bearer", "Bearer "] {
            assert_eq!(role(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_file_that_would_let_nobody_or_anybody_in_is_refused() {
        for bad in ["", "# nothing", "admin aaaaaaaaaaaaaaaaaaaaaaaa", "viewer short", "viewer"] {
            assert!(Tokens::parse(bad).is_err(), "{bad}");
        }
    }
}
