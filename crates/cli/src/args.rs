//! The command line.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args as ClapArgs, Parser, Subcommand};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, civil};
use siseol_model::{Crs, DeliveryMode, FacilityRef, LayerName, LonLat, LonLatBox, Metres};
use std::net::SocketAddr;
use std::path::PathBuf;

/// 시설물 등록부: shapefiles in, answers out.
#[derive(Debug, Parser)]
#[command(name = "siseol", version, about, max_term_width = 110)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// 견본 도시를 띄웁니다: sample city -> register -> served.
    Demo(Demo),
    /// 자료를 미리 봅니다: look at files before loading them.
    Inspect(Inspect),
    /// 자료를 등록부에 싣습니다: load files into a register.
    Ingest(Ingest),
    /// 시설 분류표(프로파일): facility classes and codes as data, listed and checked.
    Profile(Profile),
    /// 등록부의 레이어: what is in a register.
    Layers(Layers),
    /// 자료 점검 결과: findings and rows kept aside.
    Issues(Issues),
    /// 시설을 찾습니다: find facilities by word, place or box.
    Find(Find),
    /// 시설 하나를 봅니다: one facility with its labels.
    Show(Show),
    /// 레이어를 내보냅니다: write a layer as `GeoJSON` or `GeoJSONSeq`.
    Export(Export),
    /// 변경 이력: what was changed, when, by whom; one facility's life.
    History(History),
    /// 변경을 되돌립니다: commit the reverse of a change set.
    Undo(Undo),
    /// 등록부를 복사해 둡니다: a verified copy of a register.
    Backup(Backup),
    /// 등록부를 검사합니다: verify a register.
    Check(Check),
    /// 등록부를 서비스합니다: answer over HTTP.
    Serve(Serve),
}

/// `siseol demo`
#[derive(Debug, ClapArgs)]
pub(crate) struct Demo {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
}

/// How files are read.
#[derive(Debug, ClapArgs)]
pub(crate) struct Reading {
    /// The layer's name, where the delivery has one layer.
    #[arg(long)]
    pub(crate) layer: Option<LayerName>,
    /// The profile of facility classes: the name of a built-in one, a folder or a file. kr-uis if none is named.
    #[arg(long, value_name = "NAME|PATH")]
    pub(crate) profile: Option<String>,
    /// A column of the facility key; give it again for each further one.
    #[arg(long = "key", value_name = "COLUMN")]
    pub(crate) key: Vec<String>,
    /// The text encoding, such as cp949.
    #[arg(long)]
    pub(crate) encoding: Option<String>,
    /// The grid of files that declare none, or one that is not clear.
    #[arg(long, value_name = "EPSG:CODE")]
    pub(crate) crs: Option<Crs>,
    /// The grid, whatever the files declare.
    #[arg(long, value_name = "EPSG:CODE", conflicts_with = "crs")]
    pub(crate) force_crs: Option<Crs>,
    /// Load what says something of a person as it is, instead of masked.
    #[arg(long)]
    pub(crate) keep_personal: bool,
    /// The files come from others: let GDAL parse them in a process that can reach nothing else.
    #[arg(long)]
    pub(crate) untrusted: bool,
}

