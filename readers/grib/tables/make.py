#!/usr/bin/env python3
"""Makes names.bin and tables.bin, the names and code tables the GRIB reader ships.

    python3 make.py ECCODES NCL

ECCODES  a folder with ecCodes' `definitions` (a checkout of github.com/ecmwf/eccodes, or the
         definitions that a release was built with), Apache-2.0
NCL      a checkout of github.com/NCAR/ncl (its ni/src/ncl and ni/src/db), Apache-2.0

The same input gives the same files. Each file is its length uncompressed (u32, little-endian as
all numbers here) and a zlib stream of:

both        strings: count u32, then a u32 end offset for each, then their bytes (UTF-8)
names.bin   keys: count u16, then u16 string for each, in the order of `Key` in src/tables/key.rs
            tables: count u16, then for each: edition u8, variant u8, columns u8 (bits, see
            COLUMNS), pad u8, folder u16 string, pad u16, rows u32, then the offset u32 of its
            index, counted from the beginning of the file
            an index is rows x (primary u32, place u32, offset u32), sorted by primary, then by
            place, the number of the row in its concept file; primary is what decides most:
            discipline, category and number, or table and indicator of parameter, 0xffffffff
            for rows without all of them
            a row: conditions u8, then (key u8, value i32) for each, then a u16 string for each
            column
tables.bin  tables: count u32, then for each, sorted by name: name u32 string, rows u32, offset u32
            a row: code u16, sub-code u16, then four u32 strings: abbreviation, text, units, extra
"""

import re
import struct
import sys
import zlib
from pathlib import Path

MISSING = 0x7FFFFFFF
EVERY = 0xFFFFFFFF
COLUMNS = ["shortName", "name", "units", "paramId", "cfVarName", "typeOfLevel"]
VARIANTS = {"": 0, "lte33": 1, "chemsplit": 2, "legacy": 3}
PRIMARY = {
    1: ["table2Version", "indicatorOfParameter"],
    2: ["discipline", "parameterCategory", "parameterNumber"],
}


class Strings:
    def __init__(self):
        self.ids = {}

    def id(self, text):
        return self.ids.setdefault(text, len(self.ids))

    def bytes(self):
        encoded = [text.encode() for text in self.ids]
        ends, end = [], 0
        for text in encoded:
            end += len(text)
            ends.append(end)
        return struct.pack(f"<{len(ends) + 1}I", len(ends), *ends) + b"".join(encoded)


def read(path):
    data = path.read_bytes()
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def write(path, data):
    packed = struct.pack("<I", len(data)) + zlib.compress(data, 9)
    path.write_bytes(packed)
    print(f"{path.name}: {len(packed)} bytes, {len(data)} uncompressed")


# ecCodes' concepts

ENTRY = re.compile(r"""(?:'([^']*)'|"([^"]*)"|([\w.~+-]+))\s*=\s*\{([^}]*)\}""")
CONDITION = re.compile(r"""\s*([\w.]+)\s*=\s*(\[[^\]]*\]|"[^"]*"|[^;]*?)\s*;""")


def concept(path):
    """The entries of a concept file: (value, conditions), in order."""
    text = re.sub(r"(?m)^\s*#.*$", "", read(path))
    entries = []
    for single, double, bare, body in ENTRY.findall(text):
        conditions = []
        for key, value in CONDITION.findall(body):
            if value == "missing()":
                value = MISSING
            elif value.startswith("["):
                first, second = (int(part) for part in value[1:-1].split(","))
                key, value = "statisticalProcesses", first << 8 | second
            elif value == '"accum"':
                value = 1
            elif value.strip("'\"") in ("hPa", "Pa"):
                value = int(value.strip("'\"") == "Pa")
            else:
                value = int(value)
            conditions.append((key, value))
        entries.append((single or double or bare, tuple(conditions)))
    return entries


def concept_tables(definitions):
    """(edition, folder, variant) -> [(columns, [(conditions, values)])]"""
    made = {}
    for edition in (1, 2):
        root = definitions / f"grib{edition}"
        for path in sorted(root.rglob("*.def")):
            stem, *variant = path.name[: -len(".def")].split(".")
            column = stem.replace("typeOfLevelConcept", "typeOfLevel")
            if column not in COLUMNS or (variant and variant[0] not in VARIANTS):
                continue
            folder = path.parent.name if path.parent != root else ""
            key = (edition, folder, VARIANTS[variant[0] if variant else ""])
            made.setdefault(key, {})[column] = concept(path)
    joined = {}
    for key, by_column in sorted(made.items()):
        groups = {}
        for column in COLUMNS:
            if column in by_column:
                rows = by_column[column]
                groups.setdefault(tuple(c for _, c in rows), []).append((column, rows))
        joined[key] = [
            (
                [column for column, _ in group],
                [(c, [rows[i][0] for _, rows in group]) for i, c in enumerate(conditions)],
            )
            for conditions, group in groups.items()
        ]
    return joined


