#!/usr/bin/env bash
# Installs hyperslab for a made-up user and asks the desktop's own tools what opens a NetCDF,
# an HDF5 or a GRIB file, then removes it and looks for leftovers. Needs no display; touches no real settings.
#
#   tests/desktop_integration.sh [PROGRAM]
#
# PROGRAM is the built hyperslab; without it a stand-in script is installed.
#
# Debian packages:
#   needed    desktop-file-utils libfile-mimeinfo-perl libglib2.0-bin shared-mime-info xdg-utils
#   optional  appstream gtk-update-icon-cache libxml2-utils
# (xdg-mime asks `mimetype` of libfile-mimeinfo-perl for a file's type where no desktop runs;
# `file`, its next choice, does not read what we install.)
set -u

app=org.hyperslab.Hyperslab
netcdf=application/x-netcdf
hdf5=application/x-hdf5
grib=application/x-grib
tree=$(cd "$(dirname "$0")/.." && pwd)
linux=$tree/packaging/linux
real_program=${1:-}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0

main() {
    [ -z "$real_program" ] || real_program=$(realpath "$real_program")
    make_data_files
    make_stand_in

    shipped_files_are_valid
    a_fresh_user_gets_netcdf_files_opened
    another_program_stays_the_default_unless_told
    a_home_with_awkward_characters_works
    wrong_usage_is_refused

    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}

# ---- the checks ----

shipped_files_are_valid() {
    if tool desktop-file-validate desktop-file-utils; then
        check 'the desktop entry is valid' desktop-file-validate "$linux/$app.desktop"
    fi
    if optional_tool xmllint libxml2-utils; then
        check 'the XML files are well formed' \
            xmllint --noout "$linux/$app.xml" "$linux/$app.metainfo.xml" \
            "$tree/assets/icon/hyperslab.svg"
    fi
    if optional_tool appstreamcli appstream; then
        check 'the metainfo is valid' \
            appstreamcli validate --no-net "$linux/$app.metainfo.xml"
    fi
}

a_fresh_user_gets_netcdf_files_opened() {
    new_user fresh
    check 'install.sh succeeds for a fresh user' install
    check 'install.sh succeeds a second time' install
    equal 'installing twice leaves one default' \
        "$netcdf=$app.desktop" "$(grep "$netcdf" "$home/.config/mimeapps.list")"
    check 'the program is installed' cmp "$program" "$home/.local/bin/hyperslab"
    if [ -n "$real_program" ]; then
        check 'the installed program runs' as_user "$home/.local/bin/hyperslab" --help
    fi
    equal 'the entry names the program in full' \
        "Exec=$home/.local/bin/hyperslab %F" "$(grep '^Exec=' "$(installed_entry)")"
    for size in 16 32 48 64 128 256; do
        check "the icon of $size pixels is installed" cmp "$tree/assets/icon/hyperslab-$size.png" \
            "$home/.local/share/icons/hicolor/${size}x$size/apps/$app.png"
    done
    if tool desktop-file-validate desktop-file-utils; then
        check 'the installed entry is valid' desktop-file-validate "$(installed_entry)"
    fi

    if tool xdg-mime xdg-utils && tool mimetype libfile-mimeinfo-perl; then
        for name in "${netcdf_names[@]}"; do
            equal "xdg-mime knows $name" "$netcdf" \
                "$(as_user xdg-mime query filetype "$data/$name")"
        done
        equal 'xdg-mime opens NetCDF with hyperslab' "$app.desktop" \
            "$(as_user xdg-mime query default "$netcdf")"
        for name in "${hdf5_names[@]}"; do
            local type
            type=$(as_user xdg-mime query filetype "$data/$name")
            equal "xdg-mime opens $name with hyperslab" "$app.desktop" \
                "$(as_user xdg-mime query default "$type")"
        done
        for name in "${grib_names[@]}"; do
            equal "xdg-mime knows $name" "$grib" \
                "$(as_user xdg-mime query filetype "$data/$name")"
        done
        equal 'xdg-mime opens GRIB with hyperslab' "$app.desktop" \
            "$(as_user xdg-mime query default "$grib")"
        equal 'a NetCDF-4 file keeps the type of its suffix' "$netcdf" \
            "$(as_user xdg-mime query filetype "$data/hdf5.nc")"
        equal 'xdg-mime knows a MATLAB file' application/x-matlab-data \
            "$(as_user xdg-mime query filetype "$data/cells.mat")"
        equal 'a file that only starts like NetCDF is not taken' 'application/octet-stream' \
            "$(as_user xdg-mime query filetype "$data/not_netcdf")"
    fi
    if tool gio libglib2.0-bin; then
        for name in "${netcdf_names[@]}"; do
            equal "gio knows $name" "$netcdf" "$(gio_type "$data/$name")"
        done
        check 'gio opens NetCDF with hyperslab' gio_default_is "$app.desktop" "$netcdf"
        check 'the type has a second, unofficial name' \
            gio_default_is "$app.desktop" application/netcdf
        for name in "${hdf5_names[@]}"; do
            equal "gio knows $name" "$hdf5" "$(gio_type "$data/$name")"
        done
        check 'gio opens HDF5 with hyperslab' gio_default_is "$app.desktop" "$hdf5"
        for name in "${grib_names[@]}"; do
            equal "gio knows $name" "$grib" "$(gio_type "$data/$name")"
        done
        check 'gio opens GRIB with hyperslab' gio_default_is "$app.desktop" "$grib"
    fi

    # From here on the program is one that notes what it was asked to open.
    cp "$scratch/stand-in" "$home/.local/bin/hyperslab"
    if tool xdg-open xdg-utils; then
        opens 'xdg-open starts hyperslab with the file' xdg-open "$data/no_suffix"
    fi
    if tool gio libglib2.0-bin; then
        opens 'a double click (gio) starts hyperslab with the file' gio open "$data/two words.nc"
    fi

    check 'uninstall.sh succeeds' uninstall
    equal 'uninstall.sh leaves no file' '' "$(files_in "$home")"
    equal 'uninstall.sh leaves no folder of data' '' "$(ls -A "$home/.local/share")"
    check 'uninstall.sh succeeds a second time' uninstall
}

