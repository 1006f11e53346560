#!/bin/sh
# Takes away what install.sh put in place, for the user who runs this.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=packaging/linux/common.sh
. "$here/common.sh"

main() {
    rm -f -- "$binary" "$desktop_entry" "$mime_package" "$metainfo" \
        "$icon_theme/scalable/apps/$app_id.svg"
    for size_px in $icon_sizes_px; do
        rm -f -- "$icon_theme/${size_px}x$size_px/apps/$app_id.png"
    done
    # The second place is where older desktops keep the list.
    forget_default "$config_home/mimeapps.list"
    forget_default "$data_home/applications/mimeapps.list"
    refresh_caches
    remove_empty_databases
    echo 'Removed hyperslab'
}

# Takes our entry out of each list of programs; others in the list stay.
forget_default() {
    if ! [ -f "$1" ] || ! grep -q "$app_id" "$1"; then
        return
    fi
    app=$app_id.desktop awk '
        /^[^#[].*=/ {
            key = substr($0, 1, index($0, "=") - 1)
            count = split(substr($0, index($0, "=") + 1), programs, ";")
            kept = ""; ours = 0
            for (i = 1; i <= count; i++) {
                if (programs[i] == ENVIRON["app"]) ours = 1
                else if (programs[i] != "") kept = kept programs[i] ";"
            }
            if (ours && kept == "") next
            if (ours) $0 = key "=" kept
        }
        { print }
    ' "$1" >"$1.new"
    # Written through, not renamed: the list may be a link into a folder of settings.
    cat "$1.new" >"$1"
    rm -f -- "$1.new"
    if ! [ -L "$1" ] && ! grep -q '^[^#[].*=' "$1"; then
        rm -f -- "$1"
    fi
}

# With no package left, the databases describe nothing; their generated files go too.
remove_empty_databases() {
    mime=$data_home/mime
    if [ -d "$mime" ] && [ -z "$(ls -A "$mime/packages" 2>/dev/null)" ]; then
        for generated in XMLnamespaces aliases generic-icons globs globs2 icons magic \
            mime.cache subclasses treemagic types version; do
            rm -f -- "$mime/$generated"
        done
    fi
    applications=$data_home/applications
    if [ "$(ls -A "$applications" 2>/dev/null)" = mimeinfo.cache ]; then
        rm -f -- "$applications/mimeinfo.cache"
    fi
    # Deepest first; rmdir leaves alone what is not empty.
    for size in scalable $(for size_px in $icon_sizes_px; do echo "${size_px}x$size_px"; done); do
        drop_if_empty "$icon_theme/$size/apps" "$icon_theme/$size"
    done
    drop_if_empty "$icon_theme" "$data_home/icons" "$mime/application" "$mime/packages" \
        "$mime" "$applications" "$data_home/metainfo"
}

drop_if_empty() {
    for folder in "$@"; do
        if [ -d "$folder" ]; then
            rmdir -- "$folder" 2>/dev/null || true
        fi
    done
}

main
