"""What is uploaded becomes the files of a site; what could do harm, or is not what was announced, is refused."""

from __future__ import annotations

import copy
import hashlib
import io
import stat
import struct
import tracemalloc
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amplify_mock.resources import contents
from amplify_mock.resources.contents import Content, ContentError
from support.hostile import overlapping_bomb

NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="/\\:"), min_size=1, max_size=6)
PARTS = NAMES.filter(lambda name: name not in (".", ".."))
PATHS = st.lists(PARTS, min_size=1, max_size=4).map("/".join)


def zipped(*files, compression=zipfile.ZIP_DEFLATED):
    """Return a zip of pairs of names, or whole ZipInfos, and bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return buffer.getvalue()


def info(name, mode=0, **attributes):
    made = zipfile.ZipInfo(name)
    made.external_attr = mode << 16
    for key, value in attributes.items():
        setattr(made, key, value)
    return made


def refusal(data):
    with pytest.raises(ContentError) as caught:
        Content.of_zip(data)
    return str(caught.value)


def md5(data):
    return hashlib.md5(data).hexdigest()


def are_apart(paths):
    """Whether no path is a folder of another one."""
    return not any(other.startswith(f"{path}/") for path in paths for other in paths)


# Zips


@given(st.dictionaries(PATHS, st.binary(max_size=50), max_size=6), st.sampled_from([zipfile.ZIP_STORED, 8]))
def test_every_safe_set_of_files_comes_out_of_a_zip_as_it_went_in(files, compression):
    if are_apart(files):
        assert Content.of_zip(zipped(*files.items(), compression=compression)).files == files
    else:
        assert "is a file and a folder as well" in refusal(zipped(*files.items()))


def test_a_large_file_comes_out_as_it_went_in():
    data = bytes(range(256)) * 1000
    assert Content.of_zip(zipped(("a", data))).files == {"a": data}


def test_a_file_is_read_by_its_path():
    content = Content.of_zip(zipped(("index.html", b"hi"), ("a/b.css", b"c")))
    assert (content.read("index.html"), content.read("a/b.css"), content.read("a"), content.read("/index.html")) == (
        b"hi",
        b"c",
        None,
        None,
    )


def test_folders_are_left_out():
    # Of these only the name, or only the kind, says that it is a folder.
    folders = [(info("b/"), b""), (info("c", stat.S_IFDIR | 0o755), b"")]
    data = zipped(("a/", b""), ("a/b/", b""), *folders, ("a/f", b"1"))
    assert Content.of_zip(data).files == {"a/f": b"1"}


def test_a_zip_without_files_is_a_site_without_pages():
    assert Content.of_zip(zipped()).files == {}


def test_needless_parts_of_a_path_are_left_out():
    assert set(Content.of_zip(zipped(("./a//b", b"1"), ("././c", b"2"))).files) == {"a/b", "c"}


@pytest.mark.parametrize("name", ["ü/ä.html", "caf\u00e9.html", "雪.html"])
def test_names_are_utf_8(name):
    assert Content.of_zip(zipped((name, b"1"))).files == {name: b"1"}


def test_names_that_are_not_utf_8_are_the_old_character_set_of_the_pc():
    data = zipped(("x1.html", b"1"))
    assert Content.of_zip(data.replace(b"x1.html", b"\x811.html")).files == {"ü1.html": b"1"}


def test_upper_and_lower_case_are_different_files():
    assert len(Content.of_zip(zipped(("A", b"1"), ("a", b"2"))).files) == 2


@pytest.mark.parametrize("mode", [0, stat.S_IFREG | 0o644, 0o777])
def test_ordinary_files_are_taken_whatever_their_permissions(mode):
    assert Content.of_zip(zipped((info("a", mode), b"1"))).files == {"a": b"1"}


# What is no zip, or no whole one


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04 the site", b"<html>" * 50, bytes(100)])
def test_what_is_no_zip_is_refused(data):
    assert refusal(data) == "The uploaded file is not a valid zip file."


def test_a_truncated_zip_is_refused():
    data = zipped(("a", b"x" * 500))
    assert {refusal(data[:length]) for length in range(len(data))} == {"The uploaded file is not a valid zip file."}


def test_a_damaged_file_is_refused():
    data = zipped(("a.txt", b"hello world"), compression=zipfile.ZIP_STORED)
    assert refusal(data.replace(b"hello", b"hallo")) == "The file 'a.txt' in the zip file is damaged."


def test_a_file_that_cannot_be_unpacked_is_refused():
    data = bytearray(zipped(("a", b"abc" * 100)))
    data[31:34] = b"\xff\xff\xff"
    assert "is damaged" in refusal(bytes(data))


def announced(data, size, of):
    """Return a zip whose directory announces another size of its only file, and another check sum."""
    changed = bytearray(data)
    for signature, crc_at, size_at in ((b"PK\x03\x04", 14, 22), (b"PK\x01\x02", 16, 24)):
        start = data.index(signature)
        changed[start + crc_at : start + crc_at + 4] = struct.pack("<L", zlib.crc32(of))
        changed[start + size_at : start + size_at + 4] = struct.pack("<L", size)
    return bytes(changed)


def test_a_size_that_is_not_the_announced_one_is_damage():
    data = zipped(("a", b"x" * 100))
    assert "is damaged" in refusal(announced(data, 101, b"x" * 100))
    assert "is damaged" in refusal(announced(data, 50, b"x" * 100))
    # What was announced is all that there is.
    assert Content.of_zip(announced(data, 50, b"x" * 50)).files == {"a": b"x" * 50}


@given(st.data())
def test_no_damage_is_ever_another_error(data):
    whole = bytearray(zipped(("a/b", b"some text" * 9), ("c", b"d")))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        files = Content.of_zip(bytes(whole)).files
    except ContentError:
        return
    assert all(".." not in path.split("/") and not path.startswith("/") for path in files)


# What could do harm


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../up",
        "a/../../up",
        "a/..",
        "C:/windows",
        "c:file",
        "a\\b",
        "..\\up",
        "a\0b",
        ".",
        "./",
        "/",
        "../" + "a" * 97,
    ],
)
def test_paths_that_lead_out_of_the_site_are_refused(name):
    # Some ends of a path would make it a folder, which is no safer.
    data = zipped(("x" * len(name), b"1")).replace(b"x" * len(name), name.encode())
    assert refusal(data) == f"The path {name!a} is not allowed."
    with pytest.raises(ContentError, match="is not allowed"):
        Content.of_files(None, {name: b"1"})


def test_a_path_may_be_as_long_as_s3_allows():
    assert Content.of_zip(zipped(("a" * 1024, b""))).files
    text = refusal(zipped(("a" * 1025, b"")))
    assert text == f"The path '{'a' * 100}...' is not allowed."
    assert refusal(zipped((f"../{'a' * 98}", b""))) == f"The path '../{'a' * 97}...' is not allowed."


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK])
def test_links_and_other_special_files_are_refused(kind):
    assert refusal(zipped((info("a", kind | 0o777), b"/etc/passwd"))) == (
        "'a' in the zip file is a link or another special file."
    )


def test_encrypted_files_are_refused():
    data = bytearray(zipped(("a", b"1")))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(data)) == "The file 'a' in the zip file is encrypted."


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compressions_that_unpack_without_a_limit_are_refused(compression):
    data = zipped(("a", bytes(10**5)), compression=compression)
    assert refusal(data) == "The file 'a' in the zip file is compressed in a way that is not supported."


@pytest.mark.parametrize("second", ["a/b", "./a/b", "a//b", "a/./b"])
def test_two_files_of_the_same_path_are_refused(second):
    data = zipped(("a/b", b"1"), ("x" * len(second), b"2")).replace(b"x" * len(second), second.encode())
    assert refusal(data) == "The zip file has more than one file 'a/b'."


@pytest.mark.parametrize(
    "others", [["ab/c"], ["ab/c/d"], ["ab/"], ["ab!", "ab/c", "ab0"], ["c", "ab/"], ["ab-c/d", "ab/c"]]
)
def test_a_path_that_is_a_file_and_a_folder_is_refused(others):
    data = zipped(*[(name, b"") for name in [*others, "ab"]])
    assert refusal(data) == "'ab' is a file and a folder as well."


@given(st.lists(PATHS, unique=True, max_size=8))
def test_files_and_folders_are_told_apart_in_any_order(paths):
    uploads = dict.fromkeys(paths, b"")
    if are_apart(paths):
        assert set(Content.of_files(None, uploads).files) == set(paths)
    else:
        with pytest.raises(ContentError, match="is a file and a folder"):
            Content.of_files(None, uploads)


# Bombs


def test_a_bomb_is_refused_before_it_has_unpacked(monkeypatch):
    monkeypatch.setattr(contents, "MOST_BYTES", 10**6)
    read = []
    original = zipfile.ZipExtFile.read
    monkeypatch.setattr(
        zipfile.ZipExtFile, "read", lambda *args: (piece := original(*args), read.append(len(piece)))[0]
    )
    assert refusal(zipped(("bomb", bytes(2 * 10**7)))) == "The zip file unpacks to more than 1,000,000 bytes."
    assert sum(read) <= 10**6 + 2**17


def test_no_more_is_unpacked_than_was_announced():
    bomb = announced(zipped(("bomb", bytes(2 * 10**7))), 50, b"")
    tracemalloc.start()
    try:
        assert "is damaged" in refusal(bomb)
        assert tracemalloc.get_traced_memory()[1] < 5 * 10**6
    finally:
        tracemalloc.stop()


def test_files_that_are_a_bomb_together_are_refused(monkeypatch):
    monkeypatch.setattr(contents, "MOST_BYTES", 1000)
    files = [(str(number), bytes(100)) for number in range(10)]
    assert len(Content.of_zip(zipped(*files)).files) == 10
    assert "unpacks to more than" in refusal(zipped(*files, ("one more", b"1")))


def test_files_that_are_the_same_bytes_over_and_over_again_are_refused():
    assert refusal(overlapping_bomb(copies=5, size=100_000)) == "The files in the zip file overlap."
    assert len(Content.of_zip(overlapping_bomb(copies=1, size=100_000)).files) == 1


def test_too_many_files_are_refused(monkeypatch):
    monkeypatch.setattr(contents, "MOST_FILES", 3)
    files = [(str(number), b"") for number in range(4)]
    assert len(Content.of_zip(zipped(*files[:3], ("folder/", b""))).files) == 3
    assert refusal(zipped(*files)) == "The zip file has more than 3 files."


# Single files


@given(st.dictionaries(PATHS, st.binary(max_size=20), max_size=5).filter(are_apart))
def test_single_files_are_the_site_when_their_sums_agree(files):
    sums = {path: md5(data) for path, data in files.items()}
    assert Content.of_files(sums, files).files == files
    assert Content.of_files({path: each.upper() for path, each in sums.items()}, files).files == files
    assert Content.of_files(dict.fromkeys(files, ""), files).files == files
    assert Content.of_files(None, files).files == files


def test_what_the_file_map_does_not_name_is_left_out():
    assert Content.of_files({"a": ""}, {"a": b"1", "b": b"2"}).files == {"a": b"1"}


@pytest.mark.parametrize(("names", "shown"), [("abcd", "'a', 'c', 'd'"), ("abcde", "'a', 'c', 'd' and 1 more")])
def test_files_that_were_not_uploaded_are_named(names, shown):
    with pytest.raises(ContentError) as caught:
        Content.of_files(dict.fromkeys(names, ""), {"b": b""})
    assert str(caught.value) == f"Not every file is there as announced. These were not uploaded: {shown}."


def test_files_with_another_sum_are_named():
    with pytest.raises(ContentError) as caught:
        Content.of_files({"a": md5(b"1"), "b": md5(b"2")}, {"a": b"1", "b": b"3"})
    assert str(caught.value) == (
        "Not every file is there as announced. "
        "These were uploaded with another content than its MD5 sum in the file map says: 'b'."
    )


def test_two_names_of_the_same_path_are_refused():
    with pytest.raises(ContentError, match="More than one file is called 'a/b'"):
        Content.of_files(None, {"a/b": b"1", "./a/b": b"2"})


# The content itself


def test_content_is_shared_by_copies_and_never_changes():
    content = Content.of_files(None, {"a": b"secret"})
    assert copy.deepcopy(content) is content
    assert content == Content.of_zip(zipped(("a", b"secret")))
    assert "secret" not in repr(content)
    with pytest.raises(TypeError):
        content.files["a"] = b""
