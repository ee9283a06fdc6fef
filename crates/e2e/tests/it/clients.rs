//! GDAL, which QGIS and many others read with, on the register and on the API.

use crate::binary::{Server, sample_register, tool};
use std::collections::BTreeMap;
use std::ffi::OsStr;

/// Layer -> features, as `ogrinfo` sees them.
fn counts(source: &OsStr) -> BTreeMap<String, u64> {
    let text = tool("ogrinfo", &[OsStr::new("-ro"), OsStr::new("-so"), OsStr::new("-al"), source]);
    let mut counts = BTreeMap::new();
    let mut layer = String::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("Layer name: ") {
            name.clone_into(&mut layer);
        }
        if let Some(count) = line.strip_prefix("Feature Count: ") {
            counts.insert(layer.clone(), count.parse().unwrap());
        }
    }
    counts
}

#[test]
fn gdal_counts_the_same_in_the_register_and_over_the_api() {
    let server = Server::start(sample_register(), &[]);
    let ours: BTreeMap<String, u64> = server.get("/api/collections")["collections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| (c["id"].as_str().unwrap().to_owned(), c["itemCount"].as_u64().unwrap()))
        .collect();
    assert_eq!(ours.values().sum::<u64>(), 40_876);
    let mut register = counts(sample_register().as_os_str());
    register.retain(|name, _| !name.starts_with("siseol_") && name != "layer_styles");
    assert_eq!(register, ours);
    let api = counts(format!("OAPIF:{}/api/", server.url).as_ref());
    assert_eq!(api, ours);
}

#[test]
fn gdal_reads_features_fields_and_korean_over_the_api() {
    let server = Server::start(sample_register(), &[]);
    let source = format!("OAPIF:{}/api/", server.url);
    let text = tool("ogrinfo", &["-ro", "-q", &source, "public_office"]);
    assert!(text.contains("(String) = 군포시청"), "{text}");
    assert!(text.contains("POINT (126.9352 37.3617)"), "{text}");
    let boxed = tool(
        "ogrinfo",
        &["-ro", "-so", "-spat", "126.93", "37.36", "126.94", "37.365", &source, "hydrant"],
    );
    let page = server.get("/api/collections/hydrant/items?bbox=126.93,37.36,126.94,37.365&limit=1");
    let expected = page["numberMatched"].as_u64().unwrap();
    assert!(expected > 20);
    assert!(boxed.contains(&format!("Feature Count: {expected}")), "{boxed}");
}

#[test]
fn coordinates_in_the_register_are_those_of_the_delivery_bit_for_bit() {
    let delivered = crate::binary::sample_city().join("WTL_PIPE_LM.shp");
    let dump = |source: &OsStr, layer: &str| {
        let args = ["-ro", "-q", "-geom=YES"].map(OsStr::new);
        let mut all = args.to_vec();
        all.extend([source, OsStr::new(layer)]);
        let text = tool("ogrinfo", &all);
        text.lines()
            .filter(|l| l.contains("LINESTRING"))
            .map(|l| l.trim().to_owned())
            .collect::<Vec<_>>()
    };
    let ours = dump(sample_register().as_os_str(), "water_pipe");
    assert_eq!(ours.len(), 6_605);
    assert_eq!(ours, dump(delivered.as_os_str(), "WTL_PIPE_LM"));
}
