# judge/expectation.py: compares a reply, as botocore has read it, with what a table expects of it.
import json
import re
from collections.abc import Iterator
from datetime import datetime

from tables import Absent, At, Bytes, Having, Json, Something, moment, resolve

CLOSE_SECONDS = 120


def differences(expected: object, actual: object, variables: dict, path: str = 'reply') -> Iterator[str]:
    """Structures may have more members than are expected; lists may not, unless `!having`."""
    if isinstance(expected, Something):
        if actual in (None, '', [], {}):
            yield f'{path} is {actual!r}'
    elif isinstance(expected, dict):
        yield from structure_differences(expected, actual, variables, path)
    elif isinstance(expected, list):
        yield from list_differences(expected, actual, variables, path)
    elif isinstance(expected, Having):
        yield from having_differences(expected.value, actual, variables, path)
    elif isinstance(expected, Json):
        yield from json_differences(expected, actual, variables, path)
    else:
        yield from leaf_differences(expected, actual, variables, path)


def structure_differences(expected: dict, actual: object, variables: dict, path: str) -> Iterator[str]:
    if not isinstance(actual, dict):
        yield f'{path} is {actual!r}, not a structure'
        return
    for name, member in expected.items():
        name = resolve(name, variables)
        if isinstance(member, Absent):
            if name in actual:
                yield f'{path}.{name} is there: {actual[name]!r}'
        elif name not in actual:
            yield f'{path}.{name} is not there; there are {", ".join(map(str, actual))}'
        else:
            yield from differences(member, actual[name], variables, f'{path}.{name}')


def list_differences(expected: list, actual: object, variables: dict, path: str) -> Iterator[str]:
    if not isinstance(actual, list) or len(actual) != len(expected):
        yield f'{path} is {actual!r}; {len(expected)} members are expected'
        return
    for index, (one, other) in enumerate(zip(expected, actual)):
        yield from differences(one, other, variables, f'{path}[{index}]')


def having_differences(expected: list, actual: object, variables: dict, path: str) -> Iterator[str]:
    for member in expected:
        if not isinstance(actual, list) or all(any(True for _ in differences(member, other, variables)) for other in actual):
            yield f'{path} has no {member!r}: {actual!r}'


def json_differences(expected: Json, actual: object, variables: dict, path: str) -> Iterator[str]:
    text = actual.decode() if isinstance(actual, bytes) else actual
    try:
        parsed = json.loads(text) if isinstance(text, str) else text  # botocore itself parses the policy documents of IAM
    except ValueError:
        yield f'{path} is no JSON: {actual!r}'
        return
    yield from differences(expected.value, parsed, variables, path)


def leaf_differences(expected: object, actual: object, variables: dict, path: str) -> Iterator[str]:
    if isinstance(expected, At):
        wanted = moment(expected.value)
        if not isinstance(actual, datetime) or abs((actual - wanted).total_seconds()) > CLOSE_SECONDS:
            yield f'{path} is {actual!r}, not about {wanted}'
        return
    wanted = resolve(expected, variables)
    if isinstance(expected, Bytes):
        actual = actual.encode() if isinstance(actual, str) else actual
    if isinstance(wanted, str) and wanted.startswith('~'):
        if not isinstance(actual, (str, int, float, bytes)) or not re.fullmatch(wanted[1:], actual.decode() if isinstance(actual, bytes) else str(actual), re.DOTALL):
            yield f'{path} is {actual!r}, which does not match {wanted[1:]}'
    elif wanted != actual or isinstance(wanted, bool) != isinstance(actual, bool):
        yield f'{path} is {actual!r}, not {wanted!r}'
