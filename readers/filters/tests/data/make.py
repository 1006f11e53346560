#!/usr/bin/env python3
"""Writes chunks.bin: chunks as HDF5's own filters stored them, and what they hold.

Needs h5py, hdf5plugin and numpy. All numbers little-endian:
  4 bytes: blobs; each: 4 bytes length, the bytes
  4 bytes: chunks; each: 2 bytes length and the name; 4 element size; 4 filter mask;
           2 filters, each: 2 id, 2 count, 4 each client value; 4 blob stored; 4 blob decoded
"""
import ctypes
import struct
import sys
from pathlib import Path

import h5py
import hdf5plugin
import numpy as np
from h5py import h5d, h5p, h5s, h5t, h5z

rng = np.random.default_rng(3)


class Chunks:
    def __init__(self, every):
        self.count, self.every = 0, every
        self.blobs, self.index, self.chunks = [], {}, []

    def blob(self, data):
        data = bytes(data)
        if data not in self.index:
            self.index[data] = len(self.blobs)
            self.blobs.append(data)
        return self.index[data]

    def add(self, name, element_bytes, mask, filters, stored, decoded):
        self.count += 1
        if self.count % self.every:
            return
        entry = struct.pack("<H", len(name)) + name.encode()
        entry += struct.pack("<IIH", element_bytes, mask, len(filters))
        for number, values in filters:
            entry += struct.pack(f"<HH{len(values)}I", number, len(values), *values)
        entry += struct.pack("<II", self.blob(stored), self.blob(decoded))
        self.chunks.append(entry)

    def bytes(self):
        out = struct.pack("<I", len(self.blobs))
        for blob in self.blobs:
            out += struct.pack("<I", len(blob)) + blob
        return out + struct.pack("<I", len(self.chunks)) + b"".join(self.chunks)


def stored_values(dataset, start):
    """The chunk's values as the file's datatype has them, edges padded as the file does."""
    chunk = dataset.chunks
    out = np.zeros(chunk, dataset.dtype)
    if dataset.fillvalue is not None:
        out[...] = dataset.fillvalue
    stop = [min(s + c, n) for s, c, n in zip(start, chunk, dataset.shape)]
    values = dataset[tuple(slice(a, b) for a, b in zip(start, stop))]
    out[tuple(slice(0, b - a) for a, b in zip(start, stop))] = values
    return out.tobytes()


def filters_of(plist):
    return [plist.get_filter(i)[:1] + plist.get_filter(i)[2:3] for i in range(plist.get_nfilters())]


def add_dataset(chunks, name, dataset, decoded=None, start=None):
    start = start or (0,) * dataset.ndim
    mask, stored = dataset.id.read_direct_chunk(start)
    filters = filters_of(dataset.id.get_create_plist())
    decoded = stored_values(dataset, start) if decoded is None else decoded
    chunks.add(name, dataset.id.get_type().get_size(), mask, filters, stored, decoded)


def memory_file():
    """Without a chunk cache: what is read has been through the filters."""
    return h5py.File("x.h5", "w", driver="core", backing_store=False, rdcc_nbytes=0)


def smooth(shape, dtype):
    """Values a codec has something to do with."""
    count = int(np.prod(shape))
    x = np.arange(count)
    wave = 100 * np.sin(x / 17) + rng.normal(0, 2, count)
    dtype = np.dtype(dtype)
    if dtype.kind == "u":
        wave = wave + 128
    if dtype.itemsize == 1 and dtype.kind == "i":
        wave = wave / 2
    if dtype.kind in "iu" and dtype.itemsize > 2:
        wave = wave * 1000
    return wave.astype(dtype).reshape(shape)


