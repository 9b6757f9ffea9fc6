"""Pages of lists and their opaque tokens.

A token is valid for the fake that issued it, with the same parameters. Any other use is refused (rule E-20). A
token contains a position in the order of the list, not an item, so paging continues after items were deleted.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from itertools import islice
from typing import Any, Generic, NamedTuple, TypeVar

from ..errors import ValidationException

_Item = TypeVar("_Item")

_MAX_LENGTH = 2000  # characters of a token, by the model

MAX_TOKENS = 10_000
"""The number of tokens that stay valid: the last ones."""


class Page(Generic[_Item]):
    """The items of a page, and the token for the next one, None on the last."""

    __slots__ = ("items", "next_token")

    def __init__(self, items: list[_Item], next_token: str | None) -> None:
        self.items = items
        self.next_token = next_token


class ListKey(NamedTuple):
    """The parameters of a list request, without those for the page. They identify the list."""

    operation: str
    rest: Hashable


class Tokens:
    """The last tokens that one fake has issued."""

    __slots__ = ("_issued",)

    def __init__(self) -> None:
        self._issued: OrderedDict[tuple[str, ListKey], tuple[Hashable, Any]] = OrderedDict()

    def check(self, list_key: ListKey, token: str) -> None:
        """Refuse a token that was not issued for this list. Does not check that the listed resource exists.

        :raises ValidationException: the token is too old, or was issued for another list, by another fake or not at
            all (rules V-7 and L-10).
        """
        if (token, list_key) not in self._issued:
            raise _unknown()

    def page(
        self,
        list_key: ListKey,
        of: Hashable,
        after: Callable[[Any], Iterable[_Item]],
        position: Callable[[_Item], Any],
        limit: int,
        token: str | None,
    ) -> Page[_Item]:
        """One page of a list.

        :param of: the identity of the listed resource, to distinguish a re-created repository from the previous one.
        :param after: returns the items after a position, or all for None. Read lazily.
        :param position: returns the position of an item: a unique string, or a tuple that ends with one.
        :param limit: the maximum number of items of a page.
        :raises ValidationException: the token belongs to a resource that no longer exists.
        """
        start = None
        if token is not None:
            was_of, start = self._issued[token, list_key]
            if was_of != of:
                raise _unknown()
        items = list(islice(after(start), limit + 1))
        if len(items) <= limit:
            return Page(items, None)
        del items[limit:]
        return Page(items, self._issue(list_key, of, position(items[-1])))

    def _issue(self, list_key: ListKey, of: Hashable, position: Any) -> str:
        label = position[-1] if isinstance(position, tuple) else position
        token = _token(list_key.operation, label)
        if len(token) > _MAX_LENGTH:
            token = _token(list_key.operation, hashlib.sha256(label.encode("utf-8", "surrogatepass")).hexdigest())
        self._issued[token, list_key] = of, position
        self._issued.move_to_end((token, list_key))
        if len(self._issued) > MAX_TOKENS:
            self._issued.popitem(last=False)
        return token


def _token(operation: str, label: str) -> str:
    """A token as the service forms it (rule L-9)."""
    content = json.dumps({f"{operation[0].lower()}{operation[1:]}Token": label}, separators=(",", ":"))
    return base64.b64encode(content.encode()).decode()


def _unknown() -> ValidationException:
    return ValidationException("Error de-serializing the token.")
