/**
 * @file A GET that gives the bytes as the server stores them.
 *
 * `fetch` would unpack a `.gz` file that a server labels with `Content-Encoding: gzip`, and no checksum would hold.
 */
import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';

const MAX_REDIRECTS = 5;

export interface GetRequest {
  readonly headers: Readonly<Record<string, string>>;
  /** Silence of the server, in milliseconds, after which the request fails. */
  readonly stallMs: number;
}

/** Send a GET, following redirects; the caller reads the answer or destroys it. */
export async function getBytes(url: string, request: GetRequest): Promise<IncomingMessage> {
  let address = new URL(url);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await getOnce(address, request);
    const { statusCode = 0, headers } = response;
    if (statusCode < 300 || statusCode > 399 || headers.location === undefined) return response;
    response.destroy();
    address = new URL(headers.location, address);
    if (address.protocol !== 'http:' && address.protocol !== 'https:') {
      throw new Error(`the server redirects to ${address.protocol}`);
    }
  }
  throw new Error(`the server redirects more than ${MAX_REDIRECTS} times`);
}

function getOnce(address: URL, { headers, stallMs }: GetRequest): Promise<IncomingMessage> {
  const get = address.protocol === 'https:' ? httpsGet : httpGet;
  return new Promise((resolve, reject) => {
    const request = get(
      address,
      { headers: { ...headers, 'Accept-Encoding': 'identity' } },
      resolve,
    );
    request.setTimeout(stallMs, () => {
      request.destroy(new Error(`nothing came for ${stallMs / 1000} seconds`));
    });
    request.on('error', reject);
  });
}
