#!/usr/bin/env python3
"""Makes messagepack.vectors.json with an independent MessagePack implementation (msgpack-python).

"theirs": values encoded by that library, for the project's reader and writer to agree with.
"ours":   what the project's encoders wrote, decoded by that library here and compared with what was meant.

    python3 make-vectors.py          needs msgpack (Debian: python3-msgpack) and the .NET SDK
"""
import json
import pathlib
import struct
import subprocess

import msgpack

HERE = pathlib.Path(__file__).resolve().parent
TARGET = HERE.parent / "Persistence.Core.Tests" / "Serialization" / "messagepack.vectors.json"
EXT = msgpack.ExtType


def pack(value, **options):
    return msgpack.packb(value, use_bin_type=True, **options)


def unpack(data):
    return msgpack.unpackb(data, strict_map_key=False)


def vector(kind, value, data):
    return {"kind": kind, "value": value, "hex": data.hex().upper()}


def theirs():
    yield vector("nil", None, pack(None))
    for value in (False, True):
        yield vector("bool", value, pack(value))
    edges = {0, -32, -33}
    for bits in (5, 7, 8, 15, 16, 31, 32, 63, 64):
        edges |= {2**bits - 1, 2**bits, 2**bits + 1, -(2**bits), -(2**bits) - 1, -(2**bits) + 1}
    for value in sorted(edge for edge in edges if -(2**63) <= edge < 2**64):
        yield vector("int", str(value), pack(value))
    for value in (0.0, -0.0, 1.5, 1e300, 5e-324, float("inf"), float("-inf"), float("nan")):
        yield vector("float64", struct.pack(">d", value).hex().upper(), pack(value))
    for value in (0.0, -0.0, 1.5, 3.4028234663852886e38, float("inf"), float("nan")):
        yield vector("float32", struct.pack(">f", value).hex().upper(), pack(value, use_single_float=True))
    for value in ("", "a", "né€😀", "\0", "x" * 31, "x" * 32, "é" * 127, "é" * 128):
        yield vector("str", value, pack(value))
    for value in (b"", b"\0", bytes(range(256)), b"\xff" * 255):
        yield vector("bin", value.hex().upper(), pack(value))
    for count in (65535, 65536):
        yield vector("str header", count, pack("x" * count)[:-count])
        yield vector("bin header", count, pack(b"x" * count)[:-count])
        yield vector("array header", count, pack([None] * count)[:-count])
        yield vector("map header", count, pack({i: None for i in range(count)})[:5 if count > 65535 else 3])
    for count in (0, 1, 15, 16):
        yield vector("array", list(range(count)), pack(list(range(count))))
        yield vector("map", [[i, str(i)] for i in range(count)], pack({i: str(i) for i in range(count)}))
    yield vector("array", [1, [2, [3, ["x", None, True]]]], pack([1, [2, [3, ["x", None, True]]]]))
    for code, length in ((0, 1), (1, 2), (2, 4), (3, 8), (127, 16), (5, 0), (5, 3), (5, 255), (5, 256)):
        yield vector("ext", [code, (b"\xab" * length).hex().upper()], pack(EXT(code, b"\xab" * length)))
    for seconds, nanoseconds in ((0, 0), (1, 0), (2**32 - 1, 0), (2**32, 0), (1, 1), (2**34 - 1, 999999999), (2**34, 0), (-1, 0), (-1, 999999999), (-(2**63), 5)):
        yield vector("timestamp", [str(seconds), nanoseconds], pack(msgpack.Timestamp(seconds, nanoseconds)))


def ext(code, *body):
    """An extension whose body is one nested MessagePack value."""
    return (code, *body)


def meaning(value):
    """Decoded data with the extensions that nest a value opened: what the comparison is made on."""
    if isinstance(value, EXT) and value.code >= 12:
        return ext(value.code, meaning(unpack(value.data)))
    if isinstance(value, EXT):
        return ext(value.code, value.data)
    if isinstance(value, list):
        return [meaning(item) for item in value]
    if isinstance(value, dict):
        return [[meaning(key), meaning(item)] for key, item in value.items()]
    return value


MEANT = {
    "null": None, "true": True, "int 5": 5, "int 300": 300, "int -33": -33, "sbyte -1": -1, "byte 200": 200, "short 1": 1, "ushort 1": 1,
    "uint 1": 1, "long 1": 1, "ulong max": 2**64 - 1, "float 1.5": 1.5, "double 1.5": 1.5, "string": "né€😀", "string 40": "x" * 40,
    "string 300": "x" * 300, "bytes": b"\x00\xff", "array": [1, None, "a", [2]], "lazy": [1, 2, 3], "map": [[1, "one"]],
    "ordered": ext(13, [["b", 1], ["a", 2]]), "bag": ext(14, [["My.Type"], [["name", "é"], ["port", 8080]]]),
    "typed array": ext(15, ["Int32", [1, 300]]), "enum": ext(16, ["System.DayOfWeek", 5]), "char": ext(2, b"\0A"),
    "timespan": ext(7, struct.pack(">q", -1)), "guid": ext(8, bytes.fromhex("00112233445566778899aabbccddeeff")),
    "datetime": ext(5, struct.pack(">Q", (1 << 62) | 638447616000000000)), "uri": ext(12, [True, "http://a/"]),
    "timestamp 1 0": msgpack.Timestamp(1, 0), "timestamp 1 1": msgpack.Timestamp(1, 1),
    f"timestamp {2**34} 5": msgpack.Timestamp(2**34, 5), "timestamp -1 999999999": msgpack.Timestamp(-1, 999999999),
}


def ours():
    lines = subprocess.run(["dotnet", "run", "encode-values.cs"], cwd=HERE, check=True, capture_output=True, encoding="utf-8").stdout.splitlines()
    written = dict(line.split("\t") for line in lines)
    if written.keys() != MEANT.keys():
        raise SystemExit(f"encode-values.cs and MEANT name different values: {written.keys() ^ MEANT.keys()}")
    for name, text in written.items():
        decoded = meaning(unpack(bytes.fromhex(text)))
        if decoded != MEANT[name] or type(decoded) is not type(MEANT[name]):
            raise SystemExit(f"{name}: {text} was decoded as {decoded!r}")
        yield {"name": name, "hex": text}


vectors = {"madeWith": f"msgpack-python {'.'.join(map(str, msgpack.version))}", "theirs": list(theirs()), "ours": list(ours())}
rows = {key: ",\n".join("    " + json.dumps(row, ensure_ascii=True) for row in vectors[key]) for key in ("theirs", "ours")}
TARGET.write_text(
    f'{{\n  "madeWith": {json.dumps(vectors["madeWith"])},\n  "theirs": [\n{rows["theirs"]}\n  ],\n  "ours": [\n{rows["ours"]}\n  ]\n}}\n', encoding="utf-8")
print(f"{TARGET.name}: {len(vectors['theirs'])} theirs, {len(vectors['ours'])} ours")
