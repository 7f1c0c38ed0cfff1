# judge/xml_check.py: holds an XML reply against its shape: element names, lists, attributes, types, required and unknown members.
import re
from collections.abc import Iterator
from xml.etree import ElementTree

from botocore.model import ListShape, MapShape, Shape, StructureShape

from shape_check import constraint_faults, in_body, missing, wire_name

Faults = Iterator[str]
ISO_TIME = re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z')
FORMS = {'integer': r'-?\d+', 'long': r'-?\d+', 'float': r'-?\d+(\.\d+)?', 'double': r'-?\d+(\.\d+)?', 'boolean': r'true|false'}


def tag_of(element: ElementTree.Element) -> str:
    return element.tag.rpartition('}')[2]


def namespace_of(element: ElementTree.Element) -> str:
    return element.tag.partition('}')[0].lstrip('{') if '}' in element.tag else ''


def xml_faults(shape: Shape, elements: list[ElementTree.Element], path: str) -> Faults:
    """`elements`: all with this member's name; more than one for flattened lists and maps."""
    if isinstance(shape, ListShape):
        yield from list_faults(shape, elements, path)
    elif isinstance(shape, MapShape):
        yield from map_faults(shape, elements, path)
    elif len(elements) > 1:
        yield f'{path} is there {len(elements)} times'
    elif isinstance(shape, StructureShape):
        yield from structure_faults(shape, elements[0], path)
    else:
        yield from text_faults(shape, elements[0], path)


def structure_faults(shape: StructureShape, element: ElementTree.Element, path: str) -> Faults:
    members = {name: member for name, member in in_body(shape).items() if not member.serialization.get('xmlAttribute')}
    # Members of a flattened list stand under the list's own name, or under that of its member.
    by_tag = {element_name(name, member): member for name, member in members.items()}
    groups: dict[str, list[ElementTree.Element]] = {}
    for child in element:
        groups.setdefault(tag_of(child), []).append(child)
    for tag, children in groups.items():
        if tag in by_tag:
            yield from xml_faults(by_tag[tag], children, f'{path}.{tag}')
        else:
            yield f'{path}.{tag} is unknown to {shape.name}'
    present = {name for name, member in members.items() if element_name(name, member) in groups}
    absent_lists = {name for name, member in members.items() if isinstance(member, ListShape) and member.serialization.get('flattened')}  # an empty one leaves no trace
    attributes = {wire_name(name, member) for name, member in shape.members.items() if member.serialization.get('xmlAttribute')}
    yield from missing(shape, present | absent_lists | attributes, path)


def element_name(name: str, member: Shape) -> str:
    if isinstance(member, ListShape) and member.serialization.get('flattened'):
        return member.serialization.get('name') or member.member.serialization.get('name') or name
    return name


def list_faults(shape: ListShape, elements: list[ElementTree.Element], path: str) -> Faults:
    if shape.serialization.get('flattened'):
        entries = elements
    else:
        if len(elements) > 1:
            yield f'{path} is there {len(elements)} times'
        entries = list(elements[0])
        wanted = shape.member.serialization.get('name', 'member')
        yield from (f'{path} has an element {tag_of(entry)}, not {wanted}' for entry in entries if tag_of(entry) != wanted)
    for index, entry in enumerate(entries):
        yield from xml_faults(shape.member, [entry], f'{path}[{index}]')


def map_faults(shape: MapShape, elements: list[ElementTree.Element], path: str) -> Faults:
    entries = elements if shape.serialization.get('flattened') else list(elements[0])
    key, value = shape.key.serialization.get('name', 'key'), shape.value.serialization.get('name', 'value')
    for entry in entries:
        parts = {tag_of(part): part for part in entry}
        if set(parts) != {key, value}:
            yield f'{path} has an entry of {sorted(parts)}, not {key} and {value}'
        else:
            yield from xml_faults(shape.value, [parts[value]], f'{path}[{parts[key].text}]')


def text_faults(shape: Shape, element: ElementTree.Element, path: str) -> Faults:
    text = element.text or ''
    if len(element):
        yield f'{path} has elements within, but is a {shape.type_name}'
    elif shape.type_name == 'timestamp':
        if not ISO_TIME.fullmatch(text):
            yield f'{path} is {text!r}, not a time in ISO 8601'
    elif shape.type_name in FORMS:
        if not re.fullmatch(FORMS[shape.type_name], text):
            yield f'{path} is {text!r}, not {shape.type_name}'
        elif shape.type_name in ('integer', 'long'):
            yield from constraint_faults(shape, int(text), path)
    elif shape.type_name == 'string':
        yield from constraint_faults(shape, text, path)