def primary(edition, conditions):
    values = dict(conditions)
    parts = [values.get(key) for key in PRIMARY[edition]]
    if None in parts or any(not 0 <= part < 256 for part in parts):
        return EVERY
    number = 0
    for part in parts:
        number = number << 8 | part
    return number


def names(definitions):
    made = concept_tables(definitions)
    keys = sorted({k for groups in made.values() for _, rows in groups for c, _ in rows for k, _ in c})
    number = {key: i for i, key in enumerate(keys)}
    strings = Strings()
    key_bytes = struct.pack(f"<{len(keys) + 1}H", len(keys), *(strings.id(key) for key in keys))
    tables, rows_total = [], 0
    for (edition, folder, variant), groups in made.items():
        for columns, rows in groups:
            indexed = []
            for place, (conditions, values) in enumerate(rows):
                row = struct.pack("<B", len(conditions))
                for key, value in conditions:
                    row += struct.pack("<Bi", number[key], value)
                row += struct.pack(f"<{len(values)}H", *(strings.id(value) for value in values))
                indexed.append((primary(edition, conditions), place, row))
            bits = sum(1 << COLUMNS.index(column) for column in columns)
            rows_total += len(rows)
            tables.append((edition, variant, bits, strings.id(folder), sorted(indexed)))
    head = strings.bytes() + key_bytes
    at = len(head) + 2 + 16 * len(tables)
    directory, indexes = struct.pack("<H", len(tables)), b""
    rows_at = at + 12 * rows_total
    unique, unique_bytes = {}, 0
    for edition, variant, bits, folder, rows in tables:
        directory += struct.pack("<BBBxHxxII", edition, variant, bits, folder, len(rows), at + len(indexes))
        for first, place, row in rows:
            if row not in unique:
                unique[row] = rows_at + unique_bytes
                unique_bytes += len(row)
            indexes += struct.pack("<III", first, place, unique[row])
    body = indexes + b"".join(unique)
    print(f"names: {len(strings.ids)} strings, {len(keys)} keys, {len(tables)} tables, {rows_total} rows")
    print("keys:", " ".join(keys))
    return head + directory + body


# Code tables


class Tables:
    def __init__(self):
        self.strings = Strings()
        self.tables = {}

    def add(self, name, code, abbreviation="", text="", units="", extra="", sub=0):
        row = struct.pack("<HH", code, sub & 0xFFFF)
        row += struct.pack("<4I", *(self.strings.id(s) for s in (abbreviation, text, units, extra)))
        self.tables.setdefault(name, []).append(row)

    def bytes(self):
        entries = [(name, self.strings.id(name)) for name in sorted(self.tables)]
        head = self.strings.bytes() + struct.pack("<I", len(entries))
        at, directory, body = len(head) + 12 * len(entries), b"", b""
        for name, string in entries:
            rows = self.tables[name]
            directory += struct.pack("<III", string, len(rows), at + len(body))
            body += b"".join(rows)
        rows = sum(len(rows) for rows in self.tables.values())
        print(f"tables: {len(self.strings.ids)} strings, {len(entries)} tables, {rows} rows")
        return head + directory + body


def eccodes_table(tables, name, path):
    for line in read(path).splitlines():
        match = re.match(r"\s*(\d+)\s+(\S+)(?:\s+(.*\S))?\s*$", line)
        if match and int(match[1]) < 65536:
            text = (match[3] or match[2]).strip('"')
            units = re.search(r"\(([^()]*)\)$", text)
            tables.add(name, int(match[1]), match[2], text, units[1] if units else "")


def eccodes_tables(tables, definitions):
    for path in sorted((definitions / "common").glob("c-*1.table")):
        eccodes_table(tables, f"common/{path.stem}", path)
    for name in ("3", "4", "5"):
        eccodes_table(tables, f"grib1/{name}", definitions / "grib1" / f"{name}.table")
    latest = max((definitions / "grib2/tables").iterdir(),
                 key=lambda path: int(path.name) if path.name.isdigit() else -1)
    for path in sorted(latest.glob("*.table")):
        eccodes_table(tables, f"grib2/{path.stem}", path)
    print("ecCodes code tables, version", latest.name)


