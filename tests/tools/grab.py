#!/usr/bin/python3
"""Writes what a window shows to standard output, as a PPM picture.

    grab.py WINDOW

Debian package: python3-xlib
"""

import sys

from Xlib import X, display


def main(window_id):
    window = display.Display().create_resource_object("window", window_id)
    geometry = window.get_geometry()
    size = geometry.width, geometry.height
    image = window.get_image(0, 0, *size, X.ZPixmap, 0xFFFFFFFF)
    # 24 bits deep: blue, green, red and a byte unused.
    pixels = bytearray(3 * size[0] * size[1])
    for channel in range(3):
        pixels[channel::3] = image.data[2 - channel :: 4]
    sys.stdout.buffer.write(b"P6 %d %d 255\n" % size + pixels)


if __name__ == "__main__":
    main(int(sys.argv[1], 0))
