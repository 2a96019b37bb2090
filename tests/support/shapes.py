"""What the shapes of the service model allow, and what they do not, to be drawn by Hypothesis."""

from __future__ import annotations

import datetime
import re

from hypothesis import strategies as st

UTC = datetime.timezone.utc
# What Python's expressions do not know, or what hardly any random text matches.
SPELLED_OUT = {
    r"^(?!aws:)[a-zA-Z+-=._:/]+$": st.text("aZ+-,=.:/_09", min_size=1, max_size=8).filter(
        lambda key: not key.startswith("aws:")
    ),
    r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$": st.text("aé日 ٤½_.:/=+-@", max_size=8),
}
DATES = st.datetimes(datetime.datetime(1, 1, 2), datetime.datetime(9998, 12, 31), timezones=st.just(UTC))
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def valid(shape, known):
    """Draw what a shape allows; for the names that are ``known``, as a rule one that there is."""
    if shape.type_name == "structure":
        wanted = {name: member(name, each, known) for name, each in shape.members.items()}
        needed = {name: wanted.pop(name) for name in shape.required_members}
        return st.fixed_dictionaries(needed, optional=wanted)
    about = shape.metadata
    if shape.type_name == "list":
        return st.lists(valid(shape.member, known), min_size=about.get("min", 0), max_size=min(about.get("max", 3), 3))
    if shape.type_name == "map":
        return st.dictionaries(valid(shape.key, {}), valid(shape.value, {}), max_size=min(about.get("max", 3), 3))
    if shape.type_name == "string":
        return _strings(about)
    if shape.type_name == "integer":
        return st.integers(about["min"], about["max"])
    return {"boolean": st.booleans(), "timestamp": DATES}[shape.type_name]


def member(name, shape, known):
    there_is = known.get(name)
    drawn = valid(shape, known)
    return drawn if not there_is else st.sampled_from(there_is * 3) | drawn


def _strings(about):
    if "enum" in about:
        return st.sampled_from(about["enum"])
    least, most, pattern = about.get("min", 0), about.get("max", 40), about.get("pattern", "")
    if pattern in SPELLED_OUT:
        return SPELLED_OUT[pattern]
    # The longest is allowed as well as the shortest.
    if pattern in {"", "(?s).*", "(?s).+"}:
        least = max(least, int(pattern == "(?s).+"))
        drawn = st.text(st.characters(exclude_categories=["Cs"]), min_size=least, max_size=max(least, min(most, 12)))
        return drawn | st.sampled_from(["x" * least, "ä" * most])
    drawn = st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True)
    return drawn.filter(lambda text: least <= len(text) <= most and "\n" not in text)


def broken(shape):
    """Return what draws values that a shape does not allow, one for each thing that can be wrong."""
    about = shape.metadata
    if shape.type_name == "structure":
        return _broken_structures(shape)
    if shape.type_name == "list":
        return [st.lists(found, min_size=1, max_size=2) for found in broken(shape.member)]
    if shape.type_name == "map":
        in_keys = [
            st.dictionaries(found, valid(shape.value, {}), min_size=1, max_size=1) for found in broken(shape.key)
        ]
        in_values = [
            st.dictionaries(valid(shape.key, {}), found, min_size=1, max_size=1) for found in broken(shape.value)
        ]
        return in_keys + in_values
    if shape.type_name == "integer":
        return [st.integers(about["max"] + 1, 2**31 - 1), st.integers(-(2**31), about["min"] - 1)]
    return _broken_strings(about) if shape.type_name == "string" else []


def _broken_structures(shape):
    needed = {name: valid(shape.members[name], {}) for name in shape.required_members}
    found = [
        st.fixed_dictionaries({**needed, name: each})
        for name, member_shape in shape.members.items()
        for each in broken(member_shape)
    ]
    for missing in needed:
        found.append(st.fixed_dictionaries({name: each for name, each in needed.items() if name != missing}))
    return found


def _broken_strings(about):
    found = []
    if "max" in about:
        found.append(st.integers(1, 50).map(lambda more: "0" * (about["max"] + more)))
    if about.get("min"):
        found.append(st.just("0" * (about["min"] - 1)))
    if "enum" in about:
        found.append(ANY_TEXT.filter(lambda text: text not in about["enum"]))
    pattern = about.get("pattern", "(?s).*")
    if pattern not in SPELLED_OUT and pattern not in {"(?s).*", "(?s).+"}:
        expression = re.compile(pattern, re.ASCII)
        found.append(ANY_TEXT.filter(lambda text: not expression.search(text) and not text.isspace()))
    return found
