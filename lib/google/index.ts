export * from './adopted-worm-bucket';
export * from './archive';
export * from './audit-log-roles';
export * from './i-worm-bucket';
export * from './service-identity';
export * from './signing-key';
export * from './worm-bucket';
export * from './worm-encryption';
