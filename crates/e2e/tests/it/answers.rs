//! What a server answers about a layer, to be held against what it answers in another state.

use crate::binary::Server;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// A box and a circle in the middle of the sample city, in which every layer of the city has something.
pub(crate) const BOX: &str = "126.928,37.355,126.944,37.367";
pub(crate) const CIRCLE: &str = "near=126.9352,37.3617&radius=700";

/// Answers by what was asked, byte for byte but for the links and the time, which name the state.
pub(crate) type Answers = BTreeMap<String, String>;

/// Everything that can be asked about a layer: each page of it, the pages of a box, lookups with their sums, and those
/// features one by one, gone or not; now, or as of a time.
pub(crate) fn answers(server: &Server, layer: &str, fids: &[i64], as_of: Option<&str>) -> Answers {
    let mut found = Answers::new();
    let datetime = as_of.map(|time| format!("datetime={time}&")).unwrap_or_default();
    let items = format!("/api/collections/{layer}/items");
    for query in ["limit=200".to_owned(), format!("bbox={BOX}&limit=50")] {
        for (number, page) in (1..).zip(walk(server, &format!("{items}?{datetime}{query}"))) {
            found.insert(format!("{query} page {number}"), page);
        }
    }
    for query in [
        CIRCLE.to_owned(),
        format!("{CIRCLE}&order=index"),
        format!("{CIRCLE}&layers={layer}&limit=10000"),
        format!("near=126.9,37.3&layers={layer}&limit=30"),
    ] {
        let (status, text) = server.answer(&format!("/api/facilities?{datetime}{query}"));
        assert_eq!(status, 200, "{query}: {text}");
        assert!(text.contains("\"summary\":[{"), "{query} finds nothing");
        found.insert(query, without_state(&text));
    }
    for fid in fids {
        let (status, text) = server.answer(&format!("{items}/{fid}?{datetime}"));
        assert!([200, 404].contains(&status), "{fid}: {text}");
        let text = if status == 200 { without_state(&text) } else { "gone".to_owned() };
        found.insert(format!("item {fid}"), text);
    }
    found
}

/// The pages from this one on. All of them are of one state.
fn walk(server: &Server, first: &str) -> Vec<String> {
    let mut pages = Vec::new();
    let mut next = Some(first.to_owned());
    let mut state = None;
    while let Some(path) = next {
        let (status, text) = server.answer(&path);
        assert_eq!(status, 200, "{path}: {text}");
        let page: Json = serde_json::from_str(&text).unwrap();
        let name = (page["timeStamp"].clone(), page["numberMatched"].clone());
        assert_eq!(*state.get_or_insert(name.clone()), name, "{path}");
        next = link(&page, "next").map(|href| href.strip_prefix(&server.url).unwrap().to_owned());
        pages.push(without_state(&text));
    }
    assert!(pages.len() > 1, "{first} has one page");
    pages
}

/// Where a document's link of that kind leads.
pub(crate) fn link(document: &Json, relation: &str) -> Option<String> {
    let links = document["links"].as_array()?;
    let link = links.iter().find(|link| link["rel"] == relation)?;
    Some(link["href"].as_str().unwrap().to_owned())
}

fn without_state(text: &str) -> String {
    without(&without(text, ",\"timeStamp\":\"", '"'), ",\"links\":[", ']')
}

/// The text without what lies between, if it is there. Quotation marks within values are written otherwise.
fn without(text: &str, from: &str, to: char) -> String {
    let Some((before, rest)) = text.split_once(from) else { return text.to_owned() };
    assert!(!rest.contains(from), "{from} comes twice");
    let (_, after) = rest.split_once(to).unwrap();
    format!("{before}{after}")
}

/// Says which answers differ: whole documents are too long to be looked at.
pub(crate) fn assert_same(now: &Answers, before: &Answers, when: &str) {
    let asked = |answers: &Answers| answers.keys().cloned().collect::<Vec<_>>();
    assert_eq!(asked(now), asked(before), "{when}");
    for (question, answer) in now {
        let old = &before[question];
        if answer != old {
            let same = answer.bytes().zip(old.bytes()).take_while(|(a, b)| a == b).count();
            let near = |text: &str| {
                let bytes = &text.as_bytes()[same.saturating_sub(200).min(text.len())..];
                String::from_utf8_lossy(&bytes[..bytes.len().min(500)]).into_owned()
            };
            panic!("{when}: {question} differs at {same}:\n{}\n{}", near(answer), near(old));
        }
    }
}
