//! Profiles: the built-in ones, and those that a person writes.

use crate::json_schema;
use crate::town::Town;
use siseol_ingest::{IngestError, Options, profile, profiles, read_profile};
use siseol_model::{Problem, Profile, Value};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The worked example of a document: what its blocks of TOML write, by the name that each begins with.
fn example(document: &str) -> BTreeMap<String, String> {
    let text = fs_err::read_to_string(root().join("docs").join(document)).unwrap();
    let blocks = text.split("```toml\n").skip(1);
    blocks
        .map(|block| {
            let text = block.split("```").next().unwrap();
            let name = text.lines().next().unwrap().strip_prefix("# ").unwrap();
            (name.to_owned(), text.to_owned())
        })
        .collect()
}

fn write(town: &Town, files: &BTreeMap<String, String>) {
    for (name, text) in files {
        town.write(name, text.as_bytes());
    }
}

fn said(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(Problem::to_string).collect()
}

fn choose(profile: &Path) -> Options {
    Options { profile: Some(profile.to_str().unwrap().to_owned()), ..Options::default() }
}

#[test]
fn built_in_profiles_are_without_a_fault() {
    assert_eq!(profiles(), ["generic", "kr-uis"]);
    for name in profiles() {
        let (read, problems) = read_profile(&name).unwrap();
        assert_eq!(problems, [], "{name}");
        assert_eq!(read.id, name);
        for class in &read.classes {
            assert!(!class.tables.is_empty(), "{name}: {}", class.id);
        }
    }
}

#[test]
fn the_published_schema_describes_what_is_written() {
    let text = fs_err::read_to_string(root().join("schemas/profile.schema.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&text).unwrap();
    let faults = |text: &str| {
        let table: toml::Table = toml::from_str(text).unwrap();
        json_schema::faults(&schema, &serde_json::to_value(table).unwrap())
    };
    let mut files = Vec::new();
    for name in profiles() {
        let mut folders = vec![root().join("schemas").join(name)];
        while let Some(folder) = folders.pop() {
            for entry in fs_err::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { folders.push(path) } else { files.push(path) }
            }
        }
    }
    assert!(files.len() > 10);
    for file in files {
        let text = fs_err::read_to_string(&file).unwrap();
        assert_eq!(faults(&text), [""; 0], "{}", file.display());
    }
    assert_eq!(schema["properties"]["extends"]["enum"], serde_json::json!(profiles()));
    // What the program refuses by its form, the schema refuses too, and the other way round.
    for broken in [
        "id = 3",
        "felds = 1",
        "nulls = \"-\"",
        "fields.A = 1",
        "fields.A.labels = 1",
        "fields.A.label = { kr = \"x\" }",
        "fields.A.type = \"metre\"",
        "fields.A.range = [1]",
        "fields.A.digits = 0",
        "fields.A.unit = \" \"",
        "fields.A.personal = \"yes\"",
        "classes.a.tables = [\"Pipe\"]",
        "classes.a.geometry = \"area\"",
        "classes.a.network = { utility = \"water\", part = \"tap\" }",
        "classes.a.network = { utility = \"\", part = \"pipe\" }",
        "classes.a.disaster = \"cafe\"",
        "classes.a.references = [{ fields = [], classes = [\"a\"], means = \"host\" }]",
        "classes.a.references = [{ fields = [\"A\"], classes = [\"a\"] }]",
        "classes.a.look.color = \"red\"",
        "classes.a.look.dash = [-1, 1]",
        "classes.a.look.width = 0",
        "classes.a.look.minzoom = 30",
        "code_lists.A.codes.B = { ko = \"x\", en = \"x\", status = \"sure\" }",
    ] {
        assert_ne!(faults(broken), [""; 0], "{broken}");
        let whole = format!(
            "{broken}\n{}",
            if broken.starts_with("id") {
                ""
            } else {
                "id = \"x\"\nlabel = { ko = \"x\", en = \"x\" }"
            }
        );
        assert!(Profile::from_toml(&whole).is_err(), "{broken}");
    }
}

#[test]
fn the_worked_example_of_the_documents_works() {
    let files = example("profiles.md");
    assert_eq!(files, example("profiles.ko.md"), "one example in both languages");
    let town = Town::new();
    write(&town, &files);
    let folder = town.inbox().join("our-city");
    let (city, problems) = read_profile(folder.to_str().unwrap()).unwrap();
    assert_eq!(said(&problems), [""; 0]);
    assert_eq!(city.classes.len(), profile("kr-uis").unwrap().classes.len() + 1);

    let main = town.write(
        "상수관로_동부.geojson",
        r#"{"type": "FeatureCollection", "features": [{"type": "Feature",
            "geometry": {"type": "LineString", "coordinates": [[126.9, 37.3], [126.91, 37.31]]},
            "properties": {"시설코드": "SA001", "시설번호": 7, "구경": 200, "재질": "MOP101", "매설일": "2005.5.9"}}]}"#
            .as_bytes(),
    );
    let camera = town.write(
        "CCTV_2026.geojson",
        br#"{"type": "FeatureCollection", "features": [{"type": "Feature",
            "geometry": {"type": "Point", "coordinates": [126.9, 37.3]},
            "properties": {"CAM_ID": "C-1", "CAM_NAME": "a", "CAM_KIND": 1, "HEIGHT": 0, "OWNER_TEL": "010-0000-0000"}}]}"#,
    );
    for source in [main, camera] {
        town.load(&source, &choose(&folder));
    }
    let layers = town.layers();
    let names: Vec<_> = layers.iter().map(|l| l.layer.name.as_str()).collect();
    assert_eq!(names, ["camera", "water_pipe"]);
    let (key, _, values) = town.rows("water_pipe").remove(0);
    assert_eq!(key.as_deref(), Some("SA001-7"));
    let fields: Vec<_> = layers[1].layer.fields.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(fields, ["FTR_CDE", "FTR_IDN", "PIP_DIP", "MOP_CDE", "IST_YMD"]);
    assert_eq!(values[4], Value::text("2005-05-09"));
    let (key, _, values) = town.rows("camera").remove(0);
    assert_eq!(key.as_deref(), Some("C-1"));
    assert_eq!(values[2], Value::text("01"));
    assert_eq!((&values[3], &values[4]), (&Value::Null, &Value::text("***")));
}

