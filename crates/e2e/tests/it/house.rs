//! The house is as ARCHITECTURE.md says: crates, directions, one copy of each native library.

use crate::binary::{Server, root, sample_register, siseol, tool};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

fn metadata() -> Json {
    let args = ["metadata", "--format-version", "1", "--no-deps", "--offline", "--manifest-path"];
    let manifest = root().join("Cargo.toml");
    let mut all: Vec<_> = args.iter().map(std::ffi::OsString::from).collect();
    all.push(manifest.into_os_string());
    serde_json::from_str(&tool(env!("CARGO"), &all)).unwrap()
}

/// Each workspace crate with its direct dependencies, tests' left out.
fn dependencies(metadata: &Json) -> BTreeMap<String, BTreeSet<String>> {
    let members: BTreeSet<_> = metadata["workspace_members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m.as_str().unwrap())
        .collect();
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|p| members.contains(p["id"].as_str().unwrap()))
        .map(|p| {
            let own = p["dependencies"].as_array().unwrap().iter().filter(|d| d["kind"] != "dev");
            let names = own.map(|d| d["name"].as_str().unwrap().to_owned()).collect();
            (p["name"].as_str().unwrap().to_owned(), names)
        })
        .collect()
}

#[test]
fn the_code_map_names_exactly_the_crates_of_the_workspace() {
    let text = fs_err::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let map = text.split("## Code map").nth(1).unwrap().split("\n## ").next().unwrap();
    let named: BTreeSet<_> = map
        .lines()
        .filter_map(|line| line.strip_prefix("### `")?.split('`').next())
        .map(str::to_owned)
        .collect();
    let metadata = metadata();
    let folders: BTreeSet<_> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|p| p["source"].is_null())
        .map(|p| {
            let manifest = p["manifest_path"].as_str().unwrap();
            let below =
                manifest.strip_prefix(metadata["workspace_root"].as_str().unwrap()).unwrap();
            below.trim_start_matches('/').trim_end_matches("/Cargo.toml").to_owned()
        })
        .collect();
    assert_eq!(named, folders);
}

#[test]
fn dependencies_run_one_way_and_native_libraries_have_one_door() {
    let all = dependencies(&metadata());
    // Each crate may depend on those of the lines above its own.
    let levels: [&[&str]; 6] = [
        &["siseol-model"],
        &["siseol-crs", "siseol-ogr", "siseol-store", "siseol-query"],
        &["siseol-ingest"],
        &["siseol-http"],
        &["siseol-cli"],
        &["siseol-e2e"],
    ];
    for (level, crates) in levels.iter().enumerate() {
        for name in *crates {
            let above: BTreeSet<_> =
                levels[..level].iter().flat_map(|l| l.iter().copied()).collect();
            for dependency in all[*name].iter().filter(|d| d.starts_with("siseol-")) {
                assert!(above.contains(dependency.as_str()), "{name} -> {dependency}");
            }
        }
    }
    let doors = [
        ("gdal", "siseol-ogr"),
        ("gdal-sys", "siseol-ogr"),
        ("proj", "siseol-crs"),
        ("proj-sys", "siseol-crs"),
        ("rusqlite", "siseol-store"),
        ("axum", "siseol-http"),
    ];
    for (library, door) in doors {
        let users: Vec<_> = all
            .iter()
            .filter(|(_, d)| d.contains(library))
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(users, [door], "{library}");
    }
}

#[test]
fn the_crates_that_answer_know_no_runtime_and_no_files() {
    let tree = |krate: &str| {
        let args =
            ["tree", "--offline", "--locked", "-e", "normal", "--prefix", "none", "-p", krate];
        let manifest = root().join("Cargo.toml");
        let mut all: Vec<_> = args.iter().map(std::ffi::OsString::from).collect();
        all.extend(["--manifest-path".into(), manifest.into_os_string()]);
        tool(env!("CARGO"), &all)
    };
    for krate in ["siseol-model", "siseol-query"] {
        for absent in ["tokio", "gdal", "proj", "rusqlite", "axum", "fs-err"] {
            let found = tree(krate).lines().any(|l| l.split(' ').next() == Some(absent));
            assert!(!found, "{krate} has {absent} below it");
        }
    }
}

#[test]
fn one_copy_of_each_native_library_is_in_the_process() {
    let server = Server::start(sample_register(), &[]);
    let maps = fs_err::read_to_string(format!("/proc/{}/maps", server.pid())).unwrap();
    let files: BTreeSet<_> = maps
        .lines()
        .filter_map(|l| l.split_whitespace().nth(5))
        .filter(|f| f.contains(".so"))
        .collect();
    for library in ["libsqlite3", "libproj", "libgdal"] {
        let copies = files.iter().filter(|f| f.contains(library)).count();
        assert_eq!(copies, 1, "{library}: {files:?}");
    }
    let symbols = tool("nm", &["-D".as_ref(), siseol().as_os_str()]);
    let own = symbols.lines().find(|l| l.contains(" T sqlite3_") || l.contains(" T proj_"));
    assert_eq!(own, None, "the program has a copy of its own");
}

#[test]
fn both_readmes_give_the_same_commands_and_the_two_scripts_are_there() {
    let commands = |file: &str| -> Vec<String> {
        let text = fs_err::read_to_string(root().join(file)).unwrap();
        let mut inside = false;
        text.lines()
            .filter(|line| {
                let fence = line.starts_with("```");
                inside ^= fence;
                inside && !fence && !line.starts_with(['{', '#'])
            })
            .map(|line| line.split(" #").next().unwrap().trim_end().to_owned())
            .collect()
    };
    let english = commands("README.md");
    assert_eq!(english, commands("README.ko.md"));
    for script in ["scripts/demo", "scripts/test"] {
        assert!(english.iter().any(|line| line == script), "{script} in {english:?}");
        assert!(root().join(script).is_file());
    }
}
