//! The page, in a headless Chromium.

use crate::binary::{Server, root, sample_register};
use std::process::Command;

#[test]
fn the_page_shows_a_finished_search_and_answers_clicks() {
    let web = root().join("crates/http/web");
    let server = Server::start(sample_register(), &[]);
    let page = ureq::get(&server.url).call().unwrap().body_mut().read_to_string().unwrap();
    assert!(page.contains("assets/"), "the web map is not built: run scripts/setup");
    let output = Command::new("sh")
        .args(["with-node.sh", "node", "test/page.mjs", &format!("{}/", server.url)])
        .current_dir(&web)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains(", 0 failed"), "{said}");
}
