//! Bad circumstances have one clear outcome each: a code, words, a register as it was, and a server that goes on.

use crate::binary::{Server, document, folder, siseol};
use crate::city::City;
use crate::giver::{Giver, LAYERS, State};
use crate::others::{Holder, Immutable, gdal, switch_to_log};
use crate::points::thorough;
use serde_json::Value as Json;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

/// Starts a command on a register.
fn start(city: &City, verb: &str, args: &[String]) -> Child {
    Command::new(siseol())
        .arg(verb)
        .arg(&city.register)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn strs(args: &[String]) -> Vec<&str> {
    args.iter().map(String::as_str).collect()
}

fn words(output: &Output) -> String {
    String::from_utf8([&output.stdout[..], &output.stderr].concat()).unwrap()
}

#[test]
fn a_register_that_may_not_be_written_is_said_to_be_and_still_served() {
    let mut giver = Giver::new("a file that may not be written");
    giver.commit();
    let server = Server::start(&giver.city.register, &[]);
    let next = giver.redelivery(&LAYERS);
    let Some(immutable) = Immutable::new(&giver.city.register) else { return };
    let args = giver.delivery(&next);
    for (verb, args) in [("ingest", strs(&args)), ("undo", vec!["2"])] {
        let text = giver.city.refuses(1, verb, &args);
        assert!(text.contains("city.gpkg may not be written"), "{verb}: {text}");
    }
    // The rehearsals write nothing, and may.
    giver.city.says(0, "ingest", &[&strs(&args)[..], &["--dry-run"]].concat());
    giver.assert_whole(&server);
    drop(immutable);
    giver.deliver(&next);
    giver.assert_whole(&server);
}

#[test]
fn a_register_on_a_read_only_disk_is_served_and_not_written() {
    let Some(city) = City::on_a_disk() else { return };
    let mut giver = Giver::of(city, "a read-only disk", 40);
    giver.commit();
    giver.city.disk().remount("ro");
    let server = Server::start(&giver.city.register, &[]);
    let next = giver.redelivery(&LAYERS);
    let args = giver.delivery(&next);
    for (verb, args) in [("ingest", strs(&args)), ("undo", vec!["2"])] {
        let text = giver.city.refuses(1, verb, &args);
        let why = ["may not be written", "Read-only file system"];
        assert!(text.contains("city.gpkg") && why.iter().any(|w| text.contains(w)), "{text}");
    }
    giver.assert_whole(&server);
    giver.city.disk().remount("rw");
    giver.deliver(&next);
    giver.assert_whole(&server);
}

#[test]
fn a_full_disk_stops_a_delivery_at_any_point_and_leaves_the_register_as_it_was() {
    let Some(city) = City::on_a_disk() else { return };
    let mut giver = Giver::of(city, "a full disk", 2_000);
    let server = Server::start(&giver.city.register, &[]);
    let next = giver.redelivery(&LAYERS);
    let args = giver.delivery(&next);
    let used = giver.city.disk().used();
    let step = if thorough() { 16 << 10 } else { 160 << 10 };
    let mut stopped = 0;
    for room in (0..).step_by(step) {
        giver.city.disk().remount(&format!("size={}", used + room));
        let output = giver.city.run("ingest", &strs(&args));
        if output.status.success() {
            break;
        }
        let text = words(&output);
        assert_eq!(output.status.code(), Some(1), "{room} bytes left: {text}");
        let why = ["no room is left", "No space left"];
        assert!(why.iter().any(|words| text.contains(words)), "{room} bytes left: {text}");
        giver.assert_whole(&server);
        assert_eq!(giver.city.files(), ["city.gpkg"], "{room} bytes left");
        stopped += 1;
    }
    println!("{stopped} times stopped for want of room");
    assert!(stopped > 2);
    giver.states.push(giver.with(&next));
    giver.assert_whole(&server);
}

#[test]
fn a_register_that_another_program_locks_is_busy_until_that_ends() {
    let mut giver = Giver::new("a lock");
    giver.commit();
    let server = Server::start(&giver.city.register, &[]);
    server.until(giver.last());
    let next = giver.redelivery(&LAYERS);
    let args = giver.delivery(&next);
    let before = giver.city.bytes();
    let holder = Holder::new(&giver.city, "BEGIN EXCLUSIVE;");
    let commands = [
        start(&giver.city, "ingest", &args),
        start(&giver.city, "undo", &["2".to_owned()]),
        start(&giver.city, "layers", &[]),
        start(&giver.city, "history", &[]),
        start(&giver.city, "check", &[]),
    ];
    for command in commands {
        let output = command.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(75), "{}", words(&output));
        assert!(words(&output).contains("in use by another process"), "{}", words(&output));
    }
    // What is in memory is answered; what only the file knows has to wait.
    assert!(Giver::served(&server) == *giver.now());
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let answer = agent.get(format!("{}/api/changes?since=0", server.url)).call().unwrap();
    assert_eq!(answer.status(), 503);
    assert!(answer.headers().contains_key("retry-after"));
    holder.release();
    assert!(giver.city.bytes() == before);

    // A lock that ends soon is waited for.
    let holder = Holder::new(&giver.city, "BEGIN EXCLUSIVE;");
    let ingest = start(&giver.city, "ingest", &args);
    std::thread::sleep(Duration::from_millis(500));
    holder.release();
    let output = ingest.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", words(&output));
    giver.states.push(giver.with(&next));
    giver.assert_whole(&server);
}

