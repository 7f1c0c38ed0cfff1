# python/telling.py: says what was found, one JSON line each, and asks for what this side cannot do.
import json
import traceback
from typing import Callable


class Teller:
    def __init__(self, version: str) -> None:
        self.version = version
        self.tag = 'py' + ''.join(letter for letter in version if letter.isalnum())

    def check(self, what: str, body: Callable[[], None], judged: tuple[str, str]) -> None:
        """Runs one check; `judged` is told when it holds."""
        try:
            body()
            print(json.dumps({'what': f'{self.version}: {what}', 'judged': [judged[0], f'{judged[1]}, {self.version}']}), flush=True)
        except BaseException:  # whatever it is, it is a finding
            print(json.dumps({'what': f'{self.version}: {what}', 'why': traceback.format_exc()}), flush=True)


def order_job(job_id: str, thing_name: str) -> None:
    """The other side makes it; nothing comes back, but the notification of the job."""
    print(json.dumps({'orderJob': {'jobId': job_id, 'thingName': thing_name}}), flush=True)


def same(found: object, wanted: object) -> None:
    assert found == wanted, f'found {found!r}, wanted {wanted!r}'