another_program_stays_the_default_unless_told() {
    new_user settled
    local share=$home/.local/share list=$home/.config/mimeapps.list
    mkdir -p "$share/applications" "$share/mime/packages" "$share/icons/hicolor" "$home/.config"
    printf '[Desktop Entry]\nType=Application\nName=Other\nExec=true %%f\nMimeType=%s;\n' \
        "$netcdf" >"$share/applications/other.desktop"
    sed 's/x-netcdf/x-other/; s/\.nc/.other/' "$linux/$app.xml" >"$share/mime/packages/other.xml"
    printf '[Default Applications]\n%s=other.desktop\ntext/plain=other.desktop\n' "$netcdf" >"$list"
    if optional_tool gtk-update-icon-cache gtk-update-icon-cache; then
        gtk-update-icon-cache -q -t "$share/icons/hicolor"
    fi
    as_user update-mime-database "$share/mime"
    as_user update-desktop-database "$share/applications"
    cp "$list" "$scratch/list"
    files_in "$home" >"$scratch/files"

    check 'install.sh succeeds beside another program' install
    equal 'the other program stays the default' other.desktop \
        "$(as_user xdg-mime query default "$netcdf")"
    check 'install.sh --default succeeds' install --default
    equal 'with --default hyperslab takes over' "$app.desktop" \
        "$(as_user xdg-mime query default "$netcdf")"
    printf '[Added Associations]\n%s=%s.desktop;other.desktop;\n' "$netcdf" "$app" >>"$list"
    check 'uninstall.sh succeeds beside another program' uninstall
    equal 'the other program is the default again' other.desktop \
        "$(as_user xdg-mime query default "$netcdf")"
    equal 'other settings stay' 'text/plain=other.desktop' "$(grep text/plain "$list")"
    equal 'other associations stay' "$netcdf=other.desktop;" "$(grep "$netcdf" "$list")"
    equal 'the files are those of before' "$(cat "$scratch/files")" "$(files_in "$home")"
    check 'the other file type is still known' grep -q x-other "$share/mime/globs2"
}

a_home_with_awkward_characters_works() {
    # No percent sign: GLib looks for a program by its name before it turns %% into %.
    # shellcheck disable=SC2016  # the dollar is meant
    new_user 'a "home" of $5 & `é` \ more'
    check 'install.sh succeeds in an awkward home' install
    if tool desktop-file-validate desktop-file-utils; then
        check 'the entry in an awkward home is valid' desktop-file-validate "$(installed_entry)"
    fi
    cp "$scratch/stand-in" "$home/.local/bin/hyperslab"
    if tool gio libglib2.0-bin; then
        opens 'a double click (gio) works in an awkward home' gio open "$data/two words.nc"
    fi
    check 'uninstall.sh succeeds in an awkward home' uninstall
    equal 'uninstall.sh leaves no file in an awkward home' '' "$(files_in "$home")"
}

wrong_usage_is_refused() {
    new_user refused
    check 'an unknown argument is refused' fails_with 2 as_user "$linux/install.sh" --nonsense
    check 'a missing program is refused' \
        fails_with 1 as_user "$linux/install.sh" --bin "$scratch/absent"
    equal 'a refused install leaves no file' '' "$(files_in "$home")"
}

# ---- the made-up user ----

# A home, and a system that has the shared file types but no programs of its own.
new_user() {
    home=$scratch/$1/home
    system=$scratch/$1/system
    mkdir -p "$home" "$system"
    ln -s /usr/share/mime "$system/mime"
}

