//! What GDAL may do in this process, said once before its first use.

use crate::ffi::forbid_fetching;
use crate::{Format, OgrError};
use gdal::DriverManager;
use std::sync::OnceLock;

/// Settings that keep GDAL from guessing, mending in place, and reaching for the network.
const CONFIG: &[(&str, &str)] = &[
    ("GDAL_DRIVER_PATH", "disable"),
    ("GDAL_VRT_ENABLE_PYTHON", "NO"),
    ("GDAL_PAM_ENABLED", "NO"),
    ("GDAL_DISABLE_READDIR_ON_OPEN", "FALSE"),
    ("CPL_VSIL_CURL_ALLOWED_EXTENSIONS", ".siseol-reads-no-network"),
    ("CPL_CURL_ENABLE_VSIMEM", "NO"),
    ("GDAL_HTTP_MAX_RETRY", "0"),
    ("GDAL_HTTP_CONNECTTIMEOUT", "1"),
    ("PROJ_NETWORK", "OFF"),
    ("SHAPE_RESTORE_SHX", "NO"),
    // With NO the ring would be left out and the polygon come back empty; ours is to close it and say so.
    ("OGR_GEOMETRY_ACCEPT_UNCLOSED_RING", "YES"),
    ("OGR_INTERLEAVED_READING", "NO"),
    ("OSM_USE_CUSTOM_INDEXING", "YES"),
    ("OGR_SQLITE_LOAD_EXTENSIONS", "NO"),
];

/// Lets GDAL keep the places of OpenStreetMap's nodes in memory up to 512 MiB, where it cannot write them to a file.
pub(crate) fn keep_scratch_in_memory() {
    drop(gdal::config::set_config_option("OSM_MAX_TMPFILE_SIZE", "512"));
}

/// Sets GDAL up and checks that the driver is there.
pub(super) fn ready(format: Format) -> Result<(), OgrError> {
    static DRIVERS: OnceLock<Vec<&'static str>> = OnceLock::new();
    let drivers = DRIVERS.get_or_init(|| {
        for (key, value) in CONFIG {
            // It fails on a NUL inside only.
            drop(gdal::config::set_config_option(key, value));
        }
        forbid_fetching();
        // `gdal` registers all drivers on the first open, once; done here first, so that taking out those that we
        // do not use is final.
        let mut kept = Vec::new();
        let registered: Vec<_> =
            (0..DriverManager::count()).filter_map(|i| DriverManager::get_driver(i).ok()).collect();
        for driver in registered {
            let name = driver.short_name();
            match Format::ALL.iter().find(|f| f.driver() == name) {
                Some(format) => kept.push(format.driver()),
                None => DriverManager::deregister_driver(&driver),
            }
        }
        kept
    });
    if drivers.contains(&format.driver()) { Ok(()) } else { Err(OgrError::NoDriver { format }) }
}
