//! From a delivery to answers, by the command line.

use crate::binary::{document, expect_code, folder, run, sample_city, sample_register};
use serde_json::Value as Json;
use std::ffi::OsStr;

fn arg(text: &str) -> &OsStr {
    OsStr::new(text)
}

#[test]
fn every_row_of_the_sample_city_is_accounted_for() {
    let folder = folder();
    let register = folder.path().join("city.gpkg");
    let city = sample_city();
    let dry = document(&[arg("ingest"), register.as_os_str(), city.as_os_str(), arg("--dry-run")]);
    assert!(!register.exists(), "a dry run writes nothing");
    assert_eq!(dry["generation"], Json::Null);
    let report = document(&[arg("ingest"), register.as_os_str(), city.as_os_str()]);
    assert_eq!(report["generation"], 1);
    assert_eq!(report["layers"].as_array().unwrap().len(), 25);
    let mut total = 0;
    for (layer, rehearsed) in
        report["layers"].as_array().unwrap().iter().zip(dry["layers"].as_array().unwrap())
    {
        let rows = |name: &str| layer["rows"][name].as_u64().unwrap();
        let kept = rows("accepted") + rows("repaired");
        assert_eq!(rows("read"), kept + rows("quarantined") + rows("deleted"), "{layer}");
        assert_eq!(layer["rows"], rehearsed["rows"], "the rehearsal says what happens");
        total += kept;
    }
    assert_eq!(total, 40_876);
    // The register is one file, with nothing beside it.
    let names: Vec<_> =
        fs_err::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, ["city.gpkg"]);
    let check = document(&[arg("check"), register.as_os_str()]);
    assert_eq!(check["ok"], true);

    // The same once more changes nothing, and is remembered as a delivery that did not.
    let again = document(&[arg("ingest"), register.as_os_str(), city.as_os_str()]);
    assert_eq!(again["generation"], 2);
    for layer in again["layers"].as_array().unwrap() {
        let rows = |name: &str| layer["rows"][name].as_u64().unwrap();
        assert_eq!(layer["changes"]["unchanged"], rows("accepted") + rows("repaired"), "{layer}");
    }
}

#[test]
fn facilities_are_found_by_word_place_and_box_and_shown_with_labels() {
    let register = sample_register().as_os_str();
    let hall =
        document(&[arg("find"), register, arg("군포시청"), arg("--layer"), arg("public_office")]);
    assert_eq!(hall["features"][0]["properties"]["기관명"], "군포시청");
    let near = document(&[
        arg("find"),
        register,
        arg("--near"),
        arg("126.9352,37.3617"),
        arg("--radius"),
        arg("300"),
        arg("--layer"),
        arg("hydrant"),
        arg("--limit"),
        arg("3"),
    ]);
    assert_eq!(near["features"].as_array().unwrap().len(), 3);
    assert!(near["features"][0]["properties"]["distance_m"].as_f64().unwrap() <= 300.0);
    assert_eq!(near["notice"]["ko"], "가상 자료");
    let boxed = document(&[
        arg("find"),
        register,
        arg("--bbox"),
        arg("126.93,37.36,126.94,37.365"),
        arg("--layer"),
        arg("school"),
    ]);
    assert!(boxed["numberMatched"].as_u64().unwrap() > 0);

    let key = near["features"][0]["properties"]["facility_key"].as_str().unwrap().to_owned();
    let reference = format!("hydrant/{key}");
    let shown = expect_code(0, &[arg("show"), register, arg(&reference)]);
    assert!(shown.contains("소화전") && shown.contains("구경"), "{shown}");
    let feature = document(&[arg("show"), register, arg(&reference)]);
    assert_eq!(feature["properties"]["facility_key"], key.as_str());

    expect_code(4, &[arg("find"), register, arg("이런 시설은 없다")]);
    expect_code(4, &[arg("show"), register, arg("hydrant/SA119-99999999")]);
    // Two hydrants with one number: the answer is the list of both.
    let doubled = run(&[arg("show"), register, arg("hydrant/SA119-200")]);
    assert_eq!(doubled.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&doubled.stderr).matches("fid:").count() >= 2);
}

#[test]
fn the_bow_tie_and_the_dirt_are_in_the_findings() {
    let register = sample_register().as_os_str();
    let issues = document(&[arg("issues"), register, arg("--layer"), arg("water_valve")]);
    let kinds: Vec<_> =
        issues["issues"].as_array().unwrap().iter().map(|i| i["kind"].as_str().unwrap()).collect();
    for (kind, count) in [("NUMBER_OVERFLOW", 8), ("ID_DUPLICATE", 5), ("GEOM_NULL", 1)] {
        assert_eq!(kinds.iter().filter(|k| **k == kind).count(), count, "{kind}");
    }
    expect_code(4, &[arg("issues"), register, arg("--layer"), arg("admin_dong")]);
}

#[test]
fn an_export_is_whole_read_by_others_and_says_that_it_is_synthetic() {
    let folder = folder();
    let register = sample_register().as_os_str();
    for (name, features) in [("v.geojson", 1592), ("v.geojsonl", 1592)] {
        let to = folder.path().join(name);
        let args = [arg("export"), register, arg("water_valve"), arg("--to"), to.as_os_str()];
        assert_eq!(document(&args)["features"], features);
        let seen =
            crate::binary::tool("ogrinfo", &[arg("-ro"), arg("-so"), arg("-al"), to.as_os_str()]);
        assert!(seen.contains(&format!("Feature Count: {features}")), "{seen}");
        assert!(fs_err::read_to_string(&to).unwrap().contains("가상 자료"));
        // It is not replaced without being asked to.
        expect_code(2, &args);
    }
    expect_code(2, &[arg("export"), register, arg("water_valve"), arg("--to"), arg("x.exe")]);
}

#[test]
fn a_backup_is_a_register_with_the_same_answers() {
    let folder = folder();
    let copy = folder.path().join("copy.gpkg");
    let register = sample_register().as_os_str();
    let made = document(&[arg("backup"), register, copy.as_os_str()]);
    assert_eq!(made["rows"], 40_876);
    let find =
        |register: &OsStr| expect_code(0, &[arg("find"), register, arg("가상병원"), arg("--json")]);
    assert_eq!(find(copy.as_os_str()), find(register));
    assert_eq!(run(&[arg("backup"), register, copy.as_os_str()]).status.code(), Some(1));
}
