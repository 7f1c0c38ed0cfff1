// packages/contract/src/device-logs.ts: where AWS's log manager component writes the logs of a device (Greengrass guide, «Log manager», Usage).

/** The nucleus's own log. */
export const systemLogGroup = ({ region }: { readonly region: string }) => `/aws/greengrass/GreengrassSystemComponent/${region}/System`

/** By the component's full name, `fleetwright.led`. */
export const componentLogGroup = (component: string, { region }: { readonly region: string }) => `/aws/greengrass/UserComponent/${region}/${component}`