as_user() {
    env -i PATH="$PATH" LC_ALL=C.UTF-8 HOME="$home" opened="$scratch/opened" \
        XDG_DATA_HOME="$home/.local/share" XDG_CONFIG_HOME="$home/.config" \
        XDG_CACHE_HOME="$scratch/cache" XDG_RUNTIME_DIR="$scratch" \
        XDG_DATA_DIRS="$system" XDG_CONFIG_DIRS="$system" XDG_CURRENT_DESKTOP=X-Generic \
        DBUS_SESSION_BUS_ADDRESS=disabled: DISPLAY=:none "$@"
}

install() {
    as_user "$linux/install.sh" --bin "$program" "$@"
}

uninstall() {
    as_user "$linux/uninstall.sh"
}

installed_entry() {
    echo "$home/.local/share/applications/$app.desktop"
}

files_in() {
    (cd "$1" && find . ! -type d | sort)
}

gio_type() {
    as_user gio info -a standard::content-type "$1" | sed -n 's/.*content-type: //p'
}

gio_default_is() {
    local answer
    answer=$(as_user gio mime "$2" | sed -n '1s/^Default application.*: //p')
    [ "$answer" = "$1" ]
}

# ---- data and the stand-in ----

make_data_files() {
    data=$scratch/data
    mkdir "$data"
    netcdf_names=(sst.nc no_suffix sst.grd sst.nc3 'two words.nc' cdf2 cdf5)
    for name in sst.nc no_suffix sst.grd sst.nc3 'two words.nc'; do
        cp "$tree/assets/sample/sst.nc" "$data/$name"
    done
    # An empty file of each newer kind: no records, dimensions, attributes or variables.
    { printf 'CDF\002' && head -c 28 /dev/zero; } >"$data/cdf2"
    { printf 'CDF\005' && head -c 44 /dev/zero; } >"$data/cdf5"
    { printf 'CDF\007' && head -c 28 /dev/zero; } >"$data/not_netcdf"
    hdf5_names=(hdf5 a.h5 a.hdf5 a.he5 a.h5ad a.nxs user_block)
    for name in hdf5 a.h5 a.hdf5 a.he5 a.h5ad a.nxs hdf5.nc hdf5.nc4; do
        { printf '\211HDF\r\n\032\n' && head -c 2040 /dev/zero; } >"$data/$name"
    done
    { head -c 512 /dev/zero && cat "$data/hdf5"; } >"$data/user_block"
    grib_names=(grib1 grib2 a.grb a.grib a.grb2 a.grib2 a.gb2)
    printf 'GRIB\000\000\014\0017777' >"$data/grib1"
    { printf 'GRIB\377\377\000\002' && head -c 8 /dev/zero; } >"$data/grib2"
    for name in a.grb a.grib a.grb2 a.grib2 a.gb2; do
        cp "$data/grib2" "$data/$name"
    done
    { printf 'MATLAB 7.3 MAT-file' && head -c 493 /dev/zero && cat "$data/hdf5"; } >"$data/cells.mat"
}

make_stand_in() {
    cat >"$scratch/stand-in" <<'SCRIPT'
#!/bin/sh
printf '%s\n' "$@" >"$opened.new" && mv "$opened.new" "$opened"
SCRIPT
    chmod +x "$scratch/stand-in"
    program=${real_program:-$scratch/stand-in}
}

# opens WHAT COMMAND... FILE: the stand-in must be told of FILE, and of nothing else.
opens() {
    local what=$1 file=${*: -1}
    shift
    rm -f "$scratch/opened"
    as_user timeout 20 "$@" >"$scratch/log" 2>&1
    for _ in $(seq 50); do
        [ -e "$scratch/opened" ] && break
        sleep 0.1
    done
    equal "$what" "$file" "$(cat "$scratch/opened" 2>&1)"
}

# ---- reporting ----

check() {
    local what=$1
    shift
    if "$@" >"$scratch/log" 2>&1; then
        ok "$what"
    else
        not_ok "$what" "$(cat "$scratch/log")"
    fi
}

equal() {
    if [ "$2" = "$3" ]; then
        ok "$1"
    else
        not_ok "$1" "expected: $2" "     got: $3"
    fi
}

fails_with() {
    local status=$1
    shift
    "$@"
    [ $? -eq "$status" ]
}

ok() {
    passed=$((passed + 1))
    echo "ok: $1"
}

not_ok() {
    failed=$((failed + 1))
    echo "FAILED: $1"
    shift
    printf '%s\n' "$@" | sed 's/^/    /'
}

tool() {
    if command -v "$1" >/dev/null; then
        return 0
    fi
    not_ok "skipped: $1 is not installed (Debian package $2)"
    return 1
}

optional_tool() {
    if command -v "$1" >/dev/null; then
        return 0
    fi
    echo "skipped: $1 is not installed (Debian package $2); optional"
    return 1
}

main
