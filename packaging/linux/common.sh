# Read by install.sh and uninstall.sh: where one user's files go, and the caches over them.
# shellcheck shell=sh disable=SC2034  # each script uses some of the names

app_id=org.hyperslab.Hyperslab
mime_types="application/x-netcdf application/x-hdf5 application/x-hdf application/x-grib application/x-matlab-data"
icon_sizes_px='16 32 48 64 128 256'

data_home=${XDG_DATA_HOME:-"$HOME/.local/share"}
config_home=${XDG_CONFIG_HOME:-"$HOME/.config"}
bin_dir=$HOME/.local/bin

binary=$bin_dir/hyperslab
desktop_entry=$data_home/applications/$app_id.desktop
mime_package=$data_home/mime/packages/$app_id.xml
metainfo=$data_home/metainfo/$app_id.metainfo.xml
icon_theme=$data_home/icons/hicolor

have() {
    command -v "$1" >/dev/null 2>&1
}

# run_if_present TOOL WHAT_FOR ARGUMENT...
run_if_present() {
    tool=$1 what_for=$2
    shift 2
    if have "$tool"; then
        "$tool" "$@"
    else
        echo "note: $tool is not installed: $what_for" >&2
    fi
}

refresh_caches() {
    if [ -d "$data_home/mime/packages" ]; then
        run_if_present update-mime-database 'file types are not known yet' "$data_home/mime"
    fi
    if [ -d "$data_home/applications" ]; then
        run_if_present update-desktop-database 'double click may need a new login' \
            "$data_home/applications"
    fi
    if [ -d "$icon_theme" ]; then
        # A cache made where there was none would hide icons that other programs add later
        # without renewing it. Touching the folder is enough for desktops to look again.
        touch "$icon_theme"
        if [ -e "$icon_theme/icon-theme.cache" ]; then
            run_if_present gtk-update-icon-cache 'the icon may show later' -q -f -t "$icon_theme"
        fi
    fi
}