def plain(chunks):
    """Filters that give every value back."""
    shape = (12, 20)
    kinds = ["u1", "<i2", ">u2", "<i4", ">i4", "<f4", ">f4", "<f8", "<i8", "S5", "S3", "V24"]
    arrays = {}
    for kind in kinds:
        if kind[0] in "SV":
            raw = smooth((240 * np.dtype(kind).itemsize,), "u1")
            arrays[kind] = raw.view(kind).reshape(shape)
        else:
            arrays[kind] = smooth(shape, kind)
    plugin = hdf5plugin
    options = {
        "deflate": dict(compression="gzip"),
        "deflate9-shuffle-fletcher32": dict(
            compression="gzip", compression_opts=9, shuffle=True, fletcher32=True),
        "shuffle": dict(shuffle=True),
        "fletcher32": dict(fletcher32=True),
        "lzf-shuffle": dict(compression="lzf", shuffle=True),
        "lz4": dict(plugin.LZ4()),
        "lz4-blocks": dict(plugin.LZ4(nbytes=300)),
        "bitshuffle": dict(plugin.Bitshuffle(cname="none")),
        "bitshuffle-lz4": dict(plugin.Bitshuffle(cname="lz4")),
        "bitshuffle-lz4-blocks": dict(plugin.Bitshuffle(nelems=64, cname="lz4")),
        "bitshuffle-zstd": dict(plugin.Bitshuffle(cname="zstd")),
        "zstd": dict(plugin.Zstd()),
        "zstd19-shuffle": dict(plugin.Zstd(clevel=19), shuffle=True),
        "bzip2": dict(plugin.BZip2()),
        "bitgroom": dict(plugin.Blosc(cname="lz4", shuffle=0)),
    }
    for codec in ("blosclz", "lz4", "lz4hc", "zlib", "zstd"):
        for shuffle in (0, 1, 2):
            options[f"blosc-{codec}-{shuffle}"] = dict(plugin.Blosc(cname=codec, shuffle=shuffle))
            options[f"blosc2-{codec}-{shuffle}"] = dict(
                plugin.Blosc2(cname=codec, filters=shuffle))
    options["blosc-snappy-1"] = dict(plugin.Blosc(cname="snappy"))
    options["blosc2-delta"] = dict(plugin.Blosc2(cname="lz4", filters=plugin.Blosc2.DELTA))
    del options["bitgroom"]
    with memory_file() as f:
        for name, option in options.items():
            few = kinds if not name.startswith("blosc") else ["u1", "<i2", "<f4", "<f8", "S5"]
            if name in ("lz4-blocks", "bzip2", "zstd"):
                few = ["<i4", "<f8", "S3"]
            for kind in few:
                label = f"{name} {kind}"
                try:
                    d = f.create_dataset(label, data=arrays[kind], chunks=shape, **option)
                except (ValueError, OSError) as error:
                    print("skipped", label, error)
                    continue
                add_dataset(chunks, label, d, arrays[kind].tobytes())
        # Long matches, runs, and what cannot be compressed.
        text = np.frombuffer((b"the quick brown fox " * 100 + bytes(3000))[:4000], "u1")
        noise = rng.integers(0, 256, 900).astype("u1")
        for label, array in {"text": text, "noise": noise}.items():
            for name in ("deflate", "lzf-shuffle", "lz4", "zstd", "zstd19-shuffle", "bzip2",
                         "blosc-blosclz-1", "blosc2-blosclz-1", "blosc2-zstd-2", "bitshuffle-lz4",
                         "bitshuffle-zstd"):
                d = f.create_dataset(f"{name} {label}", data=array, chunks=array.shape,
                                     **options[name])
                add_dataset(chunks, f"{name} {label}", d, array.tobytes())
        for label, value in {"zeros": 0.0, "nan": np.nan, "constant": 2.5}.items():
            array = np.full((20, 30), value, "<f4")
            for name in ("blosc-lz4-1", "blosc2-lz4-1", "blosc2-zstd-2", "zstd", "bzip2"):
                d = f.create_dataset(f"{name} {label}", data=array, chunks=array.shape,
                                     **options[name])
                add_dataset(chunks, f"{name} {label}", d, array.tobytes())
        # Several dimensions: Blosc2 cuts them into blocks.
        for shape in ((7, 11, 13), (3, 20, 30), (2, 3, 10, 17), (1000,)):
            array = smooth(shape, "<f4")
            for name in ("blosc2-lz4-1", "blosc2-zstd-2"):
                label = f"{name} {shape}"
                d = f.create_dataset(label, data=array, chunks=shape, **options[name])
                add_dataset(chunks, label, d, array.tobytes())


def create(f, name, htype, array, setup, fill=None):
    plist = h5p.create(h5p.DATASET_CREATE)
    plist.set_chunk(array.shape)
    if fill is not None:
        plist.set_fill_value(np.array(fill, array.dtype))
    setup(plist)
    space = h5s.create_simple(array.shape)
    d = h5d.create(f.id, name.encode(), htype, space, plist)
    return h5py.Dataset(d)


def szip(chunks):
    with memory_file() as f:
        for kind in ("u1", "i1", "<i2", ">u2", "<i4", ">i4", "<f4", "<i8", ">f8"):
            for option in (h5z.SZIP_NN_OPTION_MASK, h5z.SZIP_EC_OPTION_MASK):
                for block, shape in ((8, (9, 32)), (16, (10, 37)), (32, (3, 129))):
                    name = f"szip {kind} {option} {block}"
                    array = smooth(shape, kind)
                    array[1:3] = array.flat[0]
                    d = create(f, name, h5t.py_create(array.dtype), array,
                               lambda p: p.set_szip(option, block))
                    d[...] = array
                    add_dataset(chunks, name, d, array.tobytes())


