//! The line to run.

use crate::Options;
use siseol_model::{IssueKind, RefusedSource};
use siseol_ogr::Reading;
use std::path::PathBuf;

/// What only a person can say.
const OPEN: &str = "....";

/// Whether a refusal asks for the grid.
pub(super) fn asks_for_grid(kind: IssueKind) -> bool {
    matches!(kind, IssueKind::CrsUnknown | IssueKind::CrsUnreadable | IssueKind::CrsAmbiguous)
}

fn asks_for_class(kind: IssueKind) -> bool {
    kind == IssueKind::ClassAmbiguous
}

/// The command that would load the sources, with what a person has to decide left open.
pub(super) fn command(sources: &[PathBuf], options: &Options, refused: &[RefusedSource]) -> String {
    let mut words = vec!["siseol ingest REGISTER".to_owned()];
    words.extend(sources.iter().map(|s| quoted(&s.display().to_string())));
    let mut option = |name: &str, value: Option<String>| {
        words.extend(value.map(|v| format!("--{name} {}", quoted(&v))));
    };
    let asked = |asks: fn(IssueKind) -> bool| refused.iter().any(|r| asks(r.issue.kind));
    let class_is_open = options.layer.is_none() && asked(asks_for_class);
    let layer = options.layer.as_ref().map(ToString::to_string);
    option("layer", layer.or(class_is_open.then(|| OPEN.to_owned())));
    option("profile", options.profile.clone());
    option("encoding", options.encoding.clone());
    option("force-crs", options.force_crs.map(|c| c.to_string()));
    let grid_is_open = options.crs.is_none() && asked(asks_for_grid);
    let crs = options.crs.map(|c| c.to_string());
    option("crs", crs.or(grid_is_open.then(|| format!("EPSG:{OPEN}"))));
    for key in &options.key {
        option("key", Some(key.clone()));
    }
    if options.reading != Reading::Here {
        words.push("--untrusted".to_owned());
    }
    if options.keep_personal {
        words.push("--keep-personal".to_owned());
    }
    if asked(|kind| !asks_for_grid(kind) && !asks_for_class(kind)) {
        words.push("--skip-refused".to_owned());
    }
    words.join(" ")
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-:+=,@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
