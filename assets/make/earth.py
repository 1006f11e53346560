#!/usr/bin/env python3
"""Makes assets/earth/lines.bin from Natural Earth's coastlines, land borders and lakes.

Download these layers as GeoJSON into one folder (https://www.naturalearthdata.com/downloads/, or
https://github.com/martynafford/natural-earth-geojson at commit 0b9a6ceb, or the folder
geojson of https://github.com/nvkelso/natural-earth-vector), at 1:110m and at 1:50m:

    ne_110m_coastline ne_110m_admin_0_boundary_lines_land ne_110m_lakes (and ne_50m_...)

    python3 assets/make/earth.py FOLDER

The file is six layers one after another: coastline, borders, lakes at 1:110m, the same at 1:50m.
A layer is a count of lines; a line is a count of points and for each of them longitude and
latitude in thousandths of a degree, less those of the point before (of the line before for its
first). Counts are LEB128; differences are that too, zigzag: 0, -1, 1, -2 as 0, 1, 2, 3.
"""

import json
import sys
from pathlib import Path

OUT = Path(__file__).parents[1] / "earth" / "lines.bin"
LAYERS = ["coastline", "admin_0_boundary_lines_land", "lakes"]
UNITS_PER_DEGREE = 1000
TURN = 180 * UNITS_PER_DEGREE


def lines(geometry):
    kind, parts = geometry["type"], geometry["coordinates"]
    if kind == "LineString":
        return [parts]
    if kind in ("MultiLineString", "Polygon"):
        return parts
    if kind == "MultiPolygon":
        return [ring for polygon in parts for ring in polygon]
    raise ValueError(kind)


def quantised(line):
    points = [tuple(round(v * UNITS_PER_DEGREE) for v in point[:2]) for point in line]
    return [p for i, p in enumerate(points) if i == 0 or p != points[i - 1]]


def without_cuts(points):
    """Where polygons were cut at the dateline or closed over the south pole there is no coast."""
    def is_cut(a, b):
        return (abs(a[0]) == TURN and abs(b[0]) == TURN) or (a[1] <= -TURN // 2 and b[1] <= -TURN // 2)

    run = points[:1]
    for a, b in zip(points, points[1:]):
        if is_cut(a, b):
            if len(run) > 1:
                yield run
            run = [b]
        else:
            run.append(b)
    if len(run) > 1:
        yield run


def varint(n):
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out)


def zigzag(n):
    return varint(n << 1 if n >= 0 else (-n << 1) - 1)


def layer(path):
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    found = [
        run
        for feature in features
        for line in lines(feature["geometry"])
        for run in without_cuts(quantised(line))
    ]
    out = bytearray(varint(len(found)))
    last = (0, 0)
    for points in found:
        out += varint(len(points))
        for point in points:
            out += zigzag(point[0] - last[0]) + zigzag(point[1] - last[1])
            last = point
    return bytes(out)


def main():
    folder = Path(sys.argv[1])
    data = b"".join(
        layer(folder / f"ne_{scale}_{name}.geojson") for scale in ("110m", "50m") for name in LAYERS
    )
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_bytes(data)


if __name__ == "__main__":
    main()
