//! The reports are as their published schemas say.

use crate::binary::{Server, root, sample_city};
use crate::city::City;
use crate::json_schema::faults;
use serde_json::Value as Json;

/// The schema of that name, with the one of the ingest report, which it refers to, inside of it.
fn schema(name: &str) -> Json {
    let read = |name: &str| {
        fs_err::read_to_string(root().join(format!("schemas/{name}.schema.json"))).unwrap()
    };
    let inner = read("ingest-report").replace("\"#/$defs/", "\"#/$defs/ingest-report/$defs/");
    let outer = read(name).replace("urn:siseol:schema:ingest-report#", "#/$defs/ingest-report");
    let mut schema: Json = serde_json::from_str(&outer).unwrap();
    schema["$defs"]["ingest-report"] = serde_json::from_str(&inner).unwrap();
    schema
}

#[test]
fn reports_are_as_their_schemas_say() {
    let city = City::new();
    let report = city.ingest(&sample_city(), &[]);
    let of_ingest = schema("ingest-report");
    assert_eq!(faults(&of_ingest, &report), [""; 0]);
    let mut broken = report.clone();
    broken["layers"][0]["checks"][0]["found"] = "many".into();
    assert_ne!(faults(&of_ingest, &broken), [""; 0]);

    let of_quality = schema("quality-report");
    let server = Server::start(&city.register, &[]);
    for layer in report["layers"].as_array().unwrap() {
        let name = layer["layer"].as_str().unwrap();
        let quality = server.get(&format!("/api/quality/{name}"));
        assert_eq!(faults(&of_quality, &quality), [""; 0], "{name}");
        assert_eq!(quality["rows"], layer["rows"]);
        let mut broken = quality;
        broken["codes"] = Json::Null;
        assert_ne!(faults(&of_quality, &broken), [""; 0], "{name}");
    }
}
