# judge/shape_check.py: holds values as they came over the wire against a shape of botocore's service model.
import re
from collections.abc import Iterator

from botocore.model import ListShape, MapShape, Shape, StructureShape

BODY_LOCATIONS = (None, 'body')
Faults = Iterator[str]


def wire_name(name: str, member: Shape) -> str:
    return member.serialization.get('name', name)


def in_body(shape: StructureShape) -> dict[str, Shape]:
    """Members that a body carries, by their name on the wire."""
    return {wire_name(name, member): member for name, member in shape.members.items() if member.serialization.get('location') in BODY_LOCATIONS}


def missing(shape: StructureShape, present: set[str], path: str) -> Faults:
    for name in shape.required_members:
        member = shape.members[name]
        if member.serialization.get('location') in BODY_LOCATIONS and wire_name(name, member) not in present:
            yield f'{path}.{name} is required and not there'


def union_faults(shape: StructureShape, present: set[str], path: str) -> Faults:
    if shape.is_tagged_union and len(present) != 1:
        yield f'{path} is a union and has {len(present)} members'


def constraint_faults(shape: Shape, value: object, path: str) -> Faults:
    """Enums, lengths, ranges and patterns."""
    enum = shape.metadata.get('enum')
    if enum and value not in enum:
        yield f'{path} is {value!r}, not one of {", ".join(enum)}'
    yield from size_faults(shape, value, path)
    pattern = compiled(shape.metadata.get('pattern'))
    if pattern and isinstance(value, str) and not pattern.search(value):
        yield f'{path} is {value!r}, which does not match {pattern.pattern}'


# DynamoDB's own examples answer `NumberOfDecreasesToday: 0` where its model says that the least is 1 (API reference, DescribeTable).
SMALLER_THAN_TOLD = {'PositiveLongObject'}


def size_faults(shape: Shape, value: object, path: str) -> Faults:
    size = value if isinstance(value, (int, float)) else len(value) if isinstance(value, (str, bytes, list, dict)) else None
    if size is None or isinstance(value, bool):
        return
    least, most = shape.metadata.get('min'), shape.metadata.get('max')
    if least is not None and size < float(least) and shape.name not in SMALLER_THAN_TOLD:
        yield f'{path} is {value!r}: less than {least}'
    if most is not None and size > float(most):
        yield f'{path} is {value!r}: more than {most}'


def compiled(pattern: str | None) -> re.Pattern | None:
    """AWS's patterns are Java's; those that Python cannot read are left out. AWS matches the whole value where a pattern has no anchors."""
    if pattern is None:
        return None
    try:
        return re.compile(rf'^(?:{pattern})$', re.DOTALL)
    except re.error:
        return None


def is_container(shape: Shape) -> bool:
    return isinstance(shape, (StructureShape, ListShape, MapShape))
