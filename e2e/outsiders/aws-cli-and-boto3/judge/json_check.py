# judge/json_check.py: holds a JSON reply against its shape: types, required and unknown members, enums, timestamps.
import base64
import binascii
from collections.abc import Iterator

from botocore.model import ListShape, MapShape, Shape, StructureShape

from shape_check import constraint_faults, in_body, missing, size_faults, union_faults

Faults = Iterator[str]
NUMBERS = {'integer': int, 'long': int, 'float': (int, float), 'double': (int, float)}


def json_faults(shape: Shape, value: object, path: str = 'reply') -> Faults:
    if value is None:
        yield f'{path} is null'
    elif shape.metadata.get('document') or getattr(shape, 'is_document_type', False):
        return
    elif isinstance(shape, StructureShape):
        yield from structure_faults(shape, value, path)
    elif isinstance(shape, ListShape):
        yield from list_faults(shape, value, path)
    elif isinstance(shape, MapShape):
        yield from map_faults(shape, value, path)
    else:
        yield from leaf_faults(shape, value, path)


def structure_faults(shape: StructureShape, value: object, path: str) -> Faults:
    if not isinstance(value, dict):
        yield f'{path} is {value!r}, not a structure'
        return
    members = in_body(shape)
    for name, member in value.items():
        if name in members:
            yield from json_faults(members[name], member, f'{path}.{name}')
        elif name != '__type':
            yield f'{path}.{name} is unknown to {shape.name}'
    yield from missing(shape, set(value), path)
    yield from union_faults(shape, set(value) - {'__type'}, path)


def list_faults(shape: ListShape, value: object, path: str) -> Faults:
    if not isinstance(value, list):
        yield f'{path} is {value!r}, not a list'
        return
    if value:  # models share list shapes between inputs and outputs: a smallest size is meant for inputs
        yield from size_faults(shape, value, path)
    for index, member in enumerate(value):
        yield from json_faults(shape.member, member, f'{path}[{index}]')


def map_faults(shape: MapShape, value: object, path: str) -> Faults:
    if not isinstance(value, dict):
        yield f'{path} is {value!r}, not a map'
        return
    for key, member in value.items():
        yield from constraint_faults(shape.key, key, f'{path} key')
        yield from json_faults(shape.value, member, f'{path}[{key}]')


def leaf_faults(shape: Shape, value: object, path: str) -> Faults:
    kind = shape.type_name
    if kind == 'string' and not isinstance(value, str):
        yield f'{path} is {value!r}, not a string'
    elif kind == 'boolean' and not isinstance(value, bool):
        yield f'{path} is {value!r}, not a boolean'
    elif kind in NUMBERS and (isinstance(value, bool) or not isinstance(value, NUMBERS[kind])):
        yield f'{path} is {value!r}, not {kind}'
    elif kind == 'timestamp':
        yield from timestamp_faults(shape, value, path)
    elif kind == 'blob':
        yield from blob_faults(value, path)
    else:
        yield from constraint_faults(shape, value, path)


def timestamp_faults(shape: Shape, value: object, path: str) -> Faults:
    """Seconds since 1970, with a fraction at most, where the model names no other format."""
    wanted = shape.serialization.get('timestampFormat', 'unixTimestamp')
    if wanted == 'unixTimestamp':
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            yield f'{path} is {value!r}, not a timestamp in seconds'
        elif not 946_684_800 < value < 4_102_444_800:
            yield f'{path} is {value!r}: no time between 2000 and 2100 in seconds'
    elif not isinstance(value, str):
        yield f'{path} is {value!r}, not a timestamp in {wanted}'


def blob_faults(value: object, path: str) -> Faults:
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, TypeError, ValueError):
        yield f'{path} is not base64'
