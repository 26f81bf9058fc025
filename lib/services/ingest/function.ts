import type { ServerResponse } from 'node:http';
import { type FunctionRequest, passOn } from '../function-request';
import { fromEnv } from './config';
import { startIngest } from './main';

/** An ingest node for the life of this instance, which may take many requests at once. */
const node = startIngest(fromEnv(process.env));

/** Answers one request, on Cloud Run functions. */
export async function handler(request: FunctionRequest, response: ServerResponse): Promise<void> {
  await passOn(request, response, (await node).address);
}
