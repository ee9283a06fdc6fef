//! Profiles: the built-in ones, and those that a person writes.

use siseol_ingest::{profiles, read_profile};

#[test]
fn built_in_profiles_are_without_a_fault() {
    assert_eq!(profiles(), ["generic", "kr-uis"]);
    for name in profiles() {
        let (read, problems) = read_profile(&name).unwrap();
        assert_eq!(problems, [], "{name}");
        assert_eq!(read.id, name);
    }
}
