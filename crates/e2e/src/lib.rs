//! Nothing but tests: see `tests/it`. They run the built `siseol`, GDAL's tools and a headless Chromium.
