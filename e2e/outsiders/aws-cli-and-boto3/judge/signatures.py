# judge/signatures.py: what AWS answers to a signature that does not hold, or that is not there: asked of every service.
from datetime import timedelta
from unittest.mock import patch

import botocore.auth
from botocore import UNSIGNED
from botocore.exceptions import ClientError

from clients import Clients, Key, error_protocol

# A read without input, of each service.
PROBES = {
    'iot': ('ListThings', {}),
    'iot-data': ('ListRetainedMessages', {}),
    'iot-jobs-data': ('GetPendingJobExecutions', {'thingName': 'nobody'}),
    'greengrassv2': ('ListComponents', {}),
    's3': ('ListBuckets', {}),
    'ecr': ('DescribeRepositories', {}),
    'lambda': ('ListFunctions', {}),
    'iam': ('ListRoles', {}),
    'sts': ('GetCallerIdentity', {}),
    'logs': ('DescribeLogGroups', {}),
    'cloudcontrol': ('ListResourceRequests', {}),
    'sns': ('ListTopics', {}),
    'sqs': ('ListQueues', {}),
    'cloudwatch': ('DescribeAlarms', {}),
    'kms': ('ListKeys', {}),
    'cognito-idp': ('ListUserPools', {'MaxResults': 1}),
    'cognito-identity': ('ListIdentityPools', {'MaxResults': 1}),
    'dynamodb': ('ListTables', {}),
    'firehose': ('ListDeliveryStreams', {}),
    'cloudfront': ('ListDistributions', {}),
}
# «Common errors» of the service references; S3's own list of error codes. By protocol: code and status.
CODES = {
    'wrong secret': {'rest-json': ('InvalidSignatureException', 403), 'json': ('InvalidSignatureException', 400), 'query': ('SignatureDoesNotMatch', 403), 'rest-xml': ('SignatureDoesNotMatch', 403)},
    'unknown key': {'rest-json': ('UnrecognizedClientException', 403), 'json': ('UnrecognizedClientException', 400), 'query': ('InvalidClientTokenId', 403), 'rest-xml': ('InvalidAccessKeyId', 403)},
    'clock of an hour ago': {'rest-json': ('InvalidSignatureException', 403), 'json': ('InvalidSignatureException', 400), 'query': ('SignatureDoesNotMatch', 403), 'rest-xml': ('RequestTimeTooSkewed', 403)},
    'clock of an hour ahead': {'rest-json': ('InvalidSignatureException', 403), 'json': ('InvalidSignatureException', 400), 'query': ('SignatureDoesNotMatch', 403), 'rest-xml': ('RequestTimeTooSkewed', 403)},
    'no signature': {'rest-json': ('MissingAuthenticationTokenException', 403), 'json': ('MissingAuthenticationTokenException', 400), 'query': ('MissingAuthenticationToken', 403), 'rest-xml': ('AccessDenied', 403)},
}


# They take anonymous requests where a resource policy says so: others are denied.
OPEN = {'kms': ('AccessDeniedException', 400), 'sqs': ('AccessDeniedException', 400), 'sns': ('AuthorizationError', 403)}

# All services share one endpoint here: an unsigned request that names its service neither by header nor by form is one to S3 (docs/FIDELITY.md, differences).
UNTOLD = {'lambda', 'iot', 'iot-data', 'iot-jobs-data', 'cloudfront'}


def judge_signatures(clients: Clients, offered: list[str], say) -> None:
    for service in offered:
        if service not in PROBES:
            say(f'signatures: {service} is asked', 'judge/signatures.py names no operation for it')
            continue
        for case in CODES:
            say(f'signatures: {service} refuses a request with {case}', fault(clients, service, case))
    say('signatures: the right key is taken after all that', None if clients.call('sts', 'GetCallerIdentity', {})['Account'] else 'it is not')


def fault(clients: Clients, service: str, case: str) -> str | None:
    operation, input = PROBES[service]
    protocol = error_protocol(clients, service)
    code, status = OPEN[service] if case == 'no signature' and service in OPEN else CODES[case][protocol if protocol in ('rest-json', 'query', 'rest-xml') else 'json']
    try:
        ask(clients, service, operation, input, case)
        return 'it was answered'
    except ClientError as error:
        found = (error.response['Error']['Code'], error.response['ResponseMetadata']['HTTPStatusCode'])
        if case == 'no signature' and service in UNTOLD:
            return None if found[1] == 403 else f'status {found[1]}, not 403'
        return None if found == (code, status) else f'{found[0]} with status {found[1]}, not {code} with {status}'


def ask(clients: Clients, service: str, operation: str, input: dict, case: str) -> None:
    root = clients.root_key
    keys = {'wrong secret': Key(root.access_key_id, 'not-the-secret'), 'unknown key': Key('AKIAIOSFODNN7EXAMPLE', root.secret_access_key)}
    client = clients.make(service, keys.get(case, root), **({'signature_version': UNSIGNED} if case == 'no signature' else {}))
    hours = {'clock of an hour ago': -1, 'clock of an hour ahead': 1}.get(case, 0)
    now = botocore.auth.get_current_datetime
    with patch.object(botocore.auth, 'get_current_datetime', lambda *args, **named: now(*args, **named) + timedelta(hours=hours)):
        client._make_api_call(operation, dict(input))