/// `siseol inspect`
#[derive(Debug, ClapArgs)]
pub(crate) struct Inspect {
    /// Files, folders or zips.
    #[arg(required = true, value_name = "SOURCE")]
    pub(crate) sources: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// A register of the same place: say how far from what it has the files would lie, in each grid that they could be in.
    #[arg(long, value_name = "REGISTER")]
    pub(crate) against: Option<PathBuf>,
    /// The same as a document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `siseol ingest`
#[derive(Debug, ClapArgs)]
pub(crate) struct Ingest {
    /// The register; made if there is none.
    pub(crate) register: PathBuf,
    /// Files, folders or zips.
    #[arg(required = true, value_name = "SOURCE")]
    pub(crate) sources: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// How rows meet those that the register has: upsert (insert and update, never delete), replace (also delete those
    /// that the delivery no longer has), append (insert only).
    #[arg(long, value_name = "MODE", default_value = "upsert", value_parser = mode())]
    pub(crate) mode: DeliveryMode,
    /// How many rows of a layer `--mode replace` may delete; a fifth of the layer without it.
    #[arg(long, value_name = "N")]
    pub(crate) allow_deletes: Option<u64>,
    /// How many rows of a file may be kept aside; a hundredth of them, but at least 100, without it. Above it the file is
    /// refused.
    #[arg(long, value_name = "N")]
    pub(crate) allow_quarantined: Option<u64>,
    /// Bring a layer that the register has in another grid into that grid.
    #[arg(long)]
    pub(crate) reproject: bool,
    /// Load the other files where some are refused. Deletes above what is allowed stop all of them.
    #[arg(long)]
    pub(crate) skip_refused: bool,
    /// Say what would happen, and write nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Leave out the checks across rows, which come after the commit: `siseol issues` makes them at any time.
    #[arg(long)]
    pub(crate) no_survey: bool,
    /// Write the report to this file as well, as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Who loads it.
    #[arg(long)]
    pub(crate) author: Option<String>,
    /// Why.
    #[arg(long)]
    pub(crate) comment: Option<String>,
    /// The report as a document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `siseol profile`
#[derive(Debug, ClapArgs)]
pub(crate) struct Profile {
    #[command(subcommand)]
    pub(crate) command: ProfileCommand,
}

/// What to do with profiles.
#[derive(Debug, Subcommand)]
pub(crate) enum ProfileCommand {
    /// 내장 프로파일: the built-in profiles.
    List,
    /// 프로파일을 검사합니다: what is in a profile, and what is wrong with it. Ends with 3 if anything is.
    Check(ProfileCheck),
}

/// `siseol profile check`
#[derive(Debug, ClapArgs)]
pub(crate) struct ProfileCheck {
    /// A folder, a file, or the name of a built-in profile.
    #[arg(value_name = "NAME|PATH")]
    pub(crate) profile: String,
    /// The same as a document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `siseol layers`
#[derive(Debug, ClapArgs)]
pub(crate) struct Layers {
    /// The register.
    pub(crate) register: PathBuf,
    /// The same as a document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `siseol issues`
#[derive(Debug, ClapArgs)]
pub(crate) struct Issues {
    /// The register.
    pub(crate) register: PathBuf,
    /// Of this layer only.
    #[arg(long)]
    pub(crate) layer: Option<LayerName>,
    /// Also the findings that a later delivery has settled.
    #[arg(long, conflicts_with = "export")]
    pub(crate) all: bool,
    /// Leave out the checks across rows, which read every row.
    #[arg(long, conflicts_with = "export")]
    pub(crate) no_survey: bool,
    /// Write the findings and the quarantined rows to this new GeoPackage, to mend the rows in QGIS and load them again.
    #[arg(long, value_name = "FILE.gpkg")]
    pub(crate) export: Option<PathBuf>,
    /// The same as a document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `siseol find`
#[derive(Debug, ClapArgs)]
pub(crate) struct Find {
    /// The register.
    pub(crate) register: PathBuf,
    /// A word in a key or in any text attribute.
    #[arg(conflicts_with_all = ["near", "bbox"])]
    pub(crate) text: Option<String>,
    /// In this layer only; give it again for each further one.
    #[arg(long = "layer", value_name = "LAYER")]
    pub(crate) layers: Vec<LayerName>,
    /// Around this place, nearest first.
    #[arg(long, value_name = "LON,LAT", allow_hyphen_values = true, conflicts_with = "bbox")]
    pub(crate) near: Option<LonLat>,
    /// How far around it, in metres, rim included.
    #[arg(long, value_name = "METRES", requires = "near")]
    pub(crate) radius: Option<Metres>,
    /// In this box, edges included.
    #[arg(long, value_name = "W,S,E,N", allow_hyphen_values = true)]
    pub(crate) bbox: Option<LonLatBox>,
    /// At most so many.
    #[arg(long, default_value_t = 20)]
    pub(crate) limit: u64,
    /// In the state at that time: 2026-03-01T09:00:00+09:00, or 2026-03-01 for the end of that day here.
    #[arg(long, value_name = "TIME")]
    pub(crate) as_of: Option<AsOf>,
    /// `GeoJSON`.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `siseol show`
#[derive(Debug, ClapArgs)]
pub(crate) struct Show {
    /// The register.
    pub(crate) register: PathBuf,
    /// KEY, LAYER/KEY or fid:N.
    pub(crate) reference: FacilityRef,
    /// In the state at that time: 2026-03-01T09:00:00+09:00, or 2026-03-01 for the end of that day here.
    #[arg(long, value_name = "TIME")]
    pub(crate) as_of: Option<AsOf>,
    /// `GeoJSON`.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `siseol export`
#[derive(Debug, ClapArgs)]
pub(crate) struct Export {
    /// The register.
    pub(crate) register: PathBuf,
    /// The layer.
    pub(crate) layer: LayerName,
    /// Where to: .geojson or .json, or .geojsonl, .geojsons or .ndjson for one feature a line; - is stdout (`GeoJSON`).
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,
    /// Features in this box only, edges included.
    #[arg(long, value_name = "W,S,E,N", allow_hyphen_values = true)]
    pub(crate) bbox: Option<LonLatBox>,
    /// The state at that time: 2026-03-01T09:00:00+09:00, or 2026-03-01 for the end of that day here.
    #[arg(long, value_name = "TIME")]
    pub(crate) as_of: Option<AsOf>,
    /// Replace a file that is there.
    #[arg(long)]
    pub(crate) overwrite: bool,
    /// Say what was written as a document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `siseol history`
#[derive(Debug, ClapArgs)]
pub(crate) struct History {
    /// The register.
    pub(crate) register: PathBuf,
    /// One facility: KEY, LAYER/KEY or fid:N. One that is gone is named by its fid.
    pub(crate) reference: Option<FacilityRef>,
    /// The same as a document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `siseol undo`
#[derive(Debug, ClapArgs)]
pub(crate) struct Undo {
    /// The register.
    pub(crate) register: PathBuf,
    /// The number of the change set, as `siseol history` tells it.
    #[arg(value_name = "CHANGESET")]
    pub(crate) change_set: i64,
    /// Say what would happen, and write nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Who undoes it.
    #[arg(long)]
    pub(crate) author: Option<String>,
    /// Why.
    #[arg(long)]
    pub(crate) comment: Option<String>,
    /// The same as a document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `siseol backup`
#[derive(Debug, ClapArgs)]
pub(crate) struct Backup {
    /// The register.
    pub(crate) register: PathBuf,
    /// The copy; it must not be there yet.
    pub(crate) to: PathBuf,
    /// Say what was written as a document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `siseol check`
#[derive(Debug, ClapArgs)]
pub(crate) struct Check {
    /// The register.
    pub(crate) register: PathBuf,
    /// The same as a document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `siseol serve`
#[derive(Debug, ClapArgs)]
pub(crate) struct Serve {
    /// The register.
    pub(crate) register: PathBuf,
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// Who may ask: lines of `viewer TOKEN` or `editor TOKEN`.
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Where clients see this server, such as <https://gis.example.kr>.
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// Pages of this origin may read answers; give it again for each further one.
    #[arg(long = "cors-origin", value_name = "ORIGIN")]
    pub(crate) cors_origins: Vec<String>,
    /// Listen on a network without tokens.
    #[arg(long)]
    pub(crate) insecure: bool,
}

/// The delivery modes, by name.
fn mode() -> impl TypedValueParser<Value = DeliveryMode> {
    PossibleValuesParser::new(["upsert", "replace", "append"])
        .try_map(|word| word.parse::<DeliveryMode>())
}

/// A time in the past to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AsOf(pub(crate) Timestamp);

/// A text that is no such time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AsOfError;

impl std::fmt::Display for AsOfError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(
            "a time is 2026-03-01T09:00:00+09:00, 2026-03-01T09:00:00 (local) or 2026-03-01",
        )
    }
}

impl std::error::Error for AsOfError {}

impl std::str::FromStr for AsOf {
    type Err = AsOfError;

    fn from_str(text: &str) -> Result<Self, AsOfError> {
        if let Ok(instant) = text.parse() {
            return Ok(Self(instant));
        }
        let here = |at: civil::DateTime| at.to_zoned(TimeZone::system()).map(|z| z.timestamp());
        // A date alone is the whole day: what was committed on it counts.
        let local = if let Ok(date) = text.parse::<civil::Date>().or(Err(AsOfError))
            && text.len() == "2026-03-01".len()
        {
            let next = date.tomorrow().and_then(|day| here(day.at(0, 0, 0, 0)));
            next.and_then(|midnight| midnight.checked_sub(1.nanosecond()))
        } else {
            here(text.parse().or(Err(AsOfError))?)
        };
        local.map(Self).or(Err(AsOfError))
    }
}
