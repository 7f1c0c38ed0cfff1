# python/shadows.py: classic and named shadows by the SDK's shadow client.
from functools import partial
from typing import Any

from awsiot import iotshadow

from answers import Stream, refusal
from connections import SERVICE_OPTIONS, WAIT_S, Place, connect
from telling import Teller, same


class Shadow:
    """One shadow, classic (`name` is None) or named: the operations have other names and the same meaning."""

    def __init__(self, client: iotshadow.IotShadowClientV2, thing_name: str, name: str | None) -> None:
        self.client = client
        self.of = {'thing_name': thing_name} | ({'shadow_name': name} if name else {})
        self.infix, self.prefix = ('_named', 'Named') if name else ('', '')

    def ask(self, verb: str, **members: Any) -> Any:
        request = getattr(iotshadow, f'{verb.capitalize()}{self.prefix}ShadowRequest')(**self.of, **members)
        return getattr(self.client, f'{verb}{self.infix}_shadow')(request)

    def stream(self, what: str) -> Stream:
        request = getattr(iotshadow, f'{self.prefix}Shadow{what}SubscriptionRequest')(**self.of)
        event = {'DeltaUpdated': 'delta_updated', 'Updated': 'updated'}[what]
        return Stream(partial(getattr(self.client, f'create{self.infix}_shadow_{event}_stream'), request))


def judge_shadows(teller: Teller, place: Place, settings: dict) -> None:
    thing_name = f'shadowed-{teller.tag}'
    with connect(teller.version, place, thing_name, certificate=settings['devices'][thing_name]) as connection:
        client = iotshadow.IotShadowClientV2(connection.client, SERVICE_OPTIONS)
        for kind, name in (('classic', None), ('named', 'led')):
            teller.check(f'the life of a {kind} shadow', lambda: live(Shadow(client, thing_name, name)), ('Device shadows', f'{kind}: get, update, delta, documents, version conflict, delete'))
        del client


def live(shadow: Shadow) -> None:
    deltas, documents = shadow.stream('DeltaUpdated'), shadow.stream('Updated')
    same(refusal(shadow.ask('get')).code, 404)
    first = shadow.ask('update', state=iotshadow.ShadowState(desired={'frequencyHz': 5}, reported={'frequencyHz': 1})).result(WAIT_S)
    same((first.version, first.state.desired), (1, {'frequencyHz': 5}))
    same(deltas.first(lambda event: event.version == 1).state, {'frequencyHz': 5})

    conflict = refusal(shadow.ask('update', state=iotshadow.ShadowState(desired={'frequencyHz': 9}), version=7))
    same((conflict.code, conflict.message), (409, 'Version conflict'))

    shadow.ask('update', state=iotshadow.ShadowState(reported={'frequencyHz': 5}), version=1).result(WAIT_S)
    told = documents.first(lambda event: event.current.version == 2)
    same((told.previous.state.reported, told.current.state.reported), ({'frequencyHz': 1}, {'frequencyHz': 5}))
    now = shadow.ask('get').result(WAIT_S)
    same((now.version, now.state.desired, now.state.reported, now.state.delta), (2, {'frequencyHz': 5}, {'frequencyHz': 5}, None))

    same(shadow.ask('delete').result(WAIT_S).version, 2)
    same(refusal(shadow.ask('get')).code, 404)
