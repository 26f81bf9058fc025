import { crc32c } from '../../lib/services/crc32c';

// RFC 3720, appendix B.4, and the check value of the catalogue of parametrised CRC algorithms.
it.each([
  ['no byte', Buffer.alloc(0), 0],
  ['32 bytes of zeros', Buffer.alloc(32), 0x8a9136aa],
  ['32 bytes of ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
  ['0 to 31', Buffer.from(Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e],
  ['31 to 0', Buffer.from(Array.from({ length: 32 }, (_, i) => 31 - i)), 0x113fdb5c],
  ['the digits 1 to 9', Buffer.from('123456789'), 0xe3069283],
])('sums up %s', (_, bytes, sum) => {
  expect(crc32c(bytes)).toBe(sum);
});
