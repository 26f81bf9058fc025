export { type FindingCounts, MAX_FINDINGS_PER_CODE, type VerifySummary } from './report';
export { exitCodeOf, type Verification, type VerifyOptions, verifyLog } from './verify-log';
