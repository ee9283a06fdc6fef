# The index of everyday commands. Each recipe is one you can type yourself.

.PHONY: help demo setup web test lint fmt bless docs city bench bench-changes verify

help:            ## this list
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed 's/:[^#]*##/\t/' | expand -t 16

demo:            ## set up, build, and serve the sample city
	scripts/demo

setup:           ## install what siseol is built with, and build the web map
	scripts/setup

web:             ## build the web map
	cd crates/http/web && npm ci && npm run build

test:            ## set up and pass all the tests
	scripts/test

lint:            ## lints alone
	cargo clippy --workspace --all-targets -- -D warnings

fmt:             ## format Rust and TypeScript
	cargo fmt --all
	cd crates/http/web && npm run fix

bless:           ## rewrite expected outputs in tests
	UPDATE_EXPECT=1 cargo test --workspace

docs:            ## the API documentation of the crates
	cargo doc --workspace --no-deps --open

city:            ## make the sample city anew
	cargo run --release -p sample-city -- --out data/sample-city

bench:           ## siseol beside PostGIS, on a city of a million features
	cargo run --release -p side-by-side

bench-changes:   ## a register of a million features that changes while it is served
	cargo run --release -p under-change

verify:          ## the long form of the random tests, 100,000 deliveries with bytes changed at random among them
	SISEOL_THOROUGH=1 SISEOL_MUTATIONS=100000 cargo test --release --workspace
