//! Query strings, strictly: what is not known is refused by name, so that a typing error is never an answer.

use crate::problem::{ApiError, shorten};
use siseol_model::LayerName;
use std::borrow::Cow;
use std::str::FromStr;

/// The parameters of one request.
#[derive(Debug)]
pub(crate) struct Params<'a> {
    pairs: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> Params<'a> {
    /// Reads a query string in which only the `allowed` names may stand, each once.
    pub(crate) fn parse(
        query: Option<&'a str>,
        allowed: &[&'static str],
    ) -> Result<Self, ApiError> {
        let mut pairs: Vec<(Cow<'a, str>, Cow<'a, str>)> = Vec::new();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let Some(&known) = allowed.iter().find(|&&known| known == name) else {
                let allowed =
                    if allowed.is_empty() { "none".to_owned() } else { allowed.join(", ") };
                return Err(ApiError::UnknownParameter { name: shorten(&name), allowed });
            };
            if pairs.iter().any(|(seen, _)| *seen == name) {
                return Err(ApiError::invalid(known, "it is given twice"));
            }
            pairs.push((name, value));
        }
        Ok(Self { pairs })
    }

    /// The text of a parameter.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| &**value)
    }

    /// A parameter, read; none if it is absent.
    pub(crate) fn get<T>(&self, name: &'static str) -> Result<Option<T>, ApiError>
    where
        T: FromStr<Err: std::fmt::Display>,
    {
        self.text(name)
            .map(|text| text.parse().map_err(|e: T::Err| ApiError::invalid(name, e)))
            .transpose()
    }

    /// The layers that `layers` names, in their order and each once; none if it is absent, which means all of them.
    pub(crate) fn layers(&self) -> Result<Option<Vec<LayerName>>, ApiError> {
        let Some(text) = self.text("layers") else { return Ok(None) };
        let mut names: Vec<LayerName> = text
            .split(',')
            .map(|name| name.trim().parse().map_err(|e| ApiError::invalid("layers", e)))
            .collect::<Result<_, _>>()?;
        // However they were given, the answer is the same.
        names.sort();
        names.dedup();
        Ok(Some(names))
    }

    /// A whole number from `least` on; what is above `most` becomes `most`.
    pub(crate) fn clamped(
        &self,
        name: &'static str,
        default: u64,
        least: u64,
        most: u64,
    ) -> Result<u64, ApiError> {
        let Some(text) = self.text(name) else { return Ok(default) };
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        // More digits than a u64 holds is above any maximum.
        let value = if digits { text.parse().unwrap_or(u64::MAX) } else { 0 };
        if !digits || value < least {
            return Err(ApiError::invalid(
                name,
                format!("`{}` is not a whole number from {least} on", shorten(text)),
            ));
        }
        Ok(value.min(most))
    }

    /// Every pair but those with these names, as a query string.
    pub(crate) fn without(&self, names: &[&str]) -> String {
        let kept = self.pairs.iter().filter(|(key, _)| !names.contains(&&**key));
        form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_refused_by_name_with_the_right_words() {
        let error = Params::parse(Some("raduis=5"), &["radius", "near"]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`raduis` is not a parameter of this resource; it has: radius, near"
        );
        assert!(Params::parse(Some("near=1&near=2"), &["near"]).is_err());
        assert!(Params::parse(Some("a[]=1"), &["a"]).is_err());
    }

    #[test]
    fn limits_clamp_above_and_refuse_below() {
        let limit =
            |query| Params::parse(Some(query), &["limit"])?.clamped("limit", 100, 1, 10_000);
        assert_eq!(limit("limit=99999999999999999999999").unwrap(), 10_000);
        assert_eq!(limit("limit=7").unwrap(), 7);
        for bad in ["limit=0", "limit=-1", "limit=", "limit=1e3", "limit=%ED%95%9C"] {
            assert!(limit(bad).is_err(), "{bad}");
        }
    }
}
