export async function recordFidelity(_: unknown) {}
export async function fidelityIsTrue(_: unknown, __: unknown) {}
