#!/usr/bin/env bash
# A display of its own with a window manager, for as long as standard input stays open: nothing
# is left behind when whoever started this is done, or is killed. Prints the display's name.
#
#   display.sh [WIDTHxHEIGHT]
#
# Debian packages: xvfb openbox xdotool
set -euo pipefail

number=$(mktemp)
Xvfb -displayfd 3 -screen 0 "${1:-1400x1000}x24" -nolisten tcp -noreset 3>"$number" 2>/dev/null &
server=$!
trap 'rm -f "$number"; kill $(jobs -p) 2>/dev/null; wait' EXIT
until [ -s "$number" ]; do
    kill -0 "$server"
    sleep 0.02
done
DISPLAY=":$(cat "$number")"
export DISPLAY
openbox --sm-disable >/dev/null 2>&1 &
# Windows that come before their manager are not given the keyboard.
until xdotool get_num_desktops >/dev/null 2>&1; do sleep 0.02; done
echo "$DISPLAY"
cat >/dev/null
