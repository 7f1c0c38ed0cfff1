# judge/reply_check.py: holds a whole reply, success or error, against botocore's model of its operation.
import json
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from botocore.model import OperationModel, StructureShape

from header_check import header_faults
from json_check import json_faults
from shape_check import in_body
from xml_check import namespace_of, structure_faults, tag_of, xml_faults

Faults = Iterator[str]
JSON_PROTOCOLS = ('json', 'rest-json')
# The models say it of inputs alone. S3's API reference shows it in each answer; CloudFront's errors, as people report them, have that of its requests.
NAMESPACES = {'s3': 'http://s3.amazonaws.com/doc/2006-03-01/', 'cloudfront': 'http://cloudfront.amazonaws.com/doc/2020-05-31/'}


@dataclass
class Reply:
    """As it came, before botocore read it. `body` is None for a stream."""
    operation: OperationModel
    status: int
    headers: dict[str, str]
    body: bytes | None


def reply_faults(reply: Reply) -> Faults:
    if reply.status >= 300:
        yield from error_faults(reply)
        return
    shape = reply.operation.output_shape
    wanted = reply.operation.http.get('responseCode')
    says_status = shape is not None and any(member.serialization.get('location') == 'statusCode' for member in shape.members.values())
    if wanted is not None and reply.status != wanted and reply.status not in (206, 304) and not says_status:
        yield f'status {reply.status}, not {wanted}'
    yield from header_faults(shape, reply.headers)
    if shape is not None and reply.body is not None:
        yield from body_faults(reply, shape)
    elif reply.body:
        yield from stray_faults(reply)


def stray_faults(reply: Reply) -> Faults:
    """Query replies have a frame with the request id even where the operation answers nothing."""
    if reply.operation.service_model.resolved_protocol == 'query':
        yield from (f'{tag_of(child)} in an empty reply' for child in ElementTree.fromstring(reply.body) if tag_of(child) != 'ResponseMetadata')
    elif reply.operation.service_model.resolved_protocol not in JSON_PROTOCOLS or reply.body not in (b'', b'{}'):
        yield f'a body where the model has none: {reply.body[:80]!r}'


def body_faults(reply: Reply, shape: StructureShape) -> Faults:
    protocol = reply.operation.service_model.resolved_protocol
    payload = shape.serialization.get('payload')
    if payload is not None:
        member = shape.members[payload]
        if not isinstance(member, StructureShape) or not reply.body:
            return
        shape = member
    elif not in_body(shape) and not reply.body:
        return
    try:
        if protocol in JSON_PROTOCOLS:
            yield from json_faults(shape, json.loads(reply.body or b'{}'))
        else:
            yield from document_faults(reply, shape, ElementTree.fromstring(reply.body))
    except (ValueError, ElementTree.ParseError) as error:
        yield f'the body cannot be read: {error}: {reply.body[:80]!r}'


def document_faults(reply: Reply, shape: StructureShape, root: ElementTree.Element) -> Faults:
    service = reply.operation.service_model
    namespace = service.metadata.get('xmlNamespace') or shape.serialization.get('xmlNamespace', {}).get('uri', '')
    namespace = namespace.get('uri', '') if isinstance(namespace, dict) else namespace
    namespace = NAMESPACES.get(service.service_name, namespace)
    if namespace_of(root) != namespace:
        yield f'the root is in the namespace {namespace_of(root)!r}, not {namespace!r}'
    if service.resolved_protocol == 'rest-xml':
        yield from structure_faults(shape, root, tag_of(root))
        return
    frame = {tag_of(child): child for child in root}
    if not frame.get('ResponseMetadata'):
        yield 'there is no ResponseMetadata'
    wrapper = shape.serialization.get('resultWrapper')
    yield from (f'{tag} beside {wrapper}' for tag in frame if tag not in ('ResponseMetadata', wrapper))
    if wrapper in frame:
        yield from xml_faults(shape, [frame[wrapper]], wrapper)
    else:
        yield f'there is no {wrapper}'


def error_faults(reply: Reply) -> Faults:
    yield from header_faults(None, {name: value for name, value in reply.headers.items() if not name.lower().startswith('x-amz')} | {'x-amz-request-id': '-'})
    if reply.operation.service_model.resolved_protocol not in JSON_PROTOCOLS:
        yield from xml_error_faults(reply)
        return
    code = error_code(reply)
    try:
        body = json.loads(reply.body or b'{}')
    except ValueError:
        yield f'the error cannot be read: {(reply.body or b"")[:80]!r}'
        return
    if not code:
        yield 'the error has no code'
    shape = error_shape(reply.operation, code)
    if shape is None:
        yield from (f'error member {name} of {code}' for name in body if name not in ('message', 'Message', '__type', 'Type', 'code'))
        return
    yield from json_faults(shape, {name: value for name, value in body.items() if name.lower() not in ('message', 'code')} | {name: value for name, value in body.items() if name in in_body(shape)}, code)
    wanted = shape.metadata.get('error', {}).get('httpStatusCode')
    if wanted is not None and reply.status != wanted:
        yield f'{code} has status {reply.status}, not {wanted}'


def xml_error_faults(reply: Reply) -> Faults:
    if not reply.body:  # HEAD and 304 have none
        return
    root = ElementTree.fromstring(reply.body)
    error = root if tag_of(root) == 'Error' else next((child for child in root if tag_of(child) == 'Error'), None)
    if error is None:
        yield f'an error in {tag_of(root)}'
        return
    parts = {tag_of(child) for child in error}
    yield from (f'the error has no {name}' for name in ('Code', 'Message') if name not in parts)


def error_shape(operation: OperationModel, code: str | None) -> StructureShape | None:
    return next((shape for shape in operation.error_shapes if shape.name == code or shape.error_code == code), None)


def error_code(reply: Reply) -> str | None:
    """Of the JSON protocols."""
    lower = {name.lower(): value for name, value in reply.headers.items()}
    code = lower.get('x-amzn-errortype')
    if code is None:
        try:
            code = json.loads(reply.body or b'{}').get('__type')
        except ValueError:
            return None
    return None if code is None else code.split(':')[0].rsplit('#', 1)[-1]
