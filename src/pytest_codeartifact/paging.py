"""Pages and the opaque tokens between them.

A token is good for the fake that issued it and for the same question asked again; anything else is answered as rule
E-20 says. It speaks of a position in the order of the list, not of an item, so a walk survives the deletion of what it
has passed or would come to.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Hashable, Iterable
from itertools import islice
from typing import Any, Generic, NamedTuple, TypeVar

from .errors import ValidationException

_Item = TypeVar("_Item")

_LONGEST_LABEL = 255  # characters; the model allows 2,000 for the whole token


class Page(NamedTuple, Generic[_Item]):
    items: list[_Item]
    next_token: str | None


class Tokens:
    """The tokens that one fake has issued."""

    __slots__ = ("_positions",)

    def __init__(self) -> None:
        self._positions: dict[tuple[str, Hashable], Any] = {}

    def page(
        self,
        question: tuple[str, Hashable],
        after: Callable[[Any], Iterable[_Item]],
        position: Callable[[_Item], Any],
        limit: int,
        token: str | None,
    ) -> Page[_Item]:
        """One page of a list.

        :param question: the operation's name, and what tells this list from others.
        :param after: the items after a position, or all for None; read lazily.
        :param position: the position of an item; its text, or the last item of a tuple, labels the token.
        :param limit: how many items a page has at most.
        :raises ValidationException: for a token of another list, of another fake, or of nobody (rules V-7 and L-10).
        """
        start = None if token is None else self._redeem(question, token)
        items = list(islice(after(start), limit + 1))
        if len(items) <= limit:
            return Page(items, None)
        del items[limit:]
        return Page(items, self._issue(question, position(items[-1])))

    def _issue(self, question: tuple[str, Hashable], position: Any) -> str:
        label = position[-1] if isinstance(position, tuple) else position
        if len(label) > _LONGEST_LABEL:
            label = hashlib.sha256(label.encode("utf-8", "surrogatepass")).hexdigest()
        operation = question[0]
        content = {f"{operation[0].lower()}{operation[1:]}Token": label}
        token = base64.b64encode(json.dumps(content, separators=(",", ":")).encode()).decode()
        self._positions[token, question] = position
        return token

    def _redeem(self, question: tuple[str, Hashable], token: str) -> Any:
        try:
            return self._positions[token, question]
        except KeyError:
            raise ValidationException("Error de-serializing the token.") from None
