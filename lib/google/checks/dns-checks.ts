import { type Check, wrong } from './check';
import { blockOf, bodiesOf, isKnown, type Resource, textsOf } from './terraform';

const PROBES = 3;
const LEAST_INTERVAL = 30;
const PROTOCOLS = ['http_health_check', 'https_health_check', 'tcp_health_check'];
const OTHERS = ['grpc_health_check', 'grpc_tls_health_check', 'http2_health_check', 'ssl_health_check'];

/** Every record, every probe of it and every proof of a name is one that Google takes. */
export const dnsChecks: Check = (terraform) => [
  ...terraform
    .of('google_compute_health_check')
    .filter(({ body }) => body.source_regions !== undefined && isKnown(body.source_regions))
    .flatMap((each) => [...probedFrom(each), ...probed(each)]),
  ...terraform.of('google_dns_record_set').flatMap(answered),
  ...terraform.of('google_certificate_manager_certificate').flatMap(proved),
];

function probedFrom(check: Resource) {
  const given = textsOf(check.body.source_regions).length;
  if (given === PROBES) return [];
  const problem = 'Cloud DNS probes from three regions';
  return wrong(check, 'probe-regions-wrong', { problem, given, allowed: `${PROBES}`, fix: 'name three' });
}

/** https://cloud.google.com/dns/docs/configure-routing-policies: what Google probes from chosen regions. */
function probed(check: Resource) {
  const { check_interval_sec: interval = 5 } = check.body;
  const other = OTHERS.find((name) => bodiesOf(check.body[name]).length > 0);
  if (other === undefined && (!isKnown(interval) || Number(interval) >= LEAST_INTERVAL)) return [];
  return wrong(check, 'probe-unusable', {
    problem: 'Cloud DNS does not probe so often, or not so',
    given: other ?? interval,
    allowed: `${PROTOCOLS.join(', ')}, every ${LEAST_INTERVAL} s at most`,
    fix: 'choose one of those, less often',
  });
}

function answered(record: Resource) {
  if ((record.body.rrdatas === undefined) !== (record.body.routing_policy === undefined)) return [];
  const problem = 'a record has fixed answers and a routing policy, or neither';
  return wrong(record, 'record-ambiguous', { problem, fix: 'give one of the two' });
}

function proved(certificate: Resource) {
  const managed = blockOf(certificate.body.managed);
  if (managed.dns_authorizations === undefined || managed.issuance_config === undefined) return [];
  const problem = 'a certificate is proved by DNS and issued by a private authority';
  return wrong(certificate, 'certificate-ambiguous', { problem, fix: 'choose one of the two' });
}
