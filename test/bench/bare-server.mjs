// The baseline of the ingest measurements: reads each body and answers, nothing else.
import { createServer } from 'node:http';

createServer((request, response) => {
  let size = 0;
  request.on('data', (chunk) => {
    size += chunk.length;
  });
  request.on('end', () => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ size }));
  });
}).listen(process.env.AUDIT_LISTEN);
