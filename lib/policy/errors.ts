/**
 * Every error code of the library and what it means. Codes never change and are never used for another meaning.
 * Keep the list sorted within its group.
 */
export const ERROR_CODES = {
  // values and documents
  'account-malformed': 'Not the id of an AWS account.',
  'address-malformed': 'Not one IP address of the version that is needed.',
  'allocation-malformed': 'Not the id of an Elastic IP.',
  'allow-internet': 'An allow list lets the whole internet in without saying so.',
  'audience-malformed': 'The audience of a JWT is empty, too long, or has spaces or control characters.',
  'authentication-unknown': 'No such way of authentication, or more than one was given.',
  'boundary-malformed': 'Not the name of a managed policy.',
  'certificate-elsewhere': 'A certificate is in another region than the load balancer that needs it.',
  'certificate-malformed': 'Not the ARN of an ACM certificate.',
  'country-duplicate': 'A country is listed twice in one residency.',
  'country-malformed': 'Not an ISO 3166-1 alpha-2 country code.',
  'digest-malformed': 'Not the digest of a container image.',
  'document-invalid': 'A document has one problem or more; each is listed with its JSON path.',
  'document-not-json': 'The text of a document is not JSON.',
  'document-too-large': 'The text of a document is longer than 1 MiB.',
  'document-unreadable': 'The file of a document cannot be read.',
  'domain-malformed': 'Not a DNS name in lower case.',
  'domain-outside-zone': 'A domain is not in the zone that is to hold its names.',
  'failover-needs-regions': 'Failover is asked for, but there is one region only.',
  'irreversible-not-needed': 'A compliance lock is acknowledged where there is none.',
  'irreversible-unacknowledged': "A compliance lock is not acknowledged by the policy's name.",
  'jurisdiction-malformed': 'The name of a jurisdiction has a wrong form.',
  'jurisdiction-unknown': 'A residency names a jurisdiction in which the policy has no region.',
  'jurisdiction-unserved': 'A residency sends no country to a jurisdiction in which the policy has a region.',
  'list-length-out-of-range': 'A list has too few or too many items.',
  'member-duplicate': 'A JSON object has one member twice.',
  'member-missing': 'A value that must be there is missing.',
  'member-unknown': 'A JSON object has a member that means nothing there.',
  'name-malformed': 'The name of a log has a wrong form.',
  'network-host-bits': 'A network has bits set behind its prefix.',
  'network-malformed': 'Not an IPv4 or IPv6 network in CIDR notation.',
  'network-mapped': 'An IPv6 network is an IPv4 network in disguise.',
  'object-location-malformed': 'The bucket, key or version of an object has a wrong form.',
  'organization-malformed': 'Not the id of an organization.',
  'period-ambiguous': 'A retention period has both years and days, or neither.',
  'period-out-of-range': 'A retention period is too short or too long.',
  'prefix-list-malformed': 'Not the id of a managed prefix list.',
  'prefix-list-size-out-of-range': 'A prefix list has too few or too many entries.',
  'preset-unknown': 'No such retention preset.',
  'rate-out-of-range': 'A rate limit allows too few or too many requests.',
  'rate-window-unknown': 'A rate limit counts in a window that the clouds do not have.',
  'region-duplicate': 'Two regions have one name.',
  'region-elsewhere': 'A region of the policy is asked for on AWS that another cloud hosts.',
  'region-malformed': 'The name of a region has a wrong form.',
  'region-undeployed': 'A deployment does not say where a region of the policy is deployed.',
  'repository-malformed': 'Not the name of a container repository.',
  'retention-mode-unknown': 'No such retention mode.',
  'role-arn-malformed': 'Not the ARN of one IAM role.',
  'role-in-other-account': 'The break-glass role of a region is in another account.',
  'routing-unknown': 'No such way of routing, or more than one was given.',
  'secret-elsewhere': 'A secret is in another region than the canaries that need it.',
  'secret-malformed': 'Not the whole ARN of a secret.',
  'tag-duplicate': 'Two tags have keys that differ in nothing but upper and lower case.',
  'tag-malformed': 'A tag has a key or a value that AWS does not take.',
  'tag-reserved': 'A tag has a key that the library uses.',
  'type-wrong': 'A value has the wrong JSON type.',
  'url-malformed': 'Not an https URL of the form that is needed.',
  'version-unsupported': 'The version of a document is not one that this library reads.',
  'watch-region-watched': 'The region from which canaries watch is one of those that they watch.',
  'zone-account-missing': 'The regions are in several accounts, and nothing says which of them has the zone.',
  'zone-in-other-account': "A region's names are to be made in a zone of another account.",
  'zone-malformed': 'Not the id of a hosted zone.',
  'zone-shadows-domain': "A region's own zone would hold the names that all regions share.",

  // sealing and verification
  'log-key-invalid': 'A key is not the log key of the log that it is used for.',
  'root-log-broken': 'The root log in the store is not one that its sealer may continue.',
  'seal-unconfirmed': 'The store did not confirm a checkpoint of the root log.',

  // stores and keys
  'message-too-large': 'A message is longer than a signing key signs.',
  'object-key-invalid': 'A key of an object is not one that the record format makes.',
  'object-too-large': 'An object is too large for the store.',
  'signing-key-exists': 'A signing key was to be made where there already is a file.',
  'signing-key-exposed': 'Others than its owner may use the file of a signing key.',
  'signing-key-invalid': 'What should be a signing key is not one for Ed25519, or not in the form that is needed.',
  'signing-key-missing': 'The file of a signing key is not there.',
  'store-missing': 'The folder of a store is not there.',
  'store-unavailable': 'The folder of a store was replaced or unmounted while it was open.',

  // services
  'authentication-unavailable': 'The policy asks for an authentication that this service cannot do.',
  'client-ca-missing': 'Client certificates are asked for, but there is no authority to check them with.',
  'credentials-malformed': 'A secret does not hold the credentials of a canary.',
  'cursor-invalid': 'The cursor of a search is damaged, or belongs to a search with other parameters.',
  'engine-missing': 'The package of the query engine is not installed.',
  'issuer-unavailable': 'The keys of the issuer of tokens cannot be had.',
  'jurisdiction-unproved': 'Nobody proves that a request comes from the jurisdiction of the region.',
  'parameter-invalid': 'A parameter of a search has a wrong form.',
  'parameter-repeated': 'A parameter of a search is given more than once.',
  'parameter-unknown': 'A search has no such parameter.',
  'reader-unidentified': 'Nobody proves who reads.',
  'search-busy': 'All searches that may run at once are running.',
  'search-cache-unusable': 'The cache of the query engine cannot be written or built again.',
  'search-timeout': 'A search took too long.',
  'search-too-large': 'A search needs more memory than it may use.',
  'setting-invalid': 'A setting of a service has a wrong form.',
  'setting-missing': 'A setting that a service needs is not given.',
  'token-refused': 'A token endpoint gave a canary no token.',

  // command line
  'append-refused': 'The log refused a batch of events for good.',
  'entry-missing': 'The log has no such entry where it should stand.',
  'entry-unsealed': 'The root log does not have the entry yet.',
  'limit-out-of-range': 'A limit on results is not a number that is allowed.',
  'line-too-large': 'A line of the input is too long for one request.',
  'log-ambiguous': 'A folder or prefix does not hold exactly one log.',
  'log-unreachable': 'The log gave no final answer in time.',
  'process-failed': 'A process of the local log ended before it was ready.',
  'proof-broken': 'What a store holds does not lead to the checkpoint that was signed.',
  'query-refused': 'The log refused a query for good.',
  'tls-file-missing': 'A certificate or key for TLS cannot be read.',
  'token-file-unusable': 'The file of a token cannot be read, or holds no token.',

  // requests to append
  'append-unconfirmed': 'The store did not confirm a write in time; it may or may not have happened.',
  'body-incomplete': 'The body of a request ended early.',
  'body-malformed': 'The body of a request is not what its headers say.',
  'body-timeout': 'The body of a request did not arrive in time.',
  'body-too-large': 'The body of a request is too large.',
  'content-encoding-unsupported': 'The body of a request is encoded in a way that is not understood.',
  'content-type-unsupported': 'The body of a request is of a type that is not understood.',
  draining: 'The node is about to end and takes no more requests.',
  'idempotency-key-invalid': 'The Idempotency-Key of a request has a wrong form.',
  internal: 'The service failed in a way that was not foreseen.',
  'method-not-allowed': 'The path does not know the method.',
  'no-events': 'A request to append has no event.',
  'not-found': 'There is nothing under the path.',
  overloaded: 'The node has no memory left for the request.',
  'too-many-events': 'The events of a request are together too large for one segment.',
  'writer-unverified': 'Nobody proves who sent the request.',

  // AWS
  'account-mismatch': 'A stack is in another account than the deployment says.',
  'access-open': 'Clients of a load balancer do not have to prove who they are.',
  'alarm-missing': 'Clients could be led away from a region, and no alarm says when.',
  'alarm-unroutable': 'An alarm is to say whether a region works, and Route 53 cannot act on it.',
  'bucket-ambiguous': 'An archive was given a bucket, and also how to make one.',
  'bucket-name-reserved': 'A bucket would have a name that S3 keeps for itself.',
  'bucket-policy-too-large': 'The policy of a bucket is longer than S3 takes.',
  'cache-elsewhere': 'A cache is made in a region in which CloudFront takes nothing.',
  'cache-of-certificates': 'Clients prove themselves by certificates, which end at a cache.',
  'cache-of-regions': 'A cache is put before a name that leads to several regions.',
  'certificate-missing': 'There is no certificate for a public name, and no zone to validate one in.',
  'certificate-name-too-long': 'A certificate would be for a longer name than ACM issues one for.',
  'country-unroutable': 'Route 53 cannot tell the clients of a country.',
  'firewall-too-large': 'The rules of a firewall cost more than a web ACL has.',
  'argument-unknown': 'The app is given an argument that it does not know.',
  'deployment-ambiguous': 'A deployment is given, and placeholders are asked for as well.',
  'deployment-missing': 'Nothing says where a policy is to be deployed.',
  'disk-out-of-range': 'A task cannot have a disk of this size.',
  'image-missing': 'Tasks are to run, but nothing says which container image.',
  'jwt-url-too-long': 'The issuer of tokens has a URL that is too long for a load balancer.',
  'managed-rule-unknown': 'No managed rule group of a firewall has this rule.',
  'network-unreachable': 'A VPC has no subnets from which tasks reach what they must.',
  'origin-public': 'A load balancer behind a cache can be reached past it.',
  'paths-not-alike': 'Writers and readers differ in what one load balancer cannot keep apart.',
  'policy-missing': 'Nothing says what must hold for a log.',
  'policy-too-large': 'A policy of an organisation is longer than AWS takes.',
  'prefix-malformed': 'A prefix of object keys has a wrong form.',
  'record-name-taken': 'Two different DNS records would have one name.',
  'record-name-too-long': 'A DNS record would have a longer name than DNS takes.',
  'region-ambiguous': 'Nothing says which of the regions of a policy a stack is for.',
  'region-mismatch': 'A stack is in another region than the log that it is for.',
  'region-unlisted': 'A region is asked for that the policy does not list.',
  'role-pattern-malformed': 'Not a pattern of the ARNs of IAM roles, or one of too many.',
  'replication-across-jurisdictions': 'Records are to be copied to a region of another jurisdiction.',
  'replication-of-adopted-bucket': 'Records are to be copied from a bucket that is not made here.',
  'replication-of-own-key': 'Records are to be copied that are encrypted with a KMS key of their owner.',
  'replication-pointless': 'A bucket of replicas is asked for where nothing would be replicated.',
  'security-group-full': 'An allow-list needs more rules than a security group has.',
  'target-malformed': 'Not the id of a root, unit or account of an organisation.',
  'task-count-out-of-range': 'A service has too few tasks, or more at least than at most.',
  'template-too-large': 'A template is too large to be a part of another.',
  'templates-unlike': 'The templates of two regions differ in what one template cannot say.',
  'termination-protection-off': 'The stack of an archive can be deleted by accident.',
  'too-many-conditions': 'A listener rule has more condition values than a load balancer takes.',
  'trust-missing': 'Clients authenticate by mutual TLS, and nobody says who may issue their certificates.',
  'watch-missing': 'Clients are to be led to one of several regions, and nothing watches which of them work.',
  'zone-missing': 'Clients are to be led to one of several regions, and there is no zone for the names that lead them.',

  // Google
  'archive-missing': 'No archive is given for a region of the policy.',
  'authority-malformed': 'Not one certificate in PEM.',
  'backend-groups-mixed': 'One backend was given groups that it cannot have together.',
  'balancing-mode-unusable': 'A serverless group is given a capacity that only machines have.',
  'cache-forced': 'Answers are cached even if the service calls them private.',
  'cache-on-writes': 'A backend that takes writes has a cache before it.',
  'capacity-missing': 'A regional backend has no capacity at all.',
  'certificate-ambiguous': 'A certificate is proved in two ways.',
  'certificate-headers-missing': 'A log is not told what the load balancer knows of client certificates.',
  'certificate-map-unusable': 'A regional proxy is given a certificate map.',
  'client-authorities-missing': 'Clients prove themselves by certificates, and nobody is named who may issue them.',
  'client-certificates-optional': 'A load balancer lets in clients whose certificate it does not trust.',
  'destruction-allowed': 'What a log must outlive could be destroyed with its stack, or quickly by somebody.',
  'dns-zone-malformed': 'Not the name of a managed zone of Cloud DNS.',
  'dns-zone-shared': 'Names that lead to another cloud as well are to be made in a zone of Cloud DNS.',
  'dns-zone-missing': 'Names are to be made in a zone, and no zone is given.',
  'early-data-allowed': 'A load balancer takes early data, which an attacker can send again.',
  'firewall-missing': 'A backend of a log has no firewall, or none before its cache.',
  'firewall-open': 'A firewall lets in whoever fits none of its rules.',
  'firewall-priority-duplicate': 'Two rules of a firewall have one priority.',
  'firewall-rule-foreign': 'A rule that lets in was added to the firewall of a log.',
  'firewall-rule-shadows': 'A rule of a firewall lets everybody in before the rule that denies everybody.',
  'firewall-rule-unusable': 'A rule of a firewall is one that Cloud Armor refuses.',
  'grant-changed': 'A grant of a log is not as the log made it.',
  'grant-foreign': 'A grant was added to a bucket, key, account or sealer of a log, by which others could break it.',
  'grant-too-wide': 'A service of a log is granted something on all that a project has.',
  'group-malformed': 'A group of a backend is described by what cannot be so.',
  'health-check-missing': 'A backend of machines or addresses has no health check.',
  'health-check-unusable': 'A serverless group is given a health check.',
  'identity-exposed': 'An identity of a log gets a key that could be stolen.',
  'identity-lost': 'A service of a log does not run as an identity of the log.',
  'image-malformed': 'Not a container image with its digest.',
  'ingress-open': 'A service of a log can be reached past its load balancer.',
  'instance-count-out-of-range': 'A service has too few or too many instances.',
  'instance-size-unusable': 'Cloud Run has no instances of this size.',
  'location-mismatch': 'A key or a dataset is in another location than the bucket that it is for.',
  'network-range-taken': 'Two regions of an edge network have one range of addresses.',
  'outlier-detection-unusable': 'A regional backend of serverless groups is given outlier detection.',
  'probe-regions-wrong': 'A health check for Cloud DNS does not probe from three regions.',
  'probe-unusable': 'A health check for Cloud DNS probes in a way that it does not.',
  'project-malformed': 'Not the id of a project of Google Cloud.',
  'provider-too-old': 'Something needs a newer Google provider than the one that the bindings ask for.',
  'provider-version-unusable': 'A version of the Google provider lacks what newer ones are asked for.',
  'record-ambiguous': 'A DNS record has fixed answers and a routing policy, or neither.',
  'records-elsewhere': 'The records of a log are in another place than its policy says.',
  'records-expiring': 'A rule of a lifecycle deletes records of a log.',
  'records-open': 'The records of a log could be opened to the public, or by access lists.',
  'regions-all-elsewhere': 'Another cloud hosts every region of a policy.',
  'request-log-off': 'Requests to a log are not all logged.',
  'resource-name-malformed': 'Google takes no such name.',
  'retention-out-of-range': 'A bucket is to keep objects for longer or shorter than Cloud Storage can.',
  'retention-versioned': 'A bucket has a retention policy and versions.',
  'retention-weakened': 'Records of a log could be deleted before the time that its policy says.',
  'routes-mixed': 'One host of a load balancer has rules by path and rules by route.',
  'routes-open': 'Requests that fit no route of a log are not answered 404.',
  'routing-unavailable': 'Google Cloud cannot lead clients to regions in this way.',
  'rule-malformed': 'A rule of a firewall has a wrong form.',
  'schedule-malformed': 'Cloud Scheduler keeps no such schedule.',
  'schema-misplaced': 'A table says its columns where BigQuery does not take them.',
  'scheme-mismatch': 'A listener and a backend behind it are of different kinds of load balancer.',
  'scheme-unknown': 'There is no such kind of load balancer.',
  'sealer-idle': 'Nothing calls the sealer of a log.',
  'signing-key-unfit': 'A signing key of a log is not an enabled Ed25519 key that Cloud KMS made.',
  'target-missing': 'No target is given for a region of the policy.',
  'tls-outdated': 'A load balancer takes TLS that is not secure.',
  'tls-policy-stuck': 'A TLS policy in use could never be replaced.',

  // the local edge
  'address-not-allowed': "A client's address is not in the allow-list of the policy.",
  'body-not-allowed': 'A request to read has a body.',
  'certificate-required': 'The policy asks for a client certificate, and the client showed none.',
  'certificate-unnamed': 'A client certificate has no name that can be recorded.',
  'certificate-untrusted': 'A client certificate is not from a trusted authority, or not valid now.',
  'headers-too-large': 'The request line and headers are too large.',
  'no-ready-node': 'No node is ready to take the request now.',
  'rate-exceeded': 'A client address sent more requests than the policy allows.',
  'request-malformed': 'A request is not well-formed HTTP/1.1.',
  'request-timeout': 'A request did not arrive in time.',
  'upstream-lost': 'A node was lost before it answered; the request may have been processed.',
  'upstream-timeout': 'A node did not answer in time; the request may have been processed.',
} as const;

