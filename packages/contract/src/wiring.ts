// packages/contract/src/wiring.ts: which GPIO line each part is soldered to; docs/wiring.md draws it.

/** GPIO chips that carry the 40-pin header, by label: chip numbers differ between boards and kernels. */
export const HEADER_CHIP_LABELS = ['pinctrl-rp1', 'pinctrl-bcm2711', 'pinctrl-bcm2835'] as const

/** BCM numbers: 17 is header pin 11 (LED through 330 Ω to ground), 16 is header pin 36 (button to ground, internal pull-up). */
export const WIRING = { led: 17, button: 16 } as const