#[test]
fn a_file_that_was_switched_to_a_write_ahead_log_is_switched_back_by_the_next_change() {
    let mut giver = Giver::new("a write-ahead log");
    giver.commit();
    let server = Server::start(&giver.city.register, &[]);
    server.until(giver.last());
    for verb in ["ingest", "undo"] {
        switch_to_log(&giver.city);
        // The server looks at the file meanwhile.
        std::thread::sleep(Duration::from_millis(700));
        if verb == "ingest" {
            let next = giver.redelivery(&LAYERS);
            giver.deliver(&next);
        } else {
            let last = giver.states.len() - 1;
            giver.city.told("undo", &[&last.to_string()]);
            giver.states.push(giver.states[last - 1].clone());
        }
        giver.assert_whole(&server);
        assert_eq!(giver.city.sql("PRAGMA journal_mode"), "delete", "{verb}");
        assert_eq!(giver.city.files(), ["city.gpkg"], "{verb}");
    }

    // While the other program has it open, nobody can: it is busy. What that program wrote is in its log.
    switch_to_log(&giver.city);
    let holder =
        Holder::new(&giver.city, "CREATE TABLE notes(text); INSERT INTO notes VALUES ('seen');");
    let next = giver.redelivery(&LAYERS);
    let text = giver.city.says(75, "ingest", &strs(&giver.delivery(&next)));
    assert!(text.contains("in use by another process"), "{text}");
    assert!(Giver::served(&server) == *giver.now());
    holder.release();
    giver.deliver(&next);
    giver.assert_whole(&server);
    assert_eq!(giver.city.files(), ["city.gpkg"]);
    assert_eq!(giver.city.number("SELECT count(*) FROM notes"), 1);
}

#[test]
fn a_backup_that_is_restored_over_a_served_register_is_what_is_served_then() {
    let mut giver = Giver::new("a restored backup");
    let server = Server::start(&giver.city.register, &[]);
    for way in ["rename", "copy"] {
        giver.commit();
        let backups = folder();
        let backup = backups.path().join("backup.gpkg");
        giver.city.told("backup", &[backup.to_str().unwrap()]);
        let kept = giver.states.len();
        giver.commit();
        giver.commit();
        giver.assert_whole(&server);
        if way == "rename" {
            fs_err::rename(&backup, &giver.city.register).unwrap();
        } else {
            fs_err::copy(&backup, &giver.city.register).unwrap();
        }
        giver.states.truncate(kept);
        giver.assert_whole(&server);
        // It goes on from there, also to a state of a number that was there before.
        giver.commit();
        giver.assert_whole(&server);
    }
}

/// Two deliveries at once, and the states that they made, in order. One may say that it was in the other's way.
fn at_once<'s>(giver: &Giver, city: &City, two: [&'s State; 2]) -> Vec<(i64, &'s State)> {
    let commands = two.map(|layers| (layers, start(city, "ingest", &giver.delivery(layers))));
    let mut done = Vec::new();
    for (layers, command) in commands {
        let output = command.wait_with_output().unwrap();
        if output.status.code() == Some(75) {
            println!("busy: {}", words(&output));
            continue;
        }
        assert!(output.status.success(), "{}", words(&output));
        let report: Json = serde_json::from_slice(&output.stdout).unwrap();
        done.push((report["generation"].as_i64().unwrap(), layers));
    }
    assert!(!done.is_empty(), "each was in the way of the other");
    done.sort_by_key(|(generation, _)| *generation);
    done
}

