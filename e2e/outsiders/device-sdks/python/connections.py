# python/connections.py: connections of the SDK in both versions of MQTT, by mutual TLS and by WebSocket with Signature Version 4.
from concurrent.futures import Future
from dataclasses import dataclass
from queue import Queue
from typing import Any, Protocol

from awscrt import mqtt, mqtt5
from awscrt.auth import AwsCredentialsProvider
from awscrt.mqtt_request_response import ClientOptions
from awsiot import mqtt5_client_builder, mqtt_connection_builder

VERSIONS = ('MQTT 3.1.1', 'MQTT 5')
WAIT_S = 20
SERVICE_OPTIONS = ClientOptions(max_request_response_subscriptions=8, max_streaming_subscriptions=4, operation_timeout_in_seconds=WAIT_S)


@dataclass(frozen=True)
class Place:
    mqtt_port: int
    gateway_port: int
    region: str
    ca_pem: str


class Connection(Protocol):
    client: Any  # what the SDK's service clients take

    def echo(self, topic: str, text: str) -> str: ...

    def __enter__(self) -> 'Connection': ...

    def __exit__(self, *_: object) -> None: ...


def connect(version: str, place: Place, client_id: str, certificate: dict | None = None, key: dict | None = None) -> Connection:
    """`certificate`: certificatePem, privateKeyPem; or `key`: accessKeyId, secretAccessKey, sessionToken. Raises when the twin does not let it in."""
    common = {'endpoint': 'localhost', 'client_id': client_id, 'ca_bytes': place.ca_pem.encode(), 'port': place.gateway_port if key else place.mqtt_port}
    builder = mqtt5_client_builder if version == 'MQTT 5' else mqtt_connection_builder
    connection = Connection5() if version == 'MQTT 5' else Connection311()
    common |= connection.options
    if certificate:
        client = builder.mtls_from_bytes(certificate['certificatePem'].encode(), certificate['privateKeyPem'].encode(), **common)
    else:
        assert key
        provider = AwsCredentialsProvider.new_static(key['accessKeyId'], key['secretAccessKey'], key['sessionToken'])
        client = builder.websockets_with_default_aws_signing(place.region, provider, **common)
    return connection.open(client)


class Connection311:
    options: dict[str, Any] = {'clean_session': True}

    def open(self, client: mqtt.Connection) -> 'Connection311':
        self.client = client
        client.connect().result(WAIT_S)
        return self

    def echo(self, topic: str, text: str) -> str:
        came: Queue[bytes] = Queue()
        subscribed, _ = self.client.subscribe(topic, mqtt.QoS.AT_LEAST_ONCE, lambda topic, payload, **_: came.put(payload))
        subscribed.result(WAIT_S)
        self.client.publish(topic, text, mqtt.QoS.AT_LEAST_ONCE)[0].result(WAIT_S)
        return bytes(came.get(timeout=WAIT_S)).decode()

    def __enter__(self) -> 'Connection311':
        return self

    def __exit__(self, *_: object) -> None:
        self.client.disconnect().result(WAIT_S)


class Connection5:
    def __init__(self) -> None:
        self.connected: Future = Future()
        self.stopped: Future = Future()
        self.came: Queue[bytes] = Queue()
        self.options: dict[str, Any] = {
            'on_lifecycle_connection_success': lambda event: self.connected.done() or self.connected.set_result(event),
            'on_lifecycle_connection_failure': lambda event: self.connected.done() or self.connected.set_exception(event.exception),
            'on_lifecycle_stopped': lambda event: self.stopped.set_result(event),
            'on_publish_received': lambda event: self.came.put(event.publish_packet.payload),
        }

    def open(self, client: mqtt5.Client) -> 'Connection5':
        self.client = client
        client.start()
        try:
            self.connected.result(WAIT_S)
        except BaseException:
            self.__exit__()
            raise
        return self

    def echo(self, topic: str, text: str) -> str:
        subscription = mqtt5.Subscription(topic, mqtt5.QoS.AT_LEAST_ONCE)
        codes = self.client.subscribe(mqtt5.SubscribePacket([subscription])).result(WAIT_S).reason_codes
        assert all(code <= 1 for code in codes), f'SUBACK {codes}'
        ack = self.client.publish(mqtt5.PublishPacket(topic=topic, qos=mqtt5.QoS.AT_LEAST_ONCE, payload=text)).result(WAIT_S)
        assert ack.puback.reason_code <= 0x10, f'PUBACK {ack.puback.reason_code}'
        return bytes(self.came.get(timeout=WAIT_S)).decode()

    def __enter__(self) -> 'Connection5':
        return self

    def __exit__(self, *_: object) -> None:
        self.client.stop()
        self.stopped.result(WAIT_S)
