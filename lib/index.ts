export * as aws from './aws';
export * as google from './google';
export * as policy from './policy';
