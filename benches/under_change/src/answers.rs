//! What a reader reads of an answer.

use jiff::Timestamp;
use serde::Deserialize;

/// A page of features.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Page {
    pub(crate) number_matched: u64,
    pub(crate) number_returned: u64,
    pub(crate) time_stamp: Timestamp,
    #[serde(default)]
    links: Vec<Link>,
    pub(crate) features: Vec<Feature>,
}

/// What stands around a place.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Lookup {
    pub(crate) number_matched: u64,
    pub(crate) number_returned: u64,
    pub(crate) time_stamp: Timestamp,
    pub(crate) summary: Vec<LayerSummary>,
    pub(crate) features: Vec<Feature>,
}

/// What a lookup's matches in one layer add up to.
#[derive(Debug, Deserialize)]
pub(crate) struct LayerSummary {
    pub(crate) count: u64,
    pub(crate) by_class: Vec<ClassSummary>,
}

/// .. and those of one class.
#[derive(Debug, Deserialize)]
pub(crate) struct ClassSummary {
    pub(crate) count: u64,
}

/// A feature, by its number, which is one of its own in the whole register.
#[derive(Debug, Deserialize)]
pub(crate) struct Feature {
    pub(crate) id: i64,
}

#[derive(Debug, Deserialize)]
struct Link {
    rel: String,
    href: String,
}

impl Page {
    /// The path of the next page, if there is one.
    pub(crate) fn next(&self) -> Option<String> {
        let link = self.links.iter().find(|link| link.rel == "next")?;
        // An absolute link: what follows scheme and host.
        let path = link.href.splitn(4, '/').nth(3)?;
        Some(format!("/{path}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_a_path_of_the_same_server() {
        let page = |links: &str| -> Page {
            let text = format!(
                r#"{{"numberMatched":2,"numberReturned":1,"timeStamp":"2026-01-01T00:00:00Z","links":{links},"features":[{{"id":7}}]}}"#
            );
            serde_json::from_str(&text).unwrap()
        };
        let next = r#"[{"rel":"self","href":"http://h/a"},{"rel":"next","href":"http://h:8080/api/collections/a/items?cursor=x/y"}]"#;
        assert_eq!(page(next).next().as_deref(), Some("/api/collections/a/items?cursor=x/y"));
        assert_eq!(page("[]").next(), None);
    }
}
