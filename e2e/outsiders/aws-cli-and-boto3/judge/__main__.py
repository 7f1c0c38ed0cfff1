# judge/__main__.py: botocore judges the twin; settings are a JSON file, each finding is one JSON line on standard output.
import json
import sys
from pathlib import Path

from clients import BOTOCORE_NAMES, Clients, Key
from coverage import Coverage
from refusals import judge_refusals
from signatures import judge_signatures
from stories import Teller
from tables import read_tables


def main() -> None:
    settings = json.loads(Path(sys.argv[1]).read_text())
    clients = Clients(settings['endpoint'], Key(**settings['rootKey']))
    tables = read_tables(Path(settings['tables']))
    left_out: dict[tuple[str, str], dict[str, str]] = {}
    for table in tables:
        for operation, members in table.left_out.items():
            left_out.setdefault((table.service, operation), {}).update(members)
    coverage = Coverage(clients, left_out)
    teller = Teller(clients, coverage, settings['variables'], say)
    only = settings.get('only')
    for table in tables:
        for story in table.stories:
            if not only or only in story.file:
                teller.tell(story)
    offers = {BOTOCORE_NAMES.get(model, model): operations for model, operations in settings['offers'].items()}
    if not only or only == 'signatures':
        judge_signatures(clients, list(offers), say)
    if not only or only == 'refusals':
        judge_refusals(clients, offers, say)
    if only:
        return
    for service, operations in offers.items():
        for operation in operations:
            say(f'{service} {operation} is judged with its minimal and its full input', '\n'.join(coverage.faults(service, operation)) or None)


def say(what: str, why: str | None = None) -> None:
    print(json.dumps({'what': what, 'why': why}), flush=True)


if __name__ == '__main__':
    main()
