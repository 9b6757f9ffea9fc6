"""The message about unused planned faults: the line that planned each one, and the most similar calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..journal.call import Call, has_params
from ..journal.calls import Calls
from ..service.faults import PlannedFault
from .call_list import place, summary_of, wrap_pieces

_WIDTH = 76  # pytest prints "E   " in front
_MAX_OPERATIONS = 5

_WAY_OUT = (
    "Not needed? Remove it or call .cancel(). To allow unused faults, write",
    '  @pytest.mark.codeartifact(unused_faults="allow")',
)


def unused_faults(faults: Sequence[PlannedFault], calls: Calls) -> str:
    """The whole message.

    :param calls: all calls of the fake.
    """
    heading = (
        "A planned fault was never used." if len(faults) == 1 else f"{len(faults)} planned faults were never used."
    )
    return "\n".join([heading, *(line for fault in faults for line in _about(fault, calls)), *_WAY_OUT])


def _about(fault: PlannedFault, calls: Calls) -> list[str]:
    same_operation = [call for call in calls if call.operation in fault.operations]
    planned = [repr(fault), *([f"[{place(fault.where)}]"] if fault.where else [])]
    return [*wrap_pieces("  ", planned, _WIDTH), *wrap_pieces("    ", _why(fault, same_operation, calls), _WIDTH)]


def _why(fault: PlannedFault, same_operation: list[Call], calls: Calls) -> list[str]:
    names = " or ".join(sorted(fault.operations))
    if not same_operation:
        others = list(dict.fromkeys(calls.operations))
        more = [f"{len(others) - _MAX_OPERATIONS} more"] if len(others) > _MAX_OPERATIONS else []
        only = f" The calls were {', '.join([*others[:_MAX_OPERATIONS], *more])}." if others else ""
        return [f"{names} was never called.{only}"]
    attempts = sum(call.attempts for call in same_operation if fault.matches(call))
    if attempts:
        return [f"Attempts of {names}: {attempts}, but after={fault.after} lets the first {fault.after} pass."]
    nearest = max(same_operation, key=lambda call: _in_common(fault, call))
    where = [f"[{place(nearest.where)}]"] if nearest.where else []
    result = "which did not match" if len(same_operation) == 1 else "none of which matched; the nearest one is"
    return [f"Calls of {names}: {len(same_operation)}, {result}:", summary_of(nearest), *where]


def _in_common(fault: PlannedFault, call: Call) -> int:
    """The number of parameters in a fault's condition that a call has."""
    if not isinstance(fault.when, Mapping):
        return 0
    return sum(has_params(call, {name: value}) for name, value in fault.when.items())
