"""Requests that try to get out of the mock's memory, or to fill it."""

from __future__ import annotations

import io
import itertools
import stat
import struct
import zipfile

OUTSIDE = ("etc/passwd", "secret.txt", "proc/self/environ", "windows/win.ini")
DOTS = (
    "..",
    "%2e%2e",
    "%2E.",
    "..%00",
    "%c0%ae%c0%ae",
    "%252e%252e",
    "%uff0e%uff0e",
    "..;",
    "%ef%bc%8e%ef%bc%8e",
    "\\..",
)
SLASHES = ("/", "%2f", "%5c", "%252f", "%c0%af", "//")
BUCKET = "/urls/aws-amplify-prod-us-east-1-artifacts.s3.us-east-1.amazonaws.com"


def climbing(*folders):
    """Yield paths that climb out of folders, in all the ways in which dots and slashes have ever been written."""
    for folder, dots, slash in itertools.product(folders, DOTS, SLASHES):
        for name in OUTSIDE:
            yield f"{folder}/{slash.join([dots] * 6)}{slash}{name}"
    for folder, name in itertools.product(folders, OUTSIDE):
        yield from (f"{folder}//{name}", f"{folder}/file:///{name}", f"{folder}/C:\\{name}", f"{folder}/%00/{name}")


def request(target, method="GET", headers=b"", body=b""):
    """Return the bytes of a request, with whatever is in it."""
    length = f"Content-Length: {len(body)}\r\n".encode() if body or method in {"POST", "PUT"} else b""
    head = f"{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n".encode("utf-8", "surrogateescape")
    return head + length + headers + b"\r\n" + body


# Zips


def entry(name, mode=0, body=b"x", compression=zipfile.ZIP_DEFLATED):
    info = zipfile.ZipInfo(name)
    info.external_attr, info.compress_type = mode << 16, compression
    return info, body


def zip_of(*entries):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, body in entries:
            archive.writestr(info, body)
    return data.getvalue()


def climbing_zips():
    """Yield zips whose files would lie, or lead, outside of the site."""
    names = (
        "../secret.txt",
        "/etc/passwd",
        "a/../../secret.txt",
        "C:/secret.txt",
        "..\\secret.txt",
        "a\0b",
        "~/x",
        "//x/y",
    )
    for name in names:
        yield zip_of(entry("index.html"), entry(name))
    for target in (b"/etc/passwd", b"../secret.txt", b"."):
        yield zip_of(entry("index.html"), entry("link", stat.S_IFLNK | 0o777, target), entry("link/inner"))
    for kind in (stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK):
        yield zip_of(entry("index.html"), entry("special", kind))


def nested_bomb(levels=5, copies=8):
    """Return a zip of zips of zips, each small, that would be gigabytes in the end."""
    data = zip_of(entry("0.txt", body=bytes(16 * 1024 * 1024)))
    for _ in range(levels):
        data = zip_of(*(entry(f"{number}.zip", body=data) for number in range(copies)))
    return data


def announced_bomb():
    """Return a zip of a file that says that it is a gigabyte."""
    return _with_size(zip_of(entry("a.txt")), 1024**3)


def lying_bomb(size=96 * 1024 * 1024):
    """Return a zip of a file that says that it has ten bytes, and is large."""
    return _with_size(zip_of(entry("a.txt", body=bytes(size))), 10)


def _with_size(zip_file, size):
    data = bytearray(zip_file)
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", data, data.index(signature) + offset, size)
    return bytes(data)


def overlapping_bomb(copies=300, size=1024 * 1024):
    """Return a zip in which many files are the same bytes."""
    single = zip_of(entry("00000.txt", body=bytes(size)))
    start = single.index(b"PK\x01\x02")
    end = single.index(b"PK\x05\x06")
    central = b"".join(single[start:end].replace(b"00000", f"{number:05}".encode()) for number in range(copies))
    tail = bytearray(single[end:])
    struct.pack_into("<HHI", tail, 8, copies, copies, len(central))
    return single[:start] + central + bytes(tail)


BOMBS = [nested_bomb, announced_bomb, lying_bomb, overlapping_bomb]
