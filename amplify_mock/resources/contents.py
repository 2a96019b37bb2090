"""What a deployment holds: files by path."""

from __future__ import annotations

import hashlib
import io
import itertools
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType

#: Far more than the site of a test needs. Every file of every deployment stays in memory, so a zip that unpacks to
#: more is refused before it takes the memory of the whole test run.
MOST_FILES = 50_000
MOST_BYTES = 512 * 1024 * 1024

_PIECE = 64 * 1024

#: S3 allows no longer names, and no file of a site could be kept under one.
LONGEST_PATH = 1024

_NAMED_AT_MOST = 3
_ENCRYPTED = 0x41
# What Python's zipfile raises for bytes that are no zip, or no longer one.
_DAMAGES = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError)
# A backslash and a drive letter lead out of the folder on Windows, and a NUL ends the name for many programs.
_UNSAFE = re.compile(r"[\\\0]|^[A-Za-z]:|^/")


class ContentError(Exception):
    """What was uploaded cannot be deployed. The text is the ``statusReason`` of the DEPLOY step (chosen)."""


@dataclass(frozen=True, slots=True)
class Content:
    """The files of a deployed site.

    Args:
        files: what is in each file, by its path without a leading slash: ``index.html``, ``a/b.css``.
    """

    files: Mapping[str, bytes] = field(repr=False)

    def __deepcopy__(self, memo: object) -> Content:
        # Nothing about it changes.
        return self

    @classmethod
    def of_zip(cls, data: bytes) -> Content:
        """Unpack a zip, in memory.

        Folders are left out, and ``./a//b`` is ``a/b``. A zip without any file is a site without any page (chosen).

        Raises:
            ContentError: for what is no zip, is damaged or encrypted, for a file that would end up outside of the
                site, is none (such as a symbolic link) or is there twice, and for more than :data:`MOST_FILES` files
                or :data:`MOST_BYTES` bytes. All of this is chosen.
        """
        try:
            archive = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGES as error:
            raise ContentError("The uploaded file is not a valid zip file.") from error
        files: dict[str, bytes] = {}
        folders: set[str] = set()
        with archive:
            # Nothing unpacks to more than it says by itself, because no more of it is read.
            if sum(info.file_size for info in archive.infolist()) > MOST_BYTES:
                raise ContentError(f"The zip file unpacks to more than {MOST_BYTES:,} bytes.")
            # Not every Python notices by itself that files are the same bytes over and over again.
            if sum(info.compress_size for info in archive.infolist()) > len(data):
                raise ContentError("The files in the zip file overlap.")
            for info in archive.infolist():
                # Only the original name is what the zip says: the other one is cut at a NUL, and differs on Windows.
                path = _checked(info.orig_filename)
                if _is_folder(info):
                    folders.add(path)
                    continue
                _refuse_special(info)
                if path in files:
                    raise ContentError(f"The zip file has more than one file {_shown(path)}.")
                if len(files) == MOST_FILES:
                    raise ContentError(f"The zip file has more than {MOST_FILES:,} files.")
                files[path] = _unpacked(archive, info)
        _refuse_files_that_are_folders(files, folders)
        return cls(MappingProxyType(files))

    @classmethod
    def of_files(cls, file_map: Mapping[str, str] | None, uploads: Mapping[str, bytes]) -> Content:
        """Put a site together from files that were uploaded one by one.

        Args:
            file_map: the MD5 sum of each file in hex, by path; an empty one is not compared. None for whatever was
                uploaded.
            uploads: what was uploaded, by path. What is not in the file map is left out.

        Raises:
            ContentError: for a file that was not uploaded or is not the one announced, and for unsafe paths as in
                :meth:`of_zip`. All of this is chosen.
        """
        sums = dict.fromkeys(uploads, "") if file_map is None else file_map
        _refuse([name for name in sums if name not in uploads], "not uploaded")
        changed = [name for name, expected in sums.items() if expected and _md5(uploads[name]) != expected.lower()]
        _refuse(changed, "uploaded with another content than its MD5 sum in the file map says")
        files: dict[str, bytes] = {}
        for name in sums:
            path = _checked(name)
            if path in files:
                raise ContentError(f"More than one file is called {_shown(path)}.")
            files[path] = uploads[name]
        _refuse_files_that_are_folders(files, ())
        return cls(MappingProxyType(files))

    def read(self, path: str) -> bytes | None:
        """Return what is in a file, or None if there is none at this path."""
        return self.files.get(path)


def _checked(name: str) -> str:
    """Return a name as a path inside the site; raise ContentError if it leads anywhere else."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if not parts or ".." in parts or len(name) > LONGEST_PATH or _UNSAFE.search(name):
        raise ContentError(f"The path {_shown(name)} is not allowed.")
    return "/".join(parts)


def _is_folder(info: zipfile.ZipInfo) -> bool:
    return info.orig_filename.endswith("/") or stat.S_ISDIR(info.external_attr >> 16)


def _refuse_special(info: zipfile.ZipInfo) -> None:
    name = _shown(info.orig_filename)
    # Programs that know no kinds of files write none.
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        raise ContentError(f"{name} in the zip file is a link or another special file.")
    if info.flag_bits & _ENCRYPTED:
        raise ContentError(f"The file {name} in the zip file is encrypted.")
    # The others unpack without a limit: a few bytes of them can fill the memory in one step.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ContentError(f"The file {name} in the zip file is compressed in a way that is not supported.")


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(info) as member:
            # Piece by piece: in one go, all that there is would be unpacked before it is cut to what was announced.
            data = b"".join(iter(partial(member.read, _PIECE), b""))
    except _DAMAGES as error:
        raise ContentError(f"The file {_shown(info.orig_filename)} in the zip file is damaged.") from error
    if len(data) != info.file_size:
        raise ContentError(f"The file {_shown(info.orig_filename)} in the zip file is damaged.")
    return data


def _refuse_files_that_are_folders(files: Mapping[str, bytes], folders: Collection[str]) -> None:
    # What is in a folder follows the folder at once in this order, so neighbours are all that has to be compared.
    paths = sorted(f"{path}/" for path in (*files, *folders))
    for path, following in itertools.pairwise(paths):
        if following.startswith(path) and path[:-1] in files:
            raise ContentError(f"{_shown(path[:-1])} is a file and a folder as well.")


def _refuse(names: list[str], problem: str) -> None:
    if names:
        shown = ", ".join(map(_shown, names[:_NAMED_AT_MOST]))
        more = len(names) - _NAMED_AT_MOST
        rest = f" and {more} more" if more > 0 else ""
        raise ContentError(f"Not every file is there as announced. These were {problem}: {shown}{rest}.")


def _shown(name: str) -> str:
    """Return a name for a text: short, and without anything that could not be shown."""
    return ascii(name if len(name) <= 100 else f"{name[:100]}...")  # noqa: PLR2004


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()
