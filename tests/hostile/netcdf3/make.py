#!/usr/bin/env python3
"""Writes the bad files beside this one and list.txt, which says how each must end.

    python3 tests/hostile/netcdf3/make.py

A file that a fuzzer finds is not made here: drop it in and add its row to FOUND.
"""
import pathlib
import struct

HERE = pathlib.Path(__file__).parent

# Found elsewhere: (file, end, byte, note).
FOUND = []


def u32(*values):
    return b"".join(struct.pack(">I", value & 0xFFFFFFFF) for value in values)


def u64(*values):
    return b"".join(struct.pack(">Q", value) for value in values)


def name(text, width=u32):
    padded = text + b"\0" * (-len(text) % 4)
    return width(len(text)) + padded


NONE = u32(0, 0)
NONE5 = u32(0) + u64(0)


def header(numrecs, dims, variables):
    """CDF-1: dims (name, length), variables (name, dimids, type, begin)."""
    out = b"CDF\1" + u32(numrecs) + u32(10, len(dims))
    out += b"".join(name(n) + u32(length) for n, length in dims) + NONE
    out += u32(11, len(variables))
    for n, ids, kind, begin in variables:
        out += name(n) + u32(len(ids), *ids) + NONE + u32(kind, 0, begin)
    return out


def header5(numrecs, dims, variables):
    out = b"CDF\5" + u64(numrecs) + u32(10) + u64(len(dims))
    out += b"".join(name(n, u64) + u64(length) for n, length in dims) + NONE5
    out += u32(11) + u64(len(variables))
    for n, ids, kind, begin in variables:
        out += name(n, u64) + u64(len(ids), *ids) + NONE5 + u32(kind) + u64(0, begin)
    return out


FILES = [
    ("magic_only.nc", b"CDF\1", "Truncated", 4, "nothing but the magic"),
    ("version_9.nc", b"CDF\x09" + NONE * 4, "Unsupported", 3, "a version that does not exist"),
    ("many_dimensions.nc", b"CDF\1" + u32(0, 10, 0x7FFFFFFF) + NONE * 2, "Truncated", 12, "2^31 - 1 dimensions in 32 bytes"),
    ("many_dimensions_cdf5.nc", b"CDF\5" + u64(0) + u32(10) + u64(1 << 61) + NONE5 * 2, "Truncated", 16, "entries times their size pass 2^64"),
    ("negative_variables.nc", b"CDF\1" + u32(0) + NONE * 2 + u32(11, -1), "Malformed", 28, "-1 variables"),
    ("absent_but_not_empty.nc", b"CDF\1" + u32(0) + u32(0, 1) + name(b"x") + u32(1) + NONE * 2, "Malformed", 8, "a dimension in a list with tag 0"),
    ("endless_name.nc", b"CDF\1" + u32(0, 10, 1, 0x7FFFFFFC) + b"x" * 64, "Truncated", 16, "a name of 2 GiB"),
    ("endless_attribute.nc", b"CDF\5" + u64(0) + NONE5 + u32(12) + u64(1) + name(b"a", u64) + u32(6) + u64(1 << 61) + b"\0" * 64, "Truncated", 52, "2^61 doubles, 2^64 bytes"),
    ("type_12.nc", header(0, [(b"x", 1)], [(b"v", [0], 12, 80)]) + b"\0" * 8, "Malformed", 68, "nc_type of netCDF-4's string"),
    ("dimension_id.nc", header(0, [(b"x", 1)], [(b"v", [1], 4, 80)]) + b"\0" * 8, "Malformed", 56, "dimension id 1 of 1 dimension"),
    ("two_record_dimensions.nc", header(1, [(b"t", 0), (b"u", 0)], []), "Malformed", 36, "only one dimension may be unlimited"),
    ("record_dimension_second.nc", header(1, [(b"t", 0), (b"x", 2)], [(b"v", [1, 0], 4, 96)]) + b"\0" * 8, "Malformed", 64, "v(x, t): records come first"),
    ("begin_in_header.nc", header(0, [(b"x", 1)], [(b"v", [0], 4, 0)]) + b"\0" * 4, "Malformed", 76, "the magic read as a value"),
    ("overlap.nc", header(0, [(b"x", 4)], [(b"v", [0], 4, 120), (b"w", [0], 4, 132)]) + b"\0" * 64, "Malformed", 112, "w begins in the last value of v"),
    ("product_wraps.nc", header(0, [(b"x", 0x80000000)], [(b"v", [0, 0, 0], 1, 88)]) + b"\0" * 8, "Malformed", 52, "(2^31)^3 wraps to 2^29 in 64 bits"),
    ("records_wrap.nc", header5(1 << 62, [(b"t", 0), (b"x", 1 << 32)], [(b"v", [0, 1], 6, 256)]) + b"\0" * 200, "Malformed", 148, "numrecs times recsize wraps"),
    ("exabytes.nc", header5(0, [(b"x", 1 << 60)], [(b"v", [0], 1, 256)]) + b"\0" * 200, "opens", "-", "an exabyte in 300 bytes: lists, reads nothing"),
    ("uncounted_records.nc", header(0xFFFFFFFE, [(b"t", 0)], [(b"v", [0], 3, 80)]) + b"\0\1\0\2\0\3", "opens", "-", "numrecs far beyond the file"),
    ("streaming_lone_short.nc", header(0xFFFFFFFF, [(b"t", 0)], [(b"v", [0], 3, 80)]) + b"\0\1\0\2\0", "opens", "-", "streaming, two and a half unpadded records"),
    ("rank_62.nc", header(0, [(b"x", 2)], [(b"v", [0] * 62, 1, 1000)]) + b"\0" * 800, "opens", "-", "62 axes of length 2: 2^62 elements, a small section is truncated"),
]


def main():
    rows = [(n, end, at, note) for n, _, end, at, note in FILES] + FOUND
    for n, data, *_ in FILES:
        (HERE / n).write_bytes(data)
    lines = ["# file, `opens` or the kind of the error, the byte it names, note. Written by make.py.\n"]
    (HERE / "list.txt").write_text("".join(lines + [f"{n} {end} {at} {note}\n" for n, end, at, note in rows]))


main()