const DELIVERED: &str = r#"{"type": "FeatureCollection", "features": [{"type": "Feature",
    "geometry": {"type": "Point", "coordinates": [126.9, 37.3]}, "properties": {"CAM_ID": "C-1"}}]}"#;

#[test]
fn a_delivery_may_bring_its_profile_and_none_from_outside() {
    let town = Town::new();
    let outside = town.write("outside.toml", b"id = \"x\"");
    let delivery = town.inbox().join("delivery");
    write(
        &town,
        &example("profiles.md").into_iter().map(|(n, t)| (format!("delivery/{n}"), t)).collect(),
    );
    town.write("delivery/CCTV.geojson", DELIVERED.as_bytes());
    let with = |named: &str| {
        town.write("delivery/siseol.toml", format!("profile = {named:?}").as_bytes());
        town.ingest(std::slice::from_ref(&delivery), &Options::default())
    };
    for (named, why) in [
        ("../outside.toml", "not inside the delivery"),
        (outside.to_str().unwrap(), "not inside the delivery"),
        ("nowhere", "neither built in (generic, kr-uis) nor in the delivery"),
        #[cfg(unix)]
        ("link.toml", "not inside the delivery"),
    ] {
        #[cfg(unix)]
        if named == "link.toml" {
            std::os::unix::fs::symlink(&outside, delivery.join("link.toml")).unwrap();
        }
        let error = with(named).unwrap_err();
        assert!(matches!(error, IngestError::Manifest { .. }), "{error}");
        assert!(error.to_string().contains(why), "{error}");
        assert!(!town.register().exists());
    }
    with("our-city").unwrap();
    assert_eq!(town.layers()[0].layer.class.id, "camera");
    // A name comes first, and what the person says before what the manifest says.
    with("generic").unwrap();
    town.write("delivery/siseol.toml", b"profile = \"generic\"");
    let options = choose(&delivery.join("our-city"));
    assert!(town.ingest(std::slice::from_ref(&delivery), &options).is_ok());
}

#[test]
fn a_profile_that_is_not_there_or_not_one_is_said() {
    let town = Town::new();
    let at = |path: &Path| read_profile(path.to_str().unwrap());
    let error = read_profile("kr_uis").unwrap_err();
    assert!(error.to_string().contains("the built-in ones are generic, kr-uis"), "{error}");
    let source = |result: Result<(Profile, Vec<Problem>), IngestError>| match result.unwrap_err() {
        IngestError::Source { source, .. } => source.to_string(),
        other => panic!("{other:?}"),
    };
    town.write("empty/readme.txt", b"");
    assert_eq!(source(at(&town.inbox().join("empty"))), "the folder holds no .toml file");
    town.write("latin/a.toml", b"id = \"\xb0\xa1\"");
    assert!(source(at(&town.inbox().join("latin"))).contains("UTF-8"));
    let big = town.write("big/a.toml", &vec![b'#'; 5 << 20]);
    assert!(source(at(big.parent().unwrap())).contains("no more than 4194304 bytes"));
    assert!(source(at(&big)).contains("no more than 4194304 bytes"));
    for i in 0..501 {
        town.write(&format!("many/{i}.toml"), b"");
    }
    assert_eq!(source(at(&town.inbox().join("many"))), "more than 500 files");
    town.write("deep/1/2/3/4/5/6/7/8/9/a.toml", b"");
    assert_eq!(source(at(&town.inbox().join("deep"))), "folders deeper than 8");

    town.write(
        "odd/a.toml",
        b"id = \"odd\"\nlabel = { ko = \"x\", en = \"x\" }\nextends = \"kr-wis\"",
    );
    town.write("odd/sub/b.toml", b"[classes.lamp\n");
    town.write("odd/.hidden.toml", b"nonsense");
    let (_, problems) = at(&town.inbox().join("odd")).unwrap();
    let problems = said(&problems);
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].starts_with("odd/sub/b.toml: line 1, column 14: "), "{problems:?}");
    assert!(problems[1].contains("extends: there is no built-in profile `kr-wis`"), "{problems:?}");
    let error = profile(town.inbox().join("odd").to_str().unwrap()).unwrap_err();
    assert!(matches!(error, IngestError::Profile { .. }), "{error}");
}

#[cfg(unix)]
#[test]
fn links_of_a_profile_are_not_followed() {
    let town = Town::new();
    town.write("city/a.toml", b"id = \"c\"\nlabel = { ko = \"x\", en = \"x\" }");
    let other = town.write("other.toml", b"nonsense = 1");
    std::os::unix::fs::symlink(other, town.inbox().join("city/b.toml")).unwrap();
    let (read, problems) = read_profile(town.inbox().join("city").to_str().unwrap()).unwrap();
    assert_eq!((read.id.as_str(), problems.len()), ("c", 0));
}
