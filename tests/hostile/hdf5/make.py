#!/usr/bin/env python3
"""Writes the bad files beside this one and list.txt, which says how each must end.

    python3 tests/hostile/hdf5/make.py

A file that a fuzzer finds is not made here: drop it in and add its row to FOUND.
"""
import pathlib
import struct
import sys
import zlib

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent

# Found elsewhere: (file, end, note).
FOUND = []

U64 = (1 << 64) - 1
UNDEFINED = b"\xff" * 8


# The pieces of a file ---------------------------------------------------------------------------

def lookup3(data):
    """Bob Jenkins's hash, the checksum of metadata."""
    def turn(x, k):
        return (x << k | x >> 32 - k) & 0xFFFFFFFF
    a = b = c = (0xDEADBEEF + len(data)) & 0xFFFFFFFF
    for at in range(0, len(data), 12):
        words = [int.from_bytes(data[at + k:at + k + 4], "little") for k in (0, 4, 8)]
        a, b, c = ((x + word) & 0xFFFFFFFF for x, word in zip((a, b, c), words))
        if at + 12 >= len(data):
            break
        for k in (4, 6, 8, 16, 19, 4):
            a = (a - c & 0xFFFFFFFF) ^ turn(c, k)
            c = c + b & 0xFFFFFFFF
            a, b, c = b, c, a
    for k in (14, 11, 25, 16, 4, 14, 24):
        c = (c ^ b) - turn(b, k) & 0xFFFFFFFF
        a, b, c = b, c, a
    return b


def u8(*values):
    return bytes(values)


def u16(*values):
    return struct.pack(f"<{len(values)}H", *values)


def u32(*values):
    return struct.pack(f"<{len(values)}I", *values)


def u64(*values):
    return struct.pack(f"<{len(values)}Q", *[value & U64 for value in values])


def checked(data):
    return data + u32(lookup3(data))


def message(kind, body, flags=0):
    return u8(kind) + u16(len(body)) + u8(flags) + body


def header(*messages, size=None):
    """Version 2."""
    body = b"".join(messages)
    return checked(b"OHDR" + u8(2, 2) + u32(len(body) if size is None else size) + body)


def more(*messages):
    """A continuation block, and the message that leads to it from elsewhere."""
    return checked(b"OCHK" + b"".join(messages))


def continuation(address, length):
    return message(0x10, u64(address, length))


def link(name, address):
    return message(6, u8(1, 0, len(name)) + name + u64(address))


def link_info(heap=UNDEFINED, names=UNDEFINED):
    return message(2, u8(0, 0) + heap + names)


def group(*links):
    return header(link_info(), *links)


def space(*dims):
    return message(1, u8(2, len(dims), 0, 1 if dims else 0) + u64(*dims))


I1 = u8(0x10, 8, 0, 0) + u32(1) + u16(0, 8)
I4 = u8(0x10, 8, 0, 0) + u32(4) + u16(0, 32)
# Variable-length text.
TEXT = u8(0x19, 1, 0, 0) + u32(16) + u8(0x13, 0, 0, 0) + u32(1)


def dtype(body, flags=0):
    return message(3, body, flags)


FILL = message(5, u8(3, 0x0A))


def contiguous(address, size):
    return message(8, u8(3, 1) + u64(address, size))


def compact(data):
    return message(8, u8(3, 0) + u16(len(data)) + data)


