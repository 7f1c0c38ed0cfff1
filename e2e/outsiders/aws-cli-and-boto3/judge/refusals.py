# judge/refusals.py: asks for every operation that the twin does not offer, with the least input that botocore lets through: the refusal must be one that clients can read.
from botocore.exceptions import ClientError
from botocore.model import ListShape, MapShape, Shape, StructureShape

from clients import Clients, error_protocol
from reply_check import reply_faults

# What AWS's front ends say of an operation that they do not know («Common errors»), by protocol; S3 has a word for what is not implemented.
CODES = {'rest-json': ('UnknownOperationException', 404), 'json': ('UnknownOperationException', 400), 'query': ('InvalidAction', 400), 'rest-xml': ('NotImplemented', 501)}

# Older names of what is offered under a newer one, and operations whose endpoint is another one.
SAME_ON_THE_WIRE = {'s3': {'GetBucketLifecycle', 'PutBucketLifecycle', 'GetBucketNotification', 'PutBucketNotification', 'ListDirectoryBuckets', 'WriteGetObjectResponse'}}


def judge_refusals(clients: Clients, offered: dict[str, list[str]], say) -> None:
    for service, operations in offered.items():
        faults = []
        model = clients.model(service)
        outside = [name for name in model.operation_names if name not in operations and name not in SAME_ON_THE_WIRE.get(service, ())]
        for operation in outside:
            why = fault(clients, service, operation)
            if why:
                faults.append(f'{operation}: {why}')
        say(f'refusals: {service} says of {len(outside)} other operations that it does not offer them', '\n'.join(faults) or None)


def fault(clients: Clients, service: str, operation: str) -> str | None:
    model = clients.model(service)
    shape = model.operation_model(operation).input_shape
    protocol = error_protocol(clients, service)
    code_wanted, status_wanted = CODES[protocol if protocol in CODES else 'json']
    clients.replies.clear()
    try:
        clients.call(service, operation, least(shape) if shape else {}, inject_host_prefix=False)
        return 'it was answered'
    except ClientError as error:
        code, status = error.response['Error']['Code'], error.response['ResponseMetadata']['HTTPStatusCode']
        if status != status_wanted:
            return f'{code} with status {status}'
        if operation.startswith('Head'):
            return None
        if code != code_wanted:
            return f'{code}: {error.response["Error"]["Message"]}'
        return '; '.join(why for reply in clients.replies for why in reply_faults(reply)) or None


def least(shape: Shape) -> object:
    """The smallest value that its model allows; patterns are left to the other side."""
    if isinstance(shape, StructureShape):
        names = shape.required_members or (list(shape.members)[:1] if shape.is_tagged_union else [])
        return {name: least(shape.members[name]) for name in names}
    if isinstance(shape, ListShape):
        return [least(shape.member)] * max(int(shape.metadata.get('min', 0)), 1)
    if isinstance(shape, MapShape):
        return {}
    if shape.type_name == 'string':
        return shape.enum[0] if shape.enum else 'x' * max(int(shape.metadata.get('min', 1)), 3)
    if shape.type_name == 'blob':
        return b'x'
    if shape.type_name == 'timestamp':
        return 0
    return False if shape.type_name == 'boolean' else int(shape.metadata.get('min', 1))
