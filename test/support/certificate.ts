/**
 * Owns self-signed certificates for tests of TLS: made on the spot, so that no key lies in the repository and none can
 * expire unnoticed. Writes the few pieces of DER that X.509 needs (RFC 5280 §4.1). Must never be used outside tests.
 */

import { generateKeyPairSync, sign } from 'node:crypto'

export interface CertificateOptions {
  /** The host name it is valid for. An address such as 127.0.0.1 stands as an address. */
  host: string
  /** First and last moment of its validity. Default: yesterday and tomorrow. */
  from?: Date
  until?: Date
}

const DAY = 86_400_000

/** A private key and a certificate for it, both PEM. */
export function selfSigned(options: CertificateOptions): { key: string; cert: string } {
  const { host, from = new Date(Date.now() - DAY), until = new Date(Date.now() + DAY) } = options
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const ecdsaWithSha256 = der(0x30, oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02))
  const name = der(0x30, der(0x31, der(0x30, oid(0x55, 0x04, 0x03), der(0x0c, Buffer.from(host)))))
  const isAddress = /^[\d.]+$/.test(host)
  const alternative = isAddress ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host))
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    name,
    der(0x30, utcTime(from), utcTime(until)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, der(0x30, oid(0x55, 0x1d, 0x11), der(0x04, der(0x30, alternative))))),
  )
  const signature = sign('sha256', body, privateKey)
  const certificate = der(0x30, body, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature))
  const lines = certificate.toString('base64').replace(/.{64}/g, '$&\n')
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  }
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const length =
    body.length < 128
      ? [body.length]
      : body.length < 256
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 255]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}

const oid = (...bytes: number[]) => der(0x06, Buffer.from(bytes))
const utcTime = (date: Date) => der(0x17, Buffer.from(`${date.toISOString().replace(/\D/g, '').slice(2, 14)}Z`))
