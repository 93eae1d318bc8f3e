# Two commands do everything on a fresh Debian machine with Rust and make:
#   make demo   sets up, builds, scans a real image from a real registry, detects, shows the result
#   make test   installs what the tests need and runs them all

CARGO ?= cargo
.DEFAULT_GOAL := help
.PHONY: help demo test lint docs bench fuzz build install clean

help: ## Show this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{ printf "  make %-8s %s\n", $$1, $$2 }'

demo: ## Build an image, push it to a registry, scan it; find an attack in CloudTrail; show both
	@demo/run.sh

test: ## Install what the tests need, then run every test
	@tests/setup.sh
	$(CARGO) test --workspace --no-fail-fast

lint: ## Formatting, clippy, documentation
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps

docs: ## Rewrite everything under docs/reference that is generated from the code
	UPDATE_DOCS=1 $(CARGO) test --workspace --quiet

bench: ## Measure against Trivy, Syft, hadolint, sysdig and physical floors (takes about 25 minutes)
	@bench/run.sh
	@bench/rescan.sh
	@bench/detect.sh
	@bench/trail.sh
	@bench/detect.sh

fuzz: ## Fuzz every parser for a minute each (needs nightly and cargo-fuzz)
	@fuzz/run.sh

build: ## Build the release binary
	$(CARGO) build --release --locked

install: build ## Install the binary into ~/.local/bin
	install -D target/release/farguard $(HOME)/.local/bin/farguard

clean: ## Remove everything that was built
	$(CARGO) clean
	rm -rf demo-out
