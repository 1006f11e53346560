#!/usr/bin/env python3
"""Takes ecCodes' definitions out of a built library that carries them inside (MEMFS).

    python3 definitions.py LIBRARY OUT

LIBRARY  libeccodes_memfs.so or libeccodes.so, from the wheel `eccodeslib` (Apache-2.0)
OUT      a folder; OUT/definitions is what make.py wants

The library has a table of (path, contents, length), its pointers filled in by the loader from the
relocations: 64-bit little-endian ELF, x86-64. Only the standard library is used.
"""

import struct
import sys
from pathlib import Path

PREFIX = b"/MEMFS/"
RELATIVE, SYMBOL = 8, 1  # R_X86_64_RELATIVE, R_X86_64_64
RELA, NOBITS, DYNSYM = 4, 8, 11


def sections(elf):
    start = struct.unpack_from("<Q", elf, 0x28)[0]
    size, count = struct.unpack_from("<HH", elf, 0x3A)
    for k in range(count):
        _, kind, _, address, offset, length, _, _, _, _ = struct.unpack_from("<IIQQQQIIQQ", elf, start + k * size)
        yield kind, address, offset, length


def main():
    elf, out = Path(sys.argv[1]).read_bytes(), Path(sys.argv[2])
    found = list(sections(elf))
    symbols = next(offset for kind, _, offset, _ in found if kind == DYNSYM)

    def place(address):
        for kind, first, offset, length in found:
            if first and kind != NOBITS and first <= address < first + length:
                return offset + address - first
        return None

    pointers = {}
    for kind, _, offset, length in found:
        if kind != RELA:
            continue
        for at in range(offset, offset + length, 24):
            where, info, addend = struct.unpack_from("<QQq", elf, at)
            if info & 0xFFFFFFFF == RELATIVE:
                pointers[where] = addend
            elif info & 0xFFFFFFFF == SYMBOL:
                pointers[where] = struct.unpack_from("<Q", elf, symbols + 24 * (info >> 32) + 8)[0] + addend
    written = 0
    for where in sorted(pointers):
        name = place(pointers[where])
        if name is None or not elf.startswith(PREFIX, name) or where + 8 not in pointers:
            continue
        path = elf[name + len(PREFIX) : elf.index(b"\0", name)].decode()
        length = struct.unpack_from("<Q", elf, place(where + 16))[0]
        contents = place(pointers[where + 8])
        file = out / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(elf[contents : contents + length])
        written += 1
    print(written, "files")


main()
