//! The page, in a headless Chromium.

use crate::binary::{Server, folder, root, sample_city, siseol};
use crate::city::City;
use crate::shapefile::Shapefile;
use serde_json::{Value as Json, json};
use std::path::Path;
use std::process::Command;

#[test]
fn the_page_shows_a_finished_search_answers_clicks_and_follows_the_register() {
    let web = root().join("crates/http/web");
    let city = City::sample();
    let next = folder();
    let plan = next_delivery(&city, next.path());
    let server = Server::start(&city.register, &[]);
    let page = ureq::get(&server.url).call().unwrap().body_mut().read_to_string().unwrap();
    assert!(page.contains("assets/"), "the web map is not built: run scripts/setup");
    let output = Command::new("sh")
        .args(["with-node.sh", "node", "test/page.mjs", &format!("{}/", server.url)])
        .args(["--changes", &plan.to_string()])
        .args(["--related", &pipes(&city).to_string()])
        .current_dir(&web)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains(", 0 failed"), "{said}");
}

/// A valve and a meter, with the pipe that the delivery's rows say they sit on.
fn pipes(city: &City) -> Json {
    const ROW: usize = 0;
    let host = |(layer, table): (&str, &str)| {
        let file = Shapefile::read(&sample_city(), table);
        let key = |code, number| format!("{}-{}", file.text(ROW, code), file.text(ROW, number));
        let named = format!("{layer}/{}", key("FTR_CDE", "FTR_IDN"));
        json!({
            "layer": layer,
            "fid": city.told("show", &[&named])["id"],
            "label": { "ko": "설치된 관로", "en": "pipe that it sits on" },
            "key": key("PIP_CDE", "PIP_IDN"),
        })
    };
    [("water_valve", "WTL_VALV_PS"), ("water_meter", "WTL_META_PS")].map(host).into_iter().collect()
}

/// Writes a delivery with one hydrant more, one other and one less, and says what the page should make of it.
fn next_delivery(city: &City, folder: &Path) -> Json {
    const TABLE: &str = "WTL_FIRE_PS";
    const CHANGED: usize = 200;
    const DELETED: usize = 100;
    let mut file = Shapefile::read(&sample_city(), TABLE);
    let fid = |row| {
        let key = format!("hydrant/{}-{}", file.text(row, "FTR_CDE"), file.text(row, "FTR_IDN"));
        city.told("show", &[&key])["id"].clone()
    };
    let (changed, deleted) = (fid(CHANGED), fid(DELETED));
    let new = file.repeat(CHANGED);
    file.set(new, "FTR_IDN", "99999999");
    file.set(CHANGED, "IST_YMD", "20261124");
    file.keep(|row| row != DELETED);
    file.write(folder, TABLE);
    for beside in ["prj", "cpg"].map(|extension| format!("{TABLE}.{extension}")) {
        fs_err::copy(sample_city().join(&beside), folder.join(&beside)).unwrap();
    }
    let register = &city.register;
    json!({
        "layer": "hydrant",
        "changed": changed,
        "deleted": deleted,
        "line": "소방시설 +1 ~1 −1",
        "commit": [siseol(), "ingest", register, folder, "--profile", "kr-uis", "--mode", "replace"],
        "undo": [siseol(), "undo", register, "2"],
    })
}
