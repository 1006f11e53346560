#!/usr/bin/env bash
# Builds hyperslab and opens its window on the files given. On a fresh Debian machine it first
# installs what that needs.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"

bash "$here/setup.sh"
cargo build --release --locked --manifest-path "$here/../../Cargo.toml"
exec "$here/../../target/release/hyperslab" "$@"
