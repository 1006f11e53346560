#!/usr/bin/env python3
"""Makes names.bin and tables.bin, the names and code tables the GRIB reader ships.

    python3 make.py ECCODES NCL

ECCODES  a folder with ecCodes' `definitions` (a checkout of github.com/ecmwf/eccodes, or the
         definitions that a release was built with: definitions.py), Apache-2.0
NCL      a checkout of github.com/NCAR/ncl (its ni/src/ncl and ni/src/db), Apache-2.0

The same input gives the same files. They are used as they lie, a look-up reads the few rows it
is about. All numbers are little-endian, offsets count from the beginning of the file.

both        strings: count u32, then a u32 end offset for each, then their bytes (UTF-8)
names.bin   keys: count u16, then u16 string for each, in the order of `Key` in src/tables/key.rs
            folders: count u16, then u16 string for each, sorted by name
            tables: count u16, then for each, sorted: what it is u32 (edition << 16 | number of
            the folder << 8 | variant), columns u32 (bits, see COLUMNS), groups u32, and the
            offset u32 of its index
            an index is groups x (primary u32, offset u32), sorted by primary, which is what
            decides most (see PRIMARY), its values an octet each
            a group, all entries that can apply where the primary is this one: count u16, then
            rows. It may serve several tables. The last group of some tables, 0xffffffff, is for
            primaries without a group; it has the entries that do not say the primary, and those
            are in the others too
            a row: weight u8, conditions u8, then (key u8, value i32) for each that the primary
            does not settle, then a u16 string for each column. The row to go before comes first:
            greater weight, which is how many of all its conditions match, and of equals the one
            that stands later in the concept file
tables.bin  tables: count u32, then for each, sorted by name: name u16 string, pad u16,
            rows u32, offset u32
            a row: code u16, sub-code u16, then four u16 strings: abbreviation, text, units, extra;
            sorted by code, and of one code as in the source
"""

import re
import struct
import sys
from pathlib import Path

MISSING = 0x7FFFFFFF
EVERY = 0xFFFFFFFF
COLUMNS = ["shortName", "name", "units", "paramId", "cfVarName", "typeOfLevel"]
VARIANTS = {"": 0, "lte33": 1, "chemsplit": 2, "legacy": 3}
PRIMARY = {
    1: ["table2Version", "indicatorOfParameter"],
    2: ["discipline", "parameterCategory", "parameterNumber"],
}
PRIMARY_OF_LEVELS = {1: ["indicatorOfTypeOfLevel"], 2: ["typeOfFirstFixedSurface"]}


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
    path.write_bytes(data)
    print(f"{path.name}: {len(data)} bytes")


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


def primary(keys, conditions):
    values = dict(conditions)
    parts = [values.get(key) for key in keys]
    if None in parts or any(not 0 <= part < 256 for part in parts):
        return EVERY
    number = 0
    for part in parts:
        number = number << 8 | part
    return number


def weight(conditions):
    """A condition on a list of two processes counts as two."""
    return sum(2 if key == "statisticalProcesses" else 1 for key, _ in conditions)


def groups(keys, rows):
    """primary -> the rows that can apply there: (weight, conditions to try, values), the one to
    go before first"""
    made = {EVERY: []}
    for conditions, _ in rows:
        made.setdefault(primary(keys, conditions), [])
    for number, group in made.items():
        settled = {}
        if number != EVERY:
            octets = number.to_bytes(len(keys), "big")
            settled = dict(zip(keys, octets))
        for conditions, values in rows:
            if primary(keys, conditions) not in (number, EVERY):
                continue
            if any(settled.get(key, value) != value for key, value in conditions):
                continue
            to_try = tuple(c for c in conditions if c[0] not in settled)
            group.insert(0, (weight(conditions), to_try, tuple(values)))
        group.sort(key=lambda row: -row[0])
    return {number: group for number, group in sorted(made.items()) if group}


def names(definitions):
    made = concept_tables(definitions)
    keys = sorted({k for tables in made.values() for _, rows in tables for c, _ in rows for k, _ in c})
    number = {key: i for i, key in enumerate(keys)}
    folders = sorted({folder for _, folder, _ in made})
    strings = Strings()
    heads = [struct.pack(f"<{len(texts) + 1}H", len(texts), *(strings.id(text) for text in texts))
             for texts in (keys, folders)]
    tables, packed = [], {}
    for (edition, folder, variant), concepts in made.items():
        what = edition << 16 | folders.index(folder) << 8 | variant
        for columns, rows in concepts:
            by = (PRIMARY_OF_LEVELS if columns == ["typeOfLevel"] else PRIMARY)[edition]
            assert columns == ["typeOfLevel"] or "typeOfLevel" not in columns
            index = []
            for first, group in groups(by, rows).items():
                data = struct.pack("<H", len(group))
                for row_weight, conditions, values in group:
                    data += struct.pack("<BB", row_weight, len(conditions))
                    for key, value in conditions:
                        data += struct.pack("<Bi", number[key], value)
                    data += struct.pack(f"<{len(values)}H", *(strings.id(value) for value in values))
                index.append((first, packed.setdefault(data, len(packed))))
            tables.append((what, sum(1 << COLUMNS.index(column) for column in columns), index))
    tables.sort(key=lambda table: table[:2])
    head = strings.bytes() + b"".join(heads) + struct.pack("<H", len(tables))
    indexes_at = len(head) + 16 * len(tables)
    groups_at = indexes_at + 8 * sum(len(index) for _, _, index in tables)
    offsets = []
    for data in packed:
        offsets.append(groups_at)
        groups_at += len(data)
    directory, indexes = b"", b""
    for what, bits, index in tables:
        directory += struct.pack("<4I", what, bits, len(index), indexes_at + len(indexes))
        for first, group in index:
            indexes += struct.pack("<II", first, offsets[group])
    print(f"names: {len(strings.ids)} strings, {len(keys)} keys, {len(tables)} tables, {len(packed)} groups")
    print("keys:", " ".join(keys))
    return head + directory + indexes + b"".join(packed)


# Code tables


class Tables:
    def __init__(self):
        self.strings = Strings()
        self.tables = {}

    def add(self, name, code, abbreviation="", text="", units="", extra="", sub=0):
        strings = (self.strings.id(s) for s in (abbreviation, text, units, extra))
        row = struct.pack("<6H", code, sub & 0xFFFF, *strings)
        self.tables.setdefault(name, []).append((code, row))

    def bytes(self):
        entries = [(name, self.strings.id(name)) for name in sorted(self.tables)]
        head = self.strings.bytes() + struct.pack("<I", len(entries))
        at, directory, body = len(head) + 12 * len(entries), b"", b""
        for name, string in entries:
            rows = [row for _, row in sorted(self.tables[name], key=lambda row: row[0])]
            directory += struct.pack("<HxxII", string, len(rows), at + len(body))
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
