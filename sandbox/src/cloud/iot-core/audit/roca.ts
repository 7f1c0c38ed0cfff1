// sandbox/src/cloud/iot-core/audit/roca.ts: recognises RSA keys of the library of CVE-2017-15361 («ROCA»).

/**
 * Its primes are k·M + (65537^a mod M) for M the product of the first primes, so the modulus is a power of 65537 modulo each of
 * these (Nemec et al., «The Return of Coppersmith's Attack», CCS 2017, §2.2). Another key passes all of them with a chance of 2^-28.
 */
const PRIMES = [3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167]
const GENERATOR = 65_537

const POWERS: readonly (readonly [prime: number, powers: ReadonlySet<number>])[] = PRIMES.map((prime) => {
  const powers = new Set<number>()
  for (let power = 1; !powers.has(power); power = (power * GENERATOR) % prime) powers.add(power)
  return [prime, powers]
})

export const isRocaWeak = (modulus: bigint): boolean => POWERS.every(([prime, powers]) => powers.has(Number(modulus % BigInt(prime))))
