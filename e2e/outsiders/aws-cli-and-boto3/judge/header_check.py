# judge/header_check.py: holds the headers of a reply against the members that the model puts there.
import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from botocore.model import Shape, StructureShape

from shape_check import constraint_faults, wire_name

Faults = Iterator[str]
# What AWS sends with every reply, or HTTP itself.
EVERYWHERE = {'x-amz-request-id', 'x-amz-id-2', 'x-amzn-requestid', 'x-amzn-errortype', 'x-amzn-query-error', 'x-amz-bucket-region', 'x-amz-delete-marker', 'x-amz-version-id'}
FORMS = {'integer': r'-?\d+', 'long': r'-?\d+', 'boolean': r'true|false'}


def header_faults(shape: StructureShape | None, headers: dict[str, str]) -> Faults:
    lower = {name.lower(): value for name, value in headers.items()}
    members = bound(shape, 'header')
    prefixes = tuple(bound(shape, 'headers'))
    for name, member in members.items():
        if name in lower:
            yield from value_faults(member, lower[name], f'header {name}')
    for name in lower:
        if name.startswith('x-amz') and name not in members and name not in EVERYWHERE and not (prefixes and name.startswith(prefixes)):
            yield f'header {name} is unknown to the model'
    if 'date' not in lower:
        yield 'there is no date header'
    if not {'x-amz-request-id', 'x-amzn-requestid'} & set(lower):
        yield 'there is no request id'


def bound(shape: StructureShape | None, location: str) -> dict[str, Shape]:
    if shape is None:
        return {}
    return {wire_name(name, member).lower(): member for name, member in shape.members.items() if member.serialization.get('location') == location}


def value_faults(member: Shape, text: str, path: str) -> Faults:
    if member.type_name == 'timestamp':
        yield from time_faults(text, path)
    elif member.type_name in FORMS and not re.fullmatch(FORMS[member.type_name], text):
        yield f'{path} is {text!r}, not {member.type_name}'
    elif member.type_name == 'string':
        yield from constraint_faults(member, text, path)


def time_faults(text: str, path: str) -> Faults:
    """RFC 9110 §5.6.7; headers that AWS fills with RFC 3339 are strings in its models."""
    try:
        parsedate_to_datetime(text)
    except ValueError:
        yield f'{path} is {text!r}, not a date of HTTP'
