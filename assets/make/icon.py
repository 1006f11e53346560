#!/usr/bin/env python3
"""Makes assets/icon/hyperslab.svg and its PNGs: layers of cells, the top one a heat map.

    pip install cairosvg==2.9.1
    python3 assets/make/icon.py

Small sizes get fewer, larger cells and fewer layers, so that they stay crisp.
"""

from math import exp
from pathlib import Path

import cairosvg

OUT = Path(__file__).parents[1] / "icon"
SIDE = 256
# The top layer seen at an angle: a rhombus of this half width and half height.
HALF_WIDTH, HALF_HEIGHT = 112, 64

# Low to high, spread over the cells of the top layer.
HEAT = ["#3c3f9f", "#8a3f9e", "#d94f70", "#f98e3d", "#ffd84f"]
# One row a layer, top to bottom: left side, right side, upper face.
LAYERS = [("#26286f", "#363a92", "#1d1e55"),
          ("#1f5f99", "#2f84c4", "#8cc4ea"),
          ("#14786f", "#22a394", "#86d9c9")]


def main():
    full = draw(cells=4, layers=3, thickness=25, gap=9, cell_gap=0.05)
    medium = draw(cells=3, layers=2, thickness=40, gap=16, cell_gap=0)
    tiny = draw(cells=2, layers=2, thickness=40, gap=16, cell_gap=0)
    OUT.mkdir(exist_ok=True)
    (OUT / "hyperslab.svg").write_text(full, encoding="ascii", newline="\n")
    sizes = {16: tiny, 32: medium, 48: full, 64: full, 128: full, 256: full}
    for size_px, svg in sizes.items():
        cairosvg.svg2png(bytestring=svg.encode(), output_width=size_px, output_height=size_px,
                         write_to=str(OUT / f"hyperslab-{size_px}.png"))


def draw(cells, layers, thickness, gap, cell_gap):
    """The SVG text. On a layer u runs down to the right, v down to the left, from 0 to 1."""
    drop = layers * thickness + (layers - 1) * gap
    top = (SIDE - 2 * HALF_HEIGHT - drop) / 2

    def polygon(fill, corners):
        points = " ".join(
            f"{SIDE / 2 + (u - v) * HALF_WIDTH:.4g},"
            f"{top + depth + (u + v) * HALF_HEIGHT:.4g}"
            for u, v, depth in corners
        )
        return f'<polygon fill="{fill}" points="{points}"/>'

    shapes = []
    for layer in reversed(range(layers)):
        left, right, face = LAYERS[layer]
        upper = layer * (thickness + gap)
        lower = upper + thickness
        shapes += [
            polygon(left, [(0, 1, upper), (1, 1, upper), (1, 1, lower), (0, 1, lower)]),
            polygon(right, [(1, 1, upper), (1, 0, upper), (1, 0, lower), (1, 1, lower)]),
            polygon(face, [(0, 0, upper), (1, 0, upper), (1, 1, upper), (0, 1, upper)]),
        ]
    values = [[field((i + 0.5) / cells, (j + 0.5) / cells) for i in range(cells)]
              for j in range(cells)]
    low, high = min(map(min, values)), max(map(max, values))
    for j, row in enumerate(values):
        for i, value in enumerate(row):
            u0, u1 = edges(i, cells, cell_gap)
            v0, v1 = edges(j, cells, cell_gap)
            fill = heat((value - low) / (high - low))
            shapes.append(polygon(fill, [(u0, v0, 0), (u1, v0, 0), (u1, v1, 0), (u0, v1, 0)]))
    body = "\n".join(shapes)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" '
            f'width="{SIDE}" height="{SIDE}">\n<title>hyperslab</title>\n{body}\n</svg>\n')


def edges(index, cells, cell_gap):
    """A cell's two edges; gaps lie between cells, not around them."""
    first = index / cells if index == 0 else (index + cell_gap / 2) / cells
    last = 1 if index == cells - 1 else (index + 1 - cell_gap / 2) / cells
    return first, last


def field(u, v):
    """A warm pool to the right of the centre, on a slope."""
    pool = exp(-((u - 0.66) ** 2 + (v - 0.42) ** 2) / 0.10)
    return 0.95 * pool + 0.12 * u


def heat(value):
    position = value * (len(HEAT) - 1)
    low = min(int(position), len(HEAT) - 2)
    channels = zip(rgb(HEAT[low]), rgb(HEAT[low + 1]))
    return "#" + "".join(f"{round(a + (b - a) * (position - low)):02x}" for a, b in channels)


def rgb(colour):
    return [int(colour[i:i + 2], 16) for i in (1, 3, 5)]


if __name__ == "__main__":
    main()