def nbit(chunks):
    with memory_file() as f:
        for base in (h5t.STD_I32LE, h5t.STD_U16BE, h5t.STD_I64BE, h5t.STD_U8LE):
            for precision, offset in ((5, 0), (7, 1), (13, 2), (20, 5), (29, 3), (33, 11), (57, 6)):
                bits = base.get_size() * 8
                # The library refuses types that use less than half of their bits.
                if precision + offset > bits or 2 * precision < bits:
                    continue
                htype = base.copy()
                htype.set_precision(precision)
                htype.set_offset(offset)
                add_nbit(chunks, f, f"nbit {base.dtype} {precision}@{offset}", htype)
        flt = h5t.IEEE_F32LE.copy()
        flt.set_fields(26, 20, 6, 7, 13)
        flt.set_offset(7)
        flt.set_precision(20)
        flt.set_ebias(31)
        add_nbit(chunks, f, "nbit f4 20@7", flt)
        add_nbit(chunks, f, "nbit f4 whole", h5t.IEEE_F32LE.copy())
        small = h5t.STD_I32LE.copy()
        small.set_precision(17)
        small.set_offset(3)
        array = h5t.array_create(small, (2, 3))
        add_nbit(chunks, f, "nbit array", array)
        inner = h5t.create(h5t.COMPOUND, 10)
        inner.insert(b"a", 1, small)
        inner.insert(b"s", 6, string(3))
        outer = h5t.create(h5t.COMPOUND, 60)
        outer.insert(b"x", 0, inner)
        outer.insert(b"y", 12, array)
        outer.insert(b"z", 40, h5t.IEEE_F64BE)
        add_nbit(chunks, f, "nbit compound", outer)
        add_nbit(chunks, f, "nbit array of compound", h5t.array_create(inner, (3,)))
        add_nbit(chunks, f, "nbit string", string(5))


def string(size):
    htype = h5t.C_S1.copy()
    htype.set_size(size)
    return htype


def add_nbit(chunks, f, name, htype):
    """Written and read in the file's own type, so that no conversion hides a bit."""
    count, size = 40, htype.get_size()
    raw = rng.integers(0, 256, count * size).astype("u1")
    plist = h5p.create(h5p.DATASET_CREATE)
    plist.set_chunk((count,))
    plist.set_filter(h5z.FILTER_NBIT, h5z.FLAG_MANDATORY, ())
    d = h5d.create(f.id, name.encode(), htype, h5s.create_simple((count,)), plist)
    d.write(h5s.ALL, h5s.ALL, raw.view(f"V{size}"), htype)
    back = np.zeros(count, f"V{size}")
    d.read(h5s.ALL, h5s.ALL, back, htype)
    mask, stored = d.read_direct_chunk((0,))
    chunks.add(name, size, mask, filters_of(d.get_create_plist()), stored, back.tobytes())


def scaleoffset(chunks):
    with memory_file() as f:
        for kind in ("u1", "i1", "<i2", ">i2", "<u4", ">i4", "<i8", ">u8"):
            for factor in (0, 5):
                for fill in (None, 7):
                    for label in ("wave", "constant", "wide"):
                        name = f"scaleoffset {kind} {factor} {fill} {label}"
                        array = smooth((80,), kind)
                        if label == "constant":
                            array[:] = 42
                        if label == "wide":
                            info = np.iinfo(array.dtype)
                            array[3], array[4] = info.min, info.max
                        if fill is not None:
                            array[10:15] = fill
                        if factor == 5 and label == "wave":
                            array = (array % 16).astype(kind)
                        add_lossy(chunks, f, name, array, fill, 2, factor)
        for kind in ("<f4", ">f4", "<f8", ">f8"):
            for digits in (0, 2, -1):
                for fill in (None, -1.5):
                    array = smooth((80,), kind)
                    if fill is not None:
                        array[20:24] = fill
                    add_lossy(chunks, f, f"scaleoffset {kind} {digits} {fill}", array, fill, 0,
                              digits)
        array = np.array([1e30, -1e30] * 40, "<f4")
        add_lossy(chunks, f, "scaleoffset <f4 huge", array, None, 0, 3)