def chunked(dims, index, flags=0, element=4, width=8):
    """Version 4; `index` is its type, its parameters and address."""
    dims = b"".join(n.to_bytes(width, "little") for n in (*dims, element))
    return message(8, u8(4, 2, flags, len(dims) // width, width) + dims + index)


def chunked_3(dims, address, element=4):
    return message(8, u8(3, 2, len(dims) + 1) + u64(address) + u32(*dims, element))


def filters(*numbers):
    body = b"".join(u16(number, 0, len(values)) + u32(*values) if number < 256 else u16(number, 0, 0, len(values)) + u32(*values) for number, values in numbers)
    return message(11, u8(2, len(numbers)) + body)


def attribute(name, kind, dims, data):
    parts = u8(2, len(dims), 0, 1 if dims else 0) + u64(*dims)
    return message(12, u8(3, 0) + u16(len(name) + 1, len(kind), len(parts)) + u8(0) + name + b"\0" + kind + parts + data)


def superblock(root, end, version=3, extension=U64, base=0):
    return checked(b"\x89HDF\r\n\x1a\n" + u8(version, 8, 8, 0) + u64(base, extension, end, root))


def file(pieces, root=48, extension=U64, claimed=None):
    """`pieces` by address, behind a superblock of version 3."""
    out = bytearray(max(address + len(data) for address, data in pieces.items()))
    for address, data in pieces.items():
        out[address:address + len(data)] = data
    out[:48] = superblock(root, len(out) if claimed is None else claimed, extension=extension)
    return bytes(out)


def dataset(*messages, pieces=None, at=512):
    """A root group with one dataset at 512; `pieces` from 1024 on."""
    head = header(*messages)
    assert not pieces or at > min(pieces) or at + len(head) <= min(pieces), "a header over other pieces"
    return file({48: group(link(b"v", at)), at: head, **(pieces or {})})


def old_header(*messages, count=None):
    """Version 1; messages are (type, body), bodies of a multiple of 8 bytes."""
    body = b"".join(u16(kind, len(data)) + u8(0, 0, 0, 0) + data for kind, data in messages)
    return u8(1, 0) + u16(len(messages) if count is None else count) + u32(1, len(body), 0) + body


def old_file(pieces, root=96):
    end = max(address + len(data) for address, data in pieces.items())
    out = bytearray(end)
    for address, data in pieces.items():
        out[address:address + len(data)] = data
    out[:96] = b"\x89HDF\r\n\x1a\n" + u8(0, 0, 0, 0, 0, 8, 8, 0) + u16(4, 16) + u32(0) + u64(0, U64, end, U64) + u64(0, root) + u32(0, 0) + bytes(16)
    return bytes(out)


def tree(level, used, entries, left=U64, right=U64, kind=0):
    return b"TREE" + u8(kind, level) + u16(used) + u64(left, right) + entries


def local_heap(segment, size, free=U64):
    return b"HEAP" + u8(0, 0, 0, 0) + u64(size, free, segment)


def symbols(*entries, count=None):
    return b"SNOD" + u8(1, 0) + u16(len(entries) if count is None else count) + b"".join(u64(name, address) + u32(0, 0) + bytes(16) for name, address in entries)


def old_group(pieces):
    """Header at 96, B-tree at 256, heap at 512 with its names at 600."""
    return old_file({96: old_header((0x11, u64(256, 512))), 600: b"\0" * 8 + b"name\0\0\0\0", 512: local_heap(600, 16), **pieces})


def fractal_heap(root, rows=0, width=4, start=512, most=65536, bits=32, id_len=7, managed=512, huge=U64, filter_len=0, objects=1):
    return checked(b"FRHP" + u8(0) + u16(id_len, filter_len) + u8(0) + u32(4096) + u64(0, huge, 0, U64, managed, managed, managed, objects, 0, 0, 0, 0)
                   + u16(width) + u64(start, most) + u16(bits, 1) + u64(root) + u16(rows))


def btree_2(kind, record, root, records, total, depth=0, node=512):
    return checked(b"BTHD" + u8(0, kind) + u32(node) + u16(record, depth) + u8(100, 40) + u64(root) + u16(records) + u64(total))


def dense(heap_data, names_data, pieces):
    """A group whose links are dense: heap header at 512, index header at 1024."""
    return file({48: header(link_info(u64(512), u64(1024))), 512: heap_data, 1024: names_data, **pieces})


def names_record(number, heap_id):
    return u32(number) + heap_id


# The files --------------------------------------------------------------------------------------

def binary_dag(depth=40):
    """Each group holds the next one twice: 2^40 paths to the last."""
    return file({48 + 128 * k: group(*([link(b"a", 48 + 128 * (k + 1)), link(b"b", 48 + 128 * (k + 1))] if k < depth else [])) for k in range(depth + 1)})


def nested_type(depth):
    """A sequence of sequences of ..."""
    return b"".join(u8(0x19, 0, 0, 0) + u32(16) for _ in range(depth)) + I4


def bomb(times, *layers):
    """A chunk that grows a thousandfold with each layer of deflate."""
    data = zlib.compressobj(9)
    out = b"".join(data.compress(bytes(1 << 20)) for _ in range(times)) + data.flush()
    for _ in layers:
        out = zlib.compress(out, 9)
    return out


ONCE, TWICE = bomb(64), bomb(1024, "again")
SINGLE = u8(1)


def single(dims, data, *numbers, size=None, element=4):
    index = SINGLE + (u64(len(data) if size is None else size) + u32(0) if numbers else b"") + u64(1024)
    extra = [filters(*numbers)] if numbers else []
    # Behind the data, for there may be many filters.
    return dataset(space(*dims), dtype(I4), FILL, *extra, chunked(dims, index, flags=2 if numbers else 0, element=element), pieces={1024: data}, at=1024 + len(data) + 64)


def heap(*objects, size=4096):
    body = b"".join(u16(number, 1) + u32(0) + u64(len(data)) + data + bytes(-len(data) % 8) for number, data in objects)
    return (b"GCOL" + u8(1, 0, 0, 0) + u64(size) + body).ljust(size, b"\0")[:max(size, 16)]


def virtual(mappings, count=None):
    """A virtual dataset whose mappings are (file, dataset) of all their elements."""
    every = u32(3, 1) + bytes(8)
    body = b"".join(name + b"\0" + data + b"\0" + every + every for name, data in mappings)
    block = u8(0) + u64(len(mappings) if count is None else count) + body
    block = checked(block)
    return dataset(space(4), dtype(I4), FILL, message(8, u8(4, 3) + u64(1024) + u32(1)), pieces={1024: heap((1, block))})


FILES = [
    # Superblock
    ("signature_only.h5", b"\x89HDF\r\n\x1a\n", "Truncated", "nothing but the signature"),
    ("superblock_9.h5", b"\x89HDF\r\n\x1a\n" + u8(9) + bytes(90), "Unsupported", "a version that does not exist"),
    ("superblock_checksum.h5", file({48: group()})[:44] + bytes(4) + file({48: group()})[48:], "Malformed", "the checksum is 0"),
    ("offsets_of_3_bytes.h5", checked(b"\x89HDF\r\n\x1a\n" + u8(3, 3, 8, 0) + bytes(12) + u64(0)) + bytes(99), "Malformed", "addresses of a width there is not"),
    ("offsets_of_255_bytes.h5", checked(b"\x89HDF\r\n\x1a\n" + u8(3, 255, 255, 0) + bytes(1020)) + bytes(99), "Malformed", "addresses of 2040 bits"),
    ("root_undefined.h5", file({48: group()}, root=U64), "Malformed", "no root group"),
    ("root_outside.h5", file({48: group()}, root=1 << 62), "Truncated", "the root group beyond the end"),
    ("root_wraps.h5", file({48: group()}, root=U64 - 2), "Truncated", "its address and size pass 2^64"),
    ("root_is_superblock.h5", file({48: group()}, root=0), "Malformed", "the signature read as a header"),
    ("extension_is_root.h5", file({48: group()}, extension=48), "opens", "the root group as superblock extension"),
    ("extension_loop.h5", file({48: header(continuation(256, 28)), 256: more(continuation(256, 28)), 512: group()}, extension=48, root=512), "Malformed", "a loop in the superblock extension"),
    ("end_far_away.h5", file({48: group(link(b"g", 256)), 256: group()}, claimed=1 << 50), "partial", "a file that says it is a petabyte long"),
    # Object headers
    ("continuation_itself.h5", file({48: header(link_info(), continuation(256, 28)), 256: more(continuation(256, 28))}), "partial", "a continuation block that continues in itself"),
    ("continuations_in_circle.h5", file({48: header(link_info(), continuation(256, 28)), 256: more(continuation(512, 28)), 512: more(continuation(256, 28))}), "partial", "two that continue in each other"),
    ("continuations_many.h5", file({48: header(link_info(), *[continuation(8192, 28)] * 200), 8192: more(message(0, bytes(16)))}), "partial", "one block 200 times"),
    ("continuation_endless.h5", file({48: header(link_info(), continuation(256, 1 << 62)), 256: bytes(64)}), "partial", "a block of 2^62 bytes"),
    ("header_endless.h5", file({48: header(link_info(), size=0xFFFFFFF0)}), "Limit", "a header of 4 GiB"),
    ("header_of_itself_1.h5", old_file({96: old_header((0x10, u64(96, 64)), (0x11, u64(96, 96)))}), "partial", "version 1: continues at its own beginning"),
    ("messages_65535.h5", old_file({96: old_header((0, bytes(8)), count=65535), 400: b"\0"}), "opens", "version 1: 65535 messages in 16 bytes"),
    ("message_past_header.h5", file({48: checked(b"OHDR" + u8(2, 2) + u32(8) + u8(6) + u16(60000) + u8(0) + bytes(4))}), "partial", "a message longer than its header"),
    ("shared_itself.h5", dataset(space(4), dtype(u8(3, 2) + u64(512), flags=2), FILL, contiguous(1024, 16), pieces={1024: bytes(16)}), "partial", "a datatype that is shared with itself"),
    ("shared_in_circle.h5", dataset(space(4), dtype(u8(3, 2) + u64(1024), flags=2), FILL, contiguous(2048, 16), pieces={1024: header(dtype(u8(3, 2) + u64(512), flags=2)), 2048: bytes(16)}), "partial", "two that are shared with each other"),
    ("unknown_must_fail.h5", dataset(space(4), dtype(I4), FILL, contiguous(1024, 16), message(0x77, b"", flags=0x80), pieces={1024: bytes(16)}), "partial", "an unknown message that says so must not be read"),
    # Groups of the new kind
    ("binary_dag.h5", binary_dag(), "opens", "2^40 paths through 41 groups"),
    ("group_in_itself.h5", file({48: group(link(b"a", 48), link(b"b", 48))}), "opens", "a group twice in itself"),
    ("link_name_endless.h5", file({48: group(message(6, u8(1, 3) + u64(U64) + b"abc"))}), "partial", "a name of 2^64 bytes"),
    ("link_nowhere.h5", file({48: group(link(b"a", 1 << 60), link(b"b", U64), link(b"c", 0), link(b"d", 9))}), "partial", "links beyond the end, undefined, to the superblock"),
    ("soft_link_endless.h5", file({48: group(message(6, u8(1, 8, 1, 1) + b"a" + u16(65535) + b"short"))}), "partial", "a path of 65535 bytes in 5"),
    ("names_alike.h5", file({48: group(*[link(b"same", 4096)] * 100), 4096: group()}), "opens", "a hundred links of one name"),
    ("name_with_slashes.h5", file({48: group(link(b"../../x", 512), link(b"/", 512), link(b"", 512), link(b"a\nb\x1b[31m", 512)), 512: group()}), "opens", "names with slashes, control characters, none"),
    ("heap_is_index.h5", dense(fractal_heap(512, rows=1), btree_2(5, 11, 1024, 1, 1), {2048: bytes(16)}), "partial", "heap and index lead to themselves"),
    ("heap_width_0.h5", dense(fractal_heap(2048, rows=1, width=0, start=0), btree_2(5, 11, 1536, 1, 1), {1536: checked(b"BTLF" + u8(0, 5) + names_record(1, bytes(7))), 2048: bytes(99)}), "partial", "a heap of blocks of no bytes"),
    ("heap_width_65535.h5", dense(fractal_heap(2048, rows=65535, width=65535, bits=65535), btree_2(5, 11, 1536, 1, 1), {1536: checked(b"BTLF" + u8(0, 5) + names_record(1, bytes(7))), 2048: bytes(99)}), "partial", "a heap of 65535 rows of 65535 blocks"),
    ("heap_block_itself.h5", dense(fractal_heap(2048, rows=20, managed=1 << 40), btree_2(5, 11, 1536, 1, 1), {1536: checked(b"BTLF" + u8(0, 5) + names_record(1, u8(0) + u32(1 << 30) + u16(9))), 2048: checked(b"FHIB" + u8(0) + u64(512) + u32(0) + u64(*[2048] * 80))}), "partial", "an indirect block that is its own child"),
    ("heap_object_endless.h5", dense(fractal_heap(2048, id_len=16, bits=64), btree_2(5, 20, 1536, 1, 1), {1536: checked(b"BTLF" + u8(0, 5) + names_record(1, u8(0) + u64(0) + u32(0xFFFFFFFF) + bytes(3))), 2048: checked(b"FHDB" + u8(0) + u64(512) + bytes(480))}), "partial", "an object of 4 GiB in a block of 512 bytes"),
    ("index_in_itself.h5", dense(fractal_heap(2048), btree_2(5, 11, 1536, 1, 1 << 60, depth=60), {1536: checked(b"BTIN" + u8(0, 5) + names_record(1, bytes(7)) + (u64(1536) + u8(1) + u64(1 << 59)) * 2), 2048: bytes(512)}), "partial", "a node of the index that is its own child"),
    ("index_of_records_0.h5", dense(fractal_heap(2048), btree_2(5, 0, 1536, 65535, U64), {1536: checked(b"BTLF" + u8(0, 5)), 2048: bytes(512)}), "partial", "2^64 records of no bytes"),
    ("index_node_4g.h5", dense(fractal_heap(2048), btree_2(5, 11, 1536, 65535, U64, node=0xFFFFFFFF), {1536: bytes(64), 2048: bytes(512)}), "partial", "nodes of 4 GiB"),
    ("index_depth_65535.h5", dense(fractal_heap(2048), btree_2(5, 11, 1536, 1, 1, depth=65535), {1536: bytes(512), 2048: bytes(512)}), "partial", "65535 levels"),
    # Groups of the old kind
    ("tree_in_itself.h5", old_group({256: tree(1, 2, u64(0, 256, 8, 256, 8))}), "partial", "a B-tree node that is its own child"),
    ("tree_in_circle.h5", old_group({256: tree(200, 1, u64(0, 320, 8)), 320: tree(199, 1, u64(0, 256, 8))}), "partial", "two nodes that are each other's child"),
    ("tree_siblings_loop.h5", old_group({256: tree(0, 1, u64(0, 700, 8), left=256, right=256), 700: symbols((8, 96))}), "opens", "a node that is its own neighbour"),
    ("tree_of_65535.h5", old_group({256: tree(0, 65535, u64(0, 700, 8)), 700: symbols((8, 96))}), "partial", "65535 children in 24 bytes"),
    ("tree_children_alike.h5", old_group({256: tree(0, 9, u64(*[0, 700] * 9, 8)), 700: symbols(*[(8, 96)] * 8)}), "opens", "nine times the same symbols"),
    ("symbols_65535.h5", old_group({256: tree(0, 1, u64(0, 700, 8)), 700: symbols((8, 96), count=65535)}), "partial", "65535 symbols in 40 bytes"),
    ("symbol_name_outside.h5", old_group({256: tree(0, 1, u64(0, 700, 8)), 700: symbols((1 << 40, 96), (15, 96), (U64, 96))}), "partial", "names beyond the heap"),
    ("local_heap_endless.h5", old_group({256: tree(0, 1, u64(0, 700, 8)), 512: local_heap(600, U64), 700: symbols((8, 96))}), "partial", "a local heap of 2^64 bytes"),
    # Datatypes
    ("type_nested_8000.h5", dataset(space(1), dtype(nested_type(8000)), FILL, contiguous(65000, 16), pieces={65000: bytes(16)}), "partial", "a sequence of sequences, 8000 deep"),
    ("type_compound_of_65535.h5", dataset(space(1), dtype(u8(0x36, 0xFF, 0xFF, 0) + u32(4) + b"a\0\0\0"), FILL, contiguous(1024, 16), pieces={1024: bytes(16)}), "partial", "65535 members in 4 bytes"),
    ("type_compound_of_0.h5", dataset(space(1), dtype(u8(0x36, 0, 0, 0) + u32(4)), FILL, contiguous(1024, 16), pieces={1024: bytes(16)}), "partial", "no members"),
    ("type_member_outside.h5", dataset(space(1), dtype(u8(0x36, 1, 0, 0) + u32(4) + b"a\0" + u8(200) + I4), FILL, contiguous(1024, 16), pieces={1024: bytes(16)}), "partial", "a member behind the end of its compound"),
    ("type_array_overflow.h5", dataset(space(1), dtype(u8(0x2A | 0x10, 0, 0, 0) + u32(0xFFFFFFFF) + u8(4) + u32(*[0xFFFFFFFF] * 4) + I4), FILL, contiguous(1024, 16), pieces={1024: bytes(16)}), "partial", "2^128 elements in an element"),
    ("type_enum_of_65535.h5", dataset(space(1), dtype(u8(0x38, 0xFF, 0xFF, 0) + u32(4) + I4), FILL, contiguous(1024, 16), pieces={1024: bytes(16)}), "partial", "65535 names in no bytes"),
    ("type_size_0.h5", dataset(space(1 << 60), dtype(u8(0x10, 8, 0, 0) + u32(0) + u16(0, 0)), FILL, contiguous(1024, 16), pieces={1024: bytes(16)}), "partial", "2^60 integers of no bytes"),
    ("type_text_of_0.h5", dataset(space(1 << 60), dtype(u8(0x13, 0, 0, 0) + u32(0)), FILL, contiguous(1024, 16), pieces={1024: bytes(16)}), "partial", "2^60 texts of no bytes"),
    ("type_size_4g.h5", dataset(space(1), dtype(u8(0x15, 0, 0, 0) + u32(0xFFFFFFFF)), FILL, contiguous(1024, 16), pieces={1024: bytes(16)}), "partial", "an opaque element of 4 GiB"),
    ("type_precision_65535.h5", dataset(space(1), dtype(u8(0x10, 8, 0, 0) + u32(4) + u16(65535, 65535)), FILL, contiguous(1024, 16), pieces={1024: bytes(16)}), "partial", "more bits than bytes"),
    ("type_float_outside.h5", dataset(space(1), dtype(u8(0x11, 0x20, 255, 0) + u32(4) + u16(0, 32) + u8(250, 255, 200, 255) + u32(0xFFFFFFFF)), FILL, contiguous(1024, 16), pieces={1024: bytes(16)}), "partial", "fields of a float beyond its bits"),
    # Dataspaces and layouts
    ("space_rank_255.h5", dataset(message(1, u8(2, 255, 0, 1) + u64(*[1] * 255)), dtype(I4), FILL, contiguous(4096, 4), pieces={4096: bytes(4)}), "partial", "255 axes"),
    ("space_overflow.h5", dataset(space(1 << 40, 1 << 40), dtype(I4), FILL, contiguous(1024, 16), pieces={1024: bytes(16)}), "partial", "2^80 elements"),
    ("space_exabytes.h5", dataset(space(1 << 58), dtype(I4), FILL, contiguous(1024, 1 << 60), pieces={1024: bytes(16)}), "opens", "2^60 bytes in 16"),
    ("space_exabytes_unwritten.h5", dataset(space(1 << 61), dtype(I1), FILL, contiguous(U64, 0)), "opens", "2^61 elements that were never written: a corner can be read"),
    ("contiguous_wraps.h5", dataset(space(4), dtype(I4), FILL, contiguous(U64 - 7, 16)), "partial", "address and size pass 2^64"),
    ("contiguous_too_small.h5", dataset(space(400), dtype(I4), FILL, contiguous(1024, 8), pieces={1024: bytes(1600)}), "partial", "400 elements in 8 bytes"),
    ("compact_too_small.h5", dataset(space(400), dtype(I4), FILL, compact(bytes(8))), "partial", "400 elements in 8 bytes of the header"),
    ("compact_lies.h5", dataset(space(4), dtype(I4), FILL, message(8, u8(3, 0) + u16(65535) + bytes(4))), "partial", "65535 bytes in 4"),
    ("no_layout.h5", dataset(space(4), dtype(I4), FILL), "partial", "a dataset without a layout"),
    ("layout_9.h5", dataset(space(4), dtype(I4), FILL, message(8, u8(9, 1) + u64(1024, 16)), pieces={1024: bytes(16)}), "partial", "a version that does not exist"),
    ("chunk_of_0.h5", dataset(space(4), dtype(I4), FILL, chunked((0,), SINGLE + u64(1024)), pieces={1024: bytes(16)}), "partial", "chunks of no elements"),
    ("chunk_of_2_to_40.h5", dataset(space(4), dtype(I4), FILL, chunked((1 << 40,), SINGLE + u64(1024)), pieces={1024: bytes(16)}), "partial", "chunks of 2^40 elements"),
    ("chunk_of_2_to_40_deflated.h5", dataset(space(1 << 40), dtype(I4), FILL, filters((1, [6])), chunked((1 << 40,), SINGLE + u64(100) + u32(0) + u64(1024), flags=2), pieces={1024: zlib.compress(bytes(16)).ljust(100)}), "partial", "a chunk of 4 TiB, deflated"),
    ("chunk_overflow.h5", dataset(space(4, 4, 4), dtype(I4), FILL, chunked((1 << 40, 1 << 40, 1 << 40), SINGLE + u64(1024)), pieces={1024: bytes(16)}), "partial", "chunks of 2^120 elements"),
    ("chunk_of_other_rank.h5", dataset(space(4, 4), dtype(I4), FILL, chunked((4,), SINGLE + u64(1024)), pieces={1024: bytes(64)}), "partial", "chunks of one axis, data of two"),
    ("chunk_of_other_element.h5", dataset(space(4), dtype(I4), FILL, chunked((4,), SINGLE + u64(1024), element=1000), pieces={1024: bytes(64)}), "partial", "elements of 1000 bytes in the layout"),
    ("index_implicit_2_to_60.h5", dataset(space(1 << 60), dtype(I4), FILL, chunked((1,), u8(2) + u64(1024)), pieces={1024: bytes(64)}), "opens", "2^60 chunks one after the other"),
    ("index_fixed_2_to_60.h5", dataset(space(1 << 60), dtype(I4), FILL, chunked((1,), u8(3, 63) + u64(1024)), pieces={1024: checked(b"FAHD" + u8(0, 0, 8, 63) + u64(1 << 60, 1200)), 1200: checked(b"FADB" + u8(0, 0) + u64(1024))}), "partial", "a fixed array of 2^60 chunks in 14 bytes"),
    ("index_fixed_page_bits.h5", dataset(space(1 << 30), dtype(I4), FILL, chunked((1,), u8(3, 255) + u64(1024)), pieces={1024: checked(b"FAHD" + u8(0, 0, 8, 255) + u64(1 << 30, 1200)), 1200: checked(b"FADB" + u8(0, 0) + u64(1024))}), "partial", "pages of 2^255 elements"),
    ("index_extensible_0.h5", dataset(message(1, u8(2, 1, 1, 1) + u64(1 << 40, U64)), dtype(I4), FILL, chunked((1,), u8(4, 0, 0, 0, 0, 0) + u64(1024)), pieces={1024: checked(b"EAHD" + u8(0, 0, 8, 0, 0, 0, 0, 0) + u64(0, 0, 0, 0, 0, 0, 1200)), 1200: checked(b"EAIB" + u8(0, 0) + u64(1024))}), "partial", "an extensible array of blocks of no elements"),
    ("index_extensible_255.h5", dataset(message(1, u8(2, 1, 1, 1) + u64(1 << 40, U64)), dtype(I4), FILL, chunked((1,), u8(4, 255, 255, 255, 255, 255) + u64(1024)), pieces={1024: checked(b"EAHD" + u8(0, 0, 8, 255, 255, 255, 255, 255) + u64(*[U64 - 1] * 6, 1200)), 1200: checked(b"EAIB" + u8(0, 0) + u64(1024))}), "partial", "one of 2^255 elements"),
    ("index_btree_2_far.h5", dataset(message(1, u8(2, 2, 1, 1) + u64(4, 4, U64, U64)), dtype(I4), FILL, chunked((2, 2), u8(5) + u32(512) + u8(100, 40) + u64(1024)), pieces={1024: btree_2(10, 24, 1200, 2, 2), 1200: checked(b"BTLF" + u8(0, 10) + u64(1300, 1 << 63, U64) + u64(1300, 0, 0)), 1300: bytes(64)}), "opens", "a chunk at 2^64"),
    ("index_btree_1_itself.h5", dataset(space(4), dtype(I4), FILL, chunked_3((2,), 1024), pieces={1024: tree(1, 2, u32(16, 0) + u64(0, 0, 1024) + u32(16, 0) + u64(2, 0, 1024) + u32(0, 0) + u64(4, 0), kind=1)}), "partial", "a node of chunks that is its own child"),
    ("index_btree_1_alike.h5", dataset(space(4), dtype(I4), FILL, chunked_3((2,), 1024), pieces={1024: tree(0, 3, (u32(8, 0) + u64(0, 0, 1300)) * 3 + u32(0, 0) + u64(4, 0), kind=1), 1300: bytes(8)}), "opens", "one chunk three times"),
    ("index_btree_1_wrong_place.h5", dataset(space(4), dtype(I4), FILL, chunked_3((2,), 1024), pieces={1024: tree(0, 2, u32(8, 0) + u64(1, 0, 1300) + u32(8, 0) + u64(U64, 7, 1300) + u32(0, 0) + u64(4, 0), kind=1), 1300: bytes(8)}), "partial", "chunks between chunks"),
    ("chunk_beyond_end.h5", single((4,), bytes(4), (1, [6]), size=1 << 40), "partial", "a chunk of 2^40 stored bytes"),
    # Filters
    ("bomb_64m.h5", single((4,), ONCE, (1, [9])), "partial", "64 KiB that are 64 MiB, where 16 bytes are wanted"),
    ("bomb_1g_twice.h5", single((4,), TWICE, (1, [9]), (1, [9])), "partial", "a few KiB that are 1 MiB that are 1 GiB"),
    ("chunk_of_1g_deflated.h5", single((1 << 28,), zlib.compress(bytes(16)), (1, [9])), "partial", "a chunk of 1 GiB in 12 bytes"),
    ("chunk_of_1g_lzf.h5", single((1 << 28,), bytes(16), (32000, [4, 0x105, 1 << 30])), "partial", "a chunk of 1 GiB in 16 bytes"),
    ("filters_65535.h5", dataset(space(4), dtype(I4), message(11, u8(2, 255) + u16(1, 0, 65535)), FILL, chunked((4,), SINGLE + u64(16) + u32(0) + u64(1024), flags=2), pieces={1024: bytes(16)}), "partial", "255 filters of 65535 values"),
    ("filters_200.h5", single((4,), zlib.compress(bytes(16)), *[(1, [6])] * 200), "partial", "200 filters"),
    ("shuffle_of_0.h5", single((4,), bytes(16), (2, [0])), "opens", "elements of no bytes are shuffled"),
    ("shuffle_of_4g.h5", single((4,), bytes(16), (2, [0xFFFFFFFF])), "opens", "elements of 4 GiB are shuffled"),
    ("fletcher_short.h5", single((4,), bytes(2), (3, [])), "partial", "a chunk shorter than its checksum"),
    ("szip_of_0.h5", single((4,), u32(16) + bytes(12), (4, [0, 0, 0, 0])), "partial", "blocks of no pixels"),
    ("szip_of_4g.h5", single((4,), u32(0xFFFFFFFF) + bytes(12), (4, [141, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF])), "partial", "blocks of 2^32 pixels"),
    ("nbit_nested.h5", single((4,), bytes(16), (5, [403, 0, 4, *[2, 4] * 200])), "partial", "arrays in arrays, 200 deep"),
    ("nbit_short.h5", single((4,), bytes(16), (5, [3])), "partial", "parameters missing"),
    ("scaleoffset_bits.h5", single((4,), u32(255) + u8(8) + u64(0) + bytes(8), (6, [2, 0, 4, 0, 4, 1, 0, 0] + [0] * 12)), "partial", "255 bits of 32"),
    ("lzf_endless.h5", single((4,), bytes(16), (32000, [4, 0x105, 0xFFFFFFFF])), "partial", "4 GiB are announced"),
    ("lz4_endless.h5", single((4,), struct.pack(">QI", 1 << 62, 1 << 30) + bytes(8), (32004, [])), "partial", "2^62 bytes are announced"),
    ("blosc_endless.h5", single((4,), u8(2, 1, 1, 4) + u32(0x7FFFFFFF, 0x7FFFFFFF, 32) + bytes(16), (32001, [2, 2, 4, 16])), "partial", "2 GiB are announced"),
    ("zstd_window.h5", single((4,), bytes.fromhex("28b52ffd 00f8 010000"), (32015, [3])), "partial", "a window of terabytes"),
    # Heaps, texts, references
    ("text_endless.h5", dataset(space(1), dtype(TEXT), FILL, contiguous(1024, 16), pieces={1024: u32(0xFFFFFFFF) + u64(2048) + u32(1), 2048: heap((1, b"text"))}), "partial", "a text of 4 GiB in 4 bytes"),
    ("text_from_nowhere.h5", dataset(space(2), dtype(TEXT), FILL, contiguous(1024, 32), pieces={1024: u32(4) + u64(1 << 50) + u32(1) + u32(4) + u64(48) + u32(1)}), "partial", "heaps that are none"),
    ("heap_objects_loop.h5", dataset(space(1), dtype(TEXT), FILL, contiguous(1024, 16), pieces={1024: u32(4) + u64(2048) + u32(7), 2048: (b"GCOL" + u8(1, 0, 0, 0) + u64(4096)) + (u16(1, 1) + u32(0) + u64(U64 - 15)).ljust(4080, b"\0")}), "partial", "an object whose size leads back to itself"),
    ("heap_endless.h5", dataset(space(1), dtype(TEXT), FILL, contiguous(1024, 16), pieces={1024: u32(4) + u64(2048) + u32(1), 2048: b"GCOL" + u8(1, 0, 0, 0) + u64(1 << 60) + u16(1, 1) + u32(0) + u64(4) + b"text"}), "partial", "a heap of 2^60 bytes"),
    ("heap_of_0.h5", dataset(space(1), dtype(TEXT), FILL, contiguous(1024, 16), pieces={1024: u32(4) + u64(2048) + u32(1), 2048: b"GCOL" + u8(1, 0, 0, 0) + u64(0) + bytes(99)}), "partial", "a heap of no bytes"),
    ("texts_many_of_one.h5", dataset(space(1 << 20), dtype(TEXT), filters((1, [9]), (1, [9])), FILL, chunked((1 << 20,), SINGLE + u64(len(zlib.compress(zlib.compress((u32(60000) + u64(16384) + u32(1)) * (1 << 20), 9), 9))) + u32(0) + u64(1024), flags=2, element=16),
                                     pieces={1024: zlib.compress(zlib.compress((u32(60000) + u64(16384) + u32(1)) * (1 << 20), 9), 9), 16384: heap((1, b"x" * 60000), size=65536)}), "opens", "a million texts, each the same 60 KB: 63 GB"),
    ("region_of_4g.h5", dataset(space(1), dtype(u8(0x17, 1, 0, 0) + u32(12)), FILL, contiguous(1024, 12), pieces={1024: u64(2048) + u32(1), 2048: heap((1, u64(512) + u32(1, 1, 0, 0, 0xFFFFFFFF, 0xFFFFFFFF) + bytes(8)))}), "partial", "2^32 points of 2^32 axes"),
    # Attributes
    ("attribute_exabytes.h5", dataset(space(4), dtype(I4), FILL, contiguous(1024, 16), attribute(b"a", I4, [1 << 60], bytes(4)), pieces={1024: bytes(16)}), "partial", "an attribute of 2^62 bytes"),
    ("attribute_of_0_bytes.h5", dataset(space(4), dtype(I4), FILL, contiguous(1024, 16), attribute(b"a", u8(0x13, 0, 0, 0) + u32(0), [1 << 60], b""), pieces={1024: bytes(16)}), "partial", "2^60 texts of no bytes in an attribute"),
    ("attribute_name_outside.h5", dataset(space(4), dtype(I4), FILL, contiguous(1024, 16), message(12, u8(3, 0) + u16(65535, 65535, 65535) + u8(0) + b"a\0"), pieces={1024: bytes(16)}), "partial", "a name of 65535 bytes"),
    ("attributes_dense_bad.h5", file({48: header(link_info(), message(21, u8(0, 0) + u64(48, 48)))}), "partial", "the header itself as heap and index of its attributes"),
    # Virtual datasets, external data, drivers
    ("virtual_itself.h5", virtual([(b".", b"/v")]), "partial", "a virtual dataset that is its own source"),
    ("virtual_2_to_60.h5", virtual([(b".", b"/v")], count=1 << 60), "partial", "2^60 mappings in 40 bytes"),
    ("virtual_from_nowhere.h5", virtual([(b"../../../../etc/passwd", b"/x"), (b"/etc/passwd", b"/x"), (b"", b"")]), "opens", "sources outside the folder"),
    ("external_endless.h5", dataset(space(1 << 40), dtype(I4), FILL, message(8, u8(3, 1) + u64(U64, 0)), message(7, u8(1, 0, 0, 0) + u16(65535, 65535) + u64(1024) + u64(0, 0, U64)), pieces={1024: local_heap(1100, 16), 1100: b"a.raw\0".ljust(16, b"\0")}), "partial", "65535 external files in 24 bytes"),
    ("external_outside.h5", dataset(space(4), dtype(I4), FILL, message(8, u8(3, 1) + u64(U64, 0)), message(7, u8(1, 0, 0, 0) + u16(1, 1) + u64(1024) + u64(0, 0, 16)), pieces={1024: local_heap(1100, 16), 1100: b"/etc/passwd\0".ljust(16, b"\0")}), "opens", "data from outside the folder"),
    ("driver_outside.h5", file({48: group(), 256: header(message(0x14, u8(0) + b"NCSAmult" + u16(80) + u8(1, 2, 1, 2, 2, 2) + bytes(2) + u64(0, 1 << 62, 1 << 63, 1 << 63) + b"../../etc/passwd\0".ljust(24, b"\0") + b"/etc/shadow\0\0\0\0\0"))}, extension=256), "Malformed", "parts of a multi file outside the folder"),
    ("family_of_0.h5", file({48: group(), 256: header(message(0x14, u8(0) + b"NCSAfami" + u16(8) + u64(0)))}, extension=256), "opens", "a family of members of no bytes"),
    ("shared_table_bad.h5", file({48: group(), 256: header(message(0x0F, u8(0) + u64(48) + u8(255)))}, extension=256), "any", "255 indexes of shared messages in the root group"),
    ("cache_image_bad.h5", file({48: group(), 256: header(message(0x18, u8(0) + u64(48, 1 << 60)))}, extension=256), "any", "a cache image of 2^60 bytes"),
    # What netCDF means
    ("dimensions_in_circle.h5", file({48: group(link(b"x", 512)), 512: header(space(2), dtype(I4), FILL, contiguous(4096, 8),
                                      attribute(b"CLASS", u8(0x13, 0, 0, 0) + u32(16), [], b"DIMENSION_SCALE\0"), attribute(b"_Netcdf4Dimid", I4, [], u32(0xFFFFFFFF)),
                                      attribute(b"_Netcdf4Coordinates", I4, [2], u32(0xFFFFFFFF, 7)),
                                      attribute(b"DIMENSION_LIST", u8(0x19, 0, 0, 0) + u32(16) + u8(0x17, 0, 0, 0) + u32(8), [1], u32(1) + u64(2048) + u32(1))), 2048: heap((1, u64(512))), 6144: bytes(8)}), "opens", "a scale that is its own scale, dimension ids beyond all"),
]


def main():
    rows = [(name, end, note) for name, _, end, note in FILES] + FOUND
    for name, data, *_ in FILES:
        (HERE / name).write_bytes(data)
    lines = ["# File; `opens`, `partial` (opens, something in it cannot be read), `any` of these, or the kind of the error; note. Written by make.py.\n"]
    (HERE / "list.txt").write_text("".join(lines + [f"{name} {end} {note}\n" for name, end, note in rows]))


main()
