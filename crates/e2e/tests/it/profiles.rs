//! `siseol profile`.

use crate::binary::{document, expect_code, folder, run};
use serde_json::Value as Json;

#[test]
fn the_built_in_profiles_are_listed_and_pass() {
    let listed = expect_code(0, &["profile", "list"]);
    for part in ["kr-uis", "generic", "도시정보시스템(UIS)"] {
        assert!(listed.contains(part), "{listed}");
    }
    let checked = document(&["profile", "check", "kr-uis"]);
    assert_eq!(checked["problems"], Json::Array(Vec::new()));
    let classes = checked["profile"]["classes"].as_array().unwrap();
    let ledger = classes.iter().find(|class| class["id"] == "water_works_ledger").unwrap();
    assert_eq!(ledger["geometry"], "none");
    assert_eq!(ledger["tables"], serde_json::json!(["WTT_CONS_MA"]));
    let lists = checked["profile"]["code_lists"].as_array().unwrap();
    let materials = lists.iter().find(|list| list["id"] == "MOP").unwrap();
    assert_eq!((&materials["verified"], &materials["provisional"]), (&9.into(), &2.into()));
    let told = expect_code(0, &["profile", "check", "generic"]);
    assert!(told.contains("문제 없음 / no problem"), "{told}");
}

#[test]
fn a_profile_with_problems_ends_with_3_and_says_all_of_them() {
    let place = folder();
    let city = place.path().join("our-city");
    fs_err::create_dir(&city).unwrap();
    let text = "id = \"our-city\"\nextends = \"kr-uis\"\nlabel = { ko = \"우리 시\", en = \"our city\" }\n\
        [classes.water_pipe]\nkey = [\"NUMBER\"]\n[classes.water_pipe.look]\ncolor = \"blue\"\n";
    fs_err::write(city.join("city.toml"), text).unwrap();
    let path = city.to_str().unwrap();
    let told = expect_code(3, &["profile", "check", path]);
    for part in [
        "우리 시 / our city",
        "our-city/city.toml: classes.water_pipe.key: names the field `NUMBER`, of which nothing is said",
        "our-city/city.toml: classes.water_pipe.look: the colour `blue` is not of the form #rrggbb",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    let checked: Json =
        serde_json::from_str(&expect_code(3, &["profile", "check", path, "--json"])).unwrap();
    let problems = checked["problems"].as_array().unwrap();
    let of_key = problems.iter().find(|problem| problem["place"] == "classes.water_pipe.key");
    assert_eq!(of_key.unwrap()["file"], "our-city/city.toml");
    // Valves name their pipes by a key of two fields, which this is no longer.
    let of_valves = problems.iter().find(|p| p["place"] == "classes.water_valve.references[0]");
    assert_eq!(of_valves.unwrap()["file"], "kr-uis/classes/water.toml");

    let register = place.path().join("city.gpkg");
    let refused = run(&["ingest", register.to_str().unwrap(), path, "--profile", path]);
    assert_eq!(refused.status.code(), Some(1));
    let missing = run(&["profile", "check", "kr_uis"]);
    assert_eq!(missing.status.code(), Some(1));
    let told = String::from_utf8(missing.stderr).unwrap();
    assert!(told.contains("the built-in ones are generic, kr-uis"), "{told}");
}
