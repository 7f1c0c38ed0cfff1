# python/answers.py: what the SDK's service clients answer: results, refusals, and the messages of streams.
from concurrent.futures import Future
from queue import Queue
from typing import Any, Callable

import awsiot
from awscrt.mqtt_request_response import SubscriptionStatusEventType

from connections import WAIT_S


def refusal(future: Future) -> Any:
    """The payload of the topic `…/rejected`, as the SDK's model reads it."""
    try:
        future.result(WAIT_S)
    except awsiot.V2ServiceException as error:
        if error.modeled_error is None:
            raise
        return error.modeled_error
    raise AssertionError('it was accepted')


class Stream:
    """Waits in its making for the broker to take the subscription."""

    def __init__(self, make: Callable[[awsiot.ServiceStreamOptions], Any]) -> None:
        self.messages: Queue = Queue()
        established: Future = Future()

        def status(event: Any) -> None:
            if event.type == SubscriptionStatusEventType.SUBSCRIPTION_ESTABLISHED and not established.done():
                established.set_result(None)

        self.operation = make(awsiot.ServiceStreamOptions(incoming_event_listener=self.messages.put, subscription_status_listener=status))
        self.operation.open()
        established.result(WAIT_S)

    def first(self, is_it: Callable[[Any], bool]) -> Any:
        while True:
            message = self.messages.get(timeout=WAIT_S)
            if is_it(message):
                return message
