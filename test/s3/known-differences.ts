/** What a server answers instead of what S3 is documented to, by the name of the row. */
export type Differences = Readonly<Record<string, string>>;

/** moto 5.2: it checks neither sums nor most changes of a lock, and has no GetObjectRetention. */
export const MOTO: Differences = {
  'versioning of a bucket with Object Lock cannot be suspended': 'OK',
  'a rule on a bucket without versions': '400',
  'a PUT with a wrong SHA-256': 'OK',
  'a PUT with a wrong Content-MD5': 'OK',
  'the last bytes of an object that has none': 'OK',
  'the rule locks a PUT that brings no lock': '200',
  'without a rule there is no lock': '200',
  'a lock that ends in the past': 'OK',
  'a mode without an end': 'OK',
  'a lock in compliance mode cannot be made shorter': 'OK',
  'nor shorter with the right to bypass': 'OK',
  'nor turned to governance mode': 'OK',
  'a lock in governance mode cannot be made shorter': 'OK',
};

/** Ceph 16.2: in a bucket with versions it ignores If-None-Match, and it knows no checksums but Content-MD5. */
export const CEPH: Differences = {
  'If-None-Match on a taken key': 'OK',
  'of 8 racing PUTs with If-None-Match one wins': '8',
  'a PUT with a wrong SHA-256': 'OK',
  'the SHA-256 comes back': 'none',
};
