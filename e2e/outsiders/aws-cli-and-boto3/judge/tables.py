# judge/tables.py: reads the tables of cases: YAML with a few tags for what YAML cannot say.
import base64
import io
import json
import re
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import yaml

RESERVED = {'gives', 'refused', 'keep', 'pages', 'within', 'among', 'status', 'as', 'note'}
VARIABLE = re.compile(r'\$\{(\w+)\}|\$(\w+)')


@dataclass
class Json:
    """`!json {…}`: a structure that goes over the wire as JSON text."""
    value: object


@dataclass
class Bytes:
    """`!bytes text`"""
    value: object


@dataclass
class Zip:
    """`!zip {index.js: …}`"""
    value: object


@dataclass
class Filler:
    """`!filler 9000`: text of this many bytes."""
    value: str


@dataclass
class At:
    """`!at -1h`: a time by its distance from now."""
    value: str


@dataclass
class Having:
    """`!having […]`: a list in which each of these is found."""
    value: list


class Absent:
    """`!absent`"""

    def __repr__(self):
        return 'nothing'


class Something:
    """`!something`: there, and not empty."""

    def __repr__(self):
        return 'something'


@dataclass
class Step:
    service: str
    operation: str
    input: dict
    gives: object
    refused: str | None
    status: int | None
    keep: dict
    pages: dict | None
    is_among: bool
    within_seconds: float | None
    caller: str | None


@dataclass
class Story:
    name: str
    file: str
    steps: list[Step]


@dataclass
class Table:
    service: str
    stories: list[Story]
    # Operation (`*`: all of the service) → member path → why no case uses it (`a.*`: what is below `a`); the path '' → why it never answers with success; `pages` → why it has one page.
    left_out: dict[str, dict[str, str]]


class Loader(yaml.SafeLoader):
    """Only `true` and `false` are booleans, as in YAML 1.2: members are called `on`."""
    yaml_implicit_resolvers = {first: [(tag, pattern) for tag, pattern in resolvers if tag not in ('tag:yaml.org,2002:bool', 'tag:yaml.org,2002:timestamp')] for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}


Loader.add_implicit_resolver('tag:yaml.org,2002:bool', re.compile('^(true|false)$'), 'tf')


def tag(name, make):
    Loader.add_constructor(f'!{name}', lambda loader, node: make(loader.construct_mapping(node, deep=True) if isinstance(node, yaml.MappingNode) else loader.construct_sequence(node, deep=True) if isinstance(node, yaml.SequenceNode) else loader.construct_scalar(node)))


for name, make in {'json': Json, 'bytes': Bytes, 'zip': Zip, 'at': At, 'filler': Filler, 'having': Having, 'absent': lambda _: Absent(), 'something': lambda _: Something()}.items():
    tag(name, make)


def read_tables(folder: Path) -> list[Table]:
    return [read_table(file) for file in sorted(folder.glob('*.yaml'))]


def read_table(file: Path) -> Table:
    content = yaml.load(file.read_text(), Loader)
    service = content['service']
    stories = [Story(story['story'], file.stem, [read_step(step, service) for step in story['steps']]) for story in content['stories']]
    return Table(service, stories, content.get('left_out', {}))


def read_step(step: dict, service: str) -> Step:
    named = [key for key in step if key not in RESERVED]
    if len(named) != 1:
        raise ValueError(f'a step must name one operation, not {named}')
    own, _, operation = named[0].rpartition('.')
    return Step(
        service=own or service,
        operation=operation,
        input=step[named[0]] or {},
        gives=step.get('gives'),
        refused=step.get('refused'),
        status=step.get('status'),
        keep=step.get('keep', {}),
        pages=step.get('pages'),
        is_among=step.get('among', False),
        within_seconds=step.get('within'),
        caller=step.get('as'),
    )


def resolve(value: object, variables: dict) -> object:
    """Tags and `$variables` of an input become what is sent."""
    if isinstance(value, str):
        return substituted(value, variables)
    if isinstance(value, dict):
        return {substituted(key, variables): resolve(member, variables) for key, member in value.items()}
    if isinstance(value, list):
        return [resolve(member, variables) for member in value]
    if isinstance(value, Json):
        return json.dumps(resolve(value.value, variables))
    if isinstance(value, Bytes):
        inner = resolve(value.value, variables)
        return inner.encode() if isinstance(inner, str) else inner
    if isinstance(value, Zip):
        return zipped(resolve(value.value, variables))
    if isinstance(value, Filler):
        return 'x' * int(value.value)
    if isinstance(value, At):
        return moment(value.value)
    return value


def substituted(text: str, variables: dict) -> object:
    whole = VARIABLE.fullmatch(text)
    if whole and (whole[1] or whole[2]) in variables:
        return variables[whole[1] or whole[2]]
    return VARIABLE.sub(lambda found: str(variables[found[1] or found[2]]) if (found[1] or found[2]) in variables else found[0], text)


def zipped(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text)
    return buffer.getvalue()


UNITS = {'s': 'seconds', 'm': 'minutes', 'h': 'hours', 'd': 'days'}


def moment(distance: str) -> datetime:
    amount, unit = int(distance[:-1]), UNITS[distance[-1]]
    return datetime.now(timezone.utc).replace(microsecond=0) + timedelta(**{unit: amount})


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()
