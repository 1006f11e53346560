#!/usr/bin/env python3
"""Writes the bad files beside this one and list.txt, which says how each must end.

    python3 tests/hostile/grib/make.py

A file that a fuzzer finds is not made here: drop it in and add its row to FOUND.
"""
import pathlib
import struct
import zlib

HERE = pathlib.Path(__file__).resolve().parent

# Found elsewhere: (file, end, note).
FOUND = []

END = b"7777"
U32 = (1 << 32) - 1


# The pieces of a file ---------------------------------------------------------------------------

def u8(*values):
    return bytes(values)


def u16(*values):
    return struct.pack(f">{len(values)}H", *values)


def u24(*values):
    return b"".join(value.to_bytes(3, "big") for value in values)


def u32(*values):
    return struct.pack(f">{len(values)}I", *values)


def s24(value):
    return u24(abs(value) | (0x800000 if value < 0 else 0))


def s32(value):
    return u32(abs(value) | (0x80000000 if value < 0 else 0))


# Edition 2

def section(number, body, length=None):
    return u32(5 + len(body) if length is None else length) + u8(number) + body


ORIGIN = section(1, u16(7, 0) + u8(2, 1, 1) + u16(2020) + u8(2, 29, 12, 0, 0, 0, 1))
PRODUCT = section(4, u16(0, 0) + u8(0, 0, 2, 0, 0) + u16(0) + u8(0, 1) + u32(0) + u8(1, 0) + u32(0) + u8(255) + bytes(5))
ALL = section(6, u8(255))
EARTH = u8(6) + bytes(15)


def message2(*sections, length=None, edition=2):
    body = b"".join(sections) + END
    return b"GRIB" + u8(0, 0, 0, edition) + struct.pack(">Q", 16 + len(body) if length is None else length) + body


def grid(template, points, body, list_octets=0, list_means=0):
    return section(3, u8(0) + u32(points) + u8(list_octets, list_means) + u16(template) + body)


def lat_lon(ni, nj, points=None, rotated=b"", first=(60000000, 0), last=(10000000, 90000000), flags=0x30, scan=0, numbers=b"", octets=0, template=None, n=None):
    points = min(ni * nj, U32) if points is None else points
    template = (1 if rotated else 0) if template is None else template
    dj = 1000000 if n is None else n
    return grid(template, points, EARTH + u32(ni, nj, 0, U32) + s32(first[0]) + s32(first[1]) + u8(flags) + s32(last[0]) + s32(last[1])
                + u32(1000000, dj) + u8(scan) + rotated + numbers, octets, 1 if octets else 0)


ROTATED = s32(-40000000) + s32(10000000) + u32(0)


def lambert(ni, nj, points=None):
    return grid(30, min(ni * nj, U32) if points is None else points, EARTH + u32(ni, nj) + s32(21138123) + s32(237280472) + u8(8) + s32(38500000) + s32(262500000)
                + u32(3000000, 3000000) + u8(0, 0x40) + s32(38500000) + s32(38500000) + s32(0) + s32(0))


def scaling(template, values, bits, more=b""):
    return section(5, u32(values) + u16(template) + struct.pack(">f", 2.5) + u16(0, 0) + u8(bits, 0) + more)


def constant(points):
    return scaling(0, points, 0), ALL, section(7, b"")


def complex_(values, groups, bits=8, width=0, width_bits=0, length=0, increment=0, last=0, length_bits=0, missing=0, order=None, extra=2):
    more = u8(1, missing) + u32(0, 0) + u32(groups) + u8(width, width_bits) + u32(length) + u8(increment) + u32(last) + u8(length_bits)
    return scaling(2, values, bits, more) if order is None else scaling(3, values, bits, more + u8(order, extra))


def message(space, coding, bitmap=ALL, data=b"", **other):
    return message2(ORIGIN, space, PRODUCT, coding, bitmap, section(7, data), **other)


def png(width, height, depth=8):
    def chunk(kind, body):
        return u32(len(body)) + kind + body + u32(zlib.crc32(kind + body))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", u32(width, height) + u8(depth, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(bytes(1 << 16), 9)) + chunk(b"IEND", b"")