def add_lossy(chunks, f, name, array, fill, kind, factor):
    values = (kind, factor % 2**32)
    d = create(f, name, h5t.py_create(array.dtype), array,
               lambda p: p.set_filter(h5z.FILTER_SCALEOFFSET, h5z.FLAG_MANDATORY, values)
               if fill is not None
               else (p.set_fill_time(h5d.FILL_TIME_NEVER),
                             p.set_filter(h5z.FILTER_SCALEOFFSET, h5z.FLAG_MANDATORY, values)), fill)
    d[...] = array
    add_dataset(chunks, name, d)


def zfp(chunks):
    plugin = hdf5plugin
    modes = {
        "rate": dict(rate=9.0),
        "precision": dict(precision=12),
        "accuracy": dict(accuracy=0.25),
        "reversible": dict(reversible=True),
        "expert": dict(minbits=20, maxbits=700, maxprec=20, minexp=-30),
    }
    with memory_file() as f:
        for kind in ("<f4", "<f8", "<i4", "<i8"):
            for shape in ((50,), (9, 14), (5, 6, 7), (3, 4, 5, 6)):
                for mode, option in modes.items():
                    if kind[1] == "i" and mode == "accuracy":
                        continue
                    name = f"zfp {kind} {mode} {len(shape)}"
                    array = smooth(shape, kind)
                    array.flat[: array.size // 3] = 0 if len(shape) != 2 else 3
                    d = f.create_dataset(name, shape, kind, chunks=shape, **plugin.Zfp(**option))
                    d[...] = array
                    add_dataset(chunks, name, d)


def sperr(chunks):
    modes = {
        "rate": dict(rate=3.0),
        "psnr": dict(peak_signal_to_noise_ratio=50),
        "error": dict(absolute=0.75),
    }
    missing = {"none": None, "nan": np.nan, "large": 1.5e36}
    with memory_file() as f:
        for kind in ("<f4", "<f8"):
            for shape in ((9, 20), (19, 1, 10), (9, 9, 10)):
                for missing_mode, (label, value) in enumerate(missing.items()):
                    for swap, (mode, option) in enumerate(modes.items()):
                        name = f"sperr {kind} {shape} {mode} {label}"
                        array = smooth(shape, kind)
                        if value is not None:
                            array.flat[10:90] = value
                        d = f.create_dataset(name, shape, kind, chunks=shape, **hdf5plugin.Sperr(
                            **option, swap=swap == 1, missing_value_mode=missing_mode))
                        d[...] = array
                        add_dataset(chunks, name, d)
            d = f.create_dataset(f"sperr {kind} constant", (9, 9), kind, chunks=(9, 9),
                                 **hdf5plugin.Sperr(rate=4))
            d[...] = 2.5
            add_dataset(chunks, d.name[1:], d)
    sperr_blocks(chunks)


def sperr_blocks(chunks):
    """Volumes of several blocks, which the library writes but the filter does not."""
    lib = ctypes.CDLL(str(Path(hdf5plugin.PLUGIN_PATH) / "libh5sperr.so"))
    count, address, ref = ctypes.c_size_t, ctypes.c_void_p, ctypes.byref
    lib.sperr_comp_3d.argtypes = (
        [address, ctypes.c_int] + [count] * 6
        + [ctypes.c_int, ctypes.c_double, count, address, address])
    lib.sperr_decomp_3d.argtypes = [address, count, ctypes.c_int, count] + [address] * 4
    for _ in range(6):
        array = smooth((9, 10, 20), "<f4")
        stream, stream_bytes, back = address(), count(), address()
        sizes = [count() for _ in range(3)]
        lib.sperr_comp_3d(array.ctypes.data, 1, 20, 10, 9, 10, 9, 5, 3, 1.5, 1,
                          ref(stream), ref(stream_bytes))
        lib.sperr_decomp_3d(stream, stream_bytes, 1, 1, *map(ref, sizes), ref(back))
        stored = ctypes.string_at(stream, stream_bytes.value)
        # As the filter's first version stored it: without a header.
        values = (0b1_0011, 0, 20, 10, 9)
        chunks.add("sperr blocks", 4, 0, [(32028, values)], stored,
                   ctypes.string_at(back, array.nbytes))


def main():
    """Every sixth chunk, or all into the file named."""
    everything = len(sys.argv) > 1
    chunks = Chunks(1 if everything else 6)
    for part in (plain, szip, nbit, scaleoffset, zfp, sperr):
        part(chunks)
    out = Path(sys.argv[1]) if everything else Path(__file__).with_name("chunks.bin")
    out.write_bytes(chunks.bytes())
    print(len(chunks.chunks), "of", chunks.count, "chunks,", out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
