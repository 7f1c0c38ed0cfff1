# python/web_socket.py: MQTT over WebSocket, signed with Signature Version 4 by a role's session.
from connections import Place, connect
from telling import Teller, same


def judge_web_socket(teller: Teller, place: Place, settings: dict) -> None:
    person, client_id = settings['person'], f'outsider-{teller.tag}'

    def speak() -> None:
        with connect(teller.version, place, client_id, key=person) as connection:
            same(connection.echo(f'outsider/{teller.tag}', 'hello'), 'hello')

    def refused() -> None:
        for who, key in ((client_id, person | {'secretAccessKey': 'wrong'}), (client_id, person | {'sessionToken': 'forged'}), (f'somebody-{teller.tag}', person)):
            try:
                connection = connect(teller.version, place, who, key=key)
            except Exception:
                continue
            connection.__exit__()
            raise AssertionError(f'{who} was let in')

    teller.check('over WebSocket: a session of a role speaks as far as its policy goes', speak, ('MQTT broker', 'WebSocket with Signature Version 4'))
    teller.check('over WebSocket: who may not is refused', refused, ('MQTT broker', 'refused WebSocket connections'))
