# judge/coverage.py: which operations and members of inputs the cases have used; what the twin offers and no case calls is a failure.
from collections import defaultdict

from botocore.model import ListShape, MapShape, Shape, StructureShape

from clients import Clients
from pages import is_paged

# «Common errors» of the service references, which the models do not list.
COMMON_ERRORS = {
    'AccessDeniedException', 'AccessDenied', 'ExpiredTokenException', 'ExpiredToken', 'IncompleteSignature', 'IncompleteSignatureException', 'InternalFailure', 'InvalidClientTokenId',
    'InvalidSignatureException', 'MissingAuthenticationToken', 'MissingAuthenticationTokenException', 'SignatureDoesNotMatch', 'Throttling', 'ThrottlingException', 'UnrecognizedClientException',
    'ValidationError', 'ValidationException', 'SerializationException', 'MalformedInput', 'MissingAction', 'InvalidAction', 'UnknownOperationException', 'RequestEntityTooLargeException', 'ForbiddenException',
}
# SQS once spoke the query protocol: clients still get its codes (`x-amzn-query-error`), for the shapes of the model.
QUERY_CODES = {('sqs', 'QueueAlreadyExists'): 'QueueNameExists', ('sqs', 'AWS.SimpleQueueService.NonExistentQueue'): 'QueueDoesNotExist'}
PAGING_MEMBERS = {'nextToken', 'NextToken', 'marker', 'Marker', 'ContinuationToken', 'maxResults', 'MaxResults', 'pageSize', 'limit', 'MaxItems', 'MaxKeys', 'MaxUploads', 'MaxParts', 'MaxBuckets', 'KeyMarker', 'UploadIdMarker', 'VersionIdMarker', 'PartNumberMarker'}


class Coverage:
    def __init__(self, clients: Clients, left_out: dict[tuple[str, str], dict[str, str]]):
        self.clients = clients
        self.left_out = left_out
        self.members: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.minimal: set[tuple[str, str]] = set()
        self.called: set[tuple[str, str]] = set()
        self.paged: set[tuple[str, str]] = set()

    def add(self, service: str, operation: str, input: dict) -> None:
        shape = self.clients.model(service).operation_model(operation).input_shape
        name = (service, operation)
        self.members[name] |= set(used(shape, input)) if shape else {''}
        self.add_call(service, operation, input)

    def add_call(self, service: str, operation: str, input: dict) -> None:
        """Also of calls that were refused as expected: some operations need more than their model requires."""
        shape = self.clients.model(service).operation_model(operation).input_shape
        self.called.add((service, operation))
        if shape is None or set(input) <= set(shape.required_members):
            self.minimal.add((service, operation))

    def add_paged(self, service: str, operation: str, input: dict) -> None:
        self.add(service, operation, input)
        self.paged.add((service, operation))

    def refusal_faults(self, service: str, operation: str, code: str):
        """S3 declares few of its errors."""
        if service == 's3' or code in COMMON_ERRORS or QUERY_CODES.get((service, code)) in {shape.name for shape in self.clients.model(service).operation_model(operation).error_shapes}:
            return
        declared = {code for shape in self.clients.model(service).operation_model(operation).error_shapes for code in (shape.name, shape.error_code)}
        if code not in declared:
            yield f'{code} is not declared by {operation}'

    def faults(self, service: str, operation: str):
        name = (service, operation)
        model = self.clients.model(service)
        if operation not in model.operation_names:
            yield 'botocore does not know it'
            return
        excused = {**self.left_out.get((service, '*'), {}), **self.left_out.get(name, {})}
        if name not in self.members:
            if '' not in excused:
                yield 'no case calls it with success'
            elif name not in self.called:
                yield 'no case calls it'
            return
        shape = model.operation_model(operation).input_shape
        if name not in self.minimal and not has_either(shape):
            yield 'no case calls it with its required members alone'
        for path in documented(shape) if shape else ():
            if path not in self.members[name] and not any(is_below(path, left) for left in excused):
                yield f'no case uses {path}'
        yield from (f'{left} is said to be left out, but is used' for left in self.left_out.get(name, {}) if left in self.members[name])
        if is_paged(self.clients, service, operation) and name not in self.paged and 'pages' not in excused:
            yield 'no case reads it in pages'


def is_below(path: str, left: str) -> bool:
    """`a.b` leaves out itself and what is below it; `a.*` only what is below."""
    return path.startswith(left[:-1]) if left.endswith('.*') else path == left or path.startswith(f'{left}.')


def has_either(shape) -> bool:
    """Operations that need one of several members, none of which the model requires (`thingGroupName` or `thingGroupArn`)."""
    return shape is not None and not shape.required_members


def used(shape: Shape, value: object, path: str = ''):
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        for name, member in value.items():
            if name in shape.members:
                yield f'{path}{name}'
                yield from used(shape.members[name], member, f'{path}{name}.')
    elif isinstance(shape, ListShape) and isinstance(value, list):
        for member in value:
            yield from used(shape.member, member, path)
    elif isinstance(shape, MapShape) and isinstance(value, dict):
        for member in value.values():
            yield from used(shape.value, member, path)


def documented(shape: Shape, path: str = '', within: tuple[str, ...] = ()):
    """Paths of all members, but those by which pages are read."""
    if isinstance(shape, StructureShape):
        if shape.name in within:
            return
        for name, member in shape.members.items():
            if path == '' and name in PAGING_MEMBERS:
                continue
            yield f'{path}{name}'
            yield from documented(member, f'{path}{name}.', (*within, shape.name))
    elif isinstance(shape, ListShape):
        yield from documented(shape.member, path, within)
    elif isinstance(shape, MapShape):
        yield from documented(shape.value, path, within)
