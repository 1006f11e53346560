#!/usr/bin/env bash
# Runs all tests. On a fresh Debian machine it first installs what they need.
set -euo pipefail
cd "$(dirname "$0")/.."

bash packaging/linux/setup.sh --tests
cargo test --workspace --locked
bash tests/desktop_integration.sh target/debug/hyperslab