def c_strings(text):
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return [re.sub(r"\\(.)", r"\1", s) for s in re.findall(r'"((?:[^"\\]|\\.)*)"', text)]


def c_array(text, name):
    """What stands between the braces of `name[] = { ... };`"""
    body = re.search(r"\b" + name + r"\[\]\s*=\s*\{(.*?)\n?\s*\};", text, re.S)[1]
    return re.sub(r"/\*.*?\*/", "", body, flags=re.S)


STRING = r'"((?:[^"\\]|\\.)*)"'


def nio_edition1(tables, ncl):
    for path in sorted(ncl.glob("*_gtb.h")):
        text = re.sub(r"/\*.*?\*/", "", read(path), flags=re.S)
        name = "nio1/" + path.name[: -len("_gtb.h")]
        for row in re.finditer(r"\{\s*(\d+)\s*,\s*" + r"\s*,\s*".join([STRING] * 3) + r"\s*\}", text):
            long_name, units, abbreviation = (re.sub(r"\\(.)", r"\1", s) for s in row.groups()[1:])
            tables.add(name, int(row[1]), abbreviation, long_name, units)
    text = read(ncl / "tables.h")
    for array, name in (("centers", "centres"), ("sub_centers", "sub_centres"), ("models", "models")):
        for code, value in re.findall(r"\{\s*(\d+)\s*,\s*" + STRING, c_array(text, array)):
            tables.add(f"nio1/{name}", int(code), text=re.sub(r"\\(.)", r"\1", value))
    for name, codes, suffixes in (
        ("levels", ("level_index", "ecmwf_local_level", "jra55_local_level"), ("", "/98", "/34")),
        ("time_ranges", ("time_range_indicator", "jra55_local_time_range_indicator"), ("", "/34")),
    ):
        if name == "levels":
            texts = [c_strings(c_array(text, array)) for array in ("level_str", "level_units_str", "level_str_long_name")]
        else:
            texts = [[], [], c_strings(c_array(text, "time_range_descriptor"))]
        at = 0
        for array, suffix in zip(codes, suffixes):
            for code in re.findall(r"\d+", c_array(text, array)):
                values = [column[at] if at < len(column) else "" for column in texts]
                tables.add(f"nio1/{name}{suffix}", int(code), values[0], values[2], values[1])
                at += 1
        assert at == len(texts[2]), name
    for code in re.findall(r"\d+", c_array(text, "ecmwf_members")):
        tables.add("nio1/ecmwf_members", int(code))


def nio_edition2(tables, ncl, codes):
    for path in [codes / "centers.table", *sorted(codes.glob("*/*/*.table"))]:
        source = path.parent.parent.name + "/" if path.name != "centers.table" else ""
        stem = path.stem if source else "centres"
        for line in read(path).splitlines():
            # NIO reads 255 characters of a line, and no empty fields.
            fields = [field for field in line[:255].split(":") if field]
            code = re.match(r"\s*(\d+)", fields[0]) if fields else None
            if line.lstrip().startswith("#") or not code or len(fields) < 3:
                continue
            sub = re.match(r"\s*(-?\d+)", fields[1])
            text, units, abbreviation = (fields[2:] + ["", "", ""])[:3]
            tables.add(f"nio2/{source}{stem}", int(code[1]) & 0xFFFF, abbreviation, text, units,
                       sub=int(sub[1]) if sub else 0)
    text = c_array(read(ncl / "NclGRIB2.c"), "tigge_info")
    number = r"\s*(-?\d+)\s*,"
    for row in re.findall(r"\{" + number * 11 + r"\s*" + r"\s*,\s*".join([STRING] * 3), text):
        flag, discipline, category, parameter, process, first = (int(part) for part in row[:6])
        second = int(row[8])
        # What has to agree: process, first surface, second surface.
        match = [process if flag == 2 else "-", first if flag != 6 else "-", second if flag in (3, 4) else "-"]
        tables.add(f"nio2/tigge/names.{discipline}.{category}", parameter, row[11], row[12], row[13],
                   " ".join(str(part) for part in match))


def main():
    eccodes, ncl = (Path(argument) for argument in sys.argv[1:3])
    here = Path(__file__).parent
    write(here / "names.bin", names(eccodes / "definitions"))
    tables = Tables()
    eccodes_tables(tables, eccodes / "definitions")
    nio_edition1(tables, ncl / "ni/src/ncl")
    nio_edition2(tables, ncl / "ni/src/ncl", ncl / "ni/src/db/grib2_codetables")
    write(here / "tables.bin", tables.bytes())


main()
