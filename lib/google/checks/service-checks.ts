import { type Check, wrong } from './check';
import { type Body, bodiesOf, bodyOf, type Resource } from './terraform';

/** Least and most memory in MiB for so many processors, in the second generation of Cloud Run (https://cloud.google.com/run/docs/configuring/services/cpu). */
const SIZES: ReadonlyMap<number, readonly [least: number, most: number]> = new Map([
  [1, [512, 4_096]],
  [2, [512, 8_192]],
  [4, [2_048, 16_384]],
  [6, [4_096, 24_576]],
  [8, [4_096, 32_768]],
]);

/** Bytes in the units of Kubernetes, in which Google takes memory. */
const UNITS: Readonly<Record<string, number>> = { M: 1e6, Mi: 2 ** 20, G: 1e9, Gi: 2 ** 30 };

/** Five fields of unix-cron (https://cloud.google.com/scheduler/docs/configuring/cron-job-schedules), each with its bounds. */
const FIELDS: readonly (readonly [least: number, most: number])[] = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
];

/** Every service, function and job is of a size that Cloud Run has, and every schedule one that it keeps. */
export const serviceChecks: Check = (terraform) => [
  ...terraform.of('google_cloud_run_v2_service').flatMap((each) => sizedContainers(each, template(each))),
  ...terraform.of('google_cloud_run_v2_job').flatMap((each) => {
    return sizedContainers(each, bodyOf(bodiesOf(template(each).template)[0]));
  }),
  ...terraform.of('google_cloudfunctions2_function').flatMap(sizedFunction),
  ...terraform.of('google_cloud_scheduler_job').flatMap(scheduled),
];

function template(resource: Resource): Body {
  return bodyOf(bodiesOf(resource.body.template)[0]);
}

function sizedContainers(resource: Resource, { containers }: Body) {
  return bodiesOf(containers).flatMap((container) => {
    const { cpu, memory } = bodyOf(bodyOf(bodiesOf(container.resources)[0]).limits);
    return sized(resource, cpu, memory);
  });
}

function sizedFunction(resource: Resource) {
  const service = bodyOf(bodiesOf(resource.body.service_config)[0]);
  return sized(resource, service.available_cpu, service.available_memory);
}

/** Sizes that are known only later, and defaults, are up to Google. */
function sized(resource: Resource, cpu: unknown, memory: unknown) {
  if (typeof cpu !== 'string' || typeof memory !== 'string' || `${cpu}${memory}`.includes('${')) return [];
  const mebibytes = mebibytesOf(memory);
  const [least, most] = SIZES.get(Number(cpu)) ?? [];
  if (mebibytes !== undefined && least !== undefined && mebibytes >= least && mebibytes <= most!) return [];
  return wrong(resource, 'instance-size-unusable', {
    problem: 'Cloud Run has no instances of this size',
    given: { cpu, memory },
    allowed:
      'processors with memory: 1 with 512Mi to 4Gi, 2 with 512Mi to 8Gi, 4 with 2Gi to 16Gi, 6 with 4Gi to 24Gi, 8 with 4Gi to 32Gi',
    fix: 'correct cpu or memory',
  });
}

function mebibytesOf(memory: string): number | undefined {
  const [, amount, unit = ''] = /^(\d{1,12})([A-Za-z]{1,2})$/.exec(memory) ?? [];
  const bytes = UNITS[unit];
  return amount === undefined || bytes === undefined ? undefined : (Number(amount) * bytes) / 2 ** 20;
}

function scheduled(job: Resource) {
  const schedule = job.text('schedule');
  if (schedule === undefined || isCron(schedule)) return [];
  return wrong(job, 'schedule-malformed', {
    problem: 'Cloud Scheduler keeps no such schedule',
    given: schedule,
    allowed: 'minute, hour, day of the month, month and day of the week, such as 20 * * * *',
    fix: 'correct the schedule',
  });
}

function isCron(schedule: string): boolean {
  const fields = schedule.split(' ');
  return (
    fields.length === FIELDS.length && fields.every((field, at) => field.split(',').every((part) => fits(part, at)))
  );
}

/** `*`, a number or a range, each with a step or without. Months and days by name are refused: a number says the same. */
function fits(part: string, at: number): boolean {
  const match = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
  if (match === null) return false;
  const [least, most] = FIELDS[at]!;
  const [, from, to, step] = match;
  const [low, high] = [Number(from ?? least), Number(to ?? from ?? most)];
  return low >= least && high <= most && low <= high && step !== '0' && step !== '00';
}