def jpeg2000(width, height, tile=None, levels=5):
    tile = tile or (width, height)
    size = u16(0xFF4F, 0xFF51, 41, 0) + u32(width, height, 0, 0, *tile, 0, 0) + u16(1) + u8(7, 1, 1)
    coding = u16(0xFF52, 12) + u8(0, 0, 0, 1, 0, levels, 4, 4, 0, 1)
    steps = u16(0xFF5C, 3 + 3 * levels + 1) + u8(0x40) + bytes([0x48] * (3 * levels + 1))
    return size + coding + steps + u16(0xFF90, 10, 0) + u32(0) + u8(0, 1) + u16(0xFF93) + bytes(8) + u16(0xFFD9)


# Edition 1

def section1(flags, more=b"", grid=255):
    body = u8(2, 7, 96, grid, flags, 11, 105, 0, 2, 20, 2, 29, 12, 0, 1, 0, 0, 0, 0, 0, 0, 21, 0, 0, 0) + more
    return u24(3 + len(body)) + body


def section1_of(body, length=None):
    return u24(3 + len(body) if length is None else length) + body


def message1(space=b"", bitmap=b"", data=b"", length=None, grid=255):
    body = section1((0x80 if space else 0) | (0x40 if bitmap else 0), grid=grid) + space + bitmap + data + END
    return b"GRIB" + u24(8 + len(body) if length is None else length) + u8(1) + body


def space1(kind, ni, nj, more=b"", numbers=b"", scan=0, last=None, place=None, first=(60000, 0)):
    body = u8(0, 255 if place is None else place, kind) + u16(ni, nj) + s24(first[0]) + s24(first[1]) + u8(0x80)
    body += last if last is not None else s24(10000) + s24(90000) + u16(1000, 1000)
    return section1_of(body + u8(scan) + bytes(4) + more + numbers)


def data1(flag=0, scale=0, bits=0, data=b"", length=None):
    return section1_of(u8(flag) + u16(scale) + u32(0x41200000) + u8(bits) + data, length)


# The files --------------------------------------------------------------------------------------

SMALL = lat_lon(3, 2)
SIX = scaling(0, 6, 8)
WHOLE = message(SMALL, SIX, data=bytes(6))
WHOLE1 = message1(space1(0, 3, 2), data=data1(bits=8, data=bytes(7)))