#[test]
fn two_deliveries_at_once_come_one_after_the_other() {
    let mut giver = Giver::new("two deliveries at once");
    let server = Server::start(&giver.city.register, &[]);
    for round in 0..if thorough() { 60 } else { 4 } {
        let apart = round % 2 == 0;
        let two = if apart {
            [giver.redelivery(&LAYERS[..1]), giver.redelivery(&LAYERS[1..])]
        } else {
            [giver.redelivery(&LAYERS), giver.redelivery(&LAYERS)]
        };
        let done = at_once(&giver, &giver.city, two.each_ref());
        assert!(done.len() == 2 || !apart, "they are about different layers");
        for (generation, layers) in done {
            assert_eq!(generation, giver.last() + 1);
            giver.states.push(giver.with(layers));
        }
        giver.assert_whole(&server);
        assert_eq!(giver.city.files(), ["city.gpkg"]);
    }
}

#[test]
fn two_first_deliveries_at_once_make_one_register() {
    let mut giver = Giver::new("two first deliveries at once");
    for _ in 0..if thorough() { 30 } else { 3 } {
        let city = City::new();
        let two = [giver.redelivery(&LAYERS), giver.redelivery(&LAYERS)];
        let done = at_once(&giver, &city, two.each_ref());
        let generations: Vec<_> = done.iter().map(|(generation, _)| *generation).collect();
        assert_eq!(generations, [1, 2][..done.len()]);
        city.check();
        assert!(Giver::kept(&city) == *done[done.len() - 1].1);
        assert_eq!(city.files(), ["city.gpkg"]);
    }
}

#[test]
fn another_programs_writes_are_refused_and_those_around_the_guard_are_found() {
    let giver = Giver::new("other writers");
    let server = Server::start(&giver.city.register, &[]);
    let before = giver.city.bytes();
    let writes = [
        "UPDATE valves SET name = 'x' WHERE no = 7",
        "DELETE FROM valves WHERE no = 7",
        "INSERT INTO valves(fid, no, name) VALUES (90000, 900, 'x')",
    ];
    for sql in writes {
        let said = gdal(&giver.city, sql);
        assert!(said.contains("edit it through siseol"), "{sql}: {said}");
    }
    assert!(giver.city.bytes() == before);
    giver.assert_whole(&server);

    let fid = giver.city.number("SELECT fid FROM valves WHERE no = 7");
    let faults = [
        format!("fid {fid}: its content is not what was written"),
        format!("fid {fid}: it is gone from its table, and siseol has not deleted it"),
        "fid 90000: ".to_owned(),
    ];
    let found = |copy: &City, fault: &str| {
        let text = copy.says(3, "check", &[]);
        assert!(text.contains(fault), "{fault}: {text}");
    };
    for (sql, fault) in writes.into_iter().zip(&faults) {
        let copy = City::copy_of(&giver.city.register);
        copy.sql("UPDATE siseol_meta SET writing = 1");
        found(&copy, "open to writers");
        assert_eq!(gdal(&copy, sql), "");
        copy.sql("UPDATE siseol_meta SET writing = 0");
        found(&copy, fault);
    }
    let copy = City::copy_of(&giver.city.register);
    copy.sql("DROP TRIGGER siseol_guard_valves_delete");
    found(&copy, "a guard is gone");
}

#[test]
fn a_backup_while_others_write_and_read_is_of_one_state() {
    let mut giver = Giver::new("backups meanwhile");
    let server = Server::start(&giver.city.register, &[]);
    let backups = folder();
    let register = giver.city.register.clone();
    let to = backups.path().to_path_buf();
    let maker = std::thread::spawn(move || {
        let backup = |number| {
            let to = to.join(format!("{number}.gpkg"));
            let report = document(&["backup".as_ref(), register.as_os_str(), to.as_os_str()]);
            (to, report["generation"].as_i64().unwrap())
        };
        (0..if thorough() { 60 } else { 6 }).map(backup).collect::<Vec<_>>()
    });
    while !maker.is_finished() {
        giver.commit();
    }
    for (path, generation) in maker.join().unwrap() {
        let copy = City::copy_of(&path);
        copy.check();
        assert!(Giver::kept(&copy) == giver.states[usize::try_from(generation).unwrap()]);
    }
    giver.assert_whole(&server);
}