/** One of the codes of `ERROR_CODES`. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** What an error tells: each part is a phrase without a final full stop. */
export interface ErrorDetails {
  /** What was wrong, in the user's words. */
  readonly problem: string;

  /**
   * What was given, printed as JSON.
   *
   * @default - left out, for secrets and for things that are missing
   */
  readonly given?: unknown;

  /**
   * What would have been right.
   *
   * @default - left out, where `fix` says it
   */
  readonly allowed?: string;

  /** What to do now. */
  readonly fix: string;

  /**
   * JSON path of the value in its document, such as `$.retention.years`.
   *
   * @default - the error is not about a document
   */
  readonly path?: string;

  /**
   * The single errors that this one is the sum of, in the order in which they were found.
   *
   * @default - none: the error stands for itself
   */
  readonly problems?: readonly AuditLogError[];
}

/**
 * An error with a stable code, raised wherever the library refuses something. Callers look at `error.code`; the class itself is
 * not exported, since jsii has no errors: in other languages the message arrives, which ends in the code.
 */
export class AuditLogError extends Error {
  /** Stable code, one of `ERROR_CODES`. */
  public readonly code: string;

  /** The parts that the message was made of. */
  public readonly details: ErrorDetails;

  public constructor(code: ErrorCode, details: ErrorDetails) {
    const given = details.given === undefined ? '' : `, got ${JSON.stringify(details.given)?.slice(0, 200)}`;
    const allowed = details.allowed === undefined ? '' : `, allowed: ${details.allowed}`;
    const place = details.path === undefined ? '' : `${details.path}: `;
    const problems = (details.problems ?? []).map((each) => `\n  ${each.message}`).join('');
    super(`${place}${details.problem}${given}${allowed}; ${details.fix}${problems}${problems && '\n'} [${code}]`);
    this.name = 'AuditLogError';
    this.code = code;
    this.details = details;
  }
}
