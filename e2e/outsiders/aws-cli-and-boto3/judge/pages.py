# judge/pages.py: reads a list with the smallest page and counts what comes.
from copy import deepcopy

import jmespath

from clients import Clients, paginator_of

TOKENS = (('nextToken', 'nextToken'), ('nextToken', 'nextForwardToken'), ('NextToken', 'NextToken'), ('marker', 'nextMarker'), ('Marker', 'NextMarker'))
LIMITS = ('maxResults', 'MaxResults', 'pageSize', 'limit', 'MaxItems')
MOST_PAGES = 500


def read_pages(clients: Clients, service: str, operation: str, input: dict) -> list[dict]:
    client = clients.of(service)
    paginator = paginator_of(client, operation)
    if paginator is None:
        return list(by_hand(clients, service, operation, input))
    config = {'PageSize': 1} if paginator._limit_key else {}
    pages = []
    for page in paginator.paginate(**deepcopy(input), PaginationConfig=config):
        pages.append(page)
        if len(pages) > MOST_PAGES:
            raise AssertionError(f'more than {MOST_PAGES} pages')
    return pages


def by_hand(clients: Clients, service: str, operation: str, input: dict):
    """For operations that have tokens, but no paginator in botocore."""
    members = clients.model(service).operation_model(operation).input_shape.members
    output = clients.model(service).operation_model(operation).output_shape.members
    token_in, token_out = next(pair for pair in TOKENS if pair[0] in members and pair[1] in output)
    limit = next((name for name in LIMITS if name in members), None)
    page_input = {**deepcopy(input), **({limit: 1} if limit else {})}
    for _ in range(MOST_PAGES):
        page = clients.call(service, operation, deepcopy(page_input))
        yield page
        if not page.get(token_out) or page[token_out] == page_input.get(token_in):
            return
        page_input[token_in] = page[token_out]
    raise AssertionError(f'more than {MOST_PAGES} pages')


def is_paged(clients: Clients, service: str, operation: str) -> bool:
    client = clients.of(service)
    if paginator_of(client, operation) is not None:
        return True
    operation_model = client.meta.service_model.operation_model(operation)
    if operation_model.input_shape is None or operation_model.output_shape is None:
        return False
    return any(token_in in operation_model.input_shape.members and token_out in operation_model.output_shape.members for token_in, token_out in TOKENS)


def page_faults(pages: list[dict], wanted: dict, is_among: bool):
    """`wanted`: by a JMESPath expression over one page, what all pages together must have."""
    for expression, expected in wanted.items():
        per_page = [[item for item in (jmespath.search(expression, page) or []) if item is not None] for page in pages]
        found = [item for items in per_page for item in items]
        twice = sorted({str(item) for item in found if found.count(item) > 1})
        if twice:
            yield f'{expression} has {", ".join(twice)} more than once'
        lacking = [item for item in expected if item not in found]
        if lacking:
            yield f'{expression} lacks {lacking}; it has {found}'
        if not is_among and len(found) > len(expected):
            yield f'{expression} has {[item for item in found if item not in expected]} besides'
    sizes = [max(len(jmespath.search(expression, page) or []) for expression in wanted) for page in pages]
    if max(sizes, default=0) > 1:
        yield f'a page has {max(sizes)} items where one was asked for'
