//! `siseol demo`: the sample city, loaded and served.

use super::{serve, thousands};
use crate::args::Demo;
use crate::exit::Outcome;
use crate::output;
use anyhow::Context as _;
use rust_embed::RustEmbed;
use siseol_http::{AppState, Settings};
use siseol_ingest::{NoProgress, Options};
use siseol_model::{IngestReport, Provenance};
use std::path::{Path, PathBuf};

/// The sample city's delivery, as `data/` holds it.
#[derive(RustEmbed)]
#[folder = "../../data/sample-city"]
struct SampleCity;

pub(crate) fn run(args: &Demo) -> anyhow::Result<Outcome> {
    let delivery = tempfile::tempdir().context("no room for temporary files")?;
    for name in SampleCity::iter() {
        let file = SampleCity::get(&name).context("the sample city is incomplete")?;
        fs_err::write(delivery.path().join(&*name), file.data)?;
    }
    let register = register_path()?;
    // What an earlier demo left; a demo always begins anew.
    match fs_err::remove_file(&register) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    output::note("가상 도시를 싣는 중 / loading the synthetic city");
    let provenance = Provenance {
        author: None,
        comment: Some("siseol demo".to_owned()),
        source: "sample-city".to_owned(),
    };
    let report = siseol_ingest::ingest(
        &register,
        &[delivery.path().to_path_buf()],
        &Options::default(),
        &provenance,
        jiff::Timestamp::now(),
        &mut NoProgress,
    )?;
    tell(&report);
    let state = AppState::open(&register, Settings::default())
        .with_context(|| format!("cannot use {}", register.display()))?;
    serve::serve(state, args.listen, |address| {
        let register = register.display();
        let siseol = program();
        output::note("");
        output::note(&format!("  지도 / map   http://{address}/"));
        output::note("");
        output::note("해 볼 명령 / commands to try");
        output::note(&format!(
            "  curl 'http://{address}/api/facilities?near=126.9352,37.3617&radius=100&layers=hydrant'"
        ));
        output::note(&format!(
            "  {siseol} find {register} --near 126.9352,37.3617 --radius 300 --layer shelter"
        ));
        output::note(&format!("  {siseol} issues {register} --layer water_valve"));
        output::note("");
        output::note("Ctrl-C로 끝냅니다 / Ctrl-C stops");
    })
}

/// Where the demo's register lies: a place of the user's own, so that its commands can be tried and nobody else can
/// put a file there.
fn register_path() -> anyhow::Result<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache")))
        .context("neither XDG_CACHE_HOME nor HOME says where to keep the demo's register")?;
    let folder = cache.join("siseol");
    fs_err::create_dir_all(&folder)?;
    Ok(folder.join("demo.siseol.gpkg"))
}

/// How this very program is called from where the user stands, so that the commands can be copied as they are.
fn program() -> String {
    let own = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("siseol"));
    let below = std::env::current_dir()
        .ok()
        .and_then(|here| own.strip_prefix(here).ok().map(|path| format!("./{}", path.display())));
    below.unwrap_or_else(|| own.display().to_string())
}

/// What was loaded, and what dirt was found in it.
fn tell(report: &IngestReport) {
    let stored = |l: &siseol_model::LayerReport| l.rows.accepted + l.rows.repaired;
    let total: u64 = report.layers.iter().map(stored).sum();
    output::note(&format!("{} layers, {} features", report.layers.len(), thousands(total)));
    let mut found: Vec<_> = report
        .layers
        .iter()
        .flat_map(|layer| layer.findings.iter().map(move |finding| (layer, finding)))
        .filter(|(_, finding)| finding.severity > siseol_model::Severity::Info)
        .collect();
    found.sort_by_key(|(_, finding)| std::cmp::Reverse((finding.severity, finding.count)));
    output::note("점검에서 나온 것 / what the checks found");
    for (layer, finding) in found {
        output::note(&format!(
            "  {} {}: {} × {}",
            layer.layer,
            finding.kind.code(),
            thousands(finding.count),
            finding.kind.label(),
        ));
    }
}
