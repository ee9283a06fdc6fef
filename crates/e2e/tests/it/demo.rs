//! `siseol demo`: the first thing that anyone sees.

use crate::binary::{folder, siseol};
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

#[test]
fn it_says_what_it_loaded_what_dirt_it_found_and_what_to_try() {
    let cache = folder();
    let mut demo = Command::new(siseol())
        .args(["demo", "--listen", "127.0.0.1:0"])
        .env("XDG_CACHE_HOME", cache.path())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = String::new();
    for line in BufReader::new(demo.stderr.take().unwrap()).lines() {
        let line = line.unwrap();
        told.push_str(&line);
        told.push('\n');
        if line.contains("Ctrl-C") {
            break;
        }
    }
    let url = told.lines().find_map(|l| l.split_once("map   ")).unwrap().1.trim().to_owned();
    let page = ureq::get(&url).call().unwrap().status();
    // The last command, copied as it is.
    let command = told.lines().map(str::trim).find(|l| l.contains("siseol issues ")).unwrap();
    let issues = Command::new("sh").args(["-c", command]).output().unwrap();
    demo.kill().unwrap();
    demo.wait().unwrap();
    assert_eq!(page, 200);
    assert!(issues.status.success());
    for words in ["25 layers, 40,876 features", "ID_DUPLICATE", "curl 'http", "siseol find "] {
        assert!(told.contains(words), "{words} in {told}");
    }
}
