#!/bin/sh
# Installs hyperslab for the user who runs this: the program, its menu entry, its icons and
# the file types it opens. Running it again updates all of them.
set -eu

usage() {
    cat <<'TEXT'
usage: install.sh [--bin PATH] [--default]

  --bin PATH   the program to install; without it, the release build of this tree
  --default    open NetCDF files with hyperslab even if another program does so now
TEXT
}

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
tree=$here/../..
# shellcheck source=packaging/linux/common.sh
. "$here/common.sh"

main() {
    program=$tree/target/release/hyperslab
    take_over=no
    while [ $# -gt 0 ]; do
        case $1 in
            --bin)
                [ $# -ge 2 ] || wrong_usage '--bin needs a path'
                program=$2
                shift
                ;;
            --default) take_over=yes ;;
            -h | --help) usage; exit 0 ;;
            *) wrong_usage "unknown argument: $1" ;;
        esac
        shift
    done
    if ! [ -f "$program" ] || ! [ -x "$program" ]; then
        echo "install.sh: no program at $program" >&2
        echo 'Build it with "cargo build --release", or name it with --bin PATH.' >&2
        exit 1
    fi

    install_files
    refresh_caches
    for type in $mime_types; do
        choose_default "$type"
    done
    echo "Installed $binary"
    case :$PATH: in
        *":$bin_dir:"*) ;;
        *) echo "note: $bin_dir is not in PATH, so 'hyperslab' alone does not start it" >&2 ;;
    esac
}

wrong_usage() {
    echo "install.sh: $1" >&2
    usage >&2
    exit 2
}

install_files() {
    mkdir -p "$bin_dir"
    # shellcheck disable=SC3013  # dash, busybox and POSIX 2024 have -ef
    if ! [ "$program" -ef "$binary" ]; then
        # Renamed into place: a running copy stays whole.
        cp -- "$program" "$binary.new"
        chmod 755 "$binary.new"
        mv -f -- "$binary.new" "$binary"
    fi
    put "$here/$app_id.xml" "$mime_package"
    put "$here/$app_id.metainfo.xml" "$metainfo"
    put "$tree/assets/icon/hyperslab.svg" "$icon_theme/scalable/apps/$app_id.svg"
    for size_px in $icon_sizes_px; do
        put "$tree/assets/icon/hyperslab-$size_px.png" \
            "$icon_theme/${size_px}x$size_px/apps/$app_id.png"
    done
    put_desktop_entry
}

put() {
    mkdir -p "$(dirname -- "$2")"
    cp -- "$1" "$2"
    chmod 644 "$2"
}

# The desktop may not have the user's bin folder in its PATH, so the entry names the program
# in full.
put_desktop_entry() {
    put "$here/$app_id.desktop" "$desktop_entry"
    word=$(exec_word "$binary") awk '
        /^Exec=/ { sub(/^Exec=[^ ]*/, ""); print "Exec=" ENVIRON["word"] $0; next }
        { print }
    ' "$here/$app_id.desktop" >"$desktop_entry"
}

# A path as the first word of an Exec line (Desktop Entry Specification, "The Exec key").
# Quoted only where it must be: xdg-open's fallback does not understand the quotes.
exec_word() {
    case $1 in
        *[!A-Za-z0-9_./+,:@-]*)
            # shellcheck disable=SC2016  # the dollar is meant
            escaped=$(printf '%s' "$1" | sed 's/\\/\\\\\\\\/g; s/[`$"]/\\\\&/g; s/%/%%/g')
            printf '"%s"' "$escaped"
            ;;
        *) printf '%s' "$1" ;;
    esac
}

choose_default() {
    if ! have xdg-mime; then
        echo "note: xdg-mime is not installed: choose hyperslab for $1 in your file manager" >&2
        return
    fi
    current=$(xdg-mime query default "$1" || true)
    case $current in
        '' | "$app_id.desktop") xdg-mime default "$app_id.desktop" "$1" ;;
        *)
            if [ "$take_over" = yes ]; then
                xdg-mime default "$app_id.desktop" "$1"
            else
                echo "$1 still opens with $current; run this again with --default to change that"
            fi
            ;;
    esac
}

main "$@"
