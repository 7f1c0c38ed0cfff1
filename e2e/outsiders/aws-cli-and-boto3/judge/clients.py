# judge/clients.py: botocore clients of the twin that keep every reply as it came.
from dataclasses import dataclass

import botocore.session
from botocore.config import Config

from reply_check import Reply

REGION = 'eu-central-1'
# Model of the twin (the JavaScript SDK's package) → botocore's name.
BOTOCORE_NAMES = {'cloudwatch-logs': 'logs', 'iot-data-plane': 'iot-data', 'iot-jobs-data-plane': 'iot-jobs-data', 'cognito-identity-provider': 'cognito-idp'}


@dataclass(frozen=True)
class Key:
    access_key_id: str
    secret_access_key: str
    session_token: str | None = None


class Clients:
    """One session; clients by service and key."""

    def __init__(self, endpoint: str, root_key: Key):
        self.endpoint = endpoint
        self.root_key = root_key
        self.session = botocore.session.Session()
        self.replies: list[Reply] = []
        self.keys: dict[str, Key] = {}
        self._clients: dict = {}

    def model(self, service: str):
        return self.of(service).meta.service_model

    def of(self, service: str, caller: str | None = None, **config):
        name = (service, caller, tuple(sorted(config.items())))
        if name not in self._clients:
            self._clients[name] = self.make(service, self.keys[caller] if caller else self.root_key, **config)
        return self._clients[name]

    def make(self, service: str, key: Key | None, region: str = REGION, endpoint: str | None = None, verify: str | None = None, **config):
        client = self.session.create_client(
            service,
            region_name=region,
            endpoint_url=endpoint or self.endpoint,
            verify=verify,
            config=Config(**{'retries': {'total_max_attempts': 1}, 's3': {'addressing_style': 'path'}, 'read_timeout': 30, **config}),
            **({} if key is None else {'aws_access_key_id': key.access_key_id, 'aws_secret_access_key': key.secret_access_key, 'aws_session_token': key.session_token}),
        )
        client.meta.events.register('before-parse.*.*', self._keep)
        return client

    def _keep(self, operation_model, response_dict, **_):
        body = None if operation_model.has_streaming_output and response_dict['status_code'] < 300 else response_dict['body']
        self.replies.append(Reply(operation_model, response_dict['status_code'], dict(response_dict['headers']), body))

    def call(self, service: str, operation: str, input: dict, caller: str | None = None, **config):
        """What botocore's own methods do, by the operation's name in the model."""
        return self.of(service, caller, **config)._make_api_call(operation, input)


def method_name(client, operation: str) -> str:
    return next(method for method, name in client.meta.method_to_api_mapping.items() if name == operation)


def paginator_of(client, operation: str):
    method = method_name(client, operation)
    return client.get_paginator(method) if client.can_paginate(method) else None


def error_protocol(clients: Clients, service: str) -> str:
    """Whose common errors a service has: CloudFront, REST with XML as S3, has those of the query services (CloudFront API reference, «Common Errors»)."""
    return 'query' if service == 'cloudfront' else clients.model(service).resolved_protocol
