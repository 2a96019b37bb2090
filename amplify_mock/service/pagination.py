"""Cut lists into pages, and hand out opaque tokens for the next page that no one else can make up."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Protocol, TypeVar

from amplify_mock.exceptions import BadRequestException


class Numbered(Protocol):
    """Anything that can be listed: it has a number that grows with each sibling made after it."""

    @property
    def number(self) -> int: ...


T = TypeVar("T", bound=Numbered)


class Page:
    """One page of one list call: made by the service, cut by the operation.

    Args:
        secret: the key that the tokens are signed with.
        scope: what the list is of (operation and labels): a token only serves the list that it came from.
        token: the caller's ``nextToken``, if any.
        size: how many members at the most.
    """

    def __init__(self, secret: bytes, scope: Sequence[str], token: str | None, size: int) -> None:
        self._secret = secret
        self._scope = scope
        self._after = None if token is None else self._read(token)
        self._size = size
        self.next_token: str | None = None

    def cut(self, items: Sequence[T], *, descending: bool = False) -> Sequence[T]:
        """Return this page's part of ``items``, which are in order of their numbers, and remember the next token.

        ``descending`` pages begin at the end of ``items``. However many there are, no more are looked at than it takes
        to find the place. The token names the last member handed out and not a position, so nothing is repeated or
        skipped when members come or go between two pages.
        """
        if descending:
            end = len(items) if self._after is None else bisect_left(items, self._after, key=_number)
            start = max(0, end - self._size)
            page, is_last = items[start:end][::-1], start == 0
        else:
            start = 0 if self._after is None else bisect_right(items, self._after, key=_number)
            end = start + self._size
            page, is_last = items[start:end], end >= len(items)
        if page and not is_last:
            self.next_token = self._write(page[-1].number)
        return page

    def _write(self, number: int) -> str:
        payload = str(number).encode()
        return base64.urlsafe_b64encode(self._signature(payload) + payload).decode()

    def _read(self, token: str) -> int:
        try:
            raw = base64.urlsafe_b64decode(token.encode())
        except (ValueError, binascii.Error):
            raise BadRequestException(FOREIGN) from None
        signature, payload = raw[:16], raw[16:]
        # What is not Base64 is passed over, and Base64 has more than one spelling of the same bytes: we write only one.
        if base64.urlsafe_b64encode(raw).decode() != token:
            raise BadRequestException(FOREIGN)
        if not hmac.compare_digest(signature, self._signature(payload)):
            raise BadRequestException(FOREIGN)
        return int(payload)

    def _signature(self, payload: bytes) -> bytes:
        text = json.dumps(list(self._scope)).encode() + b"\0" + payload
        return hmac.new(self._secret, text, hashlib.sha256).digest()[:16]


def _number(item: Numbered) -> int:
    return item.number


FOREIGN = "The nextToken is not valid for this request."