FILES = [
    # Section 0 and what lies between messages
    ("signature_only.grib", b"GRIB", "Truncated", "nothing but the signature"),
    ("edition_9.grib", message(SMALL, SIX, data=bytes(6), edition=9), "Unsupported", "an edition that does not exist"),
    ("length_0.grib", message(SMALL, SIX, data=bytes(6), length=0), "any", "a message of no bytes"),
    ("length_2_to_63.grib", message(SMALL, SIX, data=bytes(6), length=1 << 63), "any", "a message of exabytes"),
    ("length_wraps.grib", WHOLE + message(SMALL, SIX, data=bytes(6), length=(1 << 64) - 1), "any", "offset and length pass 2^64"),
    ("markers_within.grib", message(lat_lon(64, 64), scaling(0, 4096, 8), data=b"GRIB\0\0\0\2" * 512), "opens", "values that look like beginnings of messages"),
    ("markers_only.grib", b"GRIB" * 4096, "Truncated", "beginnings without messages"),
    ("markers_of_long_messages.grib", (b"GRIB\0\0\0\2" + struct.pack(">Q", 1 << 40)) * 1024, "Malformed", "beginnings of messages of a terabyte, one in the other"),
    ("markers_of_edition_1.grib", (b"GRIB" + u24(0xFFFFFF) + u8(1) + u24(28)) * 1024, "Truncated", "the same of edition 1"),
    ("ends_only.grib", WHOLE + END * 4096, "any", "ends without messages"),
    # Sections
    ("section_of_0.grib", message2(ORIGIN, section(3, bytes(60), 0), PRODUCT), "Malformed", "a section of no bytes"),
    ("section_of_4.grib", message2(ORIGIN, section(3, bytes(60), 4), PRODUCT), "Malformed", "a section shorter than its own head"),
    ("section_past_end.grib", message2(ORIGIN, section(3, bytes(60), U32), PRODUCT), "Malformed", "a section of 4 GiB"),
    ("sections_missing.grib", message2(section(7, bytes(6))), "Malformed", "data without anything that describes them"),
    ("sections_backwards.grib", message2(section(7, b""), ALL, SIX, PRODUCT, SMALL, ORIGIN), "Malformed", "from the last to the first"),
    ("section_99.grib", message2(ORIGIN, section(99, bytes(40)), SMALL, PRODUCT, SIX, ALL, section(7, bytes(6))), "any", "a section that does not exist"),
    ("fields_400.grib", message2(ORIGIN, SMALL, PRODUCT, scaling(0, 6, 0), ALL, *[section(7, b"") + PRODUCT + scaling(0, 6, 0) + ALL] * 400, section(7, b"")), "opens", "hundreds of fields in one message"),
    ("section4_short.grib", message2(ORIGIN, SMALL, section(4, u16(0, 0) + u8(0)), SIX, ALL, section(7, bytes(6))), "Malformed", "a product cut off"),
    ("coordinates_65535.grib", message2(ORIGIN, SMALL, section(4, u16(65535) + PRODUCT[7:]), SIX, ALL, section(7, bytes(6))), "any", "65535 vertical coordinates in no bytes"),
    ("statistics_255.grib", message2(ORIGIN, SMALL, section(4, u16(0, 8) + PRODUCT[9:] + u16(2020) + u8(1, 1, 0, 0, 0, 255) + u32(0) + bytes(12)), SIX, ALL, section(7, bytes(6))), "any", "255 time ranges of which one is there"),
    ("ensemble_2_to_32.grib", message2(ORIGIN, SMALL, section(4, u16(0, 60) + PRODUCT[9:] + bytes([255] * 60)), SIX, ALL, section(7, bytes(6))), "any", "numbers all of whose bits are set"),
    # Grids
    ("grid_2_to_62.grib", message(lat_lon(1 << 31, 1 << 31), *constant(U32)[:1]), "any", "2^31 rows of 2^31 points"),
    ("grid_wraps.grib", message(lat_lon(65536, 65536, 0), *constant(0)[:1]), "any", "2^32 points, which are 0"),
    ("grid_constant_2_to_32.grib", message(lat_lon(65535, 65535), *constant(65535 * 65535)[:1]), "opens", "4 thousand million points of one value in 180 bytes: a part can be read"),
    ("grid_constant_rotated.grib", message(lat_lon(65535, 65535, rotated=ROTATED), *constant(65535 * 65535)[:1]), "opens", "the same about another pole: a part of the positions can be read"),
    ("grid_constant_lambert.grib", message(lambert(65535, 65535), *constant(65535 * 65535)[:1]), "opens", "the same on a cone"),
    ("grid_long_row.grib", message(lat_lon(U32 - 1, 1), *constant(U32 - 1)[:1]), "opens", "one row of 2^32 points"),
    ("grid_long_row_rotated.grib", message(lat_lon(U32 - 1, 1, rotated=ROTATED), *constant(U32 - 1)[:1]), "opens", "the same, whose projected coordinates are worked out when asked for"),
    ("grid_columns_constant.grib", message(lat_lon(65535, 65535, scan=0x70), *constant(65535 * 65535)[:1]), "opens", "columns one after another, to and fro"),
    ("gaussian_2_to_32.grib", message(lat_lon(8, 8, template=40, n=U32), *constant(64)[:1]), "any", "2^32 parallels between pole and equator"),
    ("gaussian_0.grib", message(lat_lon(8, 8, template=40, n=0), *constant(64)[:1]), "any", "none"),
    ("gaussian_4000.grib", b"".join(message(lat_lon(8, 8, template=40, n=n), *constant(64)[:1]) for n in range(3996, 4001)), "any", "five fine grids"),
    ("rows_sum_wraps.grib", message(lat_lon(U32, 4, 0, octets=4, numbers=u32(U32, U32, U32, 4)), *constant(0)[:1]), "any", "rows whose lengths pass 2^32"),
    ("rows_one_long.grib", message(lat_lon(U32, 4, 1000000006, octets=4, numbers=u32(1000000000, 1, 2, 3)), *constant(1000000006)[:1]), "opens", "one row of a thousand million points"),
    ("rows_65535.grib", message(lat_lon(U32, 65535, 65535, octets=4, numbers=b""), *constant(65535)[:1]), "opens", "a list of rows that is not there"),
    ("rows_empty.grib", message(lat_lon(U32, 4, 0, octets=1, numbers=bytes(4)), *constant(0)[:1]), "any", "rows of no points"),
    ("row_octets_255.grib", message(lat_lon(U32, 1, 1, octets=255, numbers=bytes(255)), *constant(1)[:1]), "opens", "a number of 255 octets"),
    ("stretched_0.grib", message(lat_lon(9, 9, template=3, rotated=ROTATED + ROTATED), *constant(81)[:1]), "any", "stretched by nothing"),
    ("lambert_flat.grib", message(grid(30, 81, EARTH + u32(9, 9) + bytes(8) + u8(8) + bytes(8) + u32(U32, U32) + u8(0, 0) + s32(90000000) + s32(-90000000) + bytes(8)), *constant(81)[:1]), "any", "a cone that is none"),
    ("healpix_2_to_32.grib", message(grid(150, U32, EARTH + u32(U32) + u8(0, 0) + u32(45000000)), *constant(U32)[:1]), "any", "2^64 pixels"),
    ("points_2_to_32.grib", message(grid(130, U32, EARTH), *constant(U32)[:1]), "any", "a list of 2^32 points in no bytes"),
    ("unstructured_2_to_32.grib", message(grid(101, U32, u8(6) + u24(1) + u8(1) + bytes(16)), *constant(U32)[:1]), "any", "2^32 points of another file's grid"),
    ("unstructured_own_positions.grib", b"".join(message2(ORIGIN, grid(101, 1 << 28, u8(6) + u24(1) + u8(1) + bytes(16)), section(4, u16(0, 0) + u8(191, number) + PRODUCT[11:]), *constant(1 << 28)) for number in (1, 2, 3)), "opens", "2^28 positions of one value, as fields"),
    ("icosahedral_fine.grib", message(grid(100, 10 * 1025 * 1025, u8(10, 0) + u16(1024) + u8(10) + s32(90000000) + u32(0) + u32(0) + u8(0, 0)), *constant(10 * 1025 * 1025)[:1]), "any", "ten million points of triangles"),
    ("cross_section.grib", message(grid(1000, U32, bytes(60)), *constant(U32)[:1]), "any", "a grid of which little is known"),
    ("spectral_65535.grib", message(grid(50, U32, u32(65535, 65535, 65535) + u8(1, 1)), scaling(50, U32, 0)), "any", "2^32 coefficients in no bytes"),
    ("spectral_endless.grib", message(grid(50, U32, u32(U32, U32, U32) + u8(1, 1)), scaling(50, U32, 16)), "any", "2^64 coefficients"),
    # Values
    ("values_missing.grib", message(lat_lon(1000, 1000), scaling(0, 1000000, 24), data=bytes(9)), "partial", "a million values in 9 bytes"),
    ("bits_255.grib", message(SMALL, scaling(0, 6, 255), data=bytes(300)), "partial", "values of 255 bits"),
    ("template_65535.grib", message(SMALL, scaling(65534, 6, 8), data=bytes(6)), "partial", "a packing that does not exist"),
    ("bitmap_short.grib", message(lat_lon(100, 100), scaling(0, 10000, 8), section(6, bytes(1) + b"\xff" * 4), bytes(32)), "partial", "a bitmap of 32 bits for 10000 points"),
    ("bitmap_of_more.grib", message(SMALL, scaling(0, 2, 8), section(6, u8(0, 0xFF)), bytes(2)), "partial", "a bitmap of more values than are coded"),
    ("bitmap_before.grib", message(SMALL, SIX, section(6, u8(254)), bytes(6)), "Malformed", "the bitmap of a field before the first"),
    ("bitmap_of_centre.grib", message(SMALL, SIX, section(6, u8(7)), bytes(6)), "partial", "a bitmap that is not in the file"),
    ("groups_2_to_32.grib", message(lat_lon(65535, 65535), complex_(65535 * 65535, 65535 * 65535, bits=0)), "partial", "4 thousand million groups that take no bits"),
    ("groups_more_than_points.grib", message(SMALL, complex_(6, U32), data=bytes(9)), "partial", "2^32 groups of 6 values"),
    ("group_of_2_to_31.grib", message(lat_lon(32768, 65535), complex_(32768 * 65535, 1, last=32768 * 65535), data=bytes(9)), "partial", "one group of 2^31 values of no bits"),
    ("group_width_overflows.grib", message(SMALL, complex_(6, 1, width=255, width_bits=64, last=6), data=b"\xff" * 64), "partial", "values of 2^64 bits"),
    ("group_lengths_overflow.grib", message(SMALL, complex_(6, 3, length=U32, increment=255, length_bits=64, last=6), data=b"\xff" * 64), "partial", "lengths that pass 2^64"),
    ("differences_overflow.grib", message(lat_lon(10, 10), complex_(100, 1, width=56, last=100, order=2, extra=8), data=b"\xff" * 900), "opens", "second differences that pass 2^63"),
    ("differences_order_9.grib", message(SMALL, complex_(6, 1, last=6, order=9), data=bytes(20)), "partial", "ninth differences"),
    ("run_length_endless.grib", message(lat_lon(65535, 65535), section(5, u32(65535 * 65535) + u16(200) + u8(8) + u16(1, 1) + u8(0) + u16(10)), data=u8(1) + b"\xff" * 60), "partial", "runs of 254^60 values"),
    ("run_length_of_1_level.grib", message(SMALL, section(5, u32(6) + u16(200) + u8(8) + u16(65535, 0) + u8(0)), data=b"\xff" * 6), "partial", "more levels than a value has"),
    ("png_65535.grib", message(lat_lon(65535, 65535), scaling(41, 65535 * 65535, 8), data=png(65535, 65535)), "partial", "an image of 4 thousand million points in 200 bytes"),
    ("png_2_to_31.grib", message(lat_lon(2, 2), scaling(41, 4, 16), data=png((1 << 31) - 1, (1 << 31) - 1, 16)), "partial", "an image of 2^62 points for 4 values"),
    ("png_bomb.grib", message(lat_lon(2, 2), scaling(41, 4, 8), data=png(2, 2)), "any", "64 KiB where 6 bytes are wanted"),
    ("jpeg_65535.grib", message(lat_lon(65535, 65535), scaling(40, 65535 * 65535, 8, u8(0, 255)), data=jpeg2000(65535, 65535)), "partial", "an image of 4 thousand million points in 100 bytes"),
    ("jpeg_2_to_32.grib", message(lat_lon(2, 2), scaling(40, 4, 8, u8(0, 255)), data=jpeg2000(U32, U32)), "partial", "an image of 2^64 points for 4 values"),
    ("jpeg_tiles_2_to_32.grib", message(lat_lon(65535, 100), scaling(40, 6553500, 8, u8(0, 255)), data=jpeg2000(65535, 100, (1, 1))), "partial", "a tile for every point"),
    ("jpeg_levels_32.grib", message(lat_lon(64, 64), scaling(40, 4096, 8, u8(0, 255)), data=jpeg2000(64, 64, levels=32)), "any", "more resolutions than points"),
    ("ccsds_zeros.grib", message(lat_lon(4096, 4096), scaling(42, 1 << 24, 8, u8(14, 64) + u16(4096)), data=bytes(64)), "partial", "16 million values in 64 bytes"),
    ("ccsds_of_0.grib", message(SMALL, scaling(42, 6, 8, u8(14, 0) + u16(0)), data=bytes(64)), "partial", "blocks of no values"),
    ("ieee_missing.grib", message(lat_lon(1000, 1000), section(5, u32(1000000) + u16(4) + u8(2)), data=bytes(16)), "partial", "a million numbers in 16 bytes"),
    ("matrix.grib", message(SMALL, scaling(1, 6, 8, bytes(30)), data=bytes(64)), "partial", "a matrix at every point"),
    # Edition 1
    ("one_length_0.grib", message1(space1(0, 3, 2), data=data1(bits=8, data=bytes(7)), length=0), "any", "a message of no bytes"),
    ("one_large.grib", message1(space1(0, 3, 2), data=data1(bits=8, data=bytes(7), length=100), length=0xFFFFFF), "any", "a message of 120 times 8 million bytes"),
    ("one_section_of_0.grib", message1(section1_of(bytes(30), 0), data=data1(bits=8, data=bytes(7))), "Malformed", "a grid description of no bytes"),
    ("one_section_past_end.grib", message1(section1_of(bytes(30), 0xFFFFFF), data=data1(bits=8, data=bytes(7))), "Truncated", "a grid description of 16 MiB"),
    ("one_constant.grib", message1(space1(10, 65534, 65534, more=s24(-40000) + s24(10000) + u32(0)), data=data1(flag=8)), "opens", "4 thousand million points of one value about another pole"),
    ("one_all_missing.grib", message1(space1(0, 65534, 65534), data=data1(flag=8, scale=0xFFFF)), "opens", "4 thousand million missing ones"),
    ("one_bitmap_short.grib", message1(space1(0, 1000, 1000), bitmap=section1_of(u8(0) + u16(0) + b"\xff" * 4), data=data1(bits=8, data=bytes(40))), "partial", "a bitmap of 32 bits for a million points"),
    ("one_rows_wrap.grib", message1(space1(0, 65535, 60000, place=33, numbers=b"\xff\xfe" * 60000), data=data1(flag=8)), "opens", "60000 rows of 65534 points"),
    ("one_rows_missing.grib", message1(space1(0, 65535, 60000, place=33), data=data1(flag=8)), "opens", "a list of rows that is not there"),
    ("one_row_order_groups.grib", message1(space1(0, 3, 2), data=data1(flag=0x40, bits=8, data=u16(0xFFFF) + u8(0x50 & 0x3F) + u16(0xFFFF, 0xFFFF) + u8(255) + bytes(9))), "partial", "second-order packing of 65535 groups in 9 bytes"),
    ("one_general_groups.grib", message1(space1(0, 3, 2), data=data1(flag=0x50, bits=8, data=u16(0xFFFF) + u8(0x30) + u16(0xFFFF, 0xFFFF) + u8(255) + bytes(9))), "partial", "a secondary bitmap of 65535 groups"),
    ("one_extended_groups.grib", message1(space1(0, 65534, 65534), data=data1(flag=0x50, bits=32, data=u16(0xFFFF) + u8(0x1B) + u16(0xFFFF, 0xFFFF) + u8(255, 32, 32, 255) + b"\xff" * 40)), "partial", "second-order packing of 16 million groups"),
    ("one_spectral_endless.grib", message1(section1_of(u8(0, 255, 50) + u16(65535, 65535, 65535) + u8(1, 2) + bytes(18)), data=data1(flag=0x80)), "any", "4 thousand million coefficients in no bytes"),
    ("one_spectral_pointer.grib", message1(section1_of(u8(0, 255, 50) + u16(2, 2, 2) + u8(1, 2) + bytes(18)), data=data1(flag=0xC0, bits=16, data=u16(0xFFFF, 0x8000) + u8(255, 255, 255) + bytes(40))), "partial", "packed values at octet 65535"),
    ("one_matrix.grib", message1(space1(0, 3, 2), data=data1(flag=0x10, bits=8, data=bytes(2) + u8(0x40) + b"\xff" * 30)), "partial", "a matrix at every point"),
    ("one_icosahedral.grib", message1(section1_of(u8(0, 255, 192) + u16(10, 0) + u24(10, 1024) + s24(0) + bytes(40)), data=data1(flag=8)), "any", "ten million points of triangles"),
    ("one_grid_99.grib", message1(data=data1(flag=8), grid=99), "any", "a grid that only its number describes"),
    ("mixed.grib", WHOLE1 + b"\xff" * 5000 + WHOLE + WHOLE1[:40] + WHOLE, "any", "both editions, padding, and a message cut off"),
]


def main():
    rows = [(name, end, note) for name, _, end, note in FILES] + FOUND
    for name, data, *_ in FILES:
        (HERE / name).write_bytes(data)
    lines = ["# File; `opens`, `partial` (opens, something in it cannot be read), `any` of these, or the kind of the error; note. Written by make.py.\n"]
    (HERE / "list.txt").write_text("".join(lines + [f"{name} {end} {note}\n" for name, end, note in rows]))


main()
