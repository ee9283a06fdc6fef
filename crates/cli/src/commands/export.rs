//! `siseol export`: a layer as GeoJSON, or as GeoJSON text sequences without separators (one feature a line).

use super::{resident, thousands};
use crate::args::Export;
use crate::exit::{Outcome, Usage};
use crate::output;
use anyhow::Context as _;
use serde_json::json;
use siseol_http::{layer_document, layer_lines};
use siseol_query::{BoxRegion, Region};
use std::io::Write;
use std::path::Path;

/// The forms that a layer can be written in here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Collection,
    Lines,
}

impl Form {
    fn of(path: &Path) -> Option<Self> {
        if path == Path::new("-") {
            return Some(Self::Collection);
        }
        match path.extension()?.to_str()?.to_lowercase().as_str() {
            "geojson" | "json" => Some(Self::Collection),
            "geojsonl" | "geojsons" | "ndjson" => Some(Self::Lines),
            _ => None,
        }
    }
}

pub(crate) fn run(args: &Export) -> anyhow::Result<Outcome> {
    let to = &args.to;
    let form = Form::of(to).ok_or_else(|| {
        Usage(format!("`{}`: write .geojson, .json, .geojsonl, .geojsons or .ndjson", to.display()))
    })?;
    if to.exists() && !args.overwrite {
        return Err(Usage(format!("{} is there already; add --overwrite", to.display())).into());
    }
    let resident = resident(&args.register, args.as_of)?;
    let Some((_, base)) = resident.snapshot.layer(args.layer.as_str()) else {
        output::note(&format!("siseol: there is no layer `{}`; see `siseol layers`", args.layer));
        return Ok(Outcome::NothingFound);
    };
    let region = args.bbox.map(BoxRegion::new);
    let hits = base.search(region.as_ref().map(|r| r as &dyn Region));
    let write = |out: &mut dyn Write| match form {
        Form::Collection => layer_document(base, &hits).write_to(out),
        Form::Lines => layer_lines(base, &hits, out),
    };
    if to == Path::new("-") {
        write(&mut std::io::stdout().lock())?;
        return Ok(Outcome::Done);
    }
    // Beside the target, so that the last step is a rename: a reader sees the old file or the whole new one.
    let folder = to.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".siseol-export")
        .tempfile_in(folder)
        .with_context(|| format!("cannot write to {}", folder.display()))?;
    write(&mut std::io::BufWriter::new(file.as_file_mut()))?;
    file.as_file().sync_all()?;
    file.persist(to).with_context(|| format!("cannot write {}", to.display()))?;
    if args.json {
        output::json(&json!({ "path": to, "layer": args.layer, "features": hits.count() }))?;
    } else {
        output::note(&format!("{}: {} features", to.display(), thousands(hits.count())));
    }
    Ok(Outcome::Done)
}
