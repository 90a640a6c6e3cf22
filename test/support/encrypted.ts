import { createCipheriv, randomBytes } from 'node:crypto';

/** An object as Orthanc's object storage plugins write it with storage encryption (EncryptionHelpers.cpp). */
export function encryptedObject(content: Uint8Array, masterKey: Uint8Array, keyNumber = 1): Buffer {
  const iv = randomBytes(32);
  const dataKey = randomBytes(32);
  const number = Buffer.alloc(4);
  number.writeUInt32LE(keyNumber);
  const prefix = Buffer.concat([Buffer.from('A1'), number, wrapped(iv, masterKey), wrapped(dataKey, masterKey)]);
  const cipher = createCipheriv('aes-256-gcm', dataKey, iv, { authTagLength: 16 });
  cipher.setAAD(prefix);
  return Buffer.concat([prefix, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

function wrapped(secret: Buffer, masterKey: Uint8Array): Buffer {
  return createCipheriv('aes-256-ctr', masterKey, Buffer.alloc(16)).update(secret);
}
