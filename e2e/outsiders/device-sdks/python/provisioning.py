# python/provisioning.py: fleet provisioning by claim, with a request of the device's own and with a key from AWS.
from awsiot import iotidentity, iotshadow

from answers import refusal
from connections import SERVICE_OPTIONS, WAIT_S, Place, connect
from telling import Teller, same


def judge_provisioning(teller: Teller, place: Place, settings: dict) -> None:
    version, template = teller.version, settings['templateName']
    own = settings['requests'][teller.tag]  # csr, privateKeyPem, serial
    with connect(version, place, f'claim-{teller.tag}', certificate=settings['claim']) as connection:
        client = iotidentity.IotIdentityClientV2(connection.client, SERVICE_OPTIONS)

        def register(token: str, serial: str) -> iotidentity.RegisterThingResponse:
            request = iotidentity.RegisterThingRequest(template_name=template, certificate_ownership_token=token, parameters={'SerialNumber': serial})
            return client.register_thing(request).result(WAIT_S)

        def by_own_request() -> None:
            made = client.create_certificate_from_csr(iotidentity.CreateCertificateFromCsrRequest(certificate_signing_request=own['csr'])).result(WAIT_S)
            registered = register(made.certificate_ownership_token, own['serial'])
            same((registered.thing_name, registered.device_configuration), (own['serial'], {'greeting': f'hello {own["serial"]}'}))
            certificate = {'certificatePem': made.certificate_pem, 'privateKeyPem': own['privateKeyPem']}
            with connect(version, place, own['serial'], certificate=certificate) as device:
                shadows = iotshadow.IotShadowClientV2(device.client, SERVICE_OPTIONS)
                same(refusal(shadows.get_shadow(iotshadow.GetShadowRequest(thing_name=own['serial']))).code, 404)

        def by_key_from_aws() -> None:
            made = client.create_keys_and_certificate(iotidentity.CreateKeysAndCertificateRequest()).result(WAIT_S)
            serial = f'keyed-{teller.tag}'
            same(register(made.certificate_ownership_token, serial).thing_name, serial)
            with connect(version, place, serial, certificate={'certificatePem': made.certificate_pem, 'privateKeyPem': made.private_key}):
                pass

        def refused() -> None:
            nonsense = client.create_certificate_from_csr(iotidentity.CreateCertificateFromCsrRequest(certificate_signing_request='nonsense'))
            forged = client.register_thing(iotidentity.RegisterThingRequest(template_name=template, certificate_ownership_token='forged', parameters={'SerialNumber': 'x'}))
            for future, code in ((nonsense, 'InvalidCertificateSigningRequest'), (forged, 'InvalidCertificateOwnershipToken')):
                error = refusal(future)
                same((error.status_code, error.error_code), (400, code))

        teller.check("a certificate from the device's own request, and the thing with it, with which it connects", by_own_request, ('Fleet provisioning', 'CreateCertificateFromCsr and RegisterThing'))
        teller.check('a certificate with a key from AWS, and the thing with it', by_key_from_aws, ('Fleet provisioning', 'CreateKeysAndCertificate and RegisterThing'))
        teller.check("what is not right is refused in AWS's words", refused, ('Fleet provisioning', 'refusals'))
        del client
