// infra/src/rotation/template.ts: gives a thing of the fleet its next certificate in one call: signed, for this thing alone, with the device policy.

/** For RegisterThing. One call leaves no certificate without its thing when we are cut off; the thing itself is not changed. */
export const templateBody = (devicePolicy: string): string =>
  JSON.stringify({
    Parameters: { Thing: { Type: 'String' }, Csr: { Type: 'String' } },
    Resources: {
      thing: {
        Type: 'AWS::IoT::Thing',
        Properties: { ThingName: { Ref: 'Thing' } },
        OverrideSettings: { AttributePayload: 'DO_NOTHING', ThingGroups: 'DO_NOTHING', ThingTypeName: 'DO_NOTHING' },
      },
      certificate: { Type: 'AWS::IoT::Certificate', Properties: { CertificateSigningRequest: { Ref: 'Csr' }, Status: 'ACTIVE', ThingPrincipalType: 'EXCLUSIVE_THING' } },
      policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: devicePolicy } },
    },
  })
