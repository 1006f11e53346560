#!/usr/bin/env bash
# Installs the Debian packages that building and running need, and with --tests those of the
# tests. Does nothing where they are there.
set -euo pipefail

# A linker for Rust; what the window library loads when it starts.
packages=(gcc libc6-dev libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0 libgl1 libegl1
    libgl1-mesa-dri)
if [ "${1:-}" = --tests ]; then
    # A display, a window manager, a hand; desktop files and MIME types.
    packages+=(xvfb openbox xdotool python3 python3-xlib desktop-file-utils
        libfile-mimeinfo-perl libglib2.0-bin shared-mime-info xdg-utils)
fi

missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
    echo "installing: ${missing[*]}"
    root=()
    [ "$(id -u)" = 0 ] || root=(sudo)
    "${root[@]}" apt-get update -qq
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

if ! command -v cargo >/dev/null; then
    echo "Rust is not installed: see https://rustup.rs (or, on Debian 13, apt install rustup" \
        "&& rustup default stable), then run this again" >&2
    exit 1
fi
