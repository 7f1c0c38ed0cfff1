# judge/stories.py: plays the tables of cases step by step and says what was not as it should be.
import time
from copy import deepcopy

import jmespath
from botocore.exceptions import BotoCoreError, ClientError

from clients import Clients, Key
from coverage import Coverage
from expectation import differences
from pages import page_faults, read_pages
from reply_check import reply_faults
from tables import Step, Story, resolve

AGAIN_SECONDS = 0.05


class Teller:
    def __init__(self, clients: Clients, coverage: Coverage, variables: dict, say):
        self.clients = clients
        self.coverage = coverage
        self.known = variables
        self.say = say

    def tell(self, story: Story) -> None:
        variables = dict(self.known)
        for number, step in enumerate(story.steps, 1):
            name = f'{story.file}: {story.name}: {number}. {step.operation}{" is refused" if step.refused else ""}{" in pages" if step.pages else ""}'
            try:
                faults = list(self.play(step, variables))
            except (BotoCoreError, KeyError, AssertionError) as error:
                faults = [f'{type(error).__name__}: {error}']
            self.say(name, '\n'.join(faults) or None)

    def play(self, step: Step, variables: dict):
        deadline = time.monotonic() + (step.within_seconds or 0)
        while True:
            faults = list(self.once(step, variables))
            if not faults or time.monotonic() > deadline:
                return faults
            time.sleep(AGAIN_SECONDS)

    def once(self, step: Step, variables: dict):
        input = resolve(step.input, variables)
        self.clients.replies.clear()
        try:
            if step.pages is not None:
                yield from self.paged(step, input, variables)
            else:
                reply = self.clients.call(step.service, step.operation, deepcopy(input), step.caller)  # botocore adds tokens and checksums to what it is given
                yield from self.answered(step, input, reply, variables)
        except ClientError as error:
            self.coverage.add_call(step.service, step.operation, input)
            yield from self.refused(step, error, variables)
        for reply in self.clients.replies:
            yield from reply_faults(reply)

    def answered(self, step: Step, input: dict, reply: dict, variables: dict):
        if step.refused:
            yield f'answered, but {step.refused} is expected'
            return
        self.coverage.add(step.service, step.operation, input)
        read_streams(reply)
        status = reply['ResponseMetadata']['HTTPStatusCode']
        if step.status is not None and status != step.status:
            yield f'status {status}, not {step.status}'
        if step.gives is not None:
            yield from differences(step.gives, reply, variables)
        for name, expression in step.keep.items():
            variables[name] = jmespath.search(expression, reply)
            if variables[name] is None:
                yield f'there is no {expression} to keep'
        if step.operation in ('AssumeRole', 'AssumeRoleWithWebIdentity'):
            given = reply['Credentials']
            self.clients.keys[input['RoleSessionName']] = Key(given['AccessKeyId'], given['SecretAccessKey'], given['SessionToken'])

    def refused(self, step: Step, error: ClientError, variables: dict):
        code = error.response['Error']['Code']
        if step.refused is None:
            yield f'refused: {error}'
            return
        if code != step.refused:
            yield f'refused with {code}, not {step.refused}: {error}'
        status = error.response['ResponseMetadata']['HTTPStatusCode']
        if step.status is not None and status != step.status:
            yield f'status {status}, not {step.status}'
        if step.gives is not None:
            yield from differences(step.gives, {**error.response, **error.response['Error']}, variables)
        yield from self.coverage.refusal_faults(step.service, step.operation, code)

    def paged(self, step: Step, input: dict, variables: dict):
        pages = read_pages(self.clients, step.service, step.operation, input)
        wanted = {expression: resolve(items, variables) for expression, items in step.pages.items()}
        yield from page_faults(pages, wanted, step.is_among)
        most = max(len(items) for items in wanted.values())
        if most < 2:
            yield 'at least two items are needed to see pages'
        self.coverage.add_paged(step.service, step.operation, input)


def read_streams(reply: dict) -> None:
    for name, value in reply.items():
        if hasattr(value, 'read'):
            reply[name] = value.read()
