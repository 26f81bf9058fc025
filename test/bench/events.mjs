// Events as a producer sends them, about 330 bytes each, that compress as audit events do.
const ACTIONS = ['user.login', 'user.logout', 'role.grant', 'secret.read', 'invoice.approve', 'package.install'];

/** The n-th event, as a line of JSON. */
export function event(n) {
  const spread = (n * 7919) % 104729;
  return JSON.stringify({
    time: new Date(1_790_000_000_000 + n * 37).toISOString(),
    action: ACTIONS[spread % ACTIONS.length],
    actor: { id: `user-${spread % 997}`, type: 'human', email: `user-${spread % 997}@example.com` },
    target: { id: `resource-${spread}`, type: 'document' },
    outcome: spread % 11 === 0 ? 'failure' : 'success',
    source: { ip: `198.51.100.${spread % 256}`, userAgent: 'Mozilla/5.0 (X11; Linux x86_64)' },
    trace: spread.toString(16).padStart(32, '0'),
  });
}

/** Events as newline-delimited JSON. */
export function batch(first, count) {
  return Buffer.from(Array.from({ length: count }, (_, i) => `${event(first + i)}\n`).join(''));
}
