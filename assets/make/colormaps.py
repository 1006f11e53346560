#!/usr/bin/env python3
"""Makes assets/colormaps/colormaps.txt from the colour tables of three PyPI packages.

    pip install matplotlib==3.11.2 cmocean==4.0.3 cmcrameri==1.10
    python3 assets/make/colormaps.py

A line is `name kind licence hex`, in the order in which a menu should list them. Licences
are explained in assets/SOURCES.md.
"""

from pathlib import Path

import cmcrameri.cm
import cmocean.cm
import matplotlib
import numpy as np

OUT = Path(__file__).parents[1] / "colormaps" / "colormaps.txt"
ENTRIES = 256

HEADER = """\
# Colour tables: name kind licence hex. Kinds: sequential diverging cyclic other.
# 256 colours each, from low to high values, as six hex digits (RRGGBB) without separators.
# Made by assets/make/colormaps.py; origins and licences are in assets/SOURCES.md.
"""

MATPLOTLIB = matplotlib.colormaps.__getitem__
CMOCEAN = cmocean.cm.cmap_d.__getitem__
CRAMERI = cmcrameri.cm.cmaps.__getitem__

# kind, package, licence, names
MAPS = [
    ("sequential", MATPLOTLIB, "CC0-1.0", "viridis magma inferno plasma"),
    ("sequential", MATPLOTLIB, "Matplotlib", "cividis"),
    ("sequential", CRAMERI, "MIT", "batlow lipari hawaii lajolla oslo davos"),
    ("sequential", CMOCEAN, "MIT",
     "thermal haline solar ice deep dense speed matter algae amp tempo rain gray"),
    ("diverging", CRAMERI, "MIT", "vik berlin roma broc"),
    ("diverging", CMOCEAN, "MIT", "balance curl delta"),
    ("diverging", MATPLOTLIB, "Matplotlib", "coolwarm"),
    ("diverging", MATPLOTLIB, "ColorBrewer", "RdBu_r"),
    ("cyclic", CMOCEAN, "MIT", "phase"),
    ("cyclic", CRAMERI, "MIT", "romaO vikO"),
    ("cyclic", MATPLOTLIB, "Matplotlib", "twilight"),
    ("other", MATPLOTLIB, "Apache-2.0", "turbo"),
    ("other", CMOCEAN, "MIT", "topo"),
    ("other", CRAMERI, "MIT", "oleron"),
]


def hex_table(colormap):
    rgb = colormap(np.linspace(0, 1, ENTRIES))[:, :3]
    return np.rint(rgb * 255).astype("u1").tobytes().hex()


def main():
    lines = [
        f"{name} {kind} {licence} {hex_table(package(name))}\n"
        for kind, package, licence, names in MAPS
        for name in names.split()
    ]
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(HEADER + "".join(lines), encoding="ascii", newline="\n")


if __name__ == "__main__":
    main()
