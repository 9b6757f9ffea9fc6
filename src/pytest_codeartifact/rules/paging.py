"""Pages of lists and their opaque tokens.

A token is valid for the fake that issued it, with the same parameters. Any other use is answered as rule E-20 says. A
token contains a position in the order of the list, not an item, so paging continues after items were deleted.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, NamedTuple, TypeVar

from ..errors import ValidationException

_Item = TypeVar("_Item")

_LONGEST = 2000  # characters of a token, by the model

MOST_TOKENS = 10_000
"""How many tokens are good at a time: those issued last."""


@dataclass(frozen=True, slots=True)
class Page(Generic[_Item]):
    """The items of a page, and the token for the next one, None on the last."""

    items: list[_Item]
    next_token: str | None


class Question(NamedTuple):
    """What a list is asked for, but for the page of it: one question has one list, as long as nothing is written."""

    operation: str
    rest: Hashable


class Tokens:
    """The tokens that one fake has issued, but for those that were issued too long ago."""

    __slots__ = ("_issued",)

    def __init__(self) -> None:
        self._issued: OrderedDict[tuple[str, Question], tuple[Hashable, Any]] = OrderedDict()

    def check(self, question: Question, token: str) -> None:
        """Refuse a token that was not issued for this question, whether or not what it asks for exists.

        :raises ValidationException: for a token of another list, of another fake, or of nobody (rules V-7 and L-10),
            or of long ago.
        """
        if (token, question) not in self._issued:
            raise _unknown()

    def page(
        self,
        question: Question,
        of: Hashable,
        after: Callable[[Any], Iterable[_Item]],
        position: Callable[[_Item], Any],
        limit: int,
        token: str | None,
    ) -> Page[_Item]:
        """One page of a list.

        :param of: the identity of what is listed, where the question does not tell (a re-created repository).
        :param after: the items after a position, or all for None; read lazily.
        :param position: the position of an item: a text that is its own, or a tuple that ends with such a text.
        :param limit: how many items a page has at most.
        :raises ValidationException: for a token of something that has gone since.
        """
        start = None
        if token is not None:
            was_of, start = self._issued[token, question]
            if was_of != of:
                raise _unknown()
        items = list(islice(after(start), limit + 1))
        if len(items) <= limit:
            return Page(items, None)
        del items[limit:]
        return Page(items, self._issue(question, of, position(items[-1])))

    def _issue(self, question: Question, of: Hashable, position: Any) -> str:
        label = position[-1] if isinstance(position, tuple) else position
        token = _token(question.operation, label)
        if len(token) > _LONGEST:
            token = _token(question.operation, hashlib.sha256(label.encode("utf-8", "surrogatepass")).hexdigest())
        self._issued[token, question] = of, position
        self._issued.move_to_end((token, question))
        if len(self._issued) > MOST_TOKENS:
            self._issued.popitem(last=False)
        return token


def _token(operation: str, label: str) -> str:
    """Rule L-9."""
    content = json.dumps({f"{operation[0].lower()}{operation[1:]}Token": label}, separators=(",", ":"))
    return base64.b64encode(content.encode()).decode()


def _unknown() -> ValidationException:
    return ValidationException("Error de-serializing the token.")
